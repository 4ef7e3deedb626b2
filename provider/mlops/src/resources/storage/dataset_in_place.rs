//! Changing what objects have beside their content, where they are: S3 copies an object onto itself with other headers,
//! and takes tags by a request of their own. Nothing is uploaded.

use std::collections::BTreeMap;

use aws_sdk_s3::types::{ChecksumAlgorithm, MetadataDirective, TaggingDirective};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::value::Value;

use crate::aws::client::Aws;
use crate::aws::error::{AwsError, aws_error};
use crate::aws::tags;
use crate::files::hashing::sha256_from_hex;
use crate::resources::storage::dataset_index::Uploaded;
use crate::resources::storage::dataset_model::Dataset;
use crate::resources::storage::dataset_plan::files_of;
use crate::resources::storage::dataset_progress::ProgressGuard;
use crate::resources::storage::dataset_remote::{Location, METADATA, bare, each};
use crate::resources::storage::dataset_settings::{Settings, with_settings};

/// Up to this size S3 copies an object at once (S3 API reference, CopyObject: 5 GB). A larger one is uploaded again.
pub const LARGEST_COPY: u64 = 5_000_000_000;
/// What may stand in a copy's source as it is.
const UNESCAPED: AsciiSet = NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// For what a state says that an object lacks.
const NOT_YET: &str = "not updated yet";

/// How an object is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is copied onto itself.
    Copy {
        /// Whether its tags are replaced, too.
        tags: bool,
    },
    /// It gets other tags.
    Tag,
}

/// What has to change of the files whose content stays, by their paths.
pub fn changes(prior: &Value, planned: &Value) -> BTreeMap<String, Change> {
    let (before, wanted) = (Settings::of(prior), Settings::of(planned));
    let altered = tags::from_value(prior.attribute(Dataset::ALTERED_OBJECTS));
    let there = files_of(prior);
    let staying = files_of(planned).iter().filter(|(path, hash)| there.get(*path) == Some(hash));
    let change = |path: &String| {
        if altered.contains_key(path) || before.headers(path) != wanted.headers(path) {
            return Some(Change::Copy { tags: before.has_tags() || wanted.has_tags() });
        }
        (before.other_tags(&wanted)).then_some(Change::Tag)
    };
    staying.filter_map(|(path, _)| Some((path.clone(), change(path)?))).collect()
}

