//! The attributes of `mlops_bucket_layout`.

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;
use tfplug::value::Value;

use crate::aws::arn::{self, Partition};
use crate::aws::s3_uri::{BUCKET_NAME, EXISTING_BUCKET, bucket_name_problem};
use crate::aws::{policy_json, tags};

/// An S3 bucket for a machine-learning project: named prefixes, each with its own lifecycle, and secure defaults
/// (versioning, encryption, no public access, TLS only).
///
/// `layout` names prefixes of the bucket; `uris` has their S3 URIs, known in the plan as soon as the bucket's name is.
/// This resource manages every setting of the bucket that has an attribute here: a change made elsewhere is shown as
/// drift by the next plan, and reverted.
///
/// Import reads all settings, and those prefixes that have a lifecycle rule (all of them, unless
/// `abort_incomplete_multipart_upload_days` is 0). Lifecycle rules that `layout` cannot express, such as those with filters
/// by tag or object size, are left as they are, and named in a warning.
#[derive(Clone, Debug, PartialEq, Model)]
#[tf(
    name = "bucket_layout",
    subcategory = "Storage",
    version = 0,
    timeouts(create = "60m", update = "20m", delete = "60m"),
    identity("name", optional("region"), derived("account_id")),
    at_most_one_of("name", "name_prefix")
)]
pub struct BucketLayout {
    /// Name of the bucket, globally unique. Generated unless set.
    #[tf(optional, computed, requires_replace, use_state_for_unknown, validate(BUCKET_NAME))]
    pub name: Option<String>,
    /// Creates a unique name beginning with the specified prefix. Conflicts with `name`.
    #[tf(optional, requires_replace, validate(BUCKET_PREFIX))]
    pub name_prefix: Option<String>,
    /// Region of the bucket. Defaults to the provider's region.
    #[tf(optional, computed, planned, requires_replace, use_state_for_unknown)]
    pub region: Option<String>,
    /// Prefixes of the bucket, by a name of your choice.
    #[tf(optional)]
    pub layout: Option<BTreeMap<String, LayoutPrefix>>,
    /// Versioning state of the bucket: `Enabled`, `Suspended` (keeps existing versions, creates no new ones) or
    /// `Disabled` (never enabled). Once enabled, versioning can only be suspended.
    #[tf(optional, computed, default = "Enabled", validate(Validator::OneOf(&["Enabled", "Suspended", "Disabled"])))]
    pub versioning: String,
    /// Default encryption of new objects.
    #[tf(optional, computed, default_value(Encryption::default().into_value()))]
    pub encryption: Encryption,
    /// Owner of uploaded objects. `BucketOwnerEnforced` disables access control lists (ACLs).
    #[tf(optional, computed, default = "BucketOwnerEnforced", validate(Validator::OneOf(&["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"])))]
    pub object_ownership: String,
    /// Public access block of the bucket.
    #[tf(optional, computed, default_value(PublicAccessBlock::default().into_value()))]
    pub public_access_block: PublicAccessBlock,
    /// Whether requests without TLS are denied, by a statement that is added to the bucket policy.
    #[tf(optional, computed, default = true)]
    pub require_tls: bool,
    /// Bucket policy, as JSON. The statement of `require_tls` is added to it and not shown here.
    #[tf(optional, validate(Validator::Json), equal(policy_json::same_value))]
    pub policy: Option<String>,
    /// CORS rules. Ground Truth's labeling pages need one that allows the method `GET`.
    #[tf(optional, validate(Validator::Count { min: 1, max: 100 }))]
    pub cors_rules: Option<Vec<CorsRule>>,
    /// Server access logging. Disabled unless set.
    #[tf(optional)]
    pub logging: Option<Logging>,
    /// Whether events of the bucket are sent to Amazon EventBridge. Other event notifications of the bucket are not
    /// managed.
    #[tf(optional, computed, default = false)]
    pub event_bridge_enabled: bool,
    /// Number of days after which incomplete multipart uploads are aborted; 0 for never.
    #[tf(optional, computed, default = 7, validate(Validator::Range { min: 0, max: 36500 }))]
    pub abort_incomplete_multipart_upload_days: i64,
    /// Whether a destroy also deletes all objects in the bucket, with all their versions. Takes effect once it was
    /// applied. If false, destroying a bucket that is not empty fails.
    #[tf(optional, computed, default = false)]
    pub force_destroy: bool,
    /// Tags. They take precedence over tags of the same key in the provider's `default_tags`.
    #[tf(optional, tags, validate(tags::COUNT, tags::LAWFUL))]
    pub tags: Option<BTreeMap<String, String>>,
    /// All tags, including those of the provider's `default_tags`.
    #[tf(computed, planned)]
    pub tags_all: BTreeMap<String, String>,
    /// S3 URI of each prefix, `s3://BUCKET/PREFIX/`, by its name in `layout`. Empty if `layout` is.
    #[tf(computed, planned)]
    pub uris: BTreeMap<String, String>,
    /// ARN of the bucket.
    #[tf(computed, planned, use_state_for_unknown)]
    pub arn: Option<String>,
    /// Domain name of the bucket, `NAME.s3.amazonaws.com`.
    #[tf(computed, planned, use_state_for_unknown)]
    pub bucket_domain_name: Option<String>,
    /// Regional domain name of the bucket, `NAME.s3.REGION.amazonaws.com`.
    #[tf(computed, planned, use_state_for_unknown)]
    pub bucket_regional_domain_name: Option<String>,
}

