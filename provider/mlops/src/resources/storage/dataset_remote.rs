//! What the bucket holds of a dataset.
//!
//! A listing tells size and ETag of every object. An ETag is no hash of the content (encryption with KMS and multipart
//! uploads see to that), but it changes with the content, so the one that S3 gave at the upload is remembered in the
//! private state. Only an object whose ETag is another than remembered is asked for its SHA-256, or one that was stored
//! again since: its content type or metadata may be others. Tags are in no listing, and change without a trace in it.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{ChecksumMode, ObjectIdentifier};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::value::{Path, Value};
use tokio::task::JoinSet;

use crate::aws::clock::Clock;
use crate::aws::error::{AwsError, aws_error};
use crate::aws::operation::stopped;
use crate::aws::tags::{self, Tags};
use crate::files::hashing::hex;
use crate::resources::storage::dataset_index::{ObjectIndex, Stored};
use crate::resources::storage::dataset_model::Dataset;
use crate::resources::storage::dataset_plan::{Files, files_of};
use crate::resources::storage::dataset_settings::{Headers, Settings};

/// The metadata of an object in which its SHA-256 is kept: S3's own checksum of a multipart upload is one of its parts.
/// An object that has it was uploaded by a dataset.
pub const METADATA: &str = "mlops-sha256";

/// How many requests about single objects are in flight.
const AT_ONCE: usize = 32;

/// An object as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its size in bytes.
    pub size: u64,
    /// Its ETag, without quotes.
    pub etag: String,
    /// When it was last stored, in seconds since 1970. A copy onto itself counts, other tags or another storage class by a
    /// lifecycle rule do not.
    pub modified: i64,
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
            let modified = object.last_modified().map_or(0, DateTime::secs);
            found.insert(path.to_owned(), Listed { size, etag: bare(object.e_tag()), modified });
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

/// What a HEAD request tells of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// What else it has.
    pub headers: Headers,
    /// Whether it has tags, as far as the caller may know.
    pub tagged: bool,
}

impl Head {
    /// What stands for its content in the attribute `files`.
    pub fn hash(&self) -> String {
        self.sha256.clone().unwrap_or_else(|| format!("etag:{}", self.etag))
    }
}

/// Below which prefix of which bucket objects are.
#[derive(Clone, Copy, Debug)]
pub struct Location<'a> {
    /// The client for the bucket's region.
    pub s3: &'a Client,
    /// The bucket.
    pub bucket: &'a str,
    /// What the keys begin with.
    pub prefix: &'a str,
}

impl Location<'_> {
    /// The key of a path below the prefix.
    pub fn key(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// What is attempted with the objects, for messages.
    pub fn attempted(&self, verb: &str) -> String {
        format!("{verb} the objects below s3://{}/{}", self.bucket, self.prefix)
    }
}

/// Asks about several objects at once. Those that are gone meanwhile are left out.
///
/// # Errors
/// What S3 answered.
pub async fn heads<C>(cx: &Context<C>, at: Location<'_>, paths: Vec<String>) -> Result<BTreeMap<String, Head>> {
    let objects = paths.iter().map(|path| (at.key(path), None)).collect();
    let found = head_all(cx, at.s3, at.bucket, &at.attempted("look at"), objects).await?;
    Ok(paths.into_iter().zip(found).filter_map(|(path, head)| Some((path, head?))).collect())
}

