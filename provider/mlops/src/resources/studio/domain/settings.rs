//! Settings of a domain as a whole.

use tfplug::model::{Model, Set};
use tfplug::validator::Validator;

use crate::aws::arn;
use crate::shapes::studio::FEATURE;
use crate::shapes::studio_apps::ResourceSpec;

/// Settings of the domain as a whole.
#[derive(Clone, Debug, Model)]
pub struct DomainSettings {
    /// IDs of the VPC security groups between apps of the domain and apps of users.
    #[tf(optional, computed, use_state_for_unknown)]
    security_group_ids: Option<Set<String>>,
    #[tf(optional, computed, use_state_for_unknown)]
    r_studio_server_pro_domain_settings: Option<RStudioServerProDomainSettings>,
    /// Whether the execution role's sessions have the name of the user profile as their source identity: `USER_PROFILE_NAME` or
    /// `DISABLED`.
    #[tf(
        optional,
        computed,
        use_state_for_unknown,
        validate(Validator::OneOf(&["USER_PROFILE_NAME", "DISABLED"]))
    )]
    execution_role_identity_config: Option<String>,
    #[tf(optional, computed, use_state_for_unknown)]
    trusted_identity_propagation_settings: Option<TrustedIdentityPropagationSettings>,
    #[tf(optional, computed, use_state_for_unknown)]
    docker_settings: Option<DockerSettings>,
    #[tf(optional, computed, use_state_for_unknown)]
    amazon_q_settings: Option<AmazonQSettings>,
    #[tf(optional, computed, use_state_for_unknown)]
    unified_studio_settings: Option<UnifiedStudioSettings>,
    /// IP addresses of the domain: `ipv4`, or `dualstack` for IPv4 and IPv6. AWS takes `ipv4` unless set.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::OneOf(&["ipv4", "dualstack"])))]
    ip_address_type: Option<String>,
}

/// RStudio on the domain.
#[derive(Clone, Debug, Model)]
pub struct RStudioServerProDomainSettings {
    /// ARN of the IAM role that RStudio runs with.
    #[tf(required, validate(arn::ROLE))]
    domain_execution_role_arn: String,
    /// URL of an RStudio Connect server.
    #[tf(optional)]
    r_studio_connect_url: Option<String>,
    /// URL of an RStudio Package Manager server.
    #[tf(optional)]
    r_studio_package_manager_url: Option<String>,
    #[tf(optional, computed, use_state_for_unknown)]
    default_resource_spec: Option<ResourceSpec>,
}

/// Propagation of the users' identities from IAM Identity Center to other services.
#[derive(Clone, Debug, Model)]
pub struct TrustedIdentityPropagationSettings {
    /// `ENABLED` or `DISABLED`.
    #[tf(required, validate(FEATURE))]
    status: String,
}

/// Docker in the domain's spaces.
#[derive(Clone, Debug, Model)]
pub struct DockerSettings {
    /// Whether spaces can use Docker: `ENABLED` or `DISABLED`.
    #[tf(optional, computed, use_state_for_unknown, validate(FEATURE))]
    enable_docker_access: Option<String>,
    /// IDs of the accounts whose images a domain that is `VpcOnly` may use.
    #[tf(optional, computed, use_state_for_unknown)]
    vpc_only_trusted_accounts: Option<Set<String>>,
    /// Whether Docker runs without root: `ENABLED` or `DISABLED`.
    #[tf(optional, computed, use_state_for_unknown, validate(FEATURE))]
    rootless_docker: Option<String>,
}

/// Amazon Q in the domain. The `auth_mode` of the domain must be `SSO`.
#[derive(Clone, Debug, Model)]
pub struct AmazonQSettings {
    /// `ENABLED` or `DISABLED`.
    #[tf(optional, computed, use_state_for_unknown, validate(FEATURE))]
    status: Option<String>,
    /// ARN of the Amazon Q profile.
    #[tf(optional, computed, use_state_for_unknown, validate(arn::Q_PROFILE))]
    q_profile_arn: Option<String>,
}

/// The domain's place in SageMaker Unified Studio.
#[derive(Clone, Debug, Model)]
pub struct UnifiedStudioSettings {
    /// Whether the domain can be opened in SageMaker Studio, too: `ENABLED` or `DISABLED`.
    #[tf(optional, computed, use_state_for_unknown, validate(FEATURE))]
    studio_web_portal_access: Option<String>,
    /// ID of the account of the domain in Unified Studio. AWS takes this one unless set.
    #[tf(optional, computed, use_state_for_unknown)]
    domain_account_id: Option<String>,
    /// Region of the domain in Unified Studio. AWS takes this one unless set.
    #[tf(optional, computed, use_state_for_unknown)]
    domain_region: Option<String>,
    /// ID of the domain in Unified Studio.
    #[tf(optional, computed, use_state_for_unknown)]
    domain_id: Option<String>,
    /// ID of the project in Unified Studio.
    #[tf(optional, computed, use_state_for_unknown)]
    project_id: Option<String>,
    /// ID of the environment in Unified Studio.
    #[tf(optional, computed, use_state_for_unknown)]
    environment_id: Option<String>,
    /// S3 URI of the project's temporary data and artifacts.
    #[tf(optional, computed, use_state_for_unknown)]
    project_s3_path: Option<String>,
    /// ARN of the application of Unified Studio in IAM Identity Center.
    #[tf(optional, computed, use_state_for_unknown, validate(arn::SIGN_ON_APPLICATION))]
    single_sign_on_application_arn: Option<String>,
}
