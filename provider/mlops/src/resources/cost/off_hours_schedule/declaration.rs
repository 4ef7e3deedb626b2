//! How the schedules of off-hours are made and changed.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::model::Root;
use tfplug::plan::Plan;
use tfplug::value::{Path, Value};

use super::{OffHoursSchedule, ScheduledEndpoint};
use crate::aws::client::Aws;
use crate::aws::operation::error;
use crate::engine::key::ArnForm;
use crate::engine::{Create, Declared, Delete, Hooks, Read, UpdateBy};
use crate::services::off_hours::{CREATE, DELETE, ENDPOINT, GET, NOT_FOUND, STOP, UPDATE, complete};

/// The declaration.
pub static OFF_HOURS_SCHEDULE: Declared = Declared {
    updates: &[UpdateBy {
        after_create: &["stop_expression"],
        split: Some(complete),
        ..UpdateBy::new(
            UPDATE,
            &[
                "description",
                "notebook_instance_name",
                "endpoint",
                "stop_expression",
                "start_expression",
                "schedule_expression_timezone",
                "role_arn",
                "maximum_window_in_minutes",
                "start_date",
                "end_date",
                "state",
                "maximum_event_age_in_seconds",
                "maximum_retry_attempts",
                "dead_letter_queue_arn",
                "kms_key_arn",
            ],
        )
    }],
    hooks: &OffHours,
    omitted: &[
        ("group_name", "the schedules are in the group `default`, where an endpoint finds its own"),
        ("action_after_completion", "one of the two schedules would go before the other"),
        ("flexible_time_window.mode", "follows from `maximum_window_in_minutes`"),
        ("target.sage_maker_pipeline_parameters", "for pipelines"),
        ("target.ecs_parameters", "for Amazon ECS"),
        ("target.event_bridge_parameters", "for event buses"),
        ("target.event_bridge_put_events_v2_parameters", "for event buses"),
        ("target.event_bridge_put_raw_events_parameters", "for event buses"),
        ("target.kinesis_parameters", "for Kinesis"),
        ("target.sqs_parameters", "for Amazon SQS"),
    ],
    ..Declared::named(
        "off-hours schedule",
        OffHoursSchedule::shared,
        ArnForm::regional("scheduler", "schedule/default/{name}-start"),
        Create {
            operation: CREATE,
            arn: Some("arn"),
            // Source: EventBridge Scheduler API reference, CreateSchedule.
            exists: &[error("ConflictException", "")],
            // A role that was made a moment ago. Text: github.com/aws/aws-sdk-js-v3 issue 6494.
            retryable: &[error("ValidationException", "The execution role you provide must allow")],
        },
        Read { created: Some("creation_date"), ..Read::by(GET, NOT_FOUND) },
        // Source: EventBridge Scheduler API reference, UpdateSchedule: another change of it is under way.
        Delete::by(DELETE, &[error("ConflictException", "")]),
    )
};

/// Whether a schedule, as it is described, creates the endpoint of a name again.
pub fn brings_back(described: &Value, endpoint: &str) -> bool {
    let is = |path: &str, wanted: &str| described.at(&Path::parse(path)).and_then(Value::as_str) == Some(wanted);
    let starts = !described.attribute("schedule_expression").is_null();
    starts && is("state", "ENABLED") && is("endpoint.endpoint_name", endpoint)
}

struct OffHours;

/// The settings that both schedules have, with the members that stand for them.
const COMMON: &[(&str, &str)] = &[
    (OffHoursSchedule::DESCRIPTION, "description"),
    (OffHoursSchedule::NOTEBOOK_INSTANCE_NAME, "notebook_instance_name"),
    (OffHoursSchedule::SCHEDULE_EXPRESSION_TIMEZONE, "schedule_expression_timezone"),
    (OffHoursSchedule::ROLE_ARN, "target.role_arn"),
    (OffHoursSchedule::MAXIMUM_WINDOW_IN_MINUTES, "flexible_time_window.maximum_window_in_minutes"),
    (OffHoursSchedule::START_DATE, "start_date"),
    (OffHoursSchedule::END_DATE, "end_date"),
    (OffHoursSchedule::STATE, "state"),
    (OffHoursSchedule::MAXIMUM_EVENT_AGE_IN_SECONDS, "target.retry_policy.maximum_event_age_in_seconds"),
    (OffHoursSchedule::MAXIMUM_RETRY_ATTEMPTS, "target.retry_policy.maximum_retry_attempts"),
    (OffHoursSchedule::DEAD_LETTER_QUEUE_ARN, "target.dead_letter_config.arn"),
    (OffHoursSchedule::KMS_KEY_ARN, "kms_key_arn"),
];

#[async_trait]
impl Hooks for OffHours {
    async fn plan(&self, _: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        // The schedule that starts was deleted, and will be another one.
        if !plan.is_create() && plan.prior.attribute(OffHoursSchedule::CREATION_DATE).is_null() {
            plan.set(OffHoursSchedule::CREATION_DATE, Value::unknown());
        }
        Ok(())
    }

    /// What is shown is the schedule that starts. Where the other one differs from it, that is shown: else nobody would see it.
    fn after_read(&self, description: &Value, state: &Value, value: &mut Value) {
        let stop = description.attribute(STOP);
        if stop.is_null() {
            return;
        }
        let at = |of: &Value, path: &str| of.at(&Path::parse(path)).cloned().unwrap_or(Value::Null);
        for (attribute, path) in COMMON {
            let (one, other) = (at(description, path), at(stop, path));
            if one != other && value.attribute(attribute) == state.attribute(attribute) {
                value.set_attribute(attribute, other);
            }
        }
        // It deletes the endpoint and needs nothing but the name.
        let name = |of: &Value| at(of.attribute(ENDPOINT), "endpoint_name");
        let place = Path::of(OffHoursSchedule::ENDPOINT).attribute(ScheduledEndpoint::NAME);
        if name(description) == name(stop) || value.at(&place) != state.at(&place) {
            return;
        }
        if name(stop).is_null() {
            value.set_attribute(OffHoursSchedule::ENDPOINT, Value::Null);
        } else if let Some(slot) = value.at_mut(&place) {
            *slot = name(stop);
        }
    }
}
