//! The registry of models: parts of groups and packages.

use std::collections::BTreeMap;

use aws_sdk_sagemaker::types::{BatchStrategy, ManagedStorageType, ModelCardStatus};
use tfplug::model::Model;
use tfplug::validator::Validator;

use super::model_data::ModelDataSource;
use super::transform::{TransformInput, TransformOutput, TransformResources};
use crate::aws::{arn, s3_uri};
use crate::sagemaker::names;

/// Storage that SageMaker manages for a group.
#[derive(Clone, Debug, Model)]
pub struct ManagedConfiguration {
    /// Storage type of the model packages: `Restricted`.
    #[tf(optional, validate(Validator::OneOf(ManagedStorageType::values())))]
    managed_storage_type: Option<String>,
}

/// Batch transform jobs by which SageMaker validates a model package.
#[derive(Clone, Debug, Model)]
pub struct ValidationSpecification {
    /// ARN of the IAM role that SageMaker assumes for the validation.
    #[tf(required, validate(arn::ROLE))]
    validation_role: String,
    /// The jobs. At most one.
    #[tf(required, validate(Validator::Count { min: 0, max: 1 }))]
    validation_profiles: Vec<ValidationProfile>,
}

/// A batch transform job by which SageMaker validates a model package.
#[derive(Clone, Debug, Model)]
pub struct ValidationProfile {
    /// Name of the profile.
    #[tf(required, validate(names::NAME))]
    profile_name: String,
    /// The batch transform job.
    #[tf(required)]
    transform_job_definition: TransformJobDefinition,
}

/// The definition of a batch transform job.
#[derive(Clone, Debug, Model)]
pub struct TransformJobDefinition {
    /// Maximum number of parallel requests to each instance. SageMaker's default is `1`.
    #[tf(optional, validate(Validator::Range { min: 0, max: i64::MAX }))]
    max_concurrent_transforms: Option<i64>,
    /// Maximum size of a request in MB. SageMaker's default is `6`.
    #[tf(optional, validate(Validator::Range { min: 0, max: 100 }))]
    max_payload_in_mb: Option<i64>,
    /// How many records a request may have: `SingleRecord`, or `MultiRecord` for as many as fit.
    #[tf(optional, validate(Validator::OneOf(BatchStrategy::values())))]
    batch_strategy: Option<String>,
    /// Environment variables of the container.
    #[tf(optional, validate(Validator::Count { min: 0, max: 16 }))]
    environment: Option<BTreeMap<String, String>>,
    /// Input data.
    #[tf(required)]
    transform_input: TransformInput,
    /// Where the results are stored.
    #[tf(required)]
    transform_output: TransformOutput,
    /// Instances of the job.
    #[tf(required)]
    transform_resources: TransformResources,
}

/// The algorithm that a model package was created from.
#[derive(Clone, Debug, Model)]
pub struct SourceAlgorithmSpecification {
    /// The algorithm. Exactly one.
    #[tf(required, validate(Validator::Count { min: 1, max: 1 }))]
    source_algorithms: Vec<SourceAlgorithm>,
}

/// An algorithm of the account, or of AWS Marketplace.
#[derive(Clone, Debug, Model)]
#[tf(at_most_one_of("model_data_url", "model_data_source"))]
pub struct SourceAlgorithm {
    /// Name or ARN of the algorithm.
    #[tf(required, validate(Validator::Length { min: 1, max: 170 }))]
    algorithm_name: String,
    /// S3 URI of the model artifact, a `.tar.gz` archive.
    #[tf(optional, validate(s3_uri::LOCATION))]
    model_data_url: Option<String>,
    /// Location of the model artifact, for an artifact that is not a `.tar.gz` archive.
    #[tf(optional, computed, use_state_for_unknown)]
    model_data_source: Option<ModelDataSource>,
    /// ETag of the object at `model_data_url`.
    #[tf(optional, computed, use_state_for_unknown)]
    model_data_etag: Option<String>,
}

/// Encryption of the information of a model package.
#[derive(Clone, Debug, Model)]
pub struct SecurityConfig {
    /// KMS key that encrypts the information.
    #[tf(required, validate(arn::KMS_KEY_ID))]
    kms_key_id: String,
}

/// The model card of a model package.
#[derive(Clone, Debug, Model)]
pub struct ModelCard {
    /// Content of the model card, as JSON that follows SageMaker's model package model card schema.
    #[tf(optional, equal_json, validate(Validator::Json, Validator::Length { min: 0, max: 100_000 }))]
    model_card_content: Option<String>,
    /// Approval status of the model card: `Draft`, `PendingReview`, `Approved`, or `Archived`, after which the content
    /// cannot be changed.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::OneOf(ModelCardStatus::values())))]
    model_card_status: Option<String>,
}

/// Where a model is in its life cycle.
#[derive(Clone, Debug, Model)]
pub struct ModelLifeCycle {
    /// Current stage, for example `Development`.
    #[tf(required, validate(names::NAME))]
    stage: String,
    /// Status of the stage, for example `Approved`.
    #[tf(required, validate(names::NAME))]
    stage_status: String,
    /// Description of the stage.
    #[tf(optional, validate(Validator::Length { min: 0, max: 1024 }))]
    stage_description: Option<String>,
}
