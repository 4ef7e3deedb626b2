//! `mlops_hyper_parameter_tuning_job`: training jobs that look for the best hyperparameters, run once.
//!
//! Quirks of the API: names have at most 32 characters, whatever their case; settings of SageMaker's own are described among
//! the static hyperparameters; a deletion leaves the training jobs, which are the children of the tuning job. Source:
//! SageMaker API reference, CreateHyperParameterTuningJob and DeleteHyperParameterTuningJob.

pub mod config;
mod declaration;
pub mod definition;
pub mod results;
mod rules;

use tfplug::model::Model;
use tfplug::validator::Validator;

use self::config::{Autotune, TuningJobConfig, WarmStartConfig};
pub use self::declaration::HYPER_PARAMETER_TUNING_JOB;
use self::definition::TrainingJobDefinition;
use self::results::{
    BestTrainingJob, CompletionDetails, ConsumedResources, ObjectiveStatusCounters, TrainingJobStatusCounters,
};
use crate::shapes::fields::{Created, Job, ShortNamed, Tagged};
use crate::shapes::network::LeftInterfaces;
use crate::source_code::SourceCode;

/// A SageMaker hyperparameter tuning job: training jobs with different hyperparameters, of which the best is shown. It runs
/// once, on creation, and is waited for. A change of its arguments, its source code or `triggers` replaces it: a new tuning
/// job runs.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "hyper_parameter_tuning_job",
    subcategory = "Training",
    timeouts(create = "24h", update = "24h", delete = "60m"),
    identity("name", optional("region"), derived("account_id")),
    exactly_one_of("training_job_definition", "training_job_definitions")
)]
pub struct HyperParameterTuningJob {
    #[tf(embed)]
    named: ShortNamed,
    #[tf(required, requires_replace)]
    hyper_parameter_tuning_job_config: TuningJobConfig,
    /// The training jobs that the tuning job launches.
    #[tf(optional, requires_replace)]
    training_job_definition: Option<TrainingJobDefinition>,
    /// Several definitions, for instance one for each algorithm. Each has a `definition_name`, and a `tuning_objective` and
    /// `hyper_parameter_ranges` of its own unless `hyper_parameter_tuning_job_config` has them.
    #[tf(optional, requires_replace, validate(Validator::Count { min: 1, max: 10 }))]
    training_job_definitions: Option<Vec<TrainingJobDefinition>>,
    /// Local directory of training code, run by the images of all definitions in script mode; packaged and uploaded by the
    /// provider. A definition runs another script of the directory if it sets `sagemaker_program` in
    /// `static_hyper_parameters`. With `training_job_definitions`, `s3_uri` is required. A change of the files runs a new job.
    #[tf(optional, provider_only)]
    source_code: Option<SourceCode>,
    #[tf(optional, requires_replace)]
    warm_start_config: Option<WarmStartConfig>,
    #[tf(optional, requires_replace)]
    autotune: Option<Autotune>,
    #[tf(embed)]
    job: Job,
    /// Whether a destroy that deletes the tuning job also deletes the training jobs that it launched, with all that they
    /// stored below `s3_output_path`, the model artifacts included. AWS would keep them. Defaults to `true`.
    #[tf(optional, computed, provider_only, default = true)]
    delete_training_jobs: bool,
    #[tf(embed)]
    left_interfaces: LeftInterfaces,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// Status: `InProgress`, `Completed`, `Failed`, `Stopping`, `Stopped`, `Deleting` or `DeleteFailed`.
    #[tf(computed, changes_with("wait_for_completion"))]
    hyper_parameter_tuning_job_status: Option<String>,
    /// Why the tuning job failed, with the training jobs that failed and why; null if it did not.
    #[tf(computed, changes_with("wait_for_completion"))]
    failure_reason: Option<String>,
    /// The completed training job with the best value of the objective metric; null while there is none.
    #[tf(computed, changes_with("wait_for_completion"))]
    best_training_job: Option<BestTrainingJob>,
    /// The best training job of this tuning job and the parents of its warm start, with `IdenticalDataAndAlgorithm`.
    #[tf(computed, changes_with("wait_for_completion"))]
    overall_best_training_job: Option<BestTrainingJob>,
    #[tf(computed, changes_with("wait_for_completion"))]
    training_job_status_counters: Option<TrainingJobStatusCounters>,
    #[tf(computed, changes_with("wait_for_completion"))]
    objective_status_counters: Option<ObjectiveStatusCounters>,
    #[tf(computed, changes_with("wait_for_completion"))]
    tuning_job_completion_details: Option<CompletionDetails>,
    #[tf(computed, changes_with("wait_for_completion"))]
    consumed_resources: Option<ConsumedResources>,
    /// When the tuning job ended, in RFC 3339 format.
    #[tf(computed, changes_with("wait_for_completion"))]
    hyper_parameter_tuning_end_time: Option<String>,
}
