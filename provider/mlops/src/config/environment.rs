//! The environment and the shared configuration files: what holds where the provider block says nothing.

use std::borrow::Cow;
use std::path::{Path as FilePath, PathBuf};
use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::profile::ProfileSet;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::{RetryConfig, RetryMode};
use aws_types::os_shim_internal::{Env, Fs};
use tfplug::diag::{Diag, Diags, Result};
use tfplug::log::redactor;
use tfplug::value::Path;

use super::block::Block;
use super::limits;
use crate::aws::client::CONNECT;
use crate::aws::clock::Clock;
use crate::aws::http::{HttpSettings, causes, http_client};
use crate::aws::secrets::hide_password;

/// Repetitions where the user asks for no number: as many as users of other AWS providers are used to.
const MAX_RETRIES: u32 = 25;

/// What the environment and the shared configuration files say.
pub(super) struct Environment {
    env: Env,
    /// The shared configuration and credentials files.
    pub(super) files: EnvConfigFiles,
    /// The profile that the environment names.
    pub(super) profile: Option<String>,
    profiles: ProfileSet,
}

impl Environment {
    pub(super) async fn find(block: &Block, env: Env) -> Result<Self> {
        let variable = |name: &str| env.get(name).ok().filter(|v| !v.trim().is_empty());
        let profile = variable("AWS_PROFILE").or_else(|| variable("AWS_DEFAULT_PROFILE"));
        let mut wrong = Diags::new();
        let mut paths = |given: &Option<Vec<String>>, argument: &str| -> Vec<PathBuf> {
            let mut paths = Vec::new();
            for (i, text) in given.iter().flatten().enumerate() {
                let path = in_home(text, &env);
                if let Err(e) = std::fs::metadata(&path) {
                    let detail = format!("{} cannot be read: {e}.", path.display());
                    wrong.push(Diag::error("Unreadable file", detail).at(Path::of(argument).index(i)));
                }
                paths.push(path);
            }
            paths
        };
        let configs = paths(&block.shared_config_files, "shared_config_files");
        let credentials = paths(&block.shared_credentials_files, "shared_credentials_files");
        wrong.into_result()?;
        let mut files = EnvConfigFiles::builder()
            .include_default_config_file(configs.is_empty())
            .include_default_credentials_file(credentials.is_empty());
        for path in configs {
            files = files.with_file(EnvConfigFileKind::Config, path);
        }
        for path in credentials {
            files = files.with_file(EnvConfigFileKind::Credentials, path);
        }
        let files = files.build();
        let name = block.profile.clone().or_else(|| profile.clone());
        let profiles = aws_config::profile::load(&Fs::real(), &env, &files, name.map(Cow::Owned)).await;
        let profiles = profiles.map_err(|e| {
            let path = match (&block.shared_config_files, &block.shared_credentials_files) {
                (Some(_), _) => Path::of("shared_config_files"),
                (_, Some(_)) => Path::of("shared_credentials_files"),
                _ => Path::root(),
            };
            Diag::error("The shared configuration files cannot be read", format!("{}.", causes(&e))).at(path)
        })?;
        let found = Self { env, files, profile, profiles };
        found.hide_secrets();
        found.check_profile(block)?;
        found.check_mfa(block)?;
        Ok(found)
    }

