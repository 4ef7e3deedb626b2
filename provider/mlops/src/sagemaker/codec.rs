//! Between Terraform values and the types of the SageMaker SDK, both ways, for every operation at once.
//!
//! The SDK's types describe themselves through `aws-smithy-schema`. Names are the API members' in snake case. Values here
//! are in the API's own shape: objects and maps by name, lists for lists and sets, text for enums and timestamps.

use std::collections::BTreeMap;

use aws_smithy_schema::Schema;
#[cfg(test)]
use aws_smithy_schema::ShapeType;
use aws_smithy_schema::serde::{SerdeError, SerializableStruct, ShapeDeserializer, ShapeSerializer};
use aws_smithy_types::date_time::Format;
use aws_smithy_types::{BigDecimal, BigInteger, Blob, DateTime, Document};
use tfplug::number::Number;
use tfplug::value::Value;

use crate::aws::snake_case::snake_case;

type Result<T = ()> = std::result::Result<T, SerdeError>;

fn member(schema: &Schema<'_>) -> String {
    snake_case(schema.member_name().unwrap_or_default())
}

/// Reads an SDK type from a value.
pub struct FromValue<'a>(pub &'a Value);

fn mismatch<T>(wanted: &str, got: &Value) -> Result<T> {
    Err(SerdeError::type_mismatch(format!("expected {wanted}, found {}", got.kind())))
}

impl FromValue<'_> {
    fn text(&self) -> Result<&str> {
        self.0.as_str().map_or_else(|| mismatch("a string", self.0), Ok)
    }

    fn number(&self) -> Result<&Number> {
        self.0.as_number().map_or_else(|| mismatch("a number", self.0), Ok)
    }

    fn integer<T: TryFrom<i64>>(&self) -> Result<T> {
        let n = self.number()?;
        let fits = n.to_i64().and_then(|i| T::try_from(i).ok());
        fits.ok_or_else(|| SerdeError::type_mismatch(format!("{n} is not a whole number of the API's range")))
    }
}

impl ShapeDeserializer for FromValue<'_> {
    fn read_struct(
        &mut self,
        schema: &Schema<'_>,
        read: &mut dyn FnMut(&Schema<'_>, &mut dyn ShapeDeserializer) -> Result,
    ) -> Result {
        let Some(entries) = self.0.as_entries() else { return mismatch("an object", self.0) };
        for m in schema.members() {
            let name = member(m);
            if let Some(value) = entries.get(&name).filter(|v| !v.is_null()) {
                read(m, &mut FromValue(value)).map_err(|e| SerdeError::custom(format!(".{name}{e}")))?;
            }
        }
        Ok(())
    }

    fn read_list(&mut self, _: &Schema<'_>, read: &mut dyn FnMut(&mut dyn ShapeDeserializer) -> Result) -> Result {
        let Some(elements) = self.0.as_elements() else { return mismatch("a list", self.0) };
        for (i, value) in elements.iter().enumerate() {
            read(&mut FromValue(value)).map_err(|e| SerdeError::custom(format!("[{i}]{e}")))?;
        }
        Ok(())
    }

    fn read_map(
        &mut self,
        _: &Schema<'_>,
        read: &mut dyn FnMut(String, &mut dyn ShapeDeserializer) -> Result,
    ) -> Result {
        let Some(entries) = self.0.as_entries() else { return mismatch("a map", self.0) };
        for (key, value) in entries {
            read(key.clone(), &mut FromValue(value)).map_err(|e| SerdeError::custom(format!("[{key:?}]{e}")))?;
        }
        Ok(())
    }

    fn read_boolean(&mut self, _: &Schema<'_>) -> Result<bool> {
        self.0.as_bool().map_or_else(|| mismatch("a bool", self.0), Ok)
    }

    fn read_byte(&mut self, _: &Schema<'_>) -> Result<i8> {
        self.integer()
    }

    fn read_short(&mut self, _: &Schema<'_>) -> Result<i16> {
        self.integer()
    }

    fn read_integer(&mut self, _: &Schema<'_>) -> Result<i32> {
        self.integer()
    }

    fn read_long(&mut self, _: &Schema<'_>) -> Result<i64> {
        self.integer()
    }

    #[expect(clippy::cast_possible_truncation, reason = "the API has 32-bit floats; the nearest one is meant")]
    fn read_float(&mut self, _: &Schema<'_>) -> Result<f32> {
        Ok(self.number()?.to_f64() as f32)
    }

    fn read_double(&mut self, _: &Schema<'_>) -> Result<f64> {
        Ok(self.number()?.to_f64())
    }

    fn read_big_integer(&mut self, _: &Schema<'_>) -> Result<BigInteger> {
        Err(SerdeError::unsupported("big integers are not part of the SageMaker API"))
    }

    fn read_big_decimal(&mut self, _: &Schema<'_>) -> Result<BigDecimal> {
        Err(SerdeError::unsupported("big decimals are not part of the SageMaker API"))
    }

    fn read_string(&mut self, _: &Schema<'_>) -> Result<String> {
        self.text().map(str::to_owned)
    }

    fn read_blob(&mut self, _: &Schema<'_>) -> Result<Blob> {
        self.text().map(|s| Blob::new(s.as_bytes()))
    }

    fn read_timestamp(&mut self, _: &Schema<'_>) -> Result<DateTime> {
        DateTime::from_str(self.text()?, Format::DateTime)
            .map_err(|e| SerdeError::timestamp_parse_failed(e.to_string()))
    }

    fn read_document(&mut self, _: &Schema<'_>) -> Result<Document> {
        Err(SerdeError::unsupported("documents are not part of the SageMaker API"))
    }

    fn is_null(&self) -> bool {
        self.0.is_null()
    }

    fn container_size(&self) -> Option<usize> {
        None
    }
}

