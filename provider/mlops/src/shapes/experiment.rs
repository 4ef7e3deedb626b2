//! Experiments that jobs are tracked in.

use tfplug::model::Model;

/// Experiment that the job is tracked in.
#[derive(Clone, Debug, Model)]
pub struct ExperimentConfig {
    /// Name of an existing experiment.
    #[tf(optional)]
    experiment_name: Option<String>,
    /// Name of an existing trial. A new trial unless set.
    #[tf(optional)]
    trial_name: Option<String>,
    /// Display name of the trial component that SageMaker creates.
    #[tf(optional)]
    trial_component_display_name: Option<String>,
    /// Name of the experiment run.
    #[tf(optional)]
    run_name: Option<String>,
}
