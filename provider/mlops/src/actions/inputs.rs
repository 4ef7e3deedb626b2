//! What the declared actions are told.

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;

use crate::aws::arn;
use crate::resources::pipelines::pipeline_execution::PIPELINE;
use crate::sagemaker::names;
use crate::shapes::pipeline::{ParallelismConfiguration, SelectiveExecutionConfig};

/// An object that is known by its name.
#[derive(Clone, Debug, Model)]
struct OfName {
    /// Name of the object.
    #[tf(required, provider_only, validate(names::NAME))]
    name: String,
    /// AWS Region of the object. Defaults to the region of the provider.
    #[tf(optional, provider_only)]
    region: Option<String>,
}

/// Whether an action waits.
#[derive(Clone, Debug, Model)]
struct Waiting {
    /// Whether the action waits until what it asks for has come about, for at most `timeouts.invoke`, and fails if it does not.
    #[tf(optional, computed, provider_only, default = true)]
    wait_for_completion: bool,
}

/// A decision about a model package.
#[derive(Clone, Debug, Model)]
struct Decision {
    /// ARN of the model package, which must be a version in a model package group.
    #[tf(required, provider_only, validate(arn::MODEL_PACKAGE))]
    arn: String,
    /// Why it is decided so.
    #[tf(optional, validate(Validator::Length { min: 0, max: 1024 }))]
    approval_description: Option<String>,
}

const EXECUTION: Validator = Validator::Text {
    expected: "the ARN of a pipeline execution, such as \
               `arn:aws:sagemaker:eu-west-1:123456789012:pipeline/churn/execution/hvry16to9gya`",
    accepts: |s| arn::Arn::is_of(s, "sagemaker", "pipeline") && s.contains("/execution/"),
};

/// A pipeline execution.
#[derive(Clone, Debug, Model)]
struct OfExecution {
    /// ARN of the pipeline execution.
    #[tf(required, provider_only, validate(EXECUTION))]
    arn: String,
}

/// Starts an execution of a pipeline, and waits for its end: in contrast to the resource `mlops_pipeline_execution` no state
/// has it. An execution that fails is an error with the failed steps and the end of their logs.
#[derive(Clone, Debug, Model)]
#[tf(name = "start_pipeline_execution", subcategory = "Pipelines", timeouts(invoke = "24h"))]
pub struct StartPipelineExecution {
    /// Name of the pipeline; its ARN, if it is another account's.
    #[tf(required, validate(PIPELINE))]
    pipeline_name: String,
    /// AWS Region of the pipeline. Defaults to the region of the provider.
    #[tf(optional, provider_only)]
    region: Option<String>,
    /// Display name. AWS chooses one unless set.
    #[tf(optional, rename = "pipeline_execution_display_name", validate(names::EXECUTION_NAME))]
    display_name: Option<String>,
    /// Description.
    #[tf(optional, rename = "pipeline_execution_description", validate(Validator::Length { min: 0, max: 3072 }))]
    description: Option<String>,
    /// Values of the pipeline's parameters, by name; numbers and booleans as text. They may be ephemeral; AWS shows them to
    /// whoever may read the execution.
    #[tf(
        optional,
        write_only,
        rename = "pipeline_parameters",
        validate(Validator::Count { min: 0, max: 200 }, Validator::Length { min: 0, max: 1024 })
    )]
    parameters: Option<BTreeMap<String, String>>,
    /// ID of the version of the pipeline. The latest unless set.
    #[tf(optional, validate(Validator::Range { min: 1, max: i64::MAX }))]
    pipeline_version_id: Option<i64>,
    /// How many steps run at the same time. As the pipeline says unless set.
    #[tf(optional)]
    parallelism_configuration: Option<ParallelismConfiguration>,
    /// Which steps run. All unless set.
    #[tf(optional)]
    selective_execution_config: Option<SelectiveExecutionConfig>,
    /// Name of the MLflow experiment of the execution. As the definition says unless set.
    #[tf(optional, validate(Validator::Length { min: 1, max: 256 }))]
    mlflow_experiment_name: Option<String>,
    #[tf(embed)]
    waiting: Waiting,
}

