//! The end of a declared object: what runs is stopped, what is in progress is waited out, what it holds goes before it.

use std::time::Duration;

use tfplug::diag::Result;
use tfplug::value::Value;

use super::run::Run;
use super::statuses::{self, Unsettled, wait_until_stable};
use super::{Activity, Declared, Delete};
use crate::aws::operation::{ErrorMatch, Failure, NEVER, Operation, call, is_one_of};

/// How often a request is tried that AWS refuses because something is going on with the object.
const IN_USE_PAUSE: Duration = Duration::from_secs(2);
/// Longest pause where what the object holds ends by itself, which may take hours.
const HELD_PAUSE: Duration = Duration::from_secs(15);

impl Run<'_> {
    /// Makes the object go. False if another object has the key by now, which is left alone.
    pub(super) async fn remove(&self, on_destroy: &str) -> Result<bool> {
        let Some(mut description) = self.describe().await? else { return Ok(true) };
        if self.is_another(&description) {
            tracing::info!("{} was replaced by another one of its name", self.label);
            return Ok(false);
        }
        let delete = match &self.declared.delete {
            Delete::By(by) if on_destroy != "stop" => Some(by),
            _ => None,
        };
        // What ends by itself is looked for only if something is in the way.
        if let Some(empty) = delete.and_then(|by| by.empty).filter(|empty| empty.says.is_none()) {
            self.empty(empty).await?;
        }
        if delete.is_some() {
            // Some kinds cannot go as long as they have them.
            self.write_parts(&self.state, &Value::Null).await?;
        }
        let mut pause = IN_USE_PAUSE;
        loop {
            if !self.declared.statuses.is_empty() {
                self.end(&description).await?;
                match self.settle("at rest", |_| {}).await.map_err(Unsettled::into_diags)? {
                    Some(rested) => description = rested,
                    None => return Ok(true),
                }
            }
            let Some(delete) = delete else {
                tracing::info!(status = %statuses::text(self.declared.statuses, &description), "{} is left in AWS", self.label);
                return Ok(true);
            };
            let called = call(self.cx, &self.aws, &delete.operation, &self.key_input(&delete.operation), NEVER).await;
            let Err(refused) = called else { break };
            match (&refused, delete.empty) {
                (Failure::Aws(e), _) if is_one_of(e, self.declared.read.not_found) => return Ok(true),
                // What it held goes a moment after it was deleted, or somebody added something.
                (Failure::Aws(e), Some(empty)) if is_one_of(e, empty.not_empty) => {
                    self.empty(empty).await?;
                    self.wait_if(empty.not_empty, "delete", refused, pause).await?;
                    pause = (pause * 3 / 2).min(HELD_PAUSE);
                }
                // Something began between the look and the request: wait until it is over, too.
                _ => self.wait_if_in_use("delete", refused).await?,
            }
        }
        let all = self.declared.statuses;
        let before = statuses::text(all, &description);
        // A status that tells of a failure may be left from before, for a moment.
        let failed = |found: &Value| self.is_broken(found) && statuses::text(all, found) != before;
        let waiting_for = format!("see the {} gone", self.label);
        let (going, status) = (|found: &Value| !failed(found), |_: &Value| String::new());
        let left = wait_until_stable(self.cx, going, status, &waiting_for, || self.describe(), |_| {}).await;
        match left.map_err(Unsettled::into_diags)? {
            Some(found) => Err(statuses::failed(all, &format!("delete the {}", self.label), &found, "")),
            None => Ok(true),
        }
    }

    /// Waits a moment if a request was refused because something is going on with the object.
    ///
    /// # Errors
    /// The refusal, if it has another reason; that the time is up.
    pub(super) async fn wait_if_in_use(&self, verb: &str, failure: Failure) -> Result<()> {
        self.wait_if(self.declared.delete.in_use(), verb, failure, IN_USE_PAUSE).await
    }

    /// Waits a moment if a request was refused with one of these errors.
    async fn wait_if(&self, errors: &[ErrorMatch], verb: &str, failure: Failure, pause: Duration) -> Result<()> {
        match failure {
            Failure::Aws(e) if is_one_of(&e, errors) => {
                let stopped = |stop| self.refused(verb, &Failure::Stopped(stop, Some(e.clone())));
                self.cx.pause(pause).await.map_err(stopped)
            }
            failure => Err(self.refused(verb, &failure)),
        }
    }

    /// Ends what an object does, if it does something.
    async fn end(&self, description: &Value) -> Result<()> {
        match &self.declared.activity {
            Activity::Job(stop) if statuses::is_busy(self.declared.statuses, description) => {
                self.stop(&stop.operation, stop.not_running).await
            }
            Activity::Power(power) if power.rests && self.status(description) == power.on => {
                self.stop(&power.stop, &[]).await
            }
            _ => Ok(()),
        }
    }

    /// The status that decides.
    pub(super) fn status<'v>(&self, description: &'v Value) -> &'v str {
        self.declared.statuses.first().map_or("", |s| s.of(description))
    }

    /// Stops the object, unless it ended by itself meanwhile, which is as good.
    pub(super) async fn stop(&self, operation: &Operation, not_running: &[ErrorMatch]) -> Result<()> {
        match call(self.cx, &self.aws, operation, &self.key_input(operation), NEVER).await {
            Ok(_) => Ok(()),
            Err(Failure::Aws(e)) if is_one_of(&e, not_running) || is_one_of(&e, self.declared.read.not_found) => Ok(()),
            Err(failure) => Err(self.refused("stop", &failure)),
        }
    }
}

impl Declared {
    /// What a destroy does: `stop`, `retain`, or whatever else stands for deleting it.
    pub(super) fn on_destroy<'a>(&self, state: &'a Value) -> &'a str {
        let fallback = if matches!(self.delete, Delete::Never) { "stop" } else { "delete" };
        state.attribute("on_destroy").as_str().unwrap_or(fallback)
    }

    /// Whether a destroy does all that it can do, logs and scripts included.
    pub(super) fn goes_wholly(&self, on_destroy: &str) -> bool {
        on_destroy != "retain" && (matches!(self.delete, Delete::Never) || on_destroy != "stop")
    }
}
