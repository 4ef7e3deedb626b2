//! Objects that a schedule deletes, and creates again later. While one is away its state stays, and changes of it are changes of
//! the state only: the schedule creates what is described to it then.

use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::plan::Plan;
use tfplug::resource::Update;
use tfplug::schema::Mode;
use tfplug::value::{Path, Value};

use super::Declared;
use super::run::Run;
use crate::aws::client::Aws;
use crate::aws::tags;

/// What may keep an object away for a time.
#[derive(Clone, Copy)]
pub struct Absence {
    /// The attribute that names the schedule. It is none of the object's own API.
    pub by: &'static str,
    /// What the schedules are: objects that are known by a name.
    pub kind: &'static Declared,
    /// Whether a schedule, as it is described, brings back the object of an id.
    pub returns: fn(&Value, &str) -> bool,
}

impl Declared {
    /// Whether a schedule may have created an object anew since it was last seen.
    pub(super) fn may_come_back(&self, state: &Value) -> bool {
        self.absence.as_ref().is_some_and(|absence| !state.attribute(absence.by).is_null())
    }

    /// Whether a state is that of an object that a schedule keeps away: it has no status.
    pub(super) fn is_away(&self, state: &Value) -> bool {
        let status = self.statuses.first().map_or("", |s| s.member);
        self.may_come_back(state) && state.attribute(status).is_null()
    }

    /// An object that is away comes back at once if no schedule is to bring it back.
    pub(super) fn plan_absence(&self, plan: &mut Plan<'_>) {
        let Some(absence) = self.absence.as_ref().filter(|_| !plan.is_create() && self.is_away(plan.prior)) else {
            return;
        };
        if plan.get(absence.by).is_null() {
            let renewed = self.read.created.unwrap_or("arn");
            plan.set(renewed, Value::unknown());
            plan.requires_replace(Path::of(renewed));
        }
    }

    /// Changes an object that is away. None if it is not away any more.
    pub(super) async fn change_away(&self, cx: &Context<Aws>, update: &Update) -> Result<Option<Value>> {
        if !self.is_away(&update.prior) {
            return Ok(None);
        }
        let mut run = Run::new(self, cx, update.planned.clone())?;
        run.prior = update.prior.clone();
        if run.describe().await?.is_some() {
            return Ok(None);
        }
        // What the schedule will create must find what it uses.
        run.ensure_version().await?;
        let mut value = update.planned.clone();
        // What only AWS could tell stays as it was seen last.
        for attribute in self.object().attributes.iter().filter(|a| a.mode == Mode::Computed) {
            if value.attribute(&attribute.name).is_null() {
                value.set_attribute(&attribute.name, update.prior.attribute(&attribute.name).clone());
            }
        }
        if self.tags.is_some() {
            value.set_attribute("tags_all", tags::to_value(&self.wanted_tags(cx.client()?, &value)));
        }
        Ok(Some(value))
    }
}

impl Run<'_> {
    /// Whether an object that is not found is one that a schedule brings back.
    ///
    /// # Errors
    /// Why the schedule could not be read.
    pub(super) async fn is_kept_away(&self) -> Result<bool> {
        let Some(absence) = self.declared.absence.as_ref().filter(|_| self.declared.may_come_back(&self.state)) else {
            return Ok(false);
        };
        let region = Value::from(self.aws.region());
        let named = Value::object([("name", self.state.attribute(absence.by).clone()), ("region", region)]);
        let schedule = Run::new(absence.kind, self.cx, named)?.describe().await?;
        let id = self.declared.key.id(&self.state).unwrap_or_default();
        Ok(schedule.is_some_and(|schedule| (absence.returns)(&schedule, &id)))
    }
}
