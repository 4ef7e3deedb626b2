//! What CloudWatch's alarms of both types have in common.

use tfplug::model::{Model, Set};
use tfplug::validator::Validator;
use tfplug::value::Value;

use crate::aws::arn;
use crate::engine::key::{self, ArnForm, Key};

/// An alarm's name. Source: CloudWatch API reference, PutMetricAlarm.
pub const NAME: Validator = Validator::Text {
    expected: "1 to 255 characters, none of them a control character",
    accepts: |s| (1..=255).contains(&s.chars().count()) && !s.contains(|c: char| c.is_ascii_control()),
};
/// Source: CloudWatch API reference, PutMetricAlarm.
pub const AT_MOST_FIVE: Validator = Validator::Count { min: 0, max: 5 };
/// Source: CloudWatch API reference, AlarmTagsPropagation.
const TAG_KEYS: Validator = Validator::Count { min: 1, max: 50 };

/// What both types are known by.
pub const KEY: Key = Key {
    member: Some("alarm_name"),
    sent_as: &[("DescribeAlarms", "name", "alarm_names[]"), ("DeleteAlarms", "name", "alarm_names[]")],
    ..key::NAME
};
/// The form of their ARNs.
pub const ARN: ArnForm = ArnForm::regional("cloudwatch", "alarm:{name}");

/// The attributes of [`AlarmActions`], which every update sends.
pub const ACTIONS: [&str; 3] = ["ok_actions", "alarm_actions", "insufficient_data_actions"];

/// What an alarm says and does when its state changes.
#[derive(Clone, Debug, Model)]
pub struct AlarmActions {
    /// Description for people, of at most 1024 characters.
    #[tf(optional, validate(Validator::Length { min: 0, max: 1024 }))]
    alarm_description: Option<String>,
    /// Whether the alarm carries out its actions. Defaults to `true`.
    #[tf(optional, computed, default = true)]
    actions_enabled: bool,
    /// ARNs of at most 5 actions to carry out when the alarm goes to `ALARM`, such as SNS topics or scaling policies.
    #[tf(optional, validate(AT_MOST_FIVE, arn::ALARM_ACTION))]
    alarm_actions: Option<Set<String>>,
    /// ARNs of at most 5 actions to carry out when the alarm goes to `OK`.
    #[tf(optional, validate(AT_MOST_FIVE, arn::ALARM_ACTION))]
    ok_actions: Option<Set<String>>,
    /// ARNs of at most 5 actions to carry out when the alarm goes to `INSUFFICIENT_DATA`.
    #[tf(optional, validate(AT_MOST_FIVE, arn::ALARM_ACTION))]
    insufficient_data_actions: Option<Set<String>>,
    #[tf(optional)]
    action_configuration: Option<ActionConfiguration>,
}

/// What notifications of the alarm contain.
#[derive(Clone, Debug, Model)]
pub struct ActionConfiguration {
    #[tf(required)]
    alarm_tags_propagation: AlarmTagsPropagation,
}

/// Tags of the alarm in its notifications and events.
#[derive(Clone, Debug, Model)]
#[tf(at_most_one_of("included_tag_keys", "excluded_tag_keys"))]
pub struct AlarmTagsPropagation {
    /// Whether notifications contain tags of the alarm. Whoever applies needs `cloudwatch:ListTagsForResource` then.
    #[tf(required)]
    enabled: bool,
    /// Keys of the tags to include. All unless set.
    #[tf(optional, validate(TAG_KEYS, Validator::Length { min: 1, max: 128 }))]
    included_tag_keys: Option<Set<String>>,
    /// Keys of the tags to leave out.
    #[tf(optional, validate(TAG_KEYS, Validator::Length { min: 1, max: 128 }))]
    excluded_tag_keys: Option<Set<String>>,
}

/// The configured actions: the attribute, and the service, region and ARN of each.
pub fn actions(alarm: &Value) -> impl Iterator<Item = (&'static str, arn::Arn)> {
    ACTIONS.into_iter().flat_map(|attribute| {
        let arns = alarm.attribute(attribute).as_elements().unwrap_or_default();
        arns.iter().filter_map(move |a| Some((attribute, arn::Arn::parse(a.as_str()?).ok()?))).collect::<Vec<_>>()
    })
}
