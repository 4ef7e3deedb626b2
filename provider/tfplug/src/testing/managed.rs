//! The life of a managed resource as Terraform drives it: upgrade, read, plan, apply, import, move.

use super::propose::propose;
use super::{
    Core, Identity, Outcome, Transport, Violation, answered, decode, encode, failed, path, received, rules, same,
};
use crate::context::Deferral;
use crate::diag::Diag;
use crate::json;
use crate::pb::tfplugin6 as pb;
use crate::value::{Path, Value};
use serde_json::Value as Json;

const PLAN: &str = "Provider produced invalid plan";
const FINAL: &str = "Provider produced inconsistent final plan";
pub(super) const OBJECT: &str = "Provider produced invalid object";
const RESULT: &str = "Provider returned invalid result object after apply";
const INCONSISTENT: &str = "Provider produced inconsistent result after apply";
const IDENTITY: &str = "Provider produced invalid identity";
const UPGRADE: &str = "Invalid resource state upgrade";

/// What Terraform stores of an object.
#[derive(Clone, Debug)]
pub struct State {
    /// The attributes.
    pub value: Value,
    /// The provider's private data.
    pub private: Vec<u8>,
    /// The identity, if the provider has identities.
    pub identity: Value,
    /// Whether the next plan replaces the object because its creation failed.
    pub tainted: bool,
}

/// What a plan comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing to do.
    NoOp,
    /// A new object.
    Create,
    /// The same object, changed.
    Update,
    /// The object is destroyed and a new one created.
    Replace,
    /// The object is destroyed.
    Destroy,
}

/// An approved plan for one object.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What is to happen.
    pub change: Change,
    /// The state it starts from.
    pub prior: Option<State>,
    /// The object as it shall be; null for a destroy. For a replacement it is the new object.
    pub value: Value,
    /// What demands the replacement.
    pub requires_replace: Vec<Path>,
    private: Vec<u8>,
    /// The planned identity; null if it is not known yet.
    pub identity: Value,
    destroy_private: Vec<u8>,
}

struct Answer {
    value: Value,
    requires_replace: Vec<Path>,
    private: Vec<u8>,
    identity: Value,
}

impl<T: Transport> Core<T> {
    /// `terraform validate` of one resource.
    pub async fn validate(&mut self, type_name: &str, config: &Value) -> Outcome<()> {
        let request = pb::validate_resource_config::Request {
            type_name: type_name.to_owned(),
            config: Some(encode(config, &self.resources[type_name].ty)),
            client_capabilities: self.client_capabilities,
        };
        let answer = answered("ValidateResourceConfig", self.client.validate_resource_config(request).await);
        Outcome { value: (), diags: received(answer.diagnostics), violations: Vec::new() }
    }

    /// Loads a state as if from a file: through JSON and the provider's upgrade.
    pub async fn load(&mut self, type_name: &str, state: &State) -> Outcome<State> {
        let schema = &self.resources[type_name];
        let version = schema.version;
        let stored = match json::to_json(&state.value, &schema.ty) {
            Ok(stored) => stored,
            Err(e) => panic!("the state of {type_name} cannot be stored: {e}"),
        };
        let upgraded = self.upgrade(type_name, version, &stored).await;
        let mut all = Outcome { value: state.clone(), diags: Vec::new(), violations: Vec::new() };
        all.value.value = all.take(upgraded).0;
        if let Some(identity) = self.identities.get(type_name).filter(|_| !state.identity.is_null()).cloned() {
            let stored = json::to_json(&state.identity, &identity.ty);
            let stored = stored.unwrap_or_else(|e| panic!("the identity of {type_name} cannot be stored: {e}"));
            let (again, good) = all.take(self.upgrade_identity(type_name, identity.version, &stored).await);
            if good {
                same(
                    IDENTITY,
                    "an identity of the present version is loaded as another",
                    &state.identity,
                    &again,
                    &mut all.violations,
                );
            }
        }
        all
    }

    /// Brings a stored identity of some version to the present one. Terraform asks with `{}` for an object that was
    /// stored without one.
    pub async fn upgrade_identity(&mut self, type_name: &str, version: i64, stored: &Json) -> Outcome<Value> {
        let raw_identity = Some(pb::RawState { json: stored.to_string().into_bytes(), ..pb::RawState::default() });
        let request = pb::upgrade_resource_identity::Request { type_name: type_name.to_owned(), version, raw_identity };
        let answer = answered("UpgradeResourceIdentity", self.client.upgrade_resource_identity(request).await);
        let diags = received(answer.diagnostics);
        let mut violations = Vec::new();
        if failed(&diags) {
            return Outcome { value: Value::Null, diags, violations };
        }
        let data = answer.upgraded_identity.and_then(|i| i.identity_data);
        let value = decode(data.as_ref(), &self.identities[type_name].ty, IDENTITY, &mut violations);
        if value.is_null() {
            violations.push(Violation::new(IDENTITY, Path::root(), "the identity vanished in the upgrade"));
        }
        rules::wholly_known(&value, IDENTITY, &mut violations);
        Outcome { value, diags, violations }
    }

