//! What other clients than Terraform 1.11 store, print, send back or ask for: Terraform 1.12 to 1.16 and OpenTofu.

use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::json;
use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::pb::tfplugin6::provider_server::{self, ProviderServer};
use tfplug::pb::tfplugin6::{self as pb, ClientCapabilities};
use tfplug::plan::Plan;
use tfplug::rpc::Server;
use tfplug::schema::{Attribute, IdentityAttribute, Kind, Mode, OnUpdate, Rule, Type, Upgrade};
use tfplug::testing::{Change, Core, Outcome, State};
use tfplug::value::{Path, Value};
use tonic::Request;

use super::{bug_at, config, created, lawful, schema_with_identity, toy_with_identity, with};
use crate::toy::{Client, Hooks, THING, Talk, Toy, run};

fn text(name: &'static str, mode: Mode) -> Attribute {
    Attribute::new(name, Kind::Leaf(Type::String), mode, "A text.")
}

/// A resource that deletes only what its private data say is its own.
fn forgetful() -> Hooks {
    Hooks {
        remember: Some(|cx, _| {
            if cx.private("mine").is_none() {
                cx.set_private("planned", true.into());
            }
        }),
        create: Some(|cx, planned| {
            cx.set_private("mine", true.into());
            let object = cx.client()?.fill(&schema_with_identity().object, planned);
            cx.client()?.store(&object);
            Ok(object)
        }),
        delete: Some(|cx, _| match cx.private("mine") {
            Some(_) => Ok(()),
            None => Err(Diag::error("Not mine", "Nobody knows what to delete.").into()),
        }),
        ..Hooks::default()
    }
}

#[test]
fn x1_a_tainted_object_is_destroyed_without_its_private_data() {
    run(async {
        let mut core = toy_with_identity(forgetful()).talk().await;
        let state = created(&mut core).await;
        let other = with(core.config(THING, &config()), "main.kind", "other");
        let mut replaced = Some(state.clone());
        core.run(THING, &mut replaced, Some(&other)).await.good();
        let mut tainted = Some(State { tainted: true, ..state.clone() });
        let errors = core.run(THING, &mut tainted, Some(&other)).await.errors();
        assert_eq!(errors[0].summary, "Not mine");
        // Nor does its destruction, unless it is replaced.
        core.run(THING, &mut Some(state), None).await.good();
    });
}

#[test]
fn x2_a_warning_without_a_cause_fails_a_test() {
    run(async {
        let hooks = Hooks {
            update: Some(|cx, update| {
                cx.warn(Diag::warning("Mind the gap", "There is one."));
                Ok(update.planned)
            }),
            ..Hooks::default()
        };
        let mut core = toy_with_identity(hooks).talk().await;
        let mut state = Some(created(&mut core).await);
        let other = with(core.config(THING, &config()), "size", 2);
        let outcome = core.run(THING, &mut state, Some(&other)).await;
        let (_, warnings) = outcome.clone().warned();
        assert_eq!(warnings[0].summary, "Mind the gap");
        let good = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| outcome.good()));
        assert!(good.is_err(), "a warning went unnoticed");
    });
}

/// Imports the object of [`created`] in every way.
async fn every_way(toy: Toy) -> Outcome<Option<State>> {
    let mut core = toy.talk().await;
    let state = created(&mut core).await;
    let id = state.value.attribute("id").as_str().unwrap().to_owned();
    core.import_every_way(THING, &id).await
}

fn violation<T: std::fmt::Debug>(outcome: &Outcome<T>, at: &str, says: &str) {
    let found = outcome.violations.iter().any(|v| v.path == Path::parse(at) && v.detail.contains(says));
    assert!(found, "{says} at {at}: {outcome:?}");
}

/// Reads what is in the cloud, and takes the note over from the state: no API knows it.
fn local_note() -> Hooks {
    Hooks {
        read: Some(|cx, state| {
            let id = state.attribute("id").as_str().unwrap_or_default().to_owned();
            let found = cx.client()?.objects.lock().unwrap().get(&id).cloned();
            Ok(found.map(|object| with(object, "note", state.attribute("note").clone())))
        }),
        import: Some(|id| Ok(imported(id.into(), "by default"))),
        ..Hooks::default()
    }
}

fn imported(id: Value, note: &str) -> Value {
    let mut state = schema_with_identity().object.null_value();
    state.set_attribute("id", id);
    state.set_attribute("note", note.into());
    state
}

