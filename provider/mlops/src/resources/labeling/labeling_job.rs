//! `mlops_labeling_job`: people label data, once.
//!
//! Quirks of the API: there is no operation that deletes a labeling job, so that its record and name stay for ever; names are
//! the same in whatever case; automated labeling is described with resources that were not sent. Source: SageMaker API
//! reference, CreateLabelingJob and StopLabelingJob.

pub mod task;

use async_trait::async_trait;
use aws_sdk_sagemaker::types::LabelingJobStatus;
use tfplug::diag::{Diag, Diags};
use tfplug::model::{Model, Root};
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use self::task::{
    AlgorithmsConfig, HumanTaskConfig, InputConfig, LabelCounters, LabelingOutput, OutputConfig, StoppingConditions,
};
use crate::aws::operation::error;
use crate::aws::{arn, s3_uri};
use crate::engine::statuses::Statuses;
use crate::engine::{Activity, Create, Declared, Delete, Hooks, Listing, Logs, MovedFrom, Read, Stop};
use crate::sagemaker::lists::{CHANGED, listing, status};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{IAM_PROPAGATION, named};
use crate::services::network_interfaces::interfaces;
use crate::shapes::fields::{Created, KeptJob, Named, Tagged};
use crate::shapes::network::LeftInterfaces;

/// A labeling job of Ground Truth: the workers of a team label the objects of a manifest. It runs once, when it is created; a
/// change of its arguments or of `triggers` runs a new job. AWS keeps the record of every labeling job, and never accepts its
/// name again: give `name_prefix`, or change `name` with every other change.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "labeling_job",
    subcategory = "Labeling",
    timeouts(create = "720h", update = "720h", delete = "30m"),
    identity("name", optional("region"), derived("account_id"))
)]
pub struct LabelingJob {
    #[tf(embed)]
    named: Named,
    /// ARN of the IAM role that SageMaker assumes to read the data and to store the labels.
    #[tf(required, requires_replace, validate(arn::ROLE))]
    role_arn: String,
    /// Name of the label in the output manifest. It must not end in `-metadata`. That of semantic segmentation, 3D point cloud
    /// and video frame jobs ends in `-ref`.
    #[tf(required, requires_replace, validate(LABEL))]
    label_attribute_name: String,
    #[tf(required, requires_replace)]
    input_config: InputConfig,
    #[tf(required, requires_replace)]
    output_config: OutputConfig,
    #[tf(required, requires_replace)]
    human_task_config: HumanTaskConfig,
    /// S3 URI of the JSON file with the categories. All built-in task types need it.
    #[tf(optional, requires_replace, validate(s3_uri::LOCATION))]
    label_category_config_s3_uri: Option<String>,
    #[tf(optional, computed, use_state_for_unknown, requires_replace)]
    stopping_conditions: Option<StoppingConditions>,
    #[tf(optional, requires_replace)]
    labeling_job_algorithms_config: Option<AlgorithmsConfig>,
    #[tf(embed)]
    job: KeptJob,
    #[tf(embed)]
    left_interfaces: LeftInterfaces,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// Status: `Initializing`, `InProgress`, `Completed`, `Failed`, `Stopping` or `Stopped`.
    #[tf(computed, changes_with("wait_for_completion"))]
    labeling_job_status: Option<String>,
    /// Why the job failed; null if it did not.
    #[tf(computed, changes_with("wait_for_completion"))]
    failure_reason: Option<String>,
    #[tf(computed, changes_with("wait_for_completion"))]
    label_counters: Option<LabelCounters>,
    #[tf(computed, changes_with("wait_for_completion"))]
    labeling_job_output: Option<LabelingOutput>,
    /// Identifier of the work of this job.
    #[tf(computed, use_state_for_unknown)]
    job_reference_code: Option<String>,
}

/// Source: SageMaker API reference, CreateLabelingJob.LabelAttributeName.
const LABEL: Validator = Validator::Text {
    expected: "1 to 127 letters, digits and inner hyphens that do not end in `-metadata`",
    accepts: |s| {
        let is_word = s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && s == s.trim_matches('-');
        is_word && (1..=127).contains(&s.len()) && !s.ends_with("-metadata")
    },
};

/// The declaration.
pub static LABELING_JOB: Declared = Declared {
    moved_from: &[MovedFrom::new("aws_sagemaker_labeling_job", &["labeling_job_name"])],
    statuses: &[Statuses {
        member: "labeling_job_status",
        busy: &["Initializing", "InProgress", "Stopping"],
        done: &["Completed"],
        reason: Some("failure_reason"),
    }],
    activity: Activity::Job(Stop {
        operation: operation!(stop_labeling_job, StopLabelingJob),
        // Text of a refused stop: as that of a training job, amazon-sagemaker-operator-for-k8s, clientwrapper.
        not_running: &[error("ValidationException", "The request was rejected because the labeling job is in status")],
    }),
    // Source: ACK's generator.yaml for SageMaker, late initialization; API reference, HumanTaskConfig.
    server_defaults: &[
        "stopping_conditions",
        "labeling_job_algorithms_config.labeling_job_resource_config",
        "human_task_config.max_concurrent_task_count",
        "human_task_config.task_availability_lifetime_in_seconds",
    ],
    // One stream of the job's own name. Source: SageMaker developer guide, "Logging with Amazon CloudWatch".
    logs: Some(Logs { group: "/aws/sagemaker/LabelingJobs", streams: Some("{name}") }),
    interfaces: Some(&interfaces(
        &["labeling_job_algorithms_config.labeling_job_resource_config.vpc_config.subnets"],
        &["labeling_job_algorithms_config.labeling_job_resource_config.vpc_config.security_group_ids"],
    )),
    hooks: &LabelingHooks,
    list: Some(&Listing {
        own: &[status(LabelingJobStatus::values())],
        ..listing(operation!(list_labeling_jobs, ListLabelingJobs), "labeling_job_summary_list", CHANGED)
    }),
    ..named(
        "labeling job",
        LabelingJob::shared,
        "labeling_job_name",
        "labeling-job/{name}",
        Create {
            operation: operation!(create_labeling_job, CreateLabelingJob),
            arn: Some("labeling_job_arn"),
            // Source: the service model, CreateLabelingJob.
            exists: &[error("ResourceInUse", "")],
            retryable: &[IAM_PROPAGATION],
        },
        // Source: the service model; ACK's generator.yaml for SageMaker, errors.404.
        Read::by(
            operation!(describe_labeling_job, DescribeLabelingJob),
            &[error("ValidationException", "Requested resource not found"), error("ResourceNotFound", "")],
        ),
        Delete::Never,
    )
};

struct LabelingHooks;

#[async_trait]
impl Hooks for LabelingHooks {
    fn check_config(&self, config: &Value) -> Diags {
        let mut diags = Diags::new();
        let task = config.attribute(LabelingJob::HUMAN_TASK_CONFIG);
        let is_public =
            task.attribute(HumanTaskConfig::WORKTEAM_ARN).as_str().map(|arn| arn.contains(":workteam/public-crowd/"));
        let priced = !task.attribute(HumanTaskConfig::PUBLIC_WORKFORCE_TASK_PRICE).is_null();
        if is_public == Some(false) && priced {
            let detail = "Only Amazon Mechanical Turk is paid by the task, whose team is `public-crowd/default`.";
            let at = Path::of(LabelingJob::HUMAN_TASK_CONFIG).attribute(HumanTaskConfig::PUBLIC_WORKFORCE_TASK_PRICE);
            diags.push(Diag::error("Invalid public_workforce_task_price", detail).at(at));
        }
        diags
    }
}
