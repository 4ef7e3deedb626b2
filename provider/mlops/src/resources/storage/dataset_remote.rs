//! What the bucket holds of a dataset.
//!
//! A listing tells size and ETag of every object. An ETag is no hash of the content (encryption with KMS and multipart
//! uploads see to that), but it changes with the content, so the one that S3 gave at the upload is remembered in the
//! private state. Only an object whose ETag is another than remembered is asked for its SHA-256.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::types::ChecksumMode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::value::{Path, Value};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::aws::error::{AwsError, aws_error};
use crate::aws::op::stopped;
use crate::resources::storage::dataset_plan::{Hashes, from_value, summary};
use crate::resources::storage::hashing::hex;

/// The metadata of an object in which its SHA-256 is kept: S3's own checksum of a multipart upload is one of its parts.
/// An object that has it was uploaded by a dataset.
pub const METADATA: &str = "mlops-sha256";

/// How many HEAD requests are in flight.
const HEADS: usize = 32;

/// An object as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its size in bytes.
    pub size: u64,
    /// Its ETag, without quotes.
    pub etag: String,
}

/// All objects below a prefix, by the rest of their keys. Keys that end with a slash, which only stand for folders, are
/// left out.
///
/// # Errors
/// What S3 answered.
pub async fn list(s3: &Client, bucket: &str, prefix: &str) -> Result<BTreeMap<String, Listed>, AwsError> {
    let mut found = BTreeMap::new();
    let mut token = None;
    loop {
        let list = s3.list_objects_v2().bucket(bucket).prefix(prefix).set_continuation_token(token);
        let page = list.send().await.map_err(|e| aws_error("S3", "ListObjectsV2", e))?;
        for object in page.contents() {
            let Some(path) = object.key().and_then(|k| k.strip_prefix(prefix)) else { continue };
            if path.is_empty() || path.ends_with('/') {
                continue;
            }
            let size = object.size().and_then(|s| u64::try_from(s).ok()).unwrap_or(0);
            found.insert(path.to_owned(), Listed { size, etag: bare(object.e_tag()) });
        }
        token = page.next_continuation_token().map(str::to_owned);
        if token.is_none() {
            return Ok(found);
        }
    }
}

/// Whether the bucket has, or once had, versions.
///
/// # Errors
/// What S3 answered.
pub async fn has_versions(s3: &Client, bucket: &str) -> Result<bool, AwsError> {
    let answer = s3.get_bucket_versioning().bucket(bucket).send().await;
    Ok(answer.map_err(|e| aws_error("S3", "GetBucketVersioning", e))?.status().is_some())
}

/// An ETag without its quotes.
pub fn bare(etag: Option<&str>) -> String {
    etag.unwrap_or_default().trim_matches('"').to_owned()
}

/// What S3 gave for an object that was stored, and what may have been stored under its key before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// ETag of the current object; empty if it was removed and only versions are left.
    pub etag: String,
    /// Its size in bytes.
    pub size: u64,
    /// Versions (and delete markers) that the dataset made, oldest first. Empty in a bucket without versions.
    pub versions: Vec<String>,
}

/// What is remembered of every object that the dataset uploaded, by its path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory(pub BTreeMap<String, Stored>);

const PRIVATE: &str = "objects";

impl Memory {
    /// From the private state.
    pub fn load<C>(cx: &Context<C>) -> Self {
        let Some(Json::Object(objects)) = cx.private(PRIVATE) else { return Self::default() };
        let stored = |text: &str| {
            let mut parts = text.split(' ').map(str::to_owned);
            Some(Stored { etag: parts.next()?, size: parts.next()?.parse().ok()?, versions: parts.collect() })
        };
        Self(objects.iter().filter_map(|(path, v)| Some((path.clone(), stored(v.as_str()?)?))).collect())
    }

    /// Into the private state: one short text for each object, for there may be many. Neither ETags nor versions have
    /// blanks.
    pub fn store<C>(self, cx: &Context<C>) {
        let text = |s: Stored| {
            let fixed = [s.etag, s.size.to_string()];
            fixed.iter().chain(&s.versions).map(String::as_str).collect::<Vec<_>>().join(" ")
        };
        let objects: Map<String, Json> = self.0.into_iter().map(|(path, s)| (path, Json::String(text(s)))).collect();
        cx.set_private(PRIVATE, Json::Object(objects));
    }

    /// Remembers an upload.
    pub fn uploaded(&mut self, path: &str, etag: String, size: u64, version: Option<String>) {
        let stored = self.0.entry(path.to_owned()).or_default();
        stored.supersede(version);
        stored.etag = etag;
        stored.size = size;
    }

