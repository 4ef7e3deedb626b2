//! The attributes of a model package: what is registered, and what changes in place.

use std::collections::BTreeMap;

use aws_sdk_sagemaker::types::{
    ManagedStorageType, ModelApprovalStatus, ModelPackageRegistrationType, SkipModelValidation,
};
use tfplug::model::Model;
use tfplug::validator::Validator;
use tfplug::value::Value;

use crate::aws::arn::Arn;
use crate::aws::s3_uri;
use crate::sagemaker::names;
use crate::shapes::inference_specification::{AdditionalInferenceSpecification, InferenceSpecification};
use crate::shapes::model_metrics::{DriftCheckBaselines, MetadataProperties, ModelMetrics};
use crate::shapes::model_package::{
    ModelCard, ModelLifeCycle, SecurityConfig, SourceAlgorithmSpecification, ValidationSpecification,
};

/// What is registered. UpdateModelPackage cannot change it, or, as `AWS::SageMaker::ModelPackage` has it, must not.
#[derive(Clone, Debug, Model)]
pub struct Registered {
    /// Description of the model package.
    #[tf(optional, requires_replace, validate(Validator::Length { min: 0, max: 1024 }))]
    model_package_description: Option<String>,
    /// Batch transform jobs by which SageMaker validates the model package.
    #[tf(optional, requires_replace)]
    validation_specification: Option<ValidationSpecification>,
    /// Algorithm that the model package was created from.
    #[tf(optional, requires_replace)]
    source_algorithm_specification: Option<SourceAlgorithmSpecification>,
    /// Whether to certify an unversioned model package for AWS Marketplace. AWS's default is `false`.
    #[tf(optional, computed, use_state_for_unknown, requires_replace)]
    certify_for_marketplace: Option<bool>,
    /// Where the model comes from.
    #[tf(optional, requires_replace)]
    metadata_properties: Option<MetadataProperties>,
    /// Reports of the metrics of the model.
    #[tf(optional, requires_replace)]
    model_metrics: Option<ModelMetrics>,
    /// Baselines that model monitoring compares with.
    #[tf(optional, requires_replace)]
    drift_check_baselines: Option<DriftCheckBaselines>,
    /// Domain of the model, for example `COMPUTER_VISION`.
    #[tf(optional, requires_replace)]
    domain: Option<String>,
    /// Task of the model, for example `CLASSIFICATION` or `OTHER`.
    #[tf(optional, requires_replace)]
    task: Option<String>,
    /// S3 URI of a sample payload for SageMaker Inference Recommender, a `.tar.gz` archive.
    #[tf(optional, requires_replace, validate(s3_uri::LOCATION))]
    sample_payload_url: Option<String>,
    /// `All` to skip the validation of the model package. AWS's default is `None`.
    #[tf(
        optional,
        computed,
        use_state_for_unknown,
        requires_replace,
        validate(Validator::OneOf(SkipModelValidation::values()))
    )]
    skip_model_validation: Option<String>,
    /// Encryption of the information of the model package.
    #[tf(optional, requires_replace)]
    security_config: Option<SecurityConfig>,
    /// Storage type of the model package: `Restricted`.
    #[tf(
        optional,
        computed,
        use_state_for_unknown,
        requires_replace,
        validate(Validator::OneOf(ManagedStorageType::values()))
    )]
    managed_storage_type: Option<String>,
}

