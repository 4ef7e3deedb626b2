//! Sending files to S3: many at once, large ones in parts, with the same small memory whatever the size.
//!
//! A file goes with the hash of the plan as its checksum, which S3 compares with what arrives: a file that changed since
//! is refused and not stored (S3 User Guide, "Checking object integrity"), without being hashed once more here. A small
//! one is read whole, a larger one streamed, so that no more than a buffer of it is in memory. Of an upload in parts S3
//! compares the parts only, so each is hashed before it is sent, and the whole file with them in the same pass.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::{ByteStream, Length};
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use tfplug::context::{Context, Stop};
use tfplug::diag::{Diag, Diags, Result};
use tfplug::value::Path;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::aws::error::{AwsError, aws_error};
use crate::aws::operation::stopped;
use crate::files::LocalFile;
use crate::files::hashing::{BUFFER, Hash, hex};
use crate::resources::storage::dataset_index::Uploaded;
use crate::resources::storage::dataset_model::Dataset;
use crate::resources::storage::dataset_remote::{METADATA, bare};
use crate::resources::storage::dataset_settings::{Headers, Settings, with_settings};

/// Up to this size a file is read whole.
const WHOLE: u64 = 64 * 1024;
/// From this size on a file is sent in parts.
const IN_PARTS: u64 = 16 * 1024 * 1024;
/// Size of a part, unless the file would have too many.
const PART: u64 = 8 * 1024 * 1024;
/// Most parts of an upload (S3 User Guide, "Amazon S3 multipart upload limits").
const MOST_PARTS: u64 = 10_000;
/// Small files on their way at once. A larger one counts for several.
const FILES: u32 = 32;
/// For how many small files a larger one counts.
const WEIGHT: u32 = 8;
/// Parts on their way at once, of all files together.
const PARTS: usize = 8;
/// Files read at once. The disk is far faster than the way to S3, and each reader is a thread.
const READERS: usize = 4;
/// How much of a streamed body is in memory.
const STREAM_BUFFER: usize = 64 * 1024;
/// How often progress is reported in the log.
const TELL: Duration = Duration::from_secs(5);

/// A file that waits to be sent. There may be many, so it holds no more than it must.
#[derive(Clone, Debug)]
pub struct PendingUpload {
    /// The file. Its relative path is the one below the prefix.
    pub file: LocalFile,
    /// Its SHA-256 according to the plan.
    pub sha256: Hash,
}

/// From where to where files are sent.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The file, or the directory that the files are in.
    pub source: PathBuf,
    /// The bucket.
    pub bucket: String,
    /// What the keys begin with.
    pub prefix: String,
    /// What the objects get beside their content.
    pub settings: Settings,
}

impl Destination {
    fn upload(&self, PendingUpload { file, sha256 }: PendingUpload) -> Upload {
        let key = format!("{}{}", self.prefix, file.relative);
        let headers = self.settings.headers(&file.relative);
        Upload { key, path: file.path(&self.source), relative: file.relative, size: file.size, sha256, headers }
    }
}

/// A file on its way.
#[derive(Clone, Debug)]
struct Upload {
    relative: String,
    key: String,
    path: PathBuf,
    size: u64,
    /// According to the plan.
    sha256: Hash,
    headers: Headers,
}

/// Why a file was not sent.
enum UploadError {
    Aws(AwsError),
    Local(std::io::Error),
    Changed,
    Cancelled,
}

impl From<std::io::Error> for UploadError {
    fn from(e: std::io::Error) -> Self {
        Self::Local(e)
    }
}

impl UploadError {
    fn diag(self, upload: &Upload, bucket: &str) -> Diag {
        let attempted = format!("upload {} to s3://{bucket}/{}", upload.path.display(), upload.key);
        match self {
            Self::Aws(e) if matches!(e.code.as_str(), "BadDigest" | "XAmzContentChecksumMismatch") => changed(upload),
            Self::Aws(e) if e.is("NoSuchBucket") => e.diag(&attempted).at(Path::of(Dataset::BUCKET)),
            Self::Aws(e) => e.diag(&attempted),
            Self::Local(e) => Diag::error(format!("Could not {attempted}"), format!("The file cannot be read: {e}."))
                .at(Path::of(Dataset::SOURCE)),
            Self::Changed => changed(upload),
            Self::Cancelled => stopped(Stop::Cancelled, &attempted, ""),
        }
    }
}

