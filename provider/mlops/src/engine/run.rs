//! One operation on one object of a declared resource: describing it, waiting for it.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use tfplug::context::{Context, Stop};
use tfplug::diag::{Diag, Diags, Result, Severity};
use tfplug::schema::Object;
use tfplug::value::{Path, Value};

use super::shape::{Reading, from_api, to_api};
use super::statuses::{self, Statuses, Unsettled, wait_until_stable};
use super::tagging::{self, Tagging};
use super::{Declared, Resume, WAIT};
use crate::aws::arn::Arn;
use crate::aws::batch;
use crate::aws::client::{Aws, Regional};
use crate::aws::creations::record::{Found, Identity};
use crate::aws::operation::{Failure, GRACE, NEVER, Operation, Retry, call, is_one_of, stopped};
use crate::aws::tags;

/// How often what was just made is looked for.
pub(super) const NOT_FOUND_PAUSE: Duration = Duration::from_millis(500);

/// One operation on one object of a declared resource.
pub(super) struct Run<'a> {
    pub(super) declared: &'a Declared,
    pub(super) object: &'static Object,
    pub(super) cx: &'a Context<Aws>,
    pub(super) aws: Arc<Regional>,
    /// How messages call it: `endpoint "x"`.
    pub(super) label: String,
    /// What the local attributes and the tags are taken from.
    pub(super) state: Value,
    /// The object before an update; null otherwise.
    pub(super) prior: Value,
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

/// What tells an object from every other one that ever has its key.
pub(super) fn identity(declared: &Declared, description: &Value) -> Identity {
    let parts = [declared.create.arn, declared.read.created].into_iter().flatten();
    parts.filter_map(|p| Some((p.to_owned(), description.attribute(p).as_str()?.to_owned()))).collect()
}

/// A description whose lists with named elements are in the order of the state, others last, if they are shown.
fn in_known_order(declared: &Declared, description: &Value, state: &Value, imported: bool) -> Value {
    let mut ordered = description.clone();
    for delta in declared.updates.iter().flat_map(|by| by.deltas) {
        let Some(by) = delta.by else { continue };
        let known = state.attribute(delta.attribute).as_elements().unwrap_or_default();
        let place = |e: &Value| known.iter().position(|k| k.attribute(by) == e.attribute(by));
        if let Some(Value::List(elements)) = ordered.at_mut(&Path::of(delta.attribute)) {
            elements.sort_by_key(|e| place(e).unwrap_or(known.len()));
            if delta.removed.is_none() && !imported {
                elements.retain(|e| place(e).is_some());
            }
        }
    }
    ordered
}

/// Some attributes of an object; of `a.b` only `b` inside `a`.
pub(super) fn only(from: &Value, names: &[&str]) -> Value {
    let mut tops: Vec<&str> = names.iter().map(|name| name.split('.').next().unwrap_or(name)).collect();
    tops.dedup();
    Value::object(tops.into_iter().map(|top| {
        let inside = |name: &&'_ str| name.strip_prefix(top).and_then(|rest| rest.strip_prefix('.')).is_some();
        let inner: Vec<&str> = names.iter().filter(|name| inside(name)).map(|name| &name[top.len() + 1..]).collect();
        let value = from.attribute(top);
        (top, if inner.is_empty() || value.is_null() { value.clone() } else { only(value, &inner) })
    }))
}

/// A time in a description, in milliseconds since 1970.
pub(crate) fn millis(time: &Value) -> Option<i64> {
    DateTime::from_str(time.as_str()?, Format::DateTime).ok()?.to_millis().ok()
}

impl<'a> Run<'a> {
    pub(super) fn new(declared: &'a Declared, cx: &'a Context<Aws>, state: Value) -> Result<Self> {
        // An import by identity may know nothing but the ARN.
        let arn = Some(&state).filter(|s| s.attribute("region").is_null()).and_then(|s| s.attribute("arn").as_str());
        let of_arn = arn.and_then(|arn| Arn::parse(arn).ok()).map(|arn| arn.region).filter(|r| !r.is_empty());
        let aws = cx.client()?.region(of_arn.as_deref().or(state.attribute("region").as_str()));
        let object = declared.object();
        let mut run =
            Self { declared, object, cx, aws, label: String::new(), state, prior: Value::Null, imported: false };
        run.relabel();
        Ok(run)
    }

