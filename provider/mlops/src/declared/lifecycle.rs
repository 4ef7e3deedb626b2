//! The life of a declared resource.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::plan::Plan;
use tfplug::resource::{Resource, Update};
use tfplug::schema::{Mode, OnUpdate, Schema};
use tfplug::value::{Path, Value};

use super::run::Run;
use super::shape::{left_to_aws, to_api};
use super::{AWAITED, Declared, GONE, is_job};
use crate::aws::arn::Arn;
use crate::aws::client::{Aws, Regional};
use crate::aws::error::AwsError;
use crate::aws::op::{Failure, Retry, call, is_one_of};
use crate::aws::wait::Unsettled;
use crate::aws::{names, plan_guard, sagemaker_tags, tags};

#[async_trait]
impl Resource<Aws> for &'static Declared {
    fn schema(&self) -> Schema {
        (self.schema)()
    }

    fn check_config(&self, config: &Value) -> Diags {
        plan_guard::validated();
        self.hooks.check_config(config)
    }

    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        if let (Some(aws), true) = (cx.try_client(), plan.get("region").is_unknown())
            && let (Some(region), true) = (aws.default_region(), plan.config.attribute("region").is_null())
        {
            plan.set("region", Value::from(region));
        }
        names::plan(plan);
        if plan.is_create()
            && let Some(arn) = self.arn_of(cx, plan)
        {
            plan.set("arn", Value::from(arn));
        }
        tags::plan(cx, plan);
        let mut left = Vec::new();
        for attribute in self.filled {
            left_to_aws(plan.planned(), plan.config, attribute, &Path::root(), &mut left);
        }
        for path in left {
            plan.set_at(&path, Value::Null);
        }
        self.plan_rest(cx, plan);
        self.hooks.plan(cx, plan).await
    }

    async fn create(&self, cx: &Context<Aws>, planned: Value) -> Result<Value> {
        self.make(cx, planned).await
    }

    async fn read(&self, cx: &Context<Aws>, state: Value) -> Result<Option<Value>> {
        let mut run = Run::new(self, cx, state)?;
        run.imported = run.state.attribute("arn").is_null();
        let creations = cx.client()?.creations().clone();
        let (type_name, region) = (self.type_name(), run.aws.region().to_owned());
        let name = run.state.attribute("name").as_str().unwrap_or_default().to_owned();
        match run.describe().await? {
            Some(description) if run.is_another(&description) => {
                let detail = format!(
                    "The {0} was deleted, and another one of its name was made, which this configuration did not create. It \
                     is left alone: the state loses the former one. To manage the new one, import it: terraform import \
                     {type_name}.NAME {name}",
                    run.label
                );
                cx.warn(Diag::warning(format!("The {} is another one now", run.label), detail));
                creations.gone(&type_name, &region, &name);
                Ok(None)
            }
            Some(description) => {
                let broken = run.is_broken(&description);
                creations.seen(&type_name, &region, &name, broken);
                let done = self.statuses.as_ref().is_none_or(|s| s.is_done(&description));
                for (flag, ended) in [(GONE, true), (AWAITED, done)] {
                    if ended && cx.private(flag).is_some() {
                        cx.set_private(flag, false.into());
                    }
                }
                run.value_with_tags(&description).await.map(Some)
            }
            None if !run.imported && self.hooks.remains(&run.aws, &run.state).await => {
                // It stays in the state until what belongs to it is gone, too: nobody else would know of that.
                cx.set_private(GONE, true.into());
                let mut value = run.state;
                if let Some(statuses) = &self.statuses {
                    value.set_attribute(statuses.member, Value::Null);
                }
                Ok(Some(value))
            }
            None => {
                creations.gone(&type_name, &region, &name);
                Ok(None)
            }
        }
    }

    async fn update(&self, cx: &Context<Aws>, update: Update) -> Result<Value> {
        let run = Run::new(self, cx, update.planned.clone())?;
        let attempted = format!("update the {}", run.label);
        let awaited = is_flagged(cx, AWAITED) || update.changes("wait_for_completion");
        let mut sent = false;
        for by in self.updates.iter().filter(|by| update.changes_any(by.when)) {
            let names: Vec<&str> = by.send.iter().copied().chain(["name"]).collect();
            let mut input = run.selected(&update.planned, &names);
            self.hooks.before_update(&update.prior, &update.planned, &mut input);
            self.send_update(&run, by, &input, &attempted).await?;
            sent = true;
        }
        if update.changes("tags_all") {
            let arn = update.prior.attribute("arn").as_str().unwrap_or_default();
            let prior = tags::from_value(update.prior.attribute("tags_all"));
            let wanted = tags::wanted(cx.client()?, &update.planned);
            sagemaker_tags::change(cx, &run.aws, arn, &prior, &wanted, &run.label).await?;
        }
        if !sent && !awaited {
            // What was sent is what is there, and only AWS's answer to something else could tell more.
            let mut value = update.planned;
            value.set_attribute("tags_all", tags::to_value(&tags::wanted(cx.client()?, &value)));
            return Ok(value);
        }
        let value = run.finish(&attempted, |_| {}).await.map_err(super::run::Unfinished::into_diags)?;
        if is_flagged(cx, AWAITED) {
            cx.set_private(AWAITED, false.into());
        }
        Ok(value)
    }

    async fn delete(&self, cx: &Context<Aws>, state: Value) -> Result<()> {
        let run = Run::new(self, cx, state)?;
        let on_destroy = run.state.attribute("on_destroy").as_str().unwrap_or("delete").to_owned();
        let name = run.state.attribute("name").as_str().unwrap_or_default();
        if on_destroy != "retain" && !run.remove(&on_destroy).await? {
            return Ok(());
        }
        cx.client()?.creations().gone(&self.type_name(), run.aws.region(), name);
        if on_destroy == "delete" { self.hooks.after_delete(cx, &run.aws, &run.state).await } else { Ok(()) }
    }

    async fn import(&self, _: &Context<Aws>, id: &str) -> Result<Value> {
        // A name, an ARN, or either with `@region` behind it.
        let (id, region) = match id.rsplit_once('@') {
            Some((id, region)) => (id, Some(region.to_owned())),
            None => (id, None),
        };
        let (name, region) = match Arn::parse(id) {
            Ok(arn) => {
                let name = arn.resource.strip_prefix(self.arn).unwrap_or_default().to_owned();
                (name, Some(arn.region))
            }
            Err(_) => (id.to_owned(), region),
        };
        if name.is_empty() {
            let detail = format!(
                "{id:?} names no {}. Give its name, NAME@REGION, or its ARN (`arn:aws:sagemaker:REGION:ACCOUNT:{}NAME`).",
                self.noun, self.arn
            );
            return Err(Diag::error("Import id not understood", detail).into());
        }
        let mut state = self.schema().object.null_value();
        state.set_attribute("name_prefix", Value::from(names::prefix_of(&name)));
        state.set_attribute("name", Value::from(name));
        state.set_attribute("region", Value::from(region));
        for a in self.schema().object.attributes.iter().filter(|a| a.provider_only) {
            if let Some(default) = &a.default {
                state.set_attribute(&a.name, default.clone());
            }
        }
        Ok(state)
    }
}

