//! What goes on with an object from time to time, what AWS makes with it, and who uses it: monitoring schedules.

use serde_json::{Value as Json, json};
use tfplug::testing::Change;
use tfplug::value::{Path, Value};

use super::fake_monitoring::{alerts, execute, fail};
use super::{ROLE, Story, changing, failing};
use crate::testing::Terraform;

const SCHEDULE: &str = "mlops_monitoring_schedule";
const DEFINITION: &str = "mlops_data_quality_job_definition";

fn schedule(terraform: &Terraform, definition: &str, more: Json) -> Value {
    let mut config = json!({
        "name": "s",
        "monitoring_schedule_config": {
            "monitoring_job_definition_name": definition,
            "monitoring_type": "DataQuality",
        },
    });
    let Json::Object(more) = more else { panic!("more is an object") };
    config.as_object_mut().unwrap().extend(more);
    terraform.config(SCHEDULE, &config)
}

fn alert(name: Option<&str>, points: i64) -> Json {
    json!({ "alerts": [{ "monitoring_alert_name": name, "datapoints_to_alert": points, "evaluation_period": 9 }] })
}

/// The schedule as AWS has it.
fn with_schedule<T>(story: &Story, f: impl FnOnce(&mut serde_json::Map<String, Json>) -> T) -> T {
    let key = ("MonitoringSchedule".to_owned(), "s".to_owned());
    story.aws.with(|s| f(s.objects.get_mut(&key).unwrap()))
}

/// aws/amazon-sagemaker-examples issue 2342: a schedule could not be deleted because it was pending.
#[tokio::test]
async fn an_execution_is_waited_for_before_a_change_and_a_deletion_and_not_after() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (schedule(&terraform, "d", json!({})), None);
    terraform.run(SCHEDULE, &mut state, Some(&config)).await.good();
    with_schedule(&story, execute);
    let other = schedule(&terraform, "other", json!({}));
    assert_eq!(terraform.run(SCHEDULE, &mut state, Some(&other)).await.good().unwrap().change, Change::Update);
    with_schedule(&story, execute);
    terraform.run(SCHEDULE, &mut state, None).await.good();
    let operations = story.aws.operations();
    assert_eq!(
        changing(&operations),
        ["CreateMonitoringSchedule", "UpdateMonitoringSchedule", "DeleteMonitoringSchedule"]
    );
}

#[tokio::test]
async fn alerts_are_set_by_their_own_operation_and_shown_where_the_user_set_them() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (schedule(&terraform, "d", alert(None, 2)), None);
    terraform.run(SCHEDULE, &mut state, Some(&config)).await.good();
    assert_eq!(changing(&story.aws.operations()), ["CreateMonitoringSchedule", "UpdateMonitoringAlert"]);
    let name = Path::parse("alerts[0].monitoring_alert_name");
    assert_eq!(state.as_ref().unwrap().value.at(&name).and_then(Value::as_str), Some("first"));
    assert_eq!(terraform.run(SCHEDULE, &mut state, Some(&config)).await.good().unwrap().change, Change::NoOp);
    // Drift.
    with_schedule(&story, |s| drop(s.insert("_alerts".to_owned(), alerts(&["first", "second"]))));
    story.aws.operations();
    assert_eq!(terraform.run(SCHEDULE, &mut state, Some(&config)).await.good().unwrap().change, Change::Update);
    assert_eq!(changing(&story.aws.operations()), ["UpdateMonitoringAlert"]);
    let there = with_schedule(&story, |s| s["_alerts"].clone());
    assert_eq!((&there[0]["DatapointsToAlert"], &there[1]["DatapointsToAlert"]), (&json!(2), &json!(1)));
    // Left out, they stay as they are.
    let without = schedule(&terraform, "d", json!({}));
    assert_eq!(terraform.run(SCHEDULE, &mut state, Some(&without)).await.good().unwrap().change, Change::NoOp);
    let unknown = schedule(&terraform, "d", alert(Some("third"), 2));
    let text = failing(&mut terraform, SCHEDULE, &mut state, &unknown).await;
    assert!(text.contains(r#"AWS has these alerts of the monitoring schedule "s": "first", "second"."#), "{text}");
}

#[tokio::test]
async fn alerts_that_nobody_set_are_not_asked_for() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (schedule(&terraform, "d", json!({})), None);
    terraform.run(SCHEDULE, &mut state, Some(&config)).await.good();
    assert_eq!(terraform.run(SCHEDULE, &mut state, Some(&config)).await.good().unwrap().change, Change::NoOp);
    assert!(!story.aws.operations().iter().any(|o| o.contains("Alert")));
}

