//! The definition as a whole: its parameters, its steps, and what they refer to.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use tfplug::value::Path;

use super::expressions::{self, is_expression, is_later, references, step_of};
use super::graph::{self, Needs};
use super::members::{array, is_name, known, named, object, only, optional_text, suggestion, text};
use super::steps::{COMMON, KINDS, Kind, kind};
use super::{Findings, VERSION, arguments, conditions, run};

const TOP: [&str; 6] = ["Version", "Metadata", "Parameters", "PipelineExperimentConfig", "MlflowConfig", "Steps"];
const BRANCHES: [&str; 2] = ["IfSteps", "ElseSteps"];
/// Types of checks by type of step (developer guide, build-and-manage-steps).
const CHECK_TYPES: [(&str, &[&str]); 2] = [
    ("QualityCheck", &["DATA_QUALITY", "MODEL_QUALITY"]),
    ("ClarifyCheck", &["DATA_BIAS", "MODEL_BIAS", "MODEL_EXPLAINABILITY"]),
];

/// A step, and where it is.
#[derive(Debug)]
pub(super) struct Step<'a> {
    pub(super) name: &'a str,
    /// Its type, if it is one of the table.
    pub(super) kind: Option<&'static Kind>,
    pub(super) body: &'a Map<String, Json>,
    path: Path,
    /// The condition step in whose branch it is.
    condition: Option<&'a str>,
}

/// What references may refer to.
#[derive(Debug)]
pub(super) struct Definition<'a> {
    pub(super) parameters: BTreeMap<&'a str, &'a Json>,
    steps: Vec<Step<'a>>,
    /// Whether all names are known, so that another name does not exist.
    pub(super) is_whole: bool,
}

impl Definition<'_> {
    pub(super) fn step(&self, name: &str) -> Option<&Step<'_>> {
        self.steps.iter().find(|s| s.name == name)
    }

    pub(super) fn step_names(&self) -> Vec<&str> {
        self.steps.iter().map(|s| s.name).collect()
    }
}

/// Checks a document.
pub(super) fn check(document: &Json, findings: &mut Findings) {
    let root = Path::root();
    let Some(top) = object(document, &root, findings) else { return };
    known(top, &TOP, &root, findings);
    match top.get("Version") {
        None => findings.warn(&root, format!("Version is missing: it is '{VERSION}' in all definitions.")),
        Some(Json::String(version)) if version == VERSION => {}
        Some(other) => {
            findings.error(&Path::of("Version"), format!("Version must be '{VERSION}'. Found {}.", named(other)));
        }
    }
    metadata(top, findings);
    let mut definition = Definition { parameters: BTreeMap::new(), steps: Vec::new(), is_whole: true };
    if let Some(parameters) = top.get("Parameters") {
        parameters_of(parameters, &mut definition, findings);
    }
    match top.get("Steps") {
        None => findings.error(&root, "Steps is missing."),
        Some(steps) => {
            steps_of(steps, &Path::of("Steps"), None, &mut definition, findings);
            if steps.as_array().is_some_and(Vec::is_empty) {
                findings.error(&Path::of("Steps"), "Steps must not be empty.");
            }
        }
    }
    for (name, members) in [
        ("PipelineExperimentConfig", ["ExperimentName", "TrialName"]),
        ("MlflowConfig", ["MlflowResourceArn", "MlflowExperimentName"]),
    ] {
        let Some(config) = top.get(name).filter(|c| !c.is_null() && !is_later(c)) else { continue };
        let path = Path::of(name);
        let Some(inside) = object(config, &path, findings) else { continue };
        known(inside, &members, &path, findings);
        expressions::check(config, &path, &definition, findings);
    }
    for step in &definition.steps {
        check_step(step, &definition, findings);
    }
    order(&definition, findings);
}

