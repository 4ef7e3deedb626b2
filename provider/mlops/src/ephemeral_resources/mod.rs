//! The provider's ephemeral resources.

pub mod inference;

use tfplug::resource::EphemeralResource;

use crate::aws::client::Aws;

/// All ephemeral resources.
pub fn all() -> Vec<Box<dyn EphemeralResource<Aws>>> {
    vec![Box::new(inference::InferenceEphemeral)]
}