/// Makes the changes. Whatever is not done when it ends with an error, `progress` knows.
///
/// # Errors
/// Diagnostics: what S3 answered; cancellation, the deadline.
pub async fn change_all(
    cx: &Context<Aws>,
    at: Location<'_>,
    planned: &Value,
    changes: BTreeMap<String, Change>,
    progress: &mut ProgressGuard<'_, Aws>,
) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let settings = Settings::of(planned);
    tracing::info!(bucket = at.bucket, prefix = at.prefix, "changing {} objects in place", changes.len());
    changes.keys().for_each(|path| progress.pending(path, NOT_YET.to_owned()));
    let etags: BTreeMap<String, String> =
        changes.keys().filter_map(|path| Some((path.clone(), progress.index.get(path)?.etag))).collect();
    let paths: Vec<String> = changes.keys().cloned().collect();
    let request = |(path, change): (String, Change)| {
        let tag = at.s3.put_object_tagging().bucket(at.bucket).key(at.key(&path)).set_tagging(settings.tagging());
        let untag = at.s3.delete_object_tagging().bucket(at.bucket).key(at.key(&path));
        let tagged = settings.tags_header().is_some();
        let source = utf8_percent_encode(&format!("{}/{}", at.bucket, at.key(&path)), &UNESCAPED).to_string();
        let copy = with_settings!(at.s3.copy_object(), &settings.headers(&path))
            .bucket(at.bucket)
            .key(at.key(&path))
            .copy_source(source)
            // What somebody stored meanwhile is not to get the metadata of another content.
            .set_copy_source_if_match(etags.get(&path).cloned())
            .metadata_directive(MetadataDirective::Replace)
            .checksum_algorithm(ChecksumAlgorithm::Sha256);
        let sha256 =
            files_of(planned).get(&path).and_then(Value::as_str).filter(|hash| sha256_from_hex(hash).is_some());
        let copy = sha256.into_iter().fold(copy, |copy, hash| copy.metadata(METADATA, hash));
        let copy = match change {
            Change::Copy { tags: true } => {
                copy.tagging_directive(TaggingDirective::Replace).set_tagging(settings.tags_header())
            }
            _ => copy,
        };
        let size = progress.index.get(&path).map_or(0, |stored| stored.size);
        async move {
            match change {
                Change::Tag if tagged => {
                    tag.send().await.map(|_| None).map_err(|e| aws_error("S3", "PutObjectTagging", e))
                }
                Change::Tag => untag.send().await.map(|_| None).map_err(|e| aws_error("S3", "DeleteObjectTagging", e)),
                Change::Copy { .. } => {
                    let answer = copy.send().await.map_err(|e| aws_error("S3", "CopyObject", e))?;
                    let etag = bare(answer.copy_object_result().and_then(|result| result.e_tag()));
                    let version = answer.version_id().map(str::to_owned);
                    Ok::<_, AwsError>(Some(Uploaded { relative: path, etag, size, version }))
                }
            }
        }
    };
    let mut done = Vec::new();
    let objects = changes.into_iter().collect();
    let outcome = each(cx, &at.attempted("change"), objects, request, |i, copied| done.push((i, copied))).await;
    for (i, copied) in done {
        match copied {
            Some(copied) => progress.sent(copied),
            None => progress.settled(&paths[i]),
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dataset(attributes: &[(&str, Value)]) -> Value {
        let files = ["a.csv", "b.txt"].map(|path| (path.to_owned(), Value::from("s")));
        let mut value = Value::object([(Dataset::FILES, Value::Map(files.into()))]);
        attributes.iter().for_each(|(name, attribute)| value.set_attribute(name, attribute.clone()));
        value
    }

    fn map(entries: &[(&str, &str)]) -> Value {
        Value::object(entries.iter().map(|(key, value)| (*key, Value::from(*value))))
    }

    #[test]
    fn only_what_has_to_change_does() {
        let plain = dataset(&[]);
        let copied = |tags| Change::Copy { tags };
        let changed =
            |before: &Value, after: &Value| -> Vec<(String, Change)> { changes(before, after).into_iter().collect() };
        let (a, b) = ("a.csv".to_owned(), "b.txt".to_owned());
        assert_eq!(changed(&plain, &plain), []);
        let cached = dataset(&[(Dataset::CACHE_CONTROL, "no-store".into())]);
        assert_eq!(changed(&plain, &cached), [(a.clone(), copied(false)), (b.clone(), copied(false))]);
        assert_eq!(changed(&cached, &plain), [(a.clone(), copied(false)), (b.clone(), copied(false))]);
        let typed = dataset(&[(Dataset::CONTENT_TYPES, map(&[("txt", "text/markdown")]))]);
        assert_eq!(changed(&plain, &typed), [(b.clone(), copied(false))]);
        let tagged = dataset(&[(Dataset::OBJECT_TAGS, map(&[("k", "v")]))]);
        assert_eq!(changed(&plain, &tagged), [(a.clone(), Change::Tag), (b.clone(), Change::Tag)]);
        assert_eq!(changed(&tagged, &typed), [(a.clone(), Change::Tag), (b, copied(true))]);
        let altered = dataset(&[(Dataset::ALTERED_OBJECTS, map(&[("a.csv", "cache_control is \"x\"")]))]);
        assert_eq!(changed(&altered, &plain), [(a, copied(false))]);
        let mut other = plain.clone();
        other.set_attribute(Dataset::FILES, map(&[("a.csv", "t")]));
        assert_eq!(changed(&other, &cached), [], "what is uploaded needs no change in place");
    }
}
