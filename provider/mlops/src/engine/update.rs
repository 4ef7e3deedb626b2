//! Changes of a declared object.

use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::resource::Update;
use tfplug::value::{Path, Value};

use super::run::{Run, Unfinished, only};
use super::shape::{add_write_only, to_api_kind};
use super::statuses::{self, Unsettled};
use super::{AWAITED, Activity, Declared, IMPORTED, Power, UpdateBy, WAIT};
use crate::aws::client::Aws;
use crate::aws::operation::{Operation, call};
use crate::aws::tags;

impl Declared {
    /// Brings an object to what is planned, and removes what it no longer uses.
    pub(super) async fn change(&self, cx: &Context<Aws>, update: Update) -> Result<Value> {
        if let Some(value) = self.change_away(cx, &update).await? {
            return Ok(value);
        }
        if !self.changes_version(&update) {
            return self.bring(cx, update).await;
        }
        let mut run = Run::new(self, cx, update.planned.clone())?;
        run.prior = update.prior.clone();
        let brought = self.bring(cx, update).await;
        run.tidy(brought).await
    }

    /// Brings an object to what is planned.
    async fn bring(&self, cx: &Context<Aws>, mut update: Update) -> Result<Value> {
        self.hooks.complete(cx.client()?, &mut update.planned);
        if is_flagged(cx, IMPORTED) {
            cx.set_private(IMPORTED, false.into());
        }
        let changes: Vec<&UpdateBy> =
            self.updates.iter().filter(|by| by.triggers().any(|attribute| is_sent(&update, attribute))).collect();
        let proof = self.to_prove(&mut update, !changes.is_empty());
        let mut run = Run::new(self, cx, update.planned.clone())?;
        run.prior = update.prior.clone();
        let awaited = run.waits() && (is_flagged(cx, AWAITED) || update.changes(WAIT));
        if self.changes_version(&update) {
            run.ensure_version().await?;
        }
        let attempted = format!("update the {}", run.label);
        let status = self.statuses.first().map_or("", |s| s.member);
        let powered = match self.power() {
            Some(power) if !changes.is_empty() || update.changes(status) => {
                run.rest(power, !changes.is_empty()).await?
            }
            _ => false,
        };
        for by in &changes {
            let input = run.update_input(by, &update);
            // Another order of what has none is nothing that AWS has to know.
            if by.deltas.is_empty() || input != run.key_input(&by.operation) {
                run.send_update(by, &input).await?;
            }
        }
        if update.changes("tags_all")
            && let Some(tagging) = self.tags
        {
            let arn = update.prior.attribute("arn").as_str().unwrap_or_default();
            let prior = tags::from_value(update.prior.attribute("tags_all"));
            let wanted = self.wanted_tags(cx.client()?, &update.planned);
            tagging.change(cx, &run.aws, arn, &prior, &wanted, &run.label).await?;
        }
        if changes.is_empty() && !awaited && !powered && proof.is_none() {
            run.write_parts(&update.prior, &update.planned).await?;
            // What was sent is what is there, and only AWS's answer to something else could tell more.
            let mut value = update.planned;
            run.write_companions(&update.prior, &mut value).await?;
            run.write_collections(&update.prior, &mut value).await?;
            if self.tags.is_some() {
                value.set_attribute("tags_all", tags::to_value(&self.wanted_tags(cx.client()?, &value)));
            }
            return Ok(value);
        }
        let value = run.finish(&attempted, |_| {}).await.map_err(Unfinished::into_diags)?;
        let mut value = run.complete(value, &update.prior).await.map_err(Unfinished::into_diags)?;
        if let Some(proof) = proof {
            value = run.prove(proof, value, &update.prior).await.map_err(Unfinished::into_diags)?;
        }
        if is_flagged(cx, AWAITED) {
            cx.set_private(AWAITED, false.into());
        }
        Ok(value)
    }

    /// Starting and stopping, for what can be started and stopped.
    pub(super) fn power(&self) -> Option<&Power> {
        match &self.activity {
            Activity::Power(power) => Some(power),
            _ => None,
        }
    }
}

/// Whether the state of a resource is marked.
pub(super) fn is_flagged(cx: &Context<Aws>, flag: &str) -> bool {
    cx.private(flag).is_some_and(|v| v == true)
}

