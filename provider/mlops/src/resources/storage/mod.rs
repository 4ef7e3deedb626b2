//! Where data lives: the bucket with its layout, and local files kept in step with it.

pub mod files;
