//! Operations of CloudWatch on anomaly detectors, and the metrics that these are known by.
//!
//! One operation creates and replaces, and only its response has the ID: so a detector is known by what it watches, and is
//! looked for among those that are described. Source: CloudWatch API reference, PutAnomalyDetector and
//! DescribeAnomalyDetectors.

use aws_sdk_cloudwatch::types as t;
use serde_json::Value as Json;
use tfplug::value::Value;

use super::alarms::{dimension, from_dimensions, from_query, query};
use super::{
    boolean, from_boolean, from_list, from_text, from_time, list, object, structure, symbol, text, time,
    typed_operation,
};
use crate::aws::client::Regional;
use crate::aws::creations::record::Sent;
use crate::aws::error::AwsError;
use crate::aws::operation::{Calling, Operation};

/// The member of a detector that has the one metric that it watches.
const SINGLE: &str = "single_metric_anomaly_detector";
/// The member of a detector that has the expression that it watches.
const MATH: &str = "metric_math_anomaly_detector";
/// How what is known by an expression begins.
const EXPRESSION: &str = "metric-math/";
/// What stands between the parts of a metric, and as what it stands in them.
const ESCAPES: [(&str, &str); 6] = [("%", "%25"), ("/", "%2F"), (",", "%2C"), ("=", "%3D"), ("@", "%40"), (":", "%3A")];

fn escaped(part: &str) -> String {
    ESCAPES.iter().fold(part.to_owned(), |text, (plain, code)| text.replace(plain, code))
}

fn plain(part: &str) -> String {
    ESCAPES.iter().rev().fold(part.to_owned(), |text, (plain, code)| text.replace(code, plain))
}

