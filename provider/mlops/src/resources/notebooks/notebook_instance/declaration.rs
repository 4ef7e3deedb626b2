//! How notebook instances are created, changed, started, stopped and deleted.

use async_trait::async_trait;
use aws_sdk_sagemaker::types::NotebookInstanceStatus;
use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::model::Root;
use tfplug::plan::Plan;
use tfplug::value::{Path, Value};

use super::NotebookInstance;
use crate::aws::client::Aws;
use crate::aws::operation::error;
use crate::engine::statuses::Statuses;
use crate::engine::{
    Activity, Clear, Create, Declared, Delete, Hooks, Interfaces, Listing, Logs, MovedFrom, Power, Read, UpdateBy,
};
use crate::sagemaker::lists::{CHANGED, listing, status};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{IAM_PROPAGATION, named};
use crate::services::network_interfaces::interfaces;

/// The declaration.
pub static NOTEBOOK_INSTANCE: Declared = Declared {
    moved_from: &[
        MovedFrom::new("aws_sagemaker_notebook_instance", &["name"]),
        MovedFrom::new("awscc_sagemaker_notebook_instance", &["notebook_instance_name"]),
    ],
    statuses: &[Statuses {
        member: "notebook_instance_status",
        busy: &["Pending", "Stopping", "Updating", "Deleting", "PendingMaintenance", "InMaintenance"],
        done: &["InService", "Stopped"],
        reason: Some("failure_reason"),
    }],
    activity: Activity::Power(Power {
        start: operation!(start_notebook_instance, StartNotebookInstance),
        stop: operation!(stop_notebook_instance, StopNotebookInstance),
        on: "InService",
        off: "Stopped",
        rests: true,
    }),
    updates: &[UpdateBy {
        clear: &[
            Clear::flag("lifecycle_config_name", "disassociate_lifecycle_config"),
            Clear::flag("default_code_repository", "disassociate_default_code_repository"),
            Clear::flag("additional_code_repositories", "disassociate_additional_code_repositories"),
            Clear::flag("accelerator_types", "disassociate_accelerator_types"),
        ],
        ..UpdateBy::new(
            operation!(update_notebook_instance, UpdateNotebookInstance),
            &[
                "instance_type",
                "role_arn",
                "ip_address_type",
                "volume_size_in_gb",
                "lifecycle_config_name",
                "default_code_repository",
                "additional_code_repositories",
                "accelerator_types",
                "root_access",
                "platform_identifier",
                "instance_metadata_service_configuration",
            ],
        )
    }],
    described_as: &[
        ("security_group_ids", "security_groups"),
        ("lifecycle_config_name", "notebook_instance_lifecycle_config_name"),
    ],
    server_defaults: &["ip_address_type", "platform_identifier", "instance_metadata_service_configuration"],
    interfaces: Some(&Interfaces {
        id: Some("network_interface_id"),
        ..interfaces(&["subnet_id"], &["security_group_ids"])
    }),
    hooks: &NotebookHooks,
    // Source: SageMaker developer guide, "Log Amazon SageMaker Events with Amazon CloudWatch".
    logs: Some(Logs::streams("/aws/sagemaker/NotebookInstances")),
    list: Some(&Listing {
        own: &[status(NotebookInstanceStatus::values())],
        ..listing(operation!(list_notebook_instances, ListNotebookInstances), "notebook_instances", CHANGED)
    }),
    ..named(
        "notebook instance",
        NotebookInstance::shared,
        "notebook_instance_name",
        "notebook-instance/{name}",
        Create {
            operation: operation!(create_notebook_instance, CreateNotebookInstance),
            arn: Some("notebook_instance_arn"),
            // Source: moto's SageMaker models, which quote AWS.
            exists: &[error("ValidationException", "Cannot create a duplicate Notebook Instance")],
            retryable: &[IAM_PROPAGATION],
        },
        // Source: ACK's generator.yaml for SageMaker, errors.404.
        Read::by(
            operation!(describe_notebook_instance, DescribeNotebookInstance),
            &[error("ValidationException", "RecordNotFound")],
        ),
        // Source: ACK's SageMaker controller, which waits for the status that the message names.
        Delete::by(
            operation!(delete_notebook_instance, DeleteNotebookInstance),
            &[error("ValidationException", "Status (")],
        ),
    )
};

struct NotebookHooks;

#[async_trait]
impl Hooks for NotebookHooks {
    /// Source: SageMaker API reference, UpdateNotebookInstance, VolumeSizeInGB.
    async fn plan(&self, _: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        let size = |of: &Value| of.attribute(VOLUME).as_number().cloned();
        match (size(plan.prior), size(plan.planned())) {
            (Some(before), Some(after)) if after < before && !plan.replaces() => {
                let detail = format!(
                    "The volume has {before} GB, and AWS cannot shrink it to {after} GB. For a new instance with a smaller \
                     volume, run `terraform taint` first: what is on the volume is then lost."
                );
                Err(Diag::error("A volume can only grow", detail).at(Path::of(VOLUME)).into())
            }
            _ => Ok(()),
        }
    }
}

const VOLUME: &str = "volume_size_in_gb";
