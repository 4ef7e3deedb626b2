//! Applies, and what becomes of the state when one fails.

use std::sync::atomic::Ordering;

use tfplug::diag::{Diag, Severity};
use tfplug::schema::{Attribute, Equality, Kind, Mode, Nesting, Object, Type};
use tfplug::testing::{Outcome, State};
use tfplug::value::{Path, Unknown, Value};

use super::{attributes, bug_at, config, created, lawful, talk, toy_with_identity, with};
use crate::toy::{Hooks, Operation, THING, Talk, Toy, run, sorry};

/// What a well-behaved creation returns.
fn made(planned: Value) -> Value {
    let mut object = planned;
    for (path, text) in [("id", "1"), ("note", "made"), ("etag", "made"), ("parts[0].serial", "made")] {
        object = with(object, path, text);
    }
    with(with(object, "main.serial", "made"), "spare[\"s\"].serial", "made")
}

async fn apply(core: &mut Talk, prior: Option<&State>, change: fn(Value) -> Value) -> Outcome<Option<State>> {
    let config = change(core.config(THING, &config()));
    let plan = core.plan(THING, prior, Some(&config)).await.good().unwrap();
    core.apply(THING, &plan, &config).await
}

/// Creates with a resource that responds as instructed, and demands a bug report at the attribute and a lawful state.
#[track_caller]
fn creating(create: Operation<Value, Value>, at: &str) -> Value {
    let outcome = run(async {
        let mut core = talk(Hooks { create: Some(create), ..Hooks::default() }).await;
        apply(&mut core, None, |c| c).await
    });
    lawful(&outcome);
    bug_at(&outcome.diags, at);
    let state = outcome.value.unwrap();
    assert_eq!(state.value.attribute("id"), &"1".into(), "the object is not lost");
    state.value
}

#[test]
fn a1_a_panic_before_anything_exists_leaves_nothing() {
    run(async {
        let mut core = talk(Hooks { create: Some(|_, _| panic!("oh no")), ..Hooks::default() }).await;
        let outcome = apply(&mut core, None, |c| c).await;
        lawful(&outcome);
        assert!(outcome.failed() && outcome.value.is_none());
        assert!(outcome.diags[0].detail.contains("oh no") && outcome.diags[0].detail.contains("bug in the provider"));
    });
}

