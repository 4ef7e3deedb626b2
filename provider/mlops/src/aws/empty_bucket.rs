//! Emptying a bucket: every version, every delete marker, every upload in progress.
//!
//! S3 lists and deletes at most 1000 keys per call, so pages are deleted in parallel while the next ones are listed. The
//! number of batches in flight is bounded, and with it the memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::delete_objects::DeleteObjectsOutput;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tokio::task::JoinSet;

use crate::aws::error::{AwsError, aws_error};
use crate::aws::operation::stopped;

/// Keys per call of DeleteObjects: S3's bound.
pub const BATCH: usize = 1000;
/// Batches in flight.
const PARALLEL: usize = 8;
/// How often progress is reported in the log.
const TELL: Duration = Duration::from_secs(5);
/// How many objects that S3 would not delete are named.
const NAMED: usize = 5;

/// What a bucket holds, as far as it was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Current and older versions of objects.
    pub versions: u64,
    /// Delete markers.
    pub markers: u64,
    /// Whether there is more that was not counted.
    pub more: bool,
}

impl Contents {
    /// Whether there is nothing.
    pub fn is_empty(self) -> bool {
        self.versions == 0 && self.markers == 0
    }
}

/// Counts what keeps a bucket from being deleted, up to some ten thousand.
///
/// # Errors
/// What S3 answered.
pub async fn count(s3: &Client, bucket: &str) -> Result<Contents, AwsError> {
    const PAGES: usize = 10;
    let mut contents = Contents::default();
    let mut page = Page::default();
    for _ in 0..PAGES {
        let (batch, next) = list(s3, bucket, None, &page).await?;
        contents.versions += batch.versions.len() as u64;
        contents.markers += batch.markers.len() as u64;
        match next {
            Some(next) => page = next,
            None => return Ok(contents),
        }
    }
    contents.more = true;
    Ok(contents)
}

/// Deletes everything in the bucket. It may be called again: it begins with what is left.
///
/// # Errors
/// Diagnostics: what S3 refused to delete; that the time is used up or Terraform was interrupted, with what was done.
pub async fn empty<C: Send + Sync>(cx: &Context<C>, s3: &Client, bucket: &str) -> Result<u64> {
    let attempted = format!("empty the bucket {bucket:?}");
    let progress = Arc::new(Progress::default());
    loop {
        let before = progress.deleted();
        let left = pass(cx, s3, bucket, &attempted, &progress).await?;
        if left.is_empty() {
            break;
        }
        if progress.deleted() == before {
            return Err(refused(bucket, &left, progress.deleted()));
        }
    }
    abort_uploads(cx, s3, bucket, &attempted).await?;
    tracing::info!(bucket, deleted = progress.deleted(), "the bucket is empty");
    Ok(progress.deleted())
}

/// One key that S3 did not delete, and why.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Its key.
    pub key: String,
    /// Code and message of S3.
    pub reason: String,
}

fn refused(bucket: &str, left: &[Refusal], deleted: u64) -> tfplug::diag::Diags {
    let named: Vec<String> = left.iter().take(NAMED).map(|r| format!("{}: {}", r.key, r.reason)).collect();
    Diag::error(
        format!("Could not empty the bucket {bucket:?}"),
        format!(
            "{deleted} versions were deleted; S3 refused to delete {} more, such as\n{}\n\nObjects under a retention \
             period or a legal hold can be deleted only after it ends; AccessDenied means that the credentials lack \
             the permission s3:DeleteObjectVersion.",
            left.len(),
            named.join("\n")
        ),
    )
    .into()
}

#[derive(Default)]
struct Progress {
    deleted: AtomicU64,
}

impl Progress {
    fn deleted(&self) -> u64 {
        self.deleted.load(Ordering::Relaxed)
    }
}

