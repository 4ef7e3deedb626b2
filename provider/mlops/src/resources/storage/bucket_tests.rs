//! The life of a bucket against a fake S3, driven as Terraform drives it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value as Json, json};
use tfplug::testing::{Change, State};
use tfplug::value::{Path, Value};

use super::bucket_layout::{BucketLayoutResource, TYPE};
use super::fake_s3::{self, Bucket};
use crate::testing::{Offer, Stub, Terraform, terraform};

/// Everything that a layout cannot express, each a rule.
const OTHERS: &str = "\
    <Rule><ID>console rule/1</ID><Status>Enabled</Status><Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter>\
    <Expiration><Days>9</Days></Expiration></Rule>\
    <Rule><ID>off</ID><Status>Disabled</Status><Filter><Prefix></Prefix></Filter><Expiration><Days>1</Days></Expiration></Rule>\
    <Rule><ID>part-of-a-name</ID><Status>Enabled</Status><Filter><Prefix>log</Prefix></Filter><Expiration><Days>2</Days></Expiration></Rule>\
    <Rule><ID>own-abort</ID><Status>Enabled</Status><Filter><Prefix>in/</Prefix></Filter><Expiration><Days>2</Days></Expiration>\
    <AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>\
    <Rule><ID>slash</ID><Status>Enabled</Status><Filter><Prefix>/</Prefix></Filter><Expiration><Days>2</Days></Expiration></Rule>\
    <Rule><ID>newest</ID><Status>Enabled</Status><Filter><Prefix>new/</Prefix></Filter><NoncurrentVersionExpiration>\
    <NewerNoncurrentVersions>3</NewerNoncurrentVersions><NoncurrentDays>5</NoncurrentDays></NoncurrentVersionExpiration></Rule>";
const NAMES_OF_OTHERS: [&str; 6] = ["console rule/1", "off", "part-of-a-name", "own-abort", "slash", "newest"];
/// What a layout can express.
const WHOLE: &str = "\
    <Rule><ID>all objects/1</ID><Status>Enabled</Status><Filter/><Expiration><Days>365</Days></Expiration></Rule>";

struct Bench {
    _stub: Stub,
    bucket: Arc<Mutex<Bucket>>,
    terraform: Terraform,
    state: Option<State>,
    name: &'static str,
}

impl Bench {
    /// `name` must be the test's own: two resources of one process cannot have one name.
    async fn new(name: &'static str) -> Self {
        let (stub, bucket) = fake_s3::start().await;
        let offer = Offer {
            resources: Some(|| vec![Box::new(BucketLayoutResource)]),
            settings: Some(|s| s.propagation_timeout = Duration::from_millis(900)),
            ..Offer::default()
        };
        let terraform = terraform(&stub.url, offer).await;
        Self { _stub: stub, bucket, terraform, state: None, name }
    }

    fn config(&self, more: Json) -> Value {
        let mut all = json!({ "name": self.name });
        all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        self.terraform.config(TYPE, &all)
    }

    /// Applies without a warning; what was written.
    async fn apply(&mut self, more: Json) -> Vec<String> {
        let (written, warnings) = self.apply_warned(more).await;
        assert_eq!(warnings, [""; 0]);
        written
    }

    /// Applies; what was written, and what was warned of.
    async fn apply_warned(&mut self, more: Json) -> (Vec<String>, Vec<String>) {
        let config = self.config(more);
        self.bucket.lock().unwrap().written.clear();
        let (_, warnings) = self.terraform.run(TYPE, &mut self.state, Some(&config)).await.warned();
        let written = std::mem::take(&mut self.bucket.lock().unwrap().written);
        (written, warnings.into_iter().map(|w| w.summary).collect())
    }

    /// Reads, and says what was warned of.
    async fn refresh(&mut self) -> Vec<String> {
        let state = self.state.take().unwrap();
        let (state, warnings) = self.terraform.refresh(TYPE, &state).await.warned();
        self.state = state;
        warnings.into_iter().map(|w| format!("{} at {}: {}", w.summary, w.path, w.detail)).collect()
    }

    async fn plan(&mut self, more: Json) -> Change {
        let config = self.config(more);
        self.terraform.plan(TYPE, self.state.as_ref(), Some(&config)).await.good().unwrap().change
    }

    fn lifecycle(&self) -> String {
        self.bucket.lock().unwrap().setting("lifecycle").to_owned()
    }
}

