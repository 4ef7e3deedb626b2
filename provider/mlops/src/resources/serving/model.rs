//! `mlops_model`: an artifact and the container that serves it.
//!
//! Quirks of the API: nothing of a model can be changed; neither "exists" nor "not found" has an error code of its own.
//! Source: SageMaker API reference, CreateModel.

use std::collections::BTreeMap;

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::model::{Model, Root};
use tfplug::plan::Plan;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use crate::aws::client::{Aws, Regional};
use crate::aws::creations::Creation;
use crate::aws::op::{COULD_NOT_ASSUME_ROLE, rule};
use crate::aws::{arn, names, s3_uri, tags};
use crate::declared::{Declared, Hooks};
use crate::operation;
use crate::resources::jobs::common::{HubAccessConfig, ModelAccessConfig, SourceCode, VpcConfig};
use crate::resources::jobs::script;

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
    at_most_one_of("name", "name_prefix"),
    exactly_one_of("primary_container", "containers")
)]
pub struct SageMakerModel {
    /// Name, unique in the account and region. Generated unless set.
    #[tf(optional, computed, requires_replace, rename = "model_name", validate(names::SAGEMAKER))]
    name: Option<String>,
    /// Creates a unique name beginning with the specified prefix. Conflicts with `name`.
    #[tf(optional, provider_only, validate(names::SAGEMAKER_PREFIX))]
    name_prefix: Option<String>,
    /// Region of the model. Defaults to the provider's region.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
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
    /// Tags. They take precedence over tags of the same key in the provider's `default_tags`.
    #[tf(optional, tags, validate(tags::COUNT))]
    tags: Option<BTreeMap<String, String>>,
    /// All tags, including those of the provider's `default_tags`.
    #[tf(computed, provider_only)]
    tags_all: BTreeMap<String, String>,
    /// ARN of the model.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
    /// Creation time, in RFC 3339.
    #[tf(computed, use_state_for_unknown)]
    creation_time: Option<String>,
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

/// Location of a model artifact.
#[derive(Clone, Debug, Model)]
pub struct ModelDataSource {
    #[tf(optional)]
    s3_data_source: Option<S3ModelDataSource>,
}

/// An additional model artifact.
#[derive(Clone, Debug, Model)]
pub struct AdditionalModelDataSource {
    /// Name of the channel.
    #[tf(required, validate(Validator::Length { min: 1, max: 64 }))]
    channel_name: String,
    #[tf(required)]
    s3_data_source: S3ModelDataSource,
}

/// Model artifact in S3.
#[derive(Clone, Debug, Model)]
pub struct S3ModelDataSource {
    /// S3 URI of the object; with `S3Prefix`, the prefix of the objects, ending in a slash.
    #[tf(required, validate(s3_uri::URI))]
    s3_uri: String,
    /// `S3Object` for one object, `S3Prefix` for all objects with the prefix.
    #[tf(required, validate(Validator::OneOf(&["S3Prefix", "S3Object"])))]
    s3_data_type: String,
    /// `Gzip` for a `.tar.gz` archive, `None` for uncompressed files.
    #[tf(required, validate(Validator::OneOf(&["None", "Gzip"])))]
    compression_type: String,
    #[tf(optional)]
    model_access_config: Option<ModelAccessConfig>,
    #[tf(optional)]
    hub_access_config: Option<HubAccessConfig>,
    /// S3 URI of the manifest, a CSV file with the locations of the artifacts.
    #[tf(optional, validate(s3_uri::URI))]
    manifest_s3_uri: Option<String>,
    /// ETag of the object at `s3_uri`.
    #[tf(optional)]
    etag: Option<String>,
    /// ETag of the object at `manifest_s3_uri`.
    #[tf(optional)]
    manifest_etag: Option<String>,
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
    noun: "model",
    schema: SageMakerModel::schema,
    arn: "model/",
    create: operation!(create_model, CreateModel),
    token: None,
    arn_member: "model_arn",
    read: operation!(describe_model, DescribeModel),
    delete: Some(operation!(delete_model, DeleteModel)),
    stop: None,
    unstoppable: &[],
    // Source: ACK's generator.yaml for SageMaker, errors.404.
    absent: &[rule("ValidationException", "Could not find model")],
    // Source: terraform-provider-aws, internal/service/sagemaker.
    taken: &[rule("ValidationException", "Cannot create already existing model")],
    passing: &[
        COULD_NOT_ASSUME_ROLE,
        // A policy that was just written does not count everywhere yet. Text: aws/sagemaker-python-sdk issue 1762.
        rule("ValidationException", "Could not access model data"),
    ],
    busy: &[],
    statuses: None,
    updates: &[],
    unread: &[],
    filled: &[
        "primary_container.mode",
        "containers.mode",
        "primary_container.model_data_source",
        "containers.model_data_source",
    ],
    hooks: &ModelHooks,
    omitted: &[("tags", "`tags` and `tags_all` stand for it")],
};

/// Environment that makes a framework's container serve with a script: names from the SageMaker inference toolkit.
const PROGRAM: &str = "SAGEMAKER_PROGRAM";
const SUBMIT_DIRECTORY: &str = "SAGEMAKER_SUBMIT_DIRECTORY";

struct ModelHooks;

#[async_trait]
impl Hooks for ModelHooks {
    fn check_config(&self, config: &Value) -> Diags {
        let code = config.attribute(script::AT);
        let mut diags = Diags::new();
        if code.as_entries().is_some() && code.attribute("s3_uri").is_null() {
            let detail = "A model has no output path to store its source code at: set `source_code.s3_uri`.";
            diags.push(Diag::error("Missing source_code.s3_uri", detail).at(Path::of(script::AT)));
        }
        if !code.is_null() && config.attribute("primary_container").is_null() {
            let detail = "`source_code` is run by the `primary_container`, which is not set.";
            diags.push(Diag::error("Missing primary_container for source_code", detail).at(Path::of(script::AT)));
        }
        diags
    }

