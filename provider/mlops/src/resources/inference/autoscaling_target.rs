//! `mlops_autoscaling_target`: what Application Auto Scaling may scale, and between which bounds.
//!
//! Quirks of the API: a target is known by three members together; one operation registers and changes, and nothing says
//! that a target is registered already. Source: Application Auto Scaling API reference, RegisterScalableTarget.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diags, Result};
use tfplug::model::{Model, Root};
use tfplug::plan::Plan;
use tfplug::schema::SharedSchema;
use tfplug::value::Value;

use crate::aws::client::Aws;
use crate::aws::operation::{ErrorMatch, error};
use crate::engine::key::{self, ArnForm, Key};
use crate::engine::{Create, Declared, Delete, Hooks, Listing, MovedFrom, Read, UpdateBy};
use crate::services::application_auto_scaling::{
    DEREGISTER_SCALABLE_TARGET, DESCRIBE_SCALABLE_TARGETS, REGISTER_SCALABLE_TARGET, TAGS,
};
use crate::shapes::fields::Tagged;
use crate::shapes::scaling_target::{COPIES, INSTANCES, NAMESPACE, Scaled, check, names_in, resource_id};

/// A scalable target: the bounds between which Application Auto Scaling changes the capacity of an endpoint variant or an
/// inference component. `mlops_autoscaling_policy` says when. `mlops_endpoint_autoscaling` has both in one resource.
///
/// Set `retain_all_variant_properties = true` for the endpoint: without it each update of the endpoint takes the instance
/// count back to the endpoint configuration's. AWS refuses an update that changes the instance type of a registered variant
/// or removes it. If the `configuration` of an `mlops_endpoint` that `endpoint_name` refers to changes so, the plan replaces the
/// target: it is deregistered before the endpoint is updated, and registered again afterwards. With an
/// `mlops_endpoint_configuration` that takes `replace_triggered_by`, as in the example.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "autoscaling_target",
    subcategory = "Inference",
    timeouts(create = "10m", update = "10m", delete = "10m"),
    identity("service_namespace", "resource_id", "scalable_dimension", optional("region"), derived("account_id"))
)]
pub struct AutoscalingTarget {
    #[tf(embed)]
    scaled: Scaled,
    #[tf(embed)]
    tagged: Tagged,
}

/// The declaration.
pub static AUTOSCALING_TARGET: Declared = Declared {
    updates: &[UpdateBy::new(REGISTER_SCALABLE_TARGET, CHANGED)],
    ..target("scalable target", AutoscalingTarget::shared)
};

/// Another change of it is under way. Source: the service model, RegisterScalableTarget.
const BUSY: &[ErrorMatch] = &[error("ConcurrentUpdateException", "")];
/// Source: the service model, DeregisterScalableTarget.
pub(super) const NOT_FOUND: &[ErrorMatch] = &[error("ObjectNotFoundException", "")];
/// The attributes that are changed in place.
pub(super) const CHANGED: &[&str] = &[Scaled::MIN_CAPACITY, Scaled::MAX_CAPACITY, Scaled::SUSPENDED_STATE];

const MOVED_FROM: &[MovedFrom] = &[MovedFrom::new(
    "aws_appautoscaling_target",
    &[Scaled::SERVICE_NAMESPACE, Scaled::RESOURCE_ID, Scaled::SCALABLE_DIMENSION],
)];

/// Those of other services are of no kind of this provider.
const LISTING: &Listing = &Listing {
    // Source: Application Auto Scaling API reference, DescribeScalableTargets.
    page: Some(("max_results", 50)),
    sends: &[("service_namespace", NAMESPACE, None)],
    described: true,
    ..Listing::new(DESCRIBE_SCALABLE_TARGETS, "scalable_targets")
};

/// A resource with the attributes of a scalable target.
pub(super) const fn target(noun: &'static str, schema: fn() -> &'static SharedSchema) -> Declared {
    Declared {
        moved_from: MOVED_FROM,
        // Source: the primary identifier of CloudFormation's AWS::ApplicationAutoScaling::ScalableTarget.
        other_ids: &["{resource_id}|{scalable_dimension}|{service_namespace}"],
        key: Key {
            attribute: Scaled::SCALABLE_DIMENSION,
            scope: &[Scaled::SERVICE_NAMESPACE, Scaled::RESOURCE_ID],
            slashed: Some(Scaled::RESOURCE_ID),
            sent_as: &[("DescribeScalableTargets", Scaled::RESOURCE_ID, "resource_ids[]")],
            ..key::NAME
        },
        tags: Some(&TAGS),
        list: Some(LISTING),
        hooks: &TargetHooks,
        omitted: &[("role_arn", "AWS takes the service-linked role for SageMaker, whatever role is sent")],
        ..Declared::named(
            noun,
            schema,
            // Its ID is AWS's.
            ArnForm::regional("application-autoscaling", "scalable-target/{id}"),
            Create {
                operation: REGISTER_SCALABLE_TARGET,
                arn: Some("scalable_target_arn"),
                exists: &[],
                retryable: BUSY,
            },
            Read { within: Some("scalable_targets[0]"), ..Read::by(DESCRIBE_SCALABLE_TARGETS, NOT_FOUND) },
            Delete::by(DEREGISTER_SCALABLE_TARGET, BUSY),
        )
    }
}

/// What is special about scalable targets.
pub(super) struct TargetHooks;

#[async_trait]
impl Hooks for TargetHooks {
    fn check_config(&self, config: &Value) -> Diags {
        check(config)
    }

    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        super::registered::plan(cx, plan, "scalable target");
        let id = resource_id(plan.planned());
        plan.set(Scaled::RESOURCE_ID, id);
        plan.set(Scaled::SERVICE_NAMESPACE, Value::from(NAMESPACE));
        if plan.config.attribute(Scaled::SCALABLE_DIMENSION).is_null() {
            // While a name is unknown, whether it is set is known.
            let component = plan.get(Scaled::ENDPOINT_NAME).is_null();
            plan.set(Scaled::SCALABLE_DIMENSION, Value::from(if component { COPIES } else { INSTANCES }));
        }
        Ok(())
    }

    fn after_read(&self, _: &Value, state: &Value, value: &mut Value) {
        for (attribute, name) in names_in(state.attribute(Scaled::RESOURCE_ID).as_str().unwrap_or_default()) {
            value.set_attribute(attribute, Value::from(name));
        }
    }
}