fn policy(principal: Json) -> String {
    let statement = json!({
        "Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*",
    });
    json!({ "Statement": [statement] }).to_string()
}

#[tokio::test]
async fn a_rule_for_the_whole_bucket_can_be_written() {
    let mut bench = Bench::new("whole-bucket").await;
    let all = json!({ "layout": { "all": { "prefix": "/", "noncurrent_expiration_days": 90 }, "data": {} } });
    bench.apply(all.clone()).await;
    let lifecycle = bench.lifecycle();
    let rule = lifecycle.split("<Rule>").find(|rule| rule.contains("layout-all")).unwrap();
    assert!(rule.contains("<NoncurrentDays>90<") && rule.contains("<Prefix></Prefix>"), "{rule}");
    let uris = bench.state.as_ref().unwrap().value.attribute("uris").clone();
    assert_eq!(uris.attribute("all"), &Value::from("s3://whole-bucket/"));
    assert!(bench.refresh().await.is_empty());
    assert_eq!(bench.plan(all).await, Change::NoOp);
}

#[tokio::test]
async fn an_imported_rule_for_the_whole_bucket_stays_what_it_is() {
    let mut bench = Bench::new("imported-whole").await;
    bench.bucket.lock().unwrap().make();
    bench.bucket.lock().unwrap().lifecycle(WHOLE);
    bench.state = bench.terraform.import_every_way(TYPE, "imported-whole").await.good();
    let layout = bench.state.as_ref().unwrap().value.attribute("layout").clone();
    let Value::Map(layout) = layout else { panic!("{layout:?}") };
    let (name, rule) = layout.iter().next().unwrap();
    assert_eq!((layout.len(), name.as_str()), (1, "all-objects-1"), "a name that a configuration may have");
    assert_eq!(rule.attribute("prefix"), &Value::from("/"));
    let more = json!({
        "layout": { "all-objects-1": { "prefix": "/", "expiration_days": 365 }, "data": { "expiration_days": 3 } },
        "abort_incomplete_multipart_upload_days": 0, "versioning": "Disabled", "require_tls": false,
    });
    bench.apply(more).await;
    let lifecycle = bench.lifecycle();
    let rules: Vec<&str> = lifecycle.split("<Rule>").skip(1).collect();
    assert_eq!(rules.len(), 2, "{rules:?}");
    assert!(rules[0].contains("<Days>365<") && rules[0].contains("<Prefix></Prefix>"), "{rules:?}");
}

#[tokio::test]
async fn rules_that_a_layout_cannot_express_are_left_alone_and_named() {
    let mut bench = Bench::new("others").await;
    let layout = |days: i64| json!({ "layout": { "data": { "expiration_days": days } } });
    bench.apply(layout(30)).await;
    {
        let mut bucket = bench.bucket.lock().unwrap();
        let ours = bucket.setting("lifecycle").to_owned();
        let ours = ours.split_once('>').unwrap().1.strip_suffix("</LifecycleConfiguration>").unwrap().to_owned();
        bucket.lifecycle(&format!("{OTHERS}{ours}"));
        bucket.minimum_size = Some("varies_by_storage_class".to_owned());
    }
    let warnings = bench.refresh().await;
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("at layout"), "{warnings:?}");
    for name in NAMES_OF_OTHERS {
        assert!(warnings[0].contains(&format!("{name:?}")), "{name} is not in {warnings:?}");
    }
    assert_eq!(bench.plan(layout(30)).await, Change::NoOp, "they are no drift");
    assert_eq!(bench.apply_warned(layout(60)).await.0, ["PUT lifecycle"]);
    let lifecycle = bench.lifecycle();
    for name in NAMES_OF_OTHERS {
        assert!(lifecycle.contains(&format!("<ID>{name}</ID>")), "{name} is gone: {lifecycle}");
    }
    for detail in ["<Key>k</Key>", "Disabled", "<Prefix>log</Prefix>", "<NewerNoncurrentVersions>3<", "<Days>60<"] {
        assert!(lifecycle.contains(detail), "{detail}: {lifecycle}");
    }
    let kept = bench.bucket.lock().unwrap().minimum_size.clone();
    assert_eq!(kept.as_deref(), Some("varies_by_storage_class"), "what is no attribute is sent back as it was read");
    let none = json!({ "abort_incomplete_multipart_upload_days": 0 });
    assert_eq!(bench.apply_warned(none).await.0, ["PUT lifecycle"]);
    assert_eq!(bench.lifecycle().matches("<Rule>").count(), NAMES_OF_OTHERS.len(), "without ours they are left");
}

