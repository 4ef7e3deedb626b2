//! From the provider block to AWS's clients. The only module that reads the environment.

mod block;
mod check;
mod environment;
mod region;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_config::imds::client::EndpointMode;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{Region, imds};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::os_shim_internal::Env;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::model::{Model, Root};
use tfplug::schema::Schema;
use tfplug::value::{Path, Value};

use crate::aws::client::{Aws, IgnoreTags, Limits, PROPAGATION, Service, Settings, retry_partition};
use crate::aws::creations::Place;
use crate::aws::credentials::{Postponed, Primed, Role, Session, Sources, Token, WebIdentity, assumed, provider};
use crate::aws::error::{AwsError, Kind, aws_error};
use crate::aws::http::CREDENTIALS_ATTEMPT;
use crate::files::review;
use block::{AssumeRole, AssumeRoleWithWebIdentity, Block};
pub use check::check;
use environment::Environment;

/// How long getting credentials may take without repetitions: a `credential_process` may have to ask a person.
const CREDENTIALS: Duration = Duration::from_secs(60);
/// How long the SDK waits before a repetition, at most (its default), with the slowness of the adaptive mode on top.
const BACKOFF: Duration = Duration::from_secs(25);
/// How long a connection may take to come about for such a call.
const CREDENTIALS_CONNECT: Duration = Duration::from_secs(3);

/// Arguments that change neither whom the provider acts as nor whom it talks to. While one of them is unknown, it counts
/// as not set; while any other is, AWS is not called at all.
const HARMLESS: &[&str] = &[
    "allowed_account_ids",
    "default_tags",
    "forbidden_account_ids",
    "ignore_tags",
    "max_retries",
    "propagation_timeout",
    "retry_mode",
    "skip_credentials_validation",
    "skip_region_validation",
    "skip_requesting_account_id",
    "token_bucket_rate_limiter_capacity",
    "user_agent",
];

/// The schema of the provider block.
pub fn schema() -> Schema {
    Block::schema()
}

/// Makes the clients.
///
/// # Errors
/// One diagnostic for each thing that is wrong, at its argument.
pub async fn configure(config: Value, terraform_version: &str) -> Result<Aws> {
    configure_in(config, terraform_version, Env::real()).await
}

/// Notes whose plans are to be remembered, for a process that Terraform started for one walk.
pub fn remember_plans() {
    review::set_directory(&data_directory(Env::real().get("TF_DATA_DIR").ok()));
}

/// Terraform's own working data; Terraform starts providers in the directory of the configuration.
fn data_directory(variable: Option<String>) -> PathBuf {
    variable.map_or_else(|| PathBuf::from(".terraform"), PathBuf::from)
}

/// Where this process runs, whether it is configured or not.
pub fn here() -> Option<Place> {
    let env = Env::real();
    place(|name| env.get(name).ok())
}

/// Where Terraform runs, and with which workspace.
fn place(variable: impl Fn(&str) -> Option<String>) -> Option<Place> {
    let directory = std::env::current_dir().ok()?;
    Some(Place::new(data_directory(variable("TF_DATA_DIR")), &directory, variable("TF_WORKSPACE")))
}

