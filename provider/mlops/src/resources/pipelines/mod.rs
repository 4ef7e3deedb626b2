//! Pipelines.

pub mod pipeline;
pub mod pipeline_execution;
pub mod pipeline_schedule;
