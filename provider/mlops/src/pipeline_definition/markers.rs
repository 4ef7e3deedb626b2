//! Functions inside of text: how `provider::mlops::parameter("x")` travels in a string attribute.
//!
//! A marker is the function's JSON between two characters of Unicode's supplementary private use area B, which no standard
//! gives a meaning and no text of AWS's has. It is complete in itself, so that it may stand alone or within other text:
//! `"s3://${var.bucket}/${provider::mlops::parameter("prefix")}"`. What a function of Terraform's has cut or changed is no
//! marker any more, and is refused instead of being taken for text.

use serde_json::{Value as Json, json};

use super::expressions::is_expression;

const BEGIN: char = '\u{100000}';
const END: char = '\u{100001}';

/// The marker of a function.
pub fn encode(function: &Json) -> String {
    format!("{BEGIN}{function}{END}")
}

/// Whether text contains a marker, or what is left of one.
pub fn is_marked(text: &str) -> bool {
    text.contains([BEGIN, END])
}

/// What text stands for: itself, the function of its marker, or a join of its parts.
///
/// # Errors
/// What is wrong with a marker.
pub fn decode(text: &str) -> Result<Json, &'static str> {
    const BROKEN: &str = "contains a reference that was cut or changed after a function of the provider returned it. Use the \
                          result of `provider::mlops::parameter` and the like unchanged, alone or within other text";
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let (function, after) = after.split_once(END).ok_or(BROKEN)?;
        // Within JSON that `jsonencode` made, its quotes are escaped.
        let function: Json = serde_json::from_str(function)
            .or_else(|_| {
                serde_json::from_str::<String>(&format!("\"{function}\"")).and_then(|f| serde_json::from_str(&f))
            })
            .map_err(|_| BROKEN)?;
        if is_marked(before) || !is_expression(&function) {
            return Err(BROKEN);
        }
        parts.extend((!before.is_empty()).then(|| Json::from(before)));
        parts.push(function);
        rest = after;
    }
    if is_marked(rest) {
        return Err(BROKEN);
    }
    parts.extend((!rest.is_empty()).then(|| Json::from(rest)));
    Ok(match <[Json; 1]>::try_from(parts) {
        Ok([only]) => only,
        Err(parts) if parts.is_empty() => Json::from(""),
        Err(parts) => json!({ "Std:Join": { "On": "", "Values": parts } }),
    })
}

/// The same document with every text in it decoded.
///
/// # Errors
/// As for [`decode`].
pub fn decode_all(document: Json) -> Result<Json, &'static str> {
    Ok(match document {
        Json::String(text) => decode(&text)?,
        Json::Array(elements) => Json::Array(elements.into_iter().map(decode_all).collect::<Result<_, _>>()?),
        Json::Object(members) => {
            let decoded = members.into_iter().map(|(name, value)| match is_marked(&name) {
                true => Err("has a reference in the name of a member"),
                false => Ok((name, decode_all(value)?)),
            });
            Json::Object(decoded.collect::<Result<_, _>>()?)
        }
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_and_markers_are_functions() {
        let get = |name: &str| json!({ "Get": name });
        let x = encode(&get("Parameters.x"));
        for (text, expected) in [
            (String::new(), json!("")),
            ("{\"Get\": \"Parameters.x\"}".to_owned(), json!("{\"Get\": \"Parameters.x\"}")),
            (x.clone(), get("Parameters.x")),
            (format!("a{x}"), json!({"Std:Join": {"On": "", "Values": ["a", {"Get": "Parameters.x"}]}})),
            (
                format!("{x}/{}/c", encode(&get("Steps.a.B"))),
                json!({"Std:Join": {"On": "", "Values": [{"Get": "Parameters.x"}, "/", {"Get": "Steps.a.B"}, "/c"]}}),
            ),
        ] {
            assert_eq!(decode(&text), Ok(expected), "{text}");
        }
        let encoded = json!({ "a": x.clone() }).to_string();
        let expected = json!({"Std:Join": {"On": "", "Values": ["{\"a\":\"", {"Get": "Parameters.x"}, "\"}"]}});
        assert_eq!(decode(&encoded), Ok(expected), "within other JSON");
        let cut: String = x.chars().skip(1).collect();
        let upper = x.to_uppercase();
        for broken in [cut, x[..x.len() - 4].to_owned(), upper, x.replace("Get", "Got"), format!("{x}{END}")] {
            assert!(decode(&broken).is_err(), "{broken}");
        }
        let document = json!({"a": [x.clone(), 1], "b": {"c": "d"}});
        assert_eq!(decode_all(document), Ok(json!({"a": [{"Get": "Parameters.x"}, 1], "b": {"c": "d"}})));
        let mut odd = serde_json::Map::new();
        odd.insert(x, json!(1));
        assert!(decode_all(Json::Object(odd)).is_err());
    }
}
