use super::*;

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

fn object(attributes: &[(&str, Type)]) -> Type {
    Type::Object(attributes.iter().map(|(k, t)| ((*k).to_owned(), t.clone())).collect())
}

fn problem(bytes: &[u8], ty: &Type) -> String {
    decode(bytes, ty).unwrap_err().to_string()
}

#[test]
fn numbers_take_the_form_that_terraform_takes() {
    for (text, bytes) in [
        ("0", vec![0]),
        ("-1", vec![0xff]),
        ("1e3", vec![0xcd, 0x03, 0xe8]),
        ("9223372036854775807", vec![0xcf, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ("18446744073709551615", [&[0xb4][..], b"18446744073709551615"].concat()),
        ("0.5", [&[0xcb][..], &0.5_f64.to_be_bytes()].concat()),
        ("-3.140625", [&[0xcb][..], &(-3.140625_f64).to_be_bytes()].concat()),
        ("0.1", [&[0xa3][..], b"0.1"].concat()),
    ] {
        let encoded = encode(&number(text), &Type::Number).unwrap();
        assert_eq!(encoded, bytes, "{text}");
        assert_eq!(decode(&bytes, &Type::Number), Ok(number(text)));
    }
}

#[test]
fn every_width_of_numbers_and_text_is_read() {
    for (bytes, text) in [
        (vec![0xcc, 200], "200"),
        (vec![0xcd, 1, 0], "256"),
        (vec![0xce, 0, 1, 0, 0], "65536"),
        (vec![0xcf, 255, 255, 255, 255, 255, 255, 255, 255], "18446744073709551615"),
        (vec![0xd0, 0x80], "-128"),
        (vec![0xd2, 0xff, 0xff, 0xff, 0xfe], "-2"),
        ([&[0xca][..], &0.25_f32.to_be_bytes()].concat(), "0.25"),
        ([&[0xc4, 3][..], b"1.5"].concat(), "1.5"),
    ] {
        assert_eq!(decode(&bytes, &Type::Number), Ok(number(text)), "{text}");
    }
    for head in [&[0xa1][..], &[0xd9, 1], &[0xda, 0, 1], &[0xdb, 0, 0, 0, 1], &[0xc4, 1], &[0xc5, 0, 1]] {
        assert_eq!(decode(&[head, b"x"].concat(), &Type::String), Ok("x".into()));
    }
    assert!(problem(&[&[0xcb][..], &f64::INFINITY.to_be_bytes()].concat(), &Type::Number).contains("finite"));
}

#[test]
fn unknowns_keep_their_promises() {
    assert_eq!(encode(&Value::unknown(), &Type::Bool).unwrap(), [0xd4, 0, 0]);
    let refined = Value::Unknown(Unknown { not_null: true, prefix: Some("pre-".into()) });
    let bytes = encode(&refined, &Type::String).unwrap();
    assert_eq!(bytes, [&[0xc7, 9, 12, 0x82, 1, 0xc2, 2, 0xa4][..], b"pre-"].concat());
    let Value::Unknown(u) = decode(&bytes, &Type::String).unwrap() else { panic!("not unknown") };
    assert!(u.not_null);
    assert_eq!(u.prefix.as_deref(), Some("pre-"));
    // The prefix means nothing for a list, and nothing can be promised of an open type.
    assert_eq!(encode(&refined, &Type::Bool.list()).unwrap(), [0xc7, 3, 12, 0x81, 1, 0xc2]);
    assert_eq!(encode(&refined, &Type::Dynamic).unwrap(), [0xd4, 0, 0]);
}

#[test]
fn a_long_prefix_is_cut_between_characters() {
    let prefix = "ä".repeat(300);
    let bytes =
        encode(&Value::Unknown(Unknown { not_null: false, prefix: Some(prefix.clone()) }), &Type::String).unwrap();
    let Value::Unknown(u) = decode(&bytes, &Type::String).unwrap() else { panic!("not unknown") };
    let cut = u.prefix.unwrap();
    assert!(cut.len() <= LONGEST_PREFIX && cut.len() > LONGEST_PREFIX - 4 && prefix.starts_with(&cut));
}

#[test]
fn unreadable_and_unfamiliar_promises_are_passed_over() {
    let unknown = |bytes: &[u8]| match decode(bytes, &Type::String) {
        Ok(Value::Unknown(u)) => (u.not_null, u.prefix),
        other => panic!("{other:?}"),
    };
    // Bounds [1, true] of number and length, then nullness.
    assert_eq!(unknown(&[0xc7, 9, 12, 0x83, 3, 0x92, 1, 0xc3, 5, 7, 1, 0xc2]), (true, None));
    assert_eq!(unknown(&[0xc7, 2, 12, 0x81, 0xff]), (false, None));
    assert_eq!(unknown(&[0xd5, 99, 1, 2]), (false, None));
    let long = [&[0xc8, 8, 0, 12, 0x81, 1, 0xc2][..], &[0; 2045]].concat();
    assert_eq!(unknown(&long), (false, None));
}

#[test]
fn objects_have_exactly_their_attributes() {
    let ty = object(&[("a", Type::String), ("b", Type::Bool)]);
    let whole = Value::object([("a", Value::from("x")), ("b", Value::Null)]);
    let bytes = encode(&whole, &ty).unwrap();
    assert_eq!(bytes, [0x82, 0xa1, b'a', 0xa1, b'x', 0xa1, b'b', 0xc0]);
    assert_eq!(decode(&bytes, &ty), Ok(whole));
    let missing = encode(&Value::object([("a", Value::Null)]), &ty).unwrap_err();
    assert_eq!(missing.to_string(), "At `b`: the attribute is missing.");
    let extra = [("a", Value::Null), ("b", Value::Null), ("c", Value::Null)];
    assert_eq!(encode(&Value::object(extra), &ty).unwrap_err().path.to_string(), "c");
    assert!(problem(&[0x81, 0xa1, b'a', 0xc0], &ty).contains("2 attributes has 1"));
    assert!(problem(&[0x82, 0xa1, b'a', 0xc0, 0xa1, b'c', 0xc0], &ty).contains("`c`: there is no such"));
    assert!(problem(&[0x82, 0xa1, b'a', 0xc0, 0xa1, b'a', 0xc0], &ty).contains("twice"));
}

#[test]
fn equal_sets_have_equal_encodings_without_duplicates() {
    let ty = Type::Number.list().set();
    let element = |text: &str| Value::List(vec![number(text)]);
    let set = |all: &[&str]| encode(&Value::Set(all.iter().map(|s| element(s)).collect()), &ty).unwrap();
    assert_eq!(set(&["1", "2"]), set(&["2", "1.0", "1"]));
    let unknown = Value::Set(vec![Value::unknown(), Value::unknown()]);
    assert_eq!(encode(&unknown, &Type::Bool.set()).unwrap()[0], 0x92, "these may turn out to differ");
}

#[test]
fn dynamic_values_bring_their_type() {
    // As Terraform sends it.
    let ty = br#"["object",{"y":["tuple",["bool","string"]],"z":"number"}]"#;
    let bytes =
        [&[0x92, 0xc4, ty.len() as u8][..], ty, &[0x82, 0xa1, b'y', 0x92, 0xc3, 0xa1, b's', 0xa1, b'z', 1]].concat();
    let value = decode(&bytes, &Type::Dynamic).unwrap();
    let Value::Dynamic(inner) = &value else { panic!("{value:?}") };
    assert_eq!(inner.1.attribute("y"), &Value::List(vec![true.into(), "s".into()]));
    assert_eq!(encode(&value, &Type::Dynamic).unwrap(), bytes);
    // Unknown of a known type, null of none, unknown of none, and a type that is again open.
    let unknown = decode(&[&[0x92, 0xc4, 6][..], br#""bool""#, &UNKNOWN].concat(), &Type::Dynamic);
    assert_eq!(unknown, Ok(Value::Dynamic(Box::new((Type::Bool, Value::unknown())))));
    assert_eq!(decode(&[0xc0], &Type::Dynamic), Ok(Value::Null));
    assert_eq!(decode(&UNKNOWN, &Type::Dynamic), Ok(Value::unknown()));
    let open = [&[0x92, 0xc4, 9][..], br#""dynamic""#, &[0xc0]].concat();
    assert_eq!(decode(&open, &Type::Dynamic), Ok(Value::Null));
    assert!(encode(&"bare".into(), &Type::Dynamic).is_err());
}

#[test]
fn errors_name_the_place() {
    let ty = object(&[("a", object(&[("k", Type::Number)]).list().map())]);
    let bytes = [0x81, 0xa1, b'a', 0x81, 0xa1, b'x', 0x92, 0x81, 0xa1, b'k', 1, 0x81, 0xa1, b'k', 0xc3];
    assert_eq!(problem(&bytes, &ty), "At `a[\"x\"][1].k`: a number was expected, a bool was found.");
    let wrong = Value::object([("a", Value::Map([("x".to_owned(), Value::List(vec![1.into()]))].into()))]);
    assert_eq!(encode(&wrong, &ty).unwrap_err().path.to_string(), "a[\"x\"][0]");
    assert!(problem(&[0x93, 1, 2, 3], &Type::Tuple(vec![Type::Number; 2])).contains("tuple of 2 has 3"));
}

#[test]
fn hostile_input_is_refused_at_once() {
    for (bytes, ty) in [
        (&[0xdd, 0xff, 0xff, 0xff, 0xff][..], Type::Bool.list()),
        (&[0xdf, 0xff, 0xff, 0xff, 0xff], Type::Bool.map()),
        (&[0xdb, 0xff, 0xff, 0xff, 0xff], Type::String),
        (&[0xc9, 0xff, 0xff, 0xff, 0xff, 12], Type::String),
        (&[], Type::String),
        (&[0xc1], Type::Bool),
        (&[0xa2, 0xff, 0xfe], Type::String),
        (&[1, 1], Type::Number),
    ] {
        assert!(decode(bytes, &ty).is_err(), "{bytes:?}");
    }
    // A type inside a type inside a type ...
    let level = [&[0x92, 0xc4, 9][..], br#""dynamic""#].concat();
    assert!(problem(&level.repeat(100_000), &Type::Dynamic).contains("nested deeper"));
    let deep = (0..1000).fold(Type::Bool, |t, _| t.list());
    assert!(problem(&[0x91; 1000], &deep).contains("nested deeper"));
    let value = (0..1000).fold(Value::Null, |v, _| Value::List(vec![v]));
    assert!(encode(&value, &deep).is_err());
    // Nesting inside a promise.
    let promise = [&[0xc8, 3, 0xe9, 12, 0x81, 9][..], &[0x91; 999]].concat();
    assert_eq!(decode(&promise, &Type::String), Ok(Value::unknown()));
}
