//! Random schemas, and configurations for them.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use tfplug::schema::{Attribute, Equality, Kind, Mode, Nesting, NullElements, Object, OnUpdate, Type};
use tfplug::value::{Path, Value};

use crate::random;

/// Any value of a type but null, as Terraform passes it on: its text is normalized.
fn any_set_value(ty: Type) -> BoxedStrategy<Value> {
    random::any_set_value(ty, false).prop_map(Value::normalized).boxed()
}

/// Attributes of every kind and mode, some with nested objects, for a resource.
pub(crate) fn any_attributes() -> impl Strategy<Value = Vec<Attribute>> {
    attributes("a", 2, false).prop_flat_map(|all| {
        let count = all.len();
        (Just(all), vec((0..3_u8, 0..count), count)).prop_map(|(mut all, choices)| {
            let names: Vec<_> = all.iter().map(|a| a.name.clone()).collect();
            for (a, (choice, other)) in all.iter_mut().zip(choices) {
                a.on_update = match choice {
                    0 => OnUpdate::Unknown,
                    1 => OnUpdate::UseStateForUnknown,
                    _ => OnUpdate::ChangesWith(vec![names[other].clone()]),
                };
            }
            all
        })
    })
}

fn attributes(prefix: &str, depth: u8, in_set: bool) -> BoxedStrategy<Vec<Attribute>> {
    let named = |n: usize| (0..n).map(|i| attribute(format!("{prefix}{i}"), depth, in_set)).collect::<Vec<_>>();
    prop_oneof![named(1), named(2), named(4)].boxed()
}

fn attribute(name: String, depth: u8, in_set: bool) -> BoxedStrategy<Attribute> {
    if depth == 0 {
        leaf(name, in_set)
    } else {
        prop_oneof![3 => leaf(name.clone(), in_set), 2 => nested(name, depth, in_set)].boxed()
    }
}

/// Which modes an attribute may have. Terraform pairs set elements by guessing, so nothing in a set is computed.
fn mode(in_set: bool) -> impl Strategy<Value = Mode> {
    let all = [Mode::Required, Mode::Optional, Mode::Computed, Mode::OptionalComputed];
    prop::sample::select(all[..if in_set { 2 } else { 4 }].to_vec())
}

fn nested(name: String, depth: u8, in_set: bool) -> BoxedStrategy<Attribute> {
    let nesting = prop::sample::select(vec![Nesting::Single, Nesting::List, Nesting::Set, Nesting::Map]);
    (nesting, mode(in_set), 0..6_u8)
        .prop_flat_map(move |(nesting, mode, replace)| {
            let inner = attributes(&format!("{name}_"), depth - 1, in_set || nesting == Nesting::Set);
            (Just((name.clone(), nesting, mode, replace)), inner)
        })
        .prop_map(move |((name, nesting, mode, replace), attributes)| {
            let kind = Kind::Nested(nesting, Object { attributes, rules: Vec::new() });
            let mut a = Attribute::new(name, kind, mode, "Nested objects.");
            a.requires_replace = replace == 0 && mode.is_configurable() && !in_set;
            a
        })
        .boxed()
}

fn leaf(name: String, in_set: bool) -> BoxedStrategy<Attribute> {
    (leaf_type(in_set), mode(in_set))
        .prop_flat_map(|(ty, mode)| {
            let default = match mode {
                Mode::OptionalComputed => option::weighted(0.3, any_set_value(ty.clone())).boxed(),
                _ => Just(None).boxed(),
            };
            (Just((ty, mode)), default, 0..10_u8, 0..3_u8)
        })
        .prop_map(move |((ty, mode), default, flag, nulls)| {
            let text = ty == Type::String;
            let default = default.map(|v| without_nulls(&ty, v));
            let mut a = Attribute::new(name.clone(), Kind::Leaf(ty), mode, "A leaf.");
            if nulls == 0 {
                a.null_elements = NullElements::Kept;
            }
            if text && !in_set {
                a.equality = Equality::Custom(same_letters);
            }
            a.default = default;
            a.write_only = flag == 0 && !in_set && !mode.is_computed();
            a.requires_replace = (1..4).contains(&flag) && mode.is_configurable() && !in_set;
            a.sensitive = flag == 4;
            a
        })
        .boxed()
}

