//! The provider's ephemeral resources.

pub mod inference;
pub mod presigned_notebook_instance_url;

use tfplug::resource::EphemeralResource;

use crate::aws::client::Aws;

/// All ephemeral resources.
pub fn all() -> Vec<Box<dyn EphemeralResource<Aws>>> {
    vec![Box::new(inference::InferenceEphemeral), Box::new(presigned_notebook_instance_url::NotebookInstanceUrl)]
}
