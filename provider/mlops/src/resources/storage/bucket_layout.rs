//! `mlops_bucket_layout`: one bucket with its settings, folders and retention.
//!
//! AWS quirks handled here: creating a bucket that one owns already succeeds in `us-east-1`, so existence is looked up
//! first; a name that was just given up answers `OperationAborted` for up to an hour; settings are kept apart from the
//! bucket and take a moment to be seen; versioning can be suspended but never be undone.

use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::types::LifecycleRule;
use tfplug::context::{Context, Stop};
use tfplug::diag::{Diag, Diags, Result};
use tfplug::model::{Model, Root};
use tfplug::plan::Plan;
use tfplug::resource::{MoveSource, Moved, Resource, Update};
use tfplug::schema::Schema;
use tfplug::value::{Path, Value};

use crate::aws::client::{Aws, Regional};
use crate::aws::creations::record::Identity;
use crate::aws::empty_bucket;
use crate::aws::error::{AwsError, aws_error};
use crate::aws::identity;
use crate::aws::operation::{ErrorMatch, GRACE, error, half_made, is_one_of, stopped};
use crate::aws::{names, tags};
use crate::engine::moves;
use crate::resources::storage::bucket_creation::{begin, make};
use crate::resources::storage::bucket_model::{
    BucketLayout, CorsRule, Encryption, LayoutPrefix, addresses, key_prefix,
};
use crate::resources::storage::bucket_settings::{self, Remote, SETTINGS, Setting};
use crate::resources::storage::{bucket_import, bucket_lifecycle, bucket_policy};

/// The resource's type.
pub(crate) const TYPE: &str = "mlops_bucket_layout";

/// First pause before something is tried again.
const SHORTEST: Duration = Duration::from_millis(250);
/// Longest pause.
const LONGEST: Duration = Duration::from_secs(15);
/// How long a setting that was written may take to be seen.
const SEEN_WITHIN: Duration = Duration::from_secs(60);

/// Answers that pass by themselves: the name is still taken by its former bucket, or the new bucket is not yet known
/// everywhere.
const PASSING: &[ErrorMatch] = &[error("OperationAborted", ""), error("NoSuchBucket", "")];

/// A principal that was made a moment ago is not known everywhere yet; one that does not exist, never. Source:
/// hashicorp/terraform pull 4315.
const NEW_PRINCIPAL: &[ErrorMatch] = &[error("MalformedPolicy", "Invalid principal in policy")];

/// The resource.
#[derive(Debug)]
pub struct BucketLayoutResource;

#[async_trait]
impl Resource<Aws> for BucketLayoutResource {
    fn schema(&self) -> Schema {
        BucketLayout::schema()
    }