#[test]
fn i5_g1_every_way_to_import_ends_in_one_state_and_an_empty_plan() {
    run(async {
        every_way(toy_with_identity(Hooks::default())).await.good().unwrap();
        let state = every_way(toy_with_identity(local_note())).await.good().unwrap();
        assert_eq!(state.value.attribute("note"), &"by default".into());
        let other = Hooks {
            import_identity: Some(|identity| Ok(imported(identity.attribute("id").clone(), "another"))),
            ..local_note()
        };
        violation(&every_way(toy_with_identity(other)).await, "note", "another state");
    });
}

#[test]
fn i5_an_import_by_identity_has_one_before_anything_is_read() {
    run(async {
        // What is found by its name alone, and learns its id from the read.
        let hooks = Hooks {
            import_identity: Some(|_| Ok(with(imported(Value::Null, "x"), "name", "n"))),
            read: Some(|cx, state| {
                assert_eq!(state.attribute("name"), &"n".into());
                Ok(cx.client()?.objects.lock().unwrap().values().next().cloned())
            }),
            ..Hooks::default()
        };
        let mut core = toy_with_identity(hooks).talk().await;
        let state = created(&mut core).await;
        let read = core.import_by_identity(THING, &state.identity).await.good().unwrap();
        assert_eq!(read.identity, state.identity);
    });
}

#[test]
fn i6_an_identity_without_a_required_part() {
    run(async {
        let mut core = toy_with_identity(Hooks::default()).talk().await;
        let nothing = Value::object([("id", Value::Null)]);
        let errors = core.import_by_identity(THING, &nothing).await.errors();
        assert_eq!((errors.len(), errors[0].summary.as_str()), (1, "Missing identity attribute"));
        assert!(errors[0].detail.contains("`id`") && !errors[0].detail.contains("bug"), "{}", errors[0]);
    });
}

#[test]
fn i5_an_identity_of_several_parts_is_the_state_and_of_one_an_id() {
    run(async {
        let mut schema = schema_with_identity();
        let place = Attribute { on_update: OnUpdate::UseStateForUnknown, ..text("place", Mode::Computed) };
        schema.object.attributes.push(place);
        for required in [false, true] {
            schema.identity.truncate(1);
            schema.identity.push(IdentityAttribute::of("place", required));
            let hooks = Hooks {
                import: Some(|id| Ok(with(with(blank(), "id", id), "note", "an import"))),
                read: Some(|_, state| Ok(Some(state))),
                ..Hooks::default()
            };
            let mut core = Toy::with_schema(schema.clone(), hooks).talk().await;
            let identity = Value::object([("id", "1".into()), ("place", "here".into())]);
            let state = core.import_by_identity(THING, &identity).await.good().unwrap();
            assert_eq!(state.identity, identity);
            let note = if required { Value::Null } else { "an import".into() };
            assert_eq!(state.value.attribute("note"), &note);
        }
    });
}

#[test]
fn i5_a_derived_part_of_the_identity_is_asked_of_the_resource_and_may_refuse_an_import() {
    run(async {
        let mut schema = schema_with_identity();
        schema.identity.push(IdentityAttribute { derived: true, ..IdentityAttribute::of("owner", false) });
        let hooks = Hooks {
            identity_part: Some(|client, part, state| match (client, part, state.attribute("id").as_str()) {
                (Some(_), "owner", Some(id)) => format!("owner of {id}").into(),
                _ => Value::unknown(),
            }),
            check_identity: Some(|identity| match identity.attribute("owner").as_str() {
                Some("somebody else") => Err(Diag::error("Of somebody else", "").at(Path::of("owner")).into()),
                _ => Ok(()),
            }),
            ..Hooks::default()
        };
        let mut core = Toy::with_schema(schema, hooks).talk().await;
        let state = created(&mut core).await;
        let id = state.identity.attribute("id").as_str().unwrap().to_owned();
        assert_eq!(state.identity.attribute("owner"), &format!("owner of {id}").into());
        core.import_every_way(THING, &id).await.good();
        let alone = Value::object([("id", id.as_str().into()), ("owner", Value::Null)]);
        let read = core.import_by_identity(THING, &alone).await.good().unwrap();
        assert_eq!(read.identity, state.identity, "it is found out");
        let others = with(alone, "owner", "somebody else");
        let errors = core.import_by_identity(THING, &others).await.errors();
        assert_eq!((errors.len(), errors[0].summary.as_str()), (1, "Of somebody else"));
    });
}

fn blank() -> Value {
    let mut object = schema_with_identity().object;
    object.attributes.push(text("place", Mode::Computed));
    object.null_value()
}

