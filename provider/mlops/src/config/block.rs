//! The provider block: every argument, with what the user reads about it.

use std::collections::BTreeMap;

use tfplug::check::Check;
use tfplug::model::{Model, Set};

use crate::aws::arn;

/// Manages a whole machine-learning stack on AWS SageMaker: storage, roles, data sets, jobs, models, endpoints.
///
/// Without any argument the provider works as the AWS command line does: with the credentials and the region of the
/// environment. Credentials are looked for in this order: `access_key` and `secret_key`; `profile`; the variables
/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`; the shared configuration files (keys, IAM Identity
/// Center, `credential_process`, roles); a web identity token; the container's credentials endpoint; the role of the EC2
/// instance. `assume_role_with_web_identity` replaces them all, and `assume_role` goes on from what was found.
///
/// Before anything else the provider asks AWS once whose credentials these are (`sts:GetCallerIdentity`, which needs no
/// permission), unless a role that it assumed has told already. So wrong credentials are reported once, not by every
/// resource, the account guards hold before anything is touched, and ARNs are known in the plan.
///
/// Arguments may depend on resources that do not exist yet. As long as a value is unknown, plans go on without it, and
/// whatever needs AWS fails with a message that names the argument.
///
/// Every call has time limits: 5 seconds to connect; 60 seconds for the response, or 10 minutes if the request sends the body of
/// an object to S3, or 500 seconds if it invokes an endpoint. An attempt that takes longer is repeated on a new connection, as
/// often as `max_retries` allows. Calls that get or test credentials have 5 seconds for the response, and are given up after two
/// or three attempts where a host refuses the connection or does not respond.
///
/// Two arguments of other AWS providers do not exist here because there is nothing to choose: S3 in `us-east-1` is always
/// reached through its regional endpoint (`s3_us_east_1_regional_endpoint`), and instance metadata is always read with
/// session tokens (IMDSv2). A third, `tag_policy_compliance`, is not supported: plans are not tested for the required tag keys
/// of an organization.
#[derive(Clone, Debug, Default, Model)]
#[tf(
    name = "",
    requires("access_key", "secret_key"),
    requires("secret_key", "access_key"),
    requires("token", "access_key"),
    at_most_one_of("allowed_account_ids", "forbidden_account_ids")
)]
pub(crate) struct Block {
    /// Access key. Rather use a profile or the environment: configuration files are often stored and shared.
    #[tf(optional, sensitive)]
    pub(crate) access_key: Option<String>,
    /// Secret key of the access key.
    #[tf(optional, sensitive)]
    pub(crate) secret_key: Option<String>,
    /// Session token of a temporary access key.
    #[tf(optional, sensitive)]
    pub(crate) token: Option<String>,
    /// Profile of the shared configuration files. It goes before keys in the environment. Default: the variables
    /// `AWS_PROFILE`, `AWS_DEFAULT_PROFILE`, then `default`.
    #[tf(optional)]
    pub(crate) profile: Option<String>,
    /// Shared configuration files, in place of `AWS_CONFIG_FILE` or `~/.aws/config`. A leading `~/` is the home directory.
    #[tf(optional)]
    pub(crate) shared_config_files: Option<Vec<String>>,
    /// Shared credentials files, in place of `AWS_SHARED_CREDENTIALS_FILE` or `~/.aws/credentials`. A leading `~/` is the
    /// home directory.
    #[tf(optional)]
    pub(crate) shared_credentials_files: Option<Vec<String>>,
    /// Roles to assume one after the other: the first with the credentials found, each further one with those of the role
    /// before it. Resources are managed as the last.
    #[tf(optional)]
    pub(crate) assume_role: Option<Vec<AssumeRole>>,
    /// Role to assume with a token of an OpenID Connect provider, such as a CI system or a Kubernetes cluster. Its
    /// credentials take the place of any others.
    #[tf(optional)]
    pub(crate) assume_role_with_web_identity: Option<AssumeRoleWithWebIdentity>,
    /// Region of the resources that do not name their own. Default: the variables `AWS_REGION`, `AWS_DEFAULT_REGION`, the
    /// profile's `region`, the region of the EC2 instance.
    #[tf(optional)]
    pub(crate) region: Option<String>,
    /// Region whose STS endpoint is asked for roles and for the caller's identity. Default: `AWS_STS_REGION`, then `region`.
    #[tf(optional)]
    pub(crate) sts_region: Option<String>,
    /// The only accounts that may be managed. With credentials of any other nothing is done.
    #[tf(optional, check(arn::ACCOUNT_ID))]
    pub(crate) allowed_account_ids: Option<Set<String>>,
    /// Accounts that must not be managed.
    #[tf(optional, check(arn::ACCOUNT_ID))]
    pub(crate) forbidden_account_ids: Option<Set<String>>,
    /// Tags of every resource that can have tags. A resource's own tag of the same key goes before.
    #[tf(optional)]
    pub(crate) default_tags: Option<DefaultTags>,
    /// Tags that are neither shown nor changed, because something else manages them.
    #[tf(optional)]
    pub(crate) ignore_tags: Option<IgnoredTags>,
    /// URLs to reach single services at, such as VPC endpoints.
    #[tf(optional)]
    pub(crate) endpoints: Option<Endpoints>,
    /// URL to reach all services at that `endpoints` does not name: for local stand-ins of AWS. Default: the variables
    /// `AWS_ENDPOINT_URL_<SERVICE>` and `AWS_ENDPOINT_URL`, and `endpoint_url` in the shared configuration files.
    #[tf(optional, check(URL))]
    pub(crate) endpoint_url: Option<String>,
    /// How often a call is repeated that AWS throttled or that failed on its way. Default: `AWS_MAX_ATTEMPTS` less one,
    /// `max_attempts` of the profile less one, then 25. It holds for the calls that
    /// get and test credentials, too. A host that refuses connections is given up after 8 seconds whatever the number.
    #[tf(optional, check(Check::Range { min: 0, max: 1000 }))]
    pub(crate) max_retries: Option<u32>,
    /// How calls are repeated: `standard`, or `adaptive`, which also slows down before AWS throttles. Default:
    /// `AWS_RETRY_MODE`, `retry_mode` of the profile, then `standard`.
    #[tf(optional, check(Check::OneOf(&["standard", "adaptive"])))]
    pub(crate) retry_mode: Option<String>,
    /// How many tokens each client has for repeating calls: every repetition costs some, a success gives some back, and on an
    /// empty bucket calls are not repeated. Default: no such limit.
    #[tf(optional, check(Check::Range { min: 0, max: 1_000_000 }))]
    pub(crate) token_bucket_rate_limiter_capacity: Option<u32>,
    /// How long creations and updates are repeated while AWS answers that something made a moment ago, such as an IAM role,
    /// is not usable yet: up to `10m`; `0s` for not at all. Default: `2m`.
    #[tf(optional, check(PROPAGATION))]
    pub(crate) propagation_timeout: Option<String>,
    /// Proxy for URLs that begin with `http://`, with user and password where it asks for them:
    /// `http://USER:PASSWORD@HOST:PORT`. Default: `HTTP_PROXY`.
    #[tf(optional, sensitive, check(URL))]
    pub(crate) http_proxy: Option<String>,
    /// Proxy for URLs that begin with `https://`, as all of AWS's do. Default: `HTTPS_PROXY`.
    #[tf(optional, sensitive, check(URL))]
    pub(crate) https_proxy: Option<String>,
    /// Hosts, domains (`.example.com`) and networks (`10.0.0.0/8`) that are reached without a proxy, separated by commas.
    /// Default: `NO_PROXY`. Instance metadata and container credentials never go through a proxy.
    #[tf(optional)]
    pub(crate) no_proxy: Option<String>,
    /// File of certificate authorities (PEM) to trust in place of the system's. Default: `AWS_CA_BUNDLE`, then `ca_bundle` of
    /// the profile.
    #[tf(optional)]
    pub(crate) custom_ca_bundle: Option<String>,
    /// Accepts any certificate. Whoever is on the way can then read and change everything, credentials included.
    #[tf(optional)]
    pub(crate) insecure: Option<bool>,
    /// Uses endpoints validated under FIPS 140. Default: `AWS_USE_FIPS_ENDPOINT`.
    #[tf(optional)]
    pub(crate) use_fips_endpoint: Option<bool>,
    /// Uses endpoints that can be reached over IPv6. Default: `AWS_USE_DUALSTACK_ENDPOINT`.
    #[tf(optional)]
    pub(crate) use_dualstack_endpoint: Option<bool>,
    /// Puts bucket names into the path (`https://s3.amazonaws.com/BUCKET`) instead of the host name, as most local stand-ins
    /// of S3 need it.
    #[tf(optional)]
    pub(crate) s3_use_path_style: Option<bool>,
    /// URL of the EC2 instance metadata service. Default: `AWS_EC2_METADATA_SERVICE_ENDPOINT`.
    #[tf(optional, check(URL))]
    pub(crate) ec2_metadata_service_endpoint: Option<String>,
    /// Protocol to reach the EC2 instance metadata service with: `IPv4` or `IPv6`. Default:
    /// `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE`, then `IPv4`.
    #[tf(optional, check(Check::OneOf(&["IPv4", "IPv6"])))]
    pub(crate) ec2_metadata_service_endpoint_mode: Option<String>,
    /// Does not fail when AWS refuses the credentials at the start; what needs them will. For local stand-ins without STS.
    #[tf(optional)]
    pub(crate) skip_credentials_validation: Option<bool>,
    /// Does not ask the EC2 instance metadata service for credentials or the region.
    #[tf(optional)]
    pub(crate) skip_metadata_api_check: Option<bool>,
    /// Does not ask for the account at the start. ARNs are then known only after the apply.
    #[tf(optional)]
    pub(crate) skip_requesting_account_id: Option<bool>,
    /// Takes any `region`, also one whose name has an unusual form.
    #[tf(optional)]
    pub(crate) skip_region_validation: Option<bool>,
    /// Products to add to the user agent of all requests, each as `NAME/VERSION` or `NAME/VERSION (COMMENT)`. The variable
    /// `TF_APPEND_USER_AGENT` adds to them.
    #[tf(optional, check(USER_AGENT))]
    pub(crate) user_agent: Option<Vec<String>>,
}

