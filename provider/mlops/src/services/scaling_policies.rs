//! Operations of Application Auto Scaling on scaling policies.

use aws_sdk_applicationautoscaling::types as t;
use aws_smithy_types::error::operation::BuildError;
use tfplug::value::Value;

use super::{
    boolean, double, from_boolean, from_double, from_integer, from_list, from_text, from_time, integer, list, object,
    structure, symbol, text, texts, typed_operation,
};
use crate::aws::operation::Operation;

fn dimension(value: &Value) -> Result<t::MetricDimension, BuildError> {
    t::MetricDimension::builder().set_name(text(value, "name")).set_value(text(value, "value")).build()
}

fn query_dimension(value: &Value) -> Result<t::TargetTrackingMetricDimension, BuildError> {
    t::TargetTrackingMetricDimension::builder().set_name(text(value, "name")).set_value(text(value, "value")).build()
}

fn metric(value: &Value) -> Option<t::TargetTrackingMetric> {
    let builder = t::TargetTrackingMetric::builder()
        .set_metric_name(text(value, "metric_name"))
        .set_namespace(text(value, "namespace"))
        .set_dimensions(list(value, "dimensions", query_dimension));
    Some(builder.build())
}

fn metric_stat(value: &Value) -> Result<t::TargetTrackingMetricStat, BuildError> {
    t::TargetTrackingMetricStat::builder()
        .set_metric(structure(value, "metric", metric))
        .set_stat(text(value, "stat"))
        .set_unit(text(value, "unit"))
        .build()
}

fn query(value: &Value) -> Result<t::TargetTrackingMetricDataQuery, BuildError> {
    t::TargetTrackingMetricDataQuery::builder()
        .set_id(text(value, "id"))
        .set_expression(text(value, "expression"))
        .set_label(text(value, "label"))
        .set_metric_stat(structure(value, "metric_stat", metric_stat))
        .set_return_data(boolean(value, "return_data"))
        .build()
}

fn customized(value: &Value) -> Option<t::CustomizedMetricSpecification> {
    let builder = t::CustomizedMetricSpecification::builder()
        .set_metric_name(text(value, "metric_name"))
        .set_namespace(text(value, "namespace"))
        .set_dimensions(list(value, "dimensions", dimension))
        .set_statistic(symbol(value, "statistic"))
        .set_unit(text(value, "unit"))
        .set_metrics(list(value, "metrics", query));
    Some(builder.build())
}

fn predefined(value: &Value) -> Result<t::PredefinedMetricSpecification, BuildError> {
    t::PredefinedMetricSpecification::builder()
        .set_predefined_metric_type(symbol(value, "predefined_metric_type"))
        .set_resource_label(text(value, "resource_label"))
        .build()
}

fn target_tracking(value: &Value) -> Result<t::TargetTrackingScalingPolicyConfiguration, BuildError> {
    t::TargetTrackingScalingPolicyConfiguration::builder()
        .set_target_value(double(value, "target_value"))
        .set_predefined_metric_specification(structure(value, "predefined_metric_specification", predefined))
        .set_customized_metric_specification(structure(value, "customized_metric_specification", customized))
        .set_scale_out_cooldown(integer(value, "scale_out_cooldown"))
        .set_scale_in_cooldown(integer(value, "scale_in_cooldown"))
        .set_disable_scale_in(boolean(value, "disable_scale_in"))
        .build()
}

fn step(value: &Value) -> Result<t::StepAdjustment, BuildError> {
    t::StepAdjustment::builder()
        .set_metric_interval_lower_bound(double(value, "metric_interval_lower_bound"))
        .set_metric_interval_upper_bound(double(value, "metric_interval_upper_bound"))
        .set_scaling_adjustment(integer(value, "scaling_adjustment"))
        .build()
}

fn step_scaling(value: &Value) -> Option<t::StepScalingPolicyConfiguration> {
    let builder = t::StepScalingPolicyConfiguration::builder()
        .set_adjustment_type(symbol(value, "adjustment_type"))
        .set_step_adjustments(list(value, "step_adjustments", step))
        .set_min_adjustment_magnitude(integer(value, "min_adjustment_magnitude"))
        .set_cooldown(integer(value, "cooldown"))
        .set_metric_aggregation_type(symbol(value, "metric_aggregation_type"));
    Some(builder.build())
}

fn from_pair(name: &str, value: &str) -> Value {
    object([("name", Value::from(name)), ("value", Value::from(value))])
}

fn from_metric(metric: &t::TargetTrackingMetric) -> Value {
    object([
        ("metric_name", from_text(metric.metric_name())),
        ("namespace", from_text(metric.namespace())),
        ("dimensions", from_list(metric.dimensions(), |d| from_pair(d.name(), d.value()))),
    ])
}

fn from_metric_stat(stat: &t::TargetTrackingMetricStat) -> Value {
    object([
        ("metric", stat.metric().map_or(Value::Null, from_metric)),
        ("stat", Value::from(stat.stat())),
        ("unit", from_text(stat.unit())),
    ])
}

fn from_query(query: &t::TargetTrackingMetricDataQuery) -> Value {
    object([
        ("id", Value::from(query.id())),
        ("expression", from_text(query.expression())),
        ("label", from_text(query.label())),
        ("metric_stat", query.metric_stat().map_or(Value::Null, from_metric_stat)),
        ("return_data", from_boolean(query.return_data())),
    ])
}

