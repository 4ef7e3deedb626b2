//! `training_metrics(algorithm)`.
//!
//! AWS documents the metrics of its algorithms, but not how it finds them in their logs: that is in descriptions of jobs, in
//! `AlgorithmSpecification.MetricDefinitions`. The sources are descriptions of jobs that people have published, and the
//! documentation of the SageMaker Python SDK, "Training Metrics", for k-means. Algorithms of which none is known are left out.

use tfplug::resource::{Function, FunctionError, Signature};
use tfplug::schema::Type;
use tfplug::value::Value;

use super::{argument, failed, text};
use crate::pipeline_definition::suggestion;

/// Tells how SageMaker finds the metrics of a built-in algorithm in its logs.
pub struct TrainingMetrics;

/// Metrics of a channel that the log has in the same form. `{channel}` and `{metric}` stand for both; a metric that the log calls
/// otherwise has that behind a space.
struct Metrics {
    channel: &'static str,
    form: &'static str,
    names: &'static [&'static str],
}

const fn metrics(channel: &'static str, form: &'static str, names: &'static [&'static str]) -> Metrics {
    Metrics { channel, form, names }
}

const SCORE: &str = r"#quality_metric: host=\S+, {channel} {metric} <score>=(\S+)";
const LOSS: &str = r"#quality_metric: host=\S+, {channel} {metric} <loss>=(\S+)";
const SCORE_OF_EPOCH: &str = r"#quality_metric: host=\S+, epoch=\S+, {channel} {metric} <score>=(\S+)";
const LOSS_OF_EPOCH: &str = r"#quality_metric: host=\S+, epoch=\S+, {channel} {metric} <loss>=(\S+)";
const SCORE_OF_BATCH: &str = r"#quality_metric: host=\S+, epoch=\S+, batch=\S+ {channel} {metric} <score>=(\S+)";
const LOSS_OF_BATCH: &str = r"#quality_metric: host=\S+, epoch=\S+, batch=\S+ {channel} {metric} <loss>=(\S+)";
const EVALUATION: &str = r".*\[[0-9]+\].*#011{channel}-{metric}:([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?).*";
const PROGRESS: Metrics = metrics("train", r"#progress_metric: host=\S+, completed (\S+) %", &["progress"]);
const THROUGHPUT: Metrics =
    metrics("train", r"#throughput_metric: host=\S+, {channel} throughput=(\S+) records/second", &["throughput"]);

static ALGORITHMS: &[(&str, &[Metrics])] = &[
    (
        "ipinsights",
        &[
            metrics("train", LOSS_OF_BATCH, &["binary_classification_cross_entropy"]),
            metrics(
                "train",
                LOSS_OF_EPOCH,
                &["binary_classification_cross_entropy:epoch binary_classification_cross_entropy"],
            ),
            metrics("train", SCORE_OF_BATCH, &["binary_classification_accuracy"]),
            metrics("train", SCORE_OF_EPOCH, &["binary_classification_accuracy:epoch binary_classification_accuracy"]),
            PROGRESS,
            THROUGHPUT,
            metrics("validation", SCORE_OF_EPOCH, &["discriminator_auc"]),
        ],
    ),
    ("kmeans", &[metrics("test", LOSS, &["msd", "ssd"])]),
    (
        "linear-learner",
        &[
            metrics("train", LOSS, &["absolute_loss", "mse", r"objective_loss:final \S+_objective"]),
            metrics("train", LOSS_OF_EPOCH, &[r"objective_loss \S+_objective"]),
            metrics(
                "train",
                SCORE,
                &["binary_classification_accuracy", r"binary_f_beta binary_f_\S+", "precision", "recall"],
            ),
            PROGRESS,
            THROUGHPUT,
            metrics("validation", LOSS, &["absolute_loss", "mse", r"objective_loss:final \S+_objective"]),
            metrics("validation", LOSS_OF_EPOCH, &[r"objective_loss \S+_objective"]),
            metrics("validation", SCORE, CLASSIFICATION),
            metrics("test", LOSS, &["absolute_loss", "mse", r"objective_loss \S+_objective"]),
            metrics("test", SCORE, CLASSIFICATION),
        ],
    ),
    (
        "xgboost",
        &[
            metrics("train", EVALUATION, BOOSTED),
            metrics("validation", EVALUATION, BOOSTED),
            metrics("validation", EVALUATION, &["r2"]),
        ],
    ),
];

/// What XGBoost says of every channel.
const BOOSTED: &[&str] = &[
    "accuracy",
    "auc",
    "aucpr",
    "cox-nloglik",
    "error",
    "f1",
    "gamma-deviance",
    "gamma-nloglik",
    "logloss",
    "mae",
    "map",
    "merror",
    "mlogloss",
    "mse",
    "ndcg",
    "poisson-nloglik",
    "rmse",
    "tweedie-nloglik",
];

/// What linear learner says of the validation and the test channel.
const CLASSIFICATION: &[&str] = &[
    "binary_classification_accuracy",
    r"binary_f_beta binary_f_\S+",
    "dcg",
    r"macro_f_beta macro_f_\S+",
    "macro_precision",
    "macro_recall",
    "multiclass_accuracy",
    r"multiclass_top_k_accuracy multiclass_top_k_accuracy_\S+",
    "precision",
    "recall",
];

