//! `mlops_model`: an artifact and the container that serves it.
//!
//! Quirks of the API: nothing of a model can be changed; neither "exists" nor "not found" has an error code of its own.
//! Source: SageMaker API reference, CreateModel.

mod approval;
pub mod container;

use tfplug::model::{Model, Root};
use tfplug::validator::Validator;

use self::approval::Approval;
use self::container::Container;
use crate::aws::arn;
use crate::aws::operation::error;
use crate::engine::{Create, Declared, Delete, Given, Interfaces, MovedFrom, Read, Scripts, Settings};
use crate::sagemaker::lists::{NAMED, listing};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{IAM_PROPAGATION, named};
use crate::services::network_interfaces::interfaces;
use crate::shapes::VpcConfig;
use crate::shapes::fields::{Created, Named, Tagged};
use crate::shapes::network::LeftInterfaces;
use crate::source_code::SourceCode;

/// A SageMaker model: the container image and the model artifacts that endpoints and batch transform jobs run.
///
/// A model is immutable: any change replaces it. For models in use set `name_prefix` and `lifecycle {
/// create_before_destroy = true }`.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "model",
    subcategory = "Models",
    timeouts(create = "10m", delete = "30m"),
    identity("name", optional("region"), derived("account_id")),
    exactly_one_of("primary_container", "containers")
)]
pub struct SageMakerModel {
    #[tf(embed)]
    named: Named,
    /// ARN of the IAM role that SageMaker assumes to download the image and the artifacts, and that the containers run
    /// with.
    #[tf(optional, requires_replace, validate(arn::ROLE))]
    execution_role_arn: Option<String>,
    /// The container, for a model with one.
    #[tf(optional, requires_replace)]
    primary_container: Option<Container>,
    /// Several containers, run as an inference pipeline or invoked individually: see `inference_execution_config`.
    #[tf(optional, requires_replace, validate(Validator::Count { min: 1, max: 15 }))]
    containers: Option<Vec<Container>>,
    /// Local directory of inference code for the primary container, run in script mode. A change of its files replaces the model.
    #[tf(optional, provider_only)]
    source_code: Option<SourceCode>,
    #[tf(optional, requires_replace)]
    inference_execution_config: Option<InferenceExecutionConfig>,
    /// VPC that the containers connect to.
    #[tf(optional, requires_replace)]
    vpc_config: Option<VpcConfig>,
    /// Whether the containers are isolated from the network: no inbound or outbound calls.
    #[tf(optional, computed, requires_replace, default = false)]
    enable_network_isolation: bool,
    /// Whether versions in the model registry must be approved to be deployed: a plan for a new model is refused as long
    /// as the approval status of a version in `model_package_name` is not `Approved`. Other model packages have no approval
    /// status. Defaults to `true`.
    #[tf(optional, computed, provider_only, default = true)]
    require_approved: bool,
    #[tf(embed)]
    left_interfaces: LeftInterfaces,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
}

/// How the containers of a model with several are invoked. As a pipeline (`Serial`) unless set.
#[derive(Clone, Debug, Model)]
pub struct InferenceExecutionConfig {
    /// `Serial` runs the containers as an inference pipeline, `Direct` only the container that a request names.
    #[tf(required, validate(Validator::OneOf(&["Serial", "Direct"])))]
    mode: String,
}

/// The declaration.
pub static MODEL: Declared = Declared {
    moved_from: &[
        MovedFrom::new("aws_sagemaker_model", &["name"]),
        MovedFrom::new("awscc_sagemaker_model", &["model_name"]),
    ],
    server_defaults: &[
        "primary_container.mode",
        "containers.mode",
        "primary_container.model_data_source",
        "primary_container.model_data_source.s3_data_source.etag",
        "primary_container.model_data_source.s3_data_source.manifest_etag",
        "primary_container.additional_model_data_sources.s3_data_source.etag",
        "primary_container.additional_model_data_sources.s3_data_source.manifest_etag",
        "containers.model_data_source",
        "containers.model_data_source.s3_data_source.etag",
        "containers.model_data_source.s3_data_source.manifest_etag",
        "containers.additional_model_data_sources.s3_data_source.etag",
        "containers.additional_model_data_sources.s3_data_source.manifest_etag",
    ],
    interfaces: Some(&Interfaces {
        of_users: true,
        ..interfaces(&["vpc_config.subnets"], &["vpc_config.security_group_ids"])
    }),
    hooks: &Approval,
    // Names of the settings: the SageMaker inference toolkit.
    scripts: Some(&Scripts {
        given: Given::Settings(Settings {
            at: &["primary_container.environment"],
            program: "SAGEMAKER_PROGRAM",
            directory: "SAGEMAKER_SUBMIT_DIRECTORY",
        }),
        place: None,
    }),
    list: Some(&listing(operation!(list_models, ListModels), "models", NAMED)),
    ..named(
        "model",
        SageMakerModel::shared,
        "model_name",
        "model/{name}",
        Create {
            operation: operation!(create_model, CreateModel),
            arn: Some("model_arn"),
            // Source: terraform-provider-aws, internal/service/sagemaker.
            exists: &[error("ValidationException", "Cannot create already existing model")],
            // A policy that was just written does not count everywhere yet. Text: aws/sagemaker-python-sdk issue 1762.
            retryable: &[IAM_PROPAGATION, error("ValidationException", "Could not access model data")],
        },
        // Source: ACK's generator.yaml for SageMaker, errors.404.
        Read::by(operation!(describe_model, DescribeModel), &[error("ValidationException", "Could not find model")]),
        Delete::by(operation!(delete_model, DeleteModel), &[]),
    )
};
