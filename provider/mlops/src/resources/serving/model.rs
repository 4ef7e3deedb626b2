//! `mlops_model`: an artifact and the container that serves it.
//!
//! Quirks of the API: nothing of a model can be changed; neither "exists" nor "not found" has an error code of its own.
//! Source: SageMaker API reference, CreateModel.

use std::collections::BTreeMap;

use tfplug::check::Check;
use tfplug::model::{Model, Root};

use crate::aws::operation::error;
use crate::aws::{arn, s3_uri};
use crate::engine::fields::{Created, Named, Tagged};
use crate::engine::{Create, Declared, Delete, Read, Scripts};
use crate::sagemaker::operation::operation;
use crate::shapes::{HubAccessConfig, ModelAccessConfig, VpcConfig};
use crate::source_code::SourceCode;

/// A model that endpoints and transform jobs serve. AWS cannot change a model: any change makes a new one, so give
/// `name_prefix` and `lifecycle { create_before_destroy = true }` to models in use.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "model",
    timeouts(create = "10m", delete = "10m"),
    identity("name", optional("region")),
    exactly_one_of("primary_container", "containers")
)]
pub struct SageMakerModel {
    #[tf(embed)]
    named: Named,
    /// Role that the containers run as.
    #[tf(optional, replace, check(arn::ROLE))]
    execution_role_arn: Option<String>,
    /// The container.
    #[tf(optional, replace)]
    primary_container: Option<Container>,
    /// Several containers, as a pipeline or side by side.
    #[tf(optional, replace, check(Check::Count { min: 1, max: 15 }))]
    containers: Option<Vec<Container>>,
    /// A folder of scripts for the primary container to serve with in script mode.
    #[tf(optional, local)]
    source_code: Option<SourceCode>,
    /// How several containers work together.
    #[tf(optional, replace)]
    inference_execution_config: Option<InferenceExecutionConfig>,
    /// Private network to run in.
    #[tf(optional, replace)]
    vpc_config: Option<VpcConfig>,
    /// Whether the containers have no network at all.
    #[tf(optional, computed, replace, default = false)]
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
    /// DNS name of the container, to invoke it directly.
    #[tf(optional)]
    container_hostname: Option<String>,
    /// Image in ECR.
    #[tf(optional)]
    image: Option<String>,
    /// Where the image comes from, if not from ECR.
    #[tf(optional)]
    image_config: Option<ImageConfig>,
    /// `SingleModel`, or `MultiModel` for many artifacts below one prefix. AWS takes `SingleModel` unless set.
    #[tf(optional, computed, keep, check(Check::OneOf(&["SingleModel", "MultiModel"])))]
    mode: Option<String>,
    /// S3 URI of the artifact, a `tar.gz`.
    #[tf(optional, check(s3_uri::URI))]
    model_data_url: Option<String>,
    /// Where the artifact is, if it is no `tar.gz`.
    #[tf(optional, computed, keep)]
    model_data_source: Option<ModelDataSource>,
    /// Further artifacts, each in a channel of its own.
    #[tf(optional, check(Check::Count { min: 0, max: 5 }))]
    additional_model_data_sources: Option<Vec<AdditionalModelDataSource>>,
    /// Environment variables. Those of script mode are added by themselves and not shown.
    #[tf(optional, check(Check::Count { min: 0, max: 100 }))]
    environment: Option<BTreeMap<String, String>>,
    /// ARN of the model package to deploy.
    #[tf(optional)]
    model_package_name: Option<String>,
    /// Which inference specification of the model package to take.
    #[tf(optional)]
    inference_specification_name: Option<String>,
    /// Settings of a container with many models.
    #[tf(optional)]
    multi_model_config: Option<MultiModelConfig>,
    /// Metrics of the container's own.
    #[tf(optional)]
    container_metrics_config: Option<ContainerMetricsConfig>,
}

