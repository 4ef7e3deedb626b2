//! Tuning jobs and the training jobs that they launch: results, failures, and what a destroy takes along.

use serde_json::{Value as Json, json};
use tfplug::testing::{Change, State as Stored};
use tfplug::value::{Path, Value};

use super::{ROLE, Story, changing, failing};
use crate::testing::Terraform;

const JOB: &str = "mlops_hyper_parameter_tuning_job";
const ARN: &str = "arn:aws:sagemaker:us-east-1:123456789012:hyper-parameter-tuning-job";

fn definition(more: Json) -> Json {
    let mut definition = json!({
        "role_arn": ROLE,
        "algorithm_specification": { "algorithm_name": "trees" },
        "output_data_config": { "s3_output_path": "s3://bucket/out" },
        "resource_config": { "instance_type": "ml.m5.large", "instance_count": 1 },
    });
    definition.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    definition
}

fn settings(more: Json) -> Json {
    let mut settings = json!({
        "hyper_parameter_tuning_job_objective": { "type": "Maximize", "metric_name": "accuracy" },
        "resource_limits": { "max_number_of_training_jobs": 2, "max_parallel_training_jobs": 1 },
        "parameter_ranges": { "integer_parameter_ranges": [{ "name": "depth", "min_value": "1", "max_value": "9" }] },
    });
    settings.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    settings
}

fn tuning(terraform: &Terraform, more: Json) -> Value {
    let mut config = json!({
        "name": "t",
        "hyper_parameter_tuning_job_config": settings(json!({})),
        "training_job_definition": definition(json!({})),
    });
    for (name, value) in more.as_object().cloned().unwrap() {
        config[name] = value;
    }
    terraform.config(JOB, &config)
}

/// A training job that a tuning job launched.
fn launch(story: &Story, name: &str, parent: &str, more: Json) {
    story.aws.with(|s| {
        let output = json!({ "S3OutputPath": "s3://bucket/out" });
        s.create("TrainingJob", json!({ "TrainingJobName": name, "OutputDataConfig": output }));
        let job = s.objects.get_mut(&("TrainingJob".to_owned(), name.to_owned())).unwrap();
        job.insert("TrainingJobStatus".to_owned(), json!("Completed"));
        job.insert("TuningJobArn".to_owned(), json!(format!("{ARN}/{parent}")));
        job.extend(more.as_object().cloned().unwrap());
    });
}

/// Changes what AWS says of the tuning job.
fn described(story: &Story, change: impl FnOnce(&mut serde_json::Map<String, Json>)) {
    let key = ("HyperParameterTuningJob".to_owned(), "t".to_owned());
    story.aws.with(|s| change(s.objects.get_mut(&key).unwrap()));
}

/// The training jobs that are left.
fn left(story: &Story) -> Vec<String> {
    story.aws.with(|s| s.objects.keys().filter(|(noun, _)| noun == "TrainingJob").map(|(_, n)| n.clone()).collect())
}

async fn applied(story: &Story, terraform: &mut Terraform, more: Json) -> (Value, Option<Stored>) {
    let (config, mut state) = (tuning(terraform, more), None);
    terraform.run(JOB, &mut state, Some(&config)).await.good();
    story.aws.operations();
    (config, state)
}

