//! Data sources that read an object of a declared kind: the attributes, the calls and the rules are those of its resource.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::resource::DataSource;
use tfplug::schema::{Attribute, Kind, Mode, Nesting, Object, Rule, Schema, TIMEOUTS, Text};
use tfplug::value::{Path, Value};

use super::Declared;
use super::run::Run;
use crate::aws::client::Aws;
use crate::aws::operation::{Operation, list};

/// A data source that reads an object of a declared kind, whoever made it. Its arguments are what AWS knows the object by
/// and the region; everything else that AWS describes is computed.
pub struct Source {
    /// The kind.
    pub declared: &'static Declared,
    /// Markdown for the documentation.
    pub description: &'static str,
    /// How an object is found of which only what it belongs to is known.
    pub newest: Option<Newest>,
}

/// Finding the newest object of a list.
pub struct Newest {
    /// Lists what there is.
    pub list: Operation,
    /// The member of its response that has the items. Each has its ARN under the name that descriptions have.
    pub items: &'static str,
    /// What the list is asked for, with what the documentation says of it: attributes that stand for members of the list's
    /// input. The first one is given instead of the key.
    pub by: &'static [(&'static str, &'static str)],
    /// A member that an item must have, with its value, to be found at all.
    pub only: (&'static str, &'static str),
    /// The member of an item with the number of which the greatest is the newest: AWS lists in an order of its own.
    pub number: &'static str,
}

/// The first sentence of a description, which says what something is. The others say how to set it.
fn first_sentence(description: &str) -> String {
    description.split("\n\n").next().and_then(|p| p.split_inclusive(". ").next()).unwrap_or_default().trim().to_owned()
}

/// An attribute that is only read.
fn computed(a: &Attribute) -> Attribute {
    let kind = match &a.kind {
        Kind::Leaf(t) => Kind::Leaf(t.clone()),
        Kind::Nested(nesting, inner) => {
            let attributes = inner.attributes.iter().filter(|a| is_described(a)).map(computed).collect();
            Kind::Nested(*nesting, Object { attributes, rules: Vec::new() })
        }
    };
    let read = Attribute::new(a.name.clone(), kind, Mode::Computed, first_sentence(&a.description));
    Attribute { sensitive: a.sensitive, deprecated: a.deprecated.clone(), ..read }
}

/// Whether an attribute says something of the object, and not of how Terraform treats it.
fn is_described(a: &Attribute) -> bool {
    !a.write_only && (!a.provider_only || a.mode == Mode::Computed)
}

/// The part of a value that an object has attributes for.
fn project(object: &Object, value: &Value) -> Value {
    if value.as_entries().is_none() {
        return Value::Null;
    }
    Value::object(
        object.attributes.iter().map(|a| (a.name.to_string(), project_kind(&a.kind, value.attribute(&a.name)))),
    )
}

fn project_kind(kind: &Kind, value: &Value) -> Value {
    match (kind, value) {
        (Kind::Nested(Nesting::Single, inner), value) => project(inner, value),
        (Kind::Nested(_, inner), Value::List(v)) => Value::List(v.iter().map(|x| project(inner, x)).collect()),
        (Kind::Nested(_, inner), Value::Set(v)) => Value::Set(v.iter().map(|x| project(inner, x)).collect()),
        (Kind::Nested(_, inner), Value::Map(m)) => {
            Value::Map(m.iter().map(|(k, x)| (k.clone(), project(inner, x))).collect())
        }
        (_, value) => value.clone(),
    }
}

impl Source {
    /// A data source that finds an object by its key alone.
    pub const fn of(declared: &'static Declared, description: &'static str) -> Self {
        Self { declared, description, newest: None }
    }

    /// The arguments, each with what the documentation says of it unless the resource says it well.
    fn arguments(&self) -> Vec<(&'static str, Option<&'static str>)> {
        let by = self.newest.iter().flat_map(|newest| newest.by).map(|(name, description)| (*name, Some(*description)));
        self.declared.key.attributes().map(|name| (name, None)).chain(by).chain([("region", None)]).collect()
    }

