//! The document: parameters, and steps in their places.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};
use tfplug::diag::{Diag, Diags};
use tfplug::schema::{Kind, Object};
use tfplug::value::{Path, Value};

use super::render::{self, Places, leaf, literal, plain};
use super::resources;
use crate::data_sources::pipeline_definition::attributes::{Condition, Parameter, PipelineDefinition};
use crate::pipeline_definition::{self, VERSION, later, markers, suggestion};

/// Attribute that holds the arguments, to the type of step. What is not here has a form of its own.
const REQUESTS: [(&str, &str); 11] = [
    ("processing", "Processing"),
    ("training", "Training"),
    ("tuning", "Tuning"),
    ("auto_ml", "AutoML"),
    ("transform", "Transform"),
    ("model", "Model"),
    ("register_model", "RegisterModel"),
    ("endpoint_config", "EndpointConfig"),
    ("endpoint", "Endpoint"),
    ("quality_check", "QualityCheck"),
    ("clarify_check", "ClarifyCheck"),
];
/// Attributes of all steps that are members beside the arguments.
const COMMON: [&str; 7] =
    ["name", "display_name", "description", "depends_on", "cache_config", "retry_policies", "property_files"];
/// Attributes of checks that are members beside the arguments.
const CHECKS: [&str; 8] = [
    "check_type",
    "model_package_group_name",
    "skip_check",
    "fail_on_violation",
    "register_new_baseline",
    "supplied_baseline_constraints",
    "supplied_baseline_statistics",
    "model_name",
];

/// Types of parameters by name.
type Types = BTreeMap<String, String>;

/// The whole document. `places` says which attribute each of its parts comes from.
pub(super) fn document(object: &Object, config: &Value, places: &mut Places, diags: &mut Diags) -> Json {
    let root = Path::root();
    let (parameters, types) = parameters(config.attribute(PipelineDefinition::PARAMETERS), places);
    let steps = steps(object, config.attribute(PipelineDefinition::STEPS), &types, places, diags);
    let metadata = only(object, &["metadata"]);
    let mut document = plain(&metadata, config, (&root, &root), places);
    document.entry("Metadata").or_insert_with(|| json!({}));
    document.insert("Version".to_owned(), json!(VERSION));
    document.insert("Parameters".to_owned(), parameters);
    document.insert("Steps".to_owned(), steps);
    let experiment = json!({
        "ExperimentName": { "Get": "Execution.PipelineName" },
        "TrialName": { "Get": "Execution.PipelineExecutionId" },
    });
    for (attribute, member, default) in [
        ("pipeline_experiment_config", "PipelineExperimentConfig", Some(experiment)),
        ("mlflow_config", "MlflowConfig", None),
    ] {
        let mut given = plain(&only(object, &[attribute]), config, (&root, &root), places);
        let given = given.remove(member).map(|v| if v == json!({}) { Json::Null } else { v });
        if let Some(value) = given.or(default) {
            document.insert(member.to_owned(), value);
        }
    }
    Json::Object(document)
}

fn parameters(value: &Value, places: &mut Places) -> (Json, Types) {
    let (at, here) = (Path::of(PipelineDefinition::PARAMETERS), Path::of("Parameters"));
    places.push((here.clone(), at.clone()));
    let mut types = Types::new();
    let Some(all) = value.as_elements() else {
        return (if value.is_unknown() { later() } else { json!([]) }, types);
    };
    let parameter = |(i, parameter): (usize, &Value)| {
        let (at, here) = (at.index(i), here.index(i));
        places.push((here.clone(), at.clone()));
        if parameter.is_unknown() {
            return later();
        }
        let kind = parameter.attribute(Parameter::TYPE).as_str();
        if let (Some(name), Some(kind)) = (parameter.attribute(Parameter::NAME).as_str(), kind) {
            types.insert(name.to_owned(), kind.to_owned());
        }
        let mut members = Map::new();
        for (attribute, member) in [
            ("name", "Name"),
            ("type", "Type"),
            ("default_value", "DefaultValue"),
            ("description", "Description"),
            ("enum_values", "EnumValues"),
        ] {
            let value = parameter.attribute(attribute);
            places.push((here.attribute(member), at.attribute(attribute)));
            let json = match value {
                Value::Null => continue,
                Value::String(text) if attribute == "default_value" => literal(text, kind),
                Value::List(values) => values.iter().map(leaf).collect(),
                value => leaf(value),
            };
            members.insert(member.to_owned(), json);
        }
        Json::Object(members)
    };
    (all.iter().enumerate().map(parameter).collect(), types)
}

