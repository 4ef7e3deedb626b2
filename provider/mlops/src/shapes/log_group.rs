//! Values of the attributes of log groups.

use tfplug::number::Number;
use tfplug::validator::{Validate, Validator};
use tfplug::value::Value;

/// A log group's name. Source: CloudWatch Logs API reference, CreateLogGroup.
pub const NAME: Validator = Validator::Text {
    expected: "1 to 512 letters, digits and characters of `_-/.#`",
    accepts: |s| (1..=512).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-/.#".contains(&b)),
};
/// Its class.
pub const CLASS: Validator = Validator::OneOf(&["STANDARD", "INFREQUENT_ACCESS"]);
/// For how many days events can be kept.
pub const DAYS: Validator = Validator::Custom(&Days);

#[derive(Debug)]
struct Days;

/// Source: CloudWatch Logs API reference, PutRetentionPolicy.
const ALLOWED: [i64; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

impl Validate for Days {
    fn expected(&self) -> String {
        format!("one of {}", ALLOWED.map(|days| days.to_string()).join(", "))
    }

    fn accepts(&self, value: &Value) -> bool {
        value.as_number().and_then(Number::to_i64).is_some_and(|days| ALLOWED.contains(&days))
    }
}
