//! The attributes as AWS has them: numbers are numbers. What becomes of them in the schema says `relaxed.rs`.

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;

use super::jobs::{AutoMlStep, EmrClusterConfig, EmrServerlessStep};
use crate::resources::inference::endpoint::Endpoint;
use crate::resources::inference::endpoint_configuration::EndpointConfiguration;
use crate::resources::inference::transform_job::TransformJob;
use crate::resources::models::model::SageMakerModel;
use crate::resources::models::model_package::ModelPackage;
use crate::resources::processing::processing_job::ProcessingJob;
use crate::resources::training::hyper_parameter_tuning_job::HyperParameterTuningJob;
use crate::resources::training::training_job::TrainingJob;

/// The definition.
#[derive(Clone, Debug, Model)]
pub(super) struct PipelineDefinition {
    /// Parameters of the pipeline, whose values each execution may choose.
    #[tf(optional)]
    parameters: Option<Vec<Parameter>>,
    /// Steps in any order, those in the branches of a condition included.
    #[tf(required, validate(Validator::Count { min: 1, max: usize::MAX }))]
    steps: Vec<Step>,
    /// Metadata of the definition.
    #[tf(optional)]
    metadata: Option<BTreeMap<String, String>>,
    /// Experiment and trial that executions are recorded in. Unless set, an experiment with the name of the pipeline and a trial
    /// with the ID of the execution, as the SageMaker Python SDK has it; with `{}` none.
    #[tf(optional)]
    pipeline_experiment_config: Option<PipelineExperimentConfig>,
    /// MLflow tracking of the executions. Left out of the definition unless set; with `{}` it is `null` there, as the SageMaker
    /// Python SDK 3 has it.
    #[tf(optional)]
    mlflow_config: Option<PipelineMlflowConfig>,
}

/// Experiment and trial.
#[derive(Clone, Debug, Model)]
pub(super) struct PipelineExperimentConfig {
    /// Name of the experiment.
    #[tf(optional)]
    experiment_name: Option<String>,
    /// Name of the trial.
    #[tf(optional)]
    trial_name: Option<String>,
}

/// MLflow tracking.
#[derive(Clone, Debug, Model)]
pub(super) struct PipelineMlflowConfig {
    /// ARN of the MLflow tracking server or app.
    #[tf(optional)]
    mlflow_resource_arn: Option<String>,
    /// Name of the MLflow experiment.
    #[tf(optional)]
    mlflow_experiment_name: Option<String>,
}

/// A parameter.
#[derive(Clone, Debug, Model)]
pub(super) struct Parameter {
    /// Name, unique in the pipeline: 1 to 64 letters, digits, hyphens and underscores.
    #[tf(required)]
    name: String,
    /// Type: `String`, `Integer`, `Float` or `Boolean`.
    #[tf(required, validate(Validator::OneOf(&["String", "Integer", "Float", "Boolean"])))]
    r#type: String,
    /// Value in executions that choose none. Without it they must.
    #[tf(optional)]
    default_value: Option<String>,
    /// Description.
    #[tf(optional)]
    description: Option<String>,
    /// Values that a `String` parameter may have. Any unless set.
    #[tf(optional)]
    enum_values: Option<Vec<String>>,
}