/// A step before it has its place.
struct Step {
    name: Option<String>,
    at: Path,
    json: Json,
    /// Of its parts, below the step.
    places: Places,
    /// The names in its branches, by member.
    branches: Vec<(&'static str, Vec<(String, Path)>)>,
}

fn steps(object: &Object, value: &Value, types: &Types, places: &mut Places, diags: &mut Diags) -> Json {
    let Some(values) = value.as_elements() else { return later() };
    let Some(Kind::Nested(_, object)) = object.attribute(PipelineDefinition::STEPS).map(|a| &a.kind) else {
        return later();
    };
    let at = Path::of(PipelineDefinition::STEPS);
    places.push((Path::of("Steps"), at.clone()));
    let all: Vec<Step> = values.iter().enumerate().map(|(i, v)| step(object, v, at.index(i), types, diags)).collect();
    let is_whole = all.iter().all(|s| s.name.is_some());
    let mut inside = BTreeMap::new();
    for (name, path) in all.iter().flat_map(|s| &s.branches).flat_map(|(_, names)| names) {
        if !all.iter().any(|s| s.name.as_ref() == Some(name)) {
            let names = all.iter().filter_map(|s| s.name.as_deref());
            let detail = format!("The step '{name}' does not exist.{}", suggestion(name, names));
            if is_whole {
                diags.push(Diag::error("Invalid pipeline definition", detail).at(path.clone()));
            }
        } else if inside.insert(name.as_str(), path).is_some() {
            let detail = format!("The step '{name}' is in more than one branch. A step has one place.");
            diags.push(Diag::error("Invalid pipeline definition", detail).at(path.clone()));
        }
    }
    let mut assembly = Assembly { all: &all, places, placed: BTreeSet::new() };
    let top = (0..all.len()).filter(|i| all[*i].name.as_deref().is_none_or(|name| !inside.contains_key(name)));
    let top: Vec<usize> = top.collect();
    let document = assembly.list(&top, &Path::of("Steps"));
    // What has no place is in a branch that has none either.
    let lost = all.iter().enumerate().find(|(i, _)| !assembly.placed.contains(i));
    if let Some((_, step)) = lost.filter(|_| !diags.has_errors()) {
        let name = step.name.as_deref().unwrap_or_default();
        let detail =
            format!("The step '{name}' is in a branch of a condition step that is in a branch of '{name}' itself.");
        diags.push(Diag::error("Invalid pipeline definition", detail).at(step.at.clone()));
    }
    document
}

struct Assembly<'a> {
    all: &'a [Step],
    places: &'a mut Places,
    placed: BTreeSet<usize>,
}

impl Assembly<'_> {
    fn list(&mut self, steps: &[usize], here: &Path) -> Json {
        steps.iter().enumerate().map(|(place, i)| self.step(*i, &here.index(place))).collect()
    }

    fn step(&mut self, i: usize, here: &Path) -> Json {
        let Some(step) = self.all.get(i).filter(|_| self.placed.insert(i)) else { return later() };
        self.places.push((here.clone(), step.at.clone()));
        let inside = |path: &Path| Path(here.0.iter().chain(&path.0).cloned().collect());
        self.places.extend(step.places.iter().map(|(json, attribute)| (inside(json), attribute.clone())));
        let mut json = step.json.clone();
        for (member, names) in &step.branches {
            let find = |(name, _): &(String, Path)| self.all.iter().position(|s| s.name.as_ref() == Some(name));
            let inner: Vec<usize> = names.iter().filter_map(find).collect();
            json["Arguments"][*member] = self.list(&inner, &here.attribute("Arguments").attribute(member));
        }
        json
    }
}