/// What UpdateModelPackage changes in a version. Most of it others decide, too, who approve, move and annotate versions: what
/// is not in the configuration is theirs.
#[derive(Clone, Debug, Model)]
pub struct Changeable {
    /// How models based on the model package run inference. A version that has none can be given one in place; any other
    /// change registers a new version.
    #[tf(optional)]
    inference_specification: Option<InferenceSpecification>,
    /// `Registered`, or `Logged` for a version that is recorded only. Unless set, it is left as it is.
    #[tf(
        optional,
        computed,
        use_state_for_unknown,
        validate(Validator::OneOf(ModelPackageRegistrationType::values()))
    )]
    model_package_registration_type: Option<String>,
    /// `Approved`, `Rejected` or `PendingManualApproval`, AWS's default. Only an approved version can be deployed. Unless
    /// set, it is left to those who approve versions.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::OneOf(ModelApprovalStatus::values())))]
    model_approval_status: Option<String>,
    /// Description of the approval status, for example who approved the version and why. Unless set, it is left to those
    /// who approve versions.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::Length { min: 0, max: 1024 }))]
    approval_description: Option<String>,
    /// Metadata of your own. Unless set, it is left as it is; an empty map removes all.
    #[tf(
        optional,
        computed,
        use_state_for_unknown,
        validate(Validator::Count { min: 0, max: 50 }, Validator::Length { min: 1, max: 256 })
    )]
    customer_metadata_properties: Option<BTreeMap<String, String>>,
    /// Additional inference specifications. One that is added is added in place; one that is changed or removed registers a
    /// new version. Those that others add, for example SageMaker Neo, are left alone.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::Count { min: 1, max: 15 }))]
    additional_inference_specifications: Option<Vec<AdditionalInferenceSpecification>>,
    /// URI of the source: the ARN of a model package to clone, or of a model to register.
    #[tf(optional, validate(Validator::Length { min: 0, max: 1024 }))]
    source_uri: Option<String>,
    /// Model card of the version. Unless set, it is left as it is.
    #[tf(optional, computed, use_state_for_unknown)]
    model_card: Option<ModelCard>,
    /// Where the model is in its life cycle. Unless set, it is left to those who move the model.
    #[tf(optional, computed, use_state_for_unknown)]
    model_life_cycle: Option<ModelLifeCycle>,
}

/// A group, by its name or ARN. Source: the service model, CreateModelPackage's `ArnOrName`.
pub const GROUP: Validator = Validator::Text {
    expected: "the name or ARN of a model package group",
    accepts: |s| Arn::is_of(s, "sagemaker", "model-package-group") || names::NAME.accepts(&Value::from(s)),
};

/// AWS describes the group by its name, however it was given.
pub(super) fn is_same_group(a: &Value, b: &Value) -> bool {
    let name = |group: &Value| Some(group.as_str()?.rsplit('/').next()?.to_owned());
    let is_arn = |group: &Value| group.as_str().is_some_and(|g| g.contains('/'));
    name(a) == name(b) && !(is_arn(a) && is_arn(b))
}

/// What AWS fills in. Sources: ACK's generator.yaml for SageMaker (`ImageDigest`, `CertifyForMarketplace`); the service
/// model's defaults; members of one meaning, of which AWS may describe the other (`ModelDataSource`).
pub(super) const SERVER_DEFAULTS: &[&str] = &[
    "certify_for_marketplace",
    "skip_model_validation",
    "managed_storage_type",
    "model_package_registration_type",
    "approval_description",
    "customer_metadata_properties",
    "additional_inference_specifications",
    "model_life_cycle",
    "model_card",
    "model_card.model_card_status",
    "inference_specification.containers.image_digest",
    "inference_specification.containers.is_checkpoint",
    "inference_specification.containers.model_data_etag",
    "inference_specification.containers.model_data_source",
    "inference_specification.containers.model_data_source.s3_data_source.etag",
    "inference_specification.containers.model_data_source.s3_data_source.manifest_etag",
    "inference_specification.containers.additional_model_data_sources.s3_data_source.etag",
    "inference_specification.containers.additional_model_data_sources.s3_data_source.manifest_etag",
    "inference_specification.containers.additional_s3_data_source.compression_type",
    "inference_specification.containers.additional_s3_data_source.etag",
    "additional_inference_specifications.containers.image_digest",
    "additional_inference_specifications.containers.is_checkpoint",
    "additional_inference_specifications.containers.model_data_etag",
    "additional_inference_specifications.containers.model_data_source",
    "additional_inference_specifications.containers.model_data_source.s3_data_source.etag",
    "additional_inference_specifications.containers.model_data_source.s3_data_source.manifest_etag",
    "additional_inference_specifications.containers.additional_model_data_sources.s3_data_source.etag",
    "additional_inference_specifications.containers.additional_model_data_sources.s3_data_source.manifest_etag",
    "additional_inference_specifications.containers.additional_s3_data_source.compression_type",
    "additional_inference_specifications.containers.additional_s3_data_source.etag",
    "source_algorithm_specification.source_algorithms.model_data_etag",
    "source_algorithm_specification.source_algorithms.model_data_source",
    "source_algorithm_specification.source_algorithms.model_data_source.s3_data_source.etag",
    "source_algorithm_specification.source_algorithms.model_data_source.s3_data_source.manifest_etag",
];
