//! What an endpoint does besides answering: recording, answering later, explaining, measuring.

use tfplug::model::{Model, Set};
use tfplug::validator::Validator;

use crate::aws::{arn, s3_uri};

/// Data capture configuration: requests and responses that SageMaker stores in S3, for example for Model Monitor.
#[derive(Clone, Debug, Model)]
pub struct DataCaptureConfig {
    /// Whether data capture is enabled.
    #[tf(optional, computed, default = true)]
    enable_capture: bool,
    /// Percentage of requests to capture.
    #[tf(required, validate(Validator::Range { min: 0, max: 100 }))]
    initial_sampling_percentage: i64,
    /// S3 URI where captured data is stored.
    #[tf(required, validate(s3_uri::LOCATION))]
    destination_s3_uri: String,
    /// ID, ARN or alias of the KMS key that encrypts the captured data.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
    /// What to capture.
    #[tf(required, unordered, validate(Validator::Count { min: 1, max: 32 }))]
    capture_options: Vec<CaptureOption>,
    #[tf(optional)]
    capture_content_type_header: Option<CaptureContentTypeHeader>,
}

/// What to capture.
#[derive(Clone, Debug, Model)]
pub struct CaptureOption {
    /// `Input` captures requests, `Output` responses, `InputAndOutput` both.
    #[tf(required, validate(Validator::OneOf(&["Input", "Output", "InputAndOutput"])))]
    capture_mode: String,
}

/// Content types to capture as text. Data of any other content type is captured in Base64.
#[derive(Clone, Debug, Model)]
#[tf(at_least_one_of("csv_content_types", "json_content_types"))]
pub struct CaptureContentTypeHeader {
    /// Content types to capture as CSV.
    #[tf(optional, validate(Validator::Count { min: 1, max: 10 }))]
    csv_content_types: Option<Set<String>>,
    /// Content types to capture as JSON.
    #[tf(optional, validate(Validator::Count { min: 1, max: 10 }))]
    json_content_types: Option<Set<String>>,
}

/// Asynchronous inference configuration. Required to invoke the endpoint with `InvokeEndpointAsync`.
#[derive(Clone, Debug, Model)]
pub struct AsyncInferenceConfig {
    #[tf(optional)]
    client_config: Option<AsyncInferenceClientConfig>,
    #[tf(required)]
    output_config: AsyncInferenceOutputConfig,
}

/// How SageMaker invokes the model container.
#[derive(Clone, Debug, Model)]
pub struct AsyncInferenceClientConfig {
    /// Maximum number of concurrent requests to the container of each instance. SageMaker chooses a value unless set.
    #[tf(optional, validate(Validator::Range { min: 1, max: 1000 }))]
    max_concurrent_invocations_per_instance: Option<i64>,
}

/// Where inference results are stored, and who is notified.
#[derive(Clone, Debug, Model)]
pub struct AsyncInferenceOutputConfig {
    /// ID, ARN or alias of the KMS key that encrypts the inference results.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
    /// S3 URI where responses are stored.
    #[tf(optional, validate(s3_uri::LOCATION))]
    s3_output_path: Option<String>,
    #[tf(optional)]
    notification_config: Option<AsyncInferenceNotificationConfig>,
    /// S3 URI where responses of failed invocations are stored.
    #[tf(optional, validate(s3_uri::LOCATION))]
    s3_failure_path: Option<String>,
}

/// SNS notifications of completed and failed invocations. The execution role of the model needs `sns:Publish` on the
/// topics.
#[derive(Clone, Debug, Model)]
pub struct AsyncInferenceNotificationConfig {
    /// ARN of the SNS topic for completed invocations. No notification is sent unless set.
    #[tf(optional, validate(arn::SNS_TOPIC))]
    success_topic: Option<String>,
    /// ARN of the SNS topic for failed invocations. No notification is sent unless set.
    #[tf(optional, validate(arn::SNS_TOPIC))]
    error_topic: Option<String>,
    /// Topics whose notifications include the response, up to 128 KB.
    #[tf(optional, validate(Validator::OneOf(&["SUCCESS_NOTIFICATION_TOPIC", "ERROR_NOTIFICATION_TOPIC"])))]
    include_inference_response_in: Option<Set<String>>,
}

/// Online explainability: the endpoint returns explanations with its predictions.
#[derive(Clone, Debug, Model)]
pub struct ExplainerConfig {
    #[tf(optional)]
    clarify_explainer_config: Option<ClarifyExplainerConfig>,
}

/// SageMaker Clarify configuration.
#[derive(Clone, Debug, Model)]
pub struct ClarifyExplainerConfig {
    /// JMESPath Boolean expression that selects the records to explain. All records unless set.
    #[tf(optional)]
    enable_explanations: Option<String>,
    #[tf(optional)]
    inference_config: Option<ClarifyInferenceConfig>,
    #[tf(required)]
    shap_config: ClarifyShapConfig,
}

