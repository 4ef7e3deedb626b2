//! The rules that Terraform holds a provider to, tested before an answer leaves the process.
//!
//! Terraform reports a broken rule as a bug in the provider, often without naming the attribute, and may drop the object
//! from the state. Here each rule names the attribute, and the best answer that keeps the rule is given instead.
//! Source: Terraform core, `internal/plans/objchange` (`AssertPlanValid`, `AssertObjectCompatible`).

use crate::diag::{Diag, Diags};
use crate::plan::same;
use crate::schema::{Attribute, Kind, Mode, Nesting, Object, Type};
use crate::value::{Path, Value};

/// A broken rule, at an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// Where.
    pub(crate) path: Path,
    /// What is wrong, as a sentence without the attribute's name.
    pub(crate) what: String,
    /// Whether the answer given keeps the rule all the same.
    pub(crate) normalized: bool,
}

impl Violation {
    fn new(path: &Path, what: impl Into<String>) -> Self {
        Self { path: path.clone(), what: what.into(), normalized: true }
    }

    /// The diagnostic for the user: an error that says it is a provider bug.
    pub(crate) fn diag(&self, type_name: &str, during: &str) -> Diag {
        let subject = if self.path.0.is_empty() {
            "the whole object".to_owned()
        } else {
            format!("the attribute `{}`", self.path)
        };
        let title = format!("Provider error while {during}");
        Diag::bug(title, format!("{type_name}: {subject} {}.", self.what)).at(self.path.clone())
    }
}

/// The warning that what an apply did not change was changed meanwhile.
pub(crate) fn changed_elsewhere(path: &Path, type_name: &str) -> Diag {
    let detail = format!(
        "{type_name}: the attribute `{path}` has another value than when the plan was made, and this apply did not change it: \
         somebody else did. The next plan shows the difference."
    );
    Diag::warning("The object was changed outside of Terraform during the apply", detail).at(path.clone())
}

/// All defects as diagnostics.
pub(crate) fn diags(defects: &[Violation], type_name: &str, during: &str) -> Diags {
    Diags(defects.iter().map(|d| d.diag(type_name, during)).collect())
}

/// Tests a planned object against configuration and prior object: it is there if it is configured, write-only values
/// are not, and every attribute is what it may be.
pub(crate) fn plan_defects(object: &Object, config: &Value, prior: &Value, planned: &Value) -> Vec<Violation> {
    let mut found = Vec::new();
    if !matches!(planned, Value::Object(_)) {
        found.push(Violation::new(&Path::root(), format!("was planned as {}, and must be an object", planned.kind())));
        return found;
    }
    check_object(object, config, prior, planned, &Path::root(), &mut found);
    found
}

fn check_object(
    object: &Object,
    config: &Value,
    prior: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Vec<Violation>,
) {
    for a in &object.attributes {
        let (c, p, v) = (config.attribute(&a.name), prior.attribute(&a.name), planned.attribute(&a.name));
        check_attribute(a, c, p, v, &path.attribute(&a.name), found);
    }
}

fn check_attribute(
    a: &Attribute,
    config: &Value,
    prior: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Vec<Violation>,
) {
    if a.write_only {
        if !planned.is_null() {
            found.push(Violation::new(path, "is write-only and was planned with a value"));
        }
        return;
    }
    if planned == config {
        return;
    }
    let kept = planned == prior && !prior.is_null() && !config.is_null();
    if kept || (a.mode.is_computed() && (config.is_null() || !a.mode.is_configurable())) {
        return;
    }
    if config.is_null() {
        found.push(Violation::new(path, "is not computed, was not configured, and was planned with a value"));
        return;
    }
    let Kind::Nested(nesting, inner) = &a.kind else {
        found.push(Violation::new(path, "was planned with another value than the configured one"));
        return;
    };
    if planned.is_null() || (planned.is_unknown() && !config.is_unknown()) || config.is_unknown() {
        found.push(Violation::new(
            path,
            "was planned null or unknown although it is configured, or guessed while unknown",
        ));
        return;
    }
    match (nesting, config, planned) {
        (Nesting::Single, _, _) => check_object(inner, config, prior, planned, path, found),
        (Nesting::List, Value::List(c), Value::List(v)) if c.len() == v.len() => {
            for (i, (c, v)) in c.iter().zip(v).enumerate() {
                let p = prior.as_elements().and_then(|p| p.get(i)).cloned().unwrap_or(Value::Null);
                check_element(inner, c, &p, v, &path.index(i), found);
            }
        }
        (Nesting::Map, Value::Map(c), Value::Map(v)) if c.keys().eq(v.keys()) => {
            for (k, c) in c {
                check_element(inner, c, prior.attribute(k), planned.attribute(k), &path.key(k), found);
            }
        }
        (Nesting::Set, Value::Set(c), Value::Set(v)) if v.len() >= fewest(c) && c.len() >= fewest(v) => {}
        _ => found.push(Violation::new(path, "was planned with other elements than the configured ones")),
    }
}

