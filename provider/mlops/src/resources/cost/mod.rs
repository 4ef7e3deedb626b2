//! What keeps costs in sight.

pub mod budget;
pub mod off_hours_schedule;
