//! What one operation is given besides its values: the client, the deadline, the cancel signal, a place to save to.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use crate::deferral::Deferral;
use crate::deferral::Deferrals;
use crate::diag::{Diag, Diags, Result};
use crate::value::Value;

/// Data kept with an object in the state but never shown.
pub(crate) type Private = serde_json::Map<String, serde_json::Value>;

/// Why an operation must end before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The user interrupted Terraform.
    Cancelled,
    /// The time that `timeouts` allows is used up.
    DeadlinePassed,
}

/// The scope of one operation. Cheap to clone; all clones share the saved value.
pub struct Context<C> {
    client: Option<Arc<C>>,
    config: Arc<Value>,
    private: Arc<Mutex<Private>>,
    planned_private: Option<Arc<Private>>,
    saved: Arc<Mutex<Option<Value>>>,
    warnings: Arc<Mutex<Diags>>,
    deferrals: Deferrals,
    cancel: CancellationToken,
    started: Instant,
    limit: Duration,
}

impl<C> Clone for Context<C> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            config: self.config.clone(),
            private: self.private.clone(),
            planned_private: self.planned_private.clone(),
            saved: self.saved.clone(),
            warnings: self.warnings.clone(),
            deferrals: self.deferrals.clone(),
            cancel: self.cancel.clone(),
            started: self.started,
            limit: self.limit,
        }
    }
}

impl<C> Context<C> {
    /// A context with a limit from now on. `client` is None while the provider is not configured.
    pub fn new(client: Option<Arc<C>>, cancel: CancellationToken, limit: Duration) -> Self {
        Self {
            client,
            config: Arc::new(Value::Null),
            private: Arc::default(),
            planned_private: None,
            saved: Arc::default(),
            warnings: Arc::default(),
            deferrals: Deferrals::default(),
            cancel,
            started: Instant::now(),
            limit,
        }
    }

    /// The same, with the configuration (for write-only values) and the private data of the object.
    pub fn with(mut self, config: Value, private: Private) -> Self {
        self.config = Arc::new(config);
        self.private = Arc::new(Mutex::new(private));
        self
    }

    /// The configured client.
    ///
    /// # Errors
    /// A diagnostic if the provider has no configuration yet.
    pub fn client(&self) -> Result<&Arc<C>> {
        self.client.as_ref().ok_or_else(|| {
            Diag::error(
                "The provider is not configured yet",
                "The provider block depends on something that is known only after the apply, and this step needs it \
                 now. Apply what the provider block depends on first (`terraform apply -target=...`).",
            )
            .into()
        })
    }

    /// The configured client, if there is one.
    pub fn try_client(&self) -> Option<&Arc<C>> {
        self.client.as_ref()
    }

    /// The user's configuration. For write-only values only: everything else must come from the planned value, which
    /// honours `ignore_changes`.
    pub fn config(&self) -> &Value {
        &self.config
    }

    /// Keeps what is known of the object by now: it becomes the state if the operation does not reach its end.
    pub fn save(&self, value: Value) {
        *self.saved.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }

