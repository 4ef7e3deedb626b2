//! What AWS would refuse of a tuning job though each attribute is right by itself. Source: SageMaker API reference,
//! HyperParameterTuningJobConfig, HyperParameterTrainingJobDefinition and ParameterRanges.

use std::collections::BTreeSet;

use crate::resources::training::hyper_parameter_tuning_job::HyperParameterTuningJob;
use crate::resources::training::hyper_parameter_tuning_job::config::{
    Objective, ParameterRange, ResourceLimits, TuningJobConfig,
};
use crate::resources::training::hyper_parameter_tuning_job::definition::{TrainingJobDefinition, TuningAlgorithm};
use crate::shapes::training::{MetricDefinition, StoppingCondition};
use tfplug::diag::{Diag, Diags};
use tfplug::value::{Path, Value};

const CONFIG: &str = "hyper_parameter_tuning_job_config";
const DEFINITIONS: &str = "training_job_definitions";
const RANGES: [&str; 3] = ["integer_parameter_ranges", "continuous_parameter_ranges", "categorical_parameter_ranges"];
/// The most hyperparameters that a tuning job searches. Source: SageMaker developer guide, "Define Hyperparameter Ranges".
const MOST_SEARCHED: usize = 30;
/// The most environment variables of all definitions. Source: HyperParameterTrainingJobDefinition.Environment.
const MOST_VARIABLES: usize = 48;

/// Tests a tuning job's configuration as a whole. What is unknown is passed over.
pub(super) fn check(job: &Value) -> Diags {
    let mut rules = Rules { job, config: job.attribute(CONFIG), diags: Diags::new() };
    rules.strategy();
    let several = job.attribute(DEFINITIONS);
    for (i, definition) in several.as_elements().unwrap_or_default().iter().enumerate() {
        let at = Path::of(DEFINITIONS).index(i);
        let name = definition.attribute(TrainingJobDefinition::DEFINITION_NAME);
        if name.is_null() {
            rules.refuse(
                &at.attribute(TrainingJobDefinition::DEFINITION_NAME),
                "Each of several definitions needs a name.",
            );
        }
        let earlier = several.as_elements().unwrap_or_default().iter().take(i);
        if name.as_str().is_some()
            && earlier.clone().any(|e| e.attribute(TrainingJobDefinition::DEFINITION_NAME) == name)
        {
            rules.refuse(&at.attribute(TrainingJobDefinition::DEFINITION_NAME), "Another definition has this name.");
        }
        rules.definition(definition, &at);
    }
    let one = job.attribute(HyperParameterTuningJob::TRAINING_JOB_DEFINITION);
    if one.as_entries().is_some() {
        rules.definition(one, &Path::of(HyperParameterTuningJob::TRAINING_JOB_DEFINITION));
    }
    let all = several.as_elements().unwrap_or_default();
    let variables = all.iter().filter_map(|d| d.attribute(TrainingJobDefinition::ENVIRONMENT).as_entries());
    if variables.map(std::collections::BTreeMap::len).sum::<usize>() > MOST_VARIABLES {
        rules.refuse(
            &Path::of(DEFINITIONS),
            &format!("All definitions together have more than {MOST_VARIABLES} environment variables, the most that AWS takes."),
        );
    }
    rules.diags
}

struct Rules<'a> {
    job: &'a Value,
    config: &'a Value,
    diags: Diags,
}

impl<'a> Rules<'a> {
    fn refuse(&mut self, at: &Path, detail: &str) {
        let name = at.to_string();
        let name = name.rsplit('.').next().unwrap_or_default().split('[').next().unwrap_or_default().to_owned();
        self.diags.push(Diag::error(format!("Invalid {name}"), detail).at(at.clone()));
    }

