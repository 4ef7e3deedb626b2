//! What is special about a declared resource, where no table can say it.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diags, Result};
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

    /// Completes a request before it is sent: `input` is what a creation or an update sends, in the API's shape.
    fn before_send(&self, _prior: &Value, _planned: &Value, _input: &mut Value) {}

    /// Looks at the answer of a creation or update, which may hold warnings of AWS.
    fn answered(&self, _cx: &Context<Aws>, _answer: &Value) {}

    /// When an object was created, in milliseconds since 1970, where no description says so. It decides whether an
    /// interrupted creation made it.
    async fn created(&self, _aws: &Regional, _id: &str) -> Option<i64> {
        None
    }

    /// Completes what was read: `value` has the attributes, `description` is AWS's answer.
    fn after_read(&self, _description: &Value, _state: &Value, _value: &mut Value) {}

    /// Reads what no description has, by further calls.
    ///
    /// # Errors
    /// Diagnostics; nothing is read then.
    async fn read_more(&self, _cx: &Context<Aws>, _aws: &Regional, _value: &mut Value) -> Result<()> {
        Ok(())
    }

    /// Says why an object that came to rest well is not what was asked for.
    fn verify(&self, _planned: &Value, _description: &Value) -> Option<String> {
        None
    }

    /// Cleans up what AWS or the provider made beside the object and no table names, once it is gone.
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
