//! `mlops_endpoint_configuration`: which models an endpoint serves, on what, and what it records.
//!
//! Quirks of the API: nothing can be changed; AWS deletes a configuration that is in use without a word, and later updates
//! of the endpoint fail. Source: SageMaker API reference, CreateEndpointConfig and DeleteEndpointConfig.

pub mod options;
pub mod variant;

use tfplug::model::{Model, Root};
use tfplug::validator::Validator;

use self::options::{AsyncInferenceConfig, DataCaptureConfig, ExplainerConfig, MetricsConfig};
use self::variant::ProductionVariant;
use crate::aws::arn;
use crate::aws::operation::error;
use crate::engine::{Create, Declared, Delete, Read};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{IAM_PROPAGATION, named};
use crate::shapes::VpcConfig;
use crate::shapes::fields::{Created, Named, Tagged};

/// The configuration of a SageMaker endpoint: the models to host, and the instances to host them on.
///
/// An endpoint configuration is immutable: any change replaces it. Set `name_prefix` and `lifecycle {
/// create_before_destroy = true }`, so that the endpoint is updated to the new configuration before the old one is
/// deleted.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "endpoint_configuration",
    subcategory = "Inference",
    timeouts(create = "10m", delete = "10m"),
    identity("name", optional("region"), derived("account_id"))
)]
pub struct EndpointConfiguration {
    #[tf(embed)]
    named: Named,
    /// Production variants: the models to host, and the instances to host each on.
    #[tf(required, unordered, requires_replace, validate(Validator::Count { min: 1, max: 10 }))]
    production_variants: Vec<ProductionVariant>,
    /// Shadow variants: models that receive a copy of the production traffic; their responses are not returned to the
    /// caller. At most one, with exactly one production variant.
    #[tf(optional, unordered, requires_replace, validate(Validator::Count { min: 1, max: 10 }))]
    shadow_production_variants: Option<Vec<ProductionVariant>>,
    #[tf(optional, requires_replace)]
    data_capture_config: Option<DataCaptureConfig>,
    /// ID, ARN or alias of the KMS key that encrypts the storage volumes of the instances. SageMaker uses a transient key
    /// unless set.
    #[tf(optional, requires_replace, validate(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
    #[tf(optional, requires_replace)]
    async_inference_config: Option<AsyncInferenceConfig>,
    #[tf(optional, requires_replace)]
    explainer_config: Option<ExplainerConfig>,
    /// ARN of the IAM role that SageMaker assumes. Needed for variants without `model_name`, which host inference
    /// components.
    #[tf(optional, requires_replace, validate(arn::ROLE))]
    execution_role_arn: Option<String>,
    /// VPC that the containers connect to, for variants without `model_name`.
    #[tf(optional, requires_replace)]
    vpc_config: Option<VpcConfig>,
    /// Whether the containers are isolated from the network: no inbound or outbound calls. SageMaker's default is
    /// false.
    #[tf(optional, computed, use_state_for_unknown, requires_replace)]
    enable_network_isolation: Option<bool>,
    #[tf(optional, computed, use_state_for_unknown, requires_replace)]
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
    ..named(
        "endpoint configuration",
        EndpointConfiguration::shared,
        "endpoint_config_name",
        "endpoint-config/{name}",
        Create {
            operation: operation!(create_endpoint_config, CreateEndpointConfig),
            arn: Some("endpoint_config_arn"),
            // Source: terraform-provider-aws, internal/service/sagemaker.
            exists: &[error("ValidationException", "Cannot create already existing endpoint configuration")],
            // A model made a moment ago may not be visible yet. Text: as DescribeModel's, ACK's generator.yaml.
            retryable: &[IAM_PROPAGATION, error("ValidationException", "Could not find model")],
        },
        // Source: ACK's generator.yaml for SageMaker, errors.404.
        Read::by(
            operation!(describe_endpoint_config, DescribeEndpointConfig),
            &[error("ValidationException", "Could not find endpoint configuration")],
        ),
        Delete::by(operation!(delete_endpoint_config, DeleteEndpointConfig), &[]),
    )
};
