//! Where credentials come from: the sources in their order, the roles assumed one after the other, and errors that name
//! the argument of the provider block to blame.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::WebIdentityTokenCredentialsProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_sdk_sts::types::{AssumedRoleUser, PolicyDescriptorType, Tag};
use tfplug::log::redactor;
use tfplug::value::Path;

use crate::aws::arn::Arn;
use crate::aws::error::{AwsError, CredentialsAt, Kind, aws_error, mask};
use crate::aws::http::causes;
use crate::aws::secrets::hide;

/// Marks credentials that STS has just issued for a role: whose they are is known.
#[derive(Clone, Debug)]
struct Assumed {
    account: String,
    arn: String,
}

/// The account and ARN of the caller, if these are credentials of a role that this provider assumed.
pub(crate) fn assumed(credentials: &Credentials) -> Option<(String, String)> {
    credentials.get_property::<Assumed>().map(|a| (a.account.clone(), a.arn.clone()))
}

/// The session name of a role where the user gives none.
const SESSION_NAME: &str = "terraform-provider-mlops";

/// Everything that decides where the credentials come from.
#[derive(Debug)]
pub(crate) struct Sources {
    /// The keys of the provider block.
    pub(crate) keys: Option<Credentials>,
    /// The profile that the provider block names.
    pub(crate) profile: Option<String>,
    /// The keys of the environment.
    pub(crate) environment: Option<Credentials>,
    /// The profile that the environment names.
    pub(crate) environment_profile: Option<String>,
    /// The shared configuration and credentials files.
    pub(crate) files: EnvConfigFiles,
    /// The EC2 instance metadata service; None to leave it alone.
    pub(crate) metadata: Option<imds::Client>,
    /// HTTP client, region and limits for the sources that make calls.
    pub(crate) calls: ProviderConfig,
    /// The role to assume with a token.
    pub(crate) web_identity: Option<WebIdentity>,
    /// The roles to assume after that.
    pub(crate) roles: Vec<Role>,
}

/// What limits and names a session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    /// Where the provider block asks for it.
    pub(crate) path: Path,
    /// The role's ARN.
    pub(crate) role_arn: String,
    /// The session's name.
    pub(crate) name: Option<String>,
    /// How long it lasts, in seconds.
    pub(crate) seconds: Option<i32>,
    /// A policy in JSON that limits it.
    pub(crate) policy: Option<String>,
    /// ARNs of policies that limit it.
    pub(crate) policy_arns: Vec<String>,
}

impl Session {
    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(SESSION_NAME)
    }

    fn policy_arns(&self) -> Option<Vec<PolicyDescriptorType>> {
        let all: Vec<_> = self.policy_arns.iter().map(|a| PolicyDescriptorType::builder().arn(a).build()).collect();
        (!all.is_empty()).then_some(all)
    }

    fn failure(&self, error: AwsError) -> CredentialsError {
        // A failure further down the chain is to be shown where it came about.
        let path = error.attribute.clone().unwrap_or_else(|| self.path.clone());
        CredentialsError::provider_error(CredentialsAt { path, error })
    }
}

/// A role to assume with credentials.
#[derive(Clone, Debug, Default)]
pub(crate) struct Role {
    /// The session.
    pub(crate) session: Session,
    /// What the role's trust policy asks for.
    pub(crate) external_id: Option<String>,
    /// The identity to be kept in logs.
    pub(crate) source_identity: Option<String>,
    /// Tags of the session.
    pub(crate) tags: BTreeMap<String, String>,
    /// Which of them further roles inherit.
    pub(crate) transitive_tag_keys: Vec<String>,
}

