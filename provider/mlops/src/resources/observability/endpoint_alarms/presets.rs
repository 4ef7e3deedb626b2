//! What each alarm of an endpoint is unless the user says otherwise, and how it is written as a metric alarm.
//!
//! Sources of the metrics: SageMaker developer guide, monitoring-cloudwatch and model-monitor-interpreting-cloudwatch; of the
//! thresholds: CloudWatch user guide, Best_Practice_Recommended_Alarms_AWS_Services, for API Gateway (4XXError, 5XXError, Latency)
//! and ECS (CPUUtilization), whose metrics mean the same. AWS recommends none for SageMaker itself: statistics and periods are ours.

use std::collections::BTreeMap;

use tfplug::model::{Model, Root};
use tfplug::number::Number;
use tfplug::value::{Path, Value};

use super::{EndpointAlarm, EndpointAlarms};
use crate::resources::observability::metric_alarm::MetricAlarm;
use crate::shapes::metric_query::{OneMetric, STATISTIC};
use crate::shapes::scaling_policy::MetricDimension;

/// What an instance's metric counts 100 % for, besides the whole instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Whole,
    /// Each of as many as this attribute says.
    Each(&'static str),
}

/// What a metric is published with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dimensions {
    Variant,
    Schedule,
}

/// The defaults of one alarm, or of the alarms of a map.
#[derive(Debug)]
pub(super) struct Preset {
    attribute: &'static str,
    /// Whether the attribute is a map of such alarms.
    many: bool,
    /// Whether each of them must say where the threshold is.
    threshold_needed: bool,
    of: Of,
    dimensions: Dimensions,
    namespace: &'static str,
    /// Without the key of the map, which follows.
    metric_name: &'static str,
    statistic: &'static str,
    period: i64,
    comparison_operator: &'static str,
    threshold: f64,
    evaluation_periods: i64,
    treat_missing_data: &'static str,
    says: &'static str,
}

const ERRORS: Preset = Preset {
    attribute: EndpointAlarms::INVOCATION_5XX_ERRORS,
    many: false,
    threshold_needed: false,
    of: Of::Whole,
    dimensions: Dimensions::Variant,
    namespace: "AWS/SageMaker",
    metric_name: "Invocation5XXErrors",
    statistic: "Average",
    period: 60,
    comparison_operator: "GreaterThanThreshold",
    threshold: 0.05,
    evaluation_periods: 3,
    // Without invocations there is no data.
    treat_missing_data: "notBreaching",
    says: "Too many invocations end with an HTTP status of 5xx",
};
const LATENCY: Preset = Preset {
    attribute: EndpointAlarms::MODEL_LATENCY,
    metric_name: "ModelLatency",
    statistic: "p99",
    comparison_operator: "GreaterThanOrEqualToThreshold",
    threshold: 2_500_000.0,
    evaluation_periods: 5,
    says: "The model takes too long",
    ..ERRORS
};
const UTILIZATION: Preset = Preset {
    attribute: EndpointAlarms::MEMORY_UTILIZATION,
    namespace: "/aws/sagemaker/Endpoints",
    metric_name: "MemoryUtilization",
    threshold: 80.0,
    evaluation_periods: 5,
    treat_missing_data: "missing",
    says: "The memory of the instances is nearly used up",
    ..ERRORS
};
const MONITORED: Preset = Preset {
    attribute: EndpointAlarms::DATA_QUALITY_DRIFT,
    many: true,
    dimensions: Dimensions::Schedule,
    namespace: "aws/sagemaker/Endpoints/data-metrics",
    metric_name: "feature_baseline_drift_",
    statistic: "Maximum",
    period: 3600,
    // What suggested constraints have as `comparison_threshold`: SageMaker developer guide,
    // model-monitor-byoc-constraints.
    threshold: 0.1,
    evaluation_periods: 1,
    says: "Captured data differ from the baseline",
    ..ERRORS
};

