//! Operations of CloudWatch.

use aws_sdk_cloudwatch::types::Tag;
use tfplug::value::Value;

use super::resource_tags::INDEX;
use super::{from_list, from_text, list, object, tagging, text, texts, typed_operation};
use crate::aws::operation::Operation;
use crate::engine::tagging::Tagging;

/// A tag.
pub(super) fn tag(value: &Value) -> Option<Tag> {
    Some(Tag::builder().set_key(text(value, "key")).set_value(text(value, "value")).build())
}

fn from_tag(tag: &Tag) -> Value {
    object([("key", from_text(tag.key())), ("value", from_text(tag.value()))])
}

const TAGGING: Tagging = tagging!("CloudWatch", cloudwatch, tags, tag_keys, list(tag, from_tag));

/// Tags of dashboards.
pub static TAGS: Tagging = TAGGING;

/// Tags of alarms, many of which are read at a time.
pub static ALARM_TAGS: Tagging = Tagging { index: Some(&INDEX), index_is_complete: true, ..TAGGING };

/// Creates a dashboard, or replaces the body of an existing one.
pub const PUT_DASHBOARD: Operation = typed_operation!(
    "CloudWatch",
    PutDashboard,
    |aws, input| aws
        .cloudwatch()
        .put_dashboard()
        .set_dashboard_name(text(input, "dashboard_name"))
        .set_dashboard_body(text(input, "dashboard_body"))
        .set_tags(list(input, "tags", tag)),
    |answer| {
        let messages = answer
            .dashboard_validation_messages()
            .iter()
            .map(|m| object([("data_path", from_text(m.data_path())), ("message", from_text(m.message()))]));
        object([("dashboard_validation_messages", Value::List(messages.collect()))])
    }
);

/// Describes a dashboard.
pub const GET_DASHBOARD: Operation = typed_operation!(
    "CloudWatch",
    GetDashboard,
    |aws, input| aws.cloudwatch().get_dashboard().set_dashboard_name(text(input, "dashboard_name")),
    |answer| object([
        ("dashboard_arn", from_text(answer.dashboard_arn())),
        ("dashboard_body", from_text(answer.dashboard_body())),
        ("dashboard_name", from_text(answer.dashboard_name())),
    ])
);

/// Lists dashboards.
pub const LIST_DASHBOARDS: Operation = typed_operation!(
    "CloudWatch",
    ListDashboards,
    |aws, input| aws
        .cloudwatch()
        .list_dashboards()
        .set_dashboard_name_prefix(text(input, "dashboard_name_prefix"))
        .set_next_token(text(input, "next_token")),
    |answer| {
        let entry = |entry: &aws_sdk_cloudwatch::types::DashboardEntry| {
            object([
                ("dashboard_name", from_text(entry.dashboard_name())),
                ("dashboard_arn", from_text(entry.dashboard_arn())),
            ])
        };
        object([
            ("dashboard_entries", from_list(answer.dashboard_entries(), entry)),
            ("next_token", from_text(answer.next_token())),
        ])
    }
);

/// Deletes dashboards.
pub const DELETE_DASHBOARDS: Operation = typed_operation!(
    "CloudWatch",
    DeleteDashboards,
    |aws, input| aws.cloudwatch().delete_dashboards().set_dashboard_names(texts(input, "dashboard_names")),
    |_answer| Value::Null
);
