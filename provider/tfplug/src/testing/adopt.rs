//! How objects come under Terraform's care that it did not create: import, move, generated configurations.

use super::managed::{Change, OBJECT};
use super::schema::{Attribute, Attributes};
use super::{Core, Identity, Outcome, State, Transport, Violation, answered, decode, encode, received, rules, same};
use crate::diag::Diag;
use crate::pb::tfplugin6 as pb;
use crate::schema::Type;
use crate::value::{Path, Value};
use serde_json::Value as Json;

const MOVE: &str = "Provider returned invalid value";
const IMPORT: &str = "Import changes something";

impl<T: Transport> Core<T> {
    /// Imports an object by its id and reads it.
    pub async fn import(&mut self, type_name: &str, id: &str) -> Outcome<Option<State>> {
        self.import_by(type_name, id, &Value::Null).await
    }

    /// Imports an object by its identity and reads it. What an `import` block leaves out is null.
    pub async fn import_by_identity(&mut self, type_name: &str, identity: &Value) -> Outcome<Option<State>> {
        let mut whole = identity.clone();
        if let (Some(entries), Some(Identity { ty: Type::Object(parts), .. })) =
            (whole.as_entries_mut(), self.identities.get(type_name))
        {
            for part in parts.keys() {
                entries.entry(part.clone()).or_insert(Value::Null);
            }
        }
        self.import_by(type_name, "", &whole).await
    }

    async fn import_by(&mut self, type_name: &str, id: &str, identity: &Value) -> Outcome<Option<State>> {
        let request = pb::import_resource_state::Request {
            type_name: type_name.to_owned(),
            id: id.to_owned(),
            client_capabilities: self.client_capabilities,
            identity: self.identity_message(type_name, identity),
        };
        let answer = answered("ImportResourceState", self.client.import_resource_state(request).await);
        let mut outcome = Outcome { value: None, diags: received(answer.diagnostics), violations: Vec::new() };
        if outcome.failed() {
            return outcome;
        }
        let found = &mut outcome.violations;
        if self.deferral(answer.deferred, found) {
            // Terraform knows nothing of the object but that it is to be imported.
            let unknown = answer.imported_resources.iter().all(|imported| {
                let ty = &self.resources[type_name].ty;
                decode(imported.state.as_ref(), ty, OBJECT, found).is_unknown()
            });
            if !unknown {
                found.push(Violation::new(OBJECT, Path::root(), "a deferred import has an object"));
            }
            return outcome;
        }
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
        let identity = self.identity(type_name, imported.identity.as_ref(), !identity.is_null(), found);
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

    /// Imports an object in every way that the clients have, and plans each of the configurations that they write for it:
    /// by its id; by its identity; with the configuration that the provider
    /// generates, and with that which clients without this call write from the state. All must end in one state, and no
    /// plan may have anything to do.
    pub async fn import_every_way(&mut self, type_name: &str, id: &str) -> Outcome<Option<State>> {
        let mut all = Outcome { value: None, diags: Vec::new(), violations: Vec::new() };
        let (imported, _) = all.take(self.import(type_name, id).await);
        let Some(state) = imported else { return all };
        if !state.identity.is_null() {
            let (other, good) = all.take(self.import_by_identity(type_name, &state.identity).await);
            if let Some(other) = other.filter(|_| good) {
                let what = "an import by identity ends in another state";
                same(IMPORT, what, &state.value, &other.value, &mut all.violations);
                same(IMPORT, "and has another identity", &state.identity, &other.identity, &mut all.violations);
            }
        }
        if self.capabilities.generate_resource_config {
            let (config, good) = all.take(self.generate(type_name, &state).await);
            if good {
                self.changes_nothing("the provider generates", type_name, &state, &config, &mut all).await;
            }
        }
        let (config, complete) = written(&self.resources[type_name].attributes, &state.value, true);
        if complete {
            self.changes_nothing("a client writes from the state", type_name, &state, &config, &mut all).await;
        } else {
            all.take(self.validate(type_name, &config).await);
        }
        all.value = Some(state);
        all
    }

    async fn changes_nothing(
        &mut self,
        of: &str,
        type_name: &str,
        state: &State,
        config: &Value,
        all: &mut Outcome<Option<State>>,
    ) {
        let (plan, good) = all.take(self.plan(type_name, Some(state), Some(config)).await);
        let Some(plan) = plan.filter(|plan| good && plan.change != Change::NoOp) else { return };
        let what = format!("the configuration that {of} is a {:?}", plan.change);
        // What is unknown follows from the rest.
        let mut cause = plan.value.clone();
        for (name, value) in cause.as_entries_mut().into_iter().flatten().filter(|(_, v)| !v.is_wholly_known()) {
            *value = state.value.attribute(name).clone();
        }
        let shown = if cause == state.value { &plan.value } else { &cause };
        same(IMPORT, &what, &state.value, shown, &mut all.violations);
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
            source_private: source.private.clone(),
            source_identity: source.identity.as_ref().map(|identity| pb::RawState {
                json: Json::Object(identity.clone()).to_string().into_bytes(),
                ..pb::RawState::default()
            }),
            source_identity_schema_version: source.identity_version,
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
        let identity = self.identity(type_name, answer.target_identity.as_ref(), !value.is_null(), found);
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

/// The configuration that clients without GenerateResourceConfig write from a state: whatever is set and may be, but for
/// deprecated attributes and empty text; and whether it is all there. Secrets they leave to the user, who then sets them.
/// Terraform 1.12 and 1.13 and OpenTofu, in `internal/genconfig`.
fn written(attributes: &Attributes, state: &Value, top: bool) -> (Value, bool) {
    let mut complete = true;
    let mut attribute = |name: &String, a: &Attribute| {
        let value = state.attribute(name);
        if !(a.required || a.optional) || a.write_only || (top && name == "id" && a.optional && a.computed) {
            return Value::Null;
        }
        if (a.deprecated && !a.required) || (a.optional && value.as_str() == Some("")) {
            complete &= value.is_null();
            return Value::Null;
        }
        let Some((_, inner)) = &a.nested else { return value.clone() };
        let mut element = |v: &Value| {
            if v.is_null() {
                return Value::Null;
            }
            let (config, whole) = written(inner, v, false);
            complete &= whole;
            config
        };
        match value {
            Value::List(all) => Value::List(all.iter().map(&mut element).collect()),
            Value::Set(all) => Value::Set(all.iter().map(&mut element).collect()),
            Value::Map(all) => Value::Map(all.iter().map(|(k, v)| (k.clone(), element(v))).collect()),
            other => element(other),
        }
    };
    let config = Value::Object(attributes.iter().map(|(name, a)| (name.clone(), attribute(name, a))).collect());
    (config, complete)
}
