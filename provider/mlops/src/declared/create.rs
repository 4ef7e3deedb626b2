//! The creation of a declared object. What an interrupted creation left is taken over or replaced, if it is proven to be
//! that; what others made never is.

use tfplug::context::Context;
use tfplug::diag::{Diag, Result, Severity};
use tfplug::value::{Path, Value};

use super::run::{Run, Unfinished, identity};
use super::shape::to_api;
use super::{AWAITED, Declared, GONE};
use crate::aws::client::Aws;
use crate::aws::creations::record::{End, Identity, Sent};
use crate::aws::creations::{Creation, Kind};
use crate::aws::error::AwsError;
use crate::aws::op::{Failure, call, is_one_of};
use crate::aws::{names, sagemaker_tags, tags};

impl Declared {
    /// Creates an object, or takes up a creation that was interrupted.
    pub(super) async fn make(&self, cx: &Context<Aws>, planned: Value) -> Result<Value> {
        // They are the former object's, which the same plan replaces.
        for flag in [AWAITED, GONE].into_iter().filter(|flag| cx.private(flag).is_some()) {
            cx.set_private(flag, false.into());
        }
        let (mut creation, mut run, left) = self.begin(cx, &planned).await?;
        if let Some(left) = &left {
            creation.identified(identity(self, left));
        }
        let mut input = to_api(&run.object, &run.state);
        if let Some(member) = self.token {
            input.set_attribute(member, Value::from(creation.token()));
        }
        let wanted = tags::wanted(cx.client()?, &run.state);
        if left.is_none() {
            self.remember(cx, &mut creation, &input);
        }
        let prepared = self.hooks.before_create(cx, &run.aws, &mut run.state, &mut input, &mut creation).await;
        if let Err(diags) = prepared {
            if left.is_none() {
                self.clean_up(&run, creation).await;
            }
            return Err(diags);
        }
        match left {
            Some(left) if self.is_wanted(&run, &creation, &input, &left) => {
                tracing::warn!(object = %run.label, "taken over from an interrupted creation");
                let found = run.remote_tags(&left).await?;
                let arn = left.attribute(self.arn_member).as_str().unwrap_or_default();
                sagemaker_tags::change(cx, &run.aws, arn, &found, &wanted, &run.label).await?;
                run.state.set_attribute("arn", Value::from(arn));
            }
            other => {
                if let Some(left) = other {
                    self.replace(&mut run, &left).await?;
                }
                self.remember(cx, &mut creation, &input);
                if !wanted.is_empty() {
                    input.set_attribute("tags", sagemaker_tags::to_api(&wanted));
                }
                creation = self.send(&mut run, creation, &input).await?;
            }
        }
        cx.save(run.state.clone());
        self.conclude(&run, creation, &planned).await
    }