    fn check_config(&self, config: &Value) -> Diags {
        let mut diags = Diags::new();
        bucket_lifecycle::check_layout(config.attribute(BucketLayout::LAYOUT), &mut diags);
        if let Some(defect) = config.attribute(BucketLayout::POLICY).as_str().and_then(bucket_policy::defect) {
            diags.push(
                Diag::error("Invalid bucket policy", format!("This is not a bucket policy: {defect}."))
                    .at(Path::of(BucketLayout::POLICY)),
            );
        }
        let encryption = config.attribute(BucketLayout::ENCRYPTION);
        let algorithm = encryption.attribute(Encryption::SSE_ALGORITHM);
        let is_kms = algorithm.is_unknown() || algorithm.as_str().is_some_and(|a| a != "AES256");
        if !is_kms && encryption.attribute(Encryption::KMS_MASTER_KEY_ID).as_str().is_some() {
            let detail = "`kms_master_key_id` requires `sse_algorithm = \"aws:kms\"` or `\"aws:kms:dsse\"`.";
            diags.push(
                Diag::error("KMS key requires aws:kms", detail)
                    .at(Path::of(BucketLayout::ENCRYPTION).attribute(Encryption::KMS_MASTER_KEY_ID)),
            );
        }
        if algorithm.as_str() == Some("aws:kms:dsse")
            && encryption.attribute(Encryption::BUCKET_KEY_ENABLED).as_bool() == Some(true)
        {
            let detail = "S3 Bucket Keys do not support `aws:kms:dsse`.";
            diags.push(
                Diag::error("S3 Bucket Key not supported", detail)
                    .at(Path::of(BucketLayout::ENCRYPTION).attribute(Encryption::BUCKET_KEY_ENABLED)),
            );
        }
        diags
    }

    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        moves::must_be_read(cx, plan, "bucket")?;
        names::plan_region(cx, plan);
        names::plan(plan);
        tags::plan(cx, plan);
        plan_encryption(plan);
        let versioned =
            matches!(plan.prior.attribute(BucketLayout::VERSIONING).as_str(), Some("Enabled" | "Suspended"));
        if versioned && plan.get(BucketLayout::VERSIONING).as_str() == Some("Disabled") {
            let detail = "Versioning was enabled for the bucket, and S3 cannot disable it again. \"Suspended\" stops \
                          creating versions.";
            return Err(Diag::error("Versioning cannot be disabled", detail)
                .at(Path::of(BucketLayout::VERSIONING))
                .into());
        }
        let known = |v: &Value| v.as_str().map(str::to_owned);
        let name = known(plan.get(BucketLayout::NAME));
        if let (true, Some(name), Some(region)) = (plan.is_create(), &name, known(plan.get(BucketLayout::REGION))) {
            for (attribute, value) in addresses(name, &region) {
                plan.set(attribute, value);
            }
        }
        let uris = planned_uris(name.as_deref(), plan.get(BucketLayout::LAYOUT));
        plan.set(BucketLayout::URIS, uris);
        Ok(())
    }

    async fn create(&self, cx: &Context<Aws>, planned: Value) -> Result<Value> {
        let aws = cx.client()?;
        let regional = aws.region(planned.attribute(BucketLayout::REGION).as_str());
        let (mut creation, there) = begin(cx, &regional, &planned).await?;
        let layout = complete(aws, &regional, &planned, creation.name())?;
        if !there {
            creation = make(cx, &regional, &layout, creation).await?;
        }
        let value = layout.clone().into_value();
        cx.save(value.clone());
        let fresh = BucketLayout::fresh(&layout).into_value();
        let is_open = |s: &&Setting| s.attributes.contains(&BucketLayout::PUBLIC_ACCESS_BLOCK);
        let differs = |s: &&Setting| s.attributes.iter().any(|a| fresh.attribute(a) != value.attribute(a));
        let wanted = |s: &&Setting| there || is_open(s) || differs(s);
        // On the heap: it holds the requests of all settings.
        let settings = Box::pin(async {
            for setting in SETTINGS.iter().filter(wanted) {
                write(cx, &regional, setting, &layout).await?;
            }
            self.see(cx, &regional, &layout, &SETTINGS.iter().collect::<Vec<_>>()).await
        });
        let outcome = creation.watched(cx.unless_cancelled(GRACE, settings)).await;
        creation.answered(Identity::new(), false);
        match outcome {
            Some(Ok(())) => Ok(value),
            Some(Err(diags)) if cx.check() != Err(Stop::Cancelled) => Err(diags),
            _ => {
                cx.warn(half_made(&format!("bucket {:?}", layout.bucket())));
                Ok(value)
            }
        }
    }

    async fn read(&self, cx: &Context<Aws>, state: Value) -> Result<Option<Value>> {
        let aws = cx.client()?;
        let region = aws.region(state.attribute(BucketLayout::REGION).as_str()).region().to_owned();
        moves::read(cx);
        // What is read is in the state.
        aws.creations().seen(TYPE, &region, state.attribute(BucketLayout::NAME).as_str().unwrap_or_default(), false);
        let seen = look(cx, state, &SETTINGS.iter().collect::<Vec<_>>()).await?;
        Ok(seen.map(|seen| {
            if !seen.others.is_empty() {
                cx.warn(left_alone(&seen.others));
            }
            seen.value
        }))
    }

    async fn update(&self, cx: &Context<Aws>, update: Update) -> Result<Value> {
        let aws = cx.client()?;
        let regional = aws.region(update.prior.attribute(BucketLayout::REGION).as_str());
        let name = update.prior.attribute(BucketLayout::NAME).as_str().unwrap_or_default();
        let layout = complete(aws, &regional, &update.planned, name)?;
        let wanted = layout.clone().into_value();
        let mut current = update.prior.clone();
        let changed: Vec<&Setting> = SETTINGS
            .iter()
            .filter(|s| s.attributes.iter().any(|a| update.prior.attribute(a) != wanted.attribute(a)))
            .collect();
        for setting in &changed {
            write(cx, &regional, setting, &layout).await?;
            for attribute in setting.attributes {
                current.set_attribute(attribute, wanted.attribute(attribute).clone());
            }
            current.set_attribute(BucketLayout::URIS, wanted.attribute(BucketLayout::URIS).clone());
            cx.save(current.clone());
        }
        self.see(cx, &regional, &layout, &changed).await?;
        Ok(wanted)
    }

    async fn delete(&self, cx: &Context<Aws>, state: Value) -> Result<()> {
        let layout = BucketLayout::from_value(&state, &Path::root())?;
        let regional = cx.client()?.region(layout.region.as_deref());
        let (s3, name) = (regional.s3(), layout.bucket());
        let attempted = format!("delete the bucket {name:?}");
        let stop = |stop| stopped(stop, &attempted, " The bucket still exists.");
        let mut pause = SHORTEST;
        let mut emptied = false;
        loop {
            cx.check().map_err(stop)?;
            if layout.force_destroy && !emptied {
                match empty_bucket::empty(cx, s3, name).await {
                    Ok(_) => emptied = true,
                    // Only a look tells a bucket that is gone from one that cannot be emptied.
                    Err(_) if matches!(exists(s3, name).await, Ok(false)) => break,
                    Err(diags) => return Err(diags),
                }
            }
            match s3.delete_bucket().bucket(name).send().await.map_err(|e| aws_error("S3", "DeleteBucket", e)) {
                Ok(_) => break,
                Err(e) if e.is("NoSuchBucket") => break,
                Err(e) if e.is("BucketNotEmpty") && layout.force_destroy => emptied = false,
                Err(e) if e.is("BucketNotEmpty") => return Err(not_empty(s3, name).await),
                Err(e) if e.is("OperationAborted") => {}
                Err(e) => return Err(e.diag(&attempted).into()),
            }
            cx.pause(pause).await.map_err(stop)?;
            pause = (pause * 2).min(LONGEST);
        }
        while exists(s3, name).await.map_err(|e| e.diag(&attempted))? {
            cx.pause(pause).await.map_err(stop)?;
            pause = (pause * 2).min(LONGEST);
        }
        cx.client()?.creations().gone(TYPE, regional.region(), name);
        Ok(())
    }

    fn identity_part(&self, aws: Option<&Aws>, _part: &str, state: &Value) -> Value {
        identity::account_of(aws, state)
    }

    fn check_identity(&self, cx: &Context<Aws>, given: &Value) -> Result<()> {
        identity::check_account(cx, given)
    }

    async fn import(&self, _cx: &Context<Aws>, id: &str) -> Result<Value> {
        bucket_import::imported(id)
    }

    fn move_sources(&self) -> Vec<&'static str> {
        vec![bucket_import::MOVED_FROM.source]
    }

    fn move_from(&self, source: &MoveSource) -> Result<Option<Moved>> {
        bucket_import::taken_over(source)
    }
}

