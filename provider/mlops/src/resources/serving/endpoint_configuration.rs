//! `mlops_endpoint_configuration`: which models an endpoint serves, on what, and what it records.
//!
//! Quirks of the API: nothing can be changed; AWS deletes a configuration that is in use without a word, and later updates
//! of the endpoint fail. Source: SageMaker API reference, CreateEndpointConfig and DeleteEndpointConfig.

pub mod options;
pub mod variant;

use std::collections::BTreeMap;

use tfplug::model::{Model, Root};
use tfplug::validator::Validator;

use self::options::{AsyncInferenceConfig, DataCaptureConfig, ExplainerConfig, MetricsConfig};
use self::variant::ProductionVariant;
use crate::aws::op::{COULD_NOT_ASSUME_ROLE, rule};
use crate::aws::{arn, names, tags};
use crate::declared::{Declared, Plain};
use crate::operation;
use crate::resources::jobs::common::VpcConfig;

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
    identity("name", optional("region")),
    at_most_one_of("name", "name_prefix")
)]
pub struct EndpointConfiguration {
    /// Name, unique in the account and region. Generated unless set.
    #[tf(optional, computed, requires_replace, rename = "endpoint_config_name", validate(names::SAGEMAKER))]
    name: Option<String>,
    /// Creates a unique name beginning with the specified prefix. Conflicts with `name`.
    #[tf(optional, provider_only, validate(names::SAGEMAKER_PREFIX))]
    name_prefix: Option<String>,
    /// Region of the endpoint configuration. Defaults to the provider's region.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    /// Production variants: the models to host, and the instances to host each on.
    #[tf(required, requires_replace, validate(Validator::Count { min: 1, max: 10 }))]
    production_variants: Vec<ProductionVariant>,
    /// Shadow variants: models that receive a copy of the production traffic; their responses are not returned to the
    /// caller. At most one, with exactly one production variant.
    #[tf(optional, requires_replace, validate(Validator::Count { min: 1, max: 10 }))]
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
    /// Tags. They take precedence over tags of the same key in the provider's `default_tags`.
    #[tf(optional, tags, validate(tags::COUNT))]
    tags: Option<BTreeMap<String, String>>,
    /// All tags, including those of the provider's `default_tags`.
    #[tf(computed, provider_only)]
    tags_all: BTreeMap<String, String>,
    /// ARN of the endpoint configuration.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
    /// Creation time, in RFC 3339.
    #[tf(computed, use_state_for_unknown)]
    creation_time: Option<String>,
}

/// The declaration.
pub static ENDPOINT_CONFIGURATION: Declared = Declared {
    noun: "endpoint configuration",
    schema: EndpointConfiguration::schema,
    arn: "endpoint-config/",
    create: operation!(create_endpoint_config, CreateEndpointConfig),
    token: None,
    arn_member: "endpoint_config_arn",
    read: operation!(describe_endpoint_config, DescribeEndpointConfig),
    delete: Some(operation!(delete_endpoint_config, DeleteEndpointConfig)),
    stop: None,
    unstoppable: &[],
    // Source: ACK's generator.yaml for SageMaker, errors.404.
    absent: &[rule("ValidationException", "Could not find endpoint configuration")],
    // Source: terraform-provider-aws, internal/service/sagemaker.
    taken: &[rule("ValidationException", "Cannot create already existing endpoint configuration")],
    passing: &[
        COULD_NOT_ASSUME_ROLE,
        // A model made a moment ago may not be visible yet. Text: as DescribeModel's, ACK's generator.yaml.
        rule("ValidationException", "Could not find model"),
    ],
    busy: &[],
    statuses: None,
    updates: &[],
    unread: &[],
    filled: &[
        "enable_network_isolation",
        "production_variants.volume_size_in_gb",
        "production_variants.enable_ssm_access",
        "shadow_production_variants.volume_size_in_gb",
        "shadow_production_variants.enable_ssm_access",
        "metrics_config",
    ],
    hooks: &Plain,
    omitted: &[("tags", "`tags` and `tags_all` stand for it")],
};
