//! Why a request got no answer of AWS, and what to do about it.

use rustls::CertificateError;

use crate::aws::http::{Foreign, NoAuthorities, Route, Unanswered};

/// What the user reads of a request without an answer of AWS.
pub(super) struct Explanation {
    pub(super) message: String,
    /// What to do. None where the class of the error says it.
    pub(super) advice: Option<String>,
}

/// What to do about a response that is not AWS's.
pub(super) const NOT_AWS: &str = "Something else responded in AWS's place: a proxy (`http_proxy`, `https_proxy`, the \
                                  variables of the same names), a network with a sign-in page (captive portal), a \
                                  firewall; or the endpoint URL (`endpoints`, `endpoint_url`, the AWS_ENDPOINT_URL \
                                  variables) points to another server.";

/// Explains a request of `service` that got no answer. `root` is the innermost cause.
pub(super) fn explain(service: &str, error: &Unanswered, root: &str) -> Explanation {
    let explained = |message: String, advice: &str| Explanation { message, advice: Some(advice.to_owned()) };
    let Route { host, proxy } = &error.route;
    if let Some(foreign) = error.cause::<Foreign>() {
        return explained(foreign.to_string(), NOT_AWS);
    }
    if error.cause::<NoAuthorities>().is_some() {
        return explained(
            format!("{NoAuthorities} (for {host})"),
            "Install the operating system's CA certificates (the package is usually called `ca-certificates`), or set \
             `custom_ca_bundle`, or AWS_CA_BUNDLE, to a file of those to trust.",
        );
    }
    if let Some(rustls::Error::InvalidCertificate(wrong)) = error.cause() {
        let (message, advice) = certificate(wrong);
        return explained(format!("the certificate of {} is not trusted: {message}", error.route), advice);
    }
    match proxy {
        Some(proxy) if error.is_connect() => return by_proxy(host, proxy, root, error),
        _ => {}
    }
    let advice = is_bucket_in_name(service, host, error).then(|| {
        "The first part of that host name is the bucket's name. For an endpoint without such host names, like most \
         local AWS stacks, set `s3_use_path_style = true` in the provider block."
            .to_owned()
    });
    Explanation { message: format!("{error}: {root}"), advice }
}

fn by_proxy(host: &str, proxy: &str, root: &str, error: &Unanswered) -> Explanation {
    const CHECK: &str = "Check the proxies (`http_proxy`, `https_proxy`, the variables of the same names). List hosts \
                         to connect to directly in `no_proxy`.";
    let (message, advice) = match root.strip_prefix("tunnel error: ") {
        Some("proxy authorization required") => (
            format!(
                "the proxy {proxy} refused to connect to {host}: it requires a user name and a password (HTTP 407)"
            ),
            "Put them into the proxy's URL: `http://USER:PASSWORD@HOST:PORT`, with special characters percent-encoded.",
        ),
        Some("unsuccessful") => (
            format!(
                "the proxy {proxy} refused to connect to {host}: its response to CONNECT was an error, such as HTTP \
                 403, 502 or 503"
            ),
            "The proxy may not allow the host, or not reach it: contact its administrator. List hosts to connect to \
             directly in `no_proxy`.",
        ),
        Some(other) => {
            (format!("the proxy {proxy} closed the connection instead of connecting to {host}: {other}"), CHECK)
        }
        None => {
            let refused =
                error.cause::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::ConnectionRefused);
            let what = if refused { "refused the connection" } else { "could not be reached" };
            (format!("the proxy {proxy} {what}, so there is no response from {host}: {root}"), CHECK)
        }
    };
    Explanation { message, advice: Some(advice.to_owned()) }
}

/// What is wrong with a certificate, in other words than the TLS library's, which names internals, and what to do.
fn certificate(wrong: &CertificateError) -> (String, &'static str) {
    const TRUST: &str = "Set `custom_ca_bundle`, or AWS_CA_BUNDLE, to a file with the certificate of the certificate \
                         authority that issued it. A proxy that inspects TLS traffic has its own certificate \
                         authority.";
    match wrong {
        CertificateError::UnknownIssuer => {
            ("it was issued by an untrusted certificate authority (UnknownIssuer)".to_owned(), TRUST)
        }
        CertificateError::BadSignature => (
            "it names a trusted certificate authority as its issuer, but was signed with another key: by an authority \
             of the same name, or by itself (BadSignature)"
                .to_owned(),
            TRUST,
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            (format!("{wrong}"), "Renew the server's certificate; or, if the local clock is wrong, set that.")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            (format!("{wrong}"), "Usually the local clock is slow: set it.")
        }
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => (
            "it is the certificate of a certificate authority (CA:TRUE), which cannot be a server's own \
             (CaUsedAsEndEntity)"
                .to_owned(),
            "Give the server a certificate of its own. With OpenSSL: add `-addext basicConstraints=critical,CA:FALSE` and \
             `-addext subjectAltName=DNS:HOST` to `openssl req -x509`, and set `custom_ca_bundle` to the new certificate; or \
             issue one with your authority (`openssl x509 -req -CA ... -CAkey ...`).",
        ),
        other => (format!("{other}"), TRUST),
    }
}

/// Whether the name of a host that is not known to the DNS begins with that of a bucket, at an endpoint of the user's.
fn is_bucket_in_name(service: &str, host: &str, error: &Unanswered) -> bool {
    let of_aws = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonaws.eu"];
    let name =
        host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(n, _)| n);
    service == "S3"
        && crate::aws::http::causes(error).contains("dns error")
        && !of_aws.iter().any(|end| name.ends_with(end))
}
