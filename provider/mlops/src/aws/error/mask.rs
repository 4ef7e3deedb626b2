//! What must not be seen of AWS's messages.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use tfplug::schema::{Kind, Nesting, Object};
use tfplug::validate::MAY_HOLD_SECRETS;
use tfplug::value::Value;

/// What stands in the place of a secret.
const MASKED: &str = "***";

/// Takes out of a message what could be used to sign or replay a request (signature errors repeat the request with its
/// headers, pre-signed URLs carry a signature), and the values of members that users give secrets to.
pub(crate) fn mask(message: &str) -> String {
    static SECRETS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?i)((?:x-amz-(?:security-token|signature|credential)|authorization|aws_?secret_?access_?key",
            r"|session_?token|secretaccesskey|signature)[\x22']?\s*[:=]\s*[\x22']?)(?:AWS4-HMAC-SHA256 [^\n]*|[^\s&,\x22']+)",
        ))
        .ok()
    });
    // `Value '{KEY=TEXT, ...}' at 'environment' failed to satisfy constraint: ...`
    static MEMBERS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?s)[Vv]alue '(.*?)' at '([^']*)' failed").ok());
    const REPEATED_REQUEST: [&str; 2] =
        ["The Canonical String for this request should have been", "The String-to-Sign"];
    let end = REPEATED_REQUEST.iter().filter_map(|start| message.find(start)).min().unwrap_or(message.len());
    let message = message[..end].trim_end();
    let message = SECRETS.as_ref().map_or_else(|| message.into(), |r| r.replace_all(message, "${1}***"));
    let without_values = |found: &Captures<'_>| match may_hold_secrets(&found[2]) {
        true => format!("Value '{}' at '{}' failed", keys(&found[1]), &found[2]),
        false => found[0].to_owned(),
    };
    MEMBERS.as_ref().map_or_else(|| message.to_string(), |r| r.replace_all(&message, without_values).into_owned())
}

/// Whether a member, such as `containers.1.member.environment.KEY.member`, is one that users give secrets to, or in one.
fn may_hold_secrets(member: &str) -> bool {
    let plain = |s: &str| s.replace('_', "").to_ascii_lowercase();
    member.split(['.', '/', '[']).any(|part| MAY_HOLD_SECRETS.iter().any(|name| plain(name) == plain(part)))
}

/// The names of the keys of a map as AWS prints it: `{a=1, b=2}` becomes `{a=***, b=***}`. Text that may be something else
/// is masked as a whole: a value with a comma in it cannot be told from a further key.
fn keys(text: &str) -> String {
    let key = |entry: &str| {
        let (key, _) = entry.split_once('=')?;
        let is_name = key.bytes().all(|b| b.is_ascii_alphanumeric() || b" _.-/".contains(&b));
        (is_name && !key.is_empty()).then(|| format!("{key}={MASKED}"))
    };
    let map = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
    let keys: Option<Vec<String>> = map.and_then(|map| map.split(", ").map(key).collect());
    keys.map_or_else(|| MASKED.to_owned(), |keys| format!("{{{}}}", keys.join(", ")))
}

/// The text without these values; of values that overlap, the longer is masked.
pub(super) fn values(text: &str, secrets: &[&str]) -> String {
    let telling = |s: &&str| s.chars().count() >= 4 && !matches!(*s, "true" | "false");
    let mut secrets: Vec<&str> = secrets.iter().copied().filter(telling).collect();
    secrets.sort_by_key(|s| std::cmp::Reverse(s.len()));
    secrets.into_iter().fold(text.to_owned(), |text, secret| text.replace(secret, MASKED))
}

/// What must not be seen of a value of a resource: every text in attributes that are sensitive, or that users give secrets
/// to ([`MAY_HOLD_SECRETS`]). Keys of maps are no secrets.
pub fn secret_values<'a>(object: &Object, value: &'a Value) -> Vec<&'a str> {
    fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        found.extend(value.as_str());
        value.as_elements().into_iter().flatten().for_each(|v| texts(v, found));
        value.as_entries().into_iter().flatten().for_each(|(_, v)| texts(v, found));
    }
    fn walk<'a>(object: &Object, value: &'a Value, found: &mut Vec<&'a str>) {
        for attribute in &object.attributes {
            let value = value.attribute(&attribute.name);
            match &attribute.kind {
                _ if attribute.sensitive
                    || attribute.write_only
                    || MAY_HOLD_SECRETS.contains(&attribute.name.as_ref()) =>
                {
                    texts(value, found)
                }
                Kind::Leaf(_) => {}
                Kind::Nested(Nesting::Single, inner) => walk(inner, value, found),
                Kind::Nested(Nesting::Map, inner) => {
                    value.as_entries().into_iter().flatten().for_each(|(_, v)| walk(inner, v, found));
                }
                Kind::Nested(_, inner) => {
                    value.as_elements().into_iter().flatten().for_each(|v| walk(inner, v, found));
                }
            }
        }
    }
    let mut found = Vec::new();
    walk(object, value, &mut found);
    found
}

