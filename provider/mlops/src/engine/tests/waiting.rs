//! Whether a job is waited for, which is nothing of the job's own.

use serde_json::json;
use tfplug::testing::{Change, State as Stored};
use tfplug::value::Value;

use super::{JOB, Story, changing, failing, interrupted, job, job_with};
use crate::testing::Terraform;

fn status(state: &Option<Stored>) -> &str {
    state.as_ref().unwrap().value.attribute("training_job_status").as_str().unwrap()
}

fn waiting(terraform: &Terraform, waits: bool) -> Value {
    job_with(terraform, json!({ "wait_for_completion": waits }))
}

/// A job that was started only, as AWS has it after this many looks.
async fn started(story: &Story, looks: u32) -> (Terraform, Option<Stored>) {
    let mut terraform = story.terraform().await;
    let (config, mut state) = (waiting(&terraform, false), None);
    terraform.run(JOB, &mut state, Some(&config)).await.good();
    for _ in 0..looks {
        state = terraform.refresh(JOB, state.as_ref().unwrap()).await.good();
    }
    story.aws.operations();
    (terraform, state)
}

#[tokio::test]
async fn a_job_that_has_ended_keeps_its_results_whatever_is_said_of_waiting() {
    let story = Story::new().await;
    let (mut terraform, mut state) = started(&story, 2).await;
    assert_eq!(status(&state), "Completed");
    for more in [
        json!({ "wait_for_completion": true }),
        json!({ "wait_for_completion": false, "tags": { "a": "b" } }),
        json!({ "wait_for_completion": true, "delete_logs": false }),
    ] {
        let config = job_with(&terraform, more);
        let plan = terraform.run(JOB, &mut state, Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, Change::Update);
        assert!(plan.value.is_wholly_known(), "{plan:?}");
        assert_eq!(status(&state), "Completed");
    }
    assert_eq!(changing(&story.aws.operations()), ["AddTags"]);
}

#[tokio::test]
async fn a_job_that_runs_is_waited_for_once_the_user_wants_that() {
    let story = Story::new().await;
    story.aws.with(|s| s.still = true);
    let (mut terraform, mut state) = started(&story, 0).await;
    assert_eq!(status(&state), "InProgress");
    story.aws.with(|s| s.still = false);
    let config = waiting(&terraform, true);
    let plan = terraform.plan(JOB, state.as_ref(), Some(&config)).await.good().unwrap();
    for result in ["training_job_status", "final_metrics", "billable_time_in_seconds"] {
        assert!(plan.value.attribute(result).is_unknown(), "{result}");
    }
    state = terraform.apply(JOB, &plan, &config).await.good();
    assert_eq!(status(&state), "Completed");
}

#[tokio::test]
async fn a_job_that_has_failed_is_an_error_once_it_is_waited_for() {
    let story = Story::new().await;
    story.aws.with(|s| s.end = Some("Failed"));
    let (mut terraform, mut state) = started(&story, 2).await;
    assert_eq!(status(&state), "Failed");
    let config = waiting(&terraform, true);
    let text = failing(&mut terraform, JOB, &mut state, &config).await;
    assert!(text.contains("Its status is Failed"), "{text}");
}

#[tokio::test]
async fn who_no_longer_waits_is_not_kept_waiting_after_an_interrupt() {
    let story = Story::new().await;
    let mut state = interrupted(&story, JOB, job).await;
    let mut terraform = story.terraform().await;
    let config = waiting(&terraform, false);
    let plan = terraform.plan(JOB, state.as_ref(), Some(&config)).await.good().unwrap();
    assert!(plan.change == Change::Update && plan.value.is_wholly_known(), "{plan:?}");
    // It ends between plan and apply, which does not ask.
    story.aws.with(|s| s.still = false);
    story.aws.operations();
    state = terraform.apply(JOB, &plan, &config).await.good();
    assert_eq!((status(&state), story.aws.operations()), ("InProgress", vec![]));
}
