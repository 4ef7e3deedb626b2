//! Tags through the SageMaker API, which has the same three operations for every kind of object.

use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::schema::Object;
use tfplug::value::Value;

use crate::aws::client::{Aws, Regional};
use crate::aws::op::{NEVER, Operation, call};
use crate::aws::tags::{Tags, changes};
use crate::operation;

const LIST_TAGS: Operation = operation!(list_tags, ListTags);
const ADD_TAGS: Operation = operation!(add_tags, AddTags);
const DELETE_TAGS: Operation = operation!(delete_tags, DeleteTags);

/// Tags in the API's shape: a list of keys and values.
pub fn to_api(tags: &Tags) -> Value {
    let pair = |(k, v): (&String, &String)| {
        Value::object([("key", Value::from(k.as_str())), ("value", Value::from(v.as_str()))])
    };
    Value::List(tags.iter().map(pair).collect())
}

/// All tags of an object.
///
/// # Errors
/// What AWS responded.
pub async fn list(cx: &Context<Aws>, aws: &Regional, arn: &str, label: &str) -> Result<Tags> {
    let mut tags = Tags::new();
    let mut next = Value::Null;
    loop {
        // ListTags gives 50 at a time unless asked for more, and takes no less than 50.
        let input = Value::object([
            ("resource_arn", Value::from(arn)),
            ("max_results", Value::from(100)),
            ("next_token", next),
        ]);
        let output = call(cx, aws.sagemaker(), &LIST_TAGS, &input, NEVER).await.map_err(|failure| {
            failure.diags(&format!("list the tags of the {label}"), &Object::default(), &Value::Null)
        })?;
        for pair in output.attribute("tags").as_elements().unwrap_or_default() {
            if let (Some(k), Some(v)) = (pair.attribute("key").as_str(), pair.attribute("value").as_str()) {
                tags.insert(k.to_owned(), v.to_owned());
            }
        }
        next = output.attribute("next_token").clone();
        if next.is_null() {
            return Ok(tags);
        }
    }
}

/// Changes the tags of an object, if they differ.
///
/// # Errors
/// What AWS responded.
pub async fn change(
    cx: &Context<Aws>,
    aws: &Regional,
    arn: &str,
    prior: &Tags,
    wanted: &Tags,
    label: &str,
) -> Result<()> {
    let (set, removed) = changes(prior, wanted);
    let arn = || ("resource_arn", Value::from(arn));
    let keys = removed.into_iter().map(Value::from).collect::<Vec<_>>();
    let calls = [
        (!keys.is_empty(), &DELETE_TAGS, Value::object([arn(), ("tag_keys", Value::List(keys))])),
        (!set.is_empty(), &ADD_TAGS, Value::object([arn(), ("tags", to_api(&set))])),
    ];
    for (_, operation, input) in calls.iter().filter(|(needed, ..)| *needed) {
        call(cx, aws.sagemaker(), operation, input, NEVER).await.map_err(|failure| {
            failure.diags(&format!("change the tags of the {label}"), &Object::default(), &Value::Null)
        })?;
    }
    Ok(())
}