/// The diagnostic for a file that is not what the plan said.
fn changed(upload: &Upload) -> Diag {
    Diag::error(
        "The files changed between plan and apply",
        format!(
            "{} had the SHA-256 {} when it was planned, and has changed since. It was not stored. Plan again, so that \
             what is uploaded is what was reviewed.",
            upload.path.display(),
            hex(&upload.sha256)
        ),
    )
    .at(Path::of(Dataset::SOURCE))
}

/// Sends all files; `sent` is called for each that arrived. Stops at the first failure, once those on their way have
/// arrived or failed, too.
///
/// # Errors
/// Diagnostics: for a file that changed or cannot be read, at `source`; what S3 refused; cancellation, the deadline.
pub async fn upload_all<C>(
    cx: &Context<C>,
    s3: &Client,
    destination: Destination,
    mut files: Vec<PendingUpload>,
    mut sent: impl FnMut(Uploaded),
) -> Result<()> {
    // The largest first: they take longest, and the small ones fill the gaps.
    files.sort_unstable_by(|a, b| b.file.size.cmp(&a.file.size).then_with(|| a.file.relative.cmp(&b.file.relative)));
    let (count, bytes) = (files.len(), files.iter().map(|f| f.file.size).sum::<u64>());
    let bucket = destination.bucket.as_str();
    let uploader = Arc::new(Uploader {
        s3: s3.clone(),
        bucket: bucket.to_owned(),
        tags: destination.settings.tags_header(),
        parts: Arc::new(Semaphore::new(PARTS)),
        readers: Semaphore::new(READERS),
        cancel: cx.cancellation().clone(),
    });
    let slots = Arc::new(Semaphore::new(FILES as usize));
    let mut sending: JoinSet<(Upload, Result<Uploaded, UploadError>)> = JoinSet::new();
    let mut waiting = files.into_iter();
    let mut next = waiting.next();
    let (mut done, mut done_bytes, mut reported) = (0, 0, Instant::now());
    let mut diags = Diags::new();
    loop {
        while diags.is_empty()
            && let Some(file) = next.take()
        {
            let weight = if file.file.size > WHOLE { WEIGHT } else { 1 };
            let Ok(slot) = slots.clone().try_acquire_many_owned(weight) else {
                next = Some(file);
                break;
            };
            let (uploader, upload) = (uploader.clone(), destination.upload(file));
            sending.spawn(async move {
                let result = uploader.send(&upload).await;
                drop(slot);
                (upload, result)
            });
            next = waiting.next();
        }
        let joined = sending.join_next().await;
        match joined {
            None if next.is_none() || !diags.is_empty() => return diags.into_result(),
            None => {}
            Some(Err(e)) => diags.push(Diag::bug("An upload was aborted", e)),
            Some(Ok((upload, Ok(arrived)))) => {
                done += 1;
                done_bytes += upload.size;
                sent(arrived);
            }
            // Cancellation is reported once, for all files.
            Some(Ok((_, Err(UploadError::Cancelled)))) => {}
            Some(Ok((upload, Err(error)))) => diags.push(error.diag(&upload, bucket)),
        }
        if let (true, Err(stop)) = (diags.is_empty(), cx.check()) {
            let reported = format!(" {done} of {count} files were uploaded; apply again for the rest.");
            diags.push(stopped(stop, &format!("upload to the bucket {bucket:?}"), &reported));
        }
        if reported.elapsed() >= TELL {
            reported = Instant::now();
            tracing::info!(bucket, "uploaded {done} of {count} files, {done_bytes} of {bytes} bytes");
        }
    }
}

/// The way to a bucket, shared by all uploads to it.
struct Uploader {
    s3: Client,
    bucket: String,
    /// As a header.
    tags: Option<String>,
    parts: Arc<Semaphore>,
    readers: Semaphore,
    cancel: CancellationToken,
}

