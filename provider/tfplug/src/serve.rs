//! Serving a provider to Terraform: process launch, handshake, transport security, process control.
//!
//! Terraform starts the binary, reads one line from its standard output and connects to the socket named there
//! (go-plugin's protocol). [`run`] is the whole of a provider's `main`:
//!
//! ```no_run
//! use tfplug::pb::tfplugin6::provider_server::Provider;
//! use tfplug::serve::{Options, run};
//!
//! struct Mine;
//! #[tonic::async_trait]
//! impl Provider for Mine {}
//!
//! fn main() -> std::process::ExitCode {
//!     run(|_stopping| Mine, Options::new("registry.terraform.io/example/mine"))
//! }
//! ```

mod connections;
mod environment;
mod handshake;
mod panics;
mod process;
mod reattach;
mod services;
mod socket;
mod tls;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;

use crate::log;
use crate::pb::health::health_server::HealthServer;
use crate::pb::plugin::grpc_broker_server::GrpcBrokerServer;
use crate::pb::plugin::grpc_controller_server::GrpcControllerServer;
use crate::pb::plugin::grpc_stdio_server::GrpcStdioServer;
use crate::pb::tfplugin6::provider_server::{Provider, ProviderServer};
use crate::rpc::Service;
use environment::Environment;

/// The greatest message accepted or sent, in bytes. HashiCorp's provider SDK has the same limit; clients read up to
/// 2 GiB, except that they refuse a schema above 64 MiB.
pub const MAX_MESSAGE_BYTES: usize = 256 << 20;

/// How long calls in flight may take to finish once the client is done. It kills the process after two seconds.
const DRAIN: Duration = Duration::from_secs(1);
/// How long they may take if the process was asked to end by a signal, with a client that still waits for their answers.
/// Whoever sends the signal commonly kills after ten seconds.
const DRAIN_AFTER_SIGNAL: Duration = Duration::from_secs(8);

/// Flow-control windows: the protocol's default of 64 KiB makes large messages crawl.
const STREAM_WINDOW_BYTES: u32 = 2 << 20;
const CONNECTION_WINDOW_BYTES: u32 = 8 << 20;

/// How to serve a provider.
#[derive(Clone, Debug)]
pub struct Options {
    address: String,
    debug: bool,
    tcp: bool,
    on_release: OnRelease,
}

/// What to do when the client says that it is done.
#[derive(Clone)]
struct OnRelease(Arc<dyn Fn() + Send + Sync>);

impl std::fmt::Debug for OnRelease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OnRelease")
    }
}

impl Options {
    /// Serves as Terraform expects of a binary it starts. `address` is the provider's full source address, such as
    /// `registry.terraform.io/hashicorp/aws`; its last part names the provider in `TF_LOG_PROVIDER_<NAME>`.
    #[must_use]
    pub fn new(address: impl Into<String>) -> Self {
        let on_release = OnRelease(Arc::new(|| {}));
        Self { address: address.into(), debug: false, tcp: cfg!(not(unix)), on_release }
    }

    /// Does this when the client says that it is done with the process (go-plugin's `Shutdown`), which it says after it
    /// has received every result. A client that dies says nothing.
    #[must_use]
    pub fn on_release(mut self, act: impl Fn() + Send + Sync + 'static) -> Self {
        self.on_release = OnRelease(Arc::new(act));
        self
    }

    /// Debug mode: the process is started by hand, prints the `TF_REATTACH_PROVIDERS` variable that makes Terraform
    /// use it, and serves any number of Terraform runs, without transport security, until it is interrupted.
    #[must_use]
    pub fn debug(mut self, debug: bool) -> Self {
        self.debug = debug;
        self
    }

    /// Listens on the loopback interface instead of a Unix socket. Always so where there are no Unix sockets.
    #[must_use]
    pub fn tcp(mut self, tcp: bool) -> Self {
        self.tcp = tcp || cfg!(not(unix));
        self
    }