impl BucketLayoutResource {
    /// Waits until S3 reports what was written, so that the next plan sees no changes. A difference that stays is reported.
    async fn see(
        &self,
        cx: &Context<Aws>,
        regional: &Regional,
        layout: &BucketLayout,
        written: &[&Setting],
    ) -> Result<()> {
        let wanted = layout.clone().into_value();
        let mut pause = SHORTEST;
        let mut waited = Duration::ZERO;
        loop {
            let seen = look(cx, wanted.clone(), written).await?;
            let differs = |s: &&&Setting| {
                let is = |a: &&str| seen.as_ref().is_some_and(|s| s.value.attribute(a) == wanted.attribute(a));
                !s.attributes.iter().all(is)
            };
            let Some(setting) = written.iter().find(differs) else { return Ok(()) };
            if waited >= SEEN_WITHIN || cx.pause(pause).await.is_err() {
                let detail = format!(
                    "S3 accepted the setting for the bucket {:?} in {} but returns another one. The next plan will \
                     show the difference if it persists.",
                    layout.bucket(),
                    regional.region()
                );
                cx.warn(
                    Diag::warning(format!("The {} is not visible yet", setting.called), detail)
                        .at(Path::of(setting.attributes[0])),
                );
                return Ok(());
            }
            waited += pause;
            pause = (pause * 2).min(LONGEST);
        }
    }
}

/// A bucket as it is.
struct Seen {
    /// The attributes.
    value: Value,
    /// Lifecycle rules that no attribute expresses.
    others: Vec<LifecycleRule>,
}

