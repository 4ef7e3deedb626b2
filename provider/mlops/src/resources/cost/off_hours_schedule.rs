//! `mlops_off_hours_schedule`: when a notebook instance or an endpoint is off.
//!
//! Quirks of the API: a schedule calls one operation, so that stopping and starting take two schedules; an update replaces all
//! settings; the role is tested when a schedule is created, and what it may do when the schedule is due. Source: EventBridge
//! Scheduler API reference, CreateSchedule, UpdateSchedule and Target.

mod declaration;

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;

pub use self::declaration::{OFF_HOURS_SCHEDULE, brings_back};
use crate::aws::arn;
use crate::sagemaker::names;
use crate::shapes::schedule::{CRON, TIME, is_same_time};

/// Two schedules of EventBridge Scheduler by which a notebook instance is stopped and started, or an endpoint deleted and
/// created again. For each object that is to be off out of hours there is one.
///
/// An endpoint that names the schedule as its `off_hours_schedule_name` stays in the state while it is off: no plan shows that it
/// is gone, and no apply creates it before its time.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "off_hours_schedule",
    subcategory = "Cost",
    timeouts(create = "10m", update = "10m", delete = "10m"),
    identity("name", optional("region"), derived("account_id")),
    exactly_one_of("notebook_instance_name", "endpoint")
)]
pub struct OffHoursSchedule {
    /// Name, unique in the account and region. The schedules are in the schedule group `default`, with the names `NAME-start` and
    /// `NAME-stop`.
    #[tf(required, requires_replace, provider_only, validate(NAME))]
    name: String,
    /// AWS Region, which must be that of the notebook instance or endpoint. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    /// Description.
    #[tf(optional, validate(Validator::Length { min: 0, max: 512 }))]
    description: Option<String>,
    /// Name of the notebook instance to stop and start. Leave `notebook_instance_status` of a `mlops_notebook_instance` out: an
    /// apply would set it again.
    #[tf(optional, validate(names::NAME))]
    notebook_instance_name: Option<String>,
    #[tf(optional)]
    endpoint: Option<ScheduledEndpoint>,
    /// When the notebook instance is stopped, or the endpoint deleted: `cron(0 19 ? * MON-FRI *)` (minutes, hours, day of the
    /// month, month, day of the week, year).
    #[tf(required, rename = "stop.schedule_expression", validate(CRON))]
    stop_expression: String,
    /// When the notebook instance is started, or the endpoint created: `cron(0 7 ? * MON-FRI *)`.
    #[tf(required, rename = "schedule_expression", validate(CRON))]
    start_expression: String,
    /// Time zone of the expressions, such as `Europe/Berlin`; daylight saving time is observed. Defaults to `UTC`.
    #[tf(optional, computed, default = "UTC", validate(Validator::Length { min: 1, max: 50 }))]
    schedule_expression_timezone: String,
    /// ARN of the IAM role by which EventBridge Scheduler calls SageMaker. It must trust `scheduler.amazonaws.com` and allow the
    /// operations: a `mlops_execution_role` with `trusted_services` and `access.start_stop_notebook_instances` or
    /// `access.recreate_endpoints`.
    #[tf(required, rename = "target.role_arn", validate(arn::ROLE))]
    role_arn: String,
    /// Length in minutes of the flexible time window: each call is at some time within it. Unless set, the window is `OFF`, and
    /// calls are made within 60 seconds of the time.
    #[tf(
        optional,
        rename = "flexible_time_window.maximum_window_in_minutes",
        validate(Validator::Range { min: 1, max: 1440 })
    )]
    maximum_window_in_minutes: Option<i32>,
    /// Time before which nothing is stopped or started, in RFC 3339 format; no time in the past.
    #[tf(optional, equal(is_same_time), validate(TIME))]
    start_date: Option<String>,
    /// Time after which nothing is stopped or started any more, in RFC 3339 format.
    #[tf(optional, equal(is_same_time), validate(TIME))]
    end_date: Option<String>,
    /// `ENABLED` or `DISABLED`. Defaults to `ENABLED`.
    #[tf(optional, computed, default = "ENABLED", validate(Validator::OneOf(&["ENABLED", "DISABLED"])))]
    state: String,
    /// Maximum age in seconds at which a call that failed is still tried again. Defaults to 3600, not to the day of EventBridge
    /// Scheduler: what could not be stopped in the evening is not to be stopped in the morning.
    #[tf(
        optional,
        computed,
        default = 3600,
        rename = "target.retry_policy.maximum_event_age_in_seconds",
        validate(Validator::Range { min: 60, max: 86400 })
    )]
    maximum_event_age_in_seconds: i32,
    /// Maximum number of retries of a call. Defaults to 185.
    #[tf(
        optional,
        computed,
        default = 185,
        rename = "target.retry_policy.maximum_retry_attempts",
        validate(Validator::Range { min: 0, max: 185 })
    )]
    maximum_retry_attempts: i32,
    /// ARN of the standard SQS queue that gets the calls that failed. The role must be allowed to send to it
    /// (`access.sqs_queues`).
    #[tf(optional, rename = "target.dead_letter_config.arn", validate(arn::SQS_QUEUE))]
    dead_letter_queue_arn: Option<String>,
    /// ARN of the KMS key that encrypts the schedules. A key of AWS's unless set.
    #[tf(optional, validate(arn::KMS_KEY_OR_ALIAS))]
    kms_key_arn: Option<String>,
    /// ARN of the schedule that starts.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
    /// When the schedule that starts was created, in RFC 3339 format.
    #[tf(computed, use_state_for_unknown)]
    creation_date: Option<String>,
}

/// The endpoint to delete and to create again. It is created as it is written here, so these are attributes of the
/// `mlops_endpoint`.
#[derive(Clone, Debug, Model)]
pub struct ScheduledEndpoint {
    /// Name of the endpoint.
    #[tf(required, rename = "endpoint_name", validate(names::NAME))]
    name: String,
    /// Name of the endpoint configuration to create it with.
    #[tf(required, validate(names::NAME))]
    endpoint_config_name: String,
    /// Tags to create it with: `tags_all` of the endpoint.
    #[tf(optional)]
    tags: Option<BTreeMap<String, String>>,
}

/// Source: the service model, `Name`, less what the names of the two schedules have behind it.
const NAME: Validator = Validator::Text {
    expected: "1 to 58 letters, digits, hyphens, underscores and dots",
    accepts: |s| (1..=58).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)),
};
