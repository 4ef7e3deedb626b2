//! The one HTTP client below all of AWS's SDKs: rustls with aws-lc-rs, proxies by scheme, the provider's user agent,
//! and an end to retrying a host that cannot be reached.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_smithy_http_client::proxy::{ProxyConfig, ProxyError};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use crate::aws::client::CONNECT;
use crate::aws::insecure::Insecure;

/// How long a host may refuse connections before the SDK's retries are cut short. Retries bridge a restart of a few
/// seconds; 25 of them against a host that is not there would take many minutes.
const UNREACHABLE_AFTER: Duration = Duration::from_secs(8);

/// What the HTTP client is made of. The default: no proxy, the system's certificate authorities.
#[derive(Clone, Debug, Default)]
pub struct HttpSettings {
    /// The proxy for `http://` URLs.
    pub http_proxy: Option<String>,
    /// The proxy for `https://` URLs.
    pub https_proxy: Option<String>,
    /// Hosts that are reached without a proxy, separated by commas.
    pub no_proxy: Option<String>,
    /// Certificate authorities in PEM, in place of the system's.
    pub ca_bundle: Option<Vec<u8>>,
    /// Accepts any certificate.
    pub insecure: bool,
    /// Appended to the SDK's own user agent.
    pub user_agent: String,
}

/// Where AWS keeps credentials for what runs on its machines. Proxies cannot reach these addresses, and must not see
/// what is kept there.
const NEVER_BY_PROXY: &str = "169.254.169.254,169.254.170.2,169.254.170.23,fd00:ec2::254,fd00:ec2::23";

/// Makes the HTTP client. Certificates are loaded at the first request that needs them.
///
/// # Errors
/// A phrase that says which proxy URL is wrong and why.
pub fn http_client(settings: HttpSettings) -> Result<SharedHttpClient, String> {
    let no_proxy = match &settings.no_proxy {
        Some(hosts) => format!("{hosts},{NEVER_BY_PROXY}"),
        None => NEVER_BY_PROXY.to_owned(),
    };
    let proxy = |url: &Option<String>, make: fn(&str) -> Result<ProxyConfig, ProxyError>| match url {
        Some(url) => make(url).map(|p| p.no_proxy(&no_proxy)).map_err(|e| e.to_string()),
        None => Ok(ProxyConfig::disabled()),
    };
    let http = proxy(&settings.http_proxy, |url| ProxyConfig::http(url))?;
    let https = proxy(&settings.https_proxy, |url| ProxyConfig::https(url))?;
    let trust = match settings.ca_bundle {
        Some(pem) => TrustStore::empty().with_pem_certificate(pem),
        None => TrustStore::default(),
    };
    let context = TlsContext::builder().with_trust_store(trust).build().map_err(|e| e.to_string())?;
    Ok(SharedHttpClient::new(Client(Arc::new(Shared {
        http: hyper_client(http, context.clone()),
        https: if settings.insecure {
            SharedHttpClient::new(Insecure::new(CONNECT, settings.https_proxy.as_deref(), &no_proxy)?)
        } else {
            hyper_client(https, context)
        },
        user_agent: settings.user_agent,
        refusing: Mutex::default(),
    }))))
}

fn hyper_client(proxy: ProxyConfig, context: TlsContext) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut builder = Connector::builder().proxy_config(proxy.clone());
        builder.set_connector_settings(settings.cloned());
        builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        builder.tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(context.clone()).build()
    })
}

#[derive(Debug)]
struct Shared {
    http: SharedHttpClient,
    https: SharedHttpClient,
    user_agent: String,
    /// Since when a host has been refusing connections.
    refusing: Mutex<HashMap<String, Instant>>,
}

#[derive(Clone, Debug)]
struct Client(Arc<Shared>);

impl HttpClient for Client {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Dispatch {
            shared: self.0.clone(),
            settings: settings.clone(),
            components: components.clone(),
        })
    }
}

/// The header that marks the response to a repeated request.
pub(crate) const REPEATED: &str = "mlops-repeated";

/// Whether the SDK repeats this request. It counts its attempts in a header (`attempt=2; max=25`).
fn is_repeated(request: &HttpRequest) -> bool {
    let attempts = request.headers().get("amz-sdk-request").unwrap_or_default();
    attempts.split(';').any(|part| part.trim().strip_prefix("attempt=").is_some_and(|n| n != "1"))
}

