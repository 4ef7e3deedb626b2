//! The members of a work team, and what they are told and may see.

use tfplug::model::{Model, Set};
use tfplug::validator::Validator;

use crate::aws::arn;

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
    groups: Set<String>,
}

/// Notification of the workers.
#[derive(Clone, Debug, Model)]
pub struct NotificationConfiguration {
    /// ARN of the SNS topic. Its policy must allow `sagemaker.amazonaws.com` to publish.
    #[tf(optional, validate(arn::SNS_TOPIC))]
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
