//! What an endpoint configuration says, in a resource of its own or inside of an endpoint.

use tfplug::model::Model;
use tfplug::validator::Validator;

use super::options::{AsyncInferenceConfig, DataCaptureConfig, ExplainerConfig, MetricsConfig};
use super::variant::ProductionVariant;
use crate::aws::arn;
use crate::shapes::VpcConfig;

/// What the endpoint serves, instead of the name of an endpoint configuration. The provider creates an endpoint configuration
/// of it, named by its content; a change creates another one, updates the endpoint to it, and then deletes the former.
#[derive(Clone, Debug, Model)]
pub struct ConfigurationSettings {
    /// Production variants: the models to host, and the instances to host each on.
    #[tf(required, unordered, validate(Validator::Count { min: 1, max: 10 }))]
    production_variants: Vec<ProductionVariant>,
    /// Shadow variants: models that receive a copy of the production traffic; their responses are not returned to the
    /// caller. At most one, with exactly one production variant.
    #[tf(optional, unordered, validate(Validator::Count { min: 1, max: 10 }))]
    shadow_production_variants: Option<Vec<ProductionVariant>>,
    #[tf(optional)]
    data_capture_config: Option<DataCaptureConfig>,
    /// ID, ARN or alias of the KMS key that encrypts the storage volumes of the instances. SageMaker uses a transient key
    /// unless set.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
    #[tf(optional)]
    async_inference_config: Option<AsyncInferenceConfig>,
    #[tf(optional)]
    explainer_config: Option<ExplainerConfig>,
    /// ARN of the IAM role that SageMaker assumes. Needed for variants without `model_name`, which host inference
    /// components.
    #[tf(optional, validate(arn::ROLE))]
    execution_role_arn: Option<String>,
    /// VPC that the containers connect to, for variants without `model_name`.
    #[tf(optional)]
    vpc_config: Option<VpcConfig>,
    /// Whether the containers are isolated from the network: no inbound or outbound calls. SageMaker's default is
    /// false.
    #[tf(optional, computed, use_state_for_unknown)]
    enable_network_isolation: Option<bool>,
    #[tf(optional, computed, use_state_for_unknown)]
    metrics_config: Option<MetricsConfig>,
}
