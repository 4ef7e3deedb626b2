//! What objects do while they exist: notebook instances that are started and stopped, transform jobs that AWS never
//! deletes.

use serde_json::{Value as Json, json};
use tfplug::testing::Change;
use tfplug::value::Value;

use super::{ROLE, Story, changing, failing};
use crate::testing::Terraform;

const NOTEBOOK: &str = "mlops_notebook_instance";
const TRANSFORM: &str = "mlops_transform_job";

fn notebook(terraform: &Terraform, more: Json) -> Value {
    let mut config = json!({ "name": "n", "instance_type": "ml.t3.medium", "role_arn": ROLE });
    let Json::Object(more) = more else { panic!("more is an object") };
    config.as_object_mut().unwrap().extend(more);
    terraform.config(NOTEBOOK, &config)
}

fn transform(terraform: &Terraform, more: Json) -> Value {
    let source = json!({ "s3_data_source": { "s3_data_type": "S3Prefix", "s3_uri": "s3://bucket/in" } });
    let mut config = json!({
        "model_name": "m",
        "transform_input": { "data_source": source },
        "transform_output": { "s3_output_path": "s3://bucket/out" },
        "transform_resources": { "instance_type": "ml.m5.large", "instance_count": 1 },
    });
    let Json::Object(more) = more else { panic!("more is an object") };
    config.as_object_mut().unwrap().extend(more);
    terraform.config(TRANSFORM, &config)
}

/// A member of the notebook instance as AWS has it.
fn member(story: &Story, name: &str) -> Json {
    let key = ("NotebookInstance".to_owned(), "n".to_owned());
    story.aws.with(|s| s.objects[&key].get(name).cloned().unwrap_or(Json::Null))
}

#[tokio::test]
async fn what_must_rest_is_stopped_changed_and_started_again() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (notebook(&terraform, json!({})), None);
    terraform.run(NOTEBOOK, &mut state, Some(&config)).await.good();
    assert_eq!(changing(&story.aws.operations()), ["CreateNotebookInstance"]);
    let larger = notebook(&terraform, json!({ "instance_type": "ml.t3.large" }));
    let plan = terraform.run(NOTEBOOK, &mut state, Some(&larger)).await.good().unwrap();
    assert_eq!(plan.change, Change::Update);
    let operations = story.aws.operations();
    let verbs: Vec<_> = operations.iter().filter(|o| !o.starts_with("Describe") && *o != "ListTags").collect();
    assert_eq!(verbs, ["StopNotebookInstance", "UpdateNotebookInstance", "StartNotebookInstance"]);
    assert_eq!(member(&story, "NotebookInstanceStatus"), "InService");
    assert_eq!(terraform.run(NOTEBOOK, &mut state, Some(&larger)).await.good().unwrap().change, Change::NoOp);
    terraform.run(NOTEBOOK, &mut state, None).await.good();
    assert_eq!(changing(&story.aws.operations()), ["StopNotebookInstance", "DeleteNotebookInstance"]);
}

#[tokio::test]
async fn a_volume_grows_and_does_not_shrink() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let sized = |terraform: &Terraform, size: i64| notebook(terraform, json!({ "volume_size_in_gb": size }));
    let (config, mut state) = (sized(&terraform, 10), None);
    terraform.run(NOTEBOOK, &mut state, Some(&config)).await.good();
    let config = sized(&terraform, 20);
    assert_eq!(terraform.run(NOTEBOOK, &mut state, Some(&config)).await.good().unwrap().change, Change::Update);
    let config = sized(&terraform, 10);
    let errors = terraform.plan(NOTEBOOK, state.as_ref(), Some(&config)).await.errors();
    assert!(errors[0].detail.contains("cannot shrink it to 10 GB"), "{errors:?}");
}

#[tokio::test]
async fn what_the_user_stopped_stays_stopped_after_a_change() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (notebook(&terraform, json!({})), None);
    terraform.run(NOTEBOOK, &mut state, Some(&config)).await.good();
    // In the console.
    let key = ("NotebookInstance".to_owned(), "n".to_owned());
    story.aws.with(|s| {
        s.objects.get_mut(&key).unwrap().insert("NotebookInstanceStatus".to_owned(), json!("Stopped"));
    });
    let plan = terraform.run(NOTEBOOK, &mut state, Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::NoOp, "the configuration does not say which");
    story.aws.operations();
    let larger = notebook(&terraform, json!({ "instance_type": "ml.t3.large" }));
    terraform.run(NOTEBOOK, &mut state, Some(&larger)).await.good();
    assert!(!story.aws.operations().contains(&"StartNotebookInstance".to_owned()));
    assert_eq!(member(&story, "NotebookInstanceStatus"), "Stopped");
}

