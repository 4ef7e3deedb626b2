//! Tags by operations of their own, which most services have alike: list, add, remove.

use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::schema::Object;
use tfplug::value::Value;

use crate::aws::batch::Batch;
use crate::aws::client::{Aws, Regional};
use crate::aws::operation::{NEVER, Operation, call};
use crate::aws::tags::{Tags, changes, from_value, to_value};

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
    /// The member of a creation's input that takes tags.
    pub sent_as: &'static str,
    /// Whether the API has tags as a map, not as a list of objects with `key` and `value`.
    pub as_map: bool,
    /// The member and value that ask for the largest page of the list.
    pub page: Option<(&'static str, i64)>,
    /// Where the tags of many objects are read by one call, by ARN. It may be behind the service itself by seconds.
    pub index: Option<&'static Batch>,
    /// Whether what the index lacks has no tags. Else the service itself has to be asked of it.
    pub index_is_complete: bool,
}

/// The tags in the member `tags` of an answer, in either shape.
pub(super) fn read(answer: &Value, tags: &mut Tags) {
    let found = answer.attribute("tags");
    let pairs = found.as_elements().unwrap_or_default().iter();
    tags.extend(pairs.filter_map(|pair| {
        let text = |name| pair.attribute(name).as_str().map(str::to_owned);
        Some((text("key")?, text("value")?))
    }));
    tags.extend(from_value(found));
}

impl Tagging {
    /// Tags in the API's shape.
    pub fn to_api(&self, tags: &Tags) -> Value {
        let pair = |(k, v): (&String, &String)| {
            Value::object([("key", Value::from(k.as_str())), ("value", Value::from(v.as_str()))])
        };
        if self.as_map { to_value(tags) } else { Value::List(tags.iter().map(pair).collect()) }
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
            read(&answer, &mut tags);
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
