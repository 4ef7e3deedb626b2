//! Endpoints that a schedule deletes and creates again.

use serde_json::json;
use tfplug::testing::{Change, State as Stored};
use tfplug::value::Value;

use super::{ENDPOINT, ROLE, Story, changing};
use crate::testing::Terraform;

/// An endpoint that must respond with `ok`, and that a schedule of this name may bring back.
fn scheduled(terraform: &Terraform, configuration: &str, schedule: Option<&str>) -> Value {
    let test = json!({ "body": "a request", "expect": { "contains": "ok" } });
    let mut all = json!({ "name": "e", "endpoint_config_name": configuration, "smoke_test": test });
    if let Some(schedule) = schedule {
        all["off_hours_schedule_name"] = json!(schedule);
    }
    terraform.config(ENDPOINT, &all)
}

/// The schedule `nights` with an operation on an endpoint.
fn schedule(story: &Story, state: &str, operation: &str, endpoint: &str) {
    let target = json!({
        "Arn": format!("arn:aws:scheduler:::aws-sdk:sagemaker:{operation}"),
        "RoleArn": ROLE,
        "Input": json!({ "EndpointName": endpoint }).to_string(),
    });
    let schedule = json!({
        "Name": "nights-start",
        "State": state,
        "ScheduleExpression": "cron(0 7 ? * * *)",
        "Target": target,
        "FlexibleTimeWindow": { "Mode": "OFF" },
    });
    story.aws.with(|s| s.schedules.insert("nights-start".to_owned(), schedule));
}

/// The endpoint, made with the configuration `one`, and then off.
async fn off(story: &Story) -> (Terraform, Option<Stored>) {
    let mut terraform = story.terraform().await;
    let (config, mut state) = (scheduled(&terraform, "one", Some("nights")), None);
    terraform.run(ENDPOINT, &mut state, Some(&config)).await.good();
    schedule(story, "ENABLED", "createEndpoint", "e");
    story.aws.with(|s| s.objects.clear());
    story.aws.operations();
    (terraform, state)
}

/// What the state says that serves, what passed, and its status.
fn says(state: &Option<Stored>) -> [Option<&str>; 3] {
    let value = &state.as_ref().unwrap().value;
    ["endpoint_config_name", "smoke_tested_config_name", "endpoint_status"].map(|name| value.attribute(name).as_str())
}

#[tokio::test]
async fn what_is_off_stays_in_the_state_and_is_tested_when_it_is_back() {
    let story = Story::new().await;
    let (mut terraform, mut state) = off(&story).await;
    let one = scheduled(&terraform, "one", Some("nights"));
    let plan = terraform.run(ENDPOINT, &mut state, Some(&one)).await.good().unwrap();
    assert_eq!(plan.change, Change::NoOp);
    assert_eq!(says(&state), [Some("one"), Some("one"), None]);

    let two = scheduled(&terraform, "two", Some("nights"));
    for change in [Change::Update, Change::NoOp] {
        let plan = terraform.run(ENDPOINT, &mut state, Some(&two)).await.good().unwrap();
        assert_eq!(plan.change, change);
        assert_eq!(says(&state), [Some("two"), Some("one"), None]);
    }
    let operations = story.aws.operations();
    assert!(changing(&operations).is_empty() && !operations.contains(&"InvokeEndpoint".to_owned()), "{operations:?}");

    // It is another endpoint of the name, and the same one for the user.
    story.aws.with(|s| s.create("Endpoint", json!({ "EndpointName": "e", "EndpointConfigName": "two" })));
    let plan = terraform.run(ENDPOINT, &mut state, Some(&two)).await.good().unwrap();
    assert_eq!(plan.change, Change::Update);
    assert_eq!(says(&state), [Some("two"), Some("two"), Some("InService")]);
    assert!(story.aws.operations().contains(&"InvokeEndpoint".to_owned()));
    let plan = terraform.run(ENDPOINT, &mut state, Some(&two)).await.good().unwrap();
    assert_eq!(plan.change, Change::NoOp);
}

#[tokio::test]
async fn what_nothing_brings_back_is_created() {
    for (wanted, state_of, operation, endpoint) in [
        (Some("days"), "ENABLED", "createEndpoint", "e"),
        (Some("nights"), "DISABLED", "createEndpoint", "e"),
        (Some("nights"), "ENABLED", "deleteEndpoint", "e"),
        (Some("nights"), "ENABLED", "createEndpoint", "f"),
        (None, "ENABLED", "createEndpoint", "e"),
    ] {
        let story = Story::new().await;
        let (mut terraform, mut state) = off(&story).await;
        schedule(&story, state_of, operation, endpoint);
        let value = &mut state.as_mut().unwrap().value;
        if wanted != Some("nights") {
            value.set_attribute("off_hours_schedule_name", Value::from(wanted));
        }
        let config = scheduled(&terraform, "one", wanted);
        let plan = terraform.run(ENDPOINT, &mut state, Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, Change::Create, "{wanted:?} {state_of} {operation} {endpoint}");
        assert_eq!(says(&state), [Some("one"), Some("one"), Some("InService")]);
    }
}

#[tokio::test]
async fn what_is_to_be_on_always_is_created_at_once() {
    let story = Story::new().await;
    let (mut terraform, mut state) = off(&story).await;
    let config = scheduled(&terraform, "one", None);
    let plan = terraform.run(ENDPOINT, &mut state, Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::Replace);
    assert_eq!(changing(&story.aws.operations()), ["DeleteLogGroup", "CreateEndpoint"]);
    assert_eq!(says(&state), [Some("one"), Some("one"), Some("InService")]);
}
