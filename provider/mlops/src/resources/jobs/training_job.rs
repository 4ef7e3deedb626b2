//! `mlops_training_job`: a SageMaker training job, run once.
//!
//! Quirks of the API: the error for a job that does not exist is a ValidationException; SageMaker adds metric definitions
//! and profiling of its own to what was asked for; a job can only be deleted at rest, and its name is free afterwards.
//! Source: SageMaker API reference, CreateTrainingJob and DeleteTrainingJob.

pub mod input;
pub mod options;

use std::collections::BTreeMap;

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::model::{Model, Root};
use tfplug::plan::Plan;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use self::input::{AlgorithmSpecification, Channel, OutputDataConfig, ResourceConfig, StoppingCondition};
use self::options::{
    CheckpointConfig, DebugHookConfig, ExperimentConfig, InfraCheckConfig, MlflowConfig, ModelPackageConfig,
    ProfilerConfig, RemoteDebugConfig, RetryStrategy, RuleConfiguration, ServerlessJobConfig, SessionChainingConfig,
    TensorBoardOutputConfig,
};
use crate::aws::arn;
use crate::aws::client::Aws;
use crate::aws::operation::error;
use crate::engine::fields::{Created, Job, Named, Tagged};
use crate::engine::statuses::Statuses;
use crate::engine::{Activity, Create, Declared, Delete, Hooks, Logs, Read, Scripts, Stop, UpdateBy};
use crate::sagemaker::operation::operation;
use crate::shapes::VpcConfig;
use crate::source_code::SourceCode;