/// Where a web identity token is.
#[derive(Clone)]
pub(crate) enum Token {
    /// Here.
    Text(String),
    /// In a file.
    File(PathBuf),
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text(***)"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

/// A role to assume with a token.
#[derive(Clone, Debug)]
pub(crate) struct WebIdentity {
    /// The session.
    pub(crate) session: Session,
    /// The token.
    pub(crate) token: Token,
}

/// The provider of credentials that the sources make up. `sts` makes the clients that roles are assumed with.
pub(crate) fn provider(
    sources: Sources,
    sts: &dyn Fn(Option<SharedCredentialsProvider>) -> aws_sdk_sts::Client,
) -> SharedCredentialsProvider {
    let mut found = match sources.web_identity {
        Some(web_identity) => SharedCredentialsProvider::new(ByToken { sts: sts(None), web_identity }),
        None => SharedCredentialsProvider::new(Hidden(first(&sources))),
    };
    for role in sources.roles {
        found = SharedCredentialsProvider::new(ByRole { sts: sts(Some(found)), role });
    }
    found
}

fn first(sources: &Sources) -> SharedCredentialsProvider {
    if let Some(keys) = &sources.keys {
        return SharedCredentialsProvider::new(keys.clone());
    }
    let profile = |name: Option<&String>| {
        let builder =
            ProfileFileCredentialsProvider::builder().configure(&sources.calls).profile_files(sources.files.clone());
        match name {
            Some(name) => builder.profile_name(name).build(),
            None => builder.build(),
        }
    };
    if sources.profile.is_some() {
        return SharedCredentialsProvider::new(profile(sources.profile.as_ref()));
    }
    if let Some(keys) = &sources.environment {
        return SharedCredentialsProvider::new(keys.clone());
    }
    let web_identity = WebIdentityTokenCredentialsProvider::builder().configure(&sources.calls).build();
    let container = EcsCredentialsProvider::builder().configure(&sources.calls).build();
    let chain = CredentialsProviderChain::first_try("profile", profile(sources.environment_profile.as_ref()))
        .or_else("web identity token", web_identity)
        .or_else("container", container);
    SharedCredentialsProvider::new(match &sources.metadata {
        Some(metadata) => {
            let instance =
                ImdsCredentialsProvider::builder().configure(&sources.calls).imds_client(metadata.clone()).build();
            chain.or_else("EC2 instance metadata", instance)
        }
        None => chain,
    })
}

/// A role assumed with the credentials of `sts`.
#[derive(Debug)]
struct ByRole {
    sts: aws_sdk_sts::Client,
    role: Role,
}

impl ByRole {
    async fn assume(&self) -> Result<Credentials, CredentialsError> {
        let Role { session, external_id, source_identity, tags, transitive_tag_keys } = &self.role;
        let tags: Result<Vec<Tag>, _> = tags.iter().map(|(k, v)| Tag::builder().key(k).value(v).build()).collect();
        let tags = tags.map_err(CredentialsError::invalid_configuration)?;
        let answer = self
            .sts
            .assume_role()
            .role_arn(&session.role_arn)
            .role_session_name(session.name())
            .set_duration_seconds(session.seconds)
            .set_policy(session.policy.clone())
            .set_policy_arns(session.policy_arns())
            .set_external_id(external_id.clone())
            .set_source_identity(source_identity.clone())
            .set_tags((!tags.is_empty()).then_some(tags))
            .set_transitive_tag_keys((!transitive_tag_keys.is_empty()).then(|| transitive_tag_keys.clone()))
            .send()
            .await
            .map_err(|e| session.failure(aws_error("STS", "AssumeRole", e)))?;
        credentials(session, answer.credentials, answer.assumed_role_user)
    }
}

impl ProvideCredentials for ByRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}

/// A role assumed with a token.
#[derive(Debug)]
struct ByToken {
    sts: aws_sdk_sts::Client,
    web_identity: WebIdentity,
}

impl ByToken {
    async fn assume(&self) -> Result<Credentials, CredentialsError> {
        let WebIdentity { session, token } = &self.web_identity;
        let token = match token {
            Token::Text(token) => token.clone(),
            Token::File(file) => tokio::fs::read_to_string(file).await.map_err(|e| {
                session.failure(failure("AssumeRoleWithWebIdentity", format!("cannot read {}: {e}", file.display())))
            })?,
        };
        let token = token.trim();
        redactor().register(token);
        let answer = self
            .sts
            .assume_role_with_web_identity()
            .role_arn(&session.role_arn)
            .role_session_name(session.name())
            .web_identity_token(token)
            .set_duration_seconds(session.seconds)
            .set_policy(session.policy.clone())
            .set_policy_arns(session.policy_arns())
            .send()
            .await
            .map_err(|e| session.failure(aws_error("STS", "AssumeRoleWithWebIdentity", e)))?;
        credentials(session, answer.credentials, answer.assumed_role_user)
    }
}

