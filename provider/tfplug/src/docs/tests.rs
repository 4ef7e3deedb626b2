use std::collections::BTreeMap;

use super::*;
use crate::model::{Model, Root, Set};
use crate::schema::{Attribute, Kind as AttributeKind, Nesting, Type};
use crate::validator::Validator;
use crate::value::Value;

/// A thing that is **good**.
///
/// It costs nothing.
#[derive(Model)]
#[tf(
    name = "thing",
    subcategory = "Things",
    timeouts(create = "1h30m"),
    identity("name", optional("region")),
    exactly_one_of("name", "name_prefix"),
    requires("region", "name"),
    deprecated = "use `mlops_other`"
)]
struct Thing {
    /// Its name, of [a kind](https://example.org)
    #[tf(optional, computed, requires_replace, validate(Validator::Length { min: 1, max: 63 }, Validator::Text { expected: "lower case", accepts: |_| true }))]
    name: Option<String>,
    /// The beginning of its name.
    #[tf(optional, requires_replace)]
    name_prefix: Option<String>,
    /// Where it is.
    #[tf(optional)]
    region: Option<String>,
    /// How many.
    #[tf(optional, computed, default = 5)]
    count: Option<i32>,
    /// Sizes.
    #[tf(required, validate(Validator::Range { min: 1, max: 9 }, Validator::Count { min: 1, max: 3 }))]
    sizes: Vec<i32>,
    /// How it is done:
    /// - `a` is fast;
    /// - `b` is cheap.
    #[tf(optional, computed, default = "a", validate(Validator::OneOf(&["a", "b"])))]
    how: Option<String>,
    /// A secret.
    #[tf(optional, write_only, sensitive, deprecated = "use none")]
    secret: Option<String>,
    /// Its parts.
    #[tf(required)]
    parts: Vec<Part>,
    /// At least two.
    #[tf(optional, validate(Validator::Range { min: 2, max: i64::MAX }))]
    many: Option<u32>,
    /// A share.
    #[tf(optional, validate(Validator::Range { min: 0, max: 1 }))]
    share: Option<f64>,
    /// Empty unless set.
    #[tf(optional, computed, default_value(Value::Map(BTreeMap::from([("k".to_owned(), Value::Bool(true)), ("l".to_owned(), Value::Null)]))))]
    switches: Option<BTreeMap<String, bool>>,
    /// Its ARN.
    #[tf(computed, use_state_for_unknown, planned)]
    arn: Option<String>,
    /// Its history.
    #[tf(computed, leaf)]
    history: Vec<Bolt>,
    #[tf(computed)]
    actual: Option<Bolt>,
}

#[derive(Model)]
#[tf(at_least_one_of("bolts", "weight"))]
struct Part {
    /// The bolts.
    #[tf(optional)]
    bolts: Option<Set<Bolt>>,
    /// In kilograms.
    #[tf(optional)]
    weight: Option<f64>,
}

/// A bolt.
#[derive(Model)]
struct Bolt {
    /// In millimetres.
    #[tf(required)]
    length: i64,
}

fn page() -> String {
    let extra = Extra {
        move_sources: vec!["other_thing", "old_thing"],
        example: Some("resource \"mlops_thing\" \"main\" {\n  sizes = [1]\n}\n".into()),
        import: Some("# The id is the name.\nterraform import mlops_thing.main my-thing\n".into()),
        notes: Some("## Lifecycle\n\nA change of `sizes` takes a minute.\n".into()),
        supplement: Supplement {
            unread: vec!["label".into(), "weight".into()],
            references: vec![("CreateThing".into(), "https://example.com/CreateThing".into())],
        },
    };
    render(Kind::Resource, "mlops", &Thing::schema(), &extra)
}

#[test]
fn a_resource_page_says_all_that_the_schema_says() {
    assert_eq!(page(), include_str!("thing.md"));
}

