mod chain;
mod faults;
mod network;
mod repetitions;
mod secrets;
mod sources;
mod stub;

use std::process::{Command, Output};
use std::time::Instant;

use tfplug::diag::Severity;

use super::*;
use stub::{Reply, Stub, closed_port, refusal, silent, sts};

/// A provider block: the given arguments, all others null.
fn block<const N: usize>(arguments: [(&str, Value); N]) -> Value {
    let mut config = schema().object.null_value();
    for (name, value) in arguments {
        assert!(schema().object.attribute(name).is_some(), "{name}");
        config.set_attribute(name, value);
    }
    config
}

fn text_list(all: &[&str]) -> Value {
    Value::List(all.iter().map(|s| Value::from(*s)).collect())
}

fn text_set(all: &[&str]) -> Value {
    Value::Set(all.iter().map(|s| Value::from(*s)).collect())
}

fn text_map(all: &[(&str, &str)]) -> Value {
    Value::Map(all.iter().map(|(k, v)| ((*k).to_owned(), Value::from(*v))).collect())
}

/// Adds keys, a region and a server for everything, and leaves the machine that runs the tests out.
fn local<const N: usize>(url: &str, arguments: [(&str, Value); N]) -> Value {
    let mut config = block(arguments);
    let defaults = [
        ("access_key", Value::from("AKIATEST")),
        ("secret_key", Value::from("very-secret-key")),
        ("region", Value::from("eu-west-1")),
        ("endpoint_url", Value::from(url)),
        ("skip_metadata_api_check", Value::from(true)),
    ];
    for (name, value) in defaults {
        if config.attribute(name).is_null() {
            config.set_attribute(name, value);
        }
    }
    config
}

fn no_env() -> Env {
    Env::from_slice(&[("HOME", "/nonexistent")])
}

async fn made(config: Value) -> Aws {
    configure_in(config, "1.11.4", no_env()).await.unwrap_or_else(|d| panic!("{d}"))
}

/// The only diagnostic of a configuration that fails.
async fn failed(config: Value) -> Diag {
    failed_in(config, no_env()).await
}

async fn failed_in(config: Value, env: Env) -> Diag {
    let mut diags = match configure_in(config, "1.11.4", env).await {
        Ok(_) => panic!("it must fail"),
        Err(diags) => diags.0,
    };
    assert_eq!(diags.len(), 1, "{diags:?}");
    assert_eq!(diags[0].severity, Severity::Error);
    diags.remove(0)
}

/// Runs `body` in a process of its own, whose environment is `env` alone: the SDK reads the real one. `test` is the path
/// below `config::tests` of the test that calls this. None in that process, when the body has ended; its output in the
/// other.
fn in_child(test: &str, env: &[(&str, &str)], body: impl AsyncFnOnce()) -> Option<Output> {
    const CHILD: &str = "MLOPS_TEST_CHILD";
    if Env::real().get(CHILD).is_ok() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(body());
        return None;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("config::tests::{test}"), "--nocapture"]).env_clear().env(CHILD, "1");
    let output = command.env("HOME", "/nonexistent").envs(env.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    Some(output)
}

#[test]
fn the_schema_is_sound() {
    assert_eq!(schema().defects(), Vec::<String>::new());
}

#[tokio::test]
async fn the_caller_is_asked_for_once_and_known_in_the_plan() {
    let stub = Stub::new(sts);
    let aws = made(local(&stub.url, [("user_agent", text_list(&["pipeline/7 (ci)"]))])).await;
    assert_eq!(aws.known_account_id(), Some("123456789012"));
    assert_eq!(aws.account_id().await.unwrap(), "123456789012");
    assert_eq!(aws.default_region(), Some("eu-west-1"));
    assert_eq!(stub.actions(), ["GetCallerIdentity"]);
    let request = &stub.requests()[0];
    assert_eq!(request.signer(), "AKIATEST/eu-west-1");
    let agent = request.header("user-agent");
    let ours = format!("Terraform/1.11.4 terraform-provider-mlops/{} pipeline/7 (ci)", env!("CARGO_PKG_VERSION"));
    assert!(agent.starts_with("aws-sdk-rust/") && agent.ends_with(&ours), "{agent}");
}

#[tokio::test]
async fn secrets_are_masked_everywhere() {
    let stub = Stub::new(|_| refusal(403, "InvalidClientTokenId", "no such key; secret was mask-me-please-1"));
    let arguments = [("secret_key", Value::from("mask-me-please-1")), ("token", Value::from("mask-me-please-2"))];
    let diag = failed(local(&stub.url, arguments)).await;
    let text = tfplug::log::redact(&diag.to_string()).into_owned();
    assert!(!text.contains("mask-me"), "{text}");
    assert!(!tfplug::log::redact("x mask-me-please-2 y").contains("mask-me"));
    made(local(
        &Stub::new(sts).url,
        [("access_key", Value::from("AKIAMASKMETOO")), ("secret_key", Value::from("test"))],
    ))
    .await;
    assert_eq!(tfplug::log::redact("a test with AKIAMASKMETOO"), "a test with ***", "`test` is no secret");
    for name in ["access_key", "secret_key", "token", "http_proxy", "https_proxy"] {
        assert!(schema().object.attribute(name).is_some_and(|a| a.sensitive), "{name}");
    }
}

