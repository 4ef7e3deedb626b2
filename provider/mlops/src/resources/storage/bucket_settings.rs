//! The settings of a bucket, one by one: how each is read, and how it is written.
//!
//! S3 has an own call for each setting, so a change of one never touches another. What AWS reports for a setting that
//! was never made is the documented default of a new bucket, not an absence.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::BuildError;
use aws_sdk_s3::operation::get_bucket_lifecycle_configuration::GetBucketLifecycleConfigurationOutput;
use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, BucketLoggingStatus, BucketVersioningStatus, CorsConfiguration,
    CorsRule as S3CorsRule, EventBridgeConfiguration, LifecycleRule, LoggingEnabled, NotificationConfiguration,
    ObjectOwnership, OwnershipControls, OwnershipControlsRule, PublicAccessBlockConfiguration, ServerSideEncryption,
    ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule, Tag, Tagging,
    VersioningConfiguration,
};
use tfplug::diag::Result;
use tfplug::value::Path;

use crate::aws::client::{Aws, IgnoreTags};
use crate::aws::error::{AwsError, Kind, aws_error};
use crate::resources::storage::bucket_lifecycle::{self, rules};
use crate::resources::storage::bucket_model::{BucketLayout, CorsRule, Encryption, Logging, PublicAccessBlock};
use crate::resources::storage::bucket_policy;

/// A bucket to read or write the settings of.
#[derive(Clone, Copy)]
pub struct Bucket<'a> {
    /// The client of the bucket's region.
    pub s3: &'a Client,
    /// The bucket's name.
    pub name: &'a str,
    /// The bucket's ARN.
    pub arn: &'a str,
    /// Tags to leave alone.
    pub ignore_tags: &'a IgnoreTags,
}

type Writing<'a> = Pin<Box<dyn Future<Output = Result<(), AwsError>> + Send + 'a>>;

/// One setting.
pub struct Setting {
    /// The attributes that it consists of.
    pub attributes: &'static [&'static str],
    /// What it is called in messages.
    pub called: &'static str,
    /// Writes it; removes it where the attributes say that there is to be none.
    pub write: for<'a> fn(Bucket<'a>, &'a BucketLayout) -> Writing<'a>,
}

/// All settings, in the order in which a new bucket is given them: first what protects it.
pub const SETTINGS: &[Setting] = &[
    Setting {
        attributes: &["public_access_block"],
        called: "public access block",
        write: |b, w| Box::pin(write_public_access_block(b, w)),
    },
    Setting {
        attributes: &["object_ownership"],
        called: "object ownership",
        write: |b, w| Box::pin(write_ownership(b, w)),
    },
    Setting { attributes: &["encryption"], called: "encryption", write: |b, w| Box::pin(write_encryption(b, w)) },
    Setting { attributes: &["policy", "require_tls"], called: "policy", write: |b, w| Box::pin(write_policy(b, w)) },
    Setting { attributes: &["versioning"], called: "versioning", write: |b, w| Box::pin(write_versioning(b, w)) },
    Setting {
        attributes: &["layout", "abort_incomplete_multipart_upload_days"],
        called: "lifecycle rules",
        write: |b, w| Box::pin(write_lifecycle(b, w)),
    },
    Setting { attributes: &["cors_rules"], called: "CORS rules", write: |b, w| Box::pin(write_cors(b, w)) },
    Setting { attributes: &["logging"], called: "access logging", write: |b, w| Box::pin(write_logging(b, w)) },
    Setting {
        attributes: &["event_bridge_enabled"],
        called: "EventBridge notification",
        write: |b, w| Box::pin(write_event_bridge(b, w)),
    },
    Setting { attributes: &["tags_all", "tags"], called: "tags", write: |b, w| Box::pin(write_tags(b, w)) },
];

/// The settings as S3 reports them. None for what was not asked for.
#[derive(Debug)]
pub struct Remote {
    /// `Enabled`, `Suspended` or `Disabled`.
    pub versioning: Option<String>,
    /// Default encryption.
    pub encryption: Option<Encryption>,
    /// Who owns uploads.
    pub object_ownership: Option<String>,
    /// The four switches.
    pub public_access_block: Option<PublicAccessBlock>,
    /// The policy's text, if there is a policy.
    pub policy: Option<Option<String>>,
    /// CORS rules, if there are any.
    pub cors_rules: Option<Option<Vec<CorsRule>>>,
    /// Access logging, if it is on.
    pub logging: Option<Option<Logging>>,
    /// Whether events go to EventBridge.
    pub event_bridge_enabled: Option<bool>,
    /// Lifecycle rules.
    pub lifecycle: Option<Vec<LifecycleRule>>,
    /// All tags, those to ignore included.
    pub tags: Option<BTreeMap<String, String>>,
}

