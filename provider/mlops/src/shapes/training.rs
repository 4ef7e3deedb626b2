//! What training jobs run, and on what: their algorithm, data and instances.

use tfplug::model::{Model, Set};
use tfplug::validator::Validator;
use tfplug::value::Value;

use super::{HubAccessConfig, ModelAccessConfig};
use crate::aws::{arn, s3_uri};

/// The algorithm: the container image and its input mode.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("training_image", "algorithm_name"))]
pub struct AlgorithmSpecification {
    /// Container image: the URI of an image in ECR, with a tag or a digest.
    #[tf(optional)]
    training_image: Option<String>,
    /// Name or ARN of an algorithm of your account or of AWS Marketplace.
    #[tf(optional)]
    algorithm_name: Option<String>,
    /// How the input data is made available: `File` downloads it before the job starts, `FastFile` streams it as files,
    /// `Pipe` through named pipes.
    #[tf(optional, computed, default = "File", validate(Validator::OneOf(&["Pipe", "File", "FastFile"])))]
    training_input_mode: String,
    /// Metrics to extract from the logs of the job.
    #[tf(optional, computed, unordered, use_state_for_unknown, validate(Validator::Count { min: 0, max: 40 }))]
    metric_definitions: Option<Vec<MetricDefinition>>,
    /// Whether time-series metrics are saved during training. SageMaker's default is false, but true with
    /// `metric_definitions` and for some of its own images.
    #[tf(optional, computed, use_state_for_unknown)]
    enable_sagemaker_metrics_time_series: Option<bool>,
    /// Command that overrides the image's entry point.
    #[tf(optional)]
    container_entrypoint: Option<Vec<String>>,
    /// Arguments of the entry point.
    #[tf(optional)]
    container_arguments: Option<Vec<String>>,
    #[tf(optional)]
    training_image_config: Option<TrainingImageConfig>,
}

/// A metric to extract from the logs.
#[derive(Clone, Debug, Model)]
pub struct MetricDefinition {
    /// Name of the metric.
    #[tf(required)]
    name: String,
    /// Regular expression whose first group is the value, for example `accuracy=([0-9.]+)`.
    #[tf(required, validate(Validator::Length { min: 1, max: 500 }))]
    regex: String,
}

/// Where the image is hosted.
#[derive(Clone, Debug, Model)]
pub struct TrainingImageConfig {
    /// `Platform` for ECR, `Vpc` for a private Docker registry in your VPC.
    #[tf(required, validate(Validator::OneOf(&["Platform", "Vpc"])))]
    training_repository_access_mode: String,
    #[tf(optional)]
    training_repository_auth_config: Option<TrainingRepositoryAuthConfig>,
}

/// Authentication to the private Docker registry.
#[derive(Clone, Debug, Model)]
pub struct TrainingRepositoryAuthConfig {
    /// ARN of the Lambda function that returns the credentials.
    #[tf(required, validate(arn::LAMBDA_FUNCTION))]
    training_repository_credentials_provider_arn: String,
}

/// An input data channel, available to the container at `/opt/ml/input/data/CHANNEL`.
#[derive(Clone, Debug, Model)]
pub struct Channel {
    /// Name of the channel, for example `train`.
    #[tf(required, validate(Validator::Length { min: 1, max: 64 }))]
    channel_name: String,
    #[tf(required)]
    data_source: DataSource,
    /// MIME type of the data.
    #[tf(optional)]
    content_type: Option<String>,
    /// `Gzip` for compressed data, which SageMaker decompresses; in `Pipe` mode only.
    #[tf(optional, computed, default = "None", validate(Validator::OneOf(&["None", "Gzip"])))]
    compression_type: String,
    /// `RecordIO` wraps each S3 object in a RecordIO record; in `Pipe` mode only.
    #[tf(optional, computed, default = "None", validate(Validator::OneOf(&["None", "RecordIO"])))]
    record_wrapper_type: String,
    /// Input mode of this channel. Defaults to `training_input_mode`.
    #[tf(optional, validate(Validator::OneOf(&["Pipe", "File", "FastFile"])))]
    input_mode: Option<String>,
    #[tf(optional)]
    shuffle_config: Option<ShuffleConfig>,
}

/// Shuffles the data before each epoch, in `Pipe` mode.
#[derive(Clone, Debug, Model)]
pub struct ShuffleConfig {
    /// Seed of the shuffling order.
    #[tf(required)]
    seed: i64,
}

