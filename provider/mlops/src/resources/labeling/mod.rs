//! Ground Truth: who labels.

pub mod workteam;
