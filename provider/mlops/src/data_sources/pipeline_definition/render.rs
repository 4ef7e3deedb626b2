//! Attributes as the JSON of a definition.

use aws_smithy_schema::serde::{SerdeError, ShapeDeserializer};
use aws_smithy_schema::{Schema, ShapeType};
use serde_json::{Map, Number, Value as Json, json};
use tfplug::schema::{Kind, Object};
use tfplug::value::{Path, Value};

use crate::aws::snake_case::snake_case;
use crate::pipeline_definition::leaves::leaves;
use crate::pipeline_definition::{self, later, markers};

type Result<T = ()> = std::result::Result<T, SerdeError>;

/// Where a part of the document, below the place where it will be, comes from.
pub(super) type Places = Vec<(Path, Path)>;

/// Arguments in the words of the request that the step becomes. The SDK's type of the request says which members there are, how
/// they are called, and of which types they are.
pub(super) fn request(
    kind: &pipeline_definition::Kind,
    object: &Object,
    value: &Value,
    at: &Path,
    places: &mut Places,
) -> Json {
    let outer = Kind::Nested(tfplug::schema::Nesting::Single, object.clone());
    let here = Path::of("Arguments");
    let mut arguments = Arguments { value, kind: &outer, at: at.clone(), here, places, json: json!({}) };
    if let Some(read) = kind.request {
        read(&mut arguments);
    }
    arguments.json
}

struct Arguments<'a> {
    value: &'a Value,
    kind: &'a Kind,
    at: Path,
    here: Path,
    places: &'a mut Places,
    json: Json,
}

impl Arguments<'_> {
    fn inner(
        &mut self,
        value: &Value,
        kind: &Kind,
        (at, here): (Path, Path),
        read: impl FnOnce(&mut dyn ShapeDeserializer) -> Result,
    ) -> Json {
        self.places.push((here.clone(), at.clone()));
        if value.is_unknown() {
            return later();
        }
        let mut inner = Arguments { value, kind, at, here, places: self.places, json: Json::Null };
        // An error of the SDK is about a member that is missing, which AWS itself reports when the step runs.
        drop(read(&mut inner));
        inner.json
    }

    fn leaf(&mut self, _: &Schema<'_>, shape: ShapeType) {
        let text = self.value.as_str().unwrap_or_default();
        self.json = match shape {
            ShapeType::Boolean => typed(text, |t| t.parse().ok().map(Json::Bool)),
            ShapeType::Float | ShapeType::Double => typed(text, fraction),
            ShapeType::Byte | ShapeType::Short | ShapeType::Integer | ShapeType::Long => typed(text, number),
            _ => typed(text, |_| None),
        };
    }
}

/// Text as what it stands for: a reference, a value of another type, or itself.
fn typed(text: &str, value: impl Fn(&str) -> Option<Json>) -> Json {
    let decoded = markers::decode(text).unwrap_or_else(|_| Json::from(text));
    match &decoded {
        Json::String(plain) => value(plain).unwrap_or(decoded),
        _ => decoded,
    }
}

/// A number as it is written.
fn number(text: &str) -> Option<Json> {
    text.parse::<Number>().ok().map(Json::Number)
}

/// A number that shows that it may have a fraction.
fn fraction(text: &str) -> Option<Json> {
    text.parse().ok().and_then(Number::from_f64).map(Json::Number)
}

impl ShapeDeserializer for Arguments<'_> {
    fn read_struct(
        &mut self,
        schema: &Schema<'_>,
        read: &mut dyn FnMut(&Schema<'_>, &mut dyn ShapeDeserializer) -> Result,
    ) -> Result {
        let (Kind::Nested(_, object), value) = (self.kind, self.value) else { return Ok(()) };
        let mut members = Map::new();
        for member in schema.members() {
            let name = member.member_name().unwrap_or_default();
            let snake = snake_case(name);
            let Some(a) = object.attributes.iter().find(|a| a.member_name() == snake) else { continue };
            let value = value.attribute(&a.name);
            if value.is_null() {
                continue;
            }
            let place = (self.at.attribute(&a.name), self.here.attribute(name));
            let json = match value {
                Value::Map(tags) if a.tags => {
                    self.places.push((place.1, place.0));
                    tags.iter().map(|(k, v)| json!({ "Key": k, "Value": leaf(v) })).collect()
                }
                value => self.inner(value, &a.kind, place, |inner| read(member, inner)),
            };
            members.insert(name.to_owned(), json);
        }
        self.json = Json::Object(members);
        Ok(())
    }

    fn read_list(&mut self, _: &Schema<'_>, read: &mut dyn FnMut(&mut dyn ShapeDeserializer) -> Result) -> Result {
        let (value, kind) = (self.value, self.kind);
        let elements = value.as_elements().unwrap_or_default().iter().enumerate();
        let elements = elements.map(|(i, value)| {
            let place = (self.at.index(i), self.here.index(i));
            self.inner(value, kind, place, &mut *read)
        });
        self.json = elements.collect();
        Ok(())
    }

    fn read_map(
        &mut self,
        _: &Schema<'_>,
        read: &mut dyn FnMut(String, &mut dyn ShapeDeserializer) -> Result,
    ) -> Result {
        let (value, kind) = (self.value, self.kind);
        let entries = value.as_entries().into_iter().flatten().filter(|(_, v)| !v.is_null());
        let entries = entries.map(|(key, value)| {
            let place = (self.at.key(key), self.here.attribute(key));
            (key.clone(), self.inner(value, kind, place, |inner| read(key.clone(), inner)))
        });
        self.json = Json::Object(entries.collect());
        Ok(())
    }

    leaves!();
}