/// What a detector watches, as one text: `AWS/SageMaker/ModelLatency/EndpointName=churn,VariantName=main/Average`, behind
/// `ACCOUNT:` where an account is given; `metric-math/` and a hash of the expression. Two detectors differ in it. None while
/// something is not known.
pub fn metric_of(detector: &Value) -> Option<String> {
    let (single, math) = (detector.attribute(SINGLE), detector.attribute(MATH));
    if single.as_entries().is_none() {
        let queries = sorted(math, "metric_data_queries", "id").attribute("metric_data_queries").clone();
        let known = math.as_entries().is_some() && queries.is_wholly_known();
        return known.then(|| format!("{EXPRESSION}{}", Sent::of(&queries, &[]).digest()));
    }
    if !single.is_wholly_known() {
        return None;
    }
    let part = |member: &str| single.attribute(member).as_str().map(escaped);
    let ordered = in_one_order(single);
    let dimensions = ordered.attribute("dimensions").as_elements().unwrap_or_default().iter();
    let pair = |d: &Value| {
        Some(
            ["name", "value"]
                .map(|m| d.attribute(m).as_str().map(escaped))
                .into_iter()
                .collect::<Option<Vec<_>>>()?
                .join("="),
        )
    };
    let dimensions = dimensions.map(pair).collect::<Option<Vec<_>>>()?.join(",");
    let namespace = part("namespace")?.replace("%2F", "/");
    let account = part("account_id").map(|account| format!("{account}:")).unwrap_or_default();
    let parts = [format!("{account}{namespace}"), part("metric_name")?, dimensions, part("stat")?];
    Some(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/"))
}

/// What an operation is sent to find a detector: its ID is enough, and a metric narrows down what is listed.
fn filters(metric: &str) -> Value {
    if metric.starts_with(EXPRESSION) {
        return object([("anomaly_detector_types", Value::List(vec![Value::from("METRIC_MATH")]))]);
    }
    let (rest, _) = metric.rsplit_once('/').unwrap_or_default();
    let rest = rest.rsplit_once('/').filter(|(_, dimensions)| dimensions.contains('=')).map_or(rest, |(rest, _)| rest);
    match rest.rsplit_once('/') {
        Some((namespace, name)) => {
            let namespace = namespace.rsplit_once(':').map_or(namespace, |(_, namespace)| namespace);
            object([("namespace", Value::from(plain(namespace))), ("metric_name", Value::from(plain(name)))])
        }
        None => object([("anomaly_detector_ids", Value::List(vec![Value::from(metric)]))]),
    }
}

/// A detector's metric with its dimensions in the order of their names, which means nothing to AWS.
pub fn in_one_order(single: &Value) -> Value {
    sorted(single, "dimensions", "name")
}

fn sorted(value: &Value, list: &str, by: &str) -> Value {
    let mut sorted = value.clone();
    if let Some(elements) = value.attribute(list).as_elements() {
        let mut elements = elements.to_vec();
        elements.sort_by(|a, b| a.attribute(by).as_str().cmp(&b.attribute(by).as_str()));
        sorted.set_attribute(list, Value::List(elements));
    }
    sorted
}

/// A metric or an expression as the API has it in JSON, without what is not set.
pub fn in_api(value: &Value) -> Json {
    match value {
        Value::Object(members) => {
            let set = members.iter().filter(|(_, value)| !value.is_null());
            Json::Object(set.map(|(name, value)| (pascal_case(name), in_api(value))).collect())
        }
        Value::List(elements) => Json::Array(elements.iter().map(in_api).collect()),
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => number.to_i64().map_or(Json::Null, Json::from),
        value => value.as_str().map_or(Json::Null, Json::from),
    }
}

fn pascal_case(name: &str) -> String {
    let word = |word: &str| word.chars().take(1).map(|c| c.to_ascii_uppercase()).chain(word.chars().skip(1)).collect();
    name.split('_').map(word).collect::<Vec<String>>().concat()
}

fn single(value: &Value) -> Option<t::SingleMetricAnomalyDetector> {
    let builder = t::SingleMetricAnomalyDetector::builder()
        .set_account_id(text(value, "account_id"))
        .set_namespace(text(value, "namespace"))
        .set_metric_name(text(value, "metric_name"))
        .set_dimensions(list(value, "dimensions", dimension))
        .set_stat(text(value, "stat"));
    Some(builder.build())
}

fn math(value: &Value) -> Option<t::MetricMathAnomalyDetector> {
    let queries = list(value, "metric_data_queries", query);
    Some(t::MetricMathAnomalyDetector::builder().set_metric_data_queries(queries).build())
}

fn configuration(value: &Value) -> Option<t::AnomalyDetectorConfiguration> {
    let range = |value: &Value| {
        let builder = t::Range::builder();
        Some(builder.set_start_time(time(value, "start_time")).set_end_time(time(value, "end_time")).build())
    };
    let builder = t::AnomalyDetectorConfiguration::builder()
        .set_excluded_time_ranges(list(value, "excluded_time_ranges", range))
        .set_metric_timezone(text(value, "metric_timezone"))
        .set_adaptation_speed(symbol(value, "adaptation_speed"))
        .set_outlier_filtering_strength(symbol(value, "outlier_filtering_strength"));
    Some(builder.build())
}

fn characteristics(value: &Value) -> Option<t::MetricCharacteristics> {
    Some(t::MetricCharacteristics::builder().set_periodic_spikes(boolean(value, "periodic_spikes")).build())
}

fn from_single(single: &t::SingleMetricAnomalyDetector) -> Value {
    object([
        ("account_id", from_text(single.account_id())),
        ("namespace", from_text(single.namespace())),
        ("metric_name", from_text(single.metric_name())),
        ("dimensions", from_dimensions(single.dimensions())),
        ("stat", from_text(single.stat())),
    ])
}

fn from_configuration(configuration: &t::AnomalyDetectorConfiguration) -> Value {
    let range = |r: &t::Range| {
        let of = |time: Option<&aws_smithy_types::DateTime>| time.map_or(Value::Null, from_time);
        object([("start_time", of(r.start_time())), ("end_time", of(r.end_time()))])
    };
    object([
        ("excluded_time_ranges", from_list(configuration.excluded_time_ranges(), range)),
        ("metric_timezone", from_text(configuration.metric_timezone())),
        ("adaptation_speed", from_text(configuration.adaptation_speed().map(|speed| speed.as_str()))),
        (
            "outlier_filtering_strength",
            from_text(configuration.outlier_filtering_strength().map(|strength| strength.as_str())),
        ),
    ])
}

fn from_detector(detector: &t::AnomalyDetector) -> Value {
    let queries = |math: &t::MetricMathAnomalyDetector| {
        object([("metric_data_queries", from_list(math.metric_data_queries(), from_query))])
    };
    let spikes = |c: &t::MetricCharacteristics| object([("periodic_spikes", from_boolean(c.periodic_spikes()))]);
    object([
        ("anomaly_detector_id", from_text(detector.anomaly_detector_id())),
        (SINGLE, detector.single_metric_anomaly_detector().map_or(Value::Null, from_single)),
        (MATH, detector.metric_math_anomaly_detector().map_or(Value::Null, queries)),
        ("configuration", detector.configuration().map_or(Value::Null, from_configuration)),
        ("metric_characteristics", detector.metric_characteristics().map_or(Value::Null, spikes)),
    ])
}

/// Creates a detector, or replaces the configuration of the one that watches the same.
pub const PUT_ANOMALY_DETECTOR: Operation = typed_operation!(
    "CloudWatch",
    PutAnomalyDetector,
    |aws, input| aws
        .cloudwatch()
        .put_anomaly_detector()
        .set_single_metric_anomaly_detector(structure(input, SINGLE, single))
        .set_metric_math_anomaly_detector(structure(input, MATH, math))
        .set_configuration(structure(input, "configuration", configuration))
        .set_metric_characteristics(structure(input, "metric_characteristics", characteristics)),
    |answer| object([("anomaly_detector_id", from_text(answer.anomaly_detector_id()))])
);

/// Replaces the configuration of the detector of a metric.
pub const UPDATE_ANOMALY_DETECTOR: Operation = Operation { call: update, ..PUT_ANOMALY_DETECTOR };

fn update<'a>(aws: &'a Regional, input: &'a Value) -> Calling<'a> {
    Box::pin(async move {
        let metric = input.attribute("metric_name").as_str().unwrap_or_default();
        let Some(mut detector) = find(aws, metric).await? else {
            let message = format!("There is no anomaly detector of {metric}.");
            return Err(AwsError { code: "ResourceNotFoundException".to_owned(), message, ..AwsError::default() });
        };
        for member in ["configuration", "metric_characteristics"] {
            detector.set_attribute(member, input.attribute(member).clone());
        }
        (PUT_ANOMALY_DETECTOR.call)(aws, &detector).await
    })
}

const LIST_ANOMALY_DETECTORS: Operation = typed_operation!(
    "CloudWatch",
    DescribeAnomalyDetectors,
    |aws, input| {
        let types = super::texts(input, "anomaly_detector_types");
        aws.cloudwatch()
            .describe_anomaly_detectors()
            .set_anomaly_detector_ids(super::texts(input, "anomaly_detector_ids"))
            .set_namespace(text(input, "namespace"))
            .set_metric_name(text(input, "metric_name"))
            .set_anomaly_detector_types(types.map(|all| all.iter().map(|one| one.as_str().into()).collect()))
            .set_next_token(text(input, "next_token"))
    },
    |answer| object([
        ("anomaly_detectors", from_list(answer.anomaly_detectors(), from_detector)),
        ("next_token", from_text(answer.next_token())),
    ])
);

/// Describes the detector of an ID or a metric, as `metric_of` has it, with the metric in `metric_name`. It names no account but others.
pub const DESCRIBE_ANOMALY_DETECTOR: Operation = Operation {
    call: |aws, input| {
        Box::pin(async move {
            let found = find(aws, input.attribute("metric_name").as_str().unwrap_or_default()).await?;
            Ok(object([("anomaly_detectors", Value::List(found.into_iter().collect()))]))
        })
    },
    ..LIST_ANOMALY_DETECTORS
};

async fn find(aws: &Regional, wanted: &str) -> Result<Option<Value>, AwsError> {
    let own = aws.account_id().await?;
    let mut input = filters(wanted);
    loop {
        let page = (LIST_ANOMALY_DETECTORS.call)(aws, &input).await?;
        for detector in page.attribute("anomaly_detectors").as_elements().unwrap_or_default() {
            let mut detector = detector.clone();
            let full = metric_of(&detector);
            let mut single = in_one_order(detector.attribute(SINGLE));
            if single.attribute("account_id").as_str() == Some(&own) {
                single.set_attribute("account_id", Value::Null);
            }
            detector.set_attribute(SINGLE, single);
            let names = [metric_of(&detector), full];
            let by_id = detector.attribute("anomaly_detector_id").as_str() == Some(wanted);
            if by_id || names.iter().flatten().any(|name| name == wanted) {
                let [name, _] = names;
                let metric = if by_id { Value::from(name) } else { Value::from(wanted) };
                detector.set_attribute("metric_name", metric);
                return Ok(Some(detector));
            }
        }
        match page.attribute("next_token") {
            Value::Null => return Ok(None),
            next => input.set_attribute("next_token", next.clone()),
        }
    }
}

const DELETE: Operation = typed_operation!(
    "CloudWatch",
    DeleteAnomalyDetector,
    |aws, input| aws.cloudwatch().delete_anomaly_detector().set_anomaly_detector_id(text(input, "anomaly_detector_id")),
    |_answer| Value::Null
);

/// Deletes the detector of an ID or a metric.
pub const DELETE_ANOMALY_DETECTOR: Operation = Operation { call: delete, ..DELETE };

fn delete<'a>(aws: &'a Regional, input: &'a Value) -> Calling<'a> {
    Box::pin(async move {
        match find(aws, input.attribute("metric_name").as_str().unwrap_or_default()).await? {
            Some(found) => (DELETE.call)(aws, &found).await,
            None => Ok(Value::Null),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detector(account: Value, namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> Value {
        let pair =
            |(name, value): &(&str, &str)| object([("name", Value::from(*name)), ("value", Value::from(*value))]);
        let single = object([
            ("account_id", account),
            ("namespace", Value::from(namespace)),
            ("metric_name", Value::from(name)),
            ("dimensions", Value::List(dimensions.iter().map(pair).collect())),
            ("stat", Value::from("Average")),
        ]);
        object([(SINGLE, single), (MATH, Value::Null)])
    }

    #[test]
    fn a_metric_is_written_as_the_cli_takes_it() {
        let detector = detector(Value::Null, "AWS/SageMaker", "ModelLatency", &[("EndpointName", "churn")]);
        assert_eq!(
            in_api(detector.attribute(SINGLE)).to_string(),
            r#"{"Dimensions":[{"Name":"EndpointName","Value":"churn"}],"MetricName":"ModelLatency","Namespace":"AWS/SageMaker","Stat":"Average"}"#
        );
    }

    #[test]
    fn a_metric_has_one_text_whatever_the_order_of_its_dimensions() {
        let [a, b] = [("VariantName", "main"), ("EndpointName", "churn")];
        for dimensions in [[a, b], [b, a]] {
            let of = metric_of(&detector(Value::Null, "AWS/SageMaker", "ModelLatency", &dimensions));
            let expected = "AWS/SageMaker/ModelLatency/EndpointName=churn,VariantName=main/Average";
            assert_eq!(of.as_deref(), Some(expected));
        }
        let unknown = detector(Value::unknown(), "AWS/SageMaker", "ModelLatency", &[]);
        assert_eq!(metric_of(&unknown), None);
    }

    #[test]
    fn what_is_listed_is_narrowed_down_by_the_text() {
        for (namespace, name) in [("AWS/SageMaker", "ModelLatency"), ("a:b%2F/c", "x/y=z@1"), ("n", "m")] {
            for dimensions in [&[][..], &[("a/b", "c=d,e")]] {
                for account in [Value::Null, Value::from("123456789012")] {
                    let text = metric_of(&detector(account, namespace, name, dimensions)).unwrap();
                    let expected = object([("namespace", Value::from(namespace)), ("metric_name", Value::from(name))]);
                    assert_eq!(filters(&text), expected, "{text}");
                    assert!(!text.contains('@'), "{text}: the region of an import is behind that");
                }
            }
        }
        assert!(!filters("0a1b").attribute("anomaly_detector_ids").is_null());
    }

    #[test]
    fn an_expression_is_known_by_its_queries_in_any_order() {
        let query = |id: &str, stat: &str| object([("id", Value::from(id)), ("expression", Value::from(stat))]);
        let of = |queries: Vec<Value>| {
            let math = object([("metric_data_queries", Value::List(queries))]);
            metric_of(&object([(SINGLE, Value::Null), (MATH, math)])).unwrap()
        };
        let [a, b] = [query("a", "m1"), query("b", "m2")];
        assert_eq!(of(vec![a.clone(), b.clone()]), of(vec![b.clone(), a.clone()]));
        assert_ne!(of(vec![a.clone(), b]), of(vec![a, query("b", "m3")]));
    }
}
