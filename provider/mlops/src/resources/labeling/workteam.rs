//! `mlops_workteam`: a team of people who label or review data.
//!
//! Quirks of the API: the description is inside a structure; the name of the workforce is not described, only its ARN.
//! Source: SageMaker API reference, CreateWorkteam and DescribeWorkteam.

pub mod members;

use tfplug::model::{Model, Root};
use tfplug::validator::Validator;

use self::members::{MemberDefinition, NotificationConfiguration, WorkerAccessConfiguration};
use crate::aws::operation::error;
use crate::engine::{Clear, Create, Declared, Delete, Listing, MovedFrom, Read, UpdateBy};
use crate::sagemaker::lists::{NAME, listing};
use crate::sagemaker::named;
use crate::sagemaker::operation::operation;
use crate::shapes::fields::{Named, Tagged};

/// A work team: the workers of a private workforce who label data in Ground Truth or review predictions in Augmented AI.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "workteam",
    subcategory = "Labeling",
    timeouts(create = "5m", update = "5m", delete = "5m"),
    identity("name", optional("region"), derived("account_id"))
)]
pub struct Workteam {
    #[tf(embed)]
    named: Named,
    /// Name of the workforce. Defaults to the account's private workforce in the Region.
    #[tf(optional, requires_replace)]
    workforce_name: Option<String>,
    /// Members of the team. All of them are Amazon Cognito user groups, or one of them lists OIDC groups.
    #[tf(required, unordered, validate(Validator::Count { min: 1, max: 10 }))]
    member_definitions: Vec<MemberDefinition>,
    /// Description of the team.
    #[tf(required, validate(Validator::Length { min: 1, max: 200 }))]
    description: String,
    /// Notification of the workers about available or expiring work items.
    #[tf(optional)]
    notification_configuration: Option<NotificationConfiguration>,
    /// Restriction of the workers' access to the data in S3.
    #[tf(optional, computed, use_state_for_unknown)]
    worker_access_configuration: Option<WorkerAccessConfiguration>,
    #[tf(embed)]
    tagged: Tagged,
    /// ARN of the team.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
    /// ARN of the workforce.
    #[tf(computed, use_state_for_unknown)]
    workforce_arn: Option<String>,
    /// URL of the labeling portal.
    #[tf(computed, use_state_for_unknown)]
    sub_domain: Option<String>,
    /// Creation time, in RFC 3339.
    #[tf(computed, use_state_for_unknown)]
    create_date: Option<String>,
}

/// The declaration.
pub static WORKTEAM: Declared = Declared {
    moved_from: &[
        MovedFrom::new("aws_sagemaker_workteam", &["workteam_name"]),
        MovedFrom::new("awscc_sagemaker_workteam", &["workteam_name"]),
    ],
    updates: &[UpdateBy {
        clear: &[Clear::empty("notification_configuration")],
        ..UpdateBy::new(
            operation!(update_workteam, UpdateWorkteam),
            &["member_definitions", "description", "notification_configuration", "worker_access_configuration"],
        )
    }],
    not_described: &["workforce_name"],
    server_defaults: &["worker_access_configuration"],
    list: Some(&Listing {
        described: true,
        ..listing(operation!(list_workteams, ListWorkteams), "workteams", &[NAME])
    }),
    ..named(
        "work team",
        Workteam::shared,
        "workteam_name",
        "workteam/private-crowd/{name}",
        Create {
            operation: operation!(create_workteam, CreateWorkteam),
            arn: Some("workteam_arn"),
            // Source: the service model, CreateWorkteam.
            exists: &[error("ResourceInUse", "")],
            retryable: &[],
        },
        Read {
            within: Some("workteam"),
            created: Some("create_date"),
            // Source: terraform-provider-aws, internal/service/sagemaker.
            ..Read::by(
                operation!(describe_workteam, DescribeWorkteam),
                &[error("ValidationException", "The work team")],
            )
        },
        Delete::by(operation!(delete_workteam, DeleteWorkteam), &[]),
    )
};
