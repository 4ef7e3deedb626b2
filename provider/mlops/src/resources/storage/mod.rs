//! Where data lives: the bucket with its layout, and local files kept in step with it.

pub(crate) mod bucket_creation;
mod bucket_import;
pub mod bucket_layout;
pub mod bucket_lifecycle;
pub mod bucket_model;
pub mod bucket_policy;
pub mod bucket_settings;
#[cfg(test)]
mod bucket_tests;
pub mod dataset;
pub mod dataset_in_place;
pub mod dataset_index;
pub mod dataset_model;
pub mod dataset_plan;
pub mod dataset_progress;
pub mod dataset_remote;
pub mod dataset_settings;
pub mod dataset_transfer;
#[cfg(test)]
mod fake_s3;
