//! Subscriptions of Amazon SNS topics, as one list.
//!
//! Until somebody confirms it, a subscription has no ARN, and so can neither be described nor changed nor deleted. Source:
//! Amazon SNS API reference, Subscribe, Unsubscribe and ListSubscriptionsByTopic.

use aws_sdk_sns::types::Subscription;
use tfplug::value::Value;

use super::topics::topic_arn;
use super::{from_list, from_text, object, text, typed_operation};
use crate::aws::client::Regional;
use crate::aws::error::AwsError;
use crate::aws::operation::Operation;

/// What a subscription has for an ARN as long as it is not confirmed. Source: github.com/localstack/localstack
/// tests/aws/services/sns/test_sns.snapshot.json.
const PENDING: &str = "PendingConfirmation";
/// The scope of a filter policy that is given none. Source: Amazon SNS API reference, SetSubscriptionAttributes.
pub const DEFAULT_SCOPE: &str = "MessageAttributes";

const FILTER_POLICY: &str = "filter_policy";
const SCOPE: &str = "filter_policy_scope";
const RAW: &str = "raw_message_delivery";

const LIST: Operation = typed_operation!(
    "SNS",
    ListSubscriptionsByTopic,
    |aws, input| aws
        .sns()
        .list_subscriptions_by_topic()
        .set_topic_arn(text(input, "topic_arn"))
        .set_next_token(text(input, "next_token")),
    |answer| {
        let one = |s: &Subscription| {
            object([
                ("protocol", from_text(s.protocol())),
                ("endpoint", from_text(s.endpoint())),
                ("subscription_arn", from_text(s.subscription_arn())),
            ])
        };
        object([
            ("subscriptions", from_list(answer.subscriptions(), one)),
            ("next_token", from_text(answer.next_token())),
        ])
    }
);

const GET_ONE: Operation = typed_operation!(
    "SNS",
    GetSubscriptionAttributes,
    |aws, input| aws.sns().get_subscription_attributes().set_subscription_arn(text(input, "subscription_arn")),
    |answer| {
        let value = |key: &str| answer.attributes().and_then(|all| all.get(key)).map(String::as_str);
        object([
            (FILTER_POLICY, from_text(value("FilterPolicy").filter(|policy| !policy.is_empty()))),
            (SCOPE, Value::from(value("FilterPolicyScope").unwrap_or(DEFAULT_SCOPE))),
            (RAW, Value::from(value("RawMessageDelivery") == Some("true"))),
        ])
    }
);

const SUBSCRIBE_ONE: Operation = typed_operation!(
    "SNS",
    Subscribe,
    |aws, input| {
        let settings = settings(input).into_iter().map(|(name, value)| (name.to_owned(), value));
        aws.sns()
            .subscribe()
            .set_topic_arn(text(input, "topic_arn"))
            .set_protocol(text(input, "protocol"))
            .set_endpoint(text(input, "endpoint"))
            .set_attributes(Some(settings.collect()))
    },
    |answer| object([("subscription_arn", from_text(answer.subscription_arn()))])
);

const SET_ONE: Operation = typed_operation!(
    "SNS",
    SetSubscriptionAttributes,
    |aws, input| aws
        .sns()
        .set_subscription_attributes()
        .set_subscription_arn(text(input, "subscription_arn"))
        .set_attribute_name(text(input, "attribute_name"))
        .set_attribute_value(text(input, "attribute_value")),
    |_answer| Value::Null
);

const UNSUBSCRIBE_ONE: Operation = typed_operation!(
    "SNS",
    Unsubscribe,
    |aws, input| aws.sns().unsubscribe().set_subscription_arn(text(input, "subscription_arn")),
    |_answer| Value::Null
);

/// The settings of a subscription as SNS's attributes, but for what it has by itself: SNS refuses raw delivery where a protocol
/// does not have it, even if it is false, and a scope without a policy.
fn settings(subscription: &Value) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    if let Some(policy) = text(subscription, FILTER_POLICY) {
        all.push(("FilterPolicyScope", text(subscription, SCOPE).unwrap_or_else(|| DEFAULT_SCOPE.to_owned())));
        all.push(("FilterPolicy", policy));
    }
    if subscription.attribute(RAW).as_bool() == Some(true) {
        all.push(("RawMessageDelivery", "true".to_owned()));
    }
    all
}

