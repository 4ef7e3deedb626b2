//! Tags of the object, of the provider block, and of neither.

use serde_json::json;
use tfplug::diag::Severity;
use tfplug::testing::Change;
use tfplug::value::Value;

use super::{MODEL, OFFER, ROLE, Story};
use crate::aws::batch::Batch;
use crate::aws::client::{IgnoreTags, Regional, Settings};
use crate::aws::operation::{Calling, Operation};
use crate::engine::Declared;
use crate::engine::tagging::Tagging;
use crate::resources::models::model;
use crate::testing::{Offer, Terraform, process};

/// A process of the provider with another provider block.
async fn with(story: &Story, settings: fn(&mut Settings)) -> Terraform {
    let offer = Offer { settings: Some(settings), ..OFFER };
    process(&story.aws.stub.url, offer, Some(story.place("default"))).await.terraform
}

fn tagged(terraform: &Terraform, tags: serde_json::Value) -> Value {
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
    let (config, mut state) = (tagged(&terraform, json!(null)), None);
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
    let (config, mut state) = (tagged(&terraform, json!({ "auto:off": "7", "own": "o" })), None);
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
    let config = tagged(&terraform, json!(null));
    terraform.run(MODEL, &mut None, Some(&config)).await.good();
    let mut imported = terraform.import(MODEL, "m").await.good();
    assert_eq!(imported.as_ref().unwrap().value.attribute("tags_all"), &Value::Map([].into()));
    assert_eq!(terraform.run(MODEL, &mut imported, Some(&config)).await.good().unwrap().change, Change::NoOp);
}

/// An index that has the same tags for ever, whatever is changed.
fn behind<'a>(_: &'a Regional, input: &'a Value) -> Calling<'a> {
    Box::pin(async move {
        let tag = Value::object([("key", Value::from("owner")), ("value", Value::from("us"))]);
        let object =
            |arn: &Value| Value::object([("resource_arn", arn.clone()), ("tags", Value::List(vec![tag.clone()]))]);
        let found = input.attribute("resource_arn_list").as_elements().unwrap_or_default().iter().map(object);
        Ok(Value::object([("resource_tag_mapping_list", Value::List(found.collect()))]))
    })
}

static BEHIND: Batch = Batch {
    operation: Operation {
        service: "Test",
        name: "GetResources",
        token: None,
        call: behind,
        input: Default::default,
        output: Default::default,
    },
    names: "resource_arn_list",
    page: ("resources_per_page", 100),
    within: "resource_tag_mapping_list",
    name: "resource_arn",
    index: true,
    alone: true,
};
static INDEXED_TAGS: Tagging = Tagging { index: Some(&BEHIND), ..crate::sagemaker::TAGS };
static INDEXED: Declared = Declared { tags: Some(&INDEXED_TAGS), proof: None, versions: None, ..model::MODEL };

#[tokio::test]
async fn an_index_is_believed_where_it_has_what_the_state_has() {
    for (owner, asked) in [("us", 0), ("them", 1)] {
        let story = Story::new().await;
        let offer = Offer { resources: Some(|| vec![Box::new(&INDEXED)]), ..OFFER };
        let mut terraform = process(&story.aws.stub.url, offer, Some(story.place("default"))).await.terraform;
        let (config, mut state) = (tagged(&terraform, json!({ "owner": owner })), None);
        terraform.run(MODEL, &mut state, Some(&config)).await.good();
        story.aws.operations();
        let plan = terraform.run(MODEL, &mut state, Some(&config)).await.good().unwrap();
        let listed = story.aws.operations().iter().filter(|o| *o == "ListTags").count();
        assert_eq!((plan.change, listed), (Change::NoOp, asked), "{owner}");
    }
}
