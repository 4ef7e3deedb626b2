//! What is generated: the pages of the Terraform Registry in the repository's `docs`, from the schemas and the examples of
//! `examples`, the configurations in its guides, the table of resources in its `README.md`, the mocks in `examples/mocks`.

mod guides;
#[cfg(test)]
mod rules;
mod supplement;

use std::fmt::Write;
use std::io::{Error, ErrorKind, Result};
use std::path::Path;

use tfplug::docs::{collect, write_or_check};
use tfplug::resource::Provider;

use crate::{Mlops, mocks};

/// What came of writing or checking the documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// One line for each file that differed and each example that is missing.
    pub report: String,
    /// Whether the repository is as it should be now.
    pub complete: bool,
}

/// Brings the directory `docs` with the configurations in its guides, the table in `README.md` and the mocks in `examples/mocks`, all of the directory `root`,
/// up to date with the schemas and with `examples`; with `check` it only compares.
///
/// # Errors
/// A file that cannot be read or written, or a README without the table's markers; the message names the file.
pub fn run(root: &Path, docs: &Path, check: bool) -> Result<Outcome> {
    let site = collect(&Mlops, &root.join("examples"), supplement::supplement)?;
    let mut differing: Vec<_> =
        write_or_check(docs, &site.pages, check)?.into_iter().map(|page| docs.join(page)).collect();
    let readme = root.join("README.md");
    if update_table(&readme, check).map_err(|e| Error::new(e.kind(), format!("{}: {e}", readme.display())))? {
        differing.push(readme);
    }
    let examples = root.join("examples");
    for (name, wanted) in mocks::files(&examples)? {
        let file = examples.join(mocks::DIRECTORY).join(name);
        if update(&file, &wanted, check).map_err(|e| Error::new(e.kind(), format!("{}: {e}", file.display())))? {
            differing.push(file);
        }
    }
    for (guide, wanted) in guides::files(root, docs)? {
        if update(&guide, &wanted, check).map_err(|e| Error::new(e.kind(), format!("{}: {e}", guide.display())))? {
            differing.push(guide);
        }
    }
    let mut report = String::new();
    let verb = if check { "differs: write it with `make docs`" } else { "brought up to date" };
    for file in &differing {
        let _ = writeln!(report, "{}: {verb}", file.display());
    }
    for example in &site.missing {
        let _ = writeln!(report, "{}: missing, the page lacks its example", example.display());
    }
    Ok(Outcome { report, complete: site.missing.is_empty() && (differing.is_empty() || !check) })
}

/// What stands before and after the table of resources in the README.
const MARKERS: [&str; 2] = ["<!-- resources: written by `make docs` -->\n", "<!-- end of resources -->\n"];

/// Whether the README's table differed.
fn update_table(readme: &Path, check: bool) -> Result<bool> {
    let [begin, end] = MARKERS;
    let text = std::fs::read_to_string(readme)?;
    let parts = text.split_once(begin).and_then(|(before, rest)| Some((before, rest.split_once(end)?)));
    let Some((before, (table, after))) = parts else {
        return Err(Error::new(ErrorKind::InvalidData, format!("the lines {begin:?} and {end:?} are missing")));
    };
    let wanted = resources();
    if table == wanted {
        return Ok(false);
    }
    if !check {
        std::fs::write(readme, [before, begin, &wanted, end, after].concat())?;
    }
    Ok(true)
}

/// Whether a file differed from what it is to be.
fn update(file: &Path, wanted: &str, check: bool) -> Result<bool> {
    let differs = match std::fs::read_to_string(file) {
        Ok(text) => text != wanted,
        Err(e) if e.kind() == ErrorKind::NotFound => true,
        Err(e) => return Err(e),
    };
    if differs && !check {
        file.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        std::fs::write(file, wanted)?;
    }
    Ok(differs)
}

