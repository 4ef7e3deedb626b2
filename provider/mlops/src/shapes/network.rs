//! Networks.

use tfplug::check::Check;
use tfplug::model::Model;

/// A private network to run in.
#[derive(Clone, Debug, Model)]
pub struct VpcConfig {
    /// Security groups (`sg-...`) of the network interfaces.
    #[tf(required, check(Check::Count { min: 1, max: 5 }))]
    security_group_ids: Vec<String>,
    /// Subnets (`subnet-...`) to put network interfaces in.
    #[tf(required, check(Check::Count { min: 1, max: 16 }))]
    subnets: Vec<String>,
}
