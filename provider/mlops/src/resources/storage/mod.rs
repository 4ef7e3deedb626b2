//! Where data lives: the bucket with its layout, and local files kept in step with it.

pub mod bucket_layout;
pub mod bucket_lifecycle;
pub mod bucket_model;
pub mod bucket_policy;
pub mod bucket_settings;
pub mod empty_bucket;
pub mod files;
