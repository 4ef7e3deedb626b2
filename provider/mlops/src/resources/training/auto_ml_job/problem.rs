//! What an Autopilot job is given: data, the kind of problem, limits.

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;

use crate::aws::{arn, s3_uri};
use crate::shapes::network::VpcConfig;

/// The algorithms that Autopilot tries. Source: the service model, AutoMLAlgorithm.
const ALGORITHMS: Validator = Validator::OneOf(&[
    "xgboost",
    "linear-learner",
    "mlp",
    "lightgbm",
    "catboost",
    "randomforest",
    "extra-trees",
    "nn-torch",
    "fastai",
    "cnn-qr",
    "deepar",
    "prophet",
    "npts",
    "arima",
    "ets",
]);
/// The metrics that Autopilot optimizes. Source: the service model, AutoMLMetricEnum.
const METRICS: Validator = Validator::OneOf(&[
    "Accuracy",
    "MSE",
    "F1",
    "F1macro",
    "AUC",
    "RMSE",
    "BalancedAccuracy",
    "R2",
    "Recall",
    "RecallMacro",
    "Precision",
    "PrecisionMacro",
    "MAE",
    "MAPE",
    "MASE",
    "WAPE",
    "AverageWeightedQuantileLoss",
]);
/// How values are aggregated over time. Source: the service model, AggregationTransformationValue.
const AGGREGATIONS: Validator = Validator::OneOf(&["sum", "avg", "first", "min", "max"]);

/// A dataset.
#[derive(Clone, Debug, Model)]
pub struct AutoMlJobChannel {
    /// What it is for: `training` or `validation`. AWS takes `training` unless set.
    #[tf(optional, validate(Validator::OneOf(&["training", "validation"])))]
    channel_type: Option<String>,
    /// Media type of the data. AWS takes `text/csv;header=present` unless set, for images `image/*`.
    #[tf(optional)]
    content_type: Option<String>,
    /// Compression of the data: `None` or `Gzip`. AWS takes `None` unless set.
    #[tf(optional, validate(Validator::OneOf(&["None", "Gzip"])))]
    compression_type: Option<String>,
    #[tf(required)]
    data_source: AutoMlDataSource,
}

/// Where the data are.
#[derive(Clone, Debug, Model)]
pub struct AutoMlDataSource {
    #[tf(required)]
    s3_data_source: AutoMlS3DataSource,
}

/// Location in S3.
#[derive(Clone, Debug, Model)]
pub struct AutoMlS3DataSource {
    /// What `s3_uri` is: `S3Prefix`, `ManifestFile` or `AugmentedManifestFile`.
    #[tf(required, validate(Validator::OneOf(&["ManifestFile", "S3Prefix", "AugmentedManifestFile"])))]
    s3_data_type: String,
    /// S3 URI of the data.
    #[tf(required, validate(s3_uri::LOCATION))]
    s3_uri: String,
}

/// Where the results are stored.
#[derive(Clone, Debug, Model)]
pub struct AutoMlOutputDataConfig {
    /// KMS key that encrypts the results.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
    /// S3 URI of the prefix of the results.
    #[tf(required, validate(s3_uri::LOCATION))]
    s3_output_path: String,
}

/// The kind of problem, exactly one.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of(
    "image_classification_job_config",
    "text_classification_job_config",
    "time_series_forecasting_job_config",
    "tabular_job_config",
    "text_generation_job_config"
))]
pub struct AutoMlProblemTypeConfig {
    #[tf(optional)]
    image_classification_job_config: Option<ImageClassificationJobConfig>,
    #[tf(optional)]
    text_classification_job_config: Option<TextClassificationJobConfig>,
    #[tf(optional)]
    time_series_forecasting_job_config: Option<TimeSeriesForecastingJobConfig>,
    #[tf(optional)]
    tabular_job_config: Option<TabularJobConfig>,
    #[tf(optional)]
    text_generation_job_config: Option<TextGenerationJobConfig>,
}

/// Limits of the job.
#[derive(Clone, Debug, Model)]
pub struct AutoMlJobCompletionCriteria {
    /// Maximum number of candidates.
    #[tf(optional)]
    max_candidates: Option<i64>,
    /// Maximum duration of a training job, in seconds.
    #[tf(optional)]
    max_runtime_per_training_job_in_seconds: Option<i64>,
    /// Maximum duration of the whole job, in seconds.
    #[tf(optional)]
    max_auto_ml_job_runtime_in_seconds: Option<i64>,
}