/// Writes an SDK type as a value.
///
/// # Errors
/// For kinds of members that SageMaker does not have.
pub fn to_value(value: &dyn SerializableStruct) -> Result<Value> {
    let mut writer = IntoValue { open: vec![Open::Object(BTreeMap::new())] };
    value.serialize_members(&mut writer)?;
    match writer.open.pop() {
        Some(Open::Object(entries)) => Ok(Value::Object(entries)),
        _ => Ok(Value::Null),
    }
}

struct IntoValue {
    open: Vec<Open>,
}

enum Open {
    Object(BTreeMap<String, Value>),
    List(Vec<Value>),
    /// A map, and the key that came last without its value.
    Map(BTreeMap<String, Value>, Option<String>),
}

impl IntoValue {
    fn put(&mut self, schema: &Schema<'_>, value: Value) -> Result {
        match self.open.last_mut() {
            Some(Open::Object(entries)) => {
                entries.insert(member(schema), value);
            }
            Some(Open::List(elements)) => elements.push(value),
            Some(Open::Map(entries, pending)) => match (pending.take(), value) {
                (None, Value::String(key)) => *pending = Some(key),
                (Some(key), value) => {
                    entries.insert(key, value);
                }
                _ => return Err(SerdeError::custom("a map key that is not a string")),
            },
            None => return Err(SerdeError::custom("a value outside any structure")),
        }
        Ok(())
    }

    fn nest(&mut self, schema: &Schema<'_>, open: Open, write: impl FnOnce(&mut Self) -> Result) -> Result {
        self.open.push(open);
        write(self)?;
        let value = match self.open.pop() {
            Some(Open::Object(entries)) => Value::Object(entries),
            Some(Open::Map(entries, _)) => Value::Map(entries),
            Some(Open::List(elements)) => Value::List(elements),
            None => Value::Null,
        };
        self.put(schema, value)
    }

    fn put_number(&mut self, schema: &Schema<'_>, number: Option<Number>) -> Result {
        self.put(schema, number.map_or(Value::Null, Value::Number))
    }
}

impl ShapeSerializer for IntoValue {
    fn write_struct(&mut self, schema: &Schema<'_>, value: &dyn SerializableStruct) -> Result {
        self.nest(schema, Open::Object(BTreeMap::new()), |me| value.serialize_members(me))
    }

    fn write_list(&mut self, schema: &Schema<'_>, write: &dyn Fn(&mut dyn ShapeSerializer) -> Result) -> Result {
        self.nest(schema, Open::List(Vec::new()), |me| write(me))
    }

    fn write_map(&mut self, schema: &Schema<'_>, write: &dyn Fn(&mut dyn ShapeSerializer) -> Result) -> Result {
        self.nest(schema, Open::Map(BTreeMap::new(), None), |me| write(me))
    }

    fn write_boolean(&mut self, schema: &Schema<'_>, value: bool) -> Result {
        self.put(schema, Value::Bool(value))
    }

