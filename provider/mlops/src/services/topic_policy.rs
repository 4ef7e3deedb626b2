//! Policies of Amazon SNS topics: put together from the services that may publish and from the user's own statements, and
//! taken apart again.

use serde_json::{Value as Json, json};

use crate::aws::arn::Arn;
use crate::aws::policy_json;

/// EventBridge rules. Amazon EventBridge User Guide, "Troubleshooting": topic policies for EventBridge cannot have
/// conditions.
const EVENTS: &str = "events.amazonaws.com";

/// Lets a service publish. Only what belongs to the topic's account may use it, where the service says what it acts for.
fn service_statement(topic: &Arn, service: &str) -> Json {
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": { "Service": service },
        "Action": "sns:Publish",
        "Resource": topic.to_string(),
    });
    if service != EVENTS {
        statement["Condition"] = json!({ "StringEquals": { "aws:SourceAccount": topic.account_id } });
    }
    statement
}

/// What SNS gives a topic that is created without a policy. Source: Amazon SNS Developer Guide, "Identity and access
/// management: Special information for Amazon SNS policies"; recorded from AWS in github.com/localstack/localstack
/// tests/aws/services/sns/test_sns.snapshot.json.
fn default_statement(topic: &Arn) -> Json {
    let actions = [
        "GetTopicAttributes",
        "SetTopicAttributes",
        "AddPermission",
        "RemovePermission",
        "DeleteTopic",
        "Subscribe",
        "ListSubscriptionsByTopic",
        "Publish",
    ];
    json!({
        "Effect": "Allow",
        "Principal": { "AWS": "*" },
        "Action": actions.map(|action| format!("SNS:{action}")),
        "Resource": topic.to_string(),
        "Condition": { "StringEquals": { "AWS:SourceOwner": topic.account_id } },
    })
}

/// Whether two statements mean the same, whatever they are called.
fn is_same(one: &Json, other: &Json) -> bool {
    let document = |statement: &Json| {
        let mut statement = statement.clone();
        if let Some(members) = statement.as_object_mut() {
            members.remove("Sid");
        }
        json!({ "Statement": [statement] }).to_string()
    };
    policy_json::same(&document(one), &document(other))
}

/// A policy that lets services publish and has further statements, a JSON list of such without `Resource`; SNS's own default
/// if there is neither.
pub fn compose(topic: &Arn, id: &str, services: &[String], statements: Option<&str>) -> String {
    let mut all: Vec<Json> = services.iter().map(|service| service_statement(topic, service)).collect();
    // Schemas rule out that it is no list.
    let own = statements.map(|text| serde_json::from_str(text).unwrap_or_else(|_| Json::from(text)));
    for mut statement in own.map(as_list).unwrap_or_default() {
        if let Some(members) = statement.as_object_mut() {
            members.entry("Resource").or_insert_with(|| topic.to_string().into());
        }
        all.push(statement);
    }
    if all.is_empty() {
        all.push(default_statement(topic));
    }
    json!({ "Version": "2012-10-17", "Id": id, "Statement": all }).to_string()
}

/// What a policy is made of.
#[derive(Debug, PartialEq, Eq)]
pub struct Parts {
    /// Its `Id`.
    pub id: Option<String>,
    /// The services that may publish, in the order of their names.
    pub services: Vec<String>,
    /// All other statements, as a JSON list.
    pub statements: Option<String>,
}

