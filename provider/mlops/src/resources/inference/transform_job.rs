//! `mlops_transform_job`: a batch transform, run once.
//!
//! Quirks of the API: there is no operation that deletes a transform job, so that its record and name stay for ever; a
//! data-processing configuration is described where none was sent. Source: SageMaker API reference, CreateTransformJob and
//! StopTransformJob.

use aws_sdk_sagemaker::types::TransformJobStatus;
use std::collections::BTreeMap;

use tfplug::model::{Model, Root};
use tfplug::validator::Validator;

use crate::aws::operation::error;
use crate::engine::statuses::Statuses;
use crate::engine::{Activity, Create, Declared, Delete, Interfaces, Listing, Logs, Read, Stop};
use crate::sagemaker::lists::{CHANGED, listing, status};
use crate::sagemaker::names;
use crate::sagemaker::operation::operation;
use crate::sagemaker::{IAM_PROPAGATION, named};
use crate::services::network_interfaces::interfaces;
use crate::shapes::experiment::ExperimentConfig;
use crate::shapes::fields::{Created, KeptJob, Named, Tagged};
use crate::shapes::transform::{
    BatchDataCaptureConfig, DataProcessing, ModelClientConfig, TransformInput, TransformOutput, TransformResources,
};

/// A batch transform job: inference on a whole dataset in S3. It runs once, when it is created; a change of its arguments or
/// of `triggers` runs a new job. AWS keeps the record of every transform job, and never accepts its name again: give
/// `name_prefix`, or change `name` with every other change.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "transform_job",
    subcategory = "Inference",
    timeouts(create = "24h", update = "24h", delete = "30m"),
    identity("name", optional("region"), derived("account_id"))
)]
pub struct TransformJob {
    #[tf(embed)]
    named: Named,
    /// Name of the model. It must exist until the job has ended.
    #[tf(required, requires_replace, validate(names::NAME))]
    model_name: String,
    /// Input data.
    #[tf(required, requires_replace)]
    transform_input: TransformInput,
    /// Where the results are stored.
    #[tf(required, requires_replace)]
    transform_output: TransformOutput,
    /// Instances of the job.
    #[tf(required, requires_replace)]
    transform_resources: TransformResources,
    /// How many records a request may have: `SingleRecord`, or `MultiRecord` for as many as fit. It needs
    /// `transform_input.split_type` other than `None`.
    #[tf(optional, requires_replace, validate(Validator::OneOf(&["MultiRecord", "SingleRecord"])))]
    batch_strategy: Option<String>,
    /// Maximum number of parallel requests to each instance. AWS takes the model's own value or 1 unless set.
    #[tf(optional, computed, use_state_for_unknown, requires_replace, validate(Validator::Range { min: 0, max: i64::MAX }))]
    max_concurrent_transforms: Option<i64>,
    /// Maximum size of a request in MB. Its product with `max_concurrent_transforms` is at most 100; 0 means no limit, for
    /// algorithms that support streaming. AWS takes 6 unless set.
    #[tf(optional, computed, use_state_for_unknown, requires_replace, validate(Validator::Range { min: 0, max: 100 }))]
    max_payload_in_mb: Option<i64>,
    /// How SageMaker invokes the model.
    #[tf(optional, computed, use_state_for_unknown, requires_replace)]
    model_client_config: Option<ModelClientConfig>,
    /// Environment variables of the container.
    #[tf(optional, requires_replace, validate(Validator::Count { min: 0, max: 16 }))]
    environment: Option<BTreeMap<String, String>>,
    /// Selection of the input and output, and joining of both.
    #[tf(optional, computed, use_state_for_unknown, requires_replace)]
    data_processing: Option<DataProcessing>,
    /// Capture of input and output.
    #[tf(optional, requires_replace)]
    data_capture_config: Option<BatchDataCaptureConfig>,
    /// Experiment that the job belongs to.
    #[tf(optional, requires_replace)]
    experiment_config: Option<ExperimentConfig>,
    #[tf(embed)]
    job: KeptJob,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// Status: `InProgress`, `Completed`, `Failed`, `Stopping` or `Stopped`.
    #[tf(computed, changes_with("wait_for_completion"))]
    transform_job_status: Option<String>,
    /// Why the job failed.
    #[tf(computed, changes_with("wait_for_completion"))]
    failure_reason: Option<String>,
    /// When the job began to transform, in RFC 3339 format.
    #[tf(computed, changes_with("wait_for_completion"))]
    transform_start_time: Option<String>,
    /// When the job ended, in RFC 3339 format.
    #[tf(computed, changes_with("wait_for_completion"))]
    transform_end_time: Option<String>,
}

/// The declaration.
pub static TRANSFORM_JOB: Declared = Declared {
    statuses: &[Statuses {
        member: "transform_job_status",
        busy: &["InProgress", "Stopping"],
        done: &["Completed"],
        reason: Some("failure_reason"),
    }],
    activity: Activity::Job(Stop {
        operation: operation!(stop_transform_job, StopTransformJob),
        // Text of a refused stop: as that of a training job, amazon-sagemaker-operator-for-k8s, clientwrapper.
        not_running: &[error("ValidationException", "The request was rejected because the transform job is in status")],
    }),
    // Source: ACK's generator.yaml for SageMaker, late initialization.
    server_defaults: &["max_concurrent_transforms", "max_payload_in_mb", "model_client_config", "data_processing"],
    interfaces: Some(&Interfaces { is_user: true, ..interfaces(&[], &[]) }),
    logs: Some(Logs::streams("/aws/sagemaker/TransformJobs")),
    list: Some(&Listing {
        own: &[status(TransformJobStatus::values())],
        ..listing(operation!(list_transform_jobs, ListTransformJobs), "transform_job_summaries", CHANGED)
    }),
    ..named(
        "transform job",
        TransformJob::shared,
        "transform_job_name",
        "transform-job/{name}",
        Create {
            operation: operation!(create_transform_job, CreateTransformJob),
            arn: Some("transform_job_arn"),
            // Source: the service model, CreateTransformJob.
            exists: &[error("ResourceInUse", "")],
            // A model made a moment ago may not be visible yet. Text: as DescribeModel's, ACK's generator.yaml.
            retryable: &[IAM_PROPAGATION, error("ValidationException", "Could not find model")],
        },
        // Source: ACK's generator.yaml for SageMaker, errors.404.
        Read::by(
            operation!(describe_transform_job, DescribeTransformJob),
            &[error("ValidationException", "Could not find requested job with name"), error("ResourceNotFound", "")],
        ),
        Delete::Never,
    )
};
