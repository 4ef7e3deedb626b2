//! The engine's rules for what belongs to an object, on the policies and scheduled actions of a scalable target.

use serde_json::{Value as Json, json};
use tfplug::testing::{Change, State as Stored};
use tfplug::value::{Path, Value};

use super::fake::{Fake, Instead, operation};
use super::fake_scaling::work;
use super::{Story, failing, killed};
use crate::testing::Terraform;

const KIND: &str = "mlops_endpoint_autoscaling";

fn tracking(target: i64) -> Json {
    let metric = json!({ "predefined_metric_type": "SageMakerVariantInvocationsPerInstance" });
    json!({ "target_tracking_scaling_policy_configuration": {
        "target_value": target, "predefined_metric_specification": metric,
    } })
}

fn steps() -> Json {
    let adjustment = json!({ "metric_interval_lower_bound": 0, "scaling_adjustment": 1 });
    json!({ "step_scaling_policy_configuration": { "adjustment_type": "ExactCapacity", "step_adjustments": [adjustment] } })
}

fn action(timezone: Option<&str>) -> Json {
    json!({
        "schedule": "cron(0 8 ? * MON-FRI *)", "timezone": timezone, "scalable_target_action": { "min_capacity": 2 },
    })
}

fn scaled(terraform: &Terraform, policies: Json, actions: Json) -> Value {
    terraform.config(
        KIND,
        &json!({
            "endpoint_name": "e", "variant_name": "v", "min_capacity": 1, "max_capacity": 4,
            "scaling_policies": policies, "scheduled_actions": actions,
        }),
    )
}

/// What somebody else does with the target.
fn theirs(aws: &Fake, operation: &str, more: Json) {
    let mut request = json!({
        "ServiceNamespace": "sagemaker", "ResourceId": "endpoint/e/variant/v",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    });
    request.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    aws.with(|s| work(s, operation, &request).unwrap().unwrap());
}

/// What was put and deleted since the last look, in order.
fn changed(aws: &Fake) -> Vec<String> {
    let asked = aws.stub.take();
    let named = asked.iter().filter_map(|asked| {
        let request: Json = serde_json::from_slice(&asked.body).ok()?;
        let name = request["PolicyName"].as_str().or(request["ScheduledActionName"].as_str())?;
        let operation = operation(asked);
        (!operation.starts_with("Describe")).then(|| format!("{operation} {name}"))
    });
    named.collect()
}

async fn apply(terraform: &mut Terraform, state: &mut Option<Stored>, config: &Value) -> Change {
    terraform.run(KIND, state, Some(config)).await.good().unwrap().change
}

fn at<'a>(state: &'a Option<Stored>, path: &str) -> &'a Value {
    state.as_ref().unwrap().value.at(&Path::parse(path)).unwrap_or(&Value::Null)
}

#[tokio::test]
async fn elements_are_made_changed_and_deleted_one_by_one() {
    let story = Story::new().await;
    let (mut terraform, mut state) = (story.terraform().await, None);
    let config = scaled(&terraform, json!({ "a": tracking(70), "b": steps() }), json!({ "day": action(None) }));
    assert_eq!(apply(&mut terraform, &mut state, &config).await, Change::Create);
    assert_eq!(changed(&story.aws), ["PutScalingPolicy a", "PutScalingPolicy b", "PutScheduledAction day"]);
    assert!(at(&state, "scaling_policies.b.policy_arn").as_str().is_some_and(|arn| arn.starts_with("arn:")));
    theirs(&story.aws, "PutScalingPolicy", json!({ "PolicyName": "theirs", "PolicyType": "StepScaling" }));
    assert_eq!(apply(&mut terraform, &mut state, &config).await, Change::NoOp, "what others add is theirs");

    let config = scaled(&terraform, json!({ "a": tracking(80), "c": steps() }), Json::Null);
    assert_eq!(apply(&mut terraform, &mut state, &config).await, Change::Update);
    let wanted = ["PutScalingPolicy a", "PutScalingPolicy c", "DeleteScalingPolicy b", "DeleteScheduledAction day"];
    assert_eq!(changed(&story.aws), wanted);
    assert_eq!(apply(&mut terraform, &mut state, &config).await, Change::NoOp);
    let policies = story.aws.with(|s| s.objects.keys().filter(|(kind, _)| kind == "ScalingPolicy").count());
    assert_eq!(policies, 3, "ours and theirs");
}

#[tokio::test]
async fn an_element_that_loses_an_attribute_is_made_anew() {
    let story = Story::new().await;
    let (mut terraform, mut state) = (story.terraform().await, None);
    let config = scaled(&terraform, json!({ "a": tracking(70) }), json!({ "day": action(Some("Europe/Berlin")) }));
    apply(&mut terraform, &mut state, &config).await;
    changed(&story.aws);
    let config = scaled(&terraform, json!({ "a": steps() }), json!({ "day": action(None) }));
    let plan = terraform.run(KIND, &mut state, Some(&config)).await.good().unwrap();
    assert!(plan.value.at(&Path::parse("scaling_policies.a.policy_arn")).unwrap().is_unknown());
    let wanted = ["DeleteScalingPolicy a", "PutScalingPolicy a", "DeleteScheduledAction day", "PutScheduledAction day"];
    assert_eq!(changed(&story.aws), wanted);
    assert!(at(&state, "scheduled_actions.day.timezone").is_null());
}