#[tokio::test]
async fn account_guards_hold_before_anything_is_done() {
    let stub = Stub::new(sts);
    for (argument, ids, passes) in [
        ("allowed_account_ids", ["123456789012"], true),
        ("allowed_account_ids", ["999999999999"], false),
        ("forbidden_account_ids", ["123456789012"], false),
        ("forbidden_account_ids", ["999999999999"], true),
    ] {
        let config = local(
            &stub.url,
            [
                (argument, text_set(&ids)),
                ("skip_credentials_validation", Value::from(true)),
                ("skip_requesting_account_id", Value::from(true)),
            ],
        );
        if passes {
            made(config).await;
        } else {
            let diag = failed(config).await;
            assert_eq!(diag.path, Path::of(argument));
            assert!(diag.detail.contains("123456789012") && diag.detail.contains("user/me"), "{diag}");
        }
    }
}

#[tokio::test]
async fn skips_skip() {
    let stub = Stub::new(sts);
    let skip = |name| (name, Value::from(true));
    let both = [skip("skip_credentials_validation"), skip("skip_requesting_account_id")];
    assert_eq!(made(local(&stub.url, both)).await.known_account_id(), None);
    assert!(stub.requests().is_empty());
    made(local(&stub.url, [skip("skip_requesting_account_id")])).await;
    assert_eq!(stub.actions(), ["GetCallerIdentity"]);
    let broken = Stub::new(|_| refusal(403, "AccessDenied", "no"));
    let aws = made(local(&broken.url, [skip("skip_credentials_validation")])).await;
    assert_eq!(aws.known_account_id(), None);
    assert!(aws.account_id().await.unwrap_err().to_string().contains("AccessDenied"));
    let odd = [("region", Value::from("moon")), skip("skip_region_validation")];
    assert_eq!(made(local(&stub.url, odd)).await.default_region(), Some("moon"));
}

#[tokio::test]
async fn errors_of_credentials_point_at_the_argument_within_seconds() {
    let gone = format!("http://localhost:{}", closed_port());
    let expired = Stub::new(|_| refusal(403, "ExpiredToken", "The security token included in the request is expired"));
    let unknown = Stub::new(|_| refusal(403, "InvalidClientTokenId", "The security token is invalid"));
    let unsigned = Stub::new(|_| refusal(403, "SignatureDoesNotMatch", "does not match"));
    let token = [("token", Value::from("old-session-token"))];
    let cases = [
        (local(&expired.url, token), "token", "aws sso login", "ExpiredToken"),
        (local(&unknown.url, []), "access_key", "access key does not exist", "req-1"),
        (local(&unsigned.url, []), "secret_key", "does not belong", "SignatureDoesNotMatch"),
        (local(&gone, []), "endpoint_url", "Check the network", &gone),
    ];
    for (config, path, advice, says) in cases {
        let started = Instant::now();
        let diag = failed(config).await;
        assert!(started.elapsed() < Duration::from_secs(6), "{path}: {:?}", started.elapsed());
        assert_eq!(diag.path.to_string(), path, "{diag}");
        assert!(diag.detail.contains(advice) && diag.detail.contains(says), "{diag}");
    }
}

#[tokio::test]
async fn a_silent_endpoint_is_given_up() {
    let started = Instant::now();
    let diag = failed(local(&silent(), [])).await;
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    assert_eq!(diag.path, Path::of("endpoint_url"));
    assert!(diag.detail.contains("received no response in time"), "{diag}");
}

#[tokio::test]
async fn without_credentials_the_places_are_named() {
    let started = Instant::now();
    let empty = tempfile::NamedTempFile::new().unwrap();
    let files = text_list(&[empty.path().to_str().unwrap()]);
    let config = block([
        ("region", Value::from("eu-west-1")),
        ("shared_config_files", files.clone()),
        ("shared_credentials_files", files),
        ("skip_metadata_api_check", Value::from(true)),
    ]);
    let diag = failed(config).await;
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(diag.detail.contains("no usable credentials") && diag.detail.contains("AWS_PROFILE"), "{diag}");
}

