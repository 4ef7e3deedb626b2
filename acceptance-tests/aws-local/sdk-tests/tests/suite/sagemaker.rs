//! SageMaker and its runtime: what is made, trained, listed, served, scaled.

use aws_sdk_applicationautoscaling::types::{MetricType, PolicyType, ScalableDimension, ServiceNamespace};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::error::SdkError;
use aws_sdk_sagemaker::types::{
    AlgorithmSpecification, Channel, ContainerDefinition, DataSource, EndpointStatus, MetricDefinition,
    OutputDataConfig, ProductionVariant, ProductionVariantInstanceType, ResourceConfig, S3DataSource, S3DataType,
    StoppingCondition, Tag, TrainingInputMode, TrainingInstanceType, TrainingJobStatus,
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::harness::{ACCOUNT, client, code, eventually};
use crate::identity::{TRUST, role};
use crate::s3;

const IMAGE: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com/image:1";

/// What jobs and model servers do with their role.
const JOBS: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
    "Action": ["s3:*", "ecr:*", "logs:*", "cloudwatch:PutMetricData"], "Resource": "*"}]}"#;

/// Trains a model that answers in capital letters.
const TRAIN: &str = r#"
import os, pathlib
code = pathlib.Path(os.environ["SM_MODEL_DIR"]) / "code"
code.mkdir()
(code / "inference.py").write_text("""
def model_fn(directory):
    return str.upper
def transform_fn(model, body, content_type, accept):
    text = body if isinstance(body, str) else body.decode()
    if text == "fail":
        raise ValueError("as asked")
    return model(text), "text/plain"
""")
print("accuracy=0.9375")
"#;

/// Makes a role for jobs and tells its ARN.
async fn job_role(name: &str) -> String {
    let arn = role(name, TRUST).await;
    let put = client!(aws_sdk_iam).put_role_policy().role_name(name).policy_name("jobs").policy_document(JOBS);
    put.send().await.unwrap();
    arn
}

async fn delete_job_role(name: &str) {
    let iam = client!(aws_sdk_iam);
    iam.delete_role_policy().role_name(name).policy_name("jobs").send().await.unwrap();
    iam.delete_role().role_name(name).send().await.unwrap();
}

/// Starts a job that runs a Python program, which comes in by a channel.
async fn train(sagemaker: &Client, name: &str, role: &str, bucket: &str, program: &'static str) {
    let body = ByteStream::from_static(program.as_bytes());
    s3::client().put_object().bucket(bucket).key("code/train.py").body(body).send().await.unwrap();
    let source = S3DataSource::builder().s3_data_type(S3DataType::S3Prefix).s3_uri(format!("s3://{bucket}/code/"));
    let source = DataSource::builder().s3_data_source(source.build()).build();
    let metric = MetricDefinition::builder().name("accuracy").regex("accuracy=([0-9.]+)").build();
    let algorithm = AlgorithmSpecification::builder()
        .training_image(IMAGE)
        .training_input_mode(TrainingInputMode::File)
        .container_entrypoint("python3")
        .container_arguments("/opt/ml/input/data/code/train.py")
        .metric_definitions(metric)
        .build();
    let instance = ResourceConfig::builder().instance_type(TrainingInstanceType::MlM5Large).instance_count(1);
    sagemaker
        .create_training_job()
        .training_job_name(name)
        .role_arn(role)
        .algorithm_specification(algorithm)
        .input_data_config(Channel::builder().channel_name("code").data_source(source).build())
        .output_data_config(OutputDataConfig::builder().s3_output_path(format!("s3://{bucket}/models")).build())
        .resource_config(instance.volume_size_in_gb(5).build())
        .stopping_condition(StoppingCondition::builder().max_runtime_in_seconds(600).build())
        .send()
        .await
        .unwrap();
}

async fn trained(
    sagemaker: &Client,
    name: &str,
) -> aws_sdk_sagemaker::operation::describe_training_job::DescribeTrainingJobOutput {
    eventually("the job ends", async || {
        let job = sagemaker.describe_training_job().training_job_name(name).send().await.unwrap();
        let status = job.training_job_status.clone().unwrap();
        (!matches!(status, TrainingJobStatus::InProgress | TrainingJobStatus::Stopping)).then_some(job)
    })
    .await
}

