//! What watches a stack: dashboards.

pub mod dashboard;