/// All of them, in the order in which they are created.
static PRESETS: [Preset; 13] = [
    ERRORS,
    Preset {
        attribute: EndpointAlarms::INVOCATION_4XX_ERRORS,
        metric_name: "Invocation4XXErrors",
        evaluation_periods: 5,
        says: "Too many invocations end with an HTTP status of 4xx",
        ..ERRORS
    },
    Preset {
        attribute: EndpointAlarms::MODEL_ERRORS,
        metric_name: "InvocationModelErrors",
        says: "The model fails too often",
        ..ERRORS
    },
    LATENCY,
    Preset {
        attribute: EndpointAlarms::OVERHEAD_LATENCY,
        metric_name: "OverheadLatency",
        says: "SageMaker adds too much time to the model's",
        ..LATENCY
    },
    Preset {
        attribute: EndpointAlarms::NO_INVOCATIONS,
        metric_name: "Invocations",
        statistic: "Sum",
        period: 300,
        comparison_operator: "LessThanThreshold",
        threshold: 1.0,
        evaluation_periods: 12,
        treat_missing_data: "breaching",
        says: "Nobody invokes the endpoint",
        ..ERRORS
    },
    Preset {
        attribute: EndpointAlarms::CPU_UTILIZATION,
        of: Of::Each(EndpointAlarms::VCPU_COUNT),
        metric_name: "CPUUtilization",
        says: "The CPUs of the instances are nearly fully used",
        ..UTILIZATION
    },
    UTILIZATION,
    Preset {
        attribute: EndpointAlarms::GPU_UTILIZATION,
        of: Of::Each(EndpointAlarms::GPU_COUNT),
        metric_name: "GPUUtilization",
        says: "The GPUs of the instances are nearly fully used",
        ..UTILIZATION
    },
    Preset {
        attribute: EndpointAlarms::GPU_MEMORY_UTILIZATION,
        of: Of::Each(EndpointAlarms::GPU_COUNT),
        metric_name: "GPUMemoryUtilization",
        says: "The memory of the GPUs is nearly used up",
        ..UTILIZATION
    },
    Preset {
        attribute: EndpointAlarms::DISK_UTILIZATION,
        metric_name: "DiskUtilization",
        threshold: 90.0,
        says: "The disks of the instances are nearly full",
        ..UTILIZATION
    },
    MONITORED,
    Preset {
        attribute: EndpointAlarms::MODEL_QUALITY,
        threshold_needed: true,
        namespace: "aws/sagemaker/Endpoints/model-metrics",
        metric_name: "",
        statistic: "Average",
        says: "The quality of the model's predictions has changed",
        ..MONITORED
    },
];

/// Attributes of one alarm that a metric alarm has under the same name, and as the same type.
const SAME: [&str; 9] = [
    EndpointAlarm::ALARM_DESCRIPTION,
    EndpointAlarm::NAMESPACE,
    EndpointAlarm::METRIC_NAME,
    EndpointAlarm::PERIOD,
    EndpointAlarm::COMPARISON_OPERATOR,
    EndpointAlarm::THRESHOLD,
    EndpointAlarm::EVALUATION_PERIODS,
    EndpointAlarm::DATAPOINTS_TO_ALARM,
    EndpointAlarm::TREAT_MISSING_DATA,
];
/// Attributes that all alarms have alike.
pub(super) const COMMON: [&str; 7] = [
    EndpointAlarms::REGION,
    EndpointAlarms::ACTIONS_ENABLED,
    EndpointAlarms::ALARM_ACTIONS,
    EndpointAlarms::OK_ACTIONS,
    EndpointAlarms::INSUFFICIENT_DATA_ACTIONS,
    "tags",
    "tags_all",
];

/// An alarm of the resource: where its attributes are, and what it is by default.
#[derive(Clone, Debug)]
pub(super) struct Place {
    preset: &'static Preset,
    element: Option<String>,
}

impl Place {
    /// The key in `alarm_names` and `alarm_arns`.
    pub(super) fn key(&self) -> String {
        match &self.element {
            Some(element) => format!("{}/{element}", self.preset.attribute),
            None => self.preset.attribute.to_owned(),
        }
    }

    /// Where the alarm's attributes are in the resource.
    pub(super) fn path(&self) -> Path {
        let path = Path::of(self.preset.attribute);
        self.element.iter().fold(path, |path, element| path.key(element))
    }

    /// The end of the alarm's name.
    fn suffix(&self) -> String {
        let kind = self.preset.attribute.replace('_', "-");
        self.element.iter().fold(kind, |kind, element| format!("{kind}-{element}"))
    }

    /// The name of the alarm; null or unknown as long as the prefix is.
    pub(super) fn name(&self, all: &Value) -> Value {
        match all.attribute(EndpointAlarms::ALARM_NAME_PREFIX) {
            Value::String(prefix) => Value::from(format!("{prefix}{}", self.suffix())),
            other => other.clone(),
        }
    }

