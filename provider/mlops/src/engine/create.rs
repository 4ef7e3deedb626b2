//! The creation of a declared object. What an interrupted creation left is taken over or replaced, if it is proven to be
//! that; what others made never is.

use tfplug::context::Context;
use tfplug::diag::{Diag, Result, Severity};
use tfplug::value::{Path, Value};

use super::key::GivenBy;
use super::run::{Run, Unfinished, identity};
use super::shape::{add_write_only, to_api};
use super::{ADOPTED, AWAITED, Declared, Delete, GONE};
use crate::aws::client::Aws;
use crate::aws::creations::record::{ARN, End, Found, ID, Identity, Sent};
use crate::aws::creations::{Creation, Kind};
use crate::aws::error::AwsError;
use crate::aws::names;
use crate::aws::operation::{Failure, call, is_one_of};
use crate::aws::tags;

/// What a creation begins with.
enum Begun<'a> {
    /// Nothing, or what an interrupted creation left.
    Creation(Box<Creation>, Box<Run<'a>>, Option<Value>),
    /// An object that somebody else has made, and that may be taken over.
    Exists(Value),
}

impl Declared {
    /// Creates an object, or takes up a creation that was interrupted.
    pub(super) async fn make(&self, cx: &Context<Aws>, mut planned: Value) -> Result<Value> {
        self.hooks.complete(cx.client()?, &mut planned);
        // They are the former object's, which the same plan replaces.
        for flag in [AWAITED, GONE].into_iter().filter(|flag| cx.private(flag).is_some()) {
            cx.set_private(flag, false.into());
        }
        let (mut creation, mut run, left) = match self.begin(cx, &planned).await? {
            Begun::Creation(creation, run, left) => (*creation, *run, left),
            Begun::Exists(found) => return self.adopt(cx, planned, &found).await,
        };
        if self.adopts.is_some() && run.state.attribute(ADOPTED).is_null() {
            run.state.set_attribute(ADOPTED, Value::from(false));
        }
        if let Some(left) = &left {
            creation.identified(identity(self, left));
        }
        run.name_version();
        let mut input = self.input(&run);
        if left.is_none() {
            self.remember(cx, &mut creation, &input);
        }
        if let Some(warning) = run.version().and_then(|name| creation.remember_beside(name)) {
            cx.warn(warning);
        }
        let prepared = match self.make_beside(cx, &run.aws, &mut run.state, &mut input, &mut creation).await {
            Ok(()) => run.ensure_version().await,
            refused => refused,
        };
        if let Err(diags) = prepared {
            if left.is_none() {
                self.clean_up(&run, creation).await;
            }
            return Err(diags);
        }
        let wanted = self.wanted_tags(cx.client()?, &run.state);
        // What the parts of the object are before they are written.
        let mut parts = Value::Null;
        match left {
            Some(left) if self.is_wanted(&run, &creation, &input, &left) => {
                tracing::warn!(object = %run.label, "taken over from an interrupted creation");
                let found = run.whole_value(&left).await?;
                if let Some(tagging) = self.tags {
                    let arn = found.attribute("arn").as_str().unwrap_or_default();
                    let there = tags::from_value(found.attribute("tags_all"));
                    tagging.change(cx, &run.aws, arn, &there, &wanted, &run.label).await?;
                }
                run.state.set_attribute("arn", found.attribute("arn").clone());
                parts = found;
            }
            other => {
                if let Some(left) = other {
                    self.replace(&mut run, &left).await?;
                    creation.renew_token();
                    if self.key.given_by == GivenBy::Aws {
                        run.state.set_attribute("arn", Value::Null);
                        run.state.set_attribute(self.key.attribute, Value::Null);
                        run.relabel();
                    }
                }
                self.remember(cx, &mut creation, &input);
                if let Some(member) = self.create.operation.token {
                    input.set_attribute(member, Value::from(creation.token()));
                }
                if let Some(tagging) = self.tags.filter(|_| !wanted.is_empty()) {
                    input.set_attribute(tagging.sent_as, tagging.to_api(&wanted));
                }
                // Behind what is remembered: secrets are stored nowhere, not even hashed.
                add_write_only(run.object, cx.config(), &mut input);
                creation = self.send(&mut run, creation, &input).await?;
            }
        }
        cx.save(run.state.clone());
        self.conclude(&run, creation, &planned, &parts).await
    }

