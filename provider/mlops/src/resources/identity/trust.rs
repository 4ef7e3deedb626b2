//! Who may assume an execution role: SageMaker and the services that the user adds.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use tfplug::validator::Validator;

use crate::aws::{plan_json, policy_json};

/// SageMaker's name as a principal, the same in all partitions.
const SAGEMAKER: &str = "sagemaker.amazonaws.com";

/// A service as a principal.
pub const SERVICE: Validator = Validator::Text {
    expected: "a service principal, such as `lambda.amazonaws.com`",
    accepts: |s| {
        s.contains(".amazonaws.")
            && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'))
    },
};

/// The trust policy: these services and SageMaker may assume the role; with an account, only on its behalf, so that
/// nobody else can make a service use it (SageMaker Developer Guide, "Cross-service confused deputy prevention").
pub fn compile<'a>(services: impl IntoIterator<Item = &'a str>, only_for: Option<&str>) -> String {
    let services: BTreeSet<&str> = services.into_iter().chain([SAGEMAKER]).collect();
    let mut statement =
        json!({ "Effect": "Allow", "Principal": { "Service": services }, "Action": ["sts:AssumeRole"] });
    if let Some(account) = only_for {
        statement["Condition"] = json!({ "StringEquals": { "aws:SourceAccount": [account] } });
    }
    plan_json::laid_out(&json!({ "Version": "2012-10-17", "Statement": [statement] }))
}

/// What a trust policy was compiled from: the services besides SageMaker, and whether it is limited to the account. None
/// if it is not of that form.
pub fn decompile(document: &str, account: &str) -> Option<(BTreeSet<String>, bool)> {
    let json: Json = serde_json::from_str(document).ok()?;
    let services =
        match json.pointer("/Statement/0/Principal/Service").or(json.pointer("/Statement/Principal/Service"))? {
            Json::String(one) => BTreeSet::from([one.clone()]),
            Json::Array(all) => all.iter().filter_map(|s| s.as_str().map(str::to_owned)).collect(),
            _ => return None,
        };
    let found = [true, false].into_iter().find(|limited| {
        let compiled = compile(services.iter().map(String::as_str), limited.then_some(account));
        policy_json::same(&compiled, document)
    })?;
    Some((services.into_iter().filter(|s| s != SAGEMAKER).collect(), found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compiles_and_recovers() {
        let plain = compile([], Some("123456789012"));
        let statement = json!({
            "Action": ["sts:AssumeRole"],
            "Condition": { "StringEquals": { "aws:SourceAccount": ["123456789012"] } },
            "Effect": "Allow",
            "Principal": { "Service": ["sagemaker.amazonaws.com"] },
        });
        let wanted = json!({ "Statement": [statement], "Version": "2012-10-17" });
        assert_eq!(serde_json::from_str::<Json>(&plain).unwrap(), wanted);
        for (services, limited) in [(vec![], true), (vec![], false), (vec!["lambda.amazonaws.com"], true)] {
            let document = compile(services.iter().copied(), limited.then_some("123456789012"));
            let (found, found_limited) = decompile(&document, "123456789012").unwrap();
            assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), services);
            assert_eq!(found_limited, limited);
        }
    }

    #[test]
    fn does_not_recover_what_it_did_not_compile() {
        for foreign in [
            r#"{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"123456789012"}}]}"#.to_owned(),
            compile([], Some("999999999999")),
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}]}"#
                .to_owned(),
            "no json".to_owned(),
        ] {
            assert_eq!(decompile(&foreign, "123456789012"), None, "{foreign}");
        }
        let spelled = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"sagemaker.amazonaws.com"}}}"#;
        assert_eq!(decompile(spelled, "1"), Some((BTreeSet::new(), false)));
    }
}
