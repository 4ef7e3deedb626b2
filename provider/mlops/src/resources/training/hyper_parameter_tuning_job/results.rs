//! What a tuning job came to.

use std::collections::BTreeMap;

use tfplug::model::Model;

use crate::shapes::training::ModelArtifacts;

/// A training job of a tuning job.
#[derive(Clone, Debug, Model)]
pub struct BestTrainingJob {
    /// Name of the training job.
    #[tf(computed, use_state_for_unknown)]
    training_job_name: Option<String>,
    /// ARN of the training job.
    #[tf(computed, use_state_for_unknown)]
    training_job_arn: Option<String>,
    /// Name of its definition.
    #[tf(computed, use_state_for_unknown)]
    training_job_definition_name: Option<String>,
    /// Name of the tuning job that launched it.
    #[tf(computed, use_state_for_unknown)]
    tuning_job_name: Option<String>,
    /// Values of the hyperparameters that were searched, by name.
    #[tf(computed, use_state_for_unknown)]
    tuned_hyper_parameters: BTreeMap<String, String>,
    #[tf(computed, use_state_for_unknown)]
    final_hyper_parameter_tuning_job_objective_metric: Option<FinalObjective>,
    #[tf(computed, use_state_for_unknown)]
    model_artifacts: Option<ModelArtifacts>,
}

/// Final value of the objective metric.
#[derive(Clone, Debug, Model)]
pub struct FinalObjective {
    /// Whether it was maximized or minimized: `Maximize` or `Minimize`.
    #[tf(computed, rename = "type", use_state_for_unknown)]
    r#type: Option<String>,
    /// Name of the metric.
    #[tf(computed, use_state_for_unknown)]
    metric_name: Option<String>,
    /// Value of the metric.
    #[tf(computed, use_state_for_unknown)]
    value: Option<f64>,
}

/// Number of training jobs by status.
#[derive(Clone, Debug, Model)]
pub struct TrainingJobStatusCounters {
    /// Training jobs that completed.
    #[tf(computed, use_state_for_unknown)]
    completed: Option<i64>,
    /// Training jobs that are in progress.
    #[tf(computed, use_state_for_unknown)]
    in_progress: Option<i64>,
    /// Training jobs that failed because of an error of the service, and can be tried again.
    #[tf(computed, use_state_for_unknown)]
    retryable_error: Option<i64>,
    /// Training jobs that failed otherwise.
    #[tf(computed, use_state_for_unknown)]
    non_retryable_error: Option<i64>,
    /// Training jobs that were stopped.
    #[tf(computed, use_state_for_unknown)]
    stopped: Option<i64>,
}

/// Number of training jobs by the status of their objective metric.
#[derive(Clone, Debug, Model)]
pub struct ObjectiveStatusCounters {
    /// Training jobs whose final objective metric was evaluated.
    #[tf(computed, use_state_for_unknown)]
    succeeded: Option<i64>,
    /// Training jobs that are in progress.
    #[tf(computed, use_state_for_unknown)]
    pending: Option<i64>,
    /// Training jobs that failed or did not emit the objective metric.
    #[tf(computed, use_state_for_unknown)]
    failed: Option<i64>,
}

/// How the tuning job came to its end.
#[derive(Clone, Debug, Model)]
pub struct CompletionDetails {
    /// Number of training jobs that did not improve the objective by more than 1%.
    #[tf(computed, use_state_for_unknown)]
    number_of_training_jobs_objective_not_improving: Option<i64>,
    /// When convergence was detected, in RFC 3339 format.
    #[tf(computed, use_state_for_unknown)]
    convergence_detected_time: Option<String>,
}

/// Resources that the tuning job consumed.
#[derive(Clone, Debug, Model)]
pub struct ConsumedResources {
    /// Run time in seconds.
    #[tf(computed, use_state_for_unknown)]
    runtime_in_seconds: Option<i64>,
}
