//! What answers requests: models, endpoint configurations, endpoints.

pub mod endpoint;
pub mod endpoint_configuration;
pub mod model;
