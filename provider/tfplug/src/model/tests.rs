use std::time::Duration;

use super::*;
use crate::schema::{Equality, OnUpdate, Rule, Upgrade};

const SHORT: Validator = Validator::Length { min: 1, max: 3 };

fn same_case(a: &Value, b: &Value) -> bool {
    a.as_str().map(str::to_lowercase) == b.as_str().map(str::to_lowercase)
}

fn upgrades() -> Vec<Vec<Upgrade>> {
    vec![vec![Upgrade::Rename("title".into(), "name".into())]]
}

/// A thing
/// of *every* kind.
///
/// - one
/// - two
#[derive(Clone, Debug, PartialEq, Model)]
#[tf(
    name = "thing",
    version = 1,
    upgrades(upgrades),
    timeouts(create = "1h30m", delete = "90s"),
    identity("name", optional("type")),
    at_most_one_of("name", "name_prefix"),
    at_least_one_of("count", "ratio"),
    exactly_one_of("flag", "any"),
    requires("count", "ratio", "flag"),
    deprecated = "use something else"
)]
struct Thing {
    /// Its name.
    #[tf(optional, computed, requires_replace, use_state_for_unknown, validate(SHORT, Validator::Text { expected: "lower case", accepts: |s| s == s.to_lowercase() }))]
    name: Option<String>,
    /// What its name begins with.
    #[tf(optional, provider_only, equal(same_case))]
    name_prefix: Option<String>,
    /// Its kind.
    #[tf(required, requires_replace, rename = "thing_type")]
    r#type: String,
    /// How many.
    #[tf(optional, computed, default = -5)]
    count: i32,
    /// How much.
    #[tf(optional, computed, default = 0.5)]
    ratio: Option<f64>,
    /// Whether.
    #[tf(optional, computed, default = true)]
    flag: Option<bool>,
    /// Anything.
    #[tf(optional)]
    any: Value,
    /// Parts.
    #[tf(required)]
    parts: Vec<Part>,
    /// More parts.
    #[tf(optional)]
    part_set: Option<Set<Part>>,
    /// Parts by name.
    #[tf(optional, computed, default_value(Value::Map(BTreeMap::new())))]
    part_map: BTreeMap<String, Part>,
    /// The main part.
    #[tf(optional)]
    main: Option<Part>,
    /// Parts, as plain values.
    #[tf(optional, leaf)]
    plain: Option<Vec<Part>>,
    /// Numbers in rows.
    #[tf(computed, changes_with("parts", "main"))]
    rows: Vec<Vec<u32>>,
    /// A document.
    #[tf(optional, equal_json, sensitive, deprecated = "use `plain`")]
    document: Option<String>,
    /// A secret.
    #[tf(optional, write_only)]
    secret: Option<String>,
    /// Tags.
    #[tf(optional, tags)]
    tags: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Debug, PartialEq, Model)]
struct Part {
    /// Its size.
    #[tf(required, validate(Validator::Range { min: 1, max: 9 }))]
    size: i64,
    /// Its names.
    #[tf(optional)]
    names: Option<Set<String>>,
}

fn part(size: i64, names: Option<&[&str]>) -> Part {
    Part { size, names: names.map(|names| names.iter().map(|n| (*n).to_owned()).collect()) }
}

fn thing() -> Thing {
    Thing {
        name: Some("a".into()),
        name_prefix: None,
        r#type: "t".into(),
        count: 3,
        ratio: Some(0.1),
        flag: None,
        any: Value::Dynamic(Box::new((Type::Bool, Value::from(true)))),
        parts: vec![part(1, Some(&["x", "y"])), part(2, None)],
        part_set: Some(Set(vec![part(3, Some(&[]))])),
        part_map: [("k".to_owned(), part(4, None))].into(),
        main: Some(part(5, None)),
        plain: Some(vec![]),
        rows: vec![vec![1, 2], vec![]],
        document: Some("{}".into()),
        secret: None,
        tags: Some([("k".to_owned(), "v".to_owned())].into()),
    }
}

