//! What else a training job can have: debugging, profiling, experiments, fine-tuning.

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;
use tfplug::value::Value;

use crate::aws::{arn, s3_uri};

/// SageMaker Debugger hook: the tensors to save.
#[derive(Clone, Debug, Model)]
pub struct DebugHookConfig {
    /// Directory in the container. SageMaker's default is `/opt/ml/output/tensors/`.
    #[tf(optional)]
    local_path: Option<String>,
    /// S3 URI where tensors are stored.
    #[tf(required, validate(s3_uri::LOCATION))]
    s3_output_path: String,
    /// Parameters of the hook.
    #[tf(optional)]
    hook_parameters: Option<BTreeMap<String, String>>,
    /// Tensor collections to save.
    #[tf(optional, unordered, validate(Validator::Count { min: 0, max: 20 }))]
    collection_configurations: Option<Vec<CollectionConfiguration>>,
}

/// A tensor collection.
#[derive(Clone, Debug, Model)]
pub struct CollectionConfiguration {
    /// Name of the tensor collection.
    #[tf(optional)]
    collection_name: Option<String>,
    /// Parameters of the tensor collection, for example `save_interval`.
    #[tf(optional)]
    collection_parameters: Option<BTreeMap<String, String>>,
}

/// A SageMaker Debugger rule, evaluated while the job runs.
#[derive(Clone, Debug, Model)]
pub struct RuleConfiguration {
    /// Name of the rule, unique in the job.
    #[tf(required, validate(Validator::Length { min: 1, max: 256 }))]
    rule_configuration_name: String,
    /// Output directory in the container of the rule. SageMaker's default is `/opt/ml/processing/output/rule/`.
    #[tf(optional)]
    local_path: Option<String>,
    /// S3 URI where the output of the rule is stored.
    #[tf(optional, validate(s3_uri::LOCATION))]
    s3_output_path: Option<String>,
    /// Container image that evaluates the rule.
    #[tf(required)]
    rule_evaluator_image: String,
    /// Instance type, for a custom rule.
    #[tf(optional)]
    instance_type: Option<String>,
    /// Size of the storage volume in GB, for a custom rule.
    #[tf(optional)]
    volume_size_in_gb: Option<i64>,
    /// Parameters of the rule.
    #[tf(optional)]
    rule_parameters: Option<BTreeMap<String, String>>,
}

/// S3 location for TensorBoard data.
#[derive(Clone, Debug, Model)]
pub struct TensorBoardOutputConfig {
    /// Directory in the container. SageMaker's default is `/opt/ml/output/tensorboard/`.
    #[tf(optional)]
    local_path: Option<String>,
    /// S3 URI where TensorBoard data is stored.
    #[tf(required, validate(s3_uri::LOCATION))]
    s3_output_path: String,
}

/// SageMaker Debugger profiling of the instances and the framework.
#[derive(Clone, Debug, Model)]
pub struct ProfilerConfig {
    /// S3 URI where profiling data is stored.
    #[tf(optional, validate(s3_uri::LOCATION))]
    s3_output_path: Option<String>,
    /// Interval in milliseconds: 100, 200, 500, 1000, 5000 or 60000. SageMaker's default is 500.
    #[tf(optional)]
    profiling_interval_in_milliseconds: Option<i64>,
    /// Parameters of framework profiling.
    #[tf(optional)]
    profiling_parameters: Option<BTreeMap<String, String>>,
    /// Whether profiling is disabled. It is enabled unless set.
    #[tf(optional)]
    disable_profiler: Option<bool>,
}

/// Remote debugging through Systems Manager.
#[derive(Clone, Debug, Model)]
pub struct RemoteDebugConfig {
    /// Whether the container can be accessed through Systems Manager while the job runs. It cannot unless set.
    #[tf(optional)]
    enable_remote_debug: Option<bool>,
}

/// Infrastructure health check before the job starts.
#[derive(Clone, Debug, Model)]
pub struct InfraCheckConfig {
    /// Whether the instances are checked. They are not unless set.
    #[tf(optional)]
    enable_infra_check: Option<bool>,
}

/// Session tags for attribute-based access control (ABAC).
#[derive(Clone, Debug, Model)]
pub struct SessionChainingConfig {
    /// Whether the session tags of the caller are passed on when SageMaker assumes the role of the job. They are not unless set.
    #[tf(optional)]
    enable_session_tag_chaining: Option<bool>,
}

/// Serverless training: fine-tuning or evaluation of a foundation model, without `resource_config`. Excludes
/// `algorithm_specification`, `source_code`, `environment`, managed spot training, retries, checkpoints, experiments,
/// SageMaker Debugger and TensorBoard.
#[derive(Clone, Debug, Model)]
pub struct ServerlessJobConfig {
    /// ARN of the base model in the SageMaker public hub. SageMaker takes the latest version of the model, whatever version
    /// the ARN has.
    #[tf(required, validate(arn::BASE_MODEL), equal(is_same_model))]
    base_model_arn: String,
    /// Whether you accept the end-user license agreement (EULA) of the model, where it has one. Not accepted unless set.
    #[tf(optional)]
    accept_eula: Option<bool>,
    /// `FineTuning` or `Evaluation`.
    #[tf(required)]
    job_type: String,
    /// Model customization technique: `SFT`, `DPO`, `RLVR` or `RLAIF`.
    #[tf(optional)]
    customization_technique: Option<String>,
    /// Parameter-efficient fine-tuning: `LORA`.
    #[tf(optional)]
    peft: Option<String>,
    /// Evaluation type: `LLMAJEvaluation`, `CustomScorerEvaluation` or `BenchmarkEvaluation`. Required with `job_type =
    /// "Evaluation"`.
    #[tf(optional)]
    evaluation_type: Option<String>,
    /// ARN of the evaluator that serves as reward function or reward prompt.
    #[tf(optional, validate(arn::EVALUATOR))]
    evaluator_arn: Option<String>,
    /// Maximum sequence length in tokens: `1K` to `1024K`, for example `32K`.
    #[tf(optional)]
    sequence_length: Option<String>,
}

/// Whether two ARNs are of one model, in whatever version. Source: SageMaker API reference, ServerlessJobConfig.
fn is_same_model(a: &Value, b: &Value) -> bool {
    let model = |arn: &Value| {
        let arn = arn.as_str()?;
        let is_version = |v: &str| !v.is_empty() && v.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        Some(arn.rsplit_once('/').filter(|(_, version)| is_version(version)).map_or(arn, |(model, _)| model).to_owned())
    };
    model(a).is_some() && model(a) == model(b)
}

/// MLflow tracking of the job.
#[derive(Clone, Debug, Model)]
pub struct MlflowConfig {
    /// ARN of the MLflow app or tracking server.
    #[tf(required, validate(arn::MLFLOW))]
    mlflow_resource_arn: String,
    /// Name of the MLflow experiment.
    #[tf(optional)]
    mlflow_experiment_name: Option<String>,
    /// Name of the MLflow run.
    #[tf(optional)]
    mlflow_run_name: Option<String>,
}

/// Model package that the resulting model is registered as.
#[derive(Clone, Debug, Model)]
pub struct ModelPackageConfig {
    /// ARN of the model package group.
    #[tf(required, validate(arn::MODEL_PACKAGE_GROUP))]
    model_package_group_arn: String,
    /// ARN of the model package to continue fine-tuning from.
    #[tf(optional, validate(arn::MODEL_PACKAGE))]
    source_model_package_arn: Option<String>,
}
