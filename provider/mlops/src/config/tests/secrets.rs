//! Nothing secret is seen, whatever the log level and whatever AWS repeats in its errors.

use tfplug::pb::tfplugin6::provider_server::ProviderServer;
use tfplug::rpc::Server;
use tfplug::testing::{Core, object};

use super::*;
use crate::Mlops;

/// The secrets of the environment and of the profiles.
const AROUND: [&str; 6] = [
    "hidden-env-secret",
    "hidden-env-session",
    "hidden-profile-secret",
    "hidden-container-token",
    "hidden%2Fproxy%2Fpassword",
    "hidden/proxy/password",
];
const KEYS: [&str; 3] = ["AKIAHIDDENBLOCKKEY", "hidden-block-secret", "hidden-block-session"];
const ROLES: [&str; 4] = ["role-secret-jump", "role-token-jump", "role-secret-deploy", "role-token-deploy"];
const WEB: [&str; 3] = ["hidden-web-identity-token", "role-secret-web", "role-token-web"];

/// Provider blocks, the secrets that each brings, and what must be seen if they came into play.
const BLOCKS: [(&str, &[&[&str]], &str); 6] = [
    ("environment", &[], "AccessDenied: *** *** ***"),
    ("keys", &[&KEYS], "AccessDenied: *** *** ***"),
    ("roles", &[&KEYS, &ROLES], "AccessDenied: *** *** ***"),
    ("web identity", &[&WEB], "AccessDenied: *** *** ***"),
    ("endpoint", &[&KEYS, &["hidden-endpoint-password"]], "***@localhost"),
    ("proxy", &[&KEYS, &["hidden-wrong-proxy"]], "The given value is sensitive and not shown"),
];

fn provider_block(name: &str, url: &str) -> Value {
    let mut config = local(url, []);
    for (name, secret) in ["access_key", "secret_key", "token"].into_iter().zip(KEYS) {
        config.set_attribute(name, Value::from(secret));
    }
    let role = |name: &str| {
        let mut role = AssumeRole::object().null_value();
        role.set_attribute("role_arn", Value::from(format!("arn:aws:iam::123456789012:role/{name}")));
        role
    };
    match name {
        "roles" => config.set_attribute("assume_role", Value::List(vec![role("jump"), role("deploy")])),
        "endpoint" => {
            config.set_attribute("endpoint_url", Value::from("http://me:hidden-endpoint-password@localhost:1"));
        }
        "proxy" => config.set_attribute("https_proxy", Value::from("me:hidden-wrong-proxy@proxy:3128")),
        "environment" | "web identity" => {
            for name in ["access_key", "secret_key", "token"] {
                config.set_attribute(name, Value::Null);
            }
        }
        _ => {}
    }
    if name == "web identity" {
        let mut token = AssumeRoleWithWebIdentity::object().null_value();
        token.set_attribute("role_arn", Value::from("arn:aws:iam::123456789012:role/web"));
        token.set_attribute("web_identity_token", Value::from("hidden-web-identity-token"));
        config.set_attribute("assume_role_with_web_identity", token);
    }
    config
}

#[test]
fn no_secret_is_shown_at_the_highest_log_level() {
    let files = tempfile::tempdir().unwrap();
    let credentials = files.path().join("credentials");
    let profile = "[default]\naws_access_key_id = FILE\naws_secret_access_key = hidden-profile-secret\n";
    std::fs::write(&credentials, profile).unwrap();
    for (name, secrets, shown) in BLOCKS {
        let secrets: Vec<&str> = AROUND.into_iter().chain(secrets.iter().copied().flatten().copied()).collect();
        let message = secrets.join(" ");
        // It hands out roles, and refuses all else with a message that repeats every secret.
        let aws = Stub::new(move |r| match r.field("Action").as_deref() {
            Some("AssumeRole" | "AssumeRoleWithWebIdentity") => sts(r),
            _ => refusal(403, "AccessDenied", &message),
        });
        let env = [
            ("BLOCK", name),
            ("URL", &aws.url),
            ("HTTPS_PROXY", "http://me:hidden%2Fproxy%2Fpassword@localhost:1"),
            ("AWS_ACCESS_KEY_ID", "AKIAENV"),
            ("AWS_SECRET_ACCESS_KEY", "hidden-env-secret"),
            ("AWS_SESSION_TOKEN", "hidden-env-session"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hidden-container-token"),
            ("AWS_SHARED_CREDENTIALS_FILE", credentials.to_str().unwrap()),
        ];
        let test = "secrets::no_secret_is_shown_at_the_highest_log_level";
        let Some(output) = in_child(test, &env, talk) else { return };
        let (printed, logged) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(printed.contains(shown), "{name}:\n{printed}");
        for secret in secrets {
            assert!(!printed.contains(secret), "{name}: {secret} is in a diagnostic:\n{printed}");
            assert!(!logged.contains(secret), "{name}: {secret} is in the log:\n{logged}");
        }
        let called = logged.contains("AWS responded") || logged.contains("No response from AWS");
        assert_eq!(called, name != "proxy", "{name}:\n{logged}");
    }
}

/// Configures the provider as Terraform does, calls AWS, and prints every diagnostic.
async fn talk() {
    tfplug::log::install(&tfplug::log::Settings::from_variables("mlops", Some("TRACE")));
    let variable = |name: &str| Env::real().get(name).unwrap();
    let mut core = Core::new(ProviderServer::new(Server::new(Mlops))).await;
    let configured = core.configure(&provider_block(&variable("BLOCK"), &variable("URL"))).await;
    configured.diags.iter().for_each(|diag| println!("{diag}"));
    if !configured.failed() {
        let source = object(&core.data_sources["mlops_caller_identity"], &serde_json::json!({}));
        core.read_data("mlops_caller_identity", &source).await.diags.iter().for_each(|diag| println!("{diag}"));
    }
}
