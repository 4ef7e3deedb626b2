//! The managed resources, grouped by what they are for.

pub mod jobs;
pub mod serving;
pub mod storage;

use crate::declared::Declared;

/// The resources that are declared.
pub static DECLARED: &[&Declared] = &[
    &jobs::training_job::TRAINING_JOB,
    &serving::endpoint::ENDPOINT,
    &serving::endpoint_configuration::ENDPOINT_CONFIGURATION,
    &serving::model::MODEL,
];