/// A role of a chain.
#[derive(Clone, Debug, Default, Model)]
pub(crate) struct AssumeRole {
    /// ARN of the role.
    #[tf(required, check(arn::ROLE))]
    pub(crate) role_arn: String,
    /// How long the credentials last before they are renewed, such as `30m` or `1h`: 15 minutes to 12 hours, at most 1 hour
    /// for a role that was itself assumed. Default: 1 hour.
    #[tf(optional, check(DURATION))]
    pub(crate) duration: Option<String>,
    /// Value that the role's trust policy may ask of callers from other accounts. AWS does not treat it as a secret.
    #[tf(optional, check(Check::Length { min: 2, max: 1224 }))]
    pub(crate) external_id: Option<String>,
    /// Policy (JSON) that limits the session further.
    #[tf(optional, check(Check::Json))]
    pub(crate) policy: Option<String>,
    /// ARNs of managed policies that limit the session further.
    #[tf(optional, check(arn::POLICY))]
    pub(crate) policy_arns: Option<Set<String>>,
    /// Name of the session in AWS's logs. Default: `terraform-provider-mlops`.
    #[tf(optional, check(SESSION_NAME))]
    pub(crate) session_name: Option<String>,
    /// Identity that AWS's logs keep through all further roles.
    #[tf(optional, check(SESSION_NAME))]
    pub(crate) source_identity: Option<String>,
    /// Tags of the session.
    #[tf(optional)]
    pub(crate) tags: Option<BTreeMap<String, String>>,
    /// Keys among `tags` that further roles of the chain inherit.
    #[tf(optional)]
    pub(crate) transitive_tag_keys: Option<Set<String>>,
}

