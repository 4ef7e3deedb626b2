//! How schedules of pipelines are made and changed.

use async_trait::async_trait;
use aws_sdk_scheduler::types::ScheduleState;
use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::model::Root;
use tfplug::plan::Plan;
use tfplug::value::{Path, Value};

use super::PipelineSchedule;
use crate::aws::arn::Arn;
use crate::aws::client::Aws;
use crate::aws::operation::error;
use crate::engine::key::{self, ArnForm, Key};
use crate::engine::{Create, Declared, Delete, Filter, Hooks, Listing, MovedFrom, Read, UpdateBy};
use crate::resources::pipelines::pipeline_execution::parameters;
use crate::services::schedules::{CREATE_SCHEDULE, DELETE_SCHEDULE, GET_SCHEDULE, LIST_SCHEDULES, UPDATE_SCHEDULE};

/// Where Scheduler has the parameters of a pipeline.
const LIST: [&str; 3] = ["target", "sage_maker_pipeline_parameters", "pipeline_parameter_list"];

/// The declaration.
pub static PIPELINE_SCHEDULE: Declared = Declared {
    // Source: the primary identifier of CloudFormation's AWS::Scheduler::Schedule.
    other_ids: &["{name}"],
    moved_from: &[MovedFrom::new("aws_scheduler_schedule", &["group_name", "name"])],
    key: Key { scope: &["group_name"], ..key::NAME },
    updates: &[UpdateBy::new(
        UPDATE_SCHEDULE,
        &[
            "description",
            "pipeline_arn",
            "role_arn",
            "parameters",
            "schedule_expression",
            "schedule_expression_timezone",
            "maximum_window_in_minutes",
            "start_date",
            "end_date",
            "state",
            "action_after_completion",
            "retry_policy",
            "dead_letter_queue_arn",
            "kms_key_arn",
        ],
    )],
    // Source: github.com/go-to-k/cdk-real-drift, read from AWS.
    server_defaults: &[
        "retry_policy",
        "retry_policy.maximum_event_age_in_seconds",
        "retry_policy.maximum_retry_attempts",
    ],
    hooks: &ScheduleHooks,
    omitted: &[
        ("flexible_time_window.mode", "follows from `maximum_window_in_minutes`"),
        ("target.sage_maker_pipeline_parameters.pipeline_parameter_list.name", "the keys of the map"),
        ("target.sage_maker_pipeline_parameters.pipeline_parameter_list.value", "the values of the map"),
        ("target.input", "for targets that are no pipeline"),
        ("target.ecs_parameters", "for Amazon ECS"),
        ("target.event_bridge_parameters", "for event buses"),
        ("target.event_bridge_put_events_v2_parameters", "for event buses"),
        ("target.event_bridge_put_raw_events_parameters", "for event buses"),
        ("target.kinesis_parameters", "for Kinesis"),
        ("target.sqs_parameters", "for Amazon SQS"),
    ],
    list: Some(&Listing {
        page: Some(("max_results", 100)),
        own: &[
            Filter::text("group_name", "group_name", "Name of the schedule group. All groups unless set.", 64),
            Filter::text("name_prefix", "name_prefix", "Beginning of the names.", 64),
            Filter::choice("state", "state", "Whether the schedules run.", ScheduleState::values()),
        ],
        only: Some(starts_a_pipeline),
        ..Listing::new(LIST_SCHEDULES, "schedules")
    }),
    ..Declared::named(
        "schedule",
        PipelineSchedule::shared,
        ArnForm::regional("scheduler", "schedule/{group_name}/{name}"),
        Create {
            operation: CREATE_SCHEDULE,
            arn: Some("arn"),
            // Source: EventBridge Scheduler API reference, CreateSchedule.
            exists: &[error("ConflictException", "")],
            // A role that was made a moment ago. Text: github.com/aws/aws-sdk-js-v3 issue 6494.
            retryable: &[error("ValidationException", "The execution role you provide must allow")],
        },
        // Source: EventBridge Scheduler API reference, GetSchedule.
        Read { created: Some("creation_date"), ..Read::by(GET_SCHEDULE, &[error("ResourceNotFoundException", "")]) },
        // Source: EventBridge Scheduler API reference, UpdateSchedule: another change of it is under way.
        Delete::by(DELETE_SCHEDULE, &[error("ConflictException", "")]),
    )
};

/// What starts something else is of no kind of this provider.
fn starts_a_pipeline(schedule: &Value) -> bool {
    schedule.attribute("target").attribute("arn").as_str().is_some_and(|arn| Arn::is_of(arn, "sagemaker", "pipeline"))
}

struct ScheduleHooks;

#[async_trait]
impl Hooks for ScheduleHooks {
    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        let attributes = [PipelineSchedule::PIPELINE_ARN, PipelineSchedule::PARAMETERS];
        let [pipeline, values] = attributes.map(|name| plan.get(name).clone());
        if plan.is_create() || attributes.into_iter().any(|name| plan.changes(name)) {
            parameters::check_values(cx, plan.get(PipelineSchedule::REGION), &pipeline, &Value::Null, &values).await?;
        }
        Ok(())
    }

    fn adapt(&self, input: &mut Value) {
        let mode = if input.attribute("flexible_time_window").is_null() { "OFF" } else { "FLEXIBLE" };
        let mut window = Value::object([("mode", Value::from(mode))]);
        for (member, value) in input.attribute("flexible_time_window").as_entries().into_iter().flatten() {
            window.set_attribute(member, value.clone());
        }
        input.set_attribute("flexible_time_window", window);
        let path = Path::parse(&LIST.join("."));
        let pairs = parameters::pairs(input.at(&path).unwrap_or(&Value::Null));
        let mut target = input.attribute(LIST[0]).clone();
        target.set_attribute(LIST[1], Value::object([(LIST[2], pairs)]));
        input.set_attribute(LIST[0], target);
    }

    fn after_read(&self, description: &Value, state: &Value, value: &mut Value) {
        let described = description.at(&Path::parse(&LIST.join("."))).unwrap_or(&Value::Null);
        let known = state.attribute(PipelineSchedule::PARAMETERS);
        let nothing = described.is_empty().then(|| if known.is_empty() { known.clone() } else { Value::Null });
        value.set_attribute(PipelineSchedule::PARAMETERS, nothing.unwrap_or_else(|| parameters::from_pairs(described)));
    }
}
