//! Where the workers of a workforce sign in, and from where.

use std::collections::BTreeMap;
use std::net::IpAddr;

use tfplug::model::{Model, Set};
use tfplug::validator::Validator;

/// Amazon Cognito user pool that the workers sign in to. AWS cannot change it.
#[derive(Clone, Debug, Model)]
pub struct CognitoConfig {
    /// ID of the user pool.
    #[tf(required)]
    user_pool: String,
    /// ID of the application client.
    #[tf(required)]
    client_id: String,
}

/// OpenID Connect identity provider that the workers sign in to.
#[derive(Clone, Debug, Model)]
pub struct OidcConfig {
    /// ID that the identity provider gave to the workforce.
    #[tf(required)]
    client_id: String,
    /// Secret that the identity provider gave to the workforce. It is sent to AWS and stored neither in the plan nor in the
    /// state: change `client_secret_wo_version` to have another one sent.
    #[tf(required, write_only, sensitive, rename = "client_secret")]
    client_secret_wo: Option<String>,
    /// Version of `client_secret_wo`, any number. A change of it sends the secret.
    #[tf(optional, provider_only)]
    client_secret_wo_version: Option<i64>,
    /// Issuer of the tokens (`https://...`).
    #[tf(required)]
    issuer: String,
    /// Authorization endpoint (`https://...`).
    #[tf(required)]
    authorization_endpoint: String,
    /// Token endpoint (`https://...`).
    #[tf(required)]
    token_endpoint: String,
    /// User information endpoint (`https://...`).
    #[tf(required)]
    user_info_endpoint: String,
    /// Logout endpoint (`https://...`).
    #[tf(required)]
    logout_endpoint: String,
    /// JSON Web Key Set (`https://...`).
    #[tf(required)]
    jwks_uri: String,
    /// Scopes of the tokens that are requested, separated by blanks.
    #[tf(optional)]
    scope: Option<String>,
    /// Further parameters of the authorization request.
    #[tf(optional, validate(Validator::Count { min: 0, max: 10 }))]
    authentication_request_extra_params: Option<BTreeMap<String, String>>,
}

/// Addresses that the workers may sign in from. All unless set.
#[derive(Clone, Debug, Model)]
pub struct SourceIpConfig {
    /// CIDR blocks.
    #[tf(required, validate(Validator::Count { min: 0, max: 10 }, CIDR))]
    cidrs: Set<String>,
}

/// VPC through which the workers reach the labeling portal.
#[derive(Clone, Debug, Model)]
pub struct WorkforceVpcConfig {
    /// ID of the VPC.
    #[tf(required)]
    vpc_id: String,
    /// IDs of the security groups.
    #[tf(required, validate(Validator::Count { min: 1, max: 5 }))]
    security_group_ids: Set<String>,
    /// IDs of the subnets.
    #[tf(required, validate(Validator::Count { min: 1, max: 16 }))]
    subnets: Set<String>,
    /// ID of the VPC endpoint that AWS makes for the workforce.
    #[tf(computed, use_state_for_unknown)]
    vpc_endpoint_id: Option<String>,
}

/// AWS's pattern, which tests the rest, is several lines long.
const CIDR: Validator = Validator::Text {
    expected: "a CIDR block, such as `203.0.113.0/24`",
    accepts: |s| s.split_once('/').map_or(s, |(address, _)| address).parse::<IpAddr>().is_ok(),
};