    /// The alarm's attributes.
    pub(super) fn of<'a>(&self, all: &'a Value) -> &'a Value {
        all.at(&self.path()).unwrap_or(&Value::Null)
    }

    /// Puts them there.
    pub(super) fn put(&self, all: &mut Value, alarm: Value) {
        match (&self.element, all.at_mut(&Path::of(self.preset.attribute))) {
            (Some(element), Some(slot)) => {
                if slot.is_null() {
                    *slot = Value::Map(BTreeMap::new());
                }
                slot.set_attribute(element, alarm);
            }
            (None, Some(slot)) => *slot = alarm,
            (_, None) => {}
        }
    }

    /// Whether it is one of a map.
    pub(super) fn is_element(&self) -> bool {
        self.element.is_some()
    }

    /// Whether the user has to say where the threshold is.
    pub(super) fn threshold_needed(&self) -> bool {
        self.preset.threshold_needed
    }

    /// What the user gives of an alarm, completed by its defaults. An alarm that is not enabled has only what the user gives.
    pub(super) fn filled(&self, given: &Value, all: &Value) -> Value {
        let preset = self.preset;
        let count = match preset.of {
            Of::Whole => Some(1.0),
            Of::Each(attribute) => all.attribute(attribute).as_number().map(Number::to_f64),
        };
        let unknown_count = matches!(preset.of, Of::Each(attribute) if all.attribute(attribute).is_unknown());
        let enabled = match given.attribute(EndpointAlarm::ENABLED) {
            Value::Null => {
                Value::from(count.is_some() || unknown_count || !given.attribute(EndpointAlarm::THRESHOLD).is_null())
            }
            given => given.clone(),
        };
        let text = |name: &str| all.attribute(name).as_str();
        let described = match (text(EndpointAlarms::ENDPOINT_NAME), text(EndpointAlarms::VARIANT_NAME)) {
            (Some(endpoint), Some(variant)) => Value::from(format!("{}: {endpoint}, {variant}.", preset.says)),
            _ => Value::unknown(),
        };
        let metric = format!("{}{}", preset.metric_name, self.element.as_deref().unwrap_or_default());
        let (names, values) = match preset.dimensions {
            Dimensions::Variant => {
                (["EndpointName", "VariantName"], [EndpointAlarms::ENDPOINT_NAME, EndpointAlarms::VARIANT_NAME])
            }
            Dimensions::Schedule => {
                let values = [EndpointAlarms::ENDPOINT_NAME, EndpointAlarms::MONITORING_SCHEDULE_NAME];
                (["Endpoint", "MonitoringSchedule"], values)
            }
        };
        let dimension = |(name, attribute): (&str, &str)| (name.to_owned(), all.attribute(attribute).clone());
        let dimensions = Value::Map(names.into_iter().zip(values).map(dimension).collect());
        let threshold = match count {
            _ if preset.threshold_needed => Value::Null,
            Some(count) => Number::from_f64(preset.threshold * count).map_or(Value::Null, Value::Number),
            None if unknown_count => Value::unknown(),
            None => Value::Null,
        };
        let periods = match given.attribute(EndpointAlarm::EVALUATION_PERIODS) {
            Value::Null => Value::from(preset.evaluation_periods),
            given => given.clone(),
        };
        let defaults = [
            (EndpointAlarm::ALARM_DESCRIPTION, described),
            (EndpointAlarm::NAMESPACE, Value::from(preset.namespace)),
            (EndpointAlarm::METRIC_NAME, Value::from(metric)),
            (EndpointAlarm::DIMENSIONS, dimensions),
            (EndpointAlarm::STATISTIC, Value::from(preset.statistic)),
            (EndpointAlarm::PERIOD, Value::from(preset.period)),
            (EndpointAlarm::COMPARISON_OPERATOR, Value::from(preset.comparison_operator)),
            (EndpointAlarm::THRESHOLD, threshold),
            (EndpointAlarm::EVALUATION_PERIODS, periods.clone()),
            (EndpointAlarm::DATAPOINTS_TO_ALARM, periods),
            (EndpointAlarm::TREAT_MISSING_DATA, Value::from(preset.treat_missing_data)),
        ];
        let off = enabled == Value::from(false);
        let members = defaults.into_iter().map(|(name, default)| {
            let given = given.attribute(name);
            (name, if given.is_null() && !off { default } else { given.clone() })
        });
        Value::object(members.chain([(EndpointAlarm::ENABLED, enabled)]))
    }

    /// The metric alarm that this is.
    pub(super) fn to_metric_alarm(&self, all: &Value) -> Value {
        let own = self.of(all);
        let mut alarm = MetricAlarm::shared().object.null_value();
        for name in SAME {
            alarm.set_attribute(name, own.attribute(name).clone());
        }
        for name in COMMON {
            alarm.set_attribute(name, all.attribute(name).clone());
        }
        let statistic = own.attribute(EndpointAlarm::STATISTIC);
        let simple = statistic.is_unknown() || STATISTIC.accepts(statistic);
        let member = if simple { OneMetric::STATISTIC } else { OneMetric::EXTENDED_STATISTIC };
        alarm.set_attribute(member, statistic.clone());
        let dimensions = own.attribute(EndpointAlarm::DIMENSIONS).as_entries();
        let dimension = |(name, value): (&String, &Value)| {
            Value::object([("name", Value::from(name.as_str())), ("value", value.clone())])
        };
        let dimensions = dimensions.map(|d| Value::List(d.iter().map(dimension).collect()));
        alarm.set_attribute(OneMetric::DIMENSIONS, dimensions.unwrap_or(Value::Null));
        alarm.set_attribute(MetricAlarm::NAME, self.name(all));
        alarm.set_attribute(MetricAlarm::ARN, all.attribute(EndpointAlarms::ALARM_ARNS).attribute(&self.key()).clone());
        alarm
    }

    /// The attributes of this alarm, from a metric alarm.
    pub(super) fn from_metric_alarm(alarm: &Value) -> Value {
        let pair = |d: &Value| {
            Some((d.attribute(MetricDimension::NAME).as_str()?.to_owned(), d.attribute(MetricDimension::VALUE).clone()))
        };
        let dimensions = alarm.attribute(OneMetric::DIMENSIONS).as_elements().unwrap_or_default();
        let statistic = [OneMetric::STATISTIC, OneMetric::EXTENDED_STATISTIC].map(|name| alarm.attribute(name));
        let periods = alarm.attribute(EndpointAlarm::EVALUATION_PERIODS);
        let datapoints = alarm.attribute(EndpointAlarm::DATAPOINTS_TO_ALARM);
        let treat = alarm.attribute(EndpointAlarm::TREAT_MISSING_DATA);
        // Source of the defaults: CloudWatch API reference, PutMetricAlarm.
        let own = [
            (EndpointAlarm::ENABLED, Value::from(true)),
            (EndpointAlarm::TREAT_MISSING_DATA, if treat.is_null() { Value::from("missing") } else { treat.clone() }),
            (EndpointAlarm::DIMENSIONS, Value::Map(dimensions.iter().filter_map(pair).collect())),
            (EndpointAlarm::STATISTIC, statistic.into_iter().find(|s| !s.is_null()).unwrap_or(&Value::Null).clone()),
            (EndpointAlarm::DATAPOINTS_TO_ALARM, if datapoints.is_null() { periods } else { datapoints }.clone()),
        ];
        Value::object(SAME.into_iter().map(|name| (name, alarm.attribute(name).clone())).chain(own))
    }
}

