//! How objects come under Terraform's care that it did not create: import, move, generated configurations.

use super::managed::{OBJECT, refuse_deferral};
use super::{Core, Outcome, State, Transport, Violation, answered, capabilities, decode, encode, received, rules};
use crate::diag::Diag;
use crate::pb::tfplugin6 as pb;
use crate::value::{Path, Value};
use serde_json::Value as Json;

const MOVE: &str = "Provider returned invalid value";

impl<T: Transport> Core<T> {
    /// Imports an object by its id and reads it.
    pub async fn import(&mut self, type_name: &str, id: &str) -> Outcome<Option<State>> {
        self.import_by(type_name, id, &Value::Null).await
    }

    /// Imports an object by its identity and reads it.
    pub async fn import_by_identity(&mut self, type_name: &str, identity: &Value) -> Outcome<Option<State>> {
        self.import_by(type_name, "", identity).await
    }

    async fn import_by(&mut self, type_name: &str, id: &str, identity: &Value) -> Outcome<Option<State>> {
        let request = pb::import_resource_state::Request {
            type_name: type_name.to_owned(),
            id: id.to_owned(),
            client_capabilities: Some(capabilities()),
            identity: self.identity_message(type_name, identity),
        };
        let answer = answered("ImportResourceState", self.client.import_resource_state(request).await);
        let mut outcome = Outcome { value: None, diags: received(answer.diagnostics), violations: Vec::new() };
        if outcome.failed() {
            return outcome;
        }
        let found = &mut outcome.violations;
        refuse_deferral(answer.deferred.is_some(), found);
        let [imported] = answer.imported_resources.as_slice() else {
            let what = format!("{} objects came of one import", answer.imported_resources.len());
            found.push(Violation::new("Import returned a wrong number of objects", Path::root(), what));
            return outcome;
        };
        if imported.type_name != type_name {
            let what = format!("{:?} came of an import of {type_name}", imported.type_name);
            found.push(Violation::new("Import returned an object of another type", Path::root(), what));
        }
        let schema = self.resources[type_name].clone();
        let value = decode(imported.state.as_ref(), &schema.ty, OBJECT, found);
        if value.is_null() {
            found.push(Violation::new("Import returned null resource", Path::root(), "no object"));
            return outcome;
        }
        rules::write_only(&schema.attributes, &value, OBJECT, found);
        rules::wholly_known(&value, OBJECT, found);
        let identity = self.identity(type_name, imported.identity.as_ref(), false, found);
        let state = State { value, private: imported.private.clone(), identity, tainted: false };
        let mut read = self.refresh(type_name, &state).await;
        if read.value.is_none() && !read.failed() {
            let title = "Cannot import non-existent remote object";
            read.diags.push(Diag::error(title, format!("{type_name}: nothing was found of the id {id:?}.")));
        }
        if read.failed() {
            read.value = None;
        }
        outcome.diags.extend(read.diags);
        outcome.violations.extend(read.violations);
        Outcome { value: read.value, ..outcome }
    }

    /// Takes over the state of a resource of another type or provider, as for a `moved` block.
    pub async fn move_state(
        &mut self,
        type_name: &str,
        source: &crate::resource::MoveSource,
    ) -> Outcome<Option<State>> {
        let request = pb::move_resource_state::Request {
            source_provider_address: source.provider.clone(),
            source_type_name: source.type_name.clone(),
            source_schema_version: source.schema_version,
            source_state: Some(pb::RawState {
                json: Json::Object(source.state.clone()).to_string().into_bytes(),
                ..pb::RawState::default()
            }),
            target_type_name: type_name.to_owned(),
            ..pb::move_resource_state::Request::default()
        };
        let answer = answered("MoveResourceState", self.client.move_resource_state(request).await);
        let mut outcome = Outcome { value: None, diags: received(answer.diagnostics), violations: Vec::new() };
        if outcome.failed() {
            return outcome;
        }
        let schema = self.resources[type_name].clone();
        let found = &mut outcome.violations;
        let value = decode(answer.target_state.as_ref(), &schema.ty, MOVE, found);
        if value.is_null() {
            found.push(Violation::new(MOVE, Path::root(), "no object"));
        }
        rules::wholly_known(&value, MOVE, found);
        rules::write_only(&schema.attributes, &value, MOVE, found);
        let identity = self.identity(type_name, answer.target_identity.as_ref(), false, found);
        outcome.value = Some(State { value, private: answer.target_private, identity, tainted: false });
        outcome
    }

    /// The configuration that `terraform plan -generate-config-out` writes for an object.
    pub async fn generate(&mut self, type_name: &str, state: &State) -> Outcome<Value> {
        let ty = self.resources[type_name].ty.clone();
        let request = pb::generate_resource_config::Request {
            type_name: type_name.to_owned(),
            state: Some(encode(&state.value, &ty)),
        };
        let answer = answered("GenerateResourceConfig", self.client.generate_resource_config(request).await);
        let mut violations = Vec::new();
        let value = decode(answer.config.as_ref(), &ty, OBJECT, &mut violations);
        rules::wholly_known(&value, OBJECT, &mut violations);
        rules::configurable(&self.resources[type_name].attributes, &value, OBJECT, &mut violations);
        Outcome { value, diags: received(answer.diagnostics), violations }
    }
}