#[test]
fn every_link_to_a_nested_schema_has_its_anchor() {
    let page = page();
    let links: Vec<&str> = page.split("(#").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert_eq!(links.len(), 4, "{links:?}");
    for link in links {
        assert!(page.contains(&format!("<a id=\"{link}\"></a>")), "{link}");
    }
}

#[test]
fn each_kind_of_page_begins_with_what_the_registry_reads() {
    let function = Signature {
        name: "f".into(),
        summary: "Does it.".into(),
        description: "Does it.".into(),
        parameters: vec![],
        variadic: None,
        result: Type::String,
    };
    let kinds = [Kind::Resource, Kind::DataSource, Kind::EphemeralResource, Kind::ListResource, Kind::Action];
    let extra = Extra::default();
    let mut pages: Vec<String> = kinds.map(|kind| render(kind, "mlops", &Thing::schema(), &extra)).into();
    pages.push(render_function("mlops", &function, &extra));
    let provider = render_provider("mlops", &Thing::schema(), &extra);
    let keys = |page: &str| -> Vec<String> {
        let front = page.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n\n#")).unwrap().0.to_owned();
        let top = front.lines().filter(|line| !line.starts_with(' '));
        top.map(|line| line.split_once(": ").unwrap().0.to_owned()).collect()
    };
    for page in &pages {
        assert_eq!(keys(page), ["page_title", "subcategory", "description"], "{page}");
    }
    assert_eq!(keys(&provider), ["page_title", "description"], "the provider has no place in a group");
}

#[test]
fn a_data_source_has_no_import() {
    let extra = Extra { import: Some("terraform import x y".into()), ..Extra::default() };
    let page = render(Kind::DataSource, "mlops", &Thing::schema(), &extra);
    assert!(
        page.starts_with("---\npage_title: \"mlops_thing Data Source - mlops\"\nsubcategory: \"Things\"\n"),
        "{page}"
    );
    assert!(!page.contains("## Import") && !page.contains("## Example Usage"));
}

#[test]
fn a_function_page_shows_how_to_call_it() {
    let parameter = |name: &'static str, kind, allow_null| Parameter {
        name: name.into(),
        kind,
        description: format!("The {name}.").into(),
        allow_null,
    };
    let signature = Signature {
        name: "s3_uri".into(),
        summary: "Builds a URI.".into(),
        description: "Builds a URI from its parts.".into(),
        parameters: vec![parameter("bucket", Type::String, false), parameter("sizes", Type::Number.list(), true)],
        variadic: Some(parameter("keys", Type::String, false)),
        result: Type::String,
    };
    let extra = Extra { example: Some("output \"x\" {}".into()), ..Extra::default() };
    let expected = "\
---
page_title: \"s3_uri function - mlops\"
subcategory: \"\"
description: |-
  Builds a URI.
---

# function: s3_uri

Builds a URI from its parts.

## Example Usage

```terraform
output \"x\" {}
```

## Signature

```text
s3_uri(bucket string, sizes list of number, keys string...) string
```

## Arguments

1. `bucket` (String) The bucket.
1. `sizes` (List of Number, Nullable) The sizes.
1. `keys` (Variadic, String) The keys.
";
    assert_eq!(render_function("mlops", &signature, &extra), expected);
}

