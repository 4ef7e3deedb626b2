//! `s3_uri(bucket, key...)`.

use tfplug::resource::{Function, FunctionError, Signature};
use tfplug::schema::Type;
use tfplug::value::Value;

use super::{argument, failed, text};
use crate::aws::s3_uri::S3Uri;

/// Builds an S3 URI.
pub struct S3UriFunction;

impl Function for S3UriFunction {
    fn signature(&self) -> Signature {
        Signature {
            name: "s3_uri".into(),
            summary: "Builds an S3 URI from a bucket and key segments".into(),
            description: "Joins a bucket and any number of key segments to `s3://bucket/segment/segment`, with \
                          exactly one slash between them, regardless of slashes that they begin or end with. Empty \
                          segments are skipped. A trailing slash is kept: it marks a prefix. The name of the bucket \
                          and the length of the key (1,024 bytes) are validated."
                .into(),
            parameters: vec![text("bucket", "The name of the bucket.")],
            variadic: Some(text("key", "Key segments, in order.")),
            result: Type::String,
        }
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        let bucket = argument(&arguments, 0)?;
        let parts: Vec<&str> = (1..arguments.len()).map(|i| argument(&arguments, i)).collect::<Result<_, _>>()?;
        S3Uri::join(bucket, []).map_err(|e| failed(0, e.0))?;
        let uri = S3Uri::join(bucket, parts.iter().copied()).map_err(|e| {
            // Blame the part that is wrong by itself; if none is, the last one made the key too long.
            let wrong = parts.iter().position(|part| S3Uri::join(bucket, [*part]).is_err());
            failed(wrong.map_or(arguments.len() - 1, |i| i + 1), e.0)
        })?;
        Ok(Value::from(uri.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(arguments: &[&str]) -> Result<Value, FunctionError> {
        S3UriFunction.call(arguments.iter().map(|a| Value::from(*a)).collect())
    }

    #[test]
    fn joins() {
        assert_eq!(call(&["bucket"]), Ok("s3://bucket".into()));
        assert_eq!(call(&["bucket", "data/", "/train/"]), Ok("s3://bucket/data/train/".into()));
    }

    #[test]
    fn blames_the_argument() {
        assert_eq!(call(&["Bucket", "a"]).unwrap_err().argument, Some(0));
        assert_eq!(call(&["bucket", "a", "b\nc", "d"]).unwrap_err().argument, Some(2));
        let half = "x".repeat(600);
        let error = call(&["bucket", &half, &half]).unwrap_err();
        assert_eq!((error.argument, error.text.as_str()), (Some(2), "The key has 1201 bytes; S3 allows 1024."));
    }
}
