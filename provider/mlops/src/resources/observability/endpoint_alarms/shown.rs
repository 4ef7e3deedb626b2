//! What plans and states show of the alarms: what the user sets, what differs from that in AWS, and each alarm's condition in words.
//! Members that are left out have defaults, which would take fifteen lines for each alarm.

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::value::Value;

use super::presets::{self, Place};
use super::{EndpointAlarm, EndpointAlarms};

/// Every member of the alarms of a state.
pub(super) fn full(state: &Value) -> Value {
    let mut full = state.clone();
    presets::complete(&mut full, state);
    full
}

/// What is shown of alarms with every member: those that `given` sets, and those that are not as they are by default.
pub(super) fn told(full: &Value, given: &Value) -> Value {
    let mut told = full.clone();
    for place in presets::places(full) {
        let (own, given) = (place.of(full), place.of(given));
        if !own.is_unknown() && !given.is_unknown() {
            let differing = differing(&place, full, given);
            place.put(&mut told, differing);
        }
    }
    told.set_attribute(EndpointAlarms::ALARM_CONDITIONS, conditions(full));
    told
}

fn differing(place: &Place, full: &Value, given: &Value) -> Value {
    let own = place.of(full);
    let defaults = place.filled(given, full);
    let mut counted = if given.is_null() { EndpointAlarm::object().null_value() } else { given.clone() };
    counted.set_attribute(EndpointAlarm::EVALUATION_PERIODS, own.attribute(EndpointAlarm::EVALUATION_PERIODS).clone());
    // As many of the periods as there are.
    let datapoints = place.filled(&counted, full).attribute(EndpointAlarm::DATAPOINTS_TO_ALARM).clone();
    let mut shown = EndpointAlarm::object().null_value();
    for attribute in &EndpointAlarm::object().attributes {
        let name: &str = &attribute.name;
        let default = if name == EndpointAlarm::DATAPOINTS_TO_ALARM { &datapoints } else { defaults.attribute(name) };
        if !given.attribute(name).is_null() || own.attribute(name) != default {
            shown.set_attribute(name, own.attribute(name).clone());
        }
    }
    let is_empty = shown == EndpointAlarm::object().null_value();
    if is_empty && given.is_null() && !place.is_element() { Value::Null } else { shown }
}

/// When each alarm that exists or is to exist goes to `ALARM`, by its key.
fn conditions(full: &Value) -> Value {
    if presets::is_open(full) {
        return Value::unknown();
    }
    let all = presets::places(full).into_iter().filter(|place| presets::is_enabled(place.of(full)));
    Value::Map(all.map(|place| (place.key(), condition(place.of(full)))).collect::<BTreeMap<_, _>>())
}

/// The members that a condition has, in this order.
const SAID: [&str; 8] = [
    EndpointAlarm::STATISTIC,
    EndpointAlarm::METRIC_NAME,
    EndpointAlarm::COMPARISON_OPERATOR,
    EndpointAlarm::THRESHOLD,
    EndpointAlarm::DATAPOINTS_TO_ALARM,
    EndpointAlarm::EVALUATION_PERIODS,
    EndpointAlarm::PERIOD,
    EndpointAlarm::TREAT_MISSING_DATA,
];