/// Reads these settings at once.
///
/// # Errors
/// A diagnostic at the attribute whose setting could not be read.
pub async fn read(b: Bucket<'_>, settings: &[&Setting]) -> Result<Remote> {
    let a = Asked { b, settings };
    let (
        versioning,
        encryption,
        object_ownership,
        public_access_block,
        policy,
        cors_rules,
        logging,
        event_bridge_enabled,
        lifecycle,
        tags,
    ) = tokio::try_join!(
        a.read("versioning", read_versioning(b)),
        a.read("encryption", read_encryption(b)),
        a.read("object_ownership", read_ownership(b)),
        a.read("public_access_block", read_public_access_block(b)),
        a.read("policy", read_policy(b)),
        a.read("cors_rules", read_cors(b)),
        a.read("logging", read_logging(b)),
        a.read("event_bridge_enabled", read_event_bridge(b)),
        a.read("layout", read_lifecycle(b)),
        a.read("tags", read_tags(b)),
    )?;
    Ok(Remote {
        versioning,
        encryption,
        object_ownership,
        public_access_block,
        policy,
        cors_rules,
        logging,
        event_bridge_enabled,
        lifecycle,
        tags,
    })
}

struct Asked<'a> {
    b: Bucket<'a>,
    settings: &'a [&'a Setting],
}

impl Asked<'_> {
    async fn read<T>(&self, attribute: &str, reading: impl Future<Output = Result<T, AwsError>>) -> Result<Option<T>> {
        if !self.settings.iter().any(|s| s.attributes.contains(&attribute)) {
            return Ok(None);
        }
        let attempted = || format!("read the setting {attribute} of the bucket {:?}", self.b.name);
        reading.await.map(Some).map_err(|e| e.diag(&attempted()).at(Path::of(attribute)).into())
    }
}

/// The value, or the default if S3 says with this code that the setting was never made.
fn unless<T>(code: &str, default: T, result: Result<T, AwsError>) -> Result<T, AwsError> {
    match result {
        Err(e) if e.is(code) => Ok(default),
        other => other,
    }
}

fn unbuildable(operation: &'static str) -> impl Fn(BuildError) -> AwsError {
    move |e| AwsError { service: "S3", operation, message: e.to_string(), kind: Kind::Other, ..AwsError::default() }
}

/// Sends a request and turns its error into the plain type.
macro_rules! send {
    ($request:expr, $operation:literal) => {
        $request.send().await.map_err(|e| aws_error("S3", $operation, e))
    };
}

async fn read_versioning(b: Bucket<'_>) -> Result<String, AwsError> {
    let answer = send!(b.s3.get_bucket_versioning().bucket(b.name), "GetBucketVersioning")?;
    Ok(answer.status().map_or("Disabled", BucketVersioningStatus::as_str).to_owned())
}

async fn write_versioning(b: Bucket<'_>, wanted: &BucketLayout) -> Result<(), AwsError> {
    if wanted.versioning == "Disabled" {
        return Ok(());
    }
    let status = BucketVersioningStatus::from(wanted.versioning.as_str());
    let config = VersioningConfiguration::builder().status(status).build();
    send!(b.s3.put_bucket_versioning().bucket(b.name).versioning_configuration(config), "PutBucketVersioning")?;
    Ok(())
}

async fn read_encryption(b: Bucket<'_>) -> Result<Encryption, AwsError> {
    let answer = send!(b.s3.get_bucket_encryption().bucket(b.name), "GetBucketEncryption").map(|a| {
        let rule = a.server_side_encryption_configuration().and_then(|c| c.rules().first()).cloned();
        let Some(rule) = rule else { return Encryption::default() };
        let by_default = rule.apply_server_side_encryption_by_default();
        Encryption {
            sse_algorithm: by_default.map_or("AES256", |d| d.sse_algorithm().as_str()).to_owned(),
            kms_master_key_id: by_default.and_then(|d| d.kms_master_key_id()).map(str::to_owned),
            bucket_key_enabled: Some(rule.bucket_key_enabled().unwrap_or(false)),
        }
    });
    // Every bucket is encrypted with S3's own keys since January 2023 (S3 User Guide, "Default encryption FAQ").
    unless("ServerSideEncryptionConfigurationNotFoundError", Encryption::default(), answer)
}

