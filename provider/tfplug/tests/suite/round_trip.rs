//! What is encoded decodes to the same value.

use proptest::prelude::*;
use tfplug::value::{Path, Value};
use tfplug::{json, msgpack};

use crate::random::{any_number, any_type, any_typed_value};

proptest! {
    #[test]
    fn types_through_json(ty in any_type()) {
        prop_assert_eq!(json::type_from_json(&json::type_to_json(&ty)), Ok(ty));
    }

    #[test]
    fn values_through_msgpack((ty, value) in any_typed_value(true)) {
        let bytes = msgpack::encode(&value, &ty).unwrap();
        let back = msgpack::decode(&bytes, &ty).unwrap();
        prop_assert_eq!(&back, &value);
        // Promises, too, and the same bytes again whatever the order of sets.
        prop_assert_eq!(promises(&back), promises(&value));
        prop_assert_eq!(msgpack::encode(&back, &ty).unwrap(), bytes);
    }

    #[test]
    fn values_through_json((ty, value) in any_typed_value(false)) {
        let json = json::to_json(&value, &ty).unwrap();
        prop_assert_eq!(json::from_json(&json, &ty), Ok(value.clone()));
        prop_assert_eq!(json::decode(json.to_string().as_bytes(), &ty), Ok(value));
    }

    #[test]
    fn unknown_values_have_no_json((ty, value) in any_typed_value(true)) {
        prop_assert_eq!(json::to_json(&value, &ty).is_ok(), value.is_wholly_known());
    }

    #[test]
    fn numbers_through_text(n in any_number()) {
        prop_assert_eq!(n.to_string().parse(), Ok(n));
    }
}

/// Every promise of an unknown, in an order that does not depend on that of sets.
fn promises(value: &Value) -> Vec<String> {
    fn gather(value: &Value, all: &mut Vec<String>) {
        let _ = value.clone().transform(&Path::root(), &mut |_, v| {
            match &v {
                Value::Unknown(u) => all.push(format!("{u:?}")),
                // An open type leaves no room for promises, a known one inside does.
                Value::Dynamic(d) => gather(&d.1, all),
                _ => {}
            }
            v
        });
    }
    let mut all = Vec::new();
    gather(value, &mut all);
    all.sort();
    all
}
