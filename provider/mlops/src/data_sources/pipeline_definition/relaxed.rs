//! Attributes that take a reference wherever AWS takes a value.
//!
//! A reference is text. So every single value is a string in the schema, also where AWS wants a number or a truth value:
//! Terraform turns `instance_count = 2` into `"2"` by itself, and the definition has the number again. A schema of dynamic type
//! would keep the number, but Terraform allows none inside of lists.

use tfplug::diag::{Diag, Diags};
use tfplug::schema::{Attribute, Kind, Mode, Nesting, Object, OnUpdate, Rule, Type};
use tfplug::value::{Path, Value};

use crate::pipeline_definition::markers;

const TAGS: &str = "Tags of the object. `default_tags` of the provider block do not apply to what a pipeline creates.";

/// The arguments among the attributes of a resource: what the user sets and AWS takes, without defaults, for a definition has
/// what is written and nothing else. The order of what is a set elsewhere is kept, as it is the order in the definition.
/// `without` are members that a definition must not have.
pub(super) fn arguments(object: &Object, without: &[String]) -> Object {
    let is_argument = |a: &&Attribute| {
        a.mode.is_configurable() && !a.provider_only && !without.iter().any(|name| name == a.member_name())
    };
    let attributes: Vec<Attribute> = object
        .attributes
        .iter()
        .filter(is_argument)
        .map(|a| Attribute {
            kind: match &a.kind {
                Kind::Nested(Nesting::Set, inner) => Kind::Nested(Nesting::List, arguments(inner, without)),
                Kind::Nested(nesting, inner) => Kind::Nested(*nesting, arguments(inner, without)),
                Kind::Leaf(Type::Set(t)) => Kind::Leaf(Type::List(t.clone())),
                leaf @ Kind::Leaf(_) => leaf.clone(),
            },
            description: if a.tags { TAGS.into() } else { a.description.clone() },
            mode: if a.mode == Mode::Required { Mode::Required } else { Mode::Optional },
            requires_replace: false,
            on_update: OnUpdate::Unknown,
            default: None,
            equality: tfplug::schema::Equality::Exact,
            ..a.clone()
        })
        .collect();
    let has = |name: &tfplug::schema::Text| attributes.iter().any(|a| a.name == *name);
    let applies = |rule: &&Rule| match rule {
        Rule::ExactlyOneOf(all) | Rule::AtMostOneOf(all) | Rule::AtLeastOneOf(all) => all.iter().all(has),
        Rule::Requires(first, others) => has(first) && others.iter().all(has),
    };
    let rules = object.rules.iter().filter(applies).cloned().collect();
    Object { attributes, rules }
}

/// The same attributes, each single value a string, and without tests, which are for values and not for references.
pub(super) fn relaxed(object: &Object) -> Object {
    let attributes = object.attributes.iter().map(|a| Attribute {
        kind: match &a.kind {
            Kind::Nested(nesting, inner) => Kind::Nested(*nesting, relaxed(inner)),
            Kind::Leaf(t) => Kind::Leaf(texts(t)),
        },
        validators: Vec::new(),
        tags: false,
        ..a.clone()
    });
    Object { attributes: attributes.collect(), rules: Vec::new() }
}

fn texts(t: &Type) -> Type {
    match t {
        Type::Number | Type::Bool => Type::String,
        Type::List(t) => texts(t).list(),
        Type::Map(t) => texts(t).map(),
        other => other.clone(),
    }
}

/// A configured value with the types that its attributes really have, so that it can be tested. References are not known.
pub(super) fn restored(object: &Object, value: &Value, path: &Path, diags: &mut Diags) -> Value {
    let Value::Object(_) = value else { return value.clone() };
    let attributes = object.attributes.iter().map(|a| {
        let here = path.attribute(&a.name);
        (a.name.to_string(), restored_kind(&a.kind, value.attribute(&a.name), &here, diags))
    });
    Value::Object(attributes.collect())
}

fn restored_kind(kind: &Kind, value: &Value, path: &Path, diags: &mut Diags) -> Value {
    match (kind, value) {
        (Kind::Nested(_, inner), Value::List(v)) => {
            Value::List(v.iter().enumerate().map(|(i, x)| restored(inner, x, &path.index(i), diags)).collect())
        }
        (Kind::Nested(Nesting::Map, inner), Value::Map(m)) => {
            Value::Map(m.iter().map(|(k, x)| (k.clone(), restored(inner, x, &path.key(k), diags))).collect())
        }
        (Kind::Nested(_, inner), v) => restored(inner, v, path, diags),
        (Kind::Leaf(t), v) => restored_type(t, v, path, diags),
    }
}

fn restored_type(t: &Type, value: &Value, path: &Path, diags: &mut Diags) -> Value {
    match (t, value) {
        (Type::List(t), Value::List(v)) => {
            Value::List(v.iter().enumerate().map(|(i, x)| restored_type(t, x, &path.index(i), diags)).collect())
        }
        (Type::Map(t), Value::Map(m)) => {
            Value::Map(m.iter().map(|(k, x)| (k.clone(), restored_type(t, x, &path.key(k), diags))).collect())
        }
        (t, Value::String(text)) if markers::is_marked(text) => {
            match (t, markers::decode(text)) {
                (_, Err(e)) => {
                    let detail = format!("The attribute `{path}` {e}.");
                    diags.push(Diag::error("Invalid reference", detail).at(path.clone()));
                }
                (Type::Number | Type::Bool, Ok(function)) if function.get("Std:Join").is_some() => {
                    diags.push(not_of_type(t, path));
                }
                _ => {}
            }
            Value::unknown()
        }
        (Type::Number | Type::Bool, Value::String(text)) => {
            let restored = match t {
                Type::Number => text.parse().ok().map(Value::Number),
                _ => text.parse().ok().map(Value::Bool),
            };
            restored.unwrap_or_else(|| {
                diags.push(not_of_type(t, path));
                Value::unknown()
            })
        }
        (_, v) => v.clone(),
    }
}

fn not_of_type(t: &Type, path: &Path) -> Diag {
    let wanted = if *t == Type::Bool { "`true` or `false`" } else { "a number" };
    let detail = format!(
        "The attribute `{path}` must be {wanted}, or a reference to such a value, which must not be part of other text."
    );
    Diag::error("Invalid attribute value", detail).at(path.clone())
}
