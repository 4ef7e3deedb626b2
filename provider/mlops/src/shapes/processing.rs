//! Inputs, outputs, instances and containers of processing jobs.

use tfplug::diag::{Diag, Diags};
use tfplug::model::Model;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use super::VpcConfig;
use crate::aws::{arn, s3_uri};

/// An input of a processing job.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("s3_input", "dataset_definition"))]
pub struct ProcessingInput {
    /// Name of the input, unique in the job.
    #[tf(required, validate(Validator::Length { min: 1, max: 255 }))]
    input_name: String,
    #[tf(optional)]
    s3_input: Option<ProcessingS3Input>,
    #[tf(optional)]
    dataset_definition: Option<DatasetDefinition>,
    /// Whether the container itself reads the input. SageMaker's default is `false`: SageMaker downloads it.
    #[tf(optional, computed, use_state_for_unknown)]
    app_managed: Option<bool>,
}

/// Input data in S3.
#[derive(Clone, Debug, Model)]
pub struct ProcessingS3Input {
    /// S3 URI of the prefix or the manifest.
    #[tf(required, validate(s3_uri::LOCATION))]
    s3_uri: String,
    /// Directory in the container. Required unless `app_managed` is true.
    #[tf(optional, validate(LOCAL_PATH))]
    local_path: Option<String>,
    /// What `s3_uri` is: `S3Prefix` for a prefix of keys, `ManifestFile` for an object that lists them.
    #[tf(optional, computed, default = "S3Prefix", validate(Validator::OneOf(&["ManifestFile", "S3Prefix"])))]
    s3_data_type: String,
    /// `File` downloads the data before the container starts, `Pipe` streams it through named pipes. SageMaker's default is
    /// `File`.
    #[tf(optional, computed, use_state_for_unknown, validate(MODE))]
    s3_input_mode: Option<String>,
    /// `FullyReplicated` copies all data to each instance, `ShardedByS3Key` a part of the objects. SageMaker's default is
    /// `FullyReplicated`.
    #[tf(optional, computed, use_state_for_unknown, validate(DISTRIBUTION))]
    s3_data_distribution_type: Option<String>,
    /// `Gzip` for compressed data, which SageMaker decompresses; in `Pipe` mode only. SageMaker's default is `None`.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::OneOf(&["None", "Gzip"])))]
    s3_compression_type: Option<String>,
}

/// Where SageMaker keeps data in a processing container. Source: API reference, ProcessingS3Input.
const LOCAL_PATH: Validator = Validator::Text {
    expected: "a directory below `/opt/ml/processing/`, of at most 256 characters",
    accepts: |s| s.strip_prefix("/opt/ml/processing/").is_some_and(|rest| !rest.is_empty()) && s.len() <= 256,
};
const MODE: Validator = Validator::OneOf(&["Pipe", "File"]);
const DISTRIBUTION: Validator = Validator::OneOf(&["FullyReplicated", "ShardedByS3Key"]);

/// Input data that a query yields.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("athena_dataset_definition", "redshift_dataset_definition"))]
pub struct DatasetDefinition {
    #[tf(optional)]
    athena_dataset_definition: Option<AthenaDatasetDefinition>,
    #[tf(optional)]
    redshift_dataset_definition: Option<RedshiftDatasetDefinition>,
    /// Directory in the container. Required unless `app_managed` is true.
    #[tf(optional, validate(LOCAL_PATH))]
    local_path: Option<String>,
    /// `FullyReplicated` copies all data to each instance, `ShardedByS3Key` a part of it. SageMaker's default is
    /// `ShardedByS3Key`.
    #[tf(optional, computed, use_state_for_unknown, validate(DISTRIBUTION))]
    data_distribution_type: Option<String>,
    /// `File` downloads the data before the container starts, `Pipe` streams it. SageMaker's default is `File`.
    #[tf(optional, computed, use_state_for_unknown, validate(MODE))]
    input_mode: Option<String>,
}

/// A query of Athena.
#[derive(Clone, Debug, Model)]
pub struct AthenaDatasetDefinition {
    /// Data catalog.
    #[tf(required, validate(Validator::Length { min: 1, max: 256 }))]
    catalog: String,
    /// Database.
    #[tf(required, validate(Validator::Length { min: 1, max: 255 }))]
    database: String,
    /// SQL statement.
    #[tf(required, validate(Validator::Length { min: 1, max: 4096 }))]
    query_string: String,
    /// Workgroup that runs the query.
    #[tf(optional, validate(Validator::Length { min: 1, max: 128 }))]
    work_group: Option<String>,
    /// S3 URI below which the results are stored.
    #[tf(required, validate(s3_uri::LOCATION))]
    output_s3_uri: String,
    /// KMS key that encrypts the results: an ID, ARN, alias or alias ARN.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
    /// Format of the results.
    #[tf(required, validate(Validator::OneOf(&["PARQUET", "ORC", "AVRO", "JSON", "TEXTFILE"])))]
    output_format: String,
    /// Compression of the results.
    #[tf(optional, validate(Validator::OneOf(&["GZIP", "SNAPPY", "ZLIB"])))]
    output_compression: Option<String>,
}

