//! Planning a declared object.

use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::plan::Plan;
use tfplug::schema::{Attribute, Kind, Mode, Object, OnUpdate};
use tfplug::value::{Path, Value};

use super::key::GivenBy;
use super::shape::left_to_aws;
use super::statuses;
use super::update::{differences, is_flagged};
use super::{AWAITED, Declared, Delete, GONE, IMPORTED, UpdateBy, WAIT, moves};
use crate::aws::arn::Arn;
use crate::aws::client::Aws;
use crate::aws::names;
use crate::aws::tags;

impl Declared {
    /// Plans what all declared resources have in common, and what is special about this one.
    pub(super) async fn plan_all(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        moves::must_be_read(cx, plan, self.noun)?;
        names::plan_region(cx, plan);
        if self.key.given_by == GivenBy::User {
            names::plan(plan);
        }
        if plan.is_create()
            && let Some(arn) = self.arn_of(cx, plan.planned())
        {
            plan.set("arn", Value::from(arn));
        }
        if self.tags.is_some() {
            tags::plan(cx, plan);
            if self.is_untagged(plan.planned()) {
                plan.set("tags_all", tags::to_value(&tags::Tags::new()));
            }
        }
        let mut left = Vec::new();
        for attribute in self.server_defaults {
            left_to_aws(plan.planned(), plan.config, attribute, &Path::root(), &mut left);
        }
        for path in left {
            plan.set_at(&path, Value::Null);
        }
        self.plan_versions(plan)?;
        self.plan_rest(cx, plan);
        self.plan_absence(plan);
        self.plan_proof(plan);
        self.plan_deltas(plan);
        self.plan_collections(plan);
        self.plan_places(cx, plan);
        self.plan_busy(plan);
        self.plan_scripts(cx, plan).await?;
        if self.is_job() && !plan.prior.attribute("triggers").is_null() && plan.changes("triggers") {
            plan.requires_replace(Path::of("triggers"));
        }
        self.hooks.plan(cx, plan).await?;
        self.plan_adoption(cx, plan).await;
        self.refuse_what_cannot_be_made_again(plan)
    }

    /// Marks what [`plan_all`](Self::plan_all) decides for a new object by itself.
    pub(super) fn mark_planned(&self, object: &mut Object) {
        let is_arn_known = self.key.given_by == GivenBy::User
            && self
                .arn
                .attributes()
                .all(|name| object.attribute(name).is_some_and(|a| a.mode.is_configurable() || a.planned));
        let name = self.versions.as_ref().map(|versions| versions.name);
        let versions = self.versions.as_ref().into_iter().flat_map(|versions| {
            versions.kind.server_defaults.iter().map(|attribute| format!("{}.{attribute}", versions.of))
        });
        let own = ["region"].into_iter().chain(is_arn_known.then_some("arn")).chain(name);
        let own = own.chain(self.server_defaults.iter().copied()).map(str::to_owned);
        for path in own.chain(versions).collect::<Vec<_>>() {
            mark(object, &path);
        }
    }

    /// Plans the rest of what an earlier run did not bring to its end: an interrupted wait goes on, a failed wait begins
    /// anew with another object, and what is left of a deleted object goes with its replacement.
    fn plan_rest(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) {
        if plan.is_create() {
            return;
        }
        let awaited = !self.statuses.is_empty() && is_flagged(cx, AWAITED);
        let busy = statuses::is_busy(self.statuses, plan.prior);
        let waits = plan.get(WAIT).as_bool() != Some(false);
        if busy && waits && (awaited || plan.changes(WAIT)) {
            let open = |a: &&Attribute| {
                let follows = matches!(&a.on_update, OnUpdate::ChangesWith(_));
                a.mode == Mode::Computed && (follows || self.statuses.iter().any(|s| s.member == a.name))
            };
            for attribute in plan.schema.object.attributes.iter().filter(open) {
                plan.set(&attribute.name, Value::unknown());
            }
        } else {
            // What has ended, or is not waited for, has its results, whatever the user says of waiting.
            let result =
                |a: &&Attribute| matches!(&a.on_update, OnUpdate::ChangesWith(all) if all.iter().any(|n| n == WAIT));
            for attribute in plan.schema.object.attributes.iter().filter(result) {
                plan.set(&attribute.name, plan.prior.attribute(&attribute.name).clone());
            }
        }
        let failed = awaited && !busy && !statuses::is_done(self.statuses, plan.prior);
        if failed || is_flagged(cx, GONE) {
            let renewed = self.read.created.unwrap_or("arn");
            plan.set(renewed, Value::unknown());
            plan.requires_replace(Path::of(renewed));
        }
    }

