//! Requests that make no sense are answered in words, never with a gRPC error: Terraform would lose the object.

use proptest::prelude::*;
use tfplug::pb::tfplugin6::provider_server::Provider;
use tfplug::pb::tfplugin6::{self as pb, DynamicValue};
use tfplug::rpc::Server;
use tonic::Request;

use crate::schemas::any_attributes;
use crate::toy::{Hooks, THING, Toy, run};

fn garbage() -> impl Strategy<Value = Option<DynamicValue>> {
    let bytes = || proptest::collection::vec(any::<u8>(), 0..40);
    proptest::option::of((bytes(), bytes()).prop_map(|(msgpack, json)| DynamicValue { msgpack, json }))
}

fn type_name() -> impl Strategy<Value = String> {
    prop_oneof![4 => Just(THING.to_owned()), 1 => Just("toy_none".to_owned()), 1 => "\\PC{0,8}"]
}

/// The answer, which must be one.
macro_rules! answer {
    ($server:expr, $method:ident, $request:expr) => {
        match $server.$method(Request::new($request)).await {
            Ok(answer) => answer.into_inner(),
            Err(status) => return Err(TestCaseError::fail(format!("{}: {status}", stringify!($method)))),
        }
    };
}

fn has_error(diagnostics: &[pb::Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == 1 && !d.summary.is_empty() && !d.detail.is_empty())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_request_gets_an_answer(
        attributes in any_attributes(),
        name in type_name(),
        values in [garbage(), garbage(), garbage()],
        private in proptest::collection::vec(any::<u8>(), 0..20),
        version in any::<i64>(),
        text in "\\PC{0,12}",
    ) {
        run(async {
            let server = Server::new(Toy::new(attributes, Hooks::default()));
            let [a, b, c] = values;
            let raw = || pb::RawState {
                json: b.as_ref().map(|b| b.json.clone()).unwrap_or_default(),
                ..pb::RawState::default()
            };
            let identity = || Some(pb::ResourceIdentityData { identity_data: a.clone() });
            answer!(server, validate_provider_config, pb::validate_provider_config::Request { config: a.clone() });
            answer!(server, configure_provider, pb::configure_provider::Request {
                config: a.clone(), ..Default::default()
            });
            answer!(server, validate_resource_config, pb::validate_resource_config::Request {
                type_name: name.clone(), config: a.clone(), ..Default::default()
            });
            answer!(server, upgrade_resource_state, pb::upgrade_resource_state::Request {
                type_name: name.clone(), version, raw_state: Some(raw()),
            });
            let read = answer!(server, read_resource, pb::read_resource::Request {
                type_name: name.clone(), current_state: a.clone(), private: private.clone(),
                current_identity: identity(), ..Default::default()
            });
            if has_error(&read.diagnostics) {
                prop_assert!(read.new_state == a || read.new_state.is_some(), "the object would count as gone");
            }
            answer!(server, plan_resource_change, pb::plan_resource_change::Request {
                type_name: name.clone(), prior_state: a.clone(), proposed_new_state: b.clone(), config: c.clone(),
                prior_private: private.clone(), prior_identity: identity(), ..Default::default()
            });
            let applied = answer!(server, apply_resource_change, pb::apply_resource_change::Request {
                type_name: name.clone(), prior_state: a.clone(), planned_state: b.clone(), config: c.clone(),
                planned_private: private.clone(), planned_identity: identity(), ..Default::default()
            });
            let null = |v: &Option<DynamicValue>| {
                v.as_ref().is_none_or(|v| (v.msgpack.is_empty() && v.json.is_empty()) || v.msgpack == [0xc0])
            };
            if has_error(&applied.diagnostics) {
                prop_assert!(null(&a) || !null(&applied.new_state), "an object would be lost");
            }
            let imported = answer!(server, import_resource_state, pb::import_resource_state::Request {
                type_name: name.clone(), id: text.clone(), identity: identity(), ..Default::default()
            });
            prop_assert!(imported.imported_resources.len() == 1 || has_error(&imported.diagnostics));
            let moved = answer!(server, move_resource_state, pb::move_resource_state::Request {
                target_type_name: name.clone(), source_type_name: text.clone(), source_state: Some(raw()),
                ..Default::default()
            });
            prop_assert!(has_error(&moved.diagnostics));
            answer!(server, generate_resource_config, pb::generate_resource_config::Request {
                type_name: name.clone(), state: a.clone()
            });
            answer!(server, upgrade_resource_identity, pb::upgrade_resource_identity::Request {
                type_name: name.clone(), version, raw_identity: Some(raw()),
            });
            let data = answer!(server, read_data_source, pb::read_data_source::Request {
                type_name: name.clone(), config: a.clone(), ..Default::default()
            });
            prop_assert!(has_error(&data.diagnostics));
            let opened = answer!(server, open_ephemeral_resource, pb::open_ephemeral_resource::Request {
                type_name: name.clone(), config: a.clone(), ..Default::default()
            });
            prop_assert!(has_error(&opened.diagnostics));
            answer!(server, close_ephemeral_resource, pb::close_ephemeral_resource::Request {
                type_name: name.clone(), private: Some(private.clone())
            });
            let called = answer!(server, call_function, pb::call_function::Request {
                name: text.clone(), arguments: a.clone().into_iter().collect()
            });
            prop_assert!(called.error.is_some());
            let planned = answer!(server, plan_action, pb::plan_action::Request {
                action_type: name.clone(), config: a.clone(), ..Default::default()
            });
            prop_assert!(has_error(&planned.diagnostics));
            Ok(())
        })?;
    }
}

#[test]
fn an_object_that_is_unknown_as_a_whole_is_none_and_stays() {
    run(async {
        let server = Server::new(Toy::new(vec![], Hooks::default()));
        let unknown = Some(DynamicValue { msgpack: vec![0xd4, 0, 0], json: vec![] });
        let request = pb::apply_resource_change::Request {
            type_name: THING.to_owned(),
            prior_state: unknown.clone(),
            ..Default::default()
        };
        let applied = server.apply_resource_change(Request::new(request)).await.unwrap().into_inner();
        assert!(has_error(&applied.diagnostics));
        assert_eq!(applied.new_state, unknown);
        let request = pb::read_resource::Request {
            type_name: THING.to_owned(),
            current_state: unknown.clone(),
            ..Default::default()
        };
        let read = server.read_resource(Request::new(request)).await.unwrap().into_inner();
        assert!(has_error(&read.diagnostics));
        assert_eq!(read.new_state, unknown);
    });
}