#[test]
fn i7_g1_an_imported_state_that_is_no_valid_configuration() {
    run(async {
        let mut schema = schema_with_identity();
        schema.object.rules.push(Rule::AtMostOneOf(vec!["name".into(), "note".into()]));
        // No configuration sets both, and yet the import does.
        let mut core = Toy::with_schema(schema.clone(), Hooks::default()).talk().await;
        let mut state = None;
        let wanted = core.config(THING, &config());
        core.run(THING, &mut state, Some(&wanted)).await.good();
        let id = state.unwrap().value.attribute("id").as_str().unwrap().to_owned();
        let errors = core.import_every_way(THING, &id).await.errors();
        assert!(errors.iter().any(|e| e.detail.contains("Only one of")), "{errors:?}");
        // Where the provider writes the configuration, it leaves one of the two out, which is then a change.
        schema.object.rules = vec![Rule::AtMostOneOf(vec!["name".into(), "size".into()])];
        let hooks = Hooks {
            read: Some(|cx, state| {
                let id = state.attribute("id").as_str().unwrap_or_default().to_owned();
                let found = cx.client()?.objects.lock().unwrap().get(&id).cloned();
                Ok(found.map(|object| with(object, "size", 7)))
            }),
            ..Hooks::default()
        };
        let mut core = Toy::with_schema(schema, hooks).talk().await;
        let mut bare = config();
        bare["size"] = json!(null);
        let mut state = None;
        let wanted = core.config(THING, &bare);
        core.run(THING, &mut state, Some(&wanted)).await.good();
        let id = state.unwrap().value.attribute("id").as_str().unwrap().to_owned();
        let outcome = core.import_every_way(THING, &id).await;
        violation(&outcome, "size", "the configuration that the provider generates is a Update");
    });
}

#[test]
fn v5_a_configuration_is_tested_again_when_more_is_known() {
    run(async {
        let mut name = text("name", Mode::Required);
        name.validators.push(tfplug::validator::Validator::OneOf(&["good"]));
        let mut core = Toy::new(vec![name], Hooks::default()).talk().await;
        let open = with(core.config(THING, &json!({ "name": "?" })), "name", Value::unknown());
        let bad = with(open.clone(), "name", "bad");
        let plan = core.plan(THING, None, Some(&open)).await.good().unwrap();
        let refused = core.apply(THING, &plan, &bad).await;
        assert_eq!(refused.errors()[0].path, Path::of("name"));
        let refused = core.plan(THING, None, Some(&bad)).await;
        assert!(refused.value.is_none(), "nothing is planned");
        assert_eq!(refused.errors()[0].path, Path::of("name"));
    });
}

#[test]
fn w1_a_client_that_can_do_less_or_more() {
    run(async {
        let mut plain = config();
        plain.as_object_mut().unwrap().remove("secret");
        let all = ClientCapabilities {
            deferral_allowed: true,
            write_only_attributes_allowed: true,
            store_planned_private: true,
            computed_blocks_allowed: true,
        };
        for (capabilities, write_only) in
            [(None, false), (Some(ClientCapabilities::default()), false), (Some(all), true)]
        {
            let mut core = toy_with_identity(Hooks::default()).talk().await;
            core.client_capabilities = capabilities;
            let mut state = None;
            let wanted = core.config(THING, &plain);
            core.run(THING, &mut state, Some(&wanted)).await.good();
            core.run(THING, &mut state, Some(&with(wanted, "size", 2))).await.good();
            let id = state.clone().unwrap().value.attribute("id").as_str().unwrap().to_owned();
            core.import_every_way(THING, &id).await.good();
            let secret = core.config(THING, &config());
            assert_eq!(core.validate(THING, &secret).await.failed(), !write_only);
            core.run(THING, &mut state, None).await.good();
        }
    });
}

/// A provider that goes on listing after an error, sends an object without identity, and no object at all.
struct Careless {
    good: Server<Toy>,
    events: fn(pb::ResourceIdentityData) -> Vec<pb::list_resource::Event>,
}

type Answer<T> = std::result::Result<tonic::Response<T>, tonic::Status>;

#[tonic::async_trait]
impl provider_server::Provider for Careless {
    async fn get_provider_schema(
        &self,
        request: Request<pb::get_provider_schema::Request>,
    ) -> Answer<pb::get_provider_schema::Response> {
        let mut answer = self.good.get_provider_schema(request).await?;
        let schema = answer.get_ref().provider.clone().unwrap();
        answer.get_mut().list_resource_schemas = [(THING.to_owned(), schema)].into();
        Ok(answer)
    }

    async fn get_resource_identity_schemas(
        &self,
        request: Request<pb::get_resource_identity_schemas::Request>,
    ) -> Answer<pb::get_resource_identity_schemas::Response> {
        self.good.get_resource_identity_schemas(request).await
    }

