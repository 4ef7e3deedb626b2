//! Provider code that breaks a rule of Terraform's, rule by rule: the framework answers with a diagnostic that names the
//! attribute and calls it a bug of the provider, and with the best state that keeps the rule. The stand-in for Terraform
//! finds nothing to object to.

mod apply;
mod others;
mod plan;
mod read;

use serde_json::json;
use tfplug::diag::Diag;
use tfplug::schema::{Attribute, IdentityAttribute, Kind, Mode, Nesting, Object, OnUpdate, Schema, Type};
use tfplug::testing::{Outcome, State};
use tfplug::value::{Path, Value};

use crate::toy::{Hooks, THING, Talk, Toy};

/// A resource with an attribute of each kind.
fn attributes() -> Vec<Attribute> {
    let leaf = |name: &'static str, ty: Type, mode| Attribute::new(name, Kind::Leaf(ty), mode, "A leaf.");
    let mut secret = leaf("secret", Type::String, Mode::Optional);
    secret.write_only = true;
    let mut kind = leaf("kind", Type::String, Mode::Required);
    kind.replace = true;
    let mut serial = leaf("serial", Type::String, Mode::Computed);
    serial.on_update = OnUpdate::Keep;
    let parts = Object { attributes: vec![kind, serial, leaf("weight", Type::Number, Mode::Optional)], rules: vec![] };
    vec![
        leaf("name", Type::String, Mode::Required),
        leaf("size", Type::Number, Mode::Optional),
        leaf("note", Type::String, Mode::OptionalComputed),
        leaf("etag", Type::String, Mode::Computed),
        secret,
        leaf("labels", Type::String.map(), Mode::Optional),
        leaf("zones", Type::String.set(), Mode::Optional),
        Attribute::new("parts", Kind::Nested(Nesting::List, parts.clone()), Mode::Optional, "Parts."),
        Attribute::new("main", Kind::Nested(Nesting::Single, parts.clone()), Mode::Optional, "The main part."),
        Attribute::new("spare", Kind::Nested(Nesting::Map, parts), Mode::Optional, "Spare parts."),
    ]
}

fn config() -> serde_json::Value {
    json!({
        "name": "n", "size": 1, "secret": "s", "labels": { "a": "1" }, "zones": ["x", "y"],
        "parts": [{ "kind": "k", "weight": 2 }], "main": { "kind": "m" }, "spare": { "s": { "kind": "t" } },
    })
}

async fn talk(hooks: Hooks) -> Talk {
    Toy::new(attributes(), hooks).talk().await
}

/// A toy whose resource has an identity: its id.
fn toy_with_identity(hooks: Hooks) -> Toy {
    let mut attributes = attributes();
    let mut id = Attribute::new("id", Kind::Leaf(Type::String), Mode::Computed, "The id.");
    id.on_update = OnUpdate::Keep;
    attributes.push(id);
    let object = Object { attributes, rules: Vec::new() };
    let identity = vec![IdentityAttribute { name: "id".into(), required: true }];
    let description = "A thing.".into();
    Toy::with_schema(Schema { name: "thing".into(), description, object, identity, ..Schema::default() }, hooks)
}

/// A well-made object, before the provider misbehaves.
async fn created(core: &mut Talk) -> State {
    let config = core.config(THING, &config());
    let mut state = None;
    core.run(THING, &mut state, Some(&config)).await.good();
    state.unwrap()
}

/// Demands a diagnostic that leads to the attribute and calls it a bug of the provider.
#[track_caller]
fn bug_at(diags: &[Diag], path: &str) {
    let bugs: Vec<_> = diags.iter().filter(|d| d.detail.contains("bug in the provider")).collect();
    let all: Vec<_> = diags.iter().map(ToString::to_string).collect();
    assert!(bugs.iter().any(|d| leads_to(d, path)), "no bug is reported at `{path}`, but:\n{}", all.join("\n"));
}

/// Whether a diagnostic points at the attribute of the resource, and names the part of it that is concerned.
fn leads_to(diag: &Diag, path: &str) -> bool {
    let exactly = Path::parse(path);
    diag.path.0.first() == exactly.0.first() && (exactly.0.len() < 2 || diag.detail.contains(&format!("`{path}`")))
}

/// Demands that Terraform would find no rule broken.
#[track_caller]
fn lawful<T>(outcome: &Outcome<T>) {
    let all: Vec<_> = outcome.violations.iter().map(ToString::to_string).collect();
    assert!(all.is_empty(), "Terraform would object:\n{}", all.join("\n"));
}

/// A value with an attribute put in place of what was there.
fn with(mut value: Value, path: &str, new: impl Into<Value>) -> Value {
    *value.at_mut(&Path::parse(path)).unwrap() = new.into();
    value
}
