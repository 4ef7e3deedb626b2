//! The engine's rules for keys of several members, tags as a map and what is not found at once: Application Auto Scaling.

use serde_json::{Value as Json, json};
use tfplug::testing::{Change, State as Stored};
use tfplug::value::Value;

use super::fake::{Fake, Instead, operation};
use super::{Story, failing, killed};
use crate::testing::Terraform;

const TARGET: &str = "mlops_autoscaling_target";
const POLICY: &str = "mlops_autoscaling_policy";
const ID: &str = "sagemaker/endpoint/e/variant/v/sagemaker:variant:DesiredInstanceCount";

fn with(base: Json, more: Json) -> Json {
    let mut all = base;
    all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    all
}

fn target(terraform: &Terraform, more: Json) -> Value {
    let base = json!({ "endpoint_name": "e", "variant_name": "v", "min_capacity": 1, "max_capacity": 4 });
    terraform.config(TARGET, &with(base, more))
}

fn policy(terraform: &Terraform, more: Json) -> Value {
    let metric = json!({ "predefined_metric_type": "SageMakerVariantInvocationsPerInstance" });
    let base = json!({
        "name": "p",
        "resource_id": "endpoint/e/variant/v",
        "scalable_dimension": "sagemaker:variant:DesiredInstanceCount",
        "target_tracking_scaling_policy_configuration": { "target_value": 70, "predefined_metric_specification": metric },
    });
    terraform.config(POLICY, &with(base, more))
}

/// Registers a target as somebody else does.
fn register(aws: &Fake, resource: &str, dimension: &str) {
    let request = json!({
        "ServiceNamespace": "sagemaker", "ResourceId": resource, "ScalableDimension": dimension, "MinCapacity": 1, "MaxCapacity": 2,
    });
    aws.with(|s| super::fake_scaling::work(s, "RegisterScalableTarget", &request).unwrap().unwrap());
}

fn registered(aws: &Fake) -> usize {
    aws.with(|s| s.objects.keys().filter(|(kind, _)| kind == "ScalableTarget").count())
}

/// The requests of an operation since the last look, in order.
fn requests(aws: &Fake, of: &str) -> Vec<Json> {
    let asked = aws.stub.take();
    asked.iter().filter(|a| operation(a) == of).map(|a| serde_json::from_slice(&a.body).unwrap()).collect()
}

async fn applied(story: &Story, kind: &str, config: &Value) -> (Terraform, Option<Stored>) {
    let (mut terraform, mut state) = (story.terraform().await, None);
    terraform.run(kind, &mut state, Some(config)).await.good();
    (terraform, state)
}

#[tokio::test]
async fn a_target_is_known_by_all_its_members_together() {
    let story = Story::new().await;
    // Each shares some of its members, and would come first in a list.
    register(&story.aws, "endpoint/a/variant/v", "sagemaker:variant:DesiredInstanceCount");
    register(&story.aws, "endpoint/e/variant/v", "sagemaker:variant:Another");
    let config = target(&story.terraform().await, json!({}));
    let (mut terraform, mut state) = applied(&story, TARGET, &config).await;
    let value = &state.as_ref().unwrap().value;
    assert_eq!(value.attribute("resource_id"), &Value::from("endpoint/e/variant/v"));
    assert_eq!(value.attribute("max_capacity"), &Value::from(4));
    assert_eq!(registered(&story.aws), 3);
    story.aws.stub.take();
    let larger = target(&terraform, json!({ "max_capacity": 6 }));
    let plan = terraform.run(TARGET, &mut state, Some(&larger)).await.good().unwrap();
    assert_eq!(plan.change, Change::Update);
    let sent = requests(&story.aws, "RegisterScalableTarget");
    assert_eq!(sent.len(), 1);
    let known_by =
        ["ServiceNamespace", "ResourceId", "ScalableDimension"].map(|m| sent[0][m].as_str().unwrap().to_owned());
    assert_eq!(known_by.join("/"), ID);
    assert_eq!((&sent[0]["MinCapacity"], &sent[0]["MaxCapacity"]), (&json!(1), &json!(6)));
    assert_eq!(terraform.run(TARGET, &mut state, Some(&larger)).await.good().unwrap().change, Change::NoOp);
    terraform.run(TARGET, &mut state, None).await.good();
    assert!(state.is_none());
    assert_eq!(registered(&story.aws), 2, "the others are left alone");
}

#[tokio::test]
async fn a_target_that_somebody_registered_is_not_taken_over() {
    let story = Story::new().await;
    register(&story.aws, "endpoint/e/variant/v", "sagemaker:variant:DesiredInstanceCount");
    let mut terraform = story.terraform().await;
    let config = target(&terraform, json!({}));
    let text = failing(&mut terraform, TARGET, &mut None, &config).await;
    assert!(
        text.contains("exists already") && text.contains(&format!("terraform import {TARGET}.NAME {ID}")),
        "{text}"
    );
    assert!(text.contains("Delete it, or take it over") && !text.contains("another name"), "it has no name: {text}");
    assert_eq!(requests(&story.aws, "RegisterScalableTarget"), Vec::<Json>::new());
}