fn from_customized(metric: &t::CustomizedMetricSpecification) -> Value {
    object([
        ("metric_name", from_text(metric.metric_name())),
        ("namespace", from_text(metric.namespace())),
        ("dimensions", from_list(metric.dimensions(), |d| from_pair(d.name(), d.value()))),
        ("statistic", from_text(metric.statistic().map(t::MetricStatistic::as_str))),
        ("unit", from_text(metric.unit())),
        ("metrics", from_list(metric.metrics(), from_query)),
    ])
}

fn from_predefined(metric: &t::PredefinedMetricSpecification) -> Value {
    object([
        ("predefined_metric_type", Value::from(metric.predefined_metric_type().as_str())),
        ("resource_label", from_text(metric.resource_label())),
    ])
}

fn from_target_tracking(policy: &t::TargetTrackingScalingPolicyConfiguration) -> Value {
    object([
        ("target_value", from_double(Some(policy.target_value()))),
        (
            "predefined_metric_specification",
            policy.predefined_metric_specification().map_or(Value::Null, from_predefined),
        ),
        (
            "customized_metric_specification",
            policy.customized_metric_specification().map_or(Value::Null, from_customized),
        ),
        ("scale_out_cooldown", from_integer(policy.scale_out_cooldown())),
        ("scale_in_cooldown", from_integer(policy.scale_in_cooldown())),
        ("disable_scale_in", from_boolean(policy.disable_scale_in())),
    ])
}

fn from_step(step: &t::StepAdjustment) -> Value {
    object([
        ("metric_interval_lower_bound", from_double(step.metric_interval_lower_bound())),
        ("metric_interval_upper_bound", from_double(step.metric_interval_upper_bound())),
        ("scaling_adjustment", from_integer(Some(step.scaling_adjustment()))),
    ])
}

fn from_step_scaling(policy: &t::StepScalingPolicyConfiguration) -> Value {
    object([
        ("adjustment_type", from_text(policy.adjustment_type().map(t::AdjustmentType::as_str))),
        ("step_adjustments", from_list(policy.step_adjustments(), from_step)),
        ("min_adjustment_magnitude", from_integer(policy.min_adjustment_magnitude())),
        ("cooldown", from_integer(policy.cooldown())),
        ("metric_aggregation_type", from_text(policy.metric_aggregation_type().map(t::MetricAggregationType::as_str))),
    ])
}

fn from_alarms(alarms: &[t::Alarm]) -> Value {
    let alarm =
        |a: &t::Alarm| object([("alarm_name", Value::from(a.alarm_name())), ("alarm_arn", Value::from(a.alarm_arn()))]);
    Value::List(alarms.iter().map(alarm).collect())
}

fn from_policy(policy: &t::ScalingPolicy) -> Value {
    object([
        ("policy_arn", Value::from(policy.policy_arn())),
        ("policy_name", Value::from(policy.policy_name())),
        ("service_namespace", Value::from(policy.service_namespace().as_str())),
        ("resource_id", Value::from(policy.resource_id())),
        ("scalable_dimension", Value::from(policy.scalable_dimension().as_str())),
        ("policy_type", Value::from(policy.policy_type().as_str())),
        (
            "target_tracking_scaling_policy_configuration",
            policy.target_tracking_scaling_policy_configuration().map_or(Value::Null, from_target_tracking),
        ),
        (
            "step_scaling_policy_configuration",
            policy.step_scaling_policy_configuration().map_or(Value::Null, from_step_scaling),
        ),
        ("alarms", from_alarms(policy.alarms())),
        ("creation_time", from_time(policy.creation_time())),
    ])
}

/// Creates a scaling policy, or replaces the configuration of an existing one.
pub const PUT_SCALING_POLICY: Operation = typed_operation!(
    "Application Auto Scaling",
    PutScalingPolicy,
    |aws, input| aws
        .application_auto_scaling()
        .put_scaling_policy()
        .set_policy_name(text(input, "policy_name"))
        .set_service_namespace(symbol(input, "service_namespace"))
        .set_resource_id(text(input, "resource_id"))
        .set_scalable_dimension(symbol(input, "scalable_dimension"))
        .set_policy_type(symbol(input, "policy_type"))
        .set_target_tracking_scaling_policy_configuration(structure(
            input,
            "target_tracking_scaling_policy_configuration",
            target_tracking
        ))
        .set_step_scaling_policy_configuration(structure(input, "step_scaling_policy_configuration", step_scaling)),
    |answer| object([("policy_arn", Value::from(answer.policy_arn())), ("alarms", from_alarms(answer.alarms())),])
);

/// Describes scaling policies.
pub const DESCRIBE_SCALING_POLICIES: Operation = typed_operation!(
    "Application Auto Scaling",
    DescribeScalingPolicies,
    |aws, input| aws
        .application_auto_scaling()
        .describe_scaling_policies()
        .set_policy_names(texts(input, "policy_names"))
        .set_service_namespace(symbol(input, "service_namespace"))
        .set_resource_id(text(input, "resource_id"))
        .set_scalable_dimension(symbol(input, "scalable_dimension"))
        .set_max_results(integer(input, "max_results"))
        .set_next_token(text(input, "next_token")),
    |answer| object([
        ("scaling_policies", from_list(answer.scaling_policies(), from_policy)),
        ("next_token", from_text(answer.next_token())),
    ])
);

/// Deletes a scaling policy.
pub const DELETE_SCALING_POLICY: Operation = typed_operation!(
    "Application Auto Scaling",
    DeleteScalingPolicy,
    |aws, input| aws
        .application_auto_scaling()
        .delete_scaling_policy()
        .set_policy_name(text(input, "policy_name"))
        .set_service_namespace(symbol(input, "service_namespace"))
        .set_resource_id(text(input, "resource_id"))
        .set_scalable_dimension(symbol(input, "scalable_dimension")),
    |_answer| Value::Null
);
