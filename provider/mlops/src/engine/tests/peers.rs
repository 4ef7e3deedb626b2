//! What users of other tools reported of jobs and the registry, each with its report: none of it may happen here.

use serde_json::json;
use tfplug::testing::Change;
use tfplug::value::Path;

use super::fake::Instead;
use super::{JOB, MODEL, ROLE, Story, changing, failing, job};

/// hashicorp/terraform-provider-aws issue 45490: a change of a model's `vpc_config` was applied without any effect.
#[tokio::test]
async fn a_change_of_a_models_vpc_makes_another_model() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let within = |subnet: &str| json!({ "security_group_ids": ["sg-1"], "subnets": [subnet] });
    let model = |subnet: Option<&str>| {
        let all = json!({ "name": "m", "execution_role_arn": ROLE, "primary_container": { "image": "i" }, "vpc_config": subnet.map(within) });
        terraform.config(MODEL, &all)
    };
    let (none, first, second) = (model(None), model(Some("subnet-1")), model(Some("subnet-2")));
    let mut state = None;
    terraform.run(MODEL, &mut state, Some(&first)).await.good();
    for config in [second, none] {
        let plan = terraform.plan(MODEL, state.as_ref(), Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, Change::Replace, "{config:?}");
    }
}

/// apache/airflow pull request 42423: a job that somebody stopped counted as done.
#[tokio::test]
async fn a_job_that_was_stopped_has_failed() {
    let story = Story::new().await;
    story.aws.with(|s| s.end = Some("Stopped"));
    let mut terraform = story.terraform().await;
    let (config, mut state) = (job(&terraform), None);
    let text = failing(&mut terraform, JOB, &mut state, &config).await;
    assert!(text.contains("Its status is Stopped"), "{text}");
    assert!(state.is_some(), "it is in the state, to be replaced");
}

/// hashicorp/terraform-provider-aws issues 23969, 28769, 31378, 35226 and 42417, and the registry that 39164 asks for: there was
/// no such resource, and nothing that reads what others registered, ran and serve.
#[test]
fn jobs_and_the_registry_are_resources_and_data_sources() {
    let resources: Vec<_> = crate::resources::all().iter().map(|r| r.schema().name).collect();
    let data_sources: Vec<_> = crate::data_sources::all().iter().map(|d| d.schema().name).collect();
    let monitored =
        ["model_bias", "model_explainability", "model_quality"].map(|kind| format!("{kind}_job_definition"));
    let named = ["inference_component", "model_package_group", "model_package", "processing_job", "training_job"];
    for name in named.map(str::to_owned).into_iter().chain(monitored) {
        assert!(resources.iter().any(|r| r.as_ref() == name), "{name}");
    }
    for name in ["endpoint", "model_package", "model_packages", "processing_job", "training_job"] {
        assert!(data_sources.iter().any(|d| d == name), "{name}");
    }
}

/// hashicorp/terraform-provider-aws issues 45813 (schedules lacked arguments), 36047 (their metrics in CloudWatch) and 41490, 40606
/// and 40644 (an endpoint that scales to zero): there was no such attribute.
#[test]
fn attributes_that_others_lack_are_there() {
    for (resource, path) in [
        ("endpoint_configuration", "production_variants.managed_instance_scaling.min_instance_count"),
        ("inference_component", "runtime_config.copy_count"),
        ("monitoring_schedule", "monitoring_schedule_config.monitoring_job_definition.baseline_config"),
        ("monitoring_schedule", "monitoring_schedule_config.monitoring_job_definition.environment"),
        ("monitoring_schedule", "monitoring_schedule_config.monitoring_job_definition.network_config"),
        ("monitoring_schedule", "monitoring_schedule_config.monitoring_job_definition.stopping_condition"),
        ("monitoring_schedule", "monitoring_schedule_config.schedule_config.data_analysis_start_time"),
    ] {
        let all = crate::resources::all().into_iter().map(|r| r.schema());
        let schema = all.into_iter().find(|schema| schema.name == resource).unwrap();
        let last = path.rsplit('.').next().unwrap();
        assert!(schema.object.at(&Path::parse(path)).is_some_and(|a| a.name == last), "{resource}: {path}");
    }
}

/// aws-samples/llm-sagemaker-sample issue 2: the policy of a new role did not count yet, and the creation of the model failed.
#[tokio::test]
async fn a_model_whose_role_does_not_count_yet_is_created_once_it_does() {
    let story = Story::new().await;
    let refusals = [
        Instead::Error(
            "ValidationException",
            "Could not access model data at s3://bucket/model.tar.gz. Please ensure ...",
        ),
        Instead::Error("ValidationException", "Could not assume role arn:aws:iam::123456789012:role/r."),
    ];
    story.aws.with(|s| s.instead.insert("CreateModel", refusals.into()));
    let mut terraform = story.terraform().await;
    let container = json!({ "image": "i", "model_data_url": "s3://bucket/model.tar.gz" });
    let all = json!({ "name": "m", "execution_role_arn": ROLE, "primary_container": container });
    let config = terraform.config(MODEL, &all);
    terraform.run(MODEL, &mut None, Some(&config)).await.good();
    assert_eq!(changing(&story.aws.operations()), ["CreateModel"; 3]);
}