#[tokio::test]
async fn an_interrupted_registration_is_taken_over() {
    let story = Story::new().await;
    killed(&story, TARGET, |t| target(t, json!({}))).await;
    let config = target(&story.terraform().await, json!({}));
    let (mut terraform, mut state) = applied(&story, TARGET, &config).await;
    assert_eq!(requests(&story.aws, "RegisterScalableTarget"), Vec::<Json>::new());
    assert_eq!(terraform.run(TARGET, &mut state, Some(&config)).await.good().unwrap().change, Change::NoOp);
    assert_eq!(story.remembered(), 0, "it was seen in the state");
}

#[tokio::test]
async fn tags_may_be_a_map() {
    let story = Story::new().await;
    let config = target(&story.terraform().await, json!({ "tags": { "a": "1", "b": "1" } }));
    let (mut terraform, mut state) = applied(&story, TARGET, &config).await;
    assert_eq!(requests(&story.aws, "RegisterScalableTarget")[0]["Tags"], json!({ "a": "1", "b": "1" }));
    assert_eq!(terraform.run(TARGET, &mut state, Some(&config)).await.good().unwrap().change, Change::NoOp);
    let other = target(&terraform, json!({ "tags": { "b": "2" } }));
    terraform.run(TARGET, &mut state, Some(&other)).await.good();
    let asked = story.aws.stub.take();
    let sent = |of: &str| -> Json {
        let one = asked.iter().find(|a| operation(a) == of).unwrap();
        serde_json::from_slice(&one.body).unwrap()
    };
    assert_eq!(sent("TagResource")["Tags"], json!({ "b": "2" }));
    assert_eq!(sent("UntagResource")["TagKeys"], json!(["a"]));
}

#[tokio::test]
async fn an_import_knows_the_names_in_a_resource_id() {
    let story = Story::new().await;
    let config = target(&story.terraform().await, json!({}));
    let (mut terraform, _) = applied(&story, TARGET, &config).await;
    for id in [ID.to_owned(), format!("{ID}@us-east-1")] {
        let mut state = terraform.import(TARGET, &id).await.good();
        assert_eq!(terraform.run(TARGET, &mut state, Some(&config)).await.good().unwrap().change, Change::NoOp, "{id}");
    }
    let parts = ["sagemaker", "endpoint/e/variant/v", "sagemaker:variant:DesiredInstanceCount"].map(Value::from);
    let names = ["service_namespace", "resource_id", "scalable_dimension", "region"];
    let identity = Value::object(names.into_iter().zip(parts.into_iter().chain([Value::Null])));
    let state = terraform.import_by_identity(TARGET, &identity).await.good();
    assert_eq!(terraform.plan(TARGET, state.as_ref(), Some(&config)).await.good().unwrap().change, Change::NoOp);
    let mut elsewhere = identity.clone();
    elsewhere.set_attribute("account_id", Value::from("999999999999"));
    let errors = terraform.import_by_identity(TARGET, &elsewhere).await.errors();
    assert!(errors.len() == 1 && errors[0].path.to_string() == "account_id", "{errors:?}");
    for other in [
        "endpoint/e/variant/v",
        "sagemaker/endpoint/e/variant/v",
        "ecs/service/c/s/ecs:service:DesiredCount",
        "arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/1",
    ] {
        let errors = terraform.import(TARGET, other).await.errors();
        let forms = "Give SERVICE_NAMESPACE/RESOURCE_ID/SCALABLE_DIMENSION or";
        assert!(errors[0].detail.contains(forms) && !errors[0].detail.contains("or its ARN"), "{other}: {errors:?}");
    }
}

#[tokio::test]
async fn what_is_scaled_follows_from_what_is_named() {
    let mut terraform = Story::new().await.terraform().await;
    for (named, id, dimension) in [
        (json!({}), "endpoint/e/variant/v", "sagemaker:variant:DesiredInstanceCount"),
        (
            json!({ "endpoint_name": null, "variant_name": null, "inference_component_name": "c" }),
            "inference-component/c",
            "sagemaker:inference-component:DesiredCopyCount",
        ),
        (
            json!({ "scalable_dimension": "sagemaker:variant:DesiredProvisionedConcurrency" }),
            "endpoint/e/variant/v",
            "sagemaker:variant:DesiredProvisionedConcurrency",
        ),
    ] {
        let config = target(&terraform, named);
        let plan = terraform.plan(TARGET, None, Some(&config)).await.good().unwrap();
        assert_eq!(plan.value.attribute("resource_id"), &Value::from(id));
        assert_eq!(plan.value.attribute("scalable_dimension"), &Value::from(dimension));
    }
}

