//! The serving side against a real process: first with a client that does what go-plugin does, then with Terraform.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

mod plugin;
mod terraform;

use std::process::Command;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tfplug::pb::health::{HealthCheckRequest, HealthListRequest, health_check_response, health_client::HealthClient};
use tfplug::pb::plugin::grpc_broker_client::GrpcBrokerClient;
use tfplug::pb::plugin::grpc_stdio_client::GrpcStdioClient;
use tfplug::pb::tfplugin6::{DynamicValue, call_function, get_metadata, get_provider_schema, list_resource};
use tokio::time::timeout;
use tonic::Code;
use tonic::transport::Channel;

use plugin::{COOKIE, Identity, PROVIDER, Plugin, dial, eventually, provider};

/// The client kills a process that takes longer to exit.
const GRACE: Duration = Duration::from_secs(2);

async fn answers(channel: Channel) -> Result<(), tonic::Status> {
    let response = provider(channel).get_provider_schema(get_provider_schema::Request {}).await?;
    assert!(response.into_inner().provider.is_some());
    Ok(())
}

fn call(name: &str, argument: Vec<u8>) -> call_function::Request {
    let argument = DynamicValue { msgpack: argument, json: vec![] };
    call_function::Request { name: name.to_owned(), arguments: vec![argument] }
}

#[tokio::test]
async fn mutual_tls_with_a_p521_certificate() {
    let identity = Identity::new();
    let mut plugin = Plugin::start(Some(&identity), &[], &[]);
    assert_eq!(plugin.line.split('|').count(), 6, "{}", plugin.line);
    assert_eq!((plugin.field(0), plugin.field(1), plugin.field(2), plugin.field(4)), ("1", "6", "unix", "grpc"));
    assert!(STANDARD_NO_PAD.decode(plugin.field(5)).unwrap().len() > 50);
    let channel = plugin.connect(&identity).await.unwrap();
    answers(channel.clone()).await.unwrap();
    let socket = plugin.socket();
    assert!(socket.exists());
    let (status, took) = plugin.shutdown(channel).await;
    assert!(status.success() && took < GRACE, "{status} after {took:?}");
    assert!(!socket.exists() && !socket.parent().unwrap().exists(), "the socket is left behind");
}

#[tokio::test]
async fn tls_1_2_is_enough() {
    let identity = Identity::new();
    let plugin = Plugin::start(Some(&identity), &[], &[]);
    let versions = &[&rustls::version::TLS12];
    let channel = plugin.connect_tls(identity.certificate.der(), &identity.key, versions).await.unwrap();
    answers(channel).await.unwrap();
}

/// Fails while connecting or at the first call: in TLS 1.3 the client hears of its refusal late.
async fn is_refused(channel: Result<Channel, String>) -> bool {
    match channel {
        Err(_) => true,
        Ok(channel) => timeout(Duration::from_secs(10), answers(channel)).await.expect("an answer").is_err(),
    }
}

#[tokio::test]
async fn strangers_are_refused_and_hold_up_nobody() {
    let identity = Identity::new();
    let stranger = Identity::new();
    let mut plugin = Plugin::start(Some(&identity), &[], &[("TF_LOG_PROVIDER", "DEBUG")]);
    for versions in [&[&rustls::version::TLS13], &[&rustls::version::TLS12]] {
        let theirs = stranger.certificate.der();
        let other_certificate = plugin.connect_tls(theirs, &stranger.key, versions).await;
        assert!(is_refused(other_certificate).await, "a stranger's certificate was accepted with {versions:?}");
        let other_key = plugin.connect_tls(identity.certificate.der(), &stranger.key, versions).await;
        assert!(is_refused(other_key).await, "the right certificate without its key was accepted with {versions:?}");
    }
    let plain = plugin.connect_plain().await.map_err(|error| error.to_string());
    assert!(is_refused(plain).await, "plaintext was accepted");
    plugin.wait_for_stderr("a TLS handshake failed").await;
    // Connects and says nothing.
    let _stalled = dial(plugin.field(2), plugin.field(3)).await;
    let served = timeout(Duration::from_secs(15), async {
        answers(plugin.connect(&identity).await.unwrap()).await.unwrap();
    });
    served.await.expect("a peer that stalls holds up the others");
    assert!(plugin.is_running());
}