#[tokio::test]
async fn what_aws_fills_in_is_no_drift() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = applied(&story, &mut terraform, json!({})).await;
    described(&story, |job| {
        let config = &mut job["HyperParameterTuningJobConfig"];
        config["TrainingJobEarlyStoppingType"] = json!("Off");
        config["RandomSeed"] = json!(4);
        config["ParameterRanges"]["IntegerParameterRanges"][0]["ScalingType"] = json!("Auto");
        config["ParameterRanges"]["CategoricalParameterRanges"] = json!([]);
        let definition = &mut job["TrainingJobDefinition"];
        definition["StaticHyperParameters"] = json!({ "_tuning_objective_metric": "accuracy" });
        let algorithm = "arn:aws:sagemaker:us-east-1:123456789012:algorithm/trees";
        definition["AlgorithmSpecification"]["AlgorithmName"] = json!(algorithm);
        definition["AlgorithmSpecification"]["MetricDefinitions"] = json!([{ "Name": "accuracy", "Regex": "a=(.*)" }]);
        definition["ResourceConfig"]["VolumeSizeInGB"] = json!(30);
        definition["OutputDataConfig"]["KmsKeyId"] = json!("");
    });
    assert_eq!(terraform.run(JOB, &mut state, Some(&config)).await.good().unwrap().change, Change::NoOp);
    let imported = terraform.import(JOB, "t").await.good().unwrap();
    let definition = imported.value.attribute("training_job_definition");
    assert!(definition.attribute("static_hyper_parameters").is_null(), "{definition:?}");
    let same = terraform.run(JOB, &mut state, Some(&config)).await.good().unwrap();
    assert_eq!(same.change, Change::NoOp);
}

#[tokio::test]
async fn the_best_training_job_is_shown_with_its_artifact() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = applied(&story, &mut terraform, json!({})).await;
    launch(&story, "t-001-a", "t", json!({}));
    described(&story, |job| {
        let metric = json!({ "MetricName": "accuracy", "Value": 0.75 });
        let best = json!({ "TrainingJobName": "t-001-a", "TunedHyperParameters": { "depth": "3" },
            "FinalHyperParameterTuningJobObjectiveMetric": metric });
        job.insert("BestTrainingJob".to_owned(), best);
    });
    terraform.run(JOB, &mut state, Some(&config)).await.good();
    let at = |state: &Option<Stored>, path: &str| state.as_ref().unwrap().value.at(&Path::parse(path)).unwrap().clone();
    let uri = Value::from("s3://bucket/out/t-001-a/output/model.tar.gz");
    assert_eq!(at(&state, "best_training_job.model_artifacts.s3_model_artifacts"), uri);
    assert_eq!(at(&state, "best_training_job.tuned_hyper_parameters.depth"), Value::from("3"));
    // What is known is not asked for again, and does not go with the training job.
    story.aws.with(|s| s.objects.remove(&("TrainingJob".to_owned(), "t-001-a".to_owned())));
    story.aws.operations();
    assert_eq!(terraform.run(JOB, &mut state, Some(&config)).await.good().unwrap().change, Change::NoOp);
    assert_eq!(at(&state, "best_training_job.model_artifacts.s3_model_artifacts"), uri);
    assert!(!story.aws.operations().contains(&"DescribeTrainingJob".to_owned()));
}

#[tokio::test]
async fn a_destroy_takes_its_own_training_jobs_and_no_others() {
    let story = Story::new().await;
    // Of an earlier tuning job of this name, whose training jobs were kept.
    launch(&story, "t-001-old", "t", json!({}));
    let mut terraform = story.terraform().await;
    let (_, mut state) = applied(&story, &mut terraform, json!({})).await;
    for (name, parent) in [("t-001-a", "T"), ("t-002-b", "t"), ("t-2-001-c", "t-2"), ("at-001-d", "at")] {
        launch(&story, name, parent, json!({}));
    }
    terraform.run(JOB, &mut state, None).await.good();
    assert_eq!(left(&story), ["at-001-d", "t-001-old", "t-2-001-c"]);
    let operations = story.aws.operations();
    let deletions = ["DeleteTrainingJob", "DeleteTrainingJob", "DeleteHyperParameterTuningJob"];
    assert_eq!(changing(&operations), deletions, "the list goes with the tuning job, which is therefore the last");
}

#[tokio::test]
async fn training_jobs_stay_if_the_user_says_so() {
    for more in [json!({ "delete_training_jobs": false }), json!({ "on_destroy": "stop" })] {
        let story = Story::new().await;
        let mut terraform = story.terraform().await;
        let (_, mut state) = applied(&story, &mut terraform, more).await;
        launch(&story, "t-001-a", "t", json!({}));
        terraform.run(JOB, &mut state, None).await.good();
        assert_eq!(left(&story), ["t-001-a"]);
    }
}

