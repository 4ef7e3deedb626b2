//! `mlops_endpoint`: a hosted endpoint.
//!
//! Quirks of the API: an update that was rolled back ends `InService` like one that succeeded, with the old configuration
//! in the description, so only the described configuration tells; a failed endpoint can only be deleted; an endpoint in
//! motion can be neither updated nor deleted. Source: SageMaker API reference, UpdateEndpoint and DescribeEndpoint.

use tfplug::check::Check;
use tfplug::model::{Model, Root};
use tfplug::value::Value;

use crate::aws::operation::error;
use crate::engine::fields::{Created, Named, Tagged};
use crate::engine::statuses::Statuses;
use crate::engine::{Create, Declared, Delete, Hooks, Logs, Read, UpdateBy};
use crate::sagemaker::names;
use crate::sagemaker::operation::operation;

/// A hosted endpoint. A change of its configuration shifts traffic in place; the apply succeeds only if AWS then serves
/// the configuration that was asked for.
#[derive(Clone, Debug, Model)]
#[tf(name = "endpoint", timeouts(create = "60m", update = "60m", delete = "30m"), identity("name", optional("region")))]
pub struct Endpoint {
    #[tf(embed)]
    named: Named,
    /// Name of the endpoint configuration to serve.
    #[tf(required, check(names::NAME))]
    endpoint_config_name: String,
    /// How an update shifts traffic.
    #[tf(optional)]
    deployment_config: Option<DeploymentConfig>,
    /// Whether an update keeps the instance counts and weights that the endpoint has by then, for example from
    /// autoscaling, instead of the configuration's.
    #[tf(optional)]
    retain_all_variant_properties: Option<bool>,
    /// What an update does not keep after all.
    #[tf(optional, check(Check::Count { min: 0, max: 3 }))]
    exclude_retained_variant_properties: Option<Vec<VariantProperty>>,
    /// Whether an update shifts traffic as the one before it did.
    #[tf(optional)]
    retain_deployment_config: Option<bool>,
    /// Whether a destroy deletes the endpoint's log group, too.
    #[tf(optional, computed, local, default = true)]
    delete_logs: bool,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// Status, `InService` when it serves.
    #[tf(computed, keep)]
    endpoint_status: Option<String>,
    /// Why the endpoint, or its last update, failed.
    #[tf(computed, changes_with("endpoint_config_name"))]
    failure_reason: Option<String>,
}

/// How an update shifts traffic.
#[derive(Clone, Debug, Model)]
#[tf(at_most_one_of("blue_green_update_policy", "rolling_update_policy"))]
pub struct DeploymentConfig {
    /// A second fleet takes over.
    #[tf(optional)]
    blue_green_update_policy: Option<BlueGreenUpdatePolicy>,
    /// Instances are exchanged batch by batch.
    #[tf(optional)]
    rolling_update_policy: Option<RollingUpdatePolicy>,
    /// Alarms that roll an update back.
    #[tf(optional)]
    auto_rollback_configuration: Option<AutoRollbackConfiguration>,
}

/// A second fleet takes over.
#[derive(Clone, Debug, Model)]
pub struct BlueGreenUpdatePolicy {
    /// In which steps.
    #[tf(required)]
    traffic_routing_configuration: TrafficRoutingConfiguration,
    /// Seconds for which the old fleet stays.
    #[tf(optional, computed, default = 0, check(Check::Range { min: 0, max: 3600 }))]
    termination_wait_in_seconds: i64,
    /// Seconds after which the update counts as failed.
    #[tf(optional, check(Check::Range { min: 600, max: 28800 }))]
    maximum_execution_timeout_in_seconds: Option<i64>,
}

/// In which steps traffic is shifted.
#[derive(Clone, Debug, Model)]
pub struct TrafficRoutingConfiguration {
    /// At once, a first portion and then the rest, or in equal steps.
    #[tf(required, check(Check::OneOf(&["ALL_AT_ONCE", "CANARY", "LINEAR"])))]
    r#type: String,
    /// Seconds between the steps.
    #[tf(required, check(Check::Range { min: 0, max: 3600 }))]
    wait_interval_in_seconds: i64,
    /// Size of the first portion.
    #[tf(optional)]
    canary_size: Option<CapacitySize>,
    /// Size of a step.
    #[tf(optional)]
    linear_step_size: Option<CapacitySize>,
}

/// Instances are exchanged batch by batch.
#[derive(Clone, Debug, Model)]
pub struct RollingUpdatePolicy {
    /// Size of a batch.
    #[tf(required)]
    maximum_batch_size: CapacitySize,
    /// Seconds between batches.
    #[tf(required, check(Check::Range { min: 0, max: 3600 }))]
    wait_interval_in_seconds: i64,
    /// Seconds after which the update counts as failed.
    #[tf(optional, check(Check::Range { min: 600, max: 28800 }))]
    maximum_execution_timeout_in_seconds: Option<i64>,
    /// Size of a batch when rolling back.
    #[tf(optional)]
    rollback_maximum_batch_size: Option<CapacitySize>,
}

/// A portion of a fleet.
#[derive(Clone, Debug, Model)]
pub struct CapacitySize {
    /// Unit of the value.
    #[tf(required, check(Check::OneOf(&["INSTANCE_COUNT", "CAPACITY_PERCENT"])))]
    r#type: String,
    /// Number of instances, or per cent.
    #[tf(required, check(Check::Range { min: 1, max: i64::MAX }))]
    value: i64,
}

/// Alarms that roll an update back.
#[derive(Clone, Debug, Model)]
pub struct AutoRollbackConfiguration {
    /// The alarms.
    #[tf(optional, check(Check::Count { min: 1, max: 10 }))]
    alarms: Option<Vec<Alarm>>,
}

/// An alarm that rolls an update back.
#[derive(Clone, Debug, Model)]
pub struct Alarm {
    /// Name of the CloudWatch alarm.
    #[tf(optional)]
    alarm_name: Option<String>,
}

/// A property of a variant.
#[derive(Clone, Debug, Model)]
pub struct VariantProperty {
    /// Which property.
    #[tf(required, check(Check::OneOf(&["DesiredInstanceCount", "DesiredWeight", "DataCaptureConfig"])))]
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
