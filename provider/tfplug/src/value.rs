//! The dynamic value that every protocol message carries, and paths into it.
//!
//! A [`Value`] does not know its type: the schema does. Sets are kept in the order they came; equality of sets ignores
//! that order. Two unknown values are equal whatever is promised about them, as in Terraform's own comparisons.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use crate::number::Number;
use crate::types::Type;

/// A Terraform value of any type.
#[derive(Clone, Debug)]
pub enum Value {
    /// No value: the attribute is not set.
    Null,
    /// A value that only the apply will tell, with what is already promised of it.
    Unknown(Unknown),
    /// `true` or `false`.
    Bool(bool),
    /// A number of any size.
    Number(Number),
    /// Text, in Unicode normal form C when it comes from Terraform.
    String(String),
    /// A list or a tuple.
    List(Vec<Value>),
    /// A set: no order, no duplicates.
    Set(Vec<Value>),
    /// A map with text keys.
    Map(BTreeMap<String, Value>),
    /// An object: every attribute of its type is present, unset ones as [`Value::Null`].
    Object(BTreeMap<String, Value>),
    /// A value that brings its own type, for attributes of the type `dynamic`.
    Dynamic(Box<(Type, Value)>),
}

/// What is promised of an unknown value. Terraform holds the provider to it after the apply.
#[derive(Clone, Debug, Default)]
pub struct Unknown {
    /// The value will not be null.
    pub not_null: bool,
    /// The text will begin with this.
    pub prefix: Option<String>,
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) | (Self::Unknown(_), Self::Unknown(_)) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::String(a), Self::String(b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Set(a), Self::Set(b)) => same_elements(a, b),
            (Self::Map(a), Self::Map(b)) | (Self::Object(a), Self::Object(b)) => a == b,
            (Self::Dynamic(a), Self::Dynamic(b)) => a == b,
            _ => false,
        }
    }
}

/// Text in Unicode normal form C.
fn normal(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    let composed = match icu_normalizer::ComposingNormalizerBorrowed::new_nfc().normalize(&text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(composed) => Some(composed),
    };
    composed.unwrap_or(text)
}

fn same_elements(a: &[Value], b: &[Value]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut used = vec![false; b.len()];
    a.iter().all(|x| match b.iter().enumerate().position(|(i, y)| !used[i] && x == y) {
        Some(i) => {
            used[i] = true;
            true
        }
        None => false,
    })
}

impl Value {
    /// An unknown value of which nothing is promised.
    pub const fn unknown() -> Self {
        Self::Unknown(Unknown { not_null: false, prefix: None })
    }

    /// An unknown value that will not be null.
    pub const fn unknown_not_null() -> Self {
        Self::Unknown(Unknown { not_null: true, prefix: None })
    }

    /// An object from its attributes.
    pub fn object<K: Into<String>>(attributes: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::Object(attributes.into_iter().map(|(k, v)| (k.into(), v)).collect())
    }

