//! Operations of Application Auto Scaling on scheduled actions.

use aws_sdk_applicationautoscaling::types::{ScalableTargetAction, ScheduledAction};
use tfplug::value::Value;

use super::{
    from_integer, from_list, from_text, from_time, integer, object, structure, symbol, text, texts, time,
    typed_operation,
};
use crate::aws::operation::Operation;

fn action(value: &Value) -> Option<ScalableTargetAction> {
    let builder = ScalableTargetAction::builder()
        .set_min_capacity(integer(value, "min_capacity"))
        .set_max_capacity(integer(value, "max_capacity"));
    Some(builder.build())
}

fn from_action(action: &ScalableTargetAction) -> Value {
    object([
        ("min_capacity", from_integer(action.min_capacity())),
        ("max_capacity", from_integer(action.max_capacity())),
    ])
}

fn from_scheduled_action(scheduled: &ScheduledAction) -> Value {
    object([
        ("scheduled_action_name", Value::from(scheduled.scheduled_action_name())),
        ("scheduled_action_arn", Value::from(scheduled.scheduled_action_arn())),
        ("service_namespace", Value::from(scheduled.service_namespace().as_str())),
        ("resource_id", Value::from(scheduled.resource_id())),
        ("schedule", Value::from(scheduled.schedule())),
        ("timezone", from_text(scheduled.timezone())),
        ("start_time", scheduled.start_time().map_or(Value::Null, from_time)),
        ("end_time", scheduled.end_time().map_or(Value::Null, from_time)),
        ("scalable_target_action", scheduled.scalable_target_action().map_or(Value::Null, from_action)),
    ])
}

/// Creates a scheduled action, or changes an existing one.
pub const PUT_SCHEDULED_ACTION: Operation = typed_operation!(
    "Application Auto Scaling",
    PutScheduledAction,
    |aws, input| aws
        .application_auto_scaling()
        .put_scheduled_action()
        .set_service_namespace(symbol(input, "service_namespace"))
        .set_resource_id(text(input, "resource_id"))
        .set_scalable_dimension(symbol(input, "scalable_dimension"))
        .set_scheduled_action_name(text(input, "scheduled_action_name"))
        .set_schedule(text(input, "schedule"))
        .set_timezone(text(input, "timezone"))
        .set_start_time(time(input, "start_time"))
        .set_end_time(time(input, "end_time"))
        .set_scalable_target_action(structure(input, "scalable_target_action", action)),
    |_answer| Value::Null
);

/// Describes scheduled actions.
pub const DESCRIBE_SCHEDULED_ACTIONS: Operation = typed_operation!(
    "Application Auto Scaling",
    DescribeScheduledActions,
    |aws, input| aws
        .application_auto_scaling()
        .describe_scheduled_actions()
        .set_scheduled_action_names(texts(input, "scheduled_action_names"))
        .set_service_namespace(symbol(input, "service_namespace"))
        .set_resource_id(text(input, "resource_id"))
        .set_scalable_dimension(symbol(input, "scalable_dimension"))
        .set_max_results(integer(input, "max_results"))
        .set_next_token(text(input, "next_token")),
    |answer| object([
        ("scheduled_actions", from_list(answer.scheduled_actions(), from_scheduled_action)),
        ("next_token", from_text(answer.next_token())),
    ])
);

/// Deletes a scheduled action.
pub const DELETE_SCHEDULED_ACTION: Operation = typed_operation!(
    "Application Auto Scaling",
    DeleteScheduledAction,
    |aws, input| aws
        .application_auto_scaling()
        .delete_scheduled_action()
        .set_service_namespace(symbol(input, "service_namespace"))
        .set_resource_id(text(input, "resource_id"))
        .set_scalable_dimension(symbol(input, "scalable_dimension"))
        .set_scheduled_action_name(text(input, "scheduled_action_name")),
    |_answer| Value::Null
);
