//! What else a training job can have: check-points, debugging, profiling, experiments, fine-tuning.

use std::collections::BTreeMap;

use tfplug::check::Check;
use tfplug::model::Model;

use crate::aws::{arn, s3_uri};

/// Where check-points go.
#[derive(Clone, Debug, Model)]
pub struct CheckpointConfig {
    /// S3 URI that check-points are kept in step with.
    #[tf(required, check(s3_uri::URI))]
    s3_uri: String,
    /// Directory in the container; AWS takes `/opt/ml/checkpoints` unless set.
    #[tf(optional)]
    local_path: Option<String>,
}

/// Tensors that Debugger saves.
#[derive(Clone, Debug, Model)]
pub struct DebugHookConfig {
    /// Directory in the container; AWS takes `/opt/ml/output/tensors` unless set.
    #[tf(optional)]
    local_path: Option<String>,
    /// S3 URI for the tensors.
    #[tf(required, check(s3_uri::URI))]
    s3_output_path: String,
    /// Parameters of the hook.
    #[tf(optional)]
    hook_parameters: Option<BTreeMap<String, String>>,
    /// Which tensors to save.
    #[tf(optional, check(Check::Count { min: 0, max: 20 }))]
    collection_configurations: Option<Vec<CollectionConfiguration>>,
}

/// A collection of tensors.
#[derive(Clone, Debug, Model)]
pub struct CollectionConfiguration {
    /// Name of the collection.
    #[tf(optional)]
    collection_name: Option<String>,
    /// Parameters of the collection.
    #[tf(optional)]
    collection_parameters: Option<BTreeMap<String, String>>,
}

/// A rule that Debugger or Profiler evaluates while the job runs.
#[derive(Clone, Debug, Model)]
pub struct RuleConfiguration {
    /// Name of the rule.
    #[tf(required, check(Check::Length { min: 1, max: 256 }))]
    rule_configuration_name: String,
    /// Directory in the rule's container.
    #[tf(optional)]
    local_path: Option<String>,
    /// S3 URI for the rule's output.
    #[tf(optional, check(s3_uri::URI))]
    s3_output_path: Option<String>,
    /// Image that evaluates the rule.
    #[tf(required)]
    rule_evaluator_image: String,
    /// Instance type for a rule of your own.
    #[tf(optional)]
    instance_type: Option<String>,
    /// Volume size in GB for a rule of your own.
    #[tf(optional)]
    volume_size_in_gb: Option<i64>,
    /// Parameters of the rule.
    #[tf(optional)]
    rule_parameters: Option<BTreeMap<String, String>>,
}

/// Where TensorBoard data goes.
#[derive(Clone, Debug, Model)]
pub struct TensorBoardOutputConfig {
    /// Directory in the container; AWS takes `/opt/ml/output/tensorboard` unless set.
    #[tf(optional)]
    local_path: Option<String>,
    /// S3 URI for the data.
    #[tf(required, check(s3_uri::URI))]
    s3_output_path: String,
}

/// The experiment that the job belongs to.
#[derive(Clone, Debug, Model)]
pub struct ExperimentConfig {
    /// Name of an existing experiment.
    #[tf(optional)]
    experiment_name: Option<String>,
    /// Name of an existing trial.
    #[tf(optional)]
    trial_name: Option<String>,
    /// Display name of the trial component that AWS makes.
    #[tf(optional)]
    trial_component_display_name: Option<String>,
    /// Name of an experiment run.
    #[tf(optional)]
    run_name: Option<String>,
}

/// Profiling of the machines and the framework.
#[derive(Clone, Debug, Model)]
pub struct ProfilerConfig {
    /// S3 URI for the profiles.
    #[tf(optional, check(s3_uri::URI))]
    s3_output_path: Option<String>,
    /// Interval in milliseconds: 100, 200, 500, 1000, 5000 or 60000.
    #[tf(optional)]
    profiling_interval_in_milliseconds: Option<i64>,
    /// Parameters of framework profiling.
    #[tf(optional)]
    profiling_parameters: Option<BTreeMap<String, String>>,
    /// Switches profiling off.
    #[tf(optional)]
    disable_profiler: Option<bool>,
}

/// Trying again after a fault of AWS's own.
#[derive(Clone, Debug, Model)]
pub struct RetryStrategy {
    /// Number of further attempts.
    #[tf(required, check(Check::Range { min: 1, max: 30 }))]
    maximum_retry_attempts: i64,
}

/// Signing in to the container while it runs.
#[derive(Clone, Debug, Model)]
pub struct RemoteDebugConfig {
    /// Whether Systems Manager may open a shell in the container.
    #[tf(optional)]
    enable_remote_debug: Option<bool>,
}

/// Health checks of accelerators before the job.
#[derive(Clone, Debug, Model)]
pub struct InfraCheckConfig {
    /// Whether the machines are checked first.
    #[tf(optional)]
    enable_infra_check: Option<bool>,
}

/// Tags of the session as tags of the job's own session.
#[derive(Clone, Debug, Model)]
pub struct SessionChainingConfig {
    /// Whether session tags are passed on.
    #[tf(optional)]
    enable_session_tag_chaining: Option<bool>,
}

/// Fine-tuning or evaluation of a foundation model without machines of your own.
#[derive(Clone, Debug, Model)]
pub struct ServerlessJobConfig {
    /// ARN of the base model in a hub.
    #[tf(required, check(arn::ANY))]
    base_model_arn: String,
    /// Whether you accept the model's licence.
    #[tf(optional)]
    accept_eula: Option<bool>,
    /// What the job does: `FineTuning` or `Evaluation`.
    #[tf(required)]
    job_type: String,
    /// Technique of fine-tuning, for example `SFT` or `DPO`.
    #[tf(optional)]
    customization_technique: Option<String>,
    /// Technique that trains few parameters: `LORA`.
    #[tf(optional)]
    peft: Option<String>,
    /// Kind of evaluation.
    #[tf(optional)]
    evaluation_type: Option<String>,
    /// ARN of an evaluator of your own.
    #[tf(optional)]
    evaluator_arn: Option<String>,
    /// Length of sequences.
    #[tf(optional)]
    sequence_length: Option<String>,
}

/// Where the run is recorded in MLflow.
#[derive(Clone, Debug, Model)]
pub struct MlflowConfig {
    /// ARN of the MLflow app or tracking server.
    #[tf(required, check(arn::ANY))]
    mlflow_resource_arn: String,
    /// Name of the experiment.
    #[tf(optional)]
    mlflow_experiment_name: Option<String>,
    /// Name of the run.
    #[tf(optional)]
    mlflow_run_name: Option<String>,
}

/// Where the resulting model is registered.
#[derive(Clone, Debug, Model)]
pub struct ModelPackageConfig {
    /// ARN of the model package group.
    #[tf(required, check(arn::ANY))]
    model_package_group_arn: String,
    /// ARN of the model package that training starts from.
    #[tf(optional, check(arn::ANY))]
    source_model_package_arn: Option<String>,
}