#[tokio::test]
async fn what_others_have_made_is_not_overwritten() {
    let story = Story::new().await;
    let (mut terraform, mut state) = (story.terraform().await, None);
    let config = scaled(&terraform, Json::Null, Json::Null);
    apply(&mut terraform, &mut state, &config).await;
    let bounds = json!({ "MinCapacity": 2 });
    let sent = json!({
        "ScheduledActionName": "day", "Schedule": "cron(0 8 ? * MON-FRI *)", "ScalableTargetAction": bounds, "Timezone": "UTC",
    });
    theirs(&story.aws, "PutScheduledAction", sent);
    changed(&story.aws);
    let config = scaled(&terraform, Json::Null, json!({ "day": action(Some("Europe/Berlin")) }));
    let text = failing(&mut terraform, KIND, &mut state, &config).await;
    assert!(text.contains("The scheduled action exists already") && text.contains("\"day\""), "{text}");
    assert_eq!(changed(&story.aws), Vec::<String>::new());
    let config = scaled(&terraform, Json::Null, json!({ "day": action(Some("UTC")) }));
    apply(&mut terraform, &mut state, &config).await;
    assert_eq!(at(&state, "scheduled_actions.day.timezone"), &Value::from("UTC"), "as an interrupted apply left it");
}

#[tokio::test]
async fn an_update_that_fails_midway_is_gone_on_with() {
    let story = Story::new().await;
    let (mut terraform, mut state) = (story.terraform().await, None);
    let config = scaled(&terraform, json!({ "old": steps() }), Json::Null);
    apply(&mut terraform, &mut state, &config).await;
    changed(&story.aws);
    let config = scaled(&terraform, json!({ "a": steps(), "b": steps() }), Json::Null);
    let refused = || Instead::Error("ValidationException", "Not today");
    story.aws.with(|s| s.instead.insert("DeleteScalingPolicy", [refused()].into()));
    let text = failing(&mut terraform, KIND, &mut state, &config).await;
    assert!(text.contains("delete the scaling policy \"old\"") && text.contains("Not today"), "{text}");
    for name in ["old", "a", "b"] {
        assert!(!at(&state, &format!("scaling_policies.{name}")).is_null(), "the state has {name}");
    }
    changed(&story.aws);
    apply(&mut terraform, &mut state, &config).await;
    assert_eq!(changed(&story.aws), ["DeleteScalingPolicy old"]);
}

#[tokio::test]
async fn an_interrupted_creation_is_completed() {
    let story = Story::new().await;
    killed(&story, KIND, |t| scaled(t, json!({ "a": tracking(70) }), json!({ "day": action(None) }))).await;
    let (mut terraform, mut state) = (story.terraform().await, None);
    let config = scaled(&terraform, json!({ "a": tracking(70) }), json!({ "day": action(None) }));
    apply(&mut terraform, &mut state, &config).await;
    assert_eq!(apply(&mut terraform, &mut state, &config).await, Change::NoOp);
    let count = |kind: &str| story.aws.with(|s| s.objects.keys().filter(|(k, _)| k == kind).count());
    assert_eq!(["ScalableTarget", "ScalingPolicy", "ScheduledAction"].map(count), [1, 1, 1]);
}

#[tokio::test]
async fn bounds_that_an_action_has_set_are_no_drift() {
    let story = Story::new().await;
    let (mut terraform, mut state) = (story.terraform().await, None);
    let config = scaled(&terraform, Json::Null, json!({ "day": action(None) }));
    apply(&mut terraform, &mut state, &config).await;
    theirs(&story.aws, "RegisterScalableTarget", json!({ "MinCapacity": 2 }));
    assert_eq!(apply(&mut terraform, &mut state, &config).await, Change::NoOp);
    theirs(&story.aws, "RegisterScalableTarget", json!({ "MinCapacity": 3 }));
    assert_eq!(apply(&mut terraform, &mut state, &config).await, Change::Update, "no action says so");
    let taken = story
        .aws
        .with(|s| s.objects.iter().find(|((kind, _), _)| kind == "ScalableTarget").unwrap().1["MinCapacity"].clone());
    assert_eq!(taken, json!(1));
}

#[tokio::test]
async fn an_import_shows_all() {
    let story = Story::new().await;
    let (mut terraform, mut state) = (story.terraform().await, None);
    let config = scaled(&terraform, json!({ "a": tracking(70) }), json!({ "day": action(Some("Europe/Berlin")) }));
    apply(&mut terraform, &mut state, &config).await;
    let id = "sagemaker/endpoint/e/variant/v/sagemaker:variant:DesiredInstanceCount";
    let mut state = terraform.import(KIND, id).await.good();
    assert_eq!(apply(&mut terraform, &mut state, &config).await, Change::NoOp);
}

#[tokio::test]
async fn what_somebody_deleted_before_the_apply_is_as_good_as_deleted() {
    let story = Story::new().await;
    let (mut terraform, mut state) = (story.terraform().await, None);
    let config = scaled(&terraform, json!({ "a": tracking(70), "b": steps() }), Json::Null);
    apply(&mut terraform, &mut state, &config).await;
    let config = scaled(&terraform, json!({ "a": tracking(70) }), Json::Null);
    let plan = terraform.plan(KIND, state.as_ref(), Some(&config)).await.good().unwrap();
    let gone = Instead::Error("ObjectNotFoundException", "No scaling policy found");
    story.aws.with(|s| s.instead.insert("DeleteScalingPolicy", [gone].into()));
    state = terraform.apply(KIND, &plan, &config).await.good();
    assert!(at(&state, "scaling_policies.b").is_null() && !at(&state, "scaling_policies.a").is_null());
}