/// A query of Redshift.
#[derive(Clone, Debug, Model)]
pub struct RedshiftDatasetDefinition {
    /// ID of the cluster.
    #[tf(required, validate(Validator::Length { min: 1, max: 63 }))]
    cluster_id: String,
    /// Database.
    #[tf(required, validate(Validator::Length { min: 1, max: 64 }))]
    database: String,
    /// Database user.
    #[tf(required, validate(Validator::Length { min: 1, max: 128 }))]
    db_user: String,
    /// SQL statement.
    #[tf(required, validate(Validator::Length { min: 1, max: 4096 }))]
    query_string: String,
    /// ARN of the IAM role that Redshift assumes to store the results.
    #[tf(required, validate(arn::ROLE))]
    cluster_role_arn: String,
    /// S3 URI below which the results are stored.
    #[tf(required, validate(s3_uri::LOCATION))]
    output_s3_uri: String,
    /// KMS key that encrypts the results: an ID, ARN, alias or alias ARN.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
    /// Format of the results.
    #[tf(required, validate(Validator::OneOf(&["PARQUET", "CSV"])))]
    output_format: String,
    /// Compression of the results.
    #[tf(optional, validate(Validator::OneOf(&["None", "GZIP", "BZIP2", "ZSTD", "SNAPPY"])))]
    output_compression: Option<String>,
}

/// Output of a processing job.
#[derive(Clone, Debug, Model)]
pub struct ProcessingOutputConfig {
    /// The outputs.
    #[tf(required, validate(Validator::Count { min: 0, max: 10 }))]
    outputs: Vec<ProcessingOutput>,
    /// KMS key that encrypts all outputs: an ID, ARN, alias or alias ARN.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
}

/// An output of a processing job.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("s3_output", "feature_store_output"))]
pub struct ProcessingOutput {
    /// Name of the output, unique in the job.
    #[tf(required, validate(Validator::Length { min: 1, max: 255 }))]
    output_name: String,
    #[tf(optional)]
    s3_output: Option<ProcessingS3Output>,
    #[tf(optional)]
    feature_store_output: Option<ProcessingFeatureStoreOutput>,
    /// Whether the container itself writes the output. SageMaker's default is `false`: SageMaker uploads it.
    #[tf(optional, computed, use_state_for_unknown)]
    app_managed: Option<bool>,
}

/// Output in S3.
#[derive(Clone, Debug, Model)]
pub struct ProcessingS3Output {
    /// S3 URI below which the output is stored.
    #[tf(required, validate(s3_uri::LOCATION))]
    s3_uri: String,
    /// Directory in the container whose files are uploaded. SageMaker creates it. Required unless `app_managed` is true.
    #[tf(optional, validate(LOCAL_PATH))]
    local_path: Option<String>,
    /// `EndOfJob` uploads the files once the container has succeeded, `Continuous` while it runs.
    #[tf(optional, computed, default = "EndOfJob", validate(Validator::OneOf(&["Continuous", "EndOfJob"])))]
    s3_upload_mode: String,
}

/// Output in a feature group. The container itself writes the records: set `app_managed = true`.
#[derive(Clone, Debug, Model)]
pub struct ProcessingFeatureStoreOutput {
    /// Name of the feature group.
    #[tf(required, validate(Validator::Length { min: 1, max: 64 }))]
    feature_group_name: String,
}

/// Instances of a processing job.
#[derive(Clone, Debug, Model)]
pub struct ProcessingResources {
    #[tf(required)]
    cluster_config: ProcessingClusterConfig,
}

