//! How executions are started, watched and stopped.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::model::Root;
use tfplug::plan::Plan;
use tfplug::validator::Validator;
use tfplug::value::Value;

use super::{PipelineExecution, parameters, steps};
use crate::aws::arn::Arn;
use crate::aws::client::{Aws, Regional};
use crate::aws::operation::error;
use crate::engine::key::Key;
use crate::engine::statuses::Statuses;
use crate::engine::{
    Activity, Clear, Create, Declared, Delete, Filter, Hooks, Listed, Listing, Read, Resume, Stop, UpdateBy,
};
use crate::resources::DECLARED;
use crate::sagemaker::lists::{CREATED, listing};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{arn_form, names};

/// The declaration.
pub static PIPELINE_EXECUTION: Declared = Declared {
    key: Key::arn("pipeline_execution_arn"),
    statuses: &[Statuses {
        member: "pipeline_execution_status",
        busy: &["Executing", "Stopping"],
        done: &["Succeeded"],
        reason: Some("failure_reason"),
    }],
    activity: Activity::Job(Stop {
        operation: operation!(stop_pipeline_execution, StopPipelineExecution).with_token("client_request_token"),
        // Source: the service model, StopPipelineExecution.
        not_running: &[error("ConflictException", "")],
    }),
    resume: Some(Resume {
        times: "max_retries",
        from: "Failed",
        operation: operation!(retry_pipeline_execution, RetryPipelineExecution).with_token("client_request_token"),
    }),
    updates: &[UpdateBy {
        clear: &[Clear::empty("description")],
        ..UpdateBy::new(
            operation!(update_pipeline_execution, UpdatePipelineExecution),
            &["display_name", "description", "parallelism_configuration"],
        )
    }],
    described_as: &[("mlflow_experiment_name", "mlflow_config.mlflow_experiment_name")],
    not_described: &["pipeline_name", "parameters"],
    server_defaults: &["parallelism_configuration", "mlflow_experiment_name"],
    listed: &[Listed {
        attribute: "steps",
        list: operation!(list_pipeline_execution_steps, ListPipelineExecutionSteps),
        order: "Ascending",
        first: false,
        items: "pipeline_execution_steps",
        value: steps::by_name,
    }],
    hooks: &ExecutionHooks,
    omitted: &[
        ("pipeline_parameters.name", "the keys of the map"),
        ("pipeline_parameters.value", "the values of the map"),
    ],
    list: Some(&Listing {
        own: &[Filter {
            required: true,
            ..Filter::text(
                "pipeline_name",
                "pipeline_name",
                "Name or ARN of the pipeline whose executions are listed.",
                2048,
            )
        }],
        ..listing(operation!(list_pipeline_executions, ListPipelineExecutions), "pipeline_execution_summaries", CREATED)
    }),
    ..Declared::named(
        "pipeline execution",
        PipelineExecution::shared,
        arn_form("pipeline/{pipeline}/execution/{id}"),
        Create {
            operation: operation!(start_pipeline_execution, StartPipelineExecution).with_token("client_request_token"),
            arn: Some("pipeline_execution_arn"),
            exists: &[],
            retryable: &[],
        },
        // Source: the service model, DescribePipelineExecution.
        Read::by(operation!(describe_pipeline_execution, DescribePipelineExecution), &[error("ResourceNotFound", "")]),
        Delete::Never,
    )
};

/// A pipeline, by its name or ARN. Source: the service model, `PipelineNameOrArn`.
pub(crate) const PIPELINE: Validator = Validator::Text {
    expected: "the name or ARN of a pipeline",
    accepts: |s| Arn::is_of(s, "sagemaker", "pipeline") || names::LONG_NAME.accepts(&Value::from(s)),
};

/// An import shows the name, however the configuration gives it.
pub(super) fn is_same_pipeline(a: &Value, b: &Value) -> bool {
    let name = |pipeline: &Value| Some(pipeline.as_str()?.rsplit('/').next()?.to_owned());
    let is_arn = |pipeline: &Value| pipeline.as_str().is_some_and(|p| p.contains('/'));
    name(a) == name(b) && !(is_arn(a) && is_arn(b))
}

struct ExecutionHooks;

#[async_trait]
impl Hooks for ExecutionHooks {
    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        // One that is there has its parameters, whatever the pipeline declares by now.
        if !plan.is_create() && !plan.replaces() {
            return Ok(());
        }
        let planned = |name: &str| plan.planned().attribute(name);
        let [region, pipeline, version, values] = [
            PipelineExecution::REGION,
            PipelineExecution::PIPELINE_NAME,
            PipelineExecution::PIPELINE_VERSION_ID,
            PipelineExecution::PARAMETERS,
        ]
        .map(planned);
        parameters::check_values(cx, region, pipeline, version, values).await
    }

    fn adapt(&self, input: &mut Value) {
        let Value::Map(_) = input.attribute("pipeline_parameters") else { return };
        let pairs = parameters::pairs(input.attribute("pipeline_parameters"));
        input.set_attribute("pipeline_parameters", pairs);
    }

    fn after_read(&self, description: &Value, state: &Value, value: &mut Value) {
        let name =
            description.attribute(PipelineExecution::PIPELINE_ARN).as_str().and_then(|arn| arn.rsplit('/').next());
        if state.attribute(PipelineExecution::PIPELINE_NAME).is_null() {
            value.set_attribute(PipelineExecution::PIPELINE_NAME, Value::from(name.map(str::to_owned)));
        }
    }

    async fn failed(&self, aws: &Regional, value: &Value) -> String {
        let mut text = String::new();
        for (name, reason, arn) in steps::failed(value.attribute(PipelineExecution::STEPS)) {
            text.push_str(&format!("\n\nThe step {name:?} failed: {reason}"));
            for declared in DECLARED {
                text.push_str(&declared.log_of(aws, arn).await.unwrap_or_default());
            }
        }
        text
    }
}
