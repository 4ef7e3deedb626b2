//! What a tuning job looks for, where, and when it ends.

use tfplug::model::Model;
use tfplug::validator::{Validate, Validator};
use tfplug::value::Value;

use crate::sagemaker::names;

/// Search strategy, objective, ranges and limits of the tuning job.
#[derive(Clone, Debug, Model)]
pub struct TuningJobConfig {
    /// How values are chosen: `Bayesian` by the results so far, `Random`, `Grid` every combination of categorical values,
    /// `Hyperband` by several fidelities, stopping what does not do well. Defaults to `Bayesian`.
    #[tf(optional, computed, default = "Bayesian", validate(Validator::OneOf(&["Bayesian", "Random", "Hyperband", "Grid"])))]
    strategy: String,
    #[tf(optional)]
    strategy_config: Option<StrategyConfig>,
    #[tf(optional)]
    hyper_parameter_tuning_job_objective: Option<Objective>,
    #[tf(required)]
    resource_limits: ResourceLimits,
    #[tf(optional)]
    parameter_ranges: Option<ParameterRanges>,
    /// Whether training jobs are stopped early that are unlikely to improve the objective: `Off` or `Auto`. `Hyperband` has
    /// its own early stopping and needs `Off`. AWS takes `Off` unless set, Autotune what is best.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::OneOf(&["Off", "Auto"])))]
    training_job_early_stopping_type: Option<String>,
    #[tf(optional, computed, use_state_for_unknown)]
    tuning_job_completion_criteria: Option<CompletionCriteria>,
    /// Seed with which the same tuning job finds similar values again. AWS chooses one unless set.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::Range { min: 0, max: i64::MAX }))]
    random_seed: Option<i64>,
}

/// Configuration of the strategy. Only with `strategy = "Hyperband"`.
#[derive(Clone, Debug, Model)]
pub struct StrategyConfig {
    #[tf(optional)]
    hyperband_strategy_config: Option<HyperbandStrategyConfig>,
}

/// Resources, such as epochs, that Hyperband gives a training job.
#[derive(Clone, Debug, Model)]
pub struct HyperbandStrategyConfig {
    /// Minimum number of epochs. A training job is not stopped before.
    #[tf(optional, validate(Validator::Range { min: 1, max: i64::MAX }))]
    min_resource: Option<i64>,
    /// Maximum number of epochs. It is taken from the static hyperparameter `epochs`, `numepochs`, `n-epochs`, `n_epochs` or
    /// `num_epochs` unless set.
    #[tf(optional, validate(Validator::Range { min: 1, max: i64::MAX }))]
    max_resource: Option<i64>,
}

/// Objective: the metric by which training jobs are compared.
#[derive(Clone, Debug, Model)]
pub struct Objective {
    /// `Maximize` or `Minimize`.
    #[tf(required, rename = "type", validate(Validator::OneOf(&["Maximize", "Minimize"])))]
    r#type: String,
    /// Name of the metric: one of `metric_definitions`, or of the built-in algorithm.
    #[tf(required, validate(Validator::Length { min: 1, max: 255 }))]
    metric_name: String,
}

/// Limits of the tuning job as a whole.
#[derive(Clone, Debug, Model)]
pub struct ResourceLimits {
    /// Maximum number of training jobs. Autotune chooses one unless set.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::Range { min: 1, max: i64::MAX }))]
    max_number_of_training_jobs: Option<i64>,
    /// Maximum number of training jobs that run at a time.
    #[tf(required, validate(Validator::Range { min: 1, max: i64::MAX }))]
    max_parallel_training_jobs: i64,
    /// Maximum run time of the tuning job in seconds. Autotune chooses one unless set.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::Range { min: 120, max: 15_768_000 }))]
    max_runtime_in_seconds: Option<i64>,
}

/// When the tuning job ends before its limits.
#[derive(Clone, Debug, Model)]
pub struct CompletionCriteria {
    /// Value of the objective metric that is good enough.
    #[tf(optional)]
    target_objective_metric_value: Option<f64>,
    #[tf(optional)]
    best_objective_not_improving: Option<BestObjectiveNotImproving>,
    #[tf(optional)]
    convergence_detected: Option<ConvergenceDetected>,
}

/// The end for want of improvement.
#[derive(Clone, Debug, Model)]
pub struct BestObjectiveNotImproving {
    /// Number of training jobs that do not improve the objective by 1% or more.
    #[tf(optional, validate(Validator::Range { min: 3, max: i64::MAX }))]
    max_number_of_training_jobs_not_improving: Option<i64>,
}

/// The end by convergence.
#[derive(Clone, Debug, Model)]
pub struct ConvergenceDetected {
    /// Whether the tuning job ends when it has converged: `Enabled` or `Disabled`.
    #[tf(optional, validate(Validator::OneOf(&["Disabled", "Enabled"])))]
    complete_on_convergence: Option<String>,
}

