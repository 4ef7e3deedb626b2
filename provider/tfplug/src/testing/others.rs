//! Everything that is no managed resource: data sources, functions, ephemeral resources, list resources, actions.

use super::{Core, Identity, Outcome, Transport, Violation, answered, decode, encode, received, rules};
use crate::diag::Diag;
use crate::pb::tfplugin6 as pb;
use crate::resource::{FunctionError, Listed, Opened};
use crate::schema::Type;
use crate::value::{Path, Value};

const OBJECT: &str = "Provider produced invalid object";
const EPHEMERAL: &str = "Provider produced invalid ephemeral resource instance";
const FUNCTION: &str = "Error in function call";
const LIST: &str = "Provider produced invalid list result";
const ACTION: &str = "Provider produced invalid action plan";

/// Which private bytes an ephemeral resource is closed with: a provider must cope with both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// Those of its opening, as Terraform does it.
    WithOpening,
    /// Those of its last renewal, as OpenTofu does it.
    WithLastRenewal,
}

impl<T: Transport> Core<T> {
    /// Validates and reads a data source.
    pub async fn read_data(&mut self, type_name: &str, config: &Value) -> Outcome<Value> {
        let ty = self.data_sources[type_name].ty.clone();
        let message = Some(encode(config, &ty));
        let request =
            pb::validate_data_resource_config::Request { type_name: type_name.to_owned(), config: message.clone() };
        let answer = answered("ValidateDataResourceConfig", self.client.validate_data_resource_config(request).await);
        let mut outcome = Outcome { value: Value::Null, diags: received(answer.diagnostics), violations: Vec::new() };
        if outcome.failed() {
            return outcome;
        }
        let request = pb::read_data_source::Request {
            type_name: type_name.to_owned(),
            config: message,
            provider_meta: None,
            client_capabilities: self.client_capabilities,
        };
        let answer = answered("ReadDataSource", self.client.read_data_source(request).await);
        outcome.diags.extend(received(answer.diagnostics));
        if outcome.failed() {
            return outcome;
        }
        let found = &mut outcome.violations;
        outcome.value = decode(answer.state.as_ref(), &ty, OBJECT, found);
        if self.deferral(answer.deferred, found) {
            return outcome;
        }
        if outcome.value.is_null() {
            found.push(Violation::new("Provider produced null object", Path::root(), "no object"));
        }
        rules::wholly_known(&outcome.value, OBJECT, found);
        // Terraform does not compare these, but whoever reads the result expects the configuration back.
        for (name, a) in &self.data_sources[type_name].attributes {
            let configured = config.attribute(name);
            if a.nested.is_none() && !configured.is_null() && outcome.value.attribute(name) != configured {
                found.push(Violation::new(OBJECT, Path::of(name), "differs from the configuration"));
            }
        }
        outcome
    }

    /// Calls a function, twice: the same arguments must give the same result.
    ///
    /// # Errors
    /// What the function answers.
    ///
    /// # Panics
    /// If the number of arguments is wrong, or the result is not of the declared type.
    pub async fn call(&mut self, name: &str, arguments: &[Value]) -> Result<Value, FunctionError> {
        let function = self.functions[name].clone();
        let types = function.parameters.iter().chain(std::iter::repeat_n(
            function.variadic.as_ref().unwrap_or(&Type::Dynamic),
            arguments.len().saturating_sub(function.parameters.len()),
        ));
        assert!(
            arguments.len() == function.parameters.len() || function.variadic.is_some(),
            "wrong number of arguments"
        );
        let messages: Vec<_> = arguments.iter().zip(types).map(|(v, t)| encode(v, t)).collect();
        // OpenTofu sends nothing at all for null.
        let sparse = arguments.iter().zip(&messages);
        let sparse = sparse.map(|(v, m)| if v.is_null() { pb::DynamicValue::default() } else { m.clone() }).collect();
        let request = |arguments| pb::call_function::Request { name: name.to_owned(), arguments };
        let again = answered("CallFunction", self.client.call_function(request(sparse)).await);
        let answer = answered("CallFunction", self.client.call_function(request(messages)).await);
        assert_eq!(answer, again, "{FUNCTION}: {name} gives two results for the same arguments");
        if let Some(error) = answer.error {
            let argument = error.function_argument.and_then(|i| usize::try_from(i).ok());
            return Err(FunctionError { text: error.text, argument });
        }
        let mut found = Vec::new();
        let result = decode(answer.result.as_ref(), &function.result, FUNCTION, &mut found);
        rules::wholly_known(&result, FUNCTION, &mut found);
        assert!(found.is_empty(), "{name}: {}", super::lines(&found));
        Ok(result)
    }

