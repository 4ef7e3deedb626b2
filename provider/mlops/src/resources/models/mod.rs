//! The registry of models: groups and the packages in them.

pub mod model_package;
pub mod model_package_group;
