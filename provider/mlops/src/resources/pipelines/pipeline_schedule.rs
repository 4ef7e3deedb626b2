//! `mlops_pipeline_schedule`: when EventBridge Scheduler executes a pipeline.
//!
//! Quirks of the API: an update replaces all settings; a target is a pipeline only if it has parameters, if only an empty list
//! of them; the role is tested when the schedule is created, and what it may do when the target is invoked. Source:
//! EventBridge Scheduler API reference, CreateSchedule, UpdateSchedule and Target.

mod declaration;

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;

pub use self::declaration::PIPELINE_SCHEDULE;
use crate::aws::arn;
use crate::shapes::schedule::{EXPRESSION, NAME, RetryPolicy, TIME, is_same_time};

/// A schedule of EventBridge Scheduler that executes a `mlops_pipeline`. Each invocation starts one execution; those that it
/// started go on when the schedule is changed, disabled or destroyed.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "pipeline_schedule",
    subcategory = "Pipelines",
    timeouts(create = "10m", update = "10m", delete = "10m"),
    identity("group_name", "name", optional("region"), derived("account_id"))
)]
pub struct PipelineSchedule {
    /// Name, unique in the schedule group.
    #[tf(required, requires_replace, provider_only, validate(NAME))]
    name: String,
    /// Name of the schedule group, which must exist. Defaults to `default`.
    #[tf(optional, computed, default = "default", requires_replace, provider_only, validate(NAME))]
    group_name: String,
    /// AWS Region, which must be that of the pipeline. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    /// Description.
    #[tf(optional, validate(Validator::Length { min: 0, max: 512 }))]
    description: Option<String>,
    /// ARN of the pipeline.
    #[tf(required, rename = "target.arn", validate(arn::PIPELINE))]
    pipeline_arn: String,
    /// ARN of the IAM role by which EventBridge Scheduler starts executions. It must trust `scheduler.amazonaws.com` and allow
    /// `sagemaker:StartPipelineExecution` on the pipeline: a `mlops_execution_role` with `trusted_services` and
    /// `access.start_pipelines`. The executions themselves have the role of the pipeline.
    #[tf(required, rename = "target.role_arn", validate(arn::ROLE))]
    role_arn: String,
    /// Values of the pipeline's parameters, by name; numbers and booleans as text. The plan compares names and types with the
    /// parameters that the pipeline declares.
    #[tf(
        optional,
        rename = "target.sage_maker_pipeline_parameters.pipeline_parameter_list",
        validate(Validator::Count { min: 0, max: 200 }, Validator::Length { min: 1, max: 1024 })
    )]
    parameters: Option<BTreeMap<String, String>>,
    /// When the pipeline is executed: `rate(12 hours)`, `cron(0 3 ? * MON-FRI *)` (minutes, hours, day of the month, month,
    /// day of the week, year) or, once, `at(2030-01-31T03:00:00)`.
    #[tf(required, validate(EXPRESSION))]
    schedule_expression: String,
    /// Time zone of a cron or one-time expression, such as `Europe/Berlin`; daylight saving time is observed. Defaults to
    /// `UTC`.
    #[tf(optional, computed, default = "UTC", validate(Validator::Length { min: 1, max: 50 }))]
    schedule_expression_timezone: String,
    /// Length in minutes of the flexible time window: each invocation is at some time within it. Unless set, the window is
    /// `OFF`, and the schedule invokes the pipeline within 60 seconds of the time.
    #[tf(
        optional,
        rename = "flexible_time_window.maximum_window_in_minutes",
        validate(Validator::Range { min: 1, max: 1440 })
    )]
    maximum_window_in_minutes: Option<i32>,
    /// Time before which the schedule does nothing, in RFC 3339 format; no time in the past. One-time schedules ignore it.
    #[tf(optional, equal(is_same_time), validate(TIME))]
    start_date: Option<String>,
    /// Time after which the schedule does nothing more, in RFC 3339 format. One-time schedules ignore it.
    #[tf(optional, equal(is_same_time), validate(TIME))]
    end_date: Option<String>,
    /// `ENABLED` or `DISABLED`. Defaults to `ENABLED`.
    #[tf(optional, computed, default = "ENABLED", validate(Validator::OneOf(&["ENABLED", "DISABLED"])))]
    state: String,
    /// What becomes of the schedule after its last invocation: `NONE` or `DELETE`. After a deletion the next apply creates it
    /// again. Defaults to `NONE`.
    #[tf(optional, computed, default = "NONE", validate(Validator::OneOf(&["NONE", "DELETE"])))]
    action_after_completion: String,
    #[tf(optional, computed, use_state_for_unknown, rename = "target.retry_policy")]
    retry_policy: Option<RetryPolicy>,
    /// ARN of the standard SQS queue that gets the invocations that failed. The role must be allowed to send to it
    /// (`access.sqs_queues`).
    #[tf(optional, rename = "target.dead_letter_config.arn", validate(arn::SQS_QUEUE))]
    dead_letter_queue_arn: Option<String>,
    /// ARN of the KMS key that encrypts the schedule. A key of AWS's unless set.
    #[tf(optional, validate(arn::KMS_KEY_OR_ALIAS))]
    kms_key_arn: Option<String>,
    /// ARN of the schedule.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
    /// When the schedule was created, in RFC 3339 format.
    #[tf(computed, use_state_for_unknown)]
    creation_date: Option<String>,
}