/// The settings that make a subscription what is wanted, in the order in which SNS takes them: nested filters are only for the
/// body of a message, so its scope comes before them and goes after them.
fn changes(there: &Value, wanted: &Value) -> Vec<(&'static str, Value)> {
    let differs = |member: &str| there.attribute(member) != wanted.attribute(member);
    let json =
        |of: &Value| serde_json::from_str::<serde_json::Value>(&text(of, FILTER_POLICY).unwrap_or_default()).ok();
    let mut all = Vec::new();
    if json(there) != json(wanted) {
        all.push(("FilterPolicy", Value::from(text(wanted, FILTER_POLICY).unwrap_or_default())));
    }
    if differs(SCOPE) && !wanted.attribute(FILTER_POLICY).is_null() {
        all.push(("FilterPolicyScope", wanted.attribute(SCOPE).clone()));
        if wanted.attribute(SCOPE).as_str() != Some(DEFAULT_SCOPE) {
            all.reverse();
        }
    }
    if differs(RAW) {
        let raw = wanted.attribute(RAW).as_bool() == Some(true);
        all.push(("RawMessageDelivery", Value::from(raw.to_string())));
    }
    all
}

/// Whether a described subscription waits for its confirmation.
pub fn is_pending(subscription: &Value) -> bool {
    subscription.attribute("subscription_arn").as_str() == Some(PENDING)
}

/// Whether both are the same subscription of a topic, whatever its settings.
pub fn is_same(one: &Value, other: &Value) -> bool {
    ["protocol", "endpoint"].iter().all(|member| one.attribute(member) == other.attribute(member))
}

/// The subscriptions in a list.
fn all_of<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value.attribute(member).as_elements().unwrap_or_default()
}

/// Adds the subscriptions of the topic of an ARN to its description: `subscriptions`, each with what SNS says of it, and
/// the endpoints of `pending_subscriptions`.
///
/// # Errors
/// What SNS responded.
pub(super) async fn describe(aws: &Regional, topic: &Value, description: &mut Value) -> Result<(), AwsError> {
    let (mut input, mut all, mut pending) = (topic.clone(), Vec::new(), Vec::new());
    loop {
        let page = (LIST.call)(aws, &input).await?;
        for subscription in all_of(&page, "subscriptions") {
            let mut one = subscription.clone();
            if is_pending(&one) {
                pending.push(one.attribute("endpoint").clone());
                one.set_attribute(SCOPE, Value::from(DEFAULT_SCOPE));
                one.set_attribute(RAW, Value::from(false));
            } else if text(&one, "subscription_arn").is_some_and(|arn| arn.starts_with("arn:")) {
                match (GET_ONE.call)(aws, &one).await {
                    Ok(settings) => settings
                        .as_entries()
                        .into_iter()
                        .flatten()
                        .for_each(|(member, value)| one.set_attribute(member, value.clone())),
                    // Somebody has deleted it since.
                    Err(e) if e.is("NotFound") => continue,
                    Err(e) => return Err(e),
                }
            } else {
                // What was deleted is listed for a while, with another word for its ARN.
                continue;
            }
            all.push(one);
        }
        match page.attribute("next_token") {
            Value::Null => break,
            next => input.set_attribute("next_token", next.clone()),
        }
    }
    description.set_attribute("subscriptions", Value::List(all));
    description.set_attribute("pending_subscriptions", Value::List(pending));
    Ok(())
}

