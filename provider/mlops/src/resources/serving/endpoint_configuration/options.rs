//! What an endpoint does besides answering: recording, answering later, explaining, measuring.

use tfplug::check::Check;
use tfplug::model::Model;

use crate::aws::{arn, s3_uri};

/// Recording of requests and answers.
#[derive(Clone, Debug, Model)]
pub struct DataCaptureConfig {
    /// Whether it is on.
    #[tf(optional, computed, default = true)]
    enable_capture: bool,
    /// Per cent of the requests to record.
    #[tf(required, check(Check::Range { min: 0, max: 100 }))]
    initial_sampling_percentage: i64,
    /// S3 URI for the records.
    #[tf(required, check(s3_uri::URI))]
    destination_s3_uri: String,
    /// KMS key to encrypt them with.
    #[tf(optional, check(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
    /// What is recorded.
    #[tf(required, check(Check::Count { min: 1, max: 32 }))]
    capture_options: Vec<CaptureOption>,
    /// Content types that are recorded as they are, not in base64.
    #[tf(optional)]
    capture_content_type_header: Option<CaptureContentTypeHeader>,
}

/// What is recorded.
#[derive(Clone, Debug, Model)]
pub struct CaptureOption {
    /// Requests, answers, or both.
    #[tf(required, check(Check::OneOf(&["Input", "Output", "InputAndOutput"])))]
    capture_mode: String,
}

/// Content types that are recorded as they are.
#[derive(Clone, Debug, Model)]
#[tf(at_least_one_of("csv_content_types", "json_content_types"))]
pub struct CaptureContentTypeHeader {
    /// Content types of CSV.
    #[tf(optional, check(Check::Count { min: 1, max: 10 }))]
    csv_content_types: Option<Vec<String>>,
    /// Content types of JSON.
    #[tf(optional, check(Check::Count { min: 1, max: 10 }))]
    json_content_types: Option<Vec<String>>,
}

/// Answers that come later, through S3.
#[derive(Clone, Debug, Model)]
pub struct AsyncInferenceConfig {
    /// How the container is asked.
    #[tf(optional)]
    client_config: Option<AsyncInferenceClientConfig>,
    /// Where answers go.
    #[tf(required)]
    output_config: AsyncInferenceOutputConfig,
}

/// How the container is asked.
#[derive(Clone, Debug, Model)]
pub struct AsyncInferenceClientConfig {
    /// Most requests at once for each machine.
    #[tf(optional, check(Check::Range { min: 1, max: 1000 }))]
    max_concurrent_invocations_per_instance: Option<i64>,
}

/// Where answers go.
#[derive(Clone, Debug, Model)]
pub struct AsyncInferenceOutputConfig {
    /// KMS key to encrypt them with.
    #[tf(optional, check(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
    /// S3 URI for answers.
    #[tf(optional, check(s3_uri::URI))]
    s3_output_path: Option<String>,
    /// Topics that are told.
    #[tf(optional)]
    notification_config: Option<AsyncInferenceNotificationConfig>,
    /// S3 URI for failures.
    #[tf(optional, check(s3_uri::URI))]
    s3_failure_path: Option<String>,
}

/// Topics that are told.
#[derive(Clone, Debug, Model)]
pub struct AsyncInferenceNotificationConfig {
    /// ARN of the SNS topic for answers.
    #[tf(optional, check(arn::ANY))]
    success_topic: Option<String>,
    /// ARN of the SNS topic for failures.
    #[tf(optional, check(arn::ANY))]
    error_topic: Option<String>,
    /// Topics whose messages hold the answer itself.
    #[tf(optional, check(Check::OneOf(&["SUCCESS_NOTIFICATION_TOPIC", "ERROR_NOTIFICATION_TOPIC"])))]
    include_inference_response_in: Option<Vec<String>>,
}

/// Explanations with each answer.
#[derive(Clone, Debug, Model)]
pub struct ExplainerConfig {
    /// Explanations by SageMaker Clarify.
    #[tf(optional)]
    clarify_explainer_config: Option<ClarifyExplainerConfig>,
}

