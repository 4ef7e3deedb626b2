//! What users would notice of the plan, of what is stored, and of a configuration that is tested, down to elements.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use tfplug::plan::Plan;
use tfplug::schema::{Attribute, Equality, Kind, Mode, Nesting, Object, OnUpdate, Rule, Schema, Type};
use tfplug::testing::{Change, Planned, State};
use tfplug::validator::Validator;
use tfplug::value::{Path, Unknown, Value};

use super::{bug_at, lawful, with};
use crate::toy::{Hooks, Operation, THING, Talk, Toy, run};

fn leaf(name: &'static str, ty: Type) -> Attribute {
    Attribute::new(name, Kind::Leaf(ty), Mode::Optional, "A leaf.")
}

fn nested(name: &'static str, nesting: Nesting, attributes: Vec<Attribute>) -> Attribute {
    let kind = Kind::Nested(nesting, Object { attributes, rules: Vec::new() });
    Attribute::new(name, kind, Mode::Optional, "Nested objects.")
}

fn replacing(a: Attribute) -> Attribute {
    Attribute { requires_replace: true, ..a }
}

/// A conversation, and an object of this configuration.
async fn made(attributes: Vec<Attribute>, hooks: Hooks, config: Json) -> (Talk, State) {
    let mut core = Toy::new(attributes, hooks).talk().await;
    let config = core.config(THING, &config);
    let mut state = None;
    core.run(THING, &mut state, Some(&config)).await.good();
    (core, state.unwrap())
}

async fn planned(core: &mut Talk, state: &State, config: &Value) -> Planned {
    core.plan(THING, Some(state), Some(config)).await.good().unwrap()
}

fn paths(all: &[&str]) -> Vec<Path> {
    all.iter().map(|p| Path::parse(p)).collect()
}

#[test]
fn p7_the_innermost_change_demands_the_replacement() {
    run(async {
        let part = || vec![leaf("kind", Type::String), leaf("size", Type::Number)];
        let all = vec![
            replacing(leaf("labels", Type::String.map())),
            replacing(leaf("zones", Type::String.list())),
            replacing(nested("list", Nesting::List, part())),
            replacing(nested("map", Nesting::Map, part())),
            replacing(nested("one", Nesting::Single, part())),
            nested("free", Nesting::Single, vec![replacing(leaf("kind", Type::String)), leaf("size", Type::Number)]),
        ];
        let config = json!({
            "labels": { "a": "1", "b": "2" }, "zones": ["x"], "list": [{ "kind": "k", "size": 1 }],
            "map": { "m": { "kind": "k" } }, "one": { "kind": "k" },
        });
        let (mut core, state) = made(all, Hooks::default(), config.clone()).await;
        for (attribute, value, at) in [
            ("labels", json!({ "a": "1", "b": "3" }), paths(&["labels[\"b\"]"])),
            ("labels", json!({ "a": "1" }), paths(&["labels[\"b\"]"])),
            ("labels", json!({ "a": "1", "b": "2", "c": "3" }), paths(&["labels[\"c\"]"])),
            ("labels", json!(null), paths(&["labels"])),
            ("zones", json!(["y"]), paths(&["zones"])),
            ("list", json!([{ "kind": "k", "size": 2 }]), paths(&["list[0].size"])),
            ("list", json!([]), paths(&["list"])),
            ("map", json!({ "m": { "kind": "l" } }), paths(&["map[\"m\"]"])),
            ("one", json!({ "kind": "l" }), paths(&["one.kind"])),
            ("one", json!(null), paths(&["one"])),
            // What comes with something that replaces replaces, and else does not.
            ("free", json!({ "kind": "k" }), paths(&["free"])),
            ("free", json!({ "size": 1 }), paths(&[])),
        ] {
            let mut changed = config.clone();
            changed[attribute] = value.clone();
            let changed = core.config(THING, &changed);
            let plan = planned(&mut core, &state, &changed).await;
            let change = if at.is_empty() { Change::Update } else { Change::Replace };
            assert_eq!((plan.change, plan.requires_replace), (change, at), "{attribute} = {value}");
        }
    });
}