#[tokio::test]
async fn the_wanted_status_is_brought_about() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let stopped = notebook(&terraform, json!({ "notebook_instance_status": "Stopped" }));
    let mut state = None;
    terraform.run(NOTEBOOK, &mut state, Some(&stopped)).await.good();
    assert_eq!(changing(&story.aws.operations()), ["CreateNotebookInstance", "StopNotebookInstance"]);
    assert_eq!(terraform.run(NOTEBOOK, &mut state, Some(&stopped)).await.good().unwrap().change, Change::NoOp);
    let running = notebook(&terraform, json!({ "notebook_instance_status": "InService" }));
    terraform.run(NOTEBOOK, &mut state, Some(&running)).await.good();
    assert_eq!(member(&story, "NotebookInstanceStatus"), "InService");
    // Stopped by somebody else: drift, which is mended.
    let key = ("NotebookInstance".to_owned(), "n".to_owned());
    story.aws.with(|s| {
        s.objects.get_mut(&key).unwrap().insert("NotebookInstanceStatus".to_owned(), json!("Stopped"));
    });
    let plan = terraform.run(NOTEBOOK, &mut state, Some(&running)).await.good().unwrap();
    assert_eq!(plan.change, Change::Update);
    assert_eq!(member(&story, "NotebookInstanceStatus"), "InService");
}

#[tokio::test]
async fn a_member_is_read_under_its_other_name_and_cleared_by_its_flag() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let with = notebook(&terraform, json!({ "lifecycle_config_name": "setup" }));
    let mut state = None;
    terraform.run(NOTEBOOK, &mut state, Some(&with)).await.good();
    let plan = terraform.run(NOTEBOOK, &mut state, Some(&with)).await.good().unwrap();
    assert_eq!(plan.change, Change::NoOp);
    assert_eq!(state.as_ref().unwrap().value.attribute("lifecycle_config_name"), &Value::from("setup"));
    let without = notebook(&terraform, json!({}));
    terraform.run(NOTEBOOK, &mut state, Some(&without)).await.good();
    assert_eq!(member(&story, "NotebookInstanceLifecycleConfigName"), Json::Null);
    assert_eq!(terraform.run(NOTEBOOK, &mut state, Some(&without)).await.good().unwrap().change, Change::NoOp);
}

#[tokio::test]
async fn what_aws_never_deletes_is_only_ended_and_forgotten() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (transform(&terraform, json!({ "name": "t" })), None);
    terraform.run(TRANSFORM, &mut state, Some(&config)).await.good();
    terraform.run(TRANSFORM, &mut state, None).await.good();
    assert!(state.is_none());
    let text = failing(&mut terraform, TRANSFORM, &mut None, &config).await;
    assert!(text.contains("exists already") && text.contains("never free again"), "{text}");
    // One that runs is stopped; one that is retained is not.
    for (on_destroy, stops) in [("stop", 1), ("retain", 0)] {
        let config = transform(
            &terraform,
            json!({ "name": on_destroy, "on_destroy": on_destroy, "wait_for_completion": false }),
        );
        let mut state = None;
        story.aws.with(|s| s.still = true);
        terraform.run(TRANSFORM, &mut state, Some(&config)).await.good();
        story.aws.operations();
        terraform.run(TRANSFORM, &mut state, None).await.good();
        assert_eq!(changing(&story.aws.operations()).len(), stops, "{on_destroy}");
        story.aws.with(|s| s.still = false);
    }
}

#[tokio::test]
async fn a_plan_that_would_use_a_name_twice_that_is_never_free_again_is_refused() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (transform(&terraform, json!({ "name": "t" })), None);
    terraform.run(TRANSFORM, &mut state, Some(&config)).await.good();
    story.aws.operations();
    let changed = |name: Json| {
        let mut config = json!({ "max_payload_in_mb": 1 });
        config.as_object_mut().unwrap().extend(name.as_object().unwrap().clone());
        config
    };
    let same = transform(&terraform, changed(json!({ "name": "t" })));
    let text = failing(&mut terraform, TRANSFORM, &mut state, &same).await;
    assert!(text.contains("cannot be used again") && text.contains("name_prefix"), "{text}");
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new());
    for name in [json!({ "name": "u" }), json!({ "name_prefix": "t-" })] {
        let other = transform(&terraform, changed(name));
        let plan = terraform.run(TRANSFORM, &mut state, Some(&other)).await.good().unwrap();
        assert_eq!(plan.change, Change::Replace);
    }
    // The first triggers run no other job, and are no change of it.
    let tagged = transform(&terraform, json!({ "name": "t", "tags": { "a": "b" } }));
    let mut fresh = None;
    let error = failing(&mut terraform, TRANSFORM, &mut fresh, &tagged).await;
    assert!(error.contains("exists already"), "{error}");
}