    /// What was saved last.
    pub fn saved(&self) -> Option<Value> {
        self.saved.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells the user something without failing.
    pub fn warn(&self, diag: Diag) {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(diag);
    }

    /// Takes the warnings gathered so far.
    pub fn take_warnings(&self) -> Diags {
        std::mem::take(&mut *self.warnings.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A value kept with the object's state but not shown. Not for secrets: the state is plain text.
    pub fn private(&self, key: &str) -> Option<serde_json::Value> {
        self.private.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Whether the client gives the private data of a change's first plan back in the later plans of the same change,
    /// of which there is one in the apply: Terraform 1.16 and later. Where it does not, a plan must give the same answer
    /// from the same values alone.
    pub fn stores_planned_private(&self) -> bool {
        self.planned_private.is_some()
    }

    /// What the first plan of this change kept by [`Context::set_private`]. None in that first plan, in anything but a
    /// plan, and for a client that does not store it (see [`Context::stores_planned_private`]).
    pub fn planned_private(&self, key: &str) -> Option<&serde_json::Value> {
        self.planned_private.as_ref()?.get(key)
    }

    /// The same, in a plan: with what the first plan of the same change kept; None if the client does not store it.
    pub(crate) fn with_planned_private(mut self, kept: Option<Private>) -> Self {
        self.planned_private = kept.map(Arc::new);
        self
    }

    /// The same for a second plan of the same change.
    pub(crate) fn planning_again(&self) -> Self {
        let first = self.planned_private.as_ref().is_some_and(|kept| kept.is_empty());
        if !first {
            return self.clone();
        }
        let kept = self.private.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.clone().with_planned_private(Some(kept))
    }

    /// Keeps a value with the object's state.
    pub fn set_private(&self, key: &str, value: serde_json::Value) {
        self.private.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), value);
    }

    /// The same for an object that is a part of this one: what is saved there and kept with it is the part's own. Warnings are
    /// the user's in either case.
    #[must_use]
    pub fn part(&self) -> Self {
        Self { saved: Arc::default(), private: Arc::default(), ..self.clone() }
    }

    /// Takes all the private data, at the end of the operation.
    pub fn take_private(&self) -> Private {
        std::mem::take(&mut *self.private.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the client accepts that this plan, read or import is deferred: experimental builds of Terraform with
    /// `-allow-deferral`, and Terraform Stacks. Each Terraform says so in an apply, too, and takes a deferral there for an
    /// error: a reason for one must be gone once everything is known.
    pub fn allows_deferral(&self) -> bool {
        self.deferrals.allowed()
    }

    /// Defers the operation to a later apply, if the client accepts it; returns whether it does. If so, what the
    /// operation returns is not looked at, unless it is a plan, which Terraform shows, or the read of an object, whose state
    /// it keeps. If not, go on, and fail if you must.
    pub fn defer(&self, why: Deferral) -> bool {
        self.deferrals.ask(why)
    }

    /// The same, in an operation that may be deferred.
    pub(crate) fn with_deferrals(mut self, deferrals: Deferrals) -> Self {
        self.deferrals = deferrals;
        self
    }

    /// How long the operation has been running.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// How long the operation may take in all.
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// How much of the limit is left.
    pub fn remaining(&self) -> Duration {
        self.limit.saturating_sub(self.elapsed())
    }

    /// Whether the operation may go on. Ask before each step that changes something.
    ///
    /// # Errors
    /// Why it may not.
    pub fn check(&self) -> Result<(), Stop> {
        if self.cancel.is_cancelled() {
            Err(Stop::Cancelled)
        } else if self.remaining().is_zero() {
            Err(Stop::DeadlinePassed)
        } else {
            Ok(())
        }
    }

    /// Waits; ends early when the operation is cancelled or its time is used up.
    ///
    /// # Errors
    /// Why it ended early.
    #[expect(clippy::disallowed_methods, reason = "the one place that waits")]
    pub async fn pause(&self, time: Duration) -> Result<(), Stop> {
        self.check()?;
        tokio::select! {
            () = self.cancel.cancelled() => Err(Stop::Cancelled),
            () = tokio::time::sleep(time.min(self.remaining())) => self.check(),
        }
    }

    /// Does something to its end; None if the operation is cancelled and it has not ended `grace` later. For what may be left
    /// half done: the framework abandons an operation two seconds after its cancellation, and reports an error.
    #[expect(clippy::disallowed_methods, reason = "it waits only after the cancellation")]
    pub async fn unless_cancelled<T>(&self, grace: Duration, work: impl Future<Output = T>) -> Option<T> {
        let cancelled = async {
            self.cancel.cancelled().await;
            tokio::time::sleep(grace).await;
        };
        tokio::select! {
            biased;
            done = work => Some(done),
            () = cancelled => None,
        }
    }

    /// The signal of cancellation, for `select!`.
    pub fn cancellation(&self) -> &CancellationToken {
        &self.cancel
    }
}
