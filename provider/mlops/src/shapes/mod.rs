//! Attributes and structures of the SageMaker API that several resources have.

pub mod deployment;
pub mod experiment;
pub mod fields;
pub mod hub;
pub mod inference_specification;
pub mod model_data;
pub mod model_metrics;
pub mod model_package;
pub mod network;
pub mod pipeline;
pub mod processing;
pub mod scaling_policy;
pub mod scaling_target;
pub mod transform;

pub use hub::{HubAccessConfig, ModelAccessConfig};
pub use network::VpcConfig;
