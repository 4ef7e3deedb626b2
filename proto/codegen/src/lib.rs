//! Compiles the protocol files without protoc and turns them into Rust.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use protox::prost_reflect::prost_types::FileDescriptorSet;

/// The protocol files, relative to `proto/`. Files they import from `proto/` come along.
const FILES: &[&str] = &[
    "tfplugin6.proto",
    "go_plugin_broker.proto",
    "go_plugin_controller.proto",
    "go_plugin_stdio.proto",
    "grpc_health.proto",
];

const NOTICE: &str = "// Generated from proto/*.proto by `cargo run -p proto-codegen`. Do not edit.\n";

/// Compiles the protocol files of the directory `proto`.
///
/// # Errors
/// A syntax error, an unknown type or an unreadable file, with its position.
pub fn descriptors(proto: &Path) -> io::Result<FileDescriptorSet> {
    protox::compile(FILES, [proto]).map_err(|error| io::Error::other(format!("{error:?}")))
}

/// Generates the Rust sources: file name to content.
///
/// # Errors
/// Whatever [`descriptors`] reports, or a failure to use the temporary directory.
pub fn generate(proto: &Path) -> io::Result<BTreeMap<String, String>> {
    let out = tempfile::tempdir()?;
    tonic_prost_build::configure()
        // A provider implements the calls it has; the others answer UNIMPLEMENTED.
        .generate_default_stubs(true)
        .build_transport(false)
        .emit_rerun_if_changed(false)
        // Sorted maps make every response, and so every test and cache over it, reproducible.
        .btree_map(".")
        .out_dir(out.path())
        .compile_fds(descriptors(proto)?)?;
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(out.path())? {
        let path = entry?.path();
        let Some(package) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
        // Types of google.protobuf come from prost-types.
        if package.starts_with("google") {
            continue;
        }
        let content = std::fs::read_to_string(&path)?;
        files.insert(format!("{}.rs", package.replace('.', "_")), format!("{NOTICE}{content}"));
    }
    Ok(files)
}

/// Writes generated files to `directory`.
///
/// # Errors
/// The directory cannot be written.
pub fn write(files: &BTreeMap<String, String>, directory: &Path) -> io::Result<()> {
    std::fs::create_dir_all(directory)?;
    for (name, content) in files {
        std::fs::write(directory.join(name), content)?;
    }
    Ok(())
}

/// Names the files of `directory` that differ from the generated ones, are missing, or should not be there.
/// `mod.rs`, which is written by hand, is left out.
///
/// # Errors
/// The directory cannot be read.
pub fn compare(files: &BTreeMap<String, String>, directory: &Path) -> io::Result<Vec<String>> {
    let mut differing: Vec<String> = files
        .iter()
        .filter(|(name, content)| std::fs::read_to_string(directory.join(name)).ok().as_ref() != Some(*content))
        .map(|(name, _)| name.clone())
        .collect();
    for entry in std::fs::read_dir(directory)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name != "mod.rs" && !files.contains_key(&name) {
            differing.push(name);
        }
    }
    differing.sort();
    Ok(differing)
}
