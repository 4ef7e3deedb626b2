//! How training jobs are created, waited for, changed and deleted.

use async_trait::async_trait;
use aws_sdk_sagemaker::types::TrainingJobStatus;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::model::Root;
use tfplug::plan::Plan;
use tfplug::schema::Object;
use tfplug::value::{Path, Value};

use super::TrainingJob;
use crate::aws::client::{Aws, Regional};
use crate::aws::operation::{NEVER, Operation, call, error};
use crate::engine::statuses::Statuses;
use crate::engine::{
    Activity, Create, Declared, Delete, Given, Hooks, Listing, Logs, MovedFrom, Read, Scripts, Settings, Stop, UpdateBy,
};
use crate::sagemaker::lists::{CHANGED, listing, status};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{NEW_ROLE, named};
use crate::shapes::fields::{Job, Named};
use crate::shapes::training::{OutputDataConfig, StoppingCondition};

/// The declaration.
pub static TRAINING_JOB: Declared = Declared {
    moved_from: &[MovedFrom::new("aws_sagemaker_training_job", &["training_job_name"])],
    statuses: &[Statuses {
        member: "training_job_status",
        busy: &["InProgress", "Stopping", "Deleting"],
        done: &["Completed"],
        reason: Some("failure_reason"),
    }],
    activity: Activity::Job(Stop {
        operation: operation!(stop_training_job, StopTrainingJob),
        // Text of a refused stop: amazon-sagemaker-operator-for-k8s, clientwrapper.
        not_running: &[error("ValidationException", "The request was rejected because the training job is in status")],
    }),
    // Source: SageMaker API reference, UpdateTrainingJob.
    updates: &[
        UpdateBy {
            while_running: true,
            ..UpdateBy::new(UPDATE, &["profiler_config", "profiler_rule_configurations", "remote_debug_config"])
        },
        UpdateBy::new(UPDATE, &["resource_config.keep_alive_period_in_seconds"]),
    ],
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
        given: Given::Settings(Settings {
            at: &["hyper_parameters"],
            program: "sagemaker_program",
            directory: "sagemaker_submit_directory",
        }),
        place: Some(OUTPUT),
    }),
    hooks: &TrainingHooks,
    omitted: &[
        ("resource_config.selected_instance_type", "an answer: which of the preferences was taken"),
        ("resource_config.selected_instance_count", "an answer: which of the preferences was taken"),
    ],
    list: Some(&Listing {
        own: &[status(TrainingJobStatus::values())],
        ..listing(operation!(list_training_jobs, ListTrainingJobs), "training_job_summaries", CHANGED)
    }),
    ..named(
        "training job",
        TrainingJob::shared,
        "training_job_name",
        "training-job/{name}",
        Create {
            operation: operation!(create_training_job, CreateTrainingJob),
            arn: Some("training_job_arn"),
            // Source: the service model, CreateTrainingJob.
            exists: &[error("ResourceInUse", "")],
            retryable: NEW_ROLE,
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

const UPDATE: Operation = operation!(update_training_job, UpdateTrainingJob);

/// Where the user wants the model artifact, and the scripts unless said otherwise.
const OUTPUT: &str = "output_data_config.s3_output_path";

/// What a serverless job cannot have. Source: terraform-provider-aws, internal/service/sagemaker; debugging rules go with
/// the hook.
const NOT_SERVERLESS: [&str; 12] = [
    TrainingJob::ALGORITHM_SPECIFICATION,
    TrainingJob::SOURCE_CODE,
    TrainingJob::ENABLE_MANAGED_SPOT_TRAINING,
    TrainingJob::ENVIRONMENT,
    TrainingJob::RETRY_STRATEGY,
    TrainingJob::CHECKPOINT_CONFIG,
    TrainingJob::DEBUG_HOOK_CONFIG,
    TrainingJob::DEBUG_RULE_CONFIGURATIONS,
    TrainingJob::EXPERIMENT_CONFIG,
    TrainingJob::PROFILER_CONFIG,
    TrainingJob::PROFILER_RULE_CONFIGURATIONS,
    TrainingJob::TENSOR_BOARD_OUTPUT_CONFIG,
];

struct TrainingHooks;

#[async_trait]
impl Hooks for TrainingHooks {
    fn check_config(&self, config: &Value) -> Diags {
        let mut diags = Diags::new();
        let spot = config.attribute(TrainingJob::ENABLE_MANAGED_SPOT_TRAINING).as_bool() == Some(true);
        let stopping = config.attribute(TrainingJob::STOPPING_CONDITION);
        let wait = stopping.attribute(StoppingCondition::MAX_WAIT_TIME_IN_SECONDS);
        if spot && wait.is_null() && !stopping.is_unknown() {
            let detail = "Managed spot training needs `stopping_condition.max_wait_time_in_seconds`.";
            let summary = "Missing max_wait_time_in_seconds for managed spot training";
            diags.push(Diag::error(summary, detail).at(Path::of(TrainingJob::STOPPING_CONDITION)));
        }
        let is_serverless = config.attribute(TrainingJob::SERVERLESS_JOB_CONFIG).as_entries().is_some();
        let is_set = |name: &&&str| match config.attribute(name) {
            Value::Bool(value) => *value,
            value => !value.is_unknown() && !value.is_empty(),
        };
        for name in NOT_SERVERLESS.iter().filter(|_| is_serverless).filter(is_set) {
            let detail = format!("A job with `serverless_job_config` cannot have `{name}`.");
            diags.push(Diag::error("Not supported by serverless training", detail).at(Path::of(name)));
        }
        diags
    }

    fn adapt(&self, input: &mut Value) {
        if !input.attribute(TrainingJob::SERVERLESS_JOB_CONFIG).is_null() {
            input.set_attribute(TrainingJob::ENABLE_MANAGED_SPOT_TRAINING, Value::Null);
        }
    }

    async fn plan(&self, _: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        // AWS stores the artifact at a place that follows from the job's name.
        let compressed =
            plan.get(TrainingJob::OUTPUT_DATA_CONFIG).attribute(OutputDataConfig::COMPRESSION_TYPE).as_str()
                == Some("GZIP");
        let waits = plan.get(Job::WAIT_FOR_COMPLETION).as_bool() == Some(true);
        let runs = plan.is_create() || plan.get(TrainingJob::TRAINING_JOB_STATUS).is_unknown();
        let output = plan.planned().at(&Path::parse(OUTPUT)).and_then(Value::as_str);
        if let (true, Some(name), Some(output)) = (runs && compressed && waits, plan.get(Named::NAME).as_str(), output)
        {
            let uri = format!("{}/{name}/output/model.tar.gz", output.trim_end_matches('/'));
            plan.set(TrainingJob::MODEL_ARTIFACTS, Value::object([("s3_model_artifacts", Value::from(uri))]));
        }
        Ok(())
    }

    /// AWS deletes no job whose warm pool is available, and bills that until it ends. Source: SageMaker API reference,
    /// DeleteTrainingJob; developer guide, "Use SageMaker AI managed warm pools", on how one is terminated.
    async fn release(&self, cx: &Context<Aws>, aws: &Regional, name: &str) -> Result<bool> {
        let key = ("training_job_name", Value::from(name));
        let job = call(cx, aws, &TRAINING_JOB.read.operation, &Value::object([key.clone()]), NEVER).await;
        // Without an answer, what AWS said of the deletion stands alone.
        let job = job.unwrap_or(Value::Null);
        let ends = Value::object([("keep_alive_period_in_seconds", Value::from(0))]);
        let kept = job.attribute(TrainingJob::RESOURCE_CONFIG).attribute("keep_alive_period_in_seconds");
        let available = job.attribute("warm_pool_status").attribute("status").as_str() == Some("Available");
        if !available || kept == ends.attribute("keep_alive_period_in_seconds") {
            return Ok(false);
        }
        let input = Value::object([key, (TrainingJob::RESOURCE_CONFIG, ends)]);
        let ended = call(cx, aws, &UPDATE, &input, NEVER).await;
        let attempted = format!("end the warm pool of the training job {name:?}");
        ended.map_err(|failure| failure.diags(&attempted, &Object::default(), &Value::Null))?;
        Ok(true)
    }

    fn after_read(&self, description: &Value, _: &Value, value: &mut Value) {
        let metrics = description.attribute("final_metric_data_list").as_elements().unwrap_or_default();
        let by_name = metrics
            .iter()
            .filter_map(|m| Some((m.attribute("metric_name").as_str()?.to_owned(), m.attribute("value").clone())));
        value.set_attribute(TrainingJob::FINAL_METRICS, Value::Map(by_name.collect()));
    }
}
