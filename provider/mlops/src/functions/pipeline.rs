//! References of a pipeline definition: `parameter`, `execution_variable`, `step_property`, `json_get`, `json_get_s3` and
//! `pipeline_join`.

use serde_json::{Value as Json, json};
use tfplug::resource::{Function, FunctionError, Parameter, Signature};
use tfplug::schema::Type;
use tfplug::value::Value;

use super::{argument, failed, text};
use crate::pipeline_definition::{EXECUTION_VARIABLES, is_name, is_property, markers};

/// A function whose result stands for a value that only an execution of the pipeline has.
pub(super) struct Reference {
    name: &'static str,
    summary: &'static str,
    description: &'static str,
    parameters: fn() -> Vec<Parameter>,
    call: fn(&[Value]) -> Result<Json, FunctionError>,
}

/// What all their pages say.
const USE: &str = "The result is for arguments of the data source `mlops_pipeline_definition` only, where it can stand alone, also \
                   for a number or a truth value, or within other text. It is a reference that the data source renders; any \
                   other use shows the reference itself.";

impl Function for Reference {
    fn signature(&self) -> Signature {
        Signature {
            name: self.name.into(),
            summary: self.summary.into(),
            description: format!("{}\n\n{USE}", self.description).into(),
            parameters: (self.parameters)(),
            variadic: None,
            result: Type::String,
        }
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        (self.call)(&arguments).map(|function| Value::from(markers::encode(&function)))
    }
}

/// The functions, in the order of their names.
pub(super) fn all() -> Vec<Box<dyn Function>> {
    REFERENCES.iter().map(|r| Box::new(Reference { ..*r }) as Box<dyn Function>).collect()
}

static REFERENCES: [Reference; 6] = [
    Reference {
        name: "execution_variable",
        summary: "Refers to a property of the pipeline's execution",
        description: "Stands for a property of the execution of a pipeline, which is known when it runs: \
                      `{\"Get\": \"Execution.PipelineExecutionId\"}` in the definition.",
        parameters: || {
            vec![text(
                "name",
                "`StartDateTime`, `CurrentDateTime`, `PipelineName`, `PipelineArn`, `PipelineExecutionId`, \
                 `PipelineExecutionArn`, `TrainingJobName` or `ProcessingJobName`.",
            )]
        },
        call: |arguments| {
            let name = argument(arguments, 0)?;
            if !EXECUTION_VARIABLES.contains(&name) {
                return Err(failed(0, format!("{name:?} is none of {}.", EXECUTION_VARIABLES.join(", "))));
            }
            Ok(json!({ "Get": format!("Execution.{name}") }))
        },
    },
    Reference {
        name: "json_get",
        summary: "Refers to a value in a property file of a processing step",
        description: "Stands for a value in a JSON file that a processing step has written, for example a metric in a condition: \
                      `Std:JsonGet` in the definition. The step declares the file in `property_files`.",
        parameters: || {
            vec![
                text("step", "The name of the step."),
                text("property_file", "The `property_file_name` of the file."),
                text("path", "The path of the value in the file, such as `metrics.accuracy.value`."),
            ]
        },
        call: |arguments| {
            let (step, file) = (name(arguments, 0)?, argument(arguments, 1)?);
            let file = json!({ "Get": format!("Steps.{step}.PropertyFiles.{file}") });
            Ok(json!({ "Std:JsonGet": { "PropertyFile": file, "Path": decoded(arguments, 2)? } }))
        },
    },
    Reference {
        name: "json_get_s3",
        summary: "Refers to a value in a JSON file in S3",
        description: "Stands for a value in a JSON file that lies in S3 when the pipeline runs: `Std:JsonGet` with `S3Uri` in the \
                      definition.",
        parameters: || {
            vec![
                text("s3_uri", "The S3 URI of the file, usually made with `pipeline_join`."),
                text("path", "The path of the value in the file, such as `metrics.accuracy.value`."),
            ]
        },
        call: |arguments| {
            Ok(json!({ "Std:JsonGet": { "S3Uri": decoded(arguments, 0)?, "Path": decoded(arguments, 1)? } }))
        },
    },
    Reference {
        name: "parameter",
        summary: "Refers to a parameter of the pipeline",
        description: "Stands for the value of a parameter of a pipeline, which each execution may choose: \
                      `{\"Get\": \"Parameters.InstanceType\"}` in the definition.",
        parameters: || vec![text("name", "The name of the parameter.")],
        call: |arguments| Ok(json!({ "Get": format!("Parameters.{}", name(arguments, 0)?) })),
    },
    Reference {
        name: "pipeline_join",
        summary: "Joins texts and references when the pipeline runs",
        description: "Stands for texts and references, joined when the pipeline runs: `Std:Join` in the definition. The function \
                      `join` of Terraform will do as well, and writes an empty `On` with the separators among the values.",
        parameters: || {
            let description = "Texts and results of the other functions.".into();
            let values = Parameter { name: "values".into(), kind: Type::String.list(), description, allow_null: false };
            vec![text("separator", "What is between them."), values]
        },
        call: |arguments| {
            let values = arguments.get(1).and_then(Value::as_elements).unwrap_or_default();
            let decode = |value: &Value| {
                let text = value.as_str().ok_or_else(|| failed(1, "The values must not be null."))?;
                markers::decode(text).map_err(|e| failed(1, format!("A value {e}.")))
            };
            let values = values.iter().map(decode).collect::<Result<Vec<Json>, _>>()?;
            Ok(json!({ "Std:Join": { "On": argument(arguments, 0)?, "Values": values } }))
        },
    },
    Reference {
        name: "step_property",
        summary: "Refers to a property of another step",
        description: "Stands for a property of a step's job, which is known once the step has ended: \
                      `{\"Get\": \"Steps.train.ModelArtifacts.S3ModelArtifacts\"}` in the definition. The step that refers to it \
                      runs after that.",
        parameters: || {
            vec![
                text("step", "The name of the step."),
                text(
                    "property",
                    "The property: a member of what AWS's operation that describes the job returns, such as \
                     `ModelArtifacts.S3ModelArtifacts` or `ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri`; \
                     `OutputParameters['name']` of a Lambda or callback step; `Outcome` of a condition step.",
                ),
            ]
        },
        call: |arguments| {
            let (step, property) = (name(arguments, 0)?, argument(arguments, 1)?);
            if !is_property(property) {
                let example = "ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri";
                return Err(failed(1, format!("{property:?} does not have the form of {example}.")));
            }
            Ok(json!({ "Get": format!("Steps.{step}.{property}") }))
        },
    },
];

