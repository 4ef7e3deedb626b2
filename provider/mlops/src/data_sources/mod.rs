//! The provider's data sources.

pub mod caller_identity;
pub mod endpoint;
pub mod inference;

use tfplug::resource::DataSource;

use crate::aws::client::Aws;

/// All data sources, in the order of their names.
pub fn all() -> Vec<Box<dyn DataSource<Aws>>> {
    vec![
        Box::new(caller_identity::CallerIdentitySource),
        Box::new(endpoint::EndpointSource),
        Box::new(inference::InferenceSource),
    ]
}
