//! Operations of Application Auto Scaling on scalable targets, and its tags.

use aws_sdk_applicationautoscaling::types::{ScalableTarget, SuspendedState};
use tfplug::value::Value;

use super::{
    boolean, from_boolean, from_integer, from_list, from_text, from_time, integer, object, structure, symbol, tagging,
    text, text_map, texts, typed_operation,
};
use crate::aws::operation::Operation;
use crate::engine::tagging::Tagging;

/// Tags of scalable targets.
pub static TAGS: Tagging = tagging!("Application Auto Scaling", application_auto_scaling, tags, tag_keys, map);

fn suspended_state(value: &Value) -> Option<SuspendedState> {
    let builder = SuspendedState::builder()
        .set_dynamic_scaling_in_suspended(boolean(value, "dynamic_scaling_in_suspended"))
        .set_dynamic_scaling_out_suspended(boolean(value, "dynamic_scaling_out_suspended"))
        .set_scheduled_scaling_suspended(boolean(value, "scheduled_scaling_suspended"));
    Some(builder.build())
}

fn from_suspended_state(state: &SuspendedState) -> Value {
    object([
        ("dynamic_scaling_in_suspended", from_boolean(state.dynamic_scaling_in_suspended())),
        ("dynamic_scaling_out_suspended", from_boolean(state.dynamic_scaling_out_suspended())),
        ("scheduled_scaling_suspended", from_boolean(state.scheduled_scaling_suspended())),
    ])
}

fn from_target(target: &ScalableTarget) -> Value {
    object([
        ("service_namespace", Value::from(target.service_namespace().as_str())),
        ("resource_id", Value::from(target.resource_id())),
        ("scalable_dimension", Value::from(target.scalable_dimension().as_str())),
        ("min_capacity", from_integer(Some(target.min_capacity()))),
        ("max_capacity", from_integer(Some(target.max_capacity()))),
        ("predicted_capacity", from_integer(target.predicted_capacity())),
        ("role_arn", Value::from(target.role_arn())),
        ("creation_time", from_time(target.creation_time())),
        ("suspended_state", target.suspended_state().map_or(Value::Null, from_suspended_state)),
        ("scalable_target_arn", from_text(target.scalable_target_arn())),
    ])
}

/// Registers a scalable target, or changes a registered one.
pub const REGISTER_SCALABLE_TARGET: Operation = typed_operation!(
    "Application Auto Scaling",
    RegisterScalableTarget,
    |aws, input| aws
        .application_auto_scaling()
        .register_scalable_target()
        .set_service_namespace(symbol(input, "service_namespace"))
        .set_resource_id(text(input, "resource_id"))
        .set_scalable_dimension(symbol(input, "scalable_dimension"))
        .set_min_capacity(integer(input, "min_capacity"))
        .set_max_capacity(integer(input, "max_capacity"))
        .set_suspended_state(structure(input, "suspended_state", suspended_state))
        .set_tags(text_map(input, "tags")),
    |answer| object([("scalable_target_arn", from_text(answer.scalable_target_arn()))])
);

/// Describes scalable targets.
pub const DESCRIBE_SCALABLE_TARGETS: Operation = typed_operation!(
    "Application Auto Scaling",
    DescribeScalableTargets,
    |aws, input| aws
        .application_auto_scaling()
        .describe_scalable_targets()
        .set_service_namespace(symbol(input, "service_namespace"))
        .set_resource_ids(texts(input, "resource_ids"))
        .set_scalable_dimension(symbol(input, "scalable_dimension"))
        .set_max_results(integer(input, "max_results"))
        .set_next_token(text(input, "next_token")),
    |answer| object([
        ("scalable_targets", from_list(answer.scalable_targets(), from_target)),
        ("next_token", from_text(answer.next_token())),
    ])
);

/// Deregisters a scalable target; its scaling policies and scheduled actions go with it.
pub const DEREGISTER_SCALABLE_TARGET: Operation = typed_operation!(
    "Application Auto Scaling",
    DeregisterScalableTarget,
    |aws, input| aws
        .application_auto_scaling()
        .deregister_scalable_target()
        .set_service_namespace(symbol(input, "service_namespace"))
        .set_resource_id(text(input, "resource_id"))
        .set_scalable_dimension(symbol(input, "scalable_dimension")),
    |_answer| Value::Null
);
