//! Ground Truth: who labels.

pub mod human_task_ui;
pub mod labeling_job;
pub mod workforce;
pub mod workteam;