/// An argument that is the name of a step or parameter.
fn name(arguments: &[Value], index: usize) -> Result<&str, FunctionError> {
    let name = argument(arguments, index)?;
    if is_name(name) {
        return Ok(name);
    }
    Err(failed(index, format!("{name:?} is not a name: 1 to 64 letters, digits, hyphens and underscores.")))
}

/// An argument that may contain references.
fn decoded(arguments: &[Value], index: usize) -> Result<Json, FunctionError> {
    markers::decode(argument(arguments, index)?).map_err(|e| failed(index, format!("The text {e}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, arguments: &[Value]) -> Result<Json, FunctionError> {
        let function = all().into_iter().find(|f| f.signature().name == name).unwrap();
        let text = function.call(arguments.to_vec())?;
        Ok(markers::decode(text.as_str().unwrap()).unwrap())
    }

    #[test]
    fn each_is_what_it_stands_for() {
        let parameter = all()[3].call(vec!["x".into()]).unwrap();
        for (name, arguments, expected) in [
            ("parameter", vec!["x".into()], json!({"Get": "Parameters.x"})),
            ("execution_variable", vec!["PipelineName".into()], json!({"Get": "Execution.PipelineName"})),
            (
                "step_property",
                vec!["a-b".into(), "Outputs['x.y'].Z[0]".into()],
                json!({"Get": "Steps.a-b.Outputs['x.y'].Z[0]"}),
            ),
            (
                "pipeline_join",
                vec!["/".into(), Value::List(vec!["s3:/".into(), parameter.clone()])],
                json!({"Std:Join": {"On": "/", "Values": ["s3:/", {"Get": "Parameters.x"}]}}),
            ),
            (
                "json_get",
                vec!["eval".into(), "Eval".into(), "a.b".into()],
                json!({"Std:JsonGet": {"PropertyFile": {"Get": "Steps.eval.PropertyFiles.Eval"}, "Path": "a.b"}}),
            ),
            (
                "json_get_s3",
                vec![parameter, "a.b".into()],
                json!({"Std:JsonGet": {"S3Uri": {"Get": "Parameters.x"}, "Path": "a.b"}}),
            ),
        ] {
            assert_eq!(call(name, &arguments), Ok(expected));
        }
    }

    #[test]
    fn what_is_no_reference_is_refused_at_the_argument() {
        for (name, arguments, index) in [
            ("parameter", vec!["a.b".into()], 0),
            ("execution_variable", vec!["PipelineNam".into()], 0),
            ("step_property", vec!["a b".into(), "A".into()], 0),
            ("step_property", vec!["a".into(), "A..B".into()], 1),
            ("step_property", vec!["a".into(), "".into()], 1),
            ("json_get", vec!["".into(), "a".into(), "b".into()], 0),
            ("pipeline_join", vec!["/".into(), Value::List(vec!["\u{100000}".into()])], 1),
        ] {
            assert_eq!(call(name, &arguments).unwrap_err().argument, Some(index), "{name}");
        }
    }
}