    /// What a creation sends, but for its tags and token.
    fn input(&self, run: &Run<'_>) -> Value {
        let mut state = run.state.clone();
        // The wanted status and the parts are brought about by operations of their own.
        let status = self.power().and(self.statuses.first()).map(|s| s.member);
        let later = self.updates.iter().flat_map(|by| by.after_create).copied();
        let companions = self.companions.iter().map(|c| c.attribute);
        let apart = companions.chain(self.collections.iter().map(|c| c.attribute));
        for name in self.parts.iter().map(|p| p.attribute).chain(apart).chain(status).chain(later) {
            state.set_attribute(name, Value::Null);
        }
        let mut input = to_api(run.object, &state);
        // A key that AWS gives may be known from a former object, and the member may mean something else here.
        let key = Some(run.key_input(&self.create.operation)).filter(|_| self.key.given_by == GivenBy::User);
        for (member, value) in key.as_ref().and_then(Value::as_entries).into_iter().flatten() {
            if !value.is_null() {
                input.set_attribute(member, value.clone());
            }
        }
        self.hooks.adapt(&mut input);
        input
    }

    /// Claims the key, and looks for an object that has it: there must be none, or the one that an interrupted creation
    /// left, which is returned; or one that may be taken over.
    async fn begin<'a>(&'a self, cx: &'a Context<Aws>, planned: &Value) -> Result<Begun<'a>> {
        let aws = cx.client()?;
        let region = aws.region(planned.attribute("region").as_str());
        let fixed = self.key.fixed(planned);
        let type_name = self.type_name();
        loop {
            let import = match self.key.given_by {
                GivenBy::User => format!("{{}}@{}", region.region()),
                GivenBy::Aws => ARN.to_owned(),
            };
            let delete = self.delete_command(cx, planned, region.region());
            let kind = Kind { type_name: &type_name, region: region.region(), import: &import, delete: &delete };
            let begun = aws.creations().begin(kind, planned, fixed.as_deref(), || self.choose(planned));
            let creation = begun.map_err(|diag| diag.at(Path::of(self.key.given())))?;
            let mut named = planned.clone();
            named.set_attribute("region", Value::from(region.region()));
            for (attribute, value) in self.known_key(&creation) {
                named.set_attribute(attribute, Value::from(value));
            }
            let mut run = Run::new(self, cx, named)?;
            let looks = fixed.is_some() || (self.key.id(&run.state).is_some() && creation.earlier.is_some());
            let made = |found: Found<'_>| creation.earlier.as_ref().is_some_and(|earlier| earlier.made(found));
            let found = if looks { run.find(made).await? } else { None };
            let (found, is_made) = found.map_or((None, false), |(found, is_made)| (Some(found), is_made));
            match (&creation.earlier, found) {
                (Some(_), Some(found)) if is_made => {
                    return Ok(Begun::Creation(Box::new(creation), Box::new(run), Some(found)));
                }
                (Some(_), Some(_)) if fixed.is_none() => {
                    cx.warn(creation.leave());
                }
                (_, Some(found)) if self.may_adopt(planned) => {
                    creation.forget();
                    return Ok(Begun::Exists(found));
                }
                (_, Some(_)) => {
                    let diag = self.exists_already(&run);
                    creation.forget();
                    return Err(diag.into());
                }
                // It was made, and is gone: the token would yield it again.
                (Some(_), None) if looks && self.key.given_by == GivenBy::Aws => creation.forget(),
                // Nobody can say whether it was made.
                (Some(_), None) if self.key.given_by == GivenBy::Aws && self.create.operation.token.is_none() => {
                    cx.warn(creation.leave());
                }
                (_, None) => return Ok(Begun::Creation(Box::new(creation), Box::new(run), None)),
            }
        }
    }

