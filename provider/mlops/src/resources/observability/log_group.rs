//! `mlops_log_group`: a log group of CloudWatch Logs, also one that SageMaker has made by itself.
//!
//! Quirks of the API: the creation takes no retention; retention and key are removed by operations of their own; groups are
//! described by a prefix of their names. Source: CloudWatch Logs API reference, CreateLogGroup and DescribeLogGroups.

use tfplug::model::{Model, Root};
use tfplug::validator::Validator;
use tfplug::value::Value;

use crate::aws::arn;
use crate::aws::operation::error;
use crate::engine::key::{self, ArnForm, Key};
use crate::engine::{Adopts, Create, Declared, Delete, Filter, Listing, MovedFrom, Read, UpdateBy};
use crate::services::log_groups::{
    ASSOCIATE_KMS_KEY, CREATE_LOG_GROUP, DELETE_LOG_GROUP, DESCRIBE_LOG_GROUP, LIST_LOG_GROUPS,
    PUT_DELETION_PROTECTION, PUT_RETENTION_POLICY, TAGS,
};
use crate::shapes::fields::Tagged;
use crate::shapes::log_group::{CLASS, DAYS, NAME};

/// A log group of CloudWatch Logs: how long its events are kept, and how they are encrypted.
///
/// SageMaker makes log groups by itself when the first job or endpoint writes to them, without any retention, such as
/// `/aws/sagemaker/TrainingJobs` and `/aws/sagemaker/Endpoints/NAME`. Such a group is adopted, and the plan says so.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "log_group",
    subcategory = "Observability",
    timeouts(create = "5m", update = "5m", delete = "5m"),
    identity("name", optional("region"), derived("account_id"))
)]
pub struct LogGroup {
    /// Name, unique in the account and region, such as `/aws/sagemaker/TrainingJobs`.
    #[tf(required, requires_replace, provider_only, validate(NAME))]
    name: String,
    /// AWS Region. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    /// Number of days for which events are kept. Forever unless set.
    #[tf(optional, validate(DAYS))]
    retention_in_days: Option<i64>,
    /// ARN of the KMS key with which new events are encrypted. The policy of the key must allow CloudWatch Logs to use it.
    #[tf(optional, validate(arn::KMS_KEY))]
    kms_key_id: Option<String>,
    /// Class: `STANDARD`, or `INFREQUENT_ACCESS` for half the price without live tail and metric filters. SageMaker makes groups
    /// of the class `STANDARD`. Defaults to `STANDARD`.
    #[tf(optional, computed, default = "STANDARD", requires_replace, validate(CLASS))]
    log_group_class: String,
    /// Whether AWS refuses to delete the group, also to Terraform. Defaults to `false`.
    #[tf(optional, computed, default = false)]
    deletion_protection_enabled: bool,
    /// Whether a log group of this name that exists already is adopted; otherwise that is an error. Defaults to `true` for names
    /// that begin with `/aws/sagemaker/`, and to `false` for others.
    #[tf(optional, provider_only)]
    adopt_existing: Option<bool>,
    /// What a destroy does: `delete` deletes the group with all its events, `retain` leaves it alone. Defaults to `delete` for a
    /// group that Terraform created, and to `retain` for one that it adopted.
    #[tf(optional, provider_only, validate(Validator::OneOf(&["delete", "retain"])))]
    on_destroy: Option<String>,
    #[tf(embed)]
    tagged: Tagged,
    /// Whether the group existed before Terraform, and was adopted.
    #[tf(computed, provider_only, use_state_for_unknown)]
    adopted: Option<bool>,
    /// ARN of the log group.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
    /// When the log group was created, in RFC 3339 format.
    #[tf(computed, use_state_for_unknown)]
    creation_time: Option<String>,
}

/// How the names begin that SageMaker gives.
const SAGEMAKER: &str = "/aws/sagemaker/";

/// Whether a log group that exists may be adopted.
fn adopts(planned: &Value) -> bool {
    let by_name = || planned.attribute(LogGroup::NAME).as_str().is_some_and(|name| name.starts_with(SAGEMAKER));
    planned.attribute(LogGroup::ADOPT_EXISTING).as_bool().unwrap_or_else(by_name)
}

/// The declaration.
pub static LOG_GROUP: Declared = Declared {
    moved_from: &[MovedFrom::new("aws_cloudwatch_log_group", &["name"])],
    key: Key {
        member: Some("log_group_name"),
        sent_as: &[
            ("DescribeLogGroups", "name", "log_group_name_prefix"),
            ("PutLogGroupDeletionProtection", "name", "log_group_identifier"),
        ],
        ..key::NAME
    },
    tags: Some(&TAGS),
    updates: &[
        UpdateBy {
            after_create: &["retention_in_days"],
            ..UpdateBy::new(PUT_RETENTION_POLICY, &["retention_in_days"])
        },
        UpdateBy::new(ASSOCIATE_KMS_KEY, &["kms_key_id"]),
        UpdateBy::new(PUT_DELETION_PROTECTION, &["deletion_protection_enabled"]),
    ],
    adopts: Some(Adopts {
        may: adopts,
        note: "Whatever was written to it stays in it. With `adopt_existing = false` this is an error instead.",
    }),
    omitted: &[("resource_identifier", "names what is encrypted besides log groups (AssociateKmsKey)")],
    list: Some(&Listing {
        key: &[("name", "log_group_name")],
        // Source: the service model, DescribeLogsLimit.
        page: Some(("limit", 50)),
        own: &[Filter::text("name_prefix", "log_group_name_prefix", "Beginning of the names.", 512)],
        described: true,
        ..Listing::new(LIST_LOG_GROUPS, "log_groups")
    }),
    ..Declared::named(
        "log group",
        LogGroup::shared,
        ArnForm::regional("logs", "log-group:{name}"),
        Create {
            operation: CREATE_LOG_GROUP,
            arn: Some("log_group_arn"),
            exists: &[error("ResourceAlreadyExistsException", "")],
            // Another change of the group is under way. Source: the service model.
            retryable: &[error("OperationAbortedException", "")],
        },
        Read {
            within: Some("log_groups[0]"),
            ..Read::by(DESCRIBE_LOG_GROUP, &[error("ResourceNotFoundException", "")])
        },
        Delete::by(DELETE_LOG_GROUP, &[error("OperationAbortedException", "")]),
    )
};