/// How few the elements of a set may turn out to be: those that are not wholly known may become one with another.
fn fewest(elements: &[Value]) -> usize {
    elements.iter().filter(|e| e.is_wholly_known()).count().max(1).min(elements.len())
}

fn check_element(
    inner: &Object,
    config: &Value,
    prior: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Vec<Violation>,
) {
    if config.is_null() || config.is_unknown() || planned.is_null() || planned.is_unknown() {
        if config != planned {
            found.push(Violation::new(
                path,
                "was planned null or unknown where the configuration is not, or the reverse",
            ));
        }
        return;
    }
    check_object(inner, config, prior, planned, path, found);
}

/// Makes an object complete and lawful for storing: every attribute present, write-only ones null, nothing unknown.
/// What had to be normalized is reported.
pub(crate) fn normalize(object: &Object, value: Value) -> (Value, Vec<Violation>) {
    let mut found = Vec::new();
    let normalized = mend_object(object, value.normalized(), &Path::root(), &mut found);
    (normalized, found)
}

fn mend_object(object: &Object, value: Value, path: &Path, found: &mut Vec<Violation>) -> Value {
    let Value::Object(mut given) = value else {
        if !value.is_null() {
            found.push(Violation::new(path, format!("must be an object, and a {} was returned", value.kind())));
        }
        return Value::Null;
    };
    let attributes = object.attributes.iter().map(|a| {
        let here = path.attribute(&a.name);
        let v = given.remove(a.name.as_ref()).unwrap_or(Value::Null);
        if a.write_only && !v.is_null() {
            found.push(Violation::new(&here, "is write-only and was returned with a value"));
            return (a.name.to_string(), Value::Null);
        }
        (a.name.to_string(), mend_kind(&a.kind, v, &here, found))
    });
    let normalized = Value::Object(attributes.collect());
    for name in given.keys() {
        found.push(Violation::new(&path.attribute(name), "is not in the schema"));
    }
    normalized
}

fn mend_kind(kind: &Kind, value: Value, path: &Path, found: &mut Vec<Violation>) -> Value {
    if value.is_null() {
        return value;
    }
    match kind {
        Kind::Leaf(_) => match value.first_unknown() {
            None => value,
            Some(_) => {
                found.push(Violation::new(path, "was returned unknown"));
                value.unknown_as_null()
            }
        },
        Kind::Nested(nesting, inner) => match (nesting, value) {
            (Nesting::Single, v @ Value::Object(_)) => mend_object(inner, v, path, found),
            (Nesting::List, Value::List(v)) => Value::List(
                v.into_iter().enumerate().map(|(i, x)| mend_object(inner, x, &path.index(i), found)).collect(),
            ),
            (Nesting::Set, Value::Set(v)) => {
                Value::Set(v.into_iter().map(|x| mend_object(inner, x, &path.element(), found)).collect())
            }
            (Nesting::Map, Value::Map(v)) => Value::Map(
                v.into_iter()
                    .map(|(k, x)| {
                        let x = mend_object(inner, x, &path.key(&k), found);
                        (k, x)
                    })
                    .collect(),
            ),
            (_, other) => {
                found.push(Violation::new(path, format!("was returned as {}", other.kind())));
                Value::Null
            }
        },
    }
}

/// From what was planned and what the apply returned to what may be stored: what was known stays as planned, what was
/// unknown becomes what was returned. Where the two disagree a defect tells, and the planned value wins, so that the
/// next refresh shows the difference as drift at the attribute.
pub(crate) fn reconcile(object: &Object, planned: &Value, actual: &Value) -> (Value, Vec<Violation>) {
    let mut found = Vec::new();
    let value = reconcile_object(object, planned, actual, &Path::root(), &mut found);
    broken_promises(planned, &value, &Path::root(), &mut found);
    (value, found)
}

