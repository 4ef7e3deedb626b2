//! The rules of reading, upgrading, importing and moving.

use serde_json::json;
use tfplug::resource::MoveSource;
use tfplug::schema::{Attribute, Kind, Mode, Object, OnUpdate, Schema, Type, Upgrade};
use tfplug::value::Value;

use super::{bug_at, created, lawful, talk, with};
use crate::toy::{Hooks, Move, Operation, THING, Toy, run, sorry};

type Read = Operation<Value, Option<Value>>;

/// Reads with a resource that responds as instructed, and demands a bug report at the attribute and the state it had.
#[track_caller]
fn reading(read: Read, at: &str) {
    let (before, outcome) = run(async {
        let mut honest = talk(Hooks::default()).await;
        let before = created(&mut honest).await;
        let mut core = talk(Hooks { read: Some(read), ..Hooks::default() }).await;
        let outcome = core.refresh(THING, &before).await;
        (before, outcome)
    });
    lawful(&outcome);
    assert!(outcome.failed());
    bug_at(&outcome.diags, at);
    assert_eq!(outcome.value.unwrap().value, before.value);
}

#[test]
fn r1_r2_r3_a_read_that_breaks_a_rule_changes_nothing() {
    reading(|_, state| Ok(Some(with(state, "etag", Value::unknown()))), "etag");
    reading(|_, state| Ok(Some(with(state, "parts[0].serial", Value::unknown()))), "parts[0].serial");
    reading(|_, state| Ok(Some(with(state, "secret", "s"))), "secret");
    reading(|_, state| Ok(Some(with(state, "etag", 7))), "etag");
    reading(|_, state| Ok(Some(with(state, "parts", "none"))), "parts");
    reading(
        |_, mut state| {
            state.set_attribute("extra", 1.into());
            Ok(Some(state))
        },
        "extra",
    );
}

#[test]
fn a_read_that_fails_changes_nothing() {
    run(async {
        let mut honest = talk(Hooks::default()).await;
        let before = created(&mut honest).await;
        for read in [(|_, _| sorry()) as Read, |_, _| panic!("oh no")] {
            let mut core = talk(Hooks { read: Some(read), ..Hooks::default() }).await;
            let outcome = core.refresh(THING, &before).await;
            lawful(&outcome);
            assert!(outcome.failed());
            assert_eq!(outcome.value.unwrap().value, before.value);
        }
    });
}

#[test]
fn r4_what_is_gone_is_planned_as_new() {
    run(async {
        let mut core = talk(Hooks { read: Some(|_, _| Ok(None)), ..Hooks::default() }).await;
        let before = created(&mut core).await;
        assert!(core.refresh(THING, &before).await.good().is_none());
        // What is no object at all is no sign that it is gone.
        for odd in [(|_, _| Ok(Some(Value::Null))) as Read, |_, _| Ok(Some("gone".into()))] {
            let mut core = talk(Hooks { read: Some(odd), ..Hooks::default() }).await;
            let outcome = core.refresh(THING, &before).await;
            lawful(&outcome);
            bug_at(&outcome.diags, "");
            assert_eq!(outcome.value.unwrap().value, before.value);
        }
    });
}

#[test]
fn r5_private_data_and_identity_come_back() {
    run(async {
        let hooks = Hooks {
            create: Some(|cx, planned| {
                cx.set_private("step", 1.into());
                let mut object = planned;
                for path in ["id", "note", "etag", "parts[0].serial", "main.serial", "spare[\"s\"].serial"] {
                    object = with(object, path, "1");
                }
                cx.client()?.store(&object);
                Ok(object)
            }),
            ..Hooks::default()
        };
        let mut core = super::toy_with_identity(hooks).talk().await;
        let before = created(&mut core).await;
        let read = core.refresh(THING, &before).await.good().unwrap();
        assert_eq!((read.private, read.identity), (before.private.clone(), before.identity.clone()));
        assert!(!before.private.is_empty() && !before.identity.is_null());
    });
}

#[test]
fn r5_drift_is_shown_and_spelling_is_kept() {
    run(async {
        let mut core = talk(Hooks {
            read: Some(|_, state| {
                let same = with(state, "zones", Value::Set(vec!["y".into(), "x".into()]));
                Ok(Some(with(same, "name", "renamed")))
            }),
            ..Hooks::default()
        })
        .await;
        let before = created(&mut core).await;
        let read = core.refresh(THING, &before).await.good().unwrap();
        assert_eq!(read.value, with(before.value.clone(), "name", "renamed"));
        assert_eq!(read.private, before.private);
    });
}

fn upgraded() -> Toy {
    Toy::with_schema(schema_with_upgrades(), Hooks::default())
}

fn schema_with_upgrades() -> Schema {
    let leaf = |name: &'static str, ty, mode| Attribute::new(name, Kind::Leaf(ty), mode, "A leaf.");
    let mut id = leaf("id", Type::String, Mode::Computed);
    id.on_update = OnUpdate::UseStateForUnknown;
    let mut secret = leaf("secret", Type::String, Mode::Optional);
    secret.write_only = true;
    let object = Object {
        attributes: vec![
            id,
            secret,
            leaf("title", Type::String, Mode::Required),
            leaf("level", Type::Number, Mode::Optional),
            leaf("tail", Type::String.list(), Mode::Optional),
        ],
        rules: Vec::new(),
    };
    Schema {
        name: "thing".into(),
        description: "A thing.".into(),
        version: 2,
        object,
        upgrades: vec![
            vec![Upgrade::Rename("name".into(), "title".into()), Upgrade::Remove("old".into())],
            vec![
                Upgrade::Add("level".into(), json!(3)),
                Upgrade::Convert(|state| {
                    let tail = state.remove("tail").unwrap_or_default();
                    state.insert("tail".to_owned(), json!([tail]));
                }),
            ],
        ],
        ..Schema::default()
    }
}