/// Ranges of hyperparameters to search, at most 30 together.
#[derive(Clone, Debug, Model)]
pub struct ParameterRanges {
    /// Whole numbers.
    #[tf(optional, unordered, validate(COUNT, Validator::Custom(&INTEGER)))]
    integer_parameter_ranges: Option<Vec<ParameterRange>>,
    /// Fractions.
    #[tf(optional, unordered, validate(COUNT, Validator::Custom(&CONTINUOUS)))]
    continuous_parameter_ranges: Option<Vec<ParameterRange>>,
    /// Values of a list.
    #[tf(optional, unordered, validate(COUNT))]
    categorical_parameter_ranges: Option<Vec<CategoricalParameterRange>>,
    /// Hyperparameters whose ranges Autotune finds.
    #[tf(optional, unordered, validate(Validator::Count { min: 0, max: 100 }))]
    auto_parameters: Option<Vec<AutoParameter>>,
}

const COUNT: Validator = Validator::Count { min: 0, max: 30 };
const NAME: Validator = Validator::Length { min: 1, max: 256 };

/// Range of a number.
#[derive(Clone, Debug, Model)]
pub struct ParameterRange {
    /// Name of the hyperparameter.
    #[tf(required, validate(NAME))]
    name: String,
    /// Smallest value.
    #[tf(required)]
    min_value: String,
    /// Largest value.
    #[tf(required)]
    max_value: String,
    /// Scale of the search: `Auto`, `Linear`, `Logarithmic` for values over several orders of magnitude, which must be greater
    /// than 0, or `ReverseLogarithmic` for fractions from 0 to below 1 that matter most near 1. AWS takes `Auto` unless set.
    #[tf(optional, computed, use_state_for_unknown,
        validate(Validator::OneOf(&["Auto", "Linear", "Logarithmic", "ReverseLogarithmic"])))]
    scaling_type: Option<String>,
}

/// What numbers a range may have. Source: SageMaker developer guide, "Define Hyperparameter Ranges".
#[derive(Debug)]
struct Range {
    whole: bool,
}

static INTEGER: Range = Range { whole: true };
static CONTINUOUS: Range = Range { whole: false };

impl Validate for Range {
    fn expected(&self) -> String {
        let (numbers, reverse) = match self.whole {
            true => ("whole numbers", "; `ReverseLogarithmic` is for fractions only"),
            false => ("numbers", ", with `ReverseLogarithmic` from 0 to below 1"),
        };
        format!(
            "ranges whose `min_value` and `max_value` are {numbers}, the former not the greater one, with `Logarithmic` \
             greater than 0{reverse}"
        )
    }

    fn accepts(&self, range: &Value) -> bool {
        let number = |name| {
            let text = range.attribute(name).as_str()?;
            if self.whole { text.parse::<i64>().ok().map(|n| n as f64) } else { text.parse().ok() }
        };
        let (Some(min), Some(max)) = (number("min_value"), number("max_value")) else { return false };
        let fits = match range.attribute(ParameterRange::SCALING_TYPE).as_str() {
            Some("Logarithmic") => min > 0.0,
            Some("ReverseLogarithmic") => !self.whole && min >= 0.0 && max < 1.0,
            _ => true,
        };
        min.is_finite() && max.is_finite() && min <= max && fits
    }
}

/// Values of a hyperparameter.
#[derive(Clone, Debug, Model)]
pub struct CategoricalParameterRange {
    /// Name of the hyperparameter.
    #[tf(required, validate(NAME))]
    name: String,
    /// Values to try.
    #[tf(required, unordered, validate(Validator::Count { min: 1, max: 30 }))]
    values: Vec<String>,
}

/// A hyperparameter whose range Autotune finds.
#[derive(Clone, Debug, Model)]
pub struct AutoParameter {
    /// Name of the hyperparameter.
    #[tf(required, validate(NAME))]
    name: String,
    /// Example of a value.
    #[tf(required, validate(Validator::Length { min: 0, max: 256 }))]
    value_hint: String,
}

/// Warm start: earlier tuning jobs whose results the search begins with.
#[derive(Clone, Debug, Model)]
pub struct WarmStartConfig {
    /// The earlier tuning jobs.
    #[tf(required, unordered, validate(Validator::Count { min: 1, max: 5 }))]
    parent_hyper_parameter_tuning_jobs: Vec<ParentTuningJob>,
    /// `IdenticalDataAndAlgorithm` if data and algorithm are those of the parents, else `TransferLearning`.
    #[tf(required, validate(Validator::OneOf(&["IdenticalDataAndAlgorithm", "TransferLearning"])))]
    warm_start_type: String,
}

/// An earlier tuning job.
#[derive(Clone, Debug, Model)]
pub struct ParentTuningJob {
    /// Name of the tuning job.
    #[tf(required, validate(names::SHORT))]
    hyper_parameter_tuning_job_name: String,
}

/// Autotune: AWS chooses ranges, limits and early stopping where they are left out.
#[derive(Clone, Debug, Model)]
pub struct Autotune {
    /// `Enabled`.
    #[tf(required, validate(Validator::OneOf(&["Enabled"])))]
    mode: String,
}
