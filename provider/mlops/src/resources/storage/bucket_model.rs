//! The attributes of `mlops_bucket_layout`.

use std::collections::BTreeMap;

use tfplug::check::Check;
use tfplug::model::Model;
use tfplug::value::Value;

use crate::aws::arn::{self, Partition};
use crate::aws::s3_uri::{BUCKET_NAME, EXISTING_BUCKET, bucket_name_problem};
use crate::aws::{policy_json, tags};

/// One S3 bucket as the storage of a machine-learning project: named folders with their own retention, and safe settings
/// unless you say otherwise (versioning, encryption, no public access, TLS only).
///
/// Folders are prefixes of keys; `uris` tells their URIs, known in the plan as soon as the bucket's name is. All settings
/// of the bucket that have an attribute here belong to this resource: what is changed elsewhere shows in the next plan
/// and is set back.
///
/// Import gives all settings and the folders that have a lifecycle rule (all of them, unless
/// `abort_incomplete_multipart_upload_days` is 0).
#[derive(Clone, Debug, PartialEq, Model)]
#[tf(
    name = "bucket_layout",
    version = 0,
    timeouts(create = "60m", update = "20m", delete = "60m"),
    identity("name", optional("region")),
    at_most_one_of("name", "name_prefix")
)]
pub struct BucketLayout {
    /// Name of the bucket, unique among all buckets of all accounts. Generated if neither it nor `name_prefix` is given.
    #[tf(optional, computed, replace, keep, check(BUCKET_NAME))]
    pub name: Option<String>,
    /// Beginning of a generated name.
    #[tf(optional, replace, check(BUCKET_PREFIX))]
    pub name_prefix: Option<String>,
    /// Region of the bucket. The provider's own unless given.
    #[tf(optional, computed, replace, keep)]
    pub region: Option<String>,
    /// The folders, by name.
    #[tf(optional)]
    pub layout: Option<BTreeMap<String, Folder>>,
    /// Whether S3 keeps every version of an object: `Enabled`, `Suspended` (keeps those it has, makes no new ones), or
    /// `Disabled` (never had any). A bucket that was once versioned can only be suspended.
    #[tf(optional, computed, default = "Enabled", check(Check::OneOf(&["Enabled", "Suspended", "Disabled"])))]
    pub versioning: String,
    /// How objects are encrypted unless an upload says otherwise.
    #[tf(optional, computed, default_value(Encryption::default().into_value()))]
    pub encryption: Encryption,
    /// Who owns uploaded objects. `BucketOwnerEnforced` switches access control lists off.
    #[tf(optional, computed, default = "BucketOwnerEnforced", check(Check::OneOf(&["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"])))]
    pub object_ownership: String,
    /// What keeps the bucket from becoming public.
    #[tf(optional, computed, default_value(PublicAccessBlock::default().into_value()))]
    pub public_access_block: PublicAccessBlock,
    /// Whether requests without TLS are denied, by a statement added to the bucket's policy.
    #[tf(optional, computed, default = true)]
    pub require_tls: bool,
    /// Your own policy of the bucket, as JSON. The statement of `require_tls` is added to it and is not shown here.
    #[tf(optional, check(Check::Json), equal(policy_json::same_value))]
    pub policy: Option<String>,
    /// Which web pages may read and write the bucket from a browser. Ground Truth's labeling pages need one rule with
    /// the method `GET`.
    #[tf(optional, check(Check::Count { min: 1, max: 100 }))]
    pub cors_rules: Option<Vec<CorsRule>>,
    /// Where S3 writes a record of each request. The policy of that bucket must let `logging.s3.amazonaws.com` put
    /// objects into it.
    #[tf(optional)]
    pub logging: Option<Logging>,
    /// Whether events of the bucket go to Amazon EventBridge. Other notifications of the bucket are left alone.
    #[tf(optional, computed, default = false)]
    pub event_bridge_enabled: bool,
    /// After how many days the parts of an upload that was never completed are removed; 0 for never.
    #[tf(optional, computed, default = 7, check(Check::Range { min: 0, max: 36500 }))]
    pub abort_incomplete_multipart_upload_days: i64,
    /// Whether a destroy also deletes what is in the bucket: every version of every object. Takes effect once it was
    /// applied. Without it the destroy of a bucket that is not empty is refused.
    #[tf(optional, computed, default = false)]
    pub force_destroy: bool,
    /// Tags of the bucket.
    #[tf(optional, tags, check(tags::COUNT))]
    pub tags: Option<BTreeMap<String, String>>,
    /// The tags and the provider's `default_tags` together.
    #[tf(computed)]
    pub tags_all: BTreeMap<String, String>,
    /// URI of each folder, as `s3://BUCKET/PREFIX/`.
    #[tf(computed)]
    pub uris: BTreeMap<String, String>,
    /// ARN of the bucket.
    #[tf(computed, keep)]
    pub arn: Option<String>,
    /// Domain name of the bucket, `NAME.s3.amazonaws.com`.
    #[tf(computed, keep)]
    pub bucket_domain_name: Option<String>,
    /// Domain name of the bucket in its region, `NAME.s3.REGION.amazonaws.com`.
    #[tf(computed, keep)]
    pub bucket_regional_domain_name: Option<String>,
}

