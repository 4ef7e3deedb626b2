//! Values as JSON, in the form of Terraform's state files, and types as JSON. Numbers pass through undiminished.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::codec::{CodecError, DEEPEST};
use crate::number::Number;
use crate::types::Type;
use crate::value::{Step, Value};

/// The type's JSON form: `"string"`, `["list","string"]`, `["object",{"a":"bool"}]` ...
pub fn type_to_json(ty: &Type) -> Vec<u8> {
    type_to_value(ty).to_string().into_bytes()
}

fn type_to_value(ty: &Type) -> Json {
    let of = |name: &str, inner: Json| Json::Array(vec![name.into(), inner]);
    match ty {
        Type::String => "string".into(),
        Type::Number => "number".into(),
        Type::Bool => "bool".into(),
        Type::Dynamic => "dynamic".into(),
        Type::List(t) => of("list", type_to_value(t)),
        Type::Set(t) => of("set", type_to_value(t)),
        Type::Map(t) => of("map", type_to_value(t)),
        Type::Object(all) => {
            of("object", Json::Object(all.iter().map(|(k, t)| (k.clone(), type_to_value(t))).collect()))
        }
        Type::Tuple(all) => of("tuple", Json::Array(all.iter().map(type_to_value).collect())),
    }
}

/// Reads a type's JSON form.
///
/// # Errors
/// Text that is not JSON or not a type.
pub fn type_from_json(bytes: &[u8]) -> Result<Type, CodecError> {
    let json = serde_json::from_slice(bytes).map_err(|e| CodecError::new(format!("the type is not JSON: {e}")))?;
    type_from_value(&json, DEEPEST)
}

fn type_from_value(json: &Json, depth: usize) -> Result<Type, CodecError> {
    let depth = depth.checked_sub(1).ok_or_else(CodecError::too_deep)?;
    let wrong = || {
        let text: String = json.to_string().chars().take(60).collect();
        CodecError::new(format!("{text} is not a type"))
    };
    match json {
        Json::String(name) => match name.as_str() {
            "string" => Ok(Type::String),
            "number" => Ok(Type::Number),
            "bool" => Ok(Type::Bool),
            "dynamic" => Ok(Type::Dynamic),
            _ => Err(wrong()),
        },
        Json::Array(parts) => match (parts.first().and_then(Json::as_str), parts.get(1), parts.len()) {
            (Some("list"), Some(t), 2) => Ok(type_from_value(t, depth)?.list()),
            (Some("set"), Some(t), 2) => Ok(type_from_value(t, depth)?.set()),
            (Some("map"), Some(t), 2) => Ok(type_from_value(t, depth)?.map()),
            (Some("tuple"), Some(Json::Array(all)), 2) => {
                Ok(Type::Tuple(all.iter().map(|t| type_from_value(t, depth)).collect::<Result<_, _>>()?))
            }
            // A third part lists optional attributes. Values have all of them all the same.
            (Some("object"), Some(Json::Object(all)), 2 | 3) => {
                let attribute = |(k, t): (&String, &Json)| Ok((k.clone(), type_from_value(t, depth)?));
                Ok(Type::Object(all.iter().map(attribute).collect::<Result<_, CodecError>>()?))
            }
            _ => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}

/// What values of the type are called in messages.
pub(crate) fn type_name(ty: &Type) -> &'static str {
    match ty {
        Type::String => "a string",
        Type::Number => "a number",
        Type::Bool => "a bool",
        Type::Dynamic => "a dynamic value",
        Type::List(_) => "a list",
        Type::Set(_) => "a set",
        Type::Map(_) => "a map",
        Type::Object(_) => "an object",
        Type::Tuple(_) => "a tuple",
    }
}

/// Reads a JSON document as a value of a type.
///
/// # Errors
/// Text that is not JSON, or what [`from_json`] refuses.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, CodecError> {
    let json = serde_json::from_slice(bytes).map_err(|e| CodecError::new(format!("not a JSON document: {e}")))?;
    from_json(&json, ty)
}

/// Reads a JSON value as a value of a type. Absent attributes are null; text and numbers, text and truth values stand
/// for each other as they do in Terraform, so that an attribute's type may change between them.
///
/// # Errors
/// JSON of another type, an attribute that the type does not have, a number beyond all bounds.
pub fn from_json(json: &Json, ty: &Type) -> Result<Value, CodecError> {
    read(json, ty, DEEPEST)
}

