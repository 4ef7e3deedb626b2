//! What PutMetricAlarm refuses, found in the plan. Source, where nothing else is said: CloudWatch API reference,
//! PutMetricAlarm and MetricDataQuery.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use regex::Regex;
use tfplug::diag::{Diag, Diags};
use tfplug::number::Number;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use crate::resources::observability::metric_alarm::MetricAlarm;
use crate::shapes::alarm::actions;
use crate::shapes::evaluation::EvaluationWindow;
use crate::shapes::metric_query::{MetricDataQuery, OneMetric};

/// Comparisons with a threshold, and with the bounds of a band.
pub(in super::super) const OPERATORS: Validator = Validator::OneOf(&[
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    RANGES[0],
    RANGES[1],
    RANGES[2],
]);
const RANGES: [&str; 3] =
    ["LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold"];

/// Everything that a put takes: what it is not sent gets its default again.
pub(super) const SENT: &[&str] = &[
    "alarm_description",
    "actions_enabled",
    "alarm_actions",
    "ok_actions",
    "insufficient_data_actions",
    "action_configuration",
    "metric_name",
    "namespace",
    "dimensions",
    "statistic",
    "extended_statistic",
    "period",
    "unit",
    "metrics",
    "evaluation_criteria",
    "evaluation_interval",
    "comparison_operator",
    "threshold",
    "threshold_metric_id",
    "evaluation_periods",
    "datapoints_to_alarm",
    "evaluation_window",
    "warm_up_configuration",
    "treat_missing_data",
    "evaluate_low_sample_count_percentile",
];

/// What alarms on a PromQL query do not take.
const NOT_WITH_CRITERIA: &[&str] = &[
    "comparison_operator",
    "threshold",
    "threshold_metric_id",
    "evaluation_periods",
    "datapoints_to_alarm",
    "evaluation_window",
    "treat_missing_data",
];

/// Attributes that AWS may or may not describe where they have their defaults, with these.
const DEFAULTS: [(&str, &str); 2] =
    [("treat_missing_data", "missing"), ("evaluate_low_sample_count_percentile", "evaluate")];

/// Most elements of `metrics` of each sort.
const MOST: usize = 10;
const WEEK: i64 = 604_800;
const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;
/// Periods that a wall clock has. Source: CloudWatch API reference, WallClockWindow.
const CLOCK: [i64; 5] = [60, 300, HOUR, DAY, WEEK];

/// A default is the same whether it is described or not: it stays as the state has it.
pub(super) fn keep_defaults(state: &Value, value: &mut Value) {
    for (attribute, default) in DEFAULTS {
        let (before, now) = (state.attribute(attribute), value.attribute(attribute));
        let is_default = |v: &Value| v.is_null() || v.as_str() == Some(default);
        if is_default(before) && is_default(now) {
            let before = before.clone();
            value.set_attribute(attribute, before);
        }
    }
}

/// What AWS would refuse of an alarm. Unknown values pass.
pub(super) fn check(alarm: &Value) -> Diags {
    let mut found = Found(Diags::new());
    if alarm.attribute(MetricAlarm::EVALUATION_CRITERIA).is_null() {
        check_threshold(alarm, &mut found);
    } else {
        for attribute in NOT_WITH_CRITERIA.iter().filter(|a| is_known(alarm.attribute(a))) {
            found.refuse(attribute, format!("`{attribute}` conflicts with `evaluation_criteria`."));
        }
    }
    let (statistic, extended) = (alarm.attribute(OneMetric::STATISTIC), alarm.attribute(OneMetric::EXTENDED_STATISTIC));
    if is_known(alarm.attribute(OneMetric::METRIC_NAME)) && statistic.is_null() && extended.is_null() {
        let detail = "With `metric_name`, one of `statistic` and `extended_statistic` must be set.";
        found.refuse("metric_name", detail.to_owned());
    }
    check_times(alarm, &mut found);
    check_queries(alarm, &mut found);
    found.0
}

