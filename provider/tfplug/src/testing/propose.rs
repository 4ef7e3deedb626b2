//! What Terraform proposes to the provider: the configuration, completed from the prior state.

use super::schema::{Attribute, Attributes, at};
use crate::schema::Nesting;
use crate::value::{Path, Value};

/// Merges configuration and prior state as Terraform does before it asks for a plan.
///
/// A computed attribute that the configuration leaves open keeps its prior value. Everything else is as configured,
/// null included. Nested objects are merged element by element: lists by index, maps by key, sets by likeness.
pub fn propose(attributes: &Attributes, prior: &Value, config: &Value) -> Value {
    match config {
        Value::Object(_) => Value::Object(
            attributes
                .iter()
                .map(|(name, a)| (name.clone(), attribute(a, prior.attribute(name), config.attribute(name))))
                .collect(),
        ),
        other => other.clone(),
    }
}

fn attribute(a: &Attribute, prior: &Value, config: &Value) -> Value {
    if a.computed && config.is_null() {
        // The user took it away: what remains in the state is not the provider's alone.
        return if a.optional && has_configured_part(a, prior) { Value::Null } else { prior.clone() };
    }
    match (&a.nested, config) {
        (Some(_), Value::Null | Value::Unknown(_)) | (None, _) => config.clone(),
        (Some((nesting, inner)), _) => nested(*nesting, inner, prior, config),
    }
}

fn nested(nesting: Nesting, inner: &Attributes, prior: &Value, config: &Value) -> Value {
    match (nesting, config) {
        (Nesting::Single, _) => propose(inner, prior, config),
        (Nesting::List, Value::List(all)) => {
            let prior = prior.as_elements().unwrap_or_default();
            let element = |(i, c): (usize, &Value)| propose(inner, prior.get(i).unwrap_or(&Value::Null), c);
            Value::List(all.iter().enumerate().map(element).collect())
        }
        (Nesting::Map, Value::Map(all)) => {
            Value::Map(all.iter().map(|(k, c)| (k.clone(), propose(inner, prior.attribute(k), c))).collect())
        }
        (Nesting::Set, Value::Set(all)) => {
            let prior = prior.as_elements().unwrap_or_default();
            let mut used = vec![false; prior.len()];
            let element = |c: &Value| {
                let partner = (0..prior.len()).find(|i| !used[*i] && alike(inner, &prior[*i], c, &Path::root()));
                if let Some(i) = partner {
                    used[i] = true;
                }
                propose(inner, partner.map_or(&Value::Null, |i| &prior[i]), c)
            };
            Value::Set(all.iter().map(element).collect())
        }
        _ => config.clone(),
    }
}

/// Whether a nested value holds anything that only a configuration can have put there.
fn has_configured_part(a: &Attribute, value: &Value) -> bool {
    let Some((_, inner)) = &a.nested else { return false };
    let in_object = |object: &Value| {
        inner.iter().any(|(name, a)| {
            let v = object.attribute(name);
            !v.is_null() && (!a.computed || has_configured_part(a, v))
        })
    };
    match value {
        Value::Object(_) => in_object(value),
        Value::List(all) | Value::Set(all) => all.iter().any(in_object),
        Value::Map(all) => all.values().any(in_object),
        _ => false,
    }
}