#[test]
fn u1_u2_u3_old_states_come_to_the_present_schema_step_by_step() {
    run(async {
        let mut core = upgraded().talk().await;
        let state = json!({ "id": "1", "name": "n", "old": [1], "secret": "s", "tail": "t" });
        let new = core.upgrade(THING, 0, &state).await.good();
        let expected = json!({ "id": "1", "title": "n", "level": 3, "tail": ["t"], "secret": null });
        assert_eq!(new, core.config(THING, &expected));
        let second = json!({ "id": "1", "title": "n", "level": 9, "tail": "t", "secret": null });
        let new = core.upgrade(THING, 1, &second).await.good();
        assert_eq!(new.attribute("level"), &9.into());
    });
}

#[test]
fn u4_a_stored_state_that_cannot_be_used_fails_in_words() {
    run(async {
        let mut core = upgraded().talk().await;
        let newer = core.upgrade(THING, 3, &json!({ "id": "1" })).await.errors();
        assert!(newer[0].detail.contains("newer version of the provider"), "{}", newer[0]);
        let wrong = core.upgrade(THING, 2, &json!({ "id": "1", "title": "n", "level": "high" })).await.errors();
        assert!(wrong[0].detail.contains("level"), "{}", wrong[0]);
        let none = core.upgrade(THING, 2, &json!(["x"])).await.errors();
        assert!(none[0].detail.contains("object"), "{}", none[0]);
    });
}

#[test]
fn a_crash_while_a_state_is_brought_along_fails_in_words() {
    run(async {
        let mut crashing = schema_with_upgrades();
        crashing.upgrades[1].push(Upgrade::Convert(|_| panic!("oh no")));
        let mut core = Toy::with_schema(crashing, Hooks::default()).talk().await;
        bug_at(&core.upgrade(THING, 0, &json!({ "id": "1" })).await.errors(), "");
        let mut core = talk(Hooks { move_from: Some(|_| panic!("oh no")), ..Hooks::default() }).await;
        bug_at(&core.move_state(THING, &source()).await.errors(), "");
    });
}

#[test]
fn i1_i2_i3_an_import_that_breaks_a_rule() {
    type Import = fn(&str) -> tfplug::diag::Result<Value>;
    for (import, at) in [
        ((|_| Ok(with(blank(), "etag", Value::unknown()))) as Import, "etag"),
        (|_| Ok(with(blank(), "secret", "s")), "secret"),
        (|_| Ok(with(blank(), "id", 7)), "id"),
        (|_| Ok(Value::Null), ""),
    ] {
        run(async {
            let mut core = talk(Hooks { import: Some(import), ..Hooks::default() }).await;
            let outcome = core.import(THING, "1").await;
            assert!(outcome.failed(), "{at}");
            lawful(&outcome);
            bug_at(&outcome.diags, at);
        });
    }
}

#[test]
fn i4_an_import_of_nothing_or_with_a_wrong_id_fails_in_words() {
    run(async {
        let mut core = talk(Hooks::default()).await;
        let none = core.import(THING, "no-such").await.errors();
        assert_eq!(none[0].summary, "Cannot import non-existent remote object");
        let mut core = talk(Hooks { import: Some(|_| sorry()), ..Hooks::default() }).await;
        assert_eq!(core.import(THING, "?").await.errors()[0].summary, "The cloud said no");
    });
}

pub(super) fn source() -> MoveSource {
    MoveSource {
        provider: "registry.terraform.io/other/other".to_owned(),
        type_name: "other_thing".to_owned(),
        schema_version: 4,
        state: json!({ "name": "n", "big": 12345678901234567890123_i128 }).as_object().unwrap().clone(),
        private: b"theirs".to_vec(),
        identity: json!({ "arn": "a" }).as_object().cloned(),
        identity_version: 3,
    }
}

#[test]
fn m1_m2_a_move_that_breaks_a_rule() {
    for (move_from, at) in [
        ((|_| Ok(Some(with(blank(), "etag", Value::unknown()).into()))) as Move, "etag"),
        (|_| Ok(Some(with(blank(), "secret", "s").into())), "secret"),
        (|_| Ok(Some(with(blank(), "size", "big").into())), "size"),
        (|_| Ok(Some(Value::Null.into())), ""),
    ] {
        run(async {
            let mut core = talk(Hooks { move_from: Some(move_from), ..Hooks::default() }).await;
            let outcome = core.move_state(THING, &source()).await;
            assert!(outcome.failed(), "{at}");
            lawful(&outcome);
            bug_at(&outcome.diags, at);
        });
    }
}

#[test]
fn m3_a_move_brings_the_state_or_says_what_to_do() {
    run(async {
        let mut core = talk(Hooks::default()).await;
        let errors = core.move_state(THING, &source()).await.errors();
        assert!(errors[0].detail.contains("import"), "{}", errors[0]);
        let hooks = Hooks {
            move_from: Some(|source| {
                assert_eq!(source.state["big"].to_string(), "12345678901234567890123");
                Ok(Some(with(blank(), "name", source.state["name"].as_str().unwrap()).into()))
            }),
            ..Hooks::default()
        };
        let state = talk(hooks).await.move_state(THING, &source()).await.good().unwrap();
        assert_eq!(state.value.attribute("name"), &"n".into());
    });
}

/// An object with every attribute null.
fn blank() -> Value {
    let mut object = Object { attributes: super::attributes(), rules: Vec::new() }.null_value();
    object.set_attribute("id", "1".into());
    object
}
