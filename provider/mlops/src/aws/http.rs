//! The one HTTP client below all of AWS's SDKs: rustls with aws-lc-rs, proxies by scheme, the provider's user agent,
//! and an end to retrying a host that cannot be reached.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_smithy_http_client::proxy::{ProxyConfig, ProxyError};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::Headers;
use hyper_util::client::proxy::matcher::Matcher;

use crate::aws::client::CONNECT;
use crate::aws::clock::Clock;
use crate::aws::insecure::Insecure;

/// How long a host may refuse connections before the SDK's retries are cut short. Retries bridge a restart of a few
/// seconds; 25 of them against a host that is not there would take many minutes.
const UNREACHABLE_AFTER: Duration = Duration::from_secs(8);

/// How long the answer may take to one attempt of a call that gets or tests credentials.
pub(crate) const CREDENTIALS_ATTEMPT: Duration = Duration::from_secs(5);
/// The same as [`UNREACHABLE_AFTER`] for such a call, which is known by its read timeout, and also for a host that accepts
/// connections and says nothing: a second attempt, perhaps a third. Nothing has been done yet that would have to be finished.
const CREDENTIALS_UNREACHABLE_AFTER: Duration = Duration::from_secs(1);

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

/// Makes the HTTP client, and the clock that its responses set. Certificates are loaded at the first request that needs
/// them.
///
/// # Errors
/// A phrase that says which proxy URL is wrong and why.
pub fn http_client(settings: HttpSettings) -> Result<(SharedHttpClient, Clock), String> {
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
    let by_system = settings.ca_bundle.is_none();
    let trust = move |encrypted: bool| match &settings.ca_bundle {
        Some(pem) => TrustStore::empty().with_pem_certificate(pem.as_slice()),
        None if encrypted && *SYSTEM_HAS_AUTHORITIES => TrustStore::default(),
        // The SDK panics where it is to use the system's and there are none.
        None => TrustStore::empty(),
    };
    let to_proxy_encrypted = settings.http_proxy.as_ref().is_some_and(|url| url.starts_with("https:"));
    let clock = Clock::default();
    let client = Client(Arc::new(Shared {
        http: hyper_client(http, {
            let trust = trust.clone();
            move || trust(to_proxy_encrypted)
        }),
        https: if settings.insecure {
            SharedHttpClient::new(Insecure::new(CONNECT, settings.https_proxy.as_deref(), &no_proxy)?)
        } else {
            hyper_client(https, move || trust(true))
        },
        proxies: Matcher::builder()
            .http(settings.http_proxy.unwrap_or_default())
            .https(settings.https_proxy.unwrap_or_default())
            .no(no_proxy)
            .build(),
        trusts_system: by_system && !settings.insecure,
        user_agent: settings.user_agent,
        clock: clock.clone(),
        refusing: Mutex::default(),
    }));
    Ok((SharedHttpClient::new(client), clock))
}

/// Whether the system has a certificate authority that can be used.
static SYSTEM_HAS_AUTHORITIES: LazyLock<bool> = LazyLock::new(|| {
    let found = rustls_native_certs::load_native_certs().certs;
    rustls::RootCertStore::empty().add_parsable_certificates(found).0 > 0
});

fn hyper_client(proxy: ProxyConfig, trust: impl Fn() -> TrustStore + Send + Sync + 'static) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut builder = Connector::builder().proxy_config(proxy.clone());
        builder.set_connector_settings(settings.cloned());
        builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        let provider = builder.tls_provider(Provider::Rustls(CryptoMode::AwsLc));
        match TlsContext::builder().with_trust_store(trust()).build() {
            Ok(context) => provider.tls_context(context).build(),
            Err(_) => provider.build(),
        }
    })
}

#[derive(Debug)]
struct Shared {
    http: SharedHttpClient,
    https: SharedHttpClient,
    proxies: Matcher,
    /// Servers are known by the system's certificate authorities.
    trusts_system: bool,
    user_agent: String,
    clock: Clock,
    /// Since when a host has been refusing connections, or been silent.
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
        let shared = self.shared.clone();
        let route = shared.route(request.uri());
        let encrypted = request.uri().starts_with("https:");
        if encrypted && shared.trusts_system && !*SYSTEM_HAS_AUTHORITIES {
            let error = ConnectorError::other(Box::new(NoAuthorities), None);
            return HttpConnectorFuture::ready(Err(ConnectorError::other(Box::new(Unanswered { route, error }), None)));
        }
        let client = if encrypted { &shared.https } else { &shared.http };
        if !shared.user_agent.is_empty() {
            // The SDK sends this header unsigned, so it may be changed after signing.
            let agent = request.headers().get("user-agent").unwrap_or_default();
            let agent = format!("{agent} {}", shared.user_agent);
            let _ = request.headers_mut().try_insert("user-agent", agent.trim_start().to_owned());
        }
        let method = request.method().to_owned();
        let repeated = is_repeated(&request);
        let for_credentials = self.settings.read_timeout() == Some(CREDENTIALS_ATTEMPT);
        let answer = client.http_connector(&self.settings, &self.components).call(request);
        HttpConnectorFuture::new(async move {
            let started = Instant::now();
            let mut result = answer.await;
            if let (Ok(response), true) = (&mut result, repeated) {
                response.headers_mut().insert(REPEATED, "true");
            }
            let (host, took) = (&route.host, started.elapsed().as_millis());
            match result {
                Ok(mut response) => {
                    tracing::debug!(host, method, status = response.status().as_u16(), took, "AWS responded");
                    shared.refusing.lock().unwrap_or_else(PoisonError::into_inner).remove(host);
                    shared.clock.note(response.headers());
                    // The answer to HEAD has no body that the SDK could stumble over.
                    if method == "HEAD" && response.status().is_success() && is_foreign_page(response.headers()) {
                        let error = ConnectorError::other(Box::new(Foreign(route.foreign(&response))), None);
                        return Err(ConnectorError::other(Box::new(Unanswered { route, error }), None));
                    }
                    response.add_extension(route);
                    Ok(response)
                }
                Err(error) => {
                    tracing::debug!(host, method, took, error = %causes(&error), "No response from AWS");
                    Err(shared.judge(route, for_credentials, error))
                }
            }
        })
    }
}