/// A step. Its type follows from the attribute that holds its arguments.
#[derive(Clone, Debug, Model)]
#[tf(
    exactly_one_of(
        "processing",
        "training",
        "tuning",
        "transform",
        "model",
        "register_model",
        "endpoint_config",
        "endpoint",
        "auto_ml",
        "emr",
        "emr_serverless",
        "quality_check",
        "clarify_check",
        "condition",
        "fail",
        "lambda",
        "callback",
        "arguments_json"
    ),
    requires("arguments_json", "type"),
    requires("type", "arguments_json")
)]
pub(super) struct Step {
    /// Name, unique in the pipeline: 1 to 64 letters, digits, hyphens and underscores.
    #[tf(required)]
    name: String,
    /// Display name.
    #[tf(optional)]
    display_name: Option<String>,
    /// Description.
    #[tf(optional)]
    description: Option<String>,
    /// Names of steps that run before this one. Steps that it refers to do so anyway.
    #[tf(optional)]
    depends_on: Option<Vec<String>>,
    /// Whether an earlier result is used instead of running the step. For steps that run a job, Lambda and callback steps.
    #[tf(optional)]
    cache_config: Option<CacheConfig>,
    /// Retries after certain errors. For steps that run a job, and those that create or register a model.
    #[tf(optional)]
    retry_policies: Option<Vec<RetryPolicy>>,
    /// JSON files in outputs of a processing step, whose values `json_get` refers to.
    #[tf(optional)]
    property_files: Option<Vec<PropertyFile>>,
    /// Runs a processing job: the arguments of `mlops_processing_job`.
    #[tf(optional)]
    processing: Option<ProcessingJob>,
    /// Runs a training job: the arguments of `mlops_training_job`.
    #[tf(optional)]
    training: Option<TrainingJob>,
    /// Runs a hyperparameter tuning job: the arguments of `mlops_hyper_parameter_tuning_job`.
    #[tf(optional)]
    tuning: Option<HyperParameterTuningJob>,
    /// Runs a batch transform job: the arguments of `mlops_transform_job`.
    #[tf(optional)]
    transform: Option<TransformJob>,
    /// Creates a model: the arguments of `mlops_model`.
    #[tf(optional)]
    model: Option<SageMakerModel>,
    /// Registers a model version: the arguments of `mlops_model_package`.
    #[tf(optional)]
    register_model: Option<ModelPackage>,
    #[tf(optional)]
    endpoint_config: Option<EndpointConfigStep>,
    #[tf(optional)]
    endpoint: Option<EndpointStep>,
    #[tf(optional)]
    auto_ml: Option<AutoMlStep>,
    #[tf(optional)]
    emr: Option<EmrStep>,
    #[tf(optional)]
    emr_serverless: Option<EmrServerlessStep>,
    #[tf(optional)]
    quality_check: Option<QualityCheck>,
    #[tf(optional)]
    clarify_check: Option<ClarifyCheck>,
    #[tf(optional)]
    condition: Option<ConditionStep>,
    #[tf(optional)]
    fail: Option<FailStep>,
    #[tf(optional)]
    lambda: Option<LambdaStep>,
    #[tf(optional)]
    callback: Option<CallbackStep>,
    /// Type of a step that has no attribute of its own here: `InferenceComponent`, or any other that AWS knows.
    #[tf(optional)]
    r#type: Option<String>,
    /// Arguments of a step of the type `type`, as JSON in the words of the API. References are allowed inside:
    /// `jsonencode({ ClusterId = provider::mlops::parameter("cluster") })`.
    #[tf(optional, validate(Validator::Json))]
    arguments_json: Option<String>,
}

/// Caching of a step.
#[derive(Clone, Debug, Model)]
pub(super) struct CacheConfig {
    /// Whether an earlier result of the same step with the same arguments is used.
    #[tf(required)]
    enabled: bool,
    /// Age that the earlier result may have: an ISO 8601 duration such as `P30D` or `PT1H`.
    #[tf(optional)]
    expire_after: Option<String>,
}

/// Retries after an error.
#[derive(Clone, Debug, Model)]
#[tf(at_most_one_of("max_attempts", "expire_after_min"))]
pub(super) struct RetryPolicy {
    /// Errors: `Step.SERVICE_FAULT`, `Step.THROTTLING`, `SageMaker.JOB_INTERNAL_ERROR`, `SageMaker.CAPACITY_ERROR`,
    /// `SageMaker.RESOURCE_LIMIT`.
    #[tf(required)]
    exception_type: Vec<String>,
    /// Seconds before the first retry, at most 43200. SageMaker's default is 1.
    #[tf(optional)]
    interval_seconds: Option<i64>,
    /// Factor by which each interval is longer than the one before. SageMaker's default is 2.
    #[tf(optional)]
    backoff_rate: Option<f64>,
    /// Number of retries, at most 20; 0 for none. SageMaker's default is 5.
    #[tf(optional)]
    max_attempts: Option<i64>,
    /// Minutes after which there is no further retry, at most 14400.
    #[tf(optional)]
    expire_after_min: Option<i64>,
}

/// A property file.
#[derive(Clone, Debug, Model)]
pub(super) struct PropertyFile {
    /// Name of the file in references.
    #[tf(required)]
    property_file_name: String,
    /// Name of the output that has the file.
    #[tf(required)]
    output_name: String,
    /// Path of the file in the output.
    #[tf(required)]
    file_path: String,
}

/// Creates an endpoint configuration: the arguments of `mlops_endpoint_configuration`.
#[derive(Clone, Debug, Model)]
pub(super) struct EndpointConfigStep {
    /// Name of the endpoint configuration. It must be a new one in each execution, so make it of a reference.
    #[tf(optional)]
    endpoint_config_name: Option<String>,
    #[tf(embed)]
    arguments: EndpointConfiguration,
}