#[tokio::test]
async fn training_jobs_whose_tuning_job_is_gone_are_not_forgotten() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = applied(&story, &mut terraform, json!({})).await;
    launch(&story, "t-001-a", "t", json!({}));
    story.aws.with(|s| s.objects.remove(&("HyperParameterTuningJob".to_owned(), "t".to_owned())));
    let plan = terraform.run(JOB, &mut state, Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::Replace);
    assert_eq!(left(&story), Vec::<String>::new());
    terraform.run(JOB, &mut state, None).await.good();
}

#[tokio::test]
async fn a_failure_names_the_training_jobs_that_failed() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let (config, mut state) = applied(&story, &mut terraform, json!({})).await;
    for i in 0..7 {
        let failure = json!({ "TrainingJobStatus": "Failed", "FailureReason": format!("AlgorithmError: {i}") });
        launch(&story, &format!("t-00{i}-a"), "t", failure);
    }
    launch(&story, "t-000-stopped", "t", json!({ "TrainingJobStatus": "Stopped" }));
    launch(&story, "t-000-other", "u", json!({ "TrainingJobStatus": "Failed", "FailureReason": "another" }));
    described(&story, |job| {
        job.insert("HyperParameterTuningJobStatus".to_owned(), json!("Failed"));
        job.insert("FailureReason".to_owned(), json!("All training jobs failed."));
    });
    terraform.run(JOB, &mut state, Some(&config)).await.good();
    let told = state.as_ref().unwrap().value.attribute("failure_reason").as_str().unwrap().to_owned();
    let beginning =
        "All training jobs failed. Failed training jobs: t-000-a: AlgorithmError: 0; t-001-a: AlgorithmError: 1;";
    assert!(told.starts_with(beginning), "{told}");
    assert!(told.ends_with("t-004-a: AlgorithmError: 4; and more"), "{told}");
}

#[tokio::test]
async fn one_directory_has_the_scripts_of_all_definitions() {
    let story = Story::new().await;
    let code = tempfile::tempdir().unwrap();
    for script in ["tree.py", "linear.py"] {
        std::fs::write(code.path().join(script), "print()").unwrap();
    }
    let mut terraform = story.terraform().await;
    let other = json!({ "sagemaker_program": "linear.py", "penalty": "l2" });
    let source = json!({ "directory": code.path(), "entry_point": "tree.py", "s3_uri": "s3://bucket/code" });
    let definitions = json!([
        definition(json!({ "definition_name": "tree" })),
        definition(json!({ "definition_name": "linear", "static_hyper_parameters": other })),
    ]);
    let more =
        json!({ "training_job_definition": null, "training_job_definitions": definitions, "source_code": source });
    let (config, mut state) = applied(&story, &mut terraform, more.clone()).await;
    described(&story, |job| {
        let definitions = job["TrainingJobDefinitions"].as_array_mut().unwrap();
        let programs = definitions.iter().map(|d| d["StaticHyperParameters"]["sagemaker_program"].clone());
        assert_eq!(programs.collect::<Vec<_>>(), [json!("tree.py"), json!("linear.py")]);
        for definition in definitions {
            let uri = definition["StaticHyperParameters"]["sagemaker_submit_directory"].as_str().unwrap();
            assert!(uri.starts_with("s3://bucket/code/t/source/"), "{uri}");
            definition["StaticHyperParameters"]["_tuning_objective_metric"] = json!("accuracy");
        }
    });
    assert_eq!(terraform.run(JOB, &mut state, Some(&config)).await.good().unwrap().change, Change::NoOp);
    let mut without = more;
    without["source_code"]["s3_uri"] = Json::Null;
    let config = tuning(&terraform, without);
    let errors = terraform.validate(JOB, &config).await.errors();
    assert!(errors.len() == 1 && errors[0].summary.contains("source_code.s3_uri"), "{errors:?}");
}