    /// Remembers a removal. In a bucket with versions the older ones are still there.
    pub fn removed(&mut self, path: &str, marker: Option<String>) {
        if let Some(stored) = self.0.get_mut(path) {
            stored.supersede(marker);
            stored.etag.clear();
            if stored.versions.is_empty() {
                self.0.remove(path);
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

/// What a HEAD request tells of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its SHA-256, if S3 knows it.
    pub sha256: Option<String>,
    /// Whether a dataset uploaded it.
    pub ours: bool,
    /// Its size in bytes.
    pub size: u64,
    /// Its ETag.
    pub etag: String,
    /// Its version.
    pub version: Option<String>,
}

impl Head {
    /// What stands for its content in the attribute `files`.
    pub fn hash(&self) -> String {
        self.sha256.clone().unwrap_or_else(|| format!("etag:{}", self.etag))
    }
}

/// Asks about several objects at once. Those that are gone meanwhile are left out.
///
/// # Errors
/// What S3 answered.
pub async fn heads<C>(
    cx: &Context<C>,
    s3: &Client,
    bucket: &str,
    prefix: &str,
    paths: Vec<String>,
) -> Result<BTreeMap<String, Head>> {
    let attempted = format!("look at the objects below s3://{bucket}/{prefix}");
    let slots = Arc::new(Semaphore::new(HEADS));
    let mut asking: JoinSet<Result<Option<(String, Head)>, AwsError>> = JoinSet::new();
    let mut found = BTreeMap::new();
    let mut paths = paths.into_iter();
    loop {
        cx.check().map_err(|stop| stopped(stop, &attempted, ""))?;
        while asking.len() < HEADS
            && let Some(path) = paths.next()
        {
            let (s3, bucket, key, slots) = (s3.clone(), bucket.to_owned(), format!("{prefix}{path}"), slots.clone());
            asking.spawn(async move {
                let _slot = slots.acquire_owned().await;
                Ok(head(&s3, &bucket, &key).await?.map(|head| (path, head)))
            });
        }
        match asking.join_next().await {
            None => return Ok(found),
            Some(Ok(answer)) => found.extend(answer.map_err(|e| e.diag(&attempted))?),
            Some(Err(e)) => return Err(Diag::bug("Looking at an object broke off", e).into()),
        }
    }
}

async fn head(s3: &Client, bucket: &str, key: &str) -> Result<Option<Head>, AwsError> {
    let head = s3.head_object().bucket(bucket).key(key).checksum_mode(ChecksumMode::Enabled);
    let answer = match head.send().await.map_err(|e| aws_error("S3", "HeadObject", e)) {
        Ok(answer) => answer,
        Err(e) if e.status == Some(404) => return Ok(None),
        Err(e) => return Err(e),
    };
    let kept = answer.metadata().and_then(|m| m.get(METADATA)).cloned();
    // The checksum of a multipart upload is `HASH-PARTS`, and no hash of the content.
    let checksum = answer.checksum_sha256().and_then(|c| STANDARD.decode(c).ok()).map(|c| hex(&c));
    Ok(Some(Head {
        ours: kept.is_some(),
        sha256: checksum.or(kept),
        size: answer.content_length().and_then(|s| u64::try_from(s).ok()).unwrap_or(0),
        etag: bare(answer.e_tag()),
        version: answer.version_id().map(str::to_owned),
    }))
}

/// What the bucket has of a dataset: of the files that the state knows, or, after an import, all that there is. None if
/// the bucket or every file of it is gone.
///
/// # Errors
/// What S3 answered.
pub async fn read<C>(
    cx: &Context<C>,
    s3: &Client,
    bucket: &str,
    prefix: &str,
    state: &Value,
    memory: &mut Memory,
) -> Result<Option<(Hashes, u64)>> {
    let listed = match list(s3, bucket, prefix).await {
        Ok(listed) => listed,
        Err(e) if e.is("NoSuchBucket") => return Ok(None),
        Err(e) => return Err(at_bucket(&e, &format!("list the objects below s3://{bucket}/{prefix}"))),
    };
    let imported = state.attribute("files").is_null();
    let known = from_value(state.attribute("files"));
    let mut found = Hashes::new();
    let mut bytes = 0;
    let mut doubtful = Vec::new();
    for (path, object) in listed {
        match known.get(&path) {
            None if !imported => {}
            Some(hash) if unchanged(&object, memory.0.get(&path)) => {
                bytes += object.size;
                found.insert(path, hash.clone());
            }
            _ => doubtful.push(path),
        }
    }
    for (path, head) in heads(cx, s3, bucket, prefix, doubtful).await? {
        let hash = head.hash();
        bytes += head.size;
        if imported || known.get(&path) == Some(&hash) {
            memory.uploaded(&path, head.etag, head.size, head.version.filter(|_| imported || head.ours));
        }
        found.insert(path, hash);
    }
    Ok((!found.is_empty()).then_some((found, bytes)))
}

fn unchanged(listed: &Listed, remembered: Option<&Stored>) -> bool {
    remembered.is_some_and(|r| r.etag == listed.etag && r.size == listed.size)
}

/// The diagnostic at `bucket` if the bucket is the trouble.
pub fn at_bucket(error: &AwsError, attempted: &str) -> Diags {
    let diag = error.diag(attempted);
    let bucket =
        matches!(error.code.as_str(), "NoSuchBucket" | "PermanentRedirect" | "AccessDenied" | "InvalidBucketName");
    if bucket { diag.at(Path::of("bucket")).into() } else { diag.into() }
}

/// A dataset in the making: what of it exists by now. Whatever way the operation ends, the state learns of it.
pub struct Ledger<'a, C> {
    cx: &'a Context<C>,
    state: Option<Value>,
    /// The files that the bucket has.
    pub files: Hashes,
    /// What is remembered of them.
    pub memory: Memory,
}

impl<'a, C> Ledger<'a, C> {
    /// Begins with what exists.
    pub fn new(cx: &'a Context<C>, planned: &Value, files: Hashes, memory: Memory) -> Self {
        // The planned files are left out: there may be many, and these are not the ones that exist.
        let others = planned.as_entries().into_iter().flatten().filter(|(name, _)| *name != "files");
        let state = Value::object(others.map(|(name, value)| (name.clone(), value.clone())));
        Self { cx, state: Some(state), files, memory }
    }

    /// Ends it: everything is as planned, and the caller says so.
    pub fn complete(mut self) {
        self.state = None;
    }
}

impl<C> Drop for Ledger<'_, C> {
    fn drop(&mut self) {
        let (files, memory) = (std::mem::take(&mut self.files), std::mem::take(&mut self.memory));
        let exists = !files.is_empty() || !memory.0.is_empty();
        let bytes = files.keys().filter_map(|path| memory.0.get(path)).map(|s| s.size).sum();
        memory.store(self.cx);
        let Some(mut state) = self.state.take().filter(|_| exists) else { return };
        for (attribute, value) in summary(files, bytes) {
            state.set_attribute(attribute, value);
        }
        self.cx.save(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_survives_the_private_state() {
        let cx: Context<()> = Context::new(None, Default::default(), std::time::Duration::from_secs(1));
        let mut memory = Memory::default();
        memory.uploaded("a", "e1".into(), 1, None);
        memory.uploaded("b", "e2".into(), 2, Some("v1".into()));
        memory.uploaded("b", "e3".into(), 3, Some("v2".into()));
        memory.uploaded("c d", "e4".into(), 4, None);
        memory.removed("a", None);
        memory.removed("b", Some("m1".into()));
        assert!(!memory.0.contains_key("a"), "nothing is left of a");
        assert_eq!(
            memory.0["b"],
            Stored { etag: String::new(), size: 3, versions: vec!["v1".into(), "v2".into(), "m1".into()] }
        );
        memory.clone().store(&cx);
        assert_eq!(Memory::load(&cx), memory);
    }

    #[test]
    fn what_was_there_before_versions_is_remembered() {
        let mut memory = Memory::default();
        memory.uploaded("a", "e1".into(), 1, None);
        memory.uploaded("a", "e2".into(), 1, Some("v1".into()));
        assert_eq!(memory.0["a"].versions, ["null", "v1"]);
        memory.uploaded("b", "e1".into(), 1, None);
        memory.removed("b", Some("m1".into()));
        assert_eq!(memory.0["b"].versions, ["null", "m1"]);
    }

    #[test]
    fn another_etag_or_size_is_a_doubt() {
        let listed = Listed { size: 3, etag: "e".into() };
        let stored = |etag: &str| Stored { etag: etag.into(), size: 3, versions: vec![] };
        assert!(unchanged(&listed, Some(&stored("e"))));
        assert!(!unchanged(&listed, Some(&stored("f"))));
        assert!(!unchanged(&Listed { size: 4, ..listed.clone() }, Some(&stored("e"))));
        assert!(!unchanged(&listed, None));
    }

    #[test]
    fn what_exists_is_saved_unless_all_is_as_planned() {
        let cx: Context<()> = Context::new(None, Default::default(), std::time::Duration::from_secs(1));
        let planned = Value::object([("bucket", Value::from("b")), ("files", Value::Null)]);
        drop(Ledger::new(&cx, &planned, Hashes::new(), Memory::default()));
        assert_eq!(cx.saved(), None, "nothing exists, so there is no state");
        let mut ledger = Ledger::new(&cx, &planned, Hashes::new(), Memory::default());
        ledger.files.insert("a".into(), "hash".into());
        ledger.memory.uploaded("a", "e".into(), 7, None);
        drop(ledger);
        let saved = cx.saved().unwrap();
        assert_eq!((saved.attribute("bucket"), saved.attribute("total_bytes")), (&"b".into(), &7.into()));
        assert_eq!(from_value(saved.attribute("files")).len(), 1);
        let fresh: Context<()> = Context::new(None, Default::default(), std::time::Duration::from_secs(1));
        let mut ledger = Ledger::new(&fresh, &planned, Hashes::new(), Memory::default());
        ledger.memory.uploaded("a", "e".into(), 7, None);
        ledger.complete();
        assert_eq!(fresh.saved(), None);
        assert!(fresh.private("objects").is_some());
    }
}