#[test]
fn f1_what_is_unknown_replaces_only_where_it_may() {
    run(async {
        let plain = || vec![leaf("size", Type::Number)];
        let deep = vec![nested("inner", Nesting::Single, vec![replacing(leaf("kind", Type::String))])];
        let all = vec![
            nested("list", Nesting::List, plain()),
            nested("map", Nesting::Map, plain()),
            nested("one", Nesting::Single, plain()),
            nested("deep", Nesting::Single, deep),
        ];
        let config = json!({
            "list": [{ "size": 1 }], "map": { "m": { "size": 1 } }, "one": { "size": 1 },
            "deep": { "inner": { "kind": "k" } },
        });
        let (mut core, state) = made(all, Hooks::default(), config.clone()).await;
        let config = core.config(THING, &config);
        for (at, change) in [
            ("list", Change::Update),
            ("list[0]", Change::Update),
            ("map[\"m\"]", Change::Update),
            ("one", Change::Update),
            ("one.size", Change::Update),
            ("deep", Change::Replace),
            ("deep.inner", Change::Replace),
        ] {
            let open = with(config.clone(), at, Value::unknown());
            assert_eq!(planned(&mut core, &state, &open).await.change, change, "{at}");
        }
    });
}

#[test]
fn p5_what_a_nested_object_computes_is_open_when_it_changes() {
    run(async {
        let stamp = |on_update| Attribute { mode: Mode::Computed, on_update, ..leaf("stamp", Type::String) };
        let by_size = OnUpdate::ChangesWith(vec!["size".into()]);
        let kept = Attribute { name: "kept".into(), ..stamp(OnUpdate::UseStateForUnknown) };
        let linked = Attribute { name: "linked".into(), ..stamp(by_size) };
        let inner = || {
            vec![
                leaf("size", Type::Number),
                leaf("rank", Type::Number),
                stamp(OnUpdate::Unknown),
                kept.clone(),
                linked.clone(),
            ]
        };
        let all = vec![
            nested("one", Nesting::Single, inner()),
            nested("list", Nesting::List, inner()),
            nested("map", Nesting::Map, inner()),
        ];
        let config = json!({ "one": { "size": 1 }, "list": [{ "size": 1 }], "map": { "m": { "size": 1 } } });
        let (mut core, state) = made(all, Hooks::default(), config.clone()).await;
        let config = core.config(THING, &config);
        for object in ["one", "list[0]", "map[\"m\"]"] {
            for (changed, linked) in [("size", true), ("rank", false)] {
                let other = with(config.clone(), &format!("{object}.{changed}"), 2);
                let plan = planned(&mut core, &state, &other).await;
                let open = |name: &str| plan.value.at(&Path::parse(&format!("{object}.{name}"))).unwrap().is_unknown();
                assert_eq!((open("stamp"), open("kept"), open("linked")), (true, false, linked), "{object}.{changed}");
            }
        }
    });
}

#[test]
fn a5_null_and_empty_are_stored_as_planned_and_read_as_stored() {
    run(async {
        let inner = || vec![leaf("kind", Type::String)];
        let all = vec![
            leaf("list", Type::String.list()),
            leaf("set", Type::String.set()),
            leaf("map", Type::String.map()),
            nested("parts", Nesting::List, inner()),
            nested("group", Nesting::Set, inner()),
            nested("named", Nesting::Map, inner()),
        ];
        /// What an API returns that makes no difference between nothing and none.
        fn swapped(object: Value) -> Value {
            let Value::Object(all) = object else { unreachable!() };
            let other = |(name, v): (String, Value)| {
                let empty = match name.as_str() {
                    "list" | "parts" => Value::List(vec![]),
                    "set" | "group" => Value::Set(vec![]),
                    "map" | "named" => Value::Map(BTreeMap::new()),
                    _ => return (name, v),
                };
                (name, if v.is_null() { empty } else { Value::Null })
            };
            Value::Object(all.into_iter().map(other).collect())
        }
        let create: Operation<Value, Value> = |_, planned| Ok(swapped(with(planned, "id", "1")));
        let read: Operation<Value, Option<Value>> = |_, state| Ok(Some(swapped(state)));
        let hooks = Hooks { create: Some(create), read: Some(read), ..Hooks::default() };
        let empty = json!({ "list": [], "set": [], "map": {}, "parts": [], "group": [], "named": {} });
        for config in [json!({}), empty] {
            let (mut core, state) = made(all.clone(), hooks.clone(), config.clone()).await;
            let expected = with(core.config(THING, &config), "id", "1");
            assert_eq!(state.value, expected);
            assert_eq!(core.refresh(THING, &state).await.good().unwrap().value, expected);
        }
    });
}

