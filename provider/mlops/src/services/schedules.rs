//! Operations of EventBridge Scheduler on schedules.

use aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput;
use aws_sdk_scheduler::types as t;
use aws_smithy_types::error::operation::BuildError;
use tfplug::value::Value;

use super::{
    from_integer, from_list, from_text, from_time, integer, list, object, structure, symbol, text, time,
    typed_operation,
};
use crate::aws::operation::Operation;

fn dead_letter_config(value: &Value) -> Option<t::DeadLetterConfig> {
    Some(t::DeadLetterConfig::builder().set_arn(text(value, "arn")).build())
}

fn retry_policy(value: &Value) -> Option<t::RetryPolicy> {
    let builder = t::RetryPolicy::builder()
        .set_maximum_event_age_in_seconds(integer(value, "maximum_event_age_in_seconds"))
        .set_maximum_retry_attempts(integer(value, "maximum_retry_attempts"));
    Some(builder.build())
}

fn pipeline_parameter(value: &Value) -> Result<t::SageMakerPipelineParameter, BuildError> {
    t::SageMakerPipelineParameter::builder().set_name(text(value, "name")).set_value(text(value, "value")).build()
}

fn pipeline_parameters(value: &Value) -> Option<t::SageMakerPipelineParameters> {
    let parameters = list(value, "pipeline_parameter_list", pipeline_parameter);
    Some(t::SageMakerPipelineParameters::builder().set_pipeline_parameter_list(parameters).build())
}

/// A target: an operation of AWS's API with its input as JSON, or a pipeline with parameters.
fn target(value: &Value) -> Result<t::Target, BuildError> {
    t::Target::builder()
        .set_arn(text(value, "arn"))
        .set_role_arn(text(value, "role_arn"))
        .set_dead_letter_config(structure(value, "dead_letter_config", dead_letter_config))
        .set_retry_policy(structure(value, "retry_policy", retry_policy))
        .set_input(text(value, "input"))
        .set_sage_maker_pipeline_parameters(structure(value, "sage_maker_pipeline_parameters", pipeline_parameters))
        .build()
}

fn window(value: &Value) -> Result<t::FlexibleTimeWindow, BuildError> {
    t::FlexibleTimeWindow::builder()
        .set_mode(symbol(value, "mode"))
        .set_maximum_window_in_minutes(integer(value, "maximum_window_in_minutes"))
        .build()
}

fn from_target(target: &t::Target) -> Value {
    let retry = |r: &t::RetryPolicy| {
        object([
            ("maximum_event_age_in_seconds", from_integer(r.maximum_event_age_in_seconds())),
            ("maximum_retry_attempts", from_integer(r.maximum_retry_attempts())),
        ])
    };
    let parameter = |p: &t::SageMakerPipelineParameter| {
        object([("name", Value::from(p.name())), ("value", Value::from(p.value()))])
    };
    let parameters = |p: &t::SageMakerPipelineParameters| {
        object([("pipeline_parameter_list", from_list(p.pipeline_parameter_list(), parameter))])
    };
    let dead_letters = |d: &t::DeadLetterConfig| object([("arn", from_text(d.arn()))]);
    object([
        ("arn", Value::from(target.arn())),
        ("role_arn", Value::from(target.role_arn())),
        ("dead_letter_config", target.dead_letter_config().map_or(Value::Null, dead_letters)),
        ("retry_policy", target.retry_policy().map_or(Value::Null, retry)),
        ("input", from_text(target.input())),
        ("sage_maker_pipeline_parameters", target.sage_maker_pipeline_parameters().map_or(Value::Null, parameters)),
    ])
}

fn from_window(window: &t::FlexibleTimeWindow) -> Value {
    object([
        ("mode", Value::from(window.mode().as_str())),
        ("maximum_window_in_minutes", from_integer(window.maximum_window_in_minutes())),
    ])
}