#[tokio::test]
async fn a_model_is_trained_served_and_scaled() {
    let (sagemaker, s3, name) = (client!(aws_sdk_sagemaker), s3::client(), "sdk-served");
    s3.create_bucket().bucket(name).send().await.unwrap();
    let role_arn = job_role(name).await;

    train(&sagemaker, name, &role_arn, name, TRAIN).await;
    let job = trained(&sagemaker, name).await;
    assert_eq!(job.training_job_status, Some(TrainingJobStatus::Completed), "{:?}", job.failure_reason);
    let metrics = job.final_metric_data_list();
    assert_eq!((metrics[0].metric_name.as_deref(), metrics[0].value), (Some("accuracy"), Some(0.9375)));
    let statuses: Vec<_> = job.secondary_status_transitions().iter().filter_map(|t| t.status.clone()).collect();
    assert_eq!(statuses.last().map(|s| s.as_str()), Some("Completed"));
    let artifacts = job.model_artifacts.unwrap().s3_model_artifacts.unwrap();
    let streams = client!(aws_sdk_cloudwatchlogs).describe_log_streams().log_group_name("/aws/sagemaker/TrainingJobs");
    let streams = streams.log_stream_name_prefix(name).send().await.unwrap();
    assert_eq!(streams.log_streams().len(), 1);

    let container = ContainerDefinition::builder().image(IMAGE).model_data_url(artifacts).build();
    let model = sagemaker.create_model().model_name(name).execution_role_arn(&role_arn).primary_container(container);
    model.send().await.unwrap();
    let variant = ProductionVariant::builder().variant_name("main").model_name(name).initial_instance_count(1);
    let variant = variant.instance_type(ProductionVariantInstanceType::MlM5Large).initial_variant_weight(0.1).build();
    let configuration = sagemaker.create_endpoint_config().endpoint_config_name(name).production_variants(variant);
    configuration.send().await.unwrap();
    let read = sagemaker.describe_endpoint_config().endpoint_config_name(name).send().await.unwrap();
    assert_eq!(read.production_variants()[0].initial_variant_weight, Some(0.1));
    sagemaker.create_endpoint().endpoint_name(name).endpoint_config_name(name).send().await.unwrap();
    let busy = sagemaker.update_endpoint().endpoint_name(name).endpoint_config_name(name).send().await;
    assert_eq!(code(busy), "ValidationException", "an endpoint that is being created cannot be updated");
    let endpoint = eventually("the endpoint is there", async || {
        let endpoint = sagemaker.describe_endpoint().endpoint_name(name).send().await.unwrap();
        (endpoint.endpoint_status != Some(EndpointStatus::Creating)).then_some(endpoint)
    })
    .await;
    assert_eq!(endpoint.endpoint_status, Some(EndpointStatus::InService), "{:?}", endpoint.failure_reason);

    let runtime = client!(aws_sdk_sagemakerruntime);
    let invoke = |body: &str| {
        runtime.invoke_endpoint().endpoint_name(name).content_type("text/plain").body(body.as_bytes().to_vec().into())
    };
    let answer = invoke("hello").send().await.unwrap();
    assert_eq!(answer.invoked_production_variant.as_deref(), Some("main"));
    assert_eq!(answer.content_type.as_deref(), Some("text/plain"));
    assert_eq!(answer.body.unwrap().as_ref(), b"HELLO");
    let failed = invoke("fail").send().await.unwrap_err().into_service_error();
    assert!(failed.is_model_error(), "{failed:?}");

    scale(name).await;
    sagemaker.delete_endpoint().endpoint_name(name).send().await.unwrap();
    eventually("the endpoint is gone", async || {
        let answer = sagemaker.describe_endpoint().endpoint_name(name).send().await;
        answer.err().map(|e| assert_eq!(e.code(), Some("ValidationException"), "{e:?}"))
    })
    .await;
    sagemaker.delete_endpoint_config().endpoint_config_name(name).send().await.unwrap();
    sagemaker.delete_model().model_name(name).send().await.unwrap();
    sagemaker.delete_training_job().training_job_name(name).send().await.unwrap();
    s3::delete_bucket(&s3, name).await;
    delete_job_role(name).await;
}

/// Registers an endpoint with Application Auto Scaling.
async fn scale(endpoint: &str) {
    let scaling = client!(aws_sdk_applicationautoscaling);
    let (namespace, dimension) = (ServiceNamespace::Sagemaker, ScalableDimension::SageMakerVariantDesiredInstanceCount);
    let id = format!("endpoint/{endpoint}/variant/main");
    let target = scaling.register_scalable_target().service_namespace(namespace.clone()).resource_id(&id);
    let target = target.scalable_dimension(dimension.clone()).min_capacity(1).max_capacity(3).send().await.unwrap();
    assert!(target.scalable_target_arn.unwrap().starts_with("arn:aws:application-autoscaling:us-east-1:"));
    let metric = MetricType::SageMakerVariantInvocationsPerInstance;
    let metric = aws_sdk_applicationautoscaling::types::PredefinedMetricSpecification::builder()
        .predefined_metric_type(metric)
        .build()
        .unwrap();
    let tracking = aws_sdk_applicationautoscaling::types::TargetTrackingScalingPolicyConfiguration::builder()
        .target_value(70.0)
        .predefined_metric_specification(metric)
        .scale_in_cooldown(300)
        .build()
        .unwrap();
    let policy = scaling.put_scaling_policy().policy_name(endpoint).service_namespace(namespace.clone());
    let policy = policy.resource_id(&id).scalable_dimension(dimension.clone());
    let policy = policy.policy_type(PolicyType::TargetTrackingScaling);
    policy.target_tracking_scaling_policy_configuration(tracking).send().await.unwrap();
    let policies = scaling.describe_scaling_policies().service_namespace(namespace.clone()).resource_id(&id);
    let policies = policies.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.unwrap();
    let tracking = policies[0].target_tracking_scaling_policy_configuration.as_ref().unwrap();
    assert_eq!((tracking.target_value, tracking.scale_in_cooldown), (70.0, Some(300)));
    let targets = scaling.describe_scalable_targets().service_namespace(namespace.clone()).resource_ids(&id);
    let targets = targets.send().await.unwrap();
    assert_eq!((targets.scalable_targets()[0].min_capacity, targets.scalable_targets()[0].max_capacity), (1, 3));
    let deregister = || {
        let call = scaling.deregister_scalable_target().service_namespace(namespace.clone()).resource_id(&id);
        call.scalable_dimension(dimension.clone()).send()
    };
    deregister().await.unwrap();
    assert!(deregister().await.unwrap_err().into_service_error().is_object_not_found_exception());
}

