//! All the pages of a provider, on disk.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

use super::{Extra, Kind, render, render_function, render_provider};
use crate::resource::Provider;
use crate::schema::Schema;

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where it belongs below the directory of the documentation: `resources/endpoint.md`.
    pub path: String,
    /// The Markdown.
    pub content: String,
}

/// The pages, and what is missing to complete them.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Every page.
    pub pages: Vec<Page>,
    /// The example files that should exist and do not.
    pub missing: Vec<PathBuf>,
}

/// What the provider knows of the API behind a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supplement {
    /// The attributes that an import does not find.
    pub unread: Vec<String>,
    /// Pages of the API's reference: title and address.
    pub references: Vec<(String, String)>,
}

/// The directories whose Markdown files all come from here. Guides, written by hand, live elsewhere.
const DIRECTORIES: [&str; 6] =
    ["resources", "data-sources", "functions", "ephemeral-resources", "list-resources", "actions"];

/// Renders the pages of everything that a provider offers, with the examples below a directory:
/// `provider/provider.tf`, `resources/TYPE/resource.tf`, `import.sh` and `notes.md`, `data-sources/TYPE/data-source.tf`,
/// `functions/NAME/function.tf`, and so on (see [`Kind::example`]). `supplement` is asked for each page of a schema.
///
/// # Errors
/// An example that exists and cannot be read.
pub fn collect<P: Provider>(
    provider: &P,
    examples: &Path,
    supplement: impl Fn(Kind, &Schema) -> Supplement,
) -> Result<Site> {
    let prefix = provider.name();
    let mut site = Site::default();
    let example = site.read(&examples.join("provider/provider.tf"))?;
    let extra = Extra { example, ..Extra::default() };
    site.push("index.md".to_owned(), render_provider(prefix, &provider.schema(), &extra));

    let none = Vec::new;
    let mut schemas: Vec<(Kind, Schema, Vec<&'static str>)> = Vec::new();
    schemas.extend(provider.resources().iter().map(|x| (Kind::Resource, x.schema(), x.move_sources())));
    schemas.extend(provider.data_sources().iter().map(|x| (Kind::DataSource, x.schema(), none())));
    schemas.extend(provider.ephemeral_resources().iter().map(|x| (Kind::EphemeralResource, x.schema(), none())));
    schemas.extend(provider.list_resources().iter().map(|x| (Kind::ListResource, x.schema(), none())));
    schemas.extend(provider.actions().iter().map(|x| (Kind::Action, x.schema(), none())));
    for (kind, schema, move_sources) in schemas {
        let directory = examples.join(kind.directory()).join(format!("{prefix}_{}", schema.name));
        let mut of_resource = |file: &str| match kind {
            Kind::Resource => site.read(&directory.join(file)),
            _ => Ok(None),
        };
        let (import, notes) = (of_resource("import.sh")?, of_resource("notes.md")?);
        let example = site.read(&directory.join(kind.example()))?;
        let extra = Extra { example, import, move_sources, notes, supplement: supplement(kind, &schema) };
        site.push(format!("{}/{}.md", kind.directory(), schema.name), render(kind, prefix, &schema, &extra));
    }
    for function in provider.functions() {
        let signature = function.signature();
        let example = site.read(&examples.join("functions").join(&*signature.name).join("function.tf"))?;
        let extra = Extra { example, ..Extra::default() };
        site.push(format!("functions/{}.md", signature.name), render_function(prefix, &signature, &extra));
    }
    Ok(site)
}

impl Site {
    fn push(&mut self, path: String, content: String) {
        self.pages.push(Page { path, content });
    }

    fn read(&mut self, path: &Path) -> Result<Option<String>> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(Some(text)),
            Err(e) if e.kind() == ErrorKind::NotFound => {
                self.missing.push(path.to_owned());
                Ok(None)
            }
            Err(e) => Err(named("read", path, &e)),
        }
    }
}

/// Brings the directory of the documentation up to date: writes the pages that differ and removes those that nothing
/// stands for any more. With `check` it changes nothing. Either way it returns which paths differed, sorted.
///
/// # Errors
/// A file that cannot be read, written or removed; the message names it.
pub fn write_or_check(dir: &Path, pages: &[Page], check: bool) -> Result<Vec<String>> {
    let mut on_disk = existing(dir)?;
    let mut differing = Vec::new();
    for page in pages {
        if on_disk.remove(&page.path).as_deref() == Some(page.content.as_bytes()) {
            continue;
        }
        differing.push(page.path.clone());
        if !check {
            let path = dir.join(&page.path);
            let parent = path.parent().unwrap_or(dir);
            fs::create_dir_all(parent).map_err(|e| named("create", parent, &e))?;
            fs::write(&path, &page.content).map_err(|e| named("write", &path, &e))?;
        }
    }
    for stale in on_disk.into_keys() {
        if !check {
            let path = dir.join(&stale);
            fs::remove_file(&path).map_err(|e| named("remove", &path, &e))?;
        }
        differing.push(stale);
    }
    differing.sort();
    Ok(differing)
}

/// The generated files, by their path below the directory.
fn existing(dir: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut add = |relative: String| {
        let path = dir.join(&relative);
        match fs::read(&path) {
            Ok(content) => found.insert(relative, content),
            Err(e) if e.kind() == ErrorKind::NotFound => None,
            Err(e) => return Err(named("read", &path, &e)),
        };
        Ok(())
    };
    add("index.md".to_owned())?;
    for directory in DIRECTORIES {
        let path = dir.join(directory);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(e) if e.kind() == ErrorKind::NotFound => continue,
            Err(e) => return Err(named("read", &path, &e)),
        };
        for entry in entries {
            let name = entry.map_err(|e| named("read", &path, &e))?.file_name();
            if let Some(name) = name.to_str().filter(|n| n.ends_with(".md")) {
                add(format!("{directory}/{name}"))?;
            }
        }
    }
    Ok(found)
}

fn named(what: &str, path: &Path, error: &Error) -> Error {
    Error::new(error.kind(), format!("cannot {what} {}: {error}", path.display()))
}
