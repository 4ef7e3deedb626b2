//! Provider code that breaks a rule of Terraform's, rule by rule: the framework answers with a diagnostic that names the
//! attribute and calls it a bug of the provider, and with the best state that keeps the rule. The stand-in for Terraform
//! finds nothing to object to.
//!
//! [`RULES`] lists the rules. The tests of a rule begin with its number; a rule without a test fails one of its own.

mod apply;
mod clients;
mod deferral;
mod details;
mod limits;
mod nulls;
mod others;
mod plan;
mod read;
mod schema;

use serde_json::json;
use tfplug::diag::Diag;
use tfplug::schema::{Attribute, IdentityAttribute, Kind, Mode, Nesting, Object, OnUpdate, Schema, Type};
use tfplug::testing::{Outcome, State};
use tfplug::value::{Path, Value};

use crate::toy::{Hooks, THING, Talk, Toy};

/// What Terraform demands of a provider, from the source of Terraform 1.11 to 1.15 (`internal/plans/objchange` and
/// `internal/terraform`), by the call whose answer is tested.
const RULES: &[(&str, &str)] = &[
    ("p1", "a plan is of the schema's type"),
    ("p2", "a plan is deferred only if that is allowed"),
    ("p3", "write-only attributes are planned null"),
    ("p4", "what is configured is planned as an object, and nothing else is"),
    ("p5", "an attribute is planned as configured, or as it was, or as computed where it may be"),
    ("p6", "blocks are planned as configured"),
    ("p7", "what demands a replacement is in the object as it is or as planned"),
    ("p8", "a planned identity is absent or wholly known, and known for an object that stays"),
    ("p9", "a destruction is planned as null"),
    ("f1", "the final plan has the action of the approved one"),
    ("f2", "the final plan has the values of the approved one, and no new unknowns"),
    ("f3", "the final plan is not deferred"),
    ("a1", "a failed apply answers in diagnostics, with the state that is true"),
    ("a2", "what an apply returns is of the schema's type"),
    ("a3", "what an apply returns has no write-only value"),
    ("a4", "what an apply returns is wholly known"),
    ("a5", "what an apply returns is what was planned"),
    ("a6", "an apply returns an object, a destruction none"),
    ("a7", "the identity after an apply is known, complete and the same as before"),
    ("r1", "what a read returns is wholly known"),
    ("r2", "what a read returns is of the schema's type"),
    ("r3", "what a read returns has no write-only value"),
    ("r4", "what is gone is read as null, and planned as new"),
    ("r5", "a read returns private data and identity again"),
    ("u1", "an upgraded state is complete and wholly known"),
    ("u2", "an upgraded state is of the schema's type"),
    ("u3", "an upgraded state has no write-only value"),
    ("u4", "a state of a newer schema is refused"),
    ("i1", "an import yields one object that is not null"),
    ("i2", "what is imported is of the schema's type and wholly known"),
    ("i3", "what is imported has no write-only value"),
    ("i4", "what is imported exists"),
    ("i5", "an import by identity ends in the same state as one by id, and has an identity"),
    ("i6", "an identity that lacks a required part is refused by its name"),
    ("i7", "an imported state is a valid configuration: clients below Terraform 1.14 write it as one"),
    ("m1", "what is moved is an object of the schema's type, wholly known"),
    ("m2", "what is moved has no write-only value"),
    ("m3", "a move from an unsupported source is refused"),
    ("m4", "a move has the private data of both sides, and one of the same type needs no support"),
    ("d1", "what a data source returns is of the schema's type"),
    ("d2", "what a data source returns is not null"),
    ("d3", "what a data source returns is wholly known"),
    ("d4", "what a data source returns repeats the configuration"),
    ("e1", "what an ephemeral resource returns repeats the configuration"),
    ("e2", "what an ephemeral resource returns is of the schema's type and wholly known"),
    ("e3", "an ephemeral resource is closed with the data of its opening or of its last renewal, failed or not"),
    ("c1", "the result of a function is of the declared type and known"),
    ("c2", "a function gives the same result for the same arguments"),
    ("l1", "what a list resource finds has an identity"),
    ("l2", "a list resource finds no more than was asked for"),
    ("l3", "an odd object does not end the list"),
    ("l4", "what a list resource shows of an object is what an import leaves of it"),
    ("n1", "an action ends by saying how it went"),
    ("n2", "an action is planned without its ephemeral values, and invoked with them"),
    ("s1", "no schema is invalid"),
    ("v1", "a value for a read-only attribute is refused"),
    ("v2", "a write-only value is refused where Terraform would store it"),
    ("v3", "null for a required attribute is refused, at every depth"),
    ("v4", "a null element is refused where it is, or left out of what a resource sees"),
    ("v5", "a configuration is tested again whenever more of it is known"),
    ("g1", "a generated configuration is valid, and leaves nothing to change"),
    ("t1", "a change of limits alone calls nothing remote"),
    ("t2", "an operation ends when its time is up"),
    ("w1", "what a client does not allow is not done, and nothing else depends on it"),
    ("w2", "a plan may build on the private data of the first plan of the same change, if the client keeps them"),
    ("x1", "a tainted object is planned like a new one, without private data and identity"),
    ("x2", "no warning comes without a cause"),
    ("y1", "a stored identity of an older version is upgraded"),
];