#[test]
fn the_schema_is_what_the_flags_say() {
    let schema = Thing::schema();
    assert_eq!(schema.defects(), Vec::<String>::new());
    assert_eq!((schema.name.as_ref(), schema.version), ("thing", 1));
    assert_eq!(schema.description, "A thing of *every* kind.\n\n- one\n- two");
    assert_eq!(schema.deprecated.as_deref(), Some("use something else"));
    assert!(matches!(&schema.upgrades[0][0], Upgrade::Rename(old, new) if old == "title" && new == "name"));
    assert_eq!(schema.timeouts.create, Some(Duration::from_secs(5400)));
    assert_eq!((schema.timeouts.read, schema.timeouts.delete), (None, Some(Duration::from_secs(90))));
    let identity: Vec<_> = schema.identity.iter().map(|i| (i.name.as_ref(), i.required)).collect();
    assert_eq!(identity, [("name", true), ("type", false)]);
    assert_eq!(
        schema.object.rules,
        [
            Rule::ExactlyOneOf(vec!["flag".into(), "any".into()]),
            Rule::AtMostOneOf(vec!["name".into(), "name_prefix".into()]),
            Rule::AtLeastOneOf(vec!["count".into(), "ratio".into()]),
            Rule::Requires("count".into(), vec!["ratio".into(), "flag".into()]),
        ]
    );
    let names: Vec<_> = schema.object.attributes.iter().map(|a| a.name.as_ref()).collect();
    assert_eq!(names[..4], ["name", "name_prefix", "type", "count"]);
    assert_eq!(names.last(), Some(&TIMEOUTS));
}

#[test]
fn each_flag_reaches_its_attribute() {
    let object = Thing::object();
    let get = |name: &str| object.attribute(name).unwrap();
    assert_eq!(
        ["name", "type", "tags", "rows"].map(|n| get(n).mode),
        [Mode::OptionalComputed, Mode::Required, Mode::Optional, Mode::Computed]
    );
    let having = |flag: fn(&Attribute) -> bool| -> Vec<&str> {
        object.attributes.iter().filter(|a| flag(a)).map(|a| a.name.as_ref()).collect()
    };
    assert_eq!(having(|a| a.requires_replace), ["name", "type"]);
    assert_eq!(having(|a| a.provider_only), ["name_prefix", TIMEOUTS]);
    assert_eq!(having(|a| a.sensitive), ["document"]);
    assert_eq!(having(|a| a.write_only), ["secret"]);
    assert_eq!(having(|a| a.tags), ["tags"]);
    assert_eq!(having(|a| a.deprecated.as_deref() == Some("use `plain`")), ["document"]);
    assert_eq!(having(|a| a.member.as_deref() == Some("thing_type")), ["type"]);
    assert_eq!(having(|a| matches!(a.equality, Equality::Json)), ["document"]);
    assert_eq!(having(|a| a.on_update == OnUpdate::UseStateForUnknown), ["name"]);
    assert_eq!(get("rows").on_update, OnUpdate::ChangesWith(vec!["parts".into(), "main".into()]));
    assert_eq!(get("name").description, "Its name.");
    assert!(matches!(get("name_prefix").equality, Equality::Custom(same) if same(&"A".into(), &"a".into())));
    let defaults: Vec<_> = ["count", "ratio", "flag", "part_map", "name"].map(|n| get(n).default.clone()).into();
    let half = Value::Number("0.5".parse().unwrap());
    let expected = [Some(Value::from(-5)), Some(half), Some(true.into()), Some(Value::Map(BTreeMap::new())), None];
    assert_eq!(defaults, expected);
}

#[test]
fn types_map_to_terraform_types() {
    let object = Thing::object();
    let kind = |name: &str| &object.attribute(name).unwrap().kind;
    for (name, nesting) in
        [("parts", Nesting::List), ("part_set", Nesting::Set), ("part_map", Nesting::Map), ("main", Nesting::Single)]
    {
        assert!(matches!(kind(name), Kind::Nested(n, inner) if n == &nesting && inner.attributes.len() == 2), "{name}");
    }
    let part = Type::Object(
        [("size".to_owned(), Type::Number), ("names".to_owned(), Type::String.set())].into_iter().collect(),
    );
    for (name, expected) in [
        ("name", Type::String),
        ("count", Type::Number),
        ("flag", Type::Bool),
        ("any", Type::Dynamic),
        ("plain", part.list()),
        ("rows", Type::Number.list().list()),
        ("tags", Type::String.map()),
    ] {
        assert!(matches!(kind(name), Kind::Leaf(t) if *t == expected), "{name}");
    }
}

#[test]
fn integers_bring_their_checks() {
    let object = Thing::object();
    let refuses =
        |name: &str, value: Value| object.attribute(name).unwrap().validators.iter().any(|c| !c.accepts(&value));
    let n = |text: &str| Value::Number(text.parse().unwrap());
    assert!(!refuses("count", n("7")) && refuses("count", n("7.5")) && refuses("count", n("3000000000")));
    assert!(!refuses("ratio", n("7.5")));
    assert!(refuses("name", "long".into()) && refuses("name", "A".into()) && !refuses("name", "a".into()));
    assert!(object.attribute("rows").unwrap().validators.is_empty(), "computed attributes are not checked");
}