impl Metrics {
    /// The definitions, as the API has them.
    fn definitions(&self) -> impl Iterator<Item = Value> {
        self.names.iter().map(|name| {
            let (name, logged) = name.split_once(' ').unwrap_or((name, name));
            let regex = self.form.replace("{channel}", self.channel).replace("{metric}", logged);
            Value::object([("name", Value::from(format!("{}:{name}", self.channel))), ("regex", Value::from(regex))])
        })
    }
}

impl Function for TrainingMetrics {
    fn signature(&self) -> Signature {
        let names: Vec<String> = ALGORITHMS.iter().map(|(name, _)| format!("`{name}`")).collect();
        Signature {
            name: "training_metrics".into(),
            summary: "Lists the metrics of a built-in algorithm, with the regular expressions that find them in its logs".into(),
            description: format!(
                "Returns a list of objects with the attributes `name` and `regex`: what SageMaker has as the metric definitions \
                 of a job that runs one of its own algorithms, such as the objective metric of a tuning job, an alarm or a \
                 dashboard needs it. Known are those of {}.\n\n\
                 SageMaker sets them by itself. As `metric_definitions` they are for containers of your own whose logs are \
                 written in the same way: for AWS's own algorithms SageMaker refuses any.",
                names.join(", ")
            )
            .into(),
            parameters: vec![text("algorithm", "The algorithm, named as in `prebuilt_image`: `xgboost`.")],
            variadic: None,
            result: Type::List(Box::new(Type::Object(
                [("name", Type::String), ("regex", Type::String)].map(|(name, kind)| (name.to_owned(), kind)).into(),
            ))),
        }
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        let algorithm = argument(&arguments, 0)?;
        let Some((_, known)) = ALGORITHMS.iter().find(|(name, _)| *name == algorithm) else {
            let names = ALGORITHMS.iter().map(|(name, _)| *name);
            let meant = suggestion(algorithm, names.clone());
            let all = names.collect::<Vec<_>>().join(", ");
            return Err(failed(
                0,
                format!("The metrics of {algorithm:?} are not known.{meant} Known are those of {all}."),
            ));
        };
        Ok(Value::List(known.iter().flat_map(Metrics::definitions).collect()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use regex::Regex;

    use super::*;

    fn regex(algorithm: &str, metric: &str) -> String {
        let all = TrainingMetrics.call(vec![algorithm.into()]).unwrap();
        let found = all.as_elements().unwrap().iter().find(|one| one.attribute("name") == &Value::from(metric));
        found.unwrap_or_else(|| panic!("{algorithm} has no {metric}")).attribute("regex").as_str().unwrap().to_owned()
    }

    /// The lines are those of real logs.
    #[test]
    fn metrics_are_found_in_logs() {
        for (algorithm, metric, line, value) in [
            ("xgboost", "validation:rmse", "[7]#011train-rmse:3.71656#011validation-rmse:5.61131", "5.61131"),
            ("xgboost", "train:rmse", "[7]#011train-rmse:3.71656#011validation-rmse:5.61131", "3.71656"),
            (
                "linear-learner",
                "validation:multiclass_accuracy",
                "[07/09/2024 22:20:57 INFO 1] #quality_metric: host=algo-1, validation multiclass_accuracy <score>=0.94698",
                "0.94698",
            ),
            (
                "linear-learner",
                "train:objective_loss",
                "#quality_metric: host=algo-1, epoch=0, train binary_classification_cross_entropy_objective <loss>=0.59",
                "0.59",
            ),
            ("linear-learner", "train:progress", "#progress_metric: host=algo-1, completed 6 % of epochs", "6"),
            (
                "ipinsights",
                "train:throughput",
                "#throughput_metric: host=algo-1, train throughput=905.99 records/second",
                "905.99",
            ),
            ("kmeans", "test:msd", "#quality_metric: host=algo-1, test msd <loss>=0.25", "0.25"),
        ] {
            let found =
                Regex::new(&regex(algorithm, metric)).unwrap().captures(line).unwrap_or_else(|| panic!("{metric}"));
            assert_eq!(&found[1], value, "{metric}");
        }
    }

    #[test]
    fn definitions_are_what_the_api_takes() {
        for (algorithm, _) in ALGORITHMS {
            let all = TrainingMetrics.call(vec![(*algorithm).into()]).unwrap();
            let all = all.as_elements().unwrap();
            let names: BTreeSet<&str> = all.iter().filter_map(|one| one.attribute("name").as_str()).collect();
            assert_eq!(names.len(), all.len(), "{algorithm}: each once");
            for one in all {
                let regex = one.attribute("regex").as_str().unwrap();
                assert_eq!(Regex::new(regex).unwrap().captures_len(), 2, "{regex}");
                assert!(!regex.contains(['{', '}']) && regex.len() <= 500, "{regex}");
            }
        }
        let error = TrainingMetrics.call(vec!["xgbost".into()]).unwrap_err();
        assert_eq!(error.argument, Some(0));
        assert!(error.text.contains("Did you mean 'xgboost'?"), "{}", error.text);
    }
}
