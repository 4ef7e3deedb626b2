//! What a dataset is to hold: the source's files with their hashes, as the plan shows them.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};
use tfplug::diag::{Diag, Result};
use tfplug::value::{Path as At, Value};

use crate::resources::storage::files::{LocalFile, Selection, hash_all, hex, list};

/// The longest key that S3 takes, in bytes (S3 User Guide, "Naming Amazon S3 objects").
const LONGEST_KEY: usize = 1024;

/// The files of a dataset: the SHA-256 of each, in hexadecimal, by its path below the prefix. `etag:...` stands for a
/// content that S3 does not know the SHA-256 of.
pub type Hashes = BTreeMap<String, String>;

/// What is asked of the local files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// A file or a folder.
    pub path: String,
    /// Globs of what counts; empty for everything.
    pub include: Vec<String>,
    /// Globs of what does not.
    pub exclude: Vec<String>,
}

impl Source {
    /// From the attributes. None if one of them is unknown, or there is no source (after an import).
    pub fn from_value(value: &Value) -> Option<Self> {
        let globs = |name: &str| -> Option<Vec<String>> {
            let value = value.attribute(name);
            if !value.is_wholly_known() {
                return None;
            }
            Some(value.as_elements().unwrap_or_default().iter().filter_map(|g| g.as_str().map(str::to_owned)).collect())
        };
        let path = value.attribute("source").as_str()?.to_owned();
        Some(Self { path, include: globs("include")?, exclude: globs("exclude")? })
    }

    /// All that says which files these are, as one text.
    pub fn identified(&self) -> String {
        format!("{self:?}")
    }

    /// The files as they are now. Nothing is read but their sizes.
    ///
    /// # Errors
    /// Diagnostics at `source` for what cannot be read, at `include` and `exclude` for bad globs.
    pub fn list(&self) -> Result<Vec<LocalFile>> {
        let files = list(Path::new(&self.path), &Selection::new(&self.include, &self.exclude)?, &At::of("source"))?;
        if files.is_empty() {
            let detail = format!("No file of {:?} is selected, and S3 has no empty folders.", self.path);
            return Err(Diag::error("A dataset without files", detail).at(At::of("source")).into());
        }
        Ok(files)
    }

    /// The files with their hashes, and their size in bytes altogether. `prefix` is what the keys begin with.
    ///
    /// # Errors
    /// As for [`Source::list`]; a key that is too long.
    pub fn hashes(&self, prefix: &str) -> Result<(Hashes, u64)> {
        let files = self.list()?;
        if let Some(long) = files.iter().find(|f| prefix.len() + f.relative.len() > LONGEST_KEY) {
            let detail = format!(
                "The key {:?} would have {} bytes; S3 takes {LONGEST_KEY}.",
                format!("{prefix}{}", long.relative),
                prefix.len() + long.relative.len()
            );
            return Err(Diag::error("A key that is too long", detail).at(At::of("source")).into());
        }
        let hashes = hash_all(&files, &At::of("source"))?;
        let bytes = files.iter().map(|f| f.size).sum();
        Ok((files.into_iter().map(|f| f.relative).zip(hashes).collect(), bytes))
    }
}

/// The attributes that follow from the files: `content_sha256`, `file_count`, `total_bytes`, `files`.
pub fn summary(hashes: Hashes, bytes: u64) -> [(&'static str, Value); 4] {
    let count = i64::try_from(hashes.len()).unwrap_or(i64::MAX);
    [
        ("content_sha256", Value::from(content_hash(&hashes))),
        ("file_count", Value::from(count)),
        ("total_bytes", Value::from(i64::try_from(bytes).unwrap_or(i64::MAX))),
        ("files", Value::Map(hashes.into_iter().map(|(path, hash)| (path, Value::from(hash))).collect())),
    ]
}

/// One hash for all the files: the SHA-256 of what `sha256sum` prints for them, sorted by path.
pub fn content_hash(hashes: &Hashes) -> String {
    let mut hash = Sha256::new();
    for (path, content) in hashes {
        hash.update(content);
        hash.update(b"  ");
        hash.update(path);
        hash.update(b"\n");
    }
    hex(&hash.finalize())
}

/// The files that an attribute value holds.
pub fn from_value(files: &Value) -> Hashes {
    let entries = files.as_entries().into_iter().flatten();
    entries.filter_map(|(path, hash)| Some((path.clone(), hash.as_str()?.to_owned()))).collect()
}

/// What keys begin with: the prefix with a slash at its end, or nothing for the whole bucket.
pub fn key_prefix(prefix: &str) -> String {
    match prefix.trim_end_matches('/') {
        "" => String::new(),
        prefix => format!("{prefix}/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &Path) -> Source {
        Source { path: path.to_str().unwrap().to_owned(), include: vec![], exclude: vec!["*.tmp".to_owned()] }
    }

    #[test]
    fn the_plan_knows_every_file() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("b.csv"), "abc").unwrap();
        std::fs::write(dir.path().join("a.csv"), "").unwrap();
        std::fs::write(dir.path().join("c.tmp"), "no").unwrap();
        let (hashes, bytes) = source(dir.path()).hashes("data/").unwrap();
        let summary: BTreeMap<_, _> = summary(hashes.clone(), bytes).into();
        assert_eq!(summary["file_count"], Value::from(2));
        assert_eq!(summary["total_bytes"], Value::from(3));
        assert_eq!(from_value(&summary["files"]), hashes);
        // printf '' | sha256sum etc., then sha256sum of these two lines.
        let lines = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.csv\n\
                     ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b.csv\n";
        assert_eq!(summary["content_sha256"], Value::from(hex(&Sha256::digest(lines))));
    }

    #[test]
    fn nothing_selected_is_an_error_at_the_source() {
        let dir = tempfile::tempdir().unwrap();
        let diags = source(dir.path()).hashes("").unwrap_err();
        assert_eq!(diags.0[0].path.to_string(), "source");
        std::fs::write(dir.path().join("a.csv"), "").unwrap();
        let diags = source(dir.path()).hashes(&"x".repeat(1020)).unwrap_err();
        assert_eq!(diags.0[0].summary, "A key that is too long");
    }

    #[test]
    fn an_unknown_glob_leaves_the_files_unknown() {
        let mut value =
            Value::object([("source", Value::from("x")), ("include", Value::Null), ("exclude", Value::Null)]);
        assert!(Source::from_value(&value).is_some());
        value.set_attribute("include", Value::List(vec![Value::unknown()]));
        assert!(Source::from_value(&value).is_none());
    }

    #[test]
    fn prefixes_end_with_one_slash() {
        assert_eq!(key_prefix("a/b"), "a/b/");
        assert_eq!(key_prefix("a/b//"), "a/b/");
        assert_eq!(key_prefix(""), "");
        assert_eq!(key_prefix("/"), "");
    }
}
