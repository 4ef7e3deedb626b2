//! The provider's data sources.

pub mod caller_identity;
pub mod inference;
pub mod pipeline_definition;

use tfplug::resource::DataSource;

use crate::aws::client::Aws;

/// All data sources, in the order of their names.
pub fn all() -> Vec<Box<dyn DataSource<Aws>>> {
    vec![
        Box::new(caller_identity::CallerIdentitySource),
        Box::new(inference::InferenceSource),
        Box::new(pipeline_definition::PipelineDefinitionSource),
    ]
}
