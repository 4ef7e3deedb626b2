//! What is common to all of AWS: clients, errors, names, waiting.

pub mod arn;
pub mod client;
pub mod clock;
pub mod codec;
pub mod creations;
pub(crate) mod credentials;
pub mod error;
pub mod http;
mod insecure;
pub mod names;
pub mod op;
pub mod plan_guard;
pub mod policy_json;
pub mod s3_uri;
pub mod sagemaker_tags;
pub(crate) mod secrets;
pub mod tags;
pub mod wait;
