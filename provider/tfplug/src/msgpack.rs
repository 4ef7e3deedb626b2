//! The wire encoding of values: msgpack, directed by the schema's type. It does not describe itself.
//!
//! Every extension value stands for an unknown. Type 12 brings what is promised of it, as a map with integer keys.

use std::collections::BTreeMap;

use rmp::Marker;
use rmp::encode::{self as write, ValueWriteError};

use crate::json;
use crate::number::Number;
use crate::schema::Type;
use crate::value::{Step, Unknown, Value};
pub use crate::wire::CodecError;
use crate::wire::DEEPEST;

/// An unknown value of which nothing is promised: extension type 0 with one zero byte.
const UNKNOWN: [u8; 3] = [0xd4, 0, 0];
/// The extension type of unknown values with promises.
const REFINED: i8 = 12;
/// Terraform refuses longer promises; here they are passed over.
const LONGEST_REFINEMENT: usize = 1024;
/// Promise: whether the value may be null.
const NULLNESS: i64 = 1;
/// Promise: what the text begins with.
const PREFIX: i64 = 2;
/// A longer prefix is cut: it stays true, and the promise stays within Terraform's limit.
const LONGEST_PREFIX: usize = 256;
/// Room made for elements at once: more only as they really come.
const ROOM: usize = 256;

/// Reads a value of a type.
///
/// # Errors
/// Bytes that are not msgpack, not of the type, nested too deeply, or more than one value.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, CodecError> {
    let mut reader = Reader(bytes);
    let value = reader.value(ty, DEEPEST)?;
    if reader.0.is_empty() {
        Ok(value)
    } else {
        Err(CodecError::new(format!("{} bytes follow the end of the value", reader.0.len())))
    }
}

