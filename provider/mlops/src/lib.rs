//! The provider `mlops`: a whole machine-learning stack on AWS SageMaker.

pub mod aws;
pub mod declared;
pub mod functions;
pub mod resources;
