//! What a kind adds by hooks: a plan completed by the apply, and a warning before a deletion.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value as Json, json};
use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::model::{Model, Root};
use tfplug::plan::Plan;
use tfplug::resource::Resource;
use tfplug::testing::Change;
use tfplug::value::Value;

use super::fake::operation;
use super::{OFFER, Story, changing};
use crate::aws::client::{Aws, Regional};
use crate::aws::operation::{NEVER, Operation, call, error};
use crate::engine::{Create, Declared, Delete, Hooks, Read, UpdateBy};
use crate::sagemaker::named;
use crate::sagemaker::operation::operation;
use crate::testing::{Offer, Terraform, process};

const THING: &str = "mlops_test_thing";
const LIST: Operation = operation!(list_endpoints, ListEndpoints);

/// Something whose configuration is named by a word that the apply completes.
#[derive(Clone, Debug, Model)]
#[tf(name = "test_thing", identity("name", optional("region")))]
struct Thing {
    /// Its name.
    #[tf(required, requires_replace, provider_only)]
    name: String,
    /// Its region.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    /// The word.
    #[tf(required, provider_only)]
    word: String,
    /// Its configuration.
    #[tf(optional, computed)]
    endpoint_config_name: Option<String>,
    /// Its ARN.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
    /// Its time of creation.
    #[tf(computed, use_state_for_unknown)]
    creation_time: Option<String>,
}

static TEST_THING: Declared = Declared {
    tags: None,
    updates: &[UpdateBy::new(operation!(update_endpoint, UpdateEndpoint), &[Thing::ENDPOINT_CONFIG_NAME])],
    hooks: &ThingHooks,
    ..named(
        "thing",
        Thing::shared,
        "endpoint_name",
        "endpoint/{name}",
        Create {
            operation: operation!(create_endpoint, CreateEndpoint),
            arn: Some("endpoint_arn"),
            exists: &[error("ValidationException", "Cannot create already existing endpoint \"")],
            retryable: &[],
        },
        Read::by(
            operation!(describe_endpoint, DescribeEndpoint),
            &[error("ValidationException", "Could not find endpoint \"")],
        ),
        Delete::by(operation!(delete_endpoint, DeleteEndpoint), &[]),
    )
};

struct ThingHooks;

#[async_trait]
impl Hooks for ThingHooks {
    async fn plan(&self, _: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        if plan.changes(Thing::WORD) {
            plan.set(Thing::ENDPOINT_CONFIG_NAME, Value::unknown());
        }
        Ok(())
    }

    fn complete(&self, _: &Aws, planned: &mut Value) {
        assert!(planned.attribute(Thing::ENDPOINT_CONFIG_NAME).is_null(), "{planned:?}");
        let name = format!("of-{}", planned.attribute(Thing::WORD).as_str().unwrap());
        planned.set_attribute(Thing::ENDPOINT_CONFIG_NAME, name.into());
    }

    async fn before_delete(&self, cx: &Context<Aws>, aws: &Arc<Regional>, id: &str) -> Option<Diag> {
        call(cx, aws, &LIST, &Value::object::<String>([]), NEVER).await.ok()?;
        Some(Diag::warning(format!("{id} is missed"), "By somebody."))
    }
}

async fn terraform(story: &Story) -> Terraform {
    let things: fn() -> Vec<Box<dyn Resource<Aws>>> = || vec![Box::new(&TEST_THING)];
    let offer = Offer { resources: Some(things), ..OFFER };
    process(&story.aws.stub.url, offer, Some(story.place("default"))).await.terraform
}

fn thing(terraform: &Terraform, word: &str) -> Value {
    terraform.config(THING, &json!({ "name": "t", "word": word }))
}

/// The configuration that an operation was sent.
fn sent(story: &Story, of: &str) -> Json {
    let asked = story.aws.stub.take();
    let request = asked.iter().find(|a| operation(a) == of).unwrap();
    serde_json::from_slice::<Json>(&request.body).unwrap()["EndpointConfigName"].clone()
}

#[tokio::test]
async fn what_the_plan_left_open_is_completed_before_it_is_sent() {
    let story = Story::new().await;
    let mut terraform = terraform(&story).await;
    let mut state = None;
    for (word, operation, change) in [("a", "CreateEndpoint", Change::Create), ("b", "UpdateEndpoint", Change::Update)]
    {
        let config = thing(&terraform, word);
        let plan = terraform.run(THING, &mut state, Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, change);
        assert_eq!(sent(&story, operation), format!("of-{word}"));
        let stored = state.as_ref().unwrap().value.attribute(Thing::ENDPOINT_CONFIG_NAME);
        assert_eq!(stored, &Value::from(format!("of-{word}")));
        let again = terraform.run(THING, &mut state, Some(&config)).await.good().unwrap();
        assert_eq!(again.change, Change::NoOp);
    }
}

#[tokio::test]
async fn who_is_concerned_is_told_before_the_deletion_and_by_nothing_else() {
    let story = Story::new().await;
    let mut terraform = terraform(&story).await;
    let (config, mut state) = (thing(&terraform, "a"), None);
    terraform.run(THING, &mut state, Some(&config)).await.good();
    assert!(!story.aws.operations().contains(&LIST.name.to_owned()));
    let told = terraform.run(THING, &mut state, None).await.warned().1;
    assert_eq!(told.iter().map(|d| d.summary.as_str()).collect::<Vec<_>>(), ["t is missed"]);
    let operations = story.aws.operations();
    let at = |name: &str| operations.iter().position(|o| o == name).unwrap();
    assert!(at("ListEndpoints") < at("DeleteEndpoint"), "{operations:?}");
    // What is gone already is not missed for this.
    terraform.run(THING, &mut state, Some(&config)).await.good();
    let plan = terraform.plan(THING, state.as_ref(), None).await.good().unwrap();
    story.aws.with(|s| s.objects.clear());
    story.aws.operations();
    terraform.apply(THING, &plan, &Value::Null).await.good();
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new());
}
