//! Mocks for `terraform test`, made from the schemas: what a mocked resource or data source has in the attributes that
//! the provider fills in.
//!
//! A client makes up eight letters for each. These are no ARN, URI or time, so that the validation of the next resource
//! refuses them, and a map has no keys to index.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::Path;

use serde_json::{Map, Value as Json, json};
use tfplug::json::to_json;
use tfplug::resource::Provider;
use tfplug::schema::{Attribute, Kind, Mode, Nesting, Object, Schema, Type};

use crate::Mlops;
use crate::resources::DECLARED;

/// Where the mocks are, below the directory of the examples.
pub const DIRECTORY: &str = "mocks";
const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-east-1";
/// ARNs of what is not declared.
const ARNS: [(&str, &str); 4] = [
    ("bucket_layout", "arn:aws:s3:::mock"),
    ("execution_role", "arn:aws:iam::123456789012:role/mock"),
    ("caller_identity", "arn:aws:sts::123456789012:assumed-role/mock/mock"),
    ("service_quota", "arn:aws:servicequotas:us-east-1:123456789012:sagemaker/L-00000000"),
];
/// Attributes whose form neither their name nor their description tells.
const KNOWN: [(&str, &str); 6] = [
    ("content_sha256", HASH),
    ("endpoint_config_name", "mock"),
    ("resource_id", "endpoint/mock/variant/mock"),
    ("scalable_dimension", "sagemaker:variant:DesiredInstanceCount"),
    ("service_namespace", "sagemaker"),
    ("sha256", HASH),
];
/// A hash of nothing.
const HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const HEAD: &str =
    "# Written by `make docs` from the schemas of the provider; docs/guides/testing.md says how to use it.\n";

/// The files, by name: one for Terraform, which reads a directory of mocks, and one to copy into a test of OpenTofu, which
/// does not, and which refuses a mock for an attribute that the configuration may set.
///
/// # Errors
/// An example that cannot be read; the message names it.
pub fn files(examples: &Path) -> Result<[(&'static str, String); 2]> {
    let mut keys = Keys::new();
    indexed_in(examples, &mut keys)?;
    let terraform = blocks(&keys, true);
    let opentofu = blocks(&keys, false).trim().replace('\n', "\n  ").replace("\n  \n", "\n\n");
    let opentofu = format!("{HEAD}mock_provider \"mlops\" {{\n  {opentofu}\n}}\n");
    Ok([("mlops.tfmock.hcl", format!("{HEAD}{terraform}")), ("opentofu.tftest.hcl", opentofu)])
}

/// The keys of maps that the examples index, by attribute.
type Keys = BTreeMap<String, BTreeSet<String>>;

/// Collects each `.attribute["key"]` in the configurations below a directory.
fn indexed_in(directory: &Path, keys: &mut Keys) -> Result<()> {
    let named = |e: Error| Error::new(e.kind(), format!("{}: {e}", directory.display()));
    let entries = match fs::read_dir(directory) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(named)?,
    };
    for entry in entries {
        let path = entry.map_err(named)?.path();
        if path.is_dir() {
            indexed_in(&path, keys)?;
        } else if path.extension().is_some_and(|e| e == "tf") {
            let text = fs::read_to_string(&path).map_err(named)?;
            for (before, after) in text.match_indices("[\"").map(|(at, _)| text.split_at(at)) {
                let attribute =
                    before.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
                let key = after.trim_start_matches("[\"").split('"').next().unwrap_or_default();
                keys.entry(attribute.to_owned()).or_default().insert(key.to_owned());
            }
        }
    }
    Ok(())
}