#[test]
fn a1_a_panic_half_way_leaves_what_was_saved() {
    run(async {
        let mut core = talk(Hooks {
            create: Some(|cx, planned| {
                cx.save(with(planned, "id", "1"));
                cx.set_private("step", 2.into());
                panic!("oh no")
            }),
            ..Hooks::default()
        })
        .await;
        let outcome = apply(&mut core, None, |c| c).await;
        lawful(&outcome);
        let state = outcome.value.unwrap();
        assert!(state.tainted);
        assert_eq!(state.value.attribute("id"), &"1".into());
        assert_eq!(state.value.attribute("name"), &"n".into());
        assert_eq!(state.value.attribute("etag"), &Value::Null);
        assert_eq!(state.private, br#"{"step":2}"#);
    });
}

#[test]
fn a1_a_panic_of_a_comparison_leaves_what_there_is() {
    run(async {
        let mut all = attributes();
        all[0].equality = Equality::Custom(|_, _| panic!("oh no"));
        let hooks = Hooks {
            create: Some(|cx, planned| {
                let object = with(made(planned), "name", "other");
                cx.client()?.store(&object);
                Ok(object)
            }),
            read: Some(|_, state| Ok(Some(with(state, "name", "drifted")))),
            ..Hooks::default()
        };
        let mut core = Toy::new(all, hooks).talk().await;
        let outcome = apply(&mut core, None, |c| c).await;
        lawful(&outcome);
        bug_at(&outcome.diags, "");
        let state = outcome.value.unwrap();
        assert!(state.tainted && state.value.attribute("id") == &"1".into(), "the object is not lost");
        let read = core.refresh(THING, &state).await;
        bug_at(&read.diags, "");
        assert_eq!(read.value.unwrap().value, state.value);
    });
}

#[test]
fn a1_a_panic_of_an_update_or_destruction_keeps_the_object() {
    run(async {
        let mut core = talk(Hooks {
            update: Some(|_, _| panic!("oh no")),
            delete: Some(|_, _| panic!("oh no")),
            ..Hooks::default()
        })
        .await;
        let before = created(&mut core).await;
        let outcome = apply(&mut core, Some(&before), |c| with(c, "size", 2)).await;
        lawful(&outcome);
        assert!(outcome.failed());
        let after = outcome.value.unwrap();
        assert_eq!(after.value, before.value);
        assert!(!after.tainted);
        let plan = core.plan(THING, Some(&before), None).await.good().unwrap();
        let outcome = core.apply(THING, &plan, &Value::Null).await;
        lawful(&outcome);
        assert!(outcome.failed());
        assert_eq!(outcome.value.unwrap().value, before.value);
    });
}

#[test]
fn a2_a_value_of_another_type() {
    let state = creating(|_, planned| Ok(with(made(planned), "etag", 7)), "etag");
    assert_eq!(state.attribute("name"), &"n".into(), "the rest stays");
    assert_eq!(state.attribute("etag"), &Value::Null);
}

#[test]
fn a2_an_attribute_too_many_or_missing() {
    creating(
        |_, planned| {
            let mut object = made(planned);
            object.set_attribute("extra", 1.into());
            Ok(object)
        },
        "extra",
    );
    creating(
        |_, planned| {
            let mut object = made(planned);
            object.as_entries_mut().unwrap().remove("name");
            Ok(object)
        },
        "name",
    );
}

#[test]
fn a2_something_that_is_no_object() {
    run(async {
        let mut core = talk(Hooks {
            create: Some(|cx, planned| {
                cx.save(made(planned));
                Ok("no object".into())
            }),
            ..Hooks::default()
        })
        .await;
        let outcome = apply(&mut core, None, |c| c).await;
        lawful(&outcome);
        assert!(outcome.diags.iter().any(|d| d.detail.contains("bug in the provider")));
        assert_eq!(outcome.value.unwrap().value.attribute("id"), &"1".into(), "what was saved is kept");
    });
}

#[test]
fn a3_a_write_only_value() {
    let state = creating(|_, planned| Ok(with(made(planned), "secret", "s")), "secret");
    assert!(state.attribute("secret").is_null());
}

#[test]
fn a4_a_value_still_unknown() {
    creating(|_, planned| Ok(with(made(planned), "etag", Value::unknown())), "etag");
    creating(|_, planned| Ok(with(made(planned), "main.serial", Value::unknown())), "main.serial");
}

#[test]
fn a5_another_value_than_planned() {
    let state = creating(|_, planned| Ok(with(made(planned), "name", "other")), "name");
    assert_eq!(state.attribute("name"), &"n".into(), "the next refresh shows the difference");
    creating(|_, planned| Ok(with(made(planned), "name", Value::Null)), "name");
    creating(|_, planned| Ok(with(made(planned), "size", Value::Null)), "size");
    creating(
        |_, planned| Ok(with(made(planned), "labels", Value::Map([("b".to_owned(), "1".into())].into()))),
        "labels",
    );
    creating(|_, planned| Ok(with(made(planned), "zones", Value::Set(vec!["x".into(), "z".into()]))), "zones");
    creating(|_, planned| Ok(with(made(planned), "parts[0].kind", "other")), "parts[0].kind");
    creating(|_, planned| Ok(with(made(planned), "parts", Value::List(vec![]))), "parts");
    creating(|_, planned| Ok(with(made(planned), "main", Value::Null)), "main");
    creating(|_, planned| Ok(with(made(planned), "spare", Value::Map([].into()))), "spare");
}

#[test]
fn a5_what_the_update_did_not_change_was_changed_by_somebody_else() {
    run(async {
        let mut core = talk(Hooks {
            update: Some(|_, update| {
                let object = with(with(update.planned, "etag", "made"), "note", "made");
                Ok(with(with(with(object, "name", "theirs"), "parts[0].weight", 9), "size", 7))
            }),
            ..Hooks::default()
        })
        .await;
        let before = created(&mut core).await;
        let outcome = apply(&mut core, Some(&before), |c| with(c, "size", 2)).await;
        lawful(&outcome);
        let told = |path: &str| outcome.diags.iter().find(|d| d.path == Path::parse(path)).unwrap();
        for theirs in ["name", "parts[0].weight"] {
            let diag = told(theirs);
            assert!(diag.severity == Severity::Warning && !diag.detail.contains("bug"), "{diag}");
            assert!(diag.detail.contains("somebody else") && diag.detail.contains("next plan"), "{diag}");
        }
        bug_at(&outcome.diags, "size");
        assert_eq!(outcome.diags.len(), 3);
        let state = outcome.value.unwrap();
        assert_eq!(state.value.attribute("name"), &"n".into(), "the next refresh shows the difference");
    });
}

#[test]
fn a5_empty_and_null_are_two_things_but_only_the_planned_one_is_stored() {
    run(async {
        let mut core = talk(Hooks {
            create: Some(|_, planned| Ok(with(made(planned), "zones", Value::Set(vec![])))),
            ..Hooks::default()
        })
        .await;
        let outcome = apply(&mut core, None, |c| with(c, "zones", Value::Null)).await;
        let state = outcome.good().unwrap();
        assert!(state.value.attribute("zones").is_null());
    });
}

#[test]
fn a5_a_broken_promise() {
    let promise = |plan: &mut tfplug::plan::Plan<'_>| {
        plan.set("etag", Value::Unknown(Unknown { not_null: true, prefix: Some("v-".into()) }));
    };
    for answer in
        [(|_, planned| Ok(with(made(planned), "etag", Value::Null))) as Operation<Value, Value>, |_, planned| {
            Ok(with(made(planned), "etag", "w-1"))
        }]
    {
        run(async {
            let hooks = Hooks { interfere: Some(promise), create: Some(answer), ..Hooks::default() };
            let mut core = talk(hooks).await;
            let outcome = apply(&mut core, None, |c| c).await;
            lawful(&outcome);
            bug_at(&outcome.diags, "etag");
            assert_eq!(outcome.value.unwrap().value.attribute("id"), &"1".into());
        });
    }
}

