//! Who may do what: the roles that SageMaker assumes.

pub mod access;
#[cfg(test)]
mod access_tests;
mod decompile;
pub mod execution_role;
#[cfg(test)]
mod execution_role_tests;
#[cfg(test)]
mod fake_iam;
mod role_api;
mod role_creation;
mod role_import;
mod role_plan;
pub mod trust;
