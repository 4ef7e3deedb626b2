//! `mlops_autoscaling_target`: what Application Auto Scaling may scale, and between which bounds.
//!
//! Quirks of the API: a target is known by three members together; one operation registers and changes, and nothing says
//! that a target is registered already. Source: Application Auto Scaling API reference, RegisterScalableTarget.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diags, Result};
use tfplug::model::{Model, Root};
use tfplug::plan::Plan;
use tfplug::validator::Validator;
use tfplug::value::Value;

use crate::aws::client::Aws;
use crate::aws::operation::error;
use crate::engine::key::{self, ArnForm, Key};
use crate::engine::{Create, Declared, Delete, Hooks, Read, UpdateBy};
use crate::sagemaker::names;
use crate::services::application_auto_scaling::{
    DEREGISTER_SCALABLE_TARGET, DESCRIBE_SCALABLE_TARGETS, REGISTER_SCALABLE_TARGET, TAGS,
};
use crate::shapes::fields::Tagged;
use crate::shapes::scaling_target::{
    COPIES, DIMENSION, INSTANCES, NAMESPACE, SuspendedState, check, names_in, nothing_suspended, resource_id,
};

/// A scalable target: the bounds between which Application Auto Scaling changes the capacity of an endpoint variant or an
/// inference component. `mlops_autoscaling_policy` says when.
///
/// Set `retain_all_variant_properties = true` for the endpoint: without it each update of the endpoint takes the instance
/// count back to the endpoint configuration's. AWS refuses an update that changes the instance type of a registered variant
/// or removes it. With `replace_triggered_by`, as in the example, the target is deregistered before the endpoint is updated,
/// and registered again afterwards.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "autoscaling_target",
    subcategory = "Inference",
    timeouts(create = "10m", update = "10m", delete = "10m"),
    identity("service_namespace", "resource_id", "scalable_dimension", optional("region"), derived("account_id")),
    exactly_one_of("endpoint_name", "inference_component_name"),
    requires("endpoint_name", "variant_name"),
    requires("variant_name", "endpoint_name")
)]
pub struct AutoscalingTarget {
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
    #[tf(optional, computed, use_state_for_unknown, requires_replace, provider_only, validate(DIMENSION))]
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
    #[tf(embed)]
    tagged: Tagged,
    /// Namespace of the service that is scaled: `sagemaker`.
    #[tf(computed, provider_only, use_state_for_unknown)]
    service_namespace: Option<String>,
    /// Resource ID: `endpoint/NAME/variant/NAME` or `inference-component/NAME`.
    #[tf(computed, provider_only, use_state_for_unknown)]
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

/// The declaration.
pub static AUTOSCALING_TARGET: Declared = Declared {
    key: Key {
        attribute: "scalable_dimension",
        scope: &["service_namespace", "resource_id"],
        slashed: Some("resource_id"),
        sent_as: &[("DescribeScalableTargets", "resource_id", "resource_ids[]")],
        ..key::NAME
    },
    updates: &[UpdateBy::new(REGISTER_SCALABLE_TARGET, &["min_capacity", "max_capacity", "suspended_state"])],
    tags: Some(&TAGS),
    hooks: &TargetHooks,
    omitted: &[("role_arn", "AWS takes the service-linked role for SageMaker, whatever role is sent")],
    ..Declared::named(
        "scalable target",
        AutoscalingTarget::shared,
        // Its ID is AWS's.
        ArnForm::regional("application-autoscaling", "scalable-target/{id}"),
        Create {
            operation: REGISTER_SCALABLE_TARGET,
            arn: Some("scalable_target_arn"),
            exists: &[],
            // Source: the service model, RegisterScalableTarget: another change of it is under way.
            retryable: &[error("ConcurrentUpdateException", "")],
        },
        Read {
            within: Some("scalable_targets[0]"),
            // Source: the service model, DeregisterScalableTarget.
            ..Read::by(DESCRIBE_SCALABLE_TARGETS, &[error("ObjectNotFoundException", "")])
        },
        Delete::by(DEREGISTER_SCALABLE_TARGET, &[error("ConcurrentUpdateException", "")]),
    )
};

struct TargetHooks;

#[async_trait]
impl Hooks for TargetHooks {
    fn check_config(&self, config: &Value) -> Diags {
        check(config)
    }

    async fn plan(&self, _: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        let id = resource_id(plan.planned());
        plan.set("resource_id", id);
        plan.set("service_namespace", Value::from(NAMESPACE));
        if plan.config.attribute("scalable_dimension").is_null() {
            // While a name is unknown, whether it is set is known.
            let component = plan.get("endpoint_name").is_null();
            plan.set("scalable_dimension", Value::from(if component { COPIES } else { INSTANCES }));
        }
        Ok(())
    }

    fn after_read(&self, _: &Value, state: &Value, value: &mut Value) {
        for (attribute, name) in names_in(state.attribute("resource_id").as_str().unwrap_or_default()) {
            value.set_attribute(attribute, Value::from(name));
        }
    }
}
