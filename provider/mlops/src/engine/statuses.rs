//! Statuses as data, and waiting: one loop, driven by them.

use std::future::Future;
use std::time::Duration;

use tfplug::context::{Context, Stop};
use tfplug::diag::{Diag, Diags, Result};
use tfplug::value::{Path, Value};

use crate::aws::operation::stopped;

/// One status of a kind of object.
#[derive(Clone, Copy, Debug)]
pub struct Statuses {
    /// The member of the description that holds the status, as a path.
    pub member: &'static str,
    /// Statuses that pass by themselves.
    pub busy: &'static [&'static str],
    /// Statuses of success.
    pub done: &'static [&'static str],
    /// The member that says why something failed, as a path: a text, or an object with texts named `failure_reason`.
    pub reason: Option<&'static str>,
}

fn at<'a>(description: &'a Value, path: &str) -> &'a Value {
    description.at(&Path::parse(path)).unwrap_or(&Value::Null)
}

impl Statuses {
    /// The status in a description; empty if there is none.
    pub fn of<'a>(&self, description: &'a Value) -> &'a str {
        at(description, self.member).as_str().unwrap_or_default()
    }

    fn is_busy(&self, description: &Value) -> bool {
        self.busy.contains(&self.of(description))
    }

    fn is_done(&self, description: &Value) -> bool {
        self.done.contains(&self.of(description))
    }
}

/// Whether an object is on its way: one of its statuses passes by itself.
pub fn is_busy(all: &[Statuses], description: &Value) -> bool {
    all.iter().any(|s| s.is_busy(description))
}

/// Whether an object is what it is to be: the first of its statuses is one of success, and so is each other that it has.
pub fn is_done(all: &[Statuses], description: &Value) -> bool {
    all.iter().enumerate().all(|(i, s)| s.is_done(description) || (i > 0 && s.of(description).is_empty()))
}

/// The statuses of an object in one text.
pub fn text(all: &[Statuses], description: &Value) -> String {
    let mut texts: Vec<&str> = all.iter().map(|s| s.of(description)).filter(|s| !s.is_empty()).collect();
    texts.dedup();
    texts.join(", ")
}

/// Why AWS says that an object failed.
pub fn reason(all: &[Statuses], description: &Value) -> String {
    let mut reasons = Vec::new();
    for member in all.iter().filter(|s| !s.is_done(description)).filter_map(|s| s.reason) {
        reasons_in(at(description, member), true, &mut reasons);
    }
    reasons.dedup();
    if reasons.is_empty() { "AWS gave no reason".to_owned() } else { reasons.join("; ") }
}

fn reasons_in(value: &Value, is_reason: bool, found: &mut Vec<String>) {
    match value {
        Value::String(text) if is_reason && !text.is_empty() => found.push(text.clone()),
        Value::List(elements) => elements.iter().for_each(|e| reasons_in(e, is_reason, found)),
        Value::Object(members) => members.iter().for_each(|(name, m)| reasons_in(m, name == "failure_reason", found)),
        _ => {}
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
/// object is gone. `polled` is given each description, to save it.
///
/// # Errors
/// What a poll met; that the time was used up or Terraform told to stop, with the last status.
pub async fn wait_until_stable<C, F>(
    cx: &Context<C>,
    is_busy: impl Fn(&Value) -> bool,
    status: impl Fn(&Value) -> String,
    waiting_for: &str,
    mut poll: impl FnMut() -> F,
    mut polled: impl FnMut(&Value),
) -> Result<Option<Value>, Unsettled>
where
    F: Future<Output = Result<Option<Value>>>,
{
    let mut pause = SHORTEST;
    let mut last = String::new();
    loop {
        let interrupted = || Unsettled::Stopped(Stop::Cancelled, stopped(Stop::Cancelled, waiting_for, ""));
        let looked = cx.unless_cancelled(Duration::ZERO, poll()).await.ok_or_else(interrupted)?;
        let Some(description) = looked.map_err(Unsettled::Failed)? else { return Ok(None) };
        polled(&description);
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
pub fn failed(all: &[Statuses], attempted: &str, description: &Value, more: &str) -> Diags {
    let detail = format!("Its status is {}: {}{more}", text(all, description), reason(all, description));
    Diag::error(format!("Could not {attempted}"), detail).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: [Statuses; 2] = [
        Statuses { member: "status", busy: &["Creating"], done: &["Created"], reason: Some("failure_reason") },
        Statuses {
            member: "last_update.status",
            busy: &["InProgress"],
            done: &["Successful"],
            reason: Some("last_update"),
        },
    ];

    fn described(status: &str, update: Option<(&str, &str)>) -> Value {
        let update = update.map_or(Value::Null, |(status, reason)| {
            Value::object([("status", Value::from(status)), ("failure_reason", Value::from(reason))])
        });
        Value::object([("status", Value::from(status)), ("last_update", update)])
    }

    #[test]
    fn every_status_counts_that_is_there() {
        let new = described("Created", None);
        assert!(is_done(&GROUP, &new) && !is_busy(&GROUP, &new));
        let updating = described("Created", Some(("InProgress", "")));
        assert!(!is_done(&GROUP, &updating) && is_busy(&GROUP, &updating));
        assert_eq!(text(&GROUP, &updating), "Created, InProgress");
        let failed = described("Created", Some(("Failed", "no such feature")));
        assert!(!is_done(&GROUP, &failed) && !is_busy(&GROUP, &failed));
        assert_eq!(reason(&GROUP, &failed), "no such feature");
        assert!(!is_done(&GROUP, &described("", None)), "the first status is needed");
        assert_eq!(reason(&GROUP, &described("Failed", None)), "AWS gave no reason");
    }
}
