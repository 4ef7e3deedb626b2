//! Sources of credentials that the SDK finds by the process's own environment: containers, web identity, Identity Center.

use super::*;

/// Configures the provider from the environment alone, and prints what came of it.
async fn configure_by_environment() {
    match configure(block([("skip_metadata_api_check", Value::from(true))]), "1.11.4").await {
        Ok(aws) => println!("the account is {}", aws.known_account_id().unwrap()),
        Err(diags) => println!("{diags}"),
    }
}

/// What is printed by a provider configured with `env`, and the requests that STS got. None in the child.
fn outcome(test: &str, env: &[(&str, &str)]) -> Option<(String, Vec<stub::Request>)> {
    let common = Stub::new(sts);
    let region = [("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL_STS", common.url.as_str())];
    let env: Vec<_> = region.into_iter().chain(env.iter().copied()).collect();
    let output = in_child(&format!("chain::{test}"), &env, configure_by_environment)?;
    Some((String::from_utf8(output.stdout).unwrap(), common.requests()))
}

fn by_number(stub: &Stub) -> String {
    stub.url.replace("localhost", "127.0.0.1")
}

#[test]
fn the_container_gives_credentials() {
    let test = "the_container_gives_credentials";
    let container = Stub::new(|r| match (r.line.as_str(), r.header("authorization")) {
        ("GET /role?a=b HTTP/1.1", "container-token-1" | "container-token-2") => (
            200,
            "{\"AccessKeyId\":\"CONTAINER\",\"SecretAccessKey\":\"container-secret\",\"Token\":\"container-session\",\
             \"Expiration\":\"2099-01-01T00:00:00Z\"}"
                .to_owned(),
        ),
        _ => (403, "{\"code\":\"AccessDenied\",\"message\":\"wrong token\"}".to_owned()),
    });
    let uri = format!("{}/role?a=b", by_number(&container));
    let uri = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri.as_str());
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "container-token-2").unwrap();
    let file = ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.path().to_str().unwrap());
    for token in [("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token-1"), file] {
        let Some((printed, asked)) = outcome(test, &[uri, token]) else { return };
        assert!(printed.contains("the account is 123456789012"), "{printed}");
        assert_eq!(asked[0].signer(), "CONTAINER/eu-central-1");
        assert_eq!(asked[0].header("x-amz-security-token"), "container-session");
    }
    let wrong = ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "another-container-token");
    let far = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://192.0.2.1/role");
    for (env, says) in [(vec![uri, wrong], "StatusCode(403)"), (vec![far], "http://192.0.2.1/role")] {
        let Some((printed, asked)) = outcome(test, &env) else { return };
        assert!(printed.contains("no usable credentials") && printed.contains(says), "{printed}");
        assert!(asked.is_empty());
    }
}

#[test]
fn a_token_in_the_environment_buys_a_role() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "cluster-jwt").unwrap();
    let env = [
        ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/pod"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", file.path().to_str().unwrap()),
        ("AWS_ROLE_SESSION_NAME", "pod-1"),
    ];
    let Some((printed, asked)) = outcome("a_token_in_the_environment_buys_a_role", &env) else { return };
    assert!(printed.contains("the account is 123456789012"), "{printed}");
    let fields: Vec<_> = ["Action", "WebIdentityToken", "RoleSessionName"].map(|f| asked[0].field(f).unwrap()).into();
    assert_eq!(fields, ["AssumeRoleWithWebIdentity", "cluster-jwt", "pod-1"]);
    assert_eq!(asked[1].signer(), "ROLE-pod/eu-central-1");
}

/// A home directory with profiles of IAM Identity Center, and what `aws sso login` left there.
fn signed_in(tokens: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let cache = home.path().join(".aws/sso/cache");
    std::fs::create_dir_all(&cache).unwrap();
    let account = "sso_account_id = 123456789012\nsso_role_name = Admin\n";
    let start = "sso_region = eu-north-1\nsso_start_url = https://corp.awsapps.com/start\n";
    let config = format!(
        "[profile dev]\nsso_session = corp\n{account}[sso-session corp]\n{start}[profile old]\n{account}{start}"
    );
    std::fs::write(home.path().join(".aws/config"), config).unwrap();
    for (name, token) in tokens {
        std::fs::write(cache.join(name), token).unwrap();
    }
    home
}

