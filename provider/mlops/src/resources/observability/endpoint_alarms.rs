//! `mlops_endpoint_alarms`: the alarms that an endpoint needs, as one resource.
//!
//! Each of them is a metric alarm, and lives as [`super::metric_alarm`] declares: how one is created, found again after a kill,
//! read in batches, updated and deleted is said there.

mod life;
mod presets;
mod shown;

use std::collections::BTreeMap;

use tfplug::model::{Model, Set};
use tfplug::validator::Validator;

pub use self::life::EndpointAlarmsResource;
use super::metric_alarm::OPERATORS;
use crate::aws::arn;
use crate::shapes::alarm::{AT_MOST_FIVE, NAME};
use crate::shapes::fields::Tagged;
use crate::shapes::metric_query::{ANY_STATISTIC, DIMENSIONS, NAMESPACE};

/// All alarms together are looked for by one call, which takes 100 names. Source: CloudWatch API reference, DescribeAlarms.
const MANY: Validator = Validator::Count { min: 0, max: 40 };

/// Metric alarms for one variant of an endpoint: errors, latency, traffic, utilization, and what Model Monitor finds. Every one has
/// defaults, and `alarm_conditions` shows in the plan what they come to; each member of each alarm can be changed, and
/// `enabled = false` leaves an alarm out.
///
/// AWS publishes
/// [recommended alarms](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html)
/// for many services, and none for SageMaker: the defaults are this provider's. Their thresholds for errors and latency follow AWS's for
/// API Gateway, those for utilization AWS's for ECS. Set your own where your model is known to be better or worse.
///
/// An alarm that was deleted elsewhere is shown as `enabled = false`, and created again. The state of the alarms (`OK`, `ALARM`) is not
/// part of the resource.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "endpoint_alarms",
    subcategory = "Observability",
    timeouts(create = "10m", update = "10m", delete = "10m"),
    identity("alarm_name_prefix", optional("region"), derived("account_id")),
    requires("data_quality_drift", "monitoring_schedule_name"),
    requires("model_quality", "monitoring_schedule_name")
)]
pub struct EndpointAlarms {
    /// Name of the endpoint.
    #[tf(required, validate(Validator::Length { min: 1, max: 63 }))]
    endpoint_name: String,
    /// Name of the production variant.
    #[tf(required, validate(Validator::Length { min: 1, max: 63 }))]
    variant_name: String,
    /// Beginning of the names of all alarms. Defaults to the names of the endpoint and the variant, such as `churn-main-`.
    #[tf(optional, computed, planned, requires_replace, validate(NAME, Validator::Length { min: 1, max: 160 }))]
    alarm_name_prefix: Option<String>,
    /// AWS Region. Defaults to the region of the provider.
    #[tf(optional, computed, planned, requires_replace)]
    region: Option<String>,
    /// Number of vCPUs of an instance. SageMaker counts 100 % for each, so that the alarm `cpu_utilization` exists only if this is set,
    /// or its `threshold` is.
    #[tf(optional, validate(Validator::Range { min: 1, max: 1024 }))]
    vcpu_count: Option<i64>,
    /// Number of GPUs of an instance. SageMaker counts 100 % for each, so that the alarms `gpu_utilization` and
    /// `gpu_memory_utilization` exist only if this is set, or their `threshold` is.
    #[tf(optional, validate(Validator::Range { min: 1, max: 64 }))]
    gpu_count: Option<i64>,
    /// Name of the monitoring schedule whose metrics `data_quality_drift` and `model_quality` watch.
    #[tf(optional, validate(Validator::Length { min: 1, max: 63 }))]
    monitoring_schedule_name: Option<String>,
    /// Whether the alarms carry out their actions. Defaults to `true`.
    #[tf(optional, computed, default = true)]
    actions_enabled: bool,
    /// ARNs of at most 5 actions to carry out when an alarm goes to `ALARM`, such as SNS topics.
    #[tf(optional, validate(AT_MOST_FIVE, arn::ALARM_ACTION))]
    alarm_actions: Option<Set<String>>,
    /// ARNs of at most 5 actions to carry out when an alarm goes to `OK`.
    #[tf(optional, validate(AT_MOST_FIVE, arn::ALARM_ACTION))]
    ok_actions: Option<Set<String>>,
    /// ARNs of at most 5 actions to carry out when an alarm goes to `INSUFFICIENT_DATA`.
    #[tf(optional, validate(AT_MOST_FIVE, arn::ALARM_ACTION))]
    insufficient_data_actions: Option<Set<String>>,
    /// Share of invocations with an HTTP status of 5xx. Defaults to more than 0.05 in each of 3 minutes.
    #[tf(optional)]
    invocation_5xx_errors: Option<EndpointAlarm>,
    /// Share of invocations with an HTTP status of 4xx. Defaults to more than 0.05 in each of 5 minutes.
    #[tf(optional)]
    invocation_4xx_errors: Option<EndpointAlarm>,
    /// Share of invocations to which the model did not respond with an HTTP status of 2xx. Defaults to more than 0.05 in each of 3
    /// minutes.
    #[tf(optional)]
    model_errors: Option<EndpointAlarm>,
    /// Time that the model takes, in microseconds. Defaults to a 99th percentile of 2.5 seconds or more in each of 5 minutes.
    #[tf(optional)]
    model_latency: Option<EndpointAlarm>,
    /// Time that SageMaker adds, in microseconds. Defaults to a 99th percentile of 2.5 seconds or more in each of 5 minutes.
    #[tf(optional)]
    overhead_latency: Option<EndpointAlarm>,
    /// Absence of invocations. Defaults to fewer than 1 in each of 12 periods of 5 minutes: an hour without any.
    #[tf(optional)]
    no_invocations: Option<EndpointAlarm>,
    /// CPU utilization, in percent, 100 for each vCPU. Defaults to more than 80 times `vcpu_count` in each of 5 minutes.
    #[tf(optional)]
    cpu_utilization: Option<EndpointAlarm>,
    /// Memory utilization, in percent. Defaults to more than 80 in each of 5 minutes.
    #[tf(optional)]
    memory_utilization: Option<EndpointAlarm>,
    /// GPU utilization, in percent, 100 for each GPU. Defaults to more than 80 times `gpu_count` in each of 5 minutes.
    #[tf(optional)]
    gpu_utilization: Option<EndpointAlarm>,
    /// Utilization of the memory of GPUs, in percent, 100 for each GPU. Defaults to more than 80 times `gpu_count` in each of 5
    /// minutes.
    #[tf(optional)]
    gpu_memory_utilization: Option<EndpointAlarm>,
    /// Disk utilization, in percent. Defaults to more than 90 in each of 5 minutes.
    #[tf(optional)]
    disk_utilization: Option<EndpointAlarm>,
    /// Distance of a feature's distribution from the baseline, by the feature's name, as data quality monitoring publishes it.
    /// Defaults to more than 0.1, the limit of suggested constraints, in one execution of the last hour. `{}` takes all defaults.
    #[tf(optional, validate(MANY))]
    data_quality_drift: Option<BTreeMap<String, EndpointAlarm>>,
    /// Metric of model quality monitoring, by its name, such as `rmse`, `accuracy` or `recall`. `threshold` and
    /// `comparison_operator` must be set: no value is right for all models.
    #[tf(optional, validate(MANY))]
    model_quality: Option<BTreeMap<String, EndpointAlarm>>,
    #[tf(embed)]
    tagged: Tagged,
    /// Name of each alarm that the configuration enables, by its attribute: `alarm_names["model_latency"]`,
    /// `alarm_names["data_quality_drift/age"]`. Empty if it enables none.
    #[tf(computed, planned)]
    alarm_names: BTreeMap<String, String>,
    /// Condition of each alarm that exists, by its attribute, as in `alarm_names`: statistic, metric, threshold, periods. Empty if
    /// none exists.
    #[tf(computed, planned)]
    alarm_conditions: BTreeMap<String, String>,
    /// ARN of each alarm that the configuration enables, by its attribute, as in `alarm_names`. Empty if it
    /// enables none.
    #[tf(computed, planned)]
    alarm_arns: BTreeMap<String, String>,
}

