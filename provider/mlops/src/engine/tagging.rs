//! Tags by operations of their own, which most services have alike: list, add, remove.

use std::collections::BTreeMap;

use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::schema::Object;
use tfplug::value::Value;

use crate::aws::client::{Aws, Regional};
use crate::aws::operation::{NEVER, Operation, call};
use crate::aws::tags::{Tags, changes};

/// How a service tags its objects.
#[derive(Clone, Copy, Debug)]
pub struct Tagging {
    /// Lists the tags of an object, in the member `tags` of its answer.
    pub list: Operation,
    /// Adds tags and changes their values: the member `tags` of its input.
    pub add: Operation,
    /// Removes tags by their keys: the member `tag_keys` of its input.
    pub remove: Operation,
    /// The member that the object's ARN is sent as.
    pub arn: &'static str,
    /// The form of the tags.
    pub shape: TagShape,
    /// The member of a creation's input that takes tags; empty: they are added after the creation.
    pub sent_as: &'static str,
    /// The member and value that ask for the largest page of the list.
    pub page: Option<(&'static str, i64)>,
}

/// The form that a service gives tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagShape {
    /// A list of objects with `key` and `value`.
    Pairs,
    /// A map.
    Map,
}

impl Tagging {
    /// Tags in the API's shape.
    pub fn to_api(&self, tags: &Tags) -> Value {
        let pair = |(k, v): (&String, &String)| match self.shape {
            TagShape::Pairs => Value::object([("key", Value::from(k.as_str())), ("value", Value::from(v.as_str()))]),
            TagShape::Map => Value::from(v.as_str()),
        };
        match self.shape {
            TagShape::Pairs => Value::List(tags.iter().map(pair).collect()),
            TagShape::Map => Value::Map(tags.iter().map(|(k, v)| (k.clone(), pair((k, v)))).collect()),
        }
    }

    fn read(&self, answer: &Value, tags: &mut Tags) {
        let found = answer.attribute("tags");
        let pairs = found.as_elements().unwrap_or_default().iter();
        tags.extend(pairs.filter_map(|pair| {
            let text = |name| pair.attribute(name).as_str().map(str::to_owned);
            Some((text("key")?, text("value")?))
        }));
        let entries = found.as_entries().into_iter().flat_map(BTreeMap::iter);
        tags.extend(entries.filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))));
    }

    /// All tags of an object.
    ///
    /// # Errors
    /// What AWS answered.
    pub async fn list(&self, cx: &Context<Aws>, aws: &Regional, arn: &str, label: &str) -> Result<Tags> {
        let mut tags = Tags::new();
        let mut input = Value::object([(self.arn, Value::from(arn))]);
        if let Some((member, size)) = self.page {
            input.set_attribute(member, Value::from(size));
        }
        loop {
            let answer = call(cx, aws, &self.list, &input, NEVER).await.map_err(|failure| {
                failure.diags(&format!("list the tags of the {label}"), &Object::default(), &Value::Null)
            })?;
            self.read(&answer, &mut tags);
            let next = answer.attribute("next_token");
            if next.is_null() {
                return Ok(tags);
            }
            input.set_attribute("next_token", next.clone());
        }
    }

    /// Changes the tags of an object, if they differ.
    ///
    /// # Errors
    /// What AWS answered.
    pub async fn change(
        &self,
        cx: &Context<Aws>,
        aws: &Regional,
        arn: &str,
        prior: &Tags,
        wanted: &Tags,
        label: &str,
    ) -> Result<()> {
        let (set, removed) = changes(prior, wanted);
        let arn = || (self.arn, Value::from(arn));
        let keys = removed.into_iter().map(Value::from).collect::<Vec<_>>();
        let calls = [
            (!keys.is_empty(), &self.remove, Value::object([arn(), ("tag_keys", Value::List(keys))])),
            (!set.is_empty(), &self.add, Value::object([arn(), ("tags", self.to_api(&set))])),
        ];
        for (_, operation, input) in calls.iter().filter(|(needed, ..)| *needed) {
            call(cx, aws, operation, input, NEVER).await.map_err(|failure| {
                failure.diags(&format!("change the tags of the {label}"), &Object::default(), &Value::Null)
            })?;
        }
        Ok(())
    }
}
