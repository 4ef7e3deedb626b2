//! Operations of the services beside SageMaker. Their SDKs have a type and a builder for each operation, and no way to read
//! and write these as a whole, so each operation says how its members get in and out.

pub mod alarms;
pub mod anomaly_detectors;
pub mod application_auto_scaling;
pub mod budgets;
pub mod cloudwatch;
pub mod event_rules;
pub mod log_groups;
pub mod network_interfaces;
pub mod off_hours;
pub mod resource_tags;
pub mod sagemaker_runtime;
pub mod scaling_policies;
pub mod scheduled_actions;
pub mod schedules;
pub mod subscriptions;
pub mod topic_policy;
pub mod topics;

use std::collections::HashMap;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use tfplug::number::Number;
use tfplug::value::Value;

/// Makes an [`Operation`](crate::aws::operation::Operation) from a call of an SDK: a function from the clients and the input
/// to the request, and one from the answer to a value.
macro_rules! typed_operation {
    ($service:literal, $name:ident, |$aws:ident, $input:ident| $request:expr, |$answer:ident| $read:expr) => {
        $crate::aws::operation::Operation {
            service: $service,
            name: stringify!($name),
            token: None,
            call: |$aws, $input| {
                Box::pin(async move {
                    let sent = $request.send().await;
                    let $answer = sent.map_err(|e| $crate::aws::error::aws_error($service, stringify!($name), e))?;
                    Ok($read)
                })
            },
            #[cfg(test)]
            input: || $crate::services::members::of($service, stringify!($name), "input"),
            #[cfg(test)]
            output: || $crate::services::members::of($service, stringify!($name), "output"),
        }
    };
}

pub(crate) use typed_operation;

/// Makes the [`Tagging`](crate::engine::tagging::Tagging) of a service that has TagResource, UntagResource and
/// ListTagsForResource: `tagging!("Budgets", budgets, resource_tags, resource_tag_keys, list(tag, from_tag))`, with the names of
/// the members that hold tags and keys, and how a tag is written and read; `map` where tags are a map of texts.
macro_rules! tagging {
    ($service:literal, $client:ident, $tags:ident, $keys:ident, map) => {
        $crate::services::tagging!(
            $service, $client, $tags, $keys, true,
            |input| $crate::services::text_map(input, "tags"),
            |tags| $crate::services::from_text_map(tags)
        )
    };
    ($service:literal, $client:ident, $tags:ident, $keys:ident, list($write:expr, $read:expr)) => {
        $crate::services::tagging!(
            $service, $client, $tags, $keys, false,
            |input| $crate::services::list(input, "tags", $write),
            |tags| ::tfplug::value::Value::List(tags.iter().map($read).collect())
        )
    };
    ($service:literal, $client:ident, $tags:ident, $keys:ident, $as_map:literal, |$input:ident| $write:expr, |$found:ident| $read:expr) => {
        ::paste::paste! {
            $crate::engine::tagging::Tagging {
                list: $crate::services::typed_operation!(
                    $service,
                    ListTagsForResource,
                    |aws, $input| {
                        let arn = $crate::services::text($input, "resource_arn");
                        aws.$client().list_tags_for_resource().set_resource_arn(arn)
                    },
                    |answer| {
                        let $found = answer.$tags();
                        $crate::services::object([("tags", $read)])
                    }
                ),
                add: $crate::aws::operation::Operation {
                    #[cfg(test)]
                    input: || $crate::services::members::renamed($service, "TagResource", stringify!($tags), "tags"),
                    ..$crate::services::typed_operation!(
                        $service,
                        TagResource,
                        |aws, $input| {
                            let arn = $crate::services::text($input, "resource_arn");
                            aws.$client().tag_resource().set_resource_arn(arn).[<set_ $tags>]($write)
                        },
                        |_answer| ::tfplug::value::Value::Null
                    )
                },
                remove: $crate::aws::operation::Operation {
                    #[cfg(test)]
                    input: || $crate::services::members::renamed($service, "UntagResource", stringify!($keys), "tag_keys"),
                    ..$crate::services::typed_operation!(
                        $service,
                        UntagResource,
                        |aws, $input| {
                            let arn = $crate::services::text($input, "resource_arn");
                            let keys = $crate::services::texts($input, "tag_keys");
                            aws.$client().untag_resource().set_resource_arn(arn).[<set_ $keys>](keys)
                        },
                        |_answer| ::tfplug::value::Value::Null
                    )
                },
                arn: "resource_arn",
                sent_as: stringify!($tags),
                as_map: $as_map,
                page: None,
                index: None,
                index_is_complete: false,
            }
        }
    };
}