    /// Whether nothing is set here.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it holds nothing: null, an empty text or collection, or an object of nothing else.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::String(text) => text.is_empty(),
            Self::List(elements) | Self::Set(elements) => elements.is_empty(),
            Self::Map(entries) => entries.is_empty(),
            Self::Object(attributes) => attributes.values().all(Self::is_empty),
            Self::Unknown(_) | Self::Bool(_) | Self::Number(_) | Self::Dynamic(_) => false,
        }
    }

    /// Whether this very value is unknown (its parts may be all the same, see [`Value::is_wholly_known`]).
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// Whether neither this value nor any part of it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::List(v) | Self::Set(v) => v.iter().all(Self::is_wholly_known),
            Self::Map(m) | Self::Object(m) => m.values().all(Self::is_wholly_known),
            Self::Dynamic(d) => d.1.is_wholly_known(),
            _ => true,
        }
    }

    /// The text, if this is known text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(s) => Some(s),
            _ => None,
        }
    }

    /// The truth value, if this is a known one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// The number, if this is a known one.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(n) => Some(n),
            _ => None,
        }
    }

    /// The elements of a list or set.
    pub fn as_elements(&self) -> Option<&[Value]> {
        match self {
            Self::List(v) | Self::Set(v) => Some(v),
            _ => None,
        }
    }

    /// The entries of a map or object.
    pub fn as_entries(&self) -> Option<&BTreeMap<String, Value>> {
        match self {
            Self::Map(m) | Self::Object(m) => Some(m),
            _ => None,
        }
    }

    /// The entries of a map or object, to change them.
    pub fn as_entries_mut(&mut self) -> Option<&mut BTreeMap<String, Value>> {
        match self {
            Self::Map(m) | Self::Object(m) => Some(m),
            _ => None,
        }
    }

    /// An attribute of an object (or entry of a map). Anything absent is null.
    pub fn attribute(&self, name: &str) -> &Value {
        static NULL: Value = Value::Null;
        self.as_entries().and_then(|m| m.get(name)).unwrap_or(&NULL)
    }

    /// Sets an attribute of an object or an entry of a map. Does nothing on any other value.
    pub fn set_attribute(&mut self, name: &str, value: Value) {
        if let Some(entries) = self.as_entries_mut() {
            entries.insert(name.to_owned(), value);
        }
    }

    /// The value at a path. None where the path leads nowhere, into a null or unknown, or through a set.
    pub fn at(&self, path: &Path) -> Option<&Value> {
        path.0.iter().try_fold(self, |value, step| match (step, value) {
            (Step::Attribute(name) | Step::Key(name), Self::Object(m) | Self::Map(m)) => m.get(name),
            (Step::Index(i), Self::List(v)) => v.get(*i),
            _ => None,
        })
    }

    /// The value at a path, to change it. None as for [`Value::at`].
    pub fn at_mut(&mut self, path: &Path) -> Option<&mut Value> {
        path.0.iter().try_fold(self, |value, step| match (step, value) {
            (Step::Attribute(name) | Step::Key(name), Self::Object(m) | Self::Map(m)) => m.get_mut(name),
            (Step::Index(i), Self::List(v)) => v.get_mut(*i),
            _ => None,
        })
    }

    /// Rebuilds the value bottom-up: every part, then the whole, is passed through `f` with its path.
    pub fn transform(self, path: &Path, f: &mut dyn FnMut(&Path, Value) -> Value) -> Value {
        let rebuilt = match self {
            Self::List(v) => {
                Self::List(v.into_iter().enumerate().map(|(i, x)| x.transform(&path.index(i), f)).collect())
            }
            Self::Set(v) => Self::Set(v.into_iter().map(|x| x.transform(&path.element(), f)).collect()),
            Self::Map(m) => Self::Map(
                m.into_iter()
                    .map(|(k, x)| {
                        let x = x.transform(&path.key(&k), f);
                        (k, x)
                    })
                    .collect(),
            ),
            Self::Object(m) => Self::Object(
                m.into_iter()
                    .map(|(k, x)| {
                        let x = x.transform(&path.attribute(&k), f);
                        (k, x)
                    })
                    .collect(),
            ),
            other => other,
        };
        f(path, rebuilt)
    }

    /// The same value with all text in Unicode normal form C, as Terraform stores it. An API may compose the same
    /// letters in another way.
    pub fn normalized(self) -> Value {
        match self {
            Self::String(s) => Self::String(normal(s)),
            Self::List(v) => Self::List(v.into_iter().map(Self::normalized).collect()),
            Self::Set(v) => Self::Set(v.into_iter().map(Self::normalized).collect()),
            Self::Map(m) => Self::Map(m.into_iter().map(|(k, v)| (normal(k), v.normalized())).collect()),
            Self::Object(m) => Self::Object(m.into_iter().map(|(k, v)| (k, v.normalized())).collect()),
            Self::Dynamic(d) => {
                let (ty, value) = *d;
                Self::Dynamic(Box::new((ty, value.normalized())))
            }
            other => other,
        }
    }

    /// The same value with null in place of everything unknown.
    pub fn unknown_as_null(self) -> Value {
        self.transform(&Path::root(), &mut |_, v| if v.is_unknown() { Value::Null } else { v })
    }

    /// The path of the first unknown part.
    pub fn first_unknown(&self) -> Option<Path> {
        fn find(value: &Value, path: &Path) -> Option<Path> {
            match value {
                Value::Unknown(_) => Some(path.clone()),
                Value::List(v) => v.iter().enumerate().find_map(|(i, x)| find(x, &path.index(i))),
                Value::Set(v) => v.iter().find_map(|x| find(x, &path.element())),
                Value::Map(m) => m.iter().find_map(|(k, x)| find(x, &path.key(k))),
                Value::Object(m) => m.iter().find_map(|(k, x)| find(x, &path.attribute(k))),
                Value::Dynamic(d) => find(&d.1, path),
                _ => None,
            }
        }
        find(self, &Path::root())
    }

    /// The innermost path at which two values differ; None if they are equal.
    pub fn first_difference(&self, other: &Value) -> Option<Path> {
        fn find(a: &Value, b: &Value, path: &Path) -> Option<Path> {
            if a == b {
                return None;
            }
            let inner = match (a, b) {
                (Value::List(a), Value::List(b)) if a.len() == b.len() => {
                    a.iter().zip(b).enumerate().find_map(|(i, (a, b))| find(a, b, &path.index(i)))
                }
                (Value::Map(a), Value::Map(b)) if a.keys().eq(b.keys()) => {
                    a.iter().find_map(|(k, x)| find(x, b.get(k)?, &path.key(k)))
                }
                (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
                    a.iter().find_map(|(k, x)| find(x, b.get(k)?, &path.attribute(k)))
                }
                _ => None,
            };
            inner.or_else(|| Some(path.clone()))
        }
        find(self, other, &Path::root())
    }

    /// What kind of value this is, for messages: `string`, `list`, `null` ...
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Unknown(_) => "unknown",
            Self::Bool(_) => "bool",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::List(_) => "list",
            Self::Set(_) => "set",
            Self::Map(_) => "map",
            Self::Object(_) => "object",
            Self::Dynamic(_) => "dynamic",
        }
    }
}

