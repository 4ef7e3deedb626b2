//! Plays go-plugin's client: starts the provider, reads its handshake, connects as Terraform does.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper_util::rt::TokioIo;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P521_SHA512,
};
use rustls::client::ResolvesClientCert;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, SignatureScheme, SupportedProtocolVersion};
use tfplug::pb::plugin::{Empty, grpc_controller_client::GrpcControllerClient};
use tfplug::pb::tfplugin6::provider_client::ProviderClient;
use tfplug::serve::MAX_MESSAGE_BYTES;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;
use tonic::transport::{Channel, Endpoint};

/// The provider that is started.
pub(crate) static PROVIDER: LazyLock<String> = LazyLock::new(|| example("terraform-provider-bare"));
/// The provider that finds fault with every configuration.
pub(crate) static POINTING: LazyLock<String> = LazyLock::new(|| example("terraform-provider-pointing"));

/// The path of an example, which Cargo builds beside the tests of a package.
fn example(name: &str) -> String {
    let tests = std::env::current_exe().unwrap();
    let path = tests.parent().and_then(Path::parent).unwrap().join("examples").join(name);
    assert!(path.exists(), "{} is missing: `cargo build -p tfplug --examples` makes it", path.display());
    path.into_os_string().into_string().unwrap()
}

/// What go-plugin sets for Terraform's plugins.
pub(crate) const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");
/// Generous, because machines that run tests are busy.
const PATIENCE: Duration = Duration::from_secs(20);

/// A client certificate with its key, made like Terraform's.
pub(crate) struct Identity {
    pub(crate) certificate: rcgen::Certificate,
    pub(crate) key: KeyPair,
}

impl Identity {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "localhost");
        params.distinguished_name.push(DnType::OrganizationName, "HashiCorp");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
            KeyUsagePurpose::KeyAgreement,
            KeyUsagePurpose::KeyCertSign,
        ];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        Self { certificate: params.self_signed(&key).unwrap(), key }
    }
}

/// Presents a certificate with a key, whether they belong together or not.
#[derive(Debug)]
struct Presents(Arc<CertifiedKey>);

