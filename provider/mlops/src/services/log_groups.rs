//! Operations of CloudWatch Logs on log groups.

use aws_sdk_cloudwatchlogs::types::LogGroup;
use aws_smithy_types::DateTime;
use tfplug::value::Value;

use super::resource_tags::INDEX;
use super::{
    boolean, from_boolean, from_integer, from_list, from_text, from_time, integer, object, symbol, tagging, text,
    text_map, texts, typed_operation,
};
use crate::aws::arn::{self, Arn};
use crate::aws::client::Regional;
use crate::aws::operation::{Calling, Operation};
use crate::engine::tagging::Tagging;

/// Tags of log groups.
pub static TAGS: Tagging =
    Tagging { index: Some(&INDEX), index_is_complete: true, ..tagging!("CloudWatch Logs", logs, tags, tag_keys, map) };

fn from_group(group: &LogGroup) -> Value {
    object([
        ("log_group_name", from_text(group.log_group_name())),
        ("creation_time", group.creation_time().map_or(Value::Null, |at| from_time(&DateTime::from_millis(at)))),
        ("retention_in_days", from_integer(group.retention_in_days())),
        ("kms_key_id", from_text(group.kms_key_id())),
        ("log_group_class", from_text(group.log_group_class().map(|class| class.as_str()))),
        ("log_group_arn", from_text(group.log_group_arn())),
        ("deletion_protection_enabled", from_boolean(group.deletion_protection_enabled())),
    ])
}

/// Creates a log group.
pub const CREATE_LOG_GROUP: Operation = typed_operation!(
    "CloudWatch Logs",
    CreateLogGroup,
    |aws, input| aws
        .logs()
        .create_log_group()
        .set_log_group_name(text(input, "log_group_name"))
        .set_kms_key_id(text(input, "kms_key_id"))
        .set_log_group_class(symbol(input, "log_group_class"))
        .set_deletion_protection_enabled(boolean(input, "deletion_protection_enabled"))
        .set_tags(text_map(input, "tags")),
    |_answer| Value::Null
);

/// Describes log groups.
pub const LIST_LOG_GROUPS: Operation = typed_operation!(
    "CloudWatch Logs",
    DescribeLogGroups,
    |aws, input| aws
        .logs()
        .describe_log_groups()
        .set_account_identifiers(texts(input, "account_identifiers"))
        .set_log_group_name_prefix(text(input, "log_group_name_prefix"))
        .set_log_group_name_pattern(text(input, "log_group_name_pattern"))
        .set_next_token(text(input, "next_token"))
        .set_limit(integer(input, "limit"))
        .set_include_linked_accounts(boolean(input, "include_linked_accounts"))
        .set_log_group_class(symbol(input, "log_group_class"))
        .set_log_group_identifiers(texts(input, "log_group_identifiers")),
    |answer| object([
        ("log_groups", from_list(answer.log_groups(), from_group)),
        ("next_token", from_text(answer.next_token())),
    ])
);

/// Describes the log group of a name, which is sent as a prefix: it comes before all that it is a prefix of.
pub const DESCRIBE_LOG_GROUP: Operation = Operation { call: describe, ..LIST_LOG_GROUPS };

fn describe<'a>(aws: &'a Regional, input: &'a Value) -> Calling<'a> {
    Box::pin(async move {
        let listed = (LIST_LOG_GROUPS.call)(aws, input).await?;
        let groups = listed.attribute("log_groups").as_elements().unwrap_or_default().iter();
        let prefix = input.attribute("log_group_name_prefix");
        let own = groups.filter(|group| group.attribute("log_group_name") == prefix).cloned().collect();
        Ok(object([("log_groups", Value::List(own))]))
    })
}

/// Sets how long a log group keeps events.
const SET_RETENTION: Operation = typed_operation!(
    "CloudWatch Logs",
    PutRetentionPolicy,
    |aws, input| aws
        .logs()
        .put_retention_policy()
        .set_log_group_name(text(input, "log_group_name"))
        .set_retention_in_days(integer(input, "retention_in_days")),
    |_answer| Value::Null
);
const KEEP_FOR_EVER: Operation = typed_operation!(
    "CloudWatch Logs",
    DeleteRetentionPolicy,
    |aws, input| aws.logs().delete_retention_policy().set_log_group_name(text(input, "log_group_name")),
    |_answer| Value::Null
);

/// Sets how long a log group keeps events: for ever without `retention_in_days`.
pub const PUT_RETENTION_POLICY: Operation = Operation {
    call: |aws, input| match input.attribute("retention_in_days") {
        Value::Null => (KEEP_FOR_EVER.call)(aws, input),
        _ => (SET_RETENTION.call)(aws, input),
    },
    ..SET_RETENTION
};

const SET_KEY: Operation = typed_operation!(
    "CloudWatch Logs",
    AssociateKmsKey,
    |aws, input| aws
        .logs()
        .associate_kms_key()
        .set_log_group_name(text(input, "log_group_name"))
        .set_kms_key_id(text(input, "kms_key_id"))
        .set_resource_identifier(text(input, "resource_identifier")),
    |_answer| Value::Null
);
const REMOVE_KEY: Operation = typed_operation!(
    "CloudWatch Logs",
    DisassociateKmsKey,
    |aws, input| aws.logs().disassociate_kms_key().set_log_group_name(text(input, "log_group_name")),
    |_answer| Value::Null
);

/// Sets the key with which new events are encrypted: that of CloudWatch Logs without `kms_key_id`.
pub const ASSOCIATE_KMS_KEY: Operation = Operation {
    call: |aws, input| match input.attribute("kms_key_id") {
        Value::Null => (REMOVE_KEY.call)(aws, input),
        _ => (SET_KEY.call)(aws, input),
    },
    ..SET_KEY
};

const SET_PROTECTION: Operation = typed_operation!(
    "CloudWatch Logs",
    PutLogGroupDeletionProtection,
    |aws, input| aws
        .logs()
        .put_log_group_deletion_protection()
        .set_log_group_identifier(text(input, "log_group_identifier"))
        .set_deletion_protection_enabled(boolean(input, "deletion_protection_enabled").or(Some(false))),
    |_answer| Value::Null
);

/// Protects the log group of a name from deletion, or ends that. AWS wants its ARN here. Source:
/// github.com/hashicorp/terraform-provider-aws pull request 45298.
pub const PUT_DELETION_PROTECTION: Operation = Operation {
    call: |aws, input| {
        Box::pin(async move {
            let name = text(input, "log_group_identifier").unwrap_or_default();
            let (partition, account) = (arn::partition(aws.region()).id, aws.account_id().await?);
            let arn = Arn::new(partition, "logs", aws.region(), &account, format!("log-group:{name}"));
            let mut input = input.clone();
            input.set_attribute("log_group_identifier", Value::from(arn.to_string()));
            (SET_PROTECTION.call)(aws, &input).await
        })
    },
    ..SET_PROTECTION
};

/// Deletes a log group with all its events.
pub const DELETE_LOG_GROUP: Operation = typed_operation!(
    "CloudWatch Logs",
    DeleteLogGroup,
    |aws, input| aws.logs().delete_log_group().set_log_group_name(text(input, "log_group_name")),
    |_answer| Value::Null
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cli_has_another_name_for_the_service() {
        assert_eq!(DELETE_LOG_GROUP.cli(), "logs delete-log-group");
    }
}
