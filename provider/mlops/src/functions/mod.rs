//! The provider's functions.

mod parse_arn;
mod parse_s3_uri;
mod s3_uri;

use tfplug::resource::{Function, FunctionError, Parameter};
use tfplug::schema::Type;
use tfplug::value::Value;

pub use parse_arn::ParseArn;
pub use parse_s3_uri::ParseS3Uri;
pub use s3_uri::S3UriFunction;

/// All functions, in the order of their names.
pub fn all() -> Vec<Box<dyn Function>> {
    vec![Box::new(ParseArn), Box::new(ParseS3Uri), Box::new(S3UriFunction)]
}

/// A parameter that takes text and not null.
fn text(name: &'static str, description: &'static str) -> Parameter {
    Parameter { name: name.into(), kind: Type::String, description: description.into(), allow_null: false }
}

/// The text of an argument. The framework has checked its type.
fn argument(arguments: &[Value], index: usize) -> Result<&str, FunctionError> {
    arguments.get(index).and_then(Value::as_str).ok_or_else(|| failed(index, "A text is needed here."))
}

fn failed(argument: usize, text: impl Into<String>) -> FunctionError {
    FunctionError { text: text.into(), argument: Some(argument) }
}
