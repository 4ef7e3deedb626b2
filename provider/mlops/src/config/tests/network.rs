//! What decides how AWS is reached.

use super::*;

/// The hosts that a proxy was asked to connect to, for a configuration whose calls all fail at the proxy.
async fn asked_for<const N: usize>(arguments: [(&str, Value); N]) -> Vec<String> {
    let proxy = Stub::new(|_| (502, String::new()));
    let mut config = local("http://unused", arguments);
    config.set_attribute("endpoint_url", Value::Null);
    config.set_attribute("https_proxy", Value::from(proxy.url.replace("http://", "http://me:proxy-password@")));
    let diag = failed(config).await;
    assert!(!tfplug::log::redact(&format!("{diag} proxy-password")).contains("proxy-password"), "{diag}");
    let requests = proxy.requests();
    assert!(requests.iter().all(|r| r.header("proxy-authorization").starts_with("Basic ")), "{requests:?}");
    let mut hosts: Vec<String> =
        requests.iter().filter_map(|r| r.line.strip_prefix("CONNECT ")?.split(' ').next()).map(str::to_owned).collect();
    hosts.dedup();
    hosts
}

#[tokio::test]
async fn regions_and_variants_lead_to_their_endpoints() {
    let yes = || Value::from(true);
    assert_eq!(asked_for([]).await, ["sts.eu-west-1.amazonaws.com:443"]);
    assert_eq!(asked_for([("sts_region", Value::from("us-east-2"))]).await, ["sts.us-east-2.amazonaws.com:443"]);
    let fips = [("region", Value::from("us-west-2")), ("use_fips_endpoint", yes())];
    assert_eq!(asked_for(fips).await, ["sts-fips.us-west-2.amazonaws.com:443"]);
    assert_eq!(asked_for([("use_dualstack_endpoint", yes())]).await, ["sts.eu-west-1.api.aws:443"]);
    assert_eq!(asked_for([("region", Value::from("cn-north-1"))]).await, ["sts.cn-north-1.amazonaws.com.cn:443"]);
    assert_eq!(asked_for([("insecure", yes())]).await, ["sts.eu-west-1.amazonaws.com:443"]);
}

#[tokio::test]
async fn proxies_serve_their_scheme_and_no_proxy_excepts() {
    let proxy = Stub::new(sts);
    let target = Stub::new(sts);
    let through = |name| (name, Value::from(proxy.url.as_str()));
    made(local("http://aws.invalid:1234", [through("http_proxy")])).await;
    assert_eq!(proxy.requests()[0].line, "POST http://aws.invalid:1234/ HTTP/1.1");
    made(local(&target.url, [through("https_proxy")])).await;
    made(local(&target.url, [through("http_proxy"), ("no_proxy", Value::from("example.com,localhost"))])).await;
    assert_eq!((proxy.requests().len(), target.requests().len()), (1, 2));
    let env = Env::from_slice(&[("HOME", "/nonexistent"), ("http_proxy", &proxy.url)]);
    configure_in(local("http://aws.invalid", []), "1", env).await.unwrap();
    assert_eq!(proxy.requests().len(), 2);
}

#[tokio::test]
async fn certificates_are_verified_unless_insecure() {
    let (stub, authority) = Stub::tls(sts);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), authority).unwrap();
    let bundle = Value::from(file.path().to_str().unwrap());
    made(local(&stub.url, [("custom_ca_bundle", bundle)])).await;
    made(local(&stub.url, [("insecure", Value::from(true))])).await;
    let env = Env::from_slice(&[("AWS_CA_BUNDLE", file.path().to_str().unwrap())]);
    configure_in(local(&stub.url, []), "1", env).await.unwrap();
    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(file.path(), other.cert.pem()).unwrap();
    let diag = failed(local(&stub.url, [("custom_ca_bundle", Value::from(file.path().to_str().unwrap()))])).await;
    assert!(diag.detail.contains("certificate") && diag.detail.contains("custom_ca_bundle"), "{diag}");
}

#[tokio::test]
async fn bad_certificate_files_are_told_at_the_argument() {
    let directory = tempfile::tempdir().unwrap();
    let no_pem = directory.path().join("no.pem");
    std::fs::write(&no_pem, "hello").unwrap();
    let broken = directory.path().join("broken.pem");
    std::fs::write(&broken, "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n").unwrap();
    for (file, says) in [
        (directory.path().join("missing.pem"), "cannot be read"),
        (no_pem, "contains no certificate"),
        (broken, "invalid certificate"),
    ] {
        let diag = failed(local("http://unused", [("custom_ca_bundle", Value::from(file.to_str().unwrap()))])).await;
        assert_eq!(diag.path, Path::of("custom_ca_bundle"));
        assert!(diag.detail.contains(says), "{diag}");
    }
}