#[tokio::test]
async fn plaintext_without_a_client_certificate() {
    let mut plugin = Plugin::start(None, &[], &[]);
    assert_eq!(plugin.field(5), "");
    let channel = plugin.connect_plain().await.unwrap();
    answers(channel.clone()).await.unwrap();
    assert!(plugin.shutdown(channel).await.0.success());
}

#[tokio::test]
async fn tcp_within_the_port_range() {
    let identity = Identity::new();
    let plugin = Plugin::start(Some(&identity), &["--tcp"], &[]);
    assert_eq!(plugin.field(2), "tcp");
    let (host, port) = plugin.field(3).rsplit_once(':').unwrap();
    assert_eq!(host, "127.0.0.1");
    assert!((10_000..=25_000).contains(&port.parse::<u16>().unwrap()));
    answers(plugin.connect(&identity).await.unwrap()).await.unwrap();
}

#[tokio::test]
async fn refuses_to_be_run_by_hand() {
    for cookie in [None, Some("wrong")] {
        let mut command = Command::new(PROVIDER.as_str());
        command.env_remove(COOKIE.0);
        if let Some(cookie) = cookie {
            command.env(COOKIE.0, cookie);
        }
        let mut plugin = Plugin::spawn(command);
        assert_eq!(plugin.exit().await.0.code(), Some(1));
        assert_eq!(plugin.line, "", "something was written to standard output");
        plugin.wait_for_stderr("Terraform provider").await;
    }
}

#[tokio::test]
async fn a_useless_client_certificate_is_reported() {
    let mut plugin = Plugin::start(None, &[], &[("PLUGIN_CLIENT_CERT", "nonsense")]);
    assert_eq!(plugin.exit().await.0.code(), Some(1));
    assert!(plugin.line.contains("PLUGIN_CLIENT_CERT"), "Terraform shows this line, and not the others");
    plugin.wait_for_stderr("PLUGIN_CLIENT_CERT").await;
}

#[tokio::test]
async fn a_version_mismatch_is_left_to_the_client() {
    let plugin = Plugin::start(None, &[], &[("PLUGIN_PROTOCOL_VERSIONS", "4,5"), ("TF_LOG", "WARN")]);
    assert_eq!(plugin.field(1), "6");
    plugin.wait_for_stderr("plugin protocol 6").await;
}

#[tokio::test]
async fn socket_directory_and_multiplexing_are_honoured() {
    let directory = tempfile::tempdir().unwrap();
    let wanted = directory.path().to_str().unwrap();
    let environment = [("PLUGIN_UNIX_SOCKET_DIR", wanted), ("PLUGIN_MULTIPLEX_GRPC", "true")];
    let mut plugin = Plugin::start(None, &[], &environment);
    assert_eq!(plugin.field(6), "false");
    assert_eq!(plugin.socket().parent().unwrap(), directory.path());
    let channel = plugin.connect_plain().await.unwrap();
    plugin.shutdown(channel).await;
    assert_eq!(directory.path().read_dir().unwrap().count(), 0);
}