/// A role assumed with a token.
#[derive(Clone, Debug, Default, Model)]
#[tf(at_most_one_of("web_identity_token", "web_identity_token_file"))]
pub(crate) struct AssumeRoleWithWebIdentity {
    /// ARN of the role. Default: `AWS_ROLE_ARN`.
    #[tf(optional, check(arn::ROLE))]
    pub(crate) role_arn: Option<String>,
    /// The token itself.
    #[tf(optional, sensitive)]
    pub(crate) web_identity_token: Option<String>,
    /// File with the token; read again whenever the credentials are renewed. Default: `AWS_WEB_IDENTITY_TOKEN_FILE`.
    #[tf(optional)]
    pub(crate) web_identity_token_file: Option<String>,
    /// How long the credentials last before they are renewed, such as `30m` or `1h`: 15 minutes to 12 hours. Default: 1 hour.
    #[tf(optional, check(DURATION))]
    pub(crate) duration: Option<String>,
    /// Policy (JSON) that limits the session further.
    #[tf(optional, check(Check::Json))]
    pub(crate) policy: Option<String>,
    /// ARNs of managed policies that limit the session further.
    #[tf(optional, check(arn::POLICY))]
    pub(crate) policy_arns: Option<Set<String>>,
    /// Name of the session in AWS's logs. Default: `AWS_ROLE_SESSION_NAME`, then `terraform-provider-mlops`.
    #[tf(optional, check(SESSION_NAME))]
    pub(crate) session_name: Option<String>,
}

