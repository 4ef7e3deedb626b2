//! The provider block: every argument, with what the user reads about it.

use std::collections::BTreeMap;

use tfplug::model::{Model, Set};
use tfplug::validator::Validator;

use crate::aws::arn;

/// Manages a machine-learning stack on AWS SageMaker: storage, roles, datasets, training jobs, models, endpoints.
///
/// Without arguments the provider uses the credentials and the region of the environment, like the AWS CLI. Credentials
/// are looked up in this order: `access_key` and `secret_key`; `profile`; the environment variables
/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`; the shared configuration files (keys, IAM
/// Identity Center, `credential_process`, roles); a web identity token; the container credentials endpoint; the role of
/// the EC2 instance. `assume_role_with_web_identity` replaces all of these, and `assume_role` assumes roles with the
/// credentials found.
///
/// Before anything else the provider verifies the credentials (`sts:GetCallerIdentity`, which needs no permission),
/// unless a role that it assumed has done so already. So wrong credentials are reported once and not by every resource,
/// the wrong account is detected before anything is changed, and ARNs are known in the plan.
///
/// Arguments may depend on resources that do not exist yet. As long as a value is unknown, plans continue without it,
/// and whatever needs AWS fails with an error that names the argument.
///
/// Every call has time limits: 5 seconds to connect; 60 seconds for the response, or 10 minutes for a request that
/// uploads an object to S3, or 500 seconds for one that invokes an endpoint. An attempt that exceeds them is repeated
/// on a new connection, up to `max_retries` times. Calls that get or verify credentials have 5 seconds for the
/// response, and fail after two or three attempts if a host refuses the connection or does not respond.
///
/// Two arguments of other AWS providers do not exist here because there is nothing to choose: S3 in `us-east-1` is
/// always called through its regional endpoint (`s3_us_east_1_regional_endpoint`), and instance metadata is always read
/// with session tokens (IMDSv2). A third, `tag_policy_compliance`, is not supported: plans are not checked for the
/// required tag keys of an organization.
#[derive(Clone, Debug, Default, Model)]
#[tf(
    name = "",
    requires("access_key", "secret_key"),
    requires("secret_key", "access_key"),
    requires("token", "access_key"),
    at_most_one_of("allowed_account_ids", "forbidden_account_ids")
)]
pub(crate) struct Block {
    /// AWS access key ID. Prefer a profile or the environment: configuration files are often stored and shared.
    #[tf(optional, sensitive)]
    pub(crate) access_key: Option<String>,
    /// AWS secret access key.
    #[tf(optional, sensitive)]
    pub(crate) secret_key: Option<String>,
    /// Session token of temporary credentials.
    #[tf(optional, sensitive)]
    pub(crate) token: Option<String>,
    /// Profile in the shared configuration files. Takes precedence over keys in the environment. Defaults to the
    /// environment variables `AWS_PROFILE`, `AWS_DEFAULT_PROFILE`, then `default`.
    #[tf(optional)]
    pub(crate) profile: Option<String>,
    /// Shared configuration files. Defaults to `AWS_CONFIG_FILE`, then `~/.aws/config`. A leading `~/` is the home
    /// directory.
    #[tf(optional)]
    pub(crate) shared_config_files: Option<Vec<String>>,
    /// Shared credentials files. Defaults to `AWS_SHARED_CREDENTIALS_FILE`, then `~/.aws/credentials`. A leading `~/`
    /// is the home directory.
    #[tf(optional)]
    pub(crate) shared_credentials_files: Option<Vec<String>>,
    /// Roles to assume in turn (role chaining): the first with the credentials found, each further one with those of
    /// the role before it. Resources are managed with the last.
    #[tf(optional)]
    pub(crate) assume_role: Option<Vec<AssumeRole>>,
    /// Role to assume with a token of an OpenID Connect (OIDC) provider, such as a CI system or a Kubernetes cluster.
    /// Its credentials replace any others.
    #[tf(optional)]
    pub(crate) assume_role_with_web_identity: Option<AssumeRoleWithWebIdentity>,
    /// Region of the resources that do not set their own. Defaults to the environment variables `AWS_REGION`,
    /// `AWS_DEFAULT_REGION`, the profile's `region`, then the region of the EC2 instance.
    #[tf(optional)]
    pub(crate) region: Option<String>,
    /// Region of the STS endpoint that is called. Defaults to `AWS_STS_REGION`, then `region`.
    #[tf(optional)]
    pub(crate) sts_region: Option<String>,
    /// IDs of the only accounts that may be managed: credentials of any other account are an error.
    #[tf(optional, validate(arn::ACCOUNT_ID))]
    pub(crate) allowed_account_ids: Option<Set<String>>,
    /// IDs of accounts that must not be managed.
    #[tf(optional, validate(arn::ACCOUNT_ID))]
    pub(crate) forbidden_account_ids: Option<Set<String>>,
    /// Tags of all resources that support tags. A resource's own tag of the same key takes precedence.
    #[tf(optional)]
    pub(crate) default_tags: Option<DefaultTags>,
    /// Tags that are neither shown nor changed, because they are managed elsewhere.
    #[tf(optional)]
    pub(crate) ignore_tags: Option<IgnoredTags>,
    /// Custom endpoint URLs of single services, such as those of VPC endpoints.
    #[tf(optional)]
    pub(crate) endpoints: Option<Endpoints>,
    /// Custom endpoint URL of all services that `endpoints` does not set, for local AWS stacks. Defaults to the
    /// environment variables `AWS_ENDPOINT_URL_<SERVICE>` and `AWS_ENDPOINT_URL`, then `endpoint_url` in the shared
    /// configuration files.
    #[tf(optional, validate(URL))]
    pub(crate) endpoint_url: Option<String>,
    /// Maximum number of retries of a call that was throttled or failed in transit. Defaults to `AWS_MAX_ATTEMPTS` less
    /// one, `max_attempts` of the profile less one, then 25. Also applies to the calls that get and verify credentials.
    /// A host that refuses connections is given up after 8 seconds regardless.
    #[tf(optional, validate(Validator::Range { min: 0, max: 1000 }))]
    pub(crate) max_retries: Option<u32>,
    /// Retry mode: `standard`, or `adaptive`, which also limits the rate of calls before AWS throttles them. Defaults
    /// to `AWS_RETRY_MODE`, `retry_mode` of the profile, then `standard`.
    #[tf(optional, validate(Validator::OneOf(&["standard", "adaptive"])))]
    pub(crate) retry_mode: Option<String>,
    /// Capacity of each client's retry token bucket: a retry takes tokens from it, a success returns some, and an empty
    /// bucket stops retries. Unlimited unless set.
    #[tf(optional, validate(Validator::Range { min: 0, max: 1_000_000 }))]
    pub(crate) token_bucket_rate_limiter_capacity: Option<u32>,
    /// How long to retry creations and updates while AWS reports that something created a moment ago, such as an IAM
    /// role, cannot be used yet: up to `10m`; `0s` for no retries. Defaults to `2m`.
    #[tf(optional, validate(PROPAGATION))]
    pub(crate) propagation_timeout: Option<String>,
    /// Proxy for URLs that begin with `http://`, with user name and password if it requires them:
    /// `http://USER:PASSWORD@HOST:PORT`. Defaults to `HTTP_PROXY`.
    #[tf(optional, sensitive, validate(URL))]
    pub(crate) http_proxy: Option<String>,
    /// Proxy for URLs that begin with `https://`, as those of AWS do. Defaults to `HTTPS_PROXY`.
    #[tf(optional, sensitive, validate(URL))]
    pub(crate) https_proxy: Option<String>,
    /// Hosts, domains (`.example.com`) and networks (`10.0.0.0/8`) to connect to without a proxy, separated by commas.
    /// Defaults to `NO_PROXY`. Instance metadata and container credentials are never requested through a proxy.
    #[tf(optional)]
    pub(crate) no_proxy: Option<String>,
    /// PEM file of the certificate authorities to trust instead of the system's. Defaults to `AWS_CA_BUNDLE`, then
    /// `ca_bundle` of the profile.
    #[tf(optional)]
    pub(crate) custom_ca_bundle: Option<String>,
    /// Whether any TLS certificate is accepted. Anyone on the network path can then read and change everything,
    /// credentials included. Defaults to `false`.
    #[tf(optional)]
    pub(crate) insecure: Option<bool>,
    /// Whether to use endpoints validated under FIPS 140. Defaults to `AWS_USE_FIPS_ENDPOINT`.
    #[tf(optional)]
    pub(crate) use_fips_endpoint: Option<bool>,
    /// Whether to use dual-stack endpoints, which support IPv6. Defaults to `AWS_USE_DUALSTACK_ENDPOINT`.
    #[tf(optional)]
    pub(crate) use_dualstack_endpoint: Option<bool>,
    /// Whether to use path-style S3 URLs (`https://s3.amazonaws.com/BUCKET`), which most local AWS stacks require. Defaults to
    /// `false`.
    #[tf(optional)]
    pub(crate) s3_use_path_style: Option<bool>,
    /// URL of the EC2 instance metadata service. Defaults to `AWS_EC2_METADATA_SERVICE_ENDPOINT`.
    #[tf(optional, validate(URL))]
    pub(crate) ec2_metadata_service_endpoint: Option<String>,
    /// Protocol of the EC2 instance metadata service: `IPv4` or `IPv6`. Defaults to
    /// `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE`, then `IPv4`.
    #[tf(optional, validate(Validator::OneOf(&["IPv4", "IPv6"])))]
    pub(crate) ec2_metadata_service_endpoint_mode: Option<String>,
    /// Whether to continue when AWS rejects the credentials at the start. For local AWS stacks without STS. Defaults to
    /// `false`.
    #[tf(optional)]
    pub(crate) skip_credentials_validation: Option<bool>,
    /// Whether to skip the EC2 instance metadata service when looking for credentials and the region. Defaults to
    /// `false`.
    #[tf(optional)]
    pub(crate) skip_metadata_api_check: Option<bool>,
    /// Whether to skip requesting the account ID. ARNs are then known only after the apply. Defaults to `false`.
    #[tf(optional)]
    pub(crate) skip_requesting_account_id: Option<bool>,
    /// Whether to accept any `region`, also one whose name has an unusual form. Defaults to `false`.
    #[tf(optional)]
    pub(crate) skip_region_validation: Option<bool>,
    /// Products to append to the User-Agent header of all requests, each as `NAME/VERSION` or `NAME/VERSION (COMMENT)`.
    /// The environment variable `TF_APPEND_USER_AGENT` is appended as well.
    #[tf(optional, validate(USER_AGENT))]
    pub(crate) user_agent: Option<Vec<String>>,
}

