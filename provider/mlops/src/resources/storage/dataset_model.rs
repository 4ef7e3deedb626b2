//! The attributes of `mlops_dataset`.

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;
use tfplug::value::Value;

use crate::aws::s3_uri::EXISTING_BUCKET;
use crate::aws::tags;
use crate::files::review::HASH;
use crate::files::selection::PATTERN;
use crate::resources::storage::dataset_plan::key_prefix;
use crate::resources::storage::dataset_settings::{
    EXTENSIONS, HEADER, METADATA_KEYS, STORAGE_CLASSES, TAG_KEYS, TAG_VALUES,
};

/// Local files synchronized to a prefix of an S3 bucket. The plan lists each file to be added, changed or removed, and
/// only those are uploaded or deleted. A change made in the bucket is shown as drift by the next plan, and reverted.
///
/// The files are a single file, or those of a directory that `include` and `exclude` select. Other objects with the
/// prefix are not managed; an existing object at the key of a new file is an error. In a versioned bucket the versions
/// of a removed file are kept until the dataset is destroyed, which deletes every version that it created.
///
/// An import does not know `source`, so the next plan shows it as added; files that are already in the bucket are not
/// uploaded again.
///
/// Files that the same apply creates can be uploaded as well. Terraform must know the order: take `source` from an
/// attribute that is known only after the apply, of the resource that creates them, such as `source =
/// terraform_data.rows.output`. The plan then shows the files as known after the apply.
#[derive(Clone, Debug, PartialEq, Model)]
#[tf(
    name = "dataset",
    subcategory = "Storage",
    version = 0,
    timeouts(create = "120m", update = "120m", delete = "60m"),
    identity("bucket", "prefix", optional("region"), derived("account_id")),
    at_least_one_of("source", "content_sha256")
)]
pub struct Dataset {
    /// Name of the bucket.
    #[tf(required, requires_replace, validate(EXISTING_BUCKET))]
    pub bucket: String,
    /// Key prefix of the files. The trailing slash is optional: it is added if missing. The root of the bucket unless
    /// set.
    #[tf(optional, computed, requires_replace, default = "", validate(PREFIX), equal(same_prefix))]
    pub prefix: String,
    /// Region of the bucket. Defaults to the provider's region.
    #[tf(optional, computed, planned, requires_replace, use_state_for_unknown)]
    pub region: Option<String>,
    /// Path of a local file, or of a directory. Of a directory all files are uploaded except `.terraform`,
    /// `.terraform.lock.hcl`, `*.tfstate*` and `.git`. Symbolic links are followed as long as their targets are inside
    /// the directory. The path must exist when Terraform plans, unless it is known only after the apply. Required unless
    /// `content_sha256` is that of what is in the bucket, as it is after an import.
    #[tf(optional)]
    pub source: Option<String>,
    /// Glob patterns of the files to upload, matched against their paths relative to `source`: `**` matches across
    /// directories, `*` does not. All files unless set.
    #[tf(optional, validate(Validator::Count { min: 1, max: 100 }))]
    pub include: Option<Vec<String>>,
    /// Files and directories not to upload, even if `include` matches them, as patterns in the syntax of
    /// [gitignore](https://git-scm.com/docs/gitignore#_pattern_format): `*.tmp` excludes files at any depth, `/*.tmp`
    /// only directly in `source`, `notes/` whole directories; `!.git` includes what is excluded by default.
    /// `.gitignore` files are not read, and neither are excluded directories.
    #[tf(optional, validate(Validator::Count { min: 1, max: 100 }, PATTERN))]
    pub exclude: Option<Vec<String>>,
    /// Whether symbolic links may point outside `source`: their targets are then uploaded. Such links are an error
    /// unless this is true.
    #[tf(optional)]
    pub follow_links_outside: Option<bool>,
    /// SHA-256 of each file, by its path relative to the prefix. `etag:...` for a file that was changed in the bucket
    /// and whose SHA-256 S3 does not have. Paths are in Unicode Normalization Form C (NFC), like all strings in
    /// Terraform: a file name that is decomposed on disk, as macOS may write it, is uploaded in its composed form.
    /// Empty if no file is selected.
    #[tf(computed, planned)]
    pub files: BTreeMap<String, String>,
    /// Number of files.
    #[tf(computed, planned)]
    pub file_count: Option<i64>,
    /// Total size of the files, in bytes.
    #[tf(computed, planned)]
    pub total_bytes: Option<i64>,
    /// Hash of all files: the SHA-256 of what `sha256sum` prints for them, sorted by path. Suitable for the `triggers`
    /// of a job. If it is set, the files must have this hash. If it is the hash in the state, as `ignore_changes` gives
    /// it, `source` is not read, and nothing is uploaded or removed.
    #[tf(optional, computed, planned, validate(HASH))]
    pub content_sha256: Option<String>,
    /// Content type of files by their extension, without its dot, such as `{ parquet = "application/vnd.apache.parquet" }`,
    /// in lower case. The longest extension decides: of `rows.csv.gz`, `csv.gz` takes precedence over `gz`. Other files
    /// get the registered type of their extension, such as `text/csv`, or `application/octet-stream`.
    #[tf(optional, validate(Validator::Count { min: 1, max: 100 }, HEADER, EXTENSIONS))]
    pub content_types: Option<BTreeMap<String, String>>,
    /// How browsers and caches may keep the objects, such as `no-cache` or `max-age=3600`.
    #[tf(optional, validate(HEADER))]
    pub cache_control: Option<String>,
    /// How browsers present the objects, such as `attachment`.
    #[tf(optional, validate(HEADER))]
    pub content_disposition: Option<String>,
    /// How the files are encoded, such as `gzip`, so that clients decode them. The files are uploaded as they are.
    #[tf(optional, validate(HEADER))]
    pub content_encoding: Option<String>,
    /// Language of the files, such as `en-US`.
    #[tf(optional, validate(HEADER))]
    pub content_language: Option<String>,
    /// User-defined metadata of the objects (`x-amz-meta-...`), keys in lower case. Unlike tags, they come with each
    /// object that is read.
    #[tf(optional, validate(Validator::Count { min: 1, max: 100 }, HEADER, METADATA_KEYS))]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Storage class that the objects are uploaded with; `STANDARD` unless set. Lifecycle rules of the bucket may change
    /// it later. SageMaker cannot read what is in `GLACIER` or `DEEP_ARCHIVE`.
    #[tf(optional, validate(Validator::OneOf(STORAGE_CLASSES)))]
    pub storage_class: Option<String>,
    /// Tags of the objects, as conditions of policies and filters of lifecycle rules use them. The provider's
    /// `default_tags` are not added. If this is set, each refresh reads the tags of each object, since S3 lists none;
    /// otherwise tags are left as they are. An empty map removes them.
    #[tf(optional, validate(Validator::Count { min: 0, max: 10 }, tags::LAWFUL, TAG_VALUES, TAG_KEYS))]
    pub object_tags: Option<BTreeMap<String, String>>,
    /// Objects that were changed in the bucket in other ways than their content, by path, with what they have now, such
    /// as `cache_control is "no-store"`. The next apply reverts the change. Empty otherwise.
    #[tf(computed, planned)]
    pub altered_objects: BTreeMap<String, String>,
    /// S3 URI of the prefix, `s3://BUCKET/PREFIX/`, for the input of jobs.
    #[tf(computed, planned, use_state_for_unknown)]
    pub uri: Option<String>,
}

const PREFIX: Validator = Validator::Text {
    expected: "a key prefix of at most 1000 characters, without a leading slash or two slashes in a row",
    accepts: |s| s.len() <= 1000 && !s.starts_with('/') && !s.contains("//"),
};

fn same_prefix(a: &Value, b: &Value) -> bool {
    matches!((a.as_str(), b.as_str()), (Some(a), Some(b)) if key_prefix(a) == key_prefix(b))
}
