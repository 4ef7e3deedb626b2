//! Structures of the SageMaker API that several resources have.

pub mod deployment;
pub mod hub;
pub mod network;
pub mod transform;

pub use hub::{HubAccessConfig, ModelAccessConfig};
pub use network::VpcConfig;
