//! How training jobs are created, waited for, changed and deleted.

use aws_sdk_sagemaker::types::TrainingJobStatus;
use tfplug::model::Root;

use super::TrainingJob;
use super::hooks::TrainingHooks;
use crate::aws::operation::{Operation, error};
use crate::engine::statuses::Statuses;
use crate::engine::{
    Activity, Create, Declared, Delete, Given, Interfaces, Listing, Logs, MovedFrom, Read, Scripts, Settings, Stop,
    UpdateBy,
};
use crate::sagemaker::lists::{CHANGED, listing, status};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{NEW_ROLE, named};
use crate::services::network_interfaces::interfaces;

/// The declaration.
pub static TRAINING_JOB: Declared = Declared {
    moved_from: &[MovedFrom::new("aws_sagemaker_training_job", &["training_job_name"])],
    statuses: &[Statuses {
        member: "training_job_status",
        busy: &["InProgress", "Stopping", "Deleting"],
        done: &["Completed"],
        reason: Some("failure_reason"),
    }],
    activity: Activity::Job(Stop {
        operation: operation!(stop_training_job, StopTrainingJob),
        // Text of a refused stop: amazon-sagemaker-operator-for-k8s, clientwrapper.
        not_running: &[error("ValidationException", "The request was rejected because the training job is in status")],
    }),
    // Source: SageMaker API reference, UpdateTrainingJob.
    updates: &[
        UpdateBy {
            while_running: true,
            ..UpdateBy::new(UPDATE, &["profiler_config", "profiler_rule_configurations", "remote_debug_config"])
        },
        UpdateBy::new(UPDATE, &["resource_config.keep_alive_period_in_seconds"]),
    ],
    not_described: &["session_chaining_config"],
    server_defaults: &[
        "algorithm_specification.metric_definitions",
        "algorithm_specification.enable_sagemaker_metrics_time_series",
        "resource_config.volume_size_in_gb",
        "profiler_config",
        "profiler_rule_configurations",
        "debug_hook_config",
    ],
    interfaces: Some(&Interfaces {
        ended: Some("training_end_time"),
        ..interfaces(&["vpc_config.subnets"], &["vpc_config.security_group_ids"])
    }),
    logs: Some(Logs::streams("/aws/sagemaker/TrainingJobs")),
    // Names of the settings: the SageMaker training toolkit.
    scripts: Some(&Scripts {
        given: Given::Settings(Settings {
            at: &["hyper_parameters"],
            program: "sagemaker_program",
            directory: "sagemaker_submit_directory",
        }),
        place: Some(OUTPUT),
    }),
    hooks: &TrainingHooks,
    omitted: &[
        ("resource_config.selected_instance_type", "an answer: which of the preferences was taken"),
        ("resource_config.selected_instance_count", "an answer: which of the preferences was taken"),
    ],
    list: Some(&Listing {
        own: &[status(TrainingJobStatus::values())],
        ..listing(operation!(list_training_jobs, ListTrainingJobs), "training_job_summaries", CHANGED)
    }),
    ..named(
        "training job",
        TrainingJob::shared,
        "training_job_name",
        "training-job/{name}",
        Create {
            operation: operation!(create_training_job, CreateTrainingJob),
            arn: Some("training_job_arn"),
            // Source: the service model, CreateTrainingJob.
            exists: &[error("ResourceInUse", "")],
            retryable: NEW_ROLE,
        },
        // Source: ACK's generator.yaml for SageMaker, errors.404.
        Read::by(
            operation!(describe_training_job, DescribeTrainingJob),
            &[error("ValidationException", "Requested resource not found"), error("ResourceNotFound", "")],
        ),
        // Source: the service model, DeleteTrainingJob.
        Delete::by(operation!(delete_training_job, DeleteTrainingJob), &[error("ResourceInUse", "")]),
    )
};

pub(super) const UPDATE: Operation = operation!(update_training_job, UpdateTrainingJob);

/// Where the user wants the model artifact, and the scripts unless said otherwise.
pub(super) const OUTPUT: &str = "output_data_config.s3_output_path";
