//! Schemas as the Markdown pages that the Terraform Registry shows.
//!
//! The layout is that of the registry: <https://developer.hashicorp.com/terraform/registry/providers/docs>. Everything on a
//! page comes from the schema, but for the example and the import command, which are files that the tests run, for the
//! prose of a resource, which is a file beside them, and for what the provider adds about its API ([`Supplement`]).

mod attributes;
mod site;

pub use self::site::{Page, Site, Supplement, collect, write_or_check};

use crate::resource::{Parameter, Signature};
use crate::schema::{IdentityAttribute, Schema};

/// The kinds of pages that have a schema and a type name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A managed resource.
    Resource,
    /// A data source.
    DataSource,
    /// An ephemeral resource.
    EphemeralResource,
    /// A list resource.
    ListResource,
    /// An action.
    Action,
}

impl Kind {
    /// What it is called in titles.
    pub fn title(self) -> &'static str {
        match self {
            Self::Resource => "Resource",
            Self::DataSource => "Data Source",
            Self::EphemeralResource => "Ephemeral Resource",
            Self::ListResource => "List Resource",
            Self::Action => "Action",
        }
    }

    /// The directory of its pages and of its examples.
    pub fn directory(self) -> &'static str {
        match self {
            Self::Resource => "resources",
            Self::DataSource => "data-sources",
            Self::EphemeralResource => "ephemeral-resources",
            Self::ListResource => "list-resources",
            Self::Action => "actions",
        }
    }

    /// The name of the example's file.
    pub fn example(self) -> &'static str {
        match self {
            Self::Resource => "resource.tf",
            Self::DataSource => "data-source.tf",
            Self::EphemeralResource => "ephemeral-resource.tf",
            Self::ListResource => "list-resource.tfquery.hcl",
            Self::Action => "action.tf",
        }
    }
}

/// What a page says beyond the schema.
#[derive(Clone, Debug, Default)]
pub struct Extra {
    /// The configuration shown as the example.
    pub example: Option<String>,
    /// The commands that import: comments that say what the id is, then `terraform import ADDRESS ID`.
    pub import: Option<String>,
    /// The resource types of other providers whose objects a `moved` block brings here.
    pub move_sources: Vec<&'static str>,
    /// What no schema can say, with second-level headings of its own: what the operations do, what they need, which
    /// mistakes are made.
    pub notes: Option<String>,
    /// What the provider knows of the API behind it.
    pub supplement: Supplement,
}

/// The page of the provider block.
pub fn render_provider(provider: &str, schema: &Schema, extra: &Extra) -> String {
    let mut page = front(&format!("Provider: {provider}"), None, &schema.description);
    page.push_str(&format!("# {provider} Provider\n\n{}\n", schema.description));
    example(&mut page, extra);
    attributes::render(&mut page, &schema.object, false);
    page
}

/// The page of anything with a schema and a type name.
pub fn render(kind: Kind, provider: &str, schema: &Schema, extra: &Extra) -> String {
    let name = format!("{provider}_{}", schema.name);
    let title = kind.title();
    let full_title = format!("{name} {title} - {provider}");
    let mut page = front(&full_title, Some(&schema.subcategory), &schema.description);
    page.push_str(&format!("# {name} ({title})\n\n{}\n", schema.description));
    if let Some(deprecated) = &schema.deprecated {
        page.push_str(&format!("\n~> **Deprecated:** {}\n", sentence(deprecated)));
    }
    example(&mut page, extra);
    if let Some(notes) = &extra.notes {
        page.push_str(&format!("\n{}\n", notes.trim()));
    }
    attributes::render(&mut page, &schema.object, kind == Kind::Resource);
    if let Some(import) = extra.import.as_deref().filter(|_| kind == Kind::Resource) {
        import_section(&mut page, &name, &schema.identity, import);
        unread_section(&mut page, &extra.supplement.unread);
        move_section(&mut page, import, &extra.move_sources);
    }
    if !extra.supplement.references.is_empty() {
        page.push_str("\n## API Reference\n\n");
        for (title, url) in &extra.supplement.references {
            page.push_str(&format!("- [{title}]({url})\n"));
        }
    }
    page
}

/// Appends what is said of every attribute of an object.
#[cfg(test)]
pub(crate) fn describe(page: &mut String, object: &crate::schema::Object) {
    attributes::render(page, object, true);
}

