//! Null where something must be.

use std::cell::Cell;

use serde_json::json;
use tfplug::schema::{Attribute, Kind, Mode, NullElements, Object, Type};
use tfplug::testing::{Change, State};
use tfplug::value::{Path, Value};

use super::{config, talk, with};
use crate::toy::{Hooks, THING, Talk, Toy, run};

#[test]
fn v3_null_for_a_required_attribute() {
    run(async {
        let mut core = talk(Hooks::default()).await;
        for required in ["name", "parts[0].kind", "main.kind", "spare[\"s\"].kind"] {
            let wrong = with(core.config(THING, &config()), required, Value::Null);
            let errors = core.validate(THING, &wrong).await.errors();
            assert_eq!((errors.len(), &errors[0].path), (1, &Path::parse(required)));
            assert!(errors[0].detail.contains("required"), "{}", errors[0]);
            let open = with(core.config(THING, &config()), required, Value::unknown());
            core.validate(THING, &open).await.good();
        }
    });
}

#[test]
fn v4_a_null_element_is_refused_where_it_is() {
    run(async {
        let kept = Attribute { null_elements: NullElements::Kept, ..leaf("kept", Type::String.list()) };
        let all = vec![leaf("deep", Type::String.list().list()), leaf("any", Type::Dynamic.list()), kept];
        let all = [super::attributes(), all].concat();
        let mut core = Toy::new(all, Hooks::default()).talk().await;
        for (attribute, value, at) in [
            ("zones", json!(["x", null]), "zones[*]"),
            ("parts", json!([{ "kind": "k" }, null]), "parts[1]"),
            ("spare", json!({ "s": null }), "spare[\"s\"]"),
            ("deep", json!([["a"], ["b", null]]), "deep[1][1]"),
        ] {
            let mut wrong = config();
            wrong[attribute] = value;
            let wrong = core.config(THING, &wrong);
            let errors = core.validate(THING, &wrong).await.errors();
            assert_eq!((errors.len(), &errors[0].path), (1, &Path::parse(at)), "{errors:?}");
            assert!(errors[0].detail.contains(&format!("`{at}` is null")), "{}", errors[0]);
        }
        let mut fine = config();
        fine["kept"] = json!(["a", null]);
        let fine = core.config(THING, &fine);
        core.validate(THING, &fine).await.good();
        let dynamic = with(core.config(THING, &config()), "any", Value::List(vec![Value::Null]));
        core.validate(THING, &dynamic).await.good();
    });
}

fn leaf(name: &'static str, ty: Type) -> Attribute {
    Attribute::new(name, Kind::Leaf(ty), Mode::Optional, "A leaf.")
}

thread_local! {
    /// How many updates reached the resource.
    static UPDATES: Cell<usize> = const { Cell::new(0) };
}

/// A resource that takes no null in `labels`, as no API of AWS does.
fn strict(attributes: Vec<Attribute>) -> Toy {
    fn accept(object: &Value) {
        let labels = object.attribute("labels").as_entries().into_iter().flatten();
        assert!(labels.into_iter().all(|(_, v)| !v.is_null()), "the resource sees a null element");
    }
    let hooks = Hooks {
        interfere: Some(|plan| {
            accept(plan.config);
            accept(plan.prior);
            accept(plan.planned());
        }),
        create: Some(|cx, planned| {
            accept(&planned);
            accept(cx.config());
            let object = with(planned, "id", "1");
            cx.client()?.store(&object);
            Ok(object)
        }),
        update: Some(|cx, update| {
            UPDATES.set(UPDATES.get() + 1);
            accept(&update.prior);
            accept(&update.planned);
            cx.client()?.store(&update.planned);
            Ok(update.planned)
        }),
        read: Some(|cx, state| {
            accept(&state);
            Ok(cx.client()?.objects.lock().unwrap().get("1").cloned())
        }),
        delete: Some(|_, state| {
            accept(&state);
            Ok(())
        }),
        ..Hooks::default()
    };
    Toy::new(attributes, hooks)
}

async fn wanted(core: &mut Talk, state: &mut Option<State>, labels: serde_json::Value) -> Change {
    let config = core.config(THING, &json!({ "labels": labels }));
    let plan = core.run(THING, state, Some(&config)).await.good().unwrap();
    let now = state.clone().unwrap();
    let again = core.plan(THING, Some(&now), Some(&config)).await.good().unwrap();
    assert_eq!(again.change, Change::NoOp, "{labels}: {:?} over {:?}", again.value, now.value);
    assert_eq!(now.value.attribute("labels"), config.attribute("labels"), "Terraform stores what was configured");
    plan.change
}

