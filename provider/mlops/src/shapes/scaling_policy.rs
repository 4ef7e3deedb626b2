//! What the policies of Application Auto Scaling do.

use tfplug::diag::{Diag, Diags};
use tfplug::model::Model;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

const STATISTIC: Validator = Validator::OneOf(&["Average", "Minimum", "Maximum", "SampleCount", "Sum"]);
const SECONDS: Validator = Validator::Range { min: 0, max: i64::MAX };

/// Target tracking: capacity is added and removed so that a metric stays at a value, as a thermostat does. Application
/// Auto Scaling creates the CloudWatch alarms that it needs and deletes them with the policy.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("predefined_metric_specification", "customized_metric_specification"))]
pub struct TargetTrackingScalingPolicyConfiguration {
    /// Value that the metric is to have.
    #[tf(required)]
    target_value: f64,
    #[tf(optional)]
    predefined_metric_specification: Option<PredefinedMetricSpecification>,
    #[tf(optional)]
    customized_metric_specification: Option<CustomizedMetricSpecification>,
    /// Seconds to wait for a scale-out to take effect before the next one. AWS takes 300 for SageMaker unless set.
    #[tf(optional, validate(SECONDS))]
    scale_out_cooldown: Option<i64>,
    /// Seconds after a scale-in before the next one can begin. AWS takes 300 for SageMaker unless set.
    #[tf(optional, validate(SECONDS))]
    scale_in_cooldown: Option<i64>,
    /// Whether the policy never removes capacity.
    #[tf(optional, computed, default = false)]
    disable_scale_in: bool,
}

/// A metric that AWS defines for the resource that is scaled.
#[derive(Clone, Debug, Model)]
pub struct PredefinedMetricSpecification {
    /// Metric. `SageMakerVariantInvocationsPerInstance` (per minute) and
    /// `SageMakerVariantConcurrentRequestsPerModelHighResolution` are for the instances of a variant,
    /// `SageMakerVariantProvisionedConcurrencyUtilization` (0 to 1) is for a serverless variant,
    /// `SageMakerInferenceComponentInvocationsPerCopy` and
    /// `SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution` are for an inference component.
    #[tf(required, validate(METRICS))]
    predefined_metric_type: String,
    /// Label of a load balancer's target group. Not for SageMaker's metrics.
    #[tf(optional, validate(Validator::Length { min: 1, max: 1023 }))]
    resource_label: Option<String>,
}

/// AWS refuses the metrics of other services. New ones begin alike.
const METRICS: Validator = Validator::Text {
    expected: "a predefined metric of SageMaker, such as `SageMakerVariantInvocationsPerInstance`",
    accepts: |s| s.starts_with("SageMaker"),
};

/// A CloudWatch metric of your choice (`metric_name`, `namespace`, `statistic`), or an expression over several metrics
/// (`metrics`). It must go down when capacity is added.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("metrics", "metric_name"), requires("metric_name", "namespace", "statistic"))]
pub struct CustomizedMetricSpecification {
    /// Name of the metric, such as `CPUUtilization`.
    #[tf(optional)]
    metric_name: Option<String>,
    /// Namespace of the metric, such as `/aws/sagemaker/Endpoints`.
    #[tf(optional)]
    namespace: Option<String>,
    /// Dimensions of the metric: all that it is published with.
    #[tf(optional, validate(Validator::Count { min: 0, max: 30 }))]
    dimensions: Option<Vec<MetricDimension>>,
    /// Statistic of the metric.
    #[tf(optional, validate(STATISTIC))]
    statistic: Option<String>,
    /// Unit of the metric. Leave it out unless the metric is published with a unit.
    #[tf(optional)]
    unit: Option<String>,
    /// Metrics and expressions over them (metric math), of which exactly one is the metric of the policy.
    #[tf(optional, validate(Validator::Count { min: 1, max: 10 }))]
    metrics: Option<Vec<TargetTrackingMetricDataQuery>>,
}

/// A dimension of a metric.
#[derive(Clone, Debug, Model)]
pub struct MetricDimension {
    /// Name, such as `EndpointName`.
    #[tf(required, validate(Validator::Length { min: 1, max: 255 }))]
    name: String,
    /// Value.
    #[tf(required, validate(Validator::Length { min: 1, max: 1024 }))]
    value: String,
}

/// A metric, or an expression over others.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("expression", "metric_stat"))]
pub struct TargetTrackingMetricDataQuery {
    /// ID by which expressions refer to it: a lower-case letter, then letters, digits and underscores.
    #[tf(required, validate(Validator::Length { min: 1, max: 255 }))]
    id: String,
    /// Expression over the IDs of others, such as `backlog / instances`.
    #[tf(optional, validate(Validator::Length { min: 1, max: 2048 }))]
    expression: Option<String>,
    /// Label for people.
    #[tf(optional)]
    label: Option<String>,
    #[tf(optional)]
    metric_stat: Option<TargetTrackingMetricStat>,
    /// Whether this is the metric of the policy. Set it to `false` for all others.
    #[tf(optional, computed, default = true)]
    return_data: bool,
}

/// A statistic of a metric.
#[derive(Clone, Debug, Model)]
pub struct TargetTrackingMetricStat {
    /// The metric.
    #[tf(required)]
    metric: TargetTrackingMetric,
    /// Statistic, such as `Average` or `p90`.
    #[tf(required)]
    stat: String,
    /// Unit of the metric. Leave it out unless the metric is published with a unit.
    #[tf(optional, validate(Validator::Length { min: 1, max: 1023 }))]
    unit: Option<String>,
}