    /// The id of an object that is to get a generated name; a mark for one that gets its key from AWS, behind what names
    /// it, or what it belongs to, for people.
    fn choose(&self, planned: &Value) -> String {
        if self.key.given_by == GivenBy::Aws {
            let sent = self.object().attributes.iter().filter(|a| !a.provider_only);
            let first = sent.filter_map(|a| planned.attribute(&a.name).as_str()).next();
            return format!("{} {}", first.unwrap_or_default(), names::generate(""));
        }
        let mut named = planned.clone();
        named.set_attribute(self.key.attribute, Value::from(names::choose(planned)));
        self.key.id(&named).unwrap_or_default()
    }

    /// What is known of the key before the object is created.
    fn known_key(&self, creation: &Creation) -> Vec<(&'static str, String)> {
        if self.key.given_by == GivenBy::User {
            return self.key.parse(creation.name()).unwrap_or_default();
        }
        let identity = creation.earlier.as_ref().and_then(|earlier| earlier.identity.as_ref());
        let arn = identity.and_then(|identity| identity.get(self.create.arn?));
        arn.and_then(|arn| self.key_in(arn)).unwrap_or_default()
    }

    /// Whether what an interrupted creation left is what is wanted now. Terraform replaces what it knows to be broken.
    fn is_wanted(&self, run: &Run<'_>, creation: &Creation, input: &Value, left: &Value) -> bool {
        let tainted = creation.earlier.as_ref().is_some_and(|e| e.end == End::Broken);
        !tainted && !run.is_broken(left) && self.sent(input).is_described_by(left)
    }

    /// Removes what an interrupted creation left, and what is not wanted any more.
    async fn replace(&self, run: &mut Run<'_>, left: &Value) -> Result<()> {
        let keeps_its_name = matches!(self.delete, Delete::Never);
        if keeps_its_name && self.key.given_by == GivenBy::User {
            return Err(self.exists_already(run).into());
        }
        // The time of creation tells it from another object that takes its place at this moment.
        let state = run.state.clone();
        if let Some(member) = self.read.created {
            run.state.set_attribute(member, left.attribute(member).clone());
        }
        let removed = run.remove(if keeps_its_name { "stop" } else { "delete" }).await;
        run.state = state;
        if removed? {
            tracing::warn!(object = %run.label, "what an interrupted creation left was removed");
        }
        Ok(())
    }

    fn sent(&self, input: &Value) -> Sent {
        let described_otherwise = self.described_as.iter().map(|(path, _)| path.split('.').next().unwrap_or(path));
        let attributes = self.not_described.iter().copied().chain(described_otherwise);
        let members = attributes.map(|name| self.object().attribute(name).map_or(name, |a| a.member_name()));
        Sent::of(input, &members.collect::<Vec<_>>())
    }

    fn remember(&self, cx: &Context<Aws>, creation: &mut Creation, input: &Value) {
        if let Some(warning) = creation.remember(self.sent(input)) {
            cx.warn(warning);
        }
    }