async fn write_encryption(b: Bucket<'_>, wanted: &BucketLayout) -> Result<(), AwsError> {
    let encryption = &wanted.encryption;
    let by_default = ServerSideEncryptionByDefault::builder()
        .sse_algorithm(ServerSideEncryption::from(encryption.sse_algorithm.as_str()))
        .set_kms_master_key_id(encryption.kms_master_key_id.clone())
        .build()
        .map_err(unbuildable("PutBucketEncryption"))?;
    let rule = ServerSideEncryptionRule::builder()
        .apply_server_side_encryption_by_default(by_default)
        .set_bucket_key_enabled(encryption.bucket_key_enabled)
        .build();
    let config = ServerSideEncryptionConfiguration::builder().rules(rule).build();
    let config = config.map_err(unbuildable("PutBucketEncryption"))?;
    let put = b.s3.put_bucket_encryption().bucket(b.name).server_side_encryption_configuration(config);
    send!(put, "PutBucketEncryption")?;
    Ok(())
}

async fn read_ownership(b: Bucket<'_>) -> Result<String, AwsError> {
    let answer = send!(b.s3.get_bucket_ownership_controls().bucket(b.name), "GetBucketOwnershipControls");
    let answer = answer.map(|a| {
        let rule = a.ownership_controls().and_then(|c| c.rules().first());
        rule.map_or("ObjectWriter", |r| r.object_ownership().as_str()).to_owned()
    });
    // Without controls the access control lists count (S3 User Guide, "Controlling ownership of objects").
    unless("OwnershipControlsNotFoundError", "ObjectWriter".to_owned(), answer)
}

async fn write_ownership(b: Bucket<'_>, wanted: &BucketLayout) -> Result<(), AwsError> {
    let rule =
        OwnershipControlsRule::builder().object_ownership(ObjectOwnership::from(wanted.object_ownership.as_str()));
    let rule = rule.build().map_err(unbuildable("PutBucketOwnershipControls"))?;
    let controls = OwnershipControls::builder().rules(rule).build();
    let controls = controls.map_err(unbuildable("PutBucketOwnershipControls"))?;
    let put = b.s3.put_bucket_ownership_controls().bucket(b.name).ownership_controls(controls);
    send!(put, "PutBucketOwnershipControls")?;
    Ok(())
}

async fn read_public_access_block(b: Bucket<'_>) -> Result<PublicAccessBlock, AwsError> {
    let off = PublicAccessBlock {
        block_public_acls: false,
        ignore_public_acls: false,
        block_public_policy: false,
        restrict_public_buckets: false,
    };
    let answer = send!(b.s3.get_public_access_block().bucket(b.name), "GetPublicAccessBlock").map(|a| {
        let is_on = |of: fn(&PublicAccessBlockConfiguration) -> Option<bool>| {
            a.public_access_block_configuration().and_then(of).unwrap_or(false)
        };
        PublicAccessBlock {
            block_public_acls: is_on(PublicAccessBlockConfiguration::block_public_acls),
            ignore_public_acls: is_on(PublicAccessBlockConfiguration::ignore_public_acls),
            block_public_policy: is_on(PublicAccessBlockConfiguration::block_public_policy),
            restrict_public_buckets: is_on(PublicAccessBlockConfiguration::restrict_public_buckets),
        }
    });
    unless("NoSuchPublicAccessBlockConfiguration", off, answer)
}

async fn write_public_access_block(b: Bucket<'_>, wanted: &BucketLayout) -> Result<(), AwsError> {
    let block = &wanted.public_access_block;
    let config = PublicAccessBlockConfiguration::builder()
        .block_public_acls(block.block_public_acls)
        .ignore_public_acls(block.ignore_public_acls)
        .block_public_policy(block.block_public_policy)
        .restrict_public_buckets(block.restrict_public_buckets)
        .build();
    let put = b.s3.put_public_access_block().bucket(b.name).public_access_block_configuration(config);
    send!(put, "PutPublicAccessBlock")?;
    Ok(())
}

async fn read_policy(b: Bucket<'_>) -> Result<Option<String>, AwsError> {
    let answer = send!(b.s3.get_bucket_policy().bucket(b.name), "GetBucketPolicy");
    unless("NoSuchBucketPolicy", None, answer.map(|a| a.policy().map(str::to_owned)))
}