#[tokio::test]
async fn auxiliary_services() {
    let mut plugin = Plugin::start(None, &[], &[("TF_LOG", "WARN")]);
    let channel = plugin.connect_plain().await.unwrap();
    let mut stdio = GrpcStdioClient::new(channel.clone()).stream_stdio(()).await.unwrap().into_inner();
    let mut broker =
        GrpcBrokerClient::new(channel.clone()).start_stream(tokio_stream::pending()).await.unwrap().into_inner();
    let silence = Duration::from_millis(300);
    assert!(timeout(silence, stdio.message()).await.is_err(), "the stdio stream is not silent");
    assert!(timeout(silence, broker.message()).await.is_err(), "the broker stream is not silent");

    let serving = i32::from(health_check_response::ServingStatus::Serving);
    let mut health = HealthClient::new(channel.clone());
    let mut check = async |service: &str| {
        let request = HealthCheckRequest { service: service.to_owned() };
        health.check(request).await.map(|response| response.into_inner().status)
    };
    assert_eq!(check("plugin").await.unwrap(), serving);
    assert_eq!(check("").await.unwrap(), serving);
    assert_eq!(check("else").await.unwrap_err().code(), Code::NotFound);
    let list = health.list(HealthListRequest {}).await.unwrap().into_inner();
    assert_eq!(list.statuses["plugin"].status, serving);
    let request = HealthCheckRequest { service: "plugin".to_owned() };
    let mut watch = health.watch(request).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status, serving);

    // Calls that are not implemented say so, and open streams do not delay the end.
    let unknown = provider(channel.clone()).get_metadata(get_metadata::Request {}).await.unwrap_err();
    assert_eq!(unknown.code(), Code::Unimplemented);
    let (status, took) = plugin.shutdown(channel).await;
    assert!(status.success() && took < GRACE, "{status} after {took:?}");
    assert!(!plugin.stderr().contains("still in flight"), "open streams delay the end");
    assert!(stdio.message().await.is_ok_and(|end| end.is_none()));
}

#[tokio::test]
async fn a_call_that_hangs_does_not_keep_the_process() {
    let mut plugin = Plugin::start(None, &[], &[("TF_LOG", "WARN")]);
    let channel = plugin.connect_plain().await.unwrap();
    let mut client = provider(channel.clone());
    let hanging = tokio::spawn(async move { client.call_function(call("wait", vec![])).await });
    answers(channel.clone()).await.unwrap();
    let (status, took) = plugin.shutdown(channel).await;
    assert!(status.success() && took < GRACE, "{status} after {took:?}");
    plugin.wait_for_stderr("still in flight").await;
    assert!(hanging.await.unwrap().is_err());
}

#[tokio::test]
async fn large_messages() {
    let plugin = Plugin::start(None, &[], &[]);
    let mut client = provider(plugin.connect_plain().await.unwrap());
    let large: Vec<u8> = (0..100 << 20).map(|byte: u32| (byte % 251) as u8).collect();
    let echoed = client.call_function(call("echo", large.clone())).await.unwrap().into_inner();
    assert!(echoed.result.unwrap().msgpack == large, "the message came back changed");
}

#[tokio::test]
async fn a_panic_ends_one_call_only() {
    let mut plugin = Plugin::start(None, &[], &[]);
    let mut client = provider(plugin.connect_plain().await.unwrap());
    let status = client.call_function(call("panic", vec![])).await.unwrap_err();
    assert_eq!(status.code(), Code::Internal);
    assert!(status.message().contains("/tfplugin6.Provider/CallFunction"), "{status}");
    let stream = client.list_resource(list_resource::Request::default()).await;
    let status = match stream {
        Err(status) => Some(status),
        Ok(stream) => stream.into_inner().message().await.err(),
    };
    assert!(status.is_some(), "a stream that panicked ended without an error");
    assert!(client.call_function(call("echo", vec![1])).await.is_ok(), "the connection did not survive");
    assert!(plugin.is_running());
    plugin.wait_for_stderr("panic: misbehaving on request: secret=***\n").await;
    assert!(!plugin.stderr().contains("sesame"));
}

#[tokio::test]
async fn interrupts_are_ignored_and_termination_is_orderly() {
    let mut plugin = Plugin::start(None, &[], &[("TF_LOG", "DEBUG")]);
    let channel = plugin.connect_plain().await.unwrap();
    for _ in 0..2 {
        plugin.signal("INT");
        answers(channel.clone()).await.unwrap();
    }
    plugin.wait_for_stderr("ignoring an interrupt").await;
    assert!(plugin.is_running());
    plugin.signal("TERM");
    let (status, took) = plugin.exit().await;
    assert!(status.success() && took < GRACE, "{status} after {took:?}");
    assert!(!plugin.socket().exists());
}

