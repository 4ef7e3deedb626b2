//! The body of a dashboard that is made of lists: what is worth seeing of endpoints, jobs, monitoring schedules and alarms.
//!
//! Sources: CloudWatch API reference, Dashboard Body Structure and Syntax; SageMaker developer guide, monitoring-cloudwatch (metrics
//! and their dimensions); CloudWatch user guide, using-search-expressions.

use serde_json::{Value as Json, json};
use tfplug::number::Number;
use tfplug::value::Value;

use super::{Dashboard, DashboardEndpoint};
use crate::aws::arn::Arn;
use crate::aws::plan_json;

/// Columns of a dashboard. Source: CloudWatch API reference, Dashboard Body Structure and Syntax.
const COLUMNS: i64 = 24;
/// Three graphs stand side by side.
const WIDTH: i64 = 8;
const HEIGHT: i64 = 6;
/// Seconds between two points of a graph, unless the user says otherwise: SageMaker publishes once a minute.
const PERIOD: i64 = 60;
/// Executions of monitoring schedules are an hour apart, or more.
const HOUR: i64 = 3600;

/// The lists that a body is made of.
pub(super) const LISTS: [&str; 6] = [
    Dashboard::ENDPOINTS,
    Dashboard::TRAINING_JOBS,
    Dashboard::PROCESSING_JOBS,
    Dashboard::TRANSFORM_JOBS,
    Dashboard::MONITORING_SCHEDULES,
    Dashboard::ALARMS,
];

/// Widgets one after the other, in rows.
#[derive(Default)]
struct Page {
    widgets: Vec<Json>,
    x: i64,
    y: i64,
    /// The height of the row.
    height: i64,
}

impl Page {
    fn add(&mut self, kind: &str, width: i64, height: i64, properties: Json) {
        if self.x + width > COLUMNS {
            self.row();
        }
        let (x, y) = (self.x, self.y);
        self.widgets.push(json!({
            "type": kind, "x": x, "y": y, "width": width, "height": height, "properties": properties,
        }));
        self.x += width;
        self.height = self.height.max(height);
    }

    /// Begins a row.
    fn row(&mut self) {
        self.y += self.height;
        (self.x, self.height) = (0, 0);
    }

    fn heading(&mut self, text: &str) {
        self.row();
        self.add("text", COLUMNS, 1, json!({ "markdown": format!("## {text}"), "background": "transparent" }));
        self.row();
    }

    fn graph(&mut self, title: &str, region: &str, period: i64, metrics: &[Json]) {
        self.add(
            "metric",
            WIDTH,
            HEIGHT,
            json!({
                "title": title, "region": region, "view": "timeSeries", "stat": "Average", "period": period, "metrics": metrics,
            }),
        );
    }
}

fn texts<'a>(dashboard: &'a Value, list: &str) -> impl Iterator<Item = &'a str> {
    dashboard.attribute(list).as_elements().unwrap_or_default().iter().filter_map(Value::as_str)
}

fn endpoint(page: &mut Page, region: &str, period: i64, endpoint: &str, variant: &str) {
    let metric = |namespace: &str, name: &str, options: Json| {
        json!([namespace, name, "EndpointName", endpoint, "VariantName", variant, options])
    };
    let requests = |name: &str, stat: &str| metric("AWS/SageMaker", name, json!({ "stat": stat }));
    let host = |name: &str| metric("/aws/sagemaker/Endpoints", name, json!({}));
    page.heading(&format!("Endpoint {endpoint}, variant {variant}"));
    let errors = ["Invocations", "Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors"];
    page.graph("Invocations and errors", region, period, &errors.map(|name| requests(name, "Sum")));
    let latency = [("ModelLatency", "p50"), ("ModelLatency", "p99"), ("OverheadLatency", "p99")];
    let latency = latency
        .map(|(name, stat)| metric("AWS/SageMaker", name, json!({ "stat": stat, "label": format!("{name} {stat}") })));
    page.graph("Latency in microseconds", region, period, &latency);
    let utilization =
        ["CPUUtilization", "MemoryUtilization", "DiskUtilization", "GPUUtilization", "GPUMemoryUtilization"];
    page.graph("Utilization in percent", region, period, &utilization.map(host));
}

