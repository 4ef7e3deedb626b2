//! How tuning jobs are created, waited for and deleted, with the training jobs that they launch.

use aws_sdk_sagemaker::types::HyperParameterTuningJobStatus;
use std::collections::BTreeMap;

use async_trait::async_trait;
use tfplug::diag::Diags;
use tfplug::model::Root;
use tfplug::value::{Path, Value};

use super::{HyperParameterTuningJob, rules};
use crate::aws::operation::{error, error_ending};
use crate::engine::children::Children;
use crate::engine::statuses::Statuses;
use crate::engine::{
    Activity, Create, Declared, Delete, Given, Hooks, Interfaces, Listing, MovedFrom, Read, Scripts, Settings, Stop,
};
use crate::resources::training::hyper_parameter_tuning_job::definition::{TrainingJobDefinition, TuningAlgorithm};
use crate::resources::training::training_job::TRAINING_JOB;
use crate::sagemaker::lists::{CHANGED, listing, status};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{NEW_ROLE, named};
use crate::services::network_interfaces::interfaces;

/// The declaration.
pub static HYPER_PARAMETER_TUNING_JOB: Declared = Declared {
    moved_from: &[MovedFrom::new("aws_sagemaker_hyper_parameter_tuning_job", &["name"])],
    statuses: &[Statuses {
        member: "hyper_parameter_tuning_job_status",
        busy: &["InProgress", "Stopping", "Deleting"],
        done: &["Completed"],
        reason: Some("failure_reason"),
    }],
    activity: Activity::Job(Stop {
        operation: operation!(stop_hyper_parameter_tuning_job, StopHyperParameterTuningJob),
        // Text of a refused stop: as that of a training job, amazon-sagemaker-operator-for-k8s, clientwrapper.
        not_running: &[error(
            "ValidationException",
            "The request was rejected because the hyperparameter tuning job is in status",
        )],
    }),
    children: Some(&Children {
        when: "delete_training_jobs",
        declared: &TRAINING_JOB,
        list: operation!(list_training_jobs, ListTrainingJobs),
        items: "training_job_summaries",
        parent: "tuning_job_arn",
        ended: "hyper_parameter_tuning_end_time",
        output: "output_data_config.s3_output_path",
        summaries: &["best_training_job", "overall_best_training_job"],
        completed_by: "model_artifacts",
    }),
    // Source: ACK's generator.yaml for SageMaker, and the API reference: what AWS takes by default, what Autotune chooses.
    interfaces: Some(&Interfaces {
        ended: Some("hyper_parameter_tuning_end_time"),
        // They name the training jobs.
        of_users: true,
        ..interfaces(
            &["training_job_definition.vpc_config.subnets", "training_job_definitions.vpc_config.subnets"],
            &[
                "training_job_definition.vpc_config.security_group_ids",
                "training_job_definitions.vpc_config.security_group_ids",
            ],
        )
    }),
    server_defaults: &[
        "hyper_parameter_tuning_job_config.training_job_early_stopping_type",
        "hyper_parameter_tuning_job_config.tuning_job_completion_criteria",
        "hyper_parameter_tuning_job_config.random_seed",
        "hyper_parameter_tuning_job_config.resource_limits.max_number_of_training_jobs",
        "hyper_parameter_tuning_job_config.resource_limits.max_runtime_in_seconds",
        "hyper_parameter_tuning_job_config.parameter_ranges.integer_parameter_ranges.scaling_type",
        "hyper_parameter_tuning_job_config.parameter_ranges.continuous_parameter_ranges.scaling_type",
        "training_job_definition.hyper_parameter_ranges.integer_parameter_ranges.scaling_type",
        "training_job_definition.hyper_parameter_ranges.continuous_parameter_ranges.scaling_type",
        "training_job_definition.algorithm_specification.metric_definitions",
        "training_job_definition.resource_config.volume_size_in_gb",
        "training_job_definition.hyper_parameter_tuning_resource_config.volume_size_in_gb",
        "training_job_definition.hyper_parameter_tuning_resource_config.allocation_strategy",
        "training_job_definition.retry_strategy",
        "training_job_definitions.hyper_parameter_ranges.integer_parameter_ranges.scaling_type",
        "training_job_definitions.hyper_parameter_ranges.continuous_parameter_ranges.scaling_type",
        "training_job_definitions.algorithm_specification.metric_definitions",
        "training_job_definitions.resource_config.volume_size_in_gb",
        "training_job_definitions.hyper_parameter_tuning_resource_config.volume_size_in_gb",
        "training_job_definitions.hyper_parameter_tuning_resource_config.allocation_strategy",
        "training_job_definitions.retry_strategy",
    ],
    // Names of the settings: the SageMaker training toolkit.
    scripts: Some(&Scripts {
        given: Given::Settings(Settings {
            at: &[
                "training_job_definition.static_hyper_parameters",
                "training_job_definitions.static_hyper_parameters",
            ],
            program: "sagemaker_program",
            directory: "sagemaker_submit_directory",
        }),
        place: Some("training_job_definition.output_data_config.s3_output_path"),
    }),
    hooks: &TuningHooks,
    omitted: &[
        ("training_job_definition.resource_config.selected_instance_type", SELECTED),
        ("training_job_definition.resource_config.selected_instance_count", SELECTED),
        ("training_job_definitions.resource_config.selected_instance_type", SELECTED),
        ("training_job_definitions.resource_config.selected_instance_count", SELECTED),
    ],
    list: Some(&Listing {
        own: &[status(HyperParameterTuningJobStatus::values())],
        ..listing(
            operation!(list_hyper_parameter_tuning_jobs, ListHyperParameterTuningJobs),
            "hyper_parameter_tuning_job_summaries",
            CHANGED,
        )
    }),
    ..named(
        "hyperparameter tuning job",
        HyperParameterTuningJob::shared,
        "hyper_parameter_tuning_job_name",
        "hyper-parameter-tuning-job/{name}",
        Create {
            operation: operation!(create_hyper_parameter_tuning_job, CreateHyperParameterTuningJob),
            arn: Some("hyper_parameter_tuning_job_arn"),
            // Source: the service model, CreateHyperParameterTuningJob.
            exists: &[error("ResourceInUse", "")],
            retryable: NEW_ROLE,
        },
        // Source: the service model; ACK's generator.yaml for SageMaker, errors.404.
        Read::by(
            operation!(describe_hyper_parameter_tuning_job, DescribeHyperParameterTuningJob),
            &[error("ResourceNotFound", "")],
        ),
        // Source: terraform-provider-aws, internal/service/sagemaker.
        Delete::by(
            operation!(delete_hyper_parameter_tuning_job, DeleteHyperParameterTuningJob),
            &[error_ending("ValidationException", "is not in a terminal state.")],
        ),
    )
};

