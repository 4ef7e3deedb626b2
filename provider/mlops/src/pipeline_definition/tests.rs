//! Definitions that the SageMaker Python SDK wrote are sound, and each way to spoil them is found where it is.

use std::collections::BTreeSet;

use aws_smithy_schema::serde::{SerdeError, ShapeDeserializer};
use aws_smithy_schema::{Schema, ShapeType};
use serde_json::Value as Json;
use tfplug::diag::Severity;
use tfplug::value::{Path, Step};

use super::leaves::leaves;
use super::steps::KINDS;
use super::{check, check_document, diags, enums, later};

/// What the SageMaker Python SDK made of pipelines of this project's own; the local AWS's tests have them, too.
pub(crate) const DEFINITIONS: [(&str, &str); 5] = [
    ("full", include_str!("../../../../acceptance-tests/aws-local/tests/definitions/sdk2-2.257.7-full.json")),
    ("checks", include_str!("../../../../acceptance-tests/aws-local/tests/definitions/sdk2-2.257.7-checks.json")),
    ("legacy", include_str!("../../../../acceptance-tests/aws-local/tests/definitions/sdk2-2.257.7-legacy.json")),
    ("automl", include_str!("../../../../acceptance-tests/aws-local/tests/definitions/sdk2-2.257.7-automl.json")),
    (
        "train-eval-condition",
        include_str!("../../../../acceptance-tests/aws-local/tests/definitions/sdk3-3.27.0-train-eval-condition.json"),
    ),
];
const MUTATIONS: &str = include_str!("../../../../acceptance-tests/aws-local/tests/definition_mutations.json");

#[test]
fn what_an_sdk_wrote_is_sound() {
    for (name, text) in DEFINITIONS {
        assert_eq!(check(text), [], "{name}");
    }
}

fn at<'a>(value: &'a mut Json, steps: &[Step]) -> &'a mut Json {
    steps.iter().fold(value, |value, step| match step {
        Step::Attribute(name) => &mut value[name.as_str()],
        Step::Index(i) => {
            let elements = value.as_array_mut().unwrap();
            if elements.len() == *i {
                elements.push(Json::Null);
            }
            &mut elements[*i]
        }
        _ => panic!("{step:?}"),
    })
}

/// A definition with one change, and where it was made.
fn mutated(mutation: &Json) -> (Json, Path) {
    let (_, text) = DEFINITIONS.iter().find(|(name, _)| mutation["of"] == *name).unwrap();
    let mut definition: Json = serde_json::from_str(text).unwrap();
    let path = Path::parse(mutation["at"].as_str().unwrap());
    let (last, parent) = path.0.split_last().unwrap();
    let mut place = path.clone();
    match mutation["op"].as_str().unwrap() {
        "set" => *at(&mut definition, &path.0) = mutation["value"].clone(),
        op => {
            let Step::Attribute(member) = last else { panic!("{path}") };
            let parent = at(&mut definition, parent).as_object_mut().unwrap();
            let value = parent.remove(member).unwrap();
            if op == "rename" {
                let name = mutation["value"].as_str().unwrap();
                parent.insert(name.to_owned(), value);
                place.0.pop();
                place = place.attribute(name);
            }
        }
    }
    match mutation["place"].as_str().unwrap() {
        "" => {}
        "." => place = Path::root(),
        other => place = Path::parse(other),
    }
    (definition, place)
}

