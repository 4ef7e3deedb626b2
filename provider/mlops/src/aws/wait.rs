//! Waiting for an object to get where it is to be: one loop, driven by a table of statuses.

use std::future::Future;
use std::time::Duration;

use tfplug::context::{Context, Stop};
use tfplug::diag::{Diag, Diags, Result};
use tfplug::value::Value;

use crate::aws::op::stopped;

/// The statuses of a kind of object.
#[derive(Clone, Copy, Debug)]
pub struct Statuses {
    /// The member of the description that holds the status.
    pub member: &'static str,
    /// Statuses that pass by themselves.
    pub busy: &'static [&'static str],
    /// Statuses of success.
    pub done: &'static [&'static str],
    /// The member that says why something failed.
    pub reason: &'static str,
}

impl Statuses {
    /// The status in a description; empty if there is none.
    pub fn of<'a>(&self, description: &'a Value) -> &'a str {
        description.attribute(self.member).as_str().unwrap_or_default()
    }

    /// Whether the status passes by itself.
    pub fn is_busy(&self, description: &Value) -> bool {
        self.busy.contains(&self.of(description))
    }

    /// Whether the status is one of success.
    pub fn is_done(&self, description: &Value) -> bool {
        self.done.contains(&self.of(description))
    }

    /// Why AWS says it failed.
    pub fn reason<'a>(&self, description: &'a Value) -> &'a str {
        description.attribute(self.reason).as_str().unwrap_or("AWS gave no reason")
    }
}

/// First pause between two looks.
const SHORTEST: Duration = Duration::from_millis(250);
/// Longest pause between two looks: half of what AWS's own waiters take for endpoints.
const LONGEST: Duration = Duration::from_secs(15);

/// Why a wait ended before the object came to rest.
#[derive(Debug)]
pub enum Unsettled {
    /// A look failed.
    Failed(Diags),
    /// The operation had to end; with what was waited for and the status by then.
    Stopped(Stop, Diag),
}

impl Unsettled {
    /// The diagnostics.
    pub fn into_diags(self) -> Diags {
        match self {
            Self::Failed(diags) => diags,
            Self::Stopped(_, diag) => diag.into(),
        }
    }
}

/// Looks again and again until the status no longer passes by itself, and returns the last description; None once the
/// object is gone. `seen` is told each description, to save it.
///
/// # Errors
/// What a look met; that the time was used up or Terraform told to stop, with the last status.
pub async fn settle<C, F>(
    cx: &Context<C>,
    is_busy: impl Fn(&Value) -> bool,
    status: impl Fn(&Value) -> String,
    waiting_for: &str,
    mut look: impl FnMut() -> F,
    mut seen: impl FnMut(&Value),
) -> Result<Option<Value>, Unsettled>
where
    F: Future<Output = Result<Option<Value>>>,
{
    let mut pause = SHORTEST;
    let mut last = String::new();
    loop {
        let interrupted = || Unsettled::Stopped(Stop::Cancelled, stopped(Stop::Cancelled, waiting_for, ""));
        let looked = cx.unless_cancelled(Duration::ZERO, look()).await.ok_or_else(interrupted)?;
        let Some(description) = looked.map_err(Unsettled::Failed)? else { return Ok(None) };
        seen(&description);
        let status = status(&description);
        if status != last {
            tracing::info!(elapsed_seconds = cx.elapsed().as_secs(), %status, "{waiting_for}");
            last = status;
        }
        if !is_busy(&description) {
            return Ok(Some(description));
        }
        // Some jitter, so that many resources of one apply do not all ask at once.
        let jittered = pause.mul_f64(0.8 + 0.4 * fastrand::f64());
        if let Err(stop) = cx.pause(jittered).await {
            let after = tfplug::duration::format(Duration::from_secs(cx.elapsed().as_secs()));
            let state =
                if last.is_empty() { "it was still there".to_owned() } else { format!("its status was {last}") };
            return Err(Unsettled::Stopped(stop, stopped(stop, waiting_for, &format!(" After {after} {state}."))));
        }
        pause = (pause * 3 / 2).min(LONGEST);
    }
}

/// The error for an object that came to rest where it should not.
pub fn failed(statuses: &Statuses, attempted: &str, description: &Value, more: &str) -> Diags {
    let status = statuses.of(description);
    let detail = format!("Its status is {status}: {}{more}", statuses.reason(description));
    Diag::error(format!("Could not {attempted}"), detail).into()
}
