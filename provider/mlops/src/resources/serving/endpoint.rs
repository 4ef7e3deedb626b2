//! `mlops_endpoint`: a hosted endpoint.
//!
//! Quirks of the API: an update that was rolled back ends `InService` like one that succeeded, with the old configuration
//! in the description, so only the described configuration tells; a failed endpoint can only be deleted; an endpoint in
//! motion can be neither updated nor deleted. Source: SageMaker API reference, UpdateEndpoint and DescribeEndpoint.

use tfplug::model::{Model, Root};
use tfplug::validator::Validator;
use tfplug::value::Value;

use crate::aws::operation::error;
use crate::engine::fields::{Created, Named, Tagged};
use crate::engine::statuses::Statuses;
use crate::engine::{Create, Declared, Delete, Hooks, Logs, Read, UpdateBy};
use crate::sagemaker::names;
use crate::sagemaker::operation::operation;

/// A SageMaker endpoint, updated in place. An apply succeeds only once SageMaker serves the endpoint configuration that
/// was requested: an update that AWS rolled back is an error.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "endpoint",
    subcategory = "Inference",
    timeouts(create = "60m", update = "60m", delete = "30m"),
    identity("name", optional("region"))
)]
pub struct Endpoint {
    #[tf(embed)]
    named: Named,
    /// Name of the endpoint configuration to serve.
    #[tf(required, validate(names::NAME))]
    endpoint_config_name: String,
    #[tf(optional)]
    deployment_config: Option<DeploymentConfig>,
    /// Whether an update retains the instance counts and weights that the endpoint has at that time, for example those
    /// set by autoscaling. SageMaker's default is false: the values of the endpoint configuration apply.
    #[tf(optional)]
    retain_all_variant_properties: Option<bool>,
    /// Variant properties excluded from retention: the values of the endpoint configuration apply.
    #[tf(optional, validate(Validator::Count { min: 0, max: 3 }))]
    exclude_retained_variant_properties: Option<Vec<VariantProperty>>,
    /// Whether an update reuses the deployment configuration of the previous update. SageMaker's default is false.
    #[tf(optional)]
    retain_deployment_config: Option<bool>,
    /// Whether a destroy also deletes the log group `/aws/sagemaker/Endpoints/NAME`.
    #[tf(optional, computed, provider_only, default = true)]
    delete_logs: bool,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// Status of the endpoint. `InService` when it can be invoked.
    #[tf(computed, use_state_for_unknown)]
    endpoint_status: Option<String>,
    /// Why the endpoint or its last update failed; null if it did not.
    #[tf(computed, changes_with("endpoint_config_name"))]
    failure_reason: Option<String>,
}

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
    #[tf(required)]
    traffic_routing_configuration: TrafficRoutingConfiguration,
    /// Seconds to wait before the old fleet is terminated.
    #[tf(optional, computed, default = 0, validate(Validator::Range { min: 0, max: 3600 }))]
    termination_wait_in_seconds: i64,
    /// Timeout of the deployment, in seconds. Must exceed all waiting times together.
    #[tf(optional, validate(Validator::Range { min: 600, max: 28800 }))]
    maximum_execution_timeout_in_seconds: Option<i64>,
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
    #[tf(optional)]
    canary_size: Option<CapacitySize>,
    /// Size of each step, with `LINEAR`: 10 to 50 % of the variant's instances.
    #[tf(optional)]
    linear_step_size: Option<CapacitySize>,
}

/// Rolling deployment: instances are replaced in batches.
#[derive(Clone, Debug, Model)]
pub struct RollingUpdatePolicy {
    /// Maximum size of a batch: 5 to 50 % of the variant's instances.
    #[tf(required)]
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
    #[tf(optional, validate(Validator::Count { min: 1, max: 10 }))]
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

/// The declaration.
pub static ENDPOINT: Declared = Declared {
    statuses: &[Statuses {
        member: "endpoint_status",
        busy: &["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"],
        done: &["InService"],
        reason: "failure_reason",
    }],
    updates: &[UpdateBy {
        when: &["endpoint_config_name"],
        ..UpdateBy::new(
            operation!(update_endpoint, UpdateEndpoint),
            &[
                "endpoint_config_name",
                "deployment_config",
                "retain_all_variant_properties",
                "exclude_retained_variant_properties",
                "retain_deployment_config",
            ],
        )
    }],
    not_described: &[
        "deployment_config",
        "retain_all_variant_properties",
        "exclude_retained_variant_properties",
        "retain_deployment_config",
    ],
    logs: Some(Logs::group("/aws/sagemaker/Endpoints/{name}")),
    hooks: &EndpointHooks,
    ..Declared::named(
        "endpoint",
        Endpoint::schema,
        "endpoint_name",
        "endpoint/{name}",
        Create {
            operation: operation!(create_endpoint, CreateEndpoint),
            arn: "endpoint_arn",
            // Source: terraform-provider-aws, internal/service/sagemaker.
            exists: &[error("ValidationException", "Cannot create already existing endpoint \"")],
            // A configuration made a moment ago may not be visible yet. Source: CreateEndpoint's note on eventual consistency.
            retryable: &[error("ValidationException", "Could not find endpoint configuration")],
        },
        // Source: ACK's generator.yaml for SageMaker, errors.404.
        Read::by(
            operation!(describe_endpoint, DescribeEndpoint),
            &[error("ValidationException", "Could not find endpoint \"")],
        ),
        Delete::by(
            operation!(delete_endpoint, DeleteEndpoint),
            // Source: terraform-provider-aws, internal/service/sagemaker, which waits it out.
            &[error("ValidationException", "Cannot update in-progress endpoint")],
        ),
    )
};

struct EndpointHooks;

impl Hooks for EndpointHooks {
    fn verify(&self, planned: &Value, description: &Value) -> Option<String> {
        let (wanted, got) = (
            planned.attribute("endpoint_config_name").as_str()?,
            description.attribute("endpoint_config_name").as_str()?,
        );
        if wanted == got {
            return None;
        }
        let reason = description.attribute("failure_reason").as_str().unwrap_or("AWS gave no reason");
        Some(format!(
            "AWS rolled the update back: the endpoint serves the configuration {got:?} as before, not {wanted:?}. The \
             reason: {reason}"
        ))
    }
}