async fn configure_in(mut config: Value, terraform_version: &str, env: Env) -> Result<Aws> {
    check(&config).into_result()?;
    let unknown = take_unknown(&mut config);
    let block = Block::from_value(&config, &Path::root())?;
    let environment = Environment::find(&block, env).await?;
    review::configured();
    let (http, clock) = environment.http_client(&block, terraform_version)?;
    let retries = environment.retries(&block)?;
    let patience = patience(&retries, &block);
    let postponed = unknown.iter().find(|name| !HARMLESS.contains(&name.as_str()));
    let calls = ProviderConfig::without_region()
        .with_http_client(http.clone())
        .with_timeout_config(limits(CREDENTIALS_CONNECT).read_timeout(CREDENTIALS_ATTEMPT).build())
        .with_retry_config(retries.clone())
        .with_use_fips(block.use_fips_endpoint)
        .with_use_dual_stack(block.use_dualstack_endpoint);
    let metadata = if block.skip_metadata_api_check == Some(true) { None } else { Some(metadata(&block, &calls)?) };
    let region = match (environment.region(&block), &metadata) {
        // The environment's region is not what an unknown argument will turn out to be.
        _ if unknown.contains("region") => None,
        (Some(region), _) => Some(region),
        (None, _) if postponed.is_some() => None,
        (None, Some(imds)) => ImdsRegionProvider::builder()
            .configure(&calls)
            .imds_client(imds.clone())
            .build()
            .region()
            .await
            .map(|r| r.to_string()),
        (None, None) => None,
    };
    if let Some(region) = &region
        && block.skip_region_validation != Some(true)
    {
        region::check(region, &Path::of("region")).into_result()?;
    }
    if region.is_none() && postponed.is_none() {
        return Err(region::missing(metadata.is_some()).into());
    }
    let sdk = environment.sdk_config(&block, &http, retries, patience, region.as_deref()).await?;
    let endpoints = endpoints(&block);
    let sts_region = block.sts_region.clone().or_else(|| environment.variable("AWS_STS_REGION"));
    let mut settings = Settings {
        sdk,
        region,
        unknown: postponed.is_some(),
        sts_region,
        endpoints,
        s3_use_path_style: block.s3_use_path_style.unwrap_or_default(),
        retry_tokens: block.token_bucket_rate_limiter_capacity.map(|n| n as usize),
        default_tags: default_tags(&block),
        default_tags_unknown: unknown.contains("default_tags"),
        ignore_tags: ignore_tags(&block),
        limits: Limits::default(),
        clock,
        propagation_timeout: block.propagation_timeout.as_deref().and_then(propagation_timeout).unwrap_or(PROPAGATION),
        account_id: None,
        place: place(|name| environment.variable(name)),
    };
    if let Some(argument) = postponed {
        let provider = SharedCredentialsProvider::new(Postponed { argument: argument.clone() });
        settings.sdk = settings.sdk.into_builder().credentials_provider(provider).build();
        return Ok(Aws::new(settings));
    }
    identify(&block, &environment, calls, metadata, patience, &mut settings).await?;
    Ok(Aws::new(settings))
}

/// Takes every argument out that is unknown in any part, and tells their names.
fn take_unknown(config: &mut Value) -> BTreeSet<String> {
    let mut unknown = BTreeSet::new();
    for (name, value) in config.as_entries_mut().into_iter().flatten() {
        if !value.is_wholly_known() {
            unknown.insert(name.clone());
            *value = Value::Null;
        }
    }
    unknown
}

/// How long getting credentials may take in all, with every repetition of every call: one to find credentials, one for each
/// role. A host that cannot be reached, or says nothing, is given up much sooner.
fn patience(retries: &RetryConfig, block: &Block) -> Duration {
    let roles = block.assume_role.as_ref().map_or(0, Vec::len);
    let calls = retries.max_attempts().saturating_mul(u32::try_from(roles + 2).unwrap_or(u32::MAX));
    CREDENTIALS + (CREDENTIALS_ATTEMPT + BACKOFF).saturating_mul(calls)
}

fn limits(connect: Duration) -> aws_smithy_types::timeout::TimeoutConfigBuilder {
    TimeoutConfig::builder().connect_timeout(connect)
}

fn metadata(block: &Block, calls: &ProviderConfig) -> Result<imds::Client> {
    let mut builder = imds::Client::builder().configure(calls);
    if let Some(url) = &block.ec2_metadata_service_endpoint {
        builder = builder.endpoint(url).map_err(|e| {
            Diag::error("Not a URL", format!("{url:?}: {e}.")).at(Path::of("ec2_metadata_service_endpoint"))
        })?;
    } else if let Some(mode) = &block.ec2_metadata_service_endpoint_mode {
        let mode = if mode == "IPv6" { EndpointMode::IpV6 } else { EndpointMode::IpV4 };
        builder = builder.endpoint_mode(mode);
    }
    Ok(builder.build())
}

fn endpoints(block: &Block) -> BTreeMap<Service, String> {
    let Some(urls) = block.endpoints.clone() else { return BTreeMap::new() };
    let all = [
        (Service::ApplicationAutoScaling, urls.applicationautoscaling),
        (Service::Budgets, urls.budgets),
        (Service::CloudWatch, urls.cloudwatch),
        (Service::Ec2, urls.ec2),
        (Service::EventBridge, urls.eventbridge),
        (Service::Iam, urls.iam),
        (Service::Logs, urls.logs),
        (Service::Pricing, urls.pricing),
        (Service::ResourceGroupsTagging, urls.resourcegroupstaggingapi),
        (Service::S3, urls.s3),
        (Service::SageMaker, urls.sagemaker),
        (Service::SageMakerRuntime, urls.sagemakerruntime),
        (Service::Scheduler, urls.scheduler),
        (Service::ServiceQuotas, urls.servicequotas),
        (Service::Sns, urls.sns),
        (Service::Sts, urls.sts),
    ];
    all.into_iter().filter_map(|(service, url)| Some((service, url?))).collect()
}