fn condition(alarm: &Value) -> Value {
    if SAID.iter().any(|member| !alarm.attribute(member).is_wholly_known()) {
        return Value::unknown_not_null();
    }
    let text = |member: &str| match alarm.attribute(member) {
        Value::Number(number) => number.to_string(),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    let [statistic, metric, operator, threshold, datapoints, periods, period, missing] = SAID.map(text);
    let operator = match operator.as_str() {
        "GreaterThanThreshold" => ">",
        "GreaterThanOrEqualToThreshold" => ">=",
        "LessThanThreshold" => "<",
        "LessThanOrEqualToThreshold" => "<=",
        other => other,
    };
    Value::from(format!(
        "{statistic} {metric} {operator} {threshold} for {datapoints} of {periods} periods of {period} s, missing data: {missing}"
    ))
}

#[cfg(test)]
mod tests {
    use tfplug::model::Root;

    use super::*;

    fn given() -> Value {
        let mut given = EndpointAlarms::shared().object.null_value();
        let mut latency = EndpointAlarm::object().null_value();
        latency.set_attribute(EndpointAlarm::THRESHOLD, Value::from(2_500_000));
        for (name, value) in [
            (EndpointAlarms::ENDPOINT_NAME, Value::from("churn")),
            (EndpointAlarms::VARIANT_NAME, Value::from("main")),
            (EndpointAlarms::ALARM_NAME_PREFIX, Value::from("churn-main-")),
            (EndpointAlarms::MONITORING_SCHEDULE_NAME, Value::from("schedule")),
            (EndpointAlarms::MODEL_LATENCY, latency),
            (
                EndpointAlarms::DATA_QUALITY_DRIFT,
                Value::Map([("age".to_owned(), EndpointAlarm::object().null_value())].into()),
            ),
        ] {
            given.set_attribute(name, value);
        }
        given
    }

    #[test]
    fn what_is_as_it_is_by_default_is_left_out_and_told_in_words() {
        let given = given();
        let told = self::told(&full(&given), &given);
        for name in presets::attributes() {
            assert_eq!(told.attribute(name), given.attribute(name), "{name}");
        }
        let condition =
            |key: &str| told.attribute(EndpointAlarms::ALARM_CONDITIONS).attribute(key).as_str().map(str::to_owned);
        let latency = "p99 ModelLatency >= 2500000 for 5 of 5 periods of 60 s, missing data: notBreaching";
        assert_eq!(condition("model_latency").as_deref(), Some(latency));
        let drift = "Maximum feature_baseline_drift_age > 0.1 for 1 of 1 periods of 3600 s, missing data: notBreaching";
        assert_eq!(condition("data_quality_drift/age").as_deref(), Some(drift));
        assert_eq!(condition("cpu_utilization"), None);

        let mut open = given;
        open.set_attribute(EndpointAlarms::ENDPOINT_NAME, Value::unknown());
        let conditions = self::told(&full(&open), &open).attribute(EndpointAlarms::ALARM_CONDITIONS).clone();
        assert_eq!(
            conditions.attribute("model_latency").as_str(),
            Some(latency),
            "the name of the endpoint does not matter"
        );
    }

    #[test]
    fn nothing_of_what_is_in_aws_gets_lost() {
        let set = given();
        type Change = fn(&mut Value);
        let changes: [(&str, Change); 5] = [
            (EndpointAlarms::MODEL_LATENCY, |alarm| {
                alarm.set_attribute(EndpointAlarm::EVALUATION_PERIODS, Value::from(7))
            }),
            (EndpointAlarms::MODEL_LATENCY, |alarm| alarm.set_attribute(EndpointAlarm::THRESHOLD, Value::from(1))),
            (EndpointAlarms::MODEL_ERRORS, |alarm| {
                alarm.set_attribute(EndpointAlarm::DATAPOINTS_TO_ALARM, Value::from(2))
            }),
            (EndpointAlarms::MODEL_ERRORS, |alarm| *alarm = presets::absent()),
            (EndpointAlarms::CPU_UTILIZATION, |alarm| {
                alarm.clone_from(full(&given()).attribute(EndpointAlarms::MEMORY_UTILIZATION));
                alarm.set_attribute(EndpointAlarm::EVALUATION_PERIODS, Value::from(1));
            }),
        ];
        for (name, change) in changes {
            let mut there = full(&set);
            let mut alarm = there.attribute(name).clone();
            change(&mut alarm);
            there.set_attribute(name, alarm);
            let told = told(&there, &set);
            assert_ne!(told.attribute(name), set.attribute(name), "the difference is shown");
            assert_eq!(full(&told).attribute(name), there.attribute(name), "{told:?}");
        }
    }
}
