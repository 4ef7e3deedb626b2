//! Between a resource's attributes and the members of the API: other names, no local attributes, sets for lists.

use tfplug::schema::{Attribute, Equality, Kind, Mode, Nesting, Object, Rule, Type};
use tfplug::value::{Path, Value};

/// From the attributes of an object to the API's input. Null, computed and local attributes are left out.
pub fn to_api(object: &Object, value: &Value) -> Value {
    let mut api = Value::object::<&str>([]);
    for a in object.attributes.iter().filter(|a| a.mode != Mode::Computed && !a.provider_only && !a.tags) {
        let v = value.attribute(&a.name);
        if !v.is_null() {
            put(&mut api, a.member_name(), to_api_kind(&a.kind, v));
        }
    }
    api
}

/// Sets a member; `a.b` is the member `b` of the structure `a`.
pub(super) fn put(api: &mut Value, member: &str, value: Value) {
    let Some((first, rest)) = member.split_once('.') else { return api.set_attribute(member, value) };
    let mut inner = Some(api.attribute(first)).filter(|v| !v.is_null()).cloned().unwrap_or(Value::object::<&str>([]));
    put(&mut inner, rest, value);
    api.set_attribute(first, inner);
}

/// From the value of an attribute to that of its member.
pub fn to_api_kind(kind: &Kind, value: &Value) -> Value {
    match (kind, value) {
        (Kind::Nested(_, inner), Value::List(v) | Value::Set(v)) => {
            Value::List(v.iter().map(|x| to_api(inner, x)).collect())
        }
        (Kind::Nested(Nesting::Map, inner), Value::Map(m)) => {
            Value::Map(m.iter().map(|(k, x)| (k.clone(), to_api(inner, x))).collect())
        }
        (Kind::Nested(_, inner), v) => to_api(inner, v),
        (Kind::Leaf(_), Value::Set(v)) => Value::List(v.clone()),
        (Kind::Leaf(_), v) => v.clone(),
    }
}

/// Adds to what is sent the write-only attributes, which only the configuration has, wherever what they are part of is
/// sent.
pub fn add_write_only(object: &Object, config: &Value, input: &mut Value) {
    for a in &object.attributes {
        let given = config.attribute(&a.name);
        if a.write_only && !given.is_null() {
            input.set_attribute(a.member_name(), to_api_kind(&a.kind, given));
        } else if let (Kind::Nested(Nesting::Single, inner), Some(_)) = (&a.kind, given.as_entries())
            && let Some(input) = input.at_mut(&Path::of(a.member_name()))
        {
            add_write_only(inner, given, input);
        }
    }
}

/// In a path (`a.*`): everything inside, however deep.
pub const EVERYTHING: &str = "*";

/// What reading a description takes besides the schema; all by paths of attributes (`a.b` for nested ones, in lists too).
#[derive(Clone, Debug, Default)]
pub struct Reading<'a> {
    /// Attributes that stay null while the state has null (see [`super::Declared::server_defaults`]).
    pub server_defaults: Vec<&'a str>,
    /// Attributes that are described under another name (see [`super::Declared::described_as`]).
    pub described_as: Vec<(&'a str, &'a str)>,
    /// The state is that of an import: which attributes the user will set is not known yet, so all are shown.
    pub imported: bool,
}

impl<'a> Reading<'a> {
    /// What concerns the inside of an attribute.
    fn inside(&self, name: &str) -> Self {
        let below = |path: &'a str| match path {
            EVERYTHING => Some(EVERYTHING),
            path => path.strip_prefix(name)?.strip_prefix('.'),
        };
        Self {
            server_defaults: self.server_defaults.iter().filter_map(|p| below(p)).collect(),
            described_as: self.described_as.iter().filter_map(|(p, m)| Some((below(p)?, *m))).collect(),
            imported: self.imported,
        }
    }

    fn is_left_to_aws(&self, a: &Attribute) -> bool {
        let all = a.mode == Mode::OptionalComputed && self.server_defaults.contains(&EVERYTHING);
        all || self.server_defaults.contains(&a.name.as_ref())
    }

    /// The member of a description that an attribute stands for; `rename = "model_artifacts.s3_model_artifacts"` reaches
    /// into one.
    fn member<'v>(&self, description: &'v Value, a: &Attribute) -> &'v Value {
        let special = self.described_as.iter().find(|(path, _)| *path == a.name).map(|(_, member)| *member);
        match special.or(a.member.as_deref()) {
            Some(path) => description.at(&Path::parse(path)).unwrap_or(&Value::Null),
            None => description.attribute(a.member_name()),
        }
    }
}

/// From the API's description to the attributes of an object. Local attributes keep what `state` has; so does an argument
/// that means nothing there if it means nothing to AWS either, for AWS describes many members that were not sent as zero or
/// empty, and leaves out others that were sent empty.
pub fn from_api(object: &Object, description: &Value, state: &Value, reading: &Reading<'_>) -> Value {
    let is_known = state.as_entries().is_some() && !reading.imported;
    let attributes = object.attributes.iter().map(|a| {
        let (before, described) = (state.attribute(&a.name), reading.member(description, a));
        // What is empty and the one of a choice says something: `csv = {}`.
        let is_choice = |rule: &Rule| {
            matches!(rule, Rule::ExactlyOneOf(names) if names.contains(&a.name)) && described.as_entries().is_some()
        };
        let may_be_unset = a.mode != Mode::Computed && !object.rules.iter().any(is_choice);
        let keeps = a.provider_only
            || a.tags
            || (before.is_null() && reading.is_left_to_aws(a))
            || (is_known && a.mode != Mode::Computed && is_nothing(before) && is_nothing(described));
        let value = if keeps {
            before.clone()
        } else if let (Equality::Unordered, Some(known), Some(elements)) =
            (a.equality, before.as_elements(), described.as_elements())
        {
            let ordered = Value::List(in_order_of(known, elements, &a.kind, &reading.inside(&a.name)));
            from_api_kind(&a.kind, may_be_unset, &ordered, before, &reading.inside(&a.name))
        } else {
            from_api_kind(&a.kind, may_be_unset, described, before, &reading.inside(&a.name))
        };
        (a.name.to_string(), value)
    });
    Value::Object(attributes.collect())
}

