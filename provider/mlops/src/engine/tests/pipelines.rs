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