fn metadata(top: &Map<String, Json>, findings: &mut Findings) {
    let Some(metadata) = top.get("Metadata") else { return };
    let path = Path::of("Metadata");
    for (name, value) in object(metadata, &path, findings).into_iter().flatten() {
        if !value.is_string() {
            let message = format!("Metadata must be strings. Found {}.", named(value));
            findings.error(&path.attribute(name), message);
        }
    }
}

fn parameters_of<'a>(parameters: &'a Json, definition: &mut Definition<'a>, findings: &mut Findings) {
    let path = Path::of("Parameters");
    if is_later(parameters) {
        definition.is_whole = false;
        return;
    }
    for (i, parameter) in array(parameters, &path, findings).unwrap_or_default().iter().enumerate() {
        let path = path.index(i);
        if is_later(parameter) || parameter.get("Name").is_some_and(is_later) {
            definition.is_whole = false;
            continue;
        }
        let Some(members) = object(parameter, &path, findings) else { continue };
        known(members, &["Name", "Type", "DefaultValue", "Description", "EnumValues"], &path, findings);
        optional_text(members, "Description", 4096, &path, findings);
        let Some(name) = text(members, "Name", &path, findings) else { continue };
        if !is_name(name) {
            let message = format!("The parameter name '{name}' does not match [A-Za-z0-9\\-_]{{1,64}}.");
            findings.error(&path.attribute("Name"), message);
        }
        if definition.parameters.insert(name, parameter).is_some() {
            let message = format!("Parameter names must be unique: '{name}' occurs more than once.");
            findings.error(&path.attribute("Name"), message);
        }
        values_of(name, members, &path, findings);
    }
}

/// The values that a parameter may have must be of its type.
fn values_of(name: &str, parameter: &Map<String, Json>, path: &Path, findings: &mut Findings) {
    let kind = match parameter.get("Type") {
        Some(Json::String(kind)) => kind.as_str(),
        // The JSON schema does not ask for the type of a string.
        None => "String",
        Some(value) if is_later(value) => return,
        Some(_) => "",
    };
    let types = ["String", "Integer", "Float", "Boolean"];
    if !types.contains(&kind) {
        let suggestion = suggestion(kind, types);
        let message =
            format!("The parameter '{name}' has an unknown Type: it is none of {}.{suggestion}", types.join(", "));
        return findings.error(&path.attribute("Type"), message);
    }
    let fits = |value: &Json| match kind {
        "String" => value.is_string(),
        "Integer" => value.is_i64() || value.is_u64(),
        "Float" => value.is_number(),
        _ => value.is_boolean(),
    };
    let default = parameter.get("DefaultValue").filter(|d| !d.is_null() && !is_later(d));
    if let Some(default) = default.filter(|d| !fits(d)) {
        let message = format!(
            "The default value of the parameter '{name}' must be of the type {kind}. Found {}.",
            named(default)
        );
        findings.error(&path.attribute("DefaultValue"), message);
    }
    let Some(values) = parameter.get("EnumValues").filter(|v| !v.is_null() && !is_later(v)) else { return };
    let here = path.attribute("EnumValues");
    if kind != "String" {
        return findings.error(&here, format!("EnumValues are for parameters of the type String; '{name}' is {kind}."));
    }
    let Some(values) = array(values, &here, findings) else { return };
    for (i, value) in values.iter().enumerate().filter(|(_, v)| !v.is_string() && !is_later(v)) {
        findings.error(&here.index(i), format!("EnumValues must be strings. Found {}.", named(value)));
    }
    if let Some(default) = default.filter(|d| !values.contains(d) && !values.iter().any(is_later)) {
        let message =
            format!("The default value of the parameter '{name}' is none of its EnumValues. Found {}.", named(default));
        findings.error(&path.attribute("DefaultValue"), message);
    }
}