/// The attributes with these settings as the bucket has them; None if there is no such bucket.
async fn look(cx: &Context<Aws>, state: Value, settings: &[&Setting]) -> Result<Option<Seen>> {
    let aws = cx.client()?;
    let regional = aws.region(state.attribute(BucketLayout::REGION).as_str());
    let name = state.attribute(BucketLayout::NAME).as_str().unwrap_or_default().to_owned();
    let attempted = || format!("read the bucket {name:?}");
    // Who has just written some of the settings knows that it is there.
    let all = settings.len() == SETTINGS.len();
    if settings.is_empty() || (all && !exists(regional.s3(), &name).await.map_err(|e| e.diag(&attempted()))?) {
        return Ok(settings.is_empty().then_some(Seen { value: state, others: Vec::new() }));
    }
    let known = complete(aws, &regional, &state, &name)?;
    let mut remote = bucket_settings::read(bucket_settings::bucket(aws, regional.s3(), &known), settings).await?;
    let remote_tags = remote.tags.take();
    let (found, others) = as_is(remote, known);
    let mut value = found.into_value();
    if let Some(remote_tags) = remote_tags {
        let (own_tags, all_tags) = tags::read(aws, &remote_tags, &state);
        value.set_attribute(BucketLayout::TAGS, own_tags);
        value.set_attribute(BucketLayout::TAGS_ALL, all_tags);
    }
    Ok(Some(Seen { value, others }))
}

fn left_alone(others: &[LifecycleRule]) -> Diag {
    let ids: Vec<String> = others.iter().map(|rule| format!("{:?}", rule.id().unwrap_or_default())).collect();
    let detail = format!(
        "The bucket has lifecycle rules that `layout` cannot express: {}. They stay as they are; change or delete them \
         outside of Terraform.",
        ids.join(", ")
    );
    Diag::warning("Lifecycle rules are not managed", detail).at(Path::of(BucketLayout::LAYOUT))
}

/// The typed attributes with whatever follows from name and region.
fn complete(aws: &Aws, regional: &Regional, value: &Value, name: &str) -> Result<BucketLayout> {
    let mut value = value.clone();
    value.set_attribute(BucketLayout::NAME, Value::from(name));
    value.set_attribute(BucketLayout::REGION, Value::from(regional.region()));
    for (attribute, address) in addresses(name, regional.region()) {
        value.set_attribute(attribute, address);
    }
    value.set_attribute(BucketLayout::TAGS_ALL, tags::to_value(&tags::wanted(aws, &value)));
    // URIs of a generated name are not known in the plan: they have nulls in them here.
    value.set_attribute(BucketLayout::URIS, Value::Null);
    let mut layout = BucketLayout::from_value(&value, &Path::root())?;
    if layout.encryption.bucket_key_enabled.is_none() {
        layout.encryption.bucket_key_enabled = Some(layout.encryption.sse_algorithm == "aws:kms");
    }
    layout.uris = layout.prefix_uris();
    Ok(layout)
}

/// Whether the bucket is there, and of this region.
///
/// # Errors
/// What S3 answered: 403 for somebody else's bucket, 301 for one of another region.
pub(crate) async fn exists(s3: &Client, name: &str) -> Result<bool, AwsError> {
    match s3.head_bucket().bucket(name).send().await.map_err(|e| aws_error("S3", "HeadBucket", e)) {
        Ok(_) => Ok(true),
        Err(e) if e.status == Some(404) => Ok(false),
        Err(e) => Err(e),
    }
}

/// Why a call that was repeated did not succeed.
pub(super) enum CallError {
    Call(AwsError),
    Stopped(Diag),
}

impl CallError {
    pub(super) fn diags(self, attempted: &str, attribute: Option<&str>) -> Diags {
        let diag = match self {
            Self::Call(e) => e.diag(attempted),
            Self::Stopped(diag) => return diag.into(),
        };
        attribute.map_or(diag.clone(), |a| diag.at(Path::of(a))).into()
    }
}

/// Calls again as long as the answer is one that passes by itself and there is time.
pub(super) async fn patiently<F>(
    cx: &Context<Aws>,
    attempted: &str,
    passes: impl Fn(&AwsError) -> bool,
    call: impl Fn() -> F,
) -> Result<(), CallError>
where
    F: Future<Output = Result<(), AwsError>>,
{
    let mut pause = SHORTEST;
    loop {
        cx.check().map_err(|stop| CallError::Stopped(stopped(stop, attempted, "")))?;
        match call().await {
            Err(e) if passes(&e) => {
                tracing::info!(code = %e.code, "waiting to {attempted}");
                let reported = format!(" S3's last response was {}: {}", e.code, e.message);
                cx.pause(pause).await.map_err(|stop| CallError::Stopped(stopped(stop, attempted, &reported)))?;
                pause = (pause * 3 / 2).min(LONGEST);
            }
            other => return other.map_err(CallError::Call),
        }
    }
}

