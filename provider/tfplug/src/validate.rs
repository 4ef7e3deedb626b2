//! Tests of a configuration against its schema, beyond what Terraform tests itself.

use crate::diag::{Diag, Diags};
use crate::nulls;
use crate::schema::{Attribute, Kind, Mode, Nesting, Object, Rule};
use crate::validator::{Validator, elements};
use crate::value::{Path, Step, Value};

/// Names of attributes that users give secrets to, although they are not sensitive as a whole: no message shows a value in
/// them.
pub const MAY_HOLD_SECRETS: &[&str] = &["environment", "hyper_parameters"];

/// The most characters of a configured text that a message repeats. Longer ones tell the reader little, and may be keys,
/// tokens or whole documents.
const SHOWN: usize = 64;

/// Tests the configured values: validators, rules between attributes, values given to read-only attributes, null given to
/// required ones or as an element, write-only values for a Terraform that does not know of them. Unknown values pass.
///
/// The framework tests every configuration with its schema. A provider calls this for values that its schema has in another
/// form than the object they are meant for.
pub fn config(object: &Object, config: &Value, write_only_allowed: bool) -> Diags {
    let mut diags = Diags::new();
    walk(object, config, &Path::root(), write_only_allowed, &mut diags);
    diags
}

fn walk(object: &Object, config: &Value, path: &Path, write_only_allowed: bool, diags: &mut Diags) {
    if config.is_null() || config.is_unknown() {
        return;
    }
    for a in &object.attributes {
        let value = config.attribute(&a.name);
        let here = path.attribute(&a.name);
        if value.is_null() {
            // Terraform takes an explicit null for a value.
            if a.mode == Mode::Required {
                let detail = format!("The attribute `{here}` is required, and is null. Set it to a value.");
                diags.push(Diag::error("Missing required attribute", detail).at(here));
            }
            continue;
        }
        if a.mode == Mode::Computed {
            let detail = format!(
                "The attribute `{here}` is read-only: the provider computes it. Remove it from the configuration."
            );
            diags.push(Diag::error("Value for a read-only attribute", detail).at(here));
            continue;
        }
        if a.write_only && !write_only_allowed {
            let detail =
                format!("The attribute `{here}` is write-only, which needs Terraform 1.11 or OpenTofu 1.11 or later.");
            diags.push(Diag::error("Write-only attribute not supported", detail).at(here.clone()));
        }
        if value.is_unknown() {
            continue;
        }
        nulls::refuse(a, value, &here, diags);
        let is_range = |v: &&Validator| matches!(v, Validator::Range { .. });
        // The type brings a range of its own; the one that the field adds says it better.
        let range = a.validators.iter().rfind(|v| is_range(v) && !v.accepts(value));
        let before = diags.0.len();
        for validator in a.validators.iter().filter(|v| !is_range(v) && !v.fallback()).chain(range) {
            test(a, validator, value, &here, diags);
        }
        let told = diags.0.len() > before;
        for validator in a.validators.iter().filter(|v| v.fallback() && !told) {
            test(a, validator, value, &here, diags);
        }
        let Kind::Nested(nesting, inner) = &a.kind else { continue };
        let mut descend = |v: &Value, p: &Path| walk(inner, v, p, write_only_allowed, diags);
        match (nesting, value) {
            (Nesting::Single, v) => descend(v, &here),
            (Nesting::Set, Value::Set(v)) => v.iter().for_each(|v| descend(v, &here.element())),
            (_, Value::List(v)) => v.iter().enumerate().for_each(|(i, v)| descend(v, &here.index(i))),
            (_, Value::Map(m)) => m.iter().for_each(|(k, v)| descend(v, &here.key(k))),
            _ => {}
        }
    }
    for rule in &object.rules {
        obey(rule, config, path, diags);
    }
}

fn test(a: &Attribute, validator: &Validator, value: &Value, path: &Path, diags: &mut Diags) {
    if validator.accepts(value) {
        return;
    }
    let elementwise = !validator.whole();
    match value {
        Value::List(v) if elementwise => {
            v.iter().enumerate().for_each(|(i, v)| test(a, validator, v, &path.index(i), diags));
        }
        Value::Map(m) if elementwise => m.iter().for_each(|(k, v)| test(a, validator, v, &path.key(k), diags)),
        Value::Set(v) if elementwise => v.iter().for_each(|v| test(a, validator, v, &path.element(), diags)),
        _ => {
            let hidden =
                |step: &Step| matches!(step, Step::Attribute(name) if MAY_HOLD_SECRETS.contains(&name.as_str()));
            let got = match value {
                _ if a.sensitive => "The given value is sensitive and not shown".to_owned(),
                _ if path.0.iter().any(hidden) => "The given value may be a secret and is not shown".to_owned(),
                Value::String(s) if s.chars().count() > SHOWN => {
                    format!("Got a string of {} characters", s.chars().count())
                }
                Value::String(s) => format!("Got {s:?}"),
                Value::Number(n) => format!("Got {n}"),
                Value::List(v) | Value::Set(v) => format!("Got {} elements", v.len()),
                Value::Map(m) => format!("Got {} elements", m.len()),
                other => format!("Got a {}", other.kind()),
            };
            let detail = match validator {
                Validator::Count { min, max } if value.is_empty() && a.mode != Mode::Required => {
                    format!(
                        "The attribute `{path}` must have {}. Leave it out or set it to null for none.",
                        elements(*min, *max)
                    )
                }
                Validator::Count { min, max } => {
                    format!("The attribute `{path}` must have {}. {got}.", elements(*min, *max))
                }
                _ => format!("The attribute `{path}` must be {}. {got}.", validator.expected()),
            };
            diags.push(Diag::error("Invalid attribute value", detail).at(path.clone()));
        }
    }
}