impl Uploader {
    async fn send(self: &Arc<Self>, upload: &Upload) -> Result<Uploaded, UploadError> {
        if upload.size >= IN_PARTS {
            return self.send_in_parts(upload).await;
        }
        tokio::select! {
            sent = self.send_at_once(upload) => sent,
            () = self.cancel.cancelled() => Err(UploadError::Cancelled),
        }
    }

    /// Does what blocks in a thread for that.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, UploadError> + Send + 'static,
    ) -> Result<T, UploadError> {
        let _reader = self.readers.acquire().await;
        tokio::task::spawn_blocking(work).await.map_err(|e| UploadError::Local(std::io::Error::other(e)))?
    }

    async fn send_at_once(&self, upload: &Upload) -> Result<Uploaded, UploadError> {
        if upload.size <= WHOLE {
            let (path, size) = (upload.path.clone(), upload.size);
            let content = self.blocking(move || read_whole(&path, size)).await?;
            return self.put(upload, ByteStream::from(content)).await;
        }
        self.put(upload, stream(upload, 0, upload.size).await?).await
    }

    async fn put(&self, upload: &Upload, body: ByteStream) -> Result<Uploaded, UploadError> {
        let checksum = STANDARD.encode(upload.sha256);
        let put = with_settings!(self.s3.put_object(), &upload.headers).set_tagging(self.tags.clone());
        let put = put.bucket(&self.bucket).key(&upload.key).metadata(METADATA, hex(&upload.sha256));
        // The signature covers the header with the checksum, and the checksum the body: no need to hash it once more.
        let put = put.checksum_sha256(checksum).body(body).customize().disable_payload_signing();
        let answer = put.send().await.map_err(|e| UploadError::Aws(aws_error("S3", "PutObject", e)))?;
        Ok(Uploaded {
            relative: upload.relative.clone(),
            etag: bare(answer.e_tag()),
            size: upload.size,
            version: answer.version_id().map(str::to_owned),
        })
    }

    async fn send_in_parts(self: &Arc<Self>, upload: &Upload) -> Result<Uploaded, UploadError> {
        self.abort_earlier(upload).await;
        let create = with_settings!(self.s3.create_multipart_upload(), &upload.headers)
            .set_tagging(self.tags.clone())
            .bucket(&self.bucket)
            .key(&upload.key)
            .metadata(METADATA, hex(&upload.sha256))
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .checksum_type(ChecksumType::Composite);
        let answer = create.send().await.map_err(|e| UploadError::Aws(aws_error("S3", "CreateMultipartUpload", e)))?;
        let id = answer.upload_id().unwrap_or_default().to_owned();
        let parts = tokio::select! {
            parts = self.send_parts(upload, &id) => parts,
            () = self.cancel.cancelled() => Err(UploadError::Cancelled),
        };
        let result = match parts {
            Ok(parts) => self.complete(upload, &id, parts).await,
            Err(error) => Err(error),
        };
        if result.is_err() {
            self.abort(upload, &id).await;
        }
        result
    }

    /// Aborts what an apply that was killed left of its upload to the same key: nobody sees these parts, and they cost
    /// money.
    async fn abort_earlier(&self, upload: &Upload) {
        let list = self.s3.list_multipart_uploads().bucket(&self.bucket).prefix(&upload.key).send().await;
        let list = match list.map_err(|e| aws_error("S3", "ListMultipartUploads", e)) {
            Ok(list) => list,
            // Tidying up is no reason not to upload.
            Err(e) => {
                tracing::warn!(error = %e, key = %upload.key, "parts of an earlier upload may be left in the bucket");
                return;
            }
        };
        for earlier in list.uploads().iter().filter(|u| u.key() == Some(&upload.key)) {
            if let Some(id) = earlier.upload_id() {
                self.abort(upload, id).await;
            }
        }
    }

    /// A part that is just arriving can keep an upload from being aborted at once (S3 API reference,
    /// AbortMultipartUpload).
    async fn abort(&self, upload: &Upload, id: &str) {
        const ATTEMPTS: usize = 3;
        for attempt in 1..=ATTEMPTS {
            let abort = self.s3.abort_multipart_upload().bucket(&self.bucket).key(&upload.key).upload_id(id);
            match abort.send().await.map_err(|e| aws_error("S3", "AbortMultipartUpload", e)) {
                Ok(_) => return,
                Err(e) if e.is("NoSuchUpload") => return,
                Err(e) if attempt == ATTEMPTS => {
                    tracing::warn!(error = %e, key = %upload.key, "the parts of a failed upload are left in the bucket");
                }
                Err(_) => {}
            }
        }
    }

    async fn send_parts(self: &Arc<Self>, upload: &Upload, id: &str) -> Result<Vec<CompletedPart>, UploadError> {
        let size = part_size(upload.size);
        let path = upload.path.clone();
        let mut reader = self.blocking(move || Reader::open(&path)).await?;
        let mut sending: JoinSet<Result<CompletedPart, UploadError>> = JoinSet::new();
        let mut parts = Vec::new();
        let (mut offset, mut number) = (0, 1);
        while offset < upload.size {
            let length = size.min(upload.size - offset);
            let slot = self.parts.clone().acquire_owned().await.map_err(|_| UploadError::Changed)?;
            let (hash, further) = self.blocking(move || reader.pass(length)).await?;
            reader = further;
            let (uploader, upload, id) = (self.clone(), upload.clone(), id.to_owned());
            sending.spawn(async move {
                let part = uploader.send_part(&upload, &id, number, offset, length, &hash).await;
                drop(slot);
                part
            });
            (offset, number) = (offset + length, number + 1);
            while let Some(done) = sending.try_join_next() {
                parts.push(joined(done)?);
            }
        }
        let planned = upload.sha256;
        self.blocking(move || reader.end(planned)).await?;
        while let Some(done) = sending.join_next().await {
            parts.push(joined(done)?);
        }
        parts.sort_by_key(|p| p.part_number());
        Ok(parts)
    }

    async fn send_part(
        &self,
        upload: &Upload,
        id: &str,
        number: i32,
        offset: u64,
        length: u64,
        hash: &[u8],
    ) -> Result<CompletedPart, UploadError> {
        let checksum = STANDARD.encode(hash);
        let part = self.s3.upload_part().bucket(&self.bucket).key(&upload.key).upload_id(id).part_number(number);
        let part = part.checksum_sha256(&checksum).body(stream(upload, offset, length).await?);
        let answer = part.customize().disable_payload_signing().send().await;
        let answer = answer.map_err(|e| UploadError::Aws(aws_error("S3", "UploadPart", e)))?;
        Ok(CompletedPart::builder().part_number(number).set_e_tag(answer.e_tag).checksum_sha256(checksum).build())
    }

    async fn complete(&self, upload: &Upload, id: &str, parts: Vec<CompletedPart>) -> Result<Uploaded, UploadError> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let complete = self.s3.complete_multipart_upload().bucket(&self.bucket).key(&upload.key).upload_id(id);
        let complete = complete.checksum_type(ChecksumType::Composite).multipart_upload(parts);
        let answer =
            complete.send().await.map_err(|e| UploadError::Aws(aws_error("S3", "CompleteMultipartUpload", e)))?;
        Ok(Uploaded {
            relative: upload.relative.clone(),
            etag: bare(answer.e_tag()),
            size: upload.size,
            version: answer.version_id().map(str::to_owned),
        })
    }
}

