//! What Application Auto Scaling knows of what it scales.

use tfplug::diag::{Diag, Diags};
use tfplug::model::Model;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

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
        diags.push(Diag::error("Invalid max_capacity", detail).at(Path::of("max_capacity")));
    }
    if let Some(dimension) = config.attribute("scalable_dimension").as_str() {
        let scaled = if dimension == COPIES { "inference_component_name" } else { "endpoint_name" };
        if config.attribute(scaled).is_null() {
            let detail = format!("`{dimension}` is the dimension of what `{scaled}` names, which is not set.");
            let diag = Diag::error("Invalid scalable_dimension", detail);
            diags.push(diag.at(Path::of("scalable_dimension")));
        }
    }
    diags
}
