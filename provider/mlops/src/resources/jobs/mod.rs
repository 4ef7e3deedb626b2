//! Jobs that run once: processing, training, tuning, transform.

pub mod processing_job;
pub mod training_job;
pub mod transform_job;
