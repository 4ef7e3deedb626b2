//! What walks through a type of the SDK by its `deserialize`, and is interested in the places, not in the values.

/// The methods of a `ShapeDeserializer` that read a single value: each calls `self.leaf(schema, type)` and returns nothing.
macro_rules! leaves {
    ($($read:ident: $shape:ident, $value:ty;)+) => {
        $(
            fn $read(
                &mut self,
                schema: &::aws_smithy_schema::Schema<'_>,
            ) -> ::std::result::Result<$value, ::aws_smithy_schema::serde::SerdeError> {
                self.leaf(schema, ::aws_smithy_schema::ShapeType::$shape);
                Ok(<$value>::default())
            }
        )+

        fn read_blob(
            &mut self,
            schema: &::aws_smithy_schema::Schema<'_>,
        ) -> ::std::result::Result<::aws_smithy_types::Blob, ::aws_smithy_schema::serde::SerdeError> {
            self.leaf(schema, ::aws_smithy_schema::ShapeType::Blob);
            Ok(::aws_smithy_types::Blob::new(Vec::new()))
        }

        fn read_timestamp(
            &mut self,
            schema: &::aws_smithy_schema::Schema<'_>,
        ) -> ::std::result::Result<::aws_smithy_types::DateTime, ::aws_smithy_schema::serde::SerdeError> {
            self.leaf(schema, ::aws_smithy_schema::ShapeType::Timestamp);
            Ok(::aws_smithy_types::DateTime::from_secs(0))
        }

        fn read_document(
            &mut self,
            schema: &::aws_smithy_schema::Schema<'_>,
        ) -> ::std::result::Result<::aws_smithy_types::Document, ::aws_smithy_schema::serde::SerdeError> {
            self.leaf(schema, ::aws_smithy_schema::ShapeType::Document);
            Ok(::aws_smithy_types::Document::Null)
        }

        fn read_big_integer(
            &mut self,
            _: &::aws_smithy_schema::Schema<'_>,
        ) -> ::std::result::Result<::aws_smithy_types::BigInteger, ::aws_smithy_schema::serde::SerdeError> {
            Err(::aws_smithy_schema::serde::SerdeError::unsupported("big integers are not part of the SageMaker API"))
        }

        fn read_big_decimal(
            &mut self,
            _: &::aws_smithy_schema::Schema<'_>,
        ) -> ::std::result::Result<::aws_smithy_types::BigDecimal, ::aws_smithy_schema::serde::SerdeError> {
            Err(::aws_smithy_schema::serde::SerdeError::unsupported("big decimals are not part of the SageMaker API"))
        }

        fn is_null(&self) -> bool {
            false
        }

        fn container_size(&self) -> Option<usize> {
            None
        }
    };
    () => {
        $crate::pipeline_definition::leaves::leaves! {
            read_boolean: Boolean, bool;
            read_byte: Byte, i8;
            read_short: Short, i16;
            read_integer: Integer, i32;
            read_long: Long, i64;
            read_float: Float, f32;
            read_double: Double, f64;
            read_string: String, String;
        }
    };
}

pub(crate) use leaves;