/// Lists the bucket once and deletes what it lists; returns what S3 refused.
async fn pass<C: Send + Sync>(
    cx: &Context<C>,
    s3: &Client,
    bucket: &str,
    attempted: &str,
    progress: &Arc<Progress>,
) -> Result<Vec<Refusal>> {
    let mut batches: JoinSet<Result<Vec<Refusal>, AwsError>> = JoinSet::new();
    let mut left = Vec::new();
    let mut page = Some(Page::default());
    let mut reported = Instant::now();
    loop {
        let stop = |stop| {
            stopped(
                stop,
                attempted,
                &format!(" {} versions were deleted so far; run it again to continue.", progress.deleted()),
            )
        };
        cx.check().map_err(stop)?;
        if batches.len() < PARALLEL
            && let Some(current) = page.take()
        {
            let (batch, next) = list(s3, bucket, None, &current).await.map_err(|e| e.diag(attempted))?;
            page = next;
            let objects: Vec<ObjectIdentifier> = batch.versions.into_iter().chain(batch.markers).collect();
            if !objects.is_empty() {
                let (s3, bucket, progress) = (s3.clone(), bucket.to_owned(), progress.clone());
                batches.spawn(async move {
                    let count = objects.len();
                    let left = delete(&s3, &bucket, objects).await?;
                    progress.deleted.fetch_add((count - left.len()) as u64, Ordering::Relaxed);
                    Ok(left)
                });
            }
            if page.is_some() && batches.len() < PARALLEL {
                continue;
            }
        }
        let joined = tokio::select! {
            joined = batches.join_next() => joined,
            () = cx.cancellation().cancelled() => continue,
        };
        match joined {
            Some(Ok(result)) => left.extend(result.map_err(|e| e.diag(attempted))?),
            Some(Err(e)) => return Err(Diag::bug("A batch of deletions was aborted", e).into()),
            None if page.is_none() => return Ok(left),
            None => {}
        }
        if reported.elapsed() >= TELL {
            reported = Instant::now();
            tracing::info!(bucket, deleted = progress.deleted(), "emptying the bucket");
        }
    }
}

/// Where a listing of versions goes on.
#[derive(Clone, Debug, Default)]
struct Page {
    key: Option<String>,
    version: Option<String>,
}

struct Batch {
    versions: Vec<ObjectIdentifier>,
    markers: Vec<ObjectIdentifier>,
}

async fn list(s3: &Client, bucket: &str, prefix: Option<&str>, page: &Page) -> Result<(Batch, Option<Page>), AwsError> {
    let answer = s3
        .list_object_versions()
        .bucket(bucket)
        .set_prefix(prefix.map(str::to_owned))
        .set_key_marker(page.key.clone())
        .set_version_id_marker(page.version.clone())
        .send()
        .await
        .map_err(|e| aws_error("S3", "ListObjectVersions", e))?;
    let identify = |key: Option<&str>, version: Option<&str>| identifier(key?, version);
    let batch = Batch {
        versions: answer.versions().iter().filter_map(|v| identify(v.key(), v.version_id())).collect(),
        markers: answer.delete_markers().iter().filter_map(|m| identify(m.key(), m.version_id())).collect(),
    };
    let next = answer.is_truncated().unwrap_or(false).then(|| Page {
        key: answer.next_key_marker().map(str::to_owned),
        version: answer.next_version_id_marker().map(str::to_owned),
    });
    Ok((batch, next))
}

/// Every version of every object below a prefix, and every delete marker.
///
/// # Errors
/// What S3 answered.
pub async fn versions_below(
    s3: &Client,
    bucket: &str,
    prefix: &str,
) -> Result<(Vec<ObjectIdentifier>, Vec<ObjectIdentifier>), AwsError> {
    let (mut versions, mut markers) = (Vec::new(), Vec::new());
    let mut page = Some(Page::default());
    while let Some(current) = page {
        let (batch, next) = list(s3, bucket, Some(prefix), &current).await?;
        versions.extend(batch.versions);
        markers.extend(batch.markers);
        page = next;
    }
    Ok((versions, markers))
}

