//! The schema as Terraform sees it: read back from the protocol's message, with everything that Terraform refuses.

use std::collections::{BTreeMap, BTreeSet};

use super::Violation;
use crate::json;
use crate::pb::tfplugin6 as pb;
use crate::schema::{Nesting, Type};
use crate::value::{Path, Step};

/// The attributes of an object, by name.
pub type Attributes = BTreeMap<String, Attribute>;

/// A schema as received.
#[derive(Clone, Debug)]
pub struct Schema {
    /// The version that is stored with each object.
    pub version: i64,
    /// The attributes.
    pub attributes: Attributes,
    /// The type of the whole object.
    pub ty: Type,
}

/// One attribute as received.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The type of its values.
    pub ty: Type,
    /// How nested objects are collected, and their attributes.
    pub nested: Option<(Nesting, Attributes)>,
    /// The configuration must set it.
    pub required: bool,
    /// The configuration may set it.
    pub optional: bool,
    /// The provider may set it.
    pub computed: bool,
    /// Not to be shown.
    pub sensitive: bool,
    /// Never in a plan or a state.
    pub write_only: bool,
    /// Not to be used any more.
    pub deprecated: bool,
}

/// What the language reads itself in the block of a resource, data source or ephemeral resource.
pub(super) const IN_RESOURCES: &[&str] =
    &["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];

/// What it reads itself in a provider block.
pub(super) const IN_PROVIDERS: &[&str] = &["alias", "count", "depends_on", "for_each", "source", "version"];

/// Reads a schema; whatever Terraform would refuse it for is added to `found`, and what nobody could set: attributes whose
/// names the language reserves.
pub(super) fn read(message: &pb::Schema, name: &str, reserved: &[&str], found: &mut Vec<Violation>) -> Schema {
    let mut refuse = |path: &Path, what: &str| {
        found.push(Violation::new("Failed to load plugin schemas", path.clone(), format!("{name}: {what}")));
    };
    if message.version < 0 {
        refuse(&Path::root(), "negative version");
    }
    let block = message.block.clone().unwrap_or_default();
    for nested in &block.block_types {
        refuse(&Path::of(&nested.type_name), "is a nested block, which this framework never has");
    }
    let attributes = read_attributes(&block.attributes, &Path::root(), false, &mut refuse);
    for taken in attributes.keys().filter(|name| reserved.contains(&name.as_str())) {
        refuse(&Path::of(taken), "the language reserves this name");
    }
    let ty = type_of(&attributes);
    Schema { version: message.version, attributes, ty }
}

fn read_attributes(
    messages: &[pb::schema::Attribute],
    path: &Path,
    in_set: bool,
    refuse: &mut dyn FnMut(&Path, &str),
) -> Attributes {
    let mut names = BTreeSet::new();
    let mut attributes = Attributes::new();
    for a in messages {
        let here = path.attribute(&a.name);
        if !names.insert(&a.name) {
            refuse(&here, "declared twice");
        }
        if a.name.is_empty() || !a.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            refuse(&here, "not a name");
        }
        match (a.required, a.optional, a.computed) {
            (false, false, false) => refuse(&here, "neither required, optional nor computed"),
            (true, true, _) => refuse(&here, "required and optional"),
            (true, _, true) => refuse(&here, "required and computed"),
            _ => {}
        }
        if a.write_only && (a.computed || in_set) {
            refuse(&here, "write-only, yet computed or inside a set");
        }
        if !a.deprecation_message.is_empty() && !a.deprecated {
            refuse(&here, "has a deprecation message but is not deprecated");
        }
        let (ty, nested) = match (&a.nested_type, a.r#type.is_empty()) {
            (Some(object), true) => {
                let nesting = match pb::schema::object::NestingMode::try_from(object.nesting) {
                    Ok(pb::schema::object::NestingMode::Single) => Nesting::Single,
                    Ok(pb::schema::object::NestingMode::List) => Nesting::List,
                    Ok(pb::schema::object::NestingMode::Set) => Nesting::Set,
                    Ok(pb::schema::object::NestingMode::Map) => Nesting::Map,
                    _ => {
                        refuse(&here, "has no valid nesting");
                        Nesting::Single
                    }
                };
                let inner = read_attributes(&object.attributes, &here, in_set || nesting == Nesting::Set, &mut *refuse);
                let ty = type_of(&inner);
                let ty = match nesting {
                    Nesting::Single => ty,
                    Nesting::List => ty.list(),
                    Nesting::Set => ty.set(),
                    Nesting::Map => ty.map(),
                };
                (ty, Some((nesting, inner)))
            }
            (None, false) => match json::type_from_json(&a.r#type) {
                Ok(ty) => {
                    if in_set && ty.has_dynamic() {
                        refuse(&here, "dynamic inside a set");
                    }
                    (ty, None)
                }
                Err(e) => {
                    refuse(&here, &e.to_string());
                    (Type::Dynamic, None)
                }
            },
            _ => {
                refuse(&here, "needs either a type or nested attributes");
                (Type::Dynamic, None)
            }
        };
        let attribute = Attribute {
            ty,
            nested,
            required: a.required,
            optional: a.optional,
            computed: a.computed,
            sensitive: a.sensitive,
            write_only: a.write_only,
            deprecated: a.deprecated,
        };
        attributes.insert(a.name.clone(), attribute);
    }
    attributes
}

fn type_of(attributes: &Attributes) -> Type {
    Type::Object(attributes.iter().map(|(name, a)| (name.clone(), a.ty.clone())).collect())
}

/// The attribute that a path ends at; None if it ends inside a collection or at nothing.
pub(super) fn at<'a>(attributes: &'a Attributes, path: &Path) -> Option<&'a Attribute> {
    let mut attributes = Some(attributes);
    let mut found = None;
    for step in &path.0 {
        match step {
            Step::Attribute(name) => {
                found = attributes.and_then(|a| a.get(name));
                attributes = found.and_then(|a| a.nested.as_ref()).map(|(_, inner)| inner);
            }
            // An element of nested objects is no attribute of its own, but leads to some.
            _ => found = None,
        }
    }
    found
}