#[test]
fn pages_on_disk_are_brought_up_to_date_and_guides_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let page = |path: &str, content: &str| Page { path: path.into(), content: content.into() };
    let (index, a) = (page("index.md", "index"), page("resources/a.md", "a"));
    let both = [index.clone(), a.clone()];
    assert_eq!(write_or_check(dir.path(), &both, true).unwrap(), ["index.md", "resources/a.md"]);
    assert!(!dir.path().join("index.md").exists(), "checking writes nothing");
    write_or_check(dir.path(), &both, false).unwrap();
    assert_eq!(write_or_check(dir.path(), &both, true).unwrap(), Vec::<String>::new());

    std::fs::create_dir(dir.path().join("guides")).unwrap();
    std::fs::write(dir.path().join("guides/start.md"), "by hand").unwrap();
    let changed = [page("index.md", "new index")];
    assert_eq!(write_or_check(dir.path(), &changed, true).unwrap(), ["index.md", "resources/a.md"]);
    assert!(dir.path().join("resources/a.md").exists());
    assert_eq!(write_or_check(dir.path(), &changed, false).unwrap(), ["index.md", "resources/a.md"]);
    assert!(!dir.path().join("resources/a.md").exists(), "stale pages are removed");
    assert_eq!(std::fs::read_to_string(dir.path().join("index.md")).unwrap(), "new index");
    assert_eq!(std::fs::read_to_string(dir.path().join("guides/start.md")).unwrap(), "by hand");
}

/// What many have.
#[derive(Model)]
struct Much {
    /// A.
    #[tf(required)]
    a: String,
    /// B.
    #[tf(optional)]
    b: Option<String>,
    /// C.
    #[tf(optional)]
    c: Option<String>,
    /// D.
    #[tf(optional)]
    d: Option<String>,
    /// E.
    #[tf(optional)]
    e: Option<String>,
    /// F.
    #[tf(optional)]
    f: Option<String>,
    /// G.
    #[tf(optional)]
    g: Option<Little>,
}

/// What fits into a few lines.
#[derive(Model)]
struct Little {
    /// X.
    #[tf(optional)]
    x: Option<String>,
}

/// Objects of the same kind.
#[derive(Model)]
struct Twice {
    #[tf(optional)]
    first: Option<Much>,
    #[tf(optional)]
    second: Option<Vec<Much>>,
    #[tf(optional)]
    small: Option<Little>,
    #[tf(optional)]
    smaller: Option<Little>,
}

#[test]
fn what_was_said_of_an_object_is_not_said_again() {
    let mut page = String::new();
    describe(&mut page, &Twice::object());
    let section = |name: &str| {
        let (_, rest) = page.split_once(&format!("### Nested Schema for `{name}`\n")).unwrap();
        rest.split("\n<a id=").next().unwrap().trim().to_owned()
    };
    assert_eq!(section("second"), "The same as [`first`](#nestedatt--first).");
    assert!(section("first").contains("- `f` (String) F.") && section("first.g").contains("- `x` (String) X."));
    assert!(!page.contains("`second.g`"), "{page}");
    assert_eq!(section("smaller"), section("small"), "a few lines are said where they belong");
    assert!(section("small").contains("- `x` (String) X."));
}

#[test]
fn many_attributes_that_another_object_has_are_named_only() {
    let attributes = |names: std::ops::Range<char>, own: &str| {
        let mut schema = Twice::object();
        let template = Little::object().attributes.remove(0);
        schema.attributes = names.map(|n| Attribute { name: format!("{n}_a").into(), ..template.clone() }).collect();
        schema.attributes.push(Attribute { name: own.to_owned().into(), ..template });
        schema
    };
    let page = |last: char| {
        let mut all = Twice::object();
        all.attributes.retain(|a| matches!(&*a.name, "first" | "small"));
        all.attributes[0].kind = AttributeKind::Nested(Nesting::Single, attributes('a'..last, "own"));
        all.attributes[1].kind = AttributeKind::Nested(Nesting::Single, attributes('a'..last, "other"));
        let mut page = String::new();
        describe(&mut page, &all);
        page
    };
    let long = page('g');
    assert_eq!(long.matches("- `a_a` (String) X.").count(), 1, "{long}");
    let again = "- `a_a`, `b_a`, `c_a`, `d_a`, `e_a` and `f_a`: the same as in [`first`](#nestedatt--first).";
    assert!(long.contains(again), "{long}");
    assert!(long.contains("- `other` (String) X."));
    assert_eq!(page('f').matches("- `a_a` (String) X.").count(), 2, "a few lines may be repeated");
}