/// The table of resources: by subcategory and name, each with the first sentence of its description.
fn resources() -> String {
    let mut rows: Vec<_> = Mlops
        .resources()
        .iter()
        .map(|resource| {
            let schema = resource.schema();
            let paragraph = schema.description.split("\n\n").next().unwrap_or_default();
            let first = paragraph.split(". ").next().unwrap_or_default().trim_end_matches('.');
            let name = &schema.name;
            format!("| {} | [`mlops_{name}`](docs/resources/{name}.md) | {first} |\n", schema.subcategory)
        })
        .collect();
    rows.sort();
    format!("| Subcategory | Resource | Description |\n|---|---|---|\n{}", rows.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_offered_has_a_subcategory() {
        let resources = Mlops.resources().into_iter().map(|r| r.schema());
        for schema in resources.chain(Mlops.data_sources().into_iter().map(|d| d.schema())) {
            assert!(!schema.subcategory.is_empty(), "add `subcategory = \"...\"` to {}", schema.name);
        }
    }

    #[test]
    fn pages_are_written_then_found_up_to_date() {
        let root = tempfile::tempdir().unwrap();
        let run = |check| run(root.path(), &root.path().join("docs"), check);
        let missing = run(true).unwrap_err().to_string();
        assert!(missing.contains("README.md"), "{missing}");
        let readme = root.path().join("README.md");
        std::fs::write(&readme, format!("before\n{}stale\n{}after\n", MARKERS[0], MARKERS[1])).unwrap();
        let checked = run(true).unwrap();
        assert!(!checked.complete && checked.report.contains("docs/resources/endpoint.md: differs"), "{checked:?}");
        assert!(checked.report.contains("README.md: differs"), "{checked:?}");
        assert!(checked.report.contains("examples/mocks/mlops.tfmock.hcl: differs"), "{checked:?}");
        for file in ["resource.tf", "import.sh", "notes.md"] {
            assert!(checked.report.contains(&format!("mlops_endpoint/{file}: missing")), "{checked:?}");
        }
        let written = run(false).unwrap();
        assert!(!written.complete, "the examples are still missing");
        assert!(!run(true).unwrap().report.contains("differs"));
        let page = std::fs::read_to_string(root.path().join("docs/resources/endpoint.md")).unwrap();
        assert!(page.contains("subcategory: \"Inference\"") && page.contains("### Read-Only"), "{page}");
        let readme = std::fs::read_to_string(readme).unwrap();
        assert!(readme.starts_with("before\n") && readme.ends_with("after\n") && !readme.contains("stale"), "{readme}");
        assert!(readme.contains("\n| Inference | [`mlops_endpoint`](docs/resources/endpoint.md) | "), "{readme}");
    }

    fn pages(directory: &Path) -> impl Iterator<Item = (std::path::PathBuf, String)> {
        let entries = walkdir::WalkDir::new(directory).into_iter().map(|entry| entry.unwrap().into_path());
        let pages = entries.filter(|path| path.extension().is_some_and(|e| e == "md"));
        pages.map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
    }

    /// What a heading is called in a link.
    fn anchor(heading: &str) -> String {
        let kept = heading.to_lowercase().replace(' ', "-");
        kept.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect()
    }

    #[test]
    fn no_page_repeats_more_than_ten_lines_of_itself() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
        let mut repeated = Vec::new();
        for (path, text) in pages(&root) {
            let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
            let windows: Vec<&[&str]> = lines.windows(11).collect();
            let mut first = std::collections::HashMap::new();
            for (i, window) in windows.iter().enumerate() {
                if i >= *first.entry(window).or_insert(i) + window.len() {
                    repeated.push(format!("{}: {}", path.display(), window[0]));
                }
            }
        }
        assert_eq!(repeated, Vec::<String>::new());
    }

    #[test]
    fn every_link_between_pages_leads_somewhere() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut lost = Vec::new();
        let mut followed = 0;
        for (path, text) in pages(&root.join("docs")) {
            // A pattern in code may look like a link.
            let prose: String = text.split('`').step_by(2).collect();
            let links = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            for link in links.filter(|link| !link.contains("://")) {
                let (file, place) = link.split_once('#').map_or((link, None), |(file, place)| (file, Some(place)));
                let target = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
                // A picture is no text.
                let there = std::fs::read(&target).is_ok_and(|bytes| {
                    let text = String::from_utf8_lossy(&bytes);
                    place.is_none_or(|place| {
                        let headings = text.lines().filter_map(|line| line.strip_prefix('#'));
                        let mut anchors = headings.map(|h| anchor(h.trim_start_matches('#').trim()));
                        text.contains(&format!("<a id=\"{place}\">")) || anchors.any(|a| a == place)
                    })
                });
                followed += 1;
                if !there {
                    lost.push(format!("{}: {link}", path.display()));
                }
            }
        }
        assert!(lost.is_empty(), "{lost:#?}");
        assert!(followed > 100, "{followed} links are too few: the pages were not found");
    }

    #[test]
    fn the_prose_of_every_resource_begins_with_what_its_operations_do() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/resources");
        let odd: Vec<_> = pages(&root)
            .filter(|(path, _)| path.ends_with("notes.md"))
            .filter(|(_, text)| !text.starts_with("## Lifecycle\n\n**Create**") || !text.contains("**Destroy** "))
            .map(|(path, _)| path)
            .collect();
        assert!(odd.is_empty(), "{odd:?}");
    }
}