#[tokio::test]
async fn what_aws_would_refuse_is_refused_before_the_plan() {
    let mut terraform = Story::new().await.terraform().await;
    let with = |more: Json| json!({ "hyper_parameter_tuning_job_config": settings(more) });
    let several = |all: Json| json!({ "training_job_definition": null, "training_job_definitions": all });
    let range = |name: &str| json!({ "name": name, "min_value": "1", "max_value": "2" });
    let many: Vec<Json> = (0..20).map(|i| range(&i.to_string())).collect();
    let fractions: Vec<Json> = (20..40).map(|i| range(&i.to_string())).collect();
    let crowd: Json = (0..25).map(|i| (i.to_string(), json!("x"))).collect::<serde_json::Map<_, _>>().into();
    let metrics = json!({ "training_image": "i", "metric_definitions": [{ "name": "loss", "regex": "(.*)" }] });
    for (more, told) in [
        (with(json!({ "strategy_config": {} })), "needs the strategy `Hyperband`"),
        (with(json!({ "strategy": "Hyperband", "training_job_early_stopping_type": "Auto" })), "needs `Off`"),
        (with(json!({ "strategy": "Grid" })), "categorical values only"),
        (with(json!({ "parameter_ranges": null })), "no range to search"),
        (
            with(
                json!({ "parameter_ranges": { "integer_parameter_ranges": many, "continuous_parameter_ranges": fractions } }),
            ),
            "40 hyperparameters",
        ),
        (
            json!({ "training_job_definition": definition(json!({ "static_hyper_parameters": { "depth": "1" } })) }),
            "fixed value",
        ),
        (
            json!({ "training_job_definition": definition(json!({ "algorithm_specification": metrics })) }),
            "`metric_definitions`: loss",
        ),
        (
            json!({ "training_job_definition": definition(json!({ "enable_managed_spot_training": true })) }),
            "max_wait_time",
        ),
        (several(json!([definition(json!({}))])), "needs a name"),
        (
            several(json!([
                definition(json!({ "definition_name": "a" })),
                definition(json!({ "definition_name": "a" }))
            ])),
            "this name",
        ),
        (
            several(json!([
                definition(json!({ "definition_name": "a", "environment": crowd })),
                definition(json!({ "definition_name": "b", "environment": crowd })),
            ])),
            "48 environment variables",
        ),
        (
            json!({ "training_job_definitions": [definition(json!({ "definition_name": "a" }))] }),
            "training_job_definition",
        ),
    ] {
        let config = tuning(&terraform, more);
        let errors = terraform.validate(JOB, &config).await.errors();
        assert!(errors.len() == 1 && errors[0].detail.contains(told), "{told}: {errors:?}");
    }
    for more in [
        with(
            json!({ "strategy": "Hyperband", "strategy_config": { "hyperband_strategy_config": { "max_resource": 9 } } }),
        ),
        {
            let mut auto = with(json!({ "parameter_ranges": null }));
            auto["autotune"] = json!({ "mode": "Enabled" });
            auto
        },
    ] {
        let config = tuning(&terraform, more);
        terraform.validate(JOB, &config).await.good();
    }
}

#[tokio::test]
async fn a_failed_tuning_job_is_told_with_its_training_jobs() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let config = tuning(&terraform, json!({ "wait_for_completion": false }));
    let mut state = None;
    story.aws.with(|s| s.still = true);
    terraform.run(JOB, &mut state, Some(&config)).await.good();
    launch(&story, "t-001-a", "t", json!({ "TrainingJobStatus": "Failed", "FailureReason": "AlgorithmError: x" }));
    described(&story, |job| {
        job.insert("HyperParameterTuningJobStatus".to_owned(), json!("Failed"));
        job.insert("FailureReason".to_owned(), json!("All training jobs failed."));
    });
    let waits = tuning(&terraform, json!({}));
    let text = failing(&mut terraform, JOB, &mut state, &waits).await;
    assert!(
        text.contains(
            "Its status is Failed: All training jobs failed. Failed training jobs: t-001-a: AlgorithmError: x"
        ),
        "{text}"
    );
}