/// The rules that a test's name begins with.
fn rules_of(test: &str) -> impl Iterator<Item = &str> {
    let is_number = |word: &&str| word.len() == 2 && word.ends_with(|c: char| c.is_ascii_digit());
    test.split('_').take_while(is_number)
}

#[test]
fn every_rule_has_a_test_and_every_numbered_test_a_rule() {
    let sources = [
        include_str!("apply.rs"),
        include_str!("clients.rs"),
        include_str!("details.rs"),
        include_str!("limits.rs"),
        include_str!("nulls.rs"),
        include_str!("others.rs"),
        include_str!("plan.rs"),
        include_str!("read.rs"),
        include_str!("schema.rs"),
    ];
    let name =
        |text: &str| text.trim_start().strip_prefix("fn ").and_then(|t| t.split_once('(')).map(|t| t.0.to_owned());
    let tests: Vec<String> = sources.iter().flat_map(|s| s.split("#[test]\n").skip(1)).filter_map(name).collect();
    let tested: Vec<&str> = tests.iter().flat_map(|test| rules_of(test)).collect();
    let untested: Vec<_> = RULES.iter().filter(|(number, _)| !tested.contains(number)).collect();
    assert!(untested.is_empty(), "no test breaks {untested:?}");
    let unlisted: Vec<_> = tested.iter().filter(|number| !RULES.iter().any(|(listed, _)| listed == *number)).collect();
    assert!(unlisted.is_empty(), "tests of rules that are not in the list: {unlisted:?}");
}

/// A resource with an attribute of each kind.
fn attributes() -> Vec<Attribute> {
    let leaf = |name: &'static str, ty: Type, mode| Attribute::new(name, Kind::Leaf(ty), mode, "A leaf.");
    let mut secret = leaf("secret", Type::String, Mode::Optional);
    secret.write_only = true;
    let mut kind = leaf("kind", Type::String, Mode::Required);
    kind.requires_replace = true;
    let mut serial = leaf("serial", Type::String, Mode::Computed);
    serial.on_update = OnUpdate::UseStateForUnknown;
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
    Toy::with_schema(schema_with_identity(), hooks)
}

fn schema_with_identity() -> Schema {
    let mut attributes = attributes();
    let mut id = Attribute::new("id", Kind::Leaf(Type::String), Mode::Computed, "The id.");
    id.on_update = OnUpdate::UseStateForUnknown;
    attributes.push(id);
    let object = Object { attributes, rules: Vec::new() };
    let identity = vec![IdentityAttribute::of("id", true)];
    Schema { name: "thing".into(), description: "A thing.".into(), object, identity, ..Schema::default() }
}

/// A well-made object, before the provider misbehaves.
async fn created(core: &mut Talk) -> State {
    let config = core.config(THING, &config());
    let mut state = None;
    core.run(THING, &mut state, Some(&config)).await.good();
    state.unwrap()
}

/// Demands a diagnostic that names the attribute and calls it a bug of the provider.
#[track_caller]
fn bug_at(diags: &[Diag], path: &str) {
    let at = Path::parse(path);
    let found = diags.iter().any(|d| d.path == at && d.detail.contains("bug in the provider"));
    let all: Vec<_> = diags.iter().map(ToString::to_string).collect();
    assert!(found, "no bug is reported at `{path}`, but:\n{}", all.join("\n"));
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