#[tokio::test]
async fn rules_of_the_same_prefix_and_the_same_name_are_not_mixed_up() {
    let mut bench = Bench::new("twins").await;
    bench.apply(json!({ "layout": { "data": { "expiration_days": 30 } } })).await;
    {
        let mut bucket = bench.bucket.lock().unwrap();
        let ours = bucket.setting("lifecycle").to_owned();
        let more = "\
            <Rule><ID>data</ID><Status>Enabled</Status><Filter><Prefix>raw/</Prefix></Filter><Expiration><Days>1</Days></Expiration></Rule>\
            <Rule><ID>again</ID><Status>Enabled</Status><Filter><Prefix>data/</Prefix></Filter><Expiration><Days>2</Days></Expiration></Rule>";
        bucket.lifecycle(&format!(
            "{}{more}",
            ours.split_once('>').unwrap().1.strip_suffix("</LifecycleConfiguration>").unwrap()
        ));
    }
    let warnings = bench.refresh().await;
    assert!(
        warnings.len() == 1 && warnings[0].contains("\"again\"") && !warnings[0].contains("\"data\""),
        "{warnings:?}"
    );
    let value = bench.state.as_ref().unwrap().value.clone();
    let days = |name: &str| value.at(&Path::of("layout").key(name).attribute("expiration_days")).cloned();
    assert_eq!((days("data"), days("data-2")), (Some(30.into()), Some(1.into())));
}

#[tokio::test]
async fn a_public_bucket_is_opened_before_its_policy_is_put() {
    let mut bench = Bench::new("public").await;
    let off = json!({
        "block_public_acls": false, "ignore_public_acls": false, "block_public_policy": false, "restrict_public_buckets": false,
    });
    let public = json!({ "public_access_block": off, "policy": policy(json!("*")), "require_tls": false });
    let written = bench.apply(public.clone()).await;
    assert_eq!(written[..2], ["PUT publicAccessBlock", "PUT policy"], "{written:?}");
    assert!(bench.refresh().await.is_empty());
    assert_eq!(bench.plan(public).await, Change::NoOp);
}

#[tokio::test]
async fn a_principal_that_was_made_a_moment_ago_is_waited_for() {
    let mut bench = Bench::new("fresh-principal").await;
    let fresh = json!({ "policy": policy(json!({ "AWS": "arn:aws:iam::123456789012:role/fresh" })) });
    bench.bucket.lock().unwrap().unknown_principal = 2;
    let written = bench.apply(fresh.clone()).await;
    assert_eq!(written.iter().filter(|w| *w == "PUT policy").count(), 3, "{written:?}");

    let mut bench = Bench::new("no-principal").await;
    bench.bucket.lock().unwrap().unknown_principal = usize::MAX;
    let config = bench.config(fresh);
    let errors = bench.terraform.run(TYPE, &mut bench.state, Some(&config)).await.errors();
    assert_eq!(errors[0].path, Path::of("policy"));
    for part in ["MalformedPolicy", "Invalid principal in policy", "propagation_timeout"] {
        assert!(errors[0].detail.contains(part), "{}", errors[0].detail);
    }
}

#[tokio::test]
async fn a_bucket_with_nothing_is_imported_as_it_is() {
    let mut bench = Bench::new("nothing").await;
    bench.bucket.lock().unwrap().make();
    bench.state = bench.terraform.import_every_way(TYPE, "nothing").await.good();
    let value = &bench.state.as_ref().unwrap().value;
    assert_eq!(value.attribute("uris"), &Value::Map([].into()));
    let same = json!({
        "versioning": "Disabled", "require_tls": false, "abort_incomplete_multipart_upload_days": 0,
    });
    assert_eq!(bench.plan(same).await, Change::NoOp);
}

#[tokio::test]
async fn a_key_without_a_name_is_refused_in_the_plan() {
    let mut bench = Bench::new("no-key").await;
    let config = bench.config(json!({ "encryption": { "sse_algorithm": "aws:kms", "kms_master_key_id": "" } }));
    let errors = bench.terraform.run(TYPE, &mut bench.state, Some(&config)).await.errors();
    assert_eq!((errors.len(), errors[0].path.to_string().as_str()), (1, "encryption.kms_master_key_id"), "{errors:?}");
    assert!(bench.bucket.lock().unwrap().settings.is_none(), "nothing was made");
}
