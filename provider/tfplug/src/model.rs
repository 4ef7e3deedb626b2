//! Rust structs as schemas and values. `#[derive(Model)]` writes the implementations; see the crate `tfplug-derive`.

use crate::diag::Result;
use crate::schema::{Kind, Object, Schema};
use crate::value::{Path, Value};

/// A struct that stands for an object: its fields are the attributes.
pub trait Model: Sized {
    /// The attributes and the rules between them.
    fn object() -> Object;

    /// Reads a wholly known value. Absent attributes count as null.
    ///
    /// # Errors
    /// A diagnostic at the attribute whose value has another type.
    fn from_value(value: &Value, path: &Path) -> Result<Self>;

    /// Writes the value, every attribute present.
    fn into_value(self) -> Value;
}

/// A [`Model`] that is a whole resource, data source, provider block, ...: it carries `#[tf(name = "...")]`.
pub trait Root: Model {
    /// The schema.
    fn schema() -> Schema;
}

/// A type that a field of a [`Model`] may have.
pub trait Field: Sized {
    /// The attribute's type, or the nested objects.
    fn kind() -> Kind;

    /// Reads a wholly known value.
    ///
    /// # Errors
    /// A diagnostic at the path if the value has another type, or is null where it must not be.
    fn from_value(value: &Value, path: &Path) -> Result<Self>;

    /// Writes the value.
    fn into_value(self) -> Value;
}
