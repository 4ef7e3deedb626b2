//! The message that carries a value in either of its encodings.

pub use crate::codec::CodecError;
use crate::pb::tfplugin6::DynamicValue;
use crate::types::Type;
use crate::value::Value;
use crate::{json, msgpack};

/// Reads a value from a message. An absent or empty one is null.
///
/// # Errors
/// Bytes that are not a value of the type.
pub fn decode(message: Option<&DynamicValue>, ty: &Type) -> Result<Value, CodecError> {
    match message {
        Some(m) if !m.msgpack.is_empty() => msgpack::decode(&m.msgpack, ty),
        Some(m) if !m.json.is_empty() => json::decode(&m.json, ty),
        _ => Ok(Value::Null),
    }
}

/// Writes a value into a message, always as msgpack.
///
/// # Errors
/// A value that is not of the type.
pub fn encode(value: &Value, ty: &Type) -> Result<DynamicValue, CodecError> {
    Ok(DynamicValue { msgpack: msgpack::encode(value, ty)?, json: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_message_is_null_and_json_is_understood() {
        let ty = Type::String.list();
        assert_eq!(decode(None, &ty), Ok(Value::Null));
        assert_eq!(decode(Some(&DynamicValue::default()), &ty), Ok(Value::Null));
        let json = DynamicValue { json: br#"["a"]"#.to_vec(), ..DynamicValue::default() };
        let list = Value::List(vec!["a".into()]);
        assert_eq!(decode(Some(&json), &ty), Ok(list.clone()));
        assert_eq!(decode(Some(&encode(&list, &ty).unwrap()), &ty), Ok(list));
    }
}