    async fn validate_list_resource_config(
        &self,
        _: Request<pb::validate_list_resource_config::Request>,
    ) -> Answer<pb::validate_list_resource_config::Response> {
        Ok(tonic::Response::new(Default::default()))
    }

    async fn list_resource(
        &self,
        _: Request<pb::list_resource::Request>,
    ) -> Answer<tonic::codegen::BoxStream<pb::list_resource::Event>> {
        let ty = Type::Object([("id".to_owned(), Type::String)].into());
        let identity_data = Some(tfplug::wire::encode(&Value::object([("id", "1".into())]), &ty).unwrap());
        let events = (self.events)(pb::ResourceIdentityData { identity_data });
        let events = tonic::codegen::tokio_stream::iter(events.into_iter().map(Ok));
        Ok(tonic::Response::new(Box::pin(events)))
    }
}

#[test]
fn l3_terraform_reads_a_list_up_to_an_error_and_minds_what_is_missing() {
    fn object(identity: pb::ResourceIdentityData) -> pb::list_resource::Event {
        pb::list_resource::Event { identity: Some(identity), display_name: "one".to_owned(), ..Default::default() }
    }
    fn failure() -> pb::list_resource::Event {
        let diagnostic = vec![pb::Diagnostic { severity: 1, summary: "Lost".to_owned(), ..Default::default() }];
        pb::list_resource::Event { diagnostic, ..Default::default() }
    }
    type Events = fn(pb::ResourceIdentityData) -> Vec<pb::list_resource::Event>;
    let cases: [(Events, bool, usize, &str); 3] = [
        (|i| vec![object(i.clone()), failure(), object(i)], false, 1, ""),
        (|i| vec![pb::list_resource::Event { identity: None, ..object(i) }], false, 0, "missing identity data"),
        (|i| vec![object(i)], true, 1, "the object is missing"),
    ];
    run(async {
        for (events, whole, found, broken) in cases {
            let good = Server::new(toy_with_identity(Hooks::default()));
            let mut core = Core::new(ProviderServer::new(Careless { good, events })).await;
            let outcome = core.list(THING, &Value::object::<&str>([]), 9, whole).await;
            let broken_rules: Vec<_> = outcome.violations.iter().map(|v| v.detail.as_str()).collect();
            assert_eq!((outcome.value.len(), broken_rules.join(", ").as_str()), (found, broken));
        }
    });
}

static NAMES: AtomicI64 = AtomicI64::new(0);

/// A name for the plan, a new one each time.
fn new_name() -> String {
    format!("random-{}", NAMES.fetch_add(1, Ordering::Relaxed))
}

fn remembers(cx: &Context<Client>, plan: &mut Plan<'_>) {
    if cx.stores_planned_private() && plan.is_create() {
        let name = cx.planned_private("name").and_then(|n| n.as_str().map(str::to_owned)).unwrap_or_else(new_name);
        cx.set_private("name", name.clone().into());
        plan.set("etag", name.into());
    }
}

async fn storing(hooks: Hooks) -> Talk {
    let mut core = toy_with_identity(hooks).talk().await;
    core.client_capabilities = Some(ClientCapabilities {
        write_only_attributes_allowed: true,
        store_planned_private: true,
        ..ClientCapabilities::default()
    });
    core
}

#[test]
fn w2_a_random_name_in_the_plan_stays_until_the_apply() {
    run(async {
        let mut core = storing(Hooks { remember: Some(remembers), ..Hooks::default() }).await;
        let wanted = core.config(THING, &config());
        let plan = core.plan(THING, None, Some(&wanted)).await.good().unwrap();
        let name = plan.value.attribute("etag").clone();
        assert!(name.as_str().unwrap().starts_with("random-"));
        let state = core.apply(THING, &plan, &wanted).await.good().unwrap();
        assert_eq!(state.value.attribute("etag"), &name);
        let again = core.plan(THING, None, Some(&wanted)).await.good().unwrap();
        assert_ne!(again.value.attribute("etag"), &name, "another change, another name");
        // A client that does not store them gets it when it is made.
        let mut core = toy_with_identity(Hooks { remember: Some(remembers), ..Hooks::default() }).talk().await;
        let plan = core.plan(THING, None, Some(&wanted)).await.good().unwrap();
        assert!(plan.value.attribute("etag").is_unknown());
    });
}