/// A folder of the bucket and how long things stay in it.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub struct Folder {
    /// Prefix of the keys. The folder's name unless given. A slash at the end may be left out, and is part of it anyway.
    #[tf(optional, check(PREFIX), equal(same_prefix))]
    pub prefix: Option<String>,
    /// After how many days objects expire.
    #[tf(optional, check(DAYS))]
    pub expiration_days: Option<i64>,
    /// After how many days versions that are no longer current are removed.
    #[tf(optional, check(DAYS))]
    pub noncurrent_expiration_days: Option<i64>,
    /// When objects move to a cheaper storage class.
    #[tf(optional, check(Check::Count { min: 1, max: 10 }))]
    pub transitions: Option<Vec<Transition>>,
}

/// A move to another storage class.
#[derive(Clone, Debug, PartialEq, Model)]
pub struct Transition {
    /// Age in days at which objects move.
    #[tf(required, check(Check::Range { min: 0, max: 36500 }))]
    pub days: i64,
    /// Where they move to. S3 keeps objects in `STANDARD` for at least 30 days before `STANDARD_IA` and `ONEZONE_IA`.
    #[tf(required, check(Check::OneOf(&["STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"])))]
    pub storage_class: String,
}

/// Default encryption.
#[derive(Clone, Debug, PartialEq, Model)]
pub struct Encryption {
    /// `AES256` (keys of S3), `aws:kms`, or `aws:kms:dsse` (two layers).
    #[tf(optional, computed, default = "AES256", check(Check::OneOf(&["AES256", "aws:kms", "aws:kms:dsse"])))]
    pub sse_algorithm: String,
    /// Id, ARN or alias of the KMS key. The account's `aws/s3` key unless given.
    #[tf(optional)]
    pub kms_master_key_id: Option<String>,
    /// Whether one data key serves many objects, which saves most of the calls to KMS. True with `aws:kms` unless given.
    #[tf(optional, computed)]
    pub bucket_key_enabled: Option<bool>,
}

impl Default for Encryption {
    fn default() -> Self {
        Self { sse_algorithm: "AES256".to_owned(), kms_master_key_id: None, bucket_key_enabled: Some(false) }
    }
}

/// The four switches of S3's public access block.
#[derive(Clone, Debug, PartialEq, Model)]
pub struct PublicAccessBlock {
    /// Refuse to make anything public by an access control list.
    #[tf(optional, computed, default = true)]
    pub block_public_acls: bool,
    /// Take no notice of public access control lists.
    #[tf(optional, computed, default = true)]
    pub ignore_public_acls: bool,
    /// Refuse policies that make the bucket public.
    #[tf(optional, computed, default = true)]
    pub block_public_policy: bool,
    /// Let nobody but AWS services and users of this account in, if a policy makes the bucket public.
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

/// One rule of cross-origin resource sharing.
#[derive(Clone, Debug, PartialEq, Model)]
pub struct CorsRule {
    /// A name for the rule.
    #[tf(optional, check(Check::Length { min: 1, max: 255 }))]
    pub id: Option<String>,
    /// Headers that a page may send; `*` for any.
    #[tf(optional)]
    pub allowed_headers: Option<Vec<String>>,
    /// HTTP methods that a page may use.
    #[tf(required, check(Check::Count { min: 1, max: 5 }, Check::OneOf(&["GET", "PUT", "HEAD", "POST", "DELETE"])))]
    pub allowed_methods: Vec<String>,
    /// Where the page may come from, as `https://example.com`; `*` for anywhere.
    #[tf(required, check(Check::Count { min: 1, max: 100 }))]
    pub allowed_origins: Vec<String>,
    /// Headers of the answer that the page may see.
    #[tf(optional)]
    pub expose_headers: Option<Vec<String>>,
    /// How many seconds a browser may remember the answer.
    #[tf(optional, check(Check::Range { min: 0, max: 2_147_483_647 }))]
    pub max_age_seconds: Option<i64>,
}

/// Access logging.
#[derive(Clone, Debug, PartialEq, Model)]
pub struct Logging {
    /// Bucket that the records go to, of the same region and account.
    #[tf(required, check(EXISTING_BUCKET))]
    pub target_bucket: String,
    /// Prefix of the records' keys.
    #[tf(optional, computed, default = "")]
    pub target_prefix: String,
}

/// The beginning of a bucket's name, short enough for the 26 characters that are added.
const BUCKET_PREFIX: Check = Check::Text {
    expected: "the beginning of a bucket name: at most 37 lower-case letters, digits, hyphens and dots, beginning with a \
               letter or digit",
    accepts: |prefix| prefix.len() <= 37 && bucket_name_problem(&format!("{prefix}000")).is_none(),
};

const DAYS: Check = Check::Range { min: 1, max: 36500 };

const PREFIX: Check = Check::Text {
    expected: "a prefix of keys of 1 to 512 characters, with no slash at its beginning and no two in a row",
    accepts: |s| (1..=512).contains(&s.len()) && !s.starts_with('/') && !s.contains("//"),
};

/// Names of folders: they become the ids of lifecycle rules.
pub const FOLDER_NAME: Check = Check::Text {
    expected: "letters, digits, hyphens and underscores, at most 200",
    accepts: |s| {
        (1..=200).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    },
};

/// The prefix of a folder's keys, with the slash at its end. Only a rule made elsewhere has none at all.
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
    /// A bucket as S3 makes it, before any setting is written.
    pub fn fresh(wanted: &Self) -> Self {
        Self {
            layout: None,
            versioning: "Disabled".to_owned(),
            object_ownership: "BucketOwnerEnforced".to_owned(),
            encryption: Encryption::default(),
            public_access_block: PublicAccessBlock {
                block_public_acls: false,
                ignore_public_acls: false,
                block_public_policy: false,
                restrict_public_buckets: false,
            },
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
    pub fn folder_uris(&self) -> BTreeMap<String, String> {
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
