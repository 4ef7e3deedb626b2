//! What a training job runs, and on what: the nested objects of its algorithm, data and machines.

use tfplug::check::Check;
use tfplug::model::Model;

use crate::aws::{arn, s3_uri};
use crate::shapes::{HubAccessConfig, ModelAccessConfig};

/// The image and how it is run.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("training_image", "algorithm_name"))]
pub struct AlgorithmSpecification {
    /// Container image in ECR.
    #[tf(optional)]
    training_image: Option<String>,
    /// Algorithm of AWS Marketplace or of your account: its name or ARN.
    #[tf(optional)]
    algorithm_name: Option<String>,
    /// How data reaches the container: `File` copies it first, `FastFile` streams it as files, `Pipe` as named pipes.
    #[tf(optional, computed, default = "File", check(Check::OneOf(&["Pipe", "File", "FastFile"])))]
    training_input_mode: String,
    /// Metrics to read from the job's log.
    #[tf(optional, computed, keep, check(Check::Count { min: 0, max: 40 }))]
    metric_definitions: Option<Vec<MetricDefinition>>,
    /// Whether metrics are recorded over time, with a resolution of one minute.
    #[tf(optional, computed, keep)]
    enable_sage_maker_metrics_time_series: Option<bool>,
    /// Command that replaces the image's entry point.
    #[tf(optional)]
    container_entrypoint: Option<Vec<String>>,
    /// Arguments of the command.
    #[tf(optional)]
    container_arguments: Option<Vec<String>>,
    /// Where the image comes from, if not from ECR.
    #[tf(optional)]
    training_image_config: Option<TrainingImageConfig>,
}

/// One metric to read from the log.
#[derive(Clone, Debug, Model)]
pub struct MetricDefinition {
    /// Name of the metric.
    #[tf(required)]
    name: String,
    /// Regular expression whose first group is the number, for example `accuracy=([0-9.]+)`.
    #[tf(required, check(Check::Length { min: 1, max: 500 }))]
    regex: String,
}

/// Where an image comes from.
#[derive(Clone, Debug, Model)]
pub struct TrainingImageConfig {
    /// `Platform` for ECR, `Vpc` for a registry in your network.
    #[tf(required, check(Check::OneOf(&["Platform", "Vpc"])))]
    training_repository_access_mode: String,
    /// How to sign in to the registry.
    #[tf(optional)]
    training_repository_auth_config: Option<TrainingRepositoryAuthConfig>,
}

/// How to sign in to a registry.
#[derive(Clone, Debug, Model)]
pub struct TrainingRepositoryAuthConfig {
    /// ARN of the Lambda function that gives user name and password.
    #[tf(required, check(arn::ANY))]
    training_repository_credentials_provider_arn: String,
}

/// One channel of input data, mounted at `/opt/ml/input/data/CHANNEL`.
#[derive(Clone, Debug, Model)]
pub struct Channel {
    /// Name of the channel, for example `train`.
    #[tf(required, check(Check::Length { min: 1, max: 64 }))]
    channel_name: String,
    /// Where the data is.
    #[tf(required)]
    data_source: DataSource,
    /// MIME type of the data.
    #[tf(optional)]
    content_type: Option<String>,
    /// `Gzip` if the data is compressed and shall be unpacked; only in pipe mode.
    #[tf(optional, computed, default = "None", check(Check::OneOf(&["None", "Gzip"])))]
    compression_type: String,
    /// `RecordIO` to have each S3 object wrapped as a record.
    #[tf(optional, computed, default = "None", check(Check::OneOf(&["None", "RecordIO"])))]
    record_wrapper_type: String,
    /// How this channel's data reaches the container, if not as the algorithm says.
    #[tf(optional, check(Check::OneOf(&["Pipe", "File", "FastFile"])))]
    input_mode: Option<String>,
    /// Shuffles the data before each epoch.
    #[tf(optional)]
    shuffle_config: Option<ShuffleConfig>,
}

/// How data is shuffled.
#[derive(Clone, Debug, Model)]
pub struct ShuffleConfig {
    /// Seed of the order.
    #[tf(required)]
    seed: i64,
}

/// Where a channel's data is.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("s3_data_source", "file_system_data_source", "dataset_source"))]
pub struct DataSource {
    /// Data in S3.
    #[tf(optional)]
    s3_data_source: Option<S3DataSource>,
    /// Data in a file system.
    #[tf(optional)]
    file_system_data_source: Option<FileSystemDataSource>,
    /// Data set of the SageMaker catalogue.
    #[tf(optional)]
    dataset_source: Option<DatasetSource>,
}

/// Data in S3.
#[derive(Clone, Debug, Model)]
pub struct S3DataSource {
    /// What the URI names: all objects with this prefix, a manifest, an augmented manifest, or conversations.
    #[tf(optional, computed, default = "S3Prefix",
        check(Check::OneOf(&["ManifestFile", "S3Prefix", "AugmentedManifestFile", "Converse"])))]
    s3_data_type: String,
    /// S3 URI of the data.
    #[tf(required, check(s3_uri::URI))]
    s3_uri: String,
    /// Whether each machine gets everything, or its share of the objects.
    #[tf(optional, computed, default = "FullyReplicated", check(Check::OneOf(&["FullyReplicated", "ShardedByS3Key"])))]
    s3_data_distribution_type: String,
    /// Attributes to take from an augmented manifest.
    #[tf(optional, check(Check::Count { min: 0, max: 16 }))]
    attribute_names: Option<Vec<String>>,
    /// Instance groups that get the data.
    #[tf(optional, check(Check::Count { min: 0, max: 5 }))]
    instance_group_names: Option<Vec<String>>,
    /// Acceptance of a model's licence.
    #[tf(optional)]
    model_access_config: Option<ModelAccessConfig>,
    /// Content of a hub.
    #[tf(optional)]
    hub_access_config: Option<HubAccessConfig>,
}