/// A SageMaker training job, run once on creation and waited for. A change of its input, its source code or `triggers`
/// replaces it: a new job runs.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "training_job",
    subcategory = "Training",
    timeouts(create = "24h", update = "24h", delete = "30m"),
    identity("name", optional("region"))
)]
pub struct TrainingJob {
    #[tf(embed)]
    named: Named,
    /// ARN of the IAM role that SageMaker assumes to run the job.
    #[tf(required, requires_replace, validate(arn::ROLE))]
    role_arn: String,
    /// The algorithm: the container image and its input mode. Required unless `serverless_job_config` is set.
    #[tf(optional, requires_replace)]
    algorithm_specification: Option<AlgorithmSpecification>,
    /// Local directory of training code, run by the image in script mode; packaged and uploaded by the provider.
    #[tf(optional, provider_only)]
    source_code: Option<SourceCode>,
    /// Hyperparameters. Those of script mode are added automatically and not shown.
    #[tf(optional, requires_replace, validate(Validator::Count { min: 0, max: 100 }))]
    hyper_parameters: Option<BTreeMap<String, String>>,
    /// Environment variables of the container.
    #[tf(optional, requires_replace, validate(Validator::Count { min: 0, max: 100 }))]
    environment: Option<BTreeMap<String, String>>,
    /// Input data channels.
    #[tf(optional, requires_replace, validate(Validator::Count { min: 1, max: 20 }))]
    input_data_config: Option<Vec<Channel>>,
    #[tf(required, requires_replace)]
    output_data_config: OutputDataConfig,
    /// Instance type, count and storage. Required unless `serverless_job_config` is set.
    #[tf(optional, requires_replace)]
    resource_config: Option<ResourceConfig>,
    /// Limits on run time and waiting time. SageMaker stops a job that reaches one.
    #[tf(optional, computed, requires_replace, default_value(one_day()))]
    stopping_condition: Option<StoppingCondition>,
    #[tf(optional, requires_replace)]
    vpc_config: Option<VpcConfig>,
    /// Whether the containers are isolated from the network: no inbound or outbound calls, except between the job's own
    /// instances.
    #[tf(optional, computed, requires_replace, default = false)]
    enable_network_isolation: bool,
    /// Whether traffic between the instances of a distributed training job is encrypted.
    #[tf(optional, computed, requires_replace, default = false)]
    enable_inter_container_traffic_encryption: bool,
    /// Whether the job runs on Spot capacity, which costs less and can be interrupted. Requires
    /// `stopping_condition.max_wait_time_in_seconds`.
    #[tf(optional, computed, requires_replace, default = false)]
    enable_managed_spot_training: bool,
    #[tf(optional, requires_replace)]
    checkpoint_config: Option<CheckpointConfig>,
    #[tf(optional, computed, use_state_for_unknown, requires_replace)]
    debug_hook_config: Option<DebugHookConfig>,
    /// SageMaker Debugger rules that analyze the saved tensors.
    #[tf(optional, requires_replace, validate(Validator::Count { min: 0, max: 20 }))]
    debug_rule_configurations: Option<Vec<RuleConfiguration>>,
    #[tf(optional, requires_replace)]
    tensor_board_output_config: Option<TensorBoardOutputConfig>,
    #[tf(optional, requires_replace)]
    experiment_config: Option<ExperimentConfig>,
    /// SageMaker Debugger profiling. Can be changed while the job runs.
    #[tf(optional, computed, use_state_for_unknown)]
    profiler_config: Option<ProfilerConfig>,
    /// SageMaker Debugger rules that analyze the profiling data. Can be changed while the job runs.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::Count { min: 0, max: 20 }))]
    profiler_rule_configurations: Option<Vec<RuleConfiguration>>,
    #[tf(optional, requires_replace)]
    retry_strategy: Option<RetryStrategy>,
    /// Remote debugging through Systems Manager. Can be changed while the job runs.
    #[tf(optional)]
    remote_debug_config: Option<RemoteDebugConfig>,
    #[tf(optional, requires_replace)]
    infra_check_config: Option<InfraCheckConfig>,
    #[tf(optional, requires_replace)]
    session_chaining_config: Option<SessionChainingConfig>,
    #[tf(optional, requires_replace)]
    serverless_job_config: Option<ServerlessJobConfig>,
    #[tf(optional, requires_replace)]
    mlflow_config: Option<MlflowConfig>,
    #[tf(optional, requires_replace)]
    model_package_config: Option<ModelPackageConfig>,
    #[tf(embed)]
    job: Job,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// Status: `InProgress`, `Completed`, `Failed`, `Stopping` or `Stopped`.
    #[tf(computed, changes_with("wait_for_completion"))]
    training_job_status: Option<String>,
    /// Why the job failed; null if it did not.
    #[tf(computed, changes_with("wait_for_completion"))]
    failure_reason: Option<String>,
    #[tf(computed, changes_with("wait_for_completion"))]
    model_artifacts: Option<ModelArtifacts>,
    /// Final value of each metric, by name. Empty if no metric was found.
    #[tf(computed, provider_only, changes_with("wait_for_completion"))]
    final_metrics: BTreeMap<String, f64>,
    /// Training time in seconds.
    #[tf(computed, changes_with("wait_for_completion"))]
    training_time_in_seconds: Option<i64>,
    /// Billable time in seconds, per instance.
    #[tf(computed, changes_with("wait_for_completion"))]
    billable_time_in_seconds: Option<i64>,
    /// Time at which the job ended, in RFC 3339.
    #[tf(computed, changes_with("wait_for_completion"))]
    training_end_time: Option<String>,
}

/// Model artifact of the job.
#[derive(Clone, Debug, Model)]
pub struct ModelArtifacts {
    /// S3 URI of the model artifact.
    #[tf(computed, use_state_for_unknown)]
    s3_model_artifacts: Option<String>,
}

fn one_day() -> Value {
    Value::object([
        ("max_runtime_in_seconds", Value::from(86_400)),
        ("max_wait_time_in_seconds", Value::Null),
        ("max_pending_time_in_seconds", Value::Null),
    ])
}

