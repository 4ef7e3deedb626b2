//! `mlops_inference_component`: a model, or an adapter of one, on an endpoint that hosts several.
//!
//! Quirks of the API: an update that failed ends `InService` like one that succeeded, with a reason and the former
//! specification in the description; an adapter takes the variant and the resources of its base, which its description
//! repeats; no component starts with zero copies. Source: SageMaker API reference, CreateInferenceComponent, and
//! terraform-provider-aws, internal/service/sagemaker/inference_component.go.

mod declaration;
pub mod specification;

use tfplug::model::Model;
use tfplug::validator::Validator;

pub use self::declaration::INFERENCE_COMPONENT;
use self::specification::{DeploymentConfig, RuntimeConfig, Specification};
use crate::sagemaker::names;
use crate::shapes::fields::{Created, Named, Tagged};

/// A SageMaker inference component: a model with its share of the instances of an endpoint, which may host several
/// components, or an adapter of another component. The endpoint configuration has an execution role and variants without a
/// model.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "inference_component",
    subcategory = "Inference",
    timeouts(create = "60m", update = "2h", delete = "30m"),
    identity("name", optional("region"), derived("account_id")),
    exactly_one_of("specification", "specifications")
)]
pub struct InferenceComponent {
    #[tf(embed)]
    named: Named,
    /// Name of the endpoint.
    #[tf(required, requires_replace, validate(names::NAME))]
    endpoint_name: String,
    /// Name of the variant. An adapter has that of its base inference component and must not set it.
    #[tf(optional, computed, use_state_for_unknown, requires_replace, validate(names::NAME))]
    variant_name: Option<String>,
    #[tf(optional)]
    specification: Option<Specification>,
    /// What is deployed, by instance type, on a variant with `instance_pools`.
    #[tf(optional, validate(Validator::Count { min: 1, max: 5 }))]
    specifications: Option<Vec<Specification>>,
    #[tf(optional, computed, use_state_for_unknown)]
    runtime_config: Option<RuntimeConfig>,
    #[tf(optional)]
    deployment_config: Option<DeploymentConfig>,
    /// Whether a destroy also deletes the log group `/aws/sagemaker/InferenceComponents/NAME`.
    #[tf(optional, computed, provider_only, default = true)]
    delete_logs: bool,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// ARN of the endpoint.
    #[tf(computed, use_state_for_unknown)]
    endpoint_arn: Option<String>,
    /// Status of the inference component. `InService` when it can be invoked.
    #[tf(computed, use_state_for_unknown)]
    inference_component_status: Option<String>,
    /// Why the inference component or its last update failed; null if it did not.
    #[tf(computed, changes_with("specification", "specifications", "runtime_config"))]
    failure_reason: Option<String>,
}
