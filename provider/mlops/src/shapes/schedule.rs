//! When schedules of EventBridge Scheduler invoke their targets, and how often they try.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use tfplug::model::Model;
use tfplug::validator::Validator;
use tfplug::value::Value;

/// Source: EventBridge Scheduler user guide, "Schedule types".
pub const EXPRESSION: Validator = Validator::Text {
    expected: "`rate(12 hours)` (minutes, hours or days), `cron(0 3 ? * MON-FRI *)` (minutes, hours, day of the month, \
               month, day of the week, year; one of the days is `?`) or `at(2030-01-31T03:00:00)`",
    accepts: is_expression,
};
/// A cron expression of the same. Source: the same page.
pub const CRON: Validator = Validator::Text {
    expected: "`cron(0 19 ? * MON-FRI *)` (minutes, hours, day of the month, month, day of the week, year; one of the days is \
               `?`)",
    accepts: |s| s.starts_with("cron(") && is_expression(s),
};
/// A point in time.
pub const TIME: Validator = Validator::Text {
    expected: "a time in RFC 3339 format, such as `2030-01-31T03:00:00Z`",
    accepts: |s| instant(s).is_some(),
};
/// Source: the service model, `Name`.
pub const NAME: Validator = Validator::Text {
    expected: "1 to 64 letters, digits, hyphens, underscores and dots",
    accepts: |s| (1..=64).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)),
};

fn is_expression(text: &str) -> bool {
    let Some((kind, rest)) = text.split_once('(') else { return false };
    let Some(inner) = rest.strip_suffix(')') else { return false };
    match kind {
        "at" => inner.len() == 19 && instant(&format!("{inner}Z")).is_some(),
        "rate" => inner.split_once(' ').is_some_and(|(number, unit)| {
            let is_number = number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0');
            !number.is_empty() && is_number && ["minute", "hour", "day"].contains(&unit.trim_end_matches('s'))
        }),
        "cron" => {
            let fields: Vec<&str> = inner.split(' ').collect();
            fields.len() == 6 && fields.iter().all(|f| !f.is_empty()) && (fields[2] == "?") != (fields[4] == "?")
        }
        _ => false,
    }
}

fn instant(text: &str) -> Option<DateTime> {
    DateTime::from_str(text, Format::DateTimeWithOffset).ok()
}

/// Whether two texts are the same point in time: AWS tells it in UTC.
pub fn is_same_time(a: &Value, b: &Value) -> bool {
    let time = |value: &Value| value.as_str().and_then(instant);
    time(a).is_some() && time(a) == time(b)
}

/// How often EventBridge tries again to invoke the target, and for how long.
#[derive(Clone, Debug, Model)]
pub struct RetryPolicy {
    /// Maximum age in seconds at which a request is still tried. One day unless set.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::Range { min: 60, max: 86400 }))]
    maximum_event_age_in_seconds: Option<i32>,
    /// Maximum number of retries. 185 unless set.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::Range { min: 0, max: 185 }))]
    maximum_retry_attempts: Option<i32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_those_of_eventbridge_scheduler() {
        for good in ["rate(1 minute)", "rate(24 hours)", "cron(0 3 ? * MON-FRI *)", "at(2030-01-31T03:00:00)"] {
            assert!(is_expression(good), "{good}");
        }
        for bad in [
            "rate(10 seconds)",
            "rate(0 hours)",
            "rate(hours)",
            "rate( hours)",
            "cron(0 3 * * *)",
            "cron(0 3 * * * *)",
            "cron(0 3 ? * ? *)",
            "at(2030-01-31)",
            "at(2030-02-31T03:00:00)",
            "at(2030-01-31T03:00:00Z)",
            "every(1 day)",
            "rate(1 day",
            "0 3 * * *",
            "",
        ] {
            assert!(!is_expression(bad), "{bad}");
        }
    }

    #[test]
    fn a_cron_expression_is_one_of_them() {
        for (text, is) in [("cron(0 3 ? * MON-FRI *)", true), ("cron(0 3 * * *)", false), ("rate(24 hours)", false)] {
            assert_eq!(CRON.accepts(&Value::from(text)), is, "{text}");
        }
    }

    #[test]
    fn a_time_is_the_same_in_every_time_zone() {
        let same = |a: &str, b: &str| is_same_time(&Value::from(a), &Value::from(b));
        assert!(same("2030-01-31T03:00:00Z", "2030-01-31T04:00:00+01:00"));
        assert!(!same("2030-01-31T03:00:00Z", "2030-01-31T03:00:00+01:00"));
        assert!(!same("soon", "soon"));
    }
}