    /// Brings a stored state of some version to the present schema.
    pub async fn upgrade(&mut self, type_name: &str, version: i64, stored: &Json) -> Outcome<Value> {
        let request = pb::upgrade_resource_state::Request {
            type_name: type_name.to_owned(),
            version,
            raw_state: Some(pb::RawState { json: stored.to_string().into_bytes(), ..pb::RawState::default() }),
        };
        let answer = answered("UpgradeResourceState", self.client.upgrade_resource_state(request).await);
        let schema = &self.resources[type_name];
        let mut violations = Vec::new();
        let diags = received(answer.diagnostics);
        let value = decode(answer.upgraded_state.as_ref(), &schema.ty, UPGRADE, &mut violations);
        if failed(&diags) {
            return Outcome { value, diags, violations };
        }
        if value.is_null() {
            violations.push(Violation::new(UPGRADE, Path::root(), "the object vanished in the upgrade"));
        }
        rules::wholly_known(&value, UPGRADE, &mut violations);
        rules::write_only(&schema.attributes, &value, UPGRADE, &mut violations);
        Outcome { value, diags, violations }
    }

    /// Reads an object anew. None: it is gone. With errors the state stays as it was.
    pub async fn refresh(&mut self, type_name: &str, state: &State) -> Outcome<Option<State>> {
        let ty = self.resources[type_name].ty.clone();
        let request = pb::read_resource::Request {
            type_name: type_name.to_owned(),
            current_state: Some(encode(&state.value, &ty)),
            private: state.private.clone(),
            provider_meta: None,
            client_capabilities: self.client_capabilities,
            current_identity: self.identity_message(type_name, &state.identity),
        };
        let answer = answered("ReadResource", self.client.read_resource(request).await);
        let diags = received(answer.diagnostics);
        let mut violations = Vec::new();
        self.deferral(answer.deferred, &mut violations);
        if failed(&diags) {
            return Outcome { value: Some(state.clone()), diags, violations };
        }
        let value = decode(answer.new_state.as_ref(), &ty, OBJECT, &mut violations);
        rules::wholly_known(&value, OBJECT, &mut violations);
        rules::write_only(&self.resources[type_name].attributes, &value, OBJECT, &mut violations);
        let identity = self.identity(type_name, answer.new_identity.as_ref(), !value.is_null(), &mut violations);
        let new =
            (!value.is_null()).then_some(State { value, private: answer.private, identity, tainted: state.tainted });
        Outcome { value: new, diags, violations }
    }

    /// Plans towards a configuration, or a destruction if there is none. Configuration values may be unknown.
    pub async fn plan(
        &mut self,
        type_name: &str,
        prior: Option<&State>,
        config: Option<&Value>,
    ) -> Outcome<Option<Planned>> {
        let mut violations = Vec::new();
        let mut diags = Vec::new();
        let planned = self.plan_whole(type_name, prior, config, &[], &mut diags, &mut violations).await;
        Outcome { value: planned, diags, violations }
    }

