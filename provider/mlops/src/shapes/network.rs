//! Networks.

use tfplug::model::Model;
use tfplug::validator::Validator;

/// VPC that the containers connect to.
#[derive(Clone, Debug, Model)]
pub struct VpcConfig {
    /// IDs of the security groups (`sg-...`).
    #[tf(required, validate(Validator::Count { min: 1, max: 5 }))]
    security_group_ids: Vec<String>,
    /// IDs of the subnets (`subnet-...`) to connect to.
    #[tf(required, validate(Validator::Count { min: 1, max: 16 }))]
    subnets: Vec<String>,
}
