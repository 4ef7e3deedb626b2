//! The generated protocol types, clients and servers. `cargo run -p proto-codegen` writes everything but this file.

#![allow(
    missing_docs,
    unreachable_pub,
    rust_2018_idioms,
    clippy::all,
    clippy::unwrap_used,
    rustdoc::all,
    reason = "generated code"
)]

/// Terraform plugin protocol 6.
#[rustfmt::skip]
pub mod tfplugin6;

/// go-plugin: process control, output and brokered connections.
#[rustfmt::skip]
pub mod plugin;

/// The standard gRPC health service.
#[rustfmt::skip]
#[path = "grpc_health_v1.rs"]
pub mod health;
