//! The life of a managed resource: what happens around the resource's own create, read, update and delete.
//!
//! Every answer that leaves this module is lawful (see [`crate::conform`]): on failure, cancellation or panic it holds the
//! best known state, so that nothing that exists remotely is ever lost from Terraform's state.

mod identity;
mod stored;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::conform::{self, Violation};
use crate::context::Context;
pub(crate) use crate::context::Private;
use crate::deferral::Deferrals;
use crate::diag::{Diag, Diags, Result, Severity};
use crate::guard::{caught, guarded};
use crate::plan::{self, Plan};
use crate::resource::{Resource, Update};
use crate::schema::{Schema, TIMEOUTS, Timeouts, Type};
use crate::value::{Path, Value};
use crate::{duration, msgpack, nulls, validate};

pub(crate) use self::stored::ImportBy;

/// Limit of an operation that names none.
pub(crate) const DEFAULT_LIMIT: Duration = Duration::from_secs(20 * 60);
/// How long past its limit an operation that ignores it is let run before it is abandoned.
pub(crate) const GRACE: Duration = Duration::from_secs(120);

/// A managed resource with its schema, ready to serve.
pub(crate) struct Managed<C> {
    resource: Box<dyn Resource<C>>,
    /// The schema.
    pub(crate) schema: Schema,
    /// The type of its values.
    pub(crate) value_type: Type,
    /// The full name: `mlops_endpoint`.
    pub(crate) type_name: String,
}

/// The four limits by operation.
#[derive(Clone, Copy, Debug)]
enum Operation {
    Create,
    Read,
    Update,
    Delete,
}

/// What Terraform asks a plan for.
#[derive(Debug)]
pub(crate) struct Proposal {
    /// The configuration; null for a destroy.
    pub(crate) config: Value,
    /// The object as it is; null on creation.
    pub(crate) prior: Value,
    /// The data kept with it.
    pub(crate) private: Private,
    /// The data that the first plan of the same change answered, empty in that plan itself; None if the client does not
    /// store them.
    pub(crate) planned_private: Option<Private>,
}

/// What planning answers.
#[derive(Debug)]
pub(crate) struct PlanAnswer {
    /// The planned object; null for a destroy.
    pub(crate) planned: Value,
    /// Attributes that demand a new object.
    pub(crate) requires_replace: Vec<Path>,
    /// Data for the apply.
    pub(crate) private: Private,
    /// Messages.
    pub(crate) diags: Diags,
}

/// What reading and applying answer.
#[derive(Debug)]
pub(crate) struct StateAnswer {
    /// The object to store; null if there is none.
    pub(crate) state: Value,
    /// Data to store with it.
    pub(crate) private: Private,
    /// Messages.
    pub(crate) diags: Diags,
}