#[test]
fn each_mutation_is_found_where_it_is_or_is_none_to_aws() {
    let mutations: Vec<Json> = serde_json::from_str(MUTATIONS).unwrap();
    for name in ["full", "checks", "legacy", "train-eval-condition"] {
        assert!(mutations.iter().filter(|m| m["of"] == name).count() >= 20, "{name}");
    }
    let mut wrong = Vec::new();
    for mutation in &mutations {
        let (definition, place) = mutated(mutation);
        let findings = check_document(&definition);
        let severity = match mutation["outcome"].as_str().unwrap() {
            "nothing" => None,
            "warning" => Some(Severity::Warning),
            _ => Some(Severity::Error),
        };
        let says = mutation["says"].as_str().unwrap();
        let here = findings.iter().any(|f| f.path == place && Some(f.severity) == severity && f.message.contains(says));
        // What a mutation breaks elsewhere is found there.
        let elsewhere = findings.iter().filter(|f| f.path != place).count() > 0 && mutation.get("elsewhere").is_none();
        if (severity.is_some() != here) || (severity.is_none() && !findings.is_empty()) || elsewhere {
            wrong.push(format!("{mutation}\n    -> {findings:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), mutations.len(), wrong.join("\n"));
}

#[test]
fn lines_and_paths_are_in_the_diagnostics() {
    let text = DEFINITIONS[0].1.replacen("\"HyperParameters\"", "\"HyperParameterz\"", 1);
    let findings = check(&text);
    let line = text.lines().position(|l| l.contains("HyperParameterz")).unwrap() + 1;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].line, Some(line));
    let reported = diags(&findings, &Path::of("definition"));
    assert_eq!(reported.0[0].path, Path::of("definition"));
    let place = format!("At `Steps[1].Arguments.HyperParameterz` (line {line}): Unknown Argument member");
    assert!(reported.0[0].detail.starts_with(&place), "{reported}");
    let compact = serde_json::from_str::<Json>(&text).unwrap().to_string();
    assert_eq!(check(&compact)[0].line, None);
    assert!(
        diags(&check(&compact), &Path::root()).0[0].detail.starts_with("At `Steps[1].Arguments.HyperParameterz`: ")
    );
}

#[test]
fn text_that_is_no_definition() {
    for (text, says, line) in [
        ("", "not a JSON document", None),
        ("{\"Steps\": [}", "not a JSON document", None),
        ("{\n\"Steps\":\n [}", "not a JSON document", Some(3)),
        ("[]", "Expecting start of Json Object", None),
        ("null", "Expecting start of Json Object", None),
        (&format!("\"{}\"", "x".repeat(1_048_576)), "AWS allows 1048576", None),
        (&"[".repeat(1000), "not a JSON document", None),
    ] {
        let findings = check(text);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].message.contains(says) && findings[0].line == line, "{findings:?}");
    }
}

/// Whatever is known only after the apply is neither wrong itself nor makes anything else wrong.
#[test]
fn what_is_not_known_yet_is_not_wrong() {
    fn places(value: &Json, path: &Path, found: &mut Vec<Path>) {
        found.push(path.clone());
        match value {
            Json::Object(o) => o.iter().for_each(|(k, v)| places(v, &path.attribute(k), found)),
            Json::Array(a) => a.iter().enumerate().for_each(|(i, v)| places(v, &path.index(i), found)),
            _ => {}
        }
    }
    for (name, text) in DEFINITIONS {
        let definition: Json = serde_json::from_str(text).unwrap();
        let mut found = Vec::new();
        places(&definition["Steps"], &Path::of("Steps"), &mut found);
        places(&definition["Parameters"], &Path::of("Parameters"), &mut found);
        // What is inside of a function is made by the provider's own functions.
        found.retain(|p| !p.0.iter().any(|s| matches!(s, Step::Attribute(a) if a.starts_with("Std:") || a == "Get")));
        assert!(found.len() > 50);
        for path in found {
            let mut definition = definition.clone();
            *at(&mut definition, &path.0) = later();
            let findings = check_document(&definition);
            assert!(findings.is_empty(), "{name} {path}: {findings:?}");
        }
    }
}

/// Gives every leaf a text that is no value of any enum but one, which the SDK then shows to be one.
struct Junk<'a> {
    member: String,
    found: &'a mut BTreeSet<String>,
    structures: &'a mut Vec<String>,
    given: (&'a str, &'a str),
}

type Result<T = ()> = std::result::Result<T, SerdeError>;

impl ShapeDeserializer for Junk<'_> {
    fn read_struct(
        &mut self,
        schema: &Schema<'_>,
        read: &mut dyn FnMut(&Schema<'_>, &mut dyn ShapeDeserializer) -> Result,
    ) -> Result {
        let id = schema.shape_id().as_str().to_owned();
        self.structures.push(id.clone());
        assert_eq!(self.structures.iter().filter(|s| **s == id).count(), 1, "{id} contains itself");
        for m in schema.members() {
            let id = m.shape_id().as_str();
            let member = id.split_once('#').map_or(id, |(_, id)| id).to_owned();
            drop(read(m, &mut Junk { member, found: self.found, structures: self.structures, given: self.given }));
        }
        self.structures.pop();
        Ok(())
    }

    fn read_list(&mut self, _: &Schema<'_>, read: &mut dyn FnMut(&mut dyn ShapeDeserializer) -> Result) -> Result {
        read(self)
    }

    fn read_map(
        &mut self,
        _: &Schema<'_>,
        read: &mut dyn FnMut(String, &mut dyn ShapeDeserializer) -> Result,
    ) -> Result {
        read("key".to_owned(), self)
    }

    fn read_string(&mut self, _: &Schema<'_>) -> Result<String> {
        self.found.insert(self.member.clone());
        Ok(if self.given.0 == self.member { self.given.1.to_owned() } else { String::new() })
    }

    leaves! {
        read_boolean: Boolean, bool;
        read_byte: Byte, i8;
        read_short: Short, i16;
        read_integer: Integer, i32;
        read_long: Long, i64;
        read_float: Float, f32;
        read_double: Double, f64;
    }
}

