//! Lists of declared kinds, for `terraform query` (Terraform 1.14 and later): what there is, page by page.
//!
//! A list is the API's own: what AWS made for another object is in it, too. An object that is asked for as a whole is read as
//! an import reads it, so that the configuration that Terraform writes of it is that of an import.

use std::collections::BTreeMap;

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::resource::{ListResource, Listed};
use tfplug::schema::{Attribute, Kind, Mode, Object, Schema, Text, Type};
use tfplug::value::Value;
use tokio::sync::mpsc::Sender;
use tokio::task::JoinSet;

use super::run::Run;
use super::{Declared, Listing};
use crate::aws::client::{Aws, Regional};
use crate::aws::identity;
use crate::aws::operation::{NEVER, call};
use crate::aws::tags;

/// How many objects are looked at at a time, where their summaries do not say enough.
const PARALLEL: usize = 8;
/// Restricts a list to objects with these tags.
const TAGS: &str = "tags";
const REGION: &str = "region";

/// The list resource of a declared kind.
#[derive(Clone, Copy)]
pub struct List {
    /// The kind.
    pub declared: &'static Declared,
    /// How it is listed.
    pub listing: &'static Listing,
}

/// What is wanted of each object.
#[derive(Clone)]
struct Wanted {
    tags: tags::Tags,
    whole: bool,
}

/// What a summary is of.
struct Identified {
    /// The nearly empty state of an import.
    state: Value,
    /// The same with the ARN.
    named: Value,
}

#[async_trait]
impl ListResource<Aws> for List {
    fn schema(&self) -> Schema {
        let of = (self.declared.schema)();
        let text = || Kind::Leaf(Type::String);
        let mut attributes = Vec::new();
        if of.object.attribute(REGION).is_some() {
            let description = "AWS Region to look in. Defaults to the region of the provider.";
            attributes.push(Attribute::new(REGION, text(), Mode::Optional, description));
        }
        attributes.extend(self.listing.filters().map(|filter| {
            let mode = if filter.required { Mode::Required } else { Mode::Optional };
            Attribute {
                validators: vec![filter.takes],
                ..Attribute::new(filter.argument, text(), mode, filter.description)
            }
        }));
        if self.declared.tags.is_some() {
            let description = "Tags that the objects have, with these values. AWS has no such filter, so the tags of each object are read.";
            let kind = Kind::Leaf(Type::Map(Box::new(Type::String)));
            attributes.push(Attribute::new(TAGS, kind, Mode::Optional, description));
        }
        Schema {
            name: of.name.into(),
            subcategory: of.subcategory.clone(),
            description: format!(
                "Finds every {} in a Region that matches all of the arguments, for `terraform query` (Terraform 1.14 and later).\n\n\
                 The arguments are those of the `config` block. Beside it, Terraform knows `limit`, which is 100 unless set, and \
                 `include_resource`.",
                self.declared.noun
            )
            .into(),
            object: Object { attributes, rules: Vec::new() },
            ..Schema::default()
        }
    }

    fn name(&self) -> Text {
        (self.declared.schema)().name.into()
    }

    async fn list(
        &self,
        cx: &Context<Aws>,
        config: Value,
        limit: usize,
        include_object: bool,
        found: Sender<Listed>,
    ) -> Result<()> {
        let aws = cx.client()?.region(config.attribute(REGION).as_str());
        let wanted = Wanted { tags: tags::from_value(config.attribute(TAGS)), whole: include_object };
        let mut input = self.input(&config);
        let mut left = limit;
        while left > 0 {
            if let Some((member, most)) = self.listing.page {
                // What is left out does not count.
                let size = if wanted.tags.is_empty() && self.listing.only.is_none() { most.min(left) } else { most };
                input.set_attribute(member, Value::from(i64::try_from(size).unwrap_or(i64::MAX)));
            }
            let page = call(cx, &aws, &self.listing.operation, &input, NEVER).await.map_err(|failure| {
                let attempted = format!("list the {}s in {}", self.declared.noun, aws.region());
                failure.diags(&attempted, &self.schema().object, &config)
            })?;
            let summaries = page.attribute(self.listing.items).as_elements().unwrap_or_default();
            let of_kind = |summary: &&Value| self.listing.only.is_none_or(|is_one| is_one(summary));
            let summaries: Vec<&Value> = summaries.iter().filter(of_kind).collect();
            for some in summaries.chunks(PARALLEL.min(left)) {
                for listed in self.look_at(cx, &aws, some, &wanted).await? {
                    // Terraform reads no further.
                    if left == 0 || found.send(listed).await.is_err() {
                        return Ok(());
                    }
                    left -= 1;
                }
            }
            let next = page.attribute("next_token");
            if next.is_null() {
                return Ok(());
            }
            input.set_attribute("next_token", next.clone());
        }
        Ok(())
    }
}

impl List {
    fn input(&self, config: &Value) -> Value {
        let is_set = |argument: &str| !config.attribute(argument).is_null();
        let sent = self.listing.sends.iter().filter(|(.., unless)| !unless.is_some_and(is_set));
        let mut input = Value::object(sent.map(|(member, value, _)| match member.strip_suffix("[]") {
            Some(list) => (list, Value::List(vec![Value::from(*value)])),
            None => (*member, Value::from(*value)),
        }));
        for filter in self.listing.filters().filter(|filter| is_set(filter.argument)) {
            input.set_attribute(filter.member, config.attribute(filter.argument).clone());
        }
        input
    }

