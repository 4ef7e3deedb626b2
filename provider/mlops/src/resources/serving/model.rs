//! `mlops_model`: an artifact and the container that serves it.
//!
//! Quirks of the API: nothing of a model can be changed; neither "exists" nor "not found" has an error code of its own.
//! Source: SageMaker API reference, CreateModel.

use std::collections::BTreeMap;

use tfplug::model::{Model, Root};
use tfplug::validator::Validator;

use crate::aws::operation::error;
use crate::aws::{arn, s3_uri};
use crate::engine::fields::{Created, Named, Tagged};
use crate::engine::{Create, Declared, Delete, Given, Read, Scripts, Settings};
use crate::sagemaker::operation::operation;
use crate::shapes::VpcConfig;
use crate::shapes::model_data::{AdditionalModelDataSource, ModelDataSource};
use crate::source_code::SourceCode;

/// A SageMaker model: the container image and the model artifacts that endpoints and batch transform jobs run.
///
/// A model is immutable: any change replaces it. For models in use set `name_prefix` and `lifecycle {
/// create_before_destroy = true }`.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "model",
    subcategory = "Models",
    timeouts(create = "10m", delete = "10m"),
    identity("name", optional("region")),
    exactly_one_of("primary_container", "containers")
)]
pub struct SageMakerModel {
    #[tf(embed)]
    named: Named,
    /// ARN of the IAM role that SageMaker assumes to download the image and the artifacts, and that the containers run
    /// with.
    #[tf(optional, requires_replace, validate(arn::ROLE))]
    execution_role_arn: Option<String>,
    /// The container, for a model with one.
    #[tf(optional, requires_replace)]
    primary_container: Option<Container>,
    /// Several containers, run as an inference pipeline or invoked individually: see `inference_execution_config`.
    #[tf(optional, requires_replace, validate(Validator::Count { min: 1, max: 15 }))]
    containers: Option<Vec<Container>>,
    /// Local directory of inference code for the primary container, run in script mode.
    #[tf(optional, provider_only)]
    source_code: Option<SourceCode>,
    #[tf(optional, requires_replace)]
    inference_execution_config: Option<InferenceExecutionConfig>,
    /// VPC that the containers connect to.
    #[tf(optional, requires_replace)]
    vpc_config: Option<VpcConfig>,
    /// Whether the containers are isolated from the network: no inbound or outbound calls.
    #[tf(optional, computed, requires_replace, default = false)]
    enable_network_isolation: bool,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
}

/// A container.
#[derive(Clone, Debug, Model)]
#[tf(at_most_one_of("model_data_url", "model_data_source"))]
pub struct Container {
    /// DNS host name of the container, by which it is invoked in `Direct` mode.
    #[tf(optional)]
    container_hostname: Option<String>,
    /// Container image: the URI of an image in ECR, with a tag or a digest.
    #[tf(optional)]
    image: Option<String>,
    #[tf(optional)]
    image_config: Option<ImageConfig>,
    /// `SingleModel`, or `MultiModel` for a multi-model endpoint. SageMaker's default is `SingleModel`.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::OneOf(&["SingleModel", "MultiModel"])))]
    mode: Option<String>,
    /// S3 URI of the model artifact, a `.tar.gz` archive; with `mode = "MultiModel"` the prefix of all artifacts.
    #[tf(optional, validate(s3_uri::URI))]
    model_data_url: Option<String>,
    /// Location of the model artifact, for an artifact that is not a `.tar.gz` archive.
    #[tf(optional, computed, use_state_for_unknown)]
    model_data_source: Option<ModelDataSource>,
    /// Additional model artifacts, each available to the container as a channel.
    #[tf(optional, validate(Validator::Count { min: 0, max: 5 }))]
    additional_model_data_sources: Option<Vec<AdditionalModelDataSource>>,
    /// Environment variables. Those of script mode are added automatically and not shown.
    #[tf(optional, validate(Validator::Count { min: 0, max: 100 }))]
    environment: Option<BTreeMap<String, String>>,
    /// Name or ARN of the model package to deploy.
    #[tf(optional)]
    model_package_name: Option<String>,
    /// Inference specification of the model package.
    #[tf(optional)]
    inference_specification_name: Option<String>,
    #[tf(optional)]
    multi_model_config: Option<MultiModelConfig>,
    #[tf(optional)]
    container_metrics_config: Option<ContainerMetricsConfig>,
}