fn obey(rule: &Rule, config: &Value, path: &Path, diags: &mut Diags) {
    let set = |n: &&crate::schema::Text| !config.attribute(n).is_null();
    let known = |n: &&crate::schema::Text| set(n) && !config.attribute(n).is_unknown();
    let unknown = |all: &[crate::schema::Text]| all.iter().any(|n| config.attribute(n).is_unknown());
    let list = |all: &[crate::schema::Text]| all.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    let (broken, at) = match rule {
        Rule::ExactlyOneOf(all) | Rule::AtLeastOneOf(all) if all.iter().filter(set).count() == 0 && !unknown(all) => {
            let count = if matches!(rule, Rule::ExactlyOneOf(_)) { "Exactly" } else { "At least" };
            (Some(format!("{count} one of {} must be set, and none is.", list(all))), None)
        }
        Rule::ExactlyOneOf(all) | Rule::AtMostOneOf(all) if all.iter().filter(known).count() > 1 => {
            let second = all.iter().filter(known).nth(1);
            (Some(format!("Only one of {} may be set.", list(all))), second)
        }
        Rule::Requires(first, all) if known(&first) => {
            let missing: Vec<_> = all.iter().filter(|n| !set(n)).cloned().collect();
            let text = format!("`{first}` requires {} to be set, too.", list(&missing));
            ((!missing.is_empty()).then_some(text), Some(first))
        }
        _ => (None, None),
    };
    if let Some(detail) = broken {
        let path = at.map_or_else(|| path.clone(), |n| path.attribute(n));
        diags.push(Diag::error("Invalid combination of attributes", detail).at(path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Type;

    /// What is said of `value` in the attribute `name`, which takes nothing.
    fn said(name: &'static str, sensitive: bool, value: Value) -> String {
        let nothing = Validator::Text { expected: "nothing", accepts: |_| false };
        let kind = Kind::Leaf(Type::String);
        let attribute =
            Attribute { sensitive, validators: vec![nothing], ..Attribute::new(name, kind, Mode::Optional, "x") };
        let object = Object { attributes: vec![attribute], rules: vec![] };
        config(&object, &Value::object([(name, value)]), true).to_string()
    }

    #[test]
    fn a_value_is_repeated_only_where_it_can_be_no_secret() {
        let secret = "zz-secret";
        let map = || Value::Map([("key".to_owned(), Value::from(secret))].into());
        assert!(said("name", false, Value::from(secret)).contains(secret));
        assert!(said("tags", false, map()).contains(secret));
        for (name, sensitive, value) in [
            ("name", true, Value::from(secret)),
            ("environment", false, map()),
            ("hyper_parameters", false, map()),
            ("name", false, Value::from(format!("{secret}{}", "x".repeat(64)))),
        ] {
            let said = said(name, sensitive, value);
            assert!(said.contains("must be nothing") && !said.contains(secret), "{said}");
        }
        assert!(said("name", false, Value::from("ä".repeat(65))).contains("a string of 65 characters"));
    }

    /// Accepts what has no digit.
    #[derive(Debug)]
    struct NoDigit;

    impl crate::validator::Validate for NoDigit {
        fn expected(&self) -> String {
            "without digits".to_owned()
        }

        fn accepts(&self, value: &Value) -> bool {
            !value.as_str().unwrap_or_default().contains(|c: char| c.is_ascii_digit())
        }

        fn fallback(&self) -> bool {
            true
        }
    }

    #[test]
    fn a_fallback_is_told_only_where_nothing_else_is() {
        let short = Validator::Length { min: 1, max: 3 };
        let kind = Kind::Leaf(Type::String);
        let validators = vec![Validator::Custom(&NoDigit), short];
        let attribute = Attribute { validators, ..Attribute::new("a", kind, Mode::Optional, "x") };
        let object = Object { attributes: vec![attribute], rules: vec![] };
        let said = |value: &str| config(&object, &Value::object([("a", Value::from(value))]), true);
        assert_eq!(said("abc").0, []);
        for (value, told) in [("a1", "without digits"), ("abcde", "1 to 3 characters"), ("abcd5", "1 to 3 characters")]
        {
            let diags = said(value);
            assert!(diags.0.len() == 1 && diags.to_string().contains(told), "{value}: {diags}");
        }
        let mut page = String::new();
        crate::docs::describe(&mut page, &object);
        assert!(page.contains("1 to 3 characters") && !page.contains("digits"), "{page}");
    }
}
