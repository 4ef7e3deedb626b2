//! `mlops_studio_user_profile`: a user of a Studio domain.
//!
//! Quirks of the API: its settings alone can be changed; one that has apps or private spaces cannot be deleted. Source: SageMaker
//! API reference, CreateUserProfile, UpdateUserProfile and DeleteUserProfile; aws/amazon-sagemaker-feedback issue 113.

use tfplug::model::{Model, Root};
use tfplug::validator::Validator;

use super::{STATUSES, STAYS, apps, spaces};
use crate::aws::operation::error;
use crate::engine::key::{Key, NAME};
use crate::engine::{Counts, Create, Declared, Delete, DeleteBy, Empty, Filter, Listing, MovedFrom, Read, UpdateBy};
use crate::sagemaker::lists::{NAME as NAME_CONTAINS, listing};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{IAM_PROPAGATION, named, names};
use crate::shapes::fields::{Created, Tagged};
use crate::shapes::studio::UserSettings;

/// A user profile: a user of a Studio domain, with a home directory of their own on the domain's EFS file system. What its settings
/// leave out is as the domain says.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "studio_user_profile",
    subcategory = "Studio",
    timeouts(create = "20m", update = "20m", delete = "30m"),
    identity("domain_id", "name", optional("region"), derived("account_id"))
)]
pub struct StudioUserProfile {
    /// ID of the domain.
    #[tf(required, requires_replace, provider_only)]
    domain_id: String,
    /// Name of the user profile, unique in the domain in whatever case.
    #[tf(required, requires_replace, provider_only, validate(names::NAME))]
    name: String,
    /// AWS Region. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    #[tf(optional, computed, use_state_for_unknown)]
    user_settings: Option<UserSettings>,
    /// Kind of `single_sign_on_user_value`: `UserName`. Only for a domain whose `auth_mode` is `SSO`, which requires it.
    #[tf(optional, requires_replace, validate(Validator::OneOf(&["UserName"])))]
    single_sign_on_user_identifier: Option<String>,
    /// User name in IAM Identity Center. Only for a domain whose `auth_mode` is `SSO`, which requires it.
    #[tf(optional, requires_replace)]
    single_sign_on_user_value: Option<String>,
    /// Whether a destroy also deletes the apps of the user, and the private spaces with everything in them. It takes effect once it
    /// was applied. Without it the destroy of a user profile that has any is refused. Defaults to `false`.
    #[tf(optional, computed, provider_only, default = false)]
    force_destroy: bool,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// Status, `InService` when the user can work.
    #[tf(computed, use_state_for_unknown)]
    status: Option<String>,
    /// Why the last change failed; null if it did not.
    #[tf(computed, changes_with("user_settings"))]
    failure_reason: Option<String>,
    /// POSIX user ID of the home directory on the EFS file system.
    #[tf(computed, use_state_for_unknown)]
    home_efs_file_system_uid: Option<String>,
}

/// The declaration.
pub static STUDIO_USER_PROFILE: Declared = Declared {
    key: Key { scope: &["domain_id"], member: Some("user_profile_name"), ..NAME },
    // CloudFormation's ID.
    other_ids: &["{name}|{domain_id}"],
    moved_from: &[
        MovedFrom::new("aws_sagemaker_user_profile", &["domain_id", "user_profile_name"]),
        MovedFrom::new("awscc_sagemaker_user_profile", &["domain_id", "user_profile_name"]),
    ],
    updates: &[UpdateBy::new(operation!(update_user_profile, UpdateUserProfile), &["user_settings"])],
    statuses: STATUSES,
    server_defaults: &["user_settings", "user_settings.*"],
    list: Some(&Listing {
        own: &[
            Filter::text("domain_id", "domain_id_equals", "ID of the domain.", 63),
            Filter { member: "user_profile_name_contains", ..NAME_CONTAINS },
        ],
        ..listing(operation!(list_user_profiles, ListUserProfiles), "user_profiles", &[])
    }),
    ..named(
        "user profile",
        StudioUserProfile::shared,
        "user_profile_name",
        "user-profile/{domain_id}/{name}",
        Create {
            operation: operation!(create_user_profile, CreateUserProfile),
            arn: Some("user_profile_arn"),
            // Source: the service model, CreateUserProfile.
            exists: &[error("ResourceInUse", "")],
            retryable: &[IAM_PROPAGATION],
        },
        // Source: the service model, DescribeUserProfile.
        Read::by(operation!(describe_user_profile, DescribeUserProfile), &[error("ResourceNotFound", "")]),
        Delete::By(DeleteBy {
            operation: operation!(delete_user_profile, DeleteUserProfile),
            in_use: &[error("ResourceInUse", "")],
            send: &[],
            empty: Some(&Empty {
                when: StudioUserProfile::FORCE_DESTROY,
                says: None,
                holds: &[
                    apps(&[("domain_id", "domain_id_equals"), ("name", "user_profile_name_equals")]),
                    spaces(
                        &[STAYS, ("ownership_settings_summary.owner_user_profile_name", Counts::Like("name"))],
                        &[apps(&[("domain_id", "domain_id_equals"), ("space_name", "space_name_equals")])],
                    ),
                ],
                not_empty: &[error("ResourceInUse", "")],
            }),
        }),
    )
};
