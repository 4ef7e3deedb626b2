//! What one operation is given besides its values: the client, the deadline, the cancel signal, a place to save to.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::diag::{Diag, Diags, Result};
use crate::value::Value;

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
    private: Arc<Mutex<serde_json::Map<String, serde_json::Value>>>,
    saved: Arc<Mutex<Option<Value>>>,
    warnings: Arc<Mutex<Diags>>,
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
            saved: self.saved.clone(),
            warnings: self.warnings.clone(),
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
            saved: Arc::default(),
            warnings: Arc::default(),
            cancel,
            started: Instant::now(),
            limit,
        }
    }

    /// The same, with the configuration (for write-only values) and the private data of the object.
    pub fn with(mut self, config: Value, private: serde_json::Map<String, serde_json::Value>) -> Self {
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

    /// Keeps a value with the object's state.
    pub fn set_private(&self, key: &str, value: serde_json::Value) {
        self.private.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), value);
    }

    /// Takes all the private data, at the end of the operation.
    pub fn take_private(&self) -> serde_json::Map<String, serde_json::Value> {
        std::mem::take(&mut *self.private.lock().unwrap_or_else(PoisonError::into_inner))
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
