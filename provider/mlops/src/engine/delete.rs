//! The end of a declared object: what runs is stopped, what is in progress is waited out, what it holds goes before it.

use std::time::Duration;

use tfplug::context::{Context, Stop};
use tfplug::diag::{Diags, Result};
use tfplug::value::Value;

use super::run::Run;
use super::shape::put;
use super::statuses::{self, Unsettled, wait_until_stable};
use super::{ADOPTED, Activity, Declared, Delete};
use crate::aws::operation::{ErrorMatch, Failure, NEVER, Operation, call, is_one_of};

/// How often a request is tried that AWS refuses because something is going on with the object.
const IN_USE_PAUSE: Duration = Duration::from_secs(2);
/// How long it may be looked for what a deletion waited for in vain, or for whom it concerns.
pub const LOOK: Duration = Duration::from_secs(10);
/// Longest pause where what the object holds ends by itself, which may take hours.
const HELD_PAUSE: Duration = Duration::from_secs(15);

impl Run<'_> {
    /// Makes the object go. False if another object has the key by now, which is left alone.
    pub(super) async fn remove(&self, on_destroy: &str) -> Result<bool> {
        let Some(description) = self.describe().await? else {
            self.remove_children(on_destroy).await?;
            return Ok(true);
        };
        if self.is_another(&description) {
            tracing::info!("{} was replaced by another one of its name", self.label);
            return Ok(false);
        }
        match self.request_removal(description, on_destroy).await? {
            Some(before) => {
                self.see_gone(&before).await?;
                let left = self.declared.hooks.deleted(self.cx, &self.aws, &before, &self.state).await;
                left.into_iter().for_each(|warning| self.cx.warn(warning));
            }
            None => self.remove_children(on_destroy).await?,
        }
        Ok(true)
    }

    /// Asks AWS to delete what is described, once it is at rest and what goes before it is gone. The description by then;
    /// None if there is nothing to wait for.
    pub(super) async fn request_removal(&self, mut description: Value, on_destroy: &str) -> Result<Option<Value>> {
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
            self.warn_before_delete().await;
        }
        let mut pause = IN_USE_PAUSE;
        loop {
            if !self.declared.statuses.is_empty() {
                self.end(&description).await?;
                match self.settle_wholly().await.map_err(Unsettled::into_diags)? {
                    Some(rested) => description = rested,
                    None => return Ok(None),
                }
            }
            let Some(delete) = delete else {
                // What is kept is not to cost anything.
                self.release().await?;
                tracing::info!(status = %statuses::text(self.declared.statuses, &description), "{} is left in AWS", self.label);
                return Ok(None);
            };
            self.remove_children(on_destroy).await?;
            self.remove_logs_of_runs(on_destroy).await?;
            let mut input = self.key_input(&delete.operation);
            for (attribute, member) in delete.send {
                put(&mut input, member, self.state.attribute(attribute).clone());
            }
            let called = call(self.cx, &self.aws, &delete.operation, &input, NEVER).await;
            let Err(refused) = called else { return Ok(Some(description)) };
            match (&refused, delete.empty) {
                (Failure::Aws(e), _) if is_one_of(e, self.declared.read.not_found) => return Ok(None),
                // What it held goes a moment after it was deleted, or somebody added something.
                (Failure::Aws(e), Some(empty)) if is_one_of(e, empty.not_empty) => {
                    self.empty(empty).await?;
                    self.wait_if(empty.not_empty, "delete", refused, pause).await?;
                    pause = (pause * 3 / 2).min(HELD_PAUSE);
                }
                (Failure::Aws(e), _) if is_one_of(e, delete.in_use) && self.release().await? => {}
                // Something began between the look and the request: wait until it is over, too.
                (Failure::Aws(e), _) if is_one_of(e, delete.in_use) => self.wait_if_in_use("delete", refused).await?,
                (Failure::Aws(_), _) => return Err(self.explained(self.refused("delete", &refused)).await),
                _ => return Err(self.refused("delete", &refused)),
            }
        }
    }

    /// Waits until the object is gone. `description` is that before the deletion.
    pub(super) async fn see_gone(&self, description: &Value) -> Result<()> {
        let all = self.declared.statuses;
        let before = statuses::text(all, description);
        // A status that tells of a failure may be left from before, for a moment.
        let failed = |found: &Value| self.is_broken(found) && statuses::text(all, found) != before;
        let waiting_for = format!("see the {} gone", self.label);
        let (going, status) = (|found: &Value| !failed(found), |_: &Value| String::new());
        let look = || self.describe_unless_replaced(description);
        let left = wait_until_stable(self.cx, going, status, &waiting_for, look, |_| {}).await;
        match left.map_err(Unsettled::into_diags)? {
            Some(found) => Err(statuses::failed(all, &format!("delete the {}", self.label), &found, "")),
            None => Ok(()),
        }
    }

    /// Diagnostics of a deletion, with what the kind knows of the reason.
    async fn explained(&self, mut diags: Diags) -> Diags {
        if let Some(by) = self.in_use_by().await {
            diags.0.iter_mut().for_each(|diag| diag.detail.push_str(&format!("\n\n{by}")));
        }
        diags
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
                let Err(stop) = self.cx.pause(pause).await else { return Ok(()) };
                let diags = self.refused(verb, &Failure::Stopped(stop, Some(e)));
                Err(match stop {
                    Stop::DeadlinePassed => self.explained(diags).await,
                    Stop::Cancelled => diags,
                })
            }
            failure => Err(self.refused(verb, &failure)),
        }
    }

    /// What is left of an object that was deleted: nothing, if somebody has made another one of its key since.
    async fn describe_unless_replaced(&self, before: &Value) -> Result<Option<Value>> {
        let Some(found) = self.describe().await? else { return Ok(None) };
        let replaced = if self.declared.read.created.is_some() {
            self.is_another(&found)
        } else {
            let id = self.declared.key.id(&self.state).unwrap_or_default();
            let (hooks, aws) = (self.declared.hooks, &self.aws);
            let made = (hooks.created(aws, &id, before).await, hooks.created(aws, &id, &found).await);
            matches!(made, (Some(former), Some(latter)) if latter > former)
        };
        Ok(Some(found).filter(|_| !replaced))
    }

    async fn release(&self) -> Result<bool> {
        let id = self.declared.key.id(&self.state).unwrap_or_default();
        self.declared.hooks.release(self.cx, &self.aws, &id).await
    }

    /// What keeps the object from being deleted.
    async fn in_use_by(&self) -> Option<String> {
        let id = self.declared.key.id(&self.state).unwrap_or_default();
        // The time for the deletion is used up, and this is only a look.
        let cx = Context::new(self.cx.try_client().cloned(), self.cx.cancellation().clone(), LOOK);
        self.declared.hooks.in_use(&cx, &self.aws, &id).await
    }

    /// Tells the user what the deletion does to others, if that can be found out soon.
    async fn warn_before_delete(&self) {
        let id = self.declared.key.id(&self.state).unwrap_or_default();
        let look = self.declared.hooks.before_delete(self.cx, &self.aws, &id);
        if let Ok(Some(warning)) = tokio::time::timeout(LOOK, look).await {
            self.cx.warn(warning);
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
        let fallback = match self.delete {
            _ if self.adopts.is_some() && state.attribute(ADOPTED).as_bool() == Some(true) => "retain",
            Delete::Never => "stop",
            Delete::By(_) => "delete",
        };
        state.attribute("on_destroy").as_str().unwrap_or(fallback)
    }

    /// Whether a destroy does all that it can do, logs and scripts included.
    pub(super) fn goes_wholly(&self, on_destroy: &str) -> bool {
        on_destroy != "retain" && (matches!(self.delete, Delete::Never) || on_destroy != "stop")
    }
}