impl From<&str> for Value {
    fn from(s: &str) -> Self {
        Self::String(s.to_owned())
    }
}

impl From<String> for Value {
    fn from(s: String) -> Self {
        Self::String(s)
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Number(Number::from(n))
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Self {
        v.map_or(Self::Null, Into::into)
    }
}

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Into an attribute of an object.
    Attribute(String),
    /// Into an element of a list.
    Index(usize),
    /// Into an entry of a map.
    Key(String),
    /// Into some element of a set. The protocol cannot say which, so diagnostics stop at the set.
    Element,
}

/// Where in an object something is: `production_variants[0].instance_type`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// The object itself.
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// The path of a top-level attribute.
    pub fn of(name: &str) -> Self {
        Self::root().attribute(name)
    }

    /// Reads what a path prints as: `a.b[0].c`, `tags["k"]`, `set[*]`. Text that is no path is taken as one attribute name.
    pub fn parse(text: &str) -> Self {
        let mut path = Self::root();
        let mut rest = text;
        while !rest.is_empty() {
            (path, rest) = match rest.strip_prefix('[') {
                Some(quoted) if quoted.starts_with('"') => {
                    let (key, after) = quoted_key(&quoted[1..]);
                    (path.key(&key), after.strip_prefix(']').unwrap_or(after))
                }
                Some(bare) => {
                    let (index, after) = bare.split_once(']').unwrap_or((bare, ""));
                    let stepped = match index.parse() {
                        Ok(i) => path.index(i),
                        Err(_) if index == "*" => path.element(),
                        Err(_) => path.key(index),
                    };
                    (stepped, after)
                }
                None => {
                    let name = rest.strip_prefix('.').unwrap_or(rest);
                    let end = name.find(['.', '[']).unwrap_or(name.len());
                    (if end == 0 { path } else { path.attribute(&name[..end]) }, &name[end..])
                }
            };
        }
        path
    }

    /// This path and one step into an attribute.
    pub fn attribute(&self, name: &str) -> Self {
        self.and(Step::Attribute(name.to_owned()))
    }

    /// This path and one step into a list element.
    pub fn index(&self, i: usize) -> Self {
        self.and(Step::Index(i))
    }

    /// This path and one step into a map entry.
    pub fn key(&self, key: &str) -> Self {
        self.and(Step::Key(key.to_owned()))
    }

    /// This path and one step into some element of a set.
    pub fn element(&self) -> Self {
        self.and(Step::Element)
    }

    /// The part of this path that the protocol can express: all before the first step into a set.
    pub fn expressible(&self) -> Self {
        Self(self.0.iter().take_while(|step| !matches!(step, Step::Element)).cloned().collect())
    }

    /// Whether this path is `other` or leads into it.
    pub fn starts_with(&self, other: &Path) -> bool {
        self.0.starts_with(&other.0)
    }

    fn and(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Self(steps)
    }
}

