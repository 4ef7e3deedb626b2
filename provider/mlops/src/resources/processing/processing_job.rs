//! `mlops_processing_job`: a script on data in S3, run once.
//!
//! Quirks of the API: the error for a job that does not exist is a ValidationException; members of inputs and outputs are
//! described where none were sent; a job can only be deleted at rest, and its name is free afterwards. Source: SageMaker API
//! reference, CreateProcessingJob and DeleteProcessingJob.

mod declaration;

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;

pub use self::declaration::PROCESSING_JOB;
use crate::aws::arn;
use crate::shapes::experiment::ExperimentConfig;
use crate::shapes::fields::{Created, Job, Named, Tagged};
use crate::shapes::network::LeftInterfaces;
use crate::shapes::processing::{
    AppSpecification, NetworkConfig, ProcessingInput, ProcessingOutputConfig, ProcessingResources,
    ProcessingStoppingCondition, one_day,
};
use crate::source_code::SourceCode;

/// A SageMaker processing job: a script that prepares data or evaluates a model, run once on creation and waited for. A
/// change of its arguments, its source code or `triggers` replaces it: a new job runs.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "processing_job",
    subcategory = "Processing",
    timeouts(create = "24h", update = "24h", delete = "30m"),
    identity("name", optional("region"), derived("account_id"))
)]
pub struct ProcessingJob {
    #[tf(embed)]
    named: Named,
    /// ARN of the IAM role that SageMaker assumes to run the job. It needs to read the inputs and `source_code.s3_uri`, and
    /// to write the outputs.
    #[tf(required, requires_replace, validate(arn::ROLE))]
    role_arn: String,
    #[tf(required, requires_replace)]
    app_specification: AppSpecification,
    /// Local directory of source code, packaged and uploaded by the provider to `s3_uri`, which is required. It is the input
    /// `code` of the job, and is unpacked to `/opt/ml/processing/input/code`, where `entry_point` runs. The image needs
    /// `/bin/sh` and `tar`. A change of the files runs a new job.
    #[tf(optional, provider_only)]
    source_code: Option<SourceCode>,
    /// Input data. With `source_code` at most 9, for it is an input, too.
    #[tf(optional, requires_replace, validate(Validator::Count { min: 0, max: 10 }))]
    processing_inputs: Option<Vec<ProcessingInput>>,
    #[tf(optional, requires_replace)]
    processing_output_config: Option<ProcessingOutputConfig>,
    #[tf(required, requires_replace)]
    processing_resources: ProcessingResources,
    #[tf(optional, computed, requires_replace, default_value(one_day()))]
    stopping_condition: Option<ProcessingStoppingCondition>,
    /// Environment variables of the container.
    #[tf(optional, requires_replace, validate(Validator::Count { min: 0, max: 100 }))]
    environment: Option<BTreeMap<String, String>>,
    #[tf(optional, requires_replace)]
    network_config: Option<NetworkConfig>,
    #[tf(optional, requires_replace)]
    experiment_config: Option<ExperimentConfig>,
    #[tf(embed)]
    job: Job,
    #[tf(embed)]
    left_interfaces: LeftInterfaces,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// S3 URI of each output in S3, by the name of the output. Empty if there are none.
    #[tf(computed, planned, provider_only, use_state_for_unknown)]
    output_uris: BTreeMap<String, String>,
    /// Status: `InProgress`, `Completed`, `Failed`, `Stopping` or `Stopped`.
    #[tf(computed, changes_with("wait_for_completion"))]
    processing_job_status: Option<String>,
    /// Message that the container wrote to `/opt/ml/output/message`; null if it wrote none.
    #[tf(computed, changes_with("wait_for_completion"))]
    exit_message: Option<String>,
    /// Why the job failed; null if it did not.
    #[tf(computed, changes_with("wait_for_completion"))]
    failure_reason: Option<String>,
    /// When the container started, in RFC 3339 format.
    #[tf(computed, changes_with("wait_for_completion"))]
    processing_start_time: Option<String>,
    /// When the job ended, in RFC 3339 format.
    #[tf(computed, changes_with("wait_for_completion"))]
    processing_end_time: Option<String>,
}
