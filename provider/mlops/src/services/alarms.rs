//! Operations of CloudWatch on alarms.

use aws_sdk_cloudwatch::types as t;
use tfplug::value::Value;

use super::cloudwatch::tag;
use super::{
    boolean, double, from_boolean, from_double, from_integer, from_list, from_text, from_time, integer, list, object,
    structure, symbol, text, texts, typed_operation,
};
use crate::aws::operation::Operation;

pub(super) fn dimension(value: &Value) -> Option<t::Dimension> {
    Some(t::Dimension::builder().set_name(text(value, "name")).set_value(text(value, "value")).build())
}

fn metric(value: &Value) -> Option<t::Metric> {
    let builder = t::Metric::builder()
        .set_metric_name(text(value, "metric_name"))
        .set_namespace(text(value, "namespace"))
        .set_dimensions(list(value, "dimensions", dimension));
    Some(builder.build())
}

fn metric_stat(value: &Value) -> Option<t::MetricStat> {
    let builder = t::MetricStat::builder()
        .set_metric(structure(value, "metric", metric))
        .set_period(integer(value, "period"))
        .set_stat(text(value, "stat"))
        .set_unit(symbol(value, "unit"));
    Some(builder.build())
}

/// A metric, or an expression over others.
pub(super) fn query(value: &Value) -> Option<t::MetricDataQuery> {
    let builder = t::MetricDataQuery::builder()
        .set_id(text(value, "id"))
        .set_metric_stat(structure(value, "metric_stat", metric_stat))
        .set_expression(text(value, "expression"))
        .set_label(text(value, "label"))
        .set_return_data(boolean(value, "return_data"))
        .set_period(integer(value, "period"))
        .set_account_id(text(value, "account_id"));
    Some(builder.build())
}

/// Without a wall clock the window is a sliding one, which is what AWS takes where no window is sent.
fn window(value: &Value) -> Option<t::EvaluationWindow> {
    let clock = |value: &Value| Some(t::WallClockWindow::builder().set_timezone(text(value, "timezone")).build());
    structure(value, "wall_clock_window", clock).map(t::EvaluationWindow::WallClockWindow)
}

fn warm_up(value: &Value) -> Option<t::WarmUpConfiguration> {
    let builder = t::WarmUpConfiguration::builder()
        .set_warm_up_period_duration_in_minutes(integer(value, "warm_up_period_duration_in_minutes"))
        .set_only_start_evaluating_after_warm_up_period_ends(boolean(
            value,
            "only_start_evaluating_after_warm_up_period_ends",
        ));
    Some(builder.build())
}

fn criteria(value: &Value) -> Option<t::EvaluationCriteria> {
    let query = |value: &Value| {
        let builder = t::AlarmPromQlCriteria::builder()
            .set_query(text(value, "query"))
            .set_pending_period(integer(value, "pending_period"))
            .set_recovery_period(integer(value, "recovery_period"));
        Some(builder.build())
    };
    structure(value, "prom_ql_criteria", query).map(t::EvaluationCriteria::PromQlCriteria)
}

fn actions(value: &Value) -> Option<t::ActionConfiguration> {
    let tags = |value: &Value| {
        let builder = t::AlarmTagsPropagation::builder()
            .set_enabled(boolean(value, "enabled"))
            .set_included_tag_keys(texts(value, "included_tag_keys"))
            .set_excluded_tag_keys(texts(value, "excluded_tag_keys"));
        Some(builder.build())
    };
    let tags = structure(value, "alarm_tags_propagation", tags);
    Some(t::ActionConfiguration::builder().set_alarm_tags_propagation(tags).build())
}

fn from_texts(all: &[String]) -> Value {
    from_list(all, |text| Value::from(text.as_str()))
}

/// Dimensions of a description.
pub(super) fn from_dimensions(all: &[t::Dimension]) -> Value {
    from_list(all, |d| object([("name", from_text(d.name())), ("value", from_text(d.value()))]))
}

fn from_metric(metric: &t::Metric) -> Value {
    object([
        ("metric_name", from_text(metric.metric_name())),
        ("namespace", from_text(metric.namespace())),
        ("dimensions", from_dimensions(metric.dimensions())),
    ])
}

fn from_metric_stat(stat: &t::MetricStat) -> Value {
    object([
        ("metric", stat.metric().map_or(Value::Null, from_metric)),
        ("period", from_integer(stat.period())),
        ("stat", from_text(stat.stat())),
        ("unit", from_text(stat.unit().map(t::StandardUnit::as_str))),
    ])
}

/// A metric or an expression of a description.
pub(super) fn from_query(query: &t::MetricDataQuery) -> Value {
    object([
        ("id", from_text(query.id())),
        ("metric_stat", query.metric_stat().map_or(Value::Null, from_metric_stat)),
        ("expression", from_text(query.expression())),
        ("label", from_text(query.label())),
        // Source of the default: CloudWatch API reference, MetricDataQuery.
        ("return_data", Value::from(query.return_data().unwrap_or(true))),
        ("period", from_integer(query.period())),
        ("account_id", from_text(query.account_id())),
    ])
}