fn step(object: &Object, value: &Value, at: Path, types: &Types, diags: &mut Diags) -> Step {
    let name = value.attribute(Parameter::NAME).as_str().filter(|n| !markers::is_marked(n)).map(str::to_owned);
    let mut step = Step { name, at: at.clone(), json: later(), places: Places::new(), branches: Vec::new() };
    if value.is_unknown() {
        return step;
    }
    let root = Path::root();
    let mut members = plain(&only(object, &COMMON), value, (&at, &root), &mut step.places);
    let given = object.attributes.iter().filter(|a| !COMMON.contains(&a.name.as_ref()) && a.name != "type");
    let Some(given) = given.into_iter().find(|a| !value.attribute(&a.name).is_null()) else { return step };
    let (inner, here) = (resources::sent(&given.name, value.attribute(&given.name)), at.attribute(&given.name));
    let inner = inner.as_ref();
    if inner.is_unknown() {
        members.extend([("Type".to_owned(), later()), ("Arguments".to_owned(), later())]);
        step.json = Json::Object(members);
        return step;
    }
    let arguments_at = Path::of("Arguments");
    step.places.push((arguments_at.clone(), here.clone()));
    let form = match &given.kind {
        Kind::Nested(_, object) => object.clone(),
        Kind::Leaf(_) => Object::default(),
    };
    let request = REQUESTS.iter().find(|(attribute, _)| *attribute == given.name);
    let (kind, arguments) = match (given.name.as_ref(), request) {
        (_, Some((_, kind))) => {
            if given.name.ends_with("_check") {
                let check = only(&form, &CHECKS);
                let own = plain(&check, inner, (&here, &root), &mut step.places);
                // The SageMaker Python SDK writes null where no baseline is supplied.
                let supplied = check.attributes.iter().filter(|a| a.name.starts_with("supplied_"));
                members.extend(supplied.map(|a| (render::camel_case(&a.name), Json::Null)));
                members.extend(own);
            }
            let arguments = pipeline_definition::kind(kind);
            let arguments = arguments.map(|kind| render::request(kind, &form, inner, &here, &mut step.places));
            (json!(kind), arguments.unwrap_or_else(later))
        }
        ("condition", _) => {
            let conditions = inner.attribute(Condition::CONDITIONS);
            let (at, json) = (here.attribute(Condition::CONDITIONS), arguments_at.attribute("Conditions"));
            let conditions = conditions_of(conditions, (at, json), types, &mut step.places);
            let mut arguments = json!({ "Conditions": conditions });
            for (attribute, member) in [("if_steps", "IfSteps"), ("else_steps", "ElseSteps")] {
                let names = inner.attribute(attribute);
                if names.is_wholly_known() {
                    let names = names.as_elements().unwrap_or_default().iter().enumerate();
                    let names =
                        names.filter_map(|(i, n)| Some((n.as_str()?.to_owned(), here.attribute(attribute).index(i))));
                    step.branches.push((member, names.collect()));
                } else {
                    arguments[member] = later();
                }
            }
            (json!("Condition"), arguments)
        }
        ("arguments_json", _) => {
            let decoded = match inner.as_str().map(serde_json::from_str::<Json>) {
                None => Ok(later()),
                Some(Err(_)) => Err("must be a JSON document"),
                Some(Ok(document)) => markers::decode_all(document),
            };
            let decoded = decoded.unwrap_or_else(|e| {
                diags.push(
                    Diag::error("Invalid pipeline definition", format!("The attribute `{here}` {e}.")).at(here.clone()),
                );
                later()
            });
            step.places.push((Path::of("Type"), at.attribute("type")));
            (leaf(value.attribute("type")), decoded)
        }
        (name @ ("fail" | "emr"), _) => {
            let arguments = plain(&form, inner, (&here, &arguments_at), &mut step.places);
            (json!(if name == "emr" { "EMR" } else { "Fail" }), Json::Object(arguments))
        }
        ("emr_serverless", _) => {
            // Below it are the words of another service, which begin with small letters.
            const JOB: &str = "job_config";
            let rest: Vec<&str> = form.attributes.iter().map(|a| a.name.as_ref()).filter(|name| *name != JOB).collect();
            let mut arguments = plain(&only(&form, &rest), inner, (&here, &arguments_at), &mut step.places);
            if let Some(a) = form.attribute(JOB) {
                let at = (here.attribute(JOB), arguments_at.attribute("JobConfig"));
                let job = inner.attribute(JOB);
                let job = render::spelled(render::small_camel_case, &a.kind, job, at, &mut step.places);
                arguments.insert("JobConfig".to_owned(), job);
            }
            (json!("EMRServerless"), Json::Object(arguments))
        }
        (name, _) => {
            let mut own = plain(&form, inner, (&here, &root), &mut step.places);
            let arguments = own.remove("Arguments").unwrap_or_else(|| json!({}));
            members.extend(own);
            (json!(render::camel_case(name)), arguments)
        }
    };
    members.insert("Type".to_owned(), kind);
    members.insert("Arguments".to_owned(), arguments);
    step.json = Json::Object(members);
    step
}

