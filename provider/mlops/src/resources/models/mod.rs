//! Models, and the model registry: groups and the packages in them.

pub mod model;
pub mod model_package;
pub mod model_package_group;