/// Location of the channel's data.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("s3_data_source", "file_system_data_source", "dataset_source"))]
pub struct DataSource {
    #[tf(optional)]
    s3_data_source: Option<S3DataSource>,
    #[tf(optional)]
    file_system_data_source: Option<FileSystemDataSource>,
    #[tf(optional)]
    dataset_source: Option<DatasetSource>,
}

/// Data in S3.
#[derive(Clone, Debug, Model)]
pub struct S3DataSource {
    /// What `s3_uri` identifies: all objects with a prefix (`S3Prefix`), a manifest of objects (`ManifestFile`), an
    /// augmented manifest (`AugmentedManifestFile`), or data of the Converse format (`Converse`).
    #[tf(optional, computed, default = "S3Prefix",
        validate(Validator::OneOf(&["ManifestFile", "S3Prefix", "AugmentedManifestFile", "Converse"])))]
    s3_data_type: String,
    /// S3 URI of the prefix or of the manifest.
    #[tf(required, validate(s3_uri::LOCATION))]
    s3_uri: String,
    /// `FullyReplicated` copies all data to each instance, `ShardedByS3Key` a part of the objects.
    #[tf(optional, computed, default = "FullyReplicated", validate(Validator::OneOf(&["FullyReplicated", "ShardedByS3Key"])))]
    s3_data_distribution_type: String,
    /// Attributes to read from an augmented manifest.
    #[tf(optional, validate(Validator::Count { min: 0, max: 16 }))]
    attribute_names: Option<Vec<String>>,
    /// Names of the instance groups that receive the data. All unless set.
    #[tf(optional, validate(Validator::Count { min: 0, max: 5 }))]
    instance_group_names: Option<Set<String>>,
    #[tf(optional)]
    model_access_config: Option<ModelAccessConfig>,
    #[tf(optional)]
    hub_access_config: Option<HubAccessConfig>,
}

/// Data in a file system.
#[derive(Clone, Debug, Model)]
pub struct FileSystemDataSource {
    /// ID of the file system (`fs-...`).
    #[tf(required)]
    file_system_id: String,
    /// `ro` for read-only access, `rw` for read-write access.
    #[tf(required, validate(Validator::OneOf(&["rw", "ro"])))]
    file_system_access_mode: String,
    /// Type of the file system.
    #[tf(required, validate(Validator::OneOf(&["EFS", "FSxLustre"])))]
    file_system_type: String,
    /// Full path of the directory in the file system.
    #[tf(required)]
    directory_path: String,
}

/// A SageMaker dataset.
#[derive(Clone, Debug, Model)]
pub struct DatasetSource {
    /// ARN of the dataset.
    #[tf(required, validate(arn::DATASET))]
    dataset_arn: String,
}

/// Where the model artifact is stored.
#[derive(Clone, Debug, Model)]
pub struct OutputDataConfig {
    /// S3 URI below which the model artifact is stored, at `JOB/output/model.tar.gz`.
    #[tf(required, validate(s3_uri::LOCATION))]
    s3_output_path: String,
    /// ID, ARN or alias of the KMS key that encrypts the model artifact.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
    /// `GZIP` stores one `.tar.gz` archive, `NONE` uncompressed files.
    #[tf(optional, computed, default = "GZIP", validate(Validator::OneOf(&["GZIP", "NONE"])))]
    compression_type: String,
}

/// Instance type, count and storage.
#[derive(Clone, Debug, Model)]
pub struct ResourceConfig {
    /// Instance type, for example `ml.m5.large`.
    #[tf(optional)]
    instance_type: Option<String>,
    /// Number of instances.
    #[tf(optional, validate(Validator::Range { min: 0, max: i64::MAX }))]
    instance_count: Option<i64>,
    /// Size of the storage volume of each instance, in GB. SageMaker chooses a size unless set.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::Range { min: 1, max: i64::MAX }))]
    volume_size_in_gb: Option<i64>,
    /// ID, ARN or alias of the KMS key that encrypts the storage volumes.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    volume_kms_key_id: Option<String>,
    /// Seconds to keep the instances in a warm pool for subsequent jobs. Of a training job it can be changed in place while
    /// the warm pool is there.
    #[tf(optional, validate(Validator::Range { min: 0, max: 21600 }))]
    keep_alive_period_in_seconds: Option<i64>,
    /// Instance groups of a heterogeneous cluster, instead of `instance_type` and `instance_count`.
    #[tf(optional, unordered, validate(Validator::Count { min: 0, max: 5 }))]
    instance_groups: Option<Vec<InstanceGroup>>,
    /// ARN of the training plan whose reserved capacity is used.
    #[tf(optional, validate(arn::TRAINING_PLAN))]
    training_plan_arn: Option<String>,
    #[tf(optional)]
    instance_placement_config: Option<InstancePlacementConfig>,
    /// Instance types in order of preference: the job runs on the first with available capacity.
    #[tf(optional, validate(Validator::Count { min: 1, max: 5 }))]
    instance_preferences: Option<Vec<InstancePreference>>,
}