    async fn plan_whole(
        &mut self,
        type_name: &str,
        prior: Option<&State>,
        config: Option<&Value>,
        planned_private: &[u8],
        diags: &mut Vec<Diag>,
        violations: &mut Vec<Violation>,
    ) -> Option<Planned> {
        let null = Value::Null;
        let prior_value = prior.map_or(&null, |s| &s.value);
        let prior_private = prior.map(|s| s.private.clone()).unwrap_or_default();
        let prior_identity = prior.map_or(Value::Null, |s| s.identity.clone());
        let Some(config) = config else {
            let state = prior?;
            let answer = if self.capabilities.plan_destroy {
                let call = self.plan_call(type_name, prior_value, &null, prior_private, prior_identity, &[]);
                call.await.collect(diags, violations)?
            } else {
                Answer { value: Value::Null, requires_replace: vec![], private: prior_private, identity: Value::Null }
            };
            if !answer.value.is_null() {
                violations.push(Violation::new(PLAN, Path::root(), "planned a non-null destroy value"));
            }
            rules::wholly_known(&answer.identity, IDENTITY, violations);
            return Some(Planned {
                change: Change::Destroy,
                prior: Some(state.clone()),
                value: Value::Null,
                requires_replace: Vec::new(),
                private: answer.private,
                identity: Value::Null,
                destroy_private: Vec::new(),
            });
        };
        // Terraform tests a configuration again whenever more of it is known.
        let tested = self.validate(type_name, config).await;
        let refused = tested.failed();
        diags.extend(tested.diags);
        if refused {
            return None;
        }
        // A tainted object is planned like a new one: nothing of the old one is sent.
        let tainted = prior.is_some_and(|s| s.tainted);
        let create = prior.is_none() || tainted;
        let (from, private, identity) =
            if create { (&null, Vec::new(), Value::Null) } else { (prior_value, prior_private, prior_identity) };
        let first = self.plan_call(type_name, from, config, private, identity, planned_private);
        let first = first.await.collect(diags, violations)?;
        let mut change = match (prior.is_none(), tainted) {
            (true, _) => Change::Create,
            (_, true) => Change::Replace,
            _ => Change::Update,
        };
        if change == Change::Update {
            for path in &first.requires_replace {
                if prior_value.at(path).is_none() && first.value.at(path).is_none() {
                    violations.push(Violation::new(PLAN, path.clone(), "requires replacement of an absent path"));
                }
            }
            let write_only =
                |p: &Path| super::schema::at(&self.resources[type_name].attributes, p).is_some_and(|a| a.write_only);
            let differs = |p: &&Path| {
                let planned = first.value.at(p);
                planned != prior_value.at(p) || planned.is_some_and(|v| !v.is_wholly_known()) || write_only(p)
            };
            let requires_replace: Vec<Path> = first.requires_replace.iter().filter(differs).cloned().collect();
            if !requires_replace.is_empty() {
                let (private, identity) = (first.private.clone(), first.identity.clone());
                let call = self.plan_call(type_name, &null, config, private, identity, planned_private);
                let second = call.await.collect(diags, violations)?;
                return Some(Planned {
                    change: Change::Replace,
                    prior: prior.cloned(),
                    value: second.value,
                    requires_replace,
                    private: second.private.clone(),
                    identity: second.identity,
                    destroy_private: second.private,
                });
            }
            if first.value == *prior_value && first.value.is_wholly_known() {
                change = Change::NoOp;
            }
        }
        Some(Planned {
            change,
            prior: prior.cloned(),
            value: first.value,
            requires_replace: Vec::new(),
            private: first.private.clone(),
            identity: first.identity,
            destroy_private: first.private,
        })
    }

    async fn plan_call(
        &mut self,
        type_name: &str,
        prior: &Value,
        config: &Value,
        prior_private: Vec<u8>,
        prior_identity: Value,
        planned_private: &[u8],
    ) -> Outcome<Answer> {
        let schema = self.resources[type_name].clone();
        let proposed = propose(&schema.attributes, prior, config);
        let stores = self.client_capabilities.is_some_and(|c| c.store_planned_private);
        let request = pb::plan_resource_change::Request {
            type_name: type_name.to_owned(),
            prior_state: Some(encode(prior, &schema.ty)),
            proposed_new_state: Some(encode(&proposed, &schema.ty)),
            config: Some(encode(config, &schema.ty)),
            prior_private,
            provider_meta: None,
            client_capabilities: self.client_capabilities,
            prior_identity: self.identity_message(type_name, &prior_identity),
            planned_private: if stores { planned_private.to_vec() } else { Vec::new() },
        };
        let answer = answered("PlanResourceChange", self.client.plan_resource_change(request.clone()).await);
        // The same question must get the same answer.
        let mut request = request;
        if stores && request.planned_private.is_empty() {
            request.planned_private.clone_from(&answer.planned_private);
        }
        let again = answered("PlanResourceChange", self.client.plan_resource_change(request).await);
        let diags = received(answer.diagnostics);
        let mut violations = Vec::new();
        let value = decode(answer.planned_state.as_ref(), &schema.ty, PLAN, &mut violations);
        let identity = self.identity(type_name, answer.planned_identity.as_ref(), false, &mut violations);
        let requires_replace = answer.requires_replace.into_iter().map(path).collect();
        let outcome = Outcome {
            value: Answer { value, requires_replace, private: answer.planned_private, identity },
            diags,
            violations: Vec::new(),
        };
        if !outcome.failed() {
            if answer.planned_state != again.planned_state {
                violations.push(Violation::new(FINAL, Path::root(), "two equal requests got different plans"));
            }
            self.deferral(answer.deferred, &mut violations);
            if answer.legacy_type_system {
                violations.push(Violation::new(PLAN, Path::root(), "claims the legacy type system"));
            }
            // What is planned is stored and shown as JSON, which has no unknown values.
            rules::wholly_known(&outcome.value.identity, IDENTITY, &mut violations);
            rules::write_only(&schema.attributes, &outcome.value.value, PLAN, &mut violations);
            violations.extend(rules::plan(&schema.attributes, prior, config, &outcome.value.value, PLAN));
        }
        Outcome { violations, ..outcome }
    }

