//! What is special about training jobs: what a serverless one cannot have, where the artifact will be, and the warm pool that a
//! deletion ends.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result, Severity};
use tfplug::plan::Plan;
use tfplug::schema::Object;
use tfplug::value::{Path, Value};

use super::TrainingJob;
use super::declaration::{OUTPUT, TRAINING_JOB, UPDATE};
use crate::aws::client::{Aws, Regional};
use crate::aws::operation::{Failure, NEVER, call, is_one_of};
use crate::engine::Hooks;
use crate::resources::models::model_package::MODEL_PACKAGE;
use crate::sagemaker::operation::operation;
use crate::shapes::fields::{Job, Named};
use crate::shapes::training::{OutputDataConfig, StoppingCondition};

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

/// The hooks.
pub(super) struct TrainingHooks;

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

    /// Only what AWS says that the job registered: versions that others registered in the group are theirs.
    async fn deleted(&self, cx: &Context<Aws>, aws: &Regional, description: &Value, state: &Value) -> Option<Diag> {
        let package = description.attribute("output_model_package_arn").as_str()?;
        if state.attribute(TrainingJob::DELETE_MODEL_PACKAGES_ON_DESTROY).as_bool() != Some(true) {
            return None;
        }
        let input = Value::object([("model_package_name", Value::from(package))]);
        let delete = operation!(delete_model_package, DeleteModelPackage);
        match call(cx, aws, &delete, &input, NEVER).await {
            Ok(_) => None,
            Err(Failure::Aws(e)) if is_one_of(&e, MODEL_PACKAGE.read.not_found) => None,
            Err(failure) => {
                let attempted = format!("delete the model package {package}, which the training job registered");
                let diag = failure.diags(&attempted, &Object::default(), &Value::Null).0.into_iter().next()?;
                Some(Diag { severity: Severity::Warning, ..diag })
            }
        }
    }

    fn after_read(&self, description: &Value, _: &Value, value: &mut Value) {
        let metrics = description.attribute("final_metric_data_list").as_elements().unwrap_or_default();
        let by_name = metrics
            .iter()
            .filter_map(|m| Some((m.attribute("metric_name").as_str()?.to_owned(), m.attribute("value").clone())));
        value.set_attribute(TrainingJob::FINAL_METRICS, Value::Map(by_name.collect()));
    }
}