fn from_schedule(schedule: &GetScheduleOutput) -> Value {
    object([
        ("arn", from_text(schedule.arn())),
        ("group_name", from_text(schedule.group_name())),
        ("name", from_text(schedule.name())),
        ("schedule_expression", from_text(schedule.schedule_expression())),
        ("start_date", schedule.start_date().map_or(Value::Null, from_time)),
        ("end_date", schedule.end_date().map_or(Value::Null, from_time)),
        ("description", from_text(schedule.description())),
        ("schedule_expression_timezone", from_text(schedule.schedule_expression_timezone())),
        ("state", from_text(schedule.state().map(t::ScheduleState::as_str))),
        ("creation_date", schedule.creation_date().map_or(Value::Null, from_time)),
        ("last_modification_date", schedule.last_modification_date().map_or(Value::Null, from_time)),
        ("kms_key_arn", from_text(schedule.kms_key_arn())),
        ("target", schedule.target().map_or(Value::Null, from_target)),
        ("flexible_time_window", schedule.flexible_time_window().map_or(Value::Null, from_window)),
        (
            "action_after_completion",
            from_text(schedule.action_after_completion().map(t::ActionAfterCompletion::as_str)),
        ),
    ])
}

/// A request of `CreateSchedule` or `UpdateSchedule`, which take the same members.
macro_rules! with_settings {
    ($builder:expr, $input:ident) => {
        $builder
            .set_name(text($input, "name"))
            .set_group_name(text($input, "group_name"))
            .set_schedule_expression(text($input, "schedule_expression"))
            .set_start_date(time($input, "start_date"))
            .set_end_date(time($input, "end_date"))
            .set_description(text($input, "description"))
            .set_schedule_expression_timezone(text($input, "schedule_expression_timezone"))
            .set_state(symbol($input, "state"))
            .set_kms_key_arn(text($input, "kms_key_arn"))
            .set_target(structure($input, "target", target))
            .set_flexible_time_window(structure($input, "flexible_time_window", window))
            .set_client_token(text($input, "client_token"))
            .set_action_after_completion(symbol($input, "action_after_completion"))
    };
}

/// Creates a schedule.
pub const CREATE_SCHEDULE: Operation = typed_operation!(
    "Scheduler",
    CreateSchedule,
    |aws, input| with_settings!(aws.scheduler().create_schedule(), input),
    |answer| object([("schedule_arn", Value::from(answer.schedule_arn()))])
)
.with_token("client_token");

/// Describes a schedule.
pub const GET_SCHEDULE: Operation = typed_operation!(
    "Scheduler",
    GetSchedule,
    |aws, input| aws.scheduler().get_schedule().set_name(text(input, "name")).set_group_name(text(input, "group_name")),
    |answer| from_schedule(&answer)
);

/// Lists schedules.
pub const LIST_SCHEDULES: Operation = typed_operation!(
    "Scheduler",
    ListSchedules,
    |aws, input| aws
        .scheduler()
        .list_schedules()
        .set_group_name(text(input, "group_name"))
        .set_name_prefix(text(input, "name_prefix"))
        .set_state(symbol(input, "state"))
        .set_max_results(integer(input, "max_results"))
        .set_next_token(text(input, "next_token")),
    |answer| {
        let target = |target: &t::TargetSummary| object([("arn", Value::from(target.arn()))]);
        let schedule = |schedule: &t::ScheduleSummary| {
            object([
                ("arn", from_text(schedule.arn())),
                ("name", from_text(schedule.name())),
                ("group_name", from_text(schedule.group_name())),
                ("target", schedule.target().map_or(Value::Null, target)),
            ])
        };
        object([("schedules", from_list(answer.schedules(), schedule)), ("next_token", from_text(answer.next_token()))])
    }
);

/// Replaces the settings of a schedule: what is not sent gets its default.
pub const UPDATE_SCHEDULE: Operation = typed_operation!(
    "Scheduler",
    UpdateSchedule,
    |aws, input| with_settings!(aws.scheduler().update_schedule(), input),
    |answer| object([("schedule_arn", Value::from(answer.schedule_arn()))])
)
.with_token("client_token");

/// Deletes a schedule.
pub const DELETE_SCHEDULE: Operation = typed_operation!(
    "Scheduler",
    DeleteSchedule,
    |aws, input| aws
        .scheduler()
        .delete_schedule()
        .set_name(text(input, "name"))
        .set_group_name(text(input, "group_name"))
        .set_client_token(text(input, "client_token")),
    |_answer| Value::Null
)
.with_token("client_token");