/// A prefix of the bucket, and the lifecycle of the objects with it.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub struct LayoutPrefix {
    /// Key prefix; `/` for the whole bucket. Defaults to the name in `layout`. The trailing slash is optional: it is added
    /// if missing.
    #[tf(optional, validate(PREFIX), equal(same_prefix))]
    pub prefix: Option<String>,
    /// Number of days after which objects expire. In a versioned bucket this only adds a delete marker: set
    /// `noncurrent_expiration_days` as well.
    #[tf(optional, validate(DAYS))]
    pub expiration_days: Option<i64>,
    /// Number of days after which noncurrent versions are deleted. Kept forever unless set.
    #[tf(optional, validate(DAYS))]
    pub noncurrent_expiration_days: Option<i64>,
    /// Transitions to other storage classes.
    #[tf(optional, validate(Validator::Count { min: 1, max: 10 }))]
    pub transitions: Option<Vec<Transition>>,
}

/// A transition to another storage class.
#[derive(Clone, Debug, PartialEq, Model)]
pub struct Transition {
    /// Age of an object, in days, at which it transitions.
    #[tf(required, validate(Validator::Range { min: 0, max: 36500 }))]
    pub days: i64,
    /// Storage class to transition to. `STANDARD_IA` and `ONEZONE_IA` require an age of at least 30 days.
    #[tf(required, validate(STORAGE_CLASS))]
    pub storage_class: String,
}

/// Default encryption of new objects.
#[derive(Clone, Debug, PartialEq, Model)]
pub struct Encryption {
    /// `AES256` (SSE-S3), `aws:kms` (SSE-KMS) or `aws:kms:dsse` (DSSE-KMS, two layers of encryption).
    #[tf(optional, computed, default = "AES256", validate(Validator::OneOf(&["AES256", "aws:kms", "aws:kms:dsse"])))]
    pub sse_algorithm: String,
    /// ID, ARN or alias of the KMS key. Defaults to the AWS managed key `aws/s3`. Only with `aws:kms` and
    /// `aws:kms:dsse`.
    #[tf(optional, validate(Validator::Length { min: 1, max: 2048 }))]
    pub kms_master_key_id: Option<String>,
    /// Whether an S3 Bucket Key is used, which reduces the number of requests to KMS. Defaults to true with `aws:kms`.
    #[tf(optional, computed, planned)]
    pub bucket_key_enabled: Option<bool>,
}

impl Default for Encryption {
    fn default() -> Self {
        Self { sse_algorithm: "AES256".to_owned(), kms_master_key_id: None, bucket_key_enabled: Some(false) }
    }
}

/// Public access block of the bucket.
#[derive(Clone, Debug, PartialEq, Model)]
pub struct PublicAccessBlock {
    /// Whether requests that set a public ACL are rejected.
    #[tf(optional, computed, default = true)]
    pub block_public_acls: bool,
    /// Whether public ACLs are ignored.
    #[tf(optional, computed, default = true)]
    pub ignore_public_acls: bool,
    /// Whether bucket policies that grant public access are rejected.
    #[tf(optional, computed, default = true)]
    pub block_public_policy: bool,
    /// Whether access through a public bucket policy is restricted to AWS services and principals of the bucket owner's
    /// account.
    #[tf(optional, computed, default = true)]
    pub restrict_public_buckets: bool,
}

impl Default for PublicAccessBlock {
    fn default() -> Self {
        Self {
            block_public_acls: true,
            ignore_public_acls: true,
            block_public_policy: true,
            restrict_public_buckets: true,
        }
    }
}

