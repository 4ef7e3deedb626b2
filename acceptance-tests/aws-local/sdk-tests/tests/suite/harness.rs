//! The local AWS as a child process, and the configuration of clients that leads there.

use std::fmt::Debug;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use mlops::aws::client::Settings;
use serde_json::Value;

/// The account of the local AWS.
pub(crate) const ACCOUNT: &str = "123456789012";

struct Server {
    url: String,
    /// Holds the pipe to its standard input: the local AWS ends when that closes, however this process ends.
    _process: Child,
}

static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let program = program();
    let mut process = Command::new(&program)
        .args(["serve", "--port", "0", "--until-stdin-closes", "--allow-exec", "--role-delay", "0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("cannot start the local AWS {}: {e}. Run `make .venv/ready`", program.display()));
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("the local AWS said {line:?}: {e}"));
    Server { url: ready["endpoint"].as_str().unwrap().to_owned(), _process: process }
});

#[expect(clippy::disallowed_methods, reason = "`make unit-test` says in this variable where the local AWS is")]
fn program() -> PathBuf {
    let default = || concat!(env!("CARGO_MANIFEST_DIR"), "/../../../.venv/bin/aws-local").into();
    std::env::var_os("AWS_LOCAL").map_or_else(default, PathBuf::from)
}

/// Settings as the provider has them for a local stand-in of AWS, with its HTTP client.
pub(crate) fn settings() -> Settings {
    Settings::local(&SERVER.url).unwrap()
}

/// A client of a service. A macro, because each SDK has a builder type of its own and no trait joins them.
macro_rules! client {
    ($sdk:ident) => {
        $sdk::Client::new(&crate::harness::settings().sdk)
    };
}
pub(crate) use client;

/// The code of the error that a call is expected to end with.
pub(crate) fn code<O: Debug, E, R>(answer: Result<O, aws_smithy_runtime_api::client::result::SdkError<E, R>>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: Debug,
{
    let error = answer.expect_err("the call should be refused");
    error.code().unwrap_or_else(|| panic!("no code in {error:?}")).to_owned()
}

/// What `look` finds, as soon as it finds something.
pub(crate) async fn eventually<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let started = Instant::now();
    let mut tick = tokio::time::interval(Duration::from_millis(100));
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "not within a minute: {what}");
        tick.tick().await;
    }
}
