//! AWS's SDK for Rust, service by service, against one `aws-local serve` that lives as long as this test binary: what
//! boto3 sees of the local AWS is not all that the provider sees, for the two use different protocols and checksums.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

mod harness;

mod budgets;
mod cloudwatch;
mod ecr;
mod eventbridge;
mod identity;
mod kms;
mod logs;
mod s3;
mod sagemaker;
mod scheduler;
mod service_quotas;
mod sns;