impl ResolvesClientCert for Presents {
    fn resolve(&self, _hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// A provider process that is killed when dropped.
pub(crate) struct Plugin {
    child: Child,
    /// The first line on standard output.
    pub(crate) line: String,
    stderr: Arc<Mutex<String>>,
    stdout_closed: Arc<Mutex<bool>>,
}

impl Plugin {
    /// Starts the provider as Terraform does, without transport security unless `identity` is given.
    pub(crate) fn start(identity: Option<&Identity>, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(PROVIDER.as_str());
        command.args(arguments).env(COOKIE.0, COOKIE.1).env("PLUGIN_PROTOCOL_VERSIONS", "5,6");
        command.env("PLUGIN_MIN_PORT", "10000").env("PLUGIN_MAX_PORT", "25000");
        if let Some(identity) = identity {
            command.env("PLUGIN_CLIENT_CERT", identity.certificate.pem());
        }
        command.envs(environment.iter().copied());
        Self::spawn(command)
    }

    /// Starts `command` and reads the first line of its standard output; empty if there is none.
    pub(crate) fn spawn(mut command: Command) -> Self {
        for variable in ["TF_LOG", "TF_LOG_PROVIDER", "TF_REATTACH_PROVIDERS"] {
            if !command.get_envs().any(|(name, _)| name == variable) {
                command.env_remove(variable);
            }
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let stdout_closed = Arc::new(Mutex::new(false));
        let closed = Arc::clone(&stdout_closed);
        std::thread::spawn(move || {
            let mut rest = String::new();
            let _ = stdout.read_to_string(&mut rest);
            *closed.lock().unwrap() = true;
        });
        let stderr = Arc::new(Mutex::new(String::new()));
        let sink = Arc::clone(&stderr);
        let errors = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                let mut sink = sink.lock().unwrap();
                sink.push_str(&line);
                sink.push('\n');
            }
        });
        Self { child, line: line.trim_end().to_owned(), stderr, stdout_closed }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// A field of the handshake, counted from 0.
    pub(crate) fn field(&self, number: usize) -> &str {
        self.line.split('|').nth(number).unwrap_or_else(|| panic!("no field {number} in {:?}", self.line))
    }

    /// Path of the socket.
    pub(crate) fn socket(&self) -> PathBuf {
        PathBuf::from(self.field(3))
    }

    /// What was written to standard error so far.
    pub(crate) fn stderr(&self) -> String {
        self.stderr.lock().unwrap().clone()
    }

    /// Waits until standard error contains `text`.
    pub(crate) async fn wait_for_stderr(&self, text: &str) {
        assert!(eventually(|| self.stderr().contains(text)).await, "no {text:?} in {}", self.stderr());
    }

    /// Whether all processes that had our standard output are gone, waiting for it.
    pub(crate) async fn stdout_closes(&self) -> bool {
        eventually(|| *self.stdout_closed.lock().unwrap()).await
    }

    /// Sends a signal such as `INT`.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for the end of the process.
    pub(crate) async fn exit(&mut self) -> (ExitStatus, Duration) {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status, start.elapsed());
            }
            assert!(start.elapsed() < PATIENCE, "the provider did not exit; it said: {}", self.stderr());
            pause().await;
        }
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Connects without transport security.
    pub(crate) async fn connect_plain(&self) -> Result<Channel, tonic::transport::Error> {
        let (network, location) = (self.field(2).to_owned(), self.field(3).to_owned());
        channel(dial(&network, &location).await).await
    }

    /// Connects with the given certificate and key, and verifies the server as go-plugin does.
    pub(crate) async fn connect_tls(
        &self,
        certificate: &CertificateDer<'static>,
        key: &KeyPair,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Result<Channel, String> {
        let provider = aws_lc_rs::default_provider();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let key = provider.key_provider.load_private_key(key).unwrap();
        let presents = Presents(Arc::new(CertifiedKey::new(vec![certificate.clone()], key)));
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from(STANDARD_NO_PAD.decode(self.field(5)).expect("base64 without padding")))
            .unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_client_cert_resolver(Arc::new(presents));
        config.alpn_protocols = vec![b"h2".to_vec()];
        let stream = TlsConnector::from(Arc::new(config))
            .connect(ServerName::try_from("localhost").unwrap(), dial(self.field(2), self.field(3)).await)
            .await
            .map_err(|error| error.to_string())?;
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        channel(stream).await.map_err(|error| error.to_string())
    }

    /// Connects with an identity of one's own.
    pub(crate) async fn connect(&self, identity: &Identity) -> Result<Channel, String> {
        self.connect_tls(identity.certificate.der(), &identity.key, rustls::DEFAULT_VERSIONS).await
    }

    /// Asks the process to end, as the client does when it is done.
    pub(crate) async fn shutdown(&mut self, channel: Channel) -> (ExitStatus, Duration) {
        GrpcControllerClient::new(channel).shutdown(Empty {}).await.expect("the shutdown is answered");
        self.exit().await
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A bidirectional byte stream.
pub(crate) trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

/// Opens a raw connection.
pub(crate) async fn dial(network: &str, location: &str) -> Box<dyn Io> {
    match network {
        "unix" => Box::new(UnixStream::connect(Path::new(location)).await.expect("the socket listens")),
        "tcp" => Box::new(TcpStream::connect(location).await.expect("the port listens")),
        other => panic!("unknown network {other:?}"),
    }
}

async fn channel(io: impl Io + 'static) -> Result<Channel, tonic::transport::Error> {
    let mut io = Some(io);
    Endpoint::from_static("http://localhost")
        .connect_with_connector(tower::service_fn(move |_| {
            let io = io.take();
            async move { io.map(TokioIo::new).ok_or_else(|| std::io::Error::other("the connection was lost")) }
        }))
        .await
}

/// A client of the provider service with go-plugin's message limits.
pub(crate) fn provider(channel: Channel) -> ProviderClient<Channel> {
    ProviderClient::new(channel)
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
}

/// Whether `condition` becomes true within the patience of the tests.
pub(crate) async fn eventually(condition: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if condition() {
            return true;
        }
        pause().await;
    }
    condition()
}

async fn pause() {
    let mut tick = tokio::time::interval(Duration::from_millis(10));
    tick.tick().await;
    tick.tick().await;
}
