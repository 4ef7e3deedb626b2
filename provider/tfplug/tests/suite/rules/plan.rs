//! Plans, and final plans.

use std::sync::atomic::{AtomicI64, Ordering};

use tfplug::pb::tfplugin6::{self as pb, provider_server::Provider};
use tfplug::plan::Plan;
use tfplug::rpc::Server;
use tfplug::schema::{Attribute, Kind, Mode, Nesting, Object, OnUpdate, Type};
use tfplug::testing::Change;
use tfplug::value::{Path, Value};
use tfplug::wire;
use tonic::Request;

use super::{attributes, bug_at, config, created, lawful, talk, toy_with_identity, with};
use crate::toy::{Hooks, THING, Toy, run, sorry};

type Hook = fn(&mut Plan<'_>);

/// Plans a creation with a resource that interferes, and demands a bug report at the attribute.
#[track_caller]
fn interfering(hook: Hook, at: &str) {
    interfering_with(hook, at, |c| c);
}

#[track_caller]
fn interfering_with(hook: Hook, at: &str, change: fn(Value) -> Value) {
    let (outcome, refreshed) = run(async {
        let mut core = talk(Hooks { interfere: Some(hook), ..Hooks::default() }).await;
        let config = change(core.config(THING, &config()));
        let outcome = core.plan(THING, None, Some(&config)).await;
        let refreshed = core.capabilities.plan_destroy;
        (outcome, refreshed)
    });
    assert!(refreshed);
    lawful(&outcome);
    assert!(outcome.failed());
    bug_at(&outcome.diags, at);
}

#[test]
fn p1_a_value_of_another_type() {
    interfering(|plan| plan.set("etag", Value::from(7)), "etag");
}

#[test]
fn p2_f3_nothing_is_deferred_even_where_it_is_allowed() {
    // No trait lets provider code defer. In an apply walk Terraform says that it is allowed, and then refuses it.
    run(async {
        let server = Server::new(Toy::new(super::attributes(), Hooks::default()));
        let ty = Object { attributes: super::attributes(), rules: vec![] }.to_type();
        let Type::Object(mut all) = ty else { unreachable!() };
        all.insert("id".to_owned(), Type::String);
        let ty = Type::Object(all);
        let unknown = wire::encode(&Value::unknown(), &ty).unwrap();
        let allowed = Some(pb::ClientCapabilities {
            deferral_allowed: true,
            write_only_attributes_allowed: true,
            ..Default::default()
        });
        let request = pb::plan_resource_change::Request {
            type_name: THING.to_owned(),
            config: Some(unknown.clone()),
            proposed_new_state: Some(unknown),
            client_capabilities: allowed,
            ..Default::default()
        };
        let plan = server.plan_resource_change(Request::new(request)).await.unwrap().into_inner();
        assert_eq!(plan.deferred, None);
        let request = pb::read_resource::Request {
            type_name: THING.to_owned(),
            client_capabilities: allowed,
            ..Default::default()
        };
        let read = server.read_resource(Request::new(request)).await.unwrap().into_inner();
        assert_eq!(read.deferred, None);
        let request = pb::import_resource_state::Request {
            type_name: THING.to_owned(),
            id: "1".to_owned(),
            client_capabilities: allowed,
            ..Default::default()
        };
        let import = server.import_resource_state(Request::new(request)).await.unwrap().into_inner();
        assert_eq!(import.deferred, None);
    });
}

#[test]
fn p1_a_request_that_cannot_be_read() {
    run(async {
        let server = Server::new(Toy::new(super::attributes(), Hooks::default()));
        let garbage = Some(pb::DynamicValue { msgpack: vec![0xc1], json: vec![] });
        let request = pb::plan_resource_change::Request {
            type_name: THING.to_owned(),
            config: garbage.clone(),
            ..Default::default()
        };
        let plan = server.plan_resource_change(Request::new(request.clone())).await.unwrap().into_inner();
        assert_eq!(plan.diagnostics, [], "nothing proposed is a destroy");
        for (prior_state, proposed_new_state) in [(garbage.clone(), None), (None, garbage)] {
            let request = pb::plan_resource_change::Request { prior_state, proposed_new_state, ..request.clone() };
            let plan = server.plan_resource_change(Request::new(request)).await.unwrap().into_inner();
            assert!(plan.diagnostics[0].summary.contains("Cannot decode"), "{:?}", plan.diagnostics);
        }
    });
}

#[test]
fn p4_nothing_where_something_is_configured() {
    interfering(|plan| plan.set_at(&Path::root(), Value::Null), "");
    interfering(|plan| plan.set_at(&Path::root(), Value::unknown()), "");
    // Even where no attribute is configured.
    run(async {
        let leaf = Attribute::new("text", Kind::Leaf(Type::String), Mode::Optional, "A text.");
        let hooks = Hooks { interfere: Some(|plan| plan.set_at(&Path::root(), Value::Null)), ..Hooks::default() };
        let mut core = Toy::new(vec![leaf], hooks).talk().await;
        let config = core.config(THING, &serde_json::json!({}));
        let outcome = core.plan(THING, None, Some(&config)).await;
        lawful(&outcome);
        bug_at(&outcome.diags, "");
    });
}

#[test]
fn p6_there_are_no_blocks_that_could_differ() {
    run(async {
        let server = Server::new(Toy::new(super::attributes(), Hooks::default()));
        let answer = server.get_provider_schema(Request::new(pb::get_provider_schema::Request {})).await.unwrap();
        let block = answer.into_inner().resource_schemas.remove(THING).unwrap().block.unwrap();
        assert_eq!(block.block_types, []);
        let parts = block.attributes.iter().find(|a| a.name == "parts").unwrap();
        assert!(parts.nested_type.is_some() && parts.r#type.is_empty());
    });
}

#[test]
fn p8_an_identity_that_an_update_would_make_unknown() {
    run(async {
        let hooks = Hooks {
            interfere: Some(|plan| {
                if !plan.is_create() {
                    plan.set("id", Value::unknown());
                }
            }),
            ..Hooks::default()
        };
        let mut core = toy_with_identity(hooks).talk().await;
        let state = created(&mut core).await;
        let other = with(core.config(THING, &config()), "size", 2);
        let outcome = core.plan(THING, Some(&state), Some(&other)).await;
        lawful(&outcome);
        assert!(outcome.failed());
        bug_at(&outcome.diags, "id");
        // With a new object comes a new identity.
        let replaced = with(core.config(THING, &config()), "main.kind", "other");
        let plan = core.plan(THING, Some(&state), Some(&replaced)).await.good().unwrap();
        assert_eq!(plan.change, Change::Replace);
    });
}

#[test]
fn p8_an_identity_that_only_the_apply_will_tell() {
    run(async {
        let mut core = toy_with_identity(Hooks::default()).talk().await;
        let wanted = core.config(THING, &config());
        let plan = core.plan(THING, None, Some(&wanted)).await.good().unwrap();
        assert_eq!((plan.change, plan.identity), (Change::Create, Value::Null));
        let mut state = created(&mut core).await;
        let replaced = with(wanted.clone(), "main.kind", "other");
        let plan = core.plan(THING, Some(&state), Some(&replaced)).await.good().unwrap();
        assert_eq!((plan.change, plan.identity), (Change::Replace, Value::Null));
        let kept = core.plan(THING, Some(&state), Some(&with(wanted.clone(), "size", 2))).await.good().unwrap();
        assert_eq!((kept.change, &kept.identity), (Change::Update, &state.identity));
        state.tainted = true;
        let plan = core.plan(THING, Some(&state), Some(&wanted)).await.good().unwrap();
        assert_eq!((plan.change, plan.identity), (Change::Replace, Value::Null));
    });
}

#[test]
fn p3_a_write_only_value() {
    interfering(|plan| plan.set("secret", "s".into()), "secret");
}

#[test]
fn p5_another_value_than_the_configured_one() {
    interfering(|plan| plan.set("name", "other".into()), "name");
    interfering(|plan| plan.set("name", Value::unknown()), "name");
    interfering(|plan| plan.set("name", Value::Null), "name");
}

#[test]
fn p5_an_additional_entry_of_a_configured_map() {
    interfering(
        |plan| {
            let more = Value::Map([("a".to_owned(), "1".into()), ("b".to_owned(), "2".into())].into());
            plan.set("labels", more);
        },
        "labels",
    );
}

#[test]
fn p5_a_guess_at_what_is_unknown() {
    let unknown = |c: Value| with(c, "name", Value::unknown());
    interfering_with(|plan| plan.set("name", "guess".into()), "name", unknown);
}

#[test]
fn p5_a_value_for_what_is_neither_configured_nor_computed() {
    let bare = |c: Value| with(c, "size", Value::Null);
    interfering_with(|plan| plan.set("size", 5.into()), "size", bare);
}

#[test]
fn p5_nested_objects_that_are_not_the_configured_ones() {
    interfering(|plan| plan.set_at(&Path::parse("parts[0].kind"), "other".into()), "parts[0].kind");
    interfering(|plan| plan.set_at(&Path::parse("main.weight"), 1.into()), "main.weight");
    interfering(|plan| plan.set_at(&Path::parse("spare[\"s\"].kind"), Value::Null), "spare[\"s\"].kind");
    interfering(|plan| plan.set("parts", Value::List(vec![])), "parts");
    interfering(|plan| plan.set("spare", Value::Map([].into())), "spare");
    interfering(|plan| plan.set("main", Value::Null), "main");
    interfering(|plan| plan.set("main", Value::unknown()), "main");
    interfering(|plan| plan.set_at(&Path::parse("parts[0]"), Value::unknown()), "parts[0]");
}

#[test]
fn p5_rules_hold_for_updates_too() {
    run(async {
        let mut core = talk(Hooks {
            interfere: Some(|plan| {
                if !plan.is_create() {
                    plan.set("name", "other".into());
                }
            }),
            ..Hooks::default()
        })
        .await;
        let state = created(&mut core).await;
        let config = with(core.config(THING, &config()), "size", 2);
        let outcome = core.plan(THING, Some(&state), Some(&config)).await;
        lawful(&outcome);
        bug_at(&outcome.diags, "name");
    });
}

#[test]
fn p7_a_replacement_because_of_nothing_is_none() {
    run(async {
        let mut core = talk(Hooks {
            interfere: Some(|plan| {
                for path in ["no_such", "name", "parts[7].kind", "labels[\"z\"]"] {
                    plan.requires_replace(Path::parse(path));
                }
            }),
            ..Hooks::default()
        })
        .await;
        let state = created(&mut core).await;
        let same = core.config(THING, &config());
        let plan = core.plan(THING, Some(&state), Some(&same)).await.good().unwrap();
        assert_eq!(plan.change, Change::NoOp, "{:?}", plan.value);
        let other = with(same.clone(), "size", 2);
        let plan = core.plan(THING, Some(&state), Some(&other)).await.good().unwrap();
        assert_eq!(plan.change, Change::Update);
        let other = with(same, "name", "new");
        let plan = core.plan(THING, Some(&state), Some(&other)).await.good().unwrap();
        assert_eq!((plan.change, plan.requires_replace), (Change::Replace, vec![Path::of("name")]));
    });
}

#[test]
fn p7_a_replacement_because_of_a_set_element_is_one_because_of_the_set() {
    run(async {
        let mut core = talk(Hooks {
            interfere: Some(|plan| plan.requires_replace(Path::of("zones").element())),
            ..Hooks::default()
        })
        .await;
        let state = created(&mut core).await;
        let other = with(core.config(THING, &config()), "zones", Value::Set(vec!["x".into()]));
        let plan = core.plan(THING, Some(&state), Some(&other)).await.good().unwrap();
        assert_eq!((plan.change, plan.requires_replace), (Change::Replace, vec![Path::of("zones")]));
    });
}

#[test]
fn f1_what_is_unknown_may_hide_a_replacement() {
    run(async {
        let mut core = talk(Hooks::default()).await;
        let state = created(&mut core).await;
        for unknown in ["parts", "parts[0]", "main", "spare[\"s\"]"] {
            let config = with(core.config(THING, &config()), unknown, Value::unknown());
            let plan = core.plan(THING, Some(&state), Some(&config)).await.good().unwrap();
            assert_eq!((plan.change, plan.requires_replace), (Change::Replace, vec![Path::parse(unknown)]));
        }
        // What cannot demand one does not.
        let config = with(core.config(THING, &config()), "labels", Value::unknown());
        let plan = core.plan(THING, Some(&state), Some(&config)).await.good().unwrap();
        assert_eq!(plan.change, Change::Update);
    });
}

#[test]
fn p9_a_destruction_is_planned_as_null_and_an_error_stops_it() {
    run(async {
        let mut core = talk(Hooks::default()).await;
        let state = created(&mut core).await;
        let plan = core.plan(THING, Some(&state), None).await.good().unwrap();
        assert_eq!((plan.change, plan.value), (Change::Destroy, Value::Null));
    });
}

#[test]
fn a_plan_may_keep_a_spelling_and_leave_open_what_it_computes() {
    run(async {
        // Allowed: rule 2.1(2), and anything at all for a computed attribute.
        let mut core = talk(Hooks {
            interfere: Some(|plan| {
                plan.set("etag", "known".into());
                if !plan.is_create() {
                    let before = plan.prior.attribute("name").clone();
                    plan.set("name", before);
                }
            }),
            create: Some(|cx, mut planned| {
                planned.set_attribute("id", "1".into());
                planned.set_attribute("note", "noted".into());
                for path in ["parts[0].serial", "main.serial", "spare[\"s\"].serial"] {
                    planned = with(planned, path, "1");
                }
                cx.client()?.store(&planned);
                Ok(planned)
            }),
            ..Hooks::default()
        })
        .await;
        let state = created(&mut core).await;
        assert_eq!(state.value.attribute("etag"), &"known".into());
        let shouted = with(core.config(THING, &config()), "name", "N");
        let plan = core.plan(THING, Some(&state), Some(&shouted)).await.good().unwrap();
        assert_eq!(plan.change, Change::NoOp);
    });
}

#[test]
fn f2_two_plans_of_the_same_input_must_agree() {
    static CALLS: AtomicI64 = AtomicI64::new(0);
    interfering(|plan| plan.set("etag", CALLS.fetch_add(1, Ordering::Relaxed).to_string().into()), "etag");
}

#[test]
fn a_plan_that_fails_or_panics_fails_in_words() {
    run(async {
        let mut core = talk(Hooks { plan: Some(|_| sorry()), ..Hooks::default() }).await;
        let config = core.config(THING, &config());
        let errors = core.plan(THING, None, Some(&config)).await.errors();
        assert_eq!((errors.len(), errors[0].path.to_string().as_str()), (1, "name"));
        let mut core = talk(Hooks { plan: Some(|_| panic!("oh no")), ..Hooks::default() }).await;
        let errors = core.plan(THING, None, Some(&config)).await.errors();
        assert!(errors[0].detail.contains("oh no") && errors[0].detail.contains("bug in the provider"));
    });
}

#[test]
fn what_only_says_how_the_provider_behaves_touches_nothing_but_what_follows_it() {
    run(async {
        let leaf = |name: &'static str, mode| Attribute::new(name, Kind::Leaf(Type::String), mode, "A leaf.");
        let mut behavior = leaf("on_destroy", Mode::Optional);
        behavior.provider_only = true;
        let mut source = leaf("source", Mode::Optional);
        source.provider_only = true;
        source.kind =
            Kind::Nested(Nesting::Single, Object { attributes: vec![leaf("path", Mode::Optional)], rules: vec![] });
        let mut follower = leaf("follower", Mode::Computed);
        follower.on_update = OnUpdate::ChangesWith(vec!["on_destroy".into()]);
        let mut all = attributes();
        all.extend([behavior, source, follower]);
        let mut core = Toy::new(all, Hooks::default()).talk().await;
        let before = created(&mut core).await;
        let mut unknown = async |path: &str, value: Value| {
            let config = with(core.config(THING, &config()), path, value);
            let plan = core.plan(THING, Some(&before), Some(&config)).await.good().unwrap();
            assert_eq!(plan.change, Change::Update);
            ["etag", "note", "follower"].map(|name| plan.value.attribute(name).is_unknown())
        };
        assert_eq!(unknown("on_destroy", "retain".into()).await, [false, false, true]);
        // What is only the provider's may be what it makes the object of.
        assert_eq!(unknown("source", Value::object([("path", "x".into())])).await, [true, true, false]);
        assert_eq!(unknown("size", 2.into()).await, [true, true, false]);
    });
}