fn joined(
    done: Result<Result<CompletedPart, UploadError>, tokio::task::JoinError>,
) -> Result<CompletedPart, UploadError> {
    done.map_err(|e| UploadError::Local(std::io::Error::other(e)))?
}

fn part_size(size: u64) -> u64 {
    const STEP: u64 = 1024 * 1024;
    PART.max(size.div_ceil(MOST_PARTS).div_ceil(STEP) * STEP)
}

async fn stream(upload: &Upload, offset: u64, length: u64) -> Result<ByteStream, UploadError> {
    let body = ByteStream::read_from().path(&upload.path).offset(offset).length(Length::Exact(length));
    // A file that has become shorter meanwhile is refused here.
    body.buffer_size(STREAM_BUFFER).build().await.map_err(|_| UploadError::Changed)
}

fn read_whole(path: &std::path::Path, size: u64) -> Result<Vec<u8>, UploadError> {
    let mut content = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
    // One byte more than planned is enough to see that the file grew.
    File::open(path)?.take(size + 1).read_to_end(&mut content)?;
    if content.len() as u64 == size { Ok(content) } else { Err(UploadError::Changed) }
}

/// Reads a file once from beginning to end, hashing all of it and each part.
struct Reader {
    file: File,
    whole: Sha256,
}

impl Reader {
    fn open(path: &std::path::Path) -> Result<Self, UploadError> {
        Ok(Self { file: File::open(path)?, whole: Sha256::new() })
    }