/// Instance type, count and storage.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("instance_type", "instance_preferences"))]
pub struct ProcessingClusterConfig {
    /// ML compute instance type, such as `ml.m5.large`.
    #[tf(optional)]
    instance_type: Option<String>,
    /// Number of instances, 1 to 100. SageMaker's default is 1.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::Range { min: 1, max: 100 }))]
    instance_count: Option<i64>,
    /// Size of the storage volume of each instance in GB, 1 to 16384.
    #[tf(required, validate(Validator::Range { min: 1, max: 16384 }))]
    volume_size_in_gb: i64,
    /// KMS key that encrypts the storage volumes: an ID, ARN, alias or alias ARN.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    volume_kms_key_id: Option<String>,
    /// Instance types in order of preference: the job runs on the first with available capacity.
    #[tf(optional, validate(Validator::Count { min: 1, max: 5 }))]
    instance_preferences: Option<Vec<ProcessingInstancePreference>>,
}

/// A preferred instance type.
#[derive(Clone, Debug, Model)]
pub struct ProcessingInstancePreference {
    /// ML compute instance type.
    #[tf(required)]
    instance_type: String,
    /// Number of instances of this type. Set it for all types, or `instance_count` of the cluster instead.
    #[tf(optional, validate(Validator::Range { min: 1, max: 100 }))]
    instance_count: Option<i64>,
}

/// The container, and what it runs.
#[derive(Clone, Debug, Model)]
pub struct AppSpecification {
    /// Container image: the URI of an image in ECR, with a tag or a digest.
    #[tf(required, validate(Validator::Length { min: 1, max: 255 }))]
    image_uri: String,
    /// Command that overrides the image's entry point. With `source_code`, the command that the script is given to: unless
    /// set, `python3` for a script in Python (`.py`), `/bin/sh` for one of the shell (`.sh`), none for a program.
    #[tf(optional, validate(Validator::Count { min: 1, max: 90 }, Validator::Length { min: 0, max: 256 }))]
    container_entrypoint: Option<Vec<String>>,
    /// Arguments of the entry point, or of the script.
    #[tf(optional, validate(Validator::Count { min: 1, max: 100 }, Validator::Length { min: 0, max: 256 }))]
    container_arguments: Option<Vec<String>>,
}

/// Limit on run time.
#[derive(Clone, Debug, Model)]
pub struct ProcessingStoppingCondition {
    /// Maximum run time in seconds, at most 777600 (9 days). SageMaker stops a job that reaches it.
    #[tf(required, validate(Validator::Range { min: 1, max: 777_600 }))]
    max_runtime_in_seconds: i64,
}

/// One day, which is AWS's own default. Source: SageMaker API reference, CreateProcessingJob.
pub fn one_day() -> Value {
    Value::object([("max_runtime_in_seconds", Value::from(86_400))])
}

/// Network of the containers.
#[derive(Clone, Debug, Model)]
pub struct NetworkConfig {
    /// Whether traffic between the instances of a distributed job is encrypted. SageMaker's default is `false`.
    #[tf(optional, computed, use_state_for_unknown)]
    enable_inter_container_traffic_encryption: Option<bool>,
    /// Whether the containers are isolated from the network: no inbound or outbound calls. SageMaker's default is `false`.
    #[tf(optional, computed, use_state_for_unknown)]
    enable_network_isolation: Option<bool>,
    #[tf(optional)]
    vpc_config: Option<VpcConfig>,
}

/// What AWS would refuse of a job's inputs and outputs. Source: SageMaker API reference, ProcessingS3Input,
/// DatasetDefinition, ProcessingS3Output and ProcessingFeatureStoreOutput.
pub fn check(job: &Value) -> Diags {
    let mut diags = Diags::new();
    let outputs = job.attribute("processing_output_config").attribute(ProcessingOutputConfig::OUTPUTS);
    let at = [Path::of("processing_inputs"), Path::parse("processing_output_config.outputs")];
    for (list, at) in [job.attribute("processing_inputs"), outputs].into_iter().zip(at) {
        for (i, each) in list.as_elements().unwrap_or_default().iter().enumerate() {
            let managed = each.attribute(ProcessingInput::APP_MANAGED);
            if managed.is_unknown() || managed.as_bool() == Some(true) {
                continue;
            }
            let here = at.index(i);
            let mut refuse = |name: &str, detail: &str| {
                diags.push(Diag::error(format!("Invalid {name}"), detail).at(here.attribute(name)));
            };
            for name in ["s3_input", "dataset_definition", "s3_output"] {
                let place = each.attribute(name);
                if place.as_entries().is_some() && place.attribute(ProcessingS3Input::LOCAL_PATH).is_null() {
                    refuse(name, "It needs `local_path`, for `app_managed` is not true.");
                }
            }
            if !each.attribute(ProcessingOutput::FEATURE_STORE_OUTPUT).is_null() {
                refuse(
                    "feature_store_output",
                    "It needs `app_managed = true`: the container itself writes the records.",
                );
            }
        }
    }
    diags
}
