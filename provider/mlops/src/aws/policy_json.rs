//! IAM policy documents as values: whether two spellings mean the same, and how long IAM counts them.
//!
//! IAM and S3 hand policies back as other text than they were given: keys in another order, lists of one element without
//! their brackets, account ids as the ARN of the account's root. (IAM User Guide, "IAM JSON policy elements reference";
//! "IAM JSON policy elements: Principal" on how principals are transformed.)

use serde_json::{Map, Value as Json};
use tfplug::value::Value;

/// The version that a document without one has (IAM User Guide, "IAM JSON policy elements: Version").
const DEFAULT_VERSION: &str = "2008-10-17";

/// Whether two policy documents grant and deny the same. Text that is not a JSON object equals only itself.
pub fn same(a: &str, b: &str) -> bool {
    a == b || matches!((canonical(a), canonical(b)), (Some(a), Some(b)) if a == b)
}

/// [`same`] on attribute values, element by element in maps, for `#[tf(equal(...))]`.
pub fn same_value(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => same(a, b),
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((ka, va), (kb, vb))| ka == kb && same_value(va, vb))
        }
        _ => a == b,
    }
}

/// The number of characters that count against IAM's size quotas: all but white space outside of strings (IAM User
/// Guide, "IAM and AWS STS quotas").
pub fn counted_size(document: &str) -> usize {
    serde_json::from_str::<Json>(document).map_or_else(
        |_| document.chars().filter(|c| !c.is_whitespace()).count(),
        |json| json.to_string().chars().count(),
    )
}

/// IAM answers policy documents in the encoding of URLs (IAM API Reference, `GetRolePolicy`).
pub(crate) fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Whether text has the outer form of a policy document: a JSON object with statements.
pub fn is_policy(document: &str) -> bool {
    matches!(serde_json::from_str(document), Ok(Json::Object(policy)) if policy.contains_key("Statement"))
}

/// The one spelling of all documents that mean the same. None if the text is not a JSON object.
fn canonical(document: &str) -> Option<Json> {
    let Json::Object(mut policy) = serde_json::from_str(document).ok()? else { return None };
    policy.entry("Version").or_insert_with(|| DEFAULT_VERSION.into());
    if let Some(statements) = policy.get_mut("Statement") {
        let mut all: Vec<Json> = as_list(statements.take()).into_iter().map(canonical_statement).collect();
        sort(&mut all);
        *statements = Json::Array(all);
    }
    Some(Json::Object(policy))
}

fn canonical_statement(statement: Json) -> Json {
    let Json::Object(statement) = statement else { return statement };
    let canonical = statement.into_iter().filter(|(key, value)| !(key == "Sid" && value == "")).map(|(key, value)| {
        let value = match key.as_str() {
            "Action" | "NotAction" => set_of(value, |action| action.to_ascii_lowercase()),
            "Resource" | "NotResource" => set_of(value, |resource| resource),
            "Principal" | "NotPrincipal" => each_entry(value, |_, ids| set_of(ids, canonical_principal)),
            "Condition" => {
                each_entry(value, |_, keys| each_entry(lower_case_keys(keys), |_, values| set_of(values, |v| v)))
            }
            _ => value,
        };
        (key, value)
    });
    Json::Object(canonical.collect())
}

/// An account may be written as its id or as its root's ARN.
fn canonical_principal(id: String) -> String {
    if super::arn::is_account_id(&id) {
        return id;
    }
    match super::arn::Arn::parse(&id) {
        Ok(arn) if arn.service == "iam" && arn.resource == "root" => arn.account_id,
        _ => id,
    }
}

/// The names of condition keys are not case-sensitive (IAM User Guide, "IAM JSON policy elements: Condition").
fn lower_case_keys(value: Json) -> Json {
    match value {
        Json::Object(entries) => {
            Json::Object(entries.into_iter().map(|(key, value)| (key.to_ascii_lowercase(), value)).collect())
        }
        other => other,
    }
}

fn each_entry(value: Json, mut f: impl FnMut(&str, Json) -> Json) -> Json {
    match value {
        Json::Object(entries) => Json::Object(
            entries
                .into_iter()
                .map(|(key, value)| {
                    let value = f(&key, value);
                    (key, value)
                })
                .collect::<Map<_, _>>(),
        ),
        other => other,
    }
}