#[tokio::test]
async fn a_failed_job_tells_why_and_its_name_is_taken() {
    let (sagemaker, s3, name) = (client!(aws_sdk_sagemaker), s3::client(), "sdk-failed");
    s3.create_bucket().bucket(name).send().await.unwrap();
    let role_arn = job_role(name).await;
    train(&sagemaker, name, &role_arn, name, "raise SystemExit('no data')").await;
    let job = trained(&sagemaker, name).await;
    assert_eq!(job.training_job_status, Some(TrainingJobStatus::Failed));
    assert!(job.failure_reason.as_deref().unwrap_or_default().contains("AlgorithmError"), "{:?}", job.failure_reason);
    let again = sagemaker
        .create_training_job()
        .training_job_name(name)
        .role_arn(&role_arn)
        .algorithm_specification(job.algorithm_specification.unwrap())
        .output_data_config(job.output_data_config.unwrap())
        .resource_config(job.resource_config.unwrap())
        .stopping_condition(job.stopping_condition.unwrap())
        .send()
        .await;
    assert!(again.unwrap_err().into_service_error().is_resource_in_use());
    sagemaker.delete_training_job().training_job_name(name).send().await.unwrap();
    s3::delete_bucket(&s3, name).await;
    delete_job_role(name).await;
}

#[tokio::test]
async fn models_are_tagged_and_listed() {
    let sagemaker = client!(aws_sdk_sagemaker);
    let role_arn = role("sdk-models", TRUST).await;
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let names: Vec<_> = (0..5).map(|i| format!("sdk-model-{i}")).collect();
    for name in &names {
        let container = ContainerDefinition::builder().image(IMAGE).environment("A", "b").build();
        let model = sagemaker.create_model().model_name(name).execution_role_arn(&role_arn);
        model.primary_container(container).tags(tag("team", "ml")).send().await.unwrap();
    }
    let list = sagemaker.list_models().name_contains("sdk-model-").into_paginator().page_size(2).send();
    let pages = list.collect::<Result<Vec<_>, _>>().await.unwrap();
    let sizes: Vec<_> = pages.iter().map(|p| p.models().len()).collect();
    assert_eq!(sizes, [2, 2, 1]);

    let read = sagemaker.describe_model().model_name(&names[0]).send().await.unwrap();
    assert_eq!(read.primary_container.unwrap().environment.unwrap()["A"], "b");
    let arn = read.model_arn.unwrap();
    assert_eq!(arn, format!("arn:aws:sagemaker:us-east-1:{ACCOUNT}:model/sdk-model-0"));
    sagemaker.add_tags().resource_arn(&arn).tags(tag("stage", "test")).send().await.unwrap();
    sagemaker.delete_tags().resource_arn(&arn).tag_keys("team").send().await.unwrap();
    let tags = sagemaker.list_tags().resource_arn(&arn).into_paginator().items().send();
    assert_eq!(tags.collect::<Result<Vec<_>, _>>().await.unwrap(), [tag("stage", "test")]);

    for name in &names {
        sagemaker.delete_model().model_name(name).send().await.unwrap();
    }
    let gone = sagemaker.describe_model().model_name(&names[0]).send().await.unwrap_err();
    assert!(matches!(&gone, SdkError::ServiceError(_)), "{gone:?}");
    assert_eq!(gone.code(), Some("ValidationException"));
    assert!(gone.message().is_some_and(|m| m.starts_with("Could not find model")), "{gone:?}");
    let wrong = sagemaker.describe_model().model_name("not a name").send().await.unwrap_err();
    assert!(wrong.message().is_some_and(|m| m.contains("1 validation error detected")), "{wrong:?}");
    let tuning = sagemaker.describe_hyper_parameter_tuning_job().hyper_parameter_tuning_job_name("absent").send().await;
    assert!(tuning.unwrap_err().into_service_error().is_resource_not_found());
    client!(aws_sdk_iam).delete_role().role_name("sdk-models").send().await.unwrap();
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_is_told_as_such() {
    let runtime = client!(aws_sdk_sagemakerruntime);
    let absent = runtime.invoke_endpoint().endpoint_name("absent").body(Vec::new().into()).send().await.unwrap_err();
    let absent = absent.into_service_error();
    assert!(absent.is_validation_error() && absent.to_string().contains("absent"), "{absent:?}");
}
