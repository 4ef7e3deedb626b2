//! Jobs that AWS runs for an object and keeps when it is deleted, such as the training jobs of a tuning job: what they say
//! of their parent's result and failure, and their end.
//!
//! They are found by what AWS says of them, and not by what a state remembers: a destroy that was killed goes on with those
//! that are left, also when their parent is gone.

use std::future::Future;
use std::pin::Pin;

use tfplug::diag::{Diag, Result, Severity};
use tfplug::value::{Path, Value};

use super::Declared;
use super::run::{Run, millis};
use crate::aws::arn::Arn;
use crate::aws::empty_bucket::{BATCH, delete, versions_below};
use crate::aws::operation::Operation;
use crate::aws::s3_uri::S3Uri;

/// How many children that failed are named.
const NAMED: usize = 5;

/// Jobs that AWS runs for an object, under names that begin with its own and a hyphen.
#[derive(Clone, Copy)]
pub struct Children {
    /// The attribute by which the user says whether they are deleted with the object.
    pub when: &'static str,
    /// Their kind.
    pub declared: &'static Declared,
    /// Lists objects of their kind, by a part of their names.
    pub list: Operation,
    /// The member of the response that has the list.
    pub items: &'static str,
    /// The member of a child's description that holds the object's ARN.
    pub parent: &'static str,
    /// The member, and attribute, of the object that says when it ended: no child was created later.
    pub ended: &'static str,
    /// The member of a child's description, as a path, with the S3 URI below which its output is, at its name.
    pub output: &'static str,
    /// Members, and attributes, of the object that summarize a child.
    pub summaries: &'static [&'static str],
    /// A member of a child's description that these summaries do not have, and get from it.
    pub completed_by: &'static str,
}

impl Children {
    /// The member that names a child, in summaries and descriptions.
    fn name(&self) -> &'static str {
        self.declared.key.member.unwrap_or(self.declared.key.attribute)
    }
}

