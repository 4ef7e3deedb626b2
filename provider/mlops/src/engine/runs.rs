//! Jobs that AWS runs for an object from time to time, and keeps: that one failed, and what becomes of their logs.

use tfplug::diag::{Diag, Result};
use tfplug::value::Value;

use super::Declared;
use super::beside::keeps_logs;
use super::run::Run;
use crate::aws::arn::Arn;
use crate::aws::operation::Operation;

/// Jobs that AWS runs for an object by itself.
#[derive(Clone, Copy)]
pub struct Runs {
    /// What one is called: `execution`.
    pub noun: &'static str,
    /// The member, and attribute, of the object that summarizes the last one.
    pub last: &'static str,
    /// The member of a summary that has its status, and the status of failure.
    pub failed: (&'static str, &'static str),
    /// The member of a summary that says why it failed.
    pub reason: &'static str,
    /// The member of a summary that has the ARN of its job, which has the logs.
    pub job: &'static str,
    /// The kind of the job.
    pub declared: &'static Declared,
    /// Lists the summaries.
    pub list: Operation,
    /// The member of the response that has the list.
    pub items: &'static str,
}

impl Run<'_> {
    /// Warns of a failure that the state does not know of yet: nothing else says that what is scheduled does not work.
    pub(super) async fn tell_failed_run(&self, description: &Value) {
        let Some(runs) = self.declared.runs else { return };
        let last = description.attribute(runs.last);
        let (status, failure) = runs.failed;
        let is_told = [&self.state, &self.prior].iter().any(|object| {
            let known = object.attribute(runs.last);
            known.attribute(status).as_str() == Some(failure) && known.attribute(runs.job) == last.attribute(runs.job)
        });
        if last.attribute(status).as_str() != Some(failure) || is_told {
            return;
        }
        let log = match last.attribute(runs.job).as_str() {
            Some(arn) => runs.declared.log_of(&self.aws, arn).await.unwrap_or_default(),
            None => String::new(),
        };
        let reason = last.attribute(runs.reason).as_str().unwrap_or("AWS gave no reason");
        let detail = format!(
            "AWS says why: {reason}.{log}\n\nWhat is in the configuration is as it should be; the next {} follows.",
            runs.noun
        );
        self.cx.warn(Diag::warning(format!("The last {} of the {} failed", runs.noun, self.label), detail));
    }

    /// Deletes the logs of the jobs, if the user does not keep them. It comes before the deletion, for nothing else says which
    /// jobs there were.
    pub(super) async fn remove_logs_of_runs(&self, on_destroy: &str) -> Result<()> {
        let Some(runs) = self.declared.runs.filter(|_| on_destroy == "delete" && !keeps_logs(&self.state)) else {
            return Ok(());
        };
        let verb = format!("list the {}s of", runs.noun);
        for summary in self.list(&runs.list, self.key_input(&runs.list), runs.items, &verb).await? {
            let arn = summary.attribute(runs.job).as_str().and_then(|arn| Arn::parse(arn).ok());
            let Some((_, name)) = arn.as_ref().and_then(|arn| arn.resource.split_once('/')) else { continue };
            self.aws.note_end(runs.declared.noun, name);
            let job = Value::object([(runs.declared.key.attribute, Value::from(name))]);
            runs.declared.remove_beside(self.cx, &self.aws, &job).await?;
        }
        Ok(())
    }
}
