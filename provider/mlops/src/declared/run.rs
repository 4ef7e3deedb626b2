//! One operation on one object of a declared resource: looking, waiting, removing.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use tfplug::context::{Context, Stop};
use tfplug::diag::{Diag, Diags, Result};
use tfplug::schema::Object;
use tfplug::value::Value;

use super::shape::{from_api, to_api};
use super::{Declared, is_job};
use crate::aws::client::{Aws, Regional};
use crate::aws::creations::record::{Found, Identity};
use crate::aws::op::{Failure, GRACE, NEVER, Retry, call, is_one_of, stopped};
use crate::aws::wait::{self, Statuses, Unsettled};
use crate::aws::{sagemaker_tags, tags};

/// How often a deletion is tried that AWS refuses because the object is in use.
pub(super) const IN_USE_PAUSE: Duration = Duration::from_secs(2);

/// One operation on one object of a declared resource.
pub(super) struct Run<'a> {
    pub(super) declared: &'a Declared,
    pub(super) object: Object,
    pub(super) cx: &'a Context<Aws>,
    pub(super) aws: Arc<Regional>,
    /// How messages call it: `endpoint "x"`.
    pub(super) label: String,
    /// What the local attributes and the tags are taken from.
    pub(super) state: Value,
    /// The state is that of an import, so nearly empty.
    pub(super) imported: bool,
}

/// Why a creation or an update did not come to its end.
pub(super) enum Unfinished {
    /// It failed.
    Failed(Diags),
    /// Terraform was told to stop while the object was on its way.
    Interrupted(Diag),
}

impl Unfinished {
    pub(super) fn into_diags(self) -> Diags {
        match self {
            Self::Failed(diags) => diags,
            Self::Interrupted(diag) => diag.into(),
        }
    }
}

impl<T: Into<Diags>> From<T> for Unfinished {
    fn from(diags: T) -> Self {
        Self::Failed(diags.into())
    }
}

/// What tells an object from every other one of its name.
pub(super) fn identity(declared: &Declared, description: &Value) -> Identity {
    let parts = [declared.arn_member, "creation_time"];
    parts.iter().filter_map(|p| Some(((*p).to_owned(), description.attribute(p).as_str()?.to_owned()))).collect()
}

/// A time in a description, in milliseconds since 1970.
fn millis(time: &Value) -> Option<i64> {
    DateTime::from_str(time.as_str()?, Format::DateTime).ok()?.to_millis().ok()
}

impl<'a> Run<'a> {
    pub(super) fn new(declared: &'a Declared, cx: &'a Context<Aws>, state: Value) -> Result<Self> {
        let aws = cx.client()?.region(state.attribute("region").as_str());
        let label = format!("{} {:?}", declared.noun, state.attribute("name").as_str().unwrap_or_default());
        Ok(Self { declared, object: (declared.schema)().object, cx, aws, label, state, imported: false })
    }

    /// The input that names the object.
    fn name(&self) -> Value {
        self.selected(&self.state, &["name"])
    }

    /// Some attributes in the API's shape.
    pub(super) fn selected(&self, from: &Value, names: &[&str]) -> Value {
        let chosen = Value::object(names.iter().map(|n| (*n, from.attribute(n).clone())));
        to_api(&self.object, &chosen)
    }

    /// Errors of creations and updates that can pass by themselves, for as long as the user allows.
    pub(super) fn retry(&self) -> Result<Retry> {
        Ok(Retry { errors: self.declared.passing, within: self.cx.client()?.propagation_timeout() })
    }

    /// AWS's description; None if there is no such object.
    pub(super) async fn describe(&self) -> Result<Option<Value>> {
        let operation = &self.declared.read;
        match call(self.cx, self.aws.sagemaker(), operation, &self.name(), NEVER).await {
            Ok(description) => Ok(Some(description)),
            Err(Failure::Aws(e)) if is_one_of(&e, self.declared.absent) => Ok(None),
            Err(failure) => Err(failure.diags(&format!("read the {}", self.label), &self.object, &self.state)),
        }
    }

