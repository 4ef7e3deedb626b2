//! The plan pipeline: from what Terraform proposes to what the provider promises.
//!
//! 1. [`prepare`] walks the schema: write-only values go, defaults come, spellings that mean the prior value keep it, and
//!    whatever a new object leaves to the provider becomes unknown.
//! 2. The resource decides what it can compute ([`Plan::set`]) and may demand a replacement.
//! 3. [`settle`] looks whether anything changed. If nothing did, the plan is the prior object. If something did, the
//!    computed attributes that this change may touch become unknown; the rest keep their values. What only says how the
//!    provider behaves, such as whether a destroy deletes logs, touches none.
//!
//! Source of the rules: Terraform core's own checks of plans (`objchange.AssertPlanValid`) and its merge of
//! configuration and prior state (`objchange.ProposedNew`).

use std::collections::{BTreeMap, BTreeSet};

use crate::nulls;
use crate::schema::{Attribute, Equality, Kind, Nesting, Object, OnUpdate, Schema};
use crate::value::{Path, Value};

/// A plan in the making, as a resource's own planning sees it.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The resource's schema.
    pub schema: &'a Schema,
    /// The user's configuration, with `ignore_changes` applied.
    pub config: &'a Value,
    /// The object as it is; null on creation.
    pub prior: &'a Value,
    planned: Value,
    decided: BTreeSet<Path>,
    requires_replace: BTreeSet<Path>,
    in_place: BTreeSet<Path>,
}

/// The outcome of planning.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The planned object.
    pub value: Value,
    /// The attributes whose change demands a new object.
    pub requires_replace: Vec<Path>,
}

impl<'a> Plan<'a> {
    /// Starts a plan: the first step of the pipeline.
    pub fn new(schema: &'a Schema, config: &'a Value, prior: &'a Value) -> Self {
        let planned = prepare(&schema.object, config, prior);
        let none = BTreeSet::new;
        Self { schema, config, prior, planned, decided: none(), requires_replace: none(), in_place: none() }
    }

    /// Whether a new object is planned.
    pub fn is_create(&self) -> bool {
        self.prior.is_null()
    }

    /// The object as planned so far. On creation whatever the user and the defaults left open is unknown; on an update
    /// it still has its prior value.
    pub fn planned(&self) -> &Value {
        &self.planned
    }

    /// A top-level attribute as planned so far.
    pub fn get(&self, name: &str) -> &Value {
        self.planned.attribute(name)
    }

    /// Decides a computed top-level attribute: its value in the plan is this, known or unknown.
    pub fn set(&mut self, name: &str, value: Value) {
        self.set_at(&Path::of(name), value);
    }

    /// Decides a computed attribute anywhere.
    pub fn set_at(&mut self, path: &Path, value: Value) {
        if let Some(slot) = self.planned.at_mut(path) {
            *slot = value;
            self.decided.insert(path.clone());
        }
    }

    /// Whether a top-level attribute is planned to differ from what it is (an unknown counts as different).
    pub fn changes(&self, name: &str) -> bool {
        self.prior.attribute(name) != self.planned.attribute(name)
    }

    /// Demands a new object because of this attribute.
    pub fn requires_replace(&mut self, path: Path) {
        self.requires_replace.insert(path);
    }

    /// Lets a change of this attribute happen in place, whatever the schema says of it.
    pub fn change_in_place(&mut self, path: Path) {
        self.in_place.insert(path);
    }

    /// Whether the plan so far demands a new object in place of the prior one.
    pub fn replaces(&self) -> bool {
        let at = |value: &'_ Value, path: &Path| value.at(path).cloned().unwrap_or(Value::Null);
        let demanded = self.requires_replace.iter();
        let mut found: BTreeSet<Path> =
            demanded.filter(|path| differs(&at(self.prior, path), &at(&self.planned, path))).cloned().collect();
        find_replacements(&self.schema.object, self.prior, &self.planned, &Path::root(), &mut found);
        found.retain(|path| !self.in_place.contains(path));
        !self.prior.is_null() && !found.is_empty()
    }

