//! A test that the modules use each other downwards only.

use std::path::Path;

use walkdir::WalkDir;

/// From the lowest to the highest; those of a line do not know each other. `config` is between none of them: it makes the
/// client that all of them are given.
const LAYERS: &[&[&str]] = &[
    &["aws"],
    &["files", "pipeline_definition"],
    &["source_code"],
    &["engine"],
    &["services"],
    &["sagemaker"],
    &["shapes"],
    &["resources"],
    &["permissions"],
    // The definition of a pipeline has the arguments of resources.
    &["actions", "data_sources", "ephemeral_resources", "functions"],
];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

/// The modules that a file uses, but for what its tests do.
fn used(source: &str) -> Vec<&str> {
    let product = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let after = product.split("crate::").skip(1);
    after.filter_map(|rest| rest.split(|c: char| !c.is_ascii_lowercase() && c != '_').next()).collect()
}

#[test]
fn modules_use_each_other_downwards_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut upwards = Vec::new();
    for entry in WalkDir::new(&root).into_iter().map(Result::unwrap).filter(|e| e.file_type().is_file()) {
        let path = entry.path().strip_prefix(&root).unwrap();
        let own = path.components().next().unwrap().as_os_str().to_str().unwrap();
        let tests = path.to_string_lossy().contains("tests")
            || ["conformance.rs", "members.rs"].iter().any(|name| path.ends_with(name));
        let (Some(here), false) = (layer(own), tests) else { continue };
        let source = std::fs::read_to_string(entry.path()).unwrap();
        for module in used(&source).into_iter().filter(|m| *m != own) {
            if layer(module).is_some_and(|there| there >= here) {
                upwards.push(format!("{}: {module}", path.display()));
            }
        }
    }
    assert!(upwards.is_empty(), "{}", upwards.join("\n"));
}
