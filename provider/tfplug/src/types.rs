//! The types of values.

use std::collections::BTreeMap;

/// A type constraint, as in Terraform's own type system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Text.
    String,
    /// A decimal number.
    Number,
    /// A truth value.
    Bool,
    /// Any type; the value brings it along.
    Dynamic,
    /// An ordered list of one element type.
    List(Box<Type>),
    /// A set of one element type.
    Set(Box<Type>),
    /// Text keys to one element type.
    Map(Box<Type>),
    /// Named attributes, all present.
    Object(BTreeMap<String, Type>),
    /// A fixed number of elements, each of its own type.
    Tuple(Vec<Type>),
}

impl Type {
    /// A list of this type.
    pub fn list(self) -> Self {
        Self::List(Box::new(self))
    }

    /// A set of this type.
    pub fn set(self) -> Self {
        Self::Set(Box::new(self))
    }

    /// A map to this type.
    pub fn map(self) -> Self {
        Self::Map(Box::new(self))
    }

    /// Whether `dynamic` stands anywhere in it.
    pub fn has_dynamic(&self) -> bool {
        match self {
            Self::Dynamic => true,
            Self::List(t) | Self::Set(t) | Self::Map(t) => t.has_dynamic(),
            Self::Object(m) => m.values().any(Self::has_dynamic),
            Self::Tuple(v) => v.iter().any(Self::has_dynamic),
            _ => false,
        }
    }
}
