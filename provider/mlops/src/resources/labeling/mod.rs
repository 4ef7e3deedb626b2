//! Ground Truth: who labels.

pub mod human_task_ui;
pub mod workteam;
