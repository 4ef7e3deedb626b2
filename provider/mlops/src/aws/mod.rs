//! What is common to all of AWS: clients, errors, names, waiting.

pub mod arn;
pub mod client;
pub mod error;
pub mod http;
pub mod s3_uri;