/// Described elements in the order of the known ones that they are; others last.
fn in_order_of(known: &[Value], described: &[Value], kind: &Kind, reading: &Reading<'_>) -> Vec<Value> {
    let mut left: Vec<&Value> = described.iter().collect();
    let is = |described: &Value, known: &Value| match kind {
        Kind::Nested(_, inner) => from_api(inner, described, known, reading) == *known,
        Kind::Leaf(_) => described == known,
    };
    let ordered = known.iter().filter_map(|k| Some(left.remove(left.iter().position(|d| is(d, k))?)));
    let ordered: Vec<Value> = ordered.cloned().collect();
    ordered.into_iter().chain(left.into_iter().cloned()).collect()
}

/// Whether a value says nothing: null, zero, false, empty, or an object of nothing.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Bool(value) => !value,
        Value::Number(n) => n.to_i64() == Some(0),
        Value::Object(members) => members.values().all(is_nothing),
        other => other.is_empty(),
    }
}

/// Whether two numbers are the same for AWS, most of whose fractions have 32 bits.
fn is_same_fraction(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => !a.is_integer() && a.to_f64() as f32 == b.to_f64() as f32,
        _ => false,
    }
}

/// `may_be_unset`: the user may have left it out, so that an import shows nothing of what is empty.
fn from_api_kind(kind: &Kind, may_be_unset: bool, value: &Value, state: &Value, reading: &Reading<'_>) -> Value {
    let shows_nothing = |value: &Value| reading.imported && may_be_unset && value.is_empty();
    let is_object = matches!(kind, Kind::Nested(Nesting::Single, _));
    if value.is_null() || value.as_str() == Some("") || (!is_object && shows_nothing(value)) {
        return Value::Null;
    }
    match kind {
        Kind::Leaf(_) if is_same_fraction(state, value) => state.clone(),
        Kind::Leaf(t) => from_api_type(t, value),
        Kind::Nested(nesting, inner) => match (nesting, value) {
            (Nesting::Single, v) => match from_api(inner, v, state, reading) {
                // What is left of it decides: a choice in it may be empty, and still be one.
                Value::Object(members) if shows_nothing(v) && members.values().all(Value::is_null) => Value::Null,
                shown => shown,
            },
            (Nesting::List, Value::List(v)) => {
                let old = |i: usize| state.as_elements().and_then(|s| s.get(i)).cloned().unwrap_or(Value::Null);
                Value::List(v.iter().enumerate().map(|(i, x)| from_api(inner, x, &old(i), reading)).collect())
            }
            (Nesting::Set, Value::List(v)) => {
                let known = state.as_elements().unwrap_or_default();
                let element = |x: &Value| {
                    let same = known.iter().find(|k| from_api(inner, x, k, reading) == **k);
                    same.cloned().unwrap_or_else(|| from_api(inner, x, &Value::Null, reading))
                };
                Value::Set(v.iter().map(element).collect())
            }
            (Nesting::Map, Value::Map(m)) => Value::Map(
                m.iter().map(|(k, x)| (k.clone(), from_api(inner, x, state.attribute(k), reading))).collect(),
            ),
            _ => Value::Null,
        },
    }
}

fn from_api_type(t: &Type, value: &Value) -> Value {
    match (t, value) {
        (Type::Set(t), Value::List(v)) => Value::Set(v.iter().map(|x| from_api_type(t, x)).collect()),
        (Type::List(t), Value::List(v)) => Value::List(v.iter().map(|x| from_api_type(t, x)).collect()),
        (Type::Map(t), Value::Map(m)) => Value::Map(m.iter().map(|(k, x)| (k.clone(), from_api_type(t, x))).collect()),
        (_, v) => v.clone(),
    }
}

/// Where in a planned object the attributes `a.b` are unknown though the configuration is not: what AWS would fill in.
pub fn left_to_aws(planned: &Value, config: &Value, attribute: &str, at: &Path, found: &mut Vec<Path>) {
    if attribute == EVERYTHING {
        for name in planned.as_entries().into_iter().flatten().map(|(name, _)| name) {
            for path in [name.clone(), format!("{name}.{EVERYTHING}")] {
                left_to_aws(planned, config, &path, at, found);
            }
        }
        return;
    }
    let (name, rest) = attribute.split_once('.').map_or((attribute, None), |(n, r)| (n, Some(r)));
    let (value, set, here) = (planned.attribute(name), config.attribute(name), at.attribute(name));
    match (rest, value) {
        (None, Value::Unknown(_)) if set.is_null() => found.push(here),
        (Some(rest), Value::List(elements)) => {
            for (i, element) in elements.iter().enumerate() {
                let config = set.as_elements().and_then(|s| s.get(i)).unwrap_or(&Value::Null);
                left_to_aws(element, config, rest, &here.index(i), found);
            }
        }
        (Some(rest), Value::Object(_)) => left_to_aws(value, set, rest, &here, found),
        _ => {}
    }
}