/// One of the alarms. What is left out takes the default of the alarm.
#[derive(Clone, Debug, Model)]
pub struct EndpointAlarm {
    /// Whether the alarm exists. Defaults to `true`, where its metrics are of use.
    #[tf(optional)]
    enabled: Option<bool>,
    /// Description of the alarm.
    #[tf(optional, validate(Validator::Length { min: 0, max: 1024 }))]
    alarm_description: Option<String>,
    /// Namespace of the metric.
    #[tf(optional, validate(NAMESPACE))]
    namespace: Option<String>,
    /// Name of the metric.
    #[tf(optional, validate(Validator::Length { min: 1, max: 255 }))]
    metric_name: Option<String>,
    /// Dimensions of the metric: all that it is published with.
    #[tf(optional, validate(DIMENSIONS))]
    dimensions: Option<BTreeMap<String, String>>,
    /// Statistic of the metric, such as `Average`, `Sum` or `p99`.
    #[tf(optional, validate(ANY_STATISTIC))]
    statistic: Option<String>,
    /// Period over which the statistic is taken, in seconds: 10, 20, 30 or a multiple of 60.
    #[tf(optional, validate(Validator::Range { min: 10, max: 604_800 }))]
    period: Option<i64>,
    /// How the statistic is compared with the threshold.
    #[tf(optional, validate(OPERATORS))]
    comparison_operator: Option<String>,
    /// Threshold, in the unit of the metric.
    #[tf(optional)]
    threshold: Option<f64>,
    /// Number of periods that are compared with the threshold.
    #[tf(optional, validate(Validator::Range { min: 1, max: 60_480 }))]
    evaluation_periods: Option<i64>,
    /// Number of those periods that must breach the threshold.
    #[tf(optional, validate(Validator::Range { min: 1, max: 60_480 }))]
    datapoints_to_alarm: Option<i64>,
    /// What a period without data means: `missing` leaves it out, `notBreaching` and `breaching` say that it is within or
    /// beyond the threshold, `ignore` keeps the state.
    #[tf(optional, validate(Validator::OneOf(&["missing", "notBreaching", "breaching", "ignore"])))]
    treat_missing_data: Option<String>,
}
