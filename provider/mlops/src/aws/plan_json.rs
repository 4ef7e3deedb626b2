//! JSON that a plan shows an element a line.
//!
//! Terraform prints a text that begins with a bracket and is JSON as an expression, with each value, each bracket and each key on a
//! line of its own: forty lines for a policy of three statements. Any other text is printed as it is, and compared line by line. So a
//! space before the first bracket, which JSON allows, leaves the layout to the provider. (Seen in Terraform 1.11 and 1.15 and in
//! OpenTofu.)

use serde_json::Value as Json;

/// Where a line is continued on the next one, if it can be.
const WIDTH: usize = 140;

/// A document in the layout of plans: the elements of its lists begin a line each.
pub fn laid_out(document: &Json) -> String {
    let Json::Object(members) = document else { return document.to_string() };
    let value = |value: &Json| match value {
        Json::Array(elements) if !elements.is_empty() => {
            let elements: Vec<String> = elements.iter().map(|element| wrapped(&element.to_string())).collect();
            format!("[\n  {}\n]", elements.join(",\n  "))
        }
        other => other.to_string(),
    };
    let members: Vec<String> =
        members.iter().map(|(name, of)| format!("{}:{}", Json::from(name.as_str()), value(of))).collect();
    format!(" {{{}}}", members.join(","))
}

/// What AWS says, in the same layout; text that is not JSON as it is.
pub fn read(text: String) -> String {
    serde_json::from_str(&text).map_or(text, |document| laid_out(&document))
}

/// What is sent of such a text: IAM takes no space before a policy ("JSON strings must not have leading spaces").
pub fn sent(text: &str) -> &str {
    text.trim_start()
}

/// Compact JSON, continued after commas.
fn wrapped(json: &str) -> String {
    let (mut text, mut length) = (String::new(), 0);
    for piece in pieces(json) {
        if length > 0 && length + piece.len() > WIDTH {
            text.push_str("\n    ");
            length = 0;
        }
        text.push_str(piece);
        length += piece.len();
    }
    text
}

/// Compact JSON cut after each comma that is not in a string.
fn pieces(json: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    json.split_inclusive(move |c: char| {
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        c == ',' && !quoted
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_element_of_a_list_is_a_line() {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Sid": "A" }, { "Sid": "B" }] });
        assert_eq!(
            laid_out(&policy),
            " {\"Statement\":[\n  {\"Sid\":\"A\"},\n  {\"Sid\":\"B\"}\n],\"Version\":\"2012-10-17\"}"
        );
    }

    #[test]
    fn what_is_long_is_continued_and_means_the_same() {
        let resources: Vec<String> =
            (0..40).map(|i| format!("arn:aws:s3:::bucket-{i}/\"quoted\", and\\,\u{e4}/*")).collect();
        for document in [
            json!({ "Statement": [{ "Action": "*", "Resource": resources }], "Empty": [], "Nested": { "list": [1, 2] } }),
            json!({ "Statement": { "Action": "*" } }),
            json!([1, 2]),
        ] {
            let text = laid_out(&document);
            assert_eq!(serde_json::from_str::<Json>(&text).unwrap(), document);
            assert_eq!(read(document.to_string()), text);
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH + 4), "{text}");
            assert!(!document.is_object() || !text.starts_with('{'), "Terraform would lay it out");
            assert!(sent(&text).starts_with(['{', '[']));
        }
        assert_eq!(read("no JSON".to_owned()), "no JSON");
    }
}