/// Finds what was promised of an unknown value and is not true of what came of it. Nothing can normalize that.
fn broken_promises(planned: &Value, stored: &Value, path: &Path, found: &mut Vec<Violation>) {
    let mut broken = |what: String| found.push(Violation { normalized: false, ..Violation::new(path, what) });
    match (planned, stored) {
        (Value::Unknown(promise), Value::Null) if promise.not_null => {
            broken("was promised not to be null, and is null after the apply".to_owned());
        }
        (Value::Unknown(promise), Value::String(text)) => match &promise.prefix {
            Some(prefix) if !text.starts_with(prefix.as_str()) => {
                broken(format!("was planned to begin with {prefix:?}, and does not"));
            }
            _ => {}
        },
        (Value::Object(p), Value::Object(s)) => {
            p.iter().for_each(|(k, p)| broken_promises(p, s.get(k).unwrap_or(p), &path.attribute(k), found));
        }
        (Value::Map(p), Value::Map(s)) => {
            p.iter().for_each(|(k, p)| broken_promises(p, s.get(k).unwrap_or(p), &path.key(k), found));
        }
        (Value::List(p), Value::List(s)) => {
            p.iter().zip(s).enumerate().for_each(|(i, (p, s))| broken_promises(p, s, &path.index(i), found));
        }
        _ => {}
    }
}

/// An answer that must repeat the configuration, with the configured values back where it does not.
pub(crate) fn repeat(object: &Object, config: &Value, mut answer: Value) -> (Value, Vec<Violation>) {
    let mut found = Vec::new();
    if answer.is_null() {
        return (answer, found);
    }
    for defect in plan_defects(object, config, &Value::Null, &answer) {
        let configured = config.at(&defect.path).unwrap_or(&Value::Null).clone();
        if let Some(slot) = answer.at_mut(&defect.path) {
            *slot = configured;
        }
        found.push(Violation { what: "does not repeat the configuration".to_owned(), ..defect });
    }
    (answer, found)
}

fn reconcile_object(
    object: &Object,
    planned: &Value,
    actual: &Value,
    path: &Path,
    found: &mut Vec<Violation>,
) -> Value {
    let attributes = object.attributes.iter().map(|a| {
        let (p, v) = (planned.attribute(&a.name), actual.attribute(&a.name));
        (a.name.to_string(), reconcile_attribute(a, p, v, &path.attribute(&a.name), found))
    });
    Value::Object(attributes.collect())
}

fn reconcile_attribute(
    a: &Attribute,
    planned: &Value,
    actual: &Value,
    path: &Path,
    found: &mut Vec<Violation>,
) -> Value {
    match (&a.kind, planned, actual) {
        (_, Value::Unknown(_), _) => actual.clone().unknown_as_null(),
        (Kind::Nested(Nesting::Single, inner), Value::Object(_), Value::Object(_)) => {
            reconcile_object(inner, planned, actual, path, found)
        }
        (Kind::Nested(Nesting::List, inner), Value::List(p), Value::List(v)) if p.len() == v.len() => Value::List(
            p.iter()
                .zip(v)
                .enumerate()
                .map(|(i, (p, v))| reconcile_object(inner, p, v, &path.index(i), found))
                .collect(),
        ),
        (Kind::Nested(Nesting::Map, inner), Value::Map(p), Value::Map(v)) if p.keys().eq(v.keys()) => Value::Map(
            p.iter().map(|(k, p)| (k.clone(), reconcile_object(inner, p, &v[k], &path.key(k), found))).collect(),
        ),
        (Kind::Nested(Nesting::Set, inner), Value::Set(p), Value::Set(v)) => {
            let mut rest: Vec<&Value> = v.iter().collect();
            let elements = p.iter().map(|p| {
                let fits = |v: &&Value| {
                    let mut defects = Vec::new();
                    reconcile_object(inner, p, v, path, &mut defects);
                    defects.is_empty()
                };
                let partner = rest.iter().position(fits).map(|i| rest.swap_remove(i));
                if partner.is_none() {
                    found.push(Violation::new(path, "has an element after the apply that was not planned so"));
                }
                reconcile_object(inner, p, partner.unwrap_or(p), &path.element(), &mut Vec::new())
            });
            Value::Set(elements.collect())
        }
        _ if planned == actual || same(a.equality, planned, actual) || both_empty(planned, actual) => planned.clone(),
        _ => reconcile_leaf(planned, actual, path, found),
    }
}