/// A job's utilization: of its first instance, or of all where SageMaker names their hosts by IDs.
fn job(page: &mut Page, region: &str, period: i64, namespace: &str, name: &str) {
    let metrics = ["CPUUtilization", "MemoryUtilization", "GPUUtilization", "GPUMemoryUtilization"];
    let metrics = match namespace {
        "/aws/sagemaker/TransformJobs" => {
            let search = format!("SEARCH('{{{namespace},Host}} {name}', 'Average', {period})");
            vec![json!([{ "expression": search }])]
        }
        _ => metrics.iter().map(|metric| json!([namespace, metric, "Host", format!("{name}/algo-1")])).collect(),
    };
    page.graph(name, region, period, &metrics);
}

/// The body; null if no list is set, unknown as long as something that it is made of is.
pub(super) fn body(dashboard: &Value) -> Value {
    let inputs = LISTS.iter().chain(&[Dashboard::REGION, Dashboard::PERIOD]).map(|name| dashboard.attribute(name));
    if LISTS.iter().all(|list| dashboard.attribute(list).is_null()) {
        return Value::Null;
    }
    if inputs.into_iter().any(|input| !input.is_wholly_known()) || dashboard.attribute(Dashboard::REGION).is_null() {
        return Value::unknown();
    }
    let region = dashboard.attribute(Dashboard::REGION).as_str().unwrap_or_default();
    let period = dashboard.attribute(Dashboard::PERIOD).as_number().and_then(Number::to_i64).unwrap_or(PERIOD);
    let mut page = Page::default();
    let alarms: Vec<&str> = texts(dashboard, Dashboard::ALARMS).collect();
    if !alarms.is_empty() {
        let height = 1 + i64::try_from(alarms.len().div_ceil(4)).unwrap_or(1);
        page.add("alarm", COLUMNS, height, json!({ "title": "Alarms", "alarms": alarms }));
    }
    for element in dashboard.attribute(Dashboard::ENDPOINTS).as_elements().unwrap_or_default() {
        let text = |name: &str| element.attribute(name).as_str().unwrap_or_default();
        let variant = text(DashboardEndpoint::VARIANT_NAME);
        endpoint(&mut page, region, period, text(DashboardEndpoint::ENDPOINT_NAME), variant);
    }
    let schedules: Vec<&str> = texts(dashboard, Dashboard::MONITORING_SCHEDULES).collect();
    if !schedules.is_empty() {
        page.heading("Monitoring");
    }
    for schedule in schedules {
        let search = format!(
            "SEARCH('{{aws/sagemaker/Endpoints/data-metrics,Endpoint,MonitoringSchedule}} \
             MonitoringSchedule=\"{schedule}\" feature_baseline_drift', 'Maximum', {HOUR})"
        );
        let metrics = [json!([{ "expression": search }])];
        page.graph(&format!("Drift found by {schedule}"), region, HOUR, &metrics);
    }
    for (list, namespace, heading) in [
        (Dashboard::TRAINING_JOBS, "/aws/sagemaker/TrainingJobs", "Training jobs"),
        (Dashboard::PROCESSING_JOBS, "/aws/sagemaker/ProcessingJobs", "Processing jobs"),
        (Dashboard::TRANSFORM_JOBS, "/aws/sagemaker/TransformJobs", "Transform jobs"),
    ] {
        if texts(dashboard, list).next().is_some() {
            page.heading(heading);
        }
        texts(dashboard, list).for_each(|name| job(&mut page, region, period, namespace, name));
    }
    if !alarms.is_empty() {
        page.heading("Alarms and their thresholds");
    }
    for alarm in alarms {
        let arn = Arn::parse(alarm).ok();
        let title = arn.as_ref().and_then(|arn| arn.resource.strip_prefix("alarm:")).unwrap_or(alarm);
        let region = arn.as_ref().map_or(region, |arn| arn.region.as_str());
        let properties = json!({
            "title": title, "region": region, "view": "timeSeries", "annotations": { "alarms": [alarm] },
        });
        page.add("metric", WIDTH, HEIGHT, properties);
    }
    // The periods of the widgets count, whatever range of time is looked at.
    Value::from(plan_json::laid_out(&json!({ "periodOverride": "inherit", "widgets": page.widgets })))
}

