//! `mlops_workteam`: a team of people who label or review data.
//!
//! Quirks of the API: the description is inside a structure; the name of the workforce is not described, only its ARN.
//! Source: SageMaker API reference, CreateWorkteam and DescribeWorkteam.

use tfplug::model::{Model, Root};
use tfplug::validator::Validator;

use crate::aws::arn;
use crate::aws::operation::error;
use crate::engine::fields::{Named, Tagged};
use crate::engine::{Clear, Create, Declared, Delete, Read, UpdateBy};
use crate::sagemaker::operation::operation;

/// A work team: the workers of a private workforce who label data in Ground Truth or review predictions in Augmented AI.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "workteam",
    subcategory = "Labeling",
    timeouts(create = "5m", update = "5m", delete = "5m"),
    identity("name", optional("region"))
)]
pub struct Workteam {
    #[tf(embed)]
    named: Named,
    /// Name of the workforce. Defaults to the account's private workforce in the Region.
    #[tf(optional, requires_replace)]
    workforce_name: Option<String>,
    /// Members of the team. All of them are Amazon Cognito user groups, or one of them lists OIDC groups.
    #[tf(required, validate(Validator::Count { min: 1, max: 10 }))]
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

/// A group of workers.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("cognito_member_definition", "oidc_member_definition"))]
pub struct MemberDefinition {
    /// User group in Amazon Cognito.
    #[tf(optional)]
    cognito_member_definition: Option<CognitoMemberDefinition>,
    /// Groups of an OIDC identity provider.
    #[tf(optional)]
    oidc_member_definition: Option<OidcMemberDefinition>,
}

/// User group in Amazon Cognito.
#[derive(Clone, Debug, Model)]
pub struct CognitoMemberDefinition {
    /// ID of the user pool.
    #[tf(required)]
    user_pool: String,
    /// Name of the user group.
    #[tf(required)]
    user_group: String,
    /// ID of the application client. It must be the one of the workforce.
    #[tf(required)]
    client_id: String,
}

/// Groups of an OIDC identity provider.
#[derive(Clone, Debug, Model)]
pub struct OidcMemberDefinition {
    /// Names of the groups.
    #[tf(required, validate(Validator::Count { min: 1, max: 10 }))]
    groups: Vec<String>,
}

/// Notification of the workers.
#[derive(Clone, Debug, Model)]
pub struct NotificationConfiguration {
    /// ARN of the SNS topic. Its policy must allow `sagemaker.amazonaws.com` to publish.
    #[tf(optional, validate(arn::ANY))]
    notification_topic_arn: Option<String>,
}

/// Restriction of the workers' access to the data in S3.
#[derive(Clone, Debug, Model)]
pub struct WorkerAccessConfiguration {
    /// Presigned URLs that give the workers access.
    #[tf(optional)]
    s3_presign: Option<S3Presign>,
}

/// Presigned URLs.
#[derive(Clone, Debug, Model)]
pub struct S3Presign {
    /// Networks that the URLs work from.
    #[tf(optional)]
    iam_policy_constraints: Option<IamPolicyConstraints>,
}

/// Networks that presigned URLs work from.
#[derive(Clone, Debug, Model)]
pub struct IamPolicyConstraints {
    /// Whether a URL works only from the IP address of the worker it was made for: `Enabled` or `Disabled`.
    #[tf(optional, validate(Validator::OneOf(&["Enabled", "Disabled"])))]
    source_ip: Option<String>,
    /// The same within a VPC: `Enabled` or `Disabled`.
    #[tf(optional, validate(Validator::OneOf(&["Enabled", "Disabled"])))]
    vpc_source_ip: Option<String>,
}

/// The declaration.
pub static WORKTEAM: Declared = Declared {
    updates: &[UpdateBy {
        clear: &[Clear { attribute: "notification_configuration", flag: "" }],
        ..UpdateBy::new(
            operation!(update_workteam, UpdateWorkteam),
            &["member_definitions", "description", "notification_configuration", "worker_access_configuration"],
        )
    }],
    not_described: &["workforce_name"],
    server_defaults: &["worker_access_configuration"],
    ..Declared::named(
        "work team",
        Workteam::schema,
        "workteam_name",
        "workteam/private-crowd/{name}",
        Create {
            operation: operation!(create_workteam, CreateWorkteam),
            arn: "workteam_arn",
            // Source: the service model, CreateWorkteam.
            exists: &[error("ResourceInUse", "")],
            retryable: &[],
        },
        Read {
            within: "workteam",
            created: "create_date",
            // Source: terraform-provider-aws, internal/service/sagemaker.
            ..Read::by(
                operation!(describe_workteam, DescribeWorkteam),
                &[error("ValidationException", "The work team")],
            )
        },
        Delete::by(operation!(delete_workteam, DeleteWorkteam), &[]),
    )
};
