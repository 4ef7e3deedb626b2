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
use super::common::{ON_DESTROY, SourceCode, VpcConfig};
use super::{job_log, script};
use crate::aws::client::{Aws, Regional};
use crate::aws::creations::Creation;
use crate::aws::op::{COULD_NOT_ASSUME_ROLE, rule};
use crate::aws::wait::Statuses;
use crate::aws::{arn, names, tags};
use crate::declared::{Declared, Hooks, UpdateBy};
use crate::operation;

/// A SageMaker training job, run once on creation and waited for. A change of its input, its source code or `triggers`
/// replaces it: a new job runs.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "training_job",
    subcategory = "Training",
    timeouts(create = "24h", update = "24h", delete = "30m"),
    identity("name", optional("region")),
    at_most_one_of("name", "name_prefix")
)]
pub struct TrainingJob {
    /// Name, unique in the account and region. Generated unless set.
    #[tf(optional, computed, requires_replace, rename = "training_job_name", validate(names::SAGEMAKER))]
    name: Option<String>,
    /// Creates a unique name beginning with the specified prefix. Conflicts with `name`.
    #[tf(optional, provider_only, validate(names::SAGEMAKER_PREFIX))]
    name_prefix: Option<String>,
    /// Region of the training job. Defaults to the provider's region.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
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
    /// Arbitrary values: a change replaces the resource, so a new job runs. Adding `triggers` to a job without any does
    /// not.
    #[tf(optional, provider_only)]
    triggers: Option<BTreeMap<String, String>>,
    /// Whether an apply waits until the job completes, and fails if the job fails.
    #[tf(optional, computed, provider_only, default = true)]
    wait_for_completion: bool,
    /// What a destroy does: `delete` stops and deletes the job, `stop` only stops it, `retain` only removes it from the
    /// state.
    #[tf(optional, computed, provider_only, default = "delete", validate(ON_DESTROY))]
    on_destroy: String,
    /// Whether a destroy that deletes the job also deletes its log streams.
    #[tf(optional, computed, provider_only, default = true)]
    delete_logs: bool,
    /// Tags. They take precedence over tags of the same key in the provider's `default_tags`.
    #[tf(optional, tags, validate(tags::COUNT))]
    tags: Option<BTreeMap<String, String>>,
    /// All tags, including those of the provider's `default_tags`.
    #[tf(computed, provider_only)]
    tags_all: BTreeMap<String, String>,
    /// ARN of the training job.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
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
    /// Creation time, in RFC 3339.
    #[tf(computed, use_state_for_unknown)]
    creation_time: Option<String>,
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
    noun: "training job",
    schema: TrainingJob::schema,
    arn: "training-job/",
    create: operation!(create_training_job, CreateTrainingJob),
    token: None,
    arn_member: "training_job_arn",
    read: operation!(describe_training_job, DescribeTrainingJob),
    delete: Some(operation!(delete_training_job, DeleteTrainingJob)),
    stop: Some(operation!(stop_training_job, StopTrainingJob)),
    // Text of a refused stop: amazon-sagemaker-operator-for-k8s, clientwrapper.
    unstoppable: &[rule("ValidationException", "The request was rejected because the training job is in status")],
    // Source: ACK's generator.yaml for SageMaker, errors.404.
    absent: &[rule("ValidationException", "Requested resource not found"), rule("ResourceNotFound", "")],
    // Source: the service model, CreateTrainingJob.
    taken: &[rule("ResourceInUse", "")],
    passing: &[
        COULD_NOT_ASSUME_ROLE,
        // A policy that was just written does not count everywhere yet. Text: aws/amazon-sagemaker-examples issue 2267.
        rule("ValidationException", "No S3 objects found under S3 URL"),
    ],
    // Source: the service model, DeleteTrainingJob.
    busy: &[rule("ResourceInUse", "")],
    statuses: Some(Statuses {
        member: "training_job_status",
        busy: &["InProgress", "Stopping", "Deleting"],
        done: &["Completed"],
        reason: "failure_reason",
    }),
    updates: &[UpdateBy {
        operation: operation!(update_training_job, UpdateTrainingJob),
        when: &["profiler_config", "profiler_rule_configurations", "remote_debug_config"],
        send: &["profiler_config", "profiler_rule_configurations", "remote_debug_config"],
    }],
    unread: &["session_chaining_config"],
    filled: &[
        "algorithm_specification.metric_definitions",
        "algorithm_specification.enable_sagemaker_metrics_time_series",
        "resource_config.volume_size_in_gb",
        "profiler_config",
        "profiler_rule_configurations",
        "debug_hook_config",
    ],
    hooks: &TrainingHooks,
    omitted: &[
        ("tags", "`tags` and `tags_all` stand for it"),
        ("resource_config.selected_instance_type", "an answer: which of the preferences was taken"),
        ("resource_config.selected_instance_count", "an answer: which of the preferences was taken"),
    ],
};

