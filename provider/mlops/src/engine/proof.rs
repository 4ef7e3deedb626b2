//! Proving after each creation and update that an object does what it is for, and going back if it does not.
//!
//! What passed last is an attribute of its own. So a run that was killed between an update and its proof shows in the next
//! plan, which proves what the update left, and knows what to go back to.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::plan::Plan;
use tfplug::resource::Update;
use tfplug::value::Value;

use super::Declared;
use super::run::{Run, Unfinished};
use crate::aws::client::{Aws, Regional};

/// A test that an object has to pass after each creation and update.
pub struct Proof {
    /// The attribute by which the user asks for it, with `on_failure` in it. Null: nothing is tested.
    pub test: &'static str,
    /// The attribute whose value is tested, which an update replaces.
    pub of: &'static str,
    /// What AWS calls that value: `endpoint configuration`.
    pub noun: &'static str,
    /// The computed attribute that holds the value that passed last.
    pub passed: &'static str,
    /// What an update is not sent that goes back: how to deploy a change with care.
    pub not_sent_back: &'static [&'static str],
    /// Does it.
    pub by: &'static dyn Test,
}

/// Tests an object.
#[async_trait]
pub trait Test: Send + Sync {
    /// Tests an object that is ready.
    ///
    /// # Errors
    /// What came back, and what was expected.
    async fn run(&self, cx: &Context<Aws>, aws: &Regional, object: &Value) -> Result<()>;
}

impl Proof {
    /// What is known of the value that passed last before an update is tested. Without a new value only a new test can fail it.
    fn before<'a>(&self, update: &'a Update) -> &'a Value {
        let is_new_test = update.changes(self.test) && !update.changes(self.of);
        if is_new_test { &Value::Null } else { update.prior.attribute(self.passed) }
    }

    /// What to go back to: what was there before the update, or what passed last if the update itself was an earlier run's.
    fn former(&self, prior: &Value, value: &Value) -> Option<Value> {
        let wants = value.attribute(self.test).attribute("on_failure").as_str() == Some("rollback");
        let mut all = [self.of, self.passed].into_iter().map(|name| prior.attribute(name)).filter(|_| wants);
        all.find(|former| !former.is_null() && *former != value.attribute(self.of)).cloned()
    }
}

impl Declared {
    /// Plans a test of what has not passed it.
    pub(super) fn plan_proof(&self, plan: &mut Plan<'_>) {
        let Some(proof) = &self.proof else { return };
        if plan.get(proof.test).is_null() {
            plan.set(proof.passed, Value::Null);
        } else if !plan.is_create()
            && !self.is_away(plan.prior)
            && plan.prior.attribute(proof.passed) != plan.get(proof.of)
        {
            plan.set(proof.passed, Value::unknown());
        }
    }

    /// The test that an update has to pass, `changes` telling whether it changes anything in AWS; what is planned then has
    /// what passed before.
    pub(super) fn to_prove(&self, update: &mut Update, changes: bool) -> Option<&Proof> {
        let proof = self.proof.as_ref().filter(|proof| !update.planned.attribute(proof.test).is_null())?;
        let before = proof.before(update).clone();
        let due = changes || before != *update.planned.attribute(proof.of);
        update.planned.set_attribute(proof.passed, before);
        due.then_some(proof)
    }
}

impl Run<'_> {
    /// Tests a new object, if the user asks for that.
    pub(super) async fn prove_new(&self, value: Value) -> Result<Value, Unfinished> {
        match &self.declared.proof {
            Some(proof) if !value.attribute(proof.test).is_null() => self.prove(proof, value, &Value::Null).await,
            _ => Ok(value),
        }
    }

    /// Tests an object that is ready. If it fails, it goes back to what was there before, if the user wants that; the state
    /// is what AWS has then.
    pub(super) async fn prove(&self, proof: &Proof, mut value: Value, prior: &Value) -> Result<Value, Unfinished> {
        let tested = proof.by.run(self.cx, &self.aws, &value).await;
        let current = value.attribute(proof.of).clone();
        let Err(mut failed) = tested else {
            value.set_attribute(proof.passed, current);
            return Ok(value);
        };
        if let Err(stop) = self.cx.check() {
            // Nothing is proven, and the next apply tests again.
            let stopped = failed.0.pop().unwrap_or_else(|| crate::aws::operation::stopped(stop, "run the test", ""));
            return Err(match stop {
                tfplug::context::Stop::Cancelled => Unfinished::Interrupted(stopped),
                tfplug::context::Stop::DeadlinePassed => stopped.into(),
            });
        }
        if *value.attribute(proof.passed) == current {
            value.set_attribute(proof.passed, Value::Null);
        }
        self.cx.save(value.clone());
        let name = |of: &Value| format!("{} {:?}", proof.noun, of.as_str().unwrap_or_default());
        let (noun, serving) = (self.declared.noun, name(&current));
        let outcome = match proof.former(prior, &value) {
            None if prior.is_null() => format!("The new {noun} is tainted: the next apply replaces it."),
            None => format!(
                "The {noun} serves the {serving} all the same: there is nothing to roll back to, or \
                             `on_failure` does not say so. The next apply tests it again."
            ),
            Some(former) => match self.go_back(proof, &former, prior).await {
                Ok(()) => format!("The {noun} was rolled back, and serves the {} again.", name(&former)),
                Err(more) => {
                    failed.0.extend(more.0);
                    format!("The {noun} could not be rolled back to the {}.", name(&former))
                }
            },
        };
        if let Some(first) = failed.0.first_mut() {
            first.summary = format!("The smoke test of the {} failed", self.label);
            first.detail = format!("Tested was the {serving}. {}\n\n{outcome}", first.detail);
        }
        Err(Unfinished::Failed(failed))
    }

    /// Updates the object to a former value, and waits until it is there.
    async fn go_back(&self, proof: &Proof, former: &Value, prior: &Value) -> Result<(), Diags> {
        let mut state = self.state.clone();
        state.set_attribute(proof.of, former.clone());
        let passes =
            former == prior.attribute(proof.passed) && prior.attribute(proof.test) == state.attribute(proof.test);
        state.set_attribute(proof.passed, if passes { former.clone() } else { Value::Null });
        self.declared.take_version(prior, &mut state);
        let run = Run { state, prior: prior.clone(), aws: self.aws.clone(), label: self.label.clone(), ..*self };
        let mut updates = self.declared.updates.iter();
        let Some(by) = updates.find(|by| by.triggers().any(|attribute| attribute == proof.of)) else {
            return Err(Diag::bug("Nothing rolls back", format!("No update sends `{}`.", proof.of)).into());
        };
        let sent = by.send.iter().copied().filter(|attribute| !proof.not_sent_back.contains(attribute));
        let input = run.keyed(by, &run.state, &sent.collect::<Vec<_>>());
        run.send_update(by, &input).await?;
        run.finish(&format!("roll back the {}", run.label), |_| {}).await.map_err(Unfinished::into_diags)?;
        Ok(())
    }
}