    /// The last step of the pipeline.
    pub fn settle(self) -> Planned {
        let Self { schema, config, prior, mut planned, decided, requires_replace, in_place } = self;
        if prior.is_null() {
            return Planned { value: planned, requires_replace: Vec::new() };
        }
        // Only a change demands a replacement. Of a write-only value nobody but the resource can tell whether it changed.
        let effective = |path: &Path, planned: &Value| {
            differs(prior.at(path).unwrap_or(&Value::Null), planned.at(path).unwrap_or(&Value::Null))
                || schema.object.at(path).is_some_and(|a| a.write_only)
        };
        let mut requires_replace: BTreeSet<Path> = requires_replace.iter().map(Path::expressible).collect();
        if planned == *prior && !requires_replace.iter().any(|path| effective(path, &planned)) {
            return Planned { value: prior.clone(), requires_replace: Vec::new() };
        }
        let changed: BTreeSet<String> =
            names(&schema.object).filter(|n| prior.attribute(n) != planned.attribute(n)).map(str::to_owned).collect();
        let replaces = requires_replace.iter().any(|path| effective(path, &planned));
        let behavior = |name: &String| schema.object.attribute(name).is_some_and(Attribute::is_behavior);
        let touched = Touched { touches: replaces || !changed.iter().all(behavior), decided: &decided, changed };
        settle(&schema.object, config, prior, &mut planned, &Path::root(), &touched);
        find_replacements(&schema.object, prior, &planned, &Path::root(), &mut requires_replace);
        requires_replace.retain(|path| effective(path, &planned) && !in_place.contains(path));
        Planned { value: planned, requires_replace: requires_replace.into_iter().collect() }
    }
}

fn names(object: &Object) -> impl Iterator<Item = &str> {
    object.attributes.iter().map(|a| a.name.as_ref())
}

/// First step: the configuration without write-only values, with defaults, prior spellings and, where the provider has
/// the say over something new, unknowns.
fn prepare(object: &Object, config: &Value, prior: &Value) -> Value {
    let attributes = object.attributes.iter().map(|a| {
        let (c, p) = (config.attribute(&a.name), prior.attribute(&a.name));
        (a.name.to_string(), prepare_attribute(a, c, p, prior.is_null()))
    });
    Value::Object(attributes.collect())
}

fn prepare_attribute(a: &Attribute, config: &Value, prior: &Value, new: bool) -> Value {
    if a.write_only {
        return Value::Null;
    }
    if config.is_null() {
        return match (&a.default, a.mode.is_computed()) {
            (Some(default), _) => default.clone(),
            (None, true) if new => initially_unknown(a),
            // Not what Terraform proposes: it takes a nested object that the provider filled for one that the user has
            // just removed, and would plan its removal for ever.
            (None, true) => prior.clone(),
            (None, false) => Value::Null,
        };
    }
    if config.is_unknown() {
        return config.clone();
    }
    match &a.kind {
        Kind::Leaf(_) if !prior.is_null() && same(a.equality, config, prior) => prior.clone(),
        Kind::Leaf(_) => config.clone(),
        Kind::Nested(Nesting::Single, inner) => prepare(inner, config, prior),
        Kind::Nested(Nesting::List, inner) => {
            let (old, new) = (prior.as_elements().unwrap_or_default(), config.as_elements().unwrap_or_default());
            let known = matches!(a.equality, Equality::Unordered) && config.is_wholly_known();
            if let Some(ordered) = in_order_of(old, new, |c, p| agrees(inner, c, p)).filter(|_| known) {
                return Value::List(ordered.into_iter().zip(old).map(|(c, p)| nested(inner, c, p)).collect());
            }
            let elements = new.iter().enumerate();
            Value::List(elements.map(|(i, c)| nested(inner, c, old.get(i).unwrap_or(&Value::Null))).collect())
        }
        Kind::Nested(Nesting::Map, inner) => {
            let entries = config.as_entries().into_iter().flatten();
            Value::Map(entries.map(|(k, c)| (k.clone(), nested(inner, c, prior.attribute(k)))).collect())
        }
        Kind::Nested(Nesting::Set, inner) => {
            let mut partners: Vec<&Value> = prior.as_elements().unwrap_or_default().iter().collect();
            let elements = config.as_elements().unwrap_or_default().iter().map(|c| {
                let partner = partners.iter().position(|p| agrees(inner, c, p)).map(|i| partners.swap_remove(i));
                nested(inner, c, partner.unwrap_or(&Value::Null))
            });
            Value::Set(elements.collect())
        }
    }
}

fn nested(inner: &Object, config: &Value, prior: &Value) -> Value {
    if config.is_null() || config.is_unknown() {
        return config.clone();
    }
    prepare(inner, config, prior)
}

/// What was planned without null elements, with those of the configuration: Terraform wants to see what was configured.
/// Where that is silent, what is kept is as it was.
pub(crate) fn with_nulls(object: &Object, config: &Value, prior: &Value, mut planned: Value) -> Value {
    let like = object.attributes.iter().map(|a| {
        let (c, p) = (config.attribute(&a.name), prior.attribute(&a.name));
        (a.name.to_string(), if c.is_null() && a.mode.is_computed() { p } else { c }.clone())
    });
    nulls::restore(object, &mut planned, &Value::Object(like.collect()));
    planned
}