/// A JSON document as a value that brings its own type: objects and tuples, as `jsondecode` makes them.
///
/// # Errors
/// A document that is too deep, a number beyond all bounds.
pub fn dynamic(json: &Json) -> Result<Value, CodecError> {
    let ty = type_of(json);
    let value = read(json, &ty, DEEPEST)?;
    Ok(if ty == Type::Dynamic { value } else { Value::Dynamic(Box::new((ty, value))) })
}

/// The type that a JSON document has by itself.
fn type_of(json: &Json) -> Type {
    match json {
        Json::Null => Type::Dynamic,
        Json::Bool(_) => Type::Bool,
        Json::Number(_) => Type::Number,
        Json::String(_) => Type::String,
        Json::Array(all) => Type::Tuple(all.iter().map(type_of).collect()),
        Json::Object(all) => Type::Object(all.iter().map(|(name, json)| (name.clone(), type_of(json))).collect()),
    }
}

fn read(json: &Json, ty: &Type, depth: usize) -> Result<Value, CodecError> {
    let depth = depth.checked_sub(1).ok_or_else(CodecError::too_deep)?;
    let element = |(i, (j, t)): (usize, (&Json, &Type)), step: fn(usize) -> Step| {
        read(j, t, depth).map_err(|e| e.inside(step(i)))
    };
    Ok(match (ty, json) {
        (_, Json::Null) => Value::Null,
        (Type::Bool, Json::Bool(b)) => Value::Bool(*b),
        (Type::Bool, Json::String(s)) if s == "true" || s == "false" => Value::Bool(s == "true"),
        (Type::Number, Json::Number(n)) => Value::Number(number(n.as_str())?),
        (Type::Number, Json::String(s)) => Value::Number(number(s)?),
        (Type::String, Json::String(s)) => Value::String(s.clone()),
        (Type::String, Json::Bool(b)) => Value::String(b.to_string()),
        (Type::String, Json::Number(n)) => Value::String(number(n.as_str())?.to_string()),
        (Type::List(t), Json::Array(all)) => Value::List(
            all.iter()
                .map(|j| (j, t.as_ref()))
                .enumerate()
                .map(|x| element(x, Step::Index))
                .collect::<Result<_, _>>()?,
        ),
        (Type::Set(t), Json::Array(all)) => Value::Set(
            all.iter()
                .map(|j| (j, t.as_ref()))
                .enumerate()
                .map(|x| element(x, |_| Step::Element))
                .collect::<Result<_, _>>()?,
        ),
        (Type::Tuple(types), Json::Array(all)) if types.len() == all.len() => {
            Value::List(all.iter().zip(types).enumerate().map(|x| element(x, Step::Index)).collect::<Result<_, _>>()?)
        }
        (Type::Tuple(types), Json::Array(all)) => {
            return Err(CodecError::new(format!("a tuple of {} has {} elements", types.len(), all.len())));
        }
        (Type::Map(t), Json::Object(all)) => {
            let entry = |(k, j): (&String, &Json)| match read(j, t, depth) {
                Ok(v) => Ok((k.clone(), v)),
                Err(e) => Err(e.inside(Step::Key(k.clone()))),
            };
            Value::Map(all.iter().map(entry).collect::<Result<_, _>>()?)
        }
        (Type::Object(types), Json::Object(all)) => object(all, types, depth)?,
        (Type::Dynamic, Json::Object(all)) => match (all.get("type"), all.get("value"), all.len()) {
            (Some(ty), Some(value), 2) => {
                let ty = type_from_value(ty, depth)?;
                let value = read(value, &ty, depth)?;
                if ty == Type::Dynamic { value } else { Value::Dynamic(Box::new((ty, value))) }
            }
            _ => return Err(CodecError::new("a dynamic value is an object with the keys `type` and `value`")),
        },
        _ => return Err(CodecError::wanted(type_name(ty), &format!("JSON of kind {}", kind(json)))),
    })
}