/// Writes a value of a type. Elements of sets come sorted by their encoding, and each once, so that equal values have
/// equal encodings.
///
/// # Errors
/// A value that is not of the type: an object with an attribute too many or too few, for one.
pub fn encode(value: &Value, ty: &Type) -> Result<Vec<u8>, CodecError> {
    let mut out = Vec::with_capacity(256);
    put(&mut out, value, ty, DEEPEST)?;
    Ok(out)
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], CodecError> {
        let (head, tail) = self.0.split_at_checked(n).ok_or_else(|| {
            CodecError::new(format!("the value ends early: {n} more bytes were announced, {} are there", self.0.len()))
        })?;
        self.0 = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N)?);
        Ok(bytes)
    }

    fn marker(&mut self) -> Result<Marker, CodecError> {
        Ok(Marker::from_u8(u8::from_be_bytes(self.array()?)))
    }

    /// A length of 1, 2 or 4 bytes.
    fn length(&mut self, width: usize) -> Result<usize, CodecError> {
        Ok(self.take(width)?.iter().fold(0, |n, b| n << 8 | usize::from(*b)))
    }

    /// The number of elements or entries, which cannot be more than the bytes left.
    fn count(&self, count: usize, each: usize) -> Result<usize, CodecError> {
        if count.saturating_mul(each) > self.0.len() {
            return Err(CodecError::new(format!("{count} elements were announced, {} bytes are left", self.0.len())));
        }
        Ok(count)
    }

    fn array_length(&mut self, marker: Marker, wanted: &str) -> Result<usize, CodecError> {
        let n = match marker {
            Marker::FixArray(n) => usize::from(n),
            Marker::Array16 => self.length(2)?,
            Marker::Array32 => self.length(4)?,
            other => return Err(CodecError::wanted(wanted, describe(other))),
        };
        self.count(n, 1)
    }

    fn map_length(&mut self, marker: Marker, wanted: &str) -> Result<usize, CodecError> {
        let n = match marker {
            Marker::FixMap(n) => usize::from(n),
            Marker::Map16 => self.length(2)?,
            Marker::Map32 => self.length(4)?,
            other => return Err(CodecError::wanted(wanted, describe(other))),
        };
        self.count(n, 2)
    }

    /// The bytes of a text or byte string.
    fn bytes(&mut self, marker: Marker, wanted: &str) -> Result<&'a [u8], CodecError> {
        let n = match marker {
            Marker::FixStr(n) => usize::from(n),
            Marker::Str8 | Marker::Bin8 => self.length(1)?,
            Marker::Str16 | Marker::Bin16 => self.length(2)?,
            Marker::Str32 | Marker::Bin32 => self.length(4)?,
            other => return Err(CodecError::wanted(wanted, describe(other))),
        };
        self.take(n)
    }

    fn text(&mut self, marker: Marker, wanted: &str) -> Result<&'a str, CodecError> {
        std::str::from_utf8(self.bytes(marker, wanted)?).map_err(|e| CodecError::new(format!("text is not UTF-8: {e}")))
    }

    /// The length of the payload of an extension, or None if this is none.
    fn extension(&mut self, marker: Marker) -> Result<Option<usize>, CodecError> {
        Ok(Some(match marker {
            Marker::FixExt1 => 1,
            Marker::FixExt2 => 2,
            Marker::FixExt4 => 4,
            Marker::FixExt8 => 8,
            Marker::FixExt16 => 16,
            Marker::Ext8 => self.length(1)?,
            Marker::Ext16 => self.length(2)?,
            Marker::Ext32 => self.length(4)?,
            _ => return Ok(None),
        }))
    }

    fn number(&mut self, marker: Marker) -> Result<Number, CodecError> {
        let float = |n: f64| {
            Number::from_f64_exact(n).ok_or_else(|| CodecError::new(format!("{n} is not a number of finite size")))
        };
        Ok(match marker {
            Marker::FixPos(n) => Number::from(i64::from(n)),
            Marker::FixNeg(n) => Number::from(i64::from(n)),
            Marker::U8 => Number::from(i64::from(u8::from_be_bytes(self.array()?))),
            Marker::U16 => Number::from(i64::from(u16::from_be_bytes(self.array()?))),
            Marker::U32 => Number::from(i64::from(u32::from_be_bytes(self.array()?))),
            Marker::U64 => Number::from(u64::from_be_bytes(self.array()?)),
            Marker::I8 => Number::from(i64::from(i8::from_be_bytes(self.array()?))),
            Marker::I16 => Number::from(i64::from(i16::from_be_bytes(self.array()?))),
            Marker::I32 => Number::from(i64::from(i32::from_be_bytes(self.array()?))),
            Marker::I64 => Number::from(i64::from_be_bytes(self.array()?)),
            Marker::F32 => float(f64::from(f32::from_be_bytes(self.array()?)))?,
            Marker::F64 => float(f64::from_be_bytes(self.array()?))?,
            other => {
                let text = self.text(other, "a number")?;
                text.parse().map_err(|e| CodecError::new(format!("{:?} is {e}", shorten(text))))?
            }
        })
    }

    fn value(&mut self, ty: &Type, depth: usize) -> Result<Value, CodecError> {
        let depth = depth.checked_sub(1).ok_or_else(CodecError::too_deep)?;
        let marker = self.marker()?;
        if marker == Marker::Null {
            return Ok(Value::Null);
        }
        if let Some(length) = self.extension(marker)? {
            return self.unknown(length);
        }
        Ok(match ty {
            Type::Bool => match marker {
                Marker::True => Value::Bool(true),
                Marker::False => Value::Bool(false),
                other => return Err(CodecError::wanted("a bool", describe(other))),
            },
            Type::Number => Value::Number(self.number(marker)?),
            Type::String => Value::String(self.text(marker, "a string")?.to_owned()),
            Type::List(element) => {
                let n = self.array_length(marker, "a list")?;
                Value::List(self.elements(n, element, depth, Step::Index)?)
            }
            Type::Set(element) => {
                let n = self.array_length(marker, "a set")?;
                Value::Set(self.elements(n, element, depth, |_| Step::Element)?)
            }
            Type::Tuple(types) => {
                let n = self.array_length(marker, "a tuple")?;
                if n != types.len() {
                    return Err(CodecError::new(format!("a tuple of {} has {n} elements", types.len())));
                }
                let element = |(i, t)| self.value(t, depth).map_err(|e: CodecError| e.inside(Step::Index(i)));
                Value::List(types.iter().enumerate().map(element).collect::<Result<_, _>>()?)
            }
            Type::Map(element) => {
                let n = self.map_length(marker, "a map")?;
                Value::Map(self.entries(n, depth, Step::Key, |_| Some(element))?)
            }
            Type::Object(types) => {
                let n = self.map_length(marker, "an object")?;
                if n != types.len() {
                    return Err(CodecError::new(format!("an object of {} attributes has {n}", types.len())));
                }
                Value::Object(self.entries(n, depth, Step::Attribute, |name| types.get(name))?)
            }
            Type::Dynamic => {
                if self.array_length(marker, "a type and a value")? != 2 {
                    return Err(CodecError::new("a dynamic value consists of a type and a value"));
                }
                let marker = self.marker()?;
                let ty = json::type_from_json(self.bytes(marker, "a type")?)?;
                let value = self.value(&ty, depth)?;
                // A type that is itself dynamic says nothing.
                if ty == Type::Dynamic { value } else { Value::Dynamic(Box::new((ty, value))) }
            }
        })
    }

    fn elements(
        &mut self,
        n: usize,
        ty: &Type,
        depth: usize,
        step: fn(usize) -> Step,
    ) -> Result<Vec<Value>, CodecError> {
        let mut elements = Vec::with_capacity(n.min(ROOM));
        for i in 0..n {
            elements.push(self.value(ty, depth).map_err(|e| e.inside(step(i)))?);
        }
        Ok(elements)
    }

    fn entries<'t>(
        &mut self,
        n: usize,
        depth: usize,
        step: fn(String) -> Step,
        type_of: impl Fn(&str) -> Option<&'t Type>,
    ) -> Result<BTreeMap<String, Value>, CodecError> {
        let mut entries = Vec::with_capacity(n.min(ROOM));
        for _ in 0..n {
            let marker = self.marker()?;
            let name = self.text(marker, "a key")?;
            let within = |e: CodecError| e.inside(step(name.to_owned()));
            let ty = type_of(name).ok_or_else(|| within(CodecError::new("there is no such attribute")))?;
            entries.push((name.to_owned(), self.value(ty, depth).map_err(within)?));
        }
        let entries = BTreeMap::from_iter(entries);
        if entries.len() != n {
            return Err(CodecError::new("a key stands there twice"));
        }
        Ok(entries)
    }

    fn unknown(&mut self, length: usize) -> Result<Value, CodecError> {
        let kind = i8::from_be_bytes(self.array()?);
        let payload = self.take(length)?;
        let mut unknown = Unknown::default();
        if kind == REFINED && length <= LONGEST_REFINEMENT {
            // A promise that cannot be read promises nothing.
            let _ = Reader(payload).refinements(&mut unknown);
        }
        Ok(Value::Unknown(unknown))
    }

    fn refinements(&mut self, unknown: &mut Unknown) -> Result<(), CodecError> {
        let marker = self.marker()?;
        for _ in 0..self.map_length(marker, "a map")? {
            let marker = self.marker()?;
            match self.number(marker)?.to_i64() {
                Some(NULLNESS) => unknown.not_null = self.marker()? == Marker::False,
                Some(PREFIX) => {
                    let marker = self.marker()?;
                    unknown.prefix = Some(self.text(marker, "a prefix")?.to_owned()).filter(|p| !p.is_empty());
                }
                _ => self.skip(DEEPEST)?,
            }
        }
        Ok(())
    }

    /// Passes over one value of whatever type.
    fn skip(&mut self, depth: usize) -> Result<(), CodecError> {
        let depth = depth.checked_sub(1).ok_or_else(CodecError::too_deep)?;
        let marker = self.marker()?;
        if let Some(length) = self.extension(marker)? {
            return self.take(length + 1).map(drop);
        }
        let inner = match marker {
            Marker::Null | Marker::True | Marker::False | Marker::Reserved => 0,
            Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => self.array_length(marker, "an array")?,
            Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => 2 * self.map_length(marker, "a map")?,
            Marker::FixStr(_)
            | Marker::Str8
            | Marker::Str16
            | Marker::Str32
            | Marker::Bin8
            | Marker::Bin16
            | Marker::Bin32 => {
                self.bytes(marker, "bytes")?;
                0
            }
            other => {
                let width = match other {
                    Marker::U8 | Marker::I8 => 1,
                    Marker::U16 | Marker::I16 => 2,
                    Marker::U32 | Marker::I32 | Marker::F32 => 4,
                    Marker::U64 | Marker::I64 | Marker::F64 => 8,
                    _ => 0,
                };
                self.take(width)?;
                0
            }
        };
        (0..inner).try_for_each(|_| self.skip(depth))
    }
}