/// Elements in the order of those that they agree with. None if any is left over on either side.
fn in_order_of<'a>(old: &[Value], new: &'a [Value], agree: impl Fn(&Value, &Value) -> bool) -> Option<Vec<&'a Value>> {
    let mut left: Vec<&Value> = new.iter().collect();
    let mut partner = |old| left.iter().position(|new| agree(new, old)).map(|i| left.swap_remove(i));
    let ordered = old.iter().map(&mut partner).collect::<Option<Vec<_>>>()?;
    left.is_empty().then_some(ordered)
}

/// Whether a prior element is the one that a configured element describes.
fn agrees(object: &Object, config: &Value, prior: &Value) -> bool {
    object.attributes.iter().all(|a| {
        let (c, p) = (config.attribute(&a.name), prior.attribute(&a.name));
        let inside = |c: &Value, p: &Value| match &a.kind {
            Kind::Nested(_, inner) if c.as_entries().is_some() && p.as_entries().is_some() => agrees(inner, c, p),
            _ => false,
        };
        let elements = |c: &[Value], p: &[Value]| c.len() == p.len() && c.iter().zip(p).all(|(c, p)| inside(c, p));
        c == p
            || (c.is_null() && a.mode.is_computed())
            || (!p.is_null() && same(a.equality, c, p))
            || match (&a.kind, c, p) {
                (Kind::Nested(Nesting::Single, _), _, _) => inside(c, p),
                (Kind::Nested(Nesting::List, _), Value::List(c), Value::List(p)) => elements(c, p),
                _ => false,
            }
    })
}

fn initially_unknown(a: &Attribute) -> Value {
    // Never null on a real object; promising it lets users compare against null in the plan.
    if matches!(a.name.as_ref(), "arn" | "id" | "name") { Value::unknown_not_null() } else { Value::unknown() }
}

/// Whether two known values mean the same.
pub fn same(equality: Equality, a: &Value, b: &Value) -> bool {
    if a == b {
        return true;
    }
    if !a.is_wholly_known() || !b.is_wholly_known() {
        return false;
    }
    match equality {
        Equality::Exact => false,
        Equality::Unordered => match (a, b) {
            (Value::List(a), Value::List(b)) => in_order_of(b, a, |a, b| a == b).is_some(),
            _ => false,
        },
        Equality::Custom(f) => f(a, b),
        Equality::Json => match (a, b) {
            (Value::String(a), Value::String(b)) => {
                let read = |s: &str| serde_json::from_str::<serde_json::Value>(s).ok();
                read(a).is_some_and(|a| Some(a) == read(b))
            }
            (Value::List(a), Value::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(equality, a, b))
            }
            (Value::Map(a), Value::Map(b)) => {
                a.len() == b.len() && a.iter().all(|(k, a)| b.get(k).is_some_and(|b| same(equality, a, b)))
            }
            _ => false,
        },
    }
}

/// What a change may touch in an object.
struct Touched<'a> {
    /// The attributes that the resource has decided.
    decided: &'a BTreeSet<Path>,
    /// The attributes of the object that change.
    changed: BTreeSet<String>,
    /// Whether it is more than a change of how the provider behaves.
    touches: bool,
}

/// Marks what the change may touch.
fn settle(object: &Object, config: &Value, prior: &Value, planned: &mut Value, path: &Path, touched: &Touched<'_>) {
    for a in &object.attributes {
        let here = path.attribute(&a.name);
        let (c, p) = (config.attribute(&a.name), prior.attribute(&a.name));
        if a.write_only || touched.decided.contains(&here) {
            continue;
        }
        if c.is_null() {
            let may_change = match &a.on_update {
                OnUpdate::UseStateForUnknown => false,
                OnUpdate::ChangesWith(others) => others.iter().any(|o| touched.changed.contains(o.as_ref())),
                // An unknown here would itself demand a replacement.
                OnUpdate::Unknown => touched.touches && !a.requires_replace,
            };
            if a.mode.is_computed() && a.default.is_none() && may_change && !prior.is_null() {
                planned.set_attribute(&a.name, Value::unknown());
            }
            continue;
        }
        let Kind::Nested(nesting, inner) = &a.kind else { continue };
        if c.is_unknown() {
            continue;
        }
        let descend = |c: &Value, p: &Value, planned: Option<&mut Value>, path: &Path| {
            let Some(planned) = planned.filter(|v| v.as_entries().is_some()) else { return };
            let changed = names(inner).filter(|n| p.attribute(n) != planned.attribute(n)).map(str::to_owned).collect();
            settle(inner, c, p, planned, path, &Touched { changed, ..*touched });
        };
        let slot = planned.as_entries_mut().and_then(|m| m.get_mut(a.name.as_ref()));
        match (nesting, slot) {
            (Nesting::Single, slot) => descend(c, p, slot, &here),
            (Nesting::List, Some(Value::List(elements))) => {
                let at = |v: &Value, i: usize| v.as_elements().and_then(|v| v.get(i)).cloned().unwrap_or(Value::Null);
                for (i, element) in elements.iter_mut().enumerate() {
                    descend(&at(c, i), &at(p, i), Some(element), &here.index(i));
                }
            }
            (Nesting::Map, Some(Value::Map(entries))) => {
                for (k, entry) in entries.iter_mut() {
                    descend(c.attribute(k), p.attribute(k), Some(entry), &here.key(k));
                }
            }
            // Terraform pairs set elements by guessing; an unknown in one would make every element look changed.
            _ => {}
        }
    }
}

