//! Actions that are declared: an operation on an object of a declared kind, and what it comes to then.

use async_trait::async_trait;
use tfplug::context::{Context, Stop as Ended};
use tfplug::diag::{Diag, Result};
use tfplug::resource::Action;
use tfplug::schema::{Schema, SharedSchema, Text};
use tfplug::value::Value;
use tokio::sync::mpsc::Sender;

use super::run::Run;
use super::shape::to_api;
use super::statuses::{self, Unsettled};
use super::{Activity, Declared};
use crate::aws::client::Aws;
use crate::aws::operation::{ErrorMatch, Failure, NEVER, Operation, call, is_one_of};

/// The attribute that says whether an action waits.
const WAITS: &str = "wait_for_completion";

/// A declared action.
pub struct DeclaredAction {
    /// The schema. Its attributes have the names of the members that the operation takes or say which they stand for; the
    /// attributes that the object is known by are the kind's own.
    pub schema: fn() -> &'static SharedSchema,
    /// The kind of object.
    pub of: &'static Declared,
    /// What it does, in one word: `start`.
    pub verb: &'static str,
    /// The operation.
    pub operation: Operation,
    /// Whether it makes the object, so that its response says what that is known by.
    pub makes: bool,
    /// Members that it is sent besides.
    pub fixed: &'static [(&'static str, &'static str)],
    /// Errors that say that there is nothing to do.
    pub needless: &'static [ErrorMatch],
    /// The statuses that it is to come to. Empty: nothing is waited for.
    pub until: &'static [&'static str],
}

impl DeclaredAction {
    /// An operation that names an object, without anything to wait for.
    pub const fn new(
        schema: fn() -> &'static SharedSchema,
        verb: &'static str,
        of: &'static Declared,
        operation: Operation,
    ) -> Self {
        Self { schema, of, verb, operation, makes: false, fixed: &[], needless: &[], until: &[] }
    }

    /// What names the object, of what the user gave.
    fn named(&self, config: &Value) -> Value {
        let mut state = self.of.object().null_value();
        for attribute in self.of.key.attributes().chain(["region"]) {
            state.set_attribute(attribute, config.attribute(attribute).clone());
        }
        state
    }

    /// What is sent.
    fn input(&self, run: &Run<'_>, config: &Value) -> Value {
        let mut input = to_api(&(self.schema)().object, config);
        if !self.makes {
            for (member, value) in run.key_input(&self.operation).as_entries().into_iter().flatten() {
                input.set_attribute(member, value.clone());
            }
        }
        for (member, value) in self.fixed {
            input.set_attribute(member, Value::from(*value));
        }
        self.of.hooks.adapt(&mut input);
        input
    }

    /// Waits until the object comes to rest, telling of each status.
    async fn watch(&self, run: &Run<'_>, attempted: &str, progress: &Sender<String>) -> Result<()> {
        let (all, mut last) = (self.of.statuses, String::new());
        let tell = |description: &Value| {
            let status = statuses::text(all, description);
            if status != last {
                let after = tfplug::duration::format(std::time::Duration::from_secs(run.cx.elapsed().as_secs()));
                // A message that is not taken in time is no reason to wait.
                drop(progress.try_send(format!("After {after} the status of the {} is {status}.", run.label)));
                last = status;
            }
        };
        let description = match run.settle(&self.until.join(" or "), tell).await {
            Ok(Some(description)) => description,
            Ok(None) => {
                let detail = format!("AWS accepted the request, and the {} was not found afterwards.", run.label);
                return Err(Diag::error(format!("Could not {attempted}"), detail).into());
            }
            Err(Unsettled::Stopped(why, mut diag)) => {
                diag.detail.push_str(&goes_on(self.of, why));
                return Err(diag.into());
            }
            Err(failed) => return Err(failed.into_diags()),
        };
        if self.until.contains(&run.status(&description)) {
            return Ok(());
        }
        let why = self.of.hooks.failed(&run.aws, &run.whole_value(&description).await?).await;
        Err(statuses::failed(all, attempted, &description, &why))
    }
}

/// What becomes of an object that is waited for no more.
fn goes_on(declared: &Declared, why: Ended) -> String {
    let noun = declared.noun;
    let stop = match &declared.activity {
        Activity::Job(stop) => format!(" To end it, use `aws {}`.", stop.operation.cli()),
        _ => String::new(),
    };
    let instead = if why == Ended::DeadlinePassed { " Raise `timeouts.invoke`, or do not wait for it." } else { "" };
    format!("\n\nWhat was asked for goes on in AWS: only the wait for the {noun} has ended.{stop}{instead}")
}

#[async_trait]
impl Action<Aws> for &'static DeclaredAction {
    fn schema(&self) -> Schema {
        (**(self.schema)()).clone()
    }

    fn name(&self) -> Text {
        (self.schema)().name.into()
    }

    async fn invoke(&self, cx: &Context<Aws>, config: Value, progress: Sender<String>) -> Result<()> {
        let mut run = Run::new(self.of, cx, self.named(&config))?;
        let attempted = format!("{} the {}", self.verb, run.label);
        let input = self.input(&run, &config);
        match call(cx, &run.aws, &self.operation, &input, NEVER).await {
            Ok(answer) => {
                if self.makes {
                    run.state.set_attribute("arn", self.of.arn_in(&answer).clone());
                    run.relabel();
                }
                drop(progress.send(format!("AWS was asked to {} the {}.", self.verb, run.label)).await);
            }
            Err(Failure::Aws(e)) if is_one_of(&e, self.needless) => {
                drop(progress.send(format!("There is nothing to do: {}", e.message)).await);
            }
            Err(failure) => return Err(failure.diags(&attempted, &(self.schema)().object, &config)),
        }
        match !self.until.is_empty() && config.attribute(WAITS).as_bool() != Some(false) {
            true => self.watch(&run, &attempted, &progress).await,
            false => Ok(()),
        }
    }
}