/// A single value, decoded.
pub(super) fn leaf(value: &Value) -> Json {
    match value {
        Value::String(text) => typed(text, |_| None),
        Value::Unknown(_) => later(),
        _ => Json::Null,
    }
}

/// How the name of an attribute is written in the document.
pub(super) type Spelling = fn(&str) -> String;

/// Attributes whose members have the same names in other letters: `cache_config` is `CacheConfig`.
pub(super) fn plain(object: &Object, value: &Value, at: (&Path, &Path), places: &mut Places) -> Map<String, Json> {
    members(camel_case, object, value, at, places)
}

fn members(
    spelling: Spelling,
    object: &Object,
    value: &Value,
    (at, here): (&Path, &Path),
    places: &mut Places,
) -> Map<String, Json> {
    let mut found = Map::new();
    for a in &object.attributes {
        let value = value.attribute(&a.name);
        if !value.is_null() {
            let name = spelling(&a.name);
            let place = (at.attribute(&a.name), here.attribute(&name));
            found.insert(name, spelled(spelling, &a.kind, value, place, places));
        }
    }
    found
}

/// A value whose members are spelled in this way.
pub(super) fn spelled(
    spelling: Spelling,
    kind: &Kind,
    value: &Value,
    (at, here): (Path, Path),
    places: &mut Places,
) -> Json {
    places.push((here.clone(), at.clone()));
    match (kind, value) {
        (_, Value::Unknown(_)) => later(),
        (kind, Value::List(elements)) => {
            let elements = elements.iter().enumerate();
            elements.map(|(i, x)| spelled(spelling, kind, x, (at.index(i), here.index(i)), places)).collect()
        }
        (kind, Value::Map(entries)) => {
            let entries = entries.iter().filter(|(_, v)| !v.is_null());
            let entries =
                entries.map(|(k, x)| (k.clone(), spelled(spelling, kind, x, (at.key(k), here.attribute(k)), places)));
            Json::Object(entries.collect())
        }
        (Kind::Nested(_, inner), value) => Json::Object(members(spelling, inner, value, (&at, &here), places)),
        (Kind::Leaf(t), value) => {
            let text = value.as_str().unwrap_or_default();
            match t {
                tfplug::schema::Type::Bool => typed(text, |t| t.parse().ok().map(Json::Bool)),
                tfplug::schema::Type::Number => typed(text, number),
                _ => typed(text, |_| None),
            }
        }
    }
}

/// A literal with the type that a value it is compared with has; with the one that it looks like if that is not known.
pub(super) fn literal(text: &str, kind: Option<&str>) -> Json {
    typed(text, |text| match kind {
        Some("String") => None,
        Some("Float") => fraction(text),
        Some("Integer") => number(text),
        Some("Boolean") => text.parse().ok().map(Json::Bool),
        _ => text.parse().ok().map(Json::Bool).or_else(|| number(text)),
    })
}

/// The name of a member whose words all begin with a capital letter only.
pub(super) fn camel_case(name: &str) -> String {
    let capital = |word: &str| {
        let (first, rest) = word.split_at_checked(1).unwrap_or_default();
        first.to_ascii_uppercase() + rest
    };
    name.split('_').map(capital).collect()
}

/// The name of a member whose first word has a small letter.
pub(super) fn small_camel_case(name: &str) -> String {
    let name = camel_case(name);
    let (first, rest) = name.split_at_checked(1).unwrap_or_default();
    first.to_ascii_lowercase() + rest
}
