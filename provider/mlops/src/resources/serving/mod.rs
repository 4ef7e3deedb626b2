//! What answers requests: models, endpoint configurations, endpoints, and how these scale.

pub mod autoscaling_policy;
pub mod autoscaling_target;
pub mod endpoint;
pub mod endpoint_configuration;
pub mod model;
