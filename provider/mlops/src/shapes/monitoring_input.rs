//! What monitoring jobs look at: captured data of an endpoint or of batch transforms, and the ground truth.

use tfplug::model::Model;
use tfplug::validator::Validator;

use super::monitoring::CONTAINER_PATH;
use crate::aws::s3_uri;
use crate::sagemaker::names;

const MODE: Validator = Validator::OneOf(&["Pipe", "File"]);
const DISTRIBUTION: Validator = Validator::OneOf(&["FullyReplicated", "ShardedByS3Key"]);
/// Source: the service model, `ExcludeFeaturesAttribute`.
const EXCLUDED: Validator = Validator::Length { min: 0, max: 100 };
/// Source: the service model, `MonitoringTimeOffsetString`.
pub const OFFSET: Validator = Validator::Text {
    expected: "a duration of ISO 8601 with a sign, such as `-PT1H`, of at most 15 characters",
    accepts: |s| s.strip_prefix(['-', '+']).unwrap_or(s).starts_with('P') && s.len() <= 15,
};

/// Data that a data quality or model explainability job looks at: of an endpoint, or of batch transforms.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("endpoint_input", "batch_transform_input"))]
pub struct MonitoringInput {
    #[tf(optional)]
    endpoint_input: Option<EndpointInput>,
    #[tf(optional)]
    batch_transform_input: Option<BatchTransformInput>,
}

/// Data that a model quality or model bias job looks at: of an endpoint or of batch transforms, and what was right.
#[derive(Clone, Debug, Model)]
pub struct LabeledMonitoringInput {
    #[tf(embed)]
    input: MonitoringInput,
    #[tf(required)]
    ground_truth_s3_input: GroundTruthS3Input,
}

/// Ground truth labels.
#[derive(Clone, Debug, Model)]
pub struct GroundTruthS3Input {
    /// S3 URI below which the labels are, in directories by hour: `YYYY/MM/DD/HH`.
    #[tf(optional, validate(s3_uri::LOCATION))]
    s3_uri: Option<String>,
}

/// Captured data of an endpoint. Its configuration needs `data_capture_config`.
#[derive(Clone, Debug, Model)]
pub struct EndpointInput {
    /// Name of the endpoint.
    #[tf(required, validate(names::NAME))]
    endpoint_name: String,
    #[tf(embed)]
    analyzed: AnalyzedInput,
}

/// Captured data of batch transforms.
#[derive(Clone, Debug, Model)]
pub struct BatchTransformInput {
    /// S3 URI below which the batch transforms capture: `data_capture_config.destination_s3_uri` of the transform jobs.
    #[tf(required, validate(s3_uri::LOCATION))]
    data_captured_destination_s3_uri: String,
    #[tf(required)]
    dataset_format: DatasetFormat,
    #[tf(embed)]
    analyzed: AnalyzedInput,
}

/// How the container gets the data, and what in them means what.
#[derive(Clone, Debug, Model)]
pub struct AnalyzedInput {
    /// Directory in the container, such as `/opt/ml/processing/input/endpoint`.
    #[tf(required, validate(CONTAINER_PATH))]
    local_path: String,
    /// `File` downloads the data before the container starts, `Pipe` streams them. Defaults to `File`.
    #[tf(optional, computed, default = "File", validate(MODE))]
    s3_input_mode: String,
    /// `FullyReplicated` copies all data to each instance, `ShardedByS3Key` a part of the objects. Defaults to
    /// `FullyReplicated`.
    #[tf(optional, computed, default = "FullyReplicated", validate(DISTRIBUTION))]
    s3_data_distribution_type: String,
    /// Attributes of the input data that are the features: JSONPath expressions, or column names.
    #[tf(optional)]
    features_attribute: Option<String>,
    /// Attribute of the output that is the predicted label or value.
    #[tf(optional)]
    inference_attribute: Option<String>,
    /// Attribute of the output that is the probability, for classification.
    #[tf(optional)]
    probability_attribute: Option<String>,
    /// Probability from which the positive class is predicted.
    #[tf(optional)]
    probability_threshold_attribute: Option<f64>,
    /// Beginning of the analyzed time, relative to the scheduled time of the execution, such as `-PT1H`.
    #[tf(optional, validate(OFFSET))]
    start_time_offset: Option<String>,
    /// End of the analyzed time, relative to the scheduled time of the execution, such as `-PT0H`.
    #[tf(optional, validate(OFFSET))]
    end_time_offset: Option<String>,
    /// Attributes of the input data that are left out of the analysis.
    #[tf(optional, validate(EXCLUDED))]
    exclude_features_attribute: Option<String>,
}

/// Format of captured data.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("csv", "json", "parquet"))]
pub struct DatasetFormat {
    /// CSV.
    #[tf(optional)]
    csv: Option<CsvFormat>,
    /// JSON.
    #[tf(optional)]
    json: Option<JsonFormat>,
    /// Parquet: `parquet = {}`.
    #[tf(optional)]
    parquet: Option<ParquetFormat>,
}

/// CSV.
#[derive(Clone, Debug, Model)]
pub struct CsvFormat {
    /// Whether the first line names the columns. AWS documents no default: set it.
    #[tf(optional)]
    header: Option<bool>,
}

/// JSON.
#[derive(Clone, Debug, Model)]
pub struct JsonFormat {
    /// Whether each line is a JSON object of its own. AWS documents no default: set it.
    #[tf(optional)]
    line: Option<bool>,
}

/// Parquet.
#[derive(Clone, Debug, Model)]
pub struct ParquetFormat {}
