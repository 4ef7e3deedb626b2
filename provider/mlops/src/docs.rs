//! The pages of the Terraform Registry, written into the repository's `docs` from the schemas and from `examples`.

use std::fmt::Write;
use std::io::Result;
use std::path::Path;

use tfplug::docs::{collect, write_or_check};

use crate::Mlops;

/// The groups of the registry's menu, with the resources and data sources of each.
const GROUPS: &[(&str, &[&str])] = &[
    ("Storage", &["bucket_layout", "dataset"]),
    ("Identity", &["caller_identity", "execution_role"]),
    ("Jobs", &["training_job", "transform_job"]),
    ("Observability", &["dashboard"]),
    ("Notebooks", &["notebook_instance", "notebook_instance_lifecycle_configuration"]),
    ("Serving", &["endpoint", "endpoint_configuration", "inference", "model"]),
];

/// The group of a resource or data source, by its name without the prefix; empty for none.
pub fn subcategory(name: &str) -> &'static str {
    GROUPS.iter().find(|(_, members)| members.contains(&name)).map_or("", |(group, _)| group)
}

/// What came of writing or checking the pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// One line for each page that differed and each example that is missing.
    pub report: String,
    /// Whether the repository is as it should be now.
    pub complete: bool,
}

/// Brings the folder `docs` up to date with the schemas and `examples`; with `check` it only compares.
///
/// # Errors
/// A file that cannot be read or written; the message names it.
pub fn run(examples: &Path, docs: &Path, check: bool) -> Result<Outcome> {
    let site = collect(&Mlops, examples, subcategory)?;
    let differing = write_or_check(docs, &site.pages, check)?;
    let mut report = String::new();
    let verb = if check { "differs: write it with `make docs`" } else { "brought up to date" };
    for page in &differing {
        let _ = writeln!(report, "{}: {verb}", docs.join(page).display());
    }
    for example in &site.missing {
        let _ = writeln!(report, "{}: missing, the page lacks its example", example.display());
    }
    Ok(Outcome { report, complete: site.missing.is_empty() && (differing.is_empty() || !check) })
}

#[cfg(test)]
mod tests {
    use tfplug::resource::Provider;

    use super::*;

    #[test]
    fn everything_offered_has_a_group() {
        let resources = Mlops.resources().into_iter().map(|r| r.schema().name);
        for name in resources.chain(Mlops.data_sources().into_iter().map(|d| d.schema().name)) {
            assert!(!subcategory(&name).is_empty(), "add {name} to the groups of the documentation");
        }
    }

    #[test]
    fn pages_are_written_then_found_up_to_date() {
        let root = tempfile::tempdir().unwrap();
        let run = |check| run(&root.path().join("examples"), &root.path().join("docs"), check);
        let checked = run(true).unwrap();
        assert!(!checked.complete && checked.report.contains("docs/resources/endpoint.md: differs"), "{checked:?}");
        assert!(checked.report.contains("resource.tf: missing"), "{checked:?}");
        let written = run(false).unwrap();
        assert!(!written.complete, "the examples are still missing");
        assert!(!run(true).unwrap().report.contains("differs"));
        let page = std::fs::read_to_string(root.path().join("docs/resources/endpoint.md")).unwrap();
        assert!(page.contains("subcategory: \"Serving\"") && page.contains("### Read-Only"), "{page}");
    }
}
