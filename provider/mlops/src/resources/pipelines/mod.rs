//! Pipelines.

pub mod pipeline;
pub mod pipeline_execution;