/// What makes the described subscriptions those that are wanted: `subscriptions` that are missing, `changed` and `obsolete`
/// ones, and the endpoints of those `left` that cannot be deleted yet. None if there is nothing to do.
pub fn split(input: &Value, description: &Value) -> Vec<Value> {
    let (wanted, there) = (all_of(input, "subscriptions"), all_of(description, "subscriptions"));
    let (mut changed, mut obsolete, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for one in there {
        match (wanted.iter().find(|w| is_same(w, one)), is_pending(one)) {
            (Some(_), true) => {}
            (None, true) => left.push(one.attribute("endpoint").clone()),
            (None, false) => obsolete.push(one.clone()),
            (Some(wanted), false) => changed.extend(changes(one, wanted).into_iter().map(|(name, value)| {
                object([
                    ("subscription_arn", one.attribute("subscription_arn").clone()),
                    ("attribute_name", Value::from(name)),
                    ("attribute_value", value),
                ])
            })),
        }
    }
    let missing: Vec<Value> = wanted.iter().filter(|w| !there.iter().any(|t| is_same(w, t))).cloned().collect();
    if missing.is_empty() && changed.is_empty() && obsolete.is_empty() && left.is_empty() {
        return Vec::new();
    }
    vec![object([
        ("topic_arn", input.attribute("topic_arn").clone()),
        ("subscriptions", Value::List(missing)),
        ("changed", Value::List(changed)),
        ("obsolete", Value::List(obsolete)),
        ("left", Value::List(left)),
    ])]
}

/// Makes, changes and deletes the subscriptions that [`split`] has found. The response has the endpoints of those that are
/// `pending` then, and of those that are `left`.
pub const SUBSCRIBE: Operation = Operation {
    call: |aws, input| {
        Box::pin(async move {
            let topic = Value::from(topic_arn(aws, input).await?.to_string());
            let mut pending = Vec::new();
            for subscription in all_of(input, "subscriptions") {
                let mut one = subscription.clone();
                one.set_attribute("topic_arn", topic.clone());
                let answer = (SUBSCRIBE_ONE.call)(aws, &one).await?;
                if !text(&answer, "subscription_arn").is_some_and(|arn| arn.starts_with("arn:")) {
                    pending.push(one.attribute("endpoint").clone());
                }
            }
            for setting in all_of(input, "changed") {
                (SET_ONE.call)(aws, setting).await?;
            }
            for subscription in all_of(input, "obsolete") {
                (UNSUBSCRIBE_ONE.call)(aws, subscription).await?;
            }
            Ok(object([("pending", Value::List(pending)), ("left", input.attribute("left").clone())]))
        })
    },
    #[cfg(test)]
    input: || {
        let mut all = super::topics::texts_of(&[".topic_arn"]);
        all.extend(members());
        all
    },
    ..SUBSCRIBE_ONE
};

/// The members of the list.
#[cfg(test)]
pub(super) fn members() -> crate::aws::operation::Members {
    let mut all = super::topics::texts_of(&[
        ".subscriptions[*].protocol",
        ".subscriptions[*].endpoint",
        ".subscriptions[*].filter_policy",
        ".subscriptions[*].filter_policy_scope",
    ]);
    all.insert(".subscriptions[*].raw_message_delivery".to_owned(), aws_smithy_schema::ShapeType::Boolean);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscription(endpoint: &str, arn: &str, policy: &str, scope: &str) -> Value {
        object([
            ("protocol", Value::from("sqs")),
            ("endpoint", Value::from(endpoint)),
            ("subscription_arn", Value::from(arn)),
            (FILTER_POLICY, if policy.is_empty() { Value::Null } else { Value::from(policy) }),
            (SCOPE, Value::from(scope)),
            (RAW, Value::from(false)),
        ])
    }

    fn split_of(wanted: Vec<Value>, there: Vec<Value>) -> Vec<Value> {
        let of = |all| object([("topic_arn", Value::from("t")), ("subscriptions", Value::List(all))]);
        split(&of(wanted), &of(there))
    }

    #[test]
    fn only_what_differs_is_changed_and_what_is_pending_is_left_alone() {
        let plain = |endpoint: &str, arn: &str| subscription(endpoint, arn, "", DEFAULT_SCOPE);
        assert_eq!(split_of(vec![plain("a", ""), plain("p", "")], vec![plain("p", PENDING), plain("a", "arn:a")]), []);
        let [changes] = &split_of(vec![plain("b", "")], vec![plain("a", "arn:a"), plain("p", PENDING)])[..] else {
            panic!()
        };
        let endpoints =
            |member| all_of(changes, member).iter().map(|s| text(s, "endpoint").unwrap()).collect::<Vec<_>>();
        assert_eq!((endpoints("subscriptions"), endpoints("obsolete")), (vec!["b".into()], vec!["a".into()]));
        assert_eq!(*changes.attribute("left"), Value::List(vec![Value::from("p")]));
    }

    #[test]
    fn the_scope_comes_before_a_filter_that_needs_it_and_goes_after_it() {
        let (body, flat) = (r#"{"a":{"b":["c"]}}"#, r#"{"a":["c"]}"#);
        let of = |policy, scope| subscription("a", "arn:a", policy, scope);
        let names = |all: Vec<(&'static str, Value)>| all.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        let (nested, plain) = (of(body, "MessageBody"), of(flat, DEFAULT_SCOPE));
        assert_eq!(names(changes(&plain, &nested)), ["FilterPolicyScope", "FilterPolicy"]);
        assert_eq!(names(changes(&nested, &plain)), ["FilterPolicy", "FilterPolicyScope"]);
        assert_eq!(names(changes(&nested, &of("", DEFAULT_SCOPE))), ["FilterPolicy"]);
        assert_eq!(names(changes(&plain, &of(r#"{ "a": ["c"] }"#, DEFAULT_SCOPE))), Vec::<&str>::new());
    }
}