/// The tags of several objects, by their paths. Those that are gone meanwhile are left out.
///
/// # Errors
/// Diagnostics at `object_tags`: what S3 answered.
pub async fn tags_of<C>(cx: &Context<C>, at: Location<'_>, paths: Vec<String>) -> Result<BTreeMap<String, Tags>> {
    let mut found = BTreeMap::new();
    let ask = |path: String| {
        let get = at.s3.get_object_tagging().bucket(at.bucket).key(at.key(&path));
        async move {
            match get.send().await.map_err(|e| aws_error("S3", "GetObjectTagging", e)) {
                Ok(answer) => {
                    let tags = answer.tag_set().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned()));
                    Ok(Some((path, tags.collect())))
                }
                Err(e) if e.status == Some(404) => Ok(None),
                Err(e) => Err(e),
            }
        }
    };
    let attempted = at.attempted("read the tags of");
    let asked = each(cx, &attempted, paths, ask, |_, tags: Option<(String, Tags)>| found.extend(tags)).await;
    asked.map_err(|diags| Diags(diags.0.into_iter().map(|diag| diag.at(Path::of(Dataset::OBJECT_TAGS))).collect()))?;
    Ok(found)
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
    let ask = |(key, version): (String, Option<String>)| {
        let (s3, bucket) = (s3.clone(), bucket.to_owned());
        async move { head(&s3, &bucket, &key, version).await }
    };
    each(cx, attempted, objects, ask, |i, head| found[i] = head).await?;
    Ok(found)
}

/// Makes a request for each of several objects, some at once. `done` is called with the number of each object for which
/// it succeeded. Stops at the first failure.
///
/// # Errors
/// Diagnostics: what S3 answered; cancellation, the deadline.
pub async fn each<C, I, T, F>(
    cx: &Context<C>,
    attempted: &str,
    objects: Vec<I>,
    request: impl Fn(I) -> F,
    mut done: impl FnMut(usize, T),
) -> Result<()>
where
    T: Send + 'static,
    F: Future<Output = Result<T, AwsError>> + Send + 'static,
{
    let mut asking: JoinSet<(usize, Result<T, AwsError>)> = JoinSet::new();
    let mut objects = objects.into_iter().enumerate();
    loop {
        cx.check().map_err(|stop| stopped(stop, attempted, ""))?;
        while asking.len() < AT_ONCE
            && let Some((i, object)) = objects.next()
        {
            let request = request(object);
            asking.spawn(async move { (i, request.await) });
        }
        match asking.join_next().await {
            None => return Ok(()),
            Some(Ok((i, answer))) => done(i, answer.map_err(|e| e.diag(attempted))?),
            Some(Err(e)) => return Err(Diag::bug("A request about an object was aborted", e).into()),
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
        headers: Headers::of(&answer),
        tagged: answer.tag_count().is_some_and(|count| count > 0),
    }))
}

