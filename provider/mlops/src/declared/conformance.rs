//! Every declared resource against the API's own types: nothing that AWS takes is missing, nothing is made up.

use std::collections::{BTreeMap, BTreeSet};

use aws_smithy_schema::ShapeType;
use tfplug::schema::{Kind, Mode, Object, OnUpdate, Type};

use super::Declared;

fn all() -> Vec<&'static Declared> {
    crate::resources::DECLARED.to_vec()
}

/// Every leaf that creation and updates take, without the leading dot.
fn members(declared: &Declared) -> BTreeMap<String, ShapeType> {
    let operations = std::iter::once(&declared.create).chain(declared.updates.iter().map(|u| &u.operation));
    operations.flat_map(|o| (o.input)()).map(|(path, shape)| (path.trim_start_matches('.').to_owned(), shape)).collect()
}

/// The kind of attribute that stands for a member; None if there is none.
fn kind_at<'a>(object: &'a Object, path: &str) -> Option<&'a Kind> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(f, r)| (f, Some(r)));
    let name = first.trim_end_matches("[*]").trim_end_matches("{*}");
    let attribute = object.attributes.iter().find(|a| !a.provider_only && a.member_name() == name)?;
    match (&attribute.kind, rest) {
        (Kind::Nested(_, inner), Some(rest)) => kind_at(inner, rest),
        (kind, None) => Some(kind),
        (Kind::Leaf(_), Some(_)) => None,
    }
}

fn fits(shape: ShapeType, t: &Type) -> bool {
    match t {
        Type::List(t) | Type::Set(t) | Type::Map(t) => fits(shape, t),
        Type::String => matches!(shape, ShapeType::String | ShapeType::Timestamp | ShapeType::Blob),
        Type::Bool => shape == ShapeType::Boolean,
        Type::Number => matches!(
            shape,
            ShapeType::Integer | ShapeType::Long | ShapeType::Float | ShapeType::Double | ShapeType::Short
        ),
        _ => false,
    }
}

fn is_omitted(declared: &Declared, path: &str) -> bool {
    let bare = path.replace("[*]", "").replace("{*}", "");
    declared.omitted.iter().any(|(o, _)| bare == *o || bare.starts_with(&format!("{o}.")))
}

#[test]
fn every_member_of_the_api_is_an_attribute_or_omitted_with_a_reason() {
    let mut missing = Vec::new();
    for declared in all() {
        let object = (declared.schema)().object;
        for (path, shape) in members(declared) {
            match kind_at(&object, &path) {
                _ if is_omitted(declared, &path) => {}
                Some(Kind::Leaf(t)) if fits(shape, t) => {}
                found => missing.push(format!("{}: {path} ({shape:?}): {found:?}", declared.noun)),
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_attribute_has_a_member_in_the_api() {
    fn walk(object: &Object, prefix: &str, api: &BTreeSet<String>, made_up: &mut Vec<String>) {
        for a in object.attributes.iter().filter(|a| !a.provider_only && !a.tags && a.mode != Mode::Computed) {
            let path = format!("{prefix}{}", a.member_name());
            if !api.iter().any(|m| *m == path || m.starts_with(&format!("{path}."))) {
                made_up.push(path.clone());
            }
            if let Kind::Nested(_, inner) = &a.kind {
                walk(inner, &format!("{path}."), api, made_up);
            }
        }
    }
    for declared in all() {
        let api = members(declared).into_keys().map(|p| p.replace("[*]", "").replace("{*}", "")).collect();
        let mut made_up = Vec::new();
        walk(&(declared.schema)().object, "", &api, &mut made_up);
        assert!(made_up.is_empty(), "{}: no such members: {made_up:?}", declared.noun);
    }
}

#[test]
fn every_description_is_read_or_named_as_unread() {
    for declared in all() {
        let described: BTreeSet<String> = (declared.read.output)()
            .into_keys()
            .map(|p| p.trim_start_matches('.').split(['.', '[', '{']).next().unwrap_or_default().to_owned())
            .collect();
        for a in (declared.schema)().object.attributes.iter().filter(|a| !a.provider_only && !a.tags) {
            let member = a.member_name().split('.').next().unwrap_or_default();
            let unread = declared.unread.contains(&a.name.as_ref());
            assert_ne!(described.contains(member), unread, "{}: {}", declared.noun, a.name);
        }
        for status in declared.statuses.iter() {
            assert!(described.contains(status.member) && described.contains(status.reason), "{}", declared.noun);
        }
        assert!(described.contains(declared.arn_member), "{}: {}", declared.noun, declared.arn_member);
    }
}

#[test]
fn tables_name_attributes_that_exist() {
    for declared in all() {
        let schema = (declared.schema)();
        assert_eq!(schema.defects(), Vec::<String>::new(), "{}", declared.noun);
        for name in ["name", "name_prefix", "region", "arn", "tags", "tags_all"] {
            assert!(schema.object.attribute(name).is_some(), "{}: {name}", declared.noun);
        }
        for path in declared.filled.iter().chain(declared.unread) {
            let mut object = &schema.object;
            for step in path.split('.') {
                let attribute = object.attribute(step);
                assert!(attribute.is_some(), "{}: {path}", declared.noun);
                if let Some(Kind::Nested(_, inner)) = attribute.map(|a| &a.kind) {
                    object = inner;
                }
            }
        }
        let updated: BTreeSet<&str> = declared.updates.iter().flat_map(|u| u.send).copied().collect();
        for a in schema.object.attributes.iter().filter(|a| a.mode.is_configurable() && !a.provider_only && !a.tags) {
            assert_ne!(
                a.requires_replace,
                updated.contains(a.name.as_ref()),
                "{}: {} is either replaced or updated",
                declared.noun,
                a.name
            );
        }
    }
}

/// An update that asks AWS for nothing returns what was planned: nothing of it may be open then. And a plan that opens what
/// cannot change is noise.
#[test]
fn no_update_opens_what_it_does_not_touch() {
    for declared in all() {
        for a in (declared.schema)().object.attributes.iter().filter(|a| a.mode == Mode::Computed) {
            // `tags_all` is planned from the tags.
            let opened = a.on_update == OnUpdate::Unknown && a.name != "tags_all";
            assert!(!opened, "{}.{}: say that it keeps, or what it changes with", declared.noun, a.name);
            let OnUpdate::ChangesWith(others) = &a.on_update else { continue };
            let asks = |other: &str| {
                other == "wait_for_completion" || declared.updates.iter().any(|u| u.when.contains(&other))
            };
            let idle: Vec<_> = others.iter().filter(|other| !asks(other)).collect();
            assert!(idle.is_empty(), "{}.{}: {idle:?} alone makes AWS do nothing", declared.noun, a.name);
        }
    }
}