/// Deletes every version of one object, and its delete markers; returns those that S3 refused. It is for objects with few
/// versions: one listing must show them all.
///
/// # Errors
/// What S3 answered to a call as a whole.
pub async fn delete_every_version(s3: &Client, bucket: &str, key: &str) -> Result<Vec<Refusal>, AwsError> {
    let (batch, _) = list(s3, bucket, Some(key), &Page::default()).await?;
    let objects: Vec<_> = batch.versions.into_iter().chain(batch.markers).filter(|o| o.key() == key).collect();
    if objects.is_empty() { Ok(Vec::new()) } else { delete(s3, bucket, objects).await }
}

/// What DeleteObjects takes: a key, and the version if one is meant.
pub fn identifier(key: &str, version: Option<&str>) -> Option<ObjectIdentifier> {
    ObjectIdentifier::builder().key(key).set_version_id(version.map(str::to_owned)).build().ok()
}

/// Deletes up to [`BATCH`] objects; returns those that S3 refused. A key that is not there counts as deleted.
///
/// # Errors
/// What S3 answered to the call as a whole.
pub async fn delete(s3: &Client, bucket: &str, objects: Vec<ObjectIdentifier>) -> Result<Vec<Refusal>, AwsError> {
    Ok(refusals(&delete_objects(s3, bucket, objects, true).await?))
}

/// The same; also tells each key that is gone, with the delete marker that took its place in a bucket with versions.
///
/// # Errors
/// What S3 answered to the call as a whole.
pub async fn delete_current(
    s3: &Client,
    bucket: &str,
    objects: Vec<ObjectIdentifier>,
) -> Result<(Vec<(String, Option<String>)>, Vec<Refusal>), AwsError> {
    let answer = delete_objects(s3, bucket, objects, false).await?;
    let deleted = answer.deleted().iter().filter_map(|d| {
        let marker = d.delete_marker_version_id().filter(|_| d.delete_marker() == Some(true));
        Some((d.key()?.to_owned(), marker.map(str::to_owned)))
    });
    Ok((deleted.collect(), refusals(&answer)))
}

async fn delete_objects(
    s3: &Client,
    bucket: &str,
    objects: Vec<ObjectIdentifier>,
    quiet: bool,
) -> Result<DeleteObjectsOutput, AwsError> {
    let request = Delete::builder().set_objects(Some(objects)).quiet(quiet).build();
    let request = request.map_err(|e| AwsError {
        service: "S3",
        operation: "DeleteObjects",
        message: e.to_string(),
        ..AwsError::default()
    })?;
    let answer = s3.delete_objects().bucket(bucket).delete(request).send().await;
    answer.map_err(|e| aws_error("S3", "DeleteObjects", e))
}

fn refusals(answer: &DeleteObjectsOutput) -> Vec<Refusal> {
    let gone = |code: Option<&str>| matches!(code, Some("NoSuchKey" | "NoSuchVersion"));
    let refusal = |e: &aws_sdk_s3::types::Error| Refusal {
        key: e.key().unwrap_or_default().to_owned(),
        reason: format!("{}: {}", e.code().unwrap_or_default(), e.message().unwrap_or_default()),
    };
    answer.errors().iter().filter(|e| !gone(e.code())).map(refusal).collect()
}

async fn abort_uploads<C: Send + Sync>(cx: &Context<C>, s3: &Client, bucket: &str, attempted: &str) -> Result<()> {
    loop {
        let answer = s3.list_multipart_uploads().bucket(bucket).send().await;
        let answer = answer.map_err(|e| aws_error("S3", "ListMultipartUploads", e).diag(attempted))?;
        let mut aborted = 0;
        for upload in answer.uploads() {
            cx.check()
                .map_err(|stop| stopped(stop, attempted, " Uploads in progress are left; run it again to continue."))?;
            let abort = s3
                .abort_multipart_upload()
                .bucket(bucket)
                .set_key(upload.key.clone())
                .set_upload_id(upload.upload_id.clone());
            match abort.send().await.map_err(|e| aws_error("S3", "AbortMultipartUpload", e)) {
                Ok(_) => aborted += 1,
                Err(e) if e.is("NoSuchUpload") => {}
                Err(e) => return Err(e.diag(attempted).into()),
            }
        }
        if aborted == 0 || !answer.is_truncated().unwrap_or(false) {
            return Ok(());
        }
    }
}
