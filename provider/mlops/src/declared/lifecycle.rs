//! The life of a declared resource.

use std::sync::Arc;

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::plan::Plan;
use tfplug::resource::{Resource, Update};
use tfplug::schema::{Object, Schema};
use tfplug::value::{Path, Value};

use super::shape::{from_api, left_to_aws, to_api};
use super::{Declared, is_job};
use crate::aws::arn::Arn;
use crate::aws::client::{Aws, Regional};
use crate::aws::op::{Failure, call, is_one_of};
use crate::aws::wait::{self, Statuses};
use crate::aws::{journal, names, reviewed, sagemaker_tags, tags};

/// One operation on one object of a declared resource.
struct Run<'a> {
    declared: &'a Declared,
    object: Object,
    cx: &'a Context<Aws>,
    aws: Arc<Regional>,
    /// How messages call it: `endpoint "x"`.
    label: String,
    /// What the local attributes and the tags are taken from.
    state: Value,
    /// The state is that of an import, so nearly empty.
    imported: bool,
}

impl<'a> Run<'a> {
    fn new(declared: &'a Declared, cx: &'a Context<Aws>, state: Value) -> Result<Self> {
        let aws = cx.client()?.region(state.attribute("region").as_str());
        let label = format!("{} {:?}", declared.noun, state.attribute("name").as_str().unwrap_or_default());
        Ok(Self { declared, object: (declared.schema)().object, cx, aws, label, state, imported: false })
    }

    /// The input that names the object.
    fn name(&self) -> Value {
        self.selected(&self.state, &["name"])
    }

    /// Some attributes in the API's shape.
    fn selected(&self, from: &Value, names: &[&str]) -> Value {
        let chosen = Value::object(names.iter().map(|n| (*n, from.attribute(n).clone())));
        to_api(&self.object, &chosen)
    }

    /// AWS's description; None if there is no such object.
    async fn describe(&self) -> Result<Option<Value>> {
        let operation = &self.declared.read;
        match call(self.cx, self.aws.sagemaker(), operation, &self.name(), &[]).await {
            Ok(description) => Ok(Some(description)),
            Err(Failure::Aws(e)) if is_one_of(&e, self.declared.absent) => Ok(None),
            Err(failure) => Err(failure.diags(&format!("read the {}", self.label), &self.object)),
        }
    }