/// Explanations by SageMaker Clarify.
#[derive(Clone, Debug, Model)]
pub struct ClarifyExplainerConfig {
    /// JMESPath expression that says which records are explained.
    #[tf(optional)]
    enable_explanations: Option<String>,
    /// How requests and answers are read.
    #[tf(optional)]
    inference_config: Option<ClarifyInferenceConfig>,
    /// How SHAP values are computed.
    #[tf(required)]
    shap_config: ClarifyShapConfig,
}

/// How requests and answers are read.
#[derive(Clone, Debug, Model)]
pub struct ClarifyInferenceConfig {
    /// JMESPath expression to the features in a JSON Lines request.
    #[tf(optional)]
    features_attribute: Option<String>,
    /// Template of a JSON Lines request.
    #[tf(optional)]
    content_template: Option<String>,
    /// Most records in one request to the model.
    #[tf(optional, check(Check::Range { min: 1, max: i64::MAX }))]
    max_record_count: Option<i64>,
    /// Most megabytes in one request to the model.
    #[tf(optional, check(Check::Range { min: 1, max: 25 }))]
    max_payload_in_mb: Option<i64>,
    /// Column of the probability, counted from 0.
    #[tf(optional)]
    probability_index: Option<i64>,
    /// Column of the label, counted from 0.
    #[tf(optional)]
    label_index: Option<i64>,
    /// JMESPath expression to the probability.
    #[tf(optional)]
    probability_attribute: Option<String>,
    /// JMESPath expression to the label.
    #[tf(optional)]
    label_attribute: Option<String>,
    /// Names of the labels.
    #[tf(optional, check(Check::Count { min: 1, max: 16 }))]
    label_headers: Option<Vec<String>>,
    /// Names of the features.
    #[tf(optional, check(Check::Count { min: 1, max: 256 }))]
    feature_headers: Option<Vec<String>>,
    /// Types of the features.
    #[tf(optional, check(Check::Count { min: 1, max: 256 }, Check::OneOf(&["numerical", "categorical", "text"])))]
    feature_types: Option<Vec<String>>,
}

/// How SHAP values are computed.
#[derive(Clone, Debug, Model)]
pub struct ClarifyShapConfig {
    /// What answers are compared with.
    #[tf(required)]
    shap_baseline_config: ClarifyShapBaselineConfig,
    /// Number of samples.
    #[tf(optional, check(Check::Range { min: 1, max: i64::MAX }))]
    number_of_samples: Option<i64>,
    /// Whether log-odds are explained.
    #[tf(optional)]
    use_logit: Option<bool>,
    /// Seed of the random numbers.
    #[tf(optional)]
    seed: Option<i64>,
    /// Settings for text.
    #[tf(optional)]
    text_config: Option<ClarifyTextConfig>,
}

/// What answers are compared with.
#[derive(Clone, Debug, Model)]
pub struct ClarifyShapBaselineConfig {
    /// MIME type of the baseline.
    #[tf(optional)]
    mime_type: Option<String>,
    /// The baseline itself.
    #[tf(optional, check(Check::Length { min: 1, max: 4096 }))]
    shap_baseline: Option<String>,
    /// S3 URI of the baseline.
    #[tf(optional, check(s3_uri::URI))]
    shap_baseline_uri: Option<String>,
}

/// Settings for text.
#[derive(Clone, Debug, Model)]
pub struct ClarifyTextConfig {
    /// Language of the text, as a code of two letters.
    #[tf(required)]
    language: String,
    /// Unit that is explained.
    #[tf(required, check(Check::OneOf(&["token", "sentence", "paragraph"])))]
    granularity: String,
}

/// Further metrics.
#[derive(Clone, Debug, Model)]
pub struct MetricsConfig {
    /// Metrics for each machine and container.
    #[tf(optional)]
    enable_enhanced_metrics: Option<bool>,
    /// Metrics in more detail.
    #[tf(optional)]
    enable_detailed_observability: Option<bool>,
    /// Interval in seconds.
    #[tf(optional)]
    metric_publish_frequency_in_seconds: Option<i64>,
}
