//! What a model package consists of and how it can be run.

use std::collections::BTreeMap;

use aws_sdk_sagemaker::types::{AdditionalS3DataSourceDataType, CompressionType};
use tfplug::model::{Model, Set};
use tfplug::validator::Validator;

use super::model_data::{AdditionalModelDataSource, ModelDataSource};
use crate::aws::s3_uri;
use crate::sagemaker::names;

/// How models based on the model package run inference.
#[derive(Clone, Debug, Model)]
pub struct InferenceSpecification {
    /// Containers with the inference code and the model artifacts. Several run as an inference pipeline.
    #[tf(required, validate(Validator::Count { min: 1, max: 15 }))]
    containers: Vec<PackageContainer>,
    /// Instance types that batch transform jobs can use, for example `ml.m5.large`. Required for an unversioned model
    /// package.
    #[tf(optional)]
    supported_transform_instance_types: Option<Set<String>>,
    /// Instance types that real-time endpoints can use, for example `ml.m5.large`. Required for an unversioned model
    /// package.
    #[tf(optional)]
    supported_realtime_inference_instance_types: Option<Set<String>>,
    /// MIME types of the input data, for example `text/csv`.
    #[tf(optional)]
    supported_content_types: Option<Set<String>>,
    /// MIME types of the output data, for example `application/json`.
    #[tf(optional)]
    supported_response_mime_types: Option<Set<String>>,
}

/// Another inference specification of the same model package, for example of an artifact compiled by SageMaker Neo.
#[derive(Clone, Debug, Model)]
pub struct AdditionalInferenceSpecification {
    /// Name of the specification, unique in the model package.
    #[tf(required, validate(names::NAME))]
    name: String,
    /// Description of the specification.
    #[tf(optional, validate(Validator::Length { min: 0, max: 1024 }))]
    description: Option<String>,
    /// Containers with the inference code and the model artifacts.
    #[tf(required, validate(Validator::Count { min: 1, max: 15 }))]
    containers: Vec<PackageContainer>,
    /// Instance types that batch transform jobs can use.
    #[tf(optional)]
    supported_transform_instance_types: Option<Set<String>>,
    /// Instance types that real-time endpoints can use.
    #[tf(optional)]
    supported_realtime_inference_instance_types: Option<Set<String>>,
    /// MIME types of the input data.
    #[tf(optional)]
    supported_content_types: Option<Set<String>>,
    /// MIME types of the output data.
    #[tf(optional)]
    supported_response_mime_types: Option<Set<String>>,
}

/// A container of a model package.
#[derive(Clone, Debug, Model)]
#[tf(at_most_one_of("model_data_url", "model_data_source"))]
pub struct PackageContainer {
    /// DNS host name of the container.
    #[tf(optional, validate(names::NAME))]
    container_hostname: Option<String>,
    /// Container image with the inference code: the URI of an image in ECR, with a tag or a digest.
    #[tf(optional, validate(Validator::Length { min: 1, max: 255 }))]
    image: Option<String>,
    /// Digest of the image, `sha256:` and 64 hexadecimal digits. SageMaker resolves it from `image` unless set.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::Length { min: 1, max: 72 }))]
    image_digest: Option<String>,
    /// S3 URI of the model artifact, a `.tar.gz` archive in the Region of the model package.
    #[tf(optional, validate(s3_uri::LOCATION))]
    model_data_url: Option<String>,
    /// Location of the model artifact, for an artifact that is not a `.tar.gz` archive.
    #[tf(optional, computed, use_state_for_unknown)]
    model_data_source: Option<ModelDataSource>,
    /// ETag of the object at `model_data_url`.
    #[tf(optional, computed, use_state_for_unknown)]
    model_data_etag: Option<String>,
    /// Additional model artifacts, each available to the container as a channel.
    #[tf(optional, unordered, validate(Validator::Count { min: 0, max: 5 }))]
    additional_model_data_sources: Option<Vec<AdditionalModelDataSource>>,
    /// Additional data in S3 that the container uses during inference.
    #[tf(optional)]
    additional_s3_data_source: Option<AdditionalS3DataSource>,
    /// AWS Marketplace product ID of the model package.
    #[tf(optional, validate(Validator::Length { min: 1, max: 256 }))]
    product_id: Option<String>,
    /// Environment variables of the container. Only a versioned model package can have them.
    #[tf(optional, validate(Validator::Count { min: 0, max: 100 }))]
    environment: Option<BTreeMap<String, String>>,
    /// Input of the model, for SageMaker Inference Recommender and SageMaker Neo.
    #[tf(optional)]
    model_input: Option<ModelInput>,
    /// Framework of the image, for example `XGBOOST`.
    #[tf(optional)]
    framework: Option<String>,
    /// Version of the framework, for example `1.7-1`.
    #[tf(optional, validate(Validator::Length { min: 3, max: 10 }))]
    framework_version: Option<String>,
    /// Name of the model that is closest to this one among those that SageMaker Inference Recommender has benchmarked, as
    /// ListModelMetadata lists them.
    #[tf(optional)]
    nearest_model_name: Option<String>,
    /// Whether the model artifact is a checkpoint of a training job. AWS documents no default.
    #[tf(optional, computed, use_state_for_unknown)]
    is_checkpoint: Option<bool>,
    /// Foundation model that was customized.
    #[tf(optional)]
    base_model: Option<BaseModel>,
}

/// Additional data in S3 that a container uses during inference.
#[derive(Clone, Debug, Model)]
pub struct AdditionalS3DataSource {
    /// `S3Object` for one object, `S3Prefix` for all objects with the prefix.
    #[tf(required, validate(Validator::OneOf(AdditionalS3DataSourceDataType::values())))]
    s3_data_type: String,
    /// S3 URI of the object or prefix.
    #[tf(required, validate(s3_uri::LOCATION))]
    s3_uri: String,
    /// `Gzip` for compressed data, `None` for uncompressed data.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::OneOf(CompressionType::values())))]
    compression_type: Option<String>,
    /// ETag of the object at `s3_uri`.
    #[tf(optional, computed, use_state_for_unknown)]
    etag: Option<String>,
}

/// Input of a model.
#[derive(Clone, Debug, Model)]
pub struct ModelInput {
    /// Name and shape of each input, in the form that the framework expects.
    #[tf(required, validate(Validator::Length { min: 1, max: 16384 }))]
    data_input_config: String,
}

/// A foundation model of a hub.
#[derive(Clone, Debug, Model)]
pub struct BaseModel {
    /// Name of the hub content.
    #[tf(optional, validate(names::NAME))]
    hub_content_name: Option<String>,
    /// Version of the hub content, for example `1.0.0`.
    #[tf(optional, validate(Validator::Length { min: 5, max: 14 }))]
    hub_content_version: Option<String>,
    /// Name of the recipe by which the model was customized.
    #[tf(optional, validate(Validator::Length { min: 1, max: 255 }))]
    recipe_name: Option<String>,
}
