//! When and over which time CloudWatch evaluates an alarm.

use tfplug::model::Model;
use tfplug::validator::Validator;

/// Range of data that is evaluated. A sliding window unless set.
#[derive(Clone, Debug, Model)]
pub struct EvaluationWindow {
    #[tf(required)]
    wall_clock_window: WallClockWindow,
}

/// A window between fixed times, such as midnight to midnight. The period must be 60, 300, 3600, 86400 or 604800 seconds.
#[derive(Clone, Debug, Model)]
pub struct WallClockWindow {
    /// Time zone: a name of IANA such as `America/New_York`, or an offset such as `+05:30`. Defaults to `UTC`.
    #[tf(optional, computed, default = "UTC", validate(Validator::Length { min: 1, max: 50 }))]
    timezone: String,
}

/// Time after a creation or update in which the alarm stays in `INSUFFICIENT_DATA` and carries out no actions.
#[derive(Clone, Debug, Model)]
pub struct WarmUpConfiguration {
    /// Length, in minutes.
    #[tf(required, validate(Validator::Range { min: 1, max: 2880 }))]
    warm_up_period_duration_in_minutes: i64,
    /// Whether the evaluation begins only when that time is over, even if there is data before. Defaults to `false`.
    #[tf(optional, computed, default = false)]
    only_start_evaluating_after_warm_up_period_ends: bool,
}

/// What the alarm watches, if it is no metric.
#[derive(Clone, Debug, Model)]
pub struct EvaluationCriteria {
    #[tf(required)]
    prom_ql_criteria: AlarmPromQlCriteria,
}

/// A PromQL query whose result is a vector. Each of its elements is evaluated by itself.
#[derive(Clone, Debug, Model)]
pub struct AlarmPromQlCriteria {
    /// The query.
    #[tf(required, validate(Validator::Length { min: 1, max: 10_000 }))]
    query: String,
    /// Seconds that an element must be breaching before it goes to `ALARM`.
    #[tf(optional, validate(Validator::Range { min: 0, max: 86_400 }))]
    pending_period: Option<i64>,
    /// Seconds that an element must not be breaching before it goes back to `OK`.
    #[tf(optional, validate(Validator::Range { min: 0, max: 86_400 }))]
    recovery_period: Option<i64>,
}
