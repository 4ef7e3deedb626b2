//! Values of the attributes of notification topics.

use tfplug::diag::{Diag, Diags};
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use crate::services::topic_policy;

fn is_name(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

/// A topic's name. Source: Amazon SNS API reference, CreateTopic.
pub const NAME: Validator =
    Validator::Text { expected: "1 to 256 letters, digits, hyphens and underscores", accepts: |s| is_name(s, 256) };
/// The beginning of a generated one.
pub const PREFIX: Validator =
    Validator::Text { expected: "1 to 230 letters, digits, hyphens and underscores", accepts: |s| is_name(s, 230) };
/// Who a service is in policies.
pub const SERVICE: Validator = Validator::Text {
    expected: "a service principal, such as `cloudwatch.amazonaws.com`",
    accepts: |s| s.strip_suffix(".amazonaws.com").is_some_and(|service| !service.is_empty()),
};
/// Statements of a topic's policy.
pub const STATEMENTS: Validator =
    Validator::Text { expected: "a JSON list of policy statements without `Resource`", accepts: topic_policy::is_list };
/// The key that AWS keeps for SNS. Nobody can change its policy, which allows no service to use it. Source: Amazon SNS Developer
/// Guide, "Enable compatibility between event sources from AWS services and encrypted topics".
const AWS_KEY: &str = "alias/aws/sns";

/// The services that notify people of what happens to models and costs.
pub fn publishers() -> Value {
    let all = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com"];
    Value::Set(all.map(Value::from).to_vec())
}

/// Whether two lists of policy statements mean the same.
pub fn same_statements(one: &Value, other: &Value) -> bool {
    matches!((one.as_str(), other.as_str()), (Some(one), Some(other)) if topic_policy::are_same(one, other))
}

/// What is wrong with a topic's key, at the attribute `at`, if services are to publish.
pub fn check_key(key: &str, at: &Path) -> Diags {
    let mut diags = Diags::new();
    if key.ends_with(AWS_KEY) {
        let detail = format!(
            "The policy of `{AWS_KEY}` lets no service use the key and cannot be changed, so that no alarm would notify \
             anybody. Give a key of your own whose policy allows the `service_principals` to call `kms:GenerateDataKey*` and \
             `kms:Decrypt`; or `service_principals = []` if only roles publish."
        );
        diags.push(Diag::error("Services cannot publish to a topic with this key", detail).at(at.clone()));
    }
    diags
}