/// Where an image comes from.
#[derive(Clone, Debug, Model)]
pub struct ImageConfig {
    /// `Platform` for ECR, `Vpc` for a registry in your network.
    #[tf(required, check(Check::OneOf(&["Platform", "Vpc"])))]
    repository_access_mode: String,
    /// How to sign in to the registry.
    #[tf(optional)]
    repository_auth_config: Option<RepositoryAuthConfig>,
}

/// How to sign in to a registry.
#[derive(Clone, Debug, Model)]
pub struct RepositoryAuthConfig {
    /// ARN of the Lambda function that gives user name and password.
    #[tf(required, check(arn::ANY))]
    repository_credentials_provider_arn: String,
}

/// Where an artifact is.
#[derive(Clone, Debug, Model)]
pub struct ModelDataSource {
    /// The artifact in S3.
    #[tf(optional)]
    s3_data_source: Option<S3ModelDataSource>,
}

/// A further artifact.
#[derive(Clone, Debug, Model)]
pub struct AdditionalModelDataSource {
    /// Name of the channel.
    #[tf(required, check(Check::Length { min: 1, max: 64 }))]
    channel_name: String,
    /// The artifact in S3.
    #[tf(required)]
    s3_data_source: S3ModelDataSource,
}

/// An artifact in S3.
#[derive(Clone, Debug, Model)]
pub struct S3ModelDataSource {
    /// S3 URI of the object, or prefix of the objects.
    #[tf(required, check(s3_uri::URI))]
    s3_uri: String,
    /// `S3Object` for one object, `S3Prefix` for all with the prefix.
    #[tf(required, check(Check::OneOf(&["S3Prefix", "S3Object"])))]
    s3_data_type: String,
    /// `Gzip` for a `tar.gz`, `None` for files as they are.
    #[tf(required, check(Check::OneOf(&["None", "Gzip"])))]
    compression_type: String,
    /// Acceptance of a model's licence.
    #[tf(optional)]
    model_access_config: Option<ModelAccessConfig>,
    /// Content of a hub.
    #[tf(optional)]
    hub_access_config: Option<HubAccessConfig>,
    /// S3 URI of the manifest.
    #[tf(optional, check(s3_uri::URI))]
    manifest_s3_uri: Option<String>,
    /// ETag that the artifact must have.
    #[tf(optional)]
    e_tag: Option<String>,
    /// ETag that the manifest must have.
    #[tf(optional)]
    manifest_etag: Option<String>,
}

/// Settings of a container with many models.
#[derive(Clone, Debug, Model)]
pub struct MultiModelConfig {
    /// Whether models stay loaded.
    #[tf(optional, check(Check::OneOf(&["Enabled", "Disabled"])))]
    model_cache_setting: Option<String>,
}

/// Metrics of the container's own.
#[derive(Clone, Debug, Model)]
pub struct ContainerMetricsConfig {
    /// Where the container answers with metrics.
    #[tf(optional, check(Check::Count { min: 0, max: 1 }))]
    metrics_endpoints: Option<Vec<MetricsEndpoint>>,
}

/// Where a container answers with metrics.
#[derive(Clone, Debug, Model)]
pub struct MetricsEndpoint {
    /// Path of the HTTP request.
    #[tf(required)]
    metrics_endpoint_path: String,
    /// Interval in seconds.
    #[tf(optional)]
    metric_publish_frequency_in_seconds: Option<i64>,
}

/// How several containers work together.
#[derive(Clone, Debug, Model)]
pub struct InferenceExecutionConfig {
    /// `Serial` as a pipeline, `Direct` each by itself.
    #[tf(required, check(Check::OneOf(&["Serial", "Direct"])))]
    mode: String,
}

/// The declaration.
pub static MODEL: Declared = Declared {
    server_defaults: &[
        "primary_container.mode",
        "containers.mode",
        "primary_container.model_data_source",
        "containers.model_data_source",
    ],
    // Names of the settings: the SageMaker inference toolkit.
    scripts: Some(&Scripts {
        settings: "primary_container.environment",
        program: "SAGEMAKER_PROGRAM",
        directory: "SAGEMAKER_SUBMIT_DIRECTORY",
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