fn from_window(window: &t::EvaluationWindow) -> Value {
    let Ok(clock) = window.as_wall_clock_window() else { return Value::Null };
    object([("wall_clock_window", object([("timezone", from_text(clock.timezone()))]))])
}

fn from_warm_up(warm_up: &t::WarmUpConfiguration) -> Value {
    object([
        ("warm_up_period_duration_in_minutes", from_integer(warm_up.warm_up_period_duration_in_minutes())),
        (
            "only_start_evaluating_after_warm_up_period_ends",
            from_boolean(warm_up.only_start_evaluating_after_warm_up_period_ends()),
        ),
    ])
}

fn from_criteria(criteria: &t::EvaluationCriteria) -> Value {
    let Ok(query) = criteria.as_prom_ql_criteria() else { return Value::Null };
    let query = object([
        ("query", from_text(query.query())),
        ("pending_period", from_integer(query.pending_period())),
        ("recovery_period", from_integer(query.recovery_period())),
    ]);
    object([("prom_ql_criteria", query)])
}

fn from_actions(actions: &t::ActionConfiguration) -> Value {
    let tags = |tags: &t::AlarmTagsPropagation| {
        object([
            ("enabled", from_boolean(tags.enabled())),
            ("included_tag_keys", from_texts(tags.included_tag_keys())),
            ("excluded_tag_keys", from_texts(tags.excluded_tag_keys())),
        ])
    };
    object([("alarm_tags_propagation", actions.alarm_tags_propagation().map_or(Value::Null, tags))])
}

fn from_metric_alarm(alarm: &t::MetricAlarm) -> Value {
    object([
        ("alarm_name", from_text(alarm.alarm_name())),
        ("alarm_arn", from_text(alarm.alarm_arn())),
        (UPDATED, alarm.alarm_configuration_updated_timestamp().map_or(Value::Null, from_time)),
        ("alarm_description", from_text(alarm.alarm_description())),
        ("actions_enabled", from_boolean(alarm.actions_enabled())),
        ("ok_actions", from_texts(alarm.ok_actions())),
        ("alarm_actions", from_texts(alarm.alarm_actions())),
        ("insufficient_data_actions", from_texts(alarm.insufficient_data_actions())),
        ("action_configuration", alarm.action_configuration().map_or(Value::Null, from_actions)),
        ("metric_name", from_text(alarm.metric_name())),
        ("namespace", from_text(alarm.namespace())),
        ("statistic", from_text(alarm.statistic().map(t::Statistic::as_str))),
        ("extended_statistic", from_text(alarm.extended_statistic())),
        ("dimensions", from_dimensions(alarm.dimensions())),
        ("period", from_integer(alarm.period())),
        ("unit", from_text(alarm.unit().map(t::StandardUnit::as_str))),
        ("evaluation_periods", from_integer(alarm.evaluation_periods())),
        ("datapoints_to_alarm", from_integer(alarm.datapoints_to_alarm())),
        ("threshold", from_double(alarm.threshold())),
        ("threshold_metric_id", from_text(alarm.threshold_metric_id())),
        ("comparison_operator", from_text(alarm.comparison_operator().map(t::ComparisonOperator::as_str))),
        ("treat_missing_data", from_text(alarm.treat_missing_data())),
        ("evaluate_low_sample_count_percentile", from_text(alarm.evaluate_low_sample_count_percentile())),
        ("metrics", from_list(alarm.metrics(), from_query)),
        ("evaluation_window", alarm.evaluation_window().map_or(Value::Null, from_window)),
        ("warm_up_configuration", alarm.warm_up_configuration().map_or(Value::Null, from_warm_up)),
        ("evaluation_criteria", alarm.evaluation_criteria().map_or(Value::Null, from_criteria)),
        ("evaluation_interval", from_integer(alarm.evaluation_interval())),
    ])
}

fn from_composite_alarm(alarm: &t::CompositeAlarm) -> Value {
    object([
        ("alarm_name", from_text(alarm.alarm_name())),
        ("alarm_arn", from_text(alarm.alarm_arn())),
        (UPDATED, alarm.alarm_configuration_updated_timestamp().map_or(Value::Null, from_time)),
        ("alarm_description", from_text(alarm.alarm_description())),
        ("actions_enabled", from_boolean(alarm.actions_enabled())),
        ("ok_actions", from_texts(alarm.ok_actions())),
        ("alarm_actions", from_texts(alarm.alarm_actions())),
        ("insufficient_data_actions", from_texts(alarm.insufficient_data_actions())),
        ("action_configuration", alarm.action_configuration().map_or(Value::Null, from_actions)),
        ("alarm_rule", from_text(alarm.alarm_rule())),
        ("actions_suppressor", from_text(alarm.actions_suppressor())),
        ("actions_suppressor_wait_period", from_integer(alarm.actions_suppressor_wait_period())),
        ("actions_suppressor_extension_period", from_integer(alarm.actions_suppressor_extension_period())),
    ])
}

/// The member of a description that says when the alarm was created or last updated.
pub const UPDATED: &str = "alarm_configuration_updated_timestamp";