#[tokio::test]
async fn calls_in_flight_answer_before_a_terminated_process_ends() {
    let mut plugin = Plugin::start(None, &[], &[]);
    let channel = plugin.connect_plain().await.unwrap();
    let mut client = provider(channel.clone());
    let in_flight = tokio::spawn(async move { client.call_function(call("finish", vec![7])).await });
    answers(channel).await.unwrap();
    plugin.signal("TERM");
    let answer = in_flight.await.unwrap().expect("the call in flight is answered").into_inner();
    assert_eq!(answer.result.unwrap().msgpack, [7]);
    assert!(plugin.exit().await.0.success());
}

#[tokio::test]
async fn a_client_that_disappears_ends_the_process() {
    let mut plugin = Plugin::start(None, &[], &[]);
    // A client that comes back in time keeps the process.
    for _ in 0..2 {
        let channel = plugin.connect_plain().await.unwrap();
        answers(channel).await.unwrap();
        assert!(timeout(Duration::from_millis(300), plugin.exit()).await.is_err(), "the provider ended at once");
    }
    let (status, _) = plugin.exit().await;
    assert!(status.success(), "{status}");
    assert!(!plugin.socket().exists());
}

#[tokio::test]
async fn a_parent_that_disappears_ends_the_process() {
    let mut command = Command::new("sh");
    command.args(["-c", "\"$0\" & wait", PROVIDER.as_str()]).env(COOKIE.0, COOKIE.1);
    let plugin = Plugin::spawn(command);
    let socket = plugin.socket();
    let _channel = plugin.connect_plain().await.unwrap();
    plugin.signal("KILL");
    assert!(plugin.stdout_closes().await, "the provider outlives its parent");
    assert!(eventually(|| !socket.exists()).await);
}

#[tokio::test]
async fn logs_are_hclog_lines() {
    let identity = Identity::new();
    let environment = [("TF_LOG_PROVIDER_BARE", "TRACE"), ("TF_LOG", "OFF")];
    let mut plugin = Plugin::start(Some(&identity), &[], &environment);
    let mut client = provider(plugin.connect(&identity).await.unwrap());
    client.configure_provider(tfplug::pb::tfplugin6::configure_provider::Request::default()).await.unwrap();
    plugin.wait_for_stderr("configured by Terraform").await;
    plugin.signal("TERM");
    plugin.exit().await;
    let stderr = plugin.stderr();
    assert!(!stderr.contains("hunter2"), "{stderr}");
    for line in stderr.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
        for key in ["@level", "@message", "@timestamp", "@module"] {
            assert!(line[key].is_string(), "{line}");
        }
        assert_eq!(line["@timestamp"].as_str().unwrap().len(), "2006-01-02T15:04:05.000000Z".len());
    }
}

#[tokio::test]
async fn debug_mode_serves_many_clients_without_a_cookie() {
    let mut command = Command::new(PROVIDER.as_str());
    command.arg("--debug").env_remove(COOKIE.0);
    let mut plugin = Plugin::spawn(command);
    let (network, location) = terraform::reattach_address(&plugin.line);
    plugin.line = format!("1|6|{network}|{location}|grpc|");
    for _ in 0..2 {
        let (one, two) = (plugin.connect_plain().await.unwrap(), plugin.connect_plain().await.unwrap());
        let _stdio = GrpcStdioClient::new(one.clone()).stream_stdio(()).await.unwrap();
        answers(one).await.unwrap();
        answers(two).await.unwrap();
    }
    // Longer than a plugin waits for its client to come back.
    assert!(timeout(Duration::from_millis(1500), plugin.exit()).await.is_err(), "the provider ended by itself");
    plugin.signal("INT");
    let (status, _) = plugin.exit().await;
    assert!(status.success() && !plugin.socket().exists());
}
