//! `parse_arn(arn)`.

use tfplug::resource::{Function, FunctionError, Signature};
use tfplug::schema::Type;
use tfplug::value::Value;

use super::{argument, failed, text};
use crate::aws::arn::Arn;

/// Takes an ARN apart.
pub struct ParseArn;

const PARTS: [&str; 5] = ["partition", "service", "region", "account_id", "resource"];

impl Function for ParseArn {
    fn signature(&self) -> Signature {
        Signature {
            name: "parse_arn".into(),
            summary: "Parses an ARN".into(),
            description: "Returns an object with the attributes `partition`, `service`, `region`, `account_id` and \
                          `resource` of an Amazon Resource Name. `region` and `account_id` are empty strings where \
                          the ARN has none, as in those of S3 buckets. `resource` is everything after the account ID, \
                          often a type and a name: `endpoint/churn`."
                .into(),
            parameters: vec![text("arn", "An ARN: `arn:partition:service:region:account:resource`.")],
            variadic: None,
            result: Type::Object(PARTS.map(|part| (part.to_owned(), Type::String)).into()),
        }
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        let Arn { partition, service, region, account_id, resource } =
            Arn::parse(argument(&arguments, 0)?).map_err(|e| failed(0, e.0))?;
        let values = [partition, service, region, account_id, resource].map(Value::from);
        Ok(Value::object(PARTS.into_iter().zip(values)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_apart_or_says_why_not() {
        let parts = ParseArn.call(vec!["arn:aws:sagemaker:eu-west-1:123456789012:endpoint/churn".into()]).unwrap();
        for (name, value) in PARTS.into_iter().zip(["aws", "sagemaker", "eu-west-1", "123456789012", "endpoint/churn"])
        {
            assert_eq!(parts.attribute(name), &Value::from(value));
        }
        let error = ParseArn.call(vec!["churn".into()]).unwrap_err();
        assert_eq!(error.argument, Some(0));
        assert!(error.text.contains("does not begin with `arn:`"), "{}", error.text);
    }
}
