//! HTTPS without looking at certificates, for `insecure = true`. The SDK's own client has no such switch.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector as Tcp;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};

type ByTunnel = Client<HttpsConnector<Tunnel<Tcp>>, SdkBody>;

/// An HTTPS client that accepts any certificate.
#[derive(Clone, Debug)]
pub(crate) struct Insecure {
    direct: Client<HttpsConnector<Tcp>, SdkBody>,
    tunnel: Option<Arc<(Matcher, ByTunnel)>>,
    /// How long an answer may take.
    read: Option<Duration>,
}

impl Insecure {
    /// The client, behind a proxy if there is one.
    ///
    /// # Errors
    /// What is wrong with the proxy's URL, or with TLS.
    pub(crate) fn new(connect: Duration, proxy: Option<&str>, no_proxy: &str) -> Result<Self, String> {
        let crypto = Arc::new(aws_lc_rs::default_provider());
        let mut tls = ClientConfig::builder_with_provider(crypto.clone())
            .with_safe_default_protocol_versions()
            .map_err(|e| e.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate(crypto)))
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let tls = Arc::new(tls);
        let mut tcp = Tcp::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(connect));
        let mut builder = Client::builder(TokioExecutor::new());
        builder.pool_timer(TokioTimer::new());
        let tunnel = match proxy {
            Some(url) => {
                let matcher = Matcher::builder().https(url.to_owned()).no(no_proxy.to_owned()).build();
                let any = http::Uri::from_static("https://any.invalid");
                let intercept = matcher.intercept(&any).ok_or_else(|| format!("{url:?} is not the URL of a proxy"))?;
                let mut tunnel = Tunnel::new(intercept.uri().clone(), tcp.clone());
                if let Some(auth) = intercept.basic_auth() {
                    tunnel = tunnel.with_auth(auth.clone());
                }
                Some(Arc::new((matcher, builder.build(HttpsConnector::from((tunnel, tls.clone()))))))
            }
            None => None,
        };
        Ok(Self { direct: builder.build(HttpsConnector::from((tcp, tls))), tunnel, read: None })
    }
}

impl HttpClient for Insecure {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Self { read: settings.read_timeout(), ..self.clone() })
    }
}

impl HttpConnector for Insecure {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(e) => return HttpConnectorFuture::ready(Err(ConnectorError::user(e.into()))),
        };
        let answer = match self.tunnel.as_deref() {
            Some((matcher, client)) if matcher.intercept(request.uri()).is_some() => client.request(request),
            _ => self.direct.request(request),
        };
        let read = self.read;
        HttpConnectorFuture::new(async move {
            let answer = match read {
                Some(limit) => {
                    tokio::time::timeout(limit, answer).await.map_err(|e| ConnectorError::timeout(e.into()))?
                }
                None => answer.await,
            };
            let response = answer.map_err(|e| ConnectorError::io(e.into()))?;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x))
                .map_err(|e| ConnectorError::other(e.into(), None))
        })
    }
}

/// Accepts any certificate, but not a broken handshake.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