    /// Sends the request. Gives the creation back if there is an object now.
    async fn send(&self, run: &mut Run<'_>, mut creation: Creation, input: &Value) -> Result<Creation> {
        let sent = creation.watched(call(run.cx, &run.aws, &self.create.operation, input, run.retry()?)).await;
        let failure = match sent {
            Ok(answer) => {
                self.hooks.answered(run.cx, &answer);
                self.take_key(run, &answer);
                return Ok(creation);
            }
            Err(failure) => failure,
        };
        let taken = |e: &AwsError| is_one_of(e, self.create.exists);
        if let Failure::Aws(e) = &failure
            && taken(e)
            && !e.repeated
        {
            // Nothing of ours was on its way: somebody was faster.
            let diag = self.exists_already(run);
            creation.forget();
            return Err(diag.into());
        }
        if self.key.fixed(&run.state).or(self.key.id(&run.state)).is_none() {
            // Only what AWS refused at once is known not to exist; the rest stays remembered with its token.
            if matches!(&failure, Failure::Aws(e) if !e.repeated) {
                self.clean_up(run, creation).await;
            }
            return Err(run.refused("create", &failure));
        }
        // Whether an earlier request reached AWS is not certain. Only a look tells.
        match run.find(|found| creation.made(found)).await {
            Ok(None) => self.clean_up(run, creation).await,
            Ok(Some((found, true))) => {
                if matches!(&failure, Failure::Aws(e) if taken(e)) {
                    self.take_key(run, &found);
                    return Ok(creation);
                }
                run.cx.save(run.value(&found));
                creation.answered(identity(self, &found), true);
            }
            Ok(Some((_, false))) => {
                let diag = self.exists_already(run);
                creation.forget();
                return Err(diag.into());
            }
            Err(_) => {}
        }
        Err(run.refused("create", &failure))
    }

    /// Takes the ARN, and the key if AWS gives it, from an answer.
    pub(super) fn take_key(&self, run: &mut Run<'_>, answer: &Value) {
        let arn = self.arn_in(answer).clone();
        if !arn.is_null() {
            run.state.set_attribute("arn", arn);
        } else if let (true, Some(arn)) = (run.state.attribute("arn").is_null(), self.arn_of(run.cx, &run.state)) {
            run.state.set_attribute("arn", Value::from(arn));
        }
        if self.key.given_by == GivenBy::Aws {
            let key = run.state.attribute("arn").as_str().and_then(|arn| self.key_in(arn));
            for (attribute, value) in key.unwrap_or_default() {
                run.state.set_attribute(attribute, Value::from(value));
            }
        }
        run.relabel();
    }

    /// Waits until the object is ready, completes it, and lets the creation end.
    async fn conclude(&self, run: &Run<'_>, mut creation: Creation, planned: &Value, parts: &Value) -> Result<Value> {
        let mut known: Option<Identity> = None;
        let finished = run
            .finish(&format!("create the {}", run.label), |description| {
                if known.is_none() {
                    known = Some(identity(self, description));
                    if !self.statuses.is_empty() {
                        creation.identified(identity(self, description));
                    }
                }
            })
            .await;
        let known = known.unwrap_or_default();
        let completed = match finished {
            Ok(value) => run.complete_new(value, parts).await,
            Err(unfinished) => Err(unfinished),
        };
        let completed = match completed {
            Ok(value) => run.prove_new(value).await,
            Err(unfinished) => Err(unfinished),
        };
        match completed {
            Ok(mut value) => {
                if run.version().is_some() || creation.earlier.is_some() {
                    run.sweep_after_creation(&mut value).await;
                }
                self.discard_former(run, &creation, &value).await;
                creation.answered(known, false);
                Ok(value)
            }
            Err(Unfinished::Interrupted(diag)) => {
                creation.answered(known, false);
                run.cx.set_private(AWAITED, true.into());
                let detail = format!(
                    "{}\n\nIt goes on in AWS, and is in the state. The next apply waits for it again.",
                    diag.detail
                );
                run.cx.warn(Diag { severity: Severity::Warning, detail, ..diag });
                Ok(interrupted(run.cx.saved().unwrap_or_else(|| run.state.clone()), planned))
            }
            Err(failed) => {
                creation.answered(known, true);
                Err(failed.into_diags())
            }
        }
    }