const SELECTED: &str = "in responses only: which of the preferences was taken";

struct TuningHooks;

#[async_trait]
impl Hooks for TuningHooks {
    fn check_config(&self, config: &Value) -> Diags {
        rules::check(config)
    }

    fn after_read(&self, _: &Value, state: &Value, value: &mut Value) {
        let one = Path::of(HyperParameterTuningJob::TRAINING_JOB_DEFINITION);
        let several = Path::of(HyperParameterTuningJob::TRAINING_JOB_DEFINITIONS);
        let count =
            value.attribute(HyperParameterTuningJob::TRAINING_JOB_DEFINITIONS).as_elements().map_or(0, <[Value]>::len);
        for at in [one].into_iter().chain((0..count).map(|i| several.index(i))) {
            let known = state.at(&at).cloned().unwrap_or(Value::Null);
            if let Some(definition) = value.at_mut(&at) {
                hide_what_aws_adds(&known, definition);
            }
        }
    }
}

/// Takes SageMaker's own settings, which begin with an underscore, out of the static hyperparameters; and shows an
/// algorithm by its name, if the user named it so. Source: ACK's hyper_parameter_tuning_job/custom_delta.go;
/// terraform-provider-aws, hyper_parameter_tuning_job.go.
fn hide_what_aws_adds(known: &Value, definition: &mut Value) {
    let before = known.attribute(TrainingJobDefinition::STATIC_HYPER_PARAMETERS);
    if let Some(described) = definition.attribute(TrainingJobDefinition::STATIC_HYPER_PARAMETERS).as_entries() {
        let is_own =
            |name: &String| !name.starts_with('_') || before.as_entries().is_some_and(|b| b.contains_key(name));
        let own: BTreeMap<_, _> =
            described.iter().filter(|(name, _)| is_own(name)).map(|(name, v)| (name.clone(), v.clone())).collect();
        let shown = if own.is_empty() && before.is_null() { Value::Null } else { Value::Map(own) };
        definition.set_attribute(TrainingJobDefinition::STATIC_HYPER_PARAMETERS, shown);
    }
    let name = known
        .attribute(TrainingJobDefinition::ALGORITHM_SPECIFICATION)
        .attribute(TuningAlgorithm::ALGORITHM_NAME)
        .clone();
    if let (Some(algorithm), Some(text)) =
        (definition.at_mut(&Path::of(TrainingJobDefinition::ALGORITHM_SPECIFICATION)), name.as_str())
        && algorithm
            .attribute(TuningAlgorithm::ALGORITHM_NAME)
            .as_str()
            .is_some_and(|arn| arn.ends_with(&format!(":algorithm/{text}")))
    {
        algorithm.set_attribute(TuningAlgorithm::ALGORITHM_NAME, name);
    }
}
