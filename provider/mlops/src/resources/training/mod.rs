//! Training.

pub mod training_job;