    /// Goes on by the bytes of a part; gives their hash.
    fn pass(mut self, length: u64) -> Result<(Hash, Self), UploadError> {
        let mut part = Sha256::new();
        let mut buffer = vec![0; BUFFER];
        let mut left = length;
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            let n = self.file.read(&mut buffer[..most])?;
            if n == 0 {
                return Err(UploadError::Changed);
            }
            part.update(&buffer[..n]);
            self.whole.update(&buffer[..n]);
            left -= n as u64;
        }
        Ok((part.finalize().into(), self))
    }

    /// Sees that the file ends here and is the one of the plan.
    fn end(mut self, planned: Hash) -> Result<(), UploadError> {
        let more = self.file.read(&mut [0])?;
        if more == 0 && self.whole.finalize()[..] == planned { Ok(()) } else { Err(UploadError::Changed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::client::{Aws, Settings};
    use crate::files::hashing::hash_all;
    use crate::files::list;
    use crate::files::selection::{Defaults, Selection};
    use crate::testing::{Answer, Asked, Stub};
    use tfplug::value::Value;

    /// Answers as S3 does: what does not have the checksum that comes with it is refused.
    fn like_s3(asked: &Asked) -> Answer {
        let header = |name: &str| asked.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
        if let ("PUT", Some(checksum)) = (asked.method.as_str(), header("x-amz-checksum-sha256")) {
            if STANDARD.encode(Sha256::digest(&asked.body)) != checksum {
                return Answer(400, vec![], "<Error><Code>BadDigest</Code></Error>".to_owned());
            }
            return Answer(200, vec![("etag", "\"e\"".to_owned())], String::new());
        }
        let text = match asked.method.as_str() {
            "POST" if asked.path.contains("?uploads") => {
                "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
            }
            "POST" => "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>",
            "GET" => "<ListMultipartUploadsResult></ListMultipartUploadsResult>",
            method => return Answer(if method == "DELETE" { 204 } else { 501 }, vec![], String::new()),
        };
        Answer(200, vec![], text.to_owned())
    }

    const SIZES: [usize; 3] = [10, 100_000, 17_000_000];

    /// Sends files of these sizes that have become `now` since they were planned.
    async fn sent(now: impl Fn(usize) -> Vec<u8>) -> (Result<()>, Vec<Uploaded>, Vec<Asked>) {
        let dir = tempfile::tempdir().unwrap();
        let at = Path::of("source");
        for size in SIZES {
            std::fs::write(dir.path().join(size.to_string()), vec![b'a'; size]).unwrap();
        }
        let files = list(dir.path(), &Selection::new(Defaults::default(), &[], &[], &at).unwrap(), &at).unwrap();
        let hashes = hash_all(dir.path(), &files, &at).unwrap();
        let waiting = files.into_iter().zip(hashes).map(|(file, sha256)| PendingUpload { file, sha256 }).collect();
        for size in SIZES {
            std::fs::write(dir.path().join(size.to_string()), now(size)).unwrap();
        }
        let stub = Stub::start(like_s3).await;
        let s3 = Aws::new(Settings::local(&stub.url).unwrap()).region(None).s3().clone();
        let cx: Context<()> = Context::new(None, Default::default(), Duration::from_secs(60));
        let settings = crate::resources::storage::dataset_settings::Settings::of(&Value::object([
            (Dataset::CACHE_CONTROL, Value::from("no-store")),
            (Dataset::STORAGE_CLASS, Value::from("STANDARD_IA")),
            (Dataset::METADATA, Value::object([("owner", Value::from("us"))])),
            (Dataset::OBJECT_TAGS, Value::object([("a b", Value::from("c&d"))])),
        ]));
        let destination = Destination {
            source: dir.path().to_owned(),
            bucket: "bkt".to_owned(),
            prefix: "data/".to_owned(),
            settings,
        };
        let mut arrived = Vec::new();
        let result = upload_all(&cx, &s3, destination, waiting, |sent| arrived.push(sent)).await;
        (result, arrived, stub.take())
    }

    #[tokio::test]
    async fn what_is_sent_carries_the_hash_of_the_plan() {
        let (result, mut arrived, asked) = sent(|size| vec![b'a'; size]).await;
        result.unwrap();
        arrived.sort_by_key(|s| s.size);
        assert_eq!(arrived.iter().map(|s| s.size as usize).collect::<Vec<_>>(), SIZES);
        for size in SIZES {
            let hash = ("x-amz-meta-mlops-sha256".to_owned(), hex(&Sha256::digest(vec![b'a'; size])));
            let file = format!("/bkt/data/{size}?");
            let stored = asked.iter().find(|a| a.path.starts_with(&file) && a.headers.contains(&hash)).unwrap();
            for (name, value) in [
                ("cache-control", "no-store"),
                ("content-type", "application/octet-stream"),
                ("x-amz-storage-class", "STANDARD_IA"),
                ("x-amz-meta-owner", "us"),
                ("x-amz-tagging", "a%20b=c%26d"),
            ] {
                assert!(stored.headers.contains(&(name.to_owned(), value.to_owned())), "{file} {name}: {stored:?}");
            }
        }
        for put in asked.iter().filter(|a| a.method == "PUT") {
            let unsigned = ("x-amz-content-sha256".to_owned(), "UNSIGNED-PAYLOAD".to_owned());
            assert!(put.headers.contains(&unsigned), "the body is not hashed once more: {:?}", put.headers);
        }
    }

    #[tokio::test]
    async fn what_changed_since_the_plan_is_not_stored() {
        for now in [|size| vec![b'b'; size], |size| vec![b'a'; size + 1], |size| vec![b'a'; size - 1]] {
            let (result, arrived, asked) = sent(now).await;
            let diags = result.unwrap_err();
            assert!(diags.0.iter().all(|d| d.summary == "The files changed between plan and apply"), "{diags}");
            assert!(diags.0.iter().all(|d| d.path.to_string() == "source"), "{diags}");
            // A file that grew still begins with what was planned; that may be stored, and is what was reviewed.
            assert!(arrived.iter().all(|s| now(s.size as usize).starts_with(&vec![b'a'; s.size as usize])));
            assert!(
                !asked.iter().any(|a| a.method == "POST" && a.path.contains("uploadId")),
                "no parts are put together"
            );
        }
    }

    #[test]
    fn parts_are_few_enough_for_any_size() {
        assert_eq!(part_size(IN_PARTS), PART);
        let largest = 48 * 1024_u64.pow(4);
        for size in [IN_PARTS, PART * MOST_PARTS, PART * MOST_PARTS + 1, largest] {
            assert!(size.div_ceil(part_size(size)) <= MOST_PARTS, "{size}");
        }
    }

    #[test]
    fn a_file_of_another_size_has_changed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        std::fs::write(&path, "abc").unwrap();
        assert_eq!(read_whole(&path, 3).ok(), Some(b"abc".to_vec()));
        assert!(matches!(read_whole(&path, 2), Err(UploadError::Changed)));
        assert!(matches!(read_whole(&path, 4), Err(UploadError::Changed)));
        assert!(matches!(read_whole(&dir.path().join("none"), 4), Err(UploadError::Local(_))));
    }
}