fn object(all: &Map<String, Json>, types: &BTreeMap<String, Type>, depth: usize) -> Result<Value, CodecError> {
    if let Some(extra) = all.keys().find(|name| !types.contains_key(*name)) {
        return Err(CodecError::new("there is no such attribute").inside(Step::Attribute(extra.clone())));
    }
    let attribute = |(name, ty): (&String, &Type)| match read(all.get(name).unwrap_or(&Json::Null), ty, depth) {
        Ok(v) => Ok((name.clone(), v)),
        Err(e) => Err(e.inside(Step::Attribute(name.clone()))),
    };
    Ok(Value::Object(types.iter().map(attribute).collect::<Result<_, _>>()?))
}

fn number(text: &str) -> Result<Number, CodecError> {
    text.parse().map_err(|e| CodecError::new(format!("{:?} is {e}", text.chars().take(40).collect::<String>())))
}

fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "bool",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

/// Writes a value as JSON, as a state file has it.
///
/// # Errors
/// A value that is not of the type, or unknown: JSON has no unknowns.
pub fn to_json(value: &Value, ty: &Type) -> Result<Json, CodecError> {
    write(value, ty, DEEPEST)
}

fn write(value: &Value, ty: &Type, depth: usize) -> Result<Json, CodecError> {
    let depth = depth.checked_sub(1).ok_or_else(CodecError::too_deep)?;
    Ok(match (value, ty) {
        (Value::Null, _) => Json::Null,
        (Value::Unknown(_), _) => return Err(CodecError::new("JSON cannot express an unknown value")),
        (Value::Bool(b), Type::Bool) => Json::Bool(*b),
        (Value::Number(n), Type::Number) => Json::Number(
            n.to_string().parse().map_err(|e| CodecError::new(format!("{n} cannot be written as JSON: {e}")))?,
        ),
        (Value::String(s), Type::String) => Json::String(s.clone()),
        (Value::List(all), Type::List(t)) => array(all, std::iter::repeat(t.as_ref()), depth, Step::Index)?,
        (Value::Set(all), Type::Set(t)) => array(all, std::iter::repeat(t.as_ref()), depth, |_| Step::Element)?,
        (Value::List(all), Type::Tuple(types)) if all.len() == types.len() => array(all, types, depth, Step::Index)?,
        (Value::Map(all), Type::Map(t)) => {
            let entry = |(k, v): (&String, &Value)| match write(v, t, depth) {
                Ok(j) => Ok((k.clone(), j)),
                Err(e) => Err(e.inside(Step::Key(k.clone()))),
            };
            Json::Object(all.iter().map(entry).collect::<Result<_, _>>()?)
        }
        (Value::Object(all), Type::Object(types)) => {
            if let Some(extra) = all.keys().find(|name| !types.contains_key(*name)) {
                return Err(CodecError::new("there is no such attribute").inside(Step::Attribute(extra.clone())));
            }
            let attribute = |(name, t): (&String, &Type)| {
                let within = |e: CodecError| e.inside(Step::Attribute(name.clone()));
                let v = all.get(name).ok_or_else(|| within(CodecError::new("the attribute is missing")))?;
                Ok((name.clone(), write(v, t, depth).map_err(within)?))
            };
            Json::Object(types.iter().map(attribute).collect::<Result<_, CodecError>>()?)
        }
        (Value::Dynamic(inner), Type::Dynamic) => {
            let (ty, value) = inner.as_ref();
            let mut pair = Map::new();
            pair.insert("type".to_owned(), type_to_value(ty));
            pair.insert("value".to_owned(), write(value, ty, depth)?);
            Json::Object(pair)
        }
        _ => return Err(CodecError::wanted(type_name(ty), &format!("a value of kind {}", value.kind()))),
    })
}

