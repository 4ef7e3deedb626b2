//! The plan pipeline: from what Terraform proposes to what the provider promises.

use std::collections::BTreeSet;

use crate::schema::Schema;
use crate::value::{Path, Value};

/// A plan in the making, as a resource's own planning sees it.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The resource's schema.
    pub schema: &'a Schema,
    /// The user's configuration.
    pub config: &'a Value,
    /// The object as it is; null on creation.
    pub prior: &'a Value,
    planned: Value,
    decided: BTreeSet<Path>,
    replace: BTreeSet<Path>,
}

impl<'a> Plan<'a> {
    /// Starts from a planned value.
    pub fn new(schema: &'a Schema, config: &'a Value, prior: &'a Value, planned: Value) -> Self {
        Self { schema, config, prior, planned, decided: BTreeSet::new(), replace: BTreeSet::new() }
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
        self.planned.set_attribute(name, value);
        self.decided.insert(Path::of(name));
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
    pub fn require_replace(&mut self, path: Path) {
        self.replace.insert(path);
    }

    /// What was decided, and what demands a replacement, and the value: for the pipeline.
    pub(crate) fn finish(self) -> (Value, BTreeSet<Path>, BTreeSet<Path>) {
        (self.planned, self.decided, self.replace)
    }
}
