//! Training.

pub mod hyper_parameter_tuning_job;
pub mod training_job;