impl Run<'_> {
    /// What an update sends.
    fn update_input(&self, by: &UpdateBy, update: &Update) -> Value {
        let (prior, planned) = (&update.prior, &update.planned);
        let rides_along = |attribute: &str| !by.when.is_empty() && !by.when.contains(&attribute);
        let sent = by.send.iter().copied();
        let sent = sent.filter(|a| !by.partial || rides_along(a) || is_sent(update, a));
        let mut input = self.keyed(by, planned, &sent.collect::<Vec<_>>());
        add_write_only(self.object, &only(self.cx.config(), by.send), &mut input);
        for clear in by.clear {
            let (before, after) = (prior.attribute(clear.attribute), planned.attribute(clear.attribute));
            if before.is_null() || !after.is_null() {
                continue;
            }
            match (clear.flag, self.object.attribute(clear.attribute)) {
                (None, Some(a)) => input.set_attribute(a.member_name(), emptied(&to_api_kind(&a.kind, before))),
                (None, None) => {}
                (Some(flag), _) => input.set_attribute(flag, Value::from(true)),
            }
        }
        for delta in by.deltas {
            let Some(a) = self.object.attribute(delta.attribute) else { continue };
            let (added, removed) = differences(prior.attribute(delta.attribute), planned.attribute(delta.attribute));
            if let Some(added) = added {
                input.set_attribute(delta.added, to_api_kind(&a.kind, &added));
            }
            if let (Some(removed), Some(member)) = (removed, delta.removed) {
                input.set_attribute(member, removed);
            }
        }
        self.declared.hooks.adapt(&mut input);
        input
    }

    /// Some attributes, and the object's key, as an update sends them.
    pub(super) fn keyed(&self, by: &UpdateBy, from: &Value, names: &[&str]) -> Value {
        let mut input = self.selected(from, names);
        for (member, value) in self.key_input(&by.operation).as_entries().into_iter().flatten() {
            input.set_attribute(member, value.clone());
        }
        input
    }

    /// Completes a new object by what its creation did not take, and as [`Run::complete`] does.
    pub(super) async fn complete_new(&self, mut value: Value, prior: &Value) -> Result<Value, Unfinished> {
        for by in self.declared.updates {
            let lacks = |name: &&str| {
                let wanted = self.state.attribute(name);
                !wanted.is_null() && wanted != value.attribute(name)
            };
            let lacking: Vec<&str> = by.after_create.iter().copied().filter(lacks).collect();
            if !lacking.is_empty() {
                // What takes no part replaces the rest by nothing.
                let set = by.send.iter().copied().filter(|name| !self.state.attribute(name).is_null());
                let sent = if by.partial || by.split.is_some() { lacking } else { set.collect() };
                self.send_update(by, &self.keyed(by, &self.state, &sent)).await?;
                value = self.finish(&format!("create the {}", self.label), |_| {}).await?;
            }
        }
        self.complete(value, prior).await
    }

    /// Sends an update, in as many calls as it takes.
    pub(super) async fn send_update(&self, by: &UpdateBy, input: &Value) -> Result<()> {
        let Some(split) = by.split else { return self.send_one(&by.operation, input).await };
        if *input == self.key_input(&by.operation) {
            return Ok(());
        }
        // What an update before it was to bring about must be there: else AWS refuses for a reason that is not the cause.
        let attempted = format!("update the {}", self.label);
        let (description, _) = self.finished(&attempted, |_| {}).await.map_err(Unfinished::into_diags)?;
        for input in split(input, &description) {
            self.send_one(&by.operation, &input).await?;
        }
        Ok(())
    }

    /// Sends one update, once the object is at rest: what moves cannot be changed.
    async fn send_one(&self, operation: &Operation, input: &Value) -> Result<()> {
        loop {
            if !self.declared.statuses.is_empty() && !self.declared.is_job() {
                self.settle_wholly().await.map_err(Unsettled::into_diags)?;
            }
            match call(self.cx, &self.aws, operation, input, self.retry()?).await {
                Ok(answer) => {
                    self.declared.hooks.answered(self.cx, &answer);
                    return Ok(());
                }
                Err(failure) => self.wait_if_in_use("update", failure).await?,
            }
        }
    }

    /// Stops the object if it must rest for what follows. Answers whether its status is another one than is wanted then, so
    /// that it has to be started or stopped.
    async fn rest(&self, power: &Power, changes: bool) -> Result<bool> {
        let Some(description) = self.settle("at rest", |_| {}).await.map_err(Unsettled::into_diags)? else {
            return Ok(false);
        };
        let status = self.status(&description);
        if changes && power.rests && status == power.on {
            self.stop(&power.stop, &[]).await?;
            return Ok(true);
        }
        let wanted = self.wanted_status();
        Ok(!wanted.is_empty() && wanted != status)
    }

    /// The status that the user wants, or that the object had when the user leaves it open.
    fn wanted_status(&self) -> &str {
        let attribute = self.declared.statuses.first().map_or("", |s| s.member);
        self.state.attribute(attribute).as_str().unwrap_or_default()
    }

    /// Completes an object that is ready: writes its parts, and starts or stops it. `prior` has the parts as they are.
    pub(super) async fn complete(&self, value: Value, prior: &Value) -> Result<Value, Unfinished> {
        self.write_parts(prior, &self.state).await?;
        let mut value = self.start_or_stop(value).await?;
        self.write_companions(prior, &mut value).await?;
        self.write_collections(prior, &mut value).await?;
        Ok(value)
    }

    /// Gives an object that is ready the status that the user wants.
    async fn start_or_stop(&self, value: Value) -> Result<Value, Unfinished> {
        let Some(power) = self.declared.power() else { return Ok(value) };
        let (status, wanted) = (self.status(&value), self.wanted_status());
        let operation = match wanted {
            wanted if wanted == status => return Ok(value),
            wanted if wanted == power.on => &power.start,
            wanted if wanted == power.off => &power.stop,
            _ => return Ok(value),
        };
        let verb = if wanted == power.on { "start" } else { "stop" };
        let called = call(self.cx, &self.aws, operation, &self.key_input(operation), self.retry()?).await;
        called.map_err(|failure| self.refused(verb, &failure))?;
        let reached = self.settle(&format!("in the status {wanted}"), |_| {}).await.map_err(Unsettled::into_diags)?;
        match reached {
            Some(description) if self.status(&description) == wanted => {
                self.finish(&format!("{verb} the {}", self.label), |_| {}).await
            }
            Some(description) => {
                let more = self.declared.log_tail(&self.aws, &self.state).await;
                let attempted = format!("{verb} the {}", self.label);
                Err(statuses::failed(self.declared.statuses, &attempted, &description, &more).into())
            }
            None => Ok(value),
        }
    }
}

