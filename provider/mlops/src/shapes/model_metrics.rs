//! What is known of a model: its metrics, the baselines of its monitoring, where it comes from.

use tfplug::model::Model;
use tfplug::validator::Validator;

use crate::aws::s3_uri;

/// Longest digest: `sha256:` and 64 hexadecimal digits. Source: the service model, `ContentDigest`.
const DIGEST: Validator = Validator::Length { min: 1, max: 72 };
/// Source: the service model, `ContentType`.
const CONTENT_TYPE: Validator = Validator::Length { min: 0, max: 256 };
/// Source: the service model, `MetadataPropertyValue`.
const PROPERTY: Validator = Validator::Length { min: 0, max: 1024 };

/// Where a model comes from.
#[derive(Clone, Debug, Model)]
pub struct MetadataProperties {
    /// Commit ID of the source code.
    #[tf(optional, validate(PROPERTY))]
    commit_id: Option<String>,
    /// Repository of the source code.
    #[tf(optional, validate(PROPERTY))]
    repository: Option<String>,
    /// What generated the model, for example the ARN of a training job or a pipeline execution.
    #[tf(optional, validate(PROPERTY))]
    generated_by: Option<String>,
    /// ID of the project.
    #[tf(optional, validate(PROPERTY))]
    project_id: Option<String>,
}

/// Reports of the metrics of a model.
#[derive(Clone, Debug, Model)]
pub struct ModelMetrics {
    /// Quality of the model.
    #[tf(optional)]
    model_quality: Option<Quality>,
    /// Quality of the model's input data.
    #[tf(optional)]
    model_data_quality: Option<Quality>,
    /// Bias of the model.
    #[tf(optional)]
    bias: Option<Bias>,
    /// Explainability of the model.
    #[tf(optional)]
    explainability: Option<Explainability>,
}

/// Statistics and constraints.
#[derive(Clone, Debug, Model)]
pub struct Quality {
    /// Statistics.
    #[tf(optional)]
    statistics: Option<MetricsSource>,
    /// Constraints.
    #[tf(optional)]
    constraints: Option<MetricsSource>,
}

/// Bias of a model.
#[derive(Clone, Debug, Model)]
pub struct Bias {
    /// Bias report.
    #[tf(optional)]
    report: Option<MetricsSource>,
    /// Pre-training bias report.
    #[tf(optional)]
    pre_training_report: Option<MetricsSource>,
    /// Post-training bias report.
    #[tf(optional)]
    post_training_report: Option<MetricsSource>,
}

/// Explainability of a model.
#[derive(Clone, Debug, Model)]
pub struct Explainability {
    /// Explainability report.
    #[tf(optional)]
    report: Option<MetricsSource>,
}

/// A file with metrics in S3.
#[derive(Clone, Debug, Model)]
pub struct MetricsSource {
    /// MIME type of the file, for example `application/json`.
    #[tf(required, validate(CONTENT_TYPE))]
    content_type: String,
    /// SHA-256 digest of the file, `sha256:` and 64 hexadecimal digits.
    #[tf(optional, validate(DIGEST))]
    content_digest: Option<String>,
    /// S3 URI of the file.
    #[tf(required, validate(s3_uri::LOCATION))]
    s3_uri: String,
}

/// A file in S3.
#[derive(Clone, Debug, Model)]
pub struct FileSource {
    /// MIME type of the file, for example `application/json`.
    #[tf(optional, validate(CONTENT_TYPE))]
    content_type: Option<String>,
    /// SHA-256 digest of the file, `sha256:` and 64 hexadecimal digits.
    #[tf(optional, validate(DIGEST))]
    content_digest: Option<String>,
    /// S3 URI of the file.
    #[tf(required, validate(s3_uri::LOCATION))]
    s3_uri: String,
}

/// Baselines that model monitoring compares with.
#[derive(Clone, Debug, Model)]
pub struct DriftCheckBaselines {
    /// Baselines of the bias.
    #[tf(optional)]
    bias: Option<DriftCheckBias>,
    /// Baselines of the explainability.
    #[tf(optional)]
    explainability: Option<DriftCheckExplainability>,
    /// Baselines of the model's quality.
    #[tf(optional)]
    model_quality: Option<Quality>,
    /// Baselines of the quality of the model's input data.
    #[tf(optional)]
    model_data_quality: Option<Quality>,
}

/// Baselines of the bias of a model.
#[derive(Clone, Debug, Model)]
pub struct DriftCheckBias {
    /// Bias configuration file.
    #[tf(optional)]
    config_file: Option<FileSource>,
    /// Pre-training constraints.
    #[tf(optional)]
    pre_training_constraints: Option<MetricsSource>,
    /// Post-training constraints.
    #[tf(optional)]
    post_training_constraints: Option<MetricsSource>,
}

/// Baselines of the explainability of a model.
#[derive(Clone, Debug, Model)]
pub struct DriftCheckExplainability {
    /// Constraints.
    #[tf(optional)]
    constraints: Option<MetricsSource>,
    /// Explainability configuration file.
    #[tf(optional)]
    config_file: Option<FileSource>,
}