struct Found(Diags);

impl Found {
    fn refuse(&mut self, path: &str, detail: String) {
        self.at(Path::of(path), detail);
    }

    fn at(&mut self, path: Path, detail: String) {
        self.0.push(Diag::error("Invalid metric alarm", detail).at(path));
    }
}

fn is_known(value: &Value) -> bool {
    !value.is_null() && !value.is_unknown()
}

fn whole(alarm: &Value, attribute: &str) -> Option<i64> {
    alarm.attribute(attribute).as_number().and_then(Number::to_i64)
}

fn check_threshold(alarm: &Value, found: &mut Found) {
    for attribute in ["comparison_operator", "evaluation_periods"] {
        if alarm.attribute(attribute).is_null() {
            found.refuse(attribute, format!("`{attribute}` must be set, unless `evaluation_criteria` is."));
        }
    }
    let band = alarm.attribute(MetricAlarm::THRESHOLD_METRIC_ID);
    if alarm.attribute(MetricAlarm::THRESHOLD).is_null() && band.is_null() {
        let detail = "One of `threshold` and `threshold_metric_id` must be set, unless `evaluation_criteria` is.";
        found.refuse("threshold", detail.to_owned());
    }
    let operator = alarm.attribute(MetricAlarm::COMPARISON_OPERATOR).as_str().filter(|o| RANGES.contains(o));
    if let (Some(operator), true) = (operator, band.is_null()) {
        // Source: github.com/aws/aws-cdk issue 10540.
        found.refuse("comparison_operator", format!("`{operator}` requires `threshold_metric_id`."));
    }
    if is_known(band) {
        for (attribute, arn) in actions(alarm).filter(|(_, arn)| arn.service == "autoscaling") {
            let detail = format!(
                "Alarms with `threshold_metric_id` cannot have Auto Scaling actions, such as {:?}.",
                arn.resource
            );
            found.refuse(attribute, detail);
        }
    }
}

fn check_times(alarm: &Value, found: &mut Found) {
    for attribute in ["period", "evaluation_interval"] {
        if let Some(seconds) = whole(alarm, attribute).filter(|s| ![10, 20, 30].contains(s) && s % 60 != 0) {
            found.refuse(attribute, format!("`{attribute}` must be 10, 20, 30 or a multiple of 60, not {seconds}."));
        }
    }
    let (periods, points) = (whole(alarm, "evaluation_periods"), whole(alarm, "datapoints_to_alarm"));
    if let (Some(periods), Some(points)) = (periods, points)
        && points > periods
    {
        let detail = format!("`datapoints_to_alarm` ({points}) cannot exceed `evaluation_periods` ({periods}).");
        found.refuse("datapoints_to_alarm", detail);
    }
    let Some(period) = whole(alarm, "period") else { return };
    let (longest, name) =
        if period < HOUR { (DAY, "one day, for periods below one hour") } else { (WEEK, "seven days") };
    if let Some(periods) = periods.filter(|p| p.saturating_mul(period) > longest) {
        let detail = format!(
            "`period` times `evaluation_periods` is {} seconds. At most {longest} are allowed: {name}.",
            period.saturating_mul(periods)
        );
        found.refuse("evaluation_periods", detail);
    }
    if is_known(alarm.attribute(MetricAlarm::EVALUATION_WINDOW).attribute(EvaluationWindow::WALL_CLOCK_WINDOW))
        && !CLOCK.contains(&period)
    {
        let detail = format!("With a wall clock window, `period` must be one of {CLOCK:?}, not {period}.");
        found.refuse("period", detail);
    }
}

/// The function that an expression begins with.
fn begins_with(expression: &str, function: &str) -> bool {
    let rest = expression.trim_start().strip_prefix(function);
    rest.is_some_and(|rest| rest.trim_start().starts_with('('))
}