/// Whether two texts are the same JSON.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    let parsed = |value: &Value| serde_json::from_str::<Json>(value.as_str()?).ok();
    parsed(one).is_some_and(|one| Some(one) == parsed(other))
}

#[cfg(test)]
mod tests {
    use tfplug::model::Root;

    use super::*;

    fn dashboard(lists: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
        let mut dashboard = Dashboard::shared().object.null_value();
        dashboard.set_attribute(Dashboard::REGION, Value::from("eu-west-1"));
        lists.into_iter().for_each(|(name, value)| dashboard.set_attribute(name, value));
        dashboard
    }

    fn list(names: &[&str]) -> Value {
        Value::List(names.iter().map(|name| Value::from(*name)).collect())
    }

    fn widgets(dashboard: &Value) -> Vec<Json> {
        let body: Json = serde_json::from_str(body(dashboard).as_str().unwrap()).unwrap();
        body["widgets"].as_array().unwrap().clone()
    }

    #[test]
    fn nothing_lies_on_anything_else_or_outside_of_the_grid() {
        let endpoints = ["main", "other"].map(|variant| {
            Value::object([("endpoint_name", Value::from("churn")), ("variant_name", Value::from(variant))])
        });
        let arns: Vec<String> =
            (0..7).map(|i| format!("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a{i}")).collect();
        let arns: Vec<&str> = arns.iter().map(String::as_str).collect();
        let all = widgets(&dashboard([
            (Dashboard::ENDPOINTS, Value::List(endpoints.to_vec())),
            (Dashboard::TRAINING_JOBS, list(&["one", "two", "three", "four"])),
            (Dashboard::TRANSFORM_JOBS, list(&["five"])),
            (Dashboard::MONITORING_SCHEDULES, list(&["schedule"])),
            (Dashboard::ALARMS, list(&arns)),
        ]));
        let cells = |w: &Json| {
            let at = |name: &str| w[name].as_i64().unwrap();
            let (x, y) = (at("x"), at("y"));
            (y..y + at("height")).flat_map(move |y| (x..x + at("width")).map(move |x| (x, y))).collect::<Vec<_>>()
        };
        let mut taken = std::collections::BTreeSet::new();
        for cell in all.iter().flat_map(cells) {
            assert!(cell.0 < COLUMNS && taken.insert(cell), "{cell:?} of {all:#?}");
        }
        let kinds = |kind: &str| all.iter().filter(|w| w["type"] == kind).count();
        assert_eq!((kinds("alarm"), kinds("metric"), kinds("text")), (1, 6 + 5 + 1 + 7, 6));
        assert!(all.iter().filter(|w| w["type"] == "metric").all(|w| w["properties"]["region"] == "eu-west-1"));
    }

    #[test]
    fn what_is_not_known_leaves_the_body_open() {
        let unknown = Value::List(vec![Value::unknown()]);
        assert!(body(&dashboard([(Dashboard::TRAINING_JOBS, unknown)])).is_unknown());
        assert_eq!(body(&dashboard([])), Value::Null);
    }

    #[test]
    fn the_order_and_the_spaces_of_a_body_mean_nothing() {
        assert!(same(&Value::from(r#"{"a": 1, "b": 2}"#), &Value::from(r#"{"b":2,"a":1}"#)));
        assert!(!same(&Value::from("{}"), &Value::from("[]")) && !same(&Value::Null, &Value::Null));
    }
}
