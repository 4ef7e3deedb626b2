//! Laws of the framework, tested from outside with random input.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod decoders;
mod garbage;
mod laws;
mod modules;
mod random;
mod round_trip;
mod rules;
mod schemas;
mod toy;