/// A leaf, or a collection of leaves that may have been planned with unknown parts.
fn reconcile_leaf(planned: &Value, actual: &Value, path: &Path, found: &mut Vec<Violation>) -> Value {
    match (planned, actual) {
        (Value::Unknown(_), v) => v.clone().unknown_as_null(),
        (Value::List(p), Value::List(v)) if p.len() == v.len() => Value::List(
            p.iter().zip(v).enumerate().map(|(i, (p, v))| reconcile_leaf(p, v, &path.index(i), found)).collect(),
        ),
        (Value::Set(p), Value::Set(v)) if v.len() <= p.len() && p.iter().all(|p| p.is_unknown() || v.contains(p)) => {
            actual.clone().unknown_as_null()
        }
        (Value::Map(p), Value::Map(v)) if p.keys().eq(v.keys()) => {
            Value::Map(p.iter().map(|(k, p)| (k.clone(), reconcile_leaf(p, &v[k], &path.key(k), found))).collect())
        }
        (Value::Object(p), Value::Object(v)) if p.keys().eq(v.keys()) => Value::Object(
            p.iter().map(|(k, p)| (k.clone(), reconcile_leaf(p, &v[k], &path.attribute(k), found))).collect(),
        ),
        (p, v) if p == v => p.clone(),
        _ => {
            found.push(Violation::new(path, "has another value after the apply than was planned"));
            planned.clone().unknown_as_null()
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::List(v) | Value::Set(v) => v.is_empty(),
        Value::Map(m) => m.is_empty(),
        _ => false,
    }
}

fn both_empty(a: &Value, b: &Value) -> bool {
    is_empty(a) && is_empty(b)
}

/// Takes over from the state the spelling of what a read found to mean the same: equal JSON, null or empty collections,
/// the order that a set-like API returned. Real differences stay: they are drift.
pub(crate) fn keep_spelling(object: &Object, state: &Value, actual: Value) -> Value {
    let Value::Object(mut entries) = actual else { return actual };
    for a in &object.attributes {
        let Some(slot) = entries.get_mut(a.name.as_ref()) else { continue };
        let before = state.attribute(&a.name);
        let actual = std::mem::replace(slot, Value::Null);
        *slot = keep_spelling_of(a, before, actual);
    }
    Value::Object(entries)
}

fn keep_spelling_of(a: &Attribute, state: &Value, actual: Value) -> Value {
    if !a.write_only && state.is_null() && is_empty(&actual) {
        // After an import: null, unless it must be configured, or would be taken for its default. What nobody configures is as
        // after a creation.
        return match &a.default {
            Some(default) if is_empty(default) => default.clone(),
            None if a.mode == Mode::Computed => actual,
            None if a.mode != Mode::Required => Value::Null,
            _ => empty(&a.kind).unwrap_or(actual),
        };
    }
    if both_empty(state, &actual) || (!state.is_null() && same(a.equality, state, &actual)) {
        return state.clone();
    }
    let Kind::Nested(nesting, inner) = &a.kind else { return actual };
    match (nesting, state, actual) {
        (Nesting::Single, state, v @ Value::Object(_)) => keep_spelling(inner, state, v),
        (Nesting::List, state, Value::List(v)) => {
            let at = |i: usize| state.as_elements().and_then(|s| s.get(i)).cloned().unwrap_or(Value::Null);
            Value::List(v.into_iter().enumerate().map(|(i, x)| keep_spelling(inner, &at(i), x)).collect())
        }
        (Nesting::Map, state, Value::Map(v)) => Value::Map(
            v.into_iter()
                .map(|(k, x)| {
                    let x = keep_spelling(inner, state.attribute(&k), x);
                    (k, x)
                })
                .collect(),
        ),
        (Nesting::Set, state, Value::Set(v)) => {
            let mut before: Vec<&Value> = state.as_elements().unwrap_or_default().iter().collect();
            let element = |x: Value| {
                let partner = before.iter().position(|s| keep_spelling(inner, s, x.clone()) == **s);
                partner.map_or_else(|| keep_spelling(inner, &Value::Null, x), |i| before.swap_remove(i).clone())
            };
            Value::Set(v.into_iter().map(element).collect())
        }
        (_, _, actual) => actual,
    }
}

/// The empty collection of a kind; None if it is no collection.
fn empty(kind: &Kind) -> Option<Value> {
    match kind {
        Kind::Leaf(Type::List(_)) | Kind::Nested(Nesting::List, _) => Some(Value::List(Vec::new())),
        Kind::Leaf(Type::Set(_)) | Kind::Nested(Nesting::Set, _) => Some(Value::Set(Vec::new())),
        Kind::Leaf(Type::Map(_)) | Kind::Nested(Nesting::Map, _) => Some(Value::Map(Default::default())),
        _ => None,
    }
}
