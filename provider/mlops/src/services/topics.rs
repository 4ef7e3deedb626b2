//! Operations of Amazon SNS on topics.
//!
//! SNS has the settings of a topic in a map of texts, sets one by a call, and knows a topic by its ARN. Here each setting is a
//! member, and the member `topic_arn` takes the name, which is what tells whether a topic exists before it is made.

use aws_sdk_sns::types::Tag;
use tfplug::value::Value;

use super::resource_tags::INDEX;
use super::subscriptions;
use super::topic_policy::{compose, take_apart};
use super::{from_list, from_text, list, object, tagging, text, texts, typed_operation};
use crate::aws::arn::{self, Arn};
use crate::aws::client::Regional;
use crate::aws::error::AwsError;
use crate::aws::names;
use crate::aws::operation::Operation;
use crate::engine::tagging::Tagging;

/// The settings that are texts: the member, and the key in the map. Source: Amazon SNS API reference, SetTopicAttributes.
const SETTINGS: [(&str, &str); 2] = [("display_name", "DisplayName"), ("kms_master_key_id", "KmsMasterKeyId")];
/// How the `Id` of a policy begins that a creation has sent; the time in milliseconds follows, and what makes it unique.
const ID_PREFIX: &str = "terraform-";

#[cfg(test)]
const POLICY_MEMBERS: [&str; 2] = [".service_principals[*]", ".policy_statements"];

/// The ARN of the topic that the member `topic_arn` names, by its name.
///
/// # Errors
/// Why STS did not say which account it is, where that is not known.
pub(super) async fn topic_arn(aws: &Regional, input: &Value) -> Result<Arn, AwsError> {
    named(aws, &text(input, "topic_arn").unwrap_or_default()).await
}

async fn named(aws: &Regional, name: &str) -> Result<Arn, AwsError> {
    let account = aws.account_id().await?;
    Ok(Arn::new(arn::partition(aws.region()).id, "sns", aws.region(), &account, name))
}

/// The input with the ARN in the place of the name.
async fn by_arn(aws: &Regional, input: &Value) -> Result<Value, AwsError> {
    let mut input = input.clone();
    input.set_attribute("topic_arn", Value::from(topic_arn(aws, &input).await?.to_string()));
    Ok(input)
}

fn policy_of(topic: &Arn, id: &str, input: &Value) -> Value {
    let services = texts(input, "service_principals").unwrap_or_default();
    Value::from(compose(topic, id, &services, text(input, "policy_statements").as_deref()))
}

/// When a topic was created, in milliseconds since 1970, if its policy is still the one of its creation.
pub fn created(description: &Value) -> Option<i64> {
    let id = description.attribute("policy_id").as_str()?.strip_prefix(ID_PREFIX)?;
    id.get(..15)?.parse().ok()
}

fn tag(value: &Value) -> Option<Tag> {
    Tag::builder().set_key(text(value, "key")).set_value(text(value, "value")).build().ok()
}

fn from_tag(tag: &Tag) -> Value {
    object([("key", Value::from(tag.key())), ("value", Value::from(tag.value()))])
}

/// Tags of topics.
pub static TAGS: Tagging = Tagging {
    index: Some(&INDEX),
    index_is_complete: true,
    ..tagging!("SNS", sns, tags, tag_keys, list(tag, from_tag))
};

/// Lists topics. A topic is its ARN, which has the name.
pub const LIST_TOPICS: Operation = typed_operation!(
    "SNS",
    ListTopics,
    |aws, input| aws.sns().list_topics().set_next_token(text(input, "next_token")),
    |answer| {
        let topic = |topic: &aws_sdk_sns::types::Topic| object([("topic_arn", from_text(topic.topic_arn()))]);
        object([("topics", from_list(answer.topics(), topic)), ("next_token", from_text(answer.next_token()))])
    }
);

const CREATE: Operation = typed_operation!(
    "SNS",
    CreateTopic,
    |aws, input| {
        let settings = SETTINGS.iter().chain([&("policy", "Policy")]);
        let settings = settings.filter_map(|(member, key)| Some(((*key).to_owned(), text(input, member)?)));
        aws.sns()
            .create_topic()
            .set_name(text(input, "name"))
            .set_attributes(Some(settings.collect()))
            .set_data_protection_policy(text(input, "data_protection_policy"))
            .set_tags(list(input, "tags", tag))
    },
    |answer| object([("topic_arn", from_text(answer.topic_arn()))])
);

