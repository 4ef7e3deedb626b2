//! `parse_s3_uri(uri)`.

use tfplug::resource::{Function, FunctionError, Signature};
use tfplug::schema::Type;
use tfplug::value::Value;

use super::{argument, failed, text};
use crate::aws::s3_uri::S3Uri;

/// Takes an S3 URI apart.
pub struct ParseS3Uri;

impl Function for ParseS3Uri {
    fn signature(&self) -> Signature {
        Signature {
            name: "parse_s3_uri".into(),
            summary: "Parses an S3 URI into bucket and key".into(),
            description: "Returns an object with the attributes `bucket` and `key` of an S3 URI, such as the \
                          `model_artifacts` of a training job. The key of a URI that names only a bucket is an empty \
                          string."
                .into(),
            parameters: vec![text("uri", "An S3 URI: `s3://bucket/key`.")],
            variadic: None,
            result: Type::Object(
                [("bucket", Type::String), ("key", Type::String)].map(|(k, t)| (k.to_owned(), t)).into(),
            ),
        }
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        let uri = S3Uri::parse(argument(&arguments, 0)?).map_err(|e| failed(0, e.0))?;
        Ok(Value::object([("bucket", Value::from(uri.bucket)), ("key", Value::from(uri.key))]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_apart_or_says_why_not() {
        let parts = ParseS3Uri.call(vec!["s3://bucket/models/a.tar.gz".into()]).unwrap();
        assert_eq!(parts, Value::object([("bucket", "bucket".into()), ("key", Value::from("models/a.tar.gz"))]));
        let error = ParseS3Uri.call(vec!["bucket/a".into()]).unwrap_err();
        assert_eq!(error.argument, Some(0));
        assert!(error.text.contains("does not begin with `s3://`"), "{}", error.text);
    }
}
