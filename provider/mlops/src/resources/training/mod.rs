//! Training.

pub mod auto_ml_job;
pub mod hyper_parameter_tuning_job;
pub mod training_job;
