//! A framework for Terraform and OpenTofu providers: plugin protocol 6, schemas from structs, a plan pipeline and a
//! lifecycle engine that keep the rules which Terraform holds providers to. `README.md` shows a whole provider.
//!
//! What is hidden in this documentation is not for users: the codecs are public for measurements and fuzzing alone.

mod codec;
mod conform;
pub mod context;
mod defects;
mod deferral;
pub mod diag;
pub mod docs;
pub mod duration;
mod generate;
mod guard;
pub mod install;
#[doc(hidden)]
pub mod json;
mod lifecycle;
pub mod log;
pub mod model;
#[doc(hidden)]
pub mod msgpack;
mod nulls;
pub mod number;
pub mod pb;
pub mod plan;
pub mod resource;
pub mod rpc;
pub mod schema;
pub mod serve;
pub mod testing;
mod types;
pub mod validate;
pub mod validator;
pub mod value;
#[doc(hidden)]
pub mod wire;

pub use async_trait::async_trait;

// The derived code says `::tfplug`, in this crate's own tests, too.
#[cfg(test)]
extern crate self as tfplug;
