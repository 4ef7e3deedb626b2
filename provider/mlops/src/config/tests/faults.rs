//! What stands between here and AWS is named as what it is.

use tfplug::context::Deferral;
use tfplug::pb::tfplugin6::provider_server::ProviderServer;
use tfplug::rpc::Server;
use tfplug::testing::{Core, object};

use super::*;
use crate::Mlops;

const PAGE: &str = "<html><body>Please sign in</body></html>";

fn page(status: u16) -> impl Fn(&stub::Request) -> Reply + Send + Sync + 'static {
    let headers = [("content-type", "text/html; charset=utf-8"), ("server", "squid/5.7")];
    move |r| Reply::bare(status, &headers, if r.line.starts_with("HEAD") { "" } else { PAGE })
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named() {
    let gone = format!("http://localhost:{}", closed_port());
    let with_password = gone.replace("http://", "http://me:hidden-proxy-pw@");
    let through = |name, url: &str| (name, Value::from(url));
    let aws = "https://sts.eu-west-1.amazonaws.com";
    for (argument, endpoint, host) in
        [("http_proxy", "http://aws.invalid", "http://aws.invalid"), ("https_proxy", aws, aws)]
    {
        let diag = failed(local(endpoint, [through(argument, &with_password)])).await;
        let says = format!("the proxy {gone} refused the connection, so there is no response from {host}");
        assert!(diag.detail.contains(&says), "{diag}");
        assert!(!diag.detail.contains("hidden-proxy-pw") && !diag.detail.contains("me:"), "{diag}");
        assert_eq!(diag.path, Path::of(argument));
    }
    for (status, says) in [(407, "requires a user name and a password (HTTP 407)"), (503, "HTTP 403, 502 or 503")] {
        let proxy = Stub::new(move |_| (status, String::new()));
        let mut config = local("", [through("https_proxy", &proxy.url)]);
        config.set_attribute("endpoint_url", Value::Null);
        let diag = failed(config).await;
        assert!(diag.detail.contains(&format!("the proxy {} refused to connect to {aws}", proxy.url)), "{diag}");
        assert!(diag.detail.contains(says), "{diag}");
    }
    let proxy = Stub::new(|_| (407, String::new()));
    let diag = failed(local("http://aws.invalid", [through("http_proxy", &proxy.url)])).await;
    assert!(diag.detail.contains(&format!("the proxy {} requires a user name", proxy.url)), "{diag}");
}

#[tokio::test]
async fn a_page_in_place_of_an_answer_is_told_apart_from_aws() {
    for status in [200, 302, 403, 502] {
        let stub = Stub::new(page(status));
        let diag = failed(local(&stub.url, [("max_retries", Value::from(0_i64))])).await;
        for says in [
            &format!("the response from {} did not come from AWS: HTTP {status}", stub.url),
            "content type \"text/html; charset=utf-8\"",
            "server \"squid/5.7\"",
            "responded in AWS's place",
        ] {
            assert!(diag.detail.contains(says), "{status}, {says}: {diag}");
        }
        assert!(!diag.detail.contains("AWS's side"), "{diag}");
    }
    let proxy = Stub::new(page(502));
    let through = [("max_retries", Value::from(0_i64)), ("http_proxy", Value::from(proxy.url.as_str()))];
    let diag = failed(local("http://aws.invalid", through)).await;
    assert!(diag.detail.contains(&format!("from http://aws.invalid through the proxy {}", proxy.url)), "{diag}");
}

/// A client of AWS whose calls all lead to `url`.
async fn unchecked<const N: usize>(url: &str, more: [(&str, Value); N]) -> Aws {
    let mut config = local(url, [("max_retries", Value::from(0_i64)), ("s3_use_path_style", Value::from(true))]);
    for name in ["skip_credentials_validation", "skip_requesting_account_id"] {
        config.set_attribute(name, Value::from(true));
    }
    for (name, value) in more {
        config.set_attribute(name, value);
    }
    made(config).await
}

async fn head(aws: &Aws) -> Result<(), AwsError> {
    let sent = aws.region(None).s3().head_bucket().bucket("my-bucket").send().await;
    sent.map(drop).map_err(|e| aws_error("S3", "HeadBucket", e))
}