/// Hyperparameters that make a framework's container run a script: names from the SageMaker training toolkit.
const PROGRAM: &str = "sagemaker_program";
const SUBMIT_DIRECTORY: &str = "sagemaker_submit_directory";

/// Where SageMaker writes the logs of training jobs. Source: SageMaker developer guide, CloudWatch logs.
const LOG_GROUP: &str = "/aws/sagemaker/TrainingJobs";

struct TrainingHooks;

fn output_path(value: &Value) -> Option<&str> {
    value.attribute("output_data_config").attribute("s3_output_path").as_str()
}

#[async_trait]
impl Hooks for TrainingHooks {
    fn check_config(&self, config: &Value) -> Diags {
        let mut diags = Diags::new();
        let spot = config.attribute("enable_managed_spot_training").as_bool() == Some(true);
        let stopping = config.attribute("stopping_condition");
        let wait = stopping.attribute("max_wait_time_in_seconds");
        if spot && wait.is_null() && !stopping.is_unknown() {
            let detail = "Managed spot training requires `stopping_condition.max_wait_time_in_seconds`.";
            diags.push(
                Diag::error("Missing max_wait_time_in_seconds for managed spot training", detail)
                    .at(Path::of("stopping_condition")),
            );
        }
        diags
    }

    async fn plan(&self, _: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        let place = output_path(plan.planned()).map(str::to_owned);
        script::plan(plan, place.as_deref()).await?;
        if !plan.prior.attribute("triggers").is_null() && plan.changes("triggers") {
            plan.requires_replace(Path::of("triggers"));
        }
        // AWS stores the artifact at a place that follows from the job's name.
        let compressed = plan.get("output_data_config").attribute("compression_type").as_str() == Some("GZIP");
        let waits = plan.get("wait_for_completion").as_bool() == Some(true);
        if let (true, true, true, Some(name), Some(place)) = (
            plan.is_create() || plan.get("training_job_status").is_unknown(),
            compressed,
            waits,
            plan.get("name").as_str(),
            place,
        ) {
            let uri = format!("{}/{name}/output/model.tar.gz", place.trim_end_matches('/'));
            plan.set("model_artifacts", Value::object([("s3_model_artifacts", Value::from(uri))]));
        }
        Ok(())
    }

    async fn before_create(
        &self,
        cx: &Context<Aws>,
        aws: &Regional,
        planned: &mut Value,
        input: &mut Value,
        creation: &mut Creation,
    ) -> Result<()> {
        let place = output_path(planned).map(str::to_owned);
        if let Some((uri, entry_point)) = script::upload(cx, aws, planned, place.as_deref(), creation).await? {
            let mut parameters = planned.attribute("hyper_parameters").as_entries().cloned().unwrap_or_default();
            parameters.insert(PROGRAM.to_owned(), Value::from(entry_point));
            parameters.insert(SUBMIT_DIRECTORY.to_owned(), Value::from(uri.as_str()));
            input.set_attribute("hyper_parameters", Value::Map(parameters));
            script::record(planned, uri);
        }
        Ok(())
    }

    fn after_read(&self, description: &Value, state: &Value, value: &mut Value) {
        let parameters = value.attribute("hyper_parameters").clone();
        let known = state.attribute("hyper_parameters");
        let own = script::hide(&parameters, known, state, value, PROGRAM, SUBMIT_DIRECTORY);
        value.set_attribute("hyper_parameters", own);
        let metrics = description.attribute("final_metric_data_list").as_elements().unwrap_or_default();
        let by_name = metrics
            .iter()
            .filter_map(|m| Some((m.attribute("metric_name").as_str()?.to_owned(), m.attribute("value").clone())));
        value.set_attribute("final_metrics", Value::Map(by_name.collect()));
    }

    async fn about_failure(&self, aws: &Regional, description: &Value) -> String {
        let name = description.attribute("training_job_name").as_str().unwrap_or_default();
        job_log::last_lines(aws, LOG_GROUP, name).await
    }

    fn beside(&self, state: &Value) -> Option<String> {
        script::archive(state)
    }

    async fn discard(&self, aws: &Regional, uri: &str) -> Result<()> {
        script::discard(aws, uri).await
    }

    async fn remains(&self, aws: &Regional, state: &Value) -> bool {
        let name = state.attribute("name").as_str().unwrap_or_default();
        let keeps_logs = state.attribute("delete_logs").as_bool() == Some(false);
        script::remains(aws, state).await || (!keeps_logs && job_log::has_streams(aws, LOG_GROUP, name).await)
    }

    async fn after_delete(&self, cx: &Context<Aws>, aws: &Regional, state: &Value) -> Result<()> {
        if state.attribute("delete_logs").as_bool() != Some(false) {
            let name = state.attribute("name").as_str().unwrap_or_default();
            job_log::remove_streams(cx, aws, LOG_GROUP, name).await;
        }
        script::remove(aws, state).await
    }
}