/// A block for each resource and data source. With `all` also for what the user may set.
fn blocks(keys: &Keys, all: bool) -> String {
    let mut text = String::new();
    let mut add = |kind: &str, schema: &Schema| {
        let mock = Mock { schema, keys, all };
        let values = mock.object(&schema.object, false);
        let width = values.keys().map(String::len).max().unwrap_or_default();
        let _ = write!(text, "\nmock_{kind} \"mlops_{}\" {{\n  defaults = {{\n", schema.name);
        for (name, value) in &values {
            let _ = writeln!(text, "    {name:width$} = {}", expression(value));
        }
        text.push_str("  }\n}\n");
    };
    Mlops.resources().iter().for_each(|r| add("resource", &r.schema()));
    Mlops.data_sources().iter().for_each(|d| add("data", &d.schema()));
    text
}

/// A value in the language of configurations, on one line.
fn expression(value: &Json) -> String {
    match value {
        Json::Object(members) if members.is_empty() => "{}".to_owned(),
        Json::Object(members) => {
            let all: Vec<_> = members.iter().map(|(k, v)| format!("{k} = {}", expression(v))).collect();
            format!("{{ {} }}", all.join(", "))
        }
        Json::Array(elements) => format!("[{}]", elements.iter().map(expression).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

struct Mock<'a> {
    schema: &'a Schema,
    keys: &'a Keys,
    all: bool,
}

impl Mock<'_> {
    /// The values of an object. `made_up`: the client makes up the whole object, not only what the user left out.
    fn object(&self, object: &Object, made_up: bool) -> Map<String, Json> {
        let values = object.attributes.iter().filter_map(|a| Some((a.name.to_string(), self.value(a, made_up)?)));
        values.collect()
    }

    /// The value of an attribute. None if there is nothing to say.
    fn value(&self, attribute: &Attribute, made_up: bool) -> Option<Json> {
        let computed = attribute.mode == Mode::Computed;
        if !self.all && !computed && !made_up {
            return None;
        }
        if let Some(default) = &attribute.default {
            return to_json(default, &attribute.kind.to_type()).ok();
        }
        match &attribute.kind {
            // OpenTofu wants the value itself, where Terraform takes what each element has.
            Kind::Nested(Nesting::List | Nesting::Set, _) if !self.all && (computed || made_up) => Some(json!([])),
            Kind::Nested(Nesting::Map, inner) if !self.all && (computed || made_up) => {
                let keys = self.keys.get(&*attribute.name).into_iter().flatten();
                Some(keys.map(|key| (key.clone(), Json::Object(self.object(inner, true)))).collect())
            }
            Kind::Nested(nesting, inner) => {
                let whole = made_up || attribute.mode.is_computed();
                let values = self.object(inner, whole && *nesting == Nesting::Single);
                (!values.is_empty()).then_some(Json::Object(values))
            }
            Kind::Leaf(kind) if computed => Some(self.leaf(attribute, kind)),
            Kind::Leaf(_) if attribute.mode.is_computed() && known(&attribute.name).is_some() => {
                Some(json!(known(&attribute.name)))
            }
            Kind::Leaf(_) if attribute.name == "arn" && attribute.mode.is_computed() => Some(json!(self.arn())),
            Kind::Leaf(_) if attribute.name == "region" => Some(json!(REGION)),
            Kind::Leaf(_) if attribute.name == "name" && attribute.mode.is_computed() => Some(json!("mock")),
            Kind::Leaf(kind) if made_up && attribute.mode == Mode::Required => Some(self.leaf(attribute, kind)),
            Kind::Leaf(_) => (made_up || attribute.mode.is_computed()).then_some(Json::Null),
        }
    }

    /// A value of the form that the attribute's name and description tell.
    fn leaf(&self, attribute: &Attribute, kind: &Type) -> Json {
        match kind {
            Type::String => self.text(attribute, "mock"),
            Type::Number => json!(1),
            Type::Bool => json!(false),
            Type::List(_) | Type::Set(_) => json!([]),
            Type::Map(_) | Type::Dynamic => {
                let is_text = matches!(kind, Type::Map(element) if **element == Type::String);
                let keys = self.keys.get(&*attribute.name).into_iter().flatten();
                keys.map(|key| (key.clone(), if is_text { self.text(attribute, key) } else { json!(1) })).collect()
            }
            _ => Json::Null,
        }
    }

    fn text(&self, attribute: &Attribute, last: &str) -> Json {
        let (name, description) = (&*attribute.name, &*attribute.description);
        let said = |words: &str| description.contains(words);
        if said("null if") || name == "failure_reason" {
            return Json::Null;
        }
        json!(match name {
            "arn" => self.arn(),
            "account_id" => ACCOUNT.to_owned(),
            "partition" => "aws".to_owned(),
            "region" => REGION.to_owned(),
            _ if name.ends_with("_arn") => format!("arn:aws:sagemaker:{REGION}:{ACCOUNT}:mock/mock"),
            _ if name.ends_with("json") => "{}".to_owned(),
            _ if said("S3 URI") => format!("s3://mock/{last}/"),
            _ if said("RFC 3339") => "2025-01-01T00:00:00Z".to_owned(),
            _ if said("SHA-256") => "0".repeat(64),
            _ if said("Domain name") || said("domain name") => format!("mock.s3.{REGION}.amazonaws.com"),
            _ if said("URL") => "https://mock.example.com".to_owned(),
            _ => known(name).or_else(|| self.status(name)).unwrap_or("mock").to_owned(),
        })
    }

    fn arn(&self) -> String {
        if let Some((_, arn)) = ARNS.iter().find(|(name, _)| *name == self.schema.name) {
            return (*arn).to_owned();
        }
        let declared = DECLARED.iter().find(|d| (d.schema)().name == self.schema.name);
        declared.map_or_else(String::new, |d| {
            let region = if d.arn.regional { REGION } else { "" };
            let kind = d.arn.resource.split('{').next().unwrap_or_default();
            format!("arn:aws:{}:{region}:{ACCOUNT}:{kind}mock", d.arn.service)
        })
    }

    /// A status of success, if the attribute is a status.
    fn status(&self, name: &str) -> Option<&'static str> {
        let declared = DECLARED.iter().find(|d| (d.schema)().name == self.schema.name)?;
        declared.statuses.iter().find(|s| s.member == name)?.done.first().copied()
    }
}