#[tokio::test]
async fn no_bucket_is_read_out_of_a_page() {
    for status in [200, 301, 403, 404, 502] {
        let stub = Stub::new(page(status));
        let error = head(&unchecked(&stub.url, []).await).await.unwrap_err();
        assert_eq!((error.status, error.code.as_str()), (None, ""), "{error}");
        assert!(error.message.contains(&format!("did not come from AWS: HTTP {status}")), "{error}");
    }
    let stub = Stub::new(page(502));
    let error = unchecked(&stub.url, []).await.region(None).sagemaker().list_models().send().await.unwrap_err();
    let error = aws_error("SageMaker", "ListModels", error);
    assert!(error.message.contains("did not come from AWS: HTTP 502"), "{error}");
    // An object that is a page is the user's, and some stand-ins of AWS call whatever they send a page.
    let stub = Stub::new(|_| Reply::bare(200, &[("content-type", "text/html"), ("x-amz-request-id", "r")], ""));
    head(&unchecked(&stub.url, []).await).await.unwrap();
    let stub = Stub::new(|r| Reply::bare(200, &[("content-type", "text/html")], &sts(r).1));
    made(local(&stub.url, [])).await;
}

#[tokio::test]
async fn a_wrong_clock_is_told() {
    for (seconds, words) in [(3600_i64, Some("60 minutes behind")), (-3600, Some("minutes ahead of")), (0, None)] {
        let stub = Stub::new(move |_| {
            let now = std::time::SystemTime::now();
            let shifted =
                if seconds < 0 { now - Duration::from_secs(3600) } else { now + Duration::from_secs(seconds as u64) };
            let date = aws_smithy_types::DateTime::from(shifted);
            let date = date.fmt(aws_smithy_types::date_time::Format::HttpDate).unwrap();
            Reply::bare(403, &[("date", &date), ("x-amz-request-id", "r")], "")
        });
        let aws = unchecked(&stub.url, []).await;
        let offset = || aws.creations().clock().offset();
        assert_eq!(offset(), 0);
        let error = head(&aws).await.unwrap_err();
        assert!((offset() - seconds).abs() < 5, "{}", offset());
        assert_eq!(error.may_be_clock(), words.is_some());
        let diag = error.diag("look").detail;
        assert!(words.map_or(!diag.contains("clock"), |w| diag.contains(w)), "{diag}");
    }
}

#[tokio::test]
async fn a_bucket_in_a_host_name_that_nobody_knows_is_explained() {
    let aws = unchecked("http://stand-in.invalid:4566", [("s3_use_path_style", Value::Null)]).await;
    let diag = head(&aws).await.unwrap_err().diag("look");
    assert!(diag.detail.contains("my-bucket.stand-in.invalid"), "{diag}");
    assert!(diag.detail.contains("s3_use_path_style = true"), "{diag}");
    let diag = aws.region(None).sagemaker().list_models().send().await.map_err(|e| aws_error("SageMaker", "List", e));
    assert!(!diag.unwrap_err().diag("list").detail.contains("s3_use_path_style"));
}

#[tokio::test]
async fn certificates_that_cannot_be_trusted_are_explained() {
    let as_authority = |params: &mut rcgen::CertificateParams| {
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    let bundle = [("custom_ca_bundle", Value::from(file.path().to_str().unwrap()))];
    let (stub, pem) = Stub::tls_with(sts, as_authority);
    std::fs::write(file.path(), &pem).unwrap();
    let diag = failed(local(&stub.url, bundle.clone())).await;
    assert!(diag.detail.contains("is the certificate of a certificate authority (CA:TRUE)"), "{diag}");
    assert!(diag.detail.contains("CA:FALSE") && !diag.detail.contains("Other("), "{diag}");
    let (stub, _) = Stub::tls(sts);
    for (other, says) in [("localhost", "signed with another key"), ("elsewhere", "an untrusted certificate authority")]
    {
        let mut params = rcgen::CertificateParams::new(vec![]).unwrap();
        let own_name = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap().distinguished_name;
        params.distinguished_name = own_name;
        if other == "elsewhere" {
            params.distinguished_name.push(rcgen::DnType::CommonName, other);
        }
        let pem = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().pem();
        std::fs::write(file.path(), pem).unwrap();
        let diag = failed(local(&stub.url, bundle.clone())).await;
        assert!(diag.detail.contains(says) && diag.detail.contains("custom_ca_bundle"), "{diag}");
    }
}

#[test]
fn without_certificate_authorities_http_works_and_https_says_what_to_do() {
    let body = async || {
        made(local(&Stub::new(sts).url, [])).await;
        let (stub, pem) = Stub::tls(sts);
        let diag = failed(local(&stub.url, [])).await;
        assert!(diag.detail.contains("no trusted CA certificates were found"), "{diag}");
        assert!(diag.detail.contains("`ca-certificates`") && diag.detail.contains("AWS_CA_BUNDLE"), "{diag}");
        assert!(stub.requests().is_empty());
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), pem).unwrap();
        made(local(&stub.url, [("custom_ca_bundle", Value::from(file.path().to_str().unwrap()))])).await;
        made(local(&stub.url, [("insecure", Value::from(true))])).await;
        println!("all is well");
    };
    let env = [("SSL_CERT_FILE", "/dev/null"), ("SSL_CERT_DIR", "/nonexistent")];
    let test = "faults::without_certificate_authorities_http_works_and_https_says_what_to_do";
    let Some(output) = in_child(test, &env, body) else { return };
    assert!(String::from_utf8_lossy(&output.stdout).contains("all is well"));
}

