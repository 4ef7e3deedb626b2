//! Inference: endpoints with their configurations, their autoscaling, and batch transform.

pub mod autoscaling_policy;
pub mod autoscaling_target;
pub mod endpoint;
pub mod endpoint_autoscaling;
pub mod endpoint_configuration;
pub mod inference_component;
mod registered;
pub mod transform_job;