/// What a marker announces, for messages.
fn describe(marker: Marker) -> &'static str {
    match marker {
        Marker::FixPos(_) | Marker::FixNeg(_) | Marker::F32 | Marker::F64 => "a number",
        Marker::U8 | Marker::U16 | Marker::U32 | Marker::U64 => "a number",
        Marker::I8 | Marker::I16 | Marker::I32 | Marker::I64 => "a number",
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => "a string",
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => "a byte string",
        Marker::True | Marker::False => "a bool",
        Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => "an array",
        Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => "a map",
        Marker::Null => "null",
        Marker::Reserved => "a reserved byte",
        _ => "an unknown value",
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

impl<E: rmp::encode::RmpWriteErr> From<ValueWriteError<E>> for CodecError {
    fn from(error: ValueWriteError<E>) -> Self {
        Self::new(format!("writing failed: {error}"))
    }
}

fn put(out: &mut Vec<u8>, value: &Value, ty: &Type, depth: usize) -> Result<(), CodecError> {
    let depth = depth.checked_sub(1).ok_or_else(CodecError::too_deep)?;
    match (value, ty) {
        (Value::Null, _) => out.push(Marker::Null.to_u8()),
        (Value::Unknown(promised), _) => put_unknown(out, promised, ty)?,
        (Value::Bool(b), Type::Bool) => out.push(if *b { Marker::True } else { Marker::False }.to_u8()),
        (Value::Number(n), Type::Number) => put_number(out, n)?,
        (Value::String(s), Type::String) => write::write_str(out, s)?,
        (Value::List(elements), Type::List(element)) => {
            write::write_array_len(out, count(elements.len())?)?;
            for (i, e) in elements.iter().enumerate() {
                put(out, e, element, depth).map_err(|e| e.inside(Step::Index(i)))?;
            }
        }
        (Value::List(elements), Type::Tuple(types)) if elements.len() == types.len() => {
            write::write_array_len(out, count(types.len())?)?;
            for (i, (e, t)) in elements.iter().zip(types).enumerate() {
                put(out, e, t, depth).map_err(|e| e.inside(Step::Index(i)))?;
            }
        }
        (Value::List(elements), Type::Tuple(types)) => {
            return Err(CodecError::new(format!("a tuple of {} has {} elements", types.len(), elements.len())));
        }
        (Value::Set(elements), Type::Set(element)) => put_set(out, elements, element, depth)?,
        (Value::Map(entries), Type::Map(element)) => {
            write::write_map_len(out, count(entries.len())?)?;
            for (key, v) in entries {
                write::write_str(out, key)?;
                put(out, v, element, depth).map_err(|e| e.inside(Step::Key(key.clone())))?;
            }
        }
        (Value::Object(attributes), Type::Object(types)) => put_object(out, attributes, types, depth)?,
        (Value::Dynamic(inner), Type::Dynamic) => {
            let (ty, value) = inner.as_ref();
            write::write_array_len(out, 2)?;
            write::write_bin(out, &json::type_to_json(ty))?;
            put(out, value, ty, depth)?;
        }
        _ => return Err(CodecError::wanted(json::type_name(ty), &format!("a value of kind {}", value.kind()))),
    }
    Ok(())
}

fn count(n: usize) -> Result<u32, CodecError> {
    u32::try_from(n).map_err(|_| CodecError::new(format!("{n} elements are too many")))
}

fn put_number(out: &mut Vec<u8>, n: &Number) -> Result<(), CodecError> {
    if let Some(integer) = n.to_i64() {
        write::write_sint(out, integer)?;
        return Ok(());
    }
    let float = n.to_f64();
    if !n.is_integer() && Number::from_f64_exact(float).as_ref() == Some(n) {
        write::write_f64(out, float)?;
    } else {
        write::write_str(out, &n.to_string())?;
    }
    Ok(())
}

fn put_object(
    out: &mut Vec<u8>,
    attributes: &BTreeMap<String, Value>,
    types: &BTreeMap<String, Type>,
    depth: usize,
) -> Result<(), CodecError> {
    if let Some(extra) = attributes.keys().find(|name| !types.contains_key(*name)) {
        return Err(CodecError::new("there is no such attribute").inside(Step::Attribute(extra.clone())));
    }
    write::write_map_len(out, count(types.len())?)?;
    for (name, ty) in types {
        let within = |e: CodecError| e.inside(Step::Attribute(name.clone()));
        let value = attributes.get(name).ok_or_else(|| within(CodecError::new("the attribute is missing")))?;
        write::write_str(out, name)?;
        put(out, value, ty, depth).map_err(within)?;
    }
    Ok(())
}

fn put_set(out: &mut Vec<u8>, elements: &[Value], ty: &Type, depth: usize) -> Result<(), CodecError> {
    let mut encoded = Vec::with_capacity(elements.len());
    for element in elements {
        let mut bytes = Vec::new();
        put(&mut bytes, element, ty, depth).map_err(|e| e.inside(Step::Element))?;
        encoded.push((bytes, element.is_wholly_known()));
    }
    encoded.sort();
    // Elements unknown in part may turn out to differ: only known ones are duplicates.
    encoded.dedup_by(|a, b| a.1 && a == b);
    write::write_array_len(out, count(encoded.len())?)?;
    encoded.iter().for_each(|(bytes, _)| out.extend_from_slice(bytes));
    Ok(())
}

fn put_unknown(out: &mut Vec<u8>, promised: &Unknown, ty: &Type) -> Result<(), CodecError> {
    let prefix = promised.prefix.as_deref().filter(|p| *ty == Type::String && !p.is_empty());
    // Nothing can be promised of a value whose very type is open.
    if *ty == Type::Dynamic || (!promised.not_null && prefix.is_none()) {
        out.extend_from_slice(&UNKNOWN);
        return Ok(());
    }
    let mut payload = Vec::new();
    write::write_map_len(&mut payload, u32::from(promised.not_null) + u32::from(prefix.is_some()))?;
    if promised.not_null {
        write::write_sint(&mut payload, NULLNESS)?;
        payload.push(Marker::False.to_u8());
    }
    if let Some(prefix) = prefix {
        write::write_sint(&mut payload, PREFIX)?;
        write::write_str(&mut payload, &prefix[..prefix.floor_char_boundary(LONGEST_PREFIX)])?;
    }
    write::write_ext_meta(out, count(payload.len())?, REFINED)?;
    out.extend_from_slice(&payload);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Value {
        Value::Number(text.parse().unwrap())
    }

    fn object(attributes: &[(&str, Type)]) -> Type {
        Type::Object(attributes.iter().map(|(k, t)| ((*k).to_owned(), t.clone())).collect())
    }

    fn problem(bytes: &[u8], ty: &Type) -> String {
        decode(bytes, ty).unwrap_err().to_string()
    }

    #[test]
    fn numbers_take_the_form_that_terraform_takes() {
        for (text, bytes) in [
            ("0", vec![0]),
            ("-1", vec![0xff]),
            ("1e3", vec![0xcd, 0x03, 0xe8]),
            ("9223372036854775807", vec![0xcf, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            ("18446744073709551615", [&[0xb4][..], b"18446744073709551615"].concat()),
            ("0.5", [&[0xcb][..], &0.5_f64.to_be_bytes()].concat()),
            ("-3.140625", [&[0xcb][..], &(-3.140625_f64).to_be_bytes()].concat()),
            ("0.1", [&[0xa3][..], b"0.1"].concat()),
        ] {
            let encoded = encode(&number(text), &Type::Number).unwrap();
            assert_eq!(encoded, bytes, "{text}");
            assert_eq!(decode(&bytes, &Type::Number), Ok(number(text)));
        }
    }

    #[test]
    fn every_width_of_numbers_and_text_is_read() {
        for (bytes, text) in [
            (vec![0xcc, 200], "200"),
            (vec![0xcd, 1, 0], "256"),
            (vec![0xce, 0, 1, 0, 0], "65536"),
            (vec![0xcf, 255, 255, 255, 255, 255, 255, 255, 255], "18446744073709551615"),
            (vec![0xd0, 0x80], "-128"),
            (vec![0xd2, 0xff, 0xff, 0xff, 0xfe], "-2"),
            ([&[0xca][..], &0.25_f32.to_be_bytes()].concat(), "0.25"),
            ([&[0xc4, 3][..], b"1.5"].concat(), "1.5"),
        ] {
            assert_eq!(decode(&bytes, &Type::Number), Ok(number(text)), "{text}");
        }
        for head in [&[0xa1][..], &[0xd9, 1], &[0xda, 0, 1], &[0xdb, 0, 0, 0, 1], &[0xc4, 1], &[0xc5, 0, 1]] {
            assert_eq!(decode(&[head, b"x"].concat(), &Type::String), Ok("x".into()));
        }
        assert!(problem(&[&[0xcb][..], &f64::INFINITY.to_be_bytes()].concat(), &Type::Number).contains("finite"));
    }

    #[test]
    fn unknowns_keep_their_promises() {
        assert_eq!(encode(&Value::unknown(), &Type::Bool).unwrap(), [0xd4, 0, 0]);
        let refined = Value::Unknown(Unknown { not_null: true, prefix: Some("pre-".into()) });
        let bytes = encode(&refined, &Type::String).unwrap();
        assert_eq!(bytes, [&[0xc7, 9, 12, 0x82, 1, 0xc2, 2, 0xa4][..], b"pre-"].concat());
        let Value::Unknown(u) = decode(&bytes, &Type::String).unwrap() else { panic!("not unknown") };
        assert!(u.not_null);
        assert_eq!(u.prefix.as_deref(), Some("pre-"));
        // The prefix means nothing for a list, and nothing can be promised of an open type.
        assert_eq!(encode(&refined, &Type::Bool.list()).unwrap(), [0xc7, 3, 12, 0x81, 1, 0xc2]);
        assert_eq!(encode(&refined, &Type::Dynamic).unwrap(), [0xd4, 0, 0]);
    }

    #[test]
    fn a_long_prefix_is_cut_between_characters() {
        let prefix = "ä".repeat(300);
        let bytes =
            encode(&Value::Unknown(Unknown { not_null: false, prefix: Some(prefix.clone()) }), &Type::String).unwrap();
        let Value::Unknown(u) = decode(&bytes, &Type::String).unwrap() else { panic!("not unknown") };
        let cut = u.prefix.unwrap();
        assert!(cut.len() <= LONGEST_PREFIX && cut.len() > LONGEST_PREFIX - 4 && prefix.starts_with(&cut));
    }

    #[test]
    fn unreadable_and_unfamiliar_promises_are_passed_over() {
        let unknown = |bytes: &[u8]| match decode(bytes, &Type::String) {
            Ok(Value::Unknown(u)) => (u.not_null, u.prefix),
            other => panic!("{other:?}"),
        };
        // Bounds [1, true] of number and length, then nullness.
        assert_eq!(unknown(&[0xc7, 9, 12, 0x83, 3, 0x92, 1, 0xc3, 5, 7, 1, 0xc2]), (true, None));
        assert_eq!(unknown(&[0xc7, 2, 12, 0x81, 0xff]), (false, None));
        assert_eq!(unknown(&[0xd5, 99, 1, 2]), (false, None));
        let long = [&[0xc8, 8, 0, 12, 0x81, 1, 0xc2][..], &[0; 2045]].concat();
        assert_eq!(unknown(&long), (false, None));
    }

    #[test]
    fn objects_have_exactly_their_attributes() {
        let ty = object(&[("a", Type::String), ("b", Type::Bool)]);
        let whole = Value::object([("a", Value::from("x")), ("b", Value::Null)]);
        let bytes = encode(&whole, &ty).unwrap();
        assert_eq!(bytes, [0x82, 0xa1, b'a', 0xa1, b'x', 0xa1, b'b', 0xc0]);
        assert_eq!(decode(&bytes, &ty), Ok(whole));
        let missing = encode(&Value::object([("a", Value::Null)]), &ty).unwrap_err();
        assert_eq!(missing.to_string(), "At `b`: the attribute is missing.");
        let extra = [("a", Value::Null), ("b", Value::Null), ("c", Value::Null)];
        assert_eq!(encode(&Value::object(extra), &ty).unwrap_err().path.to_string(), "c");
        assert!(problem(&[0x81, 0xa1, b'a', 0xc0], &ty).contains("2 attributes has 1"));
        assert!(problem(&[0x82, 0xa1, b'a', 0xc0, 0xa1, b'c', 0xc0], &ty).contains("`c`: there is no such"));
        assert!(problem(&[0x82, 0xa1, b'a', 0xc0, 0xa1, b'a', 0xc0], &ty).contains("twice"));
    }

    #[test]
    fn equal_sets_have_equal_encodings_without_duplicates() {
        let ty = Type::Number.list().set();
        let element = |text: &str| Value::List(vec![number(text)]);
        let set = |all: &[&str]| encode(&Value::Set(all.iter().map(|s| element(s)).collect()), &ty).unwrap();
        assert_eq!(set(&["1", "2"]), set(&["2", "1.0", "1"]));
        let unknown = Value::Set(vec![Value::unknown(), Value::unknown()]);
        assert_eq!(encode(&unknown, &Type::Bool.set()).unwrap()[0], 0x92, "these may turn out to differ");
    }

    #[test]
    fn dynamic_values_bring_their_type() {
        // As Terraform sends it.
        let ty = br#"["object",{"y":["tuple",["bool","string"]],"z":"number"}]"#;
        let bytes = [&[0x92, 0xc4, ty.len() as u8][..], ty, &[0x82, 0xa1, b'y', 0x92, 0xc3, 0xa1, b's', 0xa1, b'z', 1]]
            .concat();
        let value = decode(&bytes, &Type::Dynamic).unwrap();
        let Value::Dynamic(inner) = &value else { panic!("{value:?}") };
        assert_eq!(inner.1.attribute("y"), &Value::List(vec![true.into(), "s".into()]));
        assert_eq!(encode(&value, &Type::Dynamic).unwrap(), bytes);
        // Unknown of a known type, null of none, unknown of none, and a type that is again open.
        let unknown = decode(&[&[0x92, 0xc4, 6][..], br#""bool""#, &UNKNOWN].concat(), &Type::Dynamic);
        assert_eq!(unknown, Ok(Value::Dynamic(Box::new((Type::Bool, Value::unknown())))));
        assert_eq!(decode(&[0xc0], &Type::Dynamic), Ok(Value::Null));
        assert_eq!(decode(&UNKNOWN, &Type::Dynamic), Ok(Value::unknown()));
        let open = [&[0x92, 0xc4, 9][..], br#""dynamic""#, &[0xc0]].concat();
        assert_eq!(decode(&open, &Type::Dynamic), Ok(Value::Null));
        assert!(encode(&"bare".into(), &Type::Dynamic).is_err());
    }

    #[test]
    fn errors_name_the_place() {
        let ty = object(&[("a", object(&[("k", Type::Number)]).list().map())]);
        let bytes = [0x81, 0xa1, b'a', 0x81, 0xa1, b'x', 0x92, 0x81, 0xa1, b'k', 1, 0x81, 0xa1, b'k', 0xc3];
        assert_eq!(problem(&bytes, &ty), "At `a[\"x\"][1].k`: a number was expected, a bool was found.");
        let wrong = Value::object([("a", Value::Map([("x".to_owned(), Value::List(vec![1.into()]))].into()))]);
        assert_eq!(encode(&wrong, &ty).unwrap_err().path.to_string(), "a[\"x\"][0]");
        assert!(problem(&[0x93, 1, 2, 3], &Type::Tuple(vec![Type::Number; 2])).contains("tuple of 2 has 3"));
    }

    #[test]
    fn hostile_input_is_refused_at_once() {
        for (bytes, ty) in [
            (&[0xdd, 0xff, 0xff, 0xff, 0xff][..], Type::Bool.list()),
            (&[0xdf, 0xff, 0xff, 0xff, 0xff], Type::Bool.map()),
            (&[0xdb, 0xff, 0xff, 0xff, 0xff], Type::String),
            (&[0xc9, 0xff, 0xff, 0xff, 0xff, 12], Type::String),
            (&[], Type::String),
            (&[0xc1], Type::Bool),
            (&[0xa2, 0xff, 0xfe], Type::String),
            (&[1, 1], Type::Number),
        ] {
            assert!(decode(bytes, &ty).is_err(), "{bytes:?}");
        }
        // A type inside a type inside a type ...
        let level = [&[0x92, 0xc4, 9][..], br#""dynamic""#].concat();
        assert!(problem(&level.repeat(100_000), &Type::Dynamic).contains("nested deeper"));
        let deep = (0..1000).fold(Type::Bool, |t, _| t.list());
        assert!(problem(&[0x91; 1000], &deep).contains("nested deeper"));
        let value = (0..1000).fold(Value::Null, |v, _| Value::List(vec![v]));
        assert!(encode(&value, &deep).is_err());
        // Nesting inside a promise.
        let promise = [&[0xc8, 3, 0xe9, 12, 0x81, 9][..], &[0x91; 999]].concat();
        assert_eq!(decode(&promise, &Type::String), Ok(Value::unknown()));
    }
}
