//! How pipelines are created, changed and deleted.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::model::Root;
use tfplug::plan::Plan;
use tfplug::value::Value;

use super::{Pipeline, definition};
use crate::aws::client::Aws;
use crate::aws::operation::{error, error_ending};
use crate::engine::{
    Clear, Counts, Create, Declared, Delete, DeleteBy, Empty, Filter, Held, Hooks, Listed, Listing, MovedFrom, Read,
    UpdateBy,
};
use crate::sagemaker::lists::{CREATED, listing};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{IAM_PROPAGATION, named};

/// The declaration.
pub static PIPELINE: Declared = Declared {
    moved_from: &[
        MovedFrom::new("aws_sagemaker_pipeline", &["pipeline_name"]),
        MovedFrom::new("awscc_sagemaker_pipeline", &["pipeline_name"]),
    ],
    updates: &[UpdateBy {
        clear: &[Clear::empty("description")],
        ..UpdateBy::new(
            operation!(update_pipeline, UpdatePipeline),
            &[
                "display_name",
                "description",
                "role_arn",
                "definition",
                "definition_s3_location",
                "parallelism_configuration",
            ],
        )
    }],
    not_described: &["definition_s3_location"],
    server_defaults: &["parallelism_configuration"],
    listed: &[Listed {
        attribute: "pipeline_version_id",
        list: operation!(list_pipeline_versions, ListPipelineVersions),
        order: "Descending",
        first: true,
        items: "pipeline_version_summaries",
        value: |versions| versions.first().map_or(Value::Null, |v| v.attribute(Pipeline::PIPELINE_VERSION_ID).clone()),
    }],
    hooks: &PipelineHooks,
    list: Some(&Listing {
        own: &[Filter::text("name_prefix", "pipeline_name_prefix", "Beginning of the names.", 256)],
        ..listing(operation!(list_pipelines, ListPipelines), "pipeline_summaries", CREATED)
    }),
    ..named(
        "pipeline",
        Pipeline::shared,
        "pipeline_name",
        "pipeline/{name}",
        Create {
            operation: operation!(create_pipeline, CreatePipeline).with_token("client_request_token"),
            arn: Some("pipeline_arn"),
            // Source: aws/sagemaker-python-sdk, workflow/pipeline.py, upsert.
            exists: &[
                error("ValidationException", "Pipeline names must be unique within an AWS account and region"),
                error_ending("ValidationException", "already exists."),
            ],
            retryable: &[IAM_PROPAGATION],
        },
        // Source: the service model, DescribePipeline.
        Read::by(operation!(describe_pipeline, DescribePipeline), &[error("ResourceNotFound", "")]),
        Delete::By(DeleteBy {
            operation: operation!(delete_pipeline, DeletePipeline).with_token("client_request_token"),
            // Source: the service model, UpdatePipeline and DeletePipeline.
            in_use: &[error("ConflictException", "")],
            send: &[],
            empty: Some(&Empty {
                when: "on_destroy",
                says: Some("stop_executions"),
                holds: &[Held {
                    noun: "pipeline execution",
                    list: operation!(list_pipeline_executions, ListPipelineExecutions),
                    items: "pipeline_execution_summaries",
                    of: &[("name", "pipeline_name")],
                    only: &[("pipeline_execution_status", Counts::As(&["Executing"]))],
                    key: &[("pipeline_execution_arn", "pipeline_execution_arn")],
                    delete: operation!(stop_pipeline_execution, StopPipelineExecution)
                        .with_token("client_request_token"),
                    holds: &[],
                }],
                not_empty: &[error("ConflictException", "")],
            }),
        }),
    )
};

struct PipelineHooks;

#[async_trait]
impl Hooks for PipelineHooks {
    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        if plan.config.attribute(Pipeline::DISPLAY_NAME).is_null() {
            let name = plan.get(Pipeline::NAME).clone();
            plan.set(Pipeline::DISPLAY_NAME, name);
        }
        definition::plan(cx, plan).await
    }

    fn after_read(&self, _: &Value, state: &Value, value: &mut Value) {
        if state.attribute(definition::SHA256).is_null() {
            let hash = definition::sha256(value.attribute(Pipeline::DEFINITION));
            value.set_attribute(definition::SHA256, hash);
        }
    }
}