/// A role to assume.
#[derive(Clone, Debug, Default, Model)]
pub(crate) struct AssumeRole {
    /// ARN of the role.
    #[tf(required, validate(arn::ROLE))]
    pub(crate) role_arn: String,
    /// Session duration, such as `30m` or `1h`: 15 minutes to 12 hours, at most 1 hour with role chaining. Credentials
    /// are renewed before it ends. Defaults to `1h`.
    #[tf(optional, validate(DURATION))]
    pub(crate) duration: Option<String>,
    /// External ID that the trust policy of the role requires. AWS does not treat it as a secret.
    #[tf(optional, validate(Validator::Length { min: 2, max: 1224 }))]
    pub(crate) external_id: Option<String>,
    /// Session policy, as JSON, that further limits the permissions.
    #[tf(optional, validate(Validator::Json))]
    pub(crate) policy: Option<String>,
    /// ARNs of managed policies that further limit the permissions of the session.
    #[tf(optional, validate(arn::POLICY))]
    pub(crate) policy_arns: Option<Set<String>>,
    /// Session name. Defaults to `terraform-provider-mlops`.
    #[tf(optional, validate(SESSION_NAME))]
    pub(crate) session_name: Option<String>,
    /// Source identity, which persists across chained roles.
    #[tf(optional, validate(SESSION_NAME))]
    pub(crate) source_identity: Option<String>,
    /// Session tags.
    #[tf(optional)]
    pub(crate) tags: Option<BTreeMap<String, String>>,
    /// Keys of the session tags that are passed on to chained roles.
    #[tf(optional)]
    pub(crate) transitive_tag_keys: Option<Set<String>>,
}