#[test]
fn a6_nothing_after_a_successful_apply() {
    run(async {
        let mut core = talk(Hooks {
            create: Some(|_, _| Ok(Value::Null)),
            update: Some(|_, _| Ok(Value::Null)),
            ..Hooks::default()
        })
        .await;
        let outcome = apply(&mut core, None, |c| c).await;
        lawful(&outcome);
        assert!(outcome.failed() && outcome.value.is_none());
        assert!(outcome.diags.iter().any(|d| d.detail.contains("bug in the provider")));
        let mut honest = talk(Hooks::default()).await;
        let before = created(&mut honest).await;
        let outcome = apply(&mut core, Some(&before), |c| with(c, "size", 2)).await;
        lawful(&outcome);
        assert!(outcome.diags.iter().any(|d| d.detail.contains("bug in the provider")));
        assert!(outcome.value.is_some(), "the object is kept");
    });
}

#[test]
fn a7_an_identity_that_is_not_there() {
    run(async {
        let hooks = Hooks { create: Some(|_, planned| Ok(with(made(planned), "id", Value::Null))), ..Hooks::default() };
        let mut core = toy_with_identity(hooks).talk().await;
        let outcome = apply(&mut core, None, |c| c).await;
        bug_at(&outcome.diags, "id");
        assert!(outcome.diags.iter().any(|d| d.summary.contains("promised") || d.detail.contains("promised")));
        assert!(outcome.value.is_some());
    });
}

#[test]
fn a7_an_identity_of_which_nothing_was_promised() {
    run(async {
        let mut schema = super::schema_with_identity();
        let mut key = Attribute::new("key", Kind::Leaf(Type::String), Mode::Computed, "A key.");
        key.on_update = tfplug::schema::OnUpdate::UseStateForUnknown;
        schema.object.attributes.push(key);
        schema.identity[0].name = "key".into();
        let hooks = Hooks { create: Some(|_, planned| Ok(made(planned))), ..Hooks::default() };
        let mut core = Toy::with_schema(schema, hooks).talk().await;
        let outcome = apply(&mut core, None, |c| c).await;
        assert!(!outcome.failed(), "an error would taint the object");
        bug_at(&outcome.diags, "key");
    });
}

#[test]
fn a7_an_identity_that_vanishes() {
    run(async {
        let hooks = Hooks { read: Some(|_, state| Ok(Some(with(state, "id", Value::Null)))), ..Hooks::default() };
        let mut core = toy_with_identity(hooks).talk().await;
        let before = created(&mut core).await;
        let outcome = core.refresh(THING, &before).await;
        bug_at(&outcome.diags, "id");
    });
}

