//! Objects of a definition that are not arguments: which members they have, and of which types.

use serde_json::{Map, Value as Json};
use tfplug::value::Path;

use super::Findings;
use super::expressions::{is_expression, is_later};

/// How alike two names are, from 0 to 1, for the one to be a misspelling of the other.
const ALIKE: f64 = 0.7;

/// The name that was probably meant.
pub(super) fn meant<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let alike =
        |other: &str| strsim::normalized_damerau_levenshtein(&name.to_ascii_lowercase(), &other.to_ascii_lowercase());
    let best = names.into_iter().map(|other| (alike(other), other)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(alike, _)| *alike >= ALIKE).map(|(_, name)| name)
}

/// The end of a message about a name that does not exist.
pub fn suggestion<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    meant(name, names).map_or_else(String::new, |meant| format!(" Did you mean '{meant}'?"))
}

/// The members of a value that must be an object; none if it is not known yet.
pub(super) fn object<'a>(value: &'a Json, path: &Path, findings: &mut Findings) -> Option<&'a Map<String, Json>> {
    if is_later(value) {
        return None;
    }
    if value.as_object().is_none() {
        findings.error(path, format!("Expecting start of Json Object. Found {}.", named(value)));
    }
    value.as_object()
}

/// The elements of a value that must be an array; none if it is not known yet.
pub(super) fn array<'a>(value: &'a Json, path: &Path, findings: &mut Findings) -> Option<&'a [Json]> {
    if value.as_array().is_none() && !is_later(value) {
        findings.error(path, format!("Expecting start of Json Array. Found {}.", named(value)));
    }
    value.as_array().map(Vec::as_slice)
}

/// What a value is, in words.
pub(super) fn named(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(b) => format!("the boolean {b}"),
        Json::Number(n) => format!("the number {n}"),
        Json::String(s) if s.chars().count() > 64 => "a string".to_owned(),
        Json::String(s) => format!("the string {s:?}"),
        Json::Array(_) => "an array".to_owned(),
        Json::Object(_) if is_expression(value) => "a function, which stands for a single value only".to_owned(),
        Json::Object(_) => "an object".to_owned(),
    }
}

/// Tests that an object has no other members. A misspelt one AWS refuses (issue 2746); any other may be new.
pub(super) fn known(object: &Map<String, Json>, allowed: &[&str], path: &Path, findings: &mut Findings) {
    for name in object.keys().filter(|name| !allowed.contains(&name.as_str())) {
        let here = path.attribute(name);
        let text = format!("Cannot parse object, unknown property '{name}'.");
        match meant(name, allowed.iter().copied()) {
            Some(meant) => findings.error(&here, format!("{text} Did you mean '{meant}'?")),
            None => {
                findings.warn(&here, format!("{text} AWS refuses it unless the property is newer than this provider."))
            }
        }
    }
}

/// Tests that an object has no other members, all of which are known.
pub(super) fn only(object: &Map<String, Json>, allowed: &[&str], path: &Path, findings: &mut Findings) {
    for name in object.keys().filter(|name| !allowed.contains(&name.as_str())) {
        let suggestion = suggestion(name, allowed.iter().copied());
        findings.error(&path.attribute(name), format!("Cannot parse object, unknown property '{name}'.{suggestion}"));
    }
}

/// Text that a member must be; None if it is not known yet, or missing or something else, which is then an error.
pub(super) fn text<'a>(
    object: &'a Map<String, Json>,
    member: &str,
    path: &Path,
    findings: &mut Findings,
) -> Option<&'a str> {
    match object.get(member) {
        None => findings.error(path, format!("{member} is missing.")),
        Some(Json::String(s)) => return Some(s),
        Some(value) if is_later(value) => {}
        Some(other) => {
            findings.error(&path.attribute(member), format!("{member} must be a string. Found {}.", named(other)));
        }
    }
    None
}

/// Text of a member that may be left out, of at most so many characters.
pub(super) fn optional_text(
    object: &Map<String, Json>,
    member: &str,
    most: usize,
    path: &Path,
    findings: &mut Findings,
) {
    let here = path.attribute(member);
    match object.get(member) {
        None | Some(Json::Null) => {}
        Some(value) if is_later(value) => {}
        Some(Json::String(s)) if s.chars().count() > most => {
            findings.error(&here, format!("{member} has more than {most} characters."));
        }
        Some(Json::String(_)) => {}
        Some(other) => findings.error(&here, format!("{member} must be a string. Found {}.", named(other))),
    }
}

/// Whether this is the name of a parameter or step (JSON schema).
pub fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
