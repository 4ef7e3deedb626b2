//! `mlops_auto_ml_job`: an Autopilot job, run once.
//!
//! Quirks of the API: names have at most 32 characters; there is no operation that deletes a job, so that its record and its
//! name stay for ever; an endpoint that it deploys is an object of its own. Source: SageMaker API reference,
//! CreateAutoMLJobV2 and StopAutoMLJob.

pub mod problem;
pub mod results;

use aws_sdk_sagemaker::types::AutoMlJobStatus;
use tfplug::model::{Model, Root};
use tfplug::validator::Validator;

use self::problem::{
    AutoMlComputeConfig, AutoMlDataSplitConfig, AutoMlJobChannel, AutoMlJobObjective, AutoMlOutputDataConfig,
    AutoMlProblemTypeConfig, AutoMlSecurityConfig, ModelDeployConfig,
};
use self::results::{AutoMlCandidate, AutoMlJobArtifacts, AutoMlResolvedAttributes, ModelDeployResult};
use crate::aws::arn;
use crate::aws::operation::error;
use crate::engine::statuses::Statuses;
use crate::engine::{Activity, Create, Declared, Delete, Interfaces, Listing, Logs, Read, Stop};
use crate::sagemaker::lists::{CHANGED, listing, status};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{NEW_ROLE, named};
use crate::services::network_interfaces::interfaces;
use crate::shapes::fields::{Created, KeptJob, ShortNamed, Tagged};
use crate::shapes::network::LeftInterfaces;

/// An Autopilot job: AWS tries algorithms and settings on a dataset, and shows the best model that it finds. It runs once,
/// when it is created; a change of its arguments or of `triggers` runs a new job. AWS keeps the record of every job, and
/// never accepts its name again: give `name_prefix`, or change `name` with every other change.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "auto_ml_job",
    subcategory = "Training",
    timeouts(create = "24h", update = "24h", delete = "30m"),
    identity("name", optional("region"), derived("account_id"))
)]
pub struct AutoMlJob {
    #[tf(embed)]
    named: ShortNamed,
    /// Training data, and validation data if they are not to be split off.
    #[tf(required, requires_replace, validate(Validator::Count { min: 1, max: 2 }))]
    auto_ml_job_input_data_config: Vec<AutoMlJobChannel>,
    #[tf(required, requires_replace)]
    output_data_config: AutoMlOutputDataConfig,
    #[tf(required, requires_replace)]
    auto_ml_problem_type_config: AutoMlProblemTypeConfig,
    /// ARN of the execution role. It reads the input, writes the output, and pulls the images.
    #[tf(required, requires_replace, validate(arn::ROLE))]
    role_arn: String,
    #[tf(optional, requires_replace)]
    auto_ml_job_objective: Option<AutoMlJobObjective>,
    #[tf(optional, requires_replace)]
    data_split_config: Option<AutoMlDataSplitConfig>,
    #[tf(optional, requires_replace)]
    security_config: Option<AutoMlSecurityConfig>,
    #[tf(optional, requires_replace)]
    model_deploy_config: Option<ModelDeployConfig>,
    #[tf(optional, requires_replace)]
    auto_ml_compute_config: Option<AutoMlComputeConfig>,
    #[tf(embed)]
    job: KeptJob,
    #[tf(embed)]
    left_interfaces: LeftInterfaces,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// Status: `InProgress`, `Completed`, `Failed`, `Stopping` or `Stopped`.
    #[tf(computed, changes_with("wait_for_completion"))]
    auto_ml_job_status: Option<String>,
    /// What the job is doing, or how it ended.
    #[tf(computed, changes_with("wait_for_completion"))]
    auto_ml_job_secondary_status: Option<String>,
    /// Why the job failed.
    #[tf(computed, changes_with("wait_for_completion"))]
    failure_reason: Option<String>,
    /// When the job ended, in RFC 3339 format.
    #[tf(computed, changes_with("wait_for_completion"))]
    end_time: Option<String>,
    #[tf(computed, changes_with("wait_for_completion"))]
    best_candidate: Option<AutoMlCandidate>,
    #[tf(computed, changes_with("wait_for_completion"))]
    auto_ml_job_artifacts: Option<AutoMlJobArtifacts>,
    #[tf(computed, changes_with("wait_for_completion"))]
    resolved_attributes: Option<AutoMlResolvedAttributes>,
    #[tf(computed, changes_with("wait_for_completion"))]
    model_deploy_result: Option<ModelDeployResult>,
}