/// Where the image is hosted.
#[derive(Clone, Debug, Model)]
pub struct ImageConfig {
    /// `Platform` for ECR, `Vpc` for a private Docker registry in your VPC.
    #[tf(required, validate(Validator::OneOf(&["Platform", "Vpc"])))]
    repository_access_mode: String,
    #[tf(optional)]
    repository_auth_config: Option<RepositoryAuthConfig>,
}

/// Authentication to the private Docker registry.
#[derive(Clone, Debug, Model)]
pub struct RepositoryAuthConfig {
    /// ARN of the Lambda function that returns the credentials.
    #[tf(required, validate(arn::ANY))]
    repository_credentials_provider_arn: String,
}

/// Multi-model endpoint configuration.
#[derive(Clone, Debug, Model)]
pub struct MultiModelConfig {
    /// Whether models stay loaded in memory between invocations. SageMaker's default is `Enabled`.
    #[tf(optional, validate(Validator::OneOf(&["Enabled", "Disabled"])))]
    model_cache_setting: Option<String>,
}

/// Metrics that SageMaker scrapes from the container.
#[derive(Clone, Debug, Model)]
pub struct ContainerMetricsConfig {
    /// Prometheus endpoint of the container.
    #[tf(optional, validate(Validator::Count { min: 0, max: 1 }))]
    metrics_endpoints: Option<Vec<MetricsEndpoint>>,
}

/// A Prometheus endpoint of the container.
#[derive(Clone, Debug, Model)]
pub struct MetricsEndpoint {
    /// Path of the endpoint, for example `/metrics`.
    #[tf(required)]
    metrics_endpoint_path: String,
    /// Interval in seconds at which metrics are published.
    #[tf(optional)]
    metric_publish_frequency_in_seconds: Option<i64>,
}

/// How the containers of a model with several are invoked. As a pipeline (`Serial`) unless set.
#[derive(Clone, Debug, Model)]
pub struct InferenceExecutionConfig {
    /// `Serial` runs the containers as an inference pipeline, `Direct` only the container that a request names.
    #[tf(required, validate(Validator::OneOf(&["Serial", "Direct"])))]
    mode: String,
}

/// The declaration.
pub static MODEL: Declared = Declared {
    server_defaults: &[
        "primary_container.mode",
        "containers.mode",
        "primary_container.model_data_source",
        "primary_container.model_data_source.s3_data_source.etag",
        "primary_container.model_data_source.s3_data_source.manifest_etag",
        "primary_container.additional_model_data_sources.s3_data_source.etag",
        "primary_container.additional_model_data_sources.s3_data_source.manifest_etag",
        "containers.model_data_source",
        "containers.model_data_source.s3_data_source.etag",
        "containers.model_data_source.s3_data_source.manifest_etag",
        "containers.additional_model_data_sources.s3_data_source.etag",
        "containers.additional_model_data_sources.s3_data_source.manifest_etag",
    ],
    // Names of the settings: the SageMaker inference toolkit.
    scripts: Some(&Scripts {
        given: Given::Settings(Settings {
            at: "primary_container.environment",
            program: "SAGEMAKER_PROGRAM",
            directory: "SAGEMAKER_SUBMIT_DIRECTORY",
        }),
        place: "",
    }),
    ..Declared::named(
        "model",
        SageMakerModel::schema,
        "model_name",
        "model/{name}",
        Create {
            operation: operation!(create_model, CreateModel),
            arn: "model_arn",
            // Source: terraform-provider-aws, internal/service/sagemaker.
            exists: &[error("ValidationException", "Cannot create already existing model")],
            // A policy that was just written does not count everywhere yet. Text: aws/sagemaker-python-sdk issue 1762.
            retryable: &[error("ValidationException", "Could not access model data")],
        },
        // Source: ACK's generator.yaml for SageMaker, errors.404.
        Read::by(operation!(describe_model, DescribeModel), &[error("ValidationException", "Could not find model")]),
        Delete::by(operation!(delete_model, DeleteModel), &[]),
    )
};
