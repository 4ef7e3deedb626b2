//! Notebook instances and the scripts that prepare them.

pub mod lifecycle_configuration;
pub mod notebook_instance;