/// The declaration.
pub static AUTO_ML_JOB: Declared = Declared {
    statuses: &[Statuses {
        member: "auto_ml_job_status",
        busy: &["InProgress", "Stopping"],
        done: &["Completed"],
        reason: Some("failure_reason"),
    }],
    activity: Activity::Job(Stop {
        operation: operation!(stop_auto_ml_job, StopAutoMlJob, "StopAutoMLJob"),
        // Text of a refused stop: as that of a training job, amazon-sagemaker-operator-for-k8s, clientwrapper.
        not_running: &[error("ValidationException", "The request was rejected because the AutoML job is in status")],
    }),
    // Source: the service model, CreateAutoMLJobV2: what AWS takes by default.
    server_defaults: &[
        "auto_ml_job_input_data_config.channel_type",
        "auto_ml_job_input_data_config.content_type",
        "auto_ml_job_input_data_config.compression_type",
        "auto_ml_job_objective",
        "auto_ml_problem_type_config.tabular_job_config.mode",
        "auto_ml_problem_type_config.tabular_job_config.problem_type",
        "auto_ml_problem_type_config.tabular_job_config.generate_candidate_definitions_only",
        "auto_ml_problem_type_config.tabular_job_config.completion_criteria",
        "auto_ml_problem_type_config.image_classification_job_config.completion_criteria",
        "auto_ml_problem_type_config.text_classification_job_config.completion_criteria",
        "auto_ml_problem_type_config.time_series_forecasting_job_config.completion_criteria",
        "auto_ml_problem_type_config.time_series_forecasting_job_config.forecast_quantiles",
        "auto_ml_problem_type_config.text_generation_job_config.completion_criteria",
        "auto_ml_problem_type_config.text_generation_job_config.base_model_name",
        "data_split_config",
        "security_config.enable_inter_container_traffic_encryption",
        "model_deploy_config.auto_generate_endpoint_name",
    ],
    interfaces: Some(&Interfaces {
        ended: Some("end_time"),
        ..interfaces(&["security_config.vpc_config.subnets"], &["security_config.vpc_config.security_group_ids"])
    }),
    logs: Some(Logs::streams("/aws/sagemaker/TrainingJobs")),
    list: Some(&Listing {
        own: &[status(AutoMlJobStatus::values())],
        ..listing(operation!(list_auto_ml_jobs, ListAutoMlJobs, "ListAutoMLJobs"), "auto_ml_job_summaries", CHANGED)
    }),
    ..named(
        "AutoML job",
        AutoMlJob::shared,
        "auto_ml_job_name",
        "automl-job/{name}",
        Create {
            operation: operation!(create_auto_ml_job_v2, CreateAutoMlJobV2, "CreateAutoMLJobV2"),
            arn: Some("auto_ml_job_arn"),
            // Source: the service model, CreateAutoMLJobV2.
            exists: &[error("ResourceInUse", "")],
            retryable: NEW_ROLE,
        },
        // Source: the service model; ACK's generator.yaml for SageMaker, errors.404 of other jobs.
        Read::by(
            operation!(describe_auto_ml_job_v2, DescribeAutoMlJobV2, "DescribeAutoMLJobV2"),
            &[error("ResourceNotFound", ""), error("ValidationException", "Could not find requested job with name")],
        ),
        Delete::Never,
    )
};