/// Data in a file system.
#[derive(Clone, Debug, Model)]
pub struct FileSystemDataSource {
    /// Id of the file system (`fs-...`).
    #[tf(required)]
    file_system_id: String,
    /// `ro` to read, `rw` to write too.
    #[tf(required, check(Check::OneOf(&["rw", "ro"])))]
    file_system_access_mode: String,
    /// Kind of file system.
    #[tf(required, check(Check::OneOf(&["EFS", "FSxLustre"])))]
    file_system_type: String,
    /// Path of the directory in the file system.
    #[tf(required)]
    directory_path: String,
}

/// Data set of the SageMaker catalogue.
#[derive(Clone, Debug, Model)]
pub struct DatasetSource {
    /// ARN of the data set.
    #[tf(required, check(arn::ANY))]
    dataset_arn: String,
}

/// Where the model artifact goes.
#[derive(Clone, Debug, Model)]
pub struct OutputDataConfig {
    /// S3 URI; the artifact is stored below it at `JOB/output/model.tar.gz`.
    #[tf(required, check(s3_uri::URI))]
    s3_output_path: String,
    /// KMS key to encrypt the artifact with.
    #[tf(optional, check(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
    /// `GZIP` for one archive, `NONE` for the files as they are.
    #[tf(optional, computed, default = "GZIP", check(Check::OneOf(&["GZIP", "NONE"])))]
    compression_type: String,
}

/// The machines.
#[derive(Clone, Debug, Model)]
pub struct ResourceConfig {
    /// Instance type, for example `ml.m5.large`.
    #[tf(optional)]
    instance_type: Option<String>,
    /// Number of machines.
    #[tf(optional, check(Check::Range { min: 0, max: i64::MAX }))]
    instance_count: Option<i64>,
    /// Size of each machine's volume in GB.
    #[tf(optional, computed, keep, check(Check::Range { min: 1, max: i64::MAX }))]
    volume_size_in_gb: Option<i64>,
    /// KMS key to encrypt the volumes with.
    #[tf(optional, check(arn::KMS_KEY_ID))]
    volume_kms_key_id: Option<String>,
    /// Seconds for which the machines stay warm for the next job. Can be changed after the job.
    #[tf(optional, check(Check::Range { min: 0, max: 21600 }))]
    keep_alive_period_in_seconds: Option<i64>,
    /// Groups of machines of different types, instead of `instance_type` and `instance_count`.
    #[tf(optional, check(Check::Count { min: 0, max: 5 }))]
    instance_groups: Option<Vec<InstanceGroup>>,
    /// ARN of the training plan whose reserved capacity is used.
    #[tf(optional, check(arn::ANY))]
    training_plan_arn: Option<String>,
    /// Where in an UltraServer the machines are.
    #[tf(optional)]
    instance_placement_config: Option<InstancePlacementConfig>,
    /// Instance types to try in turn, the best first.
    #[tf(optional, check(Check::Count { min: 1, max: 5 }))]
    instance_preferences: Option<Vec<InstancePreference>>,
}

/// One group of equal machines.
#[derive(Clone, Debug, Model)]
pub struct InstanceGroup {
    /// Instance type.
    #[tf(required)]
    instance_type: String,
    /// Number of machines.
    #[tf(required)]
    instance_count: i64,
    /// Name of the group.
    #[tf(required, check(Check::Length { min: 1, max: 64 }))]
    instance_group_name: String,
}

/// Where in an UltraServer the machines are.
#[derive(Clone, Debug, Model)]
pub struct InstancePlacementConfig {
    /// Whether several jobs may share an UltraServer.
    #[tf(optional)]
    enable_multiple_jobs: Option<bool>,
    /// How many machines on which UltraServer.
    #[tf(optional, check(Check::Count { min: 0, max: 10 }))]
    placement_specifications: Option<Vec<PlacementSpecification>>,
}

/// Machines on one UltraServer.
#[derive(Clone, Debug, Model)]
pub struct PlacementSpecification {
    /// Id of the UltraServer.
    #[tf(optional)]
    ultra_server_id: Option<String>,
    /// Number of machines on it.
    #[tf(required)]
    instance_count: i64,
}

/// An instance type to try.
#[derive(Clone, Debug, Model)]
pub struct InstancePreference {
    /// Instance type.
    #[tf(required)]
    instance_type: String,
    /// Number of machines of this type.
    #[tf(optional)]
    instance_count: Option<i64>,
    /// ARN of the training plan whose reserved capacity is used.
    #[tf(optional, check(Check::Count { min: 1, max: 1 }))]
    training_plan_arns: Option<Vec<String>>,
}

/// When the job is ended.
#[derive(Clone, Debug, Model)]
pub struct StoppingCondition {
    /// Longest run in seconds. AWS's own default is one day; your quota may allow up to 28 days.
    #[tf(optional, computed, default = 86400, check(Check::Range { min: 1, max: i64::MAX }))]
    max_runtime_in_seconds: i64,
    /// Longest wait for spot capacity and run together, in seconds; at least the longest run.
    #[tf(optional, check(Check::Range { min: 1, max: i64::MAX }))]
    max_wait_time_in_seconds: Option<i64>,
    /// Longest wait for reserved capacity, in seconds.
    #[tf(optional, check(Check::Range { min: 1800, max: i64::MAX }))]
    max_pending_time_in_seconds: Option<i64>,
}
