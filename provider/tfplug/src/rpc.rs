//! The provider's side of the protocol: decode the request, call the framework, encode the answer. No call ever fails
//! with a gRPC error for what a diagnostic can say: Terraform would lose the object.

mod actions;
mod configuration;
mod convert;
mod data;
mod ephemeral;
mod functions;
mod lists;
mod managed;
mod registry;
mod schemas;
mod service;
mod stored;

pub(crate) use self::service::Service;
#[cfg(test)]
mod tests;

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tonic::Status;

use self::convert::diagnostics;
use self::registry::{Registry, Table};
use crate::context::Context;
use crate::deferral::Deferrals;
use crate::diag::{Diag, Diags, Result};
use crate::guard::caught;
use crate::lifecycle::{Managed, Scope, with_timeouts};
use crate::nulls;
use crate::pb::tfplugin6 as pb;
use crate::resource::Provider;
use crate::schema::Schema;
use crate::validate;
use crate::value::Value;

type Stream<T> = Pin<Box<dyn tokio_stream::Stream<Item = std::result::Result<T, Status>> + Send + 'static>>;

/// What happens while a configuration is checked.
const CHECKING: &str = "checking the configuration";

/// The gRPC service of a provider.
pub struct Server<P: Provider> {
    provider: Arc<P>,
    /// For as long as the process lives: to take it apart at its end is work for nothing.
    registry: OnceLock<&'static Registry<P::Client>>,
    client: Arc<Mutex<Option<Arc<P::Client>>>>,
    /// Whether [`Provider::unconfigured`] was asked.
    news: AtomicBool,
    cancel: Mutex<CancellationToken>,
    /// The end of the process, of which `cancel` is a child.
    stopping: CancellationToken,
}

impl<P: Provider> Server<P> {
    /// Serves a provider. Schemas are built at the first call that needs one.
    pub fn new(provider: P) -> Self {
        Self {
            provider: Arc::new(provider),
            registry: OnceLock::new(),
            client: Arc::default(),
            news: AtomicBool::new(false),
            cancel: Mutex::default(),
            stopping: CancellationToken::default(),
        }
    }

    /// Cancels operations also when `stopping` is cancelled: the process is about to end, and Terraform should still
    /// hear what exists. [`crate::serve::run`] provides the token.
    #[must_use]
    pub fn stopping_with(mut self, stopping: CancellationToken) -> Self {
        self.cancel = Mutex::new(stopping.child_token());
        self.stopping = stopping;
        self
    }

    /// Cancels what runs, not what follows: a process in reattach mode lives on, and the next run must not find itself
    /// cancelled.
    fn stop(&self) {
        std::mem::replace(&mut *locked(&self.cancel), self.stopping.child_token()).cancel();
    }

    /// What to do when Terraform says that it needs the process no more: see [`Provider::released`].
    pub fn on_release(&self) -> impl Fn() + Send + Sync + 'static {
        let (provider, client) = (self.provider.clone(), self.client.clone());
        move || {
            if let Some(client) = locked(&client).clone() {
                provider.released(&client);
            }
        }
    }

    /// Adds what the provider has to say in a process that is not configured, once.
    fn with_news(&self, outcome: Result<Diags>) -> Result<Diags> {
        if locked(&self.client).is_some() || self.news.swap(true, Ordering::Relaxed) {
            return outcome;
        }
        let news = caught(self.provider.name(), CHECKING, || self.provider.unconfigured())?;
        outcome.map(|mut diags| {
            diags.extend(news);
            diags
        })
    }

    fn registry(&self) -> &'static Registry<P::Client> {
        self.registry.get_or_init(|| Box::leak(Box::new(Registry::new(&*self.provider))))
    }

    fn scope(&self) -> Scope<P::Client> {
        let (client, cancel) = (locked(&self.client).clone(), locked(&self.cancel).clone());
        Scope { client, cancel, deferrals: Deferrals::default() }
    }

    /// The same for an operation that the client may let be deferred; it is already, if the provider says so.
    fn deferrable(&self, capabilities: Option<pb::ClientCapabilities>) -> Scope<P::Client> {
        let scope = Scope { deferrals: Deferrals::of(capabilities), ..self.scope() };
        if let Some(why) = scope.client.as_ref().and_then(|client| self.provider.deferral(client)) {
            scope.deferrals.ask(why);
        }
        scope
    }

    /// A context for what is no managed resource.
    fn context(&self, limit: Duration) -> Context<P::Client> {
        let base = self.scope();
        Context::new(base.client, base.cancel, limit)
    }

    fn resource(&self, name: &str) -> Result<Arc<Managed<P::Client>>> {
        found(&self.registry().resources, name).cloned()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn found<'a, T>(table: &'a Table<T>, name: &str) -> Result<&'a Arc<T>> {
    let missing = || Diags::from(Diag::error("Unknown type", format!("The provider offers nothing named {name}.")));
    table.get(name).map(|lazy| &**lazy).ok_or_else(missing)
}

/// The diagnostics of a check, whether it came to an end or not.
fn reported(outcome: Result<Diags>) -> Vec<pb::Diagnostic> {
    diagnostics(&outcome.unwrap_or_else(|failed| failed))
}

/// Tests a configuration against a schema and, if that finds nothing, with the thing's own check.
fn check(schema: &Schema, value: Value, write_only: bool, own: impl FnOnce(&Value) -> Diags) -> Result<Diags> {
    caught(&schema.name, CHECKING, || {
        let value = nulls::stripped(&schema.object, value);
        let diags = validate::config(&schema.object, &value, write_only);
        if diags.has_errors() {
            return diags;
        }
        let mut own = own(&value);
        own.extend(diags);
        own
    })
}

/// Fills in the defaults of attributes that a configuration leaves open, and null for what is computed.
fn with_defaults(schema: &Schema, config: &Value) -> Value {
    let config = nulls::stripped(&schema.object, config.clone());
    let plan = crate::plan::Plan::new(schema, &config, &Value::Null);
    plan.planned().clone().unknown_as_null()
}

/// What an operation returned, with the null elements and the limits of the configuration, which it never sees.
fn as_configured(schema: &Schema, config: &Value, returned: Value) -> Value {
    let mut value = with_timeouts(returned, config);
    nulls::restore(&schema.object, &mut value, config);
    value
}
