//! States that this process did not make: imported, stored by an older provider, moved from another resource.

use std::sync::Arc;

use super::{GRACE, Managed, Operation, Private, Scope, StateAnswer};
use crate::conform;
use crate::diag::{Diag, Diags, Result};
use crate::guard::guarded;
use crate::json;
use crate::nulls;
use crate::resource::{MoveSource, Moved};
use crate::schema::{Type, Upgrade};
use crate::value::Value;

/// What an object is imported by.
#[derive(Clone, Debug)]
pub(crate) enum ImportBy {
    /// The id of the `terraform import` command, or of an `import` block.
    Id(String),
    /// The identity of an `import` block.
    Identity(Value),
}

impl<C: Send + Sync + 'static> Managed<C> {
    /// The few attributes that a read needs, from what the user gives.
    pub(crate) async fn import(self: &Arc<Self>, base: &Scope<C>, given: ImportBy) -> StateAnswer {
        let cx = self.context(base, Operation::Read, &Value::Null, Value::Null, Private::new());
        let mut diags = Diags::new();
        if let ImportBy::Identity(identity) = &given {
            let missing = self.schema.identity.iter().filter(|i| i.required && identity.attribute(&i.name).is_null());
            diags.0.extend(missing.map(|i| self.missing_in_identity(&i.name)));
        }
        if diags.has_errors() {
            return StateAnswer { state: Value::Null, private: Private::new(), diags };
        }
        let (this, inner) = (self.clone(), cx.clone());
        let outcome =
            guarded(&self.type_name, "importing the object", GRACE + cx.limit(), cx.cancellation(), async move {
                match given {
                    ImportBy::Id(id) => this.resource.import(&inner, &id).await,
                    ImportBy::Identity(identity) => {
                        this.resource.check_identity(&inner, &identity)?;
                        this.resource.import_identity(&inner, &identity).await
                    }
                }
            })
            .await;
        let state = diags.absorb(outcome).map_or(Value::Null, |state| {
            let (state, defects) = conform::normalize(&self.schema.object, state);
            diags.extend(conform::diags(&defects, &self.type_name, "importing the object"));
            if state.is_null() && !diags.has_errors() {
                diags.push(self.nothing("importing the object"));
            }
            state
        });
        diags.extend(cx.take_warnings());
        StateAnswer { state, private: cx.take_private(), diags }
    }

    /// Otherwise Terraform would say that the provider returned no identity.
    fn missing_in_identity(&self, name: &str) -> Diag {
        let detail = format!(
            "{}: an import by identity needs `{name}`, which is null. Set it in the `identity` of the `import` block.",
            self.type_name
        );
        Diag::error("Missing identity attribute", detail)
    }

    /// A stored state in the current schema.
    ///
    /// # Errors
    /// A diagnostic if the stored version is newer, or the stored values do not fit.
    pub(crate) fn upgrade(&self, version: i64, state: serde_json::Value) -> Result<Value> {
        let filled = self.upgraded("state", version, state, &self.schema.upgrades, &self.value_type)?;
        let (state, _) = conform::normalize(&self.schema.object, filled);
        Ok(state)
    }

    /// A stored identity in the current schema.
    ///
    /// # Errors
    /// As for [`Managed::upgrade`].
    pub(crate) fn upgrade_identity(&self, version: i64, identity: serde_json::Value) -> Result<Value> {
        self.upgraded("identity", version, identity, &self.schema.identity_upgrades, &self.identity_type())
    }

    /// Leads what was stored from one version to the next, and reads it.
    fn upgraded(
        &self,
        what: &str,
        version: i64,
        stored: serde_json::Value,
        upgrades: &[Vec<Upgrade>],
        ty: &Type,
    ) -> Result<Value> {
        let name = &self.type_name;
        let fail = |detail: String| Diag::error(format!("Stored {what} cannot be used"), format!("{name}: {detail}"));
        let serde_json::Value::Object(mut stored) = stored else {
            return Err(fail(format!("the stored {what} is not a JSON object.")).into());
        };
        let Some(steps) = usize::try_from(version).ok().and_then(|from| upgrades.get(from..)) else {
            let present = upgrades.len();
            let detail = format!(
                "the {what} was stored by a newer version of the provider (schema version {version}, this one has \
                 {present}). Use that version."
            );
            return Err(fail(detail).into());
        };
        for upgrade in steps.iter().flatten() {
            apply_upgrade(upgrade, &mut stored);
        }
        if let Type::Object(attributes) = ty {
            stored.retain(|name, _| attributes.contains_key(name));
            for name in attributes.keys() {
                stored.entry(name).or_insert(serde_json::Value::Null);
            }
        }
        json::from_json(&serde_json::Value::Object(stored), ty)
            .map_err(|e| fail(format!("{e}. Restore a backup of the state, or import the object again.")).into())
    }

    /// A state moved here from another resource type, or from this one under another registry host.
    ///
    /// # Errors
    /// A diagnostic if that source is not supported.
    pub(crate) fn move_from(&self, source: &MoveSource) -> Result<Moved> {
        let provider = source.provider.rsplit('/').next().unwrap_or_default();
        if source.type_name == self.type_name && self.type_name == format!("{provider}_{}", self.schema.name) {
            let state = self.upgrade(source.schema_version, serde_json::Value::Object(source.state.clone()))?;
            let private = serde_json::from_slice(&source.private).unwrap_or_default();
            return Ok(Moved { state, private });
        }
        let moved = self.resource.move_from(source)?.ok_or_else(|| {
            let detail = format!(
                "A {} cannot be moved from a {} of {}. Use an `import` block for the one and a `removed` block for \
                 the other instead.",
                self.type_name, source.type_name, source.provider
            );
            Diags::from(Diag::error("Move is not supported", detail))
        })?;
        let (state, defects) = conform::normalize(&self.schema.object, moved.state);
        conform::diags(&defects, &self.type_name, "moving the state").into_result()?;
        if state.is_null() { Err(self.nothing("moving the state").into()) } else { Ok(Moved { state, ..moved }) }
    }

    /// The configuration that describes an object: everything the user can set, without what equals its default.
    pub(crate) fn generate_config(&self, state: &Value) -> Value {
        crate::generate::config(&self.schema.object, &nulls::stripped(&self.schema.object, state.clone()))
    }
}

fn apply_upgrade(upgrade: &Upgrade, state: &mut Private) {
    match upgrade {
        Upgrade::Rename(from, to) => {
            if let Some(v) = state.remove(from.as_ref()) {
                state.insert(to.to_string(), v);
            }
        }
        Upgrade::Remove(name) => {
            state.remove(name.as_ref());
        }
        Upgrade::Add(name, value) => {
            state.entry(name.to_string()).or_insert_with(|| value.clone());
        }
        Upgrade::Convert(f) => f(state),
    }
}