#[cfg(test)]
mod tests {
    use tfplug::schema::{Attribute, Mode, Type};

    use super::*;

    #[test]
    fn signature_errors_lose_the_repeated_request() {
        let masked = mask(
            "The request signature we calculated does not match.\n\nThe Canonical String for this request should have \
             been\n'POST\n/\nx-amz-security-token:FwoGZXIvYXdz'",
        );
        assert_eq!(masked, "The request signature we calculated does not match.");
    }

    #[test]
    fn tokens_and_signatures_are_masked() {
        for (text, wanted) in [
            ("GET https://b/?X-Amz-Signature=abc123&a=1", "GET https://b/?X-Amz-Signature=***&a=1"),
            ("header x-amz-security-token: IQoJb3JpZ2 rest", "header x-amz-security-token: *** rest"),
            ("Authorization: AWS4-HMAC-SHA256 Credential=AKIA/2026, Signature=ff", "Authorization: ***"),
            ("{\"SessionToken\":\"abc\",\"x\":1}", "{\"SessionToken\":\"***\",\"x\":1}"),
            ("nothing secret", "nothing secret"),
        ] {
            assert_eq!(mask(text), wanted);
        }
    }

    #[test]
    fn members_that_hold_secrets_lose_their_values() {
        let failed = |value: &str, member: &str| {
            format!(
                "2 validation errors detected: Value '{value}' at '{member}' failed to satisfy constraint: x; Value 'y' at 'name' failed too"
            )
        };
        for (value, member, wanted) in [
            ("{bad key=zzEnv1, B=zzEnv2}", "environment", "{bad key=***, B=***}"),
            ("{A=zz's 'own' zz}", "primaryContainer.environment", "{A=***}"),
            ("{A=one, two}", "hyperParameters", "***"),
            ("{A=one, (two)=3}", "hyper_parameters", "***"),
            ("zzValue", "containers.1.member.environment.KEY.member", "***"),
            ("zzValue", "/environment/KEY", "***"),
            ("ml.m9", "resourceConfig.instanceType", "ml.m9"),
            ("{A=b}", "environmentName", "{A=b}"),
        ] {
            assert_eq!(mask(&failed(value, member)), failed(wanted, member));
        }
    }

    #[test]
    fn given_values_are_masked_wherever_they_stand() {
        let error = super::super::AwsError {
            message: "hunter2-longer, hunter2, true, 17 and hunter2".to_owned(),
            ..Default::default()
        };
        let masked = error.masking(&["hunter2", "hunter2-longer", "17", "true", "no", "", "a"]).message;
        assert_eq!(masked, "***, ***, true, 17 and ***");
    }

    #[test]
    fn secrets_are_found_by_flag_and_by_name() {
        let leaf = |name: &'static str, t: Type| Attribute::new(name, Kind::Leaf(t), Mode::Optional, "x");
        let map = || Type::Map(Box::new(Type::String));
        let flagged = Attribute { sensitive: true, ..leaf("password", Type::String) };
        let inner = Object { attributes: vec![leaf("environment", map()), leaf("image", Type::String)], rules: vec![] };
        let containers = Attribute::new("containers", Kind::Nested(Nesting::List, inner), Mode::Optional, "x");
        let attributes = vec![leaf("hyper_parameters", map()), leaf("tags", map()), flagged, containers];
        let text = |key: &str, value: &str| Value::Map([(key.to_owned(), Value::from(value))].into());
        let value = Value::object([
            ("hyper_parameters", text("k1", "a")),
            ("tags", text("k2", "b")),
            ("password", Value::from("c")),
            (
                "containers",
                Value::List(vec![Value::object([("environment", text("k3", "d")), ("image", Value::from("e"))])]),
            ),
        ]);
        assert_eq!(secret_values(&Object { attributes, rules: vec![] }, &value), ["a", "c", "d"]);
    }
}