#[tokio::test]
async fn each_service_has_its_endpoint_and_the_rest_the_common_one() {
    let common = Stub::new(sts);
    let (s3, own_sts) = (Stub::new(|_| (200, String::new())), Stub::new(sts));
    let urls = Value::object([("s3", Value::from(s3.url.as_str())), ("sts", Value::from(own_sts.url.as_str()))]);
    let mut endpoints =
        Block::object().at(&Path::of("endpoints")).map(|_| block::Endpoints::object().null_value()).unwrap();
    for (name, url) in urls.as_entries().unwrap() {
        endpoints.set_attribute(name, url.clone());
    }
    let aws = made(local(&common.url, [("endpoints", endpoints), ("s3_use_path_style", Value::from(true))])).await;
    assert_eq!(own_sts.actions(), ["GetCallerIdentity"]);
    aws.region(Some("us-west-2")).s3().head_bucket().bucket("my-bucket").send().await.unwrap();
    assert_eq!(s3.requests()[0].line, "HEAD /my-bucket/ HTTP/1.1");
    assert_eq!(s3.requests()[0].signer(), "AKIATEST/us-west-2");
    let _ = aws.region(None).sagemaker().list_models().send().await;
    assert_eq!(common.requests()[0].header("x-amz-target"), "SageMaker.ListModels");
    assert_eq!(aws.region(None).region(), "eu-west-1");
    assert!(Arc::ptr_eq(&aws.region(None), &aws.region(Some("eu-west-1"))), "clients are made once");
}

#[tokio::test]
async fn every_service_has_an_endpoint_of_its_own() {
    let common = Stub::new(sts);
    let names: Vec<String> = block::Endpoints::object().attributes.iter().map(|a| a.name.to_string()).collect();
    for name in &names {
        let own = Stub::new(sts);
        let mut endpoints = block::Endpoints::object().null_value();
        endpoints.set_attribute(name, Value::from(own.url.as_str()));
        let aws = made(local(&common.url, [("endpoints", endpoints)])).await;
        let before = own.requests().len();
        let regional = aws.region(None);
        // What is answered does not matter: it is not what these calls expect.
        match name.as_str() {
            "ec2" => drop(regional.ec2().delete_network_interface("eni-1").send().await),
            "eventbridge" => drop(regional.events().list_rules().send().await),
            "iam" => drop(regional.iam().list_roles().send().await),
            "logs" => drop(regional.logs().describe_log_groups().send().await),
            "s3" => drop(regional.s3().list_buckets().send().await),
            "sagemaker" => drop(regional.sagemaker().list_models().send().await),
            "applicationautoscaling" => {
                let scaling = regional.application_auto_scaling().describe_scalable_targets();
                drop(scaling.service_namespace("sagemaker".into()).send().await);
            }
            "cloudwatch" => drop(regional.cloudwatch().get_dashboard().dashboard_name("d").send().await),
            "sagemakerruntime" => drop(regional.sagemaker_runtime().invoke_endpoint().endpoint_name("e").send().await),
            "budgets" => drop(regional.budgets().describe_budgets().account_id("1").send().await),
            "pricing" => drop(regional.pricing().describe_services().send().await),
            "resourcegroupstaggingapi" => drop(regional.resource_groups_tagging().get_resources().send().await),
            "scheduler" => drop(regional.scheduler().list_schedules().send().await),
            "servicequotas" => drop(regional.service_quotas().list_services().send().await),
            "sns" => drop(regional.sns().list_topics().send().await),
            "sts" => drop(regional.sts().get_caller_identity().send().await),
            _ => panic!("no call here goes to the endpoint of {name}"),
        }
        assert_eq!(own.requests().len(), before + 1, "{name}");
    }
    let others = vec!["GetCallerIdentity"; names.len() - 1];
    assert_eq!(common.actions(), others, "of all the calls only those that identify the caller");
    assert_eq!(common.requests().len(), others.len());
}