/// Format of the model container's requests and responses.
#[derive(Clone, Debug, Model)]
pub struct ClarifyInferenceConfig {
    /// JMESPath expression that extracts the features from a request in JSON Lines.
    #[tf(optional)]
    features_attribute: Option<String>,
    /// Template that formats a record as a JSON Lines request, for example `{"features":$features}`. Required for JSON
    /// Lines.
    #[tf(optional)]
    content_template: Option<String>,
    /// Maximum number of records in a request to the model container. SageMaker adapts it at run time unless set.
    #[tf(optional, validate(Validator::Range { min: 1, max: i64::MAX }))]
    max_record_count: Option<i64>,
    /// Maximum size of a request to the model container, in MB. SageMaker's default is 6.
    #[tf(optional, validate(Validator::Range { min: 1, max: 25 }))]
    max_payload_in_mb: Option<i64>,
    /// Zero-based index of the probability in a CSV response. The whole response unless set.
    #[tf(optional)]
    probability_index: Option<i64>,
    /// Zero-based index of the label headers in a CSV response.
    #[tf(optional)]
    label_index: Option<i64>,
    /// JMESPath expression that extracts the probability from a JSON Lines response.
    #[tf(optional)]
    probability_attribute: Option<String>,
    /// JMESPath expression that extracts the label headers from a JSON Lines response.
    #[tf(optional)]
    label_attribute: Option<String>,
    /// Label headers: the names of the classes, or of the predicted label.
    #[tf(optional, validate(Validator::Count { min: 1, max: 16 }))]
    label_headers: Option<Vec<String>>,
    /// Names of the features, included in the response of the endpoint.
    #[tf(optional, validate(Validator::Count { min: 1, max: 256 }))]
    feature_headers: Option<Vec<String>>,
    /// Data types of the features, for text (NLP) explainability. Inferred from the baseline unless set.
    #[tf(optional, validate(Validator::Count { min: 1, max: 256 }, Validator::OneOf(&["numerical", "categorical", "text"])))]
    feature_types: Option<Vec<String>>,
}

/// SHAP analysis configuration.
#[derive(Clone, Debug, Model)]
pub struct ClarifyShapConfig {
    #[tf(required)]
    shap_baseline_config: ClarifyShapBaselineConfig,
    /// Number of samples of the Kernel SHAP algorithm. More samples are more accurate and slower.
    #[tf(optional, validate(Validator::Range { min: 1, max: i64::MAX }))]
    number_of_samples: Option<i64>,
    /// Whether the logit function is applied to predictions. SageMaker's default is false.
    #[tf(optional)]
    use_logit: Option<bool>,
    /// Seed of the random number generator. Set it for deterministic results.
    #[tf(optional)]
    seed: Option<i64>,
    #[tf(optional)]
    text_config: Option<ClarifyTextConfig>,
}

/// Baseline that predictions are compared with.
#[derive(Clone, Debug, Model)]
pub struct ClarifyShapBaselineConfig {
    /// MIME type of the baseline: `text/csv` or `application/jsonlines`. SageMaker's default is `text/csv`.
    #[tf(optional)]
    mime_type: Option<String>,
    /// Inline baseline: one or more records in the format of the training data.
    #[tf(optional, validate(Validator::Length { min: 1, max: 4096 }))]
    shap_baseline: Option<String>,
    /// S3 URI of the baseline.
    #[tf(optional, validate(s3_uri::LOCATION))]
    shap_baseline_uri: Option<String>,
}

/// Text (NLP) explainability: explanations for units of text.
#[derive(Clone, Debug, Model)]
pub struct ClarifyTextConfig {
    /// Language of the text features, as an ISO 639-1 or ISO 639-3 code such as `en`; `xx` for a mix of languages.
    #[tf(required)]
    language: String,
    /// Unit of text that is treated as a feature.
    #[tf(required, validate(Validator::OneOf(&["token", "sentence", "paragraph"])))]
    granularity: String,
}

/// CloudWatch metrics of the endpoint.
#[derive(Clone, Debug, Model)]
pub struct MetricsConfig {
    /// Whether utilization and invocation metrics are published for each instance and container. SageMaker's default is
    /// false.
    #[tf(optional)]
    enable_enhanced_metrics: Option<bool>,
    /// Whether further metrics are published, for example those of the container's Prometheus endpoint and of each GPU. They are not
    /// unless set.
    #[tf(optional)]
    enable_detailed_observability: Option<bool>,
    /// Interval in seconds at which metrics are published: 10, 30, 60, 120, 180, 240 or 300. SageMaker's default is 60.
    #[tf(optional)]
    metric_publish_frequency_in_seconds: Option<i64>,
}
