//! `mlops_endpoint_autoscaling`: a scalable target with its policies and scheduled actions.
//!
//! Quirks of the API: a scheduled action changes the bounds of the target when it runs; a change of an action keeps the time
//! zone that it leaves out; policies, their alarms and actions go with the target. Source: Application Auto Scaling API
//! reference, PutScheduledAction and DeregisterScalableTarget.

mod declaration;

use std::collections::BTreeMap;

use tfplug::model::Model;

pub use self::declaration::ENDPOINT_AUTOSCALING;
use crate::shapes::fields::Tagged;
use crate::shapes::scaling_policy::{StepScalingPolicyConfiguration, TargetTrackingScalingPolicyConfiguration};
use crate::shapes::scaling_target::Scaled;
use crate::shapes::scheduled_action::ScheduledAction;

/// Autoscaling of an endpoint variant or an inference component in one resource: the bounds of its capacity, the policies
/// that change it, and scheduled actions that change the bounds. Policies and actions that others add to the target are left
/// alone.
///
/// Set `retain_all_variant_properties = true` for the endpoint: without it each update of the endpoint takes the instance
/// count back to the endpoint configuration's. AWS refuses an update that changes the instance type of a registered variant
/// or removes it. If the `configuration` of an `mlops_endpoint` that `endpoint_name` refers to changes so, the plan replaces the
/// target: it is deregistered before the endpoint is updated, and registered again afterwards. With an
/// `mlops_endpoint_configuration` that takes `replace_triggered_by`, as the example of
/// [`mlops_autoscaling_target`](autoscaling_target.md) shows.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "endpoint_autoscaling",
    subcategory = "Inference",
    timeouts(create = "10m", update = "10m", delete = "10m"),
    identity("service_namespace", "resource_id", "scalable_dimension", optional("region"), derived("account_id"))
)]
pub struct EndpointAutoscaling {
    #[tf(embed)]
    scaled: Scaled,
    /// Scaling policies by their names: when capacity is added and removed. The policy that wants the largest capacity wins.
    #[tf(optional)]
    scaling_policies: Option<BTreeMap<String, ScalingPolicy>>,
    /// Scheduled actions by their names: when the bounds of the capacity change. As long as the bounds are those of an action,
    /// no plan takes them back.
    #[tf(optional)]
    scheduled_actions: Option<BTreeMap<String, ScheduledAction>>,
    #[tf(embed)]
    tagged: Tagged,
}

/// When capacity is added and removed.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("target_tracking_scaling_policy_configuration", "step_scaling_policy_configuration"))]
pub struct ScalingPolicy {
    #[tf(optional)]
    target_tracking_scaling_policy_configuration: Option<TargetTrackingScalingPolicyConfiguration>,
    #[tf(optional)]
    step_scaling_policy_configuration: Option<StepScalingPolicyConfiguration>,
    /// ARN of the policy, for the actions of the alarm that a step scaling policy is for.
    #[tf(computed, use_state_for_unknown)]
    policy_arn: Option<String>,
}