    /// Claims the name, and looks for an object that has it: there must be none, or the one that an interrupted creation
    /// left, which is returned.
    async fn begin<'a>(&'a self, cx: &'a Context<Aws>, planned: &Value) -> Result<(Creation, Run<'a>, Option<Value>)> {
        let aws = cx.client()?;
        let region = aws.region(planned.attribute("region").as_str());
        let generated = planned.attribute("name").is_null();
        let type_name = self.type_name();
        loop {
            let kind = Kind { type_name: &type_name, region: region.region() };
            let creation = aws.creations().begin(kind, planned, || names::choose(planned))?;
            let mut named = planned.clone();
            named.set_attribute("name", Value::from(creation.name()));
            named.set_attribute("region", Value::from(region.region()));
            let run = Run::new(self, cx, named)?;
            let looks = !generated || creation.earlier.is_some();
            let Some(found) = (if looks { run.describe().await? } else { None }) else {
                return Ok((creation, run, None));
            };
            match &creation.earlier {
                Some(earlier) if run.is_made_by(&found, |f| earlier.made(f)) => {
                    return Ok((creation, run, Some(found)));
                }
                Some(_) if generated => {
                    cx.warn(creation.leave());
                }
                _ => {
                    let (label, name) = (run.label.clone(), creation.name().to_owned());
                    creation.forget();
                    return Err(self.taken(&label, &name).into());
                }
            }
        }
    }

    /// Whether what an interrupted creation left is what is wanted now. Terraform replaces what it knows to be broken.
    fn is_wanted(&self, run: &Run<'_>, creation: &Creation, input: &Value, left: &Value) -> bool {
        let tainted = creation.earlier.as_ref().is_some_and(|e| e.end == End::Broken);
        !tainted && !run.is_broken(left) && self.sent(input).is_described_by(left)
    }

    /// Removes what an interrupted creation left, and what is not wanted any more.
    async fn replace(&self, run: &mut Run<'_>, left: &Value) -> Result<()> {
        let was = run.state.attribute("creation_time").clone();
        run.state.set_attribute("creation_time", left.attribute("creation_time").clone());
        let removed = run.remove("delete").await;
        run.state.set_attribute("creation_time", was);
        if removed? {
            tracing::warn!(object = %run.label, "what an interrupted creation left was removed");
        }
        Ok(())
    }

    fn sent(&self, input: &Value) -> Sent {
        Sent::of(input, &[self.unread, self.token.as_slice()].concat())
    }

    fn remember(&self, cx: &Context<Aws>, creation: &mut Creation, input: &Value) {
        if let Some(warning) = creation.remember(self.sent(input)) {
            cx.warn(warning);
        }
    }

    /// Sends the request. Gives the creation back if there is an object now.
    async fn send(&self, run: &mut Run<'_>, mut creation: Creation, input: &Value) -> Result<Creation> {
        let attempted = format!("create the {}", run.label);
        let sent = call(run.cx, run.aws.sagemaker(), &self.create, input, run.retry()?);
        let failure = match creation.watched(sent).await {
            Ok(output) => {
                run.state.set_attribute("arn", output.attribute(self.arn_member).clone());
                return Ok(creation);
            }
            Err(failure) => failure,
        };
        let taken = |e: &AwsError| is_one_of(e, self.taken);
        if let Failure::Aws(e) = &failure
            && taken(e)
            && !e.repeated
        {
            // Nothing of ours was on its way: somebody was faster.
            let (label, name) = (run.label.clone(), creation.name().to_owned());
            creation.forget();
            return Err(self.taken(&label, &name).into());
        }
        // Whether an earlier request reached AWS is not certain. Only a look tells.
        match run.describe().await {
            Ok(None) => self.clean_up(run, creation).await,
            Ok(Some(found)) if run.is_made_by(&found, |f| creation.made(f)) => {
                if matches!(&failure, Failure::Aws(e) if taken(e)) {
                    run.state.set_attribute("arn", found.attribute(self.arn_member).clone());
                    return Ok(creation);
                }
                run.cx.save(run.value(&found));
                creation.answered(identity(self, &found), true);
            }
            Ok(Some(_)) => {
                let (label, name) = (run.label.clone(), creation.name().to_owned());
                creation.forget();
                return Err(self.taken(&label, &name).into());
            }
            Err(_) => {}
        }
        Err(failure.diags(&attempted, &run.object, &run.state))
    }

    /// Waits until the object is ready, and lets the creation end.
    async fn conclude(&self, run: &Run<'_>, mut creation: Creation, planned: &Value) -> Result<Value> {
        let mut known: Option<Identity> = None;
        let finished = run
            .finish(&format!("create the {}", run.label), |description| {
                if known.is_none() {
                    known = Some(identity(self, description));
                    if self.statuses.is_some() {
                        creation.identified(identity(self, description));
                    }
                }
            })
            .await;
        let known = known.unwrap_or_default();
        match finished {
            Ok(value) => {
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
        for uri in creation.beside() {
            if let Err(more) = self.hooks.discard(&run.aws, uri).await {
                // The error that matters is another one, and the file remembers this.
                tracing::warn!(?more, uri, "something made beside {} is left", run.label);
                return;
            }
        }
        creation.forget();
    }

    /// Removes what earlier creations made beside the object, and what is not the object's now.
    async fn discard_former(&self, run: &Run<'_>, creation: &Creation, value: &Value) {
        let current = self.hooks.beside(value);
        for uri in creation.beside().iter().filter(|uri| Some(*uri) != current.as_ref()) {
            if let Err(more) = self.hooks.discard(&run.aws, uri).await {
                more.0.into_iter().for_each(|d| run.cx.warn(Diag { severity: Severity::Warning, ..d }));
            }
        }
    }

    fn taken(&self, label: &str, name: &str) -> Diag {
        let detail = format!(
            "AWS has a {label} already, and this configuration did not create it. Choose another name, delete it, or take \
             it over:\n\n  terraform import {}.NAME {name}",
            self.type_name(),
        );
        Diag::error(format!("The {} exists already", self.noun), detail).at(Path::of("name"))
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
