//! Functions in a definition: `Get`, `Std:Join` and `Std:JsonGet`, and what they refer to.

use serde_json::{Map, Value as Json, json};
use tfplug::value::Path;

use super::Findings;
use super::members::{array, named, object, only, suggestion};
use super::properties;
use super::whole::Definition;

/// The functions (developer guide, build-and-manage-properties and build-and-manage-propertyfile).
const FUNCTIONS: [&str; 3] = ["Get", "Std:Join", "Std:JsonGet"];
/// Variables of an execution (SageMaker Python SDK, `ExecutionVariables`).
pub const EXECUTION: [&str; 8] = [
    "StartDateTime",
    "CurrentDateTime",
    "PipelineName",
    "PipelineArn",
    "PipelineExecutionId",
    "PipelineExecutionArn",
    "TrainingJobName",
    "ProcessingJobName",
];
/// What a pipeline's experiment is asked for (SageMaker Python SDK, `PipelineExperimentConfigProperties`).
const EXPERIMENT: [&str; 2] = ["ExperimentName", "TrialName"];
const LATER: &str = "(known after apply)";

/// Stands in a document for a value that is not known yet.
pub fn later() -> Json {
    json!({ "Get": LATER })
}

/// Whether a value is a function.
pub(super) fn is_expression(value: &Json) -> bool {
    function(value).is_some()
}

fn function(value: &Json) -> Option<(&str, &Json)> {
    let (name, body) = value.as_object().filter(|o| o.len() == 1)?.iter().next()?;
    FUNCTIONS.contains(&name.as_str()).then_some((name, body))
}

/// Whether a value is [`later`].
pub(super) fn is_later(value: &Json) -> bool {
    matches!(function(value), Some(("Get", body)) if body == LATER)
}

/// The step that a reference reads, and the property of it.
pub(super) fn step_of(reference: &str) -> Option<(&str, &str)> {
    let rest = reference.strip_prefix("Steps.")?;
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    let (name, property) = rest.split_at(end);
    Some((name, property.strip_prefix('.').unwrap_or(property)))
}

/// Every reference below a value, with its place.
pub(super) fn references<'a>(value: &'a Json, path: &Path, found: &mut Vec<(Path, &'a str)>) {
    match (function(value), value) {
        (Some(("Get", Json::String(reference))), _) if reference != LATER => found.push((path.clone(), reference)),
        (_, Json::Object(members)) => {
            for (name, value) in members {
                references(value, &path.attribute(name), found);
            }
        }
        (_, Json::Array(elements)) => {
            for (i, value) in elements.iter().enumerate() {
                references(value, &path.index(i), found);
            }
        }
        _ => {}
    }
}

/// Checks every function below a value: its form, and that what it refers to exists.
pub(super) fn check(value: &Json, path: &Path, definition: &Definition<'_>, findings: &mut Findings) {
    match (function(value), value) {
        (Some(_), _) if is_later(value) => {}
        (Some(("Get", body)), _) => get(body, path, definition, findings),
        (Some(("Std:Join", body)), _) => join(body, &path.attribute("Std:Join"), definition, findings),
        (Some((_, body)), _) => json_get(body, &path.attribute("Std:JsonGet"), definition, findings),
        (None, Json::Object(members)) => {
            for (name, value) in members {
                check(value, &path.attribute(name), definition, findings);
            }
        }
        (None, Json::Array(elements)) => {
            for (i, value) in elements.iter().enumerate() {
                check(value, &path.index(i), definition, findings);
            }
        }
        _ => {}
    }
}

fn get(body: &Json, path: &Path, definition: &Definition<'_>, findings: &mut Findings) {
    let Json::String(reference) = body else {
        findings.error(path, format!("Get takes the name of a value as a string. Found {}.", named(body)));
        return;
    };
    let (kind, rest) = reference.split_once('.').unwrap_or((reference, ""));
    let missing = |what: &str, name: &str, names: &[&str]| {
        format!("'{reference}' refers to the {what} '{name}', which does not exist.{}", {
            suggestion(name, names.iter().copied())
        })
    };
    match kind {
        "Parameters" if definition.parameters.contains_key(rest) || !definition.is_whole => {}
        "Parameters" => {
            let names: Vec<&str> = definition.parameters.keys().copied().collect();
            findings.error(path, missing("parameter", rest, &names));
        }
        "Execution" if EXECUTION.contains(&rest) => {}
        "Execution" => findings.error(path, missing("execution variable", rest, &EXECUTION)),
        "PipelineExperimentConfig" if EXPERIMENT.contains(&rest) => {}
        "PipelineExperimentConfig" => findings.error(path, missing("property", rest, &EXPERIMENT)),
        "Steps" => {
            let (name, property) = step_of(reference).unwrap_or_default();
            match definition.step(name) {
                Some(step) => properties::check(step, reference, property, path, findings),
                None if !definition.is_whole => {}
                None => findings.error(path, missing("step", name, &definition.step_names())),
            }
        }
        _ => {
            let message = format!(
                "'{reference}' refers to nothing: a reference begins with Parameters, Steps, Execution or \
                 PipelineExperimentConfig."
            );
            findings.error(path, message);
        }
    }
}

