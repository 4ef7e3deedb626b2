//! `mlops_model_package_group`: the versions of one model, in the registry.
//!
//! Quirks of the API: nothing of a group can be changed but its tags and its resource policy, which has operations of its
//! own; a group that holds a version cannot be deleted. Source: SageMaker API reference, DeleteModelPackageGroup.

use tfplug::model::{Model, Root};
use tfplug::validator::Validator;

use crate::aws::operation::{ErrorMatch, error, error_ending};
use crate::aws::policy_json;
use crate::engine::statuses::Statuses;
use crate::engine::{Create, Declared, Delete, DeleteBy, Empty, Held, MovedFrom, Part, Read};
use crate::sagemaker::lists::{NAMED, listing};
use crate::sagemaker::named;
use crate::sagemaker::operation::operation;
use crate::shapes::fields::{Created, Named, Tagged};
use crate::shapes::model_package::ManagedConfiguration;

/// A model package group (model group): the versions of one model in the model registry, each a `mlops_model_package`.
/// Versions that pipelines or people register belong to the group, too, and are not Terraform's.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "model_package_group",
    subcategory = "Models",
    timeouts(create = "10m", update = "10m", delete = "30m"),
    identity("name", optional("region"), derived("account_id"))
)]
pub struct ModelPackageGroup {
    #[tf(embed)]
    named: Named,
    /// Description of the group.
    #[tf(optional, requires_replace, validate(Validator::Length { min: 0, max: 1024 }))]
    model_package_group_description: Option<String>,
    /// Storage that SageMaker manages for the group.
    #[tf(optional, requires_replace)]
    managed_configuration: Option<ManagedConfiguration>,
    /// Resource policy of the group, as JSON: which other accounts may see, deploy and register its versions.
    #[tf(optional, equal(policy_json::same_value), validate(Validator::Json, Validator::Length { min: 1, max: 20480 }))]
    resource_policy: Option<String>,
    /// Whether a destroy also deletes all versions in the group, also those that others registered. It takes effect once
    /// it was applied. Without it the destroy of a group that is not empty is refused. Defaults to `false`.
    #[tf(optional, computed, provider_only, default = false)]
    force_destroy: bool,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// Status, `Completed` when the group can be used.
    #[tf(computed, use_state_for_unknown)]
    model_package_group_status: Option<String>,
}

/// Texts: terraform-provider-aws, internal/service/sagemaker/find.go.
const NO_POLICY: &[ErrorMatch] = &[
    error("ValidationException", "Cannot find resource policy for"),
    error("ValidationException", "Cannot find Model Package Group"),
];

/// The declaration.
pub static MODEL_PACKAGE_GROUP: Declared = Declared {
    moved_from: &[
        MovedFrom::new("aws_sagemaker_model_package_group", &["model_package_group_name"]),
        MovedFrom::new("awscc_sagemaker_model_package_group", &["model_package_group_name"]),
    ],
    statuses: &[Statuses {
        member: "model_package_group_status",
        busy: &["Pending", "InProgress", "Deleting"],
        done: &["Completed"],
        reason: None,
    }],
    parts: &[Part {
        attribute: "resource_policy",
        member: "resource_policy",
        read: operation!(get_model_package_group_policy, GetModelPackageGroupPolicy),
        write: operation!(put_model_package_group_policy, PutModelPackageGroupPolicy),
        delete: operation!(delete_model_package_group_policy, DeleteModelPackageGroupPolicy),
        not_found: NO_POLICY,
    }],
    list: Some(&listing(
        operation!(list_model_package_groups, ListModelPackageGroups),
        "model_package_group_summary_list",
        NAMED,
    )),
    ..named(
        "model package group",
        ModelPackageGroup::shared,
        "model_package_group_name",
        "model-package-group/{name}",
        Create {
            operation: operation!(create_model_package_group, CreateModelPackageGroup),
            arn: Some("model_package_group_arn"),
            // Source: aws-cloudformation-resource-providers-sagemaker, handler tests.
            exists: &[error("ValidationException", "Model Package Group already exists")],
            retryable: &[],
        },
        // Source: terraform-provider-aws, internal/service/sagemaker/find.go.
        Read::by(
            operation!(describe_model_package_group, DescribeModelPackageGroup),
            &[error_ending("ValidationException", "does not exist.")],
        ),
        Delete::By(DeleteBy {
            operation: operation!(delete_model_package_group, DeleteModelPackageGroup),
            in_use: &[],
            send: &[],
            empty: Some(&Empty {
                when: "force_destroy",
                says: None,
                holds: &[Held {
                    noun: "model package",
                    list: operation!(list_model_packages, ListModelPackages),
                    items: "model_package_summary_list",
                    of: &[("name", "model_package_group_name")],
                    only: &[],
                    key: &[("model_package_arn", "model_package_name")],
                    delete: operation!(delete_model_package, DeleteModelPackage),
                    holds: &[],
                }],
                // Source: the service model, DeleteModelPackageGroup and DeleteModelPackage.
                not_empty: &[error("ConflictException", "")],
            }),
        }),
    )
};
