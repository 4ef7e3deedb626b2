//! Jobs that run once: processing, training, tuning, transform; and the scripts they run.

pub mod common;
pub mod job_log;
pub mod script;
pub mod source_code;
pub mod training_job;
