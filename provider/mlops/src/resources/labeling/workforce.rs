//! `mlops_workforce`: the private workforce of an account in a Region.
//!
//! Quirks of the API: there is one in each account and Region; the description is inside a structure, and never has the
//! client secret; the Amazon Cognito user pool cannot be changed. Source: SageMaker API reference, CreateWorkforce and
//! UpdateWorkforce.

pub mod config;

use tfplug::model::{Model, Root};
use tfplug::validator::Validator;

use self::config::{CognitoConfig, OidcConfig, SourceIpConfig, WorkforceVpcConfig};
use crate::aws::operation::error;
use crate::engine::statuses::Statuses;
use crate::engine::{Create, Declared, Delete, Listing, MovedFrom, Read, UpdateBy};
use crate::sagemaker::lists::{NAME, listing};
use crate::sagemaker::named;
use crate::sagemaker::operation::operation;
use crate::shapes::fields::{Named, Tagged};

/// The private workforce of the account in the Region: who signs in where to label data or to review predictions. AWS allows
/// one in each Region; its teams are `mlops_workteam`.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "workforce",
    subcategory = "Labeling",
    timeouts(create = "15m", update = "15m", delete = "15m"),
    identity("name", optional("region"), derived("account_id")),
    exactly_one_of("cognito_config", "oidc_config")
)]
pub struct Workforce {
    #[tf(embed)]
    named: Named,
    #[tf(optional, requires_replace)]
    cognito_config: Option<CognitoConfig>,
    #[tf(optional)]
    oidc_config: Option<OidcConfig>,
    #[tf(optional)]
    source_ip_config: Option<SourceIpConfig>,
    #[tf(optional)]
    workforce_vpc_config: Option<WorkforceVpcConfig>,
    /// IP addresses of the labeling portal: `ipv4`, or `dualstack` for IPv4 and IPv6. AWS takes `ipv4` unless set.
    #[tf(optional, validate(Validator::OneOf(&["ipv4", "dualstack"])))]
    ip_address_type: Option<String>,
    #[tf(embed)]
    tagged: Tagged,
    /// ARN of the workforce.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
    /// Domain of the labeling portal, for the callback URLs of the identity provider.
    #[tf(computed, use_state_for_unknown)]
    sub_domain: Option<String>,
    /// Creation time, in RFC 3339.
    #[tf(computed, use_state_for_unknown)]
    create_date: Option<String>,
    /// Why the creation or the last update failed; null if it did not.
    #[tf(computed, changes_with("oidc_config", "source_ip_config", "workforce_vpc_config", "ip_address_type"))]
    failure_reason: Option<String>,
}

/// The declaration.
pub static WORKFORCE: Declared = Declared {
    moved_from: &[MovedFrom::new("aws_sagemaker_workforce", &["workforce_name"])],
    statuses: &[Statuses {
        member: "status",
        busy: &["Initializing", "Updating", "Deleting"],
        done: &["Active"],
        reason: Some("failure_reason"),
    }],
    updates: &[UpdateBy {
        partial: true,
        ..UpdateBy::new(
            operation!(update_workforce, UpdateWorkforce),
            &["oidc_config", "source_ip_config", "workforce_vpc_config", "ip_address_type"],
        )
    }],
    // Source: the service model, Workforce, and the API reference, CreateWorkforce.
    server_defaults: &["source_ip_config", "ip_address_type", "oidc_config.scope"],
    list: Some(&Listing {
        described: true,
        ..listing(operation!(list_workforces, ListWorkforces), "workforces", &[NAME])
    }),
    ..named(
        "workforce",
        Workforce::shared,
        "workforce_name",
        "workforce/{name}",
        Create {
            operation: operation!(create_workforce, CreateWorkforce),
            arn: Some("workforce_arn"),
            // That there is one already, whatever its name, is an error of its own, which says so.
            exists: &[],
            retryable: &[],
        },
        Read {
            within: Some("workforce"),
            created: Some("create_date"),
            // Source: terraform-provider-aws, internal/service/sagemaker.
            ..Read::by(
                operation!(describe_workforce, DescribeWorkforce),
                &[error("ValidationException", "No workforce found")],
            )
        },
        // A team that was deleted a moment ago, or is about to be. Source: API reference, DeleteWorkforce.
        Delete::by(operation!(delete_workforce, DeleteWorkforce), &[error("ResourceInUse", "")]),
    )
};