/// A role to assume with a web identity token.
#[derive(Clone, Debug, Default, Model)]
#[tf(at_most_one_of("web_identity_token", "web_identity_token_file"))]
pub(crate) struct AssumeRoleWithWebIdentity {
    /// ARN of the role. Defaults to `AWS_ROLE_ARN`.
    #[tf(optional, validate(arn::ROLE))]
    pub(crate) role_arn: Option<String>,
    /// Web identity token.
    #[tf(optional, sensitive)]
    pub(crate) web_identity_token: Option<String>,
    /// File with the web identity token; read again whenever the credentials are renewed. Defaults to
    /// `AWS_WEB_IDENTITY_TOKEN_FILE`.
    #[tf(optional)]
    pub(crate) web_identity_token_file: Option<String>,
    /// Session duration, such as `30m` or `1h`: 15 minutes to 12 hours. Credentials are renewed before it ends.
    /// Defaults to `1h`.
    #[tf(optional, validate(DURATION))]
    pub(crate) duration: Option<String>,
    /// Session policy, as JSON, that further limits the permissions.
    #[tf(optional, validate(Validator::Json))]
    pub(crate) policy: Option<String>,
    /// ARNs of managed policies that further limit the permissions of the session.
    #[tf(optional, validate(arn::POLICY))]
    pub(crate) policy_arns: Option<Set<String>>,
    /// Session name. Defaults to `AWS_ROLE_SESSION_NAME`, then `terraform-provider-mlops`.
    #[tf(optional, validate(SESSION_NAME))]
    pub(crate) session_name: Option<String>,
}