/// Creates an endpoint: the arguments of `mlops_endpoint`.
#[derive(Clone, Debug, Model)]
pub(super) struct EndpointStep {
    /// Name of the endpoint.
    #[tf(optional)]
    endpoint_name: Option<String>,
    #[tf(embed)]
    arguments: Endpoint,
}

/// Adds a step to an Amazon EMR cluster that is running, or to one that exists for this step only.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("cluster_id", "cluster_config"), requires("execution_role_arn", "cluster_id"))]
pub(super) struct EmrStep {
    /// ID of the cluster.
    #[tf(optional)]
    cluster_id: Option<String>,
    #[tf(optional)]
    cluster_config: Option<EmrClusterConfig>,
    /// ARN of the runtime role of the step on the cluster of `cluster_id`.
    #[tf(optional)]
    execution_role_arn: Option<String>,
    #[tf(required)]
    step_config: EmrStepConfig,
}

/// A step of a cluster.
#[derive(Clone, Debug, Model)]
pub(super) struct EmrStepConfig {
    /// Name of the step on the cluster.
    #[tf(optional)]
    name: Option<String>,
    /// What becomes of the cluster if the step fails: `CONTINUE`, `CANCEL_AND_WAIT` or `TERMINATE_CLUSTER`.
    #[tf(optional)]
    action_on_failure: Option<String>,
    #[tf(required)]
    hadoop_jar_step: HadoopJarStep,
}

/// A program in a JAR file.
#[derive(Clone, Debug, Model)]
pub(super) struct HadoopJarStep {
    /// S3 URI of the JAR file, or `command-runner.jar`.
    #[tf(required)]
    jar: String,
    /// Main class, if the manifest of the JAR file names none.
    #[tf(optional)]
    main_class: Option<String>,
    /// Arguments of the program.
    #[tf(optional)]
    args: Option<Vec<String>>,
    /// Java properties.
    #[tf(optional)]
    properties: Option<Vec<EmrProperty>>,
}

/// A Java property.
#[derive(Clone, Debug, Model)]
pub(super) struct EmrProperty {
    /// Key.
    #[tf(required)]
    key: String,
    /// Value.
    #[tf(optional)]
    value: Option<String>,
}

/// Compares the quality of data or of a model with a baseline, and fails on violations: a processing job of the model monitor's
/// container, whose arguments are those of `mlops_processing_job`.
#[derive(Clone, Debug, Model)]
pub(super) struct QualityCheck {
    /// What is checked: `DATA_QUALITY` or `MODEL_QUALITY`.
    #[tf(required, validate(Validator::OneOf(&["DATA_QUALITY", "MODEL_QUALITY"])))]
    check_type: String,
    #[tf(embed)]
    check: Check,
    /// S3 URI of the statistics that are the baseline. That of the latest approved model version unless set.
    #[tf(optional)]
    supplied_baseline_statistics: Option<String>,
    #[tf(embed)]
    arguments: ProcessingJob,
}

/// Compares bias or explainability with a baseline, and fails on violations: a processing job of the SageMaker Clarify container,
/// whose arguments are those of `mlops_processing_job`.
#[derive(Clone, Debug, Model)]
pub(super) struct ClarifyCheck {
    /// What is checked: `DATA_BIAS`, `MODEL_BIAS` or `MODEL_EXPLAINABILITY`.
    #[tf(required, validate(Validator::OneOf(&["DATA_BIAS", "MODEL_BIAS", "MODEL_EXPLAINABILITY"])))]
    check_type: String,
    #[tf(embed)]
    check: Check,
    /// Name of the model that is checked, for `MODEL_BIAS` and `MODEL_EXPLAINABILITY`.
    #[tf(optional)]
    model_name: Option<String>,
    #[tf(embed)]
    arguments: ProcessingJob,
}

/// What both checks have.
#[derive(Clone, Debug, Model)]
pub(super) struct Check {
    /// Model package group whose latest approved version has the baseline.
    #[tf(optional)]
    model_package_group_name: Option<String>,
    /// Whether only the new baseline is calculated, and nothing compared.
    #[tf(optional)]
    skip_check: Option<bool>,
    /// Whether violations fail the step.
    #[tf(optional)]
    fail_on_violation: Option<bool>,
    /// Whether later steps use the new baseline, not the one compared with.
    #[tf(optional)]
    register_new_baseline: Option<bool>,
    /// S3 URI of the constraints that are the baseline. That of the latest approved model version unless set.
    #[tf(optional)]
    supplied_baseline_constraints: Option<String>,
}