async fn write_policy(b: Bucket<'_>, wanted: &BucketLayout) -> Result<(), AwsError> {
    let merged = bucket_policy::merge(wanted.policy.as_deref(), b.arn, wanted.require_tls);
    let merged = merged.map_err(|message| AwsError {
        service: "S3",
        operation: "PutBucketPolicy",
        message,
        ..AwsError::default()
    })?;
    match merged {
        Some(policy) => {
            send!(b.s3.put_bucket_policy().bucket(b.name).policy(policy), "PutBucketPolicy")?;
        }
        None => {
            send!(b.s3.delete_bucket_policy().bucket(b.name), "DeleteBucketPolicy")?;
        }
    }
    Ok(())
}

async fn get_lifecycle(b: Bucket<'_>) -> Result<GetBucketLifecycleConfigurationOutput, AwsError> {
    let get = b.s3.get_bucket_lifecycle_configuration().bucket(b.name);
    let none = GetBucketLifecycleConfigurationOutput::builder().build();
    unless("NoSuchLifecycleConfiguration", none, send!(get, "GetBucketLifecycleConfiguration"))
}

async fn read_lifecycle(b: Bucket<'_>) -> Result<Vec<LifecycleRule>, AwsError> {
    Ok(get_lifecycle(b).await?.rules.unwrap_or_default())
}

/// One call writes the whole configuration: what a layout cannot express is read and written back.
async fn write_lifecycle(b: Bucket<'_>, wanted: &BucketLayout) -> Result<(), AwsError> {
    let present = get_lifecycle(b).await?;
    let (layout, abort_days) = (wanted.layout.as_ref(), wanted.abort_incomplete_multipart_upload_days);
    let ours: Result<Vec<_>, _> = rules(layout, abort_days).iter().map(|r| r.to_s3()).collect();
    let mut rules = ours.map_err(unbuildable("PutBucketLifecycleConfiguration"))?;
    rules.extend(bucket_lifecycle::layout(present.rules(), layout, abort_days).others);
    if rules.is_empty() {
        send!(b.s3.delete_bucket_lifecycle().bucket(b.name), "DeleteBucketLifecycle")?;
        return Ok(());
    }
    let config = BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build();
    let config = config.map_err(unbuildable("PutBucketLifecycleConfiguration"))?;
    let put =
        b.s3.put_bucket_lifecycle_configuration()
            .bucket(b.name)
            .set_transition_default_minimum_object_size(present.transition_default_minimum_object_size)
            .lifecycle_configuration(config);
    send!(put, "PutBucketLifecycleConfiguration")?;
    Ok(())
}

async fn read_cors(b: Bucket<'_>) -> Result<Option<Vec<CorsRule>>, AwsError> {
    let some = |v: &[String]| (!v.is_empty()).then(|| v.to_vec());
    let answer = send!(b.s3.get_bucket_cors().bucket(b.name), "GetBucketCors").map(|a| {
        let rules = a.cors_rules().iter().map(|r| CorsRule {
            id: r.id().map(str::to_owned),
            allowed_headers: some(r.allowed_headers()),
            allowed_methods: r.allowed_methods().to_vec(),
            allowed_origins: r.allowed_origins().to_vec(),
            expose_headers: some(r.expose_headers()),
            max_age_seconds: r.max_age_seconds().map(i64::from),
        });
        Some(rules.collect::<Vec<_>>()).filter(|rules| !rules.is_empty())
    });
    unless("NoSuchCORSConfiguration", None, answer)
}

async fn write_cors(b: Bucket<'_>, wanted: &BucketLayout) -> Result<(), AwsError> {
    let Some(rules) = &wanted.cors_rules else {
        send!(b.s3.delete_bucket_cors().bucket(b.name), "DeleteBucketCors")?;
        return Ok(());
    };
    let rules: Result<Vec<_>, _> = rules
        .iter()
        .map(|r| {
            S3CorsRule::builder()
                .set_id(r.id.clone())
                .set_allowed_headers(r.allowed_headers.clone())
                .set_allowed_methods(Some(r.allowed_methods.clone()))
                .set_allowed_origins(Some(r.allowed_origins.clone()))
                .set_expose_headers(r.expose_headers.clone())
                .set_max_age_seconds(r.max_age_seconds.and_then(|s| i32::try_from(s).ok()))
                .build()
        })
        .collect();
    let rules = rules.map_err(unbuildable("PutBucketCors"))?;
    let config = CorsConfiguration::builder().set_cors_rules(Some(rules)).build();
    let config = config.map_err(unbuildable("PutBucketCors"))?;
    send!(b.s3.put_bucket_cors().bucket(b.name).cors_configuration(config), "PutBucketCors")?;
    Ok(())
}

