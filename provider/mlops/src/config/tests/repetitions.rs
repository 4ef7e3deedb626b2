//! How often the calls that get and test credentials are repeated.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

const THROTTLED: fn() -> Reply = || refusal(400, "Throttling", "Rate exceeded").into();
const BROKEN: fn() -> Reply = || (500, String::new()).into();
const CUT: fn() -> Reply = || (0, String::new()).into();

fn role() -> (&'static str, Value) {
    let mut role = AssumeRole::object().null_value();
    role.set_attribute("role_arn", Value::from("arn:aws:iam::123456789012:role/deploy"));
    ("assume_role", Value::List(vec![role]))
}

fn web_identity() -> (&'static str, Value) {
    let mut role = AssumeRoleWithWebIdentity::object().null_value();
    role.set_attribute("role_arn", Value::from("arn:aws:iam::123456789012:role/ci"));
    role.set_attribute("web_identity_token", Value::from("the-jwt"));
    ("assume_role_with_web_identity", role)
}

/// What is asked of STS, the argument that makes it so, what STS does, and the retries and their mode.
type Case = (&'static str, Option<(&'static str, Value)>, fn() -> Reply, i64, &'static str);

#[tokio::test]
async fn sts_is_asked_as_often_as_the_retries_allow() {
    let cases: [Case; 8] = [
        ("GetCallerIdentity", None, THROTTLED, 0, "standard"),
        ("GetCallerIdentity", None, THROTTLED, 3, "standard"),
        ("GetCallerIdentity", None, THROTTLED, 1, "adaptive"),
        ("GetCallerIdentity", None, BROKEN, 2, "standard"),
        ("GetCallerIdentity", None, CUT, 2, "standard"),
        ("AssumeRole", Some(role()), THROTTLED, 2, "standard"),
        ("AssumeRole", Some(role()), THROTTLED, 1, "adaptive"),
        ("AssumeRoleWithWebIdentity", Some(web_identity()), THROTTLED, 2, "standard"),
    ];
    let tries = cases.map(|(action, argument, reply, retries, mode)| async move {
        let stub = Stub::new(move |_| reply());
        let mut config = local(&stub.url, [("max_retries", Value::from(retries)), ("retry_mode", Value::from(mode))]);
        if let Some((name, value)) = argument {
            config.set_attribute(name, value);
        }
        let diag = failed(config).await;
        assert!(diag.detail.contains(action), "{diag}");
        assert_eq!(stub.requests().len() as i64, retries + 1, "{action}, {mode}");
    });
    let tries = tries.map(tokio::spawn);
    for one in tries {
        one.await.unwrap();
    }
}

#[tokio::test]
async fn retries_of_credentials_are_rationed_too() {
    let stub = Stub::new(|_| refusal(400, "Throttling", "Rate exceeded"));
    let arguments = [("max_retries", Value::from(5_i64)), ("token_bucket_rate_limiter_capacity", Value::from(0_i64))];
    failed(local(&stub.url, arguments)).await;
    assert_eq!(stub.requests().len(), 1);
}

#[tokio::test]
async fn a_renewal_in_the_middle_is_repeated_too() {
    static THROTTLES: AtomicBool = AtomicBool::new(false);
    let stub = Stub::new(|r| match r.field("Action") {
        Some(_) if THROTTLES.load(Ordering::SeqCst) => refusal(400, "Throttling", "Rate exceeded"),
        Some(_) => (200, sts(r).1.replace("2099-01-01", "2020-01-01")),
        None => (200, String::new()),
    });
    let aws = made(local(&stub.url, [role(), ("max_retries", Value::from(3_i64))])).await;
    let before = stub.actions().len();
    THROTTLES.store(true, Ordering::SeqCst);
    let list = || async { aws.region(None).sagemaker().list_models().send().await };
    let _ = list().await;
    let error = list().await.map_err(|e| aws_error("SageMaker", "ListModels", e)).unwrap_err();
    assert_eq!(error.code, "Throttling", "{error}");
    assert_eq!(stub.actions().len() - before, 4);
}

/// A profile's role is assumed by the SDK itself.
#[tokio::test]
async fn the_role_of_a_profile_is_no_exception() {
    let stub = Stub::new(|_| refusal(400, "Throttling", "Rate exceeded"));
    let files = tempfile::tempdir().unwrap();
    let config = files.path().join("config");
    let text = format!(
        "[default]\nendpoint_url = {}\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = keys\n[profile keys]\n\
         aws_access_key_id = K\naws_secret_access_key = s\n",
        stub.url
    );
    std::fs::write(&config, text).unwrap();
    let mut block = local(
        &stub.url,
        [
            ("max_retries", Value::from(4_i64)),
            ("shared_config_files", text_list(&[config.to_str().unwrap()])),
            ("profile", Value::from("default")),
        ],
    );
    for name in ["access_key", "secret_key"] {
        block.set_attribute(name, Value::Null);
    }
    failed(block).await;
    assert_eq!(stub.actions(), ["AssumeRole"; 5]);
}

#[tokio::test]
async fn a_silent_endpoint_is_given_up_over_tls_too() {
    let started = Instant::now();
    let url = silent().replace("http:", "https:");
    let diag = failed(local(&url, [("insecure", Value::from(true))])).await;
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    assert!(diag.detail.contains("STS GetCallerIdentity"), "{diag}");
}