/// Tags of every resource.
#[derive(Clone, Debug, Default, Model)]
pub(crate) struct DefaultTags {
    /// The tags.
    #[tf(optional)]
    pub(crate) tags: Option<BTreeMap<String, String>>,
}

/// Tags to leave alone.
#[derive(Clone, Debug, Default, Model)]
pub(crate) struct IgnoredTags {
    /// Keys of tags.
    #[tf(optional)]
    pub(crate) keys: Option<Set<String>>,
    /// What keys of tags begin with.
    #[tf(optional)]
    pub(crate) key_prefixes: Option<Set<String>>,
}

/// URLs of services.
#[derive(Clone, Debug, Default, Model)]
pub(crate) struct Endpoints {
    /// URL of CloudWatch.
    #[tf(optional, check(URL))]
    pub(crate) cloudwatch: Option<String>,
    /// URL of IAM.
    #[tf(optional, check(URL))]
    pub(crate) iam: Option<String>,
    /// URL of CloudWatch Logs.
    #[tf(optional, check(URL))]
    pub(crate) logs: Option<String>,
    /// URL of S3.
    #[tf(optional, check(URL))]
    pub(crate) s3: Option<String>,
    /// URL of SageMaker.
    #[tf(optional, check(URL))]
    pub(crate) sagemaker: Option<String>,
    /// URL of SageMaker's runtime, which invokes endpoints.
    #[tf(optional, check(URL))]
    pub(crate) sagemakerruntime: Option<String>,
    /// URL of STS.
    #[tf(optional, check(URL))]
    pub(crate) sts: Option<String>,
}

/// An absolute URL of HTTP.
const URL: Check =
    Check::Text { expected: "a URL such as `https://example.com` or `http://localhost:4566`", accepts: is_url };

fn is_url(text: &str) -> bool {
    let Ok(url) = text.parse::<http::Uri>() else { return false };
    matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some_and(|h| !h.is_empty())
}

/// The names that STS takes for sessions (STS API Reference, `AssumeRole`).
const SESSION_NAME: Check = Check::Text {
    expected: "2 to 64 letters, digits or characters of `+=,.@_-`",
    accepts: |s| (2..=64).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b)),
};

/// How long sessions may last (STS API Reference, `AssumeRole`).
const DURATION: Check = Check::Text {
    expected: "a duration of 15 minutes to 12 hours, such as `30m` or `1h30m`",
    accepts: |s| super::session_seconds(s).is_some(),
};

/// IAM tells most changes everywhere within seconds, none after more than some minutes (IAM User Guide, "Changes that I
/// make are not always immediately visible").
const PROPAGATION: Check = Check::Text {
    expected: "a duration of `0s` to `10m`, such as `90s`",
    accepts: |s| super::propagation_timeout(s).is_some(),
};

const USER_AGENT: Check = Check::Text {
    expected: "`NAME/VERSION`, possibly with a ` (COMMENT)`",
    accepts: |s| !s.is_empty() && s.bytes().all(|b| (b' '..=b'~').contains(&b)),
};
