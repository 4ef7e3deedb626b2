//! `mlops_model_package`: a version of a model in the registry, or a model package of its own.
//!
//! Quirks of the API: only a client token keeps a repeated request from registering another version; the ARN is sent as the
//! name; a version has its group's tags; only versions can be updated. Source: SageMaker API reference, CreateModelPackage.

pub mod attributes;
pub mod hooks;

use aws_sdk_sagemaker::types::ModelApprovalStatus;
use tfplug::model::{Model, Root};
use tfplug::validator::Validator;

use self::attributes::{Changeable, GROUP, Registered, is_same_group};
use self::hooks::PackageHooks;
use crate::aws::operation::{error, error_ending};
use crate::engine::key::Key;
use crate::engine::statuses::Statuses;
use crate::engine::{Clear, Create, Declared, Delete, Delta, Filter, Listing, MovedFrom, Read, UpdateBy};
use crate::sagemaker::lists::{NAMED, listing};
use crate::sagemaker::named;
use crate::sagemaker::names;
use crate::sagemaker::operation::operation;
use crate::shapes::fields::{Created, Tagged};

/// A model package: a version of a model in the model registry (`model_package_group_name`), or an unversioned model
/// package, for AWS Marketplace (`model_package_name`).
///
/// A change of what was registered registers a new version. Approval, life cycle, metadata and model card change in
/// place; those that are not in the configuration are left to the people and pipelines that set them. A version has the
/// tags of its group.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "model_package",
    subcategory = "Models",
    timeouts(create = "60m", update = "10m", delete = "10m"),
    identity("arn", optional("region"), derived("account_id")),
    exactly_one_of("model_package_group_name", "model_package_name"),
    at_most_one_of("model_package_group_name", "tags"),
    at_most_one_of("model_package_group_name", "certify_for_marketplace"),
    at_most_one_of("model_package_name", "model_approval_status"),
    at_most_one_of("model_package_name", "approval_description")
)]
pub struct ModelPackage {
    /// Name of the model package group to register a version in; its ARN, if the group is another account's.
    #[tf(optional, requires_replace, equal(is_same_group), validate(GROUP))]
    model_package_group_name: Option<String>,
    /// Name of an unversioned model package, unique in the account and Region.
    #[tf(optional, requires_replace, validate(names::NAME))]
    model_package_name: Option<String>,
    /// AWS Region. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    #[tf(embed)]
    registered: Registered,
    #[tf(embed)]
    changeable: Changeable,
    /// What a destroy, also that of a version which a new one replaces, does: `delete` deletes the model package, `retain`
    /// keeps it in the registry. Defaults to `delete`.
    #[tf(optional, computed, provider_only, default = "delete", validate(Validator::OneOf(&["delete", "retain"])))]
    on_destroy: String,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// Version number in the group.
    #[tf(computed, use_state_for_unknown)]
    model_package_version: Option<i64>,
    /// Status, `Completed` when the model package can be used.
    #[tf(computed, use_state_for_unknown)]
    model_package_status: Option<String>,
}

const METADATA: &str = "customer_metadata_properties";
const SPECIFICATIONS: &str = "additional_inference_specifications";

/// The declaration.
pub static MODEL_PACKAGE: Declared = Declared {
    moved_from: &[MovedFrom::new("awscc_sagemaker_model_package", &["model_package_arn"])],
    key: Key { sent_as: &[("UpdateModelPackage", "arn", "model_package_arn")], ..Key::arn("model_package_name") },
    statuses: &[Statuses {
        member: "model_package_status",
        busy: &["Pending", "InProgress", "Deleting"],
        done: &["Completed"],
        reason: Some("model_package_status_details"),
    }],
    updates: &[UpdateBy {
        partial: true,
        after_create: &["approval_description"],
        clear: &[Clear::empty("source_uri")],
        deltas: &[
            Delta::new(METADATA, METADATA, "customer_metadata_properties_to_remove"),
            Delta { by: Some("name"), ..Delta::added(SPECIFICATIONS, "additional_inference_specifications_to_add") },
        ],
        ..UpdateBy::new(
            operation!(update_model_package, UpdateModelPackage).with_token("client_token"),
            &[
                "inference_specification",
                "model_package_registration_type",
                "model_approval_status",
                "approval_description",
                "source_uri",
                "model_card",
                "model_life_cycle",
            ],
        )
    }],
    untagged: Some("model_package_group_name"),
    server_defaults: attributes::SERVER_DEFAULTS,
    hooks: &PackageHooks,
    list: Some(&Listing {
        // Without a type AWS lists packages without a group only (SageMaker API reference, ListModelPackages).
        sends: &[("model_package_type", "Both", Some("model_package_group_name"))],
        own: &[
            Filter::text(
                "model_package_group_name",
                "model_package_group_name",
                "Name or ARN of the model package group whose versions are listed. Model packages with and without a group are listed unless set.",
                170,
            ),
            Filter::choice(
                "model_approval_status",
                "model_approval_status",
                "Approval status of the versions.",
                ModelApprovalStatus::values(),
            ),
        ],
        ..listing(operation!(list_model_packages, ListModelPackages), "model_package_summary_list", NAMED)
    }),
    ..named(
        "model package",
        ModelPackage::shared,
        "model_package_name",
        "model-package/{name}",
        Create {
            operation: operation!(create_model_package, CreateModelPackage).with_token("client_token"),
            arn: Some("model_package_arn"),
            // Source: aws/sagemaker-python-sdk, session.py.
            exists: &[error("ValidationException", "ModelPackage already exists")],
            retryable: &[],
        },
        // Source: ACK's generator.yaml for SageMaker, errors.404.
        Read::by(
            operation!(describe_model_package, DescribeModelPackage),
            &[error_ending("ValidationException", "does not exist.")],
        ),
        Delete::by(operation!(delete_model_package, DeleteModelPackage), &[]),
    )
};
