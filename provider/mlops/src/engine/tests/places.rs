//! What changes in place, and what demands a new object.

use serde_json::{Value as Json, json};
use tfplug::testing::{Change, State as Stored};

use super::fake::operation;
use super::{ENDPOINT, JOB, Story, changing, job_with};
use crate::testing::Terraform;

async fn applied(story: &Story, more: Json) -> (Terraform, Option<Stored>) {
    let mut terraform = story.terraform().await;
    let (config, mut state) = (job_with(&terraform, more), None);
    terraform.run(JOB, &mut state, Some(&config)).await.good();
    story.aws.operations();
    (terraform, state)
}

fn resources(keep_alive: Option<i64>) -> Json {
    let mut all = json!({ "instance_type": "ml.m5.large", "instance_count": 1, "volume_size_in_gb": 10 });
    if let Some(seconds) = keep_alive {
        all["keep_alive_period_in_seconds"] = json!(seconds);
    }
    json!({ "resource_config": all })
}

#[tokio::test]
async fn a_nested_attribute_with_an_operation_changes_in_place_and_is_sent_alone() {
    let story = Story::new().await;
    let (mut terraform, mut state) = applied(&story, resources(Some(600))).await;
    let config = job_with(&terraform, resources(Some(900)));
    let plan = terraform.run(JOB, &mut state, Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::Update);
    let sent = story.aws.stub.take().into_iter().find(|a| operation(a) == "UpdateTrainingJob").unwrap();
    let sent: Json = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!(sent, json!({ "TrainingJobName": "j", "ResourceConfig": { "KeepAlivePeriodInSeconds": 900 } }));
    let mut other = resources(Some(900));
    other["resource_config"]["instance_count"] = json!(2);
    let config = job_with(&terraform, other);
    let plan = terraform.plan(JOB, state.as_ref(), Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::Replace, "its neighbors demand a new job as ever");
}

#[tokio::test]
async fn what_aws_changes_while_a_job_runs_demands_a_new_one_once_it_has_ended() {
    let story = Story::new().await;
    story.aws.with(|s| s.still = true);
    let waits = |profiling: i64| json!({ "wait_for_completion": false, "profiler_config": { "profiling_interval_in_milliseconds": profiling } });
    let (mut terraform, mut state) = applied(&story, waits(500)).await;
    let config = job_with(&terraform, waits(1000));
    let plan = terraform.run(JOB, &mut state, Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::Update);
    assert_eq!(changing(&story.aws.operations()), ["UpdateTrainingJob"]);
    story.aws.with(|s| s.still = false);
    // The first look sees the job run, and the next one its end.
    for _ in 0..2 {
        state = terraform.refresh(JOB, state.as_ref().unwrap()).await.good();
    }
    let config = job_with(&terraform, waits(5000));
    let plan = terraform.plan(JOB, state.as_ref(), Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::Replace);
}

#[tokio::test]
async fn what_an_import_cannot_find_is_taken_over_from_the_configuration() {
    let story = Story::new().await;
    let chained = json!({ "session_chaining_config": { "enable_session_tag_chaining": true } });
    let (mut terraform, mut state) = applied(&story, chained.clone()).await;
    let mut imported = terraform.import(JOB, "j").await.good();
    let config = job_with(&terraform, chained);
    let plan = terraform.run(JOB, &mut imported, Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::Update);
    assert_eq!(changing(&story.aws.operations()), Vec::<&str>::new(), "there is nothing to send");
    for state in [&mut imported, &mut state] {
        let again = terraform.run(JOB, state, Some(&config)).await.good().unwrap();
        assert_eq!(again.change, Change::NoOp);
        let without = job_with(&terraform, json!({}));
        let plan = terraform.plan(JOB, state.as_ref(), Some(&without)).await.good().unwrap();
        assert_eq!(plan.change, Change::Replace, "now it is known");
    }
}

#[tokio::test]
async fn what_a_creator_left_out_is_the_default() {
    let story = Story::new().await;
    let channel = json!({ "input_data_config": [{
        "channel_name": "train", "data_source": { "s3_data_source": { "s3_uri": "s3://bucket/data/" } },
    }] });
    let (mut terraform, mut state) = applied(&story, channel.clone()).await;
    story.aws.with(|s| {
        let job = s.objects.get_mut(&("TrainingJob".to_owned(), "j".to_owned())).unwrap();
        job["InputDataConfig"][0].as_object_mut().unwrap().retain(|member, _| !member.ends_with("Type"));
        let source = &mut job["InputDataConfig"][0]["DataSource"]["S3DataSource"];
        assert!(source.as_object_mut().unwrap().remove("S3DataDistributionType").is_some());
    });
    let config = job_with(&terraform, channel);
    let mut imported = terraform.import(JOB, "j").await.good();
    for state in [&mut imported, &mut state] {
        let plan = terraform.run(JOB, state, Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, Change::NoOp, "{plan:?}");
    }
}

