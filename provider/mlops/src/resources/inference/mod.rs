//! Inference: endpoints with their configurations, and batch transform.

pub mod endpoint;
pub mod endpoint_configuration;
pub mod transform_job;