async fn write(cx: &Context<Aws>, regional: &Regional, setting: &Setting, layout: &BucketLayout) -> Result<()> {
    let bucket = bucket_settings::bucket(cx.client()?, regional.s3(), layout);
    let attempted = format!("write the {} of the bucket {:?}", setting.called, layout.bucket());
    let until = cx.elapsed() + cx.client()?.propagation_timeout();
    let passes = |e: &AwsError| is_one_of(e, PASSING) || (is_one_of(e, NEW_PRINCIPAL) && cx.elapsed() < until);
    patiently(cx, &attempted, passes, || (setting.write)(bucket, layout))
        .await
        .map_err(|failed| failed.diags(&attempted, Some(setting.attributes[0])))
}

async fn not_empty(s3: &Client, name: &str) -> Diags {
    let contents = empty_bucket::count(s3, name).await.unwrap_or_default();
    let more = if contents.more { "more than " } else { "" };
    Diag::error(
        format!("The bucket {name:?} is not empty"),
        format!(
            "It has {more}{} object versions and {} delete markers. Set `force_destroy = true`, apply, and destroy \
             again to delete them with the bucket; or empty it yourself.",
            contents.versions, contents.markers
        ),
    )
    .at(Path::of(BucketLayout::FORCE_DESTROY))
    .into()
}

/// The bucket as S3 reports it, in the spelling of the state where that means the same, and the lifecycle rules that no
/// attribute expresses.
fn as_is(remote: Remote, state: BucketLayout) -> (BucketLayout, Vec<LifecycleRule>) {
    let (mut found, mut others) = (state, Vec::new());
    if let Some(policy) = remote.policy {
        let arn = found.arn.as_deref().unwrap_or_default();
        let split = bucket_policy::split(policy.as_deref(), arn, found.policy.as_deref(), found.require_tls);
        (found.policy, found.require_tls) = split;
    }
    if let Some(rules) = remote.lifecycle {
        let days = found.abort_incomplete_multipart_upload_days;
        let rules = bucket_lifecycle::layout(&rules, found.layout.as_ref(), days);
        (found.layout, found.abort_incomplete_multipart_upload_days) = (rules.layout, rules.abort_days);
        others = rules.others;
    }
    if let Some(rules) = remote.cors_rules
        && without_empty(found.cors_rules.clone()) != rules
    {
        found.cors_rules = rules;
    }
    found.versioning = remote.versioning.unwrap_or(found.versioning);
    found.encryption = remote.encryption.unwrap_or(found.encryption);
    found.object_ownership = remote.object_ownership.unwrap_or(found.object_ownership);
    found.public_access_block = remote.public_access_block.unwrap_or(found.public_access_block);
    found.event_bridge_enabled = remote.event_bridge_enabled.unwrap_or(found.event_bridge_enabled);
    found.logging = remote.logging.unwrap_or(found.logging);
    found.uris = found.prefix_uris();
    (found, others)
}

/// S3 knows no empty lists: to it they are not set.
fn without_empty(rules: Option<Vec<CorsRule>>) -> Option<Vec<CorsRule>> {
    let some = |list: Option<Vec<String>>| list.filter(|l| !l.is_empty());
    rules.map(|rules| {
        rules
            .into_iter()
            .map(|r| CorsRule { allowed_headers: some(r.allowed_headers), expose_headers: some(r.expose_headers), ..r })
            .collect()
    })
}

fn plan_encryption(plan: &mut Plan<'_>) {
    let configured = plan.config.attribute(BucketLayout::ENCRYPTION);
    if configured.as_entries().is_none() || !configured.attribute(Encryption::BUCKET_KEY_ENABLED).is_null() {
        return;
    }
    let key = match plan.get(BucketLayout::ENCRYPTION).attribute(Encryption::SSE_ALGORITHM) {
        Value::String(algorithm) => Value::from(algorithm == "aws:kms"),
        _ => Value::unknown_not_null(),
    };
    plan.set_at(&Path::of(BucketLayout::ENCRYPTION).attribute(Encryption::BUCKET_KEY_ENABLED), key);
}

