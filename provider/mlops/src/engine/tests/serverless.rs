//! Training without instances: what AWS chooses by itself, and what does not go with it.

use serde_json::{Value as Json, json};
use tfplug::testing::Change;
use tfplug::value::Path;

use super::fake::operation;
use super::{JOB, Story, job_with};

const LLAMA: &str = "arn:aws:sagemaker:eu-west-1:aws:hub-content/SageMakerPublicHub/Model/meta-llama";

fn on(base_model_arn: &str, more: Json) -> Json {
    let mut all = json!({
        "resource_config": null,
        "serverless_job_config": { "base_model_arn": base_model_arn, "job_type": "FineTuning", "accept_eula": true },
    });
    all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    all
}

#[tokio::test]
async fn the_version_of_the_base_model_is_what_aws_chooses() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = (job_with(&terraform, on(&format!("{LLAMA}/2.40.0"), json!({}))), None);
    terraform.run(JOB, &mut state, Some(&config)).await.good();
    let newest = format!("{LLAMA}/2.41.3");
    story.aws.with(|s| {
        let object = s.objects.get_mut(&("TrainingJob".to_owned(), "j".to_owned())).unwrap();
        object["ServerlessJobConfig"]["BaseModelArn"] = json!(newest);
    });
    state = terraform.refresh(JOB, state.as_ref().unwrap()).await.good();
    let given = state.as_ref().unwrap().value.at(&Path::parse("serverless_job_config.base_model_arn")).cloned();
    assert_eq!(given.unwrap().as_str(), Some(format!("{LLAMA}/2.40.0").as_str()), "what was written stays");
    for (arn, change) in [
        (format!("{LLAMA}/2.40.0"), Change::NoOp),
        (newest, Change::NoOp),
        (LLAMA.to_owned(), Change::NoOp),
        (format!("{LLAMA}-3/2.40.0"), Change::Replace),
    ] {
        let config = job_with(&terraform, on(&arn, json!({})));
        let plan = terraform.plan(JOB, state.as_ref(), Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, change, "{arn}");
    }
}

#[tokio::test]
async fn what_goes_with_instances_only_is_refused_in_the_plan() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let rule = json!([{ "rule_configuration_name": "r", "rule_evaluator_image": "i" }]);
    let location = json!({ "s3_output_path": "s3://bucket/debug" });
    for (attribute, value) in [
        ("algorithm_specification", json!({ "training_image": "i", "training_input_mode": "File" })),
        ("enable_managed_spot_training", json!(true)),
        ("environment", json!({ "A": "1" })),
        ("retry_strategy", json!({ "maximum_retry_attempts": 2 })),
        ("checkpoint_config", json!({ "s3_uri": "s3://bucket/checkpoints" })),
        ("debug_hook_config", location.clone()),
        ("debug_rule_configurations", rule.clone()),
        ("experiment_config", json!({ "experiment_name": "e" })),
        ("profiler_config", location.clone()),
        ("profiler_rule_configurations", rule),
        ("tensor_board_output_config", location),
    ] {
        let mut more = json!({ attribute: value });
        if attribute == "enable_managed_spot_training" {
            more["stopping_condition"] = json!({ "max_runtime_in_seconds": 60, "max_wait_time_in_seconds": 60 });
        }
        let config = job_with(&terraform, on(LLAMA, more));
        let errors = terraform.run(JOB, &mut None, Some(&config)).await.errors();
        assert_eq!((errors.len(), &errors[0].path), (1, &Path::of(attribute)), "{errors:?}");
        assert!(errors[0].detail.contains("`serverless_job_config`"), "{errors:?}");
    }
    assert!(story.aws.stub.take().is_empty(), "in the plan");
}

#[tokio::test]
async fn what_goes_with_instances_only_is_not_sent_as_a_default() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let config = job_with(&terraform, on(LLAMA, json!({})));
    terraform.run(JOB, &mut None, Some(&config)).await.good();
    let asked = story.aws.stub.take();
    let create = asked.iter().find(|asked| operation(asked) == "CreateTrainingJob").unwrap();
    let input: Json = serde_json::from_slice(&create.body).unwrap();
    let mut members: Vec<&String> = input.as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(
        members,
        [
            "EnableInterContainerTrafficEncryption",
            "EnableNetworkIsolation",
            "OutputDataConfig",
            "RoleArn",
            "ServerlessJobConfig",
            "StoppingCondition",
            "TrainingJobName"
        ]
    );
}
