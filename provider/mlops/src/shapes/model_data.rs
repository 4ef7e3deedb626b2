//! Model artifacts in S3.

use aws_sdk_sagemaker::types::{ModelCompressionType, S3ModelDataType};
use tfplug::model::Model;
use tfplug::validator::Validator;

use super::hub::{HubAccessConfig, ModelAccessConfig};
use crate::aws::s3_uri;

/// Location of a model artifact.
#[derive(Clone, Debug, Model)]
pub struct ModelDataSource {
    #[tf(optional)]
    s3_data_source: Option<S3ModelDataSource>,
}

/// An additional model artifact.
#[derive(Clone, Debug, Model)]
pub struct AdditionalModelDataSource {
    /// Name of the channel.
    #[tf(required, validate(Validator::Length { min: 1, max: 64 }))]
    channel_name: String,
    #[tf(required)]
    s3_data_source: S3ModelDataSource,
}

/// Model artifact in S3.
#[derive(Clone, Debug, Model)]
pub struct S3ModelDataSource {
    /// S3 URI of the object; with `S3Prefix`, the prefix of the objects, ending in a slash.
    #[tf(required, validate(s3_uri::LOCATION))]
    s3_uri: String,
    /// `S3Object` for one object, `S3Prefix` for all objects with the prefix.
    #[tf(required, validate(Validator::OneOf(S3ModelDataType::values())))]
    s3_data_type: String,
    /// `Gzip` for a `.tar.gz` archive, `None` for uncompressed files.
    #[tf(required, validate(Validator::OneOf(ModelCompressionType::values())))]
    compression_type: String,
    #[tf(optional)]
    model_access_config: Option<ModelAccessConfig>,
    #[tf(optional)]
    hub_access_config: Option<HubAccessConfig>,
    /// S3 URI of the manifest, a CSV file with the locations of the artifacts.
    #[tf(optional, validate(s3_uri::LOCATION))]
    manifest_s3_uri: Option<String>,
    /// ETag of the object at `s3_uri`.
    #[tf(optional, computed, use_state_for_unknown)]
    etag: Option<String>,
    /// ETag of the object at `manifest_s3_uri`.
    #[tf(optional, computed, use_state_for_unknown)]
    manifest_etag: Option<String>,
}