/// The page of a function.
pub fn render_function(provider: &str, signature: &Signature, extra: &Extra) -> String {
    let name = &signature.name;
    let mut page = front(&format!("{name} function - {provider}"), Some(""), &signature.summary);
    page.push_str(&format!("# function: {name}\n\n{}\n", signature.description));
    example(&mut page, extra);
    let parameter =
        |p: &Parameter, dots: &str| format!("{} {}{dots}", p.name, attributes::type_name(&p.kind).to_lowercase());
    let mut parameters: Vec<String> = signature.parameters.iter().map(|p| parameter(p, "")).collect();
    parameters.extend(signature.variadic.iter().map(|p| parameter(p, "...")));
    let result = attributes::type_name(&signature.result).to_lowercase();
    page.push_str(&format!("\n## Signature\n\n```text\n{name}({}) {result}\n```\n", parameters.join(", ")));
    if !parameters.is_empty() {
        page.push_str("\n## Arguments\n\n");
    }
    let variadic = signature.variadic.iter().map(|p| (p, "Variadic, "));
    for (p, variadic) in signature.parameters.iter().map(|p| (p, "")).chain(variadic) {
        let nullable = if p.allow_null { ", Nullable" } else { "" };
        let type_name = attributes::type_name(&p.kind);
        let description = p.description.trim();
        page.push_str(&format!("1. `{}` ({variadic}{type_name}{nullable}) {description}\n", p.name));
    }
    page
}

/// What precedes a page. The menu of the registry has no place in a subcategory for the page of the provider itself:
/// `tfplugindocs validate` refuses one there.
fn front(title: &str, subcategory: Option<&str>, description: &str) -> String {
    let summary = description.split("\n\n").next().unwrap_or_default().trim().replace('\n', "\n  ");
    let subcategory = subcategory.map(|s| format!("subcategory: {s:?}\n")).unwrap_or_default();
    format!("---\npage_title: {title:?}\n{subcategory}description: |-\n  {summary}\n---\n\n")
}

fn example(page: &mut String, extra: &Extra) {
    if let Some(example) = &extra.example {
        page.push_str(&format!("\n## Example Usage\n\n```terraform\n{}\n```\n", example.trim()));
    }
}

fn import_section(page: &mut String, name: &str, identity: &[IdentityAttribute], command: &str) {
    page.push_str("\n## Import\n\n");
    let last = command.lines().rev().find(|l| l.trim_start().starts_with("terraform import "));
    let words: Vec<&str> = last.map(|l| l.split_whitespace().collect()).unwrap_or_default();
    if let [.., address, id] = words.as_slice() {
        let id = id.trim_matches(['\'', '"']);
        page.push_str("With an `import` block (Terraform 1.5 and later):\n\n");
        page.push_str(&format!("```terraform\nimport {{\n  to = {address}\n  id = {id:?}\n}}\n```\n\n"));
        if !identity.is_empty() {
            let to = format!("{name}.{}", address.rsplit('.').next().unwrap_or("example"));
            identity_block(page, &to, identity);
        }
    }
    page.push_str(&format!("With the command:\n\n```shell\n{}\n```\n", command.trim()));
}

/// What the plan after an import shows as added.
fn unread_section(page: &mut String, unread: &[String]) {
    if !unread.is_empty() {
        let names: Vec<String> = unread.iter().map(|name| format!("`{name}`")).collect();
        page.push_str(&format!(
            "\nAn import does not find {}: the next plan shows what the configuration sets there as added.\n",
            names.join(", ")
        ));
    }
}

/// What a `moved` block can name.
fn move_section(page: &mut String, import: &str, sources: &[&str]) {
    let address =
        import.lines().rev().find_map(|l| l.trim_start().strip_prefix("terraform import ")?.split(' ').next());
    let (Some(to), Some(first)) = (address, sources.first()) else { return };
    let name = to.rsplit('.').next().unwrap_or("example");
    let all: Vec<String> = sources.iter().map(|source| format!("`{source}`")).collect();
    page.push_str(&format!(
        "\n## Move\n\nA `moved` block (Terraform 1.8 and later) takes over the object of another provider's resource: {}.\n\n\
         ```terraform\nmoved {{\n  from = {first}.{name}\n  to   = {to}\n}}\n```\n",
        all.join(", ")
    ));
}

fn identity_block(page: &mut String, to: &str, identity: &[IdentityAttribute]) {
    page.push_str("Or by identity (Terraform 1.12 and later):\n\n```terraform\nimport {\n");
    page.push_str(&format!("  to = {to}\n  identity = {{\n"));
    let width = identity.iter().map(|i| i.name.len()).max().unwrap_or(0);
    for attribute in identity {
        let optional = if attribute.required { "" } else { " # optional" };
        page.push_str(&format!("    {:width$} = \"...\"{optional}\n", attribute.name));
    }
    page.push_str("  }\n}\n```\n\n");
}

/// The text with a full stop, unless it ends a sentence already.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?', ':']) { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod rules;
#[cfg(test)]
mod tests;
