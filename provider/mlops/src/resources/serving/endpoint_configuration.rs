//! `mlops_endpoint_configuration`: which models an endpoint serves, on what, and what it records.
//!
//! Quirks of the API: nothing can be changed; AWS deletes a configuration that is in use without a word, and later updates
//! of the endpoint fail. Source: SageMaker API reference, CreateEndpointConfig and DeleteEndpointConfig.

pub mod options;
pub mod variant;

use tfplug::check::Check;
use tfplug::model::{Model, Root};

use self::options::{AsyncInferenceConfig, DataCaptureConfig, ExplainerConfig, MetricsConfig};
use self::variant::ProductionVariant;
use crate::aws::arn;
use crate::aws::operation::error;
use crate::engine::fields::{Created, Named, Tagged};
use crate::engine::{Create, Declared, Delete, Read};
use crate::sagemaker::operation::operation;
use crate::shapes::VpcConfig;

/// An endpoint configuration. AWS cannot change one: any change makes a new one, so give `name_prefix` and
/// `lifecycle { create_before_destroy = true }`, and the endpoint shifts to the new one before the old one goes.
#[derive(Clone, Debug, Model)]
#[tf(name = "endpoint_configuration", timeouts(create = "10m", delete = "10m"), identity("name", optional("region")))]
pub struct EndpointConfiguration {
    #[tf(embed)]
    named: Named,
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
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
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
        "endpoint_config_name",
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
