//! What is special about a declared resource, where no table can say it.

use std::sync::Arc;

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::plan::Plan;
use tfplug::value::Value;

use crate::aws::client::{Aws, Regional};

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

    /// Completes, at the beginning of a creation or update, what the plan had to leave open. It is null in `planned`.
    fn complete(&self, _aws: &Aws, _planned: &mut Value) {}

    /// Changes what a creation or update sends, where the API has another form than the attributes.
    fn adapt(&self, _input: &mut Value) {}

    /// Looks at the answer of a creation or update, which may hold warnings of AWS.
    fn answered(&self, _cx: &Context<Aws>, _answer: &Value) {}

    /// When an object was created, in milliseconds since 1970, where no member of its description says that alone. It
    /// decides whether an interrupted creation made it.
    async fn created(&self, _aws: &Regional, _id: &str, _description: &Value) -> Option<i64> {
        None
    }

    /// Frees an object from what keeps it from being deleted, or goes on costing money when it is only stopped. Whether there was
    /// something that could be freed.
    ///
    /// # Errors
    /// Diagnostics that end the deletion.
    async fn release(&self, _cx: &Context<Aws>, _aws: &Regional, _id: &str) -> Result<bool> {
        Ok(false)
    }

    /// The options with which the AWS CLI deletes an object, where its key is none: ` --single-metric '{...}'`.
    fn delete_options(&self, _planned: &Value) -> Option<String> {
        None
    }

    /// What keeps an object from being deleted and what to do, for the diagnostic of a deletion that was refused, or waited
    /// in vain.
    async fn in_use(&self, _cx: &Context<Aws>, _aws: &Regional, _id: &str) -> Option<String> {
        None
    }

    /// Warns of what a deletion does to others, where AWS deletes without a word. It comes before the deletion.
    async fn before_delete(&self, _cx: &Context<Aws>, _aws: &Arc<Regional>, _id: &str) -> Option<Diag> {
        None
    }

    /// Removes what an object made that is gone, if the user wants that. `description` is what AWS said of it last. What cannot be
    /// removed is a warning.
    async fn deleted(&self, _cx: &Context<Aws>, _aws: &Regional, _description: &Value, _state: &Value) -> Option<Diag> {
        None
    }

    /// Completes what was read: `value` has the attributes, `description` is AWS's answer.
    fn after_read(&self, _description: &Value, _state: &Value, _value: &mut Value) {}

    /// Says more of an object that failed, behind the reason that AWS gives. `value` has the attributes.
    async fn failed(&self, _aws: &Regional, _value: &Value) -> String {
        String::new()
    }

    /// Says why an object that came to rest well is not what was asked for.
    fn verify(&self, _planned: &Value, _description: &Value) -> Option<String> {
        None
    }
}

/// Nothing is special.
pub struct Plain;

impl Hooks for Plain {}