/// An alarm that does not exist.
pub(super) fn absent() -> Value {
    let mut alarm = EndpointAlarm::object().null_value();
    alarm.set_attribute(EndpointAlarm::ENABLED, Value::from(false));
    alarm
}

/// Whether an alarm exists or is to exist; unknown counts as no.
pub(super) fn is_enabled(alarm: &Value) -> bool {
    alarm.attribute(EndpointAlarm::ENABLED).as_bool() == Some(true)
}

/// Whether it is not known yet which alarms there are to be.
pub(super) fn is_open(all: &Value) -> bool {
    attributes().any(|attribute| all.attribute(attribute).is_unknown())
        || places(all).iter().any(|place| place.of(all).attribute(EndpointAlarm::ENABLED).is_unknown())
}

/// Every alarm that the resource has attributes for.
pub(super) fn places(all: &Value) -> Vec<Place> {
    let of = |preset: &'static Preset| match preset.many {
        false => vec![Place { preset, element: None }],
        true => {
            let keys = all.attribute(preset.attribute).as_entries().into_iter().flatten().map(|(key, _)| key.clone());
            keys.map(|key| Place { preset, element: Some(key) }).collect()
        }
    };
    PRESETS.iter().flat_map(of).collect()
}

/// The alarms that these names are of.
pub(super) fn named<'a>(prefix: &str, names: impl Iterator<Item = &'a str>) -> Vec<Place> {
    let place = |name: &str| {
        let rest = name.strip_prefix(prefix)?;
        PRESETS.iter().find_map(|preset| {
            let element = rest.strip_prefix(&preset.attribute.replace('_', "-"))?;
            match element.strip_prefix('-') {
                Some(key) if preset.many && !key.is_empty() => Some(Place { preset, element: Some(key.to_owned()) }),
                None if !preset.many && element.is_empty() => Some(Place { preset, element: None }),
                _ => None,
            }
        })
    };
    names.filter_map(place).collect()
}

/// The attributes that hold alarms.
pub(super) fn attributes() -> impl Iterator<Item = &'static str> {
    PRESETS.iter().map(|preset| preset.attribute)
}

