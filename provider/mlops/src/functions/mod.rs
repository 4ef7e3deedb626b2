//! The provider's functions.

mod arn;
mod parse_s3_uri;
mod pipeline;
mod prebuilt_image;
mod s3_uri;
mod training_metrics;

use tfplug::resource::{Function, FunctionError, Parameter};
use tfplug::schema::Type;
use tfplug::value::Value;

pub use arn::{ArnFunction, ParseArn};
pub use parse_s3_uri::ParseS3Uri;
pub use prebuilt_image::PrebuiltImage;
pub use s3_uri::S3UriFunction;
pub use training_metrics::TrainingMetrics;

/// All functions, in the order of their names.
pub fn all() -> Vec<Box<dyn Function>> {
    let mut all = pipeline::all();
    all.extend([
        Box::new(ArnFunction) as Box<dyn Function>,
        Box::new(ParseArn),
        Box::new(ParseS3Uri),
        Box::new(PrebuiltImage),
        Box::new(S3UriFunction),
        Box::new(TrainingMetrics),
    ]);
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
                "prebuilt_image",
                &["linear-learner", "1", "us-east-1"],
                Value::from("382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"),
            ),
            (
                "arn",
                &["endpoint", "eu-west-1", "123456789012", "churn"],
                Value::from("arn:aws:sagemaker:eu-west-1:123456789012:endpoint/churn"),
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
                    ("kind", Value::Null),
                    ("names", Value::List(vec![])),
                ]),
            ),
        ] {
            let mut arguments: Vec<Value> = arguments.iter().map(|a| Value::from(*a)).collect();
            assert_eq!(terraform.call(name, &arguments).await, Ok(result));
            arguments[0] = "?".into();
            let error = terraform.call(name, &arguments).await.unwrap_err();
            assert_eq!(error.argument, Some(0), "{name}");
            assert!(!error.text.ends_with('.'), "Terraform adds the full stop: {}", error.text);
        }
    }
}