/// Classification of images.
#[derive(Clone, Debug, Model)]
pub struct ImageClassificationJobConfig {
    #[tf(optional)]
    completion_criteria: Option<AutoMlJobCompletionCriteria>,
}

/// Classification of texts.
#[derive(Clone, Debug, Model)]
pub struct TextClassificationJobConfig {
    #[tf(optional)]
    completion_criteria: Option<AutoMlJobCompletionCriteria>,
    /// Column of the texts.
    #[tf(required)]
    content_column: String,
    /// Column of the labels.
    #[tf(required)]
    target_label_column: String,
}

/// Forecasting of time series.
#[derive(Clone, Debug, Model)]
pub struct TimeSeriesForecastingJobConfig {
    /// S3 URI of a JSON document with the columns to use.
    #[tf(optional, validate(s3_uri::LOCATION))]
    feature_specification_s3_uri: Option<String>,
    #[tf(optional)]
    completion_criteria: Option<AutoMlJobCompletionCriteria>,
    /// Time between two predictions: a number and `Y`, `M`, `W`, `D`, `H` or `min`, such as `1D`.
    #[tf(required)]
    forecast_frequency: String,
    /// Number of predictions.
    #[tf(required, validate(Validator::Range { min: 1, max: i64::MAX }))]
    forecast_horizon: i64,
    /// Quantiles of the predictions, such as `p10`. AWS takes `p10`, `p50` and `p90` unless set.
    #[tf(optional, validate(Validator::Count { min: 1, max: 5 }))]
    forecast_quantiles: Option<Vec<String>>,
    #[tf(optional)]
    transformations: Option<TimeSeriesTransformations>,
    #[tf(required)]
    time_series_config: TimeSeriesConfig,
    /// Holidays to consider.
    #[tf(optional, validate(Validator::Count { min: 1, max: 1 }))]
    holiday_config: Option<Vec<HolidayConfig>>,
    #[tf(optional)]
    candidate_generation_config: Option<CandidateGenerationConfig>,
}

/// Transformations of the time series.
#[derive(Clone, Debug, Model)]
pub struct TimeSeriesTransformations {
    /// How missing values are filled, by column: a map of the kind of filling (`frontfill`, `middlefill`, `backfill`,
    /// `futurefill`, and with `_value` behind for a value of one's own) to its value.
    #[tf(optional)]
    filling: Option<BTreeMap<String, BTreeMap<String, String>>>,
    /// How values are aggregated to the forecast frequency, by column: `sum`, `avg`, `first`, `min` or `max`.
    #[tf(optional, validate(AGGREGATIONS))]
    aggregation: Option<BTreeMap<String, String>>,
}

/// Columns of the time series.
#[derive(Clone, Debug, Model)]
pub struct TimeSeriesConfig {
    /// Column to predict.
    #[tf(required)]
    target_attribute_name: String,
    /// Column of the times.
    #[tf(required)]
    timestamp_attribute_name: String,
    /// Column of the items' identifiers.
    #[tf(required)]
    item_identifier_attribute_name: String,
    /// Columns that group the items.
    #[tf(optional, validate(Validator::Count { min: 1, max: 5 }))]
    grouping_attribute_names: Option<Vec<String>>,
}

/// Holidays of a country.
#[derive(Clone, Debug, Model)]
pub struct HolidayConfig {
    /// Country code of two letters (ISO 3166).
    #[tf(optional)]
    country_code: Option<String>,
}

/// Which candidates are made.
#[derive(Clone, Debug, Model)]
pub struct CandidateGenerationConfig {
    /// Algorithms to try. All that suit the mode unless set.
    #[tf(optional, validate(Validator::Count { min: 0, max: 1 }))]
    algorithms_config: Option<Vec<AutoMlAlgorithmConfig>>,
}

/// A selection of algorithms.
#[derive(Clone, Debug, Model)]
pub struct AutoMlAlgorithmConfig {
    /// Names of the algorithms.
    #[tf(required, unordered, validate(Validator::Count { min: 0, max: 11 }, ALGORITHMS))]
    auto_ml_algorithms: Vec<String>,
}

