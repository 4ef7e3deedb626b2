//! What an Autopilot job found.

use std::collections::BTreeMap;

use tfplug::model::Model;

/// The best model.
#[derive(Clone, Debug, Model)]
pub struct AutoMlCandidate {
    /// Name of the candidate.
    #[tf(computed)]
    candidate_name: Option<String>,
    /// Status of the candidate.
    #[tf(computed)]
    candidate_status: Option<String>,
    /// Status of its objective: `Succeeded`, `Pending` or `Failed`.
    #[tf(computed)]
    objective_status: Option<String>,
    #[tf(computed)]
    final_auto_ml_job_objective_metric: Option<FinalAutoMlJobObjectiveMetric>,
    /// Jobs that made it.
    #[tf(computed)]
    candidate_steps: Vec<AutoMlCandidateStep>,
    /// Containers that serve it, for `mlops_model`.
    #[tf(computed)]
    inference_containers: Vec<AutoMlContainerDefinition>,
    #[tf(computed)]
    candidate_properties: Option<CandidateProperties>,
    /// Why it failed; null if it did not.
    #[tf(computed)]
    failure_reason: Option<String>,
    /// When it was begun, in RFC 3339 format.
    #[tf(computed)]
    creation_time: Option<String>,
    /// When it ended, in RFC 3339 format.
    #[tf(computed)]
    end_time: Option<String>,
}

/// The metric that was optimized.
#[derive(Clone, Debug, Model)]
pub struct FinalAutoMlJobObjectiveMetric {
    /// Direction: `Maximize` or `Minimize`.
    #[tf(computed, rename = "type")]
    objective_type: Option<String>,
    /// Name of the metric.
    #[tf(computed)]
    metric_name: Option<String>,
    /// Its value.
    #[tf(computed)]
    value: Option<f64>,
    /// Name of the metric in Autopilot's documentation.
    #[tf(computed)]
    standard_metric_name: Option<String>,
}

/// A job that made a candidate.
#[derive(Clone, Debug, Model)]
pub struct AutoMlCandidateStep {
    /// Kind of the job, such as `AWS::SageMaker::TrainingJob`.
    #[tf(computed)]
    candidate_step_type: Option<String>,
    /// ARN of the job.
    #[tf(computed)]
    candidate_step_arn: Option<String>,
    /// Name of the job.
    #[tf(computed)]
    candidate_step_name: Option<String>,
}

/// A container of the model.
#[derive(Clone, Debug, Model)]
pub struct AutoMlContainerDefinition {
    /// URI of the image.
    #[tf(computed)]
    image: Option<String>,
    /// S3 URI of the model artifact.
    #[tf(computed)]
    model_data_url: Option<String>,
    /// Environment variables.
    #[tf(computed)]
    environment: BTreeMap<String, String>,
}

/// Reports and metrics of a candidate.
#[derive(Clone, Debug, Model)]
pub struct CandidateProperties {
    #[tf(computed)]
    candidate_artifact_locations: Option<CandidateArtifactLocations>,
    /// Metrics on the datasets.
    #[tf(computed)]
    candidate_metrics: Vec<CandidateMetric>,
}

/// Where the reports are.
#[derive(Clone, Debug, Model)]
pub struct CandidateArtifactLocations {
    /// S3 prefix of the explainability report.
    #[tf(computed)]
    explainability: Option<String>,
    /// S3 prefix of the model insights.
    #[tf(computed)]
    model_insights: Option<String>,
    /// S3 prefix of the backtest results.
    #[tf(computed)]
    backtest_results: Option<String>,
}

/// A metric.
#[derive(Clone, Debug, Model)]
pub struct CandidateMetric {
    /// Name of the metric.
    #[tf(computed)]
    metric_name: Option<String>,
    /// Name of the metric in Autopilot's documentation.
    #[tf(computed)]
    standard_metric_name: Option<String>,
    /// Its value.
    #[tf(computed)]
    value: Option<f64>,
    /// Dataset: `Train`, `Validation` or `Test`.
    #[tf(computed)]
    set: Option<String>,
}

/// Notebooks that describe the data and the candidates.
#[derive(Clone, Debug, Model)]
pub struct AutoMlJobArtifacts {
    /// S3 URI of the notebook of the candidates.
    #[tf(computed)]
    candidate_definition_notebook_location: Option<String>,
    /// S3 URI of the notebook of the data.
    #[tf(computed)]
    data_exploration_notebook_location: Option<String>,
}

/// What Autopilot chose where nothing was set.
#[derive(Clone, Debug, Model)]
pub struct AutoMlResolvedAttributes {
    /// Metric that is optimized.
    #[tf(computed, rename = "auto_ml_job_objective.metric_name")]
    metric_name: Option<String>,
    /// Kind of the problem of a table.
    #[tf(computed, rename = "auto_ml_problem_type_resolved_attributes.tabular_resolved_attributes.problem_type")]
    problem_type: Option<String>,
    /// Base model of a text generation job.
    #[tf(
        computed,
        rename = "auto_ml_problem_type_resolved_attributes.text_generation_resolved_attributes.base_model_name"
    )]
    base_model_name: Option<String>,
}

/// The endpoint that AWS deployed the model to.
#[derive(Clone, Debug, Model)]
pub struct ModelDeployResult {
    /// Name of the endpoint.
    #[tf(computed)]
    endpoint_name: Option<String>,
}