    /// A change waits until the object is at rest, so that the status of one that is on its way is open.
    fn plan_busy(&self, plan: &mut Plan<'_>) {
        if plan.is_create() || self.is_job() || !statuses::is_busy(self.statuses, plan.prior) {
            return;
        }
        let top = |attribute: &'static str| attribute.split('.').next().unwrap_or(attribute);
        let is_changed =
            self.updates.iter().flat_map(UpdateBy::triggers).map(top).any(|attribute| plan.changes(attribute));
        let is_tested = self.proof.as_ref().is_some_and(|proof| plan.get(proof.passed).is_unknown());
        if is_changed || is_tested {
            let computed =
                |a: &&Attribute| a.mode == Mode::Computed && self.statuses.iter().any(|s| s.member == a.name);
            for attribute in plan.schema.object.attributes.iter().filter(computed) {
                plan.set(&attribute.name, Value::unknown());
            }
        }
    }

    /// What AWS can only add to, and not take away from, is made anew.
    fn plan_deltas(&self, plan: &mut Plan<'_>) {
        for delta in self.updates.iter().flat_map(|by| by.deltas).filter(|d| d.removed.is_none()) {
            let removed = differences(plan.prior.attribute(delta.attribute), plan.get(delta.attribute)).1;
            if !plan.is_create() && removed.is_some() {
                plan.requires_replace(Path::of(delta.attribute));
            }
        }
    }

    /// What is changed in place though its attribute demands a new object, and the reverse.
    fn plan_places(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) {
        let nested = self.updates.iter().flat_map(|by| by.send).filter(|attribute| attribute.contains('.'));
        for attribute in nested {
            plan.change_in_place(Path::parse(attribute));
        }
        if is_flagged(cx, IMPORTED) {
            let paths = self.not_described.iter().map(|attribute| Path::parse(attribute));
            for path in paths.filter(|path| plan.prior.at(path).is_none_or(Value::is_null)).collect::<Vec<_>>() {
                plan.change_in_place(path);
            }
        }
        let has_ended = self.is_job() && !plan.is_create() && !statuses::is_busy(self.statuses, plan.prior);
        for by in self.updates.iter().filter(|by| by.while_running && has_ended) {
            by.send.iter().for_each(|attribute| plan.requires_replace(Path::of(attribute)));
        }
    }

    /// A name that AWS never gives free cannot be used again.
    fn refuse_what_cannot_be_made_again(&self, plan: &Plan<'_>) -> Result<()> {
        let key = self.key.attribute;
        let same = plan.prior.attribute(key) == plan.get(key) && self.key.given_by == GivenBy::User;
        let fixed = !plan.config.attribute(key).is_null();
        if !matches!(self.delete, Delete::Never) || plan.is_create() || !same || !fixed || !plan.replaces() {
            return Ok(());
        }
        let noun = self.noun;
        let detail = format!(
            "The change needs a new {noun}, and AWS never deletes the former one, so that its name stays taken. Give another \
             `{key}` with the change, or `name_prefix` instead."
        );
        Err(Diag::error(format!("The name of a {noun} cannot be used again"), detail).at(Path::of(key)).into())
    }

    /// The ARN, if all its parts are known. Where a service writes some names in lower case in ARNs, a name with capitals
    /// leaves it open.
    pub(super) fn arn_of(&self, cx: &Context<Aws>, value: &Value) -> Option<String> {
        let aws = cx.try_client().filter(|_| self.key.given_by == GivenBy::User)?;
        let region = value.attribute("region").as_str()?;
        let resource = self.arn.fill(value)?;
        if self.arn.lower_case && resource.bytes().any(|b| b.is_ascii_uppercase()) {
            return None;
        }
        let (partition, account) = (aws.partition(region), aws.known_account_id()?);
        let region = if self.arn.regional { region } else { "" };
        Some(Arn::new(partition, self.arn.service, region, account, resource).to_string())
    }
}

/// Marks the attribute of a path as one that the plan knows.
fn mark(object: &mut Object, path: &str) {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    for attribute in object.attributes.iter_mut().filter(|a| a.name == name) {
        match (rest, &mut attribute.kind) {
            (None, _) => attribute.planned = true,
            (Some(rest), Kind::Nested(_, inner)) => mark(inner, rest),
            _ => {}
        }
    }
}