/// Takes a topic's policy apart. What [`compose`] has put together comes out as it went in.
pub fn take_apart(topic: &Arn, policy: &str) -> Parts {
    let document: Json = serde_json::from_str(policy).unwrap_or_default();
    let (mut services, mut others) = (Vec::new(), Vec::new());
    for statement in as_list(document["Statement"].clone()) {
        match statement["Principal"]["Service"].as_str() {
            Some(service) if is_same(&statement, &service_statement(topic, service)) => {
                services.push(service.to_owned());
            }
            _ => others.push(statement),
        }
    }
    services.sort();
    let is_default = matches!(&*others, [only] if services.is_empty() && is_same(only, &default_statement(topic)));
    for members in others.iter_mut().filter_map(Json::as_object_mut) {
        if members.get("Resource").and_then(Json::as_str) == Some(&*topic.to_string()) {
            members.remove("Resource");
        }
    }
    let statements = Some(Json::Array(others)).filter(|all| !is_default && *all != json!([]));
    Parts { id: document["Id"].as_str().map(str::to_owned), services, statements: statements.map(|s| s.to_string()) }
}

/// Whether two lists of statements mean the same.
pub fn are_same(one: &str, other: &str) -> bool {
    let document = |list: &str| format!("{{\"Statement\":{list}}}");
    policy_json::same(&document(one), &document(other))
}

/// Whether a text is a list of statements that name no resource.
pub fn is_list(text: &str) -> bool {
    matches!(serde_json::from_str(text), Ok(Json::Array(all)) if !all.is_empty()
        && all.iter().all(|s| s.as_object().is_some_and(|members| !members.contains_key("Resource"))))
}

/// A JSON text as it comes out of a policy.
pub fn in_one_spelling(text: &str) -> String {
    serde_json::from_str(text).map_or_else(|_| text.to_owned(), |json: Json| json.to_string())
}

fn as_list(value: Json) -> Vec<Json> {
    match value {
        Json::Array(all) => all,
        Json::Null => Vec::new(),
        one => vec![one],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = r#"[{"Action":["sns:Publish","sns:Subscribe"],"Effect":"Allow","Principal":{"AWS":"123456789012"},"Sid":"Team"}]"#;

    fn topic() -> Arn {
        Arn::parse("arn:aws:sns:eu-west-1:123456789012:alarms").unwrap()
    }

    fn services(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_is_put_together_comes_apart_again() {
        for names in [&[][..], &["cloudwatch.amazonaws.com"], &["budgets.amazonaws.com", EVENTS]] {
            for own in [None, Some(OWN)] {
                let policy = compose(&topic(), "i", &services(names), own);
                let parts =
                    Parts { id: Some("i".into()), services: services(names), statements: own.map(str::to_owned) };
                assert_eq!(take_apart(&topic(), &policy), parts, "{policy}");
            }
        }
    }

    #[test]
    fn services_act_for_the_topics_account_only_except_eventbridge() {
        let text = compose(&topic(), "", &services(&["cloudwatch.amazonaws.com", EVENTS]), None);
        let policy: Json = serde_json::from_str(&text).unwrap();
        let condition = json!({ "StringEquals": { "aws:SourceAccount": "123456789012" } });
        assert_eq!(policy["Statement"][0]["Condition"], condition);
        assert_eq!(policy["Statement"][1]["Principal"]["Service"], EVENTS);
        assert_eq!(policy["Statement"][1]["Condition"], Json::Null);
    }

    #[test]
    fn a_statement_that_lets_a_service_do_more_or_less_is_a_statement_of_the_users() {
        for (member, value) in [("Condition", Json::Null), ("Action", json!("sns:*")), ("Effect", json!("Deny"))] {
            let mut statement = service_statement(&topic(), "cloudwatch.amazonaws.com");
            statement[member] = value;
            let parts = take_apart(&topic(), &json!({ "Statement": statement }).to_string());
            assert!(parts.services.is_empty() && parts.statements.is_some(), "{parts:?}");
        }
    }

    #[test]
    fn another_spelling_of_a_statement_means_the_same() {
        let spelt = r#"[{"Action":["SNS:Subscribe","sns:Publish"],"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::123456789012:root"]},"Sid":"Team"}]"#;
        assert!(are_same(OWN, spelt) && !are_same(OWN, "[]"));
        assert!(is_list(OWN) && !is_list("[]") && !is_list("{}") && !is_list(r#"[{"Resource":"*"}]"#) && !is_list("x"));
    }
}
