//! How processing jobs are created, waited for and deleted.

use aws_sdk_sagemaker::types::ProcessingJobStatus;
use std::collections::BTreeMap;

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::model::Root;
use tfplug::plan::Plan;
use tfplug::value::{Path, Value};

use super::ProcessingJob;
use crate::aws::client::Aws;
use crate::aws::operation::error;
use crate::engine::statuses::Statuses;
use crate::engine::{
    Activity, Create, Declared, Delete, Given, Hooks, Interfaces, Listing, Logs, MovedFrom, Read, Scripts, Stop,
};
use crate::sagemaker::lists::{CHANGED, listing, status};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{IAM_PROPAGATION, named};
use crate::services::network_interfaces::interfaces;
use crate::shapes::processing::{ProcessingInput, ProcessingOutput, ProcessingOutputConfig, ProcessingS3Output, check};
use crate::source_code::input;

/// The declaration.
pub static PROCESSING_JOB: Declared = Declared {
    moved_from: &[MovedFrom::new("awscc_sagemaker_processing_job", &["processing_job_name"])],
    statuses: &[Statuses {
        member: "processing_job_status",
        busy: &["InProgress", "Stopping"],
        done: &["Completed"],
        reason: Some("failure_reason"),
    }],
    activity: Activity::Job(Stop {
        operation: operation!(stop_processing_job, StopProcessingJob),
        // Text of a refused stop: as that of a training job, amazon-sagemaker-operator-for-k8s, clientwrapper.
        not_running: &[error(
            "ValidationException",
            "The request was rejected because the processing job is in status",
        )],
    }),
    // Source: ACK's generator.yaml for SageMaker, and the defaults of the service model.
    server_defaults: &[
        "processing_inputs.app_managed",
        "processing_inputs.s3_input.s3_input_mode",
        "processing_inputs.s3_input.s3_data_distribution_type",
        "processing_inputs.s3_input.s3_compression_type",
        "processing_inputs.dataset_definition.data_distribution_type",
        "processing_inputs.dataset_definition.input_mode",
        "processing_output_config.outputs.app_managed",
        "processing_resources.cluster_config.instance_count",
        "network_config.enable_inter_container_traffic_encryption",
        "network_config.enable_network_isolation",
    ],
    interfaces: Some(&Interfaces {
        ended: Some("processing_end_time"),
        ..interfaces(&["network_config.vpc_config.subnets"], &["network_config.vpc_config.security_group_ids"])
    }),
    logs: Some(Logs::streams("/aws/sagemaker/ProcessingJobs")),
    scripts: Some(&Scripts { given: Given::Input, place: None }),
    hooks: &ProcessingHooks,
    omitted: &[
        (SELECTED_TYPE, "an answer: which of the preferences was taken"),
        (SELECTED_COUNT, "an answer: which of the preferences was taken"),
    ],
    list: Some(&Listing {
        own: &[status(ProcessingJobStatus::values())],
        ..listing(operation!(list_processing_jobs, ListProcessingJobs), "processing_job_summaries", CHANGED)
    }),
    ..named(
        "processing job",
        ProcessingJob::shared,
        "processing_job_name",
        "processing-job/{name}",
        Create {
            operation: operation!(create_processing_job, CreateProcessingJob),
            arn: Some("processing_job_arn"),
            // Source: the service model, CreateProcessingJob.
            exists: &[error("ResourceInUse", "")],
            retryable: &[IAM_PROPAGATION],
        },
        // Source: ACK's generator.yaml for SageMaker, errors.404.
        Read::by(
            operation!(describe_processing_job, DescribeProcessingJob),
            &[error("ValidationException", "Could not find requested job with name"), error("ResourceNotFound", "")],
        ),
        // Source: the service model, DeleteProcessingJob.
        Delete::by(operation!(delete_processing_job, DeleteProcessingJob), &[error("ResourceInUse", "")]),
    )
};

const SELECTED_TYPE: &str = "processing_resources.cluster_config.selected_instance_type";
const SELECTED_COUNT: &str = "processing_resources.cluster_config.selected_instance_count";

struct ProcessingHooks;

#[async_trait]
impl Hooks for ProcessingHooks {
    fn check_config(&self, config: &Value) -> Diags {
        let mut diags = check(config);
        let inputs = config.attribute(ProcessingJob::PROCESSING_INPUTS).as_elements().unwrap_or_default();
        let is_code = |of: &Value| of.attribute(ProcessingInput::INPUT_NAME).as_str() == Some(input::NAME);
        if config.attribute(ProcessingJob::SOURCE_CODE).is_null() {
            return diags;
        }
        let detail = match inputs.len() {
            10.. => "`source_code` is an input, too, and a job has at most 10.".to_owned(),
            _ if inputs.iter().any(is_code) => {
                format!("`source_code` is the input `{}`. Give yours another name.", input::NAME)
            }
            _ => return diags,
        };
        diags.push(Diag::error("No place for source_code", detail).at(Path::of(ProcessingJob::PROCESSING_INPUTS)));
        diags
    }

    async fn plan(&self, _: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        let uris = output_uris(plan.planned());
        // An import finds none where there are none, and stays so.
        let imported = !plan.is_create() && plan.prior.attribute(ProcessingJob::OUTPUT_URIS).is_null();
        plan.set(ProcessingJob::OUTPUT_URIS, if imported && uris.is_empty() { Value::Null } else { uris });
        Ok(())
    }

    fn after_read(&self, _: &Value, _: &Value, value: &mut Value) {
        let uris = output_uris(value);
        value.set_attribute(ProcessingJob::OUTPUT_URIS, uris);
    }
}

/// The S3 URIs of a job's outputs, by name; unknown while a part of them is.
fn output_uris(job: &Value) -> Value {
    let outputs = job.attribute(ProcessingJob::PROCESSING_OUTPUT_CONFIG).attribute(ProcessingOutputConfig::OUTPUTS);
    let mut uris = BTreeMap::new();
    for output in outputs.as_elements().unwrap_or_default() {
        match (
            output.attribute(ProcessingOutput::OUTPUT_NAME),
            output.attribute(ProcessingOutput::S3_OUTPUT).attribute(ProcessingS3Output::S3_URI),
        ) {
            (_, Value::Null) => {}
            (Value::String(name), uri) => drop(uris.insert(name.clone(), uri.clone())),
            _ => return Value::unknown_not_null(),
        }
    }
    Value::Map(uris)
}