#[test]
fn a_required_collection_is_imported_empty_and_another_one_as_not_set() {
    run(async {
        let required = |a: Attribute| Attribute { mode: Mode::Required, ..a };
        let inner = || vec![leaf("kind", Type::String)];
        let both =
            |name: &'static str, free: &'static str, ty: Type| vec![required(leaf(name, ty.clone())), leaf(free, ty)];
        let mut all = both("list", "free_list", Type::String.list());
        all.extend(both("set", "free_set", Type::String.set()));
        all.extend(both("map", "free_map", Type::String.map()));
        all.push(required(nested("parts", Nesting::List, inner())));
        all.push(required(nested("group", Nesting::Set, inner())));
        all.push(required(nested("named", Nesting::Map, inner())));
        let config = json!({ "list": [], "set": [], "map": {}, "parts": [], "group": [], "named": {} });
        // An API that returns nothing where nothing is.
        let read: Operation<Value, Option<Value>> = |cx, state| {
            let id = state.attribute("id").as_str().unwrap_or_default().to_owned();
            let found = cx.client()?.objects.lock().unwrap().get(&id).cloned();
            Ok(found.map(|object| {
                let Value::Object(all) = object else { unreachable!() };
                Value::object(
                    all.into_iter().map(|(name, v)| if name == "id" { (name, v) } else { (name, Value::Null) }),
                )
            }))
        };
        let (mut core, state) = made(all, Hooks { read: Some(read), ..Hooks::default() }, config).await;
        let id = state.value.attribute("id").as_str().unwrap().to_owned();
        let imported = core.import_every_way(THING, &id).await.good().unwrap();
        assert_eq!(imported.value, state.value);
    });
}

/// A creation that returns `answer` for an attribute that was planned with unknown parts, and what is stored of it.
fn resolving(ty: Type, config: Value, known: Value, answer: fn() -> Value) -> (Value, Vec<tfplug::diag::Diag>) {
    thread_local! {
        static ANSWER: std::cell::Cell<fn() -> Value> = const { std::cell::Cell::new(|| Value::Null) };
    }
    ANSWER.set(answer);
    run(async {
        let computed = Attribute { mode: Mode::OptionalComputed, ..leaf("values", ty) };
        let hooks = Hooks {
            create: Some(|_, planned| Ok(with(with(planned, "id", "1"), "values", ANSWER.get()()))),
            ..Hooks::default()
        };
        let mut core = Toy::new(vec![computed], hooks).talk().await;
        let object = |values: Value| with(core.config(THING, &json!({})), "values", values);
        let (open, known) = (object(config), object(known));
        let plan = core.plan(THING, None, Some(&open)).await.good().unwrap();
        // Only the resource knows what the unknown part became.
        let outcome = core.apply(THING, &plan, &known).await;
        lawful(&outcome);
        (outcome.value.unwrap().value.attribute("values").clone(), outcome.diags)
    })
}

