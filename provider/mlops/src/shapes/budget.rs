//! Parts of budgets.

use tfplug::model::Model;
use tfplug::validator::Validator;
use tfplug::value::Value;

use crate::aws::arn;
use crate::services::budgets::plain;

/// Limit of the budget in each period.
#[derive(Clone, Debug, Model)]
pub struct Spend {
    /// Amount, a decimal number.
    #[tf(required, equal(is_same_amount), validate(AMOUNT))]
    amount: String,
    /// Unit: `USD`, the currency of the account for costs, or a unit of usage such as `Hrs`. Defaults to `USD`.
    #[tf(optional, computed, default = "USD")]
    unit: String,
}

/// Source: the service model, NumericValue.
const AMOUNT: Validator = Validator::Text {
    expected: "a decimal number of 0 or more",
    accepts: |s| {
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let (whole, fraction) = s.split_once('.').unwrap_or(("", s));
        digits(whole) && digits(fraction) && !fraction.is_empty()
    },
};

/// Whether two amounts are the same number.
fn is_same_amount(a: &Value, b: &Value) -> bool {
    a.as_str().map(plain) == b.as_str().map(plain)
}

/// Which costs count. AWS counts all of them, unblended, unless set.
#[derive(Clone, Debug, Model)]
pub struct CostTypes {
    /// Whether credits count. Defaults to `true`.
    #[tf(optional, computed, default = true)]
    include_credit: bool,
    /// Whether discounts count. Defaults to `true`.
    #[tf(optional, computed, default = true)]
    include_discount: bool,
    /// Whether subscriptions other than reservations count. Defaults to `true`.
    #[tf(optional, computed, default = true)]
    include_other_subscription: bool,
    /// Whether recurring fees count. Defaults to `true`.
    #[tf(optional, computed, default = true)]
    include_recurring: bool,
    /// Whether refunds count. Defaults to `true`.
    #[tf(optional, computed, default = true)]
    include_refund: bool,
    /// Whether subscriptions count. Defaults to `true`.
    #[tf(optional, computed, default = true)]
    include_subscription: bool,
    /// Whether support fees count. Defaults to `true`.
    #[tf(optional, computed, default = true)]
    include_support: bool,
    /// Whether taxes count. Defaults to `true`.
    #[tf(optional, computed, default = true)]
    include_tax: bool,
    /// Whether upfront fees count. Defaults to `true`.
    #[tf(optional, computed, default = true)]
    include_upfront: bool,
    /// Whether upfront fees are spread over the time that they are paid for. Defaults to `false`.
    #[tf(optional, computed, default = false)]
    use_amortized: bool,
    /// Whether rates are averaged over the accounts of the organization. Defaults to `false`.
    #[tf(optional, computed, default = false)]
    use_blended: bool,
}

/// Notifications, at most 10, each with its subscribers.
#[derive(Clone, Debug, Model)]
pub struct NotificationWithSubscribers {
    #[tf(required)]
    notification: Notification,
    #[tf(required, unordered, validate(Validator::Count { min: 1, max: 11 }))]
    subscribers: Vec<Subscriber>,
}

/// When to notify.
#[derive(Clone, Debug, Model)]
pub struct Notification {
    /// What is compared with the threshold: `ACTUAL`, the costs of the period so far, or `FORECASTED`, those that are expected
    /// at its end. AWS needs about five weeks of costs for a forecast.
    #[tf(required, validate(Validator::OneOf(&["ACTUAL", "FORECASTED"])))]
    notification_type: String,
    /// Comparison: `GREATER_THAN`, `LESS_THAN` or `EQUAL_TO`. Defaults to `GREATER_THAN`.
    #[tf(optional, computed, default = "GREATER_THAN", validate(Validator::OneOf(&["GREATER_THAN", "LESS_THAN", "EQUAL_TO"])))]
    comparison_operator: String,
    /// Threshold, in percent of the limit or in its unit.
    #[tf(required, validate(Validator::Range { min: 0, max: 15_000_000_000_000 }))]
    threshold: f64,
    /// What the threshold is: `PERCENTAGE` or `ABSOLUTE_VALUE`. Defaults to `PERCENTAGE`.
    #[tf(optional, computed, default = "PERCENTAGE", validate(Validator::OneOf(&["PERCENTAGE", "ABSOLUTE_VALUE"])))]
    threshold_type: String,
}

/// Who is notified: 1 to 10 e-mail addresses, and an SNS topic.
#[derive(Clone, Debug, Model)]
pub struct Subscriber {
    /// How: `EMAIL` or `SNS`.
    #[tf(required, validate(Validator::OneOf(&["EMAIL", "SNS"])))]
    subscription_type: String,
    /// E-mail address, or ARN of the SNS topic, whose policy must allow `budgets.amazonaws.com` to publish.
    #[tf(required, validate(ADDRESS))]
    address: String,
}

/// AWS's model takes any text.
const ADDRESS: Validator = Validator::Text {
    expected: "an e-mail address, or the ARN of an SNS topic, such as `arn:aws:sns:eu-west-1:123456789012:costs`",
    accepts: |s| s.contains('@') || arn::SNS_TOPIC.accepts(&s.into()),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_compared_as_numbers() {
        for (a, b, same) in [
            ("100", "100.0", true),
            ("100", "0100.00", true),
            ("0.5", ".5", true),
            ("100", "10", false),
            ("100.5", "100.05", false),
            ("0", "0.0", true),
        ] {
            assert_eq!(is_same_amount(&Value::from(a), &Value::from(b)), same, "{a} {b}");
            assert!(AMOUNT.accepts(&Value::from(a)) && AMOUNT.accepts(&Value::from(b)));
        }
        for wrong in ["", ".", "1.", "-1", "1,5", "1e3"] {
            assert!(!AMOUNT.accepts(&Value::from(wrong)), "{wrong}");
        }
    }
}
