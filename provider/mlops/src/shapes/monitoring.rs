//! Instances, outputs, limits, baselines and containers of monitoring jobs.

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;

use crate::aws::{arn, s3_uri};

/// Longest path in a container. Source: the service model, `ProcessingLocalPath`.
pub const CONTAINER_PATH: Validator = Validator::Text {
    expected: "an absolute path in the container, of at most 256 characters",
    accepts: |s| s.starts_with('/') && s.len() <= 256,
};
/// Source: the service model, `ImageUri`.
const IMAGE: Validator = Validator::Length { min: 1, max: 255 };
/// Source: the service model, `MonitoringEnvironmentMap` and its value.
pub const ENVIRONMENT: [Validator; 2] = [Validator::Count { min: 0, max: 50 }, Validator::Length { min: 0, max: 256 }];
/// Source: the service model, `ContainerEntrypoint`, `MonitoringContainerArguments` and their elements.
const ENTRYPOINT: Validator = Validator::Count { min: 1, max: 100 };
const ARGUMENTS: Validator = Validator::Count { min: 1, max: 50 };
const WORD: Validator = Validator::Length { min: 0, max: 256 };

/// ML compute instances of a monitoring job.
#[derive(Clone, Debug, Model)]
pub struct MonitoringResources {
    #[tf(required)]
    cluster_config: MonitoringClusterConfig,
}

/// Instance type, count and storage.
#[derive(Clone, Debug, Model)]
pub struct MonitoringClusterConfig {
    /// ML compute instance type, such as `ml.m5.large`.
    #[tf(required)]
    instance_type: String,
    /// Number of instances, 1 to 100.
    #[tf(required, validate(Validator::Range { min: 1, max: 100 }))]
    instance_count: i64,
    /// Size of the storage volume of each instance in GB, 1 to 16384.
    #[tf(required, validate(Validator::Range { min: 1, max: 16384 }))]
    volume_size_in_gb: i64,
    /// KMS key that encrypts the storage volumes: an ID, ARN, alias or alias ARN.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    volume_kms_key_id: Option<String>,
}

/// Output of a monitoring job: the statistics and the violations of each execution.
#[derive(Clone, Debug, Model)]
pub struct MonitoringOutputConfig {
    /// The output; exactly one.
    #[tf(required, validate(Validator::Count { min: 1, max: 1 }))]
    monitoring_outputs: Vec<MonitoringOutput>,
    /// KMS key that encrypts the output: an ID, ARN, alias or alias ARN.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
}

/// Output of a monitoring job.
#[derive(Clone, Debug, Model)]
pub struct MonitoringOutput {
    #[tf(required)]
    s3_output: MonitoringS3Output,
}

/// Output in S3.
#[derive(Clone, Debug, Model)]
pub struct MonitoringS3Output {
    /// S3 URI below which the output is stored.
    #[tf(required, validate(s3_uri::LOCATION))]
    s3_uri: String,
    /// Directory in the container whose files are uploaded, such as `/opt/ml/processing/output`.
    #[tf(required, validate(CONTAINER_PATH))]
    local_path: String,
    /// `EndOfJob` uploads the files once the container has succeeded, `Continuous` while it runs. Defaults to `EndOfJob`.
    #[tf(optional, computed, default = "EndOfJob", validate(Validator::OneOf(&["Continuous", "EndOfJob"])))]
    s3_upload_mode: String,
}

/// Limit on run time.
#[derive(Clone, Debug, Model)]
pub struct MonitoringStoppingCondition {
    /// Maximum run time of an execution in seconds, at most 86400 (1 day) and no longer than the period of the schedule. On
    /// an hourly schedule at most 3600, for model quality and model bias at most 1800.
    #[tf(required, validate(Validator::Range { min: 1, max: 86_400 }))]
    max_runtime_in_seconds: i64,
}

/// Baseline that the data are compared with.
#[derive(Clone, Debug, Model)]
pub struct Baseline {
    /// Name of the processing job that wrote the baseline.
    #[tf(optional)]
    baselining_job_name: Option<String>,
    /// The constraints.
    #[tf(optional)]
    constraints_resource: Option<BaselineResource>,
    /// The statistics.
    #[tf(optional)]
    statistics_resource: Option<BaselineResource>,
}

/// Baseline that the metrics are compared with.
#[derive(Clone, Debug, Model)]
pub struct ConstraintsBaseline {
    /// Name of the processing job that wrote the baseline.
    #[tf(optional)]
    baselining_job_name: Option<String>,
    /// The constraints.
    #[tf(optional)]
    constraints_resource: Option<BaselineResource>,
}

/// A file of a baseline.
#[derive(Clone, Debug, Model)]
pub struct BaselineResource {
    /// S3 URI of the file.
    #[tf(optional, validate(s3_uri::LOCATION))]
    s3_uri: Option<String>,
}

/// The container of a monitoring job that a schedule defines itself.
#[derive(Clone, Debug, Model)]
pub struct MonitoringAppSpecification {
    /// Container image, such as AWS's prebuilt `sagemaker-model-monitor-analyzer`.
    #[tf(required, validate(IMAGE))]
    image_uri: String,
    /// Command that overrides the image's entry point.
    #[tf(optional, validate(ENTRYPOINT, WORD))]
    container_entrypoint: Option<Vec<String>>,
    /// Arguments of the entry point.
    #[tf(optional, validate(ARGUMENTS, WORD))]
    container_arguments: Option<Vec<String>>,
    /// S3 URI of a script that prepares each record before the analysis. Prebuilt images only.
    #[tf(optional, validate(s3_uri::LOCATION))]
    record_preprocessor_source_uri: Option<String>,
    /// S3 URI of a script that runs after the analysis. Prebuilt images only.
    #[tf(optional, validate(s3_uri::LOCATION))]
    post_analytics_processor_source_uri: Option<String>,
}

/// The container of a data quality job.
#[derive(Clone, Debug, Model)]
pub struct DataQualityAppSpecification {
    #[tf(embed)]
    container: MonitoringAppSpecification,
    /// Environment variables of the container. `publish_cloudwatch_metrics = "Disabled"` turns the metrics in CloudWatch off.
    #[tf(optional, validate(ENVIRONMENT[0], ENVIRONMENT[1]))]
    environment: Option<BTreeMap<String, String>>,
}

/// The container of a model quality job.
#[derive(Clone, Debug, Model)]
pub struct ModelQualityAppSpecification {
    /// Kind of the model's problem: `BinaryClassification`, `MulticlassClassification` or `Regression`. Prebuilt images need
    /// it.
    #[tf(optional, validate(Validator::OneOf(&["BinaryClassification", "MulticlassClassification", "Regression"])))]
    problem_type: Option<String>,
    #[tf(embed)]
    container: DataQualityAppSpecification,
}

/// The container of a model bias or model explainability job.
#[derive(Clone, Debug, Model)]
pub struct ClarifyAppSpecification {
    /// Container image, such as AWS's prebuilt `sagemaker-clarify-processing`.
    #[tf(required, validate(IMAGE))]
    image_uri: String,
    /// S3 URI of the analysis configuration, a JSON file.
    #[tf(required, validate(s3_uri::LOCATION))]
    config_uri: String,
    /// Environment variables of the container. `publish_cloudwatch_metrics = "Disabled"` turns the metrics in CloudWatch off.
    #[tf(optional, validate(ENVIRONMENT[0], ENVIRONMENT[1]))]
    environment: Option<BTreeMap<String, String>>,
}