/// Those that are to be ignored are not sent.
fn default_tags(block: &Block) -> BTreeMap<String, String> {
    let ignored = ignore_tags(block);
    let mut all = block.default_tags.clone().and_then(|t| t.tags).unwrap_or_default();
    all.retain(|key, _| !ignored.ignores(key));
    all
}

fn ignore_tags(block: &Block) -> IgnoreTags {
    let Some(ignored) = block.ignore_tags.clone() else { return IgnoreTags::default() };
    IgnoreTags {
        keys: ignored.keys.map(|s| s.0).unwrap_or_default(),
        key_prefixes: ignored.key_prefixes.map(|s| s.0).unwrap_or_default(),
    }
}

/// The seconds of a session's length; None if it is no duration, or not one that STS takes.
fn session_seconds(text: &str) -> Option<i32> {
    let seconds = tfplug::duration::parse(text).ok()?.as_secs();
    i32::try_from(seconds).ok().filter(|s| (900..=43_200).contains(s))
}

/// How long to wait for what is not usable yet; None if it is no duration, or a longer one than anything takes.
fn propagation_timeout(text: &str) -> Option<Duration> {
    let limit = if text == "0s" { Duration::ZERO } else { tfplug::duration::parse(text).ok()? };
    (limit <= Duration::from_secs(600)).then_some(limit)
}

fn role(i: usize, role: AssumeRole) -> Role {
    Role {
        session: Session {
            path: Path::of("assume_role").index(i),
            role_arn: role.role_arn,
            name: role.session_name,
            seconds: role.duration.as_deref().and_then(session_seconds),
            policy: role.policy,
            policy_arns: role.policy_arns.map(|s| s.0).unwrap_or_default(),
        },
        external_id: role.external_id,
        source_identity: role.source_identity,
        tags: role.tags.unwrap_or_default(),
        transitive_tag_keys: role.transitive_tag_keys.map(|s| s.0).unwrap_or_default(),
    }
}

fn web_identity(role: AssumeRoleWithWebIdentity, environment: &Environment) -> Result<WebIdentity> {
    let path = Path::of("assume_role_with_web_identity");
    let missing = |attribute: &str, variable: &str| {
        let detail = format!("Set it here, or the variable {variable}.");
        Diags::from(Diag::error(format!("No {attribute}"), detail).at(path.clone()))
    };
    let file = role.web_identity_token_file.or_else(|| environment.variable("AWS_WEB_IDENTITY_TOKEN_FILE"));
    let token = match (role.web_identity_token, file) {
        (Some(token), _) => Token::Text(token),
        (None, Some(file)) => Token::File(environment.path(&file)),
        (None, None) => return Err(missing("web identity token", "AWS_WEB_IDENTITY_TOKEN_FILE")),
    };
    let role_arn = role.role_arn.or_else(|| environment.variable("AWS_ROLE_ARN"));
    let role_arn = role_arn.ok_or_else(|| missing("role", "AWS_ROLE_ARN"))?;
    Ok(WebIdentity {
        session: Session {
            role_arn,
            name: role.session_name.or_else(|| environment.variable("AWS_ROLE_SESSION_NAME")),
            seconds: role.duration.as_deref().and_then(session_seconds),
            policy: role.policy,
            policy_arns: role.policy_arns.map(|s| s.0).unwrap_or_default(),
            path,
        },
        token,
    })
}