/// The innermost paths at which a change demands a new object.
fn find_replacements(object: &Object, prior: &Value, planned: &Value, path: &Path, found: &mut BTreeSet<Path>) {
    for a in &object.attributes {
        let here = path.attribute(&a.name);
        let (p, v) = (prior.attribute(&a.name), planned.attribute(&a.name));
        if !differs(p, v) {
            continue;
        }
        if a.requires_replace {
            differences(&a.kind, p, v, &here, found);
            continue;
        }
        let Kind::Nested(nesting, inner) = &a.kind else { continue };
        let mut pair = |p: &Value, v: &Value, path: Path| match v {
            // It may turn out to hold a change that demands a new object, and by then it is too late to say so.
            Value::Unknown(_) if may_replace(inner) => {
                found.insert(path);
            }
            Value::Unknown(_) => {}
            _ => find_replacements(inner, p, v, &path, found),
        };
        match (nesting, p, v) {
            (_, _, Value::Unknown(_)) | (Nesting::Single, Value::Object(_), Value::Object(_)) => pair(p, v, here),
            (Nesting::List, Value::List(old), Value::List(new)) => {
                for (i, (p, v)) in old.iter().zip(new).enumerate() {
                    pair(p, v, here.index(i));
                }
            }
            (Nesting::Map, Value::Map(old), Value::Map(new)) => {
                for (k, p, v) in old.iter().filter_map(|(k, p)| new.get(k).map(|v| (k, p, v))) {
                    pair(p, v, here.key(k));
                }
            }
            (Nesting::Single, ..) => {
                // The whole object comes or goes: what is set inside and demands a replacement does so now.
                let set =
                    |v: &Value| inner.attributes.iter().any(|a| a.requires_replace && !v.attribute(&a.name).is_null());
                if set(p) || set(v) {
                    found.insert(here);
                }
            }
            _ => {}
        }
    }
}

/// Whether a change inside such an object can demand a new one.
fn may_replace(object: &Object) -> bool {
    object
        .attributes
        .iter()
        .any(|a| a.requires_replace || matches!(&a.kind, Kind::Nested(_, inner) if may_replace(inner)))
}

/// Whether a change can demand a new object: one from nothing to nothing, `{}` or `""` for null, cannot.
fn differs(prior: &Value, planned: &Value) -> bool {
    prior != planned && !(prior.is_empty() && planned.is_empty())
}

fn differences(kind: &Kind, prior: &Value, planned: &Value, path: &Path, found: &mut BTreeSet<Path>) {
    if !differs(prior, planned) {
        return;
    }
    match (kind, prior, planned) {
        (Kind::Nested(Nesting::Single, inner), Value::Object(_), Value::Object(_)) => {
            for a in &inner.attributes {
                let (p, v) = (prior.attribute(&a.name), planned.attribute(&a.name));
                differences(&a.kind, p, v, &path.attribute(&a.name), found);
            }
        }
        (Kind::Nested(Nesting::List, inner), Value::List(old), Value::List(new)) if old.len() == new.len() => {
            for (i, (p, v)) in old.iter().zip(new).enumerate() {
                for a in &inner.attributes {
                    let here = path.index(i).attribute(&a.name);
                    differences(&a.kind, p.attribute(&a.name), v.attribute(&a.name), &here, found);
                }
            }
        }
        (Kind::Leaf(_) | Kind::Nested(Nesting::Map, _), Value::Map(old), Value::Map(new)) => {
            let keys: BTreeMap<&String, ()> = old.keys().chain(new.keys()).map(|k| (k, ())).collect();
            for k in keys.into_keys().filter(|k| old.get(*k) != new.get(*k)) {
                found.insert(path.key(k));
            }
        }
        _ => {
            found.insert(path.clone());
        }
    }
}