fn array<'t>(
    all: &[Value],
    types: impl IntoIterator<Item = &'t Type>,
    depth: usize,
    step: fn(usize) -> Step,
) -> Result<Json, CodecError> {
    let element = |(i, (v, t)): (usize, (&Value, &Type))| write(v, t, depth).map_err(|e| e.inside(step(i)));
    Ok(Json::Array(all.iter().zip(types).enumerate().map(element).collect::<Result<_, _>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ty(text: &str) -> Type {
        type_from_json(text.as_bytes()).unwrap()
    }

    #[test]
    fn types_have_terraforms_spelling() {
        for text in [
            r#""string""#,
            r#"["list",["set",["map","number"]]]"#,
            r#"["object",{"a":"bool","b":["tuple",["dynamic","string"]]}]"#,
        ] {
            assert_eq!(String::from_utf8(type_to_json(&ty(text))).unwrap(), text);
        }
        assert_eq!(ty(r#"["object",{"a":"bool"},["a"]]"#), ty(r#"["object",{"a":"bool"}]"#));
        for wrong in ["", "7", r#""text""#, r#"["list"]"#, r#"["list","string","string"]"#, r#"["object",[]]"#] {
            assert!(type_from_json(wrong.as_bytes()).is_err(), "{wrong}");
        }
        assert!(type_from_json("[\"list\",".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn stored_state_reads_and_writes() {
        let ty = ty(r#"["object",{"big":"number","d":"dynamic","n":"number","s":["set","string"],"x":"bool"}]"#);
        let text = r#"{"big":123456789012345678901234567890.125,
            "d":{"type":["list","number"],"value":[1,2.5]},"n":-1,"s":["a","b"],"x":null}"#;
        let value = decode(text.as_bytes(), &ty).unwrap();
        assert_eq!(value.attribute("big").as_number().unwrap().to_string(), "123456789012345678901234567890.125");
        let list = Value::List(vec![1.into(), Value::Number("2.5".parse().unwrap())]);
        assert_eq!(value.attribute("d"), &Value::Dynamic(Box::new((Type::Number.list(), list))));
        let json = to_json(&value, &ty).unwrap();
        assert_eq!(json, serde_json::from_str::<Json>(text).unwrap());
    }

    #[test]
    fn absent_attributes_are_null_and_strange_ones_an_error() {
        let ty = ty(r#"["object",{"a":["map",["list","string"]]}]"#);
        assert_eq!(decode(b"{}", &ty), Ok(Value::object([("a", Value::Null)])));
        assert_eq!(decode(br#"{"b":1}"#, &ty).unwrap_err().to_string(), "At `b`: there is no such attribute.");
        assert_eq!(decode(br#"{"a":{"k":["",{}]}}"#, &ty).unwrap_err().path.to_string(), "a[\"k\"][1]");
        assert!(decode(br#"{"a":{}} x"#, &ty).is_err());
    }

    #[test]
    fn simple_types_stand_for_each_other() {
        assert_eq!(decode(b"7", &Type::String), Ok("7".into()));
        assert_eq!(decode(b"true", &Type::String), Ok("true".into()));
        assert_eq!(decode(br#""1.50""#, &Type::Number), decode(b"1.5", &Type::Number));
        assert_eq!(decode(br#""false""#, &Type::Bool), Ok(false.into()));
        for wrong in [&b"1e999999999"[..], br#""x""#, b"true", b"[]"] {
            assert!(decode(wrong, &Type::Number).is_err());
        }
    }

    #[test]
    fn unknowns_and_wrong_kinds_are_not_written() {
        let list = Value::List(vec![Value::Null, Value::unknown()]);
        assert_eq!(to_json(&list, &Type::Bool.list()).unwrap_err().path.to_string(), "[1]");
        assert!(to_json(&"x".into(), &Type::Bool).is_err());
        assert!(to_json(&Value::object([("a", Value::Null)]), &ty(r#"["object",{}]"#)).is_err());
        assert!(decode(br#"{"type":"string"}"#, &Type::Dynamic).is_err());
    }

    #[test]
    fn a_document_brings_its_own_type() {
        for (text, ty) in [
            (
                r#"{"auc":0.93,"by":[1,"a",null],"none":{}}"#,
                r#"["object",{"auc":"number","by":["tuple",["number","string","dynamic"]],"none":["object",{}]}]"#,
            ),
            ("[]", r#"["tuple",[]]"#),
            ("true", r#""bool""#),
        ] {
            let json: Json = serde_json::from_str(text).unwrap();
            let Value::Dynamic(found) = dynamic(&json).unwrap() else { panic!("{text}") };
            assert_eq!(type_to_json(&found.0), ty.as_bytes());
            assert_eq!(to_json(&found.1, &found.0).unwrap(), json);
            let value = Value::Dynamic(found);
            let sent = crate::msgpack::encode(&value, &Type::Dynamic).unwrap();
            assert_eq!(crate::msgpack::decode(&sent, &Type::Dynamic).unwrap(), value);
        }
        assert_eq!(dynamic(&Json::Null).unwrap(), Value::Null);
    }
}
