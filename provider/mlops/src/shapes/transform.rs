//! Input, output and instances of batch transforms.

use tfplug::model::Model;
use tfplug::validator::Validator;

use crate::aws::{arn, s3_uri};

/// Input data of a batch transform.
#[derive(Clone, Debug, Model)]
pub struct TransformInput {
    /// Location of the input data.
    #[tf(required)]
    data_source: TransformDataSource,
    /// MIME type of the input data, such as `text/csv`.
    #[tf(optional)]
    content_type: Option<String>,
    /// Compression of the input data: `None` or `Gzip`. Defaults to `None`.
    #[tf(optional, computed, default = "None", validate(Validator::OneOf(&["None", "Gzip"])))]
    compression_type: String,
    /// How a file is split into records: `None`, `Line`, `RecordIO` or `TFRecord`. Defaults to `None`: each file is one
    /// request.
    #[tf(optional, computed, default = "None", validate(Validator::OneOf(&["None", "Line", "RecordIO", "TFRecord"])))]
    split_type: String,
}

/// Location of the input data.
#[derive(Clone, Debug, Model)]
pub struct TransformDataSource {
    /// Location in S3.
    #[tf(required)]
    s3_data_source: TransformS3DataSource,
}

/// Location of input data in S3.
#[derive(Clone, Debug, Model)]
pub struct TransformS3DataSource {
    /// What `s3_uri` is: `S3Prefix` for a prefix of keys, `ManifestFile` for an object that lists them.
    #[tf(required, validate(Validator::OneOf(&["ManifestFile", "S3Prefix"])))]
    s3_data_type: String,
    /// S3 URI of the prefix or the manifest.
    #[tf(required, validate(s3_uri::LOCATION))]
    s3_uri: String,
}

/// Output of a batch transform. Each result is stored under the key of its input with `.out` appended.
#[derive(Clone, Debug, Model)]
pub struct TransformOutput {
    /// S3 URI below which the results are stored.
    #[tf(required, validate(s3_uri::LOCATION))]
    s3_output_path: String,
    /// MIME type of the results, such as `application/json`.
    #[tf(optional)]
    accept: Option<String>,
    /// How the results of one file are assembled: `None` or `Line`. Defaults to `None`.
    #[tf(optional, computed, default = "None", validate(Validator::OneOf(&["None", "Line"])))]
    assemble_with: String,
    /// KMS key that encrypts the results: an ID, ARN, alias or alias ARN.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
}

/// ML compute instances of a batch transform.
#[derive(Clone, Debug, Model)]
pub struct TransformResources {
    /// ML compute instance type, such as `ml.m5.large`.
    #[tf(required)]
    instance_type: String,
    /// Number of instances, 1 to 100.
    #[tf(required, validate(Validator::Range { min: 1, max: 100 }))]
    instance_count: i64,
    /// KMS key that encrypts the storage volumes of the instances: an ID, ARN, alias or alias ARN.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    volume_kms_key_id: Option<String>,
    /// Version of the Amazon Machine Image of the instances.
    #[tf(optional)]
    transform_ami_version: Option<String>,
}

/// How SageMaker invokes the model of a batch transform.
#[derive(Clone, Debug, Model)]
pub struct ModelClientConfig {
    /// Timeout of an invocation in seconds, 1 to 3600. AWS takes 600 unless set.
    #[tf(optional, validate(Validator::Range { min: 1, max: 3600 }))]
    invocations_timeout_in_seconds: Option<i64>,
    /// Number of retries of a failed invocation, 0 to 3. AWS takes 3 unless set.
    #[tf(optional, validate(Validator::Range { min: 0, max: 3 }))]
    invocations_max_retries: Option<i64>,
}

/// Capture of the input and output of a batch transform.
#[derive(Clone, Debug, Model)]
pub struct BatchDataCaptureConfig {
    /// S3 URI below which the captured data are stored.
    #[tf(required, validate(s3_uri::LOCATION))]
    destination_s3_uri: String,
    /// KMS key that encrypts the captured data: an ID, ARN, alias or alias ARN.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
    /// Whether each record gets an inference ID. AWS documents no default.
    #[tf(optional)]
    generate_inference_id: Option<bool>,
}

/// Selection of input and output, and joining of both.
#[derive(Clone, Debug, Model)]
pub struct DataProcessing {
    /// JSONPath of the part of the input that the model gets. Defaults to `$`, all of it.
    #[tf(optional, computed, default = "$")]
    input_filter: String,
    /// JSONPath of the part of the joined data that is stored. Defaults to `$`, all of it.
    #[tf(optional, computed, default = "$")]
    output_filter: String,
    /// What the result is joined with: `Input` or `None`. Defaults to `None`.
    #[tf(optional, computed, default = "None", validate(Validator::OneOf(&["Input", "None"])))]
    join_source: String,
}