/// Tags of all resources that support tags.
#[derive(Clone, Debug, Default, Model)]
pub(crate) struct DefaultTags {
    /// The tags.
    #[tf(optional)]
    pub(crate) tags: Option<BTreeMap<String, String>>,
}

/// Tags to ignore.
#[derive(Clone, Debug, Default, Model)]
pub(crate) struct IgnoredTags {
    /// Tag keys to ignore.
    #[tf(optional)]
    pub(crate) keys: Option<Set<String>>,
    /// Prefixes of tag keys to ignore.
    #[tf(optional)]
    pub(crate) key_prefixes: Option<Set<String>>,
}

/// Custom endpoint URLs of services.
#[derive(Clone, Debug, Default, Model)]
pub(crate) struct Endpoints {
    /// Custom endpoint URL of Application Auto Scaling.
    #[tf(optional, validate(URL))]
    pub(crate) applicationautoscaling: Option<String>,
    /// Custom endpoint URL of AWS Budgets.
    #[tf(optional, validate(URL))]
    pub(crate) budgets: Option<String>,
    /// Custom endpoint URL of CloudWatch.
    #[tf(optional, validate(URL))]
    pub(crate) cloudwatch: Option<String>,
    /// Custom endpoint URL of EC2, which has the network interfaces of what is in a VPC.
    #[tf(optional, validate(URL))]
    pub(crate) ec2: Option<String>,
    /// Custom endpoint URL of EventBridge.
    #[tf(optional, validate(URL))]
    pub(crate) eventbridge: Option<String>,
    /// Custom endpoint URL of IAM.
    #[tf(optional, validate(URL))]
    pub(crate) iam: Option<String>,
    /// Custom endpoint URL of CloudWatch Logs.
    #[tf(optional, validate(URL))]
    pub(crate) logs: Option<String>,
    /// Custom endpoint URL of AWS Price List.
    #[tf(optional, validate(URL))]
    pub(crate) pricing: Option<String>,
    /// Custom endpoint URL of the Resource Groups Tagging API.
    #[tf(optional, validate(URL))]
    pub(crate) resourcegroupstaggingapi: Option<String>,
    /// Custom endpoint URL of S3.
    #[tf(optional, validate(URL))]
    pub(crate) s3: Option<String>,
    /// Custom endpoint URL of SageMaker.
    #[tf(optional, validate(URL))]
    pub(crate) sagemaker: Option<String>,
    /// Custom endpoint URL of SageMaker Runtime, which invokes endpoints.
    #[tf(optional, validate(URL))]
    pub(crate) sagemakerruntime: Option<String>,
    /// Custom endpoint URL of EventBridge Scheduler.
    #[tf(optional, validate(URL))]
    pub(crate) scheduler: Option<String>,
    /// Custom endpoint URL of Service Quotas.
    #[tf(optional, validate(URL))]
    pub(crate) servicequotas: Option<String>,
    /// Custom endpoint URL of SNS.
    #[tf(optional, validate(URL))]
    pub(crate) sns: Option<String>,
    /// Custom endpoint URL of STS.
    #[tf(optional, validate(URL))]
    pub(crate) sts: Option<String>,
}

/// An absolute URL of HTTP.
const URL: Validator =
    Validator::Text { expected: "a URL such as `https://example.com` or `http://localhost:4566`", accepts: is_url };

fn is_url(text: &str) -> bool {
    let Ok(url) = text.parse::<http::Uri>() else { return false };
    matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some_and(|h| !h.is_empty())
}

/// The names that STS takes for sessions (STS API Reference, `AssumeRole`).
const SESSION_NAME: Validator = Validator::Text {
    expected: "2 to 64 letters, digits or characters of `+=,.@_-`",
    accepts: |s| (2..=64).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b)),
};

/// How long sessions may last (STS API Reference, `AssumeRole`).
const DURATION: Validator = Validator::Text {
    expected: "a duration of 15 minutes to 12 hours, such as `30m` or `1h30m`",
    accepts: |s| super::session_seconds(s).is_some(),
};

/// IAM tells most changes everywhere within seconds, none after more than some minutes (IAM User Guide, "Changes that I
/// make are not always immediately visible").
const PROPAGATION: Validator = Validator::Text {
    expected: "a duration of `0s` to `10m`, such as `90s`",
    accepts: |s| super::propagation_timeout(s).is_some(),
};

const USER_AGENT: Validator = Validator::Text {
    expected: "`NAME/VERSION`, possibly with a ` (COMMENT)`",
    accepts: |s| !s.is_empty() && s.bytes().all(|b| (b' '..=b'~').contains(&b)),
};