    /// Whether a description is of another object than the state's, which had the same name.
    pub(super) fn is_another(&self, description: &Value) -> bool {
        let created = |of: &Value| millis(of.attribute("creation_time"));
        matches!((created(&self.state), created(description)), (Some(known), Some(found)) if known != found)
    }

    /// Whether a creation made what is described.
    pub(super) fn is_made_by(&self, description: &Value, made: impl Fn(Found<'_>) -> bool) -> bool {
        let (identity, created) =
            (identity(self.declared, description), millis(description.attribute("creation_time")));
        made(Found { identity: &identity, created, description })
    }

    /// The attributes from a description, without asking for the tags again.
    pub(super) fn value(&self, description: &Value) -> Value {
        // An import shows everything: which of it the user will write is not known yet.
        let filled: &[&str] = if self.imported { &[] } else { self.declared.filled };
        let mut value = from_api(&self.object, description, &self.state, filled);
        for name in self.declared.unread {
            value.set_attribute(name, self.state.attribute(name).clone());
        }
        value.set_attribute("name", self.state.attribute("name").clone());
        value.set_attribute("arn", description.attribute(self.declared.arn_member).clone());
        value.set_attribute("region", Value::from(self.aws.region()));
        self.declared.hooks.after_read(description, &self.state, &mut value);
        value
    }

    /// The tags that AWS has on the object.
    pub(super) async fn remote_tags(&self, description: &Value) -> Result<tags::Tags> {
        let arn = description.attribute(self.declared.arn_member).as_str().unwrap_or_default();
        sagemaker_tags::list(self.cx, &self.aws, arn, &self.label).await
    }

    /// The attributes from a description, with the tags that AWS has.
    pub(super) async fn value_with_tags(&self, description: &Value) -> Result<Value> {
        let mut value = self.value(description);
        let (own, all) = tags::read(self.cx.client()?, &self.remote_tags(description).await?, &self.state);
        value.set_attribute("tags", own);
        value.set_attribute("tags_all", all);
        Ok(value)
    }

    /// The attributes from a description, with the tags that were just sent.
    fn value_with_known_tags(&self, description: &Value) -> Result<Value> {
        let mut value = self.value(description);
        let wanted = tags::wanted(self.cx.client()?, &self.state);
        value.set_attribute("tags", self.state.attribute("tags").clone());
        value.set_attribute("tags_all", tags::to_value(&wanted));
        Ok(value)
    }

    /// Looks until the object comes to rest.
    pub(super) async fn settle(
        &self,
        statuses: &Statuses,
        waiting_for: &str,
        seen: impl FnMut(&Value),
    ) -> Result<Option<Value>, Unsettled> {
        let status = |description: &Value| statuses.of(description).to_owned();
        wait::settle(self.cx, |d| statuses.is_busy(d), status, waiting_for, || self.describe(), seen).await
    }

    /// After a creation or update: waits if there is something to wait for, saving what is seen, and answers what is there
    /// then. `seen` is given each description.
    pub(super) async fn finish(&self, attempted: &str, mut seen: impl FnMut(&Value)) -> Result<Value, Unfinished> {
        let save = |description: &Value| {
            self.cx.save(self.value_with_known_tags(description).unwrap_or_else(|_| self.value(description)));
            seen(description);
        };
        let description = match self.declared.statuses.as_ref().filter(|_| self.waits()) {
            Some(statuses) => match self.settle(statuses, &format!("see the {} ready", self.label), save).await {
                Ok(description) => description,
                Err(Unsettled::Stopped(Stop::Cancelled, diag)) => return Err(Unfinished::Interrupted(diag)),
                Err(other) => return Err(other.into_diags().into()),
            },
            None => match self.cx.unless_cancelled(GRACE, self.describe()).await {
                Some(described) => described?.inspect(save),
                None => return Err(Unfinished::Interrupted(stopped(Stop::Cancelled, attempted, ""))),
            },
        };
        let Some(description) = description else {
            let detail = "AWS accepted the request, and the resource was not found afterwards.";
            return Err(Diag::error(format!("Could not {attempted}"), detail).into());
        };
        if let Some(statuses) = self.declared.statuses.as_ref().filter(|s| self.waits() && !s.is_done(&description)) {
            let more = self.declared.hooks.about_failure(&self.aws, &description).await;
            return Err(wait::failed(statuses, attempted, &description, &more).into());
        }
        if let Some(difference) = self.declared.hooks.unlike(&self.state, &description) {
            return Err(Diag::error(format!("Could not {attempted}"), difference).into());
        }
        Ok(self.value_with_known_tags(&description)?)
    }

    /// Whether an apply waits until the object is ready: the user may want a job to be started only.
    fn waits(&self) -> bool {
        !is_job(self.declared) || self.state.attribute("wait_for_completion").as_bool() != Some(false)
    }

    /// Whether this came to rest as something that is of no use: a failed job.
    pub(super) fn is_broken(&self, description: &Value) -> bool {
        self.declared.statuses.as_ref().is_some_and(|s| !s.is_busy(description) && !s.is_done(description))
    }

    /// Makes the object go: stops what runs, waits out what is in progress, deletes, and looks until it is gone. False if
    /// another object has the name by now, which is left alone.
    pub(super) async fn remove(&self, on_destroy: &str) -> Result<bool> {
        let attempted = format!("delete the {}", self.label);
        let Some(mut description) = self.describe().await? else { return Ok(true) };
        if self.is_another(&description) {
            tracing::info!("{} was replaced by another one of its name", self.label);
            return Ok(false);
        }
        loop {
            if let Some(statuses) = &self.declared.statuses {
                self.stop(statuses, &description).await?;
                let settled = self.settle(statuses, &format!("see the {} at rest", self.label), |_| {}).await;
                match settled.map_err(Unsettled::into_diags)? {
                    Some(rested) => description = rested,
                    None => return Ok(true),
                }
            }
            let Some(delete) = self.declared.delete.as_ref().filter(|_| on_destroy == "delete") else {
                tracing::info!(status = ?description.attribute("status"), "{} is left in AWS", self.label);
                return Ok(true);
            };
            match call(self.cx, self.aws.sagemaker(), delete, &self.name(), NEVER).await {
                Ok(_) => break,
                Err(Failure::Aws(e)) if is_one_of(&e, self.declared.absent) => return Ok(true),
                // Something began between the look and the request: wait until it is over, too.
                Err(Failure::Aws(e)) if is_one_of(&e, self.declared.busy) => {
                    let refused =
                        |stop| Failure::Stopped(stop, Some(e.clone())).diags(&attempted, &self.object, &self.state);
                    self.cx.pause(IN_USE_PAUSE).await.map_err(refused)?;
                }
                Err(failure) => return Err(failure.diags(&attempted, &self.object, &self.state)),
            }
        }
        let waiting_for = format!("see the {} gone", self.label);
        let gone = wait::settle(self.cx, |_| true, |_| String::new(), &waiting_for, || self.describe(), |_| {}).await;
        gone.map(|_| true).map_err(Unsettled::into_diags)
    }

    /// Stops a job that runs.
    async fn stop(&self, statuses: &Statuses, description: &Value) -> Result<()> {
        let (Some(stop), true) = (&self.declared.stop, statuses.is_busy(description)) else { return Ok(()) };
        match call(self.cx, self.aws.sagemaker(), stop, &self.name(), NEVER).await {
            Ok(_) => Ok(()),
            // It ended by itself meanwhile, which is as good.
            Err(Failure::Aws(e)) if is_one_of(&e, self.declared.unstoppable) || is_one_of(&e, self.declared.absent) => {
                Ok(())
            }
            Err(failure) => Err(failure.diags(&format!("stop the {}", self.label), &self.object, &self.state)),
        }
    }
}
