//! When Application Auto Scaling changes the bounds of a scalable target.

use std::collections::BTreeSet;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use tfplug::diag::{Diag, Diags};
use tfplug::model::Model;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use crate::aws::clock::TIME;

/// A scheduled action: new bounds of the capacity, once or again and again.
#[derive(Clone, Debug, Model)]
pub struct ScheduledAction {
    /// When the action runs: once (`at(2027-01-31T08:00:00)`), at a rate (`rate(12 hours)`), or as a cron expression with
    /// six fields (`cron(0 8 ? * MON-FRI *)`: minutes, hours, day of the month, month, day of the week, year).
    #[tf(required, validate(SCHEDULE))]
    schedule: String,
    /// Time zone of `schedule`, such as `Europe/Berlin`. UTC unless set. Not for rates.
    #[tf(optional, validate(Validator::Length { min: 1, max: 1600 }))]
    timezone: Option<String>,
    /// When the schedule begins, in RFC 3339 format, in UTC.
    #[tf(optional, validate(TIME))]
    start_time: Option<String>,
    /// When the schedule ends, in RFC 3339 format, in UTC.
    #[tf(optional, validate(TIME))]
    end_time: Option<String>,
    #[tf(required)]
    scalable_target_action: ScalableTargetAction,
}

/// The bounds from then on. A capacity outside of them is changed at once.
#[derive(Clone, Debug, Model)]
#[tf(at_least_one_of("min_capacity", "max_capacity"))]
pub struct ScalableTargetAction {
    /// Minimum capacity. Unchanged unless set.
    #[tf(optional, validate(Validator::Range { min: 0, max: i32::MAX as i64 }))]
    min_capacity: Option<i64>,
    /// Maximum capacity. Unchanged unless set.
    #[tf(optional, validate(Validator::Range { min: 0, max: i32::MAX as i64 }))]
    max_capacity: Option<i64>,
}

/// Source: Application Auto Scaling API reference, PutScheduledAction.
const SCHEDULE: Validator = Validator::Text {
    expected: "`at(yyyy-mm-ddThh:mm:ss)`, `rate(value unit)` or `cron(fields)` with six fields",
    accepts: |s| {
        let inside = |kind: &str| s.strip_prefix(kind)?.strip_prefix('(')?.strip_suffix(')');
        let fields = |text: &str| text.split(' ').filter(|field| !field.is_empty()).count();
        inside("cron").is_some_and(|text| fields(text) == 6)
            || inside("at").is_some_and(|text| DateTime::from_str(&format!("{text}Z"), Format::DateTime).is_ok())
            || inside("rate").is_some_and(|text| {
                let (value, unit) = text.split_once(' ').unwrap_or_default();
                let units = ["minute", "minutes", "hour", "hours", "day", "days"];
                value.parse::<u32>().is_ok_and(|n| n > 0) && units.contains(&unit)
            })
    },
};

/// What AWS would refuse of an action. Source: Application Auto Scaling API reference, PutScheduledAction.
pub fn check(action: &Value) -> Diags {
    let mut diags = Diags::new();
    let is_rate = action.attribute(ScheduledAction::SCHEDULE).as_str().is_some_and(|s| s.starts_with("rate("));
    if is_rate && !action.attribute(ScheduledAction::TIMEZONE).is_null() {
        let detail = "A rate has no time zone: it is for `at` and `cron`.";
        diags.push(Diag::error("Invalid timezone", detail).at(Path::of(ScheduledAction::TIMEZONE)));
    }
    let bounds = action.attribute(ScheduledAction::SCALABLE_TARGET_ACTION);
    let bound = |name: &str| bounds.attribute(name).as_number().cloned();
    if let (Some(min), Some(max)) =
        (bound(ScalableTargetAction::MIN_CAPACITY), bound(ScalableTargetAction::MAX_CAPACITY))
        && min > max
    {
        let at = Path::of(ScheduledAction::SCALABLE_TARGET_ACTION).attribute(ScalableTargetAction::MAX_CAPACITY);
        let detail = format!("`max_capacity` is {max}, which is less than `min_capacity`, {min}.");
        diags.push(Diag::error("Invalid max_capacity", detail).at(at));
    }
    diags
}

/// The values that actions give a bound of the target (`min_capacity`, `max_capacity`) when they run.
pub fn bounds_set(actions: &Value, bound: &str) -> BTreeSet<i64> {
    let actions = actions.as_entries().into_iter().flatten();
    let numbers = actions.filter_map(|(_, action)| {
        action.attribute(ScheduledAction::SCALABLE_TARGET_ACTION).attribute(bound).as_number()?.to_i64()
    });
    numbers.collect()
}
