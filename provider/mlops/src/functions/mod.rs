//! The provider's functions.

mod parse_arn;
mod parse_s3_uri;
mod pipeline;
mod s3_uri;

use tfplug::resource::{Function, FunctionError, Parameter};
use tfplug::schema::Type;
use tfplug::value::Value;

pub use parse_arn::ParseArn;
pub use parse_s3_uri::ParseS3Uri;
pub use s3_uri::S3UriFunction;

/// All functions, in the order of their names.
pub fn all() -> Vec<Box<dyn Function>> {
    let mut all = pipeline::all();
    all.extend([Box::new(ParseArn) as Box<dyn Function>, Box::new(ParseS3Uri), Box::new(S3UriFunction)]);
    all.sort_by_key(|f| f.signature().name);
    all
}

/// A parameter that takes text and not null.
fn text(name: &'static str, description: &'static str) -> Parameter {
    Parameter { name: name.into(), kind: Type::String, description: description.into(), allow_null: false }
}

/// The text of an argument. The framework has checked its type.
fn argument(arguments: &[Value], index: usize) -> Result<&str, FunctionError> {
    arguments.get(index).and_then(Value::as_str).ok_or_else(|| failed(index, "A string is required."))
}

fn failed(argument: usize, text: impl Into<String>) -> FunctionError {
    FunctionError { text: text.into(), argument: Some(argument) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Offer, terraform};

    #[tokio::test]
    async fn terraform_can_call_them_all() {
        let mut terraform = terraform("http://127.0.0.1:9", Offer { functions: Some(all), ..Offer::default() }).await;
        for (name, arguments, result) in [
            ("s3_uri", &["bucket", "a", "b/"][..], Value::from("s3://bucket/a/b/")),
            (
                "parse_s3_uri",
                &["s3://bucket/a"],
                Value::object([("bucket", Value::from("bucket")), ("key", Value::from("a"))]),
            ),
            (
                "parse_arn",
                &["arn:aws:s3:::bucket"],
                Value::object([
                    ("partition", Value::from("aws")),
                    ("service", Value::from("s3")),
                    ("region", Value::from("")),
                    ("account_id", Value::from("")),
                    ("resource", Value::from("bucket")),
                ]),
            ),
        ] {
            let arguments: Vec<Value> = arguments.iter().map(|a| Value::from(*a)).collect();
            assert_eq!(terraform.call(name, &arguments).await, Ok(result));
            let error = terraform.call(name, &["?".into()]).await.unwrap_err();
            assert_eq!(error.argument, Some(0), "{name}");
            assert!(!error.text.ends_with('.'), "Terraform adds the full stop: {}", error.text);
        }
    }
}
