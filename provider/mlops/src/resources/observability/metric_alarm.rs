//! `mlops_metric_alarm`: a CloudWatch alarm on one metric, on an expression over several, or on a PromQL query.
//!
//! Quirks of the API: one operation creates and replaces, and nothing says that a name is taken; what is not sent takes its
//! default again; tags are taken at the creation only. Source: CloudWatch API reference, PutMetricAlarm and DescribeAlarms.

mod rules;

use tfplug::model::{Model, Root};
use tfplug::validator::Validator;

pub(super) use self::rules::OPERATORS;
use super::alarms::{self, AlarmHooks};
use crate::aws::batch::Batch;
use crate::engine::{Create, Declared, Listing, MovedFrom, Read, UpdateBy};
use crate::services::alarms::{DESCRIBE_ALARMS, PUT_METRIC_ALARM};
use crate::services::cloudwatch::ALARM_TAGS;
use crate::shapes::alarm::{ARN, AlarmActions, KEY, NAME};
use crate::shapes::evaluation::{EvaluationCriteria, EvaluationWindow, WarmUpConfiguration};
use crate::shapes::fields::Tagged;
use crate::shapes::metric_query::{MetricDataQuery, OneMetric};

/// A CloudWatch alarm. It watches one metric (`metric_name`), an expression over several or a band of anomaly detection
/// (`metrics`), or a PromQL query (`evaluation_criteria`).
///
/// The state of the alarm (`OK`, `ALARM`) is not part of the resource: it changes all the time, and no plan shows it.
///
/// AWS does not delete an alarm as long as the rule of a composite alarm names it. If the same apply changes that rule, or destroys the
/// composite alarm, the deletion takes care of it; else it waits until its timeout is used up, and names the composite alarm.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "metric_alarm",
    subcategory = "Observability",
    timeouts(create = "5m", update = "5m", delete = "5m"),
    identity("name", optional("region"), derived("account_id")),
    exactly_one_of("metric_name", "metrics", "evaluation_criteria"),
    requires("metric_name", "namespace", "period"),
    requires("namespace", "metric_name"),
    requires("dimensions", "metric_name"),
    requires("period", "metric_name"),
    requires("unit", "metric_name"),
    requires("statistic", "metric_name"),
    requires("extended_statistic", "metric_name"),
    requires("threshold_metric_id", "metrics"),
    requires("evaluation_criteria", "evaluation_interval"),
    requires("evaluation_interval", "evaluation_criteria"),
    at_most_one_of("statistic", "extended_statistic"),
    at_most_one_of("threshold", "threshold_metric_id")
)]
pub struct MetricAlarm {
    /// Name, unique in the account and region among alarms of all types.
    #[tf(required, requires_replace, provider_only, validate(NAME))]
    name: String,
    /// AWS Region. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    #[tf(embed)]
    actions: AlarmActions,
    #[tf(embed)]
    metric: OneMetric,
    /// Metrics and expressions over them, at most 10 of each. Exactly one, besides a band of anomaly detection, has
    /// `return_data = true`.
    #[tf(optional, unordered, validate(Validator::Count { min: 1, max: 20 }))]
    metrics: Option<Vec<MetricDataQuery>>,
    #[tf(optional)]
    evaluation_criteria: Option<EvaluationCriteria>,
    /// Seconds between evaluations of a PromQL query: 10, 20, 30 or a multiple of 60, at most 3600.
    #[tf(optional, validate(Validator::Range { min: 10, max: 3600 }))]
    evaluation_interval: Option<i64>,
    /// How the metric is compared with the threshold. Operators with `Lower` or `Upper` are for `threshold_metric_id`.
    /// Required unless `evaluation_criteria` is set.
    #[tf(optional, validate(rules::OPERATORS))]
    comparison_operator: Option<String>,
    /// Threshold. Conflicts with `threshold_metric_id`.
    #[tf(optional)]
    threshold: Option<f64>,
    /// ID of the element of `metrics` whose expression is an `ANOMALY_DETECTION_BAND`, which is the threshold then.
    #[tf(optional, validate(Validator::Length { min: 1, max: 255 }))]
    threshold_metric_id: Option<String>,
    /// Number of periods that are compared with the threshold. Required unless `evaluation_criteria` is set.
    #[tf(optional, validate(Validator::Range { min: 1, max: 60_480 }))]
    evaluation_periods: Option<i64>,
    /// Number of those periods that must breach the threshold. All unless set.
    #[tf(optional, validate(Validator::Range { min: 1, max: 60_480 }))]
    datapoints_to_alarm: Option<i64>,
    #[tf(optional)]
    evaluation_window: Option<EvaluationWindow>,
    #[tf(optional)]
    warm_up_configuration: Option<WarmUpConfiguration>,
    /// What a period without data means: `missing` leaves it out, `notBreaching` and `breaching` say that it is within or
    /// beyond the threshold, `ignore` keeps the state. AWS takes `missing` unless set.
    #[tf(optional, validate(Validator::OneOf(&["missing", "notBreaching", "breaching", "ignore"])))]
    treat_missing_data: Option<String>,
    /// For percentiles: whether periods with too few data points are evaluated (`evaluate`) or keep the state (`ignore`).
    /// AWS takes `evaluate` unless set.
    #[tf(optional, validate(Validator::OneOf(&["evaluate", "ignore"])))]
    evaluate_low_sample_count_percentile: Option<String>,
    #[tf(embed)]
    tagged: Tagged,
    /// ARN of the alarm.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
}

/// The declaration.
pub static METRIC_ALARM: Declared = Declared {
    moved_from: &[MovedFrom::new("aws_cloudwatch_metric_alarm", &["alarm_name"])],
    key: KEY,
    tags: Some(&ALARM_TAGS),
    updates: &[UpdateBy::new(PUT_METRIC_ALARM, rules::SENT)],
    hooks: &AlarmHooks { check: rules::check, after_read: rules::keep_defaults },
    list: Some(&Listing { sends: &[("alarm_types[]", "MetricAlarm", None)], ..alarms::listing("metric_alarms") }),
    ..Declared::named(
        "metric alarm",
        MetricAlarm::shared,
        ARN,
        Create { operation: PUT_METRIC_ALARM, arn: Some("alarm_arn"), exists: &[], retryable: &[] },
        Read {
            within: Some("metric_alarms[0]"),
            created: None,
            batch: Some(&Batch { within: "metric_alarms", ..alarms::BATCH }),
            ..Read::by(DESCRIBE_ALARMS, &[])
        },
        alarms::DELETE,
    )
};
