//! Metrics and expressions over them, as CloudWatch's alarms and anomaly detectors take them.

use std::sync::OnceLock;

use regex::Regex;
use tfplug::model::Model;
use tfplug::validator::Validator;

use super::scaling_policy::MetricDimension;

/// Source: CloudWatch API reference, MetricStat.
const NAME: Validator = Validator::Length { min: 1, max: 255 };
/// Dimensions of one metric. Source: CloudWatch API reference, Metric.
pub const DIMENSIONS: Validator = Validator::Count { min: 0, max: 30 };
/// Source: CloudWatch API reference, Metric.
pub const NAMESPACE: Validator = Validator::Text {
    expected: "1 to 255 characters, the first of them no colon",
    accepts: |s| (1..=255).contains(&s.chars().count()) && !s.starts_with(':'),
};
/// Source: CloudWatch API reference, MetricDataQuery.
const ID: Validator = Validator::Text {
    expected: "a lowercase letter, then letters, digits and underscores, 255 in all",
    accepts: |s| {
        s.len() <= 255
            && s.starts_with(|c: char| c.is_ascii_lowercase())
            && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    },
};
/// Source: CloudWatch API reference, MetricDatum.
pub const UNIT: Validator = Validator::OneOf(&[
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
]);
/// Source: CloudWatch API reference, PutMetricAlarm.
pub const STATISTIC: Validator = Validator::OneOf(&SIMPLE);
/// What CloudWatch can compute besides those.
pub const EXTENDED_STATISTIC: Validator = Validator::Text {
    expected: "a percentile or trimmed statistic, such as `p99`, `tm90`, `IQM`, `TM(10%:90%)` or `PR(100:2000)`",
    accepts: |s| !SIMPLE.contains(&s) && is_statistic(s),
};
/// Any statistic.
pub const ANY_STATISTIC: Validator = Validator::Text {
    expected: "a statistic, such as `Average`, `p99`, `tm90`, `IQM`, `TM(10%:90%)` or `PR(100:2000)`",
    accepts: is_statistic,
};

const SIMPLE: [&str; 5] = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];

/// Source: CloudWatch user guide, Statistics-definitions; the service model, AnomalyDetectorMetricStat.
fn is_statistic(text: &str) -> bool {
    static FORM: OnceLock<Option<Regex>> = OnceLock::new();
    let form = FORM.get_or_init(|| {
        let percent = r"(?:\d{1,2}(?:\.\d{0,10})?|100(?:\.0{0,10})?)%";
        let number = r"\d+(?:\.\d{0,10})?(?:[Ee][+-]?\d+)?";
        let range = |bound: &str| format!(r"\((?:{bound}:(?:{bound})?|:{bound})\)");
        let forms = [
            r"(?:SampleCount|Average|Sum|Minimum|Maximum|IQM)".to_owned(),
            r"(?:p|tc|tm|ts|wm)(?:\d{1,2}(?:\.\d{0,10})?|100)".to_owned(),
            format!("(?:TM|TC|TS|WM){}", range(percent)),
            format!("(?:TM|TC|TS|WM|PR){}", range(number)),
        ];
        Regex::new(&format!("(?i)^(?:{})$", forms.join("|"))).ok()
    });
    form.as_ref().is_none_or(|form| form.is_match(text))
}

