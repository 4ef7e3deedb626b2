//! Attributes that are made of lists, and what an object holds that is stopped or waited for: pipelines.

use serde_json::json;
use tfplug::testing::State as Stored;
use tfplug::value::Value;

use super::fake_pipelines::start;
use super::{ROLE, Story, changing};
use crate::testing::Terraform;

const PIPELINE: &str = "mlops_pipeline";
const EXECUTION: &str = "mlops_pipeline_execution";

async fn applied(story: &Story, on_destroy: &str) -> (Terraform, Option<Stored>) {
    let mut terraform = story.terraform().await;
    let end = json!({ "Name": "end", "Type": "Fail", "Arguments": { "ErrorMessage": "x" } });
    let definition = json!({ "Version": "2020-12-01", "Steps": [end] }).to_string();
    let all = json!({ "name": "p", "role_arn": ROLE, "definition": definition, "on_destroy": on_destroy });
    let (config, mut state) = (terraform.config(PIPELINE, &all), None);
    terraform.run(PIPELINE, &mut state, Some(&config)).await.good();
    story.aws.operations();
    (terraform, state)
}

#[tokio::test]
async fn a_list_is_read_to_its_last_page_or_only_at_its_first_item() {
    let story = Story::new().await;
    let (mut terraform, pipeline) = applied(&story, "stop_executions").await;
    let read = terraform.refresh(PIPELINE, pipeline.as_ref().unwrap()).await.good();
    let listed = story.aws.operations().iter().filter(|o| *o == "ListPipelineVersions").count();
    assert_eq!(listed, 1, "only the latest version matters");
    assert_eq!(read.unwrap().value.attribute("pipeline_version_id"), &Value::from(3));
    let (config, mut state) = (terraform.config(EXECUTION, &json!({ "pipeline_name": "p" })), None);
    terraform.run(EXECUTION, &mut state, Some(&config)).await.good();
    let state = state.unwrap();
    let steps: Vec<_> = state.value.attribute("steps").as_entries().unwrap().keys().cloned().collect();
    assert_eq!(steps, ["Evaluate", "IsGood", "Prepare", "Register", "Train"]);
    let listed = story.aws.operations().iter().filter(|o| *o == "ListPipelineExecutionSteps").count();
    assert_eq!(listed, 3, "pages");
}

#[tokio::test]
async fn what_runs_is_stopped_whatever_page_it_is_on_and_nothing_else() {
    let story = Story::new().await;
    let (mut terraform, mut state) = applied(&story, "stop_executions").await;
    story.aws.with(|s| {
        s.still = true;
        for status in ["Succeeded", "Executing", "Failed", "Stopped", "Executing"] {
            start(s, status);
        }
    });
    terraform.run(PIPELINE, &mut state, None).await.good();
    let made = story.aws.operations();
    assert_eq!(changing(&made), ["DeletePipeline", "StopPipelineExecution", "StopPipelineExecution", "DeletePipeline"]);
    assert_eq!(made.iter().filter(|o| *o == "ListPipelineExecutions").count(), 3, "pages");
}

#[tokio::test]
async fn what_is_to_end_by_itself_is_not_looked_for() {
    let story = Story::new().await;
    let (mut terraform, mut state) = applied(&story, "wait_for_executions").await;
    story.aws.with(|s| drop(start(s, "Executing")));
    terraform.run(PIPELINE, &mut state, None).await.good();
    let made = story.aws.operations();
    assert_eq!(changing(&made), ["DeletePipeline", "DeletePipeline"]);
    assert!(!made.iter().any(|o| o.starts_with("List") && o != "ListTags" && o != "ListPipelineVersions"), "{made:?}");
}

#[tokio::test]
async fn nothing_that_runs_is_no_reason_to_look() {
    let story = Story::new().await;
    let (mut terraform, mut state) = applied(&story, "stop_executions").await;
    terraform.run(PIPELINE, &mut state, None).await.good();
    assert!(!story.aws.operations().iter().any(|o| o == "ListPipelineExecutions"));
}

/// What became of an execution that fails some times, how it was started and retried, and what was told.
async fn executed(failures: &str, max_retries: i64) -> (Story, Option<Stored>, Vec<String>, String) {
    let story = Story::new().await;
    let (mut terraform, _pipeline) = applied(&story, "stop_executions").await;
    let all = json!({ "pipeline_name": "other", "parameters": { "Failures": failures }, "max_retries": max_retries });
    let (config, mut state) = (terraform.config(EXECUTION, &all), None);
    let run = terraform.run(EXECUTION, &mut state, Some(&config)).await;
    let told = format!("{run:?}");
    let mut made = story.aws.operations();
    made.retain(|operation| operation.starts_with("Start") || operation.starts_with("Retry"));
    (story, state, made, told)
}

#[tokio::test]
async fn an_execution_that_fails_goes_on_as_often_as_is_wanted() {
    let (_story, state, made, _) = executed("2", 2).await;
    assert_eq!(made, ["StartPipelineExecution", "RetryPipelineExecution", "RetryPipelineExecution"]);
    assert_eq!(state.unwrap().value.attribute("pipeline_execution_status"), &Value::from("Succeeded"));
}

#[tokio::test]
async fn an_execution_that_fails_more_often_is_an_error() {
    let (_story, state, made, told) = executed("3", 2).await;
    assert_eq!(made, ["StartPipelineExecution", "RetryPipelineExecution", "RetryPipelineExecution"]);
    assert_eq!(state.unwrap().value.attribute("pipeline_execution_status"), &Value::from("Failed"));
    assert!(told.contains("Could not create the pipeline execution"), "{told}");
    let (_story, _, made, _) = executed("1", 0).await;
    assert_eq!(made, ["StartPipelineExecution"], "nobody wants a retry");
}

#[tokio::test]
async fn a_retry_that_aws_refuses_is_a_warning_beside_the_failure() {
    let (_story, _, made, told) = executed("6", 3).await;
    assert_eq!(made, ["StartPipelineExecution", "RetryPipelineExecution"]);
    assert!(
        told.contains("Could not create the pipeline execution") && told.contains("It cannot be retried"),
        "{told}"
    );
}
