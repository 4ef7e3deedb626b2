//! What Application Auto Scaling knows of what it scales.

use tfplug::diag::{Diag, Diags};
use tfplug::model::Model;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use crate::sagemaker::names;

/// What is scaled, and between which bounds.
#[derive(Clone, Debug, Model)]
#[tf(
    exactly_one_of("endpoint_name", "inference_component_name"),
    requires("endpoint_name", "variant_name"),
    requires("variant_name", "endpoint_name")
)]
pub struct Scaled {
    /// Name of the endpoint that has the variant.
    #[tf(optional, requires_replace, provider_only, validate(names::NAME))]
    endpoint_name: Option<String>,
    /// Name of the variant to scale.
    #[tf(optional, requires_replace, provider_only, validate(names::NAME))]
    variant_name: Option<String>,
    /// Name of the inference component to scale.
    #[tf(optional, requires_replace, provider_only, validate(names::NAME))]
    inference_component_name: Option<String>,
    /// What is scaled. Defaults to `sagemaker:variant:DesiredInstanceCount`, the number of instances, for a variant, and
    /// to `sagemaker:inference-component:DesiredCopyCount` for an inference component.
    /// `sagemaker:variant:DesiredProvisionedConcurrency` is for serverless variants.
    #[tf(optional, computed, planned, use_state_for_unknown, requires_replace, provider_only, validate(DIMENSION))]
    scalable_dimension: Option<String>,
    /// Minimum capacity. 0 is for asynchronous endpoints and inference components.
    #[tf(required, validate(Validator::Range { min: 0, max: i32::MAX as i64 }))]
    min_capacity: i64,
    /// Maximum capacity.
    #[tf(required, validate(Validator::Range { min: 0, max: i32::MAX as i64 }))]
    max_capacity: i64,
    #[tf(optional, computed, default_value(nothing_suspended()))]
    suspended_state: Option<SuspendedState>,
    /// AWS Region. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    /// Namespace of the service that is scaled: `sagemaker`.
    #[tf(computed, planned, provider_only, use_state_for_unknown)]
    service_namespace: Option<String>,
    /// Resource ID: `endpoint/NAME/variant/NAME` or `inference-component/NAME`.
    #[tf(computed, planned, provider_only, use_state_for_unknown)]
    resource_id: Option<String>,
    /// ARN of the service-linked role that Application Auto Scaling assumes.
    #[tf(computed, use_state_for_unknown)]
    role_arn: Option<String>,
    /// ARN of the target.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
    /// When the target was registered, in RFC 3339 format.
    #[tf(computed, use_state_for_unknown)]
    creation_time: Option<String>,
}

/// Scaling activities that are suspended.
#[derive(Clone, Debug, Model)]
pub struct SuspendedState {
    /// Whether policies do not remove capacity.
    #[tf(optional, computed, default = false)]
    dynamic_scaling_in_suspended: bool,
    /// Whether policies do not add capacity.
    #[tf(optional, computed, default = false)]
    dynamic_scaling_out_suspended: bool,
    /// Whether scheduled actions do not run.
    #[tf(optional, computed, default = false)]
    scheduled_scaling_suspended: bool,
}

/// What AWS takes unless told otherwise.
pub fn nothing_suspended() -> Value {
    let all = ["dynamic_scaling_in_suspended", "dynamic_scaling_out_suspended", "scheduled_scaling_suspended"];
    Value::object(all.map(|name| (name, Value::from(false))))
}

/// The number of instances of a variant.
pub const INSTANCES: &str = "sagemaker:variant:DesiredInstanceCount";
/// The provisioned concurrency of a serverless variant.
pub const CONCURRENCY: &str = "sagemaker:variant:DesiredProvisionedConcurrency";
/// The number of copies of an inference component.
pub const COPIES: &str = "sagemaker:inference-component:DesiredCopyCount";
/// What Application Auto Scaling can scale of SageMaker. Source: its API reference, RegisterScalableTarget.
pub const DIMENSION: Validator = Validator::OneOf(&[INSTANCES, CONCURRENCY, COPIES]);
/// The namespace of SageMaker, which is a part of every key.
pub const NAMESPACE: &str = "sagemaker";

/// The resource ID of what `endpoint_name` and `variant_name`, or `inference_component_name`, name; unknown while one of
/// them is. Source: Application Auto Scaling API reference, RegisterScalableTarget.
pub fn resource_id(of: &Value) -> Value {
    let name = |attribute: &str| of.attribute(attribute).as_str();
    match (name("endpoint_name"), name("variant_name"), name("inference_component_name")) {
        (Some(endpoint), Some(variant), _) => Value::from(format!("endpoint/{endpoint}/variant/{variant}")),
        (_, _, Some(component)) => Value::from(format!("inference-component/{component}")),
        _ => Value::unknown_not_null(),
    }
}

/// The attributes that a resource ID was made of, with their values.
pub fn names_in(resource_id: &str) -> Vec<(&'static str, &str)> {
    match resource_id.split('/').collect::<Vec<_>>()[..] {
        ["endpoint", endpoint, "variant", variant] => vec![("endpoint_name", endpoint), ("variant_name", variant)],
        ["inference-component", component] => vec![("inference_component_name", component)],
        _ => Vec::new(),
    }
}

/// What AWS would refuse of a target.
pub fn check(config: &Value) -> Diags {
    let mut diags = Diags::new();
    let number = |name: &str| config.attribute(name).as_number().cloned();
    if let (Some(min), Some(max)) = (number("min_capacity"), number("max_capacity"))
        && min > max
    {
        let detail = format!("`max_capacity` is {max}, which is less than `min_capacity`, {min}.");
        diags.push(Diag::error("Invalid max_capacity", detail).at(Path::of(Scaled::MAX_CAPACITY)));
    }
    if let Some(dimension) = config.attribute(Scaled::SCALABLE_DIMENSION).as_str() {
        let scaled = if dimension == COPIES { "inference_component_name" } else { "endpoint_name" };
        if config.attribute(scaled).is_null() {
            let detail = format!("`{dimension}` is the dimension of what `{scaled}` names, which is not set.");
            let diag = Diag::error("Invalid scalable_dimension", detail);
            diags.push(diag.at(Path::of(Scaled::SCALABLE_DIMENSION)));
        }
    }
    diags
}