    async fn plan(&self, _: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        script::plan(plan, None).await
    }

    async fn before_create(
        &self,
        cx: &Context<Aws>,
        aws: &Regional,
        planned: &mut Value,
        input: &mut Value,
        creation: &mut Creation,
    ) -> Result<()> {
        let Some((uri, entry_point)) = script::upload(cx, aws, planned, None, creation).await? else { return Ok(()) };
        let own = planned.attribute("primary_container").attribute("environment").as_entries();
        let mut environment = own.cloned().unwrap_or_default();
        environment.insert(PROGRAM.to_owned(), Value::from(entry_point));
        environment.insert(SUBMIT_DIRECTORY.to_owned(), Value::from(uri.as_str()));
        if let Some(container) = input.at_mut(&Path::of("primary_container")) {
            container.set_attribute("environment", Value::Map(environment));
        }
        script::record(planned, uri);
        Ok(())
    }

    fn after_read(&self, _: &Value, state: &Value, value: &mut Value) {
        let at = Path::parse("primary_container.environment");
        let Some(environment) = value.at(&at).cloned() else { return };
        let known = state.at(&at).cloned().unwrap_or(Value::Null);
        let own = script::hide(&environment, &known, state, value, PROGRAM, SUBMIT_DIRECTORY);
        if let Some(slot) = value.at_mut(&at) {
            *slot = own;
        }
    }

    fn beside(&self, state: &Value) -> Option<String> {
        script::archive(state)
    }

    async fn discard(&self, aws: &Regional, uri: &str) -> Result<()> {
        script::discard(aws, uri).await
    }

    async fn remains(&self, aws: &Regional, state: &Value) -> bool {
        script::remains(aws, state).await
    }

    async fn after_delete(&self, _: &Context<Aws>, aws: &Regional, state: &Value) -> Result<()> {
        script::remove(aws, state).await
    }
}
