//! How domains are created, changed and deleted.
//!
//! Quirks of the API: AWS gives the key, and a creation takes no client token; an update takes the settings of the domain under
//! another name; a domain that has users, spaces or apps cannot be deleted.

use tfplug::model::Root;
use tfplug::value::Value;

use super::StudioDomain;
use crate::aws::operation::error;
use crate::engine::key::Key;
use crate::engine::{Create, Declared, Delete, DeleteBy, Empty, Held, Hooks, MovedFrom, Read, UpdateBy};
use crate::resources::studio::{STATUSES, STAYS, apps, spaces};
use crate::sagemaker::lists::listing;
use crate::sagemaker::operation::operation;
use crate::sagemaker::{IAM_PROPAGATION, named};
use crate::services::network_interfaces::interfaces;

/// The declaration.
pub static STUDIO_DOMAIN: Declared = Declared {
    key: Key::id_of("domain_id").found_by("name", operation!(list_domains, ListDomains), "domains"),
    moved_from: &[
        MovedFrom::new("aws_sagemaker_domain", &["id"]),
        MovedFrom::new("awscc_sagemaker_domain", &["domain_id"]),
    ],
    updates: &[UpdateBy {
        // AWS takes a change of the network only without running apps, and what is not sent stays.
        partial: true,
        ..UpdateBy::new(
            operation!(update_domain, UpdateDomain),
            &[
                "subnet_ids",
                "app_network_access_type",
                "app_security_group_management",
                "home_efs_file_system_creation",
                "tag_propagation",
                "default_user_settings",
                "default_space_settings",
                "domain_settings",
            ],
        )
    }],
    statuses: STATUSES,
    server_defaults: &[
        "app_security_group_management",
        "home_efs_file_system_creation",
        "default_user_settings.*",
        "default_space_settings",
        "default_space_settings.*",
        "domain_settings",
        "domain_settings.*",
    ],
    interfaces: Some(&interfaces(&["subnet_ids"], &[])),
    hooks: &DomainHooks,
    omitted: &[
        ("home_efs_file_system_kms_key_id", "deprecated by AWS for `kms_key_id`"),
        ("domain_settings_for_update", "what an update takes `domain_settings` as"),
    ],
    list: Some(&listing(operation!(list_domains, ListDomains), "domains", &[])),
    ..named(
        "domain",
        StudioDomain::shared,
        "domain_name",
        "domain/{domain_id}",
        Create {
            operation: operation!(create_domain, CreateDomain),
            arn: Some("domain_arn"),
            // Source: the service model, CreateDomain.
            exists: &[error("ResourceInUse", "")],
            retryable: &[IAM_PROPAGATION],
        },
        // Source: the service model, DescribeDomain.
        Read::by(operation!(describe_domain, DescribeDomain), &[error("ResourceNotFound", "")]),
        Delete::By(DeleteBy {
            operation: operation!(delete_domain, DeleteDomain),
            in_use: &[error("ResourceInUse", "")],
            send: &[(StudioDomain::HOME_EFS_FILE_SYSTEM_RETENTION, "retention_policy.home_efs_file_system")],
            empty: Some(&Empty {
                when: StudioDomain::FORCE_DESTROY,
                says: None,
                holds: &[apps(IN_DOMAIN), spaces(&[STAYS], &[]), USER_PROFILES],
                // Source: the service model, DeleteDomain, DeleteApp, DeleteSpace and DeleteUserProfile.
                not_empty: &[error("ResourceInUse", "")],
            }),
        }),
    )
};

const IN_DOMAIN: &[(&str, &str)] = &[("domain_id", "domain_id_equals")];

const USER_PROFILES: Held = Held {
    noun: "user profile",
    list: operation!(list_user_profiles, ListUserProfiles),
    items: "user_profiles",
    of: IN_DOMAIN,
    only: &[STAYS],
    key: &[("domain_id", "domain_id"), ("user_profile_name", "user_profile_name")],
    delete: operation!(delete_user_profile, DeleteUserProfile),
    holds: &[],
};

struct DomainHooks;

impl Hooks for DomainHooks {
    /// An update has the settings of the domain, and those of RStudio in them, under other names than the creation. Source: SageMaker
    /// API reference, `DomainSettingsForUpdate`.
    fn adapt(&self, input: &mut Value) {
        const RSTUDIO: &str = "r_studio_server_pro_domain_settings";
        let mut settings = input.attribute(StudioDomain::DOMAIN_SETTINGS).clone();
        // Only an update has the key.
        if input.attribute(StudioDomain::DOMAIN_ID).is_null() || settings.is_null() {
            return;
        }
        let rstudio = settings.attribute(RSTUDIO).clone();
        if !rstudio.is_null() {
            settings.set_attribute("r_studio_server_pro_domain_settings_for_update", rstudio);
        }
        input.set_attribute("domain_settings_for_update", settings);
    }
}
