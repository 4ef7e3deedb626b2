//! Tags of the object, of the provider block, and of neither.

use serde_json::json;
use tfplug::diag::Severity;
use tfplug::testing::Change;
use tfplug::value::Value;

use super::{MODEL, OFFER, ROLE, Story};
use crate::aws::client::{IgnoreTags, Settings};
use crate::testing::{Offer, Terraform, process};

/// A process of the provider with another provider block.
async fn with(story: &Story, settings: fn(&mut Settings)) -> Terraform {
    let offer = Offer { settings: Some(settings), ..OFFER };
    process(&story.aws.stub.url, offer, Some(story.place("default"))).await.terraform
}

fn model(terraform: &Terraform, tags: serde_json::Value) -> Value {
    let container = json!({ "image": "i" });
    terraform.config(
        MODEL,
        &json!({ "name": "m", "execution_role_arn": ROLE, "primary_container": container, "tags": tags }),
    )
}

fn sent(story: &Story) -> Vec<serde_json::Value> {
    let all = story.aws.stub.take();
    all.iter()
        .filter_map(|a| serde_json::from_slice(&a.body).ok())
        .map(|body: serde_json::Value| body["Tags"].clone())
        .collect()
}

#[tokio::test]
async fn a_default_tag_that_changes_is_no_change_of_the_objects_own() {
    let story = Story::new().await;
    let mut terraform = with(&story, |s| s.default_tags = [("env".to_owned(), String::new())].into()).await;
    let (config, mut state) = (model(&terraform, json!(null)), None);
    terraform.run(MODEL, &mut state, Some(&config)).await.good();
    let mut terraform = with(&story, |s| s.default_tags = [("env".to_owned(), "prod".to_owned())].into()).await;
    let refreshed = terraform.refresh(MODEL, state.as_ref().unwrap()).await.good().unwrap();
    assert!(refreshed.value.attribute("tags").is_null(), "{:?}", refreshed.value.attribute("tags"));
    let plan = terraform.run(MODEL, &mut state, Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::Update);
    let tags = Value::Map([("env".to_owned(), Value::from("prod"))].into());
    assert_eq!((plan.value.attribute("tags"), plan.value.attribute("tags_all")), (&Value::Null, &tags));
}

#[tokio::test]
async fn a_tag_that_is_ignored_is_neither_sent_nor_shown_and_said_to_be() {
    let story = Story::new().await;
    let ignoring: fn(&mut Settings) =
        |s| s.ignore_tags = IgnoreTags { keys: vec![], key_prefixes: vec!["auto:".into()] };
    let mut terraform = with(&story, ignoring).await;
    let (config, mut state) = (model(&terraform, json!({ "auto:off": "7", "own": "o" })), None);
    let (_, warnings) = terraform.run(MODEL, &mut state, Some(&config)).await.warned();
    assert!(
        warnings.iter().all(|w| w.severity == Severity::Warning && w.detail.contains("\"auto:off\"")),
        "{warnings:?}"
    );
    assert!(!warnings.is_empty());
    let tags = json!([{ "Key": "own", "Value": "o" }]);
    assert!(sent(&story).iter().filter(|tags| tags.is_array()).all(|sent| *sent == tags));
    let (plan, _) = terraform.run(MODEL, &mut state, Some(&config)).await.warned();
    assert_eq!(plan.unwrap().change, Change::NoOp);
}

#[tokio::test]
async fn after_an_import_without_tags_there_are_none_as_after_a_creation() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let config = model(&terraform, json!(null));
    terraform.run(MODEL, &mut None, Some(&config)).await.good();
    let mut imported = terraform.import(MODEL, "m").await.good();
    assert_eq!(imported.as_ref().unwrap().value.attribute("tags_all"), &Value::Map([].into()));
    assert_eq!(terraform.run(MODEL, &mut imported, Some(&config)).await.good().unwrap().change, Change::NoOp);
}
