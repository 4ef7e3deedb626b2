//! What anomaly detectors of CloudWatch watch, and what they learn from.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use tfplug::diag::{Diag, Diags};
use tfplug::model::Model;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use super::metric_query::{ANY_STATISTIC, DIMENSIONS, MetricDataQuery, NAMESPACE};
use super::scaling_policy::MetricDimension;
use crate::aws::arn;
use crate::aws::clock::TIME;

/// A metric with a statistic.
#[derive(Clone, Debug, Model)]
pub struct SingleMetric {
    /// ID of the account that has the metric, if it is another one.
    #[tf(optional, validate(arn::ACCOUNT_ID))]
    account_id: Option<String>,
    /// Namespace of the metric, such as `AWS/SageMaker`.
    #[tf(required, validate(NAMESPACE))]
    namespace: String,
    /// Name of the metric, such as `ModelLatency`.
    #[tf(required, validate(Validator::Length { min: 1, max: 255 }))]
    metric_name: String,
    /// Dimensions of the metric: all that it is published with, in any order.
    #[tf(optional, unordered, validate(DIMENSIONS))]
    dimensions: Option<Vec<MetricDimension>>,
    /// Statistic, such as `Average`, `Sum` or `p99`.
    #[tf(required, validate(ANY_STATISTIC))]
    stat: String,
}

/// An expression over metrics.
#[derive(Clone, Debug, Model)]
pub struct MetricMath {
    /// Metrics and expressions over them. Exactly one has `return_data = true`, and is what the detector watches.
    #[tf(required, unordered, validate(Validator::Count { min: 1, max: 20 }))]
    metric_data_queries: Vec<MetricDataQuery>,
}

/// How the detector learns what is normal.
#[derive(Clone, Debug, Model)]
pub struct DetectorConfiguration {
    /// Time ranges that the detector does not learn from, such as outages and deployments.
    #[tf(optional, unordered, validate(Validator::Count { min: 0, max: 10 }))]
    excluded_time_ranges: Option<Vec<TimeRange>>,
    /// Time zone of the metric, such as `Europe/Berlin`, for patterns by the hour that follow daylight saving time.
    #[tf(optional)]
    metric_timezone: Option<String>,
    /// How fast the detector takes a change for normal: `SLOW`, `NORMAL` or `FAST`.
    #[tf(optional, validate(Validator::OneOf(&["FAST", "NORMAL", "SLOW"])))]
    adaptation_speed: Option<String>,
    /// How many outliers the detector does not learn from: `MINIMAL`, `MODERATE` or `STRICT`.
    #[tf(optional, validate(Validator::OneOf(&["MINIMAL", "MODERATE", "STRICT"])))]
    outlier_filtering_strength: Option<String>,
}

/// A time range.
#[derive(Clone, Debug, Model)]
pub struct TimeRange {
    /// When the range begins, in RFC 3339 format, in UTC.
    #[tf(required, validate(TIME))]
    start_time: String,
    /// When the range ends, in RFC 3339 format, in UTC.
    #[tf(required, validate(TIME))]
    end_time: String,
}

/// What is known of the metric.
#[derive(Clone, Debug, Model)]
pub struct MetricCharacteristics {
    /// Whether the metric has spikes at regular times, which are normal then.
    #[tf(required)]
    periodic_spikes: bool,
}

/// What AWS would refuse of an expression and a configuration at these attributes. Source: CloudWatch API reference,
/// PutAnomalyDetector and Range.
pub fn check(math: (&Value, &str), configuration: (&Value, &str)) -> Diags {
    let mut diags = Diags::new();
    let (value, name) = math;
    let queries = value.attribute(MetricMath::METRIC_DATA_QUERIES).as_elements().unwrap_or_default();
    let returns = |q: &&Value| q.attribute(MetricDataQuery::RETURN_DATA).as_bool() != Some(false);
    let known = queries.iter().all(|q| !q.attribute(MetricDataQuery::RETURN_DATA).is_unknown());
    if known && !queries.is_empty() && queries.iter().filter(returns).count() != 1 {
        let detail =
            "A detector watches one result: exactly one element has `return_data = true`, which is the default.";
        let at = Path::of(name).attribute(MetricMath::METRIC_DATA_QUERIES);
        diags.push(Diag::error("Not exactly one result", detail).at(at));
    }
    let (value, name) = configuration;
    let at = Path::of(name).attribute(DetectorConfiguration::EXCLUDED_TIME_RANGES);
    let ranges = value.attribute(DetectorConfiguration::EXCLUDED_TIME_RANGES).as_elements().unwrap_or_default();
    for (i, range) in ranges.iter().enumerate() {
        let time = |name: &str| DateTime::from_str(range.attribute(name).as_str()?, Format::DateTime).ok();
        if let (Some(start), Some(end)) = (time(TimeRange::START_TIME), time(TimeRange::END_TIME))
            && start >= end
        {
            let detail = "`end_time` must be later than `start_time`.";
            let at = at.clone().index(i).attribute(TimeRange::END_TIME);
            diags.push(Diag::error("The time range is empty", detail).at(at));
        }
    }
    diags
}
