//! The modules of the crate use each other in one direction.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The Rust files below a directory, those of tests and generated ones excepted.
fn sources(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        match name {
            "tests.rs" | "pb" => {}
            _ if path.is_dir() => found.extend(sources(&path)),
            _ if name.ends_with(".rs") => found.push(path),
            _ => {}
        }
    }
    found
}

/// The modules that a source names after `crate::`, in its code proper.
fn used(source: &str) -> BTreeSet<String> {
    let code: String = source
        .split("#[cfg(test)]")
        .next()
        .unwrap()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{line} "))
        .collect();
    let first =
        |text: &str| text.trim_start().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap().to_owned();
    let mut found = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group.split('}').next().unwrap().split(',').map(first)),
            None => drop(found.insert(first(rest))),
        }
    }
    found
}

#[test]
fn no_module_uses_one_that_uses_it() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in sources(root) {
        let inside = path.strip_prefix(root).unwrap().to_str().unwrap();
        let module = inside.split(['/', '.']).next().unwrap().to_owned();
        edges.entry(module).or_default().extend(used(&fs::read_to_string(&path).unwrap()));
    }
    edges.remove("lib");
    assert!(edges.len() > 20 && edges["lifecycle"].contains("conform"), "{edges:?}");
    // What uses nothing of the rest can go, and then what uses nothing but that.
    while let Some(last) =
        edges.iter().find_map(|(m, uses)| uses.iter().all(|u| u == m || !edges.contains_key(u)).then(|| m.clone()))
    {
        edges.remove(&last);
    }
    assert!(edges.is_empty(), "modules in a circle, or that use one: {edges:#?}");
}
