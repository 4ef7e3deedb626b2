//! What is common to all of AWS: clients, errors, names, waiting.

pub mod arn;
pub mod batch;
pub mod client;
pub mod clock;
pub mod creations;
pub(crate) mod credentials;
pub mod ec2;
pub mod empty_bucket;
pub mod error;
pub mod http;
pub mod identity;
mod insecure;
pub mod logs;
pub mod names;
pub mod operation;
pub mod plan_json;
pub mod policy_json;
pub mod s3_uri;
pub(crate) mod secrets;
pub mod snake_case;
pub mod tags;