impl<C: Send + Sync + 'static> Managed<C> {
    /// Wraps a resource of the provider with this prefix.
    pub(crate) fn new(prefix: &str, resource: Box<dyn Resource<C>>) -> Self {
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
        let of = |t: &Timeouts| match operation {
            Operation::Create => ("create", t.create),
            Operation::Read => ("read", t.read),
            Operation::Update => ("update", t.update),
            Operation::Delete => ("delete", t.delete),
        };
        let limit = limit(&self.schema, of, limits);
        let cx = Context::new(base.client.clone(), base.cancel.clone(), limit).with(config, private);
        cx.with_deferrals(base.deferrals.clone())
    }

    /// Tests a configuration.
    pub(crate) fn validate(&self, config: Value, write_only_allowed: bool) -> Diags {
        let config = nulls::stripped(&self.schema.object, config);
        let mut diags = validate::config(&self.schema.object, &config, write_only_allowed);
        if !diags.has_errors() {
            diags.extend(self.resource.check_config(&config));
        }
        diags
    }

    /// Plans a change, a creation or a destroy.
    pub(crate) async fn plan(self: &Arc<Self>, base: &Scope<C>, proposal: Proposal) -> PlanAnswer {
        let this = self.clone();
        let Proposal { config, prior, private, planned_private } = proposal;
        let object = &self.schema.object;
        let bare = |value: &Value| nulls::stripped(object, value.clone());
        let (bare_config, bare_prior) = (bare(&config), bare(&prior));
        let cx = self.context(base, Operation::Read, &prior, bare_config.clone(), private);
        let cx = cx.with_planned_private(planned_private);
        let inner = cx.clone();
        let old = prior.clone();
        let outcome = guarded(&self.type_name, "planning", GRACE + cx.limit(), cx.cancellation(), async move {
            if config.is_null() {
                let warnings = this.resource.plan_destroy(&inner, &bare_prior).await?;
                return Ok((Value::Null, Vec::new(), warnings));
            }
            let mut plan = Plan::new(&this.schema, &bare_config, &bare_prior);
            this.resource.plan(&inner, &mut plan).await?;
            let planned = plan.settle();
            let object = &this.schema.object;
            let value = plan::with_nulls(object, &config, &prior, planned.value.clone());
            let defects = conform::plan_defects(object, &config, &prior, &value);
            let mut diags = conform::diags(&defects, &this.type_name, "planning");
            if planned.requires_replace.is_empty() {
                diags.0.extend(this.unknown_identity(&prior, &value));
            }
            if cfg!(debug_assertions) {
                // Terraform plans again before it applies, and refuses a plan that differs.
                let mut again = Plan::new(&this.schema, &bare_config, &bare_prior);
                this.resource.plan(&inner.planning_again(), &mut again).await?;
                let again = again.settle();
                let differs = planned.value.first_difference(&again.value);
                if differs.is_some() || again != planned {
                    let path = differs.unwrap_or_default();
                    let detail =
                        format!("{}: the same input was planned in two ways, `{path}` for one.", this.type_name);
                    diags.push(Diag::bug("Provider error while planning", detail).at(path));
                }
            }
            Ok((value, planned.requires_replace, diags))
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
    pub(crate) async fn apply(
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
        let object = &self.schema.object;
        let cx = self.context(base, Operation::Create, &planned, nulls::stripped(object, config), private);
        let known = nulls::stripped(object, planned.clone()).unknown_as_null();
        let (this, inner) = (self.clone(), cx.clone());
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
        let object = &self.schema.object;
        let cx = self.context(base, Operation::Update, &planned, nulls::stripped(object, config), private);
        let (before, after) = (nulls::stripped(object, prior.clone()), nulls::stripped(object, planned.clone()));
        let differs = |name: &str| before.attribute(name) != after.attribute(name);
        if object.attributes.iter().all(|a| a.name == TIMEOUTS || !differs(&a.name)) {
            let state = planned.unknown_as_null();
            return StateAnswer { state, private: cx.take_private(), diags: Diags::new() };
        }
        let (this, inner) = (self.clone(), cx.clone());
        let update = Update { prior: before, planned: after.unknown_as_null() };
        let outcome =
            guarded(&self.type_name, "updating the object", GRACE + cx.limit(), cx.cancellation(), async move {
                this.resource.update(&inner, update).await
            })
            .await;
        self.conclude(&cx, &planned, outcome, prior)
    }

    async fn delete(self: &Arc<Self>, base: &Scope<C>, prior: Value, private: Private) -> StateAnswer {
        let cx = self.context(base, Operation::Delete, &prior, Value::Null, private);
        let (this, inner, state) = (self.clone(), cx.clone(), nulls::stripped(&self.schema.object, prior.clone()));
        let outcome =
            guarded(&self.type_name, "deleting the object", GRACE + cx.limit(), cx.cancellation(), async move {
                this.resource.delete(&inner, state).await
            })
            .await;
        let mut diags = Diags::new();
        let state = match diags.absorb(outcome) {
            Some(()) => Value::Null,
            None => self.storable(cx.saved().unwrap_or_else(|| prior.clone()), &prior, &mut diags),
        };
        diags.extend(cx.take_warnings());
        StateAnswer { state, private: cx.take_private(), diags }
    }

    /// The answer to a create or update, from what it returned or, if it failed, from what it saved. `prior` is null for a
    /// create.
    fn conclude(&self, cx: &Context<C>, planned: &Value, outcome: Result<Value>, prior: Value) -> StateAnswer {
        let mut diags = Diags::new();
        let state = match diags.absorb(outcome) {
            Some(actual) => {
                let (actual, mut defects) = conform::normalize(&self.schema.object, with_timeouts(actual, planned));
                if actual.is_null() {
                    diags.push(self.nothing("finishing the apply"));
                }
                let mut best = if actual.is_null() { cx.saved().unwrap_or_else(|| prior.clone()) } else { actual };
                nulls::restore(&self.schema.object, &mut best, planned);
                if best.is_null() {
                    Value::Null
                } else {
                    // Which spellings are equal, provider code may decide.
                    let reconciled = caught(&self.type_name, "finishing the apply", || {
                        conform::reconcile(&self.schema.object, planned, &best)
                    });
                    let (state, more) = diags.absorb(reconciled).unwrap_or((best, Vec::new()));
                    let kept =
                        |d: &Violation| prior.at(&d.path).is_some_and(|before| planned.at(&d.path) == Some(before));
                    let (elsewhere, more): (Vec<_>, Vec<_>) = more.into_iter().partition(kept);
                    diags.0.extend(elsewhere.iter().map(|d| conform::changed_elsewhere(&d.path, &self.type_name)));
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
                Some(saved) => self.storable(with_timeouts(saved, planned), planned, &mut diags),
                None => prior,
            },
        };
        diags.extend(cx.take_warnings());
        StateAnswer { state, private: cx.take_private(), diags }
    }

    /// A value that may be stored, with the null elements of another; what had to be normalized joins the diagnostics.
    fn storable(&self, value: Value, like: &Value, diags: &mut Diags) -> Value {
        // What an unfinished apply has not learned is null, which is no defect.
        let (mut state, defects) = conform::normalize(&self.schema.object, value.unknown_as_null());
        nulls::restore(&self.schema.object, &mut state, like);
        diags.extend(conform::diags(&defects, &self.type_name, "saving the state"));
        state
    }

    /// Reads the object as it is now. Null if it is gone.
    pub(crate) async fn read(self: &Arc<Self>, base: &Scope<C>, state: Value, private: Private) -> StateAnswer {
        let cx = self.context(base, Operation::Read, &state, Value::Null, private);
        let (this, inner, given) = (self.clone(), cx.clone(), nulls::stripped(&self.schema.object, state.clone()));
        let outcome =
            guarded(&self.type_name, "reading the object", GRACE + cx.limit(), cx.cancellation(), async move {
                this.resource.read(&inner, given).await
            })
            .await;
        let mut diags = Diags::new();
        let new_state = match diags.absorb(outcome) {
            Some(Some(actual)) => {
                let (mut actual, defects) = conform::normalize(&self.schema.object, with_timeouts(actual, &state));
                nulls::restore(&self.schema.object, &mut actual, &state);
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

    fn nothing(&self, during: &str) -> Diag {
        Diag::bug(format!("Provider error while {during}"), format!("{}: nothing was returned.", self.type_name))
    }

    /// The same object with null for whatever does not fit its type: a state that can be stored for certain.
    pub(crate) fn fitting(&self, state: &Value) -> Value {
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
}

/// What surrounds all operations of a process: the configured client and the cancel signal.
pub(crate) struct Scope<C> {
    /// The client; None while the provider is not configured.
    pub(crate) client: Option<Arc<C>>,
    /// Set when the user interrupts Terraform.
    pub(crate) cancel: CancellationToken,
    /// Whether the operation may be deferred, and is.
    pub(crate) deferrals: Deferrals,
}

/// How long an operation may take: what the user's `timeouts` say, or the schema, or 20 minutes. `of` names the member
/// and finds the schema's limit; `limits` is the object that holds `timeouts`.
pub(crate) fn limit(
    schema: &Schema,
    of: impl FnOnce(&Timeouts) -> (&'static str, Option<Duration>),
    limits: &Value,
) -> Duration {
    let (name, default) = of(&schema.timeouts);
    let chosen = limits.attribute(TIMEOUTS).attribute(name).as_str().and_then(|s| duration::parse(s).ok());
    chosen.or(default).unwrap_or(DEFAULT_LIMIT)
}

/// `timeouts` is no business of a resource: whatever it returns, the user's limits are stored as planned.
pub(crate) fn with_timeouts(mut value: Value, from: &Value) -> Value {
    let limits = from.attribute(TIMEOUTS);
    if !from.is_null() && from.as_entries().is_some_and(|e| e.contains_key(TIMEOUTS)) {
        value.set_attribute(TIMEOUTS, limits.clone());
    }
    value
}