fn check_queries(alarm: &Value, found: &mut Found) {
    let Some(queries) = alarm.attribute(MetricAlarm::METRICS).as_elements() else { return };
    let at = |i: usize, attribute: &str| Path::of(MetricAlarm::METRICS).index(i).attribute(attribute);
    let ids: Vec<Option<&str>> = queries.iter().map(|q| q.attribute(MetricDataQuery::ID).as_str()).collect();
    let known: BTreeSet<&str> = ids.iter().flatten().copied().collect();
    for (i, id) in ids.iter().enumerate().filter(|(i, id)| id.is_some() && ids[..*i].contains(id)) {
        found.at(at(i, "id"), format!("The ID `{}` is used more than once.", id.unwrap_or_default()));
    }
    for sort in ["metric_stat", "expression"] {
        let count = queries.iter().filter(|q| is_known(q.attribute(sort))).count();
        if count > MOST {
            found.refuse("metrics", format!("{count} elements have `{sort}`. At most {MOST} are allowed."));
        }
    }
    for (i, query) in queries.iter().enumerate() {
        let Some(expression) = query.attribute(MetricDataQuery::EXPRESSION).as_str() else { continue };
        if words_of(expression).any(|word| word == "SEARCH") {
            // Source: CloudWatch user guide, using-search-expressions.
            found.at(at(i, "expression"), "An alarm cannot watch a `SEARCH` expression.".to_owned());
        }
        if known.len() == ids.len()
            && let Some(name) = names_in(expression).find(|name| !known.contains(name))
        {
            found.at(at(i, "expression"), format!("`{name}` is not the ID of an element of `metrics`."));
        }
    }
    check_returned(alarm, queries, found);
}

/// The words of an expression of metric math that are not in quotes. A Metrics Insights query has words of another language.
fn words_of(expression: &str) -> impl Iterator<Item = &str> {
    static WORDS: OnceLock<Option<Regex>> = OnceLock::new();
    let insights = expression.trim_start().get(..6).is_some_and(|start| start.eq_ignore_ascii_case("select"));
    let words = WORDS.get_or_init(|| Regex::new(r#""[^"]*"|'[^']*'|[A-Za-z0-9_.]+"#).ok()).as_ref();
    let all = words.filter(|_| !insights).into_iter().flat_map(move |words| words.find_iter(expression));
    all.map(|found| found.as_str()).filter(|word| !word.starts_with(['"', '\'']))
}

/// Its names in lower case, which are IDs: functions and their options are in upper case.
fn names_in(expression: &str) -> impl Iterator<Item = &str> {
    words_of(expression).filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase()))
}