#[test]
fn a7_an_identity_that_changes() {
    run(async {
        let other: Operation<Value, Option<Value>> = |_, state| Ok(Some(with(state, "id", "other")));
        let hooks = Hooks { read: Some(other), ..Hooks::default() };
        let mut core = toy_with_identity(hooks).talk().await;
        let before = created(&mut core).await;
        let outcome = core.refresh(THING, &before).await;
        lawful(&outcome);
        bug_at(&outcome.diags, "id");
    });
}

#[test]
fn a7_the_identity_follows_the_object() {
    run(async {
        let mut core = toy_with_identity(Hooks::default()).talk().await;
        let before = created(&mut core).await;
        let identity = Value::object([("id", before.value.attribute("id").clone())]);
        assert_eq!(before.identity, identity);
        let after = apply(&mut core, Some(&before), |c| with(c, "size", 2)).await.good().unwrap();
        assert_eq!(after.identity, identity);
        let read = core.refresh(THING, &after).await.good().unwrap();
        assert_eq!(read.identity, identity);
        let imported = core.import_by_identity(THING, &identity).await.good().unwrap();
        assert_eq!(imported.identity, identity);
    });
}

#[test]
fn a1_failures_leave_the_state_that_is_true() {
    run(async {
        let hooks = Hooks {
            create: Some(|_, _| sorry()),
            update: Some(|cx, update| {
                cx.save(with(update.prior, "size", 2));
                sorry()
            }),
            delete: Some(|_, _| sorry()),
            ..Hooks::default()
        };
        let mut core = talk(hooks).await;
        let outcome = apply(&mut core, None, |c| c).await;
        assert!(outcome.failed() && outcome.value.is_none());
        lawful(&outcome);
        let mut honest = talk(Hooks::default()).await;
        let before = created(&mut honest).await;
        let outcome = apply(&mut core, Some(&before), |c| with(with(c, "size", 2), "name", "new")).await;
        lawful(&outcome);
        assert!(outcome.failed());
        let after = outcome.value.unwrap();
        assert_eq!(after.value, with(before.value.clone(), "size", 2), "what took effect, and nothing else");
        assert!(!after.tainted);
        let plan = core.plan(THING, Some(&after), None).await.good().unwrap();
        let outcome = core.apply(THING, &plan, &Value::Null).await;
        lawful(&outcome);
        assert_eq!(outcome.errors()[0].summary, "The cloud said no");
    });
}

#[test]
fn an_interrupted_creation_returns_what_there_is() {
    run(async {
        let toy = Toy::new(attributes(), Hooks { wait: true, ..Hooks::default() });
        let cloud = toy.cloud.clone();
        let (mut core, mut other) = toy.talks().await;
        let stop = async {
            while !cloud.waiting.load(Ordering::Relaxed) {
                tokio::task::yield_now().await;
            }
            other.stop().await;
        };
        let (outcome, ()) = tokio::join!(apply(&mut core, None, |c| c), stop);
        lawful(&outcome);
        assert_eq!(outcome.diags.iter().map(|d| d.detail.as_str()).collect::<Vec<_>>(), ["Cancelled"]);
        let state = outcome.value.unwrap();
        assert!(state.tainted && state.value.attribute("id").as_str().is_some());
        // A process that is debugged lives on: what comes next is not cancelled.
        assert!(core.refresh(THING, &state).await.good().is_some());
        let plan = core.plan(THING, Some(&state), None).await.good().unwrap();
        core.apply(THING, &plan, &Value::Null).await.good();
        assert_eq!(cloud.len(), 0);
    });
}

#[test]
fn t1_a_change_of_limits_alone_calls_nothing() {
    run(async {
        let leaf = Attribute::new("create", Kind::Leaf(Type::String), Mode::Optional, "Limit of creation.");
        let limits = Object { attributes: vec![leaf], rules: vec![] };
        let mut all = attributes();
        all.push(Attribute::new("timeouts", Kind::Nested(Nesting::Single, limits), Mode::Optional, "Limits."));
        let hooks = Hooks { update: Some(|_, _| panic!("an update was made")), ..Hooks::default() };
        let mut core = Toy::new(all, hooks).talk().await;
        let before = created(&mut core).await;
        let mut config = config();
        config["timeouts"] = serde_json::json!({ "create": "3h" });
        let config = core.config(THING, &config);
        let mut state = Some(before.clone());
        core.run(THING, &mut state, Some(&config)).await.good();
        let after = state.unwrap().value;
        assert_eq!(after.attribute("timeouts"), config.attribute("timeouts"));
        assert_eq!(with(after, "timeouts", Value::Null), before.value);
    });
}