impl Junk<'_> {
    fn leaf(&mut self, _: &Schema<'_>, _: ShapeType) {}
}

/// The table of enums is that of the SDK: it has all of them, and each with values that the SDK knows.
#[test]
fn the_enums_are_those_of_the_requests() {
    use aws_sdk_sagemaker::operation as api;
    let requests: [fn(&mut dyn ShapeDeserializer) -> String; 10] = [
        |d| format!("{:?}", api::create_processing_job::CreateProcessingJobInput::deserialize(d)),
        |d| format!("{:?}", api::create_training_job::CreateTrainingJobInput::deserialize(d)),
        |d| format!("{:?}", api::create_hyper_parameter_tuning_job::CreateHyperParameterTuningJobInput::deserialize(d)),
        |d| format!("{:?}", api::create_auto_ml_job::CreateAutoMlJobInput::deserialize(d)),
        |d| format!("{:?}", api::create_transform_job::CreateTransformJobInput::deserialize(d)),
        |d| format!("{:?}", api::create_model::CreateModelInput::deserialize(d)),
        |d| format!("{:?}", api::create_model_package::CreateModelPackageInput::deserialize(d)),
        |d| format!("{:?}", api::create_endpoint_config::CreateEndpointConfigInput::deserialize(d)),
        |d| format!("{:?}", api::create_endpoint::CreateEndpointInput::deserialize(d)),
        |d| format!("{:?}", api::create_inference_component::CreateInferenceComponentInput::deserialize(d)),
    ];
    let mut names = BTreeSet::new();
    for kind in KINDS.iter().filter(|k| k.name != "QualityCheck" && k.name != "ClarifyCheck") {
        if let Some(request) = kind.request {
            let mut found = BTreeSet::new();
            let top = Top(&mut found);
            request(&mut { top });
            names.extend(found);
        }
    }
    let mut enums = BTreeSet::new();
    let mut tops = BTreeSet::new();
    for request in requests {
        let mut found = BTreeSet::new();
        let mut given = |member: &str, text: &str| {
            let structures = &mut Vec::new();
            request(&mut Junk { member: String::new(), found: &mut found, structures, given: (member, text) })
        };
        drop(given("", ""));
        for member in found.clone() {
            let given = |text: &str| {
                let (found, structures) = (&mut BTreeSet::new(), &mut Vec::new());
                let read = request(&mut Junk { member: String::new(), found, structures, given: (&member, text) });
                read.contains(&format!("UnknownVariantValue({text:?})"))
            };
            if given("zz-junk") {
                let (name, values) = enums::of(&member).unwrap_or_else(|| panic!("{member} is missing"));
                let unknown: Vec<_> = values.iter().filter(|v| given(v)).collect();
                assert!(unknown.is_empty(), "{member} is no {name}: {unknown:?}");
                enums.insert(member);
            }
        }
        request(&mut Top(&mut tops));
    }
    assert_eq!(names, tops, "each request is tried");
    let listed: BTreeSet<String> = enums::members().map(str::to_owned).collect();
    assert_eq!(listed, enums);
}

/// The name of the outermost structure.
struct Top<'a>(&'a mut BTreeSet<String>);

impl ShapeDeserializer for Top<'_> {
    fn read_struct(
        &mut self,
        schema: &Schema<'_>,
        _: &mut dyn FnMut(&Schema<'_>, &mut dyn ShapeDeserializer) -> Result,
    ) -> Result {
        self.0.insert(schema.shape_id().as_str().to_owned());
        Ok(())
    }

    fn read_list(&mut self, _: &Schema<'_>, _: &mut dyn FnMut(&mut dyn ShapeDeserializer) -> Result) -> Result {
        Ok(())
    }

    fn read_map(&mut self, _: &Schema<'_>, _: &mut dyn FnMut(String, &mut dyn ShapeDeserializer) -> Result) -> Result {
        Ok(())
    }

    leaves!();
}

impl Top<'_> {
    fn leaf(&mut self, _: &Schema<'_>, _: ShapeType) {}
}
