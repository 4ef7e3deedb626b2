//! Between the framework's own types and the messages of the protocol.

use std::fmt::Write;

use crate::diag::{Diag, Diags, Result, Severity};
use crate::json;
use crate::lifecycle::{Managed, Private};
use crate::log::mask_registered;
use crate::pb::tfplugin6 as pb;
use crate::resource::{Parameter, Signature};
use crate::schema::{Attribute, Kind, Mode, Nesting, Object, Schema, Text, Type};
use crate::value::{Path, Step, Value};
use crate::wire;

/// Reads a value of a message. Absent means null.
pub(super) fn decode(value: Option<&pb::DynamicValue>, value_type: &Type) -> Result<Value> {
    wire::decode(value, value_type).map_err(|e| e.diag("decode a value that Terraform sent").into())
}

/// Reads an object that exists or shall, or null. Unknown in part it may be, as a whole it is neither.
pub(super) fn decode_object(value: Option<&pb::DynamicValue>, value_type: &Type) -> Result<Value> {
    match decode(value, value_type)? {
        Value::Unknown(_) => {
            Err(Diag::bug("Cannot decode an object that Terraform sent", "It is unknown as a whole.").into())
        }
        object => Ok(object),
    }
}

/// Writes a value for a message. A value that does not fit its type becomes a diagnostic, never a gRPC error.
pub(super) fn encode(value: &Value, value_type: &Type, diags: &mut Diags) -> Option<pb::DynamicValue> {
    match wire::encode(value, value_type) {
        Ok(message) => Some(message),
        Err(e) => {
            diags.push(Diag::bug("Provider error: value of the wrong type", &e).at(e.path.clone()));
            None
        }
    }
}

/// Reads the data kept with a state. Anything unreadable counts as none: it is ours, and only ever a help.
pub(super) fn private_from(bytes: &[u8]) -> Private {
    serde_json::from_slice(bytes).unwrap_or_default()
}

/// Writes the data kept with a state.
pub(super) fn private_to(private: &Private) -> Vec<u8> {
    if private.is_empty() { Vec::new() } else { serde_json::to_vec(private).unwrap_or_default() }
}

/// The identity of an object for a message, or the one it was asked for by; None if it has none or it is not known yet.
pub(super) fn identity<C: Send + Sync + 'static>(
    resource: &Managed<C>,
    client: Option<&C>,
    state: &Value,
    given: Option<Value>,
    diags: &mut Diags,
) -> Option<pb::ResourceIdentityData> {
    let identity = resource.identity(client, state).or(given)?;
    encode(&identity, &resource.identity_type(), diags).map(|d| pb::ResourceIdentityData { identity_data: Some(d) })
}

/// Diagnostics for a message, without secrets. Equal ones are reported once.
pub(super) fn diagnostics(diags: &Diags) -> Vec<pb::Diagnostic> {
    let mut reported: Vec<&Diag> = Vec::new();
    for diag in &diags.0 {
        if !reported.contains(&diag) {
            reported.push(diag);
        }
    }
    reported.into_iter().map(diagnostic).collect()
}

fn diagnostic(diag: &Diag) -> pb::Diagnostic {
    let steps = pointer(&diag.path);
    let mut detail = diag.detail.clone();
    let exactly = format!("`{}`", diag.path);
    // The line that Terraform shows may hold a whole list, or the name of a variable.
    if diag.path.0.len() > 1 && !detail.contains(&exactly) {
        let _ = write!(detail, "\n\nThis concerns the attribute {exactly}.");
    }
    pb::Diagnostic {
        severity: match diag.severity {
            Severity::Error => pb::diagnostic::Severity::Error,
            Severity::Warning => pb::diagnostic::Severity::Warning,
        } as i32,
        summary: shown(&diag.summary),
        detail: shown(&detail),
        attribute: (!steps.is_empty()).then(|| attribute_path(&steps)),
    }
}

/// Text for the user, without secrets.
pub(super) fn shown(text: &str) -> String {
    mask_registered(text).into_owned()
}