#[tokio::test]
async fn buckets_are_in_the_host_name_unless_in_the_path() {
    for (path_style, line) in [
        (Value::Null, "HEAD http://my-bucket.aws.invalid/ HTTP/1.1"),
        (Value::from(false), "HEAD http://my-bucket.aws.invalid/ HTTP/1.1"),
        (Value::from(true), "HEAD http://aws.invalid/my-bucket/ HTTP/1.1"),
    ] {
        let proxy = Stub::new(sts);
        let through = [("http_proxy", Value::from(proxy.url.as_str())), ("s3_use_path_style", path_style)];
        let aws = made(local("http://aws.invalid", through)).await;
        let _ = aws.region(None).s3().head_bucket().bucket("my-bucket").send().await;
        assert_eq!(proxy.requests()[1].line, line);
    }
}

/// The SDK tells AWS in its user agent how it repeats calls: `E` for standard, `F` for adaptive (AWS SDKs and Tools
/// Reference Guide, "User agent").
#[tokio::test]
async fn the_retry_mode_is_the_one_asked_for() {
    let stub = Stub::new(sts);
    for (mode, env, feature) in [
        (Value::Null, "", "E"),
        (Value::from("adaptive"), "standard", "F"),
        (Value::from("standard"), "adaptive", "E"),
        (Value::Null, "adaptive", "F"),
    ] {
        let env = Env::from_slice(&[("HOME", "/nonexistent"), ("AWS_RETRY_MODE", env)]);
        let aws = configure_in(local(&stub.url, [("retry_mode", mode)]), "1", env).await.unwrap();
        let _ = aws.region(None).sagemaker().list_models().send().await;
        let requests = stub.requests();
        let agent = requests.last().unwrap().header("user-agent");
        let features = agent.split(' ').find_map(|part| part.strip_prefix("m/")).unwrap_or_else(|| panic!("{agent}"));
        assert!(features.split(',').any(|f| f == feature), "{feature}: {agent}");
    }
}

#[tokio::test]
async fn retries_are_counted_and_rationed() {
    let attempts = async |arguments: Vec<(&'static str, Value)>, env: Env| {
        let stub = Stub::new(|r| if r.field("Action").is_some() { sts(r) } else { (500, String::new()) });
        let mut config = local(&stub.url, []);
        for (name, value) in arguments {
            config.set_attribute(name, value);
        }
        let aws = configure_in(config, "1", env).await.unwrap();
        let error = aws
            .region(None)
            .sagemaker()
            .list_models()
            .send()
            .await
            .map_err(|e| aws_error("SageMaker", "ListModels", e));
        let diag = error.err().unwrap().diag("list the models");
        assert!(diag.detail.contains("AWS's side"), "{diag}");
        stub.requests().len() - 1
    };
    let number = |name, n: i64| (name, Value::from(n));
    assert_eq!(attempts(vec![number("max_retries", 0)], no_env()).await, 1);
    assert_eq!(attempts(vec![number("max_retries", 2)], no_env()).await, 3);
    let rationed = vec![number("max_retries", 2), number("token_bucket_rate_limiter_capacity", 0)];
    assert_eq!(attempts(rationed, no_env()).await, 1);
    let env = Env::from_slice(&[("AWS_MAX_ATTEMPTS", "2")]);
    assert_eq!(attempts(vec![("retry_mode", Value::from("adaptive"))], env).await, 2);
}

#[tokio::test]
async fn bad_retry_variables_are_errors_not_panics() {
    for (name, value) in [("AWS_MAX_ATTEMPTS", "0"), ("AWS_MAX_ATTEMPTS", "many"), ("AWS_RETRY_MODE", "wild")] {
        let diag = failed_in(local("http://unused", []), Env::from_slice(&[(name, value)])).await;
        assert!(diag.detail.contains(name), "{diag}");
    }
}

#[tokio::test]
async fn a_host_that_is_gone_is_not_retried_for_minutes() {
    let url = format!("http://localhost:{}", closed_port());
    let config = local(
        &url,
        [("skip_credentials_validation", Value::from(true)), ("skip_requesting_account_id", Value::from(true))],
    );
    let aws = made(config).await;
    let started = Instant::now();
    let error = aws.region(None).sagemaker().list_models().send().await.unwrap_err();
    let error = aws_error("SageMaker", "ListModels", error);
    assert_eq!(error.kind, Kind::Connect, "{error}");
    assert!(error.message.contains(&url), "{error}");
    let took = started.elapsed();
    assert!(took > Duration::from_secs(1) && took < Duration::from_secs(40), "{took:?}");
    let started = Instant::now();
    aws.region(None).iam().list_roles().send().await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(1), "the next call fails at once");
}