/// One value or a list of them, as a sorted list without duplicates. Booleans and numbers count as their text.
fn set_of(value: Json, spelling: impl Fn(String) -> String) -> Json {
    let text = |v: Json| match v {
        Json::String(s) => Json::String(spelling(s)),
        Json::Bool(_) | Json::Number(_) => Json::String(spelling(v.to_string())),
        other => other,
    };
    let mut all: Vec<Json> = as_list(value).into_iter().map(text).collect();
    sort(&mut all);
    all.dedup();
    Json::Array(all)
}

fn as_list(value: Json) -> Vec<Json> {
    match value {
        Json::Array(all) => all,
        one => vec![one],
    }
}

fn sort(values: &mut [Json]) {
    values.sort_by_cached_key(Json::to_string);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(statement: &str) -> String {
        format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#)
    }

    #[test]
    fn decodes_what_iam_answers() {
        for (encoded, plain) in
            [("%7B%22a%22%3A1%7D", "{\"a\":1}"), ("a+b", "a+b"), ("%C3%A4", "ä"), ("100%", "100%"), ("%zz%4", "%zz%4")]
        {
            assert_eq!(percent_decoded(encoded), plain);
        }
    }

    #[test]
    fn spellings_of_the_same_policy_are_the_same() {
        for (a, b) in [
            // Keys in another order, white space, a list of one.
            (
                policy(r#"[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*"}]"#),
                r#"{ "Statement": {"Resource":["*"],"Action":"s3:GetObject","Effect":"Allow"}, "Version":"2012-10-17"}"#
                    .to_owned(),
            ),
            // The order and the case of actions.
            (
                policy(r#"{"Effect":"Allow","Action":["s3:putobject","S3:GetObject"],"Resource":["b","a"]}"#),
                policy(r#"{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["a","b"]}"#),
            ),
            // Accounts.
            (
                policy(r#"{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}"#),
                policy(
                    r#"{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::123456789012:root"]},"Action":"sts:AssumeRole"}"#,
                ),
            ),
            // Conditions: scalar types, the case of keys, lists of one.
            (
                policy(r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:securetransport":false}}}"#),
                policy(
                    r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":["false"]}}}"#,
                ),
            ),
            // The order of statements, empty ids, the default version.
            (
                r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"},{"Effect":"Deny","Action":"c:d","Resource":"*","Sid":""}]}"#
                    .to_owned(),
                r#"{"Statement":[{"Effect":"Deny","Action":"c:d","Resource":"*"},{"Effect":"Allow","Action":"a:b","Resource":"*"}]}"#
                    .to_owned(),
            ),
        ] {
            assert!(same(&a, &b), "{a}\n{b}");
        }
    }

    #[test]
    fn different_policies_differ() {
        let base = policy(r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}"#);
        for other in [
            policy(r#"{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}"#),
            policy(r#"{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::a/*"}"#),
            policy(r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::A/*"}"#),
            policy(r#"{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::a/*"}"#),
            r#"{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}}"#.to_owned(),
            "not json".to_owned(),
            "[]".to_owned(),
        ] {
            assert!(!same(&base, &other), "{other}");
            assert!(same(&other, &other));
        }
        // Two equal statements are not one: their ids may tell them apart, and AWS keeps both.
        let statement = r#"{"Effect":"Allow","Action":"a:b","Resource":"*"}"#;
        assert!(!same(&policy(&format!("[{statement},{statement}]")), &policy(statement)));
    }

    #[test]
    fn maps_compare_entry_by_entry() {
        let map = |document: &str| Value::Map([("p".to_owned(), Value::from(document))].into());
        assert!(same_value(&map(r#"{"Statement":[]}"#), &map(r#"{ "Statement": [ ] }"#)));
        assert!(!same_value(&map(r#"{"Statement":[]}"#), &map("{}")));
        assert!(!same_value(&map("{}"), &Value::Map(Default::default())));
    }

    #[test]
    fn white_space_is_not_counted() {
        assert_eq!(counted_size("{ \"a\" :\n  \"b c\" }"), 11);
        assert_eq!(counted_size("no json"), 6);
    }
}