fn conditions_of(value: &Value, (at, here): (Path, Path), types: &Types, places: &mut Places) -> Json {
    places.push((here.clone(), at.clone()));
    let Some(conditions) = value.as_elements() else { return later() };
    let each = conditions.iter().enumerate();
    each.map(|(i, c)| condition(c, (at.index(i), here.index(i)), types, places)).collect()
}

fn condition(value: &Value, (at, here): (Path, Path), types: &Types, places: &mut Places) -> Json {
    places.push((here.clone(), at.clone()));
    if value.is_unknown() {
        return later();
    }
    // A literal has the type of what it is compared with.
    let compared = |v: &Value, other: &str| {
        let other = leaf(value.attribute(other));
        v.as_str().map_or_else(|| leaf(v), |text| literal(text, type_of(&other, types)))
    };
    let mut members = Map::new();
    for (attribute, member, other) in [
        ("type", "Type", ""),
        ("left_value", "LeftValue", "right_value"),
        ("right_value", "RightValue", "left_value"),
        ("query_value", "QueryValue", ""),
        ("values", "Values", "query_value"),
        ("condition", "Condition", ""),
        ("conditions", "Conditions", ""),
    ] {
        let given = value.attribute(attribute);
        if given.is_null() {
            continue;
        }
        let place = (at.attribute(attribute), here.attribute(member));
        places.push((place.1.clone(), place.0.clone()));
        let json = match (attribute, given) {
            ("condition", inner) => condition(inner, place, types, places),
            ("conditions", inner) => conditions_of(inner, place, types, places),
            ("type", kind) => leaf(kind),
            ("values", Value::List(all)) => all.iter().map(|v| compared(v, other)).collect(),
            (_, v) => compared(v, other),
        };
        members.insert(member.to_owned(), json);
    }
    Json::Object(members)
}

/// The type of what a reference stands for, if it is known.
fn type_of<'a>(value: &Json, types: &'a Types) -> Option<&'a str> {
    if value.get("Std:Join").is_some() {
        return Some("String");
    }
    match value.get("Get")?.as_str()?.split_once('.')? {
        ("Parameters", name) => types.get(name).map(String::as_str),
        ("Execution", _) => Some("String"),
        _ => None,
    }
}

/// Some of an object's attributes.
fn only(object: &Object, names: &[&str]) -> Object {
    let attributes = object.attributes.iter().filter(|a| names.contains(&a.name.as_ref())).cloned();
    Object { attributes: attributes.collect(), rules: Vec::new() }
}