fn steps_of<'a>(
    steps: &'a Json,
    path: &Path,
    condition: Option<&'a str>,
    definition: &mut Definition<'a>,
    findings: &mut Findings,
) {
    if is_later(steps) {
        definition.is_whole = false;
        return;
    }
    for (i, step) in array(steps, path, findings).unwrap_or_default().iter().enumerate() {
        let path = path.index(i);
        if is_later(step) || step.get("Name").is_some_and(is_later) {
            definition.is_whole = false;
            continue;
        }
        let Some(body) = object(step, &path, findings) else { continue };
        let Some(name) = text(body, "Name", &path, findings) else { continue };
        if !is_name(name) {
            let message = format!("The step name '{name}' does not match [A-Za-z0-9\\-_]{{1,64}}.");
            findings.error(&path.attribute("Name"), message);
        }
        if definition.step(name).is_some() {
            let message = format!("Step names must be unique: '{name}' occurs more than once.");
            findings.error(&path.attribute("Name"), message);
        }
        let kind = kind_of(body, &path, findings);
        definition.steps.push(Step { name, kind, body, path: path.clone(), condition });
        let branches = body.get("Arguments").filter(|_| kind.is_some_and(|k| k.name == "Condition"));
        for branch in BRANCHES {
            if let Some(inner) = branches.and_then(|arguments| arguments.get(branch)) {
                steps_of(inner, &path.attribute("Arguments").attribute(branch), Some(name), definition, findings);
            }
        }
    }
}

/// The type of a step. One that is not in the table may be newer than the table, unless it is a misspelling.
fn kind_of(body: &Map<String, Json>, path: &Path, findings: &mut Findings) -> Option<&'static Kind> {
    let name = text(body, "Type", path, findings)?;
    let found = kind(name);
    if found.is_none() {
        let here = path.attribute("Type");
        let text = format!("The step type '{name}' is unknown.");
        match super::members::meant(name, KINDS.iter().map(|k| k.name)) {
            Some(meant) => findings.error(&here, format!("{text} Did you mean '{meant}'?")),
            None => findings.warn(&here, format!("{text} AWS refuses it unless it is newer than this provider.")),
        }
    }
    found
}

fn check_step(step: &Step<'_>, definition: &Definition<'_>, findings: &mut Findings) {
    let Step { kind, body, path, .. } = step;
    let own: Vec<&str> = body.keys().map(String::as_str).filter(|m| !["Arguments", "DependsOn"].contains(m)).collect();
    for member in own {
        // A member that is a function, such as a baseline that is supplied.
        if let Some(value) = body.get(member) {
            expressions::check(value, &path.attribute(member), definition, findings);
        }
    }
    depends_on(step, definition, findings);
    run::check(body, path, findings);
    let Some(kind) = kind else { return };
    if let Some(members) = kind.members {
        step_members(kind, members, body, path, findings);
    }
    let here = path.attribute("Arguments");
    let Some(arguments) = body.get("Arguments") else {
        return findings.error(path, format!("The step '{}' has no Arguments.", step.name));
    };
    if is_later(arguments) {
        return;
    }
    let Some(members) = object(arguments, &here, findings) else { return };
    for (name, value) in members {
        if kind.name != "Condition" || !BRANCHES.contains(&name.as_str()) {
            expressions::check(value, &here.attribute(name), definition, findings);
        }
    }
    match kind.name {
        "Condition" => {
            only(members, &["Conditions", "IfSteps", "ElseSteps"], &here, findings);
            match members.get("Conditions") {
                Some(all) => conditions::all(all, &here.attribute("Conditions"), findings),
                None => findings.error(&here, format!("The step '{}' has no Conditions.", step.name)),
            }
        }
        "Fail" => {
            only(members, &["ErrorMessage"], &here, findings);
            match members.get("ErrorMessage") {
                Some(message) => expressions::scalar(message, &here.attribute("ErrorMessage"), findings),
                None => findings.error(&here, format!("The step '{}' has no ErrorMessage.", step.name)),
            }
        }
        // Nesting is not supported (developer guide, build-and-manage-steps).
        "Lambda" | "Callback" => {
            for (name, value) in members {
                expressions::scalar(value, &here.attribute(name), findings);
            }
        }
        _ => arguments::check(arguments, kind, &here, findings),
    }
    if let Some((_, types)) = CHECK_TYPES.iter().find(|(name, _)| *name == kind.name) {
        check_type(types, body, path, findings);
    }
}