    /// The attribute that is given first: the key, or what is given instead of it.
    fn first(&self, config: &Value) -> &'static str {
        let key = self.declared.key.attribute;
        let instead = self.newest.as_ref().and_then(|newest| newest.by.first());
        instead.map(|(name, _)| *name).filter(|_| config.attribute(key).is_null()).unwrap_or(key)
    }

    /// The ARN of the newest object of the list.
    async fn newest(&self, cx: &Context<Aws>, newest: &Newest, config: &Value) -> Result<Value> {
        let aws = cx.client()?.region(config.attribute("region").as_str());
        let (noun, object) = (self.declared.noun, self.declared.object());
        let asked = newest.by.iter().filter(|(name, _)| !config.attribute(name).is_null());
        let member = |name: &'static str| object.attribute(name).map_or(name, |a| a.member_name());
        let mut input = Value::object(asked.clone().map(|(name, _)| (member(name), config.attribute(name).clone())));
        input.set_attribute("max_results", Value::from(100));
        let listed = list(cx, &aws, &newest.list, input, newest.items).await;
        let listed = listed.map_err(|failure| failure.diags(&format!("find the newest {noun}"), object, config))?;
        let (member, value) = newest.only;
        let usable = listed.iter().filter(|item| item.attribute(member).as_str() == Some(value));
        let number = |item: &&Value| item.attribute(newest.number).as_number().and_then(|n| n.to_i64());
        if let Some(found) = usable.max_by_key(number) {
            return Ok(self.declared.arn_in(found).clone());
        }
        let asked =
            asked.map(|(name, _)| format!("{name} = {:?}", config.attribute(name).as_str().unwrap_or_default()));
        let asked = asked.collect::<Vec<_>>().join(" and ");
        let detail = format!(
            "AWS lists {} of {asked}, and none whose status is {value}, in the region {}.",
            match listed.len() {
                0 => format!("no {noun}"),
                1 => format!("1 {noun}"),
                n => format!("{n} {noun}s"),
            },
            aws.region()
        );
        Err(Diag::error(format!("No {noun} found"), detail).at(Path::of(self.first(config))).into())
    }
}

#[async_trait]
impl DataSource<Aws> for &'static Source {
    fn name(&self) -> Text {
        (self.declared.schema)().name.into()
    }

    fn schema(&self) -> Schema {
        let of = (self.declared.schema)();
        let arguments = self.arguments();
        let attributes = of.object.attributes.iter().filter_map(|a| {
            let argument = arguments.iter().find(|(name, _)| *name == a.name);
            if let Some((name, description)) = argument {
                let required = self.newest.is_none() && *name != "region";
                let description = description.map_or_else(|| first_sentence(&a.description), str::to_owned);
                let region = "AWS Region. Defaults to the region of the provider.".to_owned();
                return Some(Attribute {
                    mode: if required { Mode::Required } else { Mode::OptionalComputed },
                    description: if *name == "region" { region } else { description }.into(),
                    validators: a.validators.clone(),
                    ..computed(a)
                });
            }
            if a.tags {
                return Some(Attribute { description: "Tags of the object.".into(), ..computed(a) });
            }
            let left_out =
                a.name == TIMEOUTS || a.name == "tags_all" || self.declared.not_described.contains(&&*a.name);
            (is_described(a) && !left_out).then(|| computed(a))
        });
        let attributes = attributes.collect();
        let mut rules = Vec::new();
        if let Some((instead, others)) = self.newest.as_ref().and_then(|newest| newest.by.split_first()) {
            rules.push(Rule::ExactlyOneOf(vec![self.declared.key.attribute.into(), instead.0.into()]));
            rules.extend(others.iter().map(|(name, _)| Rule::Requires((*name).into(), vec![instead.0.into()])));
        }
        Schema {
            name: of.name.into(),
            subcategory: of.subcategory.clone(),
            description: self.description.into(),
            object: Object { attributes, rules },
            ..Schema::default()
        }
    }

    fn check_config(&self, config: &Value) -> Diags {
        let mut diags = Diags::new();
        if let Some(arn) = config.attribute("arn").as_str().filter(|arn| self.declared.key_in(arn).is_none()) {
            let detail = format!("{arn:?} is not the ARN of a {}.", self.declared.noun);
            diags.push(Diag::error("Invalid ARN", detail).at(Path::of("arn")));
        }
        diags
    }

    async fn read(&self, cx: &Context<Aws>, config: Value) -> Result<Value> {
        let declared = self.declared;
        let mut state = declared.object().null_value();
        for name in declared.key.attributes().chain(["region"]) {
            state.set_attribute(name, config.attribute(name).clone());
        }
        if let Some(newest) = self.newest.as_ref().filter(|_| config.attribute(declared.key.attribute).is_null()) {
            state.set_attribute(declared.key.attribute, self.newest(cx, newest, &config).await?);
        }
        let run = Run { imported: true, ..Run::new(declared, cx, state)? };
        let Some(description) = run.describe().await? else {
            let detail = format!(
                "The region {} has none. If a resource of this configuration creates it, refer to an attribute of that \
                 resource here, or name it in `depends_on`, so that it is created first.",
                run.aws.region()
            );
            let diag = Diag::error(format!("The {} does not exist", run.label), detail);
            return Err(diag.at(Path::of(self.first(&config))).into());
        };
        let mut whole = run.whole_value(&description).await?;
        whole.set_attribute("tags", whole.attribute("tags_all").clone());
        let mut shown = project(&self.schema().object, &whole);
        for (name, _) in self.arguments() {
            if !config.attribute(name).is_null() {
                shown.set_attribute(name, config.attribute(name).clone());
            }
        }
        Ok(shown)
    }
}