/// Regression or classification of a table.
#[derive(Clone, Debug, Model)]
pub struct TabularJobConfig {
    #[tf(optional)]
    candidate_generation_config: Option<CandidateGenerationConfig>,
    #[tf(optional)]
    completion_criteria: Option<AutoMlJobCompletionCriteria>,
    /// S3 URI of a JSON document with the columns to use.
    #[tf(optional, validate(s3_uri::LOCATION))]
    feature_specification_s3_uri: Option<String>,
    /// How models are found: `AUTO`, `ENSEMBLING` or `HYPERPARAMETER_TUNING`. AWS takes `AUTO` unless set.
    #[tf(optional, validate(Validator::OneOf(&["AUTO", "ENSEMBLING", "HYPERPARAMETER_TUNING"])))]
    mode: Option<String>,
    /// Whether the job only writes the notebooks of the candidates instead of training them. It trains them unless set.
    #[tf(optional)]
    generate_candidate_definitions_only: Option<bool>,
    /// Kind of the problem: `BinaryClassification`, `MulticlassClassification` or `Regression`. AWS infers it from the data
    /// unless set; with it, `auto_ml_job_objective` is required.
    #[tf(optional, validate(Validator::OneOf(&["BinaryClassification", "MulticlassClassification", "Regression"])))]
    problem_type: Option<String>,
    /// Column to predict.
    #[tf(required)]
    target_attribute_name: String,
    /// Column of the samples' weights.
    #[tf(optional)]
    sample_weight_attribute_name: Option<String>,
}

/// Fine-tuning of a language model.
#[derive(Clone, Debug, Model)]
pub struct TextGenerationJobConfig {
    #[tf(optional)]
    completion_criteria: Option<AutoMlJobCompletionCriteria>,
    /// Name of the base model. AWS takes `Falcon7BInstruct` unless set.
    #[tf(optional)]
    base_model_name: Option<String>,
    /// Hyperparameters: `epochCount`, `learningRate`, `batchSize`, `learningRateWarmupSteps`.
    #[tf(optional)]
    text_generation_hyper_parameters: Option<BTreeMap<String, String>>,
    #[tf(optional)]
    model_access_config: Option<AutoMlModelAccessConfig>,
}

/// License of the base model.
#[derive(Clone, Debug, Model)]
pub struct AutoMlModelAccessConfig {
    /// Whether you accept the end-user license agreement of the model.
    #[tf(required)]
    accept_eula: bool,
}

/// Metric that the job optimizes. AWS chooses one by the kind of the problem unless set.
#[derive(Clone, Debug, Model)]
pub struct AutoMlJobObjective {
    /// Name of the metric.
    #[tf(required, validate(METRICS))]
    metric_name: String,
}

/// Which part of the training data validates. Not with a validation channel.
#[derive(Clone, Debug, Model)]
pub struct AutoMlDataSplitConfig {
    /// Fraction between 0 and 1. AWS takes 0.2 unless set.
    #[tf(optional)]
    validation_fraction: Option<f64>,
}

/// Encryption and network of the instances.
#[derive(Clone, Debug, Model)]
pub struct AutoMlSecurityConfig {
    /// KMS key that encrypts the volumes.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    volume_kms_key_id: Option<String>,
    /// Whether the traffic between containers is encrypted. AWS documents no default.
    #[tf(optional)]
    enable_inter_container_traffic_encryption: Option<bool>,
    #[tf(optional)]
    vpc_config: Option<VpcConfig>,
}

/// Deployment of the best model to an endpoint, which AWS makes: it is not in the state, a destroy leaves it, and it costs
/// until it is deleted.
#[derive(Clone, Debug, Model)]
#[tf(at_most_one_of("auto_generate_endpoint_name", "endpoint_name"))]
pub struct ModelDeployConfig {
    /// Whether AWS chooses the name of the endpoint. AWS's default is `false`.
    #[tf(optional)]
    auto_generate_endpoint_name: Option<bool>,
    /// Name of the endpoint.
    #[tf(optional)]
    endpoint_name: Option<String>,
}

/// Where the data are processed.
#[derive(Clone, Debug, Model)]
pub struct AutoMlComputeConfig {
    #[tf(optional)]
    emr_serverless_compute_config: Option<EmrServerlessComputeConfig>,
}

/// Processing of large datasets by Amazon EMR Serverless.
#[derive(Clone, Debug, Model)]
pub struct EmrServerlessComputeConfig {
    /// ARN of the role of the EMR Serverless job.
    #[tf(required, validate(arn::ROLE))]
    execution_role_arn: String,
}