#[tokio::test]
async fn what_aws_would_refuse_of_a_policy_is_refused_in_the_plan() {
    let mut terraform = Story::new().await.terraform().await;
    let metric = |name: &str| json!({ "target_value": 1, "predefined_metric_specification": { "predefined_metric_type": name } });
    let steps = json!({
        "adjustment_type": "ExactCapacity", "min_adjustment_magnitude": 2,
        "step_adjustments": [{ "metric_interval_lower_bound": 0, "scaling_adjustment": 2 }],
    });
    const TRACKING: &str = "target_tracking_scaling_policy_configuration";
    for (more, told) in [
        (json!({ "policy_type": "StepScaling" }), "not `StepScaling`"),
        (json!({ TRACKING: metric("SageMakerInferenceComponentInvocationsPerCopy") }), "no metric of the dimension"),
        (json!({ TRACKING: null, "step_scaling_policy_configuration": steps }), "PercentChangeInCapacity"),
    ] {
        let config = policy(&terraform, more);
        let errors = terraform.validate(POLICY, &config).await.errors();
        assert!(errors.len() == 1 && errors[0].detail.contains(told), "{errors:?}");
    }
    let config = policy(&terraform, json!({ "policy_type": "TargetTrackingScaling" }));
    terraform.validate(POLICY, &config).await.good();
}

#[tokio::test]
async fn what_is_not_found_at_once_is_looked_for_again() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let config = target(&terraform, json!({}));
    // The first look is for a target of others.
    story.aws.with(|s| s.unseen = 2);
    terraform.run(TARGET, &mut None, Some(&config)).await.good();
    assert_eq!(requests(&story.aws, "DescribeScalableTargets").len(), 3);
    story.aws.with(|s| {
        s.objects.clear();
        s.unseen = 100;
    });
    let mut terraform = story.terraform().await;
    let text = failing(&mut terraform, TARGET, &mut None, &config).await;
    assert!(text.contains("was not found afterwards"), "{text}");
}

#[tokio::test]
async fn a_change_under_way_is_waited_for() {
    let story = Story::new().await;
    let busy = || [Instead::Error("ConcurrentUpdateException", "Another change is under way")].into();
    story.aws.with(|s| s.instead.insert("RegisterScalableTarget", busy()));
    let config = target(&story.terraform().await, json!({}));
    let (mut terraform, mut state) = applied(&story, TARGET, &config).await;
    story.aws.with(|s| s.instead.insert("DeregisterScalableTarget", busy()));
    terraform.run(TARGET, &mut state, None).await.good();
    assert_eq!(registered(&story.aws), 0);
}

#[tokio::test]
async fn a_policy_is_one_of_several_of_its_target() {
    let story = Story::new().await;
    register(&story.aws, "endpoint/e/variant/v", "sagemaker:variant:DesiredInstanceCount");
    let another = policy(&story.terraform().await, json!({ "name": "another" }));
    let (mut terraform, _) = applied(&story, POLICY, &another).await;
    let (config, mut state) = (policy(&terraform, json!({})), None);
    terraform.run(POLICY, &mut state, Some(&config)).await.good();
    let value = &state.as_ref().unwrap().value;
    assert_eq!(value.attribute("policy_type"), &Value::from("TargetTrackingScaling"));
    assert_eq!(value.attribute("alarms").as_elements().map(<[Value]>::len), Some(1));
    assert_eq!(terraform.run(POLICY, &mut state, Some(&config)).await.good().unwrap().change, Change::NoOp);
    let steps = json!({ "adjustment_type": "ExactCapacity", "step_adjustments": [{ "metric_interval_lower_bound": 0, "scaling_adjustment": 2 }] });
    let changed = policy(
        &terraform,
        json!({ "target_tracking_scaling_policy_configuration": null, "step_scaling_policy_configuration": steps }),
    );
    let plan = terraform.run(POLICY, &mut state, Some(&changed)).await.good().unwrap();
    assert_eq!(plan.change, Change::Replace, "another type is another policy");
    terraform.run(POLICY, &mut state, None).await.good();
    let left = story.aws.with(|s| s.objects.keys().filter(|(kind, _)| kind == "ScalingPolicy").count());
    assert_eq!(left, 1, "the other one is left alone");
}

#[tokio::test]
async fn an_interrupted_creation_of_a_policy_is_taken_over() {
    let story = Story::new().await;
    register(&story.aws, "endpoint/e/variant/v", "sagemaker:variant:DesiredInstanceCount");
    // Of a float that is a whole number, and with what follows from the configuration.
    killed(&story, POLICY, |t| policy(t, json!({}))).await;
    let config = policy(&story.terraform().await, json!({}));
    applied(&story, POLICY, &config).await;
    assert_eq!(requests(&story.aws, "PutScalingPolicy"), Vec::<Json>::new());
}

#[tokio::test]
async fn a_target_that_is_not_known_everywhere_yet_is_waited_for() {
    let story = Story::new().await;
    register(&story.aws, "endpoint/e/variant/v", "sagemaker:variant:DesiredInstanceCount");
    let unknown = Instead::Error("ObjectNotFoundException", "No scalable target registered for service namespace: x");
    story.aws.with(|s| s.instead.insert("PutScalingPolicy", [unknown].into()));
    let config = policy(&story.terraform().await, json!({}));
    applied(&story, POLICY, &config).await;
    assert_eq!(requests(&story.aws, "PutScalingPolicy").len(), 2);
}
