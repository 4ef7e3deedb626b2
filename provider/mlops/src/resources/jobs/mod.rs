//! Jobs that run once: processing, training, tuning, transform; and the scripts they run.

pub mod source_code;
