//! Random types and values.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use tfplug::number::Number;
use tfplug::schema::Type;
use tfplug::value::{Unknown, Value};

/// Any type, a few levels deep.
pub(crate) fn any_type() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![Just(Type::String), Just(Type::Number), Just(Type::Bool), Just(Type::Dynamic)];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            btree_map("[a-z][a-z0-9_]{0,6}", inner.clone(), 0..5).prop_map(Type::Object),
            vec(inner, 0..4).prop_map(Type::Tuple),
        ]
    })
}

/// Any number: whole or not, inside and outside what 64 bits hold.
pub(crate) fn any_number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        (-300_i64..300).prop_map(Number::from),
        any::<f64>().prop_filter_map("finite", Number::from_f64_exact),
        any::<f32>().prop_filter_map("finite", Number::from_f32),
        "-?[0-9]{1,40}(\\.[0-9]{1,30})?(e-?[0-9]{1,2})?".prop_map(|s| s.parse().unwrap()),
    ]
}

fn any_unknown(ty: &Type) -> BoxedStrategy<Value> {
    // Nothing can be promised of a value whose very type is open.
    if *ty == Type::Dynamic {
        return Just(Value::unknown()).boxed();
    }
    let prefix = if *ty == Type::String { proptest::option::of("[a-zé-]{1,8}").boxed() } else { Just(None).boxed() };
    (any::<bool>(), prefix).prop_map(|(not_null, prefix)| Value::Unknown(Unknown { not_null, prefix })).boxed()
}

/// Any value of a type; unknown in part, if so wished.
pub(crate) fn any_value(ty: Type, unknowns: bool) -> BoxedStrategy<Value> {
    let set = any_set_value(ty.clone(), unknowns);
    if unknowns {
        prop_oneof![8 => set, 1 => Just(Value::Null), 1 => any_unknown(&ty)].boxed()
    } else {
        prop_oneof![8 => set, 1 => Just(Value::Null)].boxed()
    }
}

/// A set of these values, each of them once.
pub(crate) fn set(all: Vec<Value>) -> Value {
    let mut once: Vec<Value> = Vec::new();
    for value in all {
        if !once.contains(&value) {
            once.push(value);
        }
    }
    Value::Set(once)
}

/// Any value of a type that is neither null nor unknown itself. Its parts may be null, or unknown if so wished.
pub(crate) fn any_set_value(ty: Type, unknowns: bool) -> BoxedStrategy<Value> {
    match &ty {
        Type::String => prop_oneof!["[ -~]{0,12}", "\\PC{0,6}"].prop_map(Value::from).boxed(),
        Type::Number => any_number().prop_map(Value::Number).boxed(),
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Dynamic => any_type()
            .prop_filter("says nothing", |t| *t != Type::Dynamic)
            .prop_flat_map(move |t| {
                let value = any_value(t.clone(), unknowns);
                (Just(t), value)
            })
            .prop_map(|pair| Value::Dynamic(Box::new(pair)))
            .boxed(),
        Type::List(t) => vec(any_value(*t.clone(), unknowns), 0..5).prop_map(Value::List).boxed(),
        Type::Set(t) => vec(any_value(*t.clone(), unknowns), 0..5).prop_map(set).boxed(),
        Type::Map(t) => btree_map("[ -~]{0,8}", any_value(*t.clone(), unknowns), 0..5).prop_map(Value::Map).boxed(),
        Type::Object(types) => types
            .iter()
            .map(|(name, t)| (Just(name.clone()), any_value(t.clone(), unknowns)))
            .collect::<Vec<_>>()
            .prop_map(|all| Value::Object(all.into_iter().collect()))
            .boxed(),
        Type::Tuple(types) => {
            types.iter().map(|t| any_value(t.clone(), unknowns)).collect::<Vec<_>>().prop_map(Value::List).boxed()
        }
    }
}

/// A type and a value of it.
pub(crate) fn any_typed_value(unknowns: bool) -> impl Strategy<Value = (Type, Value)> {
    any_type().prop_flat_map(move |t| (Just(t.clone()), any_value(t, unknowns)))
}
