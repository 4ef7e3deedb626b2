//! Resources that are declared: a schema, a few operations and tables of statuses and errors. One engine gives all of
//! them their life.

#[cfg(test)]
mod conformance;
mod create;
pub mod lifecycle;
mod run;
pub mod shape;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diags, Result};
use tfplug::plan::Plan;
use tfplug::schema::Schema;
use tfplug::value::Value;

use crate::aws::client::{Aws, Regional};
use crate::aws::creations::Creation;
use crate::aws::op::{Operation, Rule};
use crate::aws::wait::Statuses;

/// Kept with the state of an object whose creation was not waited for to its end: the next apply goes on waiting.
const AWAITED: &str = "awaited";
/// Kept with the state of an object that is gone while something that was made beside it is not.
const GONE: &str = "gone";

/// A resource of the SageMaker API, declared.
pub struct Declared {
    /// What the API calls it: `endpoint configuration`.
    pub noun: &'static str,
    /// The schema. Its attributes have the names of the API's members or say which member they stand for; `name`, `arn`,
    /// `region`, `tags` and `tags_all` are among them.
    pub schema: fn() -> Schema,
    /// The beginning of the resource part of its ARN, before the name: `endpoint/`.
    pub arn: &'static str,
    /// Creates it.
    pub create: Operation,
    /// The member of the creation's input that makes a repeated request yield the same object.
    pub token: Option<&'static str>,
    /// The member of the creation's answer that holds the ARN.
    pub arn_member: &'static str,
    /// Describes it.
    pub read: Operation,
    /// Removes it. None: AWS keeps it for ever, and destroying only stops and forgets it.
    pub delete: Option<Operation>,
    /// Stops it, for jobs.
    pub stop: Option<Operation>,
    /// Errors of stopping that say that there is nothing to stop.
    pub unstoppable: &'static [Rule],
    /// Errors that say that it does not exist.
    pub absent: &'static [Rule],
    /// Errors of creation that say that the name is taken.
    pub taken: &'static [Rule],
    /// Errors of creation and update that pass by themselves within minutes: a role that AWS does not know yet. An error
    /// that a wrong configuration meets, too, ends the apply after `propagation_timeout`.
    pub passing: &'static [Rule],
    /// Errors of update and deletion that say that something is going on with the object, which ends by itself.
    pub busy: &'static [Rule],
    /// Its statuses. None: it is there at once.
    pub statuses: Option<Statuses>,
    /// How it can be changed. What no entry names demands a new object, and is flagged so in the schema.
    pub updates: &'static [UpdateBy],
    /// Attributes that the description does not have: they stay as they are in the state.
    pub unread: &'static [&'static str],
    /// Attributes (`a.b` for nested ones, in lists too) that AWS fills in by itself where the user leaves them out: they
    /// are planned null, not unknown, and while the state has none, what AWS says there is not shown, for it is no drift.
    /// An import shows them. In the schema they are optional and computed, so that they stay then.
    pub filled: &'static [&'static str],
    /// What is special about it.
    pub hooks: &'static dyn Hooks,
    /// Members of the API's operations that are no attributes, with the reason.
    pub omitted: &'static [(&'static str, &'static str)],
}

/// One way of changing an object.
pub struct UpdateBy {
    /// The operation.
    pub operation: Operation,
    /// It is called when one of these attributes changes.
    pub when: &'static [&'static str],
    /// It is sent these attributes, besides the name.
    pub send: &'static [&'static str],
}

/// Whether the object is a job, which runs once: such resources have the attributes `wait_for_completion`, `triggers` and
/// `on_destroy`.
pub fn is_job(declared: &Declared) -> bool {
    declared.stop.is_some()
}

/// What is special about a declared resource. Everything has an empty default.
#[async_trait]
pub trait Hooks: Send + Sync {
    /// Tests the configuration beyond the schema.
    fn check_config(&self, _config: &Value) -> Diags {
        Diags::new()
    }

    /// Plans beyond the common attributes.
    ///
    /// # Errors
    /// Diagnostics that stop the plan.
    async fn plan(&self, _cx: &Context<Aws>, _plan: &mut Plan<'_>) -> Result<()> {
        Ok(())
    }

    /// Prepares a creation: `input` is what will be sent, in the API's shape; what is learned on the way may be noted in
    /// `planned`, and `creation` is told of what is about to be made beside the object. It may run again for the same
    /// object.
    ///
    /// # Errors
    /// Diagnostics; nothing is created then.
    async fn before_create(
        &self,
        _cx: &Context<Aws>,
        _aws: &Regional,
        _planned: &mut Value,
        _input: &mut Value,
        _creation: &mut Creation,
    ) -> Result<()> {
        Ok(())
    }

    /// The URI of what was made beside the object.
    fn beside(&self, _state: &Value) -> Option<String> {
        None
    }

    /// Removes what was made beside an object, by its URI.
    ///
    /// # Errors
    /// What AWS answered.
    async fn discard(&self, _aws: &Regional, _uri: &str) -> Result<()> {
        Ok(())
    }

    /// Whether something that goes with the object is still there, though the object is gone.
    async fn remains(&self, _aws: &Regional, _state: &Value) -> bool {
        false
    }

    /// Prepares an update: `input` is what will be sent.
    fn before_update(&self, _prior: &Value, _planned: &Value, _input: &mut Value) {}

    /// Completes what was read: `value` has the attributes, `description` is AWS's answer.
    fn after_read(&self, _description: &Value, _state: &Value, _value: &mut Value) {}

    /// Says why an object that came to rest well is not what was asked for.
    fn unlike(&self, _planned: &Value, _description: &Value) -> Option<String> {
        None
    }

    /// More about a failure, for the diagnostic: the last lines of a job's log.
    async fn about_failure(&self, _aws: &Regional, _description: &Value) -> String {
        String::new()
    }

    /// Cleans up what was made beside the object, once it is gone.
    ///
    /// # Errors
    /// Diagnostics; the object then stays in the state.
    async fn after_delete(&self, _cx: &Context<Aws>, _aws: &Regional, _state: &Value) -> Result<()> {
        Ok(())
    }
}

/// Nothing is special.
pub struct Plain;

impl Hooks for Plain {}
