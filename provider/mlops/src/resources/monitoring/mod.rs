//! Model Monitor: what is looked for in captured data, and when.

pub mod data_quality_job_definition;
mod definition;
pub mod model_bias_job_definition;
pub mod model_explainability_job_definition;
pub mod model_quality_job_definition;
pub mod monitoring_schedule;
