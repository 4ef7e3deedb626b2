//! The line on standard output that tells the client how to connect.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rustls::pki_types::CertificateDer;

use super::environment::Environment;
use super::socket::Address;

/// Version of go-plugin's own protocol.
const CORE_VERSION: &str = "1";
/// Terraform's plugin protocol. Announced even if the client does not offer it: the client then reports the mismatch.
const PROTOCOL_VERSION: &str = "6";

/// The handshake without its newline.
pub(super) fn line(address: &Address, certificate: Option<&CertificateDer<'_>>, environment: &Environment) -> String {
    if let Some(offered) = &environment.protocol_versions
        && !offered.split(',').any(|version| version.trim() == PROTOCOL_VERSION)
    {
        tracing::warn!(offered, "the client does not offer plugin protocol 6, the only one of this provider");
    }
    // go-plugin wants standard base64 without padding; with padding Terraform fails.
    let certificate = certificate.map(|der| STANDARD_NO_PAD.encode(der)).unwrap_or_default();
    let mut fields =
        vec![CORE_VERSION, PROTOCOL_VERSION, address.network(), address.location(), "grpc", certificate.as_str()];
    if environment.asks_for_multiplexing {
        fields.push("false");
    }
    fields.join("|")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address::Unix("/tmp/s".into())
    }

    #[test]
    fn fields_without_transport_security() {
        assert_eq!(line(&address(), None, &Environment::default()), "1|6|unix|/tmp/s|grpc|");
        let tcp = Address::Tcp("127.0.0.1:10000".to_owned());
        assert_eq!(line(&tcp, None, &Environment::default()), "1|6|tcp|127.0.0.1:10000|grpc|");
    }

    #[test]
    fn certificate_is_unpadded_base64() {
        let der = CertificateDer::from(vec![0xfb, 0xff, 0xfe, 0x01]);
        assert_eq!(line(&address(), Some(&der), &Environment::default()), "1|6|unix|/tmp/s|grpc|+//+AQ");
    }

    #[test]
    fn a_question_for_multiplexing_is_answered() {
        let environment = Environment { asks_for_multiplexing: true, ..Environment::default() };
        assert_eq!(line(&address(), None, &environment), "1|6|unix|/tmp/s|grpc||false");
    }

    #[test]
    fn six_is_announced_whatever_is_offered() {
        let environment = Environment { protocol_versions: Some("4,5".to_owned()), ..Environment::default() };
        assert!(line(&address(), None, &environment).starts_with("1|6|"));
    }
}