#[test]
fn values_make_the_round_trip() {
    let value = thing().into_value();
    assert_eq!(value.attribute("timeouts"), &Value::Null);
    assert_eq!(value.attribute("type"), &Value::from("t"));
    assert_eq!(value.as_entries().unwrap().len(), Thing::object().attributes.len(), "every attribute is present");
    assert_eq!(value.at(&Path::parse("parts[1].size")), Some(&Value::from(2)));
    assert_eq!(Thing::from_value(&value, &Path::root()), Ok(thing()));
}

#[test]
fn null_and_absent_read_as_the_types_allow() {
    let mut value = Thing::object().null_value();
    value.set_attribute("type", "t".into());
    value.set_attribute("parts", Value::List(vec![]));
    let read = Thing::from_value(&value, &Path::root()).unwrap();
    assert_eq!((read.count, read.ratio), (-5, None), "a plain type with a default reads it for null");
    assert_eq!((read.part_map.len(), read.rows.len()), (0, 0));
    assert_eq!((read.name, read.any, read.tags), (None, Value::Null, None));
    let sparse = Value::object([("size", Value::from(1))]);
    assert_eq!(Part::from_value(&sparse, &Path::root()), Ok(part(1, None)), "absent counts as null");
}

#[test]
fn wrong_values_are_refused_where_they_are() {
    for (at, wrong) in [
        ("type", Value::Null),
        ("type", Value::from(1)),
        ("count", Value::Number("1.5".parse().unwrap())),
        ("count", Value::from(3_000_000_000)),
        ("parts[0].size", Value::from("1")),
        ("parts[1]", Value::Null),
        ("part_map[\"k\"]", Value::List(vec![])),
        ("rows[0][1]", Value::from(-1)),
        ("tags", Value::object([("k", Value::from("v"))])),
    ] {
        let mut value = thing().into_value();
        *value.at_mut(&Path::parse(at)).unwrap() = wrong;
        let refused = Thing::from_value(&value, &Path::root()).unwrap_err();
        assert_eq!(refused.0[0].path.to_string(), at, "{refused}");
    }
    assert!(Thing::from_value(&Value::Null, &Path::root()).is_err());
}

#[test]
fn timeouts_check_what_is_written() {
    let object = Thing::object();
    let Kind::Nested(Nesting::Single, members) = &object.attribute(TIMEOUTS).unwrap().kind else { panic!() };
    let names: Vec<_> = members.attributes.iter().map(|a| a.name.as_ref()).collect();
    assert_eq!(names, ["create", "delete"]);
    let create = &members.attributes[0];
    assert_eq!(create.description, "How long the creation may take. Defaults to `1h30m`.");
    assert!(create.validators[0].accepts(&"2h".into()) && !create.validators[0].accepts(&"2 hours".into()));
}

/// What many things have.
#[derive(Clone, Debug, PartialEq, Model)]
#[tf(at_most_one_of("name", "prefix"))]
struct Named {
    /// Its name.
    #[tf(optional, computed, requires_replace)]
    name: Option<String>,
    /// What its name begins with.
    #[tf(optional)]
    prefix: Option<String>,
}

/// A thing that has what many have.
#[derive(Clone, Debug, PartialEq, Model)]
#[tf(name = "embedding", identity("name"), timeouts(create = "1m"), requires("size", "prefix"))]
struct Embedding {
    #[tf(embed)]
    named: Named,
    /// Its size.
    #[tf(optional)]
    size: Option<i64>,
}

#[test]
fn embedded_attributes_and_rules_are_the_structs_own() {
    let schema = Embedding::schema();
    assert_eq!(schema.defects(), Vec::<String>::new());
    let names: Vec<_> = schema.object.attributes.iter().map(|a| a.name.as_ref()).collect();
    assert_eq!(names, ["name", "prefix", "size", "timeouts"]);
    assert_eq!(schema.object.rules.len(), 2, "{:?}", schema.object.rules);
    let named = Named { name: Some("a".to_owned()), prefix: None };
    let value = Embedding { named, size: Some(3) };
    let encoded = value.clone().into_value();
    assert_eq!(encoded.attribute("name"), &Value::from("a"));
    assert_eq!(encoded.attribute("timeouts"), &Value::Null);
    assert_eq!(Embedding::from_value(&encoded, &Path::root()).unwrap(), value);
    let wrong = Value::object([("name", Value::from(true)), ("prefix", Value::Null), ("size", Value::Null)]);
    assert!(Embedding::from_value(&wrong, &Path::root()).is_err());
}