/// Creates a metric alarm, or replaces all that an existing one is, but for its tags.
pub const PUT_METRIC_ALARM: Operation = typed_operation!(
    "CloudWatch",
    PutMetricAlarm,
    |aws, input| aws
        .cloudwatch()
        .put_metric_alarm()
        .set_alarm_name(text(input, "alarm_name"))
        .set_alarm_description(text(input, "alarm_description"))
        .set_actions_enabled(boolean(input, "actions_enabled"))
        .set_ok_actions(texts(input, "ok_actions"))
        .set_alarm_actions(texts(input, "alarm_actions"))
        .set_insufficient_data_actions(texts(input, "insufficient_data_actions"))
        .set_action_configuration(structure(input, "action_configuration", actions))
        .set_metric_name(text(input, "metric_name"))
        .set_namespace(text(input, "namespace"))
        .set_statistic(symbol(input, "statistic"))
        .set_extended_statistic(text(input, "extended_statistic"))
        .set_dimensions(list(input, "dimensions", dimension))
        .set_period(integer(input, "period"))
        .set_unit(symbol(input, "unit"))
        .set_evaluation_periods(integer(input, "evaluation_periods"))
        .set_datapoints_to_alarm(integer(input, "datapoints_to_alarm"))
        .set_threshold(double(input, "threshold"))
        .set_threshold_metric_id(text(input, "threshold_metric_id"))
        .set_comparison_operator(symbol(input, "comparison_operator"))
        .set_treat_missing_data(text(input, "treat_missing_data"))
        .set_evaluate_low_sample_count_percentile(text(input, "evaluate_low_sample_count_percentile"))
        .set_metrics(list(input, "metrics", query))
        .set_evaluation_window(structure(input, "evaluation_window", window))
        .set_warm_up_configuration(structure(input, "warm_up_configuration", warm_up))
        .set_evaluation_criteria(structure(input, "evaluation_criteria", criteria))
        .set_evaluation_interval(integer(input, "evaluation_interval"))
        .set_tags(list(input, "tags", tag)),
    |_answer| Value::Null
);

/// Creates a composite alarm, or replaces all that an existing one is, but for its tags.
pub const PUT_COMPOSITE_ALARM: Operation = typed_operation!(
    "CloudWatch",
    PutCompositeAlarm,
    |aws, input| aws
        .cloudwatch()
        .put_composite_alarm()
        .set_alarm_name(text(input, "alarm_name"))
        .set_alarm_description(text(input, "alarm_description"))
        .set_actions_enabled(boolean(input, "actions_enabled"))
        .set_ok_actions(texts(input, "ok_actions"))
        .set_alarm_actions(texts(input, "alarm_actions"))
        .set_insufficient_data_actions(texts(input, "insufficient_data_actions"))
        .set_action_configuration(structure(input, "action_configuration", actions))
        .set_alarm_rule(text(input, "alarm_rule"))
        .set_actions_suppressor(text(input, "actions_suppressor"))
        .set_actions_suppressor_wait_period(integer(input, "actions_suppressor_wait_period"))
        .set_actions_suppressor_extension_period(integer(input, "actions_suppressor_extension_period"))
        .set_tags(list(input, "tags", tag)),
    |_answer| Value::Null
);

/// Describes alarms, of both types unless the input says otherwise.
pub const DESCRIBE_ALARMS: Operation = typed_operation!(
    "CloudWatch",
    DescribeAlarms,
    |aws, input| {
        let relatives = ["children_of_alarm_name", "parents_of_alarm_name"];
        // With these AWS takes no types (CloudWatch API reference, DescribeAlarms).
        let both = relatives.iter().all(|member| input.attribute(member).is_null());
        let both = both.then(|| vec![t::AlarmType::MetricAlarm, t::AlarmType::CompositeAlarm]);
        let types = texts(input, "alarm_types").map(|all| all.iter().map(|one| one.as_str().into()).collect());
        aws.cloudwatch()
            .describe_alarms()
            .set_alarm_names(texts(input, "alarm_names"))
            .set_alarm_name_prefix(text(input, "alarm_name_prefix"))
            .set_alarm_types(types.or(both))
            .set_children_of_alarm_name(text(input, "children_of_alarm_name"))
            .set_parents_of_alarm_name(text(input, "parents_of_alarm_name"))
            .set_state_value(symbol(input, "state_value"))
            .set_action_prefix(text(input, "action_prefix"))
            .set_max_records(integer(input, "max_records"))
            .set_next_token(text(input, "next_token"))
    },
    |answer| object([
        ("metric_alarms", from_list(answer.metric_alarms(), from_metric_alarm)),
        ("composite_alarms", from_list(answer.composite_alarms(), from_composite_alarm)),
        ("next_token", from_text(answer.next_token())),
    ])
);

/// Deletes alarms. Names that do not exist are no error.
pub const DELETE_ALARMS: Operation = typed_operation!(
    "CloudWatch",
    DeleteAlarms,
    |aws, input| aws.cloudwatch().delete_alarms().set_alarm_names(texts(input, "alarm_names")),
    |_answer| Value::Null
);
