//! The provider's actions (Terraform 1.14 and later): what is done with objects besides creating, changing and deleting them.

pub mod endpoint;
pub mod inputs;
#[cfg(test)]
mod tests;

use tfplug::model::Root;
use tfplug::resource::Action;

use self::inputs::{
    ApproveModelPackage, RejectModelPackage, RetryPipelineExecution, StartMonitoringSchedule, StartNotebookInstance,
    StartPipelineExecution, StopMonitoringSchedule, StopNotebookInstance, StopPipelineExecution, StopTrainingJob,
};
use crate::aws::client::Aws;
use crate::aws::operation::error;
use crate::engine::actions::DeclaredAction;
use crate::resources::models::model_package::MODEL_PACKAGE;
use crate::resources::monitoring::monitoring_schedule::MONITORING_SCHEDULE;
use crate::resources::notebooks::notebook_instance::NOTEBOOK_INSTANCE;
use crate::resources::pipelines::pipeline_execution::PIPELINE_EXECUTION;
use crate::resources::training::training_job::TRAINING_JOB;
use crate::sagemaker::operation::operation;

/// The actions that are declared.
pub static DECLARED: &[DeclaredAction] = &[
    DeclaredAction {
        fixed: &[("model_approval_status", "Approved")],
        ..DeclaredAction::new(
            ApproveModelPackage::shared,
            "approve",
            &MODEL_PACKAGE,
            operation!(update_model_package, UpdateModelPackage),
        )
    },
    DeclaredAction {
        fixed: &[("model_approval_status", "Rejected")],
        ..DeclaredAction::new(
            RejectModelPackage::shared,
            "reject",
            &MODEL_PACKAGE,
            operation!(update_model_package, UpdateModelPackage),
        )
    },
    DeclaredAction {
        until: &["Succeeded"],
        ..DeclaredAction::new(
            RetryPipelineExecution::shared,
            "retry",
            &PIPELINE_EXECUTION,
            operation!(retry_pipeline_execution, RetryPipelineExecution).with_token("client_request_token"),
        )
    },
    DeclaredAction {
        until: &["Scheduled"],
        ..DeclaredAction::new(
            StartMonitoringSchedule::shared,
            "start",
            &MONITORING_SCHEDULE,
            operation!(start_monitoring_schedule, StartMonitoringSchedule),
        )
    },
    DeclaredAction {
        until: &["InService"],
        ..DeclaredAction::new(
            StartNotebookInstance::shared,
            "start",
            &NOTEBOOK_INSTANCE,
            operation!(start_notebook_instance, StartNotebookInstance),
        )
    },
    DeclaredAction {
        makes: true,
        until: &["Succeeded"],
        ..DeclaredAction::new(
            StartPipelineExecution::shared,
            "start",
            &PIPELINE_EXECUTION,
            operation!(start_pipeline_execution, StartPipelineExecution).with_token("client_request_token"),
        )
    },
    DeclaredAction {
        until: &["Stopped"],
        ..DeclaredAction::new(
            StopMonitoringSchedule::shared,
            "stop",
            &MONITORING_SCHEDULE,
            operation!(stop_monitoring_schedule, StopMonitoringSchedule),
        )
    },
    DeclaredAction {
        until: &["Stopped"],
        ..DeclaredAction::new(
            StopNotebookInstance::shared,
            "stop",
            &NOTEBOOK_INSTANCE,
            operation!(stop_notebook_instance, StopNotebookInstance),
        )
    },
    DeclaredAction {
        // Source: the service model, StopPipelineExecution.
        needless: &[error("ConflictException", "")],
        until: &["Stopped", "Succeeded", "Failed"],
        ..DeclaredAction::new(
            StopPipelineExecution::shared,
            "stop",
            &PIPELINE_EXECUTION,
            operation!(stop_pipeline_execution, StopPipelineExecution).with_token("client_request_token"),
        )
    },
    DeclaredAction {
        // Text of a refused stop: amazon-sagemaker-operator-for-k8s, clientwrapper.
        needless: &[error("ValidationException", "The request was rejected because the training job is in status")],
        until: &["Stopped", "Completed", "Failed"],
        ..DeclaredAction::new(
            StopTrainingJob::shared,
            "stop",
            &TRAINING_JOB,
            operation!(stop_training_job, StopTrainingJob),
        )
    },
];

/// All actions.
pub fn all() -> Vec<Box<dyn Action<Aws>>> {
    let declared = DECLARED.iter().map(|action| Box::new(action) as Box<dyn Action<Aws>>);
    declared.chain([Box::new(endpoint::InvokeEndpointAction) as Box<dyn Action<Aws>>]).collect()
}
