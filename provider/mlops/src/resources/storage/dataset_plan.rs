//! What a dataset is to hold: the source's files with their hashes, as the plan shows them.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};
use tfplug::diag::{Diag, Result};
use tfplug::value::{Path as At, Value};

use crate::files::hashing::{hash_all, hex};
use crate::files::selection::{Defaults, Selection, known_texts};
use crate::files::{LocalFile, list};
use crate::resources::storage::dataset_model::Dataset;

/// The longest key that S3 takes, in bytes (S3 User Guide, "Naming Amazon S3 objects").
const LONGEST_KEY: usize = 1024;

/// What is never data: Terraform's own files, which change with every apply, and version control.
const NO_DATA: Defaults =
    Defaults { patterns: &[".terraform", ".terraform.lock.hcl", "*.tfstate*", ".git"], markers: &[] };

/// The files of a dataset as the attribute `files` has them: the SHA-256 of each, in hexadecimal, by its path below the
/// prefix. `etag:...` stands for a content that S3 does not know the SHA-256 of.
pub type Files = BTreeMap<String, Value>;

/// What is asked of the local files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// A file or a directory.
    pub path: String,
    /// Globs of what counts; empty for everything.
    pub include: Vec<String>,
    /// Gitignore patterns of what does not.
    pub exclude: Vec<String>,
    /// Whether symbolic links may lead out of the directory.
    pub follow_links_outside: bool,
}

impl Source {
    /// From the attributes. None if one of them is unknown, or there is no source (after an import).
    pub fn from_value(value: &Value) -> Option<Self> {
        let follow = value.attribute(Dataset::FOLLOW_LINKS_OUTSIDE);
        Some(Self {
            path: value.attribute(Dataset::SOURCE).as_str()?.to_owned(),
            include: known_texts(value.attribute(Dataset::INCLUDE))?,
            exclude: known_texts(value.attribute(Dataset::EXCLUDE))?,
            follow_links_outside: Some(follow).filter(|f| !f.is_unknown())?.as_bool() == Some(true),
        })
    }

    /// The files as the user knows them, for messages.
    pub fn described(&self) -> String {
        format!("the files of {:?}", self.path)
    }

    /// All that says which files these are, as one text.
    pub fn identified(&self) -> String {
        format!("{self:?}")
    }

    /// Which files count.
    ///
    /// # Errors
    /// Diagnostics at `include` and `exclude` for what is no glob or no pattern.
    pub fn selection(&self) -> Result<Selection> {
        let mut selection = Selection::new(NO_DATA, &self.include, &self.exclude, &At::root())?;
        selection.links_outside = self.follow_links_outside;
        Ok(selection)
    }

    /// The files as they are now. Nothing is read but their sizes.
    ///
    /// # Errors
    /// Diagnostics at `source` for what cannot be read, at `include` and `exclude` as for
    /// [`Source::selection`].
    pub fn list(&self) -> Result<Vec<LocalFile>> {
        let files = list(Path::new(&self.path), &self.selection()?, &At::of("source"))?;
        if files.is_empty() {
            let detail = format!("No file of {:?} is selected, and S3 has no empty directories.", self.path);
            return Err(Diag::error("No files selected", detail).at(At::of("source")).into());
        }
        Ok(files)
    }

    /// The files with their hashes, and their size in bytes altogether. `prefix` is what the keys begin with.
    ///
    /// # Errors
    /// As for [`Source::list`]; a key that is too long.
    pub fn hashes(&self, prefix: &str) -> Result<(Files, u64)> {
        let files = self.list()?;
        if let Some(long) = files.iter().find(|f| prefix.len() + f.relative.len() > LONGEST_KEY) {
            let detail = format!(
                "The key {:?} would have {} bytes; S3 allows {LONGEST_KEY}.",
                format!("{prefix}{}", long.relative),
                prefix.len() + long.relative.len()
            );
            return Err(Diag::error("Key too long", detail).at(At::of("source")).into());
        }
        let hashes = hash_all(Path::new(&self.path), &files, &At::of("source"))?;
        let bytes = files.iter().map(|f| f.size).sum();
        Ok((files.into_iter().zip(hashes).map(|(f, hash)| (f.relative, Value::from(hex(&hash)))).collect(), bytes))
    }
}