fn is_flagged(cx: &Context<Aws>, flag: &str) -> bool {
    cx.private(flag).is_some_and(|v| v == true)
}

impl Declared {
    /// Whether AWS has an object of this name.
    ///
    /// # Errors
    /// What AWS answered.
    pub async fn exists(&self, aws: &Regional, name: &str) -> std::result::Result<bool, AwsError> {
        let object = (self.schema)().object;
        let input = to_api(&object, &Value::object([("name", Value::from(name))]));
        match (self.read.call)(aws.sagemaker(), &input).await {
            Ok(_) => Ok(true),
            Err(e) if is_one_of(&e, self.absent) => Ok(false),
            Err(e) => Err(e),
        }
    }

    /// The type's name in Terraform.
    pub fn type_name(&self) -> String {
        format!("mlops_{}", (self.schema)().name)
    }

    /// Plans the rest of what an earlier run did not bring to its end: an interrupted wait goes on, a failed wait begins
    /// anew with another object, and what is left of a deleted object goes with its replacement.
    fn plan_rest(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) {
        if plan.is_create() {
            return;
        }
        let awaited = self.statuses.as_ref().filter(|_| is_flagged(cx, AWAITED));
        if awaited.is_some_and(|s| s.is_busy(plan.prior)) && plan.get("wait_for_completion").as_bool() != Some(false) {
            let open = |a: &&tfplug::schema::Attribute| {
                let follows = matches!(&a.on_update, OnUpdate::ChangesWith(_));
                a.mode == Mode::Computed && (follows || awaited.is_some_and(|s| s.member == a.name))
            };
            for attribute in plan.schema.object.attributes.iter().filter(open) {
                plan.set(&attribute.name, Value::unknown());
            }
        }
        let failed = awaited.is_some_and(|s| !s.is_busy(plan.prior) && !s.is_done(plan.prior));
        if failed || is_flagged(cx, GONE) {
            plan.set("creation_time", Value::unknown());
            plan.requires_replace(Path::of("creation_time"));
        }
    }

    /// Sends one update, once the object is at rest: what moves cannot be changed.
    async fn send_update(&self, run: &Run<'_>, by: &super::UpdateBy, input: &Value, attempted: &str) -> Result<()> {
        let retry: Retry = run.retry()?;
        loop {
            if let Some(statuses) = self.statuses.as_ref().filter(|_| !is_job(self)) {
                let settled = run.settle(statuses, &format!("see the {} at rest", run.label), |_| {}).await;
                settled.map_err(Unsettled::into_diags)?;
            }
            match call(run.cx, run.aws.sagemaker(), &by.operation, input, retry).await {
                Ok(_) => return Ok(()),
                Err(Failure::Aws(e)) if is_one_of(&e, self.busy) => {
                    let refused =
                        |stop| Failure::Stopped(stop, Some(e.clone())).diags(attempted, &run.object, &run.state);
                    run.cx.pause(super::run::IN_USE_PAUSE).await.map_err(refused)?;
                }
                Err(failure) => return Err(failure.diags(attempted, &run.object, &run.state)),
            }
        }
    }

    /// The ARN, if all its parts are known at plan time. SageMaker writes names in lower case in ARNs, but not for all
    /// kinds, so a name with capitals leaves it open.
    fn arn_of(&self, cx: &Context<Aws>, plan: &Plan<'_>) -> Option<String> {
        let aws = cx.try_client()?;
        let region = plan.get("region").as_str()?;
        let name = plan.get("name").as_str().filter(|n| !n.bytes().any(|b| b.is_ascii_uppercase()))?;
        let resource = format!("{}{name}", self.arn);
        Some(Arn::new(aws.partition(region), "sagemaker", region, aws.known_account_id()?, resource).to_string())
    }
}
