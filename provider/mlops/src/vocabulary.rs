//! A test that no code looks for an attribute, or for a member of AWS's API, that does not exist: a misspelt name would read as
//! null, silently.

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;
use tfplug::resource::Provider;
use tfplug::schema::{Kind, Object};
use walkdir::WalkDir;

use crate::Mlops;
use crate::resources::DECLARED;

/// Where code looks into values.
const LOOKING: &[&str] = &["data_sources", "engine", "resources", "shapes", "source_code"];

/// Members of AWS's API that only operations have which no declaration names, and other keys.
const FURTHER: &[&str] = &["endpoints", "monitoring_schedule_summaries", "status_equals"];

fn attributes(object: &Object, all: &mut BTreeSet<String>) {
    for attribute in &object.attributes {
        all.insert(attribute.name.to_string());
        if let Kind::Nested(_, inner) = &attribute.kind {
            attributes(inner, all);
        }
    }
}

/// The names of all members of all operations that the declarations name.
fn members() -> BTreeSet<String> {
    let all = DECLARED.iter().flat_map(|declared| declared.operations());
    let paths = all.flat_map(|operation| (operation.input)().into_keys().chain((operation.output)().into_keys()));
    let names =
        paths.flat_map(|path| path.split(['.', '[', '{', '*', ']', '}']).map(str::to_owned).collect::<Vec<_>>());
    names.filter(|name| !name.is_empty()).collect()
}

#[test]
fn code_looks_for_names_that_exist() {
    let mut attributes_of_all = BTreeSet::new();
    let schemas =
        Mlops.resources().into_iter().map(|r| r.schema()).chain(Mlops.data_sources().into_iter().map(|d| d.schema()));
    for schema in schemas.chain([Mlops.schema()]) {
        attributes(&schema.object, &mut attributes_of_all);
    }
    let members = members();
    let call = Regex::new(r#"(?:attribute|attribute_mut|set_attribute|Path::of|Path::parse|plan\.get|plan\.set|prior|changed)\(\s*&?"([a-z0-9_.]+)""#).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = BTreeSet::new();
    for entry in LOOKING.iter().flat_map(|directory| WalkDir::new(root.join(directory))).map(Result::unwrap) {
        let path = entry.path().strip_prefix(&root).unwrap().display().to_string();
        let tests = ["tests", "conformance", "fake"].iter().any(|word| path.contains(word));
        if tests || !path.ends_with(".rs") {
            continue;
        }
        let source = std::fs::read_to_string(entry.path()).unwrap();
        let product = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for found in call.captures_iter(product) {
            for name in found[1].split('.').filter(|name| !members.contains(*name) && !FURTHER.contains(name)) {
                // What the engine looks for has no struct: it is what the structs of all resources have in common.
                match attributes_of_all.contains(name) {
                    true if path.starts_with("engine/") => {}
                    true => drop(wrong.insert(format!("{path}: {name}: name it by its constant"))),
                    false => drop(wrong.insert(format!("{path}: {name}: there is no such name"))),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}