/// A rule of cross-origin resource sharing (CORS).
#[derive(Clone, Debug, PartialEq, Model)]
pub struct CorsRule {
    /// ID of the rule.
    #[tf(optional, validate(Validator::Length { min: 1, max: 255 }))]
    pub id: Option<String>,
    /// Request headers to allow; `*` for any.
    #[tf(optional)]
    pub allowed_headers: Option<Vec<String>>,
    /// HTTP methods to allow.
    #[tf(required, validate(Validator::Count { min: 1, max: 5 }, Validator::OneOf(&["GET", "PUT", "HEAD", "POST", "DELETE"])))]
    pub allowed_methods: Vec<String>,
    /// Origins to allow, such as `https://example.com`; `*` for any.
    #[tf(required, validate(Validator::Count { min: 1, max: 100 }))]
    pub allowed_origins: Vec<String>,
    /// Response headers that a page may read.
    #[tf(optional)]
    pub expose_headers: Option<Vec<String>>,
    /// Seconds for which a browser may cache the response to a preflight request.
    #[tf(optional, validate(Validator::Range { min: 0, max: 2_147_483_647 }))]
    pub max_age_seconds: Option<i64>,
}

/// Server access logging.
#[derive(Clone, Debug, PartialEq, Model)]
pub struct Logging {
    /// Bucket to store the logs in, in the same region and account. Its policy must allow `logging.s3.amazonaws.com` to
    /// put objects into it.
    #[tf(required, validate(EXISTING_BUCKET))]
    pub target_bucket: String,
    /// Key prefix of the logs.
    #[tf(optional, computed, default = "")]
    pub target_prefix: String,
}

/// The beginning of a bucket's name, short enough for the 26 characters that are added.
const BUCKET_PREFIX: Validator = Validator::Text {
    expected: "the beginning of a bucket name: at most 37 lower-case letters, digits, hyphens and dots, beginning with a \
               letter or digit",
    accepts: |prefix| prefix.len() <= 37 && bucket_name_problem(&format!("{prefix}000")).is_none(),
};

/// Ages that S3 takes.
pub const DAYS: Validator = Validator::Range { min: 1, max: 36500 };

/// Storage classes that lifecycle rules move objects to.
pub const STORAGE_CLASS: Validator =
    Validator::OneOf(&["STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]);

/// The spelling of the empty prefix, which all objects have. Clients leave empty text out of the configurations that they
/// generate (Terraform 1.13 and OpenTofu, `internal/genconfig`).
pub const ALL_KEYS: &str = "/";

/// Key prefixes.
pub const PREFIX: Validator = Validator::Text {
    expected: "a key prefix of 1 to 512 characters, without a leading slash or two slashes in a row, or `/` for the whole \
               bucket",
    accepts: |s| s == ALL_KEYS || ((1..=512).contains(&s.len()) && !s.starts_with('/') && !s.contains("//")),
};

/// Names of folders: they become the ids of lifecycle rules.
pub const PREFIX_NAME: Validator = Validator::Text {
    expected: "letters, digits, hyphens and underscores, at most 200",
    accepts: |s| {
        (1..=200).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    },
};

/// The prefix of a folder's keys, with the slash at its end; empty for the whole bucket.
pub fn key_prefix(name: &str, prefix: Option<&str>) -> String {
    match prefix.unwrap_or(name).trim_end_matches('/') {
        "" => String::new(),
        prefix => format!("{prefix}/"),
    }
}

fn same_prefix(a: &Value, b: &Value) -> bool {
    matches!((a.as_str(), b.as_str()), (Some(a), Some(b)) if key_prefix("", Some(a)) == key_prefix("", Some(b)))
}

impl BucketLayout {
    /// A bucket as S3 makes it, before any setting is written. Whether public access is blocked depends on when and how it was
    /// made (new buckets block it since April 2023), so that is left out.
    pub fn fresh(wanted: &Self) -> Self {
        Self {
            layout: None,
            versioning: "Disabled".to_owned(),
            object_ownership: "BucketOwnerEnforced".to_owned(),
            encryption: Encryption::default(),
            require_tls: false,
            policy: None,
            cors_rules: None,
            logging: None,
            event_bridge_enabled: false,
            abort_incomplete_multipart_upload_days: 0,
            tags_all: BTreeMap::new(),
            ..wanted.clone()
        }
    }

    /// The bucket's name. Empty only before it is created.
    pub fn bucket(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// The URIs of the folders.
    pub fn prefix_uris(&self) -> BTreeMap<String, String> {
        let folders = self.layout.iter().flatten();
        folders
            .map(|(name, f)| {
                (name.clone(), format!("s3://{}/{}", self.bucket(), key_prefix(name, f.prefix.as_deref())))
            })
            .collect()
    }
}

/// ARN and domain names of a bucket, by attribute.
pub fn addresses(name: &str, region: &str) -> [(&'static str, Value); 3] {
    let Partition { id, dns_suffix, .. } = arn::partition(region);
    [
        ("arn", Value::from(format!("arn:{id}:s3:::{name}"))),
        ("bucket_domain_name", Value::from(format!("{name}.s3.{dns_suffix}"))),
        ("bucket_regional_domain_name", Value::from(format!("{name}.s3.{region}.{dns_suffix}"))),
    ]
}