    /// Validates and opens an ephemeral resource.
    pub async fn open(&mut self, type_name: &str, config: &Value) -> Outcome<Option<Opened>> {
        let schema = self.ephemerals[type_name].clone();
        let message = Some(encode(config, &schema.ty));
        let request = pb::validate_ephemeral_resource_config::Request {
            type_name: type_name.to_owned(),
            config: message.clone(),
        };
        let answer = self.client.validate_ephemeral_resource_config(request).await;
        let diags = received(answered("ValidateEphemeralResourceConfig", answer).diagnostics);
        let mut outcome = Outcome { value: None, diags, violations: Vec::new() };
        if outcome.failed() {
            return outcome;
        }
        let request = pb::open_ephemeral_resource::Request {
            type_name: type_name.to_owned(),
            config: message,
            client_capabilities: None,
        };
        let answer = answered("OpenEphemeralResource", self.client.open_ephemeral_resource(request).await);
        outcome.diags.extend(received(answer.diagnostics));
        if outcome.failed() {
            return outcome;
        }
        let found = &mut outcome.violations;
        let result = decode(answer.result.as_ref(), &schema.ty, EPHEMERAL, found);
        rules::wholly_known(&result, EPHEMERAL, found);
        found.extend(rules::plan(&schema.attributes, &Value::Null, config, &result, EPHEMERAL));
        let renew_at = answer.renew_at.map(|t| t.seconds);
        outcome.value = Some(Opened { result, renew_at, private: answer.private.unwrap_or_default() });
        outcome
    }

    /// Renews an ephemeral resource: when to do so next, and the private bytes to do it with.
    pub async fn renew(&mut self, type_name: &str, private: Vec<u8>) -> Outcome<(Option<i64>, Vec<u8>)> {
        let request = pb::renew_ephemeral_resource::Request { type_name: type_name.to_owned(), private: Some(private) };
        let answer = answered("RenewEphemeralResource", self.client.renew_ephemeral_resource(request).await);
        let value = (answer.renew_at.map(|t| t.seconds), answer.private.unwrap_or_default());
        Outcome { value, diags: received(answer.diagnostics), violations: Vec::new() }
    }

    /// The whole life of an ephemeral resource: it is opened, renewed if it asks for that, and closed, with the private
    /// bytes of its opening as Terraform does it, or with those of its last renewal as OpenTofu does. Of a renewal that
    /// fails OpenTofu takes the bytes over, too.
    pub async fn use_ephemeral(&mut self, type_name: &str, config: &Value, client: Closing) -> Outcome<Value> {
        let mut all = Outcome { value: Value::Null, diags: Vec::new(), violations: Vec::new() };
        let (opened, _) = all.take(self.open(type_name, config).await);
        let Some(opened) = opened else { return all };
        all.value = opened.result;
        let mut private = opened.private;
        if opened.renew_at.is_some() {
            let ((_, renewed), _) = all.take(self.renew(type_name, private.clone()).await);
            if client == Closing::WithLastRenewal {
                private = renewed;
            }
        }
        all.take(self.close(type_name, private).await);
        all
    }

    /// Closes an ephemeral resource, with the private bytes of its opening or of its last renewal.
    pub async fn close(&mut self, type_name: &str, private: Vec<u8>) -> Outcome<()> {
        let request = pb::close_ephemeral_resource::Request { type_name: type_name.to_owned(), private: Some(private) };
        let answer = answered("CloseEphemeralResource", self.client.close_ephemeral_resource(request).await);
        Outcome { value: (), diags: received(answer.diagnostics), violations: Vec::new() }
    }