    /// The attributes from a description, without asking for the tags again.
    fn value(&self, description: &Value) -> Value {
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

    /// The attributes from a description, with the tags that AWS has.
    async fn value_with_tags(&self, description: &Value) -> Result<Value> {
        let mut value = self.value(description);
        let arn = value.attribute("arn").as_str().unwrap_or_default();
        let remote = sagemaker_tags::list(self.cx, &self.aws, arn, &self.label).await?;
        let (own, all) = tags::read(self.cx.client()?, &remote, &self.state);
        value.set_attribute("tags", own);
        value.set_attribute("tags_all", all);
        Ok(value)
    }

    /// Looks until the object comes to rest, saving what is seen if asked to.
    async fn settle(&self, statuses: &Statuses, waiting_for: &str, save: bool) -> Result<Option<Value>> {
        let seen = |description: &Value| {
            if save {
                self.cx.save(self.value(description));
            }
        };
        wait::settle(self.cx, statuses, waiting_for, || self.describe(), seen).await
    }

    /// After a creation or update: waits if there is something to wait for, and answers what is there then.
    async fn finish(&self, attempted: &str) -> Result<Value> {
        let wanted = !is_job(self.declared) || self.state.attribute("wait_for_completion").as_bool() != Some(false);
        let description = match self.declared.statuses.as_ref().filter(|_| wanted) {
            Some(statuses) => self.settle(statuses, &format!("see the {} ready", self.label), true).await?,
            None => self.describe().await?,
        };
        let Some(description) = description else {
            let detail = "AWS accepted the request, and then did not know the object any more.";
            return Err(Diag::error(format!("Could not {attempted}"), detail).into());
        };
        self.cx.save(self.value(&description));
        if let Some(statuses) = self.declared.statuses.as_ref().filter(|s| wanted && !s.is_done(&description)) {
            let more = self.declared.hooks.about_failure(&self.aws, &description).await;
            return Err(wait::failed(statuses, attempted, &description, &more));
        }
        if let Some(difference) = self.declared.hooks.unlike(&self.state, &description) {
            return Err(Diag::error(format!("Could not {attempted}"), difference).into());
        }
        self.value_with_tags(&description).await
    }

    /// Whether this came to rest as something that is of no use: a failed job.
    fn is_broken(&self, description: &Value) -> bool {
        self.declared.statuses.as_ref().is_some_and(|s| !s.is_busy(description) && !s.is_done(description))
    }

    /// Makes the object go: stops what runs, waits out what is in progress, deletes, and looks until it is gone. False if
    /// another object has the name by now, which is left alone.
    async fn remove(&self, on_destroy: &str) -> Result<bool> {
        let attempted = format!("delete the {}", self.label);
        let Some(mut description) = self.describe().await? else { return Ok(true) };
        let (known, found) = (self.state.attribute("creation_time"), description.attribute("creation_time"));
        if known.as_str().is_some() && found.as_str().is_some() && known != found {
            tracing::info!("{} was replaced by another one of its name", self.label);
            return Ok(false);
        }
        if let Some(statuses) = &self.declared.statuses {
            if let (Some(stop), true) = (&self.declared.stop, statuses.is_busy(&description)) {
                // A job that ended by itself meanwhile refuses to be stopped, which is as good.
                if let Err(failure @ Failure::Stopped(..)) =
                    call(self.cx, self.aws.sagemaker(), stop, &self.name(), &[]).await
                {
                    return Err(failure.diags(&format!("stop the {}", self.label), &self.object));
                }
            }
            match self.settle(statuses, &format!("see the {} at rest", self.label), false).await? {
                Some(rested) => description = rested,
                None => return Ok(true),
            }
        }
        let Some(delete) = self.declared.delete.as_ref().filter(|_| on_destroy == "delete") else {
            tracing::info!(status = ?description.attribute("status"), "{} is left in AWS", self.label);
            return Ok(true);
        };
        match call(self.cx, self.aws.sagemaker(), delete, &self.name(), self.declared.busy).await {
            Ok(_) => {}
            Err(Failure::Aws(e)) if is_one_of(&e, self.declared.absent) => return Ok(true),
            Err(failure) => return Err(failure.diags(&attempted, &self.object)),
        }
        let gone = Statuses { member: "", busy: &[""], done: &[], reason: "" };
        self.settle(&gone, &format!("see the {} gone", self.label), false).await.map(|_| true)
    }
}

impl Declared {
    /// The type's name in Terraform.
    fn type_name(&self) -> String {
        format!("mlops_{}", (self.schema)().name)
    }

    /// What the journal of creations files it under: names are unique in a region only.
    fn journal_kind(&self, aws: &Regional) -> String {
        format!("{} in {}", self.type_name(), aws.region())
    }

    fn taken(&self, label: &str, name: &str) -> Diag {
        let detail = format!(
            "AWS has a {label} already, and this configuration did not create it. Choose another name, delete it, or take \
             it over:\n\n  terraform import {}.NAME {name}",
            self.type_name(),
        );
        Diag::error(format!("The {} exists already", self.noun), detail).at(Path::of("name"))
    }

    /// Sends the creation; answers the ARN, or null where the object was there from an interrupted creation.
    async fn send_create(&self, run: &mut Run<'_>) -> Result<Value> {
        let attempted = format!("create the {}", run.label);
        let mut input = to_api(&run.object, &run.state);
        let wanted = tags::wanted(run.cx.client()?, &run.state);
        if !wanted.is_empty() {
            input.set_attribute("tags", sagemaker_tags::to_api(&wanted));
        }
        self.hooks.before_create(run.cx, &run.aws, &mut run.state, &mut input).await?;
        match call(run.cx, run.aws.sagemaker(), &self.create, &input, self.passing).await {
            Ok(output) => Ok(output.attribute(self.arn_member).clone()),
            Err(Failure::Aws(e)) if is_one_of(&e, self.taken) => {
                tracing::warn!(object = %run.label, "taken over from an interrupted creation");
                Ok(Value::Null)
            }
            Err(failure) => Err(failure.diags(&attempted, &run.object)),
        }
    }
}

#[async_trait]
impl Resource<Aws> for &'static Declared {
    fn schema(&self) -> Schema {
        (self.schema)()
    }

    fn check_config(&self, config: &Value) -> Diags {
        reviewed::validated();
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
        self.hooks.plan(cx, plan).await
    }