    /// The last part of the source address.
    fn name(&self) -> &str {
        self.address.rsplit('/').next().unwrap_or_default()
    }
}

/// Why a provider could not be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The binary was started by hand, not by Terraform.
    #[error(
        "This program is a Terraform provider. It is started by Terraform (or OpenTofu) and is not meant to be run by \
         hand. Name it in a required_providers block and run `terraform init`, or start it with --debug to attach \
         Terraform to a running provider."
    )]
    NotStartedByTerraform,
    /// No socket could be listened on.
    #[error("listening for Terraform on {place} failed: {source}")]
    Listen {
        /// The path, directory or port range that was tried.
        place: String,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// `PLUGIN_UNIX_SOCKET_GROUP` names a group that does not exist.
    #[error("PLUGIN_UNIX_SOCKET_GROUP is {0:?}, which is neither a group of this host nor a number")]
    UnknownGroup(String),
    /// `PLUGIN_MIN_PORT` and `PLUGIN_MAX_PORT` are not a range of ports.
    #[error("PLUGIN_MIN_PORT={min:?} and PLUGIN_MAX_PORT={max:?} are not a range of port numbers")]
    PortRange {
        /// The value of `PLUGIN_MIN_PORT`.
        min: String,
        /// The value of `PLUGIN_MAX_PORT`.
        max: String,
    },
    /// `PLUGIN_CLIENT_CERT` is not a certificate.
    #[error("reading the client certificate in PLUGIN_CLIENT_CERT failed: {0}")]
    ClientCertificate(String),
    /// The server certificate could not be made.
    #[error("generating the server certificate failed: {0}")]
    ServerCertificate(#[from] rcgen::Error),
    /// The certificates do not work together.
    #[error("setting up transport security failed: {0}")]
    Tls(#[from] rustls::Error),
    /// The handshake could not be written.
    #[error("writing the handshake to standard output failed: {0}")]
    Stdout(std::io::Error),
    /// The asynchronous runtime or its signal handling could not be started.
    #[error("starting the asynchronous runtime failed: {0}")]
    Runtime(std::io::Error),
    /// The gRPC server failed.
    #[error("serving Terraform failed: {0}")]
    Transport(#[from] tonic::transport::Error),
}

/// Serves the provider until Terraform is done with it: builds the runtime, sets up logs and the panic report, and
/// turns errors into a message on standard error and exit code 1.
///
/// `make_service` runs after the handshake, so that what it does overlaps with Terraform's connecting. Its argument is
/// cancelled when the process is about to end; calls in flight then have a second to answer, or eight seconds if a
/// termination signal is the reason.
pub fn run<P, F>(make_service: F, options: Options) -> ExitCode
where
    P: Provider,
    F: FnOnce(CancellationToken) -> P + Send + 'static,
{
    run_any(erased(make_service), options)
}

/// The same of any provider.
fn run_any(make_service: MakeService, options: Options) -> ExitCode {
    let environment = Environment::read(options.name());
    log::install(&environment.log);
    let started_by_terraform = environment.started_by_terraform();
    let result = check_cookie(&options, &environment).and_then(|()| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(worker_threads())
            .max_blocking_threads(BLOCKING_THREADS)
            .thread_stack_size(STACK_BYTES)
            .enable_all()
            .build()
            .map_err(ServeError::Runtime)?;
        let result = runtime.block_on(serve_in(make_service, options, environment));
        // Blocking work that is still going must not hold up the exit.
        runtime.shutdown_background();
        result
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::write_plain(&error.to_string());
            if started_by_terraform {
                // Terraform shows what it reads in place of the handshake, and hides standard error. Nobody is left to tell
                // of a failure.
                let _ = print(&log::redact(&error.to_string()).replace('\n', " "));
            }
            ExitCode::FAILURE
        }
    }
}

/// Like [`run`], inside a runtime that exists and without touching logs or the panic hook.
///
/// # Errors
/// See [`ServeError`].
pub async fn serve<P, F>(make_service: F, options: Options) -> Result<(), ServeError>
where
    P: Provider,
    F: FnOnce(CancellationToken) -> P + Send + 'static,
{
    let environment = Environment::read(options.name());
    check_cookie(&options, &environment)?;
    serve_in(erased(make_service), options, environment).await
}

type MakeService = Box<dyn FnOnce(CancellationToken) -> Service + Send>;

fn erased<P: Provider>(make_service: impl FnOnce(CancellationToken) -> P + Send + 'static) -> MakeService {
    Box::new(|stopping| Service(Box::new(make_service(stopping))))
}

/// Threads that read files and resolve names. Each has memory of its own, and the disk is faster than any network.
const BLOCKING_THREADS: usize = 8;

/// Twice the default: an overflow ends the process without a word, and what is not used takes no memory.
const STACK_BYTES: usize = 4 << 20;

/// Calls are few and mostly wait for AWS; a second worker keeps one that computes from delaying the others.
fn worker_threads() -> usize {
    std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 4))
}