/// The names that the token has in the cache: the SHA-1 of the session's name, or of the start URL.
const BY_SESSION: &str = "ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
const BY_START_URL: &str = "a51746d4aa793ae07b25e90c3a5db96fc7832bd7.json";

#[test]
fn a_session_of_identity_center_gives_credentials() {
    let test = "a_session_of_identity_center_gives_credentials";
    let portal = Stub::new(|r| match r.header("x-amz-sso_bearer_token") {
        "sso-token-1" | "sso-token-refreshed" => (
            200,
            "{\"roleCredentials\":{\"accessKeyId\":\"SSO\",\"secretAccessKey\":\"sso-secret\",\
             \"sessionToken\":\"sso-session\",\"expiration\":4070908800000}}"
                .to_owned(),
        ),
        _ => (401, "{\"message\":\"Session token not found or invalid\"}".to_owned()),
    });
    let issuer = Stub::new(|r| match r.body.contains("sso-refresh-token") {
        true => {
            (200, "{\"accessToken\":\"sso-token-refreshed\",\"expiresIn\":3600,\"tokenType\":\"Bearer\"}".to_owned())
        }
        false => (400, "{\"error\":\"invalid_grant\"}".to_owned()),
    });
    let token = |token: &str, expires: &str, more: &str| {
        format!(
            "{{\"accessToken\":\"{token}\",\"expiresAt\":\"{expires}\",\"region\":\"eu-north-1\",\"startUrl\":\"u\"{more}}}"
        )
    };
    let good = token("sso-token-1", "2099-01-01T00:00:00Z", "");
    let refreshable = ",\"clientId\":\"c\",\"clientSecret\":\"s\",\"refreshToken\":\"sso-refresh-token\",\
                       \"registrationExpiresAt\":\"2099-01-01T00:00:00Z\"";
    let refreshable = token("sso-token-0", "2020-01-01T00:00:00Z", refreshable);
    let expired = token("sso-token-0", "2020-01-01T00:00:00Z", "");
    let ended = token("sso-token-9", "2099-01-01T00:00:00Z", "");
    let cases = [
        ("dev", vec![(BY_SESSION, good.as_str())], Ok("sso-token-1")),
        ("old", vec![(BY_START_URL, good.as_str())], Ok("sso-token-1")),
        ("dev", vec![(BY_SESSION, refreshable.as_str())], Ok("sso-token-refreshed")),
        ("dev", vec![], Err("failed to load the cached SSO token")),
        ("dev", vec![(BY_SESSION, expired.as_str())], Err("expired")),
        ("dev", vec![(BY_SESSION, ended.as_str())], Err("Session token not found or invalid")),
    ];
    for (profile, tokens, wanted) in cases {
        let home = signed_in(&tokens);
        let env = [
            ("HOME", home.path().to_str().unwrap()),
            ("AWS_PROFILE", profile),
            ("AWS_ENDPOINT_URL_SSO", portal.url.as_str()),
            ("AWS_ENDPOINT_URL_SSO_OIDC", issuer.url.as_str()),
        ];
        let Some((printed, asked)) = outcome(test, &env) else { return };
        match wanted {
            Ok(token) => {
                assert!(printed.contains("the account is 123456789012"), "{printed}");
                let signed = (asked[0].signer(), asked[0].header("x-amz-security-token"));
                assert_eq!(signed, ("SSO/eu-central-1".to_owned(), "sso-session"));
                let to_portal = portal.requests().pop().unwrap();
                assert_eq!(to_portal.header("x-amz-sso_bearer_token"), token);
                assert!(to_portal.line.contains("role_name=Admin"), "{}", to_portal.line);
            }
            Err(says) => {
                assert!(printed.contains(says) && printed.contains("aws sso login"), "{says}: {printed}");
                assert!(asked.is_empty());
            }
        }
    }
}

#[test]
fn instance_metadata_is_asked_over_the_chosen_protocol() {
    let body = async || {
        tfplug::log::install(&tfplug::log::Settings::from_variables("mlops", Some("DEBUG")));
        let config = block([("ec2_metadata_service_endpoint_mode", Value::from("IPv6"))]);
        println!("{}", configure(config, "1.11.4").await.err().unwrap());
    };
    let Some(output) = in_child("chain::instance_metadata_is_asked_over_the_chosen_protocol", &[], body) else {
        return;
    };
    let (printed, logged) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("No region"), "{printed}");
    assert!(logged.contains("http://[fd00:ec2::254]") && !logged.contains("169.254.169.254"), "{logged}");
}
