//! `arn(kind, region, account_id, name...)` and `parse_arn(arn)`. What the ARNs of a kind look like its declaration says.

use tfplug::resource::{Function, FunctionError, Signature};
use tfplug::schema::Type;
use tfplug::value::Value;

use super::{argument, failed, text};
use crate::aws::arn::{Arn, is_account_id, is_region};
use crate::engine::Declared;
use crate::pipeline_definition::suggestion;
use crate::resources::DECLARED;

/// Builds an ARN.
pub struct ArnFunction;

/// Takes an ARN apart.
pub struct ParseArn;

/// What functions call a kind: the type of the resource without the provider's name.
fn kind_of(declared: &Declared) -> &'static str {
    (declared.schema)().name
}

/// For the documentation: all kinds, each with its names if these are others than a name.
fn kinds() -> String {
    let shown = DECLARED.iter().map(|declared| match declared.names_of_arn()[..] {
        ["name"] => format!("`{}`", kind_of(declared)),
        ref names => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("`{}` ({})", kind_of(declared), names.join(", "))
        }
    });
    let mut shown: Vec<String> = shown.collect();
    shown.sort();
    shown.join(", ")
}

impl Function for ArnFunction {
    fn signature(&self) -> Signature {
        let description = format!(
            "Returns the Amazon Resource Name of an object that need not exist, for policies, alarms and other configurations. \
             The partition follows from the region, also for ARNs that have no region. \
             SageMaker writes the names of some older objects in lower case in their ARNs; the name is taken as it is given.\n\n\
             The kinds are named as the resources are. They take the object's name, or what is in parentheses: {}.",
            kinds()
        );
        Signature {
            name: "arn".into(),
            summary: "Builds the ARN of an object from its kind and name".into(),
            description: description.into(),
            parameters: vec![
                text("kind", "The type of the resource without `mlops_`: `endpoint`."),
                text("region", "The region: `eu-west-1`."),
                text("account_id", "The account ID, 12 digits."),
            ],
            variadic: Some(text("name", "The name of the object, or the names that its kind takes, in order.")),
            result: Type::String,
        }
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        let (kind, region, account_id) = (argument(&arguments, 0)?, argument(&arguments, 1)?, argument(&arguments, 2)?);
        let Some(declared) = DECLARED.iter().find(|declared| kind_of(declared) == kind) else {
            let meant = suggestion(kind, DECLARED.iter().map(|declared| kind_of(declared)));
            return Err(failed(0, format!("There is no kind {kind:?}.{meant}")));
        };
        if !is_region(region) {
            return Err(failed(1, format!("{region:?} is not the name of a region, such as `eu-west-1`.")));
        }
        if !is_account_id(account_id) {
            return Err(failed(2, format!("{account_id:?} is not an account ID of 12 digits.")));
        }
        let names: Vec<&str> = (3..arguments.len()).map(|i| argument(&arguments, i)).collect::<Result<_, _>>()?;
        let wanted = declared.names_of_arn();
        if names.len() != wanted.len() {
            let count = names.len();
            let last = arguments.len() - 1;
            return Err(failed(last, format!("The kind {kind:?} takes {}; {count} were given.", wanted.join(", "))));
        }
        match declared.arn_with(region, account_id, &names) {
            Ok(arn) => Ok(Value::from(arn.to_string())),
            Err((i, wrong)) => Err(failed(3 + i, wrong)),
        }
    }
}

const PARTS: [&str; 5] = ["partition", "service", "region", "account_id", "resource"];