/// Stops a pipeline execution, and waits until it has stopped. One that has ended is left as it is.
#[derive(Clone, Debug, Model)]
#[tf(name = "stop_pipeline_execution", subcategory = "Pipelines", timeouts(invoke = "60m"))]
pub struct StopPipelineExecution {
    #[tf(embed)]
    of: OfExecution,
    #[tf(embed)]
    waiting: Waiting,
}

/// Retries a pipeline execution that failed or was stopped: the same execution goes on with the steps that did not succeed.
/// The action waits for its end, and fails if the execution does.
#[derive(Clone, Debug, Model)]
#[tf(name = "retry_pipeline_execution", subcategory = "Pipelines", timeouts(invoke = "24h"))]
pub struct RetryPipelineExecution {
    #[tf(embed)]
    of: OfExecution,
    /// How many steps run at the same time. As before unless set.
    #[tf(optional)]
    parallelism_configuration: Option<ParallelismConfiguration>,
    #[tf(embed)]
    waiting: Waiting,
}

/// Approves a version of a model. A `mlops_model_package` whose configuration sets `model_approval_status` to something else
/// shows the approval as drift: leave the attribute out where people decide.
#[derive(Clone, Debug, Model)]
#[tf(name = "approve_model_package", subcategory = "Models", timeouts(invoke = "5m"))]
pub struct ApproveModelPackage {
    #[tf(embed)]
    decision: Decision,
}

/// Rejects a version of a model. A `mlops_model_package` whose configuration sets `model_approval_status` to something else
/// shows the rejection as drift: leave the attribute out where people decide.
#[derive(Clone, Debug, Model)]
#[tf(name = "reject_model_package", subcategory = "Models", timeouts(invoke = "5m"))]
pub struct RejectModelPackage {
    #[tf(embed)]
    decision: Decision,
}

/// Starts a notebook instance, and waits until it is in service. A `mlops_notebook_instance` whose configuration sets
/// `notebook_instance_status` shows this as drift.
#[derive(Clone, Debug, Model)]
#[tf(name = "start_notebook_instance", subcategory = "Notebooks", timeouts(invoke = "30m"))]
pub struct StartNotebookInstance {
    #[tf(embed)]
    of: OfName,
    #[tf(embed)]
    waiting: Waiting,
}

/// Stops a notebook instance, which then costs only its volume, and waits until it has stopped. A `mlops_notebook_instance`
/// whose configuration sets `notebook_instance_status` shows this as drift.
#[derive(Clone, Debug, Model)]
#[tf(name = "stop_notebook_instance", subcategory = "Notebooks", timeouts(invoke = "30m"))]
pub struct StopNotebookInstance {
    #[tf(embed)]
    of: OfName,
    #[tf(embed)]
    waiting: Waiting,
}

/// Starts a stopped monitoring schedule, and waits until it is scheduled. A `mlops_monitoring_schedule` whose configuration
/// sets `monitoring_schedule_status` shows this as drift.
#[derive(Clone, Debug, Model)]
#[tf(name = "start_monitoring_schedule", subcategory = "Monitoring", timeouts(invoke = "10m"))]
pub struct StartMonitoringSchedule {
    #[tf(embed)]
    of: OfName,
    #[tf(embed)]
    waiting: Waiting,
}

/// Stops a monitoring schedule, and waits until it has stopped. A `mlops_monitoring_schedule` whose configuration sets
/// `monitoring_schedule_status` shows this as drift.
#[derive(Clone, Debug, Model)]
#[tf(name = "stop_monitoring_schedule", subcategory = "Monitoring", timeouts(invoke = "10m"))]
pub struct StopMonitoringSchedule {
    #[tf(embed)]
    of: OfName,
    #[tf(embed)]
    waiting: Waiting,
}

/// Stops a training job, and waits until it has ended: SageMaker gives the algorithm 120 seconds to save its model. One that
/// has ended is left as it is.
#[derive(Clone, Debug, Model)]
#[tf(name = "stop_training_job", subcategory = "Training", timeouts(invoke = "30m"))]
pub struct StopTrainingJob {
    #[tf(embed)]
    of: OfName,
    #[tf(embed)]
    waiting: Waiting,
}
