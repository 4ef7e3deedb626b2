//! What is wrong with a schema.

use crate::schema::{Kind, Mode, Nesting, Object, OnUpdate, Rule, Schema, TIMEOUTS, Timeouts};
use crate::types::Type;
use crate::value::Path;
use crate::{msgpack, nulls};

impl Schema {
    /// Every defect that Terraform would refuse the whole provider for, or that makes plans wrong. Empty when sound.
    pub fn defects(&self) -> Vec<String> {
        let mut found = Vec::new();
        if !self.name.is_empty() && !is_name(&self.name) {
            found.push(format!("{:?}: {NAME}", self.name));
        }
        if self.version < 0 {
            found.push(format!("negative version {}", self.version));
        }
        if usize::try_from(self.version).is_ok_and(|v| v != self.upgrades.len()) {
            found.push(format!("version {} needs as many upgrades, has {}", self.version, self.upgrades.len()));
        }
        for identity in &self.identity {
            match self.object.attribute(&identity.name) {
                Some(a) if identity.derived => {
                    found.push(format!("{}: a derived part of the identity, and an attribute", a.name));
                }
                None if identity.derived => {}
                None => found.push(format!("identity names the attribute {}, which does not exist", identity.name)),
                Some(a) if !may_identify(&a.kind.to_type()) => {
                    found.push(format!(
                        "{}: part of the identity, yet neither simple nor a list of simple values",
                        a.name
                    ));
                }
                // An identity lasts as long as its object.
                Some(a) if !a.requires_replace && a.on_update != OnUpdate::UseStateForUnknown => {
                    found.push(format!("{}: part of the identity, yet an update may change it", a.name));
                }
                Some(_) => {}
            }
        }
        if self.identity.is_empty() && !self.identity_upgrades.is_empty() {
            found.push("an identity was dropped, and states that hold one could not be read any more".to_owned());
        }
        if self.timeouts != Timeouts::default() && self.object.attribute(TIMEOUTS).is_none() {
            found.push(format!("has limits, and no attribute {TIMEOUTS} to change them"));
        }
        defects_of(&self.object, &Path::root(), Within::Object, &mut found);
        found
    }
}

/// What a name consists of.
const NAME: &str = "a name has lower-case letters, digits and underscores only";

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn may_identify(ty: &Type) -> bool {
    let simple = |ty: &Type| matches!(ty, Type::String | Type::Number | Type::Bool);
    simple(ty) || matches!(ty, Type::List(inner) if simple(inner))
}

/// Where an attribute stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// In no set.
    Object,
    /// Somewhere in a set that the user configures.
    ConfiguredSet,
    /// Somewhere in a set that only the provider fills.
    ComputedSet,
}

fn defects_of(object: &Object, path: &Path, within: Within, found: &mut Vec<String>) {
    let in_set = within != Within::Object;
    let mut names = std::collections::BTreeSet::new();
    for a in &object.attributes {
        let mut defect = |what: &str| found.push(format!("{}: {what}", path.attribute(&a.name)));
        if !names.insert(a.name.as_ref()) {
            defect("declared twice");
        }
        if !is_name(&a.name) {
            defect(NAME);
        }
        if a.description.trim().is_empty() {
            defect("no description");
        }
        if a.default.is_some() && a.mode != Mode::OptionalComputed {
            defect("a default needs optional and computed together");
        }
        if let Some(default) = &a.default {
            if msgpack::encode(default, &a.kind.to_type()).is_err() {
                defect("the default is of another type");
            }
            if nulls::any_in(a, default) {
                defect("the default has a null element");
            }
            for validator in a.validators.iter().filter(|validator| !validator.accepts(default)) {
                defect(&format!("the default must be {}", validator.expected()));
            }
        }
        if a.write_only && (a.mode.is_computed() || in_set) {
            defect("write-only is neither computed nor inside a set");
        }
        if a.requires_replace && in_set {
            defect("nothing inside a set demands a replacement by itself: put it on the set");
        }
        // Two elements that the user wrote as different ones could become one, which Terraform refuses.
        if within == Within::ConfiguredSet && (a.default.is_some() || a.mode.is_computed()) {
            defect("the provider has no say inside a set that is configured, neither by a default nor by computing");
        }
        if a.mode == Mode::Computed && !a.validators.is_empty() {
            defect("validators test configured values, and this one is never configured");
        }
        if let OnUpdate::ChangesWith(others) = &a.on_update {
            for other in others.iter().filter(|o| path.0.is_empty() && object.attribute(o).is_none()) {
                defect(&format!("changes with the attribute {other}, which does not exist"));
            }
        }
        match &a.kind {
            Kind::Leaf(t) if in_set && t.has_dynamic() => defect("dynamic inside a set"),
            Kind::Leaf(_) => {}
            Kind::Nested(nesting, inner) => {
                let within = match (within, nesting) {
                    (Within::Object, Nesting::Set) if a.mode == Mode::Computed => Within::ComputedSet,
                    (Within::Object, Nesting::Set) => Within::ConfiguredSet,
                    (within, _) => within,
                };
                defects_of(inner, &path.attribute(&a.name), within, found);
            }
        }
    }
    for rule in &object.rules {
        let (Rule::ExactlyOneOf(all) | Rule::AtMostOneOf(all) | Rule::AtLeastOneOf(all) | Rule::Requires(_, all)) =
            rule;
        let first = if let Rule::Requires(first, _) = rule { Some(first) } else { None };
        for name in all.iter().chain(first).filter(|n| object.attribute(n).is_none()) {
            found.push(format!("{path}: a rule names the attribute {name}, which does not exist"));
        }
    }
}
