//! `mlops_autoscaling_policy`: when Application Auto Scaling changes the capacity of a target.
//!
//! Quirks of the API: a policy is known by four members together; one operation creates and replaces; it goes with its
//! target. Source: Application Auto Scaling API reference, PutScalingPolicy and DescribeScalingPolicies.

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
use crate::engine::{Create, Declared, Delete, Hooks, MovedFrom, Read, UpdateBy};
use crate::services::scaling_policies::{DELETE_SCALING_POLICY, DESCRIBE_SCALING_POLICIES, PUT_SCALING_POLICY};
use crate::shapes::scaling_policy::{
    ScalingAlarm, StepScalingPolicyConfiguration, TargetTrackingScalingPolicyConfiguration, check, type_of,
};
use crate::shapes::scaling_target::{DIMENSION, NAMESPACE, names_in};

/// A scaling policy: when Application Auto Scaling adds capacity to a `mlops_autoscaling_target` and removes it. A target may
/// have several; the one that wants the largest capacity wins.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "autoscaling_policy",
    subcategory = "Inference",
    timeouts(create = "10m", update = "10m", delete = "10m"),
    identity(
        "service_namespace",
        "resource_id",
        "scalable_dimension",
        "name",
        optional("region"),
        derived("account_id")
    ),
    exactly_one_of("target_tracking_scaling_policy_configuration", "step_scaling_policy_configuration")
)]
pub struct AutoscalingPolicy {
    /// Name, unique for the target.
    #[tf(required, requires_replace, provider_only, validate(NAME))]
    name: String,
    /// Resource ID of the target: `resource_id` of the `mlops_autoscaling_target`.
    #[tf(required, requires_replace, provider_only, validate(RESOURCE_ID))]
    resource_id: String,
    /// Dimension of the target: `scalable_dimension` of the `mlops_autoscaling_target`.
    #[tf(required, requires_replace, provider_only, validate(DIMENSION))]
    scalable_dimension: String,
    #[tf(optional)]
    target_tracking_scaling_policy_configuration: Option<TargetTrackingScalingPolicyConfiguration>,
    #[tf(optional)]
    step_scaling_policy_configuration: Option<StepScalingPolicyConfiguration>,
    /// Type: `TargetTrackingScaling` or `StepScaling`. It follows from which configuration is set.
    #[tf(optional, computed, planned, use_state_for_unknown, requires_replace,
        validate(Validator::OneOf(&["TargetTrackingScaling", "StepScaling"])))]
    policy_type: Option<String>,
    /// AWS Region. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    /// Namespace of the service that is scaled: `sagemaker`.
    #[tf(computed, planned, provider_only, use_state_for_unknown)]
    service_namespace: Option<String>,
    /// CloudWatch alarms that invoke the policy: those that AWS created for target tracking, yours for step scaling,
    /// and none until an alarm of yours has the policy as an action.
    #[tf(computed, changes_with("target_tracking_scaling_policy_configuration", "step_scaling_policy_configuration"))]
    alarms: Vec<ScalingAlarm>,
    /// ARN of the policy.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
    /// When the policy was created, in RFC 3339 format.
    #[tf(computed, use_state_for_unknown)]
    creation_time: Option<String>,
}

/// AWS takes any printable characters; a slash would make IDs for import ambiguous.
const NAME: Validator = Validator::Text {
    expected: "1 to 256 printable characters without slashes",
    accepts: |s| (1..=256).contains(&s.chars().count()) && !s.contains('/') && !s.contains(char::is_control),
};
/// Source: Application Auto Scaling API reference, PutScalingPolicy.
const RESOURCE_ID: Validator = Validator::Text {
    expected: "`endpoint/NAME/variant/NAME` or `inference-component/NAME`",
    accepts: |s| !names_in(s).is_empty(),
};

/// The declaration.
pub static AUTOSCALING_POLICY: Declared = Declared {
    // Source: the primary identifier of CloudFormation's AWS::ApplicationAutoScaling::ScalingPolicy.
    other_ids: &[
        "arn:{partition}:autoscaling:{region}:{account_id}:scalingPolicy:{id}:resource/{service_namespace}/{resource_id}:policyName/{name}|{scalable_dimension}",
    ],
    moved_from: &[MovedFrom::new(
        "aws_appautoscaling_policy",
        &["service_namespace", "resource_id", "scalable_dimension", "name"],
    )],
    key: Key {
        member: Some("policy_name"),
        scope: &["service_namespace", "resource_id", "scalable_dimension"],
        slashed: Some("resource_id"),
        sent_as: &[("DescribeScalingPolicies", "name", "policy_names[]")],
        ..key::NAME
    },
    updates: &[UpdateBy::new(
        PUT_SCALING_POLICY,
        &["target_tracking_scaling_policy_configuration", "step_scaling_policy_configuration"],
    )],
    hooks: &PolicyHooks,
    omitted: &[("predictive_scaling_policy_configuration", "only for Amazon ECS (PutScalingPolicy, PolicyType)")],
    ..Declared::named(
        "scaling policy",
        AutoscalingPolicy::shared,
        // It has an ID of AWS's, and no dimension.
        ArnForm::regional("autoscaling", "scalingPolicy:{id}:resource/sagemaker/{resource_id}:policyName/{name}"),
        Create {
            operation: PUT_SCALING_POLICY,
            arn: Some("policy_arn"),
            exists: &[],
            retryable: &[
                // Source: the service model, PutScalingPolicy: another change of it is under way.
                error("ConcurrentUpdateException", ""),
                // A target that was registered a moment ago. Source: the service model, RegisterScalableTarget, on eventual
                // consistency; text: github.com/ansible/ansible issue 40237.
                error("ObjectNotFoundException", "No scalable target registered"),
            ],
        },
        Read {
            within: Some("scaling_policies[0]"),
            // Source: the service model, DeleteScalingPolicy.
            ..Read::by(DESCRIBE_SCALING_POLICIES, &[error("ObjectNotFoundException", "")])
        },
        Delete::by(DELETE_SCALING_POLICY, &[error("ConcurrentUpdateException", "")]),
    )
};

struct PolicyHooks;

#[async_trait]
impl Hooks for PolicyHooks {
    fn check_config(&self, config: &Value) -> Diags {
        check(config)
    }

    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        super::registered::plan(cx, plan, "scaling policy");
        plan.set(AutoscalingPolicy::SERVICE_NAMESPACE, Value::from(NAMESPACE));
        if plan.config.attribute(AutoscalingPolicy::POLICY_TYPE).is_null() {
            let kind = type_of(plan.planned());
            plan.set(AutoscalingPolicy::POLICY_TYPE, Value::from(kind));
        }
        Ok(())
    }
}