    /// Names the object in messages, once its key is known.
    pub(super) fn relabel(&mut self) {
        let noun = self.declared.noun;
        self.label = match self.declared.key.id(&self.state) {
            Some(id) => format!("{noun} {id:?}"),
            None => noun.to_owned(),
        };
    }

    /// The input of an operation that names the object.
    pub(super) fn key_input(&self, operation: &Operation) -> Value {
        self.declared.key.input(operation, self.object, &self.state)
    }

    /// Some attributes (`a.b` for nested ones) in the API's shape.
    pub(super) fn selected(&self, from: &Value, names: &[&str]) -> Value {
        to_api(self.object, &only(from, names))
    }

    /// Errors of creations and updates that can pass by themselves, for as long as the user allows.
    pub(super) fn retry(&self) -> Result<Retry<'_>> {
        Ok(Retry { errors: self.declared.create.retryable, within: self.cx.client()?.propagation_timeout() })
    }

    /// The diagnostics of a failed call, for an attempt to do something (`delete`, `read`) with the object.
    pub(super) fn refused(&self, verb: &str, failure: &Failure) -> Diags {
        failure.diags(&format!("{verb} the {}", self.label), self.object, &self.state)
    }

    /// AWS's description; None if there is no such object.
    pub(super) async fn describe(&self) -> Result<Option<Value>> {
        let read = &self.declared.read;
        match call(self.cx, &self.aws, &read.operation, &self.key_input(&read.operation), NEVER).await {
            Ok(answer) => Ok(self.declared.description(answer)),
            Err(Failure::Aws(e)) if is_one_of(&e, read.not_found) => Ok(None),
            Err(failure) => Err(self.refused("read", &failure)),
        }
    }

    /// The object: by its key, or, while that is not known, by the name that it is found by; with whether `made` says that a
    /// creation made it. Of several with the name the one that was made counts, else the first.
    pub(super) async fn find(&mut self, made: impl Fn(Found<'_>) -> bool) -> Result<Option<(Value, bool)>> {
        let declared = self.declared;
        let Some(by) = declared.key.found_by.filter(|_| declared.key.id(&self.state).is_none()) else {
            let Some(found) = self.describe().await? else { return Ok(None) };
            let is_made = self.is_made_by(&found, made).await;
            return Ok(Some((found, is_made)));
        };
        let name = self.state.attribute(by.attribute).clone();
        let member = self.object.attribute(by.attribute).map_or(by.attribute, |a| a.member_name());
        let items = self.list(&by.list, Value::object::<&str>([]), by.items, "look for").await?;
        let (unknown, mut others) = (self.state.clone(), None);
        for item in items.iter().filter(|item| *item.attribute(member) == name) {
            declared.take_key(self, item);
            let Some(found) = self.describe().await? else { continue };
            if self.is_made_by(&found, &made).await {
                return Ok(Some((found, true)));
            }
            others.get_or_insert((self.state.clone(), found));
        }
        let (state, found) = others.map_or((unknown, None), |(state, found)| (state, Some(found)));
        self.state = state;
        self.relabel();
        Ok(found.map(|found| (found, false)))
    }

    /// AWS's description for a refresh, which may share its calls with others.
    pub(super) async fn describe_for_refresh(&self) -> Result<Option<Value>> {
        let read = &self.declared.read;
        let (Some(batch), Some(name)) = (read.batch, self.declared.key.id(&self.state)) else {
            return self.describe().await;
        };
        match batch::read(&self.aws, batch, &name).await {
            Ok(found) => Ok(found),
            Err(e) if is_one_of(&e, read.not_found) => Ok(None),
            Err(e) => Err(self.refused("read", &Failure::Aws(e))),
        }
    }

    /// AWS's description of what it was just asked to make. For a moment some services do not find it everywhere: Application
    /// Auto Scaling API reference, RegisterScalableTarget, on eventual consistency.
    async fn describe_made(&self) -> Result<Option<Value>> {
        let until = self.cx.elapsed() + self.cx.client()?.propagation_timeout();
        loop {
            let found = self.describe().await?;
            if found.is_some() || self.cx.elapsed() >= until {
                return Ok(found);
            }
            let attempted = format!("find the {}", self.label);
            self.cx.pause(NOT_FOUND_PAUSE).await.map_err(|stop| stopped(stop, &attempted, ""))?;
        }
    }

    /// Whether a description is of another object than the state's, which had the same key.
    pub(super) fn is_another(&self, description: &Value) -> bool {
        let created = |of: &Value| millis(self.declared.created_in(of));
        !self.declared.may_come_back(&self.state)
            && matches!((created(&self.state), created(description)), (Some(known), Some(found)) if known != found)
    }

    /// Whether a creation made what is described.
    pub(super) async fn is_made_by(&self, description: &Value, made: impl Fn(Found<'_>) -> bool) -> bool {
        let created = if self.declared.read.created.is_some() {
            millis(self.declared.created_in(description))
        } else {
            let id = self.declared.key.id(&self.state).unwrap_or_default();
            self.declared.hooks.created(&self.aws, &id, description).await
        };
        let untimed = self.declared.adopts.is_some() && self.declared.read.created.is_none();
        made(Found { identity: &identity(self.declared, description), created, untimed, description })
    }

    /// The attributes from a description, without asking for the tags again.
    pub(super) fn value(&self, description: &Value) -> Value {
        let declared = self.declared;
        let server_defaults = if self.imported { Vec::new() } else { declared.server_defaults.to_vec() };
        let described_as = declared.described_as.to_vec();
        let reading = Reading { server_defaults, described_as, imported: self.imported };
        let ordered = in_known_order(declared, description, &self.state, self.imported);
        let mut value = from_api(self.object, &ordered, &self.state, &reading);
        let parts = declared.parts.iter().map(|p| p.attribute).chain(declared.listed.iter().map(|l| l.attribute));
        // What is described beside what is in force, such as what the last update was sent, is shown to an import only.
        let hidden = declared.not_described.iter().copied().filter(|_| !self.imported);
        let companions = declared.companions.iter().map(|c| c.attribute);
        let apart = companions.chain(declared.collections.iter().map(|c| c.attribute));
        for name in hidden.chain(declared.key.attributes()).chain(parts).chain(apart) {
            let at = Path::parse(name);
            if let Some(slot) = value.at_mut(&at) {
                *slot = self.state.at(&at).cloned().unwrap_or(Value::Null);
            }
        }
        if self.object.attribute("arn").is_some() {
            value.set_attribute("arn", self.arn(description));
        }
        value.set_attribute("region", Value::from(self.aws.region()));
        declared.show_scripts(&self.state, &mut value);
        self.show_version(description, &mut value);
        declared.hooks.after_read(description, &self.state, &mut value);
        value
    }

    /// The ARN: as AWS says it, else as it is known to be.
    pub(super) fn arn(&self, description: &Value) -> Value {
        match self.declared.arn_in(description) {
            Value::Null => self.state.attribute("arn").clone(),
            arn => arn.clone(),
        }
    }

    /// The tags that AWS has on the object; none where the kind has none.
    pub(super) async fn remote_tags(&self, description: &Value) -> Result<tags::Tags> {
        let arn = self.arn(description);
        match (self.declared.tags.filter(|_| !self.declared.is_untagged(description)), arn.as_str()) {
            (Some(tagging), Some(arn)) => match self.indexed_tags(tagging, arn).await {
                Some(tags) => Ok(tags),
                None => tagging.list(self.cx, &self.aws, arn, &self.label).await,
            },
            _ => Ok(tags::Tags::new()),
        }
    }

    /// The tags that an index has of the object, if they are those of the state. Else the service itself has to be asked: an
    /// index may not know yet what was changed a moment ago.
    async fn indexed_tags(&self, tagging: &Tagging, arn: &str) -> Option<tags::Tags> {
        let index = tagging.index.filter(|_| !self.imported)?;
        let found = match batch::seek(&self.aws, index, arn).await? {
            None if !tagging.index_is_complete => return None,
            found => found.unwrap_or(Value::Null),
        };
        let mut indexed = tags::Tags::new();
        tagging::read(&found, &mut indexed);
        let (own, all) = tags::read(self.cx.client().ok()?, &indexed, &self.state);
        let known = own == *self.state.attribute("tags") && all == *self.state.attribute("tags_all");
        known.then_some(indexed)
    }

    /// All attributes: those of a description, and those that further calls give.
    pub(super) async fn whole_value(&self, description: &Value) -> Result<Value> {
        let mut value = super::import::with_defaults(self.object, self.value(description), false);
        if self.declared.tags.is_some() {
            let remote = self.remote_tags(description).await?;
            let (own, all) = tags::read(self.cx.client()?, &remote, &self.state);
            value.set_attribute("tags", own);
            value.set_attribute("tags_all", all);
        }
        self.read_parts(&mut value).await?;
        self.read_companions(&mut value).await?;
        self.read_collections(&mut value).await?;
        self.read_listed(&mut value).await?;
        self.read_version(description, &mut value).await?;
        Ok(value)
    }

    /// The attributes from a description, with the tags that were just sent.
    fn value_with_known_tags(&self, description: &Value) -> Result<Value> {
        let mut value = self.value(description);
        if self.declared.tags.is_some() {
            let wanted = self.declared.wanted_tags(self.cx.client()?, &self.state);
            value.set_attribute("tags", self.state.attribute("tags").clone());
            value.set_attribute("tags_all", tags::to_value(&wanted));
        }
        Ok(value)
    }

    /// Polls until the object comes to rest. `polled` is given each description.
    pub(super) async fn settle(
        &self,
        waiting_for: &str,
        polled: impl FnMut(&Value),
    ) -> Result<Option<Value>, Unsettled> {
        self.settle_in(self.declared.statuses.to_vec(), waiting_for, polled).await
    }

    /// Polls until the object can be changed or deleted: also what goes on with it from time to time comes to rest.
    pub(super) async fn settle_wholly(&self) -> Result<Option<Value>, Unsettled> {
        self.settle_in([self.declared.statuses, self.declared.occupied].concat(), "at rest", |_| {}).await
    }

    async fn settle_in(
        &self,
        all: Vec<Statuses>,
        waiting_for: &str,
        polled: impl FnMut(&Value),
    ) -> Result<Option<Value>, Unsettled> {
        let is_busy = |description: &Value| statuses::is_busy(&all, description);
        let status = |description: &Value| statuses::text(&all, description);
        let waiting_for = format!("see the {} {waiting_for}", self.label);
        wait_until_stable(self.cx, is_busy, status, &waiting_for, || self.describe(), polled).await
    }

    /// As [`Run::finished`], with the attributes of what is there then.
    pub(super) async fn finish(&self, attempted: &str, polled: impl FnMut(&Value)) -> Result<Value, Unfinished> {
        Ok(self.finished(attempted, polled).await?.1)
    }

    /// After a creation or update: waits if there is something to wait for, saving what is seen, and answers the last
    /// description and the object. `polled` is given each description.
    pub(super) async fn finished(
        &self,
        attempted: &str,
        mut polled: impl FnMut(&Value),
    ) -> Result<(Value, Value), Unfinished> {
        let all = self.declared.statuses;
        let waits = !all.is_empty() && self.waits();
        let save = |description: &Value| {
            self.cx.save(self.value_with_known_tags(description).unwrap_or_else(|_| self.value(description)));
            polled(description);
        };
        let description = if waits {
            match self.settle_or_resume(save).await {
                Ok(description) => description,
                Err(Unsettled::Stopped(Stop::Cancelled, diag)) => return Err(Unfinished::Interrupted(diag)),
                Err(other) => return Err(other.into_diags().into()),
            }
        } else {
            match self.cx.unless_cancelled(GRACE, self.describe_made()).await {
                Some(described) => described?.inspect(save),
                None => return Err(Unfinished::Interrupted(stopped(Stop::Cancelled, attempted, ""))),
            }
        };
        let Some(mut description) = description else {
            let detail = "AWS accepted the request, and the resource was not found afterwards.";
            return Err(Diag::error(format!("Could not {attempted}"), detail).into());
        };
        let failed_child = self.ask_children(&mut description).await;
        let mut value = self.value_with_known_tags(&description)?;
        let listed = self.read_listed(&mut value).await;
        if waits && !statuses::is_done(all, &description) {
            let why = self.declared.hooks.failed(&self.aws, &value).await;
            let failed = failed_child.as_ref().unwrap_or(self);
            let more = failed.declared.log_tail(&failed.aws, &failed.state).await;
            self.cx.save(value);
            return Err(statuses::failed(all, attempted, &description, &(why + &more)).into());
        }
        if listed.is_err() && self.cx.cancellation().is_cancelled() {
            return Err(Unfinished::Interrupted(stopped(Stop::Cancelled, attempted, "")));
        }
        listed?;
        if let Some(difference) = self.declared.hooks.verify(&self.state, &description) {
            return Err(Diag::error(format!("Could not {attempted}"), difference).into());
        }
        // What is stored now no refresh tells.
        self.tell_failed_run(&description).await;
        Ok((description, value))
    }

    /// Waits until the object is ready. A job that fails goes on as often as the user wants.
    async fn settle_or_resume(&self, mut polled: impl FnMut(&Value)) -> Result<Option<Value>, Unsettled> {
        let resume = self.declared.resume;
        let mut left = resume.and_then(|r| self.state.attribute(r.times).as_number()?.to_i64()).unwrap_or(0);
        loop {
            let settled = self.settle("ready", &mut polled).await?;
            let has_failed =
                |r: &Resume| settled.as_ref().is_some_and(|description| self.status(description) == r.from);
            let Some(resume) = resume.filter(|r| left > 0 && has_failed(r)) else { return Ok(settled) };
            left -= 1;
            tracing::info!(operation = resume.operation.name, left, "{} failed and goes on", self.label);
            let input = self.key_input(&resume.operation);
            if let Err(failure) = call(self.cx, &self.aws, &resume.operation, &input, NEVER).await {
                // That it failed is the error. Why it cannot go on may be that what failed is the end that the user wants.
                let refused = self.refused("retry", &failure).0.into_iter();
                refused.for_each(|diag| self.cx.warn(Diag { severity: Severity::Warning, ..diag }));
                return Ok(settled);
            }
        }
    }

    /// Whether an apply waits until the object is ready: the user may want a job to be started only.
    pub(super) fn waits(&self) -> bool {
        !self.declared.is_job() || self.state.attribute(WAIT).as_bool() != Some(false)
    }

    /// Whether this came to rest as something that is of no use: a failed job.
    pub(super) fn is_broken(&self, description: &Value) -> bool {
        let all = self.declared.statuses;
        !all.is_empty() && !statuses::is_busy(all, description) && !statuses::is_done(all, description)
    }
}

impl Declared {
    /// Whether an object, as attributes or as AWS describes it, has no tags of its own.
    pub(super) fn is_untagged(&self, object: &Value) -> bool {
        self.untagged.is_some_and(|attribute| !object.attribute(attribute).is_null())
    }

    /// The tags that an object is to have.
    pub(super) fn wanted_tags(&self, aws: &Aws, object: &Value) -> tags::Tags {
        if self.is_untagged(object) { tags::Tags::new() } else { tags::wanted(aws, object) }
    }

    /// The description in an answer. None where a list has no element.
    pub(super) fn description(&self, answer: Value) -> Option<Value> {
        match self.read.within {
            None => Some(answer),
            Some(path) => answer.at(&tfplug::value::Path::parse(path)).filter(|v| !v.is_null()).cloned(),
        }
    }
}