fn leaf_type(in_set: bool) -> BoxedStrategy<Type> {
    let object = Type::Object([("x".to_owned(), Type::String), ("y".to_owned(), Type::Bool.list())].into());
    let plain = prop::sample::select(vec![
        Type::String,
        Type::String,
        Type::Number,
        Type::Bool,
        Type::String.list(),
        Type::Number.set(),
        Type::String.map(),
        Type::String.set().list(),
        object,
        Type::Tuple(vec![Type::Bool, Type::Number.list()]),
    ]);
    if in_set { plain.boxed() } else { prop_oneof![9 => plain, 1 => Just(Type::Dynamic)].boxed() }
}

fn same_letters(a: &Value, b: &Value) -> bool {
    matches!((a, b), (Value::String(a), Value::String(b)) if a.eq_ignore_ascii_case(b))
}

/// A configuration in which everything is known.
pub(crate) fn any_config(object: &Object) -> BoxedStrategy<Value> {
    let attribute = |a: &Attribute| {
        let value = match a.mode {
            Mode::Required => any_configured(a),
            Mode::Computed => Just(Value::Null).boxed(),
            _ => prop_oneof![any_configured(a), Just(Value::Null)].boxed(),
        };
        (Just(a.name.to_string()), value)
    };
    let all: Vec<_> = object.attributes.iter().map(attribute).collect();
    all.prop_map(|all| Value::Object(all.into_iter().collect())).boxed()
}

fn any_configured(a: &Attribute) -> BoxedStrategy<Value> {
    let (nesting, inner) = match &a.kind {
        Kind::Leaf(ty) if a.null_elements == NullElements::Refused => {
            let ty = ty.clone();
            return any_set_value(ty.clone()).prop_map(move |v| without_nulls(&ty, v)).boxed();
        }
        Kind::Leaf(ty) => return any_set_value(ty.clone()),
        Kind::Nested(nesting, inner) => (nesting, any_config(inner)),
    };
    match nesting {
        Nesting::Single => inner,
        Nesting::List => vec(inner, 0..3).prop_map(Value::List).boxed(),
        Nesting::Map => btree_map("[a-c]", inner, 0..3).prop_map(Value::Map).boxed(),
        Nesting::Set => vec(inner, 0..3).prop_map(random::set).boxed(),
    }
}

/// The same value without null elements, which are refused.
fn without_nulls(ty: &Type, value: Value) -> Value {
    match (ty, value) {
        (Type::List(inner), Value::List(all)) => Value::List(elements(inner, all)),
        (Type::Set(inner), Value::Set(all)) => random::set(elements(inner, all)),
        (Type::Map(inner), Value::Map(all)) => Value::Map(
            all.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k, without_nulls(inner, v))).collect(),
        ),
        (Type::Object(types), Value::Object(mut all)) => Value::Object(
            types.iter().map(|(k, t)| (k.clone(), without_nulls(t, all.remove(k).unwrap_or(Value::Null)))).collect(),
        ),
        (Type::Tuple(types), Value::List(all)) => {
            Value::List(types.iter().zip(all).map(|(t, v)| without_nulls(t, v)).collect())
        }
        (_, value) => value,
    }
}

fn elements(ty: &Type, all: Vec<Value>) -> Vec<Value> {
    all.into_iter().filter(|v| !v.is_null()).map(|v| without_nulls(ty, v)).collect()
}

/// The same configuration as it may look while parts of it are not known yet. What is null may turn out so later.
pub(crate) fn veil(object: &Object, config: &Value, dice: &mut impl Iterator<Item = u8>) -> Value {
    let mut hidden = |chance: u8| dice.next().is_some_and(|n| n < chance);
    fn inside(object: &Object, config: &Value, hidden: &mut dyn FnMut(u8) -> bool) -> Value {
        let attribute = |a: &Attribute| {
            let value = config.attribute(&a.name);
            let veiled = match &a.kind {
                _ if a.mode == Mode::Computed => Value::Null,
                _ if hidden(50) => Value::unknown(),
                Kind::Leaf(_) => value.clone().transform(&Path::root(), &mut |_, v| {
                    if hidden(10) { Value::unknown() } else { v }
                }),
                Kind::Nested(_, inner) => match value {
                    Value::Object(_) => inside(inner, value, hidden),
                    Value::List(all) => Value::List(all.iter().map(|v| inside(inner, v, hidden)).collect()),
                    Value::Set(all) => Value::Set(all.iter().map(|v| inside(inner, v, hidden)).collect()),
                    Value::Map(all) => {
                        Value::Map(all.iter().map(|(k, v)| (k.clone(), inside(inner, v, hidden))).collect())
                    }
                    other => other.clone(),
                },
            };
            (a.name.to_string(), veiled)
        };
        Value::Object(object.attributes.iter().map(attribute).collect())
    }
    inside(object, config, &mut hidden)
}