impl ProvideCredentials for ByToken {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}

fn failure(operation: &'static str, message: String) -> AwsError {
    AwsError { service: "STS", operation, message, kind: Kind::Credentials, ..AwsError::default() }
}

fn credentials(
    session: &Session,
    answer: Option<aws_sdk_sts::types::Credentials>,
    user: Option<AssumedRoleUser>,
) -> Result<Credentials, CredentialsError> {
    let answer =
        answer.ok_or_else(|| session.failure(failure("AssumeRole", "the response has no credentials".into())))?;
    let expiry = SystemTime::try_from(answer.expiration).map_err(CredentialsError::unhandled)?;
    let mut credentials = Credentials::builder()
        .access_key_id(answer.access_key_id)
        .secret_access_key(answer.secret_access_key)
        .session_token(answer.session_token)
        .expiry(expiry)
        .provider_name("role")
        .build();
    if let Some(user) = user
        && let Ok(arn) = Arn::parse(&user.arn)
    {
        credentials.set_property(Assumed { account: arn.account_id, arn: user.arn });
    }
    hide(&credentials);
    Ok(credentials)
}

/// Masks what passes here in all output.
#[derive(Debug)]
struct Hidden(SharedCredentialsProvider);

impl ProvideCredentials for Hidden {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async { self.0.provide_credentials().await.inspect(hide) })
    }
}

/// Credentials that are asked for once when the provider is configured, to report what is wrong, and then kept for the
/// first call.
#[derive(Debug)]
pub(crate) struct Primed {
    source: SharedCredentialsProvider,
    first: Mutex<Option<Credentials>>,
}

impl Primed {
    pub(crate) fn new(source: SharedCredentialsProvider) -> Self {
        Self { source, first: Mutex::default() }
    }

    /// Gets the credentials for the first time.
    pub(crate) async fn prime(&self, limit: Duration) -> Result<Credentials, AwsError> {
        let credentials = tokio::time::timeout(limit, self.source.provide_credentials()).await;
        let credentials =
            credentials.unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(limit))).map_err(|e| {
                let chain = std::iter::successors(Some(&e as &(dyn std::error::Error + 'static)), |&e| e.source());
                match chain.into_iter().find_map(|e| e.downcast_ref::<CredentialsAt>()) {
                    Some(at) => AwsError { attribute: Some(at.path.clone()), ..at.error.clone() },
                    None => failure("GetCallerIdentity", mask(&causes(&e))),
                }
            })?;
        *self.first.lock().unwrap_or_else(PoisonError::into_inner) = Some(credentials.clone());
        Ok(credentials)
    }

    async fn provide(&self) -> Result<Credentials, CredentialsError> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        match first {
            Some(credentials) => Ok(credentials),
            None => self.source.provide_credentials().await,
        }
    }
}

impl ProvideCredentials for Primed {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.provide())
    }
}

/// Stands for credentials that an argument decides which is not known yet. Nothing is called with others instead: the
/// wrong account would be read, and what is not found there would vanish from the state.
#[derive(Debug)]
pub(crate) struct Postponed {
    pub(crate) argument: String,
}

impl ProvideCredentials for Postponed {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let error = AwsError {
            service: "AWS",
            message: format!(
                "the argument `{0}` of the provider block is known only after the apply, and it decides which account \
                 or endpoint to call. Apply what `{0}` depends on first (`terraform apply -target=...`), or set it to \
                 a known value",
                self.argument
            ),
            kind: Kind::Other,
            ..AwsError::default()
        };
        let path = Path::of(&self.argument);
        future::ProvideCredentials::ready(Err(CredentialsError::provider_error(CredentialsAt { path, error })))
    }
}
