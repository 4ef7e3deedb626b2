//! Subscriptions of notification topics.

use tfplug::context::Context;
use tfplug::diag::{Diag, Diags};
use tfplug::model::Model;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use crate::aws::client::Aws;
use crate::services::subscriptions::{DEFAULT_SCOPE, is_pending, is_same};

/// Those that need nothing but an endpoint. Source: Amazon SNS API reference, Subscribe.
const PROTOCOL: Validator = Validator::OneOf(&["email", "email-json", "http", "https", "lambda", "sms", "sqs"]);
const ENDPOINT: Validator = Validator::Text { expected: "an address, and not empty", accepts: |s| !s.is_empty() };
const SCOPE: Validator = Validator::OneOf(&[DEFAULT_SCOPE, "MessageBody"]);
/// Source: Amazon SNS Developer Guide, "Amazon SNS raw message delivery".
const WITH_RAW_DELIVERY: [&str; 3] = ["http", "https", "sqs"];

/// A subscription.
#[derive(Clone, Debug, Model)]
pub struct Subscription {
    /// Protocol: `email`, `email-json`, `http`, `https`, `lambda`, `sms` or `sqs`. Subscribers by e-mail and HTTP confirm the
    /// subscription themselves.
    #[tf(required, validate(PROTOCOL))]
    protocol: String,
    /// Endpoint that receives the notifications: an e-mail address, a URL, a phone number (`+15555550100`), or the ARN of a
    /// function or queue.
    #[tf(required, validate(ENDPOINT))]
    endpoint: String,
    /// Filter policy, a JSON document: only notifications that match it are delivered. All are unless set.
    #[tf(optional, equal_json, validate(Validator::Json))]
    filter_policy: Option<String>,
    /// What the filter policy applies to: `MessageAttributes` or `MessageBody`. Notifications of CloudWatch alarms have no
    /// message attributes. Defaults to `MessageAttributes`.
    #[tf(optional, computed, default_value(Value::from(DEFAULT_SCOPE)), validate(SCOPE))]
    filter_policy_scope: String,
    /// Whether notifications are delivered without SNS's own JSON around them, to queues and HTTP endpoints only. Defaults to
    /// `false`.
    #[tf(optional, computed, default = false)]
    raw_message_delivery: bool,
}

/// What SNS refuses of a list of subscriptions at the attribute `at`.
pub fn check(subscriptions: &Value, at: &Path) -> Diags {
    let all = subscriptions.as_elements().unwrap_or_default();
    let mut diags = Diags::new();
    for (i, one) in all.iter().enumerate() {
        let protocol = one.attribute(Subscription::PROTOCOL).as_str();
        let raw = one.attribute(Subscription::RAW_MESSAGE_DELIVERY).as_bool() == Some(true);
        if raw && protocol.is_some_and(|p| !WITH_RAW_DELIVERY.contains(&p)) {
            let detail =
                "Only subscriptions of the protocols `http`, `https` and `sqs` can have `raw_message_delivery = true`.";
            let at = at.index(i).attribute(Subscription::RAW_MESSAGE_DELIVERY);
            diags.push(Diag::error("No raw delivery by this protocol", detail).at(at));
        }
        let known =
            [Subscription::PROTOCOL, Subscription::ENDPOINT].iter().all(|a| one.attribute(a).as_str().is_some());
        if known && all.iter().take(i).any(|earlier| is_same(earlier, one)) {
            let detail = "A topic has one subscription of a protocol and endpoint, and two elements describe it.";
            diags.push(Diag::error("The same subscription twice", detail).at(at.index(i)));
        }
    }
    diags
}

/// Described subscriptions in the order of the known ones. A pending one has the settings that are known of it, for SNS does not
/// tell them; one that is not known is shown only if `imported`, for it can only wait for its end.
pub fn in_order_of(known: &Value, described: &Value, shown: &Value, imported: bool) -> Value {
    let known = known.as_elements().unwrap_or_default();
    let all = described.as_elements().unwrap_or_default();
    let shown_as = |d: &Value| shown.as_elements().unwrap_or_default().iter().find(|s| is_same(s, d)).cloned();
    let of_known = known.iter().filter_map(|k| {
        let described = all.iter().find(|d| is_same(d, k))?;
        if is_pending(described) { Some(k.clone()) } else { shown_as(described) }
    });
    let is_new = |d: &&Value| !known.iter().any(|k| is_same(k, d)) && (imported || !is_pending(d));
    let ordered: Vec<Value> = of_known.chain(all.iter().filter(is_new).filter_map(shown_as)).collect();
    if ordered.is_empty() && known.is_empty() { Value::Null } else { Value::List(ordered) }
}

/// Warns of the subscriptions that a response says are `pending`, or `left` though nobody wants them.
pub fn warn(cx: &Context<Aws>, response: &Value, at: &Path) {
    let endpoints = |member: &str| {
        let all = response.attribute(member).as_elements().unwrap_or_default();
        let quoted: Vec<String> = all.iter().filter_map(|e| Some(format!("{:?}", e.as_str()?))).collect();
        Some(quoted.join(", ")).filter(|text| !text.is_empty())
    };
    if let Some(endpoints) = endpoints("pending") {
        let detail = format!(
            "Amazon SNS has sent a request for confirmation to {endpoints}. Until it is confirmed there, the subscription \
             receives nothing, and `pending_subscriptions` has it. Amazon SNS deletes what is not confirmed within 48 \
             hours; the next plan then subscribes it again."
        );
        cx.warn(Diag::warning("A subscription waits for its confirmation", detail).at(at.clone()));
    }
    if let Some(endpoints) = endpoints("left") {
        let detail = format!(
            "The subscription of {endpoints} is not confirmed, and Amazon SNS deletes only confirmed ones. It receives \
             nothing, and Amazon SNS deletes it by itself 48 hours after it was made, unless somebody confirms it until then."
        );
        cx.warn(Diag::warning("A subscription cannot be deleted yet", detail).at(at.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscription(endpoint: &str, arn: &str, policy: &str) -> Value {
        let text = |(name, value): (&'static str, &str)| (name, Value::from(value));
        Value::object(
            [("protocol", "email"), ("endpoint", endpoint), ("subscription_arn", arn), ("filter_policy", policy)]
                .map(text),
        )
    }

    #[test]
    fn what_waits_for_its_confirmation_keeps_what_is_known_of_it() {
        let pending = "PendingConfirmation";
        let described = [("b", pending), ("x", pending), ("a", "arn:a"), ("c", "arn:c")];
        let described = Value::List(described.map(|(endpoint, arn)| subscription(endpoint, arn, "there")).to_vec());
        let known = Value::List(["a", "b", "gone"].map(|endpoint| subscription(endpoint, "", "known")).to_vec());
        let of = |imported| {
            let all = in_order_of(&known, &described, &described, imported);
            let texts = |s: &Value| ["endpoint", "filter_policy"].map(|a| s.attribute(a).as_str().unwrap().to_owned());
            all.as_elements().unwrap().iter().map(|s| texts(s).join(" ")).collect::<Vec<_>>()
        };
        assert_eq!(of(false), ["a there", "b known", "c there"]);
        assert_eq!(of(true), ["a there", "b known", "x there", "c there"]);
        assert_eq!(in_order_of(&Value::Null, &Value::List(Vec::new()), &Value::Null, false), Value::Null);
    }
}