    /// Lists objects, as `terraform query` does.
    pub async fn list(
        &mut self,
        type_name: &str,
        config: &Value,
        limit: usize,
        include_object: bool,
    ) -> Outcome<Vec<Listed>> {
        let message = Some(encode(config, &self.lists[type_name].ty));
        let request = pb::validate_list_resource_config::Request {
            type_name: type_name.to_owned(),
            config: message.clone(),
            include_resource_object: Some(encode(&Value::Bool(include_object), &Type::Bool)),
            limit: Some(encode(&i64::try_from(limit).unwrap_or(i64::MAX).into(), &Type::Number)),
        };
        let answer = answered("ValidateListResourceConfig", self.client.validate_list_resource_config(request).await);
        let mut outcome = Outcome { value: Vec::new(), diags: received(answer.diagnostics), violations: Vec::new() };
        if outcome.failed() {
            return outcome;
        }
        let request = pb::list_resource::Request {
            type_name: type_name.to_owned(),
            config: message,
            include_resource_object: include_object,
            limit: i64::try_from(limit).unwrap_or(i64::MAX),
        };
        let mut stream = answered("ListResource", self.client.list_resource(request).await);
        let mut refuse = |what: &str| outcome.violations.push(Violation::new(LIST, Path::root(), what));
        let Some(Identity { ty: identity_type, .. }) = self.identities.get(type_name) else {
            refuse("the resource has no identity schema");
            return outcome;
        };
        let Some(object_type) = self.resources.get(type_name).map(|s| &s.ty) else {
            refuse("there is no managed resource of this name");
            return outcome;
        };
        loop {
            let event = match stream.message().await {
                Ok(Some(event)) => event,
                Ok(None) => break,
                Err(e) => panic!("ListResource broke off: {e}"),
            };
            let found = &mut outcome.violations;
            outcome.diags.extend(received(event.diagnostic));
            // Terraform reads no further. Nor does it mind an event without identity once there is a warning.
            if super::failed(&outcome.diags) {
                break;
            }
            let Some(identity) = event.identity.and_then(|i| i.identity_data) else {
                if outcome.diags.is_empty() {
                    found.push(Violation::new(LIST, Path::root(), "missing identity data"));
                    break;
                }
                continue;
            };
            let identity = decode(Some(&identity), identity_type, LIST, found);
            rules::wholly_known(&identity, LIST, found);
            let object = event.resource_object.map(|o| decode(Some(&o), object_type, LIST, found));
            if let Some(object) = &object {
                rules::wholly_known(object, LIST, found);
            }
            // It writes a configuration of the object, and does not survive one that is null.
            if include_object && object.as_ref().is_none_or(Value::is_null) {
                found.push(Violation::new(LIST, Path::root(), "the object is missing"));
            }
            let identity = identity.as_entries().cloned().unwrap_or_default();
            outcome.value.push(Listed { identity, display_name: event.display_name, object });
        }
        if outcome.value.len() > limit {
            outcome.violations.push(Violation::new(LIST, Path::root(), "more objects than the limit"));
        }
        outcome
    }

    /// Validates, plans and invokes an action; the result is its progress messages.
    pub async fn invoke(&mut self, action: &str, config: &Value) -> Outcome<Vec<String>> {
        let message = Some(encode(config, &self.actions[action].ty));
        let request = pb::validate_action_config::Request { type_name: action.to_owned(), config: message.clone() };
        let answer = answered("ValidateActionConfig", self.client.validate_action_config(request).await);
        let mut outcome = Outcome { value: Vec::new(), diags: received(answer.diagnostics), violations: Vec::new() };
        if outcome.failed() {
            return outcome;
        }
        let mut diags = self.plan_action(action, config, &mut outcome.violations).await;
        // Any value may be an ephemeral one, which Terraform keeps back from the plan.
        let kept_back = self.plan_action(action, &unset(config), &mut outcome.violations).await;
        if !super::failed(&diags) {
            let more = kept_back.into_iter().filter(|d| !diags.contains(d));
            outcome.violations.extend(
                more.map(|d| {
                    Violation::new(ACTION, d.path.clone(), format!("a plan without ephemeral values says: {d}"))
                }),
            );
        }
        outcome.diags.append(&mut diags);
        if outcome.failed() {
            return outcome;
        }
        let request = pb::invoke_action::Request {
            action_type: action.to_owned(),
            config: message,
            client_capabilities: self.client_capabilities,
        };
        let mut stream = answered("InvokeAction", self.client.invoke_action(request).await);
        let mut completed: Option<Vec<Diag>> = None;
        loop {
            use pb::invoke_action::event::Type as Event;
            let event = match stream.message().await {
                Ok(Some(event)) => event,
                Ok(None) => break,
                Err(e) => panic!("InvokeAction broke off: {e}"),
            };
            assert!(completed.is_none(), "an event after the action was completed");
            match event.r#type {
                Some(Event::Progress(progress)) => outcome.value.push(progress.message),
                Some(Event::Completed(end)) => completed = Some(received(end.diagnostics)),
                None => panic!("an empty event"),
            }
        }
        // Terraform would take this for success.
        outcome.diags.extend(completed.unwrap_or_else(|| panic!("the action ended without saying so")));
        outcome
    }

    async fn plan_action(&mut self, action: &str, config: &Value, violations: &mut Vec<Violation>) -> Vec<Diag> {
        let request = pb::plan_action::Request {
            action_type: action.to_owned(),
            config: Some(encode(config, &self.actions[action].ty)),
            client_capabilities: self.client_capabilities,
        };
        let answer = answered("PlanAction", self.client.plan_action(request).await);
        if answer.deferred.is_some() {
            violations.push(Violation::new(ACTION, Path::root(), "an action is never deferred"));
        }
        received(answer.diagnostics)
    }
}

/// The same configuration with null for everything.
fn unset(config: &Value) -> Value {
    Value::Object(config.as_entries().into_iter().flatten().map(|(name, _)| (name.clone(), Value::Null)).collect())
}