/// Whether a prior element of a set may be what a configured one has become: they differ only where the configuration
/// is null and the attribute computed.
fn alike(attributes: &Attributes, prior: &Value, config: &Value, path: &Path) -> bool {
    if prior == config {
        return true;
    }
    match at(attributes, path) {
        Some(a) if a.nested.is_none() => return a.computed && config.is_null(),
        _ => {}
    }
    let both = |p: &Value, c: &Value, path: Path| alike(attributes, p, c, &path);
    match (prior, config) {
        (Value::Object(p), Value::Object(c)) => {
            p.iter().all(|(k, p)| c.get(k).is_some_and(|c| both(p, c, path.attribute(k))))
        }
        (Value::Map(p), Value::Map(c)) => {
            p.len() == c.len() && p.iter().all(|(k, p)| c.get(k).is_some_and(|c| both(p, c, path.key(k))))
        }
        (Value::List(p), Value::List(c)) => {
            p.len() == c.len() && p.iter().zip(c).enumerate().all(|(i, (p, c))| both(p, c, path.index(i)))
        }
        _ => at(attributes, path).is_some_and(|a| a.computed) && config.is_null(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Type;

    const REQUIRED: [bool; 3] = [true, false, false];
    const OPTIONAL: [bool; 3] = [false, true, false];
    const COMPUTED: [bool; 3] = [false, false, true];
    const BOTH: [bool; 3] = [false, true, true];

    fn leaf([required, optional, computed]: [bool; 3]) -> Attribute {
        let ty = Type::String;
        Attribute {
            ty,
            nested: None,
            required,
            optional,
            computed,
            sensitive: false,
            write_only: false,
            deprecated: false,
        }
    }

    fn nested(nesting: Nesting, mode: [bool; 3], inner: &[(&str, Attribute)]) -> Attribute {
        Attribute { ty: Type::Dynamic, nested: Some((nesting, attributes(inner))), ..leaf(mode) }
    }

    fn attributes(all: &[(&str, Attribute)]) -> Attributes {
        all.iter().map(|(k, a)| ((*k).to_owned(), a.clone())).collect()
    }

    fn object(all: &[(&str, Value)]) -> Value {
        Value::object(all.iter().map(|(k, v)| (*k, v.clone())))
    }

    fn text(s: &str) -> Value {
        Value::from(s)
    }

    #[test]
    fn computed_attributes_keep_their_prior_value() {
        let schema =
            attributes(&[("a", leaf(REQUIRED)), ("b", leaf(OPTIONAL)), ("c", leaf(COMPUTED)), ("d", leaf(BOTH))]);
        let prior = object(&[("a", text("1")), ("b", text("2")), ("c", text("3")), ("d", text("4"))]);
        let config = object(&[("a", text("new")), ("b", Value::Null), ("c", Value::Null), ("d", Value::Null)]);
        let proposed = object(&[("a", text("new")), ("b", Value::Null), ("c", text("3")), ("d", text("4"))]);
        assert_eq!(propose(&schema, &prior, &config), proposed);
        let created = object(&[("a", text("new")), ("b", Value::Null), ("c", Value::Null), ("d", Value::Null)]);
        assert_eq!(propose(&schema, &Value::Null, &config), created);
        assert_eq!(propose(&schema, &prior, &Value::Null), Value::Null);
    }

    #[test]
    fn nested_objects_merge_by_index_key_and_likeness() {
        let inner = [("k", leaf(REQUIRED)), ("id", leaf(COMPUTED))];
        let element = |k: &str, id: Option<&str>| object(&[("k", text(k)), ("id", Value::from(id.map(str::to_owned)))]);
        let merge = |nesting, prior: Value, config: Value| {
            let schema = attributes(&[("n", nested(nesting, OPTIONAL, &inner))]);
            propose(&schema, &object(&[("n", prior)]), &object(&[("n", config)])).attribute("n").clone()
        };
        let list = merge(
            Nesting::List,
            Value::List(vec![element("a", Some("1")), element("b", Some("2"))]),
            Value::List(vec![element("x", None), element("b", None), element("c", None)]),
        );
        assert_eq!(list, Value::List(vec![element("x", Some("1")), element("b", Some("2")), element("c", None)]));
        let set = merge(
            Nesting::Set,
            Value::Set(vec![element("a", Some("1")), element("b", Some("2"))]),
            Value::Set(vec![element("b", None), element("c", None)]),
        );
        assert_eq!(set, Value::Set(vec![element("b", Some("2")), element("c", None)]));
        let map = |all: &[(&str, Value)]| Value::Map(all.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect());
        let merged = merge(
            Nesting::Map,
            map(&[("x", element("a", Some("1")))]),
            map(&[("x", element("b", None)), ("y", element("c", None))]),
        );
        assert_eq!(merged, map(&[("x", element("b", Some("1"))), ("y", element("c", None))]));
        let single = merge(Nesting::Single, element("a", Some("1")), element("b", None));
        assert_eq!(single, element("b", Some("1")));
        assert!(merge(Nesting::Single, element("a", Some("1")), Value::unknown()).is_unknown());
    }

    #[test]
    fn a_removed_nested_object_is_not_proposed_again() {
        let prior = |k: Value| object(&[("n", object(&[("k", k), ("id", text("1"))]))]);
        let config = object(&[("n", Value::Null)]);
        let schema =
            attributes(&[("n", nested(Nesting::Single, BOTH, &[("k", leaf(OPTIONAL)), ("id", leaf(COMPUTED))]))]);
        assert_eq!(propose(&schema, &prior(text("user's")), &config), config);
        assert_eq!(propose(&schema, &prior(Value::Null), &config), prior(Value::Null), "wholly the provider's");
    }

    #[test]
    fn a_path_ends_at_an_attribute_or_at_none() {
        let schema = attributes(&[("n", nested(Nesting::List, OPTIONAL, &[("k", leaf(COMPUTED))]))]);
        assert!(at(&schema, &Path::parse("n")).is_some());
        assert!(at(&schema, &Path::parse("n[0]")).is_none());
        assert!(at(&schema, &Path::parse("n[0].k")).unwrap().computed);
        assert!(at(&schema, &Path::parse("n[0].x")).is_none());
    }
}