/// Chooses the connector by the scheme of each request. The connectors behind are cached with their connections.
#[derive(Debug)]
struct Dispatch {
    shared: Arc<Shared>,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl HttpConnector for Dispatch {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let host = authority(request.uri()).to_owned();
        let client = if request.uri().starts_with("http:") { &self.shared.http } else { &self.shared.https };
        if !self.shared.user_agent.is_empty() {
            // The SDK sends this header unsigned, so it may be changed after signing.
            let agent = request.headers().get("user-agent").unwrap_or_default();
            let agent = format!("{agent} {}", self.shared.user_agent);
            let _ = request.headers_mut().try_insert("user-agent", agent.trim_start().to_owned());
        }
        let method = request.method().to_owned();
        let repeated = is_repeated(&request);
        let answer = client.http_connector(&self.settings, &self.components).call(request);
        let shared = self.shared.clone();
        HttpConnectorFuture::new(async move {
            let started = Instant::now();
            let mut result = answer.await;
            if let (Ok(response), true) = (&mut result, repeated) {
                response.headers_mut().insert(REPEATED, "true");
            }
            let took = started.elapsed().as_millis();
            match &result {
                Ok(response) => {
                    tracing::debug!(host, method, status = response.status().as_u16(), took, "AWS answered");
                }
                Err(error) => tracing::debug!(host, method, took, error = %causes(error), "AWS did not answer"),
            }
            result.map_err(|error| shared.judge(&host, error)).inspect(|_| shared.reached(&host))
        })
    }
}

impl Shared {
    fn reached(&self, host: &str) {
        self.refusing.lock().unwrap_or_else(PoisonError::into_inner).remove(host);
    }

    /// Names the host in the error, and takes the error out of the SDK's retries once the host has been unreachable
    /// for long enough.
    fn judge(&self, host: &str, error: ConnectorError) -> ConnectorError {
        let (timeout, io, other) = (error.is_timeout(), error.is_io(), error.as_other());
        let unreachable = (timeout || io) && is_connect(&error);
        let error = Box::new(Unanswered { host: host.to_owned(), error });
        if unreachable {
            let mut refusing = self.refusing.lock().unwrap_or_else(PoisonError::into_inner);
            let since = *refusing.entry(host.to_owned()).or_insert_with(Instant::now);
            if since.elapsed() >= UNREACHABLE_AFTER {
                return ConnectorError::other(error, None);
            }
        }
        match (timeout, io) {
            (true, _) => ConnectorError::timeout(error),
            (_, true) => ConnectorError::io(error),
            _ if error.error.is_user() => ConnectorError::user(error),
            _ => ConnectorError::other(error, other),
        }
    }
}

/// A request that got no answer, with the host it was for.
#[derive(Debug)]
pub(crate) struct Unanswered {
    pub(crate) host: String,
    error: ConnectorError,
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no answer from {}", self.host)
    }
}

impl Error for Unanswered {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}

impl Unanswered {
    /// Whether not even a connection came about.
    pub(crate) fn is_connect(&self) -> bool {
        is_connect(&self.error)
    }
}

fn is_connect(error: &ConnectorError) -> bool {
    let mut next = error.source();
    while let Some(cause) = next {
        if cause.downcast_ref::<hyper_util::client::legacy::Error>().is_some_and(|e| e.is_connect()) {
            return true;
        }
        next = cause.source();
    }
    false
}

/// An error and its causes in one line, without the repetitions that wrapped errors bring.
pub(crate) fn causes(error: &(dyn Error + 'static)) -> String {
    let mut line = String::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        let text = cause.to_string();
        if !text.is_empty() && !line.contains(&text) {
            if !line.is_empty() {
                line.push_str(": ");
            }
            line.push_str(&text);
        }
        next = cause.source();
    }
    line
}

/// `SCHEME://HOST:PORT` of a URL.
fn authority(url: &str) -> &str {
    let start = url.find("://").map_or(0, |i| i + 3);
    let end = url[start..].find(['/', '?']).map_or(url.len(), |i| start + i);
    &url[..end]
}

#[cfg(test)]
mod tests {
    use hyper_util::client::proxy::matcher::Matcher;

    use super::*;

    #[test]
    fn what_keeps_credentials_on_the_machine_is_never_reached_by_proxy() {
        let matcher = Matcher::builder().all("http://proxy:3128").no(NEVER_BY_PROXY).build();
        let proxied = |url: &str| matcher.intercept(&url.parse().unwrap()).is_some();
        for url in ["http://169.254.169.254/latest", "http://169.254.170.2/v2", "http://[fd00:ec2::254]/latest"] {
            assert!(!proxied(url), "{url}");
        }
        assert!(proxied("http://sts.amazonaws.com/"));
    }

    #[test]
    fn hosts_and_causes_are_cut_out() {
        assert_eq!(authority("https://a.b:8443/c?d"), "https://a.b:8443");
        assert_eq!(authority("http://a?b"), "http://a");
        let inner = std::io::Error::other("refused");
        let outer = std::io::Error::other(ConnectorError::io(inner.into()));
        assert_eq!(causes(&outer), "io error: refused");
    }
}
