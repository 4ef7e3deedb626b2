//! `mlops_endpoint`: a hosted endpoint.
//!
//! Quirks of the API: an update that was rolled back ends `InService` like one that succeeded, with the old configuration
//! in the description, so only the described configuration tells; a failed endpoint can only be deleted; an endpoint in
//! motion can be neither updated nor deleted. Source: SageMaker API reference, UpdateEndpoint and DescribeEndpoint.

use tfplug::model::{Model, Root};
use tfplug::validator::Validator;
use tfplug::value::Value;

use crate::aws::operation::error;
use crate::engine::statuses::Statuses;
use crate::engine::{Create, Declared, Delete, Hooks, Logs, Read, UpdateBy};
use crate::sagemaker::names;
use crate::sagemaker::operation::operation;
use crate::sagemaker::{IAM_PROPAGATION, named};
use crate::shapes::deployment::{DeploymentConfig, VariantProperty};
use crate::shapes::fields::{Created, Named, Tagged};

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

/// The declaration.
pub static ENDPOINT: Declared = Declared {
    statuses: &[Statuses {
        member: "endpoint_status",
        busy: &["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"],
        done: &["InService"],
        reason: Some("failure_reason"),
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
    // It describes what the last update was sent.
    described_as: &[("deployment_config", "last_deployment_config")],
    not_described: &[
        "deployment_config",
        "retain_all_variant_properties",
        "exclude_retained_variant_properties",
        "retain_deployment_config",
    ],
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
