//! `mlops_training_job`: a SageMaker training job, run once.
//!
//! Quirks of the API: the error for a job that does not exist is a ValidationException; SageMaker adds metric definitions
//! and profiling of its own to what was asked for; a job can only be deleted at rest, and its name is free afterwards.
//! Source: SageMaker API reference, CreateTrainingJob and DeleteTrainingJob.

mod declaration;
mod hooks;
pub mod options;

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;

pub use self::declaration::TRAINING_JOB;
use self::options::{
    DebugHookConfig, InfraCheckConfig, MlflowConfig, ModelPackageConfig, ProfilerConfig, RemoteDebugConfig,
    RuleConfiguration, ServerlessJobConfig, SessionChainingConfig, TensorBoardOutputConfig,
};
use crate::aws::arn;
use crate::shapes::VpcConfig;
use crate::shapes::experiment::ExperimentConfig;
use crate::shapes::fields::{Created, Job, Named, Tagged};
use crate::shapes::network::LeftInterfaces;
use crate::shapes::training::{
    AlgorithmSpecification, Channel, CheckpointConfig, ModelArtifacts, OutputDataConfig, ResourceConfig, RetryStrategy,
    StoppingCondition, one_day,
};
use crate::source_code::SourceCode;

/// A SageMaker training job, run once on creation and waited for. A change of its input, its source code or `triggers`
/// replaces it: a new job runs.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "training_job",
    subcategory = "Training",
    timeouts(create = "24h", update = "24h", delete = "30m"),
    identity("name", optional("region"), derived("account_id")),
    at_least_one_of("resource_config", "serverless_job_config")
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
    /// Local directory of training code, run by the image in script mode; packaged and uploaded by the provider. A change of its
    /// files runs a new job.
    #[tf(optional, provider_only)]
    source_code: Option<SourceCode>,
    /// Hyperparameters. Those of script mode are added automatically and not shown.
    #[tf(optional, requires_replace, validate(Validator::Count { min: 0, max: 100 }))]
    hyper_parameters: Option<BTreeMap<String, String>>,
    /// Environment variables of the container.
    #[tf(optional, requires_replace, validate(Validator::Count { min: 0, max: 100 }))]
    environment: Option<BTreeMap<String, String>>,
    /// Input data channels.
    #[tf(optional, unordered, requires_replace, validate(Validator::Count { min: 1, max: 20 }))]
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
    #[tf(optional, unordered, requires_replace, validate(Validator::Count { min: 0, max: 20 }))]
    debug_rule_configurations: Option<Vec<RuleConfiguration>>,
    #[tf(optional, requires_replace)]
    tensor_board_output_config: Option<TensorBoardOutputConfig>,
    #[tf(optional, requires_replace)]
    experiment_config: Option<ExperimentConfig>,
    /// SageMaker Debugger profiling. Can be changed while the job runs.
    #[tf(optional, computed, use_state_for_unknown)]
    profiler_config: Option<ProfilerConfig>,
    /// SageMaker Debugger rules that analyze the profiling data. Can be changed while the job runs.
    #[tf(optional, computed, unordered, use_state_for_unknown, validate(Validator::Count { min: 0, max: 20 }))]
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
    /// Whether a destroy that deletes the job also deletes the model package that it registered, as `model_package_config` says.
    /// Other versions of the group stay. Defaults to `false`.
    #[tf(optional, computed, provider_only, default = false)]
    delete_model_packages_on_destroy: bool,
    #[tf(embed)]
    left_interfaces: LeftInterfaces,
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
    /// Model artifact of the job. Known in the plan only if the apply waits for the job and the artifact is an archive.
    #[tf(computed, planned, changes_with("wait_for_completion"))]
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
