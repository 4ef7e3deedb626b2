//! Operations that are put off to a later apply.

use std::sync::{Arc, Mutex, PoisonError};

use crate::pb::tfplugin6 as pb;

/// Why an operation is deferred. Terraform shows it, applies what it can, and plans the rest again in the next run.
/// Source: plugin protocol 6, `Deferred.Reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deferral {
    /// The configuration of the resource is not known well enough to plan it.
    ResourceConfigUnknown,
    /// The provider block is not known well enough to ask the remote system.
    ProviderConfigUnknown,
    /// Something outside of the configuration that the operation needs does not exist yet.
    AbsentPrerequisite,
}

/// Whether the client lets one operation be deferred, and whether it is. Clones share the answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deferrals {
    allowed: bool,
    asked: Arc<Mutex<Option<Deferral>>>,
}

impl Deferrals {
    /// What a client with these capabilities lets an operation do.
    pub(crate) fn of(capabilities: Option<pb::ClientCapabilities>) -> Self {
        Self { allowed: capabilities.is_some_and(|c| c.deferral_allowed), asked: Arc::default() }
    }

    /// Whether the client would accept it.
    pub(crate) fn allowed(&self) -> bool {
        self.allowed
    }

    /// Defers the operation, if the client accepts it. The first reason counts.
    pub(crate) fn ask(&self, why: Deferral) -> bool {
        if self.allowed {
            self.asked.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
        }
        self.allowed
    }

    /// Why the operation is deferred, if it is.
    pub(crate) fn asked(&self) -> Option<Deferral> {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The message that says so.
    pub(crate) fn message(&self) -> Option<pb::Deferred> {
        use pb::deferred::Reason;
        let reason = match self.asked()? {
            Deferral::ResourceConfigUnknown => Reason::ResourceConfigUnknown,
            Deferral::ProviderConfigUnknown => Reason::ProviderConfigUnknown,
            Deferral::AbsentPrerequisite => Reason::AbsentPrereq,
        };
        Some(pb::Deferred { reason: reason.into() })
    }
}