    /// Masks what is secret in the environment and in the profiles, whether it will be used or not.
    fn hide_secrets(&self) {
        let variables =
            ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN"];
        variables.iter().filter_map(|name| self.variable(name)).for_each(|secret| redactor().register(&secret));
        let properties = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];
        for profile in self.profiles.profiles().filter_map(|name| self.profiles.get_profile(name)) {
            properties.iter().filter_map(|name| profile.get(name)).for_each(|secret| redactor().register(secret));
        }
    }

    /// A profile that is asked for must be there, unless keys make it irrelevant.
    fn check_profile(&self, block: &Block) -> Result<()> {
        let by_keys = block.access_key.is_some() || block.assume_role_with_web_identity.is_some();
        let (name, origin) = match (&block.profile, &self.profile) {
            (Some(name), _) => (name, "`profile`"),
            (None, Some(name)) if !by_keys && self.keys().is_none() => (name, "AWS_PROFILE"),
            _ => return Ok(()),
        };
        if self.profiles.get_profile(name).is_some() {
            return Ok(());
        }
        let mut known: Vec<&str> = self.profiles.profiles().collect();
        known.sort_unstable();
        let known = if known.is_empty() {
            "they contain no profile".to_owned()
        } else {
            format!("they contain: {}", known.join(", "))
        };
        let detail = format!(
            "{origin} names the profile {name:?}, which is not in the shared configuration and credentials files ({}); {known}.",
            self.locations(block)
        );
        let path = if block.profile.is_some() { Path::of("profile") } else { Path::root() };
        Err(Diag::error("Profile not found", detail).at(path).into())
    }

    /// A role that wants a code of somebody's device cannot be assumed by a program that cannot ask for it.
    fn check_mfa(&self, block: &Block) -> Result<()> {
        let asked = if block.access_key.is_some() || block.assume_role_with_web_identity.is_some() {
            return Ok(());
        } else if let Some(name) = &block.profile {
            name
        } else if self.keys().is_some() {
            return Ok(());
        } else {
            self.profile.as_deref().unwrap_or("default")
        };
        let mut seen = Vec::new();
        let mut next = Some(asked);
        while let Some(name) = next.filter(|name| !seen.contains(name)) {
            seen.push(name);
            let profile = self.profiles.get_profile(name);
            let property = |key: &str| profile.and_then(|p| p.get(key));
            if let (Some(role), Some(device)) = (property("role_arn"), property("mfa_serial")) {
                let detail = format!(
                    "The profile {name:?} assumes the role {role} with a code of the MFA device {device} \
                     (`mfa_serial`), and Terraform cannot prompt for the code. Start the session first: put its \
                     temporary credentials into AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, sign \
                     in with IAM Identity Center (`aws sso login`), or set a program that prompts for the code as \
                     `credential_process` of the profile."
                );
                let path = if block.profile.is_some() { Path::of("profile") } else { Path::root() };
                return Err(Diag::error("MFA required", detail).at(path).into());
            }
            next = property("source_profile");
        }
        Ok(())
    }

    fn locations(&self, block: &Block) -> String {
        let given = |files: &Option<Vec<String>>, variable: &str, default: &str| match files {
            Some(files) if !files.is_empty() => files.join(", "),
            _ => self.variable(variable).unwrap_or_else(|| default.to_owned()),
        };
        let config = given(&block.shared_config_files, "AWS_CONFIG_FILE", "~/.aws/config");
        let credentials = given(&block.shared_credentials_files, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials");
        format!("{config}, {credentials}")
    }

    /// A path as the user writes it; a leading `~/` is the home directory.
    pub(super) fn path(&self, text: &str) -> PathBuf {
        in_home(text, &self.env)
    }

    /// A variable of the environment; an empty one counts as not set.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        self.env.get(name).ok().filter(|v| !v.trim().is_empty())
    }

    /// A variable by either spelling, as proxies have them.
    fn proxy_variable(&self, name: &str) -> Option<String> {
        self.variable(name).or_else(|| self.variable(&name.to_ascii_lowercase()))
    }

    /// The URL of a proxy. Other programs take it without a scheme, too.
    fn proxy(&self, name: &str) -> Option<String> {
        let url = self.proxy_variable(name)?;
        Some(if url.contains("://") { url } else { format!("http://{url}") })
    }

    /// A property of the chosen profile.
    fn property(&self, name: &str) -> Option<String> {
        self.profiles.get(name).map(str::to_owned)
    }

    pub(super) fn keys(&self) -> Option<Credentials> {
        let (key, secret) = (self.variable("AWS_ACCESS_KEY_ID")?, self.variable("AWS_SECRET_ACCESS_KEY")?);
        Some(Credentials::new(key, secret, self.variable("AWS_SESSION_TOKEN"), None, "environment"))
    }

    pub(super) fn region(&self, block: &Block) -> Option<String> {
        let of_variables = || self.variable("AWS_REGION").or_else(|| self.variable("AWS_DEFAULT_REGION"));
        block.region.clone().or_else(of_variables).or_else(|| self.property("region"))
    }

    pub(super) fn http_client(&self, block: &Block, terraform_version: &str) -> Result<(SharedHttpClient, Clock)> {
        let (bundle, path) = match &block.custom_ca_bundle {
            Some(file) => (Some(self.path(file)), Path::of("custom_ca_bundle")),
            None => {
                let file = self.variable("AWS_CA_BUNDLE").or_else(|| self.property("ca_bundle"));
                (file.map(PathBuf::from), Path::root())
            }
        };
        let ca_bundle = bundle.map(|file| certificates(&file, path)).transpose()?;
        let mut agent = format!("Terraform/{terraform_version} terraform-provider-mlops/{}", env!("CARGO_PKG_VERSION"));
        for product in block.user_agent.iter().flatten().cloned().chain(self.variable("TF_APPEND_USER_AGENT")) {
            agent.push(' ');
            agent.extend(product.trim().chars().filter(|c| (' '..='~').contains(c)));
        }
        let settings = HttpSettings {
            http_proxy: block.http_proxy.clone().or_else(|| self.proxy("HTTP_PROXY")),
            https_proxy: block.https_proxy.clone().or_else(|| self.proxy("HTTPS_PROXY")),
            no_proxy: block.no_proxy.clone().or_else(|| self.proxy_variable("NO_PROXY")),
            ca_bundle,
            insecure: block.insecure.unwrap_or_default(),
            user_agent: agent,
        };
        for proxy in settings.http_proxy.iter().chain(&settings.https_proxy) {
            hide_password(proxy);
        }
        http_client(settings).map_err(|e| Diag::error("The HTTP client cannot be created", format!("{e}.")).into())
    }

    /// How calls are repeated: all of them, also those that get credentials.
    pub(super) fn retries(&self, block: &Block) -> Result<RetryConfig> {
        let attempts = self.variable("AWS_MAX_ATTEMPTS").or_else(|| self.property("max_attempts"));
        let attempts = match (block.max_retries, attempts) {
            (Some(retries), _) => retries.saturating_add(1),
            (None, None) => MAX_RETRIES + 1,
            (None, Some(text)) => text.trim().parse().ok().filter(|n| *n > 0).ok_or_else(|| {
                let detail = format!(
                    "AWS_MAX_ATTEMPTS, or `max_attempts` of the profile, is {text:?}; it must be a whole number above \
                     0. `max_retries` of the provider block takes precedence."
                );
                Diag::error("Invalid number of attempts", detail)
            })?,
        };
        let mode = self.variable("AWS_RETRY_MODE").or_else(|| self.property("retry_mode"));
        let mode = match block.retry_mode.clone().or(mode).as_deref().map(str::trim) {
            None | Some("standard" | "legacy") => RetryMode::Standard,
            Some("adaptive") => RetryMode::Adaptive,
            Some(other) => {
                let detail = format!(
                    "AWS_RETRY_MODE, or `retry_mode` of the profile, is {other:?}; it must be `standard` or \
                     `adaptive`. `retry_mode` of the provider block takes precedence."
                );
                return Err(Diag::error("Invalid retry mode", detail).into());
            }
        };
        Ok(RetryConfig::standard().with_retry_mode(mode).with_max_attempts(attempts))
    }

    /// The SDK's own view of the environment (endpoint URLs, FIPS, checksums ...), with what the block decides.
    pub(super) async fn sdk_config(
        &self,
        block: &Block,
        http: &SharedHttpClient,
        retries: RetryConfig,
        patience: Duration,
        region: Option<&str>,
    ) -> Result<SdkConfig> {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .no_credentials()
            .http_client(http.clone())
            .region(region.map(|r| Region::new(r.to_owned())))
            .retry_config(retries)
            .timeout_config(limits(CONNECT).build())
            .profile_files(self.files.clone())
            .identity_cache(IdentityCache::lazy().load_timeout(patience).build());
        if let Some(profile) = block.profile.as_ref().or(self.profile.as_ref()) {
            loader = loader.profile_name(profile);
        }
        if let Some(fips) = block.use_fips_endpoint {
            loader = loader.use_fips(fips);
        }
        if let Some(dualstack) = block.use_dualstack_endpoint {
            loader = loader.use_dual_stack(dualstack);
        }
        if let Some(url) = &block.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        Ok(loader.load().await)
    }
}

fn in_home(text: &str, env: &Env) -> PathBuf {
    let home = || env.get("HOME").or_else(|_| env.get("USERPROFILE")).ok();
    match text.strip_prefix("~/").and_then(|rest| Some(FilePath::new(&home()?).join(rest))) {
        Some(path) => path,
        None => PathBuf::from(text),
    }
}

/// Reads certificate authorities and tests them, for the TLS library takes them unseen.
fn certificates(file: &FilePath, path: Path) -> Result<Vec<u8>> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    let wrong = |what: String| {
        let detail = format!("The CA bundle {} {what}.", file.display());
        Diags::from(Diag::error("Invalid CA bundle", detail).at(path.clone()))
    };
    let pem = std::fs::read(file).map_err(|e| wrong(format!("cannot be read: {e}")))?;
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|e| wrong(format!("is not PEM: {e}")))?;
        roots.add(certificate).map_err(|e| wrong(format!("contains an invalid certificate: {e}")))?;
    }
    if roots.is_empty() { Err(wrong("contains no certificate".to_owned())) } else { Ok(pem) }
}
