//! The bucket's policy: the statement that demands TLS, merged with the user's own document and split off again.

use serde_json::{Map, Value as Json, json};

use crate::aws::policy_json;

/// The `Sid` of the statement that denies requests without TLS.
const TLS: &str = "DenyRequestsWithoutTls";

fn tls_statement(arn: &str) -> Json {
    json!({
        "Sid": TLS,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, format!("{arn}/*")],
        "Condition": { "Bool": { "aws:SecureTransport": "false" } },
    })
}

/// The document that the bucket is to have: the user's statements, and the TLS statement if it is asked for and not
/// among them. None if that leaves nothing.
///
/// # Errors
/// A sentence, if the user's document is not a policy.
pub fn merge(user: Option<&str>, arn: &str, require_tls: bool) -> Result<Option<String>, String> {
    let mut document = match user {
        Some(text) => parse(text)?,
        None if require_tls => Map::from_iter([("Version".to_owned(), json!("2012-10-17"))]),
        None => return Ok(None),
    };
    let mut statements = statements(&document);
    let tls = tls_statement(arn);
    if require_tls && !statements.iter().any(|s| same(s, &tls)) {
        statements.push(tls);
    }
    document.insert("Statement".to_owned(), Json::Array(statements));
    Ok(Some(Json::Object(document).to_string()))
}

/// Splits the bucket's document into the user's part and whether TLS is demanded. As long as the bucket has what the
/// state says, the user's part is the state's own text.
pub fn split(remote: Option<&str>, arn: &str, user: Option<&str>, require_tls: bool) -> (Option<String>, bool) {
    let Some(remote) = remote else { return (None, false) };
    if merge(user, arn, require_tls).is_ok_and(|m| m.is_some_and(|m| policy_json::same(&m, remote))) {
        return (user.map(str::to_owned), require_tls);
    }
    let Ok(mut document) = parse(remote) else { return (Some(remote.to_owned()), false) };
    let tls = tls_statement(arn);
    let (ours, others): (Vec<Json>, Vec<Json>) = statements(&document).into_iter().partition(|s| same(s, &tls));
    if others.is_empty() {
        return (None, !ours.is_empty());
    }
    document.insert("Statement".to_owned(), Json::Array(others));
    let text = Json::Object(document).to_string();
    let text = user.filter(|u| policy_json::same(u, &text)).map_or(text, str::to_owned);
    (Some(text), !ours.is_empty())
}

/// What keeps a text from being a policy, if anything.
pub fn defect(text: &str) -> Option<String> {
    parse(text).err()
}

fn parse(text: &str) -> Result<Map<String, Json>, String> {
    let document = match serde_json::from_str(text) {
        Ok(Json::Object(document)) => document,
        Ok(_) => return Err("the document is not a JSON object".to_owned()),
        Err(e) => return Err(format!("the document is not JSON: {e}")),
    };
    match document.get("Statement") {
        Some(Json::Object(_)) => Ok(document),
        Some(Json::Array(all)) if all.iter().all(Json::is_object) => Ok(document),
        _ => Err("the document has no \"Statement\" that is a list of objects".to_owned()),
    }
}

fn statements(document: &Map<String, Json>) -> Vec<Json> {
    match document.get("Statement") {
        Some(Json::Array(all)) => all.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    }
}

/// Whether two statements mean the same.
fn same(a: &Json, b: &Json) -> bool {
    let document = |statement: &Json| json!({ "Statement": [statement] }).to_string();
    policy_json::same(&document(a), &document(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:s3:::b";
    const USER: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}"#;

    #[test]
    fn merged_and_split_the_users_text_comes_back() {
        for (user, tls) in [(Some(USER), true), (Some(USER), false), (None, true), (None, false)] {
            let merged = merge(user, ARN, tls).unwrap();
            assert_eq!(split(merged.as_deref(), ARN, user, tls), (user.map(str::to_owned), tls), "{user:?} {tls}");
        }
    }

    #[test]
    fn aws_spelling_is_no_drift() {
        let stored = r#"{"Version":"2012-10-17","Statement":[{"Resource":["arn:aws:s3:::b/*"],"Effect":"Allow","Action":["s3:GetObject"],"Principal":{"AWS":"arn:aws:iam::123456789012:root"}}]}"#;
        assert_eq!(split(Some(stored), ARN, Some(USER), false), (Some(USER.to_owned()), false));
    }

    #[test]
    fn a_lost_tls_statement_shows() {
        let only_user = merge(Some(USER), ARN, false).unwrap();
        assert_eq!(split(only_user.as_deref(), ARN, Some(USER), true), (Some(USER.to_owned()), false));
        assert_eq!(split(None, ARN, Some(USER), true), (None, false));
    }

    #[test]
    fn a_foreign_statement_shows_in_the_users_part() {
        let both = merge(Some(USER), ARN, true).unwrap();
        let (policy, tls) = split(both.as_deref(), ARN, None, true);
        assert!(tls);
        assert!(policy_json::same(&policy.unwrap(), USER));
    }

    #[test]
    fn the_users_own_tls_statement_is_not_doubled() {
        let own = json!({ "Statement": [tls_statement(ARN)] }).to_string();
        let merged = merge(Some(&own), ARN, true).unwrap().unwrap();
        assert_eq!(serde_json::from_str::<Json>(&merged).unwrap()["Statement"].as_array().unwrap().len(), 1);
        assert_eq!(split(Some(&merged), ARN, Some(&own), true), (Some(own), true));
    }

    #[test]
    fn what_is_no_policy_is_said() {
        assert!(defect("{").unwrap().contains("not JSON"));
        assert!(defect("[]").unwrap().contains("not a JSON object"));
        assert!(defect("{}").unwrap().contains("Statement"));
        assert_eq!(defect(USER), None);
    }
}