/// What the bucket has of a dataset.
#[derive(Debug, Default)]
pub struct Found {
    /// Its files.
    pub files: Files,
    /// Their size.
    pub bytes: u64,
    /// What objects have otherwise than the state says, beside their content.
    pub altered: Tags,
    /// What an import found, by attribute.
    pub attributes: Vec<(&'static str, Value)>,
}

/// What the bucket has of a dataset: of the files that the state knows, or, after an import, all that there is. None if
/// the bucket or every file of it is gone.
///
/// # Errors
/// What S3 answered.
pub async fn read<C>(
    cx: &Context<C>,
    at: Location<'_>,
    state: &Value,
    index: &mut ObjectIndex,
    clock: &Clock,
) -> Result<Option<Found>> {
    let now = clock.seconds();
    let listed = match list(at.s3, at.bucket, at.prefix).await {
        Ok(listed) => listed,
        Err(e) if e.is("NoSuchBucket") => return Ok(None),
        Err(e) => return Err(at_bucket(&e, &at.attempted("list"))),
    };
    let imported = state.attribute(Dataset::FILES).is_null();
    let known = files_of(state);
    let altered = state.attribute(Dataset::ALTERED_OBJECTS).as_entries();
    let mut settings = Settings::of(state);
    let mut found = Found::default();
    let mut doubtful = Vec::new();
    for (path, object) in listed {
        let settled = altered.is_none_or(|altered| !altered.contains_key(&path));
        match known.get(&path) {
            None if !imported => {}
            Some(hash) if settled && unchanged(&object, index.get(&path).as_ref()) => {
                found.bytes += object.size;
                found.files.insert(path, hash.clone());
            }
            _ => doubtful.push(path),
        }
    }
    let doubtful = heads(cx, at, doubtful).await?;
    let mut tags = None;
    if imported {
        found.attributes = Settings::found(doubtful.iter());
        if doubtful.values().any(|head| head.tagged) {
            let of_all = tags_of(cx, at, doubtful.keys().cloned().collect()).await?;
            let common = tags::to_value(&shared(of_all.values()));
            found.attributes.extend((!common.is_empty()).then_some((Dataset::OBJECT_TAGS, common)));
            tags = Some(of_all);
        }
        let mut imported = state.clone();
        found.attributes.iter().for_each(|(name, value)| imported.set_attribute(name, value.clone()));
        settings = Settings::of(&imported);
    }
    // What has another content is uploaded again, with all that it is to have.
    let mut kept: Vec<String> = found.files.keys().cloned().collect();
    for (path, head) in doubtful {
        let hash = Value::from(head.hash());
        found.bytes += head.size;
        if imported || known.get(&path) == Some(&hash) {
            found.altered.extend(settings.differences(&path, &head).map(|what| (path.clone(), what)));
            let version = head.version.filter(|_| imported || head.ours);
            index.uploaded(&path, head.etag, head.size, version, now);
            kept.push(path.clone());
        }
        found.files.insert(path, hash);
    }
    if settings.has_tags() {
        let tags = match tags {
            Some(tags) => tags,
            None => tags_of(cx, at, kept).await?,
        };
        for (path, tags) in tags {
            if let Some(what) = settings.tag_differences(&tags) {
                found.altered.entry(path).and_modify(|all| *all = format!("{all}, {what}")).or_insert(what);
            }
        }
    }
    Ok((!found.files.is_empty()).then_some(found))
}

/// The tags that all objects have.
fn shared<'a>(mut of_all: impl Iterator<Item = &'a Tags>) -> Tags {
    let first = of_all.next().cloned().unwrap_or_default();
    of_all.fold(first, |mut shared, tags| {
        shared.retain(|key, value| tags.get(key) == Some(value));
        shared
    })
}

fn unchanged(listed: &Listed, remembered: Option<&Stored>) -> bool {
    remembered.is_some_and(|r| r.etag == listed.etag && r.size == listed.size && listed.modified <= r.seen)
}

/// The diagnostic at `bucket` if the bucket is the trouble.
pub fn at_bucket(error: &AwsError, attempted: &str) -> Diags {
    let diag = error.diag(attempted);
    let bucket =
        matches!(error.code.as_str(), "NoSuchBucket" | "PermanentRedirect" | "AccessDenied" | "InvalidBucketName");
    if bucket { diag.at(Path::of(Dataset::BUCKET)).into() } else { diag.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_etag_or_size_or_a_later_time_is_a_doubt() {
        let listed = Listed { size: 3, etag: "e".into(), modified: 70 };
        let stored = |etag: &str, seen| Stored { etag: etag.into(), size: 3, seen, versions: vec![] };
        assert!(unchanged(&listed, Some(&stored("e", 70))));
        assert!(!unchanged(&listed, Some(&stored("f", 70))));
        assert!(!unchanged(&listed, Some(&stored("e", 69))), "stored again since");
        assert!(!unchanged(&Listed { size: 4, ..listed.clone() }, Some(&stored("e", 70))));
        assert!(!unchanged(&listed, None));
    }

    #[test]
    fn tags_that_some_objects_lack_are_not_shared() {
        let tags = |tags: &[(&str, &str)]| -> Tags {
            tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        let all = [tags(&[("a", "1"), ("b", "1"), ("c", "1")]), tags(&[("a", "1"), ("b", "2")])];
        assert_eq!(shared(all.iter()), tags(&[("a", "1")]));
        assert_eq!(shared(std::iter::empty()), Tags::new());
    }
}
