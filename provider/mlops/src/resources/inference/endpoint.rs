//! `mlops_endpoint`: a hosted endpoint.
//!
//! Quirks of the API: an update that was rolled back ends `InService` like one that succeeded, with the old configuration
//! in the description, so only the described configuration tells; a failed endpoint can only be deleted; an endpoint in
//! motion can be neither updated nor deleted. Source: SageMaker API reference, UpdateEndpoint and DescribeEndpoint.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::model::{Model, Root};
use tfplug::plan::Plan;
use tfplug::validator::Validator;
use tfplug::value::Value;

use crate::aws::client::Aws;
use crate::aws::operation::error;
use crate::engine::proof::Proof;
use crate::engine::statuses::Statuses;
use crate::engine::{Create, Declared, Delete, Hooks, Logs, Read, UpdateBy};
use crate::sagemaker::names;
use crate::sagemaker::operation::operation;
use crate::sagemaker::{IAM_PROPAGATION, named};
use crate::shapes::deployment::{DeploymentConfig, VariantProperty};
use crate::shapes::fields::{Created, Named, Tagged};
use crate::shapes::smoke_test::{self, Invocation, SmokeTest};
use crate::shapes::variant_capacity::{self, DesiredWeightAndCapacity};

/// A SageMaker endpoint, updated in place. An apply succeeds only once SageMaker serves the endpoint configuration that
/// was requested: an update that AWS rolled back is an error.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "endpoint",
    subcategory = "Inference",
    timeouts(create = "60m", update = "60m", delete = "30m"),
    identity("name", optional("region"), derived("account_id"))
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
    #[tf(optional, unordered, validate(Validator::Count { min: 0, max: 3 }))]
    exclude_retained_variant_properties: Option<Vec<VariantProperty>>,
    /// Whether an update reuses the deployment configuration of the previous update. SageMaker's default is false.
    #[tf(optional)]
    retain_deployment_config: Option<bool>,
    /// Weights and capacities that the variants are to have while the endpoint runs, changed in place without a new endpoint
    /// configuration. Unless set, the endpoint configuration says what they begin with, and autoscaling and others may
    /// change them.
    #[tf(optional, unordered, validate(Validator::Count { min: 1, max: 10 }))]
    desired_weights_and_capacities: Option<Vec<DesiredWeightAndCapacity>>,
    #[tf(optional, provider_only)]
    smoke_test: Option<SmokeTest>,
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
    /// Name of the endpoint configuration that passed the smoke test last.
    #[tf(
        computed,
        provider_only,
        changes_with("endpoint_config_name", "desired_weights_and_capacities", "smoke_test")
    )]
    smoke_tested_config_name: Option<String>,
    /// Why the endpoint or its last update failed; null if it did not.
    #[tf(computed, changes_with("endpoint_config_name", "desired_weights_and_capacities"))]
    failure_reason: Option<String>,
}

/// The declaration.
pub static ENDPOINT: Declared = Declared {
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
    logs: Some(Logs::group("/aws/sagemaker/Endpoints/{name}")),
    hooks: &EndpointHooks,
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
