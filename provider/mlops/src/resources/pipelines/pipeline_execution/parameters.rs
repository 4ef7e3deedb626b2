//! The values of parameters against those that the pipeline declares.

use std::sync::Arc;

use serde_json::Value as Json;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::value::{Path, Value};

use crate::aws::client::Aws;
use crate::aws::operation::{NEVER, call};
use crate::resources::pipelines::pipeline::definition::note;
use crate::sagemaker::operation::operation;

const AT: &str = "parameters";

/// Tests the values that executions of a pipeline (its name or ARN) are started with, as far as its definition is known by
/// now: that of a version, or the latest.
///
/// # Errors
/// Diagnostics at `parameters`.
pub(in crate::resources::pipelines) async fn check_values(
    cx: &Context<Aws>,
    region: &Value,
    pipeline: &Value,
    version: &Value,
    values: &Value,
) -> Result<()> {
    match definition(cx, region, pipeline, version).await {
        Some(definition) => check(&definition, values).into_result(),
        None => Ok(()),
    }
}

/// Values by name, as AWS takes them: a list of pairs.
pub(in crate::resources::pipelines) fn pairs(values: &Value) -> Value {
    let pair = |(name, value): (&String, &Value)| {
        Value::object([("name", Value::from(name.as_str())), ("value", value.clone())])
    };
    Value::List(values.as_entries().into_iter().flatten().map(pair).collect())
}

/// A list of pairs as values by name.
pub(in crate::resources::pipelines) fn from_pairs(pairs: &Value) -> Value {
    let entry = |pair: &Value| Some((pair.attribute("name").as_str()?.to_owned(), pair.attribute("value").clone()));
    Value::Map(pairs.as_elements().unwrap_or_default().iter().filter_map(entry).collect())
}

/// The definition that is to be executed. None if nobody knows it before the apply, or it cannot be read.
async fn definition(cx: &Context<Aws>, region: &Value, pipeline: &Value, version: &Value) -> Option<Arc<str>> {
    let aws = cx.try_client()?;
    let region = aws.region(region.as_str());
    let name = Value::from(pipeline.as_str()?.rsplit('/').next()?);
    let noted = note(&Value::from(region.region()), &name)?;
    // The plan of the pipeline knows the next version; a version that is given is one that AWS has.
    let fixed = version.as_number().is_some();
    if let (Some(known), false) = (aws.noted(&noted), fixed) {
        return known;
    }
    let describe = operation!(describe_pipeline, DescribePipeline);
    let version = if fixed { version.clone() } else { Value::Null };
    let input = Value::object([("pipeline_name", pipeline.clone()), ("pipeline_version_id", version)]);
    let described = call(cx, &region, &describe, &input, NEVER).await.ok()?;
    let text: Arc<str> = described.attribute("pipeline_definition").as_str()?.into();
    if !fixed {
        aws.note(noted, Some(text.clone()));
    }
    Some(text)
}

/// Tests values against a definition.
fn check(definition: &str, values: &Value) -> Diags {
    let mut diags = Diags::new();
    let parsed: Json = serde_json::from_str(definition).unwrap_or_default();
    if values.is_unknown() || !parsed.is_object() {
        return diags;
    }
    let declared: Vec<&Json> = parsed["Parameters"].as_array().into_iter().flatten().collect();
    let name = |parameter: &Json| parameter["Name"].as_str().unwrap_or_default().to_owned();
    let mut refuse = |summary: &str, detail: String| diags.push(Diag::error(summary, detail).at(Path::of(AT)));
    let given = values.as_entries();
    for unknown in given.into_iter().flat_map(|v| v.keys()).filter(|k| !declared.iter().any(|p| name(p) == **k)) {
        let all: Vec<String> = declared.iter().map(|p| format!("{:?}", name(p))).collect();
        let all = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
        refuse(
            "Unknown pipeline parameter",
            format!("The pipeline declares no parameter {unknown:?}. It declares {all}."),
        );
    }
    for parameter in declared {
        let name = name(parameter);
        match given.and_then(|v| v.get(&name)) {
            None if parameter["DefaultValue"].is_null() => {
                let detail = format!("The parameter {name:?} of the pipeline has no default, and no value is given.");
                refuse("Missing pipeline parameter", detail);
            }
            Some(Value::String(value)) => {
                if let Some(expected) = refused(parameter, value) {
                    let detail = format!("The value {value:?} of the parameter {name:?} must be {expected}.");
                    refuse("Invalid pipeline parameter", detail);
                }
            }
            _ => {}
        }
    }
    diags
}

/// What a value would have to be. None if it is that. Source: SageMaker developer guide, pipeline parameters.
fn refused(parameter: &Json, value: &str) -> Option<String> {
    let is = match parameter["Type"].as_str().unwrap_or("String") {
        "Integer" if value.parse::<i64>().is_err() => "a whole number",
        "Float" if value.parse::<f64>().is_err() => "a number",
        "Boolean" if !["true", "false"].iter().any(|b| value.eq_ignore_ascii_case(b)) => "`true` or `false`",
        _ => {
            let allowed = parameter["EnumValues"].as_array()?;
            let is_one = allowed.iter().any(|a| a.as_str() == Some(value));
            let all: Vec<String> = allowed.iter().map(ToString::to_string).collect();
            return (!is_one).then(|| format!("one of {}", all.join(", ")));
        }
    };
    Some(is.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFINITION: &str = r#"{"Parameters": [
        {"Name": "Depth", "Type": "Integer", "DefaultValue": 3},
        {"Name": "Rate", "Type": "Float", "DefaultValue": 0.1},
        {"Name": "Dry", "Type": "Boolean", "DefaultValue": false},
        {"Name": "Approval", "Type": "String", "DefaultValue": "a", "EnumValues": ["a", "b"]},
        {"Name": "Input"}
    ]}"#;

    fn texts(values: &[(&str, Value)]) -> Vec<String> {
        let values = Value::Map(values.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect());
        check(DEFINITION, &values).0.into_iter().map(|d| format!("{}: {}", d.summary, d.detail)).collect()
    }

    #[test]
    fn values_are_those_that_the_pipeline_declares() {
        let input = || ("Input", Value::from("s3://b/x"));
        assert_eq!(texts(&[input()]), Vec::<String>::new());
        let good =
            [("Depth", "4"), ("Rate", "1e-3"), ("Dry", "True"), ("Approval", "b")].map(|(k, v)| (k, Value::from(v)));
        assert_eq!(texts(&[&good[..], &[input()]].concat()), Vec::<String>::new());
        for (name, value, expected) in [
            ("Depth", "4.5", "\"4.5\" of the parameter \"Depth\" must be a whole number"),
            ("Rate", "fast", "must be a number"),
            ("Dry", "1", "must be `true` or `false`"),
            ("Approval", "c", "must be one of \"a\", \"b\""),
            ("Dept", "4", "declares no parameter \"Dept\". It declares \"Depth\", \"Rate\""),
        ] {
            let found = texts(&[input(), (name, Value::from(value))]);
            assert!(found.len() == 1 && found[0].contains(expected), "{found:?}");
        }
        assert!(texts(&[])[0].starts_with("Missing pipeline parameter: The parameter \"Input\""));
    }

    #[test]
    fn what_is_not_known_yet_is_not_judged() {
        assert_eq!(texts(&[("Input", Value::unknown()), ("Depth", Value::unknown())]), Vec::<String>::new());
        assert!(check(DEFINITION, &Value::unknown()).is_empty());
        assert!(check("no JSON", &Value::Null).is_empty());
        assert!(check(DEFINITION, &Value::Null).has_errors(), "no parameters at all");
    }
}