    /// Carries out a plan with the final configuration (null for a destroy). The result is the state from then on.
    pub async fn apply(&mut self, type_name: &str, plan: &Planned, config: &Value) -> Outcome<Option<State>> {
        let mut diags = Vec::new();
        let mut violations = Vec::new();
        let value = self.apply_whole(type_name, plan, config, &mut diags, &mut violations).await;
        Outcome { value, diags, violations }
    }

    async fn apply_whole(
        &mut self,
        type_name: &str,
        plan: &Planned,
        config: &Value,
        diags: &mut Vec<Diag>,
        violations: &mut Vec<Violation>,
    ) -> Option<State> {
        let null = Value::Null;
        if plan.change == Change::Destroy {
            let (prior, private) = (plan.prior.as_ref(), plan.private.clone());
            return self.apply_call(type_name, prior, &null, &null, private, &null, diags, violations).await;
        }
        let mut prior = plan.prior.clone();
        if plan.change == Change::Replace {
            let private = plan.destroy_private.clone();
            let rest =
                self.apply_call(type_name, prior.as_ref(), &null, &null, private, &null, diags, violations).await;
            if rest.is_some() {
                return rest;
            }
            prior = None;
        }
        // The second plan, with everything known that is known by now. The old object of a replacement is gone.
        let again = self.plan_whole(type_name, prior.as_ref(), Some(config), &plan.private, diags, violations).await;
        let Some(again) = again else { return prior };
        let lawful = match plan.change {
            Change::Update => matches!(again.change, Change::Update | Change::NoOp),
            Change::Replace => again.change == Change::Create,
            other => again.change == other,
        };
        if !lawful {
            let what = format!("planned a {:?}, now a {:?}", plan.change, again.change);
            violations.push(Violation::new(FINAL, Path::root(), what));
        }
        rules::compatible(&plan.value, &again.value, FINAL, violations);
        if again.change == Change::NoOp || !lawful {
            return prior;
        }
        let Planned { value, private, identity, .. } = again;
        self.apply_call(type_name, prior.as_ref(), &value, config, private, &identity, diags, violations).await
    }

    #[expect(clippy::too_many_arguments, reason = "they are the fields of the request")]
    async fn apply_call(
        &mut self,
        type_name: &str,
        prior: Option<&State>,
        planned: &Value,
        config: &Value,
        planned_private: Vec<u8>,
        planned_identity: &Value,
        diags: &mut Vec<Diag>,
        violations: &mut Vec<Violation>,
    ) -> Option<State> {
        let schema = self.resources[type_name].clone();
        let request = pb::apply_resource_change::Request {
            type_name: type_name.to_owned(),
            prior_state: Some(encode(prior.map_or(&Value::Null, |s| &s.value), &schema.ty)),
            planned_state: Some(encode(planned, &schema.ty)),
            config: Some(encode(config, &schema.ty)),
            planned_private,
            provider_meta: None,
            planned_identity: self.identity_message(type_name, planned_identity),
        };
        let answer = answered("ApplyResourceChange", self.client.apply_resource_change(request).await);
        let said = received(answer.diagnostics);
        let failed = failed(&said);
        diags.extend(said);
        let before = violations.len();
        let mut value = decode(answer.new_state.as_ref(), &schema.ty, OBJECT, violations);
        rules::write_only(&schema.attributes, &value, OBJECT, violations);
        if violations.len() > before {
            return prior.cloned();
        }
        if answer.legacy_type_system {
            violations.push(Violation::new(RESULT, Path::root(), "claims the legacy type system"));
        }
        rules::wholly_known(&value, RESULT, violations);
        value = value.unknown_as_null();
        if !failed {
            match (planned.is_null(), value.is_null()) {
                (true, false) => violations.push(Violation::new(RESULT, Path::root(), "still there after a destroy")),
                (true, true) => {}
                (false, _) => rules::compatible(planned, &value, INCONSISTENT, violations),
            }
        }
        if value.is_null() {
            return if failed { prior.cloned() } else { None };
        }
        let identity = self.identity(type_name, answer.new_identity.as_ref(), true, violations);
        let tainted = if planned.is_null() || prior.is_some() {
            prior.is_some_and(|s| s.tainted)
        } else {
            failed || violations.len() > before
        };
        Some(State { value, private: answer.private, identity, tainted })
    }