/// A member of another type of step AWS refuses; one that no type has may be newer than the table.
fn step_members(kind: &Kind, members: &[&str], body: &Map<String, Json>, path: &Path, findings: &mut Findings) {
    let own: Vec<&str> = COMMON.iter().chain(members).copied().collect();
    let of_others = |name: &str| KINDS.iter().filter_map(|k| k.members).any(|all| all.contains(&name));
    let (others, mut rest) = (body.clone(), body.clone());
    rest.retain(|name, _| own.contains(&name.as_str()) || !of_others(name));
    known(&rest, &own, path, findings);
    for name in others.keys().filter(|name| !own.contains(&name.as_str()) && of_others(name)) {
        let message = format!("Cannot parse object, unknown property '{name}': a {} step has none.", kind.name);
        findings.error(&path.attribute(name), message);
    }
}

fn check_type(types: &[&str], body: &Map<String, Json>, path: &Path, findings: &mut Findings) {
    match body.get("CheckType") {
        Some(Json::String(t)) if types.contains(&t.as_str()) => {}
        Some(value) if is_expression(value) => {}
        Some(other) => {
            let message = format!("CheckType must be one of {}. Found {}.", types.join(", "), named(other));
            findings.error(&path.attribute("CheckType"), message);
        }
        None => findings.error(path, format!("CheckType is missing: one of {}.", types.join(", "))),
    }
}

fn depends_on(step: &Step<'_>, definition: &Definition<'_>, findings: &mut Findings) {
    let path = step.path.attribute("DependsOn");
    let Some(all) = step.body.get("DependsOn").filter(|d| !d.is_null() && !is_later(d)) else { return };
    for (i, name) in array(all, &path, findings).unwrap_or_default().iter().enumerate() {
        let here = path.index(i);
        match name.as_str().map(|name| (name, definition.step(name))) {
            _ if is_later(name) => {}
            None => findings.error(&here, format!("DependsOn must be names of steps. Found {}.", named(name))),
            Some((name, None)) if definition.is_whole => {
                let suggestion = suggestion(name, definition.step_names());
                let message =
                    format!("The step '{}' depends on '{name}', which does not exist.{suggestion}", step.name);
                findings.error(&here, message);
            }
            // Developer guide, build-and-manage-steps: a Fail step ends the execution.
            Some((name, Some(Step { kind: Some(Kind { name: "Fail", .. }), .. }))) => {
                let message =
                    format!("The step '{}' depends on the Fail step '{name}', after which nothing runs.", step.name);
                findings.error(&here, message);
            }
            Some(_) => {}
        }
    }
}

/// Reports cycles of references, DependsOn and branches.
fn order(definition: &Definition<'_>, findings: &mut Findings) {
    let mut needs = Needs::new();
    for step in &definition.steps {
        let path = &step.path;
        let mut found = Vec::new();
        for (name, value) in step.body {
            let here = path.attribute(name);
            match (name.as_str(), value) {
                ("Arguments", Json::Object(arguments)) => {
                    for (name, value) in arguments.iter().filter(|(n, _)| !BRANCHES.contains(&n.as_str())) {
                        references(value, &here.attribute(name), &mut found);
                    }
                }
                _ => references(value, &here, &mut found),
            }
        }
        let read = found.into_iter().filter_map(|(at, reference)| Some((step_of(reference)?.0, at)));
        let depends = step.body.get("DependsOn").and_then(Json::as_array).into_iter().flatten().enumerate();
        let depends = depends.filter_map(|(i, d)| Some((d.as_str()?, path.attribute("DependsOn").index(i))));
        let condition = step.condition.map(|c| (c, path.clone()));
        needs.insert(step.name, read.chain(depends).chain(condition).collect());
    }
    graph::check(&needs, &definition.step_names(), findings);
}
