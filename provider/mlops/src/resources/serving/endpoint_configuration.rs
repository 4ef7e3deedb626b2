//! `mlops_endpoint_configuration`: which models an endpoint serves, on what, and what it records.
//!
//! Quirks of the API: nothing can be changed; AWS deletes a configuration that is in use without a word, and later updates
//! of the endpoint fail. Source: SageMaker API reference, CreateEndpointConfig and DeleteEndpointConfig.

pub mod options;
pub mod variant;

use std::collections::BTreeMap;

use tfplug::check::Check;
use tfplug::model::{Model, Root};

use self::options::{AsyncInferenceConfig, DataCaptureConfig, ExplainerConfig, MetricsConfig};
use self::variant::ProductionVariant;
use crate::aws::operation::error;
use crate::aws::{arn, tags};
use crate::engine::{Create, Declared, Delete, Read};
use crate::sagemaker::names;
use crate::sagemaker::operation::operation;
use crate::shapes::VpcConfig;

/// An endpoint configuration. AWS cannot change one: any change makes a new one, so give `name_prefix` and
/// `lifecycle { create_before_destroy = true }`, and the endpoint shifts to the new one before the old one goes.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "endpoint_configuration",
    timeouts(create = "10m", delete = "10m"),
    identity("name", optional("region")),
    at_most_one_of("name", "name_prefix")
)]
pub struct EndpointConfiguration {
    /// Name, unique in the account and region. Generated unless set.
    #[tf(optional, computed, replace, rename = "endpoint_config_name", check(names::NAME))]
    name: Option<String>,
    /// Beginning of a generated name.
    #[tf(optional, local, check(names::PREFIX))]
    name_prefix: Option<String>,
    /// Region of the configuration. The provider's unless set.
    #[tf(optional, computed, local, replace)]
    region: Option<String>,
    /// The models and their machines.
    #[tf(required, replace, check(Check::Count { min: 1, max: 10 }))]
    production_variants: Vec<ProductionVariant>,
    /// Models that get a copy of the traffic and whose answers nobody sees.
    #[tf(optional, replace, check(Check::Count { min: 1, max: 10 }))]
    shadow_production_variants: Option<Vec<ProductionVariant>>,
    /// Recording of requests and answers.
    #[tf(optional, replace)]
    data_capture_config: Option<DataCaptureConfig>,
    /// KMS key to encrypt the machines' volumes with.
    #[tf(optional, replace, check(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
    /// Answers that come later, through S3.
    #[tf(optional, replace)]
    async_inference_config: Option<AsyncInferenceConfig>,
    /// Explanations with each answer.
    #[tf(optional, replace)]
    explainer_config: Option<ExplainerConfig>,
    /// Role of the endpoint, for variants without a model of their own (inference components).
    #[tf(optional, replace, check(arn::ROLE))]
    execution_role_arn: Option<String>,
    /// Private network, for variants without a model of their own.
    #[tf(optional, replace)]
    vpc_config: Option<VpcConfig>,
    /// Whether the containers have no network at all.
    #[tf(optional, computed, keep, replace)]
    enable_network_isolation: Option<bool>,
    /// Further metrics.
    #[tf(optional, computed, keep, replace)]
    metrics_config: Option<MetricsConfig>,
    /// Tags.
    #[tf(optional, tags, check(tags::COUNT))]
    tags: Option<BTreeMap<String, String>>,
    /// All tags, with the default tags of the provider block.
    #[tf(computed, local)]
    tags_all: BTreeMap<String, String>,
    /// ARN of the configuration.
    #[tf(computed, local, keep)]
    arn: Option<String>,
    /// When the configuration was created, in RFC 3339.
    #[tf(computed, keep)]
    creation_time: Option<String>,
}

/// The declaration.
pub static ENDPOINT_CONFIGURATION: Declared = Declared {
    server_defaults: &[
        "enable_network_isolation",
        "production_variants.volume_size_in_gb",
        "production_variants.enable_ssm_access",
        "shadow_production_variants.volume_size_in_gb",
        "shadow_production_variants.enable_ssm_access",
        "metrics_config",
    ],
    ..Declared::named(
        "endpoint configuration",
        EndpointConfiguration::schema,
        "endpoint-config/{name}",
        Create {
            operation: operation!(create_endpoint_config, CreateEndpointConfig),
            arn: "endpoint_config_arn",
            // Source: terraform-provider-aws, internal/service/sagemaker.
            exists: &[error("ValidationException", "Cannot create already existing endpoint configuration")],
            // A model made a moment ago may not be visible yet. Text: as DescribeModel's, ACK's generator.yaml.
            retryable: &[error("ValidationException", "Could not find model")],
        },
        // Source: ACK's generator.yaml for SageMaker, errors.404.
        Read::by(
            operation!(describe_endpoint_config, DescribeEndpointConfig),
            &[error("ValidationException", "Could not find endpoint configuration")],
        ),
        Delete::by(operation!(delete_endpoint_config, DeleteEndpointConfig), &[]),
    )
};
