//! Pipelines.

pub mod pipeline;
pub mod pipeline_execution;
pub mod pipeline_schedule;
pub mod pipeline_trigger;