#[test]
fn a5_unknown_elements_become_what_the_apply_returns() {
    let text = |all: &[&str]| all.iter().map(|s| Value::from(*s)).collect::<Vec<_>>();
    let open = |mut all: Vec<Value>| {
        all.push(Value::unknown());
        all
    };
    let list = Type::String.list();
    let still_open = Value::List(open(text(&["a"])));
    let (stored, diags) =
        resolving(list.clone(), still_open.clone(), still_open.clone(), || Value::List(vec!["a".into(), "b".into()]));
    assert_eq!((stored, diags.len()), (Value::List(text(&["a", "b"])), 0));
    let (stored, diags) = resolving(list, still_open.clone(), still_open, || Value::List(vec!["z".into(), "b".into()]));
    bug_at(&diags, "values[0]");
    assert_eq!(stored, Value::List(text(&["a", "b"])));
    let set = Type::String.set();
    let still_open = Value::Set(open(text(&["a"])));
    let (stored, diags) =
        resolving(set.clone(), still_open.clone(), still_open.clone(), || Value::Set(vec!["b".into(), "a".into()]));
    assert_eq!((stored, diags.len()), (Value::Set(text(&["a", "b"])), 0));
    let (_, diags) =
        resolving(set.clone(), still_open.clone(), still_open.clone(), || Value::Set(vec!["b".into(), "c".into()]));
    bug_at(&diags, "values");
    let (_, diags) =
        resolving(set, still_open.clone(), still_open, || Value::Set(vec!["a".into(), "b".into(), "c".into()]));
    bug_at(&diags, "values");
    let map = Type::String.map();
    let still_open = Value::Map([("a".to_owned(), "1".into()), ("b".to_owned(), Value::unknown())].into());
    let (stored, diags) = resolving(map.clone(), still_open.clone(), still_open.clone(), || {
        Value::Map([("a".to_owned(), "1".into()), ("b".to_owned(), "2".into())].into())
    });
    assert_eq!((stored.attribute("b"), diags.len()), (&"2".into(), 0));
    let (_, diags) = resolving(map, still_open.clone(), still_open, || {
        Value::Map([("a".to_owned(), "9".into()), ("b".to_owned(), "2".into())].into())
    });
    bug_at(&diags, "values[\"a\"]");
}

#[test]
fn a5_a_broken_promise_of_an_element() {
    run(async {
        let computed = |name, ty: Type| Attribute { mode: Mode::Computed, ..leaf(name, ty) };
        let all = vec![computed("list", Type::String.list()), computed("map", Type::String.map())];
        let hooks = Hooks {
            interfere: Some(|plan: &mut Plan<'_>| {
                let promise = Value::Unknown(Unknown { not_null: true, prefix: Some("v-".into()) });
                plan.set("list", Value::List(vec![promise.clone()]));
                plan.set("map", Value::Map([("k".to_owned(), promise)].into()));
            }),
            create: Some(|_, planned| {
                let object = with(planned, "id", "1");
                let object = with(object, "list", Value::List(vec!["w-1".into()]));
                Ok(with(object, "map", Value::Map([("k".to_owned(), "w-1".into())].into())))
            }),
            ..Hooks::default()
        };
        let mut core = Toy::new(all, hooks).talk().await;
        let config = core.config(THING, &json!({}));
        let plan = core.plan(THING, None, Some(&config)).await.good().unwrap();
        let outcome = core.apply(THING, &plan, &config).await;
        bug_at(&outcome.diags, "list[0]");
        bug_at(&outcome.diags, "map[\"k\"]");
    });
}

fn shouting(a: &Value, b: &Value) -> bool {
    matches!((a, b), (Value::String(a), Value::String(b)) if a.eq_ignore_ascii_case(b))
}

