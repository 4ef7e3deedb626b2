//! What is remembered of the objects that a dataset uploaded, in the private state.

use serde_json::{Map, Value as Json};
use tfplug::context::Context;

/// What S3 gave for a file that was sent.
#[derive(Clone, Debug)]
pub struct Uploaded {
    /// The file's path below the prefix.
    pub relative: String,
    /// ETag of the object.
    pub etag: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its version, in a bucket with versions.
    pub version: Option<String>,
}

/// What S3 gave for an object that was stored, and what may have been stored under its key before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// ETag of the current object; empty if it was removed and only versions are left.
    pub etag: String,
    /// Its size in bytes.
    pub size: u64,
    /// The time by AWS's clock, in seconds since 1970, up to which it is known to be as it was stored.
    pub seen: i64,
    /// Versions (and delete markers) that the dataset made, oldest first. Empty in a bucket without versions.
    pub versions: Vec<String>,
}

/// What is remembered of every object that the dataset uploaded, by its path: as the private state has it, for there may
/// be many. Each is one short text, `ETAG SIZE SEEN VERSION...`; neither ETags nor versions have blanks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectIndex(Map<String, Json>);

const PRIVATE: &str = "objects";

impl ObjectIndex {
    /// From the private state.
    pub fn load<C>(cx: &Context<C>) -> Self {
        match cx.private(PRIVATE) {
            Some(Json::Object(objects)) => Self(objects),
            _ => Self::default(),
        }
    }

    /// Into the private state.
    pub fn store<C>(self, cx: &Context<C>) {
        cx.set_private(PRIVATE, Json::Object(self.0));
    }

    /// What is remembered of one object.
    pub fn get(&self, path: &str) -> Option<Stored> {
        let mut parts = self.0.get(path)?.as_str()?.split(' ');
        let (etag, size, seen) = (parts.next()?.to_owned(), parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(Stored { etag, size, seen, versions: parts.map(str::to_owned).collect() })
    }

    /// The paths of all objects.
    pub fn paths(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    fn put(&mut self, path: String, stored: &Stored) {
        let mut text = format!("{} {} {}", stored.etag, stored.size, stored.seen);
        for version in &stored.versions {
            text.push(' ');
            text.push_str(version);
        }
        self.0.insert(path, Json::String(text));
    }

    /// Remembers an upload, or what a HEAD request told of an object at the time `seen`.
    pub fn uploaded(&mut self, path: &str, etag: String, size: u64, version: Option<String>, seen: i64) {
        let mut stored = self.get(path).unwrap_or_default();
        stored.supersede(version);
        self.put(path.to_owned(), &Stored { etag, size, seen, versions: stored.versions });
    }

    /// Remembers that an object was as it was stored at the time `seen`.
    pub fn seen(&mut self, path: &str, seen: i64) {
        if let Some(stored) = self.get(path) {
            self.put(path.to_owned(), &Stored { seen, ..stored });
        }
    }

    /// Remembers a removal. In a bucket with versions the older ones are still there.
    pub fn removed(&mut self, path: &str, marker: Option<String>) {
        if let Some(mut stored) = self.get(path) {
            stored.supersede(marker);
            stored.etag.clear();
            if stored.versions.is_empty() {
                self.0.remove(path);
            } else {
                self.put(path.to_owned(), &stored);
            }
        }
    }
}

impl Stored {
    /// A version (or delete marker) takes the place of what is there. An object from before the bucket had versions
    /// stays as its version `null` (S3 User Guide, "Working with objects in a versioning-enabled bucket").
    fn supersede(&mut self, version: Option<String>) {
        let Some(version) = version else { return };
        if self.versions.is_empty() && !self.etag.is_empty() {
            self.versions.push(UNVERSIONED.to_owned());
        }
        if !self.versions.contains(&version) {
            self.versions.push(version);
        }
    }
}

/// The version of an object that was stored while the bucket had none.
pub const UNVERSIONED: &str = "null";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_survives_the_private_state() {
        let cx: Context<()> = Context::new(None, Default::default(), std::time::Duration::from_secs(1));
        let mut index = ObjectIndex::default();
        index.uploaded("a", "e1".into(), 1, None, 7);
        index.uploaded("b", "e2".into(), 2, Some("v1".into()), 7);
        index.uploaded("b", "e3".into(), 3, Some("v2".into()), 7);
        index.uploaded("c d", "e4".into(), 4, None, 7);
        index.removed("a", None);
        index.removed("b", Some("m1".into()));
        assert_eq!(index.get("a"), None, "nothing is left of a");
        let b = Stored { etag: String::new(), size: 3, seen: 7, versions: vec!["v1".into(), "v2".into(), "m1".into()] };
        assert_eq!(index.get("b"), Some(b));
        index.clone().store(&cx);
        assert_eq!(ObjectIndex::load(&cx), index);
    }

    #[test]
    fn what_was_there_before_versions_is_remembered() {
        let mut index = ObjectIndex::default();
        index.uploaded("a", "e1".into(), 1, None, 7);
        index.uploaded("a", "e2".into(), 1, Some("v1".into()), 7);
        assert_eq!(index.get("a").unwrap().versions, ["null", "v1"]);
        index.uploaded("b", "e1".into(), 1, None, 7);
        index.removed("b", Some("m1".into()));
        assert_eq!(index.get("b").unwrap().versions, ["null", "m1"]);
    }
}