    fn write_byte(&mut self, schema: &Schema<'_>, value: i8) -> Result {
        self.put(schema, Value::from(i64::from(value)))
    }

    fn write_short(&mut self, schema: &Schema<'_>, value: i16) -> Result {
        self.put(schema, Value::from(i64::from(value)))
    }

    fn write_integer(&mut self, schema: &Schema<'_>, value: i32) -> Result {
        self.put(schema, Value::from(i64::from(value)))
    }

    fn write_long(&mut self, schema: &Schema<'_>, value: i64) -> Result {
        self.put(schema, Value::from(value))
    }

    fn write_float(&mut self, schema: &Schema<'_>, value: f32) -> Result {
        self.put_number(schema, Number::from_f32(value))
    }

    fn write_double(&mut self, schema: &Schema<'_>, value: f64) -> Result {
        self.put_number(schema, Number::from_f64(value))
    }

    fn write_big_integer(&mut self, _: &Schema<'_>, _: &BigInteger) -> Result {
        Err(SerdeError::unsupported("big integers are not part of the SageMaker API"))
    }

    fn write_big_decimal(&mut self, _: &Schema<'_>, _: &BigDecimal) -> Result {
        Err(SerdeError::unsupported("big decimals are not part of the SageMaker API"))
    }

    fn write_string(&mut self, schema: &Schema<'_>, value: &str) -> Result {
        self.put(schema, Value::from(value))
    }

    fn write_blob(&mut self, schema: &Schema<'_>, value: Blob) -> Result {
        self.put(schema, Value::from(String::from_utf8_lossy(value.as_ref()).into_owned()))
    }

    fn write_timestamp(&mut self, schema: &Schema<'_>, value: &DateTime) -> Result {
        let text = value.fmt(Format::DateTime).map_err(|e| SerdeError::custom(e.to_string()))?;
        self.put(schema, Value::from(text))
    }

    fn write_document(&mut self, _: &Schema<'_>, _: &Document) -> Result {
        Err(SerdeError::unsupported("documents are not part of the SageMaker API"))
    }

    fn write_null(&mut self, schema: &Schema<'_>) -> Result {
        self.put(schema, Value::Null)
    }
}

/// Walks every member that a type accepts, for the conformance test: paths such as `.vpc_config.subnets[*]`.
#[cfg(test)]
pub struct Members<'a> {
    /// The path so far.
    pub path: String,
    /// How many levels may still follow: SageMaker's types are not recursive, but nothing enforces it.
    pub depth: usize,
    /// What was found.
    pub found: &'a mut BTreeMap<String, ShapeType>,
    /// The type of the member that led here.
    pub shape: Option<ShapeType>,
    /// Which member of a union is there: it can have one only.
    pub choice: usize,
    /// How many members the largest union has.
    pub choices: &'a mut usize,
}

/// Every member that a type accepts, from its `deserialize`.
#[cfg(test)]
pub fn members(read: impl Fn(&mut dyn ShapeDeserializer)) -> BTreeMap<String, ShapeType> {
    let (mut found, mut choices, mut choice) = (BTreeMap::new(), 1, 0);
    while choice < choices {
        let (found, choices) = (&mut found, &mut choices);
        read(&mut Members { path: String::new(), depth: 12, found, shape: None, choice, choices });
        choice += 1;
    }
    found
}

#[cfg(test)]
impl Members<'_> {
    fn leaf(&mut self, schema: &Schema<'_>) {
        self.found.insert(self.path.clone(), self.shape.unwrap_or(schema.shape_type()));
    }

    fn below(&mut self, step: &str, shape: Option<ShapeType>) -> Members<'_> {
        let (path, depth) = (format!("{}{step}", self.path), self.depth.saturating_sub(1));
        Members { path, depth, found: self.found, shape, choice: self.choice, choices: self.choices }
    }
}

