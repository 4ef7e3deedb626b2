//! How an update of an endpoint shifts traffic, and what rolls it back.

use tfplug::model::Model;
use tfplug::validator::{Validate, Validator};
use tfplug::value::Value;

/// How an update deploys the new endpoint configuration. Blue/green, all at once, unless set.
#[derive(Clone, Debug, Model)]
#[tf(at_most_one_of("blue_green_update_policy", "rolling_update_policy"))]
pub struct DeploymentConfig {
    #[tf(optional)]
    blue_green_update_policy: Option<BlueGreenUpdatePolicy>,
    #[tf(optional)]
    rolling_update_policy: Option<RollingUpdatePolicy>,
    #[tf(optional)]
    auto_rollback_configuration: Option<AutoRollbackConfiguration>,
}

/// Blue/green deployment: traffic shifts to a new fleet of instances, then the old fleet is terminated.
#[derive(Clone, Debug, Model)]
pub struct BlueGreenUpdatePolicy {
    #[tf(required, validate(Validator::Custom(&Routed)))]
    traffic_routing_configuration: TrafficRoutingConfiguration,
    /// Seconds to wait before the old fleet is terminated.
    #[tf(optional, computed, default = 0, validate(Validator::Range { min: 0, max: 3600 }))]
    termination_wait_in_seconds: i64,
    /// Timeout of the deployment, in seconds. Must exceed all waiting times together.
    #[tf(optional, validate(Validator::Range { min: 600, max: 28800 }))]
    maximum_execution_timeout_in_seconds: Option<i64>,
}

/// Each strategy has the size of its steps. Source: SageMaker API reference, TrafficRoutingConfig.
#[derive(Debug)]
struct Routed;

impl Validate for Routed {
    fn expected(&self) -> String {
        "a configuration with `canary_size` if and only if `type` is `CANARY`, and `linear_step_size` if and only if it \
         is `LINEAR`"
            .to_owned()
    }

    fn accepts(&self, value: &Value) -> bool {
        let strategy = value.attribute(TrafficRoutingConfiguration::TYPE).as_str();
        let sizes = [
            ("CANARY", TrafficRoutingConfiguration::CANARY_SIZE),
            ("LINEAR", TrafficRoutingConfiguration::LINEAR_STEP_SIZE),
        ];
        sizes.iter().all(|(of, size)| value.attribute(size).is_null() == (strategy != Some(of)))
    }
}

/// How traffic is shifted to the new fleet.
#[derive(Clone, Debug, Model)]
pub struct TrafficRoutingConfiguration {
    /// Traffic routing strategy. `ALL_AT_ONCE` shifts traffic in one step, `CANARY` a small portion first and then the
    /// rest, `LINEAR` in steps of equal size.
    #[tf(required, validate(Validator::OneOf(&["ALL_AT_ONCE", "CANARY", "LINEAR"])))]
    r#type: String,
    /// Seconds to wait between two steps.
    #[tf(required, validate(Validator::Range { min: 0, max: 3600 }))]
    wait_interval_in_seconds: i64,
    /// Size of the first step, with `CANARY`: at most 50 % of the variant's instances.
    #[tf(optional, validate(Validator::Custom(&Percent(0, 50))))]
    canary_size: Option<CapacitySize>,
    /// Size of each step, with `LINEAR`: 10 to 50 % of the variant's instances.
    #[tf(optional, validate(Validator::Custom(&Percent(10, 50))))]
    linear_step_size: Option<CapacitySize>,
}

/// Rolling deployment: instances are replaced in batches.
#[derive(Clone, Debug, Model)]
pub struct RollingUpdatePolicy {
    /// Maximum size of a batch: 5 to 50 % of the variant's instances.
    #[tf(required, validate(Validator::Custom(&Percent(5, 50))))]
    maximum_batch_size: CapacitySize,
    /// Baking period in seconds: how long alarms are monitored after each batch.
    #[tf(required, validate(Validator::Range { min: 0, max: 3600 }))]
    wait_interval_in_seconds: i64,
    /// Timeout of the deployment, in seconds.
    #[tf(optional, validate(Validator::Range { min: 600, max: 28800 }))]
    maximum_execution_timeout_in_seconds: Option<i64>,
    /// Maximum size of a batch in a rollback. The whole fleet at once unless set.
    #[tf(optional)]
    rollback_maximum_batch_size: Option<CapacitySize>,
}

/// The bounds of a percentage. Of a number of instances AWS alone knows what portion it is. Source: SageMaker API reference,
/// TrafficRoutingConfig and RollingUpdatePolicy.
#[derive(Debug)]
struct Percent(i64, i64);

impl Validate for Percent {
    fn expected(&self) -> String {
        match self {
            Self(0, most) => format!("at most {most} % of the capacity"),
            Self(least, most) => format!("{least} to {most} % of the capacity"),
        }
    }

    fn accepts(&self, value: &Value) -> bool {
        let percent = value.attribute(CapacitySize::VALUE).as_number().and_then(tfplug::number::Number::to_i64);
        value.attribute(CapacitySize::TYPE).as_str() != Some("CAPACITY_PERCENT")
            || percent.is_none_or(|percent| (self.0..=self.1).contains(&percent))
    }
}

/// A portion of the fleet.
#[derive(Clone, Debug, Model)]
pub struct CapacitySize {
    /// Unit of `value`: a number of instances, or a percentage of the capacity.
    #[tf(required, validate(Validator::OneOf(&["INSTANCE_COUNT", "CAPACITY_PERCENT"])))]
    r#type: String,
    /// Number of instances, or percentage.
    #[tf(required, validate(Validator::Range { min: 1, max: i64::MAX }))]
    value: i64,
}

/// Automatic rollback of a deployment.
#[derive(Clone, Debug, Model)]
pub struct AutoRollbackConfiguration {
    /// CloudWatch alarms that roll a deployment back when they go into the `ALARM` state.
    #[tf(optional, unordered, validate(Validator::Count { min: 1, max: 10 }))]
    alarms: Option<Vec<Alarm>>,
}

/// A CloudWatch alarm that rolls a deployment back.
#[derive(Clone, Debug, Model)]
pub struct Alarm {
    /// Name of the alarm.
    #[tf(optional)]
    alarm_name: Option<String>,
}

/// A variant property.
#[derive(Clone, Debug, Model)]
pub struct VariantProperty {
    /// Type of the property. AWS does not support `DataCaptureConfig` yet.
    #[tf(required, validate(Validator::OneOf(&["DesiredInstanceCount", "DesiredWeight", "DataCaptureConfig"])))]
    variant_property_type: String,
}