impl Function for ParseArn {
    fn signature(&self) -> Signature {
        let mut parts: Vec<_> = PARTS.iter().chain(&["kind"]).map(|part| ((*part).to_owned(), Type::String)).collect();
        parts.push(("names".to_owned(), Type::List(Box::new(Type::String))));
        Signature {
            name: "parse_arn".into(),
            summary: "Parses an ARN".into(),
            description: "Returns an object with the attributes `partition`, `service`, `region`, `account_id` and \
                          `resource` of an Amazon Resource Name. `region` and `account_id` are empty strings where \
                          the ARN has none, as in those of S3 buckets. `resource` is everything after the account ID, \
                          often a type and a name: `endpoint/churn`.\n\n\
                          `kind` and `names` are what the function `arn` takes to build it: `endpoint` and `[\"churn\"]`. \
                          `kind` is null if none of its kinds has such ARNs, or several have, such as alarms; `names` is \
                          then empty, or what these kinds agree on."
                .into(),
            parameters: vec![text("arn", "An ARN: `arn:partition:service:region:account:resource`.")],
            variadic: None,
            result: Type::Object(parts.into_iter().collect()),
        }
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        let arn = Arn::parse(argument(&arguments, 0)?).map_err(|e| failed(0, e.0))?;
        let found: Vec<_> = DECLARED.iter().filter_map(|d| Some((kind_of(d), d.names_in_arn(&arn)?))).collect();
        let kind = match found[..] {
            [(kind, _)] => Value::from(kind),
            _ => Value::Null,
        };
        let agreed = found.first().filter(|(_, first)| found.iter().all(|(_, names)| names == first));
        let names: Vec<Value> =
            agreed.into_iter().flat_map(|(_, names)| names).map(|name| Value::from(*name)).collect();
        let Arn { partition, service, region, account_id, resource } = arn.clone();
        let values = [partition, service, region, account_id, resource].map(Value::from);
        let all = PARTS.into_iter().zip(values).chain([("kind", kind), ("names", Value::List(names))]);
        Ok(Value::object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arn(arguments: &[&str]) -> Result<Value, FunctionError> {
        ArnFunction.call(arguments.iter().map(|a| Value::from(*a)).collect())
    }

    fn parsed(arn: &str) -> Value {
        ParseArn.call(vec![arn.into()]).unwrap()
    }

    #[test]
    fn arns_of_every_kind_are_built_and_read() {
        let mut ambiguous = Vec::new();
        for declared in DECLARED {
            let kind = kind_of(declared);
            // IDs have other rules than names: each validator accepts one of these.
            let names: Vec<&str> = match kind {
                "autoscaling_policy" => vec!["1a2b-3c", "endpoint/churn/variant/a", "cpu"],
                _ => declared.names_of_arn().iter().map(|_| "churn").collect(),
            };
            let built = arn(&[&[kind, "eu-west-1", "123456789012"], &names[..]].concat());
            let built = built.unwrap_or_else(|e| panic!("{kind}: {}", e.text));
            let read = parsed(built.as_str().unwrap());
            assert_eq!(read.attribute("account_id"), &Value::from("123456789012"), "{built:?}");
            let shown = if declared.arn.regional { "eu-west-1" } else { "" };
            assert_eq!(read.attribute("region"), &Value::from(shown), "{built:?}");
            let names = Value::List(names.into_iter().map(Value::from).collect());
            match read.attribute("kind").as_str() {
                Some(told) => assert_eq!((told, read.attribute("names")), (kind, &names)),
                None => ambiguous.push((kind, read.attribute("names") == &names)),
            }
        }
        let expected = [
            // A schedule in the group `default` may be one of a pipeline, too, and has another name as that.
            ("off_hours_schedule", false),
            ("autoscaling_target", true),
            ("endpoint_autoscaling", true),
            ("composite_alarm", true),
            ("metric_alarm", true),
        ];
        assert_eq!(ambiguous, expected, "kinds whose ARNs another one has, and whether both call the object the same");
    }

    #[test]
    fn forms_are_those_of_aws() {
        for (arguments, expected) in [
            (
                &["endpoint", "cn-north-1", "123456789012", "a"][..],
                "arn:aws-cn:sagemaker:cn-north-1:123456789012:endpoint/a",
            ),
            (
                &["dashboard", "us-gov-west-1", "123456789012", "a"],
                "arn:aws-us-gov:cloudwatch::123456789012:dashboard/a",
            ),
            (&["budget", "eu-west-1", "123456789012", "a"], "arn:aws:budgets::123456789012:budget/a"),
            (&["metric_alarm", "eu-west-1", "123456789012", "a"], "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a"),
            (&["notification_topic", "eu-west-1", "123456789012", "a"], "arn:aws:sns:eu-west-1:123456789012:a"),
            (
                &["pipeline_execution", "eu-west-1", "123456789012", "a", "x1"],
                "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/a/execution/x1",
            ),
            (
                &["workteam", "eu-west-1", "123456789012", "a"],
                "arn:aws:sagemaker:eu-west-1:123456789012:workteam/private-crowd/a",
            ),
        ] {
            assert_eq!(arn(arguments), Ok(expected.into()));
        }
    }

    #[test]
    fn what_is_of_no_kind_has_none() {
        for (other, names) in [
            ("arn:aws:s3:::bucket", 0),
            ("arn:aws:iam::123456789012:role/a", 0),
            ("arn:aws:sagemaker:eu-west-1:123456789012:pipeline/a/b", 0),
            ("arn:aws:sagemaker::123456789012:endpoint/a", 0),
            ("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a", 1),
            ("arn:aws:sns:eu-west-1:123456789012:topic:7f4f6f4e-0000-0000-0000-000000000000", 0),
        ] {
            let read = parsed(other);
            assert_eq!(read.attribute("kind"), &Value::Null, "{other}");
            assert_eq!(read.attribute("names").as_elements().map(<[Value]>::len), Some(names), "{other}");
        }
        let execution = parsed("arn:aws:sagemaker:eu-west-1:123456789012:pipeline/a/execution/x1");
        assert_eq!(execution.attribute("kind"), &Value::from("pipeline_execution"));
    }

    #[test]
    fn blames_the_argument() {
        for (arguments, blamed, says) in [
            (&["endpiont", "eu-west-1", "123456789012", "a"][..], 0, "Did you mean 'endpoint'?"),
            (&["endpoint", "Frankfurt", "123456789012", "a"], 1, "not the name of a region"),
            (&["endpoint", "eu-west-1", "1234", "a"], 2, "12 digits"),
            (&["endpoint", "eu-west-1", "123456789012", "a/b"], 3, "`name` of the endpoint must be"),
            (&["endpoint", "eu-west-1", "123456789012", ""], 3, "must be"),
            (&["endpoint", "eu-west-1", "123456789012"], 2, "takes name; 0 were given"),
            (&["pipeline_execution", "eu-west-1", "123456789012", "a"], 3, "takes pipeline, id; 1 were given"),
            (&["pipeline_execution", "eu-west-1", "123456789012", "a", "x y"], 3, "pipeline/PIPELINE/execution/ID"),
            (&["pipeline_execution", "eu-west-1", "123456789012", "a/execution/b", "x"], 3, "does not fit"),
        ] {
            let error = arn(arguments).unwrap_err();
            assert_eq!(error.argument, Some(blamed), "{}", error.text);
            assert!(error.text.contains(says), "{}", error.text);
        }
    }

    #[test]
    fn takes_apart_or_says_why_not() {
        let parts = parsed("arn:aws:sagemaker:eu-west-1:123456789012:endpoint/churn");
        let values = ["aws", "sagemaker", "eu-west-1", "123456789012", "endpoint/churn", "endpoint"];
        for (name, value) in PARTS.into_iter().chain(["kind"]).zip(values) {
            assert_eq!(parts.attribute(name), &Value::from(value));
        }
        let error = ParseArn.call(vec!["churn".into()]).unwrap_err();
        assert_eq!(error.argument, Some(0));
        assert!(error.text.contains("does not begin with `arn:`"), "{}", error.text);
    }
}
