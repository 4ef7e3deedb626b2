//! How inference components are created, waited for, changed and deleted.

use async_trait::async_trait;
use aws_sdk_sagemaker::types::InferenceComponentStatus;
use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::model::Root;
use tfplug::plan::Plan;
use tfplug::value::{Path, Value};

use super::InferenceComponent;
use super::specification::RuntimeConfig;
use crate::aws::client::Aws;
use crate::aws::operation::{error, error_saying};
use crate::engine::shape::{Reading, from_api};
use crate::engine::statuses::Statuses;
use crate::engine::{Create, Declared, Delete, Filter, Hooks, Listing, Logs, MovedFrom, Read, UpdateBy};
use crate::sagemaker::lists::{CHANGED, listing, status};
use crate::sagemaker::named;
use crate::sagemaker::operation::operation;

/// What an adapter repeats of its base, and caching. Source: terraform-provider-aws, inference_component.go.
const SERVER_DEFAULTS: &[&str] = &[
    "variant_name",
    "runtime_config",
    "specification.compute_resource_requirements",
    "specification.data_cache_config",
    "specifications.compute_resource_requirements",
    "specifications.data_cache_config",
];
const DESCRIBED_AS: &[(&str, &str)] = &[
    ("specification.container.image", "deployed_image.specified_image"),
    ("specifications.container.image", "deployed_image.specified_image"),
    ("runtime_config.copy_count", "desired_copy_count"),
    ("deployment_config", "last_deployment_config"),
];

/// The declaration.
pub static INFERENCE_COMPONENT: Declared = Declared {
    moved_from: &[MovedFrom::new("awscc_sagemaker_inference_component", &["inference_component_name"])],
    statuses: &[Statuses {
        member: "inference_component_status",
        busy: &["Creating", "Updating", "Deleting"],
        done: &["InService"],
        reason: Some("failure_reason"),
    }],
    updates: &[UpdateBy {
        when: &["specification", "specifications", "runtime_config"],
        partial: true,
        ..UpdateBy::new(
            operation!(update_inference_component, UpdateInferenceComponent),
            &["specification", "specifications", "runtime_config", "deployment_config"],
        )
    }],
    server_defaults: SERVER_DEFAULTS,
    described_as: DESCRIBED_AS,
    // It describes what the last update was sent.
    not_described: &["deployment_config"],
    logs: Some(Logs::group("/aws/sagemaker/InferenceComponents/{name}")),
    hooks: &ComponentHooks,
    list: Some(&Listing {
        own: &[
            status(InferenceComponentStatus::values()),
            Filter::text(
                "endpoint_name",
                "endpoint_name_equals",
                "Name of the endpoint that hosts the inference components.",
                63,
            ),
        ],
        ..listing(operation!(list_inference_components, ListInferenceComponents), "inference_components", CHANGED)
    }),
    ..named(
        "inference component",
        InferenceComponent::shared,
        "inference_component_name",
        "inference-component/{name}",
        Create {
            operation: operation!(create_inference_component, CreateInferenceComponent),
            arn: Some("inference_component_arn"),
            // Source: terraform-provider-aws, internal/service/sagemaker, of models and endpoints.
            exists: &[error("ValidationException", "Cannot create already existing inference component")],
            // What was made a moment ago may not be visible yet. Texts: as DescribeModel's and DescribeEndpoint's, ACK's
            // generator.yaml.
            retryable: &[error("ValidationException", "Could not find model")],
        },
        // Source of the texts: terraform-provider-aws, inference_component.go.
        Read::by(
            operation!(describe_inference_component, DescribeInferenceComponent),
            &[error("ValidationException", "Could not find inference component")],
        ),
        Delete::by(
            operation!(delete_inference_component, DeleteInferenceComponent),
            &[
                error_saying("ValidationException", "is a base inference component for one or more associated"),
                error_saying("ValidationException", "_IN_PROGRESS"),
                error("ValidationException", "Cannot update in-progress inference component"),
            ],
        ),
    )
};

struct ComponentHooks;

#[async_trait]
impl Hooks for ComponentHooks {
    async fn plan(&self, _: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        let at = Path::of(InferenceComponent::RUNTIME_CONFIG).attribute(RuntimeConfig::COPY_COUNT);
        let copies = plan.config.at(&at).and_then(Value::as_number).and_then(tfplug::number::Number::to_i64);
        if copies == Some(0) && (plan.is_create() || plan.replaces()) {
            // Source: github.com/stdapi-ai/stdapi.ai issue 43, measured on AWS.
            let detail = "AWS creates no inference component with 0 copies. Create it with at least 1 and scale it to 0 \
                          afterwards, with Application Auto Scaling or an update.";
            return Err(Diag::error("Invalid copy_count", detail).at(at).into());
        }
        Ok(())
    }

    fn verify(&self, planned: &Value, description: &Value) -> Option<String> {
        let reason = description.attribute(InferenceComponent::FAILURE_REASON).as_str().filter(|r| !r.is_empty())?;
        let reading =
            Reading { server_defaults: SERVER_DEFAULTS.to_vec(), described_as: DESCRIBED_AS.to_vec(), imported: false };
        let found = from_api(&InferenceComponent::shared().object, description, planned, &reading);
        let sent =
            [InferenceComponent::SPECIFICATION, InferenceComponent::SPECIFICATIONS, InferenceComponent::RUNTIME_CONFIG];
        let differs = |name: &&str| found.attribute(name) != planned.attribute(name);
        sent.iter().any(differs).then(|| {
            format!(
                "AWS rolled the update back: the inference component serves what it served before. The reason: {reason}"
            )
        })
    }
}
