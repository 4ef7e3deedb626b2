//! What the bucket holds of a dataset.
//!
//! A listing tells size and ETag of every object. An ETag is no hash of the content (encryption with KMS and multipart
//! uploads see to that), but it changes with the content, so the one that S3 gave at the upload is remembered in the
//! private state. Only an object whose ETag is another than remembered is asked for its SHA-256.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{ChecksumMode, ObjectIdentifier};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::value::{Path, Value};
use tokio::task::JoinSet;

use crate::aws::error::{AwsError, aws_error};
use crate::aws::operation::stopped;
use crate::files::hashing::hex;
use crate::resources::storage::dataset_plan::{Files, files_of, summary};

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
    /// Versions (and delete markers) that the dataset made, oldest first. Empty in a bucket without versions.
    pub versions: Vec<String>,
}

/// What is remembered of every object that the dataset uploaded, by its path: as the private state has it, for there may
/// be many. Each is one short text, `ETAG SIZE VERSION...`; neither ETags nor versions have blanks.
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
        let (etag, size) = (parts.next()?.to_owned(), parts.next()?.parse().ok()?);
        Some(Stored { etag, size, versions: parts.map(str::to_owned).collect() })
    }

    /// The paths of all objects.
    pub fn paths(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    fn put(&mut self, path: String, stored: &Stored) {
        let mut text = format!("{} {}", stored.etag, stored.size);
        for version in &stored.versions {
            text.push(' ');
            text.push_str(version);
        }
        self.0.insert(path, Json::String(text));
    }

    /// Remembers an upload.
    pub fn uploaded(&mut self, path: &str, etag: String, size: u64, version: Option<String>) {
        let mut stored = self.get(path).unwrap_or_default();
        stored.supersede(version);
        self.put(path.to_owned(), &Stored { etag, size, versions: stored.versions });
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
    let objects = paths.iter().map(|path| (format!("{prefix}{path}"), None)).collect();
    let found = head_all(cx, s3, bucket, &format!("look at the objects below s3://{bucket}/{prefix}"), objects).await?;
    Ok(paths.into_iter().zip(found).filter_map(|(path, head)| Some((path, head?))).collect())
}

/// Those of several versions that a dataset uploaded.
///
/// # Errors
/// What S3 answered.
pub async fn uploaded_by_datasets<C>(
    cx: &Context<C>,
    s3: &Client,
    bucket: &str,
    versions: Vec<ObjectIdentifier>,
) -> Result<Vec<ObjectIdentifier>> {
    let objects = versions.iter().map(|v| (v.key().to_owned(), v.version_id().map(str::to_owned))).collect();
    let found =
        head_all(cx, s3, bucket, &format!("list the object versions in the bucket {bucket:?}"), objects).await?;
    Ok(versions
        .into_iter()
        .zip(found)
        .filter(|(_, head)| head.as_ref().is_some_and(|h| h.ours))
        .map(|(v, _)| v)
        .collect())
}

/// Asks about keys and versions, several at once; the answers are in the same order.
async fn head_all<C>(
    cx: &Context<C>,
    s3: &Client,
    bucket: &str,
    attempted: &str,
    objects: Vec<(String, Option<String>)>,
) -> Result<Vec<Option<Head>>> {
    let mut found = vec![None; objects.len()];
    let mut asking: JoinSet<Result<(usize, Option<Head>), AwsError>> = JoinSet::new();
    let mut objects = objects.into_iter().enumerate();
    loop {
        cx.check().map_err(|stop| stopped(stop, attempted, ""))?;
        while asking.len() < HEADS
            && let Some((i, (key, version))) = objects.next()
        {
            let (s3, bucket) = (s3.clone(), bucket.to_owned());
            asking.spawn(async move { Ok((i, head(&s3, &bucket, &key, version).await?)) });
        }
        match asking.join_next().await {
            None => return Ok(found),
            Some(Ok(answer)) => {
                let (i, head) = answer.map_err(|e| e.diag(attempted))?;
                found[i] = head;
            }
            Some(Err(e)) => return Err(Diag::bug("Reading the metadata of an object was aborted", e).into()),
        }
    }
}

async fn head(s3: &Client, bucket: &str, key: &str, version: Option<String>) -> Result<Option<Head>, AwsError> {
    let head = s3.head_object().bucket(bucket).key(key).set_version_id(version).checksum_mode(ChecksumMode::Enabled);
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
    index: &mut ObjectIndex,
) -> Result<Option<(Files, u64)>> {
    let listed = match list(s3, bucket, prefix).await {
        Ok(listed) => listed,
        Err(e) if e.is("NoSuchBucket") => return Ok(None),
        Err(e) => return Err(at_bucket(&e, &format!("list the objects below s3://{bucket}/{prefix}"))),
    };
    let imported = state.attribute("files").is_null();
    let known = files_of(state);
    let mut found = Files::new();
    let mut bytes = 0;
    let mut doubtful = Vec::new();
    for (path, object) in listed {
        match known.get(&path) {
            None if !imported => {}
            Some(hash) if unchanged(&object, index.get(&path).as_ref()) => {
                bytes += object.size;
                found.insert(path, hash.clone());
            }
            _ => doubtful.push(path),
        }
    }
    for (path, head) in heads(cx, s3, bucket, prefix, doubtful).await? {
        let hash = Value::from(head.hash());
        bytes += head.size;
        if imported || known.get(&path) == Some(&hash) {
            index.uploaded(&path, head.etag, head.size, head.version.filter(|_| imported || head.ours));
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
///
/// There may be many files, so no hash is held that the plan or the state before has.
pub struct ProgressGuard<'a, C> {
    cx: &'a Context<C>,
    /// None once everything is as planned.
    planned: Option<&'a Value>,
    before: &'a Files,
    /// What the bucket has otherwise than before and than planned.
    other: Files,
    sent: Vec<String>,
    removed: Vec<String>,
    /// What is remembered of the objects.
    pub index: ObjectIndex,
}

impl<'a, C> ProgressGuard<'a, C> {
    /// Begins with the files that exist before.
    pub fn new(cx: &'a Context<C>, planned: &'a Value, before: &'a Files, index: ObjectIndex) -> Self {
        Self { cx, planned: Some(planned), before, other: Files::new(), sent: Vec::new(), removed: Vec::new(), index }
    }

    /// Takes over an object that is there already.
    pub fn adopted(&mut self, path: &str, head: &Head) {
        self.index.uploaded(path, head.etag.clone(), head.size, head.version.clone());
        self.other.insert(path.to_owned(), Value::from(head.hash()));
    }

    /// Notes a file that was sent as planned.
    pub fn sent(&mut self, sent: Uploaded) {
        self.index.uploaded(&sent.relative, sent.etag, sent.size, sent.version);
        self.sent.push(sent.relative);
    }

    /// Notes a file that was removed, and the delete marker that S3 put in its place.
    pub fn removed(&mut self, path: &str, marker: Option<String>) {
        self.index.removed(path, marker);
        self.removed.push(path.to_owned());
    }

    /// Ends it: everything is as planned, and the caller says so.
    pub fn complete(mut self) {
        self.planned = None;
    }

    /// What exists now.
    fn files(&mut self, planned: &Value) -> Files {
        let mut files = self.before.clone();
        files.append(&mut self.other);
        let wanted = files_of(planned);
        for path in self.sent.drain(..) {
            if let Some(hash) = wanted.get(&path) {
                files.insert(path, hash.clone());
            }
        }
        for path in &self.removed {
            files.remove(path);
        }
        files
    }
}

impl<C> Drop for ProgressGuard<'_, C> {
    fn drop(&mut self) {
        let index = std::mem::take(&mut self.index);
        let Some(planned) = self.planned.take() else { return index.store(self.cx) };
        let files = self.files(planned);
        let exists = !files.is_empty() || index.paths().next().is_some();
        let bytes = files.keys().filter_map(|path| index.get(path)).map(|s| s.size).sum();
        index.store(self.cx);
        if !exists {
            return;
        }
        // The planned files are left out: there may be many, and these are not the ones that exist.
        let others = planned.as_entries().into_iter().flatten().filter(|(name, _)| *name != "files");
        let mut state = Value::object(others.map(|(name, value)| (name.clone(), value.clone())));
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
    fn the_index_survives_the_private_state() {
        let cx: Context<()> = Context::new(None, Default::default(), std::time::Duration::from_secs(1));
        let mut index = ObjectIndex::default();
        index.uploaded("a", "e1".into(), 1, None);
        index.uploaded("b", "e2".into(), 2, Some("v1".into()));
        index.uploaded("b", "e3".into(), 3, Some("v2".into()));
        index.uploaded("c d", "e4".into(), 4, None);
        index.removed("a", None);
        index.removed("b", Some("m1".into()));
        assert_eq!(index.get("a"), None, "nothing is left of a");
        let b = Stored { etag: String::new(), size: 3, versions: vec!["v1".into(), "v2".into(), "m1".into()] };
        assert_eq!(index.get("b"), Some(b));
        index.clone().store(&cx);
        assert_eq!(ObjectIndex::load(&cx), index);
    }

    #[test]
    fn what_was_there_before_versions_is_remembered() {
        let mut index = ObjectIndex::default();
        index.uploaded("a", "e1".into(), 1, None);
        index.uploaded("a", "e2".into(), 1, Some("v1".into()));
        assert_eq!(index.get("a").unwrap().versions, ["null", "v1"]);
        index.uploaded("b", "e1".into(), 1, None);
        index.removed("b", Some("m1".into()));
        assert_eq!(index.get("b").unwrap().versions, ["null", "m1"]);
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
        let context = || -> Context<()> { Context::new(None, Default::default(), std::time::Duration::from_secs(1)) };
        let files = |files: &[(&str, &str)]| -> Files {
            files.iter().map(|(path, hash)| ((*path).to_owned(), Value::from(*hash))).collect()
        };
        let sent = |path: &str| Uploaded { relative: path.into(), etag: "e".into(), size: 7, version: None };
        let head =
            |sha256: &str| Head { sha256: Some(sha256.into()), ours: true, size: 5, etag: "e".into(), version: None };
        let planned = Value::object([
            ("bucket", Value::from("b")),
            ("files", Value::Map(files(&[("new", "n1"), ("same", "s1"), ("changed", "c2"), ("late", "l2")]))),
        ]);
        let before = files(&[("same", "s1"), ("changed", "c1"), ("late", "l1"), ("gone", "g1")]);
        let cx = context();
        drop(ProgressGuard::new(&cx, &planned, &Files::new(), ObjectIndex::default()));
        assert_eq!(cx.saved(), None, "nothing exists, so there is no state");
        let mut progress = ProgressGuard::new(&cx, &planned, &before, ObjectIndex::default());
        progress.adopted("new", &head("of an interrupted apply"));
        progress.sent(sent("new"));
        progress.sent(sent("changed"));
        progress.removed("gone", None);
        drop(progress);
        let saved = cx.saved().unwrap();
        assert_eq!((saved.attribute("bucket"), saved.attribute("total_bytes")), (&"b".into(), &14.into()));
        assert_eq!(files_of(&saved), &files(&[("new", "n1"), ("same", "s1"), ("changed", "c2"), ("late", "l1")]));
        let cx = context();
        let none = Files::new();
        let mut progress = ProgressGuard::new(&cx, &planned, &none, ObjectIndex::default());
        progress.adopted("new", &head("other"));
        drop(progress);
        assert_eq!(files_of(&cx.saved().unwrap()), &files(&[("new", "other")]), "there, but not as planned");
        let cx = context();
        let mut progress = ProgressGuard::new(&cx, &planned, &none, ObjectIndex::default());
        progress.sent(sent("new"));
        progress.complete();
        assert_eq!(cx.saved(), None);
        assert!(cx.private("objects").is_some());
    }
}