#[test]
fn t2_a_creation_ends_when_its_time_is_up() {
    run(async {
        let leaf = Attribute::new("create", Kind::Leaf(Type::String), Mode::Optional, "Limit of creation.");
        let limits = Object { attributes: vec![leaf], rules: vec![] };
        let mut all = attributes();
        all.push(Attribute::new("timeouts", Kind::Nested(Nesting::Single, limits), Mode::Optional, "Limits."));
        let mut core = Toy::new(all, Hooks { wait: true, ..Hooks::default() }).talk().await;
        let mut config = config();
        config["timeouts"] = serde_json::json!({ "create": "30ms" });
        let config = core.config(THING, &config);
        let plan = core.plan(THING, None, Some(&config)).await.good().unwrap();
        let outcome = core.apply(THING, &plan, &config).await;
        lawful(&outcome);
        assert_eq!(outcome.diags[0].detail, "DeadlinePassed");
        let state = outcome.value.unwrap();
        assert!(state.tainted);
        assert_eq!(state.value.attribute("timeouts"), config.attribute("timeouts"));
    });
}

#[test]
fn letters_composed_in_another_way_are_the_same() {
    run(async {
        let hooks = Hooks {
            create: Some(|cx, planned| {
                let object = with(made(planned), "name", "e\u{301}");
                cx.client()?.store(&object);
                Ok(object)
            }),
            ..Hooks::default()
        };
        let mut core = talk(hooks).await;
        let outcome = apply(&mut core, None, |c| with(c, "name", "\u{e9}")).await;
        let state = outcome.clone().good().unwrap();
        assert_eq!(outcome.diags, []);
        assert_eq!(core.refresh(THING, &state).await.good().unwrap().value, state.value);
    });
}

#[test]
fn a_tainted_object_is_replaced() {
    run(async {
        let mut core = talk(Hooks::default()).await;
        let mut state = created(&mut core).await;
        state.tainted = true;
        let old = state.value.attribute("id").clone();
        let mut state = Some(state);
        let config = core.config(THING, &config());
        core.run(THING, &mut state, Some(&config)).await.good();
        let new = state.unwrap();
        assert!(!new.tainted && new.value.attribute("id") != &old);
    });
}

#[test]
fn private_data_and_write_only_values_reach_the_operations() {
    run(async {
        let hooks = Hooks {
            create: Some(|cx, planned| {
                let secret = cx.config().attribute("secret").as_str().unwrap_or_default().len();
                cx.set_private("secret_length", secret.into());
                assert!(planned.attribute("secret").is_null());
                let object = made(planned);
                cx.client()?.store(&object);
                Ok(object)
            }),
            update: Some(|cx, update| match cx.private("secret_length") {
                Some(n) if n == 1 => Ok(update.planned),
                other => Err(Diag::error("No private data", format!("{other:?}")).into()),
            }),
            ..Hooks::default()
        };
        let mut core = talk(hooks).await;
        let before = created(&mut core).await;
        assert_eq!(before.private, br#"{"secret_length":1}"#);
        let outcome = apply(&mut core, Some(&before), |c| with(c, "size", 2)).await;
        assert_eq!(outcome.diags.iter().filter(|d| d.summary == "No private data").count(), 0);
        assert_eq!(outcome.value.unwrap().private, before.private);
    });
}

#[test]
fn warnings_reach_the_user() {
    run(async {
        let hooks = Hooks {
            create: Some(|cx, planned| {
                cx.warn(Diag::warning("Mind the gap", "There is one.").at(Path::of("name")));
                Ok(made(planned))
            }),
            ..Hooks::default()
        };
        let mut core = talk(hooks).await;
        let outcome = apply(&mut core, None, |c| c).await;
        assert!(!outcome.failed());
        assert_eq!(outcome.diags[0].summary, "Mind the gap");
    });
}
