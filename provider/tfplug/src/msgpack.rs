//! The wire encoding of values: msgpack, directed by the schema's type. It does not describe itself.
//!
//! Every extension value stands for an unknown. Type 12 brings what is promised of it, as a map with integer keys.

use std::collections::BTreeMap;

use rmp::Marker;
use rmp::encode::{self as write, ValueWriteError};

pub use crate::codec::CodecError;
use crate::codec::DEEPEST;
use crate::json;
use crate::number::Number;
use crate::types::Type;
use crate::value::{Step, Unknown, Value};

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
mod tests;
