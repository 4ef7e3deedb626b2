//! Networks.

use tfplug::model::{Model, Set};
use tfplug::validator::Validator;

/// What becomes of the network interfaces that SageMaker makes in a VPC.
#[derive(Clone, Debug, Model)]
pub struct LeftInterfaces {
    /// Whether a destroy also deletes network interfaces that SageMaker made in the VPC for this object and left there, attached to
    /// nothing. A destroy waits in any case until they are gone, within `timeouts`, if it may call `ec2:DescribeNetworkInterfaces`.
    /// Defaults to `false`.
    #[tf(optional, computed, provider_only, default = false)]
    delete_vpc_enis_on_destroy: bool,
}

/// VPC that the containers connect to.
#[derive(Clone, Debug, Model)]
pub struct VpcConfig {
    /// IDs of the security groups (`sg-...`).
    #[tf(required, validate(Validator::Count { min: 1, max: 5 }))]
    security_group_ids: Set<String>,
    /// IDs of the subnets (`subnet-...`) to connect to.
    #[tf(required, validate(Validator::Count { min: 1, max: 16 }))]
    subnets: Set<String>,
}