/// A CloudWatch metric.
#[derive(Clone, Debug, Model)]
pub struct TargetTrackingMetric {
    /// Name of the metric.
    #[tf(required, validate(Validator::Length { min: 1, max: 255 }))]
    metric_name: String,
    /// Namespace of the metric.
    #[tf(required, validate(Validator::Length { min: 1, max: 255 }))]
    namespace: String,
    /// Dimensions of the metric: all that it is published with.
    #[tf(optional, validate(Validator::Count { min: 0, max: 30 }))]
    dimensions: Option<Vec<MetricDimension>>,
}

/// Step scaling: how much a CloudWatch alarm of yours changes the capacity. Put the ARN of the policy into the actions of
/// the alarm.
#[derive(Clone, Debug, Model)]
pub struct StepScalingPolicyConfiguration {
    /// What `scaling_adjustment` is: a number to add (`ChangeInCapacity`), a percentage to add
    /// (`PercentChangeInCapacity`), or the new capacity (`ExactCapacity`).
    #[tf(required, validate(Validator::OneOf(&["ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity"])))]
    adjustment_type: String,
    /// Adjustments by how far the metric is from the threshold of the alarm. Their intervals may neither overlap nor leave a
    /// gap.
    #[tf(required, validate(Validator::Count { min: 1, max: 20 }))]
    step_adjustments: Vec<StepAdjustment>,
    /// Minimum number by which `PercentChangeInCapacity` changes the capacity. Only for this `adjustment_type`.
    #[tf(optional)]
    min_adjustment_magnitude: Option<i64>,
    /// Seconds to wait for an adjustment to take effect before the next one.
    #[tf(optional, computed, default = 300, validate(SECONDS))]
    cooldown: i64,
    /// How the data points of the metric are aggregated.
    #[tf(optional, computed, default = "Average", validate(Validator::OneOf(&["Average", "Minimum", "Maximum"])))]
    metric_aggregation_type: String,
}

/// An adjustment, and the interval that it is for, relative to the threshold of the alarm.
#[derive(Clone, Debug, Model)]
#[tf(at_least_one_of("metric_interval_lower_bound", "metric_interval_upper_bound"))]
pub struct StepAdjustment {
    /// Lower bound of the interval. No bound unless set.
    #[tf(optional)]
    metric_interval_lower_bound: Option<f64>,
    /// Upper bound of the interval. No bound unless set.
    #[tf(optional)]
    metric_interval_upper_bound: Option<f64>,
    /// The adjustment. Negative numbers remove capacity.
    #[tf(required)]
    scaling_adjustment: i64,
}

/// A CloudWatch alarm of a policy.
#[derive(Clone, Debug, Model)]
pub struct ScalingAlarm {
    /// Name of the alarm.
    #[tf(computed)]
    alarm_name: Option<String>,
    /// ARN of the alarm.
    #[tf(computed)]
    alarm_arn: Option<String>,
}

const TRACKING: &str = "target_tracking_scaling_policy_configuration";
const STEPS: &str = "step_scaling_policy_configuration";

/// The type of a policy, by the configuration that it has.
pub fn type_of(policy: &Value) -> &'static str {
    if policy.attribute(STEPS).is_null() { "TargetTrackingScaling" } else { "StepScaling" }
}

/// What AWS would refuse of a policy. Source: Application Auto Scaling API reference, PutScalingPolicy and the pages of its
/// configurations.
pub fn check(policy: &Value) -> Diags {
    let mut diags = Diags::new();
    let mut refuse = |path: &str, detail: String| {
        diags.push(Diag::error("Invalid scaling policy", detail).at(Path::parse(path)));
    };
    let wanted = type_of(policy);
    if let Some(given) = policy.attribute("policy_type").as_str()
        && given != wanted
        && !policy.attribute(STEPS).is_unknown()
    {
        refuse("policy_type", format!("The configuration is that of the type `{wanted}`, not `{given}`."));
    }
    let metric =
        policy.attribute(TRACKING).attribute(TargetTrackingScalingPolicyConfiguration::PREDEFINED_METRIC_SPECIFICATION);
    let (metric, dimension) = (
        metric.attribute(PredefinedMetricSpecification::PREDEFINED_METRIC_TYPE),
        policy.attribute("scalable_dimension"),
    );
    if let (Some(metric), Some(dimension)) = (metric.as_str(), dimension.as_str())
        && metric.starts_with("SageMakerInferenceComponent") != dimension.contains(":inference-component:")
    {
        let path = format!("{TRACKING}.predefined_metric_specification.predefined_metric_type");
        refuse(&path, format!("`{metric}` is no metric of the dimension `{dimension}`."));
    }
    let steps = policy.attribute(STEPS);
    let percentages = steps
        .attribute(StepScalingPolicyConfiguration::ADJUSTMENT_TYPE)
        .as_str()
        .is_none_or(|t| t == "PercentChangeInCapacity");
    if !steps.attribute(StepScalingPolicyConfiguration::MIN_ADJUSTMENT_MAGNITUDE).is_null() && !percentages {
        let detail = "It is only for `adjustment_type = \"PercentChangeInCapacity\"`.";
        refuse(&format!("{STEPS}.min_adjustment_magnitude"), detail.to_owned());
    }
    diags
}
