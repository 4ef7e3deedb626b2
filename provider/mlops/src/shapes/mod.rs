//! Structures of the SageMaker API that several resources have.

mod hub;
mod network;

pub use hub::{HubAccessConfig, ModelAccessConfig};
pub use network::VpcConfig;