/// Gives the settings their credentials, asks AWS whose they are, and holds that against the account guards.
async fn identify(
    block: &Block,
    environment: &Environment,
    calls: ProviderConfig,
    metadata: Option<imds::Client>,
    patience: Duration,
    settings: &mut Settings,
) -> Result<()> {
    let sts_region = settings.sts_region.clone().or_else(|| settings.region.clone()).map(Region::new);
    let sts_config = settings
        .sdk
        .to_builder()
        .region(sts_region.clone())
        .timeout_config(limits(CREDENTIALS_CONNECT).read_timeout(CREDENTIALS_ATTEMPT).build())
        .build();
    let sts = |credentials: Option<SharedCredentialsProvider>| {
        let mut config =
            aws_sdk_sts::config::Builder::from(&sts_config).retry_partition(retry_partition(settings.retry_tokens));
        config.set_credentials_provider(credentials);
        if let Some(url) = settings.endpoints.get(&Service::Sts) {
            config = config.endpoint_url(url);
        }
        aws_sdk_sts::Client::from_conf(config.build())
    };
    let keys = block.access_key.clone().zip(block.secret_key.clone());
    let sources = Sources {
        keys: keys.map(|(key, secret)| Credentials::new(key, secret, block.token.clone(), None, "provider block")),
        profile: block.profile.clone(),
        environment: environment.keys(),
        environment_profile: environment.profile.clone(),
        files: environment.files.clone(),
        metadata,
        calls: calls.with_region(sts_region),
        web_identity: match block.assume_role_with_web_identity.clone() {
            Some(role) => Some(web_identity(role, environment)?),
            None => None,
        },
        roles: block.assume_role.iter().flatten().cloned().enumerate().map(|(i, r)| role(i, r)).collect(),
    };
    let primed = Arc::new(Primed::new(provider(sources, &sts)));
    let shared = SharedCredentialsProvider::new(primed.clone() as Arc<dyn ProvideCredentials>);
    let sts = sts(Some(shared.clone()));
    settings.sdk = settings.sdk.to_builder().credentials_provider(shared).build();
    let guarded = block.allowed_account_ids.is_some() || block.forbidden_account_ids.is_some();
    let validate = block.skip_credentials_validation != Some(true);
    if !guarded && !validate && block.skip_requesting_account_id == Some(true) {
        return Ok(());
    }
    match caller(&primed, patience, &sts).await {
        Ok((account, arn)) => {
            guard(block, &account, &arn)?;
            if block.skip_requesting_account_id != Some(true) {
                settings.account_id = Some(account);
            }
            Ok(())
        }
        Err(error) if guarded || validate => {
            let diag = error.diag("validate the AWS credentials");
            Err(diag.at(blame(block, &error)).into())
        }
        Err(error) => {
            tracing::warn!(%error, "the account is not known, for AWS did not tell");
            Ok(())
        }
    }
}

/// The account and the ARN of the caller.
async fn caller(primed: &Primed, patience: Duration, sts: &aws_sdk_sts::Client) -> Result<(String, String), AwsError> {
    let credentials = primed.prime(patience).await?;
    if let Some((account, arn)) = assumed(&credentials) {
        return Ok((account, arn));
    }
    let identity = sts.get_caller_identity().send().await.map_err(|e| aws_error("STS", "GetCallerIdentity", e))?;
    match identity.account {
        Some(account) => Ok((account, identity.arn.unwrap_or_default())),
        None => Err(AwsError {
            service: "STS",
            operation: "GetCallerIdentity",
            message: "the response has no account ID".to_owned(),
            ..AwsError::default()
        }),
    }
}

/// The argument that an error of identifying the caller is about.
fn blame(block: &Block, error: &AwsError) -> Path {
    if let Some(path) = &error.attribute {
        return path.clone();
    }
    let set = |name: &str, is: bool| is.then(|| Path::of(name));
    let path = match error.kind {
        _ if error.message.starts_with("the proxy ") => {
            set("https_proxy", block.https_proxy.is_some()).or_else(|| set("http_proxy", block.http_proxy.is_some()))
        }
        Kind::Connect | Kind::Timeout | Kind::Other => block
            .endpoints
            .as_ref()
            .and_then(|e| e.sts.as_ref())
            .map(|_| Path::of("endpoints").attribute("sts"))
            .or_else(|| set("endpoint_url", block.endpoint_url.is_some()))
            .or_else(|| set("https_proxy", block.https_proxy.is_some()))
            .or_else(|| set("sts_region", block.sts_region.is_some()))
            .or_else(|| set("region", block.region.is_some())),
        Kind::Service if error.code.starts_with("Signature") => set("secret_key", block.secret_key.is_some()),
        Kind::Service if error.code.starts_with("Expired") => set("token", block.token.is_some()),
        Kind::Service | Kind::Credentials => set("access_key", block.access_key.is_some()),
    };
    path.or_else(|| set("profile", block.profile.is_some() && block.access_key.is_none())).unwrap_or_default()
}

fn guard(block: &Block, account: &str, arn: &str) -> Result<()> {
    let names = |ids: &Option<tfplug::model::Set<String>>| ids.as_ref().map(|ids| ids.0.iter().any(|id| id == account));
    let (argument, what) = if names(&block.allowed_account_ids) == Some(false) {
        ("allowed_account_ids", "is not among the allowed ones")
    } else if names(&block.forbidden_account_ids) == Some(true) {
        ("forbidden_account_ids", "is among the forbidden ones")
    } else {
        return Ok(());
    };
    let detail = format!(
        "The credentials are those of {arn}. Their account {account} {what}, so nothing was done. Use credentials of \
         another account (`profile`, `assume_role`, the AWS variables), or change `{argument}`."
    );
    Err(Diag::error("Wrong AWS account", detail).at(Path::of(argument)).into())
}