impl<'a> Run<'a> {
    /// Completes the object's description by what its children's say: summaries by what they lack, the reason of a failure
    /// by the children that failed. The first of these, for its log. What cannot be read is a warning: the object itself
    /// was read.
    pub(super) async fn ask_children(&self, description: &mut Value) -> Option<Run<'a>> {
        let children = self.declared.children?;
        let asked = match self.complete_summaries(children, description).await {
            Ok(()) => self.blame_children(children, description).await,
            Err(diags) => Err(diags),
        };
        asked.unwrap_or_else(|diags| {
            diags.0.into_iter().for_each(|d| self.cx.warn(Diag { severity: Severity::Warning, ..d }));
            None
        })
    }

    async fn complete_summaries(&self, children: &'static Children, description: &mut Value) -> Result<()> {
        for member in children.summaries {
            let name = description.attribute(member).attribute(children.name()).clone();
            let (Some(text), known) = (name.as_str(), self.state.attribute(member)) else { continue };
            let told = if *known.attribute(children.name()) == name && !known.attribute(children.completed_by).is_null()
            {
                // It does not change, and the child may be gone.
                known.attribute(children.completed_by).clone()
            } else {
                let described = self.child(children, text)?.describe().await?.unwrap_or(Value::Null);
                described.attribute(children.completed_by).clone()
            };
            if let Some(summary) = description.at_mut(&Path::of(member)) {
                summary.set_attribute(children.completed_by, told);
            }
        }
        Ok(())
    }

    async fn blame_children(&self, children: &'static Children, description: &mut Value) -> Result<Option<Run<'a>>> {
        let Some(member) = self.declared.statuses.first().and_then(|s| s.reason) else { return Ok(None) };
        let reason = description.attribute(member).as_str().filter(|_| self.is_broken(description)).map(str::to_owned);
        let Some(reason) = reason else { return Ok(None) };
        let (mut first, mut told) = (None, Vec::new());
        for name in self.names_of_children(children, description, true).await? {
            if told.len() == NAMED {
                told.push("and more".to_owned());
                break;
            }
            let child = self.child(children, &name)?;
            let Some(found) = child.describe().await?.filter(|found| self.is_child(children, found)) else { continue };
            let own = child.declared.statuses.first().and_then(|s| s.reason).map(|member| found.attribute(member));
            if let Some(own) = own.and_then(Value::as_str) {
                told.push(format!("{name}: {own}"));
                first.get_or_insert(child);
            }
        }
        if !told.is_empty() {
            let text = format!("{reason} Failed {}s: {}", children.declared.noun, told.join("; "));
            description.set_attribute(member, Value::from(text));
        }
        Ok(first)
    }

    /// Deletes the children, with their logs and output, if the user does not keep them. What belongs to a child goes
    /// before it, for nothing else says where that is.
    pub(super) fn remove_children<'s>(
        &'s self,
        on_destroy: &'s str,
    ) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 's>> {
        Box::pin(async move {
            let Some(children) = self.declared.children.filter(|c| self.takes(c, on_destroy)) else { return Ok(()) };
            let mut going = Vec::new();
            for (child, description) in self.children(children).await? {
                child.remove_output(children, &description).await?;
                children.declared.remove_beside(self.cx, &self.aws, &child.state).await?;
                if let Some(before) = child.request_removal(description, "delete").await? {
                    going.push((child, before));
                }
            }
            for (child, before) in going {
                child.see_gone(&before).await?;
                child
                    .declared
                    .key
                    .id(&child.state)
                    .iter()
                    .for_each(|name| self.aws.note_end(child.declared.noun, name));
            }
            Ok(())
        })
    }

    /// Whether the object, which is gone, has children that a destroy would have deleted. What cannot be determined counts
    /// as no.
    pub(super) async fn leaves_children(&self) -> bool {
        let on_destroy = self.declared.on_destroy(&self.state);
        match self.declared.children.filter(|c| self.takes(c, on_destroy)) {
            Some(children) => self.children(children).await.is_ok_and(|found| !found.is_empty()),
            None => false,
        }
    }

    fn takes(&self, children: &Children, on_destroy: &str) -> bool {
        on_destroy == "delete" && self.state.attribute(children.when).as_bool() != Some(false)
    }

    /// The children, with their descriptions.
    async fn children(&self, children: &'static Children) -> Result<Vec<(Run<'a>, Value)>> {
        let mut found = Vec::new();
        for name in self.names_of_children(children, &self.state, false).await? {
            let child = self.child(children, &name)?;
            if let Some(description) = child.describe().await?.filter(|found| self.is_child(children, found)) {
                found.push((child, description));
            }
        }
        Ok(found)
    }

    /// The names of what may be children: they begin with the object's, and were created in its time, which `of` tells. Where
    /// only the broken ones are wanted, those that ended otherwise are left out.
    async fn names_of_children(&self, children: &'static Children, of: &Value, broken: bool) -> Result<Vec<String>> {
        let prefix = format!("{}-", self.declared.key.id(&self.state).unwrap_or_default());
        let input = Value::object([("name_contains", Value::from(prefix.as_str())), ("max_results", Value::from(100))]);
        let verb = format!("list the {}s of", children.declared.noun);
        let listed = self.list(&children.list, input, children.items, &verb).await?;
        let (from, until) = (millis(self.declared.created_in(of)), millis(of.attribute(children.ended)));
        let any = self.child(children, "")?;
        let is_one = |summary: &&Value| {
            let created = millis(children.declared.created_in(summary));
            let in_time =
                from.is_none_or(|from| created >= Some(from)) && until.is_none_or(|until| created <= Some(until));
            in_time && (!broken || any.is_broken(summary))
        };
        let names = listed.iter().filter(is_one).filter_map(|summary| summary.attribute(children.name()).as_str());
        let begins = |name: &&str| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(&prefix));
        Ok(names.filter(begins).map(str::to_owned).collect())
    }

    /// Whether a description is of a child. Names in ARNs are in whatever case.
    fn is_child(&self, children: &Children, description: &Value) -> bool {
        let parent = description.attribute(children.parent).as_str().and_then(|arn| Arn::parse(arn).ok());
        let own = self.declared.arn.fill(&self.state);
        matches!((parent, own), (Some(parent), Some(own)) if parent.resource.eq_ignore_ascii_case(&own))
    }

    fn child(&self, children: &'static Children, name: &str) -> Result<Run<'a>> {
        let state = Value::object([
            (children.declared.key.attribute, Value::from(name)),
            ("region", Value::from(self.aws.region())),
            ("delete_logs", self.state.attribute("delete_logs").clone()),
        ]);
        Run::new(children.declared, self.cx, state)
    }

    /// Deletes what a child stored, with all versions.
    async fn remove_output(&self, children: &Children, description: &Value) -> Result<()> {
        let output = description.at(&Path::parse(children.output)).and_then(Value::as_str);
        let (Some(output), Some(name)) = (output, self.declared.key.id(&self.state)) else { return Ok(()) };
        let Ok(place) = S3Uri::parse(&format!("{}/{name}/", output.trim_end_matches('/'))) else { return Ok(()) };
        let attempted = format!("delete the output of the {} at {place}", self.label);
        let (mut objects, markers) = match versions_below(self.aws.s3(), &place.bucket, &place.key).await {
            Err(e) if e.is("NoSuchBucket") => return Ok(()),
            found => found.map_err(|e| e.diag(&attempted))?,
        };
        objects.extend(markers);
        for batch in objects.chunks(BATCH) {
            let refused = delete(self.aws.s3(), &place.bucket, batch.to_vec()).await.map_err(|e| e.diag(&attempted))?;
            if let Some(first) = refused.first() {
                let detail = format!("S3 refused to delete {}: {}", first.key, first.reason);
                return Err(Diag::error(format!("Could not {attempted}"), detail).into());
            }
        }
        Ok(())
    }
}