/// Whether AWS has to know of a change: not of one from nothing to nothing, such as `{}` for null.
fn is_sent(update: &Update, attribute: &str) -> bool {
    let path = Path::parse(attribute);
    let at = |value: &Value| value.at(&path).cloned().unwrap_or(Value::Null);
    let (before, after) = (at(&update.prior), at(&update.planned));
    before != after && !(before.is_empty() && after.is_empty())
}

/// An empty value of the same kind.
fn emptied(value: &Value) -> Value {
    match value {
        Value::List(_) | Value::Set(_) => Value::List(Vec::new()),
        Value::Map(_) => Value::Map(std::collections::BTreeMap::new()),
        Value::Object(_) => Value::Object(std::collections::BTreeMap::new()),
        _ => Value::from(""),
    }
}

/// What is new or changed between two lists, sets or maps, and what is gone: elements of the former, keys of the latter.
pub(super) fn differences(before: &Value, after: &Value) -> (Option<Value>, Option<Value>) {
    if before.as_entries().or(after.as_entries()).is_some() {
        let none = std::collections::BTreeMap::new();
        let (old, new) = (before.as_entries().unwrap_or(&none), after.as_entries().unwrap_or(&none));
        let added: std::collections::BTreeMap<_, _> =
            new.iter().filter(|(k, v)| old.get(*k) != Some(*v)).map(|(k, v)| (k.clone(), v.clone())).collect();
        let removed: Vec<Value> =
            old.keys().filter(|k| !new.contains_key(*k)).map(|k| Value::from(k.as_str())).collect();
        return (
            Some(added).filter(|a| !a.is_empty()).map(Value::Map),
            Some(removed).filter(|r| !r.is_empty()).map(Value::List),
        );
    }
    let (old, new) = (before.as_elements().unwrap_or_default(), after.as_elements().unwrap_or_default());
    let only = |of: &[Value], other: &[Value]| {
        let only: Vec<Value> = of.iter().filter(|v| !other.contains(v)).cloned().collect();
        Some(only).filter(|o| !o.is_empty()).map(Value::List)
    };
    (only(new, old), only(old, new))
}