#[test]
fn an_equal_spelling_is_kept_wherever_it_stands() {
    run(async {
        let kind = || {
            vec![
                Attribute { equality: Equality::Custom(shouting), ..leaf("kind", Type::String) },
                leaf("size", Type::Number),
            ]
        };
        let json = Attribute { equality: Equality::Json, ..leaf("json", Type::String) };
        let list = Attribute { equality: Equality::Json, ..leaf("jsons", Type::String.list()) };
        let map = Attribute { equality: Equality::Json, ..leaf("named", Type::String.map()) };
        let all = vec![
            nested("one", Nesting::Single, kind()),
            nested("list", Nesting::List, kind()),
            nested("map", Nesting::Map, kind()),
            nested("set", Nesting::Set, kind()),
            json,
            list,
            map,
        ];
        let config = |kind: &str, json: &str| {
            json!({
                "one": { "kind": kind }, "list": [{ "kind": kind }], "map": { "m": { "kind": kind } },
                "set": [{ "kind": kind, "size": 1 }, { "kind": kind, "size": 2 }],
                "json": json, "jsons": [json], "named": { "j": json },
            })
        };
        /// An API that shouts, and writes JSON in its own way.
        fn loud(object: Value) -> Value {
            object.transform(&Path::root(), &mut |path, v| match v {
                Value::String(s) if s.contains('{') => Value::from(s.replace(": ", ":")),
                Value::String(s) if *path != Path::of("id") => Value::from(s.to_uppercase()),
                other => other,
            })
        }
        let create: Operation<Value, Value> = |_, planned| Ok(loud(with(planned, "id", "1")));
        let read: Operation<Value, Option<Value>> = |_, state| Ok(Some(loud(state)));
        let hooks = Hooks { create: Some(create), read: Some(read), ..Hooks::default() };
        let (mut core, state) = made(all, hooks, config("k", "{\"a\": 1}")).await;
        let expected = with(core.config(THING, &config("k", "{\"a\": 1}")), "id", "1");
        assert_eq!(state.value, expected, "stored as planned");
        assert_eq!(core.refresh(THING, &state).await.good().unwrap().value, expected, "read as stored");
        let same = core.config(THING, &config("K", "{ \"a\" : 1 }"));
        let plan = planned(&mut core, &state, &same).await;
        assert_eq!(plan.change, Change::NoOp, "{:?}", plan.value);
        for (at, value) in [("json", "{\"a\": 2}"), ("jsons[0]", "{}"), ("named[\"j\"]", "no"), ("list[0].kind", "l")] {
            let other = with(same.clone(), at, value);
            let plan = planned(&mut core, &state, &other).await;
            assert_eq!((plan.change, plan.value.at(&Path::parse(at))), (Change::Update, Some(&value.into())));
        }
        let longer = with(same.clone(), "jsons", Value::List(vec!["{\"a\":1}".into(), "{}".into()]));
        assert_eq!(planned(&mut core, &state, &longer).await.change, Change::Update);
    });
}

#[test]
fn a5_set_elements_are_stored_as_planned() {
    run(async {
        let all = || vec![nested("set", Nesting::Set, vec![leaf("kind", Type::String), leaf("size", Type::Number)])];
        let element = |kind: &str, size: Option<i64>| {
            Value::object([("kind", Value::from(kind)), ("size", size.map_or(Value::Null, Value::from))])
        };
        let config = json!({ "set": [{ "kind": "a", "size": 1 }, { "kind": "b" }] });
        let good: Operation<Value, Value> = |_, planned| {
            let mut object = with(planned, "id", "1");
            if let Some(Value::Set(all)) = object.at_mut(&Path::of("set")) {
                all.reverse();
            }
            Ok(object)
        };
        let (mut core, state) = made(
            all(),
            Hooks { create: Some(good), read: Some(|_, s| Ok(Some(s))), ..Hooks::default() },
            config.clone(),
        )
        .await;
        assert_eq!(state.value.attribute("set"), &Value::Set(vec![element("a", Some(1)), element("b", None)]));
        // An unknown element and one that is unknown in part.
        let mut open = core.config(THING, &config);
        open.set_attribute("set", Value::Set(vec![element("a", Some(1)), Value::unknown()]));
        let plan = planned(&mut core, &state, &open).await;
        assert_eq!(plan.value.attribute("set"), open.attribute("set"));
        for bad in [
            (|_, planned| Ok(with(with(planned, "id", "1"), "set", Value::Set(vec![])))) as Operation<Value, Value>,
            |_, planned| {
                let mut object = with(planned, "id", "1");
                if let Some(Value::Set(all)) = object.at_mut(&Path::of("set")) {
                    all[0].set_attribute("size", 7.into());
                }
                Ok(object)
            },
        ] {
            let mut core = Toy::new(all(), Hooks { create: Some(bad), ..Hooks::default() }).talk().await;
            let config = core.config(THING, &config);
            let plan = core.plan(THING, None, Some(&config)).await.good().unwrap();
            let outcome = core.apply(THING, &plan, &config).await;
            lawful(&outcome);
            bug_at(&outcome.diags, "set");
            assert_eq!(outcome.value.unwrap().value.attribute("set"), config.attribute("set"));
        }
    });
}