    async fn create(&self, cx: &Context<Aws>, planned: Value) -> Result<Value> {
        let region = cx.client()?.region(planned.attribute("region").as_str());
        let generated = planned.attribute("name").is_null();
        let kind = self.journal_kind(&region);
        let creation = journal::begin(&kind, region.region(), &planned, || names::choose(&planned))
            .map_err(|e| Diag::error("Name used twice", format!("{e}.")).at(Path::of("name")))?;
        let mut named = planned;
        named.set_attribute("name", Value::from(creation.name.as_str()));
        named.set_attribute("region", Value::from(region.region()));
        let mut run = Run::new(self, cx, named)?;
        // What an earlier apply left is taken over, unless it is not what is wanted now, or broken.
        if creation.interrupted
            && let Some(left) = run.describe().await?
            && (!creation.unchanged || run.is_broken(&left))
        {
            run.remove("delete").await?;
        }
        // What is there before the request is somebody else's; what is there after it is the request's doing, even if its
        // answer was lost on the way and the repeated request met it.
        if !creation.interrupted && !generated && run.describe().await?.is_some() {
            creation.forget();
            return Err(self.taken(&run.label, &creation.name).into());
        }
        creation.remember();
        match self.send_create(&mut run).await {
            Ok(arn) if !arn.is_null() => run.state.set_attribute("arn", arn),
            Ok(_) => {}
            Err(diags) => {
                // Whether the request reached AWS is not always certain. Only a look tells.
                match run.describe().await {
                    Ok(None) => {
                        creation.forget();
                        // What was made beside it would be nobody's. The error that matters is the first one.
                        if let Err(more) = self.hooks.after_delete(cx, &run.aws, &run.state).await {
                            tracing::warn!(?more, object = %run.label, "something made beside it is left");
                        }
                    }
                    Ok(Some(description)) => cx.save(run.value(&description)),
                    Err(_) => {}
                }
                return Err(diags);
            }
        }
        cx.save(run.state.clone());
        run.finish(&format!("create the {}", run.label)).await
    }

    async fn read(&self, cx: &Context<Aws>, state: Value) -> Result<Option<Value>> {
        let mut run = Run::new(self, cx, state)?;
        run.imported = run.state.attribute("arn").is_null();
        let description = run.describe().await?;
        // A broken object will be replaced, and the new one may be made under its name before Terraform deletes it.
        if let (Some(name), false) =
            (run.state.attribute("name").as_str(), description.as_ref().is_some_and(|d| run.is_broken(d)))
        {
            journal::end(&self.journal_kind(&run.aws), name);
        }
        match description {
            Some(description) => run.value_with_tags(&description).await.map(Some),
            None => Ok(None),
        }
    }

    async fn update(&self, cx: &Context<Aws>, update: Update) -> Result<Value> {
        let run = Run::new(self, cx, update.planned.clone())?;
        let attempted = format!("update the {}", run.label);
        for by in self.updates.iter().filter(|by| update.changes_any(by.when)) {
            if let Some(statuses) = self.statuses.as_ref().filter(|_| !is_job(self)) {
                run.settle(statuses, &format!("see the {} at rest", run.label), false).await?;
            }
            let names: Vec<&str> = by.send.iter().copied().chain(["name"]).collect();
            let mut input = run.selected(&update.planned, &names);
            self.hooks.before_update(&update.prior, &update.planned, &mut input);
            call(cx, run.aws.sagemaker(), &by.operation, &input, self.passing)
                .await
                .map_err(|failure| failure.diags(&attempted, &run.object))?;
        }
        if update.changes("tags_all") {
            let arn = update.prior.attribute("arn").as_str().unwrap_or_default();
            let prior = tags::from_value(update.prior.attribute("tags_all"));
            let wanted = tags::wanted(cx.client()?, &update.planned);
            sagemaker_tags::change(cx, &run.aws, arn, &prior, &wanted, &run.label).await?;
        }
        run.finish(&attempted).await
    }

    async fn delete(&self, cx: &Context<Aws>, state: Value) -> Result<()> {
        let run = Run::new(self, cx, state)?;
        let on_destroy = run.state.attribute("on_destroy").as_str().unwrap_or("delete").to_owned();
        if on_destroy == "retain" {
            return Ok(());
        }
        if !run.remove(&on_destroy).await? {
            return Ok(());
        }
        if let Some(name) = run.state.attribute("name").as_str() {
            journal::end(&self.journal_kind(&run.aws), name);
        }
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
        for a in self.schema().object.attributes.iter().filter(|a| a.local) {
            if let Some(default) = &a.default {
                state.set_attribute(&a.name, default.clone());
            }
        }
        Ok(state)
    }
}

impl Declared {
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
