//! Structures of pipelines and their executions.

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;

use crate::aws::{arn, s3_uri};

/// How many steps run at the same time.
#[derive(Clone, Debug, Model)]
pub struct ParallelismConfiguration {
    /// Maximum number of steps that run at the same time.
    #[tf(required, validate(Validator::Range { min: 1, max: i64::MAX }))]
    max_parallel_execution_steps: i32,
}

/// Where a definition is in S3.
#[derive(Clone, Debug, Model)]
pub struct PipelineDefinitionS3Location {
    /// Name of the bucket.
    #[tf(required, validate(s3_uri::EXISTING_BUCKET))]
    bucket: String,
    /// Key of the object.
    #[tf(required, validate(Validator::Length { min: 1, max: 1024 }))]
    object_key: String,
    /// Version ID of the object. The latest version unless set; only with an ID does a plan show that the object changed.
    #[tf(optional, validate(Validator::Length { min: 1, max: 1024 }))]
    version_id: Option<String>,
}

/// Which steps of the pipeline run.
#[derive(Clone, Debug, Model)]
pub struct SelectiveExecutionConfig {
    /// Steps to run. Every step on the paths between two of them must be among them.
    #[tf(required, validate(Validator::Count { min: 1, max: 50 }))]
    selected_steps: Vec<SelectedStep>,
    /// ARN of an earlier execution of the pipeline, which succeeded or failed. Its results stand for the steps that are not
    /// run; required if a selected step reads one of them.
    #[tf(optional, validate(arn::PIPELINE_EXECUTION))]
    source_pipeline_execution_arn: Option<String>,
}

/// A step to run.
#[derive(Clone, Debug, Model)]
pub struct SelectedStep {
    /// Name of the step.
    #[tf(required, validate(Validator::Length { min: 1, max: 256 }))]
    step_name: String,
}

/// What became of a step.
#[derive(Clone, Debug, Model)]
pub struct Step {
    /// Status: `Starting`, `Executing`, `Stopping`, `Stopped`, `Failed` or `Succeeded`.
    #[tf(computed)]
    status: Option<String>,
    /// Why the step failed; null if it did not.
    #[tf(computed)]
    failure_reason: Option<String>,
    /// Whether the result of an earlier execution was used from the cache.
    #[tf(computed)]
    cache_hit: Option<bool>,
    /// ARN of the earlier execution whose result was used, from the cache or in a selective execution; null if none was.
    #[tf(computed)]
    source_pipeline_execution_arn: Option<String>,
    /// ARN of the job, model, model package or Lambda function of the step; null if it has none.
    #[tf(computed)]
    arn: Option<String>,
    /// Outcome of a condition: `True` or `False`; null if the step is no condition.
    #[tf(computed)]
    outcome: Option<String>,
    /// Output parameters of a callback or Lambda step, by name.
    #[tf(computed)]
    outputs: BTreeMap<String, String>,
    /// How often the step was tried.
    #[tf(computed)]
    attempt_count: Option<i64>,
    /// When the step started, in RFC 3339 format.
    #[tf(computed)]
    start_time: Option<String>,
    /// When the step ended, in RFC 3339 format; null if it has not ended.
    #[tf(computed)]
    end_time: Option<String>,
}
