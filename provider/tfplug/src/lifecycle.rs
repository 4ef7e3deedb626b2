//! The life of a managed resource: what happens around the resource's own create, read, update and delete.
//!
//! Every answer that leaves this module is lawful (see [`crate::conform`]): on failure, cancellation or panic it holds the
//! best known state, so that nothing that exists remotely is ever lost from Terraform's state.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::conform;
use crate::context::Context;
use crate::diag::{Diag, Diags, Result, Severity};
use crate::guard::{caught, guarded};
use crate::plan::Plan;
use crate::resource::{MoveSource, Resource, Update};
use crate::schema::{IdentityAttribute, Schema, TIMEOUTS, Type, Upgrade};
use crate::value::{Path, Value};
use crate::{duration, json, msgpack, validate};

/// Limit of an operation whose schema names none.
const DEFAULT_LIMIT: Duration = Duration::from_secs(20 * 60);
/// How long past its limit an operation that ignores it is let run before it is abandoned.
const GRACE: Duration = Duration::from_secs(120);

/// Data kept with an object in the state but never shown.
pub type Private = serde_json::Map<String, serde_json::Value>;

/// A managed resource with its schema, ready to serve.
pub struct Managed<C> {
    resource: Box<dyn Resource<C>>,
    /// The schema.
    pub schema: Schema,
    /// The type of its values.
    pub value_type: Type,
    /// The full name: `mlops_endpoint`.
    pub type_name: String,
}

/// The four limits by operation.
#[derive(Clone, Copy, Debug)]
enum Operation {
    Create,
    Read,
    Update,
    Delete,
}

/// What planning answers.
#[derive(Debug)]
pub struct PlanAnswer {
    /// The planned object; null for a destroy.
    pub planned: Value,
    /// Attributes that demand a new object.
    pub requires_replace: Vec<Path>,
    /// Data for the apply.
    pub private: Private,
    /// Messages.
    pub diags: Diags,
}

/// What reading and applying answer.
#[derive(Debug)]
pub struct StateAnswer {
    /// The object to store; null if there is none.
    pub state: Value,
    /// Data to store with it.
    pub private: Private,
    /// Messages.
    pub diags: Diags,
}