#[test]
fn w2_a_random_name_that_is_not_remembered() {
    run(async {
        let forgets = |_: &Context<Client>, plan: &mut Plan<'_>| plan.set("etag", new_name().into());
        let mut core = storing(Hooks { remember: Some(forgets), ..Hooks::default() }).await;
        let wanted = core.config(THING, &config());
        bug_at(&core.plan(THING, None, Some(&wanted)).await.diags, "etag");
    });
}

#[test]
fn y1_a_stored_identity_comes_to_the_present_version() {
    run(async {
        let mut schema = schema_with_identity();
        schema.identity_upgrades =
            vec![vec![Upgrade::Rename("key".into(), "id".into())], vec![Upgrade::Remove("old".into())]];
        let mut core = Toy::with_schema(schema.clone(), Hooks::default()).talk().await;
        assert_eq!(core.identities[THING].version, 2);
        let id = |id: &str| Value::object([("id", id.into())]);
        for (version, stored) in
            [(0, json!({ "key": "1", "old": 7 })), (1, json!({ "id": "1", "old": 7 })), (2, json!({ "id": "1" }))]
        {
            assert_eq!(core.upgrade_identity(THING, version, &stored).await.good(), id("1"));
        }
        // An object that was stored before there were identities.
        let none = core.upgrade_identity(THING, 0, &json!({})).await.good();
        assert_eq!(none, Value::object([("id", Value::Null)]));
        let newer = core.upgrade_identity(THING, 3, &json!({ "id": "1" })).await.errors();
        assert!(newer[0].detail.contains("newer version of the provider"), "{}", newer[0]);
        let wrong = core.upgrade_identity(THING, 2, &json!({ "id": [] })).await.errors();
        assert!(wrong[0].detail.contains("`id`"), "{}", wrong[0]);
        let state = created(&mut core).await;
        let loaded = core.load(THING, &state).await.good();
        assert_eq!(loaded.identity, state.identity);
        schema.identity_upgrades.push(vec![Upgrade::Convert(|_| panic!("oh no"))]);
        let mut core = Toy::with_schema(schema, Hooks::default()).talk().await;
        bug_at(&core.upgrade_identity(THING, 0, &json!({ "key": "1" })).await.errors(), "");
    });
}

#[test]
fn y1_an_identity_that_a_load_changes() {
    run(async {
        // Not by an upgrade, which an identity of the present version does not go through.
        let mut core = toy_with_identity(Hooks::default()).talk().await;
        let mut state = created(&mut core).await;
        let outcome = core.load(THING, &state).await;
        lawful(&outcome);
        state.identity = Value::object([("id", Value::Null)]);
        core.load(THING, &state).await.good();
        let plan = core.plan(THING, Some(&state), Some(&core.config(THING, &config()))).await.good().unwrap();
        assert_eq!(plan.change, Change::NoOp);
    });
}

#[test]
fn m4_a_move_brings_private_data_along() {
    run(async {
        let hooks = Hooks {
            move_from: Some(|source| -> Result<Option<tfplug::resource::Moved>> {
                assert_eq!(source.private, b"theirs");
                assert_eq!(
                    (source.identity.as_ref().unwrap()["arn"].as_str(), source.identity_version),
                    (Some("a"), 3)
                );
                let mut moved = tfplug::resource::Moved::from(imported("1".into(), "moved"));
                moved.private.insert("mine".to_owned(), true.into());
                Ok(Some(moved))
            }),
            ..Hooks::default()
        };
        let mut core = toy_with_identity(hooks).talk().await;
        let state = core.move_state(THING, &super::read::source()).await.good().unwrap();
        assert_eq!(
            (state.private.as_slice(), state.identity),
            (&br#"{"mine":true}"#[..], Value::object([("id", "1".into())]))
        );
    });
}

#[test]
fn m4_the_same_resource_of_another_registry_host() {
    run(async {
        let mut core = toy_with_identity(Hooks::default()).talk().await;
        let here = tfplug::resource::MoveSource {
            provider: "registry.opentofu.org/example/toy".to_owned(),
            type_name: THING.to_owned(),
            schema_version: 0,
            state: json!({ "id": "1", "name": "n" }).as_object().unwrap().clone(),
            private: br#"{"mine":true}"#.to_vec(),
            ..super::read::source()
        };
        let state = core.move_state(THING, &here).await.good().unwrap();
        assert_eq!((state.value.attribute("name"), state.private.as_slice()), (&"n".into(), &here.private[..]));
        // Another provider's resource may have the same name.
        let other = tfplug::resource::MoveSource { provider: "registry.terraform.io/example/other".to_owned(), ..here };
        assert_eq!(core.move_state(THING, &other).await.errors()[0].summary, "Move is not supported");
    });
}