/// The steps of a path that lead Terraform to the line to show: the attribute, and the list element or inner attribute
/// that it holds there.
///
/// Terraform finds nested attributes in its source only one step below the attribute of the resource; with a longer
/// path it shows the resource's first line (`ElaborateFromConfigBody` in its `internal/tfdiags/contextual.go`, seen with
/// 1.11.4). An inner attribute counts as a key there. The key of a map stays out: looking for it, Terraform crashes if
/// the user wrote one of the map's keys as a number.
fn pointer(path: &Path) -> Vec<Step> {
    let second = match path.0.get(1) {
        Some(Step::Index(i)) => Some(Step::Index(*i)),
        Some(Step::Attribute(name)) => Some(Step::Key(name.clone())),
        Some(Step::Key(_) | Step::Element) | None => None,
    };
    path.0.first().cloned().into_iter().chain(second).collect()
}

/// A path for a message. Steps must not lead into sets.
pub(super) fn attribute_path(steps: &[Step]) -> pb::AttributePath {
    use pb::attribute_path::step::Selector;
    let selector = |step: &Step| match step {
        Step::Attribute(name) => Some(Selector::AttributeName(name.clone())),
        Step::Index(i) => Some(Selector::ElementKeyInt(i64::try_from(*i).unwrap_or(i64::MAX))),
        Step::Key(key) => Some(Selector::ElementKeyString(key.clone())),
        Step::Element => None,
    };
    pb::AttributePath { steps: steps.iter().map(|s| pb::attribute_path::Step { selector: selector(s) }).collect() }
}

/// A schema for a message.
pub(super) fn schema(schema: &Schema) -> pb::Schema {
    pb::Schema {
        version: schema.version,
        block: Some(pb::schema::Block {
            attributes: attributes(&schema.object),
            description: schema.description.to_string(),
            description_kind: pb::StringKind::Markdown as i32,
            deprecated: schema.deprecated.is_some(),
            deprecation_message: message(schema.deprecated.as_ref()),
            ..Default::default()
        }),
    }
}

fn message(deprecated: Option<&Text>) -> String {
    deprecated.map(ToString::to_string).unwrap_or_default()
}

fn attributes(object: &Object) -> Vec<pb::schema::Attribute> {
    object.attributes.iter().map(attribute).collect()
}

fn attribute(a: &Attribute) -> pb::schema::Attribute {
    let (value_type, nested_type) = match &a.kind {
        Kind::Leaf(t) => (type_bytes(t), None),
        Kind::Nested(nesting, inner) => (Vec::new(), Some(nested(*nesting, inner))),
    };
    pb::schema::Attribute {
        name: a.name.to_string(),
        r#type: value_type,
        nested_type,
        description: a.description.to_string(),
        description_kind: pb::StringKind::Markdown as i32,
        required: a.mode == Mode::Required,
        optional: matches!(a.mode, Mode::Optional | Mode::OptionalComputed),
        computed: a.mode.is_computed(),
        sensitive: a.sensitive,
        write_only: a.write_only,
        deprecated: a.deprecated.is_some(),
        deprecation_message: message(a.deprecated.as_ref()),
    }
}

fn nested(nesting: Nesting, inner: &Object) -> pb::schema::Object {
    use pb::schema::object::NestingMode;
    let nesting = match nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    pb::schema::Object { attributes: attributes(inner), nesting: nesting as i32, ..Default::default() }
}

/// A type for a message.
pub(super) fn type_bytes(value_type: &Type) -> Vec<u8> {
    json::type_to_json(value_type)
}

/// A function's declaration for a message.
pub(super) fn function(signature: &Signature) -> pb::Function {
    let parameter = |p: &Parameter| pb::function::Parameter {
        name: p.name.to_string(),
        r#type: type_bytes(&p.kind),
        allow_null_value: p.allow_null,
        allow_unknown_values: false,
        description: p.description.to_string(),
        description_kind: pb::StringKind::Markdown as i32,
    };
    pb::Function {
        parameters: signature.parameters.iter().map(parameter).collect(),
        variadic_parameter: signature.variadic.as_ref().map(parameter),
        r#return: Some(pb::function::Return { r#type: type_bytes(&signature.result) }),
        summary: signature.summary.to_string(),
        description: signature.description.to_string(),
        description_kind: pb::StringKind::Markdown as i32,
        deprecation_message: String::new(),
    }
}