impl<C: Send + Sync + 'static> Managed<C> {
    /// Wraps a resource of the provider with this prefix.
    pub fn new(prefix: &str, resource: Box<dyn Resource<C>>) -> Self {
        let schema = resource.schema();
        let value_type = schema.object.to_type();
        let type_name = format!("{prefix}_{}", schema.name);
        Self { resource, schema, value_type, type_name }
    }

    /// A context for one operation on an object. `limits` is the object that holds `timeouts`.
    fn context(
        &self,
        base: &Scope<C>,
        operation: Operation,
        limits: &Value,
        config: Value,
        private: Private,
    ) -> Context<C> {
        let (name, default) = match operation {
            Operation::Create => ("create", self.schema.timeouts.create),
            Operation::Read => ("read", self.schema.timeouts.read),
            Operation::Update => ("update", self.schema.timeouts.update),
            Operation::Delete => ("delete", self.schema.timeouts.delete),
        };
        let chosen = limits.attribute(TIMEOUTS).attribute(name).as_str().and_then(|s| duration::parse(s).ok());
        let limit = chosen.or(default).unwrap_or(DEFAULT_LIMIT);
        Context::new(base.client.clone(), base.cancel.clone(), limit).with(config, private)
    }

    /// Tests a configuration.
    pub fn validate(&self, config: &Value, write_only_allowed: bool) -> Diags {
        let mut diags = validate::config(&self.schema.object, config, write_only_allowed);
        if !diags.has_errors() {
            diags.extend(self.resource.check_config(config));
        }
        diags
    }

    /// Plans a change, a creation (`prior` null) or a destroy (`proposed` null).
    pub async fn plan(
        self: &Arc<Self>,
        base: &Scope<C>,
        config: Value,
        prior: Value,
        proposed: Value,
        private: Private,
    ) -> PlanAnswer {
        let this = self.clone();
        let cx = self.context(base, Operation::Read, &prior, config.clone(), private);
        let inner = cx.clone();
        let old = prior.clone();
        let outcome = guarded(&self.type_name, "planning", GRACE + cx.limit(), cx.cancellation(), async move {
            if proposed.is_null() {
                let warnings = this.resource.plan_destroy(&inner, &prior).await?;
                return Ok((Value::Null, Vec::new(), warnings));
            }
            let mut plan = Plan::new(&this.schema, &config, &prior, &proposed);
            this.resource.plan(&inner, &mut plan).await?;
            let planned = plan.settle();
            let defects = conform::plan_defects(&this.schema.object, &config, &prior, &planned.value);
            let mut diags = conform::diags(&defects, &this.type_name, "planning");
            if planned.requires_replace.is_empty() {
                diags.0.extend(this.unknown_identity(&prior, &planned.value));
            }
            if cfg!(debug_assertions) {
                // Terraform plans again before it applies, and refuses a plan that differs.
                let mut again = Plan::new(&this.schema, &config, &prior, &proposed);
                this.resource.plan(&inner, &mut again).await?;
                let again = again.settle();
                let differs = planned.value.first_difference(&again.value);
                if differs.is_some() || again != planned {
                    let path = differs.unwrap_or_default();
                    let detail =
                        format!("{}: the same input was planned in two ways, `{path}` for one.", this.type_name);
                    diags.push(Diag::bug("Provider error while planning", detail).at(path));
                }
            }
            Ok((planned.value, planned.requires_replace, diags))
        })
        .await;
        let mut diags = Diags::new();
        // With errors Terraform ignores the rest of the answer, which must still decode.
        let (planned, requires_replace, found) = diags.absorb(outcome).unwrap_or((old, Vec::new(), Diags::new()));
        diags.extend(found);
        diags.extend(cx.take_warnings());
        PlanAnswer { planned, requires_replace, private: cx.take_private(), diags }
    }

    /// Creates, updates or deletes.
    pub async fn apply(
        self: &Arc<Self>,
        base: &Scope<C>,
        config: Value,
        prior: Value,
        planned: Value,
        private: Private,
    ) -> StateAnswer {
        if prior.is_null() {
            self.create(base, config, planned, private).await
        } else if planned.is_null() {
            self.delete(base, prior, private).await
        } else {
            self.update(base, config, prior, planned, private).await
        }
    }

    async fn create(self: &Arc<Self>, base: &Scope<C>, config: Value, planned: Value, private: Private) -> StateAnswer {
        let cx = self.context(base, Operation::Create, &planned, config, private);
        let (this, inner, known) = (self.clone(), cx.clone(), planned.clone().unknown_as_null());
        let outcome =
            guarded(&self.type_name, "creating the object", GRACE + cx.limit(), cx.cancellation(), async move {
                this.resource.create(&inner, known).await
            })
            .await;
        self.conclude(&cx, &planned, outcome, Value::Null)
    }

    async fn update(
        self: &Arc<Self>,
        base: &Scope<C>,
        config: Value,
        prior: Value,
        planned: Value,
        private: Private,
    ) -> StateAnswer {
        let cx = self.context(base, Operation::Update, &planned, config, private);
        let known = planned.clone().unknown_as_null();
        let differs = |name: &str| prior.attribute(name) != planned.attribute(name);
        if self.schema.object.attributes.iter().all(|a| a.name == TIMEOUTS || !differs(&a.name)) {
            return StateAnswer { state: known, private: cx.take_private(), diags: Diags::new() };
        }
        let (this, inner) = (self.clone(), cx.clone());
        let update = Update { prior: prior.clone(), planned: known };
        let outcome =
            guarded(&self.type_name, "updating the object", GRACE + cx.limit(), cx.cancellation(), async move {
                this.resource.update(&inner, update).await
            })
            .await;
        self.conclude(&cx, &planned, outcome, prior)
    }

    async fn delete(self: &Arc<Self>, base: &Scope<C>, prior: Value, private: Private) -> StateAnswer {
        let cx = self.context(base, Operation::Delete, &prior, Value::Null, private);
        let (this, inner, state) = (self.clone(), cx.clone(), prior.clone());
        let outcome =
            guarded(&self.type_name, "deleting the object", GRACE + cx.limit(), cx.cancellation(), async move {
                this.resource.delete(&inner, state).await
            })
            .await;
        let mut diags = Diags::new();
        let state = match diags.absorb(outcome) {
            Some(()) => Value::Null,
            None => self.storable(cx.saved().unwrap_or(prior), &mut diags),
        };
        diags.extend(cx.take_warnings());
        StateAnswer { state, private: cx.take_private(), diags }
    }

    /// The answer to a create or update, from what it returned or, if it failed, from what it saved.
    fn conclude(&self, cx: &Context<C>, planned: &Value, outcome: Result<Value>, otherwise: Value) -> StateAnswer {
        let mut diags = Diags::new();
        let state = match diags.absorb(outcome) {
            Some(actual) => {
                let (actual, mut defects) = conform::normalize(&self.schema.object, with_timeouts(actual, planned));
                if actual.is_null() {
                    diags.push(self.nothing("finishing the apply"));
                }
                let best = if actual.is_null() { cx.saved().unwrap_or(otherwise) } else { actual };
                if best.is_null() {
                    Value::Null
                } else {
                    // Which spellings are equal, provider code may decide.
                    let reconciled = caught(&self.type_name, "finishing the apply", || {
                        conform::reconcile(&self.schema.object, planned, &best)
                    });
                    let (state, more) = diags.absorb(reconciled).unwrap_or((best, Vec::new()));
                    defects.extend(more);
                    // The object is there: an error would taint it and have it replaced for a mere disagreement.
                    for defect in &defects {
                        let mut diag = defect.diag(&self.type_name, "finishing the apply");
                        if defect.normalized {
                            diag.severity = Severity::Warning;
                        }
                        diags.push(diag);
                    }
                    state
                }
            }
            None => match cx.saved() {
                Some(saved) => self.storable(with_timeouts(saved, planned), &mut diags),
                None => otherwise,
            },
        };
        diags.extend(cx.take_warnings());
        StateAnswer { state, private: cx.take_private(), diags }
    }

    /// A value that may be stored; what had to be normalized joins the diagnostics.
    fn storable(&self, value: Value, diags: &mut Diags) -> Value {
        // What an unfinished apply has not learned is null, which is no defect.
        let (state, defects) = conform::normalize(&self.schema.object, value.unknown_as_null());
        diags.extend(conform::diags(&defects, &self.type_name, "saving the state"));
        state
    }

    /// Reads the object as it is now. Null if it is gone.
    pub async fn read(self: &Arc<Self>, base: &Scope<C>, state: Value, private: Private) -> StateAnswer {
        let cx = self.context(base, Operation::Read, &state, Value::Null, private);
        let (this, inner, given) = (self.clone(), cx.clone(), state.clone());
        let outcome =
            guarded(&self.type_name, "reading the object", GRACE + cx.limit(), cx.cancellation(), async move {
                this.resource.read(&inner, given).await
            })
            .await;
        let mut diags = Diags::new();
        let new_state = match diags.absorb(outcome) {
            Some(Some(actual)) => {
                let (actual, defects) = conform::normalize(&self.schema.object, with_timeouts(actual, &state));
                diags.extend(conform::diags(&defects, &self.type_name, "reading the object"));
                if actual.is_null() {
                    // Only None says that the object is gone.
                    if !diags.has_errors() {
                        diags.push(self.nothing("reading the object"));
                    }
                    state
                } else {
                    let kept = caught(&self.type_name, "reading the object", || {
                        conform::keep_spelling(&self.schema.object, &state, actual)
                    });
                    diags.absorb(kept).unwrap_or(state)
                }
            }
            Some(None) => {
                tracing::warn!(resource = %self.type_name, "the object no longer exists and is removed from the state");
                Value::Null
            }
            None => state,
        };
        diags.extend(cx.take_warnings());
        StateAnswer { state: new_state, private: cx.take_private(), diags }
    }

    /// The few attributes that a read needs, from an import id.
    pub async fn import(self: &Arc<Self>, base: &Scope<C>, id: String) -> StateAnswer {
        let cx = self.context(base, Operation::Read, &Value::Null, Value::Null, Private::new());
        let (this, inner) = (self.clone(), cx.clone());
        let outcome =
            guarded(&self.type_name, "importing the object", GRACE + cx.limit(), cx.cancellation(), async move {
                this.resource.import(&inner, &id).await
            })
            .await;
        let mut diags = Diags::new();
        let state = diags.absorb(outcome).map_or(Value::Null, |state| {
            let (state, defects) = conform::normalize(&self.schema.object, state);
            diags.extend(conform::diags(&defects, &self.type_name, "importing the object"));
            if state.is_null() && !diags.has_errors() {
                diags.push(self.nothing("importing the object"));
            }
            state
        });
        diags.extend(cx.take_warnings());
        StateAnswer { state, private: cx.take_private(), diags }
    }

    /// The few attributes that a read needs, from an identity.
    pub fn import_identity(&self, identity: &Value) -> Value {
        let mut state = self.schema.object.null_value();
        for i in &self.schema.identity {
            state.set_attribute(&i.name, identity.attribute(&i.name).clone());
        }
        state
    }

    fn nothing(&self, during: &str) -> Diag {
        Diag::bug(format!("Provider error while {during}"), format!("{}: nothing was returned.", self.type_name))
    }

    /// What is wrong with the identity of an object that exists: an attribute of it is missing, and Terraform would
    /// forget the identity it has stored; or it differs from before (`prior`), and an identity lasts as long as its object.
    pub fn identity_defect(&self, prior: &Value, state: &Value) -> Option<Diag> {
        if state.is_null() {
            return None;
        }
        self.schema.identity.iter().find_map(|i| {
            let (before, now) = (prior.attribute(&i.name), state.attribute(&i.name));
            let what = if now.is_null() && i.required {
                "is part of the identity, and is null"
            } else if !before.is_null() && before != now {
                "is part of the identity, and has changed"
            } else {
                return None;
            };
            Some(Diag { severity: Severity::Warning, ..self.wrong_identity(&i.name, what) })
        })
    }

    /// An attribute of the identity that a plan for an existing object leaves open.
    fn unknown_identity(&self, prior: &Value, planned: &Value) -> Option<Diag> {
        let open = |i: &&IdentityAttribute| !planned.attribute(&i.name).is_wholly_known();
        let attribute = self.schema.identity.iter().filter(|_| !prior.is_null()).find(open)?;
        Some(self.wrong_identity(&attribute.name, "is part of the identity, and an update would make it unknown"))
    }

    fn wrong_identity(&self, attribute: &str, what: &str) -> Diag {
        let detail = format!("{}: the attribute `{attribute}` {what}.", self.type_name);
        Diag::bug("Provider error: wrong identity", detail).at(Path::of(attribute))
    }

    /// The identity of an object; None if the resource has none or an attribute of it is not known yet.
    ///
    /// Terraform 1.12 and later turn a planned identity into JSON (`terraform show -json` of a saved plan), and OpenTofu
    /// 1.12 stores it while it plans: both fail on an unknown one.
    pub fn identity(&self, state: &Value) -> Option<Value> {
        if self.schema.identity.is_empty() || state.is_null() {
            return None;
        }
        let parts = self.schema.identity.iter().map(|i| (i.name.to_string(), state.attribute(&i.name).clone()));
        let identity = Value::Object(parts.collect());
        let complete = |i: &IdentityAttribute| !i.required || !identity.attribute(&i.name).is_null();
        (identity.is_wholly_known() && self.schema.identity.iter().all(complete)).then_some(identity)
    }

    /// The type of the identity's values.
    pub fn identity_type(&self) -> Type {
        let t = |name: &str| self.schema.object.attribute(name).map_or(Type::String, |a| a.kind.to_type());
        Type::Object(self.schema.identity.iter().map(|i| (i.name.to_string(), t(&i.name))).collect())
    }

    /// A stored state in the current schema.
    ///
    /// # Errors
    /// A diagnostic if the stored version is newer, or the stored values do not fit.
    pub fn upgrade(&self, version: i64, state: serde_json::Value) -> Result<Value> {
        let name = &self.type_name;
        let fail = |detail: String| Diag::error("Stored state cannot be used", format!("{name}: {detail}"));
        let serde_json::Value::Object(mut state) = state else {
            return Err(fail("the stored state is not a JSON object.".to_owned()).into());
        };
        let from = usize::try_from(version).unwrap_or(usize::MAX);
        if version > self.schema.version || from > self.schema.upgrades.len() {
            let detail = format!(
                "it was stored by a newer version of the provider (schema version {version}, this one has {}). Use \
                 that version.",
                self.schema.version
            );
            return Err(fail(detail).into());
        }
        for upgrade in self.schema.upgrades.iter().skip(from).flatten() {
            apply_upgrade(upgrade, &mut state);
        }
        let mut object = serde_json::Map::new();
        for a in &self.schema.object.attributes {
            object.insert(a.name.to_string(), state.remove(a.name.as_ref()).unwrap_or(serde_json::Value::Null));
        }
        let filled = json::from_json(&serde_json::Value::Object(object), &self.value_type)
            .map_err(|e| fail(format!("{e}. Restore a backup of the state, or import the object again.")))?;
        let (state, _) = conform::normalize(&self.schema.object, filled);
        Ok(state)
    }

    /// A state moved here from another resource type.
    ///
    /// # Errors
    /// A diagnostic if that source is not supported.
    pub fn move_from(&self, source: &MoveSource) -> Result<Value> {
        let moved = self.resource.move_from(source)?.ok_or_else(|| {
            let detail = format!(
                "A {} cannot be moved from a {} of {}. Use an `import` block for the one and a `removed` block for \
                 the other instead.",
                self.type_name, source.type_name, source.provider
            );
            Diags::from(Diag::error("Move is not supported", detail))
        })?;
        let (state, defects) = conform::normalize(&self.schema.object, moved);
        conform::diags(&defects, &self.type_name, "moving the state").into_result()?;
        if state.is_null() { Err(self.nothing("moving the state").into()) } else { Ok(state) }
    }

    /// The same object with null for whatever does not fit its type: a state that can be stored for certain.
    pub fn fitting(&self, state: &Value) -> Value {
        let mut state = state.clone();
        if let Some(entries) = state.as_entries_mut() {
            for a in &self.schema.object.attributes {
                let Some(slot) = entries.get_mut(a.name.as_ref()) else { continue };
                if msgpack::encode(slot, &a.kind.to_type()).is_err() {
                    *slot = Value::Null;
                }
            }
        }
        state
    }

    /// The configuration that describes an object: everything the user can set, without what equals its default.
    pub fn generate_config(&self, state: &Value) -> Value {
        crate::generate::config(&self.schema.object, state)
    }
}

/// What surrounds all operations of a process: the configured client and the cancel signal.
pub struct Scope<C> {
    /// The client; None while the provider is not configured.
    pub client: Option<Arc<C>>,
    /// Set when the user interrupts Terraform.
    pub cancel: CancellationToken,
}

/// `timeouts` is no business of a resource: whatever it returns, the user's limits are stored as planned.
fn with_timeouts(mut value: Value, from: &Value) -> Value {
    let limits = from.attribute(TIMEOUTS);
    if !from.is_null() && from.as_entries().is_some_and(|e| e.contains_key(TIMEOUTS)) {
        value.set_attribute(TIMEOUTS, limits.clone());
    }
    value
}

fn apply_upgrade(upgrade: &Upgrade, state: &mut Private) {
    match upgrade {
        Upgrade::Rename(from, to) => {
            if let Some(v) = state.remove(from.as_ref()) {
                state.insert(to.to_string(), v);
            }
        }
        Upgrade::Remove(name) => {
            state.remove(name.as_ref());
        }
        Upgrade::Add(name, value) => {
            state.entry(name.to_string()).or_insert_with(|| value.clone());
        }
        Upgrade::Convert(f) => f(state),
    }
}
