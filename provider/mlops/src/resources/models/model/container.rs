//! The containers of a model.

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;

use crate::aws::{arn, s3_uri};
use crate::shapes::model_data::{AdditionalModelDataSource, ModelDataSource};

/// A container.
#[derive(Clone, Debug, Model)]
#[tf(at_least_one_of("image", "model_package_name"), at_most_one_of("model_data_url", "model_data_source"))]
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
    #[tf(optional, validate(s3_uri::LOCATION))]
    model_data_url: Option<String>,
    /// Location of the model artifact, for an artifact that is not a `.tar.gz` archive.
    #[tf(optional, computed, use_state_for_unknown)]
    model_data_source: Option<ModelDataSource>,
    /// Additional model artifacts, each available to the container as a channel.
    #[tf(optional, unordered, validate(Validator::Count { min: 0, max: 5 }))]
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
    #[tf(required, validate(arn::LAMBDA_FUNCTION))]
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
