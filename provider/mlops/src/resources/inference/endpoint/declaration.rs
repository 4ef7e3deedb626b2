//! How endpoints are created, waited for, tested, changed and deleted.

use async_trait::async_trait;
use aws_sdk_sagemaker::types::EndpointStatus;
use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::model::Root;
use tfplug::plan::Plan;
use tfplug::value::Value;

use super::Endpoint;
use crate::aws::client::Aws;
use crate::aws::operation::error;
use crate::engine::proof::Proof;
use crate::engine::statuses::Statuses;
use crate::engine::versions::Versions;
use crate::engine::{Absence, Create, Declared, Delete, Hooks, Interfaces, Listing, Logs, MovedFrom, Read, UpdateBy};
use crate::resources::cost::off_hours_schedule::{OFF_HOURS_SCHEDULE, brings_back};
use crate::resources::inference::endpoint_configuration::ENDPOINT_CONFIGURATION;
use crate::resources::inference::registered;
use crate::sagemaker::lists::{CHANGED, listing, status};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{IAM_PROPAGATION, named};
use crate::services::network_interfaces::interfaces;
use crate::shapes::smoke_test::{self, Invocation};
use crate::shapes::variant_capacity;

/// The declaration.
pub static ENDPOINT: Declared = Declared {
    moved_from: &[
        MovedFrom::new("aws_sagemaker_endpoint", &["name"]),
        MovedFrom::new("awscc_sagemaker_endpoint", &["endpoint_name"]),
    ],
    statuses: &[Statuses {
        member: "endpoint_status",
        busy: &["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"],
        done: &["InService"],
        reason: Some("failure_reason"),
    }],
    updates: &[
        UpdateBy {
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
        },
        UpdateBy {
            // An update of the configuration sets them to the configuration's.
            when: &[variant_capacity::AT, "endpoint_config_name"],
            after_create: &[variant_capacity::AT],
            split: Some(variant_capacity::inputs),
            ..UpdateBy::new(
                operation!(update_endpoint_weights_and_capacities, UpdateEndpointWeightsAndCapacities),
                &[variant_capacity::AT],
            )
        },
    ],
    // It describes what the last update was sent.
    described_as: &[("deployment_config", "last_deployment_config")],
    not_described: &[
        "deployment_config",
        "retain_all_variant_properties",
        "exclude_retained_variant_properties",
        "retain_deployment_config",
        variant_capacity::AT,
    ],
    proof: Some(Proof {
        test: smoke_test::AT,
        of: "endpoint_config_name",
        noun: "endpoint configuration",
        passed: "smoke_tested_config_name",
        // All at once, and no alarm that the failed update set off keeps it from coming back.
        not_sent_back: &["deployment_config", "retain_deployment_config"],
        by: &Invocation,
    }),
    versions: Some(Versions {
        of: "configuration",
        name: "endpoint_config_name",
        former: "former_config_names",
        changed: "last_modified_time",
        kind: &ENDPOINT_CONFIGURATION,
        list: operation!(list_endpoint_configs, ListEndpointConfigs),
        items: "endpoint_configs",
        tag: "mlops:endpoint",
    }),
    absence: Some(Absence { by: "off_hours_schedule_name", kind: &OFF_HOURS_SCHEDULE, returns: brings_back }),
    interfaces: Some(&Interfaces {
        is_user: true,
        ..interfaces(&["configuration.vpc_config.subnets"], &["configuration.vpc_config.security_group_ids"])
    }),
    logs: Some(Logs::group("/aws/sagemaker/Endpoints/{name}")),
    hooks: &EndpointHooks,
    list: Some(&Listing {
        own: &[status(EndpointStatus::values())],
        ..listing(operation!(list_endpoints, ListEndpoints), "endpoints", CHANGED)
    }),
    ..named(
        "endpoint",
        Endpoint::shared,
        "endpoint_name",
        "endpoint/{name}",
        Create {
            operation: operation!(create_endpoint, CreateEndpoint),
            arn: Some("endpoint_arn"),
            // Source: terraform-provider-aws, internal/service/sagemaker.
            exists: &[error("ValidationException", "Cannot create already existing endpoint \"")],
            // A configuration made a moment ago may not be visible yet. Source: CreateEndpoint's note on eventual consistency.
            retryable: &[IAM_PROPAGATION, error("ValidationException", "Could not find endpoint configuration")],
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

#[async_trait]
impl Hooks for EndpointHooks {
    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        registered::note(cx, plan);
        super::synchronous::plan(cx, plan).await?;
        smoke_test::plan(cx, plan).await
    }

    fn after_read(&self, description: &Value, state: &Value, value: &mut Value) {
        value.set_attribute(
            variant_capacity::AT,
            variant_capacity::read(description, state.attribute(variant_capacity::AT)),
        );
    }

    fn verify(&self, planned: &Value, description: &Value) -> Option<String> {
        let (wanted, got) = (
            planned.attribute(Endpoint::ENDPOINT_CONFIG_NAME).as_str()?,
            description.attribute(Endpoint::ENDPOINT_CONFIG_NAME).as_str()?,
        );
        if wanted == got {
            return None;
        }
        let reason = description.attribute(Endpoint::FAILURE_REASON).as_str().unwrap_or("AWS gave no reason");
        Some(format!(
            "AWS rolled the update back: the endpoint serves the configuration {got:?} as before, not {wanted:?}. The \
             reason: {reason}"
        ))
    }
}
