//! The configuration that describes an existing object (`terraform plan -generate-config-out`).

use crate::schema::{Kind, Mode, Nesting, Object, Rule, TIMEOUTS};
use crate::value::Value;

/// From a state to a configuration: what the user can set, without what equals its default, is deprecated, secret, or
/// excluded by another attribute that is set.
pub(crate) fn config(object: &Object, state: &Value) -> Value {
    if state.is_null() {
        return Value::Null;
    }
    let mut config = Value::Object(
        object
            .attributes
            .iter()
            .map(|a| {
                let value = state.attribute(&a.name);
                let empty = value.as_elements().is_some_and(<[Value]>::is_empty)
                    || matches!(value, Value::Map(m) if m.is_empty());
                let unwanted = !a.mode.is_configurable()
                    || a.write_only
                    || a.sensitive
                    || a.deprecated.is_some()
                    || a.name == TIMEOUTS
                    || a.default.as_ref() == Some(value)
                    || (empty && a.mode != Mode::Required && a.default.is_none());
                (a.name.to_string(), if unwanted { Value::Null } else { inside(&a.kind, value) })
            })
            .collect(),
    );
    for rule in &object.rules {
        if let Rule::ExactlyOneOf(all) | Rule::AtMostOneOf(all) = rule {
            let set: Vec<_> = all.iter().filter(|n| !config.attribute(n).is_null()).cloned().collect();
            for surplus in set.iter().skip(1) {
                config.set_attribute(surplus, Value::Null);
            }
        }
    }
    config
}

fn inside(kind: &Kind, value: &Value) -> Value {
    let Kind::Nested(nesting, inner) = kind else { return value.clone() };
    match (nesting, value) {
        (Nesting::Single, v) => config(inner, v),
        (_, Value::List(v)) => Value::List(v.iter().map(|x| config(inner, x)).collect()),
        (_, Value::Set(v)) => Value::Set(v.iter().map(|x| config(inner, x)).collect()),
        (_, Value::Map(m)) => Value::Map(m.iter().map(|(k, x)| (k.clone(), config(inner, x))).collect()),
        (_, other) => other.clone(),
    }
}