#[cfg(test)]
impl ShapeDeserializer for Members<'_> {
    fn read_struct(
        &mut self,
        schema: &Schema<'_>,
        read: &mut dyn FnMut(&Schema<'_>, &mut dyn ShapeDeserializer) -> Result,
    ) -> Result {
        if self.depth == 0 {
            return Ok(());
        }
        // A structure without members is a choice of its own.
        if schema.members().is_empty() && !self.path.is_empty() {
            self.leaf(schema);
        }
        let mut members: Vec<_> = schema.members().iter().collect();
        if schema.shape_type() == ShapeType::Union {
            *self.choices = members.len().max(*self.choices);
            members = vec![members[self.choice % members.len()]];
        }
        for m in members {
            let step = format!(".{}", member(m));
            read(m, &mut self.below(&step, Some(m.shape_type())))?;
        }
        Ok(())
    }

    fn read_list(&mut self, _: &Schema<'_>, read: &mut dyn FnMut(&mut dyn ShapeDeserializer) -> Result) -> Result {
        read(&mut self.below("[*]", None))
    }

    fn read_map(
        &mut self,
        _: &Schema<'_>,
        read: &mut dyn FnMut(String, &mut dyn ShapeDeserializer) -> Result,
    ) -> Result {
        read("key".to_owned(), &mut self.below("{*}", None))
    }

    fn read_boolean(&mut self, schema: &Schema<'_>) -> Result<bool> {
        self.leaf(schema);
        Ok(false)
    }

    fn read_byte(&mut self, schema: &Schema<'_>) -> Result<i8> {
        self.leaf(schema);
        Ok(0)
    }

    fn read_short(&mut self, schema: &Schema<'_>) -> Result<i16> {
        self.leaf(schema);
        Ok(0)
    }

    fn read_integer(&mut self, schema: &Schema<'_>) -> Result<i32> {
        self.leaf(schema);
        Ok(0)
    }

    fn read_long(&mut self, schema: &Schema<'_>) -> Result<i64> {
        self.leaf(schema);
        Ok(0)
    }

    fn read_float(&mut self, schema: &Schema<'_>) -> Result<f32> {
        self.leaf(schema);
        Ok(0.0)
    }

    fn read_double(&mut self, schema: &Schema<'_>) -> Result<f64> {
        self.leaf(schema);
        Ok(0.0)
    }

    fn read_string(&mut self, schema: &Schema<'_>) -> Result<String> {
        self.leaf(schema);
        Ok(String::new())
    }

    fn read_blob(&mut self, schema: &Schema<'_>) -> Result<Blob> {
        self.leaf(schema);
        Ok(Blob::new(Vec::new()))
    }

    fn read_timestamp(&mut self, schema: &Schema<'_>) -> Result<DateTime> {
        self.leaf(schema);
        Ok(DateTime::from_secs(0))
    }

    fn read_document(&mut self, schema: &Schema<'_>) -> Result<Document> {
        self.leaf(schema);
        Ok(Document::Null)
    }

    fn read_big_integer(&mut self, _: &Schema<'_>) -> Result<BigInteger> {
        Err(SerdeError::unsupported("big integer"))
    }

    fn read_big_decimal(&mut self, _: &Schema<'_>) -> Result<BigDecimal> {
        Err(SerdeError::unsupported("big decimal"))
    }

    fn is_null(&self) -> bool {
        false
    }

    fn container_size(&self) -> Option<usize> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_sagemaker::operation::create_endpoint_config::CreateEndpointConfigInput as Input;

    #[test]
    fn there_and_back() {
        let variant = Value::object([
            ("variant_name", Value::from("blue")),
            ("initial_variant_weight", Value::Number("0.1".parse().unwrap())),
            ("initial_instance_count", Value::from(2)),
        ]);
        let given = Value::object([
            ("endpoint_config_name", Value::from("c")),
            ("kms_key_id", Value::Null),
            ("production_variants", Value::List(vec![variant.clone()])),
        ]);
        let input = Input::deserialize(&mut FromValue(&given)).unwrap();
        assert_eq!(input.production_variants()[0].initial_variant_weight(), Some(0.1));
        let back = to_value(&input).unwrap();
        assert_eq!(back.attribute("production_variants").as_elements().unwrap()[0], variant, "0.1 stays 0.1");
        assert_eq!(back.attribute("endpoint_config_name"), &Value::from("c"));
    }

    #[test]
    fn errors_name_the_member() {
        let wrong = Value::object([(
            "production_variants",
            Value::List(vec![Value::object([("initial_instance_count", Value::from("two"))])]),
        )]);
        let message = Input::deserialize(&mut FromValue(&wrong)).unwrap_err().to_string();
        assert!(message.contains("production_variants") && message.contains("initial_instance_count"), "{message}");
    }
}