    /// The strategy; None while it is unknown.
    fn strategy_name(&self) -> Option<&'a str> {
        let strategy = self.config.attribute(TuningJobConfig::STRATEGY);
        if strategy.is_null() { Some("Bayesian") } else { strategy.as_str() }
    }

    fn strategy(&mut self) {
        let at = Path::of(CONFIG);
        let hyperband = self.strategy_name().map(|name| name == "Hyperband");
        if hyperband == Some(false) && self.config.attribute(TuningJobConfig::STRATEGY_CONFIG).as_entries().is_some() {
            self.refuse(&at.attribute(TuningJobConfig::STRATEGY_CONFIG), "It needs the strategy `Hyperband`.");
        }
        if hyperband == Some(true)
            && self.config.attribute(TuningJobConfig::TRAINING_JOB_EARLY_STOPPING_TYPE).as_str() == Some("Auto")
        {
            self.refuse(
                &at.attribute(TuningJobConfig::TRAINING_JOB_EARLY_STOPPING_TYPE),
                "The strategy `Hyperband` has its own early stopping and needs `Off`.",
            );
        }
        let limits = self.config.attribute(TuningJobConfig::RESOURCE_LIMITS);
        let number = |name| limits.attribute(name).as_number();
        if let (Some(most), Some(parallel)) =
            (number("max_number_of_training_jobs"), number("max_parallel_training_jobs"))
            && parallel > most
        {
            let at =
                at.attribute(TuningJobConfig::RESOURCE_LIMITS).attribute(ResourceLimits::MAX_PARALLEL_TRAINING_JOBS);
            self.refuse(&at, "It is greater than `max_number_of_training_jobs`.");
        }
    }

    /// What a definition has of its own, or what the configuration of the tuning job has for all; with its path.
    fn own_or_shared(&self, definition: &'a Value, at: &Path, own: &str, shared: &str) -> (&'a Value, Path) {
        match definition.attribute(own) {
            Value::Null => (self.config.attribute(shared), Path::of(CONFIG).attribute(shared)),
            value => (value, at.attribute(own)),
        }
    }

    fn definition(&mut self, definition: &'a Value, at: &Path) {
        self.objective(definition, at);
        self.ranges(definition, at);
        let spot = definition.attribute(TrainingJobDefinition::ENABLE_MANAGED_SPOT_TRAINING).as_bool() == Some(true);
        let stopping = definition.attribute(TrainingJobDefinition::STOPPING_CONDITION);
        if spot && !stopping.is_unknown() && stopping.attribute(StoppingCondition::MAX_WAIT_TIME_IN_SECONDS).is_null() {
            let detail = "Managed spot training needs `stopping_condition.max_wait_time_in_seconds`.";
            self.refuse(&at.attribute(TrainingJobDefinition::STOPPING_CONDITION), detail);
        }
    }

    fn objective(&mut self, definition: &'a Value, at: &Path) {
        let shared = "hyper_parameter_tuning_job_objective";
        let (objective, objective_at) = self.own_or_shared(definition, at, "tuning_objective", shared);
        let metrics = definition
            .attribute(TrainingJobDefinition::ALGORITHM_SPECIFICATION)
            .attribute(TuningAlgorithm::METRIC_DEFINITIONS);
        let Some(metrics) = metrics.as_elements().filter(|m| !m.is_empty() && m.iter().all(Value::is_wholly_known))
        else {
            return;
        };
        let named: Vec<&str> = metrics.iter().filter_map(|m| m.attribute(MetricDefinition::NAME).as_str()).collect();
        match (objective, objective.attribute(Objective::METRIC_NAME).as_str()) {
            (Value::Null, _) => self.refuse(&objective_at, "There is no objective to compare the training jobs by."),
            (_, Some(metric)) if !named.contains(&metric) => {
                let detail = format!("The metric {metric:?} is none of `metric_definitions`: {}.", named.join(", "));
                self.refuse(&objective_at.attribute(Objective::METRIC_NAME), &detail);
            }
            _ => {}
        }
    }

    fn ranges(&mut self, definition: &'a Value, at: &Path) {
        let (ranges, ranges_at) = self.own_or_shared(definition, at, "hyper_parameter_ranges", "parameter_ranges");
        let lists = RANGES.map(|name| (name, ranges.attribute(name)));
        if ranges.is_unknown() || lists.iter().any(|(_, list)| list.is_unknown()) {
            return;
        }
        if self.strategy_name() == Some("Grid") {
            for (name, _) in lists.iter().take(2).filter(|(_, list)| !list.is_empty()) {
                self.refuse(&ranges_at.attribute(name), "The strategy `Grid` takes categorical values only.");
            }
        }
        let fixed = definition.attribute(TrainingJobDefinition::STATIC_HYPER_PARAMETERS).as_entries();
        let mut seen = BTreeSet::new();
        let mut count = 0;
        for (list_name, list) in &lists {
            for (i, range) in list.as_elements().unwrap_or_default().iter().enumerate() {
                count += 1;
                let Some(name) = range.attribute(ParameterRange::NAME).as_str() else { continue };
                if !seen.insert(name) || fixed.is_some_and(|f| f.contains_key(name)) {
                    let detail = format!("The hyperparameter {name:?} has another range or a fixed value, too.");
                    self.refuse(&ranges_at.attribute(list_name).index(i).attribute(ParameterRange::NAME), &detail);
                }
            }
        }
        if count == 0 && self.job.attribute(HyperParameterTuningJob::AUTOTUNE).is_null() {
            self.refuse(&ranges_at, "There is no range to search, and no `autotune` that would find one.");
        }
        if count > MOST_SEARCHED {
            let detail = format!("There are {count} hyperparameters to search, and AWS takes at most {MOST_SEARCHED}.");
            self.refuse(&ranges_at, &detail);
        }
    }
}