    /// Removes what was made beside an object that does not exist.
    async fn clean_up(&self, run: &Run<'_>, creation: Creation) {
        if let Err(more) = run.remove_versions().await {
            tracing::warn!(?more, "a version of {} is left", run.label);
            return;
        }
        for uri in creation.beside() {
            if let Err(more) = self.discard(&run.aws, uri).await {
                // The error that matters is another one, and the file remembers this.
                tracing::warn!(?more, uri, "something made beside {} is left", run.label);
                return;
            }
        }
        creation.forget();
    }

    /// Removes what earlier creations made beside the object, and what is not the object's now.
    async fn discard_former(&self, run: &Run<'_>, creation: &Creation, value: &Value) {
        let current = self.stored(value);
        for uri in creation.beside().iter().filter(|uri| Some(*uri) != current.as_ref()) {
            if let Err(more) = self.discard(&run.aws, uri).await {
                more.0.into_iter().for_each(|d| run.cx.warn(Diag { severity: Severity::Warning, ..d }));
            }
        }
    }

    fn exists_already(&self, run: &Run<'_>) -> Diag {
        let id = self.key.id(&run.state).unwrap_or_else(|| "ARN".to_owned());
        let remedy = match self.delete {
            Delete::By(_) if self.key.given() == "name" => "Choose another name, delete it, or take it over",
            Delete::By(_) => "Delete it, or take it over",
            Delete::Never => {
                "AWS never deletes it, so its name is never free again. Choose another name, or take it over"
            }
        };
        let renewed = match self.object().attribute("name_prefix") {
            Some(_) => {
                "\n\nIf it is the object that this one is to replace: with `create_before_destroy` both exist for a \
                 while, and need names of their own. Give `name_prefix` instead of `name`."
            }
            None => "",
        };
        let named = self.key.found_by.and(self.key.fixed(&run.state));
        let named = named.map(|name| format!(" with the name {name:?}")).unwrap_or_default();
        let detail = format!(
            "AWS has a {}{named} already, and this configuration did not create it. {remedy}:\n\n  terraform import {}.NAME {id}{renewed}",
            run.label,
            self.type_name(),
        );
        Diag::error(format!("The {} exists already", self.noun), detail).at(Path::of(self.key.given()))
    }

    /// The command of the AWS CLI that deletes an object, with `{own}` for its own key, or `{arn}` or `{id}`
    /// for one that AWS gives.
    fn delete_command(&self, cx: &Context<Aws>, planned: &Value, region: &str) -> String {
        let Delete::By(by) = &self.delete else { return "(AWS keeps it for ever)".to_owned() };
        let mut named = planned.clone();
        let own = match self.key.given_by {
            GivenBy::User => "{own}",
            GivenBy::Aws if self.key.attribute == "arn" => ARN,
            GivenBy::Aws => ID,
        };
        named.set_attribute(self.key.attribute, Value::from(own));
        // The operation takes the ARN of what is known by its name here.
        if self.key.given_by == GivenBy::User && self.key.member.is_some_and(|member| member.ends_with("_arn")) {
            named.set_attribute("region", Value::from(region));
            let arn = self.arn_of(cx, &named).unwrap_or_else(|| own.to_owned());
            named.set_attribute(self.key.attribute, Value::from(arn));
        }
        let own = self.hooks.delete_options(planned);
        let options = own.unwrap_or_else(|| self.key.cli_options(&by.operation, self.object(), &named));
        format!("aws {}{options} --region {region}", by.operation.cli())
    }
}

/// The state of an object that is still on its way: as it is, but for what the plan has promised.
fn interrupted(saved: Value, planned: &Value) -> Value {
    match (saved, planned) {
        (saved, Value::Null) => saved,
        (Value::Object(mut saved), Value::Object(planned)) => {
            for (name, value) in planned {
                let before = saved.remove(name).unwrap_or(Value::Null);
                saved.insert(name.clone(), interrupted(before, value));
            }
            Value::Object(saved)
        }
        (_, planned) => planned.clone(),
    }
}
