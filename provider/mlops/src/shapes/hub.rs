//! Models of hubs, and the licenses that some demand.

use tfplug::model::Model;

use crate::aws::arn;

/// EULA acceptance for a model that requires it.
#[derive(Clone, Debug, Model)]
pub struct ModelAccessConfig {
    /// Whether you accept the end-user license agreement (EULA) of the model.
    #[tf(required)]
    accept_eula: bool,
}

/// Reference to a model of a private hub.
#[derive(Clone, Debug, Model)]
pub struct HubAccessConfig {
    /// ARN of the hub content.
    #[tf(required, validate(arn::HUB_CONTENT))]
    hub_content_arn: String,
}