/// What the alarm watches is one element, and a band beside it if it is compared with one.
fn check_returned(alarm: &Value, queries: &[Value], found: &mut Found) {
    let band = alarm.attribute(MetricAlarm::THRESHOLD_METRIC_ID);
    if let Some(band) = band.as_str()
        && queries.iter().all(|q| !q.attribute(MetricDataQuery::ID).is_unknown())
    {
        let named = queries.iter().find(|q| q.attribute(MetricDataQuery::ID).as_str() == Some(band));
        let expression = named.map(|q| q.attribute(MetricDataQuery::EXPRESSION));
        if named.is_none() {
            found.refuse("threshold_metric_id", format!("`{band}` is not the ID of an element of `metrics`."));
        } else if expression
            .is_some_and(|e| e.is_null() || e.as_str().is_some_and(|text| !begins_with(text, "ANOMALY_DETECTION_BAND")))
        {
            // Source: github.com/cdklabs/cdk-monitoring-constructs issue 340.
            let detail = format!("The expression of the element `{band}` must be an `ANOMALY_DETECTION_BAND`.");
            found.refuse("threshold_metric_id", detail);
        }
    }
    let others = queries.iter().filter(|q| band.is_null() || q.attribute(MetricDataQuery::ID) != band);
    let returned: Vec<&Value> =
        others.map(|q| q.attribute(MetricDataQuery::RETURN_DATA)).filter(|r| r.as_bool() != Some(false)).collect();
    if !band.is_unknown() && returned.iter().all(|r| !r.is_unknown()) && returned.len() != 1 {
        let detail = format!(
            "Exactly one element of `metrics` must be what the alarm watches, besides a band of anomaly detection, and {} are. \
             Set `return_data = false` for all others.",
            returned.len()
        );
        found.refuse("metrics", detail);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tfplug::model::Root;

    use super::super::{METRIC_ALARM, MetricAlarm};
    use super::*;

    /// What a configuration with these attributes is refused for, beside those of a static alarm.
    fn refused(more: &serde_json::Value) -> String {
        let mut all = json!({
            "metric_name": "M", "namespace": "N", "statistic": "Sum", "period": 60, "evaluation_periods": 2, "threshold": 1,
            "comparison_operator": "GreaterThanThreshold",
        });
        merge(&mut all, more);
        check(&value(&all)).to_string()
    }

    fn math(more: serde_json::Value, metrics: serde_json::Value) -> String {
        let mut all = json!({
            "evaluation_periods": 2, "threshold": 1, "comparison_operator": "GreaterThanThreshold", "metrics": metrics,
        });
        merge(&mut all, &more);
        check(&value(&all)).to_string()
    }

    fn merge(all: &mut serde_json::Value, more: &serde_json::Value) {
        for (name, value) in more.as_object().into_iter().flatten() {
            all[name] = value.clone();
        }
    }

    fn value(json: &serde_json::Value) -> Value {
        match json {
            serde_json::Value::String(s) if s == "?" => Value::unknown(),
            serde_json::Value::String(s) => Value::from(s.as_str()),
            serde_json::Value::Number(n) => Value::Number(n.to_string().parse().unwrap()),
            serde_json::Value::Bool(b) => Value::from(*b),
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Array(v) => Value::List(v.iter().map(value).collect()),
            serde_json::Value::Object(m) => Value::object(m.iter().map(|(k, v)| (k.as_str(), value(v)))),
        }
    }

    const SCALING: &str = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:1:resource/x:policyName/y";

    #[test]
    fn what_aws_refuses_of_one_metric_is_found() {
        for (more, said) in [
            (json!({ "statistic": null }), "one of `statistic` and `extended_statistic`"),
            (json!({ "period": 90 }), "multiple of 60, not 90"),
            (json!({ "datapoints_to_alarm": 3 }), "(3) cannot exceed `evaluation_periods` (2)"),
            (json!({ "period": 1800, "evaluation_periods": 49 }), "one day"),
            (json!({ "period": 3600, "evaluation_periods": 169 }), "seven days"),
            (json!({ "threshold": null }), "One of `threshold` and `threshold_metric_id`"),
            (json!({ "comparison_operator": null }), "`comparison_operator` must be set"),
            (json!({ "evaluation_periods": null }), "`evaluation_periods` must be set"),
            (json!({ "comparison_operator": "LessThanLowerThreshold" }), "requires `threshold_metric_id`"),
            (
                json!({ "evaluation_window": { "wall_clock_window": { "timezone": "UTC" } }, "period": 120 }),
                "wall clock",
            ),
            (json!({ "evaluation_criteria": {} }), "`threshold` conflicts with `evaluation_criteria`"),
        ] {
            let got = refused(&more);
            assert!(got.contains(said), "{more}: {got}");
        }
        for right in [
            json!({}),
            json!({ "period": 30, "evaluation_periods": 2880, "datapoints_to_alarm": 2880 }),
            json!({ "period": 3600, "evaluation_periods": 168 }),
            json!({ "period": "?", "threshold": "?", "comparison_operator": "?", "evaluation_periods": "?" }),
        ] {
            assert_eq!(refused(&right), "", "{right}");
        }
    }

    #[test]
    fn what_aws_refuses_of_metric_math_is_found() {
        let stat = |id: &str, shown: bool| json!({ "id": id, "metric_stat": {}, "return_data": shown });
        let math_of = |id: &str, expression: &str, shown: bool| json!({ "id": id, "expression": expression, "return_data": shown });
        let band = json!({ "threshold": null, "threshold_metric_id": "band", "comparison_operator": RANGES[0] });
        let many = |n: usize| -> Vec<_> { (0..n).map(|i| stat(&format!("m{i}"), i == 0)).collect() };
        for (more, metrics, said) in [
            (json!({}), json!([stat("a", true), stat("a", false)]), "`a` is used more than once"),
            (json!({}), json!([stat("a", true), stat("b", true)]), "and 2 are"),
            (json!({}), json!([stat("a", false)]), "and 0 are"),
            (json!({}), json!([math_of("e", "SEARCH('x', 'Sum')", true)]), "`SEARCH`"),
            (json!({}), json!([stat("a", false), math_of("e", "a + b1", true)]), "`b1` is not the ID"),
            (json!({}), json!(many(11)), "At most 10"),
            (band.clone(), json!([stat("a", true)]), "`band` is not the ID"),
            (
                band.clone(),
                json!([stat("a", false), math_of("band", "a * 2", true), stat("b", true)]),
                "must be an `ANOM",
            ),
            (
                json!({ "threshold": null, "threshold_metric_id": "band", "alarm_actions": [SCALING] }),
                json!([stat("a", true), math_of("band", "ANOMALY_DETECTION_BAND(a)", true)]),
                "Auto Scaling",
            ),
        ] {
            let got = math(more, metrics.clone());
            assert!(got.contains(said), "{metrics}: {got}");
        }
        for (more, metrics) in [
            (
                json!({}),
                json!([stat("a", false), stat("b", false), math_of("e", "IF(a > 1e3, 100 * a / SUM(b))", true)]),
            ),
            (json!({}), json!([math_of("q", "SELECT AVG(x) FROM \"AWS/SageMaker\"", true)])),
            (json!({}), json!([stat("a", false), math_of("e", "SUM(METRICS('lower')) + FILL(a, REPEAT)", true)])),
            (json!({}), json!([stat("?", true), math_of("e", "other", false)])),
            (band, json!([stat("a", true), math_of("band", " ANOMALY_DETECTION_BAND (a, 2)", true)])),
        ] {
            assert_eq!(math(more, metrics.clone()), "", "{metrics}");
        }
    }

    #[test]
    fn a_default_that_is_described_or_not_is_no_drift() {
        let state = |t: &str| value(&json!({ "treat_missing_data": t, "evaluate_low_sample_count_percentile": null }));
        for (before, described, kept) in [
            (Value::Null, "missing", Value::Null),
            (Value::from("missing"), "", Value::from("missing")),
            (Value::Null, "breaching", Value::from("breaching")),
            (Value::from("ignore"), "missing", Value::from("missing")),
        ] {
            let mut now = state(described);
            if described.is_empty() {
                now.set_attribute("treat_missing_data", Value::Null);
            }
            keep_defaults(&Value::object([("treat_missing_data", before.clone())]), &mut now);
            assert_eq!(*now.attribute("treat_missing_data"), kept, "{before:?} {described}");
        }
    }

    #[test]
    fn a_put_is_sent_every_attribute() {
        let object = &MetricAlarm::shared().object;
        let own = object.attributes.iter().filter(|a| a.mode.is_configurable() && !a.provider_only && !a.tags);
        let mut all: Vec<&str> = own.map(|a| a.name.as_ref()).collect();
        let mut sent = SENT.to_vec();
        all.sort_unstable();
        sent.sort_unstable();
        assert_eq!(all, sent, "of {:?}", METRIC_ALARM.noun);
    }
}