fn join(body: &Json, path: &Path, definition: &Definition<'_>, findings: &mut Findings) {
    let Some(members) = object(body, path, findings) else { return };
    only(members, &["On", "Values"], path, findings);
    if !members.get("On").is_none_or(Json::is_string) {
        findings.error(&path.attribute("On"), "On of Std:Join must be a string.");
    }
    let here = path.attribute("Values");
    let Some(values) = required(members, "Values", "Std:Join", path, findings) else { return };
    for (i, value) in array(values, &here, findings).unwrap_or_default().iter().enumerate() {
        scalar(value, &here.index(i), findings);
        check(value, &here.index(i), definition, findings);
    }
}

fn json_get(body: &Json, path: &Path, definition: &Definition<'_>, findings: &mut Findings) {
    let Some(members) = object(body, path, findings) else { return };
    only(members, &["PropertyFile", "S3Uri", "Path"], path, findings);
    if let Some(value) = required(members, "Path", "Std:JsonGet", path, findings) {
        scalar(value, &path.attribute("Path"), findings);
    }
    match (members.get("PropertyFile"), members.get("S3Uri")) {
        (Some(file), None) => property_file(file, &path.attribute("PropertyFile"), definition, findings),
        (None, Some(uri)) => check(uri, &path.attribute("S3Uri"), definition, findings),
        _ => findings.error(path, "Std:JsonGet needs either PropertyFile or S3Uri."),
    }
}

/// Of a step that is a processing job and declares the file.
fn property_file(file: &Json, path: &Path, definition: &Definition<'_>, findings: &mut Findings) {
    let (name, path) = match (function(file), file) {
        (Some(("Get", Json::String(name))), _) => (name, path.clone()),
        (None, Json::String(name)) => (name, path.clone()),
        _ => return findings.error(path, format!("PropertyFile must be a Get. Found {}.", named(file))),
    };
    if name == LATER {
        return;
    }
    let Some((step_name, property)) = step_of(name) else {
        return findings.error(&path, format!("'{name}' must have the form Steps.STEP.PropertyFiles.FILE."));
    };
    let Some(step) = definition.step(step_name) else {
        if definition.is_whole {
            let suggestion = suggestion(step_name, definition.step_names());
            let message = format!("'{name}' refers to the step '{step_name}', which does not exist.{suggestion}");
            findings.error(&path, message);
        }
        return;
    };
    let Some(file) = property.strip_prefix("PropertyFiles.") else {
        return findings.error(&path, format!("'{name}' must have the form Steps.STEP.PropertyFiles.FILE."));
    };
    let Some(names) = names(step.body.get("PropertyFiles"), "PropertyFileName") else { return };
    if !names.contains(&file) {
        let suggestion = suggestion(file, names.iter().copied());
        let message = format!("The step '{step_name}' declares no property file '{file}'.{suggestion}");
        findings.error(&path, message);
    }
}

/// The names in a list of objects; None if some are not known yet.
pub(super) fn names<'a>(list: Option<&'a Json>, member: &str) -> Option<Vec<&'a str>> {
    let elements = match list {
        Some(list) if is_later(list) => return None,
        list => list.and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default(),
    };
    let is_open = |element: &Json| is_later(element) || element.get(member).is_some_and(is_expression);
    if elements.iter().any(is_open) {
        return None;
    }
    Some(elements.iter().filter_map(|element| element.get(member)?.as_str()).collect())
}

fn required<'a>(
    members: &'a Map<String, Json>,
    member: &str,
    of: &str,
    path: &Path,
    findings: &mut Findings,
) -> Option<&'a Json> {
    let value = members.get(member);
    if value.is_none() {
        findings.error(path, format!("{of} needs {member}."));
    }
    value
}

/// Tests that a value is a single one, or a function that yields one.
pub(super) fn scalar(value: &Json, path: &Path, findings: &mut Findings) {
    if value.is_array() || value.is_null() || (value.is_object() && !is_expression(value)) {
        findings.error(path, format!("A single value or a function is expected. Found {}.", named(value)));
    }
}