#[test]
fn p5_a_set_planned_with_fewer_or_more_elements() {
    for elements in [0, 1, 3] {
        thread_local! {
            static COUNT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
        }
        COUNT.set(elements);
        run(async {
            let all = vec![nested("set", Nesting::Set, vec![leaf("size", Type::Number)])];
            let hooks = Hooks {
                interfere: Some(|plan: &mut Plan<'_>| {
                    let element = |n: usize| Value::object([("size", Value::from(n as i64))]);
                    plan.set("set", Value::Set((0..COUNT.get()).map(element).collect()));
                }),
                ..Hooks::default()
            };
            let mut core = Toy::new(all, hooks).talk().await;
            let config = core.config(THING, &json!({ "set": [{ "size": 1 }, { "size": 2 }] }));
            let outcome = core.plan(THING, None, Some(&config)).await;
            bug_at(&outcome.diags, "set");
            // Two that are not known may turn out to be one.
            let open = Value::Set(vec![Value::object([("size", Value::unknown())]); 2]);
            let outcome = core.plan(THING, None, Some(&with(config, "set", open))).await;
            assert_eq!(outcome.failed(), elements != 1, "{elements}");
        });
    }
}

#[test]
fn a_hook_sees_what_changes_and_what_is_replaced() {
    run(async {
        let all = vec![
            leaf("name", Type::String),
            replacing(leaf("kind", Type::String)),
            Attribute { mode: Mode::Computed, ..leaf("seen", Type::String) },
        ];
        let hooks = Hooks {
            interfere: Some(|plan: &mut Plan<'_>| {
                let seen = format!("{} {} {}", plan.changes("name"), plan.changes("kind"), plan.replaces());
                plan.set("seen", seen.into());
            }),
            ..Hooks::default()
        };
        let (mut core, state) = made(all, hooks, json!({ "name": "n", "kind": "k" })).await;
        assert_eq!(state.value.attribute("seen"), &"true true false".into());
        for (name, kind, seen) in
            [("n", "k", "false false false"), ("m", "k", "true false false"), ("n", "l", "false true true")]
        {
            let config = core.config(THING, &json!({ "name": name, "kind": kind }));
            let server_says = core.plan(THING, Some(&state), Some(&config)).await.good().unwrap();
            // A replacement is planned again as a creation.
            let seen = if kind == "l" { "true true false" } else { seen };
            assert_eq!(server_says.value.attribute("seen"), &seen.into());
        }
    });
}

#[test]
fn combinations_are_refused_at_the_attribute_to_change() {
    run(async {
        let object = Object {
            attributes: ["id", "a", "b", "c", "d", "e", "f"]
                .into_iter()
                .map(|n| {
                    if n == "id" {
                        Attribute { mode: Mode::Computed, ..leaf(n, Type::String) }
                    } else {
                        leaf(n, Type::String)
                    }
                })
                .collect(),
            rules: vec![
                Rule::ExactlyOneOf(vec!["a".into(), "b".into()]),
                Rule::AtMostOneOf(vec!["c".into(), "d".into()]),
                Rule::AtLeastOneOf(vec!["e".into(), "f".into()]),
                Rule::Requires("c".into(), vec!["e".into()]),
            ],
        };
        let schema = Schema { name: "thing".into(), description: "A thing.".into(), object, ..Schema::default() };
        let mut core = Toy::with_schema(schema, Hooks::default()).talk().await;
        for (config, wrong) in [
            (json!({ "a": "1", "e": "1" }), vec![]),
            (json!({ "a": "1", "f": "1" }), vec![]),
            (json!({ "a": "1", "e": "1", "f": "1" }), vec![]),
            (json!({ "a": "1", "c": "1", "e": "1" }), vec![]),
            (json!({ "a": "?", "b": "?", "e": "?", "c": "?", "d": "?" }), vec![]),
            (json!({ "a": "?", "b": "1", "e": "?" }), vec![]),
            (json!({ "a": "?", "f": "?" }), vec![]),
            (json!({ "e": "1" }), vec![("", "Exactly one of `a`, `b` must be set, and none is.")]),
            (json!({ "a": "1", "b": "1", "e": "1" }), vec![("b", "Only one of `a`, `b` may be set.")]),
            (json!({ "a": "1", "c": "1", "d": "1", "e": "1" }), vec![("d", "Only one of `c`, `d` may be set.")]),
            (json!({ "a": "1" }), vec![("", "At least one of `e`, `f` must be set, and none is.")]),
            (json!({ "a": "1", "f": "1", "c": "1" }), vec![("c", "`c` requires `e` to be set, too.")]),
            (json!({ "a": "1", "f": "1", "c": "?" }), vec![]),
            (json!({ "a": "1", "e": "?", "c": "1" }), vec![]),
        ] {
            let mut value = core.config(THING, &config);
            for (_, v) in value.as_entries_mut().unwrap().iter_mut().filter(|(_, v)| v.as_str() == Some("?")) {
                *v = Value::unknown();
            }
            let outcome = core.validate(THING, &value).await;
            let said: Vec<_> = outcome.diags.iter().map(|d| (d.path.to_string(), d.detail.as_str())).collect();
            let wrong: Vec<_> = wrong.into_iter().map(|(path, text)| (path.to_owned(), text)).collect();
            assert_eq!(said, wrong, "{config}");
        }
    });
}

