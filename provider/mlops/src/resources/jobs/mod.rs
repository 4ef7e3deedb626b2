//! Jobs that run once: processing, training, tuning, transform.

pub mod training_job;
pub mod transform_job;