/// The one metric that an alarm watches.
#[derive(Clone, Debug, Model)]
pub struct OneMetric {
    /// Name of the metric, such as `ModelLatency`.
    #[tf(optional, validate(NAME))]
    metric_name: Option<String>,
    /// Namespace of the metric, such as `AWS/SageMaker`.
    #[tf(optional, validate(NAMESPACE))]
    namespace: Option<String>,
    /// Dimensions of the metric: all that it is published with, in any order.
    #[tf(optional, unordered, validate(DIMENSIONS))]
    dimensions: Option<Vec<MetricDimension>>,
    /// Statistic of the metric. Conflicts with `extended_statistic`.
    #[tf(optional, validate(STATISTIC))]
    statistic: Option<String>,
    /// Percentile or trimmed statistic of the metric, such as `p99` or `TM(10%:90%)`. Conflicts with `statistic`.
    #[tf(optional, validate(EXTENDED_STATISTIC))]
    extended_statistic: Option<String>,
    /// Period over which the statistic is taken, in seconds: 10, 20, 30 or a multiple of 60.
    #[tf(optional, validate(Validator::Range { min: 10, max: 604_800 }))]
    period: Option<i64>,
    /// Unit of the metric. Leave it out unless the metric is published with several: with a unit that the metric does not
    /// have, the alarm never leaves `INSUFFICIENT_DATA`.
    #[tf(optional, validate(UNIT))]
    unit: Option<String>,
}

/// A metric, or an expression over others.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("metric_stat", "expression"), requires("period", "expression"))]
pub struct MetricDataQuery {
    /// ID by which expressions refer to it: a lowercase letter, then letters, digits and underscores.
    #[tf(required, validate(ID))]
    id: String,
    #[tf(optional)]
    metric_stat: Option<MetricStat>,
    /// Metric math over the IDs of other elements, such as `errors / invocations * 100`, or a Metrics Insights query.
    #[tf(optional, validate(Validator::Length { min: 1, max: 2048 }))]
    expression: Option<String>,
    /// Label for people.
    #[tf(optional)]
    label: Option<String>,
    /// Whether this is what the alarm watches. Set it to `false` for all others. Defaults to `true`.
    #[tf(optional, computed, default = true)]
    return_data: bool,
    /// Period of a Metrics Insights query, in seconds.
    #[tf(optional, validate(Validator::Range { min: 1, max: 604_800 }))]
    period: Option<i64>,
    /// ID of the account that has the metric, if it is another one.
    #[tf(optional, validate(crate::aws::arn::ACCOUNT_ID))]
    account_id: Option<String>,
}

/// A statistic of a metric.
#[derive(Clone, Debug, Model)]
pub struct MetricStat {
    #[tf(required)]
    metric: Metric,
    /// Period over which the statistic is taken, in seconds: 1, 5, 10, 20, 30 or a multiple of 60.
    #[tf(required, validate(Validator::Range { min: 1, max: 604_800 }))]
    period: i64,
    /// Statistic, such as `Average`, `Sum` or `p99`.
    #[tf(required, validate(ANY_STATISTIC))]
    stat: String,
    /// Unit of the metric. Leave it out unless the metric is published with several.
    #[tf(optional, validate(UNIT))]
    unit: Option<String>,
}

/// A CloudWatch metric.
#[derive(Clone, Debug, Model)]
pub struct Metric {
    /// Name of the metric.
    #[tf(required, validate(NAME))]
    metric_name: String,
    /// Namespace of the metric, such as `AWS/SageMaker`.
    #[tf(required, validate(NAMESPACE))]
    namespace: String,
    /// Dimensions of the metric: all that it is published with, in any order.
    #[tf(optional, unordered, validate(DIMENSIONS))]
    dimensions: Option<Vec<MetricDimension>>,
}

#[cfg(test)]
mod tests {
    use tfplug::value::Value;

    use super::*;

    #[test]
    fn statistics_are_those_of_cloudwatch() {
        for good in ["p99", "p99.9", "p100", "tm90", "IQM", "iqm", "TM(10%:90%)", "PR(:300)", "WM(1%:)", "TS(80:500)"] {
            assert!(EXTENDED_STATISTIC.accepts(&Value::from(good)), "{good}");
        }
        for bad in ["p", "p101", "99", "Average", "TM(10%:90)", "PR(10%:20%)", "PR(:)", "p99 ", ""] {
            assert!(!EXTENDED_STATISTIC.accepts(&Value::from(bad)), "{bad}");
        }
        assert!(ANY_STATISTIC.accepts(&Value::from("Average")));
    }
}