    /// Looks at some objects at a time, and keeps AWS's order.
    async fn look_at(
        &self,
        cx: &Context<Aws>,
        aws: &Regional,
        summaries: &[&Value],
        wanted: &Wanted,
    ) -> Result<Vec<Listed>> {
        let mut looking = JoinSet::new();
        for (i, summary) in summaries.iter().enumerate() {
            let Some(identified) = self.identified(summary, aws.region()) else { continue };
            let (this, cx, summary, wanted) = (*self, cx.clone(), (*summary).clone(), wanted.clone());
            looking.spawn(async move { (i, this.listed(&cx, &summary, identified, &wanted).await) });
        }
        let mut all = looking.join_all().await;
        all.sort_by_key(|(i, _)| *i);
        let mut shown = Vec::new();
        for (_, listed) in all {
            match listed {
                Ok(listed) => shown.extend(listed),
                Err(diags) if cx.check().is_err() => return Err(diags),
                // A policy may allow to read some objects only, and an error would hide all the others.
                Err(diags) => {
                    let noun = self.declared.noun;
                    let details = diags.0.iter().map(|diag| format!("{}: {}", diag.summary, diag.detail));
                    let detail = details.collect::<Vec<_>>().join("\n\n");
                    cx.warn(Diag::warning(format!("A {noun} is missing in the list"), detail));
                }
            }
        }
        Ok(shown)
    }

    /// What a summary is of. None if it does not say what AWS knows it by.
    fn identified(&self, summary: &Value, region: &str) -> Option<Identified> {
        let declared = self.declared;
        let arn = summary.attribute(self.listing.arn.or(declared.create.arn).unwrap_or_default());
        let text = |member: &str| summary.attribute(member).as_str().map(str::to_owned);
        let named = |attribute: &'static str| match self.listing.key.iter().find(|(name, _)| *name == attribute) {
            Some((_, member)) => text(member),
            None if attribute == "arn" => arn.as_str().map(str::to_owned),
            None => declared
                .key
                .returned_as(attribute, &self.listing.operation, declared.object())
                .iter()
                .find_map(|m| text(m)),
        };
        let key: Option<Vec<_>> = declared.key.attributes().map(|name| Some((name, named(name)?))).collect();
        let key = key.or_else(|| declared.key_in(arn.as_str()?))?;
        let state = declared.nearly_empty(key, Some(region.to_owned()));
        let mut named = state.clone();
        if declared.object().attribute("arn").is_some() {
            named.set_attribute("arn", arn.clone());
        }
        Some(Identified { state, named })
    }

    /// What Terraform is shown of an object; None if it has other tags, or is gone by now.
    async fn listed(
        &self,
        cx: &Context<Aws>,
        summary: &Value,
        Identified { state, named }: Identified,
        wanted: &Wanted,
    ) -> Result<Option<Listed>> {
        let declared = self.declared;
        let identity = self.identity(cx, &named);
        // As nothing is known of it yet, no index of tags is believed either.
        let imported = |state| Ok::<_, Diags>(Run { imported: true, ..Run::new(declared, cx, state)? });
        if !wanted.tags.is_empty() && !has_tags(&imported(named)?, summary, &wanted.tags).await? {
            return Ok(None);
        }
        let run = imported(state)?;
        let object = if wanted.whole {
            let described = if self.listing.described { Some(summary.clone()) } else { run.describe().await? };
            let Some(mut description) = described else { return Ok(None) };
            run.ask_children(&mut description).await;
            Some(run.shown(&description).await?)
        } else {
            None
        };
        let id = declared.key.id(&run.state).unwrap_or_default();
        // Of an ARN, what it has of AWS's own: the name of a group, and a version.
        let display_name = match declared.key_in(&id).is_some() {
            true => id.split_once('/').map_or(id.as_str(), |(_, rest)| rest).to_owned(),
            false => id,
        };
        Ok(Some(Listed { identity, display_name, object }))
    }

    fn identity(&self, cx: &Context<Aws>, state: &Value) -> BTreeMap<String, Value> {
        let aws = cx.try_client().map(AsRef::as_ref);
        let parts = (self.declared.schema)().identity.iter();
        parts
            .map(|part| {
                let derived = part.derived.then(|| identity::account_of(aws, state));
                (part.name.to_string(), derived.unwrap_or_else(|| state.attribute(&part.name).clone()))
            })
            .collect()
    }
}

/// Whether an object has all of these tags.
async fn has_tags(run: &Run<'_>, summary: &Value, wanted: &tags::Tags) -> Result<bool> {
    let remote = match run.remote_tags(summary).await {
        // The list does not say what the tags are asked for by.
        _ if run.arn(summary).is_null() => match run.describe().await? {
            None => return Ok(false),
            Some(description) => run.remote_tags(&description).await?,
        },
        Ok(remote) => remote,
        // It is gone; or the list has its name in lower case, for which there are no tags: github.com/boto/boto3 issue 4606.
        Err(diags) => match run.describe().await? {
            None => return Ok(false),
            Some(description) if run.arn(&description) != *run.state.attribute("arn") => {
                run.remote_tags(&description).await?
            }
            Some(_) => return Err(diags),
        },
    };
    Ok(wanted.iter().all(|(key, value)| remote.get(key) == Some(value)))
}