/// Runs one or another list of steps.
#[derive(Clone, Debug, Model)]
pub(super) struct ConditionStep {
    /// The conditions, all of which must hold for `if_steps`.
    #[tf(required, validate(Validator::Count { min: 1, max: usize::MAX }))]
    conditions: Vec<Condition>,
    /// Names of the steps that run if all conditions hold. They are among `steps`, each in one branch only.
    #[tf(optional)]
    if_steps: Option<Vec<String>>,
    /// Names of the steps that run otherwise.
    #[tf(optional)]
    else_steps: Option<Vec<String>>,
}

/// Comparison of values.
#[derive(Clone, Debug, Model)]
pub(super) struct Comparison {
    /// `Equals`, `GreaterThan`, `GreaterThanOrEqualTo`, `LessThan`, `LessThanOrEqualTo`, `In`, `Not` or `Or`.
    #[tf(required)]
    r#type: String,
    /// Value that is compared, usually a reference. A literal has the type of the other side if that is a reference to a
    /// parameter; otherwise one that looks like a number, or is `true` or `false`, is such a value.
    #[tf(optional)]
    left_value: Option<String>,
    /// Value that it is compared with.
    #[tf(optional)]
    right_value: Option<String>,
    /// For `In`: value that is looked for.
    #[tf(optional)]
    query_value: Option<String>,
    /// For `In`: values that it is looked for in.
    #[tf(optional)]
    values: Option<Vec<String>>,
}

/// A condition with one level inside.
#[derive(Clone, Debug, Model)]
pub(super) struct InnerCondition {
    #[tf(embed)]
    comparison: Comparison,
    /// For `Not`: the condition that must not hold.
    #[tf(optional)]
    condition: Option<Comparison>,
    /// For `Or`: conditions of which one must hold.
    #[tf(optional)]
    conditions: Option<Vec<Comparison>>,
}

/// A condition inside another one.
#[derive(Clone, Debug, Model)]
pub(super) struct NestedCondition {
    #[tf(embed)]
    comparison: Comparison,
    /// For `Not`: the condition that must not hold.
    #[tf(optional)]
    condition: Option<InnerCondition>,
    /// For `Or`: conditions of which one must hold.
    #[tf(optional)]
    conditions: Option<Vec<InnerCondition>>,
}

/// A condition.
#[derive(Clone, Debug, Model)]
pub(super) struct Condition {
    #[tf(embed)]
    comparison: Comparison,
    /// For `Not`: the condition that must not hold.
    #[tf(optional)]
    condition: Option<NestedCondition>,
    /// For `Or`: conditions of which one must hold.
    #[tf(optional)]
    conditions: Option<Vec<NestedCondition>>,
}

/// Ends the execution as failed.
#[derive(Clone, Debug, Model)]
pub(super) struct FailStep {
    /// Message of the failure.
    #[tf(required)]
    error_message: String,
}

/// Invokes a Lambda function.
#[derive(Clone, Debug, Model)]
pub(super) struct LambdaStep {
    /// ARN of the function.
    #[tf(required)]
    function_arn: String,
    /// Members of the function's event.
    #[tf(optional)]
    arguments: Option<BTreeMap<String, String>>,
    /// Members of what the function returns that later steps can refer to.
    #[tf(optional)]
    output_parameters: Option<Vec<OutputParameter>>,
}

/// Sends a message to an SQS queue, and waits until somebody reports success or failure.
#[derive(Clone, Debug, Model)]
pub(super) struct CallbackStep {
    /// URL of the queue.
    #[tf(required)]
    sqs_queue_url: String,
    /// Arguments in the message.
    #[tf(optional)]
    arguments: Option<BTreeMap<String, String>>,
    /// Values that come back and that later steps can refer to.
    #[tf(optional)]
    output_parameters: Option<Vec<OutputParameter>>,
}

/// A value that a step returns.
#[derive(Clone, Debug, Model)]
pub(super) struct OutputParameter {
    /// Name.
    #[tf(required)]
    output_name: String,
    /// Type: `String`, `Integer`, `Float` or `Boolean`.
    #[tf(required, validate(Validator::OneOf(&["String", "Integer", "Float", "Boolean"])))]
    output_type: String,
}
