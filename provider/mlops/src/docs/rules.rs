//! What every page must say, tested on every declaration: the generator prints what a declaration has, and these fail on one that
//! has it not.

use tfplug::resource::Provider;
use tfplug::schema::{Attribute, Kind, Mode, Nesting, Object, Type};
use tfplug::value::Value;

use crate::Mlops;

fn each<'a>(object: &'a Object, path: &str, look: &mut impl FnMut(&'a Attribute, &str)) {
    for attribute in object.attributes.iter().filter(|a| a.mode.is_configurable()) {
        let path = format!("{path}.{}", attribute.name);
        look(attribute, &path);
        if let Kind::Nested(_, inner) = &attribute.kind {
            each(inner, &path, look);
        }
    }
}

/// The arguments of everything that the provider offers, by their paths, for which a rule is broken.
fn lacking(rule: impl Fn(&Attribute) -> bool) -> Vec<String> {
    let resources = Mlops.resources().into_iter().map(|resource| resource.schema());
    let schemas = resources.chain(Mlops.data_sources().into_iter().map(|data| data.schema())).chain([Mlops.schema()]);
    let (mut found, mut seen) = (Vec::new(), 0);
    for schema in schemas {
        each(&schema.object, &schema.name, &mut |attribute, path| {
            seen += 1;
            if !rule(attribute) {
                found.push(path.to_owned());
            }
        });
    }
    assert!(seen > 1000, "only {seen} arguments were found");
    found
}

fn is_text(kind: &Kind) -> bool {
    let Kind::Leaf(Type::String | Type::List(_) | Type::Set(_)) = kind else { return false };
    true
}

#[test]
fn every_argument_that_takes_an_arn_shows_one_of_its_kind() {
    let shows = |a: &Attribute| a.validators.iter().any(|v| v.expected().contains("such as `arn:"));
    let takes = |a: &Attribute| is_text(&a.kind) && (a.name.ends_with("_arn") || a.name.ends_with("_arns"));
    let mut found = lacking(|a| !takes(a) || shows(a));
    // Its values may be references that only an execution resolves.
    found.retain(|path| !path.starts_with("pipeline_definition."));
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn every_computed_collection_of_a_resource_says_when_it_is_empty() {
    let is_collection = |kind: &Kind| {
        matches!(
            kind,
            Kind::Leaf(Type::List(_) | Type::Map(_) | Type::Set(_))
                | Kind::Nested(Nesting::List | Nesting::Map | Nesting::Set, _)
        )
    };
    let words = ["empty", "null", "none", " no "];
    let mut seen = 0;
    let mut silent = Vec::new();
    for schema in Mlops.resources().into_iter().map(|resource| resource.schema()) {
        // What all resources with tags have is explained at `tags`.
        let computed = schema.object.attributes.iter().filter(|a| a.mode == Mode::Computed && a.name != "tags_all");
        for attribute in computed.filter(|a| is_collection(&a.kind)) {
            seen += 1;
            let text = attribute.description.to_lowercase();
            if !words.iter().any(|word| text.contains(word)) {
                silent.push(format!("{}.{}", schema.name, attribute.name));
            }
        }
    }
    assert_eq!(silent, Vec::<String>::new());
    assert!(seen > 10, "only {seen} were found");
}

#[test]
fn a_default_in_prose_is_the_default_of_the_declaration() {
    let same = |a: &Attribute| {
        let told = a.description.split_once("Defaults to ").map(|(_, rest)| rest.replace('`', ""));
        match (&a.default, told) {
            (Some(Value::Bool(value)), Some(told)) => told.starts_with(&value.to_string()),
            (Some(Value::Number(value)), Some(told)) => told.replace(',', "").starts_with(&value.to_string()),
            (Some(Value::String(value)), Some(told)) => told.starts_with(value.as_str()),
            _ => true,
        }
    };
    assert_eq!(lacking(same), Vec::<String>::new());
}

#[test]
fn every_optional_switch_says_what_it_is_unless_set() {
    let told = |a: &Attribute| {
        let text = a.description.to_lowercase();
        a.default.is_some() || ["default", "unless", "not set", "without it"].iter().any(|word| text.contains(word))
    };
    let optional = |a: &Attribute| matches!(a.kind, Kind::Leaf(Type::Bool)) && a.mode != Mode::Required;
    assert_eq!(lacking(|a| !optional(a) || told(a)), Vec::<String>::new());
}

#[test]
fn what_replaces_by_its_content_says_so() {
    let says =
        |a: &Attribute| ["runs a new", "starts a new", "replaces"].iter().any(|words| a.description.contains(words));
    let is_content = |a: &Attribute| a.name == "source_code" || a.name == "triggers";
    assert_eq!(lacking(|a| !is_content(a) || says(a)), Vec::<String>::new());
}