pub(crate) use tagging;

/// A member that is a text.
pub(crate) fn text(input: &Value, member: &str) -> Option<String> {
    input.attribute(member).as_str().map(str::to_owned)
}

/// A member that is a list of texts.
pub(crate) fn texts(input: &Value, member: &str) -> Option<Vec<String>> {
    let elements = input.attribute(member).as_elements()?;
    Some(elements.iter().filter_map(|e| e.as_str().map(str::to_owned)).collect())
}

/// A member that is one of the SDK's enums.
pub(crate) fn symbol<T: for<'a> From<&'a str>>(input: &Value, member: &str) -> Option<T> {
    input.attribute(member).as_str().map(T::from)
}

/// A member that is a whole number of 32 bits.
pub(crate) fn integer(input: &Value, member: &str) -> Option<i32> {
    input.attribute(member).as_number()?.to_i64()?.try_into().ok()
}

/// A member that is a number.
pub(crate) fn double(input: &Value, member: &str) -> Option<f64> {
    input.attribute(member).as_number().map(Number::to_f64)
}

/// A member that is true or false.
pub(crate) fn boolean(input: &Value, member: &str) -> Option<bool> {
    input.attribute(member).as_bool()
}

/// A member that is a time, in RFC 3339 format.
pub(crate) fn time(input: &Value, member: &str) -> Option<DateTime> {
    DateTime::from_str(input.attribute(member).as_str()?, Format::DateTimeWithOffset).ok()
}

/// A member that is a map of texts.
pub(crate) fn text_map(input: &Value, member: &str) -> Option<HashMap<String, String>> {
    let entries = input.attribute(member).as_entries()?;
    Some(entries.iter().filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect())
}

/// A member that is a structure, by a function. Schemas rule out that it lacks a required member.
pub(crate) fn structure<T, I: IntoIterator<Item = T>>(
    input: &Value,
    member: &str,
    read: impl Fn(&Value) -> I,
) -> Option<T> {
    Some(input.attribute(member)).filter(|v| !v.is_null()).and_then(|v| read(v).into_iter().next())
}

/// A map of texts of an answer.
pub(crate) fn from_text_map(map: Option<&HashMap<String, String>>) -> Value {
    Value::Map(map.into_iter().flatten().map(|(k, v)| (k.clone(), Value::from(v.as_str()))).collect())
}

/// A text of an answer.
pub(crate) fn from_text(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

/// A number of an answer.
pub(crate) fn from_double(number: Option<f64>) -> Value {
    number.and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}

/// A whole number of an answer.
pub(crate) fn from_integer(number: Option<i32>) -> Value {
    number.map_or(Value::Null, |n| Value::from(i64::from(n)))
}

/// True or false of an answer.
pub(crate) fn from_boolean(value: Option<bool>) -> Value {
    value.map_or(Value::Null, Value::from)
}

/// A time of an answer.
pub(crate) fn from_time(time: &DateTime) -> Value {
    time.fmt(Format::DateTime).map_or(Value::Null, Value::from)
}

/// A list of an answer. SDKs do not tell an empty one from none.
pub(crate) fn from_list<T>(elements: &[T], each: impl Fn(&T) -> Value) -> Value {
    if elements.is_empty() { Value::Null } else { Value::List(elements.iter().map(each).collect()) }
}

/// A list of structures, each by a function. Schemas rule out that one lacks a required member.
pub(crate) fn list<T, I: IntoIterator<Item = T>>(
    input: &Value,
    member: &str,
    each: impl Fn(&Value) -> I,
) -> Option<Vec<T>> {
    Some(input.attribute(member).as_elements()?.iter().flat_map(each).collect())
}

/// An object of some members.
pub(crate) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::object(members)
}

#[cfg(test)]
pub(crate) mod members;
