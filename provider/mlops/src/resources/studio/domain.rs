//! `mlops_studio_domain`: where the people of a team work in SageMaker Studio.
//!
//! Source: SageMaker API reference, CreateDomain, DescribeDomain, UpdateDomain and DeleteDomain; what the API demands of them is in
//! `declaration.rs`.

mod declaration;
pub mod settings;

use tfplug::model::{Model, Set};
use tfplug::validator::Validator;

pub use self::declaration::STUDIO_DOMAIN;
use self::settings::DomainSettings;
use crate::sagemaker::names;
use crate::shapes::fields::{Created, Tagged};
use crate::shapes::network::LeftInterfaces;
use crate::shapes::studio::{DefaultSpaceSettings, FEATURE, UserSettings};

/// A domain of SageMaker Studio: the users of a team (`mlops_studio_user_profile`), how they sign in, their network, and what they
/// work with unless their own settings say otherwise. A domain costs nothing; its EFS file system with the users' home directories,
/// their apps and the storage of their spaces do.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "studio_domain",
    subcategory = "Studio",
    timeouts(create = "30m", update = "30m", delete = "60m"),
    identity("domain_id", optional("region"), derived("account_id"))
)]
pub struct StudioDomain {
    /// ID of the domain.
    #[tf(computed, use_state_for_unknown)]
    domain_id: Option<String>,
    /// Name of the domain, unique in the account and region.
    #[tf(required, requires_replace, rename = "domain_name", validate(names::NAME))]
    name: String,
    /// AWS Region. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    /// How users sign in: `IAM`, or `SSO` for IAM Identity Center.
    #[tf(required, requires_replace, validate(Validator::OneOf(&["IAM", "SSO"])))]
    auth_mode: String,
    /// ID of the VPC of the domain. Only domains that SageMaker Unified Studio creates can be without one.
    #[tf(optional, requires_replace)]
    vpc_id: Option<String>,
    /// IDs of the subnets of the domain, in which the EFS file system is mounted.
    #[tf(optional)]
    subnet_ids: Option<Set<String>>,
    /// Network of what is not EFS: `PublicInternetOnly` for one that SageMaker manages, `VpcOnly` for the domain's VPC. Defaults to
    /// `PublicInternetOnly`.
    #[tf(
        optional,
        computed,
        default = "PublicInternetOnly",
        validate(Validator::OneOf(&["PublicInternetOnly", "VpcOnly"]))
    )]
    app_network_access_type: String,
    /// Who manages the security groups between apps of a domain that is `VpcOnly`: `Service` or `Customer`. RStudio requires
    /// `Service`.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::OneOf(&["Service", "Customer"])))]
    app_security_group_management: Option<String>,
    /// ID or ARN of the KMS key that encrypts the EFS and EBS volumes of the domain. AWS takes a key of its own unless set.
    #[tf(optional, requires_replace)]
    kms_key_id: Option<String>,
    /// Whether the domain has an EFS file system for home directories: `Enabled` or `Disabled`. It can be enabled later, not disabled.
    /// AWS takes `Enabled` unless set.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::OneOf(&["Enabled", "Disabled"])))]
    home_efs_file_system_creation: Option<String>,
    /// Whether the tags of the domain and its users are passed on to what Studio creates: `ENABLED` or `DISABLED`. Defaults to
    /// `DISABLED`.
    #[tf(optional, computed, default = "DISABLED", validate(FEATURE))]
    tag_propagation: String,
    /// Settings of users whose profiles say nothing else.
    #[tf(required)]
    default_user_settings: UserSettings,
    #[tf(optional, computed, use_state_for_unknown)]
    default_space_settings: Option<DefaultSpaceSettings>,
    #[tf(optional, computed, use_state_for_unknown)]
    domain_settings: Option<DomainSettings>,
    /// Whether a destroy also deletes the apps, spaces and user profiles of the domain, whoever created them. It takes effect once it
    /// was applied. Without it the destroy of a domain that has any is refused. Defaults to `false`.
    #[tf(optional, computed, provider_only, default = false)]
    force_destroy: bool,
    /// What becomes of the EFS file system, with all files of the users, when the domain is destroyed: `Delete`, or `Retain`, which
    /// keeps it, its cost, and its network interfaces, so that its subnets cannot be deleted. Defaults to `Delete`.
    #[tf(optional, computed, provider_only, default = "Delete", validate(Validator::OneOf(&["Delete", "Retain"])))]
    home_efs_file_system_retention: String,
    #[tf(embed)]
    left_interfaces: LeftInterfaces,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// Status, `InService` when the domain can be used.
    #[tf(computed, use_state_for_unknown)]
    status: Option<String>,
    /// Why the last change failed; null if it did not.
    #[tf(
        computed,
        changes_with(
            "subnet_ids",
            "app_network_access_type",
            "app_security_group_management",
            "home_efs_file_system_creation",
            "tag_propagation",
            "default_user_settings",
            "default_space_settings",
            "domain_settings"
        )
    )]
    failure_reason: Option<String>,
    /// URL of the domain.
    #[tf(computed, use_state_for_unknown)]
    url: Option<String>,
    /// ID of the EFS file system with the home directories.
    #[tf(computed, changes_with("home_efs_file_system_creation"))]
    home_efs_file_system_id: Option<String>,
    /// ID of the security group between RStudio and its sessions.
    #[tf(computed, use_state_for_unknown)]
    security_group_id_for_domain_boundary: Option<String>,
    /// ARN of the domain's application in IAM Identity Center.
    #[tf(computed, use_state_for_unknown)]
    single_sign_on_application_arn: Option<String>,
    /// ID of the domain's managed application instance in IAM Identity Center.
    #[tf(computed, use_state_for_unknown)]
    single_sign_on_managed_application_instance_id: Option<String>,
}