    /// What `terraform apply` does with one resource: validate, load and read the state, plan, apply. The state given is
    /// replaced by the new one, whatever happens. The result is the plan that was carried out.
    pub async fn run(
        &mut self,
        type_name: &str,
        state: &mut Option<State>,
        config: Option<&Value>,
    ) -> Outcome<Option<Planned>> {
        let mut all = Outcome { value: None, diags: Vec::new(), violations: Vec::new() };
        if let Some(config) = config
            && !all.take(self.validate(type_name, config).await).1
        {
            return all;
        }
        if let Some(stored) = state.take() {
            let (loaded, good) = all.take(self.load(type_name, &stored).await);
            *state = Some(stored);
            if !good {
                return all;
            }
            let (read, good) = all.take(self.refresh(type_name, &loaded).await);
            *state = read;
            if !good {
                return all;
            }
        }
        let (plan, good) = all.take(self.plan(type_name, state.as_ref(), config).await);
        let Some(plan) = plan.filter(|_| good) else { return all };
        let (new, _) = all.take(self.apply(type_name, &plan, config.unwrap_or(&Value::Null)).await);
        *state = new;
        all.value = Some(plan);
        all
    }

    pub(super) fn identity_message(&self, type_name: &str, identity: &Value) -> Option<pb::ResourceIdentityData> {
        let ty = &self.identities.get(type_name).filter(|_| !identity.is_null())?.ty;
        Some(pb::ResourceIdentityData { identity_data: Some(encode(identity, ty)) })
    }

    /// Reads an identity from an answer; `stored` demands one that is there and known.
    pub(super) fn identity(
        &self,
        type_name: &str,
        message: Option<&pb::ResourceIdentityData>,
        stored: bool,
        found: &mut Vec<Violation>,
    ) -> Value {
        let Some(Identity { ty, .. }) = self.identities.get(type_name) else {
            if message.is_some() {
                found.push(Violation::new(IDENTITY, Path::root(), "there is no identity schema"));
            }
            return Value::Null;
        };
        let identity = decode(message.and_then(|m| m.identity_data.as_ref()), ty, IDENTITY, found);
        if stored {
            if identity.is_null() {
                found.push(Violation::new(IDENTITY, Path::root(), "a missing identity erases the stored one"));
            }
            rules::wholly_known(&identity, IDENTITY, found);
        }
        identity
    }
}

impl Outcome<Answer> {
    /// Passes on what was said and what was wrong; the answer only if the provider did not fail.
    fn collect(self, diags: &mut Vec<Diag>, violations: &mut Vec<Violation>) -> Option<Answer> {
        let failed = self.failed();
        diags.extend(self.diags);
        violations.extend(self.violations);
        (!failed).then_some(self.value)
    }
}

impl<T> Outcome<T> {
    /// Gathers what was said and what was wrong in another call; its value, and whether it went well.
    pub(super) fn take<U>(&mut self, other: Outcome<U>) -> (U, bool) {
        let good = !other.failed() && other.violations.is_empty();
        self.diags.extend(other.diags);
        self.violations.extend(other.violations);
        (other.value, good)
    }
}

impl<T: Transport> Core<T> {
    /// Whether the provider deferred the operation, which not every client accepts.
    pub(super) fn deferral(&mut self, deferred: Option<pb::Deferred>, found: &mut Vec<Violation>) -> bool {
        use pb::deferred::Reason;
        let allowed = self.client_capabilities.is_some_and(|c| c.deferral_allowed);
        if deferred.is_some() && !allowed {
            let title = "Provider deferred changes when Terraform did not allow deferrals";
            found.push(Violation::new(title, Path::root(), "deferred"));
        }
        self.deferred = deferred.map(|deferred| match deferred.reason() {
            Reason::ResourceConfigUnknown => Deferral::ResourceConfigUnknown,
            Reason::ProviderConfigUnknown => Deferral::ProviderConfigUnknown,
            Reason::AbsentPrereq => Deferral::AbsentPrerequisite,
            Reason::Unknown => panic!("a deferral without a reason"),
        });
        self.deferred.is_some()
    }
}