fn known(name: &str) -> Option<&'static str> {
    KNOWN.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_examples_index_has_its_keys() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("nested")).unwrap();
        let text = "value = [\"x\", a.b.uris[\"data\"], a[\"i\"].uris[\"code\"]]\n";
        fs::write(root.path().join("nested/main.tf"), text).unwrap();
        let [(_, terraform), (_, opentofu)] = files(root.path()).unwrap();
        let uris = r#"{ code = "s3://mock/code/", data = "s3://mock/data/" }"#;
        assert!(terraform.lines().any(|l| l.trim_start().starts_with("uris") && l.ends_with(uris)), "{terraform}");
        assert!(opentofu.contains(uris), "{opentofu}");
        assert!(files(&root.path().join("absent")).unwrap()[0].1.contains("= {}\n"));
    }

    #[test]
    fn whatever_has_an_arn_has_one_of_its_form() {
        let keys = Keys::new();
        let resources = Mlops.resources().into_iter().map(|r| r.schema());
        for schema in resources.chain(Mlops.data_sources().into_iter().map(|d| d.schema())) {
            let mock = Mock { schema: &schema, keys: &keys, all: true };
            let Some(arn) = mock.object(&schema.object, false).get("arn").cloned() else { continue };
            let arn = arn.as_str().unwrap();
            assert!(crate::aws::arn::Arn::parse(arn).is_ok(), "add the ARN of {} to `ARNS`: {arn:?}", schema.name);
        }
    }

    #[test]
    fn opentofu_gets_nothing_that_a_configuration_may_set() {
        let [(_, terraform), (_, opentofu)] = files(Path::new("absent")).unwrap();
        for configurable in [" region ", " name ", " wait_for_completion ", " source_code "] {
            assert!(terraform.contains(configurable), "{configurable}");
            assert!(!opentofu.split("mock_data").next().unwrap().contains(configurable), "{configurable}");
        }
    }
}