async fn read_logging(b: Bucket<'_>) -> Result<Option<Logging>, AwsError> {
    let answer = send!(b.s3.get_bucket_logging().bucket(b.name), "GetBucketLogging")?;
    Ok(answer
        .logging_enabled()
        .map(|l| Logging { target_bucket: l.target_bucket().to_owned(), target_prefix: l.target_prefix().to_owned() }))
}

async fn write_logging(b: Bucket<'_>, wanted: &BucketLayout) -> Result<(), AwsError> {
    let enabled = wanted
        .logging
        .as_ref()
        .map(|l| LoggingEnabled::builder().target_bucket(&l.target_bucket).target_prefix(&l.target_prefix).build());
    let enabled = enabled.transpose().map_err(unbuildable("PutBucketLogging"))?;
    let status = BucketLoggingStatus::builder().set_logging_enabled(enabled).build();
    send!(b.s3.put_bucket_logging().bucket(b.name).bucket_logging_status(status), "PutBucketLogging")?;
    Ok(())
}

async fn read_event_bridge(b: Bucket<'_>) -> Result<bool, AwsError> {
    let get = b.s3.get_bucket_notification_configuration().bucket(b.name);
    Ok(send!(get, "GetBucketNotificationConfiguration")?.event_bridge_configuration().is_some())
}

/// One call writes all notifications of a bucket: those of others are read and written back.
async fn write_event_bridge(b: Bucket<'_>, wanted: &BucketLayout) -> Result<(), AwsError> {
    let get = b.s3.get_bucket_notification_configuration().bucket(b.name);
    let present = send!(get, "GetBucketNotificationConfiguration")?;
    let config = NotificationConfiguration::builder()
        .set_topic_configurations(present.topic_configurations)
        .set_queue_configurations(present.queue_configurations)
        .set_lambda_function_configurations(present.lambda_function_configurations)
        .set_event_bridge_configuration(
            wanted.event_bridge_enabled.then(|| EventBridgeConfiguration::builder().build()),
        )
        .build();
    let put = b.s3.put_bucket_notification_configuration().bucket(b.name).notification_configuration(config);
    send!(put, "PutBucketNotificationConfiguration")?;
    Ok(())
}

async fn read_tags(b: Bucket<'_>) -> Result<BTreeMap<String, String>, AwsError> {
    let answer = send!(b.s3.get_bucket_tagging().bucket(b.name), "GetBucketTagging");
    let answer = answer.map(|a| a.tag_set().iter().map(|t| (t.key().to_owned(), t.value().to_owned())).collect());
    unless("NoSuchTagSet", BTreeMap::new(), answer)
}

/// One call writes all tags of a bucket: those to ignore are read and written back.
async fn write_tags(b: Bucket<'_>, wanted: &BucketLayout) -> Result<(), AwsError> {
    let mut tags = read_tags(b).await?;
    let present = tags.clone();
    tags.retain(|key, _| b.ignore_tags.ignores(key));
    tags.extend(wanted.tags_all.clone());
    if tags == present {
        return Ok(());
    }
    if tags.is_empty() {
        send!(b.s3.delete_bucket_tagging().bucket(b.name), "DeleteBucketTagging")?;
        return Ok(());
    }
    let tags: Result<Vec<_>, _> = tags.into_iter().map(|(k, v)| Tag::builder().key(k).value(v).build()).collect();
    let tagging = Tagging::builder().set_tag_set(Some(tags.map_err(unbuildable("PutBucketTagging"))?)).build();
    let tagging = tagging.map_err(unbuildable("PutBucketTagging"))?;
    send!(b.s3.put_bucket_tagging().bucket(b.name).tagging(tagging), "PutBucketTagging")?;
    Ok(())
}

/// The bucket of a resource.
pub fn bucket<'a>(aws: &'a Aws, s3: &'a Client, layout: &'a BucketLayout) -> Bucket<'a> {
    Bucket { s3, name: layout.bucket(), arn: layout.arn.as_deref().unwrap_or_default(), ignore_tags: aws.ignore_tags() }
}