/// The text up to the quote that ends it, and what follows the quote.
fn quoted_key(text: &str) -> (String, &str) {
    let mut key = String::new();
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return (key, &text[at + 1..]),
            '\\' => key.extend(characters.next().map(|(_, escaped)| escaped)),
            c => key.push(c),
        }
    }
    (key, "")
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if i == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Index(n) => write!(f, "[{n}]")?,
                Step::Key(key) => write!(f, "[\"{}\"]", key.replace('\\', "\\\\").replace('"', "\\\""))?,
                Step::Element => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_compare_without_order_but_with_count() {
        let set = |v: &[&str]| Value::Set(v.iter().map(|s| Value::from(*s)).collect());
        assert_eq!(set(&["a", "b"]), set(&["b", "a"]));
        assert_ne!(set(&["a", "a"]), set(&["a", "b"]));
        assert_ne!(Value::List(vec!["a".into(), "b".into()]), Value::List(vec!["b".into(), "a".into()]));
    }

    #[test]
    fn text_is_composed_as_terraform_composes_it() {
        let apart = || Value::from("e\u{301}a");
        let whole = Value::from("\u{e9}a");
        assert_eq!(apart().normalized(), whole);
        assert_eq!(whole.clone().normalized(), whole);
        let deep = Value::Map([("e\u{301}".to_owned(), Value::List(vec![apart(), 1.into()]))].into());
        let expected = Value::Map([("\u{e9}".to_owned(), Value::List(vec![whole, 1.into()]))].into());
        assert_eq!(deep.normalized(), expected);
    }

    #[test]
    fn paths_read_and_print() {
        for text in ["", "a", "a.b[0].c", "tags[\"k\"]", "a[1][2]", "a[*].b", "a[\"b.c[0]\"].d", r#"a["\"\\]"][0]"#] {
            assert_eq!(Path::parse(text).to_string(), text);
        }
        assert_eq!(Path::parse("a[\"b.c\"]"), Path::of("a").key("b.c"));
        for odd in ["[", "a[", "a[\"", "a..b", ".", "a]", "a[\"\\"] {
            let _ = Path::parse(odd);
        }
    }

    #[test]
    fn at_follows_lists_maps_and_objects() {
        let v = Value::object([("a", Value::List(vec![Value::object([("b", Value::from(7))])]))]);
        assert_eq!(v.at(&Path::parse("a[0].b")), Some(&Value::from(7)));
        assert_eq!(v.at(&Path::parse("a[1].b")), None);
        assert_eq!(v.attribute("missing"), &Value::Null);
    }

    #[test]
    fn first_unknown_names_the_place() {
        let v = Value::object([("a", Value::List(vec![Value::Null, Value::unknown()]))]);
        assert_eq!(v.first_unknown().map(|p| p.to_string()).as_deref(), Some("a[1]"));
        assert_eq!(v.first_difference(&v.clone().unknown_as_null()).map(|p| p.to_string()).as_deref(), Some("a[1]"));
        assert_eq!(v.first_difference(&v), None);
        assert!(v.clone().unknown_as_null().is_wholly_known());
        assert!(!v.is_wholly_known());
    }
}
