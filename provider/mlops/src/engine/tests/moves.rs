//! Objects that a `moved` block brings here from another provider.

use serde_json::{Value as Json, json};
use tfplug::resource::MoveSource;
use tfplug::testing::Change;

use super::{MODEL, ROLE, Story, model};
use crate::resources::DECLARED;

fn source(provider: &str, type_name: &str, state: Json) -> MoveSource {
    MoveSource {
        provider: provider.to_owned(),
        type_name: type_name.to_owned(),
        schema_version: 1,
        state: state.as_object().cloned().unwrap(),
        private: br#"{"schema_version":"1"}"#.to_vec(),
        identity: json!({ "account_id": "123456789012", "region": "us-east-1", "name": "m" }).as_object().cloned(),
        identity_version: 0,
    }
}

fn aws(state: Json) -> MoveSource {
    source("registry.terraform.io/hashicorp/aws", "aws_sagemaker_model", state)
}

#[tokio::test]
async fn a_moved_object_is_read_and_is_what_was_there() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let config = model(&terraform, "a");
    terraform.run(MODEL, &mut None, Some(&config)).await.good();
    let stored = json!({ "name": "m", "id": "m", "execution_role_arn": ROLE, "region": "us-east-1" });
    let cloud = json!({ "model_name": "m", "id": "arn:aws:sagemaker:us-east-1:123456789012:model/m" });
    for source in [
        aws(stored.clone()),
        source("registry.opentofu.org/hashicorp/aws", "aws_sagemaker_model", stored),
        source("registry.terraform.io/hashicorp/awscc", "awscc_sagemaker_model", cloud),
    ] {
        let moved = terraform.move_state(MODEL, &source).await.good().unwrap();
        let unread = terraform.plan(MODEL, Some(&moved), Some(&config)).await.errors();
        assert!(unread[0].detail.contains("-refresh=false"), "{unread:?}");
        let mut state = terraform.refresh(MODEL, &moved).await.good();
        let plan = terraform.run(MODEL, &mut state, Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, Change::NoOp, "{source:?}");
    }
}

#[tokio::test]
async fn the_region_of_the_source_is_that_of_the_object() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    for (state, region) in [
        (
            json!({ "name": "m", "region": "eu-west-1", "arn": "arn:aws:sagemaker:eu-west-1:123456789012:model/m" }),
            "eu-west-1",
        ),
        (json!({ "name": "m", "arn": "arn:aws:sagemaker:eu-west-2:123456789012:model/m" }), "eu-west-2"),
    ] {
        let moved = terraform.move_state(MODEL, &aws(state)).await.good().unwrap();
        assert_eq!(moved.value.attribute("region").as_str(), Some(region));
    }
}

#[tokio::test]
async fn what_cannot_be_moved_is_refused_with_what_to_do() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let named = json!({ "name": "m" });
    for (source, said) in [
        (aws(json!({ "id": "m" })), "has no `name`"),
        (aws(json!({ "name": "no name" })), "identifies no model"),
        (source("registry.terraform.io/hashicorp/aws", "aws_sagemaker_endpoint", named.clone()), "cannot be moved"),
        (source("registry.terraform.io/somebody/aws", "aws_sagemaker_model", named), "cannot be moved"),
    ] {
        let errors = terraform.move_state(MODEL, &source).await.errors();
        assert!(errors[0].detail.contains(said), "{said}: {errors:?}");
    }
}

#[test]
fn each_source_is_named_once_for_a_kind() {
    for declared in DECLARED {
        let mut sources: Vec<_> = declared.moved_from.iter().map(|from| from.source).collect();
        sources.sort_unstable();
        let all = sources.len();
        sources.dedup();
        assert_eq!(sources.len(), all, "{}", declared.type_name());
        for from in declared.moved_from {
            assert!(from.source.starts_with("aws_") || from.source.starts_with("awscc_"), "{}", from.source);
            assert!(!from.id.is_empty(), "{}", from.source);
        }
    }
}
