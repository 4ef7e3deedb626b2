//! Processing.

pub mod processing_job;