#[tokio::test]
async fn the_wanted_status_follows_the_creation_and_survives_a_change() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let stopped = json!({ "monitoring_schedule_status": "Stopped" });
    let (config, mut state) = (schedule(&terraform, "d", stopped.clone()), None);
    terraform.run(SCHEDULE, &mut state, Some(&config)).await.good();
    let other = schedule(&terraform, "other", stopped);
    terraform.run(SCHEDULE, &mut state, Some(&other)).await.good();
    assert_eq!(with_schedule(&story, |s| s["MonitoringScheduleStatus"].clone()), "Stopped");
    assert_eq!(terraform.run(SCHEDULE, &mut state, Some(&other)).await.good().unwrap().change, Change::NoOp);
}

/// A definition of what batch transforms captured in this format.
fn definition(terraform: &Terraform, format: Json) -> Value {
    let output = json!({ "s3_output": { "s3_uri": "s3://bucket/out", "local_path": "/opt/ml/processing/output" } });
    let input = json!({
        "data_captured_destination_s3_uri": "s3://bucket/in",
        "dataset_format": format,
        "local_path": "/opt/ml/processing/input",
    });
    let cluster = json!({ "instance_type": "ml.m5.large", "instance_count": 1, "volume_size_in_gb": 5 });
    let config = json!({
        "name": "d",
        "role_arn": ROLE,
        "data_quality_app_specification": { "image_uri": "i" },
        "data_quality_job_input": { "batch_transform_input": input },
        "data_quality_job_output_config": { "monitoring_outputs": [output] },
        "job_resources": { "cluster_config": cluster },
    });
    terraform.config(DEFINITION, &config)
}

/// hashicorp/terraform-provider-aws pull request 31464: an empty `csv` was read back as nothing, and replaced the definition at
/// each plan.
#[tokio::test]
async fn an_import_shows_the_empty_one_of_a_choice() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (definition(&terraform, json!({ "csv": {} })), None);
    terraform.run(DEFINITION, &mut state, Some(&config)).await.good();
    let mut imported = Some(terraform.import(DEFINITION, "d").await.good().unwrap());
    assert_eq!(terraform.run(DEFINITION, &mut imported, Some(&config)).await.good().unwrap().change, Change::NoOp);
}

#[tokio::test]
async fn a_definition_in_use_says_by_what_and_what_to_do() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (definition(&terraform, json!({ "json": { "line": true } })), None);
    terraform.run(DEFINITION, &mut state, Some(&config)).await.good();
    let user = schedule(&terraform, "d", json!({}));
    let mut used = None;
    terraform.run(SCHEDULE, &mut used, Some(&user)).await.good();
    let refused = terraform.run(DEFINITION, &mut state, None).await;
    assert!(refused.failed());
    let text: String = refused.diags.iter().map(|d| d.detail.clone()).collect();
    for told in [
        r#"used by the monitoring schedule "s""#,
        "create_before_destroy",
        "replace_triggered_by",
        "It cannot be deleted.",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    terraform.run(SCHEDULE, &mut used, None).await.good();
    terraform.run(DEFINITION, &mut state, None).await.good();
}

#[tokio::test]
async fn an_execution_that_failed_is_told_once_and_its_logs_go_with_the_schedule() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (schedule(&terraform, "d", json!({})), None);
    terraform.run(SCHEDULE, &mut state, Some(&config)).await.good();
    with_schedule(&story, fail);
    let (refreshed, warnings) = terraform.refresh(SCHEDULE, state.as_ref().unwrap()).await.warned();
    let told: Vec<_> = warnings.iter().map(|w| (w.summary.as_str(), w.detail.contains("no data"))).collect();
    assert_eq!(told, [("The last execution of the monitoring schedule \"s\" failed", true)]);
    assert_eq!(terraform.refresh(SCHEDULE, refreshed.as_ref().unwrap()).await.warned().1, []);
    story.aws.operations();
    terraform.run(SCHEDULE, &mut state, None).await.whatever();
    let asked = story.aws.operations();
    let place = |operation: &str| asked.iter().position(|o| o == operation);
    assert!(
        place("DescribeLogStreams").is_some() && place("DescribeLogStreams") < place("DeleteMonitoringSchedule"),
        "{asked:?}"
    );
}

#[tokio::test]
async fn an_execution_that_failed_is_told_by_the_change_that_sees_it_first() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (schedule(&terraform, "d", json!({})), None);
    terraform.run(SCHEDULE, &mut state, Some(&config)).await.good();
    let other = schedule(&terraform, "other", json!({}));
    let plan = terraform.plan(SCHEDULE, state.as_ref(), Some(&other)).await.good().unwrap();
    with_schedule(&story, fail);
    let (updated, warnings) = terraform.apply(SCHEDULE, &plan, &other).await.warned();
    let told: Vec<_> = warnings.iter().map(|w| w.summary.as_str()).collect();
    assert_eq!(told, ["The last execution of the monitoring schedule \"s\" failed"]);
    assert_eq!(terraform.refresh(SCHEDULE, updated.as_ref().unwrap()).await.warned().1, []);
    let mut told = updated;
    let (plan, warnings) = terraform.run(SCHEDULE, &mut told, Some(&config)).await.warned();
    assert_eq!((plan.unwrap().change, warnings), (Change::Update, vec![]), "not by another change");
}
