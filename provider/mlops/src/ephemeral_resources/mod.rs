//! The provider's ephemeral resources.

pub mod inference;
pub mod presigned_s3_url;
pub mod presigned_url;

use tfplug::resource::EphemeralResource;

use crate::aws::client::Aws;

/// All ephemeral resources.
pub fn all() -> Vec<Box<dyn EphemeralResource<Aws>>> {
    vec![
        Box::new(inference::InferenceEphemeral),
        Box::new(presigned_url::NOTEBOOK_INSTANCE),
        Box::new(presigned_url::DOMAIN),
        Box::new(presigned_s3_url::S3Url),
    ]
}
