//! What keeps costs in sight.

pub mod budget;