/// Creates a topic. SNS would return an existing one of the same settings; the `Id` of the policy is that of one creation only,
/// so that it does not. It also says when that was, which nothing else of a topic does.
pub const CREATE_TOPIC: Operation = Operation {
    call: |aws, input| {
        Box::pin(async move {
            let topic = named(aws, &text(input, "name").unwrap_or_default()).await?;
            let mut input = input.clone();
            let id = format!("{ID_PREFIX}{:015}-{}", aws.now(), &names::generate("")[15..]);
            input.set_attribute("policy", policy_of(&topic, &id, &input));
            (CREATE.call)(aws, &input).await
        })
    },
    #[cfg(test)]
    input: || {
        let mut all = (CREATE.input)();
        all.retain(|path, _| !path.starts_with(".attributes"));
        all.extend(texts_of(&[".display_name", ".kms_master_key_id"]));
        all.extend(texts_of(&POLICY_MEMBERS));
        all
    },
    ..CREATE
};

/// Members that are texts.
#[cfg(test)]
pub(super) fn texts_of(paths: &[&str]) -> crate::aws::operation::Members {
    paths.iter().map(|path| ((*path).to_owned(), aws_smithy_schema::ShapeType::String)).collect()
}

const GET: Operation = typed_operation!(
    "SNS",
    GetTopicAttributes,
    |aws, input| aws.sns().get_topic_attributes().set_topic_arn(text(input, "topic_arn")),
    |answer| {
        let value = |key: &str| from_text(answer.attributes().and_then(|all| all.get(key)).map(String::as_str));
        let settings = SETTINGS.iter().map(|(member, key)| (*member, value(key)));
        Value::object(settings.chain([("topic_arn", value("TopicArn")), ("policy", value("Policy"))]))
    }
);

/// Describes the topic of a name, with its subscriptions.
pub const GET_TOPIC: Operation = Operation {
    call: |aws, input| {
        Box::pin(async move {
            let topic = topic_arn(aws, input).await?;
            let input = object([("topic_arn", Value::from(topic.to_string()))]);
            let mut found = (GET.call)(aws, &input).await?;
            let parts = take_apart(&topic, found.attribute("policy").as_str().unwrap_or_default());
            let services = parts.services.into_iter().map(Value::from).collect();
            found.set_attribute("name", Value::from(topic.resource.as_str()));
            found.set_attribute("service_principals", Value::List(services));
            found.set_attribute("policy_statements", from_text(parts.statements.as_deref()));
            found.set_attribute("policy_id", from_text(parts.id.as_deref()));
            subscriptions::describe(aws, &input, &mut found).await?;
            Ok(found)
        })
    },
    #[cfg(test)]
    output: || {
        let mut all = texts_of(&[".display_name", ".kms_master_key_id", ".topic_arn", ".pending_subscriptions[*]"]);
        all.extend(texts_of(&POLICY_MEMBERS));
        all.extend(subscriptions::members());
        all
    },
    ..GET
};

const SET: Operation = typed_operation!(
    "SNS",
    SetTopicAttributes,
    |aws, input| aws
        .sns()
        .set_topic_attributes()
        .set_topic_arn(text(input, "topic_arn"))
        .set_attribute_name(text(input, "attribute_name"))
        .set_attribute_value(text(input, "attribute_value")),
    |_answer| Value::Null
);

async fn set(aws: &Regional, topic: &Arn, name: &str, value: &Value) -> Result<Value, AwsError> {
    let input = object([
        ("topic_arn", Value::from(topic.to_string())),
        ("attribute_name", Value::from(name)),
        ("attribute_value", value.clone()),
    ]);
    (SET.call)(aws, &input).await
}

/// Sets each of the settings that are given; an empty one is removed.
pub const SET_TOPIC: Operation = Operation {
    call: |aws, input| {
        Box::pin(async move {
            let topic = topic_arn(aws, input).await?;
            for (member, key) in SETTINGS.iter().filter(|(member, _)| !input.attribute(member).is_null()) {
                set(aws, &topic, key, input.attribute(member)).await?;
            }
            Ok(Value::Null)
        })
    },
    #[cfg(test)]
    input: || texts_of(&[".topic_arn", ".display_name", ".kms_master_key_id"]),
    ..SET
};

/// Sets who may publish.
pub const SET_TOPIC_POLICY: Operation = Operation {
    call: |aws, input| {
        Box::pin(async move {
            let topic = topic_arn(aws, input).await?;
            set(aws, &topic, "Policy", &policy_of(&topic, "terraform", input)).await
        })
    },
    #[cfg(test)]
    input: || {
        let mut all = texts_of(&[".topic_arn"]);
        all.extend(texts_of(&POLICY_MEMBERS));
        all
    },
    ..SET
};

const DELETE: Operation = typed_operation!(
    "SNS",
    DeleteTopic,
    |aws, input| aws.sns().delete_topic().set_topic_arn(text(input, "topic_arn")),
    |_answer| Value::Null
);

/// Deletes the topic of a name, with its subscriptions.
pub const DELETE_TOPIC: Operation = Operation {
    call: |aws, input| Box::pin(async move { (DELETE.call)(aws, &by_arn(aws, input).await?).await }),
    ..DELETE
};
