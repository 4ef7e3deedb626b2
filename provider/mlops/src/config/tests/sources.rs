//! Where credentials and the region come from.

use super::*;

/// Who signs the first request.
async fn signer(stub: &Stub, config: Value, env: Env) -> String {
    let before = stub.requests().len();
    configure_in(config, "1.11.4", env).await.unwrap_or_else(|d| panic!("{d}"));
    stub.requests()[before].signer()
}

fn without_keys(stub: &Stub, arguments: &[(&str, Value)]) -> Value {
    let mut config = local(&stub.url, []);
    for name in ["access_key", "secret_key"] {
        config.set_attribute(name, Value::Null);
    }
    for (name, value) in arguments {
        config.set_attribute(name, value.clone());
    }
    config
}

struct Files {
    directory: tempfile::TempDir,
}

impl Files {
    fn new(config: &str, credentials: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("config"), config).unwrap();
        std::fs::write(directory.path().join("credentials"), credentials).unwrap();
        Self { directory }
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).to_str().unwrap().to_owned()
    }

    fn arguments(&self) -> [(&'static str, Value); 2] {
        [
            ("shared_config_files", text_list(&[&self.path("config")])),
            ("shared_credentials_files", text_list(&[&self.path("credentials")])),
        ]
    }
}

#[tokio::test]
async fn sources_go_in_their_order() {
    let stub = Stub::new(sts);
    let files = Files::new(
        "[default]\nregion = ap-south-1\n[profile other]\nregion = sa-east-1\ncredential_process = printf '{\"Version\":1,\"AccessKeyId\":\"PROCESS\",\"SecretAccessKey\":\"process-secret\"}'\n",
        "[default]\naws_access_key_id = FILE\naws_secret_access_key = file-secret\n",
    );
    let keys = [("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "env-secret")];
    let with = |more: &[(&str, Value)]| {
        let all: Vec<_> = files.arguments().into_iter().chain(more.iter().cloned()).collect();
        without_keys(&stub, &all)
    };
    let profile = [("profile", Value::from("other"))];
    let no_region = [("region", Value::Null)];
    let by_keys =
        [("access_key", Value::from("BLOCK")), ("secret_key", Value::from("block-secret")), profile[0].clone()];
    assert_eq!(signer(&stub, with(&[]), no_env()).await, "FILE/eu-west-1");
    assert_eq!(signer(&stub, with(&no_region), no_env()).await, "FILE/ap-south-1");
    assert_eq!(signer(&stub, with(&[]), Env::from_slice(&keys)).await, "ENV/eu-west-1");
    assert_eq!(signer(&stub, with(&profile), Env::from_slice(&keys)).await, "PROCESS/eu-west-1");
    assert_eq!(signer(&stub, with(&by_keys), Env::from_slice(&keys)).await, "BLOCK/eu-west-1");
    let named = Env::from_slice(&[("AWS_PROFILE", "other")]);
    assert_eq!(signer(&stub, with(&no_region), named).await, "PROCESS/sa-east-1");
    let region = Env::from_slice(&[("AWS_DEFAULT_REGION", "eu-north-1")]);
    assert_eq!(signer(&stub, with(&no_region), region).await, "FILE/eu-north-1");
    let home = Env::from_slice(&[("HOME", files.directory.path().to_str().unwrap())]);
    let tilde = without_keys(&stub, &[("shared_credentials_files", text_list(&["~/credentials"]))]);
    assert_eq!(signer(&stub, tilde, home).await, "FILE/eu-west-1");
    assert!(!tfplug::log::redact("a process-secret b").contains("process-secret"), "secrets of any source are masked");
}

#[tokio::test]
async fn the_token_of_the_block_goes_with_its_keys() {
    let stub = Stub::new(sts);
    let env =
        Env::from_slice(&[("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "s"), ("AWS_SESSION_TOKEN", "env")]);
    for (token, sent) in [(Value::Null, ""), (Value::from("session-of-the-block"), "session-of-the-block")] {
        configure_in(local(&stub.url, [("token", token)]), "1", env.clone()).await.unwrap();
        let asked = stub.requests().pop().unwrap();
        assert_eq!((asked.signer().as_str(), asked.header("x-amz-security-token")), ("AKIATEST/eu-west-1", sent));
    }
}

#[tokio::test]
async fn roles_are_assumed_one_after_the_other() {
    let stub = Stub::new(sts);
    let mut first = AssumeRole::object().null_value();
    for (name, value) in [
        ("role_arn", Value::from("arn:aws:iam::123456789012:role/jump")),
        ("duration", Value::from("30m")),
        ("external_id", Value::from("ext-1")),
        ("policy", Value::from("{}")),
        ("policy_arns", text_set(&["arn:aws:iam::aws:policy/ReadOnlyAccess"])),
        ("session_name", Value::from("ci")),
        ("source_identity", Value::from("alice")),
        ("tags", text_map(&[("team", "ml")])),
        ("transitive_tag_keys", text_set(&["team"])),
    ] {
        first.set_attribute(name, value);
    }
    let mut second = AssumeRole::object().null_value();
    second.set_attribute("role_arn", Value::from("arn:aws:iam::123456789012:role/deploy"));
    let aws = made(local(&stub.url, [("assume_role", Value::List(vec![first, second]))])).await;
    assert_eq!(stub.actions(), ["AssumeRole", "AssumeRole"], "the role tells the account");
    assert_eq!(aws.known_account_id(), Some("123456789012"));
    let requests = stub.requests();
    for (field, value) in [
        ("RoleArn", "arn:aws:iam::123456789012:role/jump"),
        ("DurationSeconds", "1800"),
        ("ExternalId", "ext-1"),
        ("Policy", "{}"),
        ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("RoleSessionName", "ci"),
        ("SourceIdentity", "alice"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "ml"),
        ("TransitiveTagKeys.member.1", "team"),
    ] {
        assert_eq!(requests[0].field(field).as_deref(), Some(value), "{field}");
    }
    assert_eq!(requests[0].signer(), "AKIATEST/eu-west-1");
    assert_eq!(requests[1].signer(), "ROLE-jump/eu-west-1");
    assert_eq!(requests[1].header("x-amz-security-token"), "role-token-jump");
    assert_eq!(requests[1].field("RoleSessionName").as_deref(), Some("terraform-provider-mlops"));
    let _ = aws.region(None).sagemaker().list_models().send().await;
    assert_eq!(stub.requests()[2].signer(), "ROLE-deploy/eu-west-1");
    assert_eq!(stub.actions().len(), 2, "the first call uses the credentials that were got at the start");
    assert!(!tfplug::log::redact("role-secret-deploy role-token-deploy").contains("deploy"));
}

#[tokio::test]
async fn a_refused_role_is_told_at_its_element() {
    let stub = Stub::new(|r| match r.field("RoleArn").as_deref() {
        Some("arn:aws:iam::123456789012:role/deploy") => refusal(403, "AccessDenied", "not authorized"),
        _ => sts(r),
    });
    let role = |name: &str| {
        let mut role = AssumeRole::object().null_value();
        role.set_attribute("role_arn", Value::from(format!("arn:aws:iam::123456789012:role/{name}")));
        role
    };
    let roles = Value::List(vec![role("jump"), role("deploy"), role("never")]);
    let diag = failed(local(&stub.url, [("assume_role", roles)])).await;
    assert_eq!(diag.path.to_string(), "assume_role[1]");
    assert!(diag.detail.contains("AssumeRole") && diag.detail.contains("trust policy"), "{diag}");
    assert_eq!(stub.actions().len(), 2);
}

#[tokio::test]
async fn a_token_buys_a_role() {
    let stub = Stub::new(sts);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "the-jwt\n").unwrap();
    let web = |arguments: &[(&str, Value)]| {
        let mut role = AssumeRoleWithWebIdentity::object().null_value();
        for (name, value) in arguments {
            role.set_attribute(name, value.clone());
        }
        without_keys(&stub, &[("assume_role_with_web_identity", role)])
    };
    let arn = ("role_arn", Value::from("arn:aws:iam::123456789012:role/ci"));
    made(web(&[
        arn.clone(),
        ("web_identity_token", Value::from("inline-jwt")),
        ("duration", Value::from("1h")),
        ("policy", Value::from("{}")),
        ("policy_arns", text_set(&["arn:aws:iam::aws:policy/ReadOnlyAccess"])),
        ("session_name", Value::from("ci")),
    ]))
    .await;
    made(web(&[arn.clone(), ("web_identity_token_file", Value::from(file.path().to_str().unwrap()))])).await;
    let env = Env::from_slice(&[
        ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/env"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", file.path().to_str().unwrap()),
        ("AWS_ROLE_SESSION_NAME", "from-env"),
    ]);
    configure_in(web(&[]), "1", env).await.unwrap();
    let requests = stub.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|r| r.header("authorization").is_empty()), "nothing is signed");
    let fields = |name: &str| requests.iter().map(|r| r.field(name).unwrap_or_default()).collect::<Vec<_>>();
    assert_eq!(fields("WebIdentityToken"), ["inline-jwt", "the-jwt", "the-jwt"]);
    assert_eq!(fields("DurationSeconds"), ["3600", "", ""]);
    assert_eq!(fields("RoleSessionName"), ["ci", "terraform-provider-mlops", "from-env"]);
    assert_eq!(fields("Policy"), ["{}", "", ""]);
    assert_eq!(fields("PolicyArns.member.1.arn"), ["arn:aws:iam::aws:policy/ReadOnlyAccess", "", ""]);
    assert!(fields("RoleArn")[2].ends_with("role/env"));
    for (config, says) in [
        (web(std::slice::from_ref(&arn)), "AWS_WEB_IDENTITY_TOKEN_FILE"),
        (web(&[("web_identity_token", Value::from("x"))]), "AWS_ROLE_ARN"),
        (web(&[arn, ("web_identity_token_file", Value::from("/nonexistent/jwt"))]), "cannot read /nonexistent/jwt"),
    ] {
        let diag = failed(config).await;
        assert_eq!(diag.path, Path::of("assume_role_with_web_identity"));
        assert!(diag.detail.contains(says), "{diag}");
    }
}

#[tokio::test]
async fn files_and_profiles_that_are_wrong_are_named() {
    let stub = Stub::new(sts);
    let files = Files::new(
        "[profile a]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = b\n[profile b]\nrole_arn = arn:aws:iam::123456789012:role/b\nsource_profile = a\n",
        "",
    );
    let with = |more: &[(&str, Value)]| {
        let all: Vec<_> = files.arguments().into_iter().chain(more.iter().cloned()).collect();
        without_keys(&stub, &all)
    };
    let diag = failed(with(&[("profile", Value::from("prod"))])).await;
    assert_eq!(diag.path, Path::of("profile"));
    assert!(diag.detail.contains("a, b") && diag.detail.contains(&files.path("config")), "{diag}");
    let diag = failed_in(with(&[]), Env::from_slice(&[("AWS_PROFILE", "prod")])).await;
    assert!(diag.detail.contains("AWS_PROFILE names the profile \"prod\""), "{diag}");
    let diag = failed(with(&[("profile", Value::from("a"))])).await;
    assert_eq!(diag.path, Path::of("profile"));
    assert!(diag.detail.contains("infinite loop") || diag.detail.contains("cycle"), "{diag}");
    let diag = failed(with(&[("shared_config_files", text_list(&["/nonexistent/config"]))])).await;
    assert_eq!(diag.path.to_string(), "shared_config_files[0]");
    std::fs::write(files.directory.path().join("config"), "[profile a\nx").unwrap();
    let diag = failed(with(&[])).await;
    assert_eq!(diag.path, Path::of("shared_config_files"));
}

#[tokio::test]
async fn the_instance_tells_region_and_credentials() {
    let metadata = Stub::new(|r| {
        let path = r.line.split(' ').nth(1).unwrap_or_default();
        let body = match path {
            "/latest/api/token" => "metadata-token",
            "/latest/meta-data/placement/region" => "eu-south-1",
            "/latest/meta-data/iam/security-credentials/" => "machine",
            "/latest/meta-data/iam/security-credentials/machine" => {
                "{\"Code\":\"Success\",\"Type\":\"AWS-HMAC\",\"AccessKeyId\":\"INSTANCE\",\"SecretAccessKey\":\"s\",\
                 \"Token\":\"t\",\"Expiration\":\"2099-01-01T00:00:00Z\",\"LastUpdated\":\"2020-01-01T00:00:00Z\"}"
            }
            _ => return (404, String::new()),
        };
        (200, body.to_owned())
    });
    let stub = Stub::new(sts);
    let files = Files::new("", "");
    let mut config = without_keys(&stub, &files.arguments());
    config.set_attribute("region", Value::Null);
    let diag = failed(config.clone()).await;
    assert_eq!((diag.summary.as_str(), diag.path.to_string().as_str()), ("No region", "region"));
    config.set_attribute("skip_metadata_api_check", Value::Null);
    config.set_attribute("ec2_metadata_service_endpoint", Value::from(metadata.url.as_str()));
    assert_eq!(signer(&stub, config, no_env()).await, "INSTANCE/eu-south-1");
}

#[test]
fn variables_of_the_sdk_count() {
    let (common, s3) = (Stub::new(sts), Stub::new(|_| (200, String::new())));
    let env = [
        ("AWS_ACCESS_KEY_ID", "ENV"),
        ("AWS_SECRET_ACCESS_KEY", "env-secret"),
        ("AWS_SESSION_TOKEN", "env-session-token"),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ENDPOINT_URL", &common.url),
        ("AWS_ENDPOINT_URL_S3", &s3.url),
        ("TF_APPEND_USER_AGENT", "wrapper/3"),
    ];
    let body = async || {
        let aws = configure(block([("skip_metadata_api_check", Value::from(true))]), "1.11.4").await.unwrap();
        assert_eq!(aws.known_account_id(), Some("123456789012"));
        let _ = aws.region(None).s3().list_buckets().send().await;
    };
    if in_child("sources::variables_of_the_sdk_count", &env, body).is_none() {
        return;
    }
    let asked = &common.requests()[0];
    assert_eq!(
        (asked.signer().as_str(), asked.header("x-amz-security-token")),
        ("ENV/eu-central-1", "env-session-token")
    );
    assert!(asked.header("user-agent").ends_with(" wrapper/3"));
    assert_eq!(s3.requests()[0].signer(), "ENV/eu-central-1");
}
