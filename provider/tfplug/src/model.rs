//! Rust structs as schemas and values. `#[derive(Model)]` writes the implementations; see the crate `tfplug-derive`.
//!
//! The functions at the end are what the derived code calls.

use std::collections::BTreeMap;

pub use tfplug_derive::Model;

use crate::diag::Result;
use crate::duration;
use crate::number::Number;
use crate::resource::type_bug;
use crate::schema::{
    Attribute, Kind, Mode, Nesting, NullElements, Object, Schema, SharedSchema, TIMEOUTS, Text, Timeouts, Type,
};
use crate::validator::Validator;
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

    /// The same schema, built once in a process.
    fn shared() -> &'static SharedSchema;
}

/// A type that describes itself: a nested [`Model`] with a doc comment, or a collection of one. A field of such a type
/// needs no doc comment where it would only repeat the type's.
///
/// ```
/// use tfplug::model::Model;
///
/// /// Retries after an error.
/// #[derive(Model)]
/// struct RetryStrategy {
///     /// Maximum number of retries.
///     #[tf(required)]
///     maximum_retry_attempts: i64,
/// }
///
/// #[derive(Model)]
/// struct Job {
///     #[tf(optional)]
///     retry_strategy: Option<RetryStrategy>,
/// }
///
/// assert_eq!(Job::object().attributes[0].description, "Retries after an error.");
/// ```
///
/// Without a doc comment on either, it does not compile:
///
/// ```compile_fail,E0277
/// use tfplug::model::Model;
///
/// #[derive(Model)]
/// struct RetryStrategy {
///     /// Maximum number of retries.
///     #[tf(required)]
///     maximum_retry_attempts: i64,
/// }
///
/// #[derive(Model)]
/// struct Job {
///     #[tf(optional)]
///     retry_strategy: Option<RetryStrategy>,
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` has no description",
    label = "add a doc comment to the field: it is the description that users read",
    note = "only a nested `Model` with a doc comment of its own describes the fields of its type"
)]
pub trait Described {
    /// Markdown for the documentation.
    const DESCRIPTION: &'static str;
}

impl<T: Described> Described for Option<T> {
    const DESCRIPTION: &'static str = T::DESCRIPTION;
}

impl<T: Described> Described for Vec<T> {
    const DESCRIPTION: &'static str = T::DESCRIPTION;
}

impl<T: Described> Described for Set<T> {
    const DESCRIPTION: &'static str = T::DESCRIPTION;
}

impl<T: Described> Described for BTreeMap<String, T> {
    const DESCRIPTION: &'static str = T::DESCRIPTION;
}

/// A type that a field of a [`Model`] may have.
pub trait Field: Sized {
    /// The attribute's type, or the nested objects.
    fn kind() -> Kind;

    /// What the Rust type asks of a configured value beyond the attribute's type: that a number is whole, and fits.
    fn validators() -> Vec<Validator> {
        Vec::new()
    }

    /// Whether null is one of the values.
    const NULLABLE: bool = false;

    /// What becomes of null elements, where that differs from what [`Attribute::new`] makes of the type.
    fn null_elements() -> Option<NullElements> {
        None
    }

    /// Reads a wholly known value.
    ///
    /// # Errors
    /// A diagnostic at the path if the value has another type, or is null where it must not be.
    fn decode(value: &Value, path: &Path) -> Result<Self>;

    /// Writes the value.
    fn encode(self) -> Value;
}

/// A set: no order, no duplicates. The elements keep the order they came in; equality ignores it.
#[derive(Clone, Debug, Default)]
pub struct Set<T>(pub Vec<T>);

impl<T: PartialEq> PartialEq for Set<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().all(|x| other.0.contains(x))
    }
}

impl<T> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Self(elements.into_iter().collect())
    }
}

impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// A nested object.
impl<T: Model> Field for T {
    fn kind() -> Kind {
        Kind::Nested(Nesting::Single, T::object())
    }

    fn decode(value: &Value, path: &Path) -> Result<Self> {
        T::from_value(value, path)
    }

    fn encode(self) -> Value {
        self.into_value()
    }
}

impl Field for String {
    fn kind() -> Kind {
        Kind::Leaf(Type::String)
    }

    fn decode(value: &Value, path: &Path) -> Result<Self> {
        value.as_str().map(str::to_owned).ok_or_else(|| type_bug(path, "string", value))
    }

    fn encode(self) -> Value {
        Value::String(self)
    }
}

impl Field for bool {
    fn kind() -> Kind {
        Kind::Leaf(Type::Bool)
    }

    fn decode(value: &Value, path: &Path) -> Result<Self> {
        value.as_bool().ok_or_else(|| type_bug(path, "bool", value))
    }

    fn encode(self) -> Value {
        Value::Bool(self)
    }
}

impl Field for f64 {
    fn kind() -> Kind {
        Kind::Leaf(Type::Number)
    }

    fn decode(value: &Value, path: &Path) -> Result<Self> {
        value.as_number().map(Number::to_f64).ok_or_else(|| type_bug(path, "number", value))
    }

    fn encode(self) -> Value {
        Number::from_f64(self).map_or(Value::Null, Value::Number)
    }
}

impl Field for i64 {
    fn kind() -> Kind {
        Kind::Leaf(Type::Number)
    }

    fn validators() -> Vec<Validator> {
        vec![Validator::Integer]
    }

    fn decode(value: &Value, path: &Path) -> Result<Self> {
        value.as_number().and_then(Number::to_i64).ok_or_else(|| type_bug(path, "whole number of 64 bits", value))
    }

    fn encode(self) -> Value {
        Value::from(self)
    }
}

impl Field for i32 {
    fn kind() -> Kind {
        Kind::Leaf(Type::Number)
    }

    fn validators() -> Vec<Validator> {
        vec![Validator::Integer, Validator::Range { min: Self::MIN.into(), max: Self::MAX.into() }]
    }

    fn decode(value: &Value, path: &Path) -> Result<Self> {
        Self::try_from(i64::decode(value, path)?).map_err(|_| type_bug(path, "whole number of 32 bits", value))
    }

    fn encode(self) -> Value {
        Value::from(i64::from(self))
    }
}

impl Field for u32 {
    fn kind() -> Kind {
        Kind::Leaf(Type::Number)
    }

    fn validators() -> Vec<Validator> {
        vec![Validator::Integer, Validator::Range { min: 0, max: Self::MAX.into() }]
    }

    fn decode(value: &Value, path: &Path) -> Result<Self> {
        Self::try_from(i64::decode(value, path)?)
            .map_err(|_| type_bug(path, "whole number of 32 bits, not negative", value))
    }

    fn encode(self) -> Value {
        Value::from(i64::from(self))
    }
}

/// A value of any type.
impl Field for Value {
    const NULLABLE: bool = true;

    fn kind() -> Kind {
        Kind::Leaf(Type::Dynamic)
    }

    fn decode(value: &Value, _path: &Path) -> Result<Self> {
        Ok(value.clone())
    }

    fn encode(self) -> Value {
        self
    }
}

/// None is null.
impl<T: Field> Field for Option<T> {
    const NULLABLE: bool = true;

    fn kind() -> Kind {
        T::kind()
    }

    fn null_elements() -> Option<NullElements> {
        T::null_elements()
    }

    fn validators() -> Vec<Validator> {
        T::validators()
    }

    fn decode(value: &Value, path: &Path) -> Result<Self> {
        if value.is_null() { Ok(None) } else { T::decode(value, path).map(Some) }
    }

    fn encode(self) -> Value {
        self.map_or(Value::Null, T::encode)
    }
}

impl<T: Field> Field for Vec<T> {
    fn kind() -> Kind {
        collection(Nesting::List, T::kind())
    }

    fn validators() -> Vec<Validator> {
        T::validators()
    }

    fn null_elements() -> Option<NullElements> {
        if T::NULLABLE { Some(NullElements::Kept) } else { T::null_elements() }
    }

    fn decode(value: &Value, path: &Path) -> Result<Self> {
        let Value::List(elements) = value else { return Err(type_bug(path, "list", value)) };
        elements.iter().enumerate().map(|(i, x)| T::decode(x, &path.index(i))).collect()
    }

    fn encode(self) -> Value {
        Value::List(self.into_iter().map(T::encode).collect())
    }
}

impl<T: Field> Field for Set<T> {
    fn kind() -> Kind {
        collection(Nesting::Set, T::kind())
    }

    fn validators() -> Vec<Validator> {
        T::validators()
    }

    fn null_elements() -> Option<NullElements> {
        if T::NULLABLE { Some(NullElements::Kept) } else { T::null_elements() }
    }

    fn decode(value: &Value, path: &Path) -> Result<Self> {
        let Value::Set(elements) = value else { return Err(type_bug(path, "set", value)) };
        elements.iter().map(|x| T::decode(x, &path.element())).collect()
    }

    fn encode(self) -> Value {
        Value::Set(self.into_iter().map(T::encode).collect())
    }
}

impl<T: Field> Field for BTreeMap<String, T> {
    fn kind() -> Kind {
        collection(Nesting::Map, T::kind())
    }

    fn validators() -> Vec<Validator> {
        T::validators()
    }

    fn null_elements() -> Option<NullElements> {
        if T::NULLABLE { Some(NullElements::Kept) } else { T::null_elements() }
    }

    fn decode(value: &Value, path: &Path) -> Result<Self> {
        let Value::Map(entries) = value else { return Err(type_bug(path, "map", value)) };
        entries.iter().map(|(k, x)| Ok((k.clone(), T::decode(x, &path.key(k))?))).collect()
    }

    fn encode(self) -> Value {
        Value::Map(self.into_iter().map(|(k, x)| (k, x.encode())).collect())
    }
}

/// Collections of objects are nested attributes. The protocol has no collections of collections of nested attributes:
/// those become plain types.
fn collection(nesting: Nesting, element: Kind) -> Kind {
    match element {
        Kind::Nested(Nesting::Single, object) => Kind::Nested(nesting, object),
        other => {
            let element = other.to_type();
            Kind::Leaf(match nesting {
                Nesting::Single => element,
                Nesting::List => element.list(),
                Nesting::Set => element.set(),
                Nesting::Map => element.map(),
            })
        }
    }
}

/// The attribute that a field of type `T` declares. `validators` come after those of the type.
#[doc(hidden)]
pub fn attribute<T: Field>(
    name: &'static str,
    mode: Mode,
    description: &'static str,
    validators: Vec<Validator>,
) -> Attribute {
    let mut attribute = Attribute::new(name, T::kind(), mode, description);
    attribute.null_elements = T::null_elements().unwrap_or(attribute.null_elements);
    if mode.is_configurable() {
        attribute.validators = T::validators();
        attribute.validators.extend(validators);
    }
    attribute
}

/// Adds the attributes of an embedded struct to those of the struct that embeds it.
#[doc(hidden)]
pub fn embed(embedded: Value, all: &mut Vec<(String, Value)>) {
    if let Value::Object(attributes) = embedded {
        all.extend(attributes);
    }
}

/// The same attribute, as a plain type without nested attributes.
#[doc(hidden)]
pub fn leaf(mut attribute: Attribute) -> Attribute {
    attribute.kind = Kind::Leaf(attribute.kind.to_type());
    attribute
}

/// The schema of a model.
pub fn schema<T: Model>(name: impl Into<Text>, description: impl Into<Text>) -> Schema {
    Schema { name: name.into(), description: description.into(), object: T::object(), ..Schema::default() }
}

/// The attribute `timeouts`, with a member for each limit that is set.
pub fn timeouts(defaults: &Timeouts) -> Attribute {
    let member = |(name, what, default): (&'static str, &str, Option<std::time::Duration>)| {
        let default = duration::format(default?);
        let kind = Kind::Leaf(Type::String);
        let description = format!("How long {what} may take. Defaults to `{default}`.");
        let mut member = Attribute::new(name, kind, Mode::Optional, description);
        member.validators = vec![Validator::Text { expected: duration::EXPECTED, accepts: duration::is_valid }];
        Some(member)
    };
    let members = [
        ("create", "the creation", defaults.create),
        ("read", "a refresh", defaults.read),
        ("update", "an update", defaults.update),
        ("delete", "the deletion", defaults.delete),
        ("open", "opening it", defaults.open),
        ("invoke", "the action", defaults.invoke),
    ];
    let object = Object { attributes: members.into_iter().filter_map(member).collect(), rules: Vec::new() };
    let kind = Kind::Nested(Nesting::Single, object);
    let description = "How long the operations may take before they fail.";
    Attribute { provider_only: true, ..Attribute::new(TIMEOUTS, kind, Mode::Optional, description) }
}

/// Reads one attribute of an object.
///
/// # Errors
/// A diagnostic at the attribute if its value has another type.
#[doc(hidden)]
pub fn field<T: Field>(value: &Value, path: &Path, name: &str) -> Result<T> {
    T::decode(value.attribute(name), &path.attribute(name))
}

/// Reads one attribute of an object; null stands for `default`.
///
/// # Errors
/// As for [`field`].
#[doc(hidden)]
pub fn field_or<T: Field>(value: &Value, path: &Path, name: &str, default: &Value) -> Result<T> {
    let value = value.attribute(name);
    T::decode(if value.is_null() { default } else { value }, &path.attribute(name))
}

/// Makes sure that a value is an object.
///
/// # Errors
/// A diagnostic at the path if it is anything else.
#[doc(hidden)]
pub fn expect_object(value: &Value, path: &Path) -> Result<()> {
    if matches!(value, Value::Object(_)) { Ok(()) } else { Err(type_bug(path, "object", value)) }
}

/// The number as a value.
#[doc(hidden)]
pub fn number(n: f64) -> Value {
    n.encode()
}

#[cfg(test)]
mod tests;
