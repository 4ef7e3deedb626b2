//! Networks.

use tfplug::model::{Model, Set};
use tfplug::validator::Validator;

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