#[tokio::test]
async fn an_unknown_argument_is_named_whatever_the_rest() {
    let deciding: Vec<String> = schema()
        .object
        .attributes
        .iter()
        .map(|a| a.name.to_string())
        .filter(|name| !HARMLESS.contains(&name.as_str()))
        .collect();
    for name in &deciding {
        let mut config = block([("skip_metadata_api_check", Value::from(true))]);
        config.set_attribute(name, Value::unknown());
        let aws = made(config).await;
        let regional = aws.region(None);
        let errors = [
            head(&aws).await.unwrap_err(),
            regional.sagemaker().list_models().send().await.map_err(|e| aws_error("SageMaker", "List", e)).unwrap_err(),
            regional.iam().list_roles().send().await.map_err(|e| aws_error("IAM", "List", e)).unwrap_err(),
        ];
        for error in errors {
            let says = format!("the argument `{name}` of the provider block is known only after the apply");
            assert!(error.message.contains(&says) && error.message.contains("-target"), "{error}");
        }
    }
    assert!(deciding.len() > 15 && deciding.iter().any(|name| name == "region"));
}

#[tokio::test]
async fn a_client_that_accepts_it_defers_what_an_unknown_argument_decides() {
    let mut config = block([("skip_metadata_api_check", Value::from(true))]);
    config.set_attribute("region", Value::unknown());
    for accepted in [true, false] {
        let mut core = Core::new(ProviderServer::new(Server::new(Mlops))).await;
        let capabilities = core.client_capabilities.as_mut().unwrap();
        capabilities.deferral_allowed = accepted;
        core.configure(&config).await.good();
        let source = object(&core.data_sources["mlops_caller_identity"], &serde_json::json!({}));
        let read = core.read_data("mlops_caller_identity", &source).await;
        assert_eq!((read.failed(), read.value.is_unknown()), (!accepted, accepted), "{:?}", read.diags);
        assert_eq!(core.deferred, accepted.then_some(Deferral::ProviderConfigUnknown));
    }
}

#[tokio::test]
async fn a_profile_that_wants_a_code_is_refused() {
    let files = tempfile::tempdir().unwrap();
    let config = files.path().join("config");
    let text = "[default]\naws_access_key_id = K\naws_secret_access_key = s\nmfa_serial = unused\n\
                [profile safe]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = default\n\
                mfa_serial = arn:aws:iam::123456789012:mfa/me\n\
                [profile beyond]\nrole_arn = arn:aws:iam::123456789012:role/s\nsource_profile = safe\n\
                [profile loop]\nrole_arn = arn:aws:iam::123456789012:role/s\nsource_profile = loop\n";
    std::fs::write(&config, text).unwrap();
    let stub = Stub::new(sts);
    let with = |profile: &str| {
        let files = text_list(&[config.to_str().unwrap()]);
        let mut config = local(&stub.url, [("shared_config_files", files), ("profile", Value::from(profile))]);
        for name in ["access_key", "secret_key"] {
            config.set_attribute(name, Value::Null);
        }
        config
    };
    for profile in ["safe", "beyond"] {
        let diag = failed(with(profile)).await;
        assert_eq!(diag.path, Path::of("profile"));
        for says in ["\"safe\"", "mfa/me", "AWS_SESSION_TOKEN", "aws sso login", "credential_process"] {
            assert!(diag.detail.contains(says), "{says}: {diag}");
        }
    }
    let mut config = with("safe");
    config.set_attribute("profile", Value::Null);
    let diag = failed_in(config.clone(), Env::from_slice(&[("AWS_PROFILE", "safe")])).await;
    assert_eq!(diag.summary, "MFA required");
    assert!(stub.requests().is_empty());
    let keys = [("AWS_PROFILE", "safe"), ("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "s")];
    configure_in(config, "1", Env::from_slice(&keys)).await.unwrap();
    made(with("default")).await;
}