/// The declaration.
pub static TRAINING_JOB: Declared = Declared {
    statuses: &[Statuses {
        member: "training_job_status",
        busy: &["InProgress", "Stopping", "Deleting"],
        done: &["Completed"],
        reason: "failure_reason",
    }],
    activity: Activity::Job(Some(Stop {
        operation: operation!(stop_training_job, StopTrainingJob),
        // Text of a refused stop: amazon-sagemaker-operator-for-k8s, clientwrapper.
        not_running: &[error("ValidationException", "The request was rejected because the training job is in status")],
    })),
    updates: &[UpdateBy::new(
        operation!(update_training_job, UpdateTrainingJob),
        &["profiler_config", "profiler_rule_configurations", "remote_debug_config"],
    )],
    not_described: &["session_chaining_config"],
    server_defaults: &[
        "algorithm_specification.metric_definitions",
        "algorithm_specification.enable_sagemaker_metrics_time_series",
        "resource_config.volume_size_in_gb",
        "profiler_config",
        "profiler_rule_configurations",
        "debug_hook_config",
    ],
    logs: Some(Logs::streams("/aws/sagemaker/TrainingJobs")),
    // Names of the settings: the SageMaker training toolkit.
    scripts: Some(&Scripts {
        settings: "hyper_parameters",
        program: "sagemaker_program",
        directory: "sagemaker_submit_directory",
        place: OUTPUT,
    }),
    hooks: &TrainingHooks,
    omitted: &[
        ("resource_config.selected_instance_type", "an answer: which of the preferences was taken"),
        ("resource_config.selected_instance_count", "an answer: which of the preferences was taken"),
    ],
    ..Declared::named(
        "training job",
        TrainingJob::schema,
        "training_job_name",
        "training-job/{name}",
        Create {
            operation: operation!(create_training_job, CreateTrainingJob),
            arn: "training_job_arn",
            // Source: the service model, CreateTrainingJob.
            exists: &[error("ResourceInUse", "")],
            // A policy that was just written does not count everywhere yet. Text: aws/amazon-sagemaker-examples issue 2267.
            retryable: &[error("ValidationException", "No S3 objects found under S3 URL")],
        },
        // Source: ACK's generator.yaml for SageMaker, errors.404.
        Read::by(
            operation!(describe_training_job, DescribeTrainingJob),
            &[error("ValidationException", "Requested resource not found"), error("ResourceNotFound", "")],
        ),
        // Source: the service model, DeleteTrainingJob.
        Delete::by(operation!(delete_training_job, DeleteTrainingJob), &[error("ResourceInUse", "")]),
    )
};

/// Where the user wants the model artifact, and the scripts unless said otherwise.
const OUTPUT: &str = "output_data_config.s3_output_path";

struct TrainingHooks;

#[async_trait]
impl Hooks for TrainingHooks {
    fn check_config(&self, config: &Value) -> Diags {
        let mut diags = Diags::new();
        let spot = config.attribute("enable_managed_spot_training").as_bool() == Some(true);
        let stopping = config.attribute("stopping_condition");
        let wait = stopping.attribute("max_wait_time_in_seconds");
        if spot && wait.is_null() && !stopping.is_unknown() {
            let detail = "Managed spot training needs `stopping_condition.max_wait_time_in_seconds`.";
            let summary = "Missing max_wait_time_in_seconds for managed spot training";
            diags.push(Diag::error(summary, detail).at(Path::of("stopping_condition")));
        }
        diags
    }

    async fn plan(&self, _: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        // AWS stores the artifact at a place that follows from the job's name.
        let compressed = plan.get("output_data_config").attribute("compression_type").as_str() == Some("GZIP");
        let waits = plan.get("wait_for_completion").as_bool() == Some(true);
        let runs = plan.is_create() || plan.get("training_job_status").is_unknown();
        let output = plan.planned().at(&Path::parse(OUTPUT)).and_then(Value::as_str);
        if let (true, Some(name), Some(output)) = (runs && compressed && waits, plan.get("name").as_str(), output) {
            let uri = format!("{}/{name}/output/model.tar.gz", output.trim_end_matches('/'));
            plan.set("model_artifacts", Value::object([("s3_model_artifacts", Value::from(uri))]));
        }
        Ok(())
    }

    fn after_read(&self, description: &Value, _: &Value, value: &mut Value) {
        let metrics = description.attribute("final_metric_data_list").as_elements().unwrap_or_default();
        let by_name = metrics
            .iter()
            .filter_map(|m| Some((m.attribute("metric_name").as_str()?.to_owned(), m.attribute("value").clone())));
        value.set_attribute("final_metrics", Value::Map(by_name.collect()));
    }
}