impl Shared {
    /// Where a request to this URL goes.
    fn route(&self, url: &str) -> Route {
        let proxy = url.parse().ok().and_then(|url| self.proxies.intercept(&url));
        let proxy = proxy.map(|p| format!("{}://{}", p.uri().scheme_str().unwrap_or("http"), address(p.uri())));
        Route { host: authority(url).to_owned(), proxy }
    }

    /// Names the host in the error, and takes the error out of the SDK's retries once the host has been unreachable
    /// for long enough.
    fn judge(&self, route: Route, for_credentials: bool, error: ConnectorError) -> ConnectorError {
        let (timeout, io, other) = (error.is_timeout(), error.is_io(), error.as_other());
        let host = route.host.clone();
        let error = Box::new(Unanswered { route, error });
        if ((timeout || io) && error.is_connect()) || (timeout && for_credentials) {
            let mut refusing = self.refusing.lock().unwrap_or_else(PoisonError::into_inner);
            let since = *refusing.entry(host).or_insert_with(Instant::now);
            if since.elapsed() >= if for_credentials { CREDENTIALS_UNREACHABLE_AFTER } else { UNREACHABLE_AFTER } {
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

/// Where a request went.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    /// `SCHEME://HOST:PORT` of the URL.
    pub(crate) host: String,
    /// The same of the proxy on the way, without user and password.
    pub(crate) proxy: Option<String>,
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        self.proxy.iter().try_for_each(|proxy| write!(f, " through the proxy {proxy}"))
    }
}

impl Route {
    /// Says of a response that it is not AWS's, and by what its origin may be known.
    pub(crate) fn foreign(&self, response: &HttpResponse) -> String {
        let mut text = format!("the response from {self} did not come from AWS: HTTP {}", response.status().as_u16());
        for (name, label) in [("content-type", "content type"), ("server", "server"), ("location", "location")] {
            if let Some(value) = response.headers().get(name) {
                let value: String = value.split(['?', '#']).next().unwrap_or_default().chars().take(200).collect();
                text.push_str(&format!(", {label} {value:?}"));
            }
        }
        text
    }
}

/// Whether these are the headers of a web page that AWS did not send: each of its responses has a request id.
pub(crate) fn is_foreign_page(headers: &Headers) -> bool {
    headers.get("content-type").is_some_and(|t| t.starts_with("text/html")) && !has_request_id(headers)
}

/// Whether a response has the id that all of AWS's have (AWS SDKs and Tools Reference Guide).
pub(crate) fn has_request_id(headers: &Headers) -> bool {
    ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id", "x-amz-cf-id"]
        .iter()
        .any(|id| headers.contains_key(id))
}

/// A response that is not AWS's.
#[derive(Debug)]
pub(crate) struct Foreign(pub(crate) String);

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Foreign {}

/// The system has no certificate authorities to know servers by.
#[derive(Debug)]
pub(crate) struct NoAuthorities;

impl fmt::Display for NoAuthorities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no trusted CA certificates were found on this system, and https:// cannot be used without them")
    }
}

impl Error for NoAuthorities {}

/// A request that got no answer, with where it went.
#[derive(Debug)]
pub(crate) struct Unanswered {
    pub(crate) route: Route,
    error: ConnectorError,
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no response from {}", self.route)
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
        self.cause::<NoAuthorities>().is_some()
            || self.cause::<hyper_util::client::legacy::Error>().is_some_and(|e| e.is_connect())
    }

    /// Whether it did not come in time.
    pub(crate) fn is_timeout(&self) -> bool {
        self.error.is_timeout()
    }

    /// The cause of a type, if it is one of the causes.
    pub(crate) fn cause<E: Error + 'static>(&self) -> Option<&E> {
        let mut next: Option<&(dyn Error + 'static)> = Some(&self.error);
        while let Some(cause) = next {
            // What an I/O error holds is not among its sources, only what is behind that.
            let held = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
            match held {
                Some(held) => next = Some(held),
                None => {
                    if let Some(found) = cause.downcast_ref() {
                        return Some(found);
                    }
                    next = cause.source();
                }
            }
        }
        None
    }
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

/// `HOST:PORT` of a URL, without user and password.
fn address(url: &http::Uri) -> String {
    let host = url.host().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
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