/// The attributes that follow from the files.
pub const SUMMARY: [&str; 4] = ["content_sha256", "file_count", "total_bytes", "files"];

/// The attributes that follow from the files, with their values.
pub fn summary(files: Files, bytes: u64) -> [(&'static str, Value); 4] {
    let count = i64::try_from(files.len()).unwrap_or(i64::MAX);
    [
        ("content_sha256", Value::from(content_hash(&files))),
        ("file_count", Value::from(count)),
        ("total_bytes", Value::from(i64::try_from(bytes).unwrap_or(i64::MAX))),
        ("files", Value::Map(files)),
    ]
}

/// One hash for all the files: the SHA-256 of what `sha256sum` prints for them, sorted by path.
pub fn content_hash(files: &Files) -> String {
    let mut hash = Sha256::new();
    for (path, content) in files {
        hash.update(content.as_str().unwrap_or_default());
        hash.update(b"  ");
        hash.update(path);
        hash.update(b"\n");
    }
    hex(&hash.finalize())
}

/// The files that a dataset has: none if its attribute `files` is not set or not known.
pub fn files_of(dataset: &Value) -> &Files {
    static NONE: Files = Files::new();
    dataset.attribute(Dataset::FILES).as_entries().unwrap_or(&NONE)
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
        let path = path.to_str().unwrap().to_owned();
        Source { path, include: vec![], exclude: vec!["*.tmp".to_owned()], follow_links_outside: false }
    }

    #[test]
    fn the_plan_knows_every_file() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("b.csv"), "abc").unwrap();
        std::fs::write(dir.path().join("a.csv"), "").unwrap();
        std::fs::write(dir.path().join("c.tmp"), "no").unwrap();
        let (hashes, bytes) = source(dir.path()).hashes("data/").unwrap();
        let summary: BTreeMap<_, _> = summary(hashes.clone(), bytes).into();
        let value = Value::object(summary.clone());
        assert_eq!(summary["file_count"], Value::from(2));
        assert_eq!(summary["total_bytes"], Value::from(3));
        assert_eq!(files_of(&value), &hashes);
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
        assert_eq!(diags.0[0].summary, "Key too long");
    }

    #[test]
    fn what_is_not_known_yet_leaves_the_files_unknown() {
        let known = Value::object([("source", Value::from("x"))]);
        assert!(Source::from_value(&known).is_some());
        for (attribute, unknown) in [
            ("source", Value::unknown()),
            ("include", Value::List(vec![Value::unknown()])),
            ("exclude", Value::List(vec![Value::unknown()])),
            ("follow_links_outside", Value::unknown()),
        ] {
            let mut value = known.clone();
            value.set_attribute(attribute, unknown);
            assert!(Source::from_value(&value).is_none(), "{attribute}");
        }
    }

    #[test]
    fn terraforms_files_and_version_control_are_no_data_unless_brought_back() {
        let dir = tempfile::tempdir().unwrap();
        for name in [".terraform/x", ".terraform.lock.hcl", "terraform.tfstate", "terraform.tfstate.backup", ".git/x"] {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        std::fs::write(dir.path().join("keys.pem"), "").unwrap();
        let names = |source: &Source| source.list().unwrap().into_iter().map(|f| f.relative).collect::<Vec<_>>();
        let mut source = source(dir.path());
        assert_eq!(names(&source), ["keys.pem"], "what else there is, is data");
        source.exclude = vec!["!.git".to_owned()];
        assert_eq!(names(&source), [".git/x", "keys.pem"]);
    }

    #[test]
    fn prefixes_end_with_one_slash() {
        assert_eq!(key_prefix("a/b"), "a/b/");
        assert_eq!(key_prefix("a/b//"), "a/b/");
        assert_eq!(key_prefix(""), "");
        assert_eq!(key_prefix("/"), "");
    }
}
