//! Models of hubs, and the licenses that some demand.

use tfplug::model::Model;

use crate::aws::arn;

/// Access to a model whose licence must be accepted.
#[derive(Clone, Debug, Model)]
pub struct ModelAccessConfig {
    /// Whether you accept the model's end-user licence agreement.
    #[tf(required)]
    accept_eula: bool,
}

/// A model of a hub.
#[derive(Clone, Debug, Model)]
pub struct HubAccessConfig {
    /// ARN of the hub's content.
    #[tf(required, check(arn::ANY))]
    hub_content_arn: String,
}