/// An instance group of a heterogeneous cluster.
#[derive(Clone, Debug, Model)]
pub struct InstanceGroup {
    /// Instance type.
    #[tf(required)]
    instance_type: String,
    /// Number of instances.
    #[tf(required)]
    instance_count: i64,
    /// Name of the instance group.
    #[tf(required, validate(Validator::Length { min: 1, max: 64 }))]
    instance_group_name: String,
}

/// Placement of the instances on UltraServers.
#[derive(Clone, Debug, Model)]
pub struct InstancePlacementConfig {
    /// Whether several jobs may share an UltraServer. SageMaker's default is false.
    #[tf(optional)]
    enable_multiple_jobs: Option<bool>,
    /// Number of instances on each UltraServer.
    #[tf(optional, validate(Validator::Count { min: 0, max: 10 }))]
    placement_specifications: Option<Vec<PlacementSpecification>>,
}

/// Instances on one UltraServer.
#[derive(Clone, Debug, Model)]
pub struct PlacementSpecification {
    /// ID of the UltraServer.
    #[tf(optional)]
    ultra_server_id: Option<String>,
    /// Number of instances to place together on it.
    #[tf(required)]
    instance_count: i64,
}

/// A preferred instance type.
#[derive(Clone, Debug, Model)]
pub struct InstancePreference {
    /// Instance type.
    #[tf(required)]
    instance_type: String,
    /// Number of instances of this type.
    #[tf(optional)]
    instance_count: Option<i64>,
    /// ARN of the training plan whose reserved capacity is used.
    #[tf(optional, validate(Validator::Count { min: 1, max: 1 }, arn::TRAINING_PLAN))]
    training_plan_arns: Option<Set<String>>,
}

/// Limits on run time and waiting time.
#[derive(Clone, Debug, Model)]
pub struct StoppingCondition {
    /// Maximum run time in seconds.
    #[tf(optional, computed, default = 86400, validate(Validator::Range { min: 1, max: i64::MAX }))]
    max_runtime_in_seconds: i64,
    /// Maximum time in seconds to wait for Spot capacity and to run, together: at least `max_runtime_in_seconds`. Only
    /// with, and required by, `enable_managed_spot_training`.
    #[tf(optional, validate(Validator::Range { min: 1, max: i64::MAX }))]
    max_wait_time_in_seconds: Option<i64>,
    /// Maximum time in seconds to wait for the capacity of a training plan.
    #[tf(optional, validate(Validator::Range { min: 1800, max: 2_419_200 }))]
    max_pending_time_in_seconds: Option<i64>,
}

/// Model artifact of the job.
#[derive(Clone, Debug, Model)]
pub struct ModelArtifacts {
    /// S3 URI of the model artifact.
    #[tf(computed, use_state_for_unknown)]
    s3_model_artifacts: Option<String>,
}

/// S3 location for checkpoints. The role needs to read, write and delete objects there.
#[derive(Clone, Debug, Model)]
pub struct CheckpointConfig {
    /// S3 URI that the checkpoint directory is synchronized with.
    #[tf(required, validate(s3_uri::LOCATION))]
    s3_uri: String,
    /// Checkpoint directory in the container. SageMaker's default is `/opt/ml/checkpoints/`.
    #[tf(optional)]
    local_path: Option<String>,
}

/// Retries after an internal server error.
#[derive(Clone, Debug, Model)]
pub struct RetryStrategy {
    /// Maximum number of retries.
    #[tf(required, validate(Validator::Range { min: 1, max: 30 }))]
    maximum_retry_attempts: i64,
}

/// One day, AWS's own default.
pub fn one_day() -> Value {
    Value::object([
        ("max_runtime_in_seconds", Value::from(86_400)),
        ("max_wait_time_in_seconds", Value::Null),
        ("max_pending_time_in_seconds", Value::Null),
    ])
}
