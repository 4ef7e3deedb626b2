//! What a dataset is to hold: the source's files with their hashes, as the plan shows them.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};
use tfplug::diag::{Diag, Result};
use tfplug::model::Model;
use tfplug::value::{Path as At, Value};

use crate::resources::storage::files::{LocalFile, Selection, hash_all, hex, list};

/// The longest key that S3 takes, in bytes (S3 User Guide, "Naming Amazon S3 objects").
const LONGEST_KEY: usize = 1024;

/// One file of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Model)]
pub struct Entry {
    /// SHA-256 of its content, in hexadecimal. `etag:...` if it was changed in the bucket and S3 does not know its SHA-256.
    #[tf(computed)]
    pub sha256: Option<String>,
    /// Its size in bytes.
    #[tf(computed)]
    pub size: Option<i64>,
}

/// The files of a dataset, by their paths below the prefix.
pub type Entries = BTreeMap<String, Entry>;

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

    /// The files with their hashes. `prefix` is what the keys begin with.
    ///
    /// # Errors
    /// As for [`Source::list`]; a key that is too long.
    pub fn entries(&self, prefix: &str) -> Result<Entries> {
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
        Ok(files.into_iter().zip(hashes).map(|(f, hash)| (f.relative, entry(hash, f.size))).collect())
    }
}

/// An entry from its parts.
pub fn entry(sha256: String, size: u64) -> Entry {
    Entry { sha256: Some(sha256), size: Some(i64::try_from(size).unwrap_or(i64::MAX)) }
}

/// The attributes that follow from the files: `files`, `file_count`, `total_bytes`, `content_sha256`.
pub fn summary(entries: &Entries) -> [(&'static str, Value); 4] {
    let total: i64 = entries.values().filter_map(|e| e.size).sum();
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let files = entries.iter().map(|(path, e)| (path.clone(), e.clone().into_value())).collect();
    [
        ("files", Value::Map(files)),
        ("file_count", Value::from(count)),
        ("total_bytes", Value::from(total)),
        ("content_sha256", Value::from(content_hash(entries))),
    ]
}

/// One hash for all the files: the SHA-256 of what `sha256sum` prints for them, sorted by path.
fn content_hash(entries: &Entries) -> String {
    let mut hash = Sha256::new();
    for (path, entry) in entries {
        hash.update(entry.sha256.as_deref().unwrap_or_default());
        hash.update(b"  ");
        hash.update(path);
        hash.update(b"\n");
    }
    hex(&hash.finalize())
}

/// The files that an attribute value holds.
pub fn from_value(files: &Value) -> Entries {
    let entries = files.as_entries().into_iter().flatten();
    entries.filter_map(|(path, e)| Some((path.clone(), Entry::from_value(e, &At::of("files")).ok()?))).collect()
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
        let entries = source(dir.path()).entries("data/").unwrap();
        let summary: BTreeMap<_, _> = summary(&entries).into();
        assert_eq!(summary["file_count"], Value::from(2));
        assert_eq!(summary["total_bytes"], Value::from(3));
        assert_eq!(from_value(&summary["files"]), entries);
        // printf '' | sha256sum etc., then sha256sum of these two lines.
        let lines = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.csv\n\
                     ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b.csv\n";
        assert_eq!(summary["content_sha256"], Value::from(hex(&Sha256::digest(lines))));
    }

    #[test]
    fn nothing_selected_is_an_error_at_the_source() {
        let dir = tempfile::tempdir().unwrap();
        let diags = source(dir.path()).entries("").unwrap_err();
        assert_eq!(diags.0[0].path.to_string(), "source");
        std::fs::write(dir.path().join("a.csv"), "").unwrap();
        let diags = source(dir.path()).entries(&"x".repeat(1020)).unwrap_err();
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
