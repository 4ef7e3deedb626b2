//! `mlops_pipeline_execution`: a run of a pipeline.
//!
//! Quirks of the API: only a client token keeps a repeated request from starting another execution; there is no operation that
//! deletes one; the description names neither the parameters nor the pipeline but by its ARN. Source: SageMaker API reference,
//! StartPipelineExecution and DescribePipelineExecution.

mod declaration;
pub(super) mod parameters;
mod steps;

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;

pub(crate) use self::declaration::PIPELINE;
pub use self::declaration::PIPELINE_EXECUTION;
use self::declaration::is_same_pipeline;
use crate::sagemaker::names;
use crate::shapes::fields::Created;
use crate::shapes::pipeline::{ParallelismConfiguration, SelectiveExecutionConfig, Step};

/// An execution of a `mlops_pipeline`. It is started once, when it is created; a change of its arguments or of `triggers`
/// starts a new one.
///
/// An execution that fails is an error that names the failed steps, why they failed, and the end of the logs of their jobs.
/// The next apply then starts a new execution; steps with `CacheConfig` that succeeded do not run again in it. With
/// `max_retries` the apply itself first repeats the steps of the failed one that did not succeed; to do so later, run
/// `aws sagemaker retry-pipeline-execution` and `terraform untaint`. AWS has no operation that deletes an execution: its record goes with the pipeline. The jobs of its steps, their
/// outputs and logs are left in any case; later executions may use their results from the cache.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "pipeline_execution",
    subcategory = "Pipelines",
    timeouts(create = "24h", update = "24h", delete = "60m"),
    identity("arn", optional("region"), derived("account_id"))
)]
pub struct PipelineExecution {
    /// Name of the pipeline; its ARN, if it is another account's.
    #[tf(required, requires_replace, equal(is_same_pipeline), validate(PIPELINE))]
    pipeline_name: String,
    /// AWS Region. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    /// Display name. AWS chooses one unless set.
    #[tf(
        optional,
        computed,
        use_state_for_unknown,
        rename = "pipeline_execution_display_name",
        validate(names::EXECUTION_NAME)
    )]
    display_name: Option<String>,
    /// Description.
    #[tf(optional, rename = "pipeline_execution_description", validate(Validator::Length { min: 0, max: 3072 }))]
    description: Option<String>,
    /// Values of the pipeline's parameters, by name; numbers and booleans as text. The plan compares names and types with the
    /// parameters that the pipeline declares.
    #[tf(
        optional,
        requires_replace,
        rename = "pipeline_parameters",
        validate(Validator::Count { min: 0, max: 200 }, Validator::Length { min: 0, max: 1024 })
    )]
    parameters: Option<BTreeMap<String, String>>,
    /// ID of the version of the pipeline. The latest unless set.
    #[tf(optional, computed, use_state_for_unknown, requires_replace, validate(Validator::Range { min: 1, max: i64::MAX }))]
    pipeline_version_id: Option<i64>,
    /// How many steps run at the same time. As the pipeline says unless set.
    #[tf(optional, computed, use_state_for_unknown)]
    parallelism_configuration: Option<ParallelismConfiguration>,
    /// Which steps run. All unless set.
    #[tf(optional, requires_replace)]
    selective_execution_config: Option<SelectiveExecutionConfig>,
    /// Name of the MLflow experiment of the execution. As the definition says unless set.
    #[tf(optional, computed, use_state_for_unknown, requires_replace, validate(Validator::Length { min: 1, max: 256 }))]
    mlflow_experiment_name: Option<String>,
    /// Arbitrary values whose change starts a new execution, such as `definition_sha256` of the pipeline. Adding the first
    /// triggers to an execution does not.
    #[tf(optional, provider_only)]
    triggers: Option<BTreeMap<String, String>>,
    /// Whether an apply waits until the execution has ended, and fails if the execution does. Defaults to `true`.
    #[tf(optional, computed, provider_only, default = true)]
    wait_for_completion: bool,
    /// How often an apply that waits retries an execution that fails: the same execution goes on, with the steps that did not
    /// succeed. An execution that a Fail step ended cannot be retried. Defaults to `0`.
    #[tf(optional, computed, provider_only, default = 0, validate(Validator::Range { min: 0, max: 20 }))]
    max_retries: i32,
    /// What a destroy does: `stop` stops the execution if it is running, `retain` leaves it alone. Defaults to `stop`.
    #[tf(optional, computed, provider_only, default = "stop", validate(Validator::OneOf(&["stop", "retain"])))]
    on_destroy: String,
    #[tf(embed)]
    created: Created,
    /// ARN of the pipeline.
    #[tf(computed, use_state_for_unknown)]
    pipeline_arn: Option<String>,
    /// Status: `Executing`, `Stopping`, `Stopped`, `Failed` or `Succeeded`.
    #[tf(computed, changes_with("wait_for_completion"))]
    pipeline_execution_status: Option<String>,
    /// Why the execution failed; null if it did not.
    #[tf(computed, changes_with("wait_for_completion"))]
    failure_reason: Option<String>,
    /// Steps that were started, by name. An iteration of a ForEach step has its index behind the name: `Train[0]`.
    /// Empty until the first step is started.
    #[tf(computed, changes_with("wait_for_completion"))]
    steps: BTreeMap<String, Step>,
}