fn check_cookie(options: &Options, environment: &Environment) -> Result<(), ServeError> {
    if options.debug || environment.started_by_terraform() { Ok(()) } else { Err(ServeError::NotStartedByTerraform) }
}

async fn serve_in(make_service: MakeService, options: Options, environment: Environment) -> Result<(), ServeError> {
    let parent = process::Parent::current();
    let stopping = CancellationToken::new();
    let signalled = process::handle_signals(options.debug, &stopping).map_err(ServeError::Runtime)?;
    let listener = socket::Listener::bind(options.tcp, &environment).await?;
    let tls = match &environment.client_certificate {
        Some(pem) if !options.debug => Some(tls::AutoMtls::new(pem)?),
        _ => None,
    };
    let announcement = if options.debug {
        reattach::announcement(&options.address, listener.address())
    } else {
        handshake::line(listener.address(), tls.as_ref().map(tls::AutoMtls::certificate), &environment)
    };
    print(&announcement).map_err(ServeError::Stdout)?;
    if options.debug {
        log::write_plain("Serving until interrupted. Terraform uses this process if it finds the variable above set.");
    }

    let connections = connections::Connections::new();
    let acceptor = tls.map(tls::AutoMtls::acceptor).transpose()?;
    let incoming = connections.accept(&listener, acceptor, &stopping);
    if !options.debug {
        parent.stop_without(&stopping);
        connections.stop_after_last(&stopping);
    }
    let router = Server::builder()
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .layer(panics::CatchPanicLayer)
        .add_service(
            ProviderServer::new(make_service(stopping.clone()))
                .max_decoding_message_size(MAX_MESSAGE_BYTES)
                .max_encoding_message_size(MAX_MESSAGE_BYTES),
        )
        .add_service(GrpcControllerServer::new(services::Controller::new(&stopping, options.on_release.clone())))
        .add_service(GrpcStdioServer::new(services::Stdio::new(&stopping)))
        .add_service(GrpcBrokerServer::new(services::Broker::new(&stopping)))
        .add_service(HealthServer::new(services::Health::new(&stopping)));
    let served = router.serve_with_incoming_shutdown(ReceiverStream::new(incoming), stopping.clone().cancelled_owned());
    let drained = async {
        stopping.cancelled().await;
        let drain = if signalled.is_cancelled() { DRAIN_AFTER_SIGNAL } else { DRAIN };
        let _ = timeout(drain, std::future::pending::<()>()).await;
        drain
    };
    tokio::select! {
        result = served => result?,
        drain = drained => tracing::warn!("calls were still in flight {drain:?} after the provider was stopped"),
    }
    Ok(())
}

/// Writes to standard output, which go-plugin reads the handshake from.
fn print(line: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(line.as_bytes())?;
    stdout.write_all(b"\n")?;
    stdout.flush()
}