/// Completes the prefix and the alarms that `given` leaves open.
pub(super) fn complete(all: &mut Value, given: &Value) {
    if given.attribute(EndpointAlarms::ALARM_NAME_PREFIX).is_null() {
        let part = |name: &str| all.attribute(name).as_str().map(str::to_owned);
        let prefix = match (part(EndpointAlarms::ENDPOINT_NAME), part(EndpointAlarms::VARIANT_NAME)) {
            (Some(endpoint), Some(variant)) => Value::from(format!("{endpoint}-{variant}-")),
            _ => Value::unknown_not_null(),
        };
        all.set_attribute(EndpointAlarms::ALARM_NAME_PREFIX, prefix);
    }
    for place in places(given) {
        let own = place.of(given);
        if !own.is_unknown() && !given.attribute(place.preset.attribute).is_unknown() {
            let filled = place.filled(own, all);
            place.put(all, filled);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::observability::metric_alarm::METRIC_ALARM;

    /// Everything that can be enabled is.
    fn all() -> Value {
        let text = |text: &str| Value::from(text);
        let quality = Value::object([
            (EndpointAlarm::THRESHOLD, Value::from(5)),
            (EndpointAlarm::COMPARISON_OPERATOR, text("GreaterThanThreshold")),
        ]);
        let mut given = EndpointAlarms::shared().object.null_value();
        for (name, value) in [
            (EndpointAlarms::ENDPOINT_NAME, text("churn")),
            (EndpointAlarms::VARIANT_NAME, text("main")),
            (EndpointAlarms::MONITORING_SCHEDULE_NAME, text("schedule")),
            (EndpointAlarms::VCPU_COUNT, Value::from(2)),
            (EndpointAlarms::GPU_COUNT, Value::from(4)),
            (
                EndpointAlarms::DATA_QUALITY_DRIFT,
                Value::Map([("a-b_c".to_owned(), EndpointAlarm::object().null_value())].into()),
            ),
            (EndpointAlarms::MODEL_QUALITY, Value::Map([("rmse".to_owned(), quality)].into())),
        ] {
            given.set_attribute(name, value);
        }
        let mut all = given.clone();
        complete(&mut all, &given);
        all
    }

    #[test]
    fn every_default_is_a_metric_alarm_that_aws_takes() {
        let all = all();
        let places = places(&all);
        assert_eq!(places.len(), PRESETS.len());
        for place in &places {
            assert!(is_enabled(place.of(&all)), "{}", place.key());
            let alarm = place.to_metric_alarm(&all);
            assert_eq!(METRIC_ALARM.hooks.check_config(&alarm).0, Vec::new(), "{}", place.key());
            assert_eq!(&Place::from_metric_alarm(&alarm), place.of(&all), "{}", place.key());
        }
        let threshold = |attribute: &str| all.attribute(attribute).attribute(EndpointAlarm::THRESHOLD).clone();
        assert_eq!(threshold(EndpointAlarms::CPU_UTILIZATION), Value::from(160));
        assert_eq!(threshold(EndpointAlarms::GPU_UTILIZATION), Value::from(320));
    }

    #[test]
    fn a_name_leads_back_to_its_alarm() {
        let all = all();
        let names: Vec<String> = places(&all).iter().map(|p| p.name(&all).as_str().unwrap().to_owned()).collect();
        assert!(names.contains(&"churn-main-data-quality-drift-a-b_c".to_owned()), "{names:?}");
        let keys = |places: Vec<Place>| places.iter().map(Place::key).collect::<Vec<_>>();
        assert_eq!(keys(named("churn-main-", names.iter().map(String::as_str))), keys(places(&all)));
        let others =
            ["churn-main-other", "churn-model-latency", "churn-main-model-latency-x", "churn-main-model-quality-"];
        assert_eq!(keys(named("churn-main-", others.into_iter())), Vec::<String>::new());
    }

    #[test]
    fn an_alarm_is_left_out_where_nothing_says_how_much_is_too_much() {
        let mut given = EndpointAlarms::shared().object.null_value();
        given.set_attribute(EndpointAlarms::ENDPOINT_NAME, Value::unknown());
        let mut all = given.clone();
        complete(&mut all, &given);
        assert!(!is_enabled(all.attribute(EndpointAlarms::CPU_UTILIZATION)));
        assert!(all.attribute(EndpointAlarms::ALARM_NAME_PREFIX).is_unknown());
        assert!(is_enabled(all.attribute(EndpointAlarms::MODEL_LATENCY)), "what is known is shown");
    }
}
