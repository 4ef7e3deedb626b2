//! What identifies an object.

use super::Managed;
use crate::diag::{Diag, Severity};
use crate::schema::{IdentityAttribute, Type};
use crate::value::{Path, Value};

impl<C: Send + Sync + 'static> Managed<C> {
    /// What is wrong with the identity of an object that exists: an attribute of it is missing, and Terraform would
    /// forget the identity it has stored; or it differs from before (`prior`), and an identity lasts as long as its object.
    pub(crate) fn identity_defect(&self, prior: &Value, state: &Value) -> Option<Diag> {
        if state.is_null() {
            return None;
        }
        self.stored_identity().find_map(|i| {
            let (before, now) = (prior.attribute(&i.name), state.attribute(&i.name));
            let what = if now.is_null() && i.required {
                "is part of the identity, and is null"
            } else if !before.is_null() && before != now {
                "is part of the identity, and has changed"
            } else {
                return None;
            };
            Some(Diag { severity: Severity::Warning, ..self.wrong_identity(&i.name, what) })
        })
    }

    /// An attribute of the identity that a plan for an existing object leaves open.
    pub(super) fn unknown_identity(&self, prior: &Value, planned: &Value) -> Option<Diag> {
        let open = |i: &&IdentityAttribute| !planned.attribute(&i.name).is_wholly_known();
        let attribute = self.stored_identity().filter(|_| !prior.is_null()).find(open)?;
        Some(self.wrong_identity(&attribute.name, "is part of the identity, and an update would make it unknown"))
    }

    /// The parts of the identity that are attributes of the resource.
    fn stored_identity(&self) -> impl Iterator<Item = &IdentityAttribute> {
        self.schema.identity.iter().filter(|i| !i.derived)
    }

    fn wrong_identity(&self, attribute: &str, what: &str) -> Diag {
        let detail = format!("{}: the attribute `{attribute}` {what}.", self.type_name);
        Diag::bug("Provider error: wrong identity", detail).at(Path::of(attribute))
    }

    /// The identity of an object; None if the resource has none or an attribute of it is not known yet.
    ///
    /// Terraform 1.12 and later turn a planned identity into JSON (`terraform show -json` of a saved plan), and OpenTofu
    /// 1.12 stores it while it plans: both fail on an unknown one.
    pub(crate) fn identity(&self, client: Option<&C>, state: &Value) -> Option<Value> {
        if self.schema.identity.is_empty() || state.is_null() {
            return None;
        }
        let part = |i: &IdentityAttribute| match i.derived {
            true => self.resource.identity_part(client, &i.name, state),
            false => state.attribute(&i.name).clone(),
        };
        let identity = Value::Object(self.schema.identity.iter().map(|i| (i.name.to_string(), part(i))).collect());
        let complete = |i: &IdentityAttribute| !i.required || !identity.attribute(&i.name).is_null();
        (identity.is_wholly_known() && self.schema.identity.iter().all(complete)).then_some(identity)
    }

    /// The type of the identity's values.
    pub(crate) fn identity_type(&self) -> Type {
        let t = |name: &str| self.schema.object.attribute(name).map_or(Type::String, |a| a.kind.to_type());
        Type::Object(self.schema.identity.iter().map(|i| (i.name.to_string(), t(&i.name))).collect())
    }
}
