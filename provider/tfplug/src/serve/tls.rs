//! go-plugin's automatic mutual TLS: each side makes a certificate for one process and trusts exactly the other's.
//!
//! Terraform's client certificate is a self-signed CA certificate with a P-521 key. The usual verification refuses a
//! CA as a client, so the certificate is compared byte by byte with the one handed over in the environment; that the
//! peer holds its key is proved by the handshake signature, which needs a provider with P-521 (aws-lc-rs).

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme};
use tokio_rustls::TlsAcceptor;

use super::ServeError;

/// The name that clients verify the server certificate for.
const SERVER_NAME: &str = "localhost";
/// How far in the past the certificate starts, against clocks that are set back.
const CLOCK_SKEW: Duration = Duration::from_secs(60 * 60);
/// No provider process lives longer.
const VALIDITY: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The two certificates of one process.
pub(super) struct AutoMtls {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    client: CertificateDer<'static>,
}

impl AutoMtls {
    /// Makes a server certificate for a client whose certificate is `client_pem`.
    pub(super) fn new(client_pem: &str) -> Result<Self, ServeError> {
        let client = CertificateDer::from_pem_slice(client_pem.as_bytes())
            .map_err(|error| ServeError::ClientCertificate(error.to_string()))?;
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = CertificateParams::new([SERVER_NAME.to_owned()])?;
        params.distinguished_name.push(DnType::CommonName, SERVER_NAME);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let now = SystemTime::now();
        params.not_before = (now - CLOCK_SKEW).into();
        params.not_after = (now + VALIDITY).into();
        let certificate = params.self_signed(&key)?.der().clone();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Ok(Self { certificate, key, client })
    }

    /// The server certificate, for the handshake.
    pub(super) fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// What turns connections into TLS connections.
    pub(super) fn acceptor(self) -> Result<TlsAcceptor, ServeError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = Pinned { client: self.client, provider: Arc::clone(&provider) };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(Arc::new(verifier))
            .with_single_cert(vec![self.certificate], self.key)?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        // A client connects once: nothing to resume.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

/// Accepts one certificate only, from whoever proves to have its key.
#[derive(Debug)]
struct Pinned {
    client: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for Pinned {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if *end_entity == self.client {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(rustls::Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_certificate_that_is_none_is_refused() {
        let error = AutoMtls::new("no certificate").err().expect("refused").to_string();
        assert!(error.contains("PLUGIN_CLIENT_CERT"), "{error}");
    }

    #[test]
    fn p521_signatures_are_offered() {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = Pinned { client: CertificateDer::from(vec![]), provider };
        assert!(verifier.supported_verify_schemes().contains(&SignatureScheme::ECDSA_NISTP521_SHA512));
        assert!(verifier.client_auth_mandatory());
    }
}