fn planned_uris(name: Option<&str>, layout: &Value) -> Value {
    if layout.is_unknown() {
        return Value::unknown_not_null();
    }
    let uri = |folder: &str, attributes: &Value| {
        let prefix = attributes.attribute(LayoutPrefix::PREFIX);
        match name {
            Some(name) if !attributes.is_unknown() && !prefix.is_unknown() => {
                Value::from(format!("s3://{name}/{}", key_prefix(folder, prefix.as_str())))
            }
            _ => Value::unknown_not_null(),
        }
    };
    let folders = layout.as_entries().into_iter().flatten();
    Value::Map(folders.map(|(folder, attributes)| (folder.clone(), uri(folder, attributes))).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn problems(layout: Value) -> Vec<String> {
        let config = Value::object([("layout", layout)]);
        BucketLayoutResource.check_config(&config).0.into_iter().map(|d| format!("{}: {}", d.path, d.summary)).collect()
    }

    fn folder(attributes: &[(&str, Value)]) -> Value {
        Value::object(attributes.iter().map(|(k, v)| (*k, v.clone())))
    }

    fn map(entries: &[(&str, Value)]) -> Value {
        Value::Map(entries.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect())
    }

    #[test]
    fn the_schema_is_sound() {
        assert_eq!(BucketLayout::schema().defects(), Vec::<String>::new());
    }

    #[test]
    fn layouts_that_s3_refuses_are_told_at_the_place() {
        assert_eq!(
            problems(map(&[("data", folder(&[])), ("x/y", folder(&[]))])),
            ["layout[\"x/y\"]: Invalid name in layout"]
        );
        assert_eq!(
            problems(map(&[("a", folder(&[("prefix", "b/".into())])), ("b", folder(&[]))])),
            ["layout[\"b\"]: Duplicate prefix in layout"]
        );
        let transition = |days: i64, class: &str| {
            Value::List(vec![folder(&[("days", days.into()), ("storage_class", class.into())])])
        };
        assert_eq!(
            problems(map(&[("a", folder(&[("transitions", transition(7, "STANDARD_IA"))]))])),
            ["layout[\"a\"].transitions[0].days: Transition before the minimum age"]
        );
        assert_eq!(
            problems(map(&[(
                "a",
                folder(&[("expiration_days", 30.into()), ("transitions", transition(30, "GLACIER"))])
            )])),
            ["layout[\"a\"].transitions[0].days: Transition after the expiration"]
        );
        assert!(problems(Value::unknown()).is_empty());
    }

    #[test]
    fn uris_are_known_as_far_as_their_parts() {
        let layout = map(&[("data", folder(&[])), ("m", folder(&[("prefix", Value::unknown())]))]);
        let uris = planned_uris(Some("bkt"), &layout);
        assert_eq!(uris.attribute("data"), &Value::from("s3://bkt/data/"));
        assert!(uris.attribute("m").is_unknown());
        assert!(planned_uris(None, &layout).attribute("data").is_unknown());
        assert_eq!(planned_uris(Some("bkt"), &Value::Null), Value::Map(BTreeMap::new()));
    }

    #[test]
    fn a_generated_name_completes_what_the_plan_left_open() {
        let aws = Aws::new(crate::aws::client::Settings::local("http://127.0.0.1:9").unwrap());
        let mut planned = BucketLayout::schema().object.null_value();
        planned.set_attribute("layout", map(&[("data", folder(&[]))]));
        planned.set_attribute("uris", map(&[("data", Value::Null)]));
        let layout = complete(&aws, &aws.region(Some("eu-west-1")), &planned, "bkt-1").unwrap();
        assert_eq!(layout.uris["data"], "s3://bkt-1/data/");
        assert_eq!(layout.arn.as_deref(), Some("arn:aws:s3:::bkt-1"));
        assert_eq!(layout.bucket_regional_domain_name.as_deref(), Some("bkt-1.s3.eu-west-1.amazonaws.com"));
    }

    #[test]
    fn empty_lists_of_cors_rules_are_no_drift() {
        let rule = |headers: Option<Vec<String>>| CorsRule {
            id: None,
            allowed_headers: headers,
            allowed_methods: vec!["GET".into()],
            allowed_origins: vec!["*".into()],
            expose_headers: None,
            max_age_seconds: None,
        };
        assert_eq!(without_empty(Some(vec![rule(Some(vec![]))])), Some(vec![rule(None)]));
    }
}