#[test]
fn v4_a_null_element_of_a_map_of_text_is_left_out() {
    run(async {
        let mut labels = leaf("labels", Type::String.map());
        labels.requires_replace = true;
        for requires_replace in [false, true] {
            UPDATES.set(0);
            labels.requires_replace = requires_replace;
            let mut core = strict(vec![labels.clone()]).talk().await;
            let mut state = None;
            assert_eq!(wanted(&mut core, &mut state, json!({ "a": "1", "b": null })).await, Change::Create);
            let before = state.clone().unwrap();
            // What only adds or removes null changes nothing remotely, and replaces nothing.
            for same in [json!({ "a": "1" }), json!({ "a": "1", "c": null })] {
                assert_eq!(wanted(&mut core, &mut state, same).await, Change::Update);
            }
            assert_eq!(UPDATES.get(), 0);
            let change = wanted(&mut core, &mut state, json!({ "a": null })).await;
            assert_eq!(change, if requires_replace { Change::Replace } else { Change::Update });
            assert_eq!(UPDATES.get(), usize::from(!requires_replace));
            assert_eq!(wanted(&mut core, &mut state, json!(null)).await, Change::Update);
            assert_eq!(wanted(&mut core, &mut state, json!({ "b": null, "c": null })).await, Change::Update);
            assert_eq!(UPDATES.get(), usize::from(!requires_replace));
            let drifted = core.refresh(THING, &before).await.good().unwrap();
            assert!(drifted.value.attribute("labels").is_null(), "{:?}", drifted.value);
            core.run(THING, &mut state, None).await.good();
        }
    });
}

#[test]
fn v4_an_element_that_turns_out_null_is_left_out() {
    run(async {
        let mut core = strict(vec![leaf("labels", Type::String.map())]).talk().await;
        let open = json!({ "labels": { "a": "1", "b": "?" } });
        let open = with(core.config(THING, &open), "labels[\"b\"]", Value::unknown());
        for b in [Value::Null, "2".into()] {
            let plan = core.plan(THING, None, Some(&open)).await.good().unwrap();
            let known = with(open.clone(), "labels[\"b\"]", b.clone());
            let state = core.apply(THING, &plan, &known).await.good().unwrap();
            assert_eq!(state.value.at(&Path::parse("labels[\"b\"]")), Some(&b));
            // Also where the map is there already, and empty.
            let config = core.config(THING, &json!({ "labels": {} }));
            let mut empty = Some(state);
            core.run(THING, &mut empty, Some(&config)).await.good();
            let hidden = json!({ "labels": { "b": "?" } });
            let hidden = with(core.config(THING, &hidden), "labels[\"b\"]", Value::unknown());
            let plan = core.plan(THING, empty.as_ref(), Some(&hidden)).await.good().unwrap();
            core.apply(THING, &plan, &with(hidden, "labels[\"b\"]", b)).await.good();
        }
    });
}

#[test]
fn v4_null_elements_of_a_write_only_map_are_stored_nowhere() {
    run(async {
        let labels = Attribute { write_only: true, ..leaf("labels", Type::String.map()) };
        let mut core = strict(vec![labels]).talk().await;
        for labels in [json!({ "a": null }), json!({ "a": "1", "b": null })] {
            let config = core.config(THING, &json!({ "labels": labels }));
            let mut state = None;
            core.run(THING, &mut state, Some(&config)).await.good();
            assert!(state.unwrap().value.attribute("labels").is_null());
        }
    });
}

#[test]
fn v4_a_required_map_of_nulls_is_empty() {
    run(async {
        let labels = Attribute { mode: Mode::Required, ..leaf("labels", Type::String.map()) };
        let mut core = strict(vec![labels]).talk().await;
        let mut state = None;
        wanted(&mut core, &mut state, json!({ "a": null })).await;
        let stored = core.plan(THING, state.as_ref(), None).await.good().unwrap();
        assert_eq!(stored.change, Change::Destroy);
    });
}

#[test]
fn v4_null_elements_in_nested_objects_are_left_out() {
    run(async {
        let inner =
            Object { attributes: vec![leaf("labels", Type::String.map()), leaf("kind", Type::String)], rules: vec![] };
        use tfplug::schema::Nesting;
        let nested = |name: &'static str, nesting| {
            Attribute::new(name, Kind::Nested(nesting, inner.clone()), Mode::Optional, "Nested.")
        };
        let all = vec![
            nested("one", Nesting::Single),
            nested("list", Nesting::List),
            nested("map", Nesting::Map),
            nested("set", Nesting::Set),
        ];
        let hooks = Hooks {
            create: Some(|cx, planned| {
                let bare = planned.clone().transform(&Path::root(), &mut |_, v| match v {
                    Value::Map(m) => {
                        assert!(m.values().all(|v| !v.is_null()), "{planned:?}");
                        Value::Map(m)
                    }
                    other => other,
                });
                let object = with(bare, "id", "1");
                cx.client()?.store(&object);
                Ok(object)
            }),
            ..Hooks::default()
        };
        let mut core = Toy::new(all, hooks).talk().await;
        let element = |kind: &str| json!({ "kind": kind, "labels": { "a": kind, "b": null } });
        let config = json!({
            "one": element("1"), "list": [element("1"), element("2")], "map": { "k": element("1") },
            "set": [element("1"), element("2")],
        });
        let config = core.config(THING, &config);
        let mut state = None;
        core.run(THING, &mut state, Some(&config)).await.good();
        let state = state.unwrap();
        for name in ["one", "list", "map", "set"] {
            assert_eq!(state.value.attribute(name), config.attribute(name));
        }
        let read = core.refresh(THING, &state).await.good().unwrap();
        assert_eq!(read.value, state.value);
        let plan = core.plan(THING, Some(&state), Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, Change::NoOp);
    });
}