#[tokio::test]
async fn unknown_arguments_are_tolerated_and_named_when_needed() {
    let stub = Stub::new(sts);
    let role = Value::object([("role_arn", Value::unknown())]);
    let config = local(&stub.url, [("assume_role", Value::List(vec![role]))]);
    assert!(!check(&config).has_errors());
    let aws = made(config).await;
    assert_eq!((aws.known_account_id(), aws.default_region()), (None, Some("eu-west-1")));
    assert!(stub.requests().is_empty());
    let diags = aws.account_id().await.unwrap_err().to_string();
    assert!(
        diags.contains("STS GetCallerIdentity failed: the argument `assume_role` of the provider block"),
        "{diags}"
    );
    assert!(diags.contains("-target"), "{diags}");

    let env = Env::from_slice(&[("AWS_REGION", "us-east-1")]);
    let aws = configure_in(local(&stub.url, [("region", Value::unknown())]), "1", env).await.unwrap();
    assert_eq!(aws.default_region(), None, "the environment's would not be the one of the apply");
    let tags = Value::object([("tags", text_map(&[]))]);
    let mut unknown = tags.clone();
    unknown.set_attribute("tags", Value::Map([("a".to_owned(), Value::unknown())].into()));
    let aws = made(local(&stub.url, [("default_tags", unknown)])).await;
    assert!(aws.default_tags_unknown() && aws.known_account_id().is_some());
    assert!(!made(local(&stub.url, [("default_tags", tags)])).await.default_tags_unknown());
}

#[tokio::test]
async fn tags_reach_the_resources() {
    let stub = Stub::new(sts);
    let aws = made(local(
        &stub.url,
        [
            ("default_tags", Value::object([("tags", text_map(&[("team", "ml"), ("auto:off", "7")]))])),
            ("ignore_tags", Value::object([("keys", text_set(&["owner"])), ("key_prefixes", text_set(&["auto:"]))])),
        ],
    ))
    .await;
    assert_eq!(aws.default_tags(), &[("team".to_owned(), "ml".to_owned())].into());
    for (key, ignored) in [("owner", true), ("owner2", false), ("auto:stop", true), ("aws:x", true), ("team", false)] {
        assert_eq!(aws.ignore_tags().ignores(key), ignored, "{key}");
    }
}

#[tokio::test]
async fn the_propagation_timeout_reaches_the_resources() {
    let stub = Stub::new(sts);
    for (text, seconds) in [(Value::Null, 120), (Value::from("0s"), 0), (Value::from("1m30s"), 90)] {
        let aws = made(local(&stub.url, [("propagation_timeout", text)])).await;
        assert_eq!(aws.propagation_timeout(), Duration::from_secs(seconds));
    }
}

#[test]
fn bad_arguments_are_found_without_any_call() {
    let role = |arn: &str| Value::object([("role_arn", Value::from(arn))]);
    let (a, b) = ("arn:aws:iam::123456789012:role/a", "arn:aws:iam::123456789012:role/b");
    let inherited = Value::object([("role_arn", Value::from(a)), ("transitive_tag_keys", text_set(&["x"]))]);
    let many = Value::Map((0..51).map(|i| (format!("k{i}"), Value::from("v"))).collect());
    let tags = |tags: Value| Value::object([("tags", tags)]);
    for (argument, value, path) in [
        ("region", Value::from("eu-wset-1"), "region"),
        ("sts_region", Value::from("moon"), "sts_region"),
        ("assume_role", Value::List(vec![role(a), role(b), role(a)]), "assume_role[2].role_arn"),
        ("assume_role", Value::List(vec![inherited]), "assume_role[0].transitive_tag_keys"),
        ("default_tags", tags(many), "default_tags.tags"),
        ("default_tags", tags(text_map(&[("aws:x", "y")])), "default_tags.tags[\"aws:x\"]"),
        ("default_tags", tags(text_map(&[("x", &"y".repeat(257))])), "default_tags.tags[\"x\"]"),
    ] {
        let found = check(&block([(argument, value)]));
        assert_eq!(found.0.len(), 1, "{argument}: {found}");
        assert_eq!(found.0[0].path.to_string(), path);
    }
    assert!(check(&block([("assume_role", Value::List(vec![role(a), role(b)]))])).is_empty());
    assert!(check(&block([("region", Value::unknown()), ("assume_role", Value::unknown())])).is_empty());
}

#[test]
fn checks_of_single_arguments() {
    let object = schema().object;
    for (path, good, bad) in [
        ("endpoint_url", "http://localhost:4566", "localhost:4566"),
        ("endpoints.s3", "https://s3.example.com/x", "ftp://s3.example.com"),
        ("https_proxy", "http://user:pw@proxy:3128", "proxy"),
        ("retry_mode", "adaptive", "legacy"),
        ("assume_role[0].role_arn", "arn:aws:iam::123456789012:role/a", "a"),
        ("assume_role[0].duration", "1h30m", "10m"),
        ("assume_role[0].duration", "12h", "13h"),
        ("assume_role[0].session_name", "ci@main", "ci main"),
        ("assume_role[0].policy", "{}", "{"),
        ("ec2_metadata_service_endpoint_mode", "IPv6", "ipv6"),
        ("propagation_timeout", "0s", "0"),
        ("propagation_timeout", "10m", "10m1s"),
    ] {
        let checks = &object.at(&Path::parse(path)).unwrap().validators;
        assert!(checks.iter().all(|c| c.accepts(&Value::from(good))), "{path}");
        assert!(checks.iter().any(|c| !c.accepts(&Value::from(bad))), "{path}");
    }
}
