//! The managed resources, grouped by what they are for.

pub mod jobs;
pub mod serving;
pub mod storage;