/// The SageMaker SDK for Python says what AWS would take anyway, and names its scripts by hyperparameters, as JSON.
#[tokio::test]
async fn what_the_sdk_wrote_is_imported_and_planned_without_a_change() {
    let story = Story::new().await;
    let said = |text: &str| json!(text).to_string();
    let parameters = json!({
        "sagemaker_submit_directory": said("s3://bucket/j/source/sourcedir.tar.gz"), "sagemaker_program": said("train.py"),
        "sagemaker_region": said("us-east-1"), "epochs": "3",
    });
    let channel = json!({
        "ChannelName": "train", "CompressionType": "None", "RecordWrapperType": "None",
        "DataSource": { "S3DataSource": {
            "S3DataType": "S3Prefix", "S3Uri": "s3://bucket/data/", "S3DataDistributionType": "FullyReplicated",
        } },
    });
    story.aws.with(|s| {
        s.create(
            "TrainingJob",
            json!({
                "TrainingJobName": "j",
                "RoleArn": super::ROLE,
                "AlgorithmSpecification": { "TrainingImage": "i:1", "TrainingInputMode": "File", "EnableSageMakerMetricsTimeSeries": true },
                "HyperParameters": parameters,
                "InputDataConfig": [channel],
                "OutputDataConfig": { "S3OutputPath": "s3://bucket/out", "CompressionType": "GZIP", "KmsKeyId": "" },
                "ResourceConfig": { "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10 },
                "StoppingCondition": { "MaxRuntimeInSeconds": 86400 },
                "EnableNetworkIsolation": false,
                "EnableInterContainerTrafficEncryption": false,
                "EnableManagedSpotTraining": false,
                "DebugHookConfig": { "S3OutputPath": "s3://bucket/out", "CollectionConfigurations": [] },
                "ProfilerConfig": { "S3OutputPath": "s3://bucket/out", "DisableProfiler": false },
            }),
        )
    });
    let mut terraform = story.terraform().await;
    let source = json!({ "s3_data_source": { "s3_uri": "s3://bucket/data/" } });
    let config = job_with(
        &terraform,
        json!({
            "algorithm_specification": { "training_image": "i:1" },
            "hyper_parameters": parameters,
            "input_data_config": [{ "channel_name": "train", "data_source": source }],
        }),
    );
    for _ in 0..2 {
        drop(terraform.import(JOB, "j").await.good());
    }
    let mut imported = terraform.import_every_way(JOB, "j").await.good();
    assert!(imported.as_ref().unwrap().value.attribute("source_code").is_null(), "the archive is somebody else's");
    let plan = terraform.run(JOB, &mut imported, Some(&config)).await.good().unwrap();
    assert_eq!(plan.change, Change::NoOp, "{plan:?}");
}

#[tokio::test]
async fn what_the_last_update_was_sent_is_shown_to_an_import_and_to_nobody_else() {
    let story = Story::new().await;
    let mut terraform = story.terraform().await;
    let settings = json!({ "rolling_update_policy": {
        "maximum_batch_size": { "type": "INSTANCE_COUNT", "value": 1 }, "wait_interval_in_seconds": 60,
    } });
    let plain = terraform.config(ENDPOINT, &json!({ "name": "e", "endpoint_config_name": "c" }));
    let rolling =
        terraform.config(ENDPOINT, &json!({ "name": "e", "endpoint_config_name": "c", "deployment_config": settings }));
    let mut state = None;
    terraform.run(ENDPOINT, &mut state, Some(&plain)).await.good();
    story.aws.with(|s| {
        let endpoint = s.objects.get_mut(&("Endpoint".to_owned(), "e".to_owned())).unwrap();
        endpoint.insert(
            "LastDeploymentConfig".to_owned(),
            json!({ "RollingUpdatePolicy": {
            "MaximumBatchSize": { "Type": "INSTANCE_COUNT", "Value": 1 }, "WaitIntervalInSeconds": 60,
        } }),
        );
    });
    let again = terraform.run(ENDPOINT, &mut state, Some(&plain)).await.good().unwrap();
    assert_eq!(again.change, Change::NoOp);
    let mut imported = terraform.import(ENDPOINT, "e").await.good();
    let plan = terraform.run(ENDPOINT, &mut imported, Some(&rolling)).await.good().unwrap();
    assert_eq!(plan.change, Change::NoOp);
}

#[tokio::test]
async fn what_is_gone_stays_in_the_state_as_long_as_its_scripts_are_there() {
    let story = Story::new().await;
    let code = tempfile::tempdir().unwrap();
    std::fs::write(code.path().join("train.py"), "print()").unwrap();
    let source = json!({ "source_code": { "directory": code.path(), "entry_point": "train.py" } });
    // The stand-in for S3 has everything that it is asked for.
    for (more, stays) in [(json!({}), false), (source, true)] {
        let (mut terraform, state) = applied(&story, more).await;
        story.aws.with(|s| s.objects.clear());
        let read = terraform.refresh(JOB, state.as_ref().unwrap()).await.good();
        assert_eq!(read.is_some(), stays);
        assert!(read.is_none_or(|read| read.value.attribute("training_job_status").is_null()));
    }
}