#[test]
fn elements_are_tested_where_they_are_and_counted_as_a_whole() {
    run(async {
        let validated = |name, ty, validators| Attribute { validators, ..leaf(name, ty) };
        let few = || vec![Validator::Count { min: 1, max: 2 }, Validator::Length { min: 1, max: 3 }];
        let all = vec![
            validated("list", Type::String.list(), few()),
            validated("set", Type::String.set(), few()),
            validated("map", Type::String.map(), few()),
        ];
        let mut core = Toy::new(all, Hooks::default()).talk().await;
        for (config, at, got) in [
            (json!({ "list": [] }), "list", "must have 1 to 2 elements. Leave it out"),
            (json!({ "list": ["a", "b", "c"] }), "list", "Got 3 elements"),
            (json!({ "list": ["a", "long"] }), "list[1]", "Got \"long\""),
            (json!({ "set": ["a", "b", "c"] }), "set", "Got 3 elements"),
            (json!({ "set": ["long"] }), "set[*]", "Got \"long\""),
            (json!({ "map": {} }), "map", "must have 1 to 2 elements. Leave it out"),
            (json!({ "map": { "k": "long" } }), "map[\"k\"]", "Got \"long\""),
        ] {
            let config = core.config(THING, &config);
            let errors = core.validate(THING, &config).await.errors();
            assert_eq!((errors.len(), errors[0].path.to_string().as_str()), (1, at));
            assert!(errors[0].detail.contains(got) && errors[0].detail.contains(&format!("`{at}`")), "{}", errors[0]);
        }
        let good = core.config(THING, &json!({ "list": ["a", "b"], "set": ["a"], "map": { "k": "v" } }));
        core.validate(THING, &good).await.good();
        // Elements that are not known may be fewer.
        let open = Value::Set(vec![Value::unknown(), Value::unknown()]);
        core.validate(THING, &with(good, "set", open)).await.good();
    });
}

#[test]
fn a_number_outside_two_ranges_is_told_once_and_by_the_later_one() {
    run(async {
        let ranges = vec![Validator::Range { min: 0, max: u32::MAX.into() }, Validator::Range { min: 0, max: 5 }];
        let all = vec![Attribute { validators: ranges, ..leaf("size", Type::Number) }];
        let mut core = Toy::new(all, Hooks::default()).talk().await;
        for wrong in [-1, 6] {
            let config = core.config(THING, &json!({ "size": wrong }));
            let errors = core.validate(THING, &config).await.errors();
            assert_eq!(errors.len(), 1, "{errors:?}");
            assert!(errors[0].detail.contains("between 0 and 5"), "{}", errors[0]);
        }
    });
}
