//! Every declared resource against the API's own types: nothing that AWS takes is missing, nothing is made up.

use std::collections::{BTreeMap, BTreeSet};

use aws_smithy_schema::ShapeType;
use tfplug::plan::Plan;
use tfplug::schema::{Attribute, Kind, Mode, Nesting, Object, OnUpdate, Schema, Type};
use tfplug::value::Value;

use crate::aws::operation::Operation;
use crate::engine::key::GivenBy;
use crate::engine::shape::EVERYTHING;
use crate::engine::{Activity, Clear, Declared, Delete, Held};

fn all() -> Vec<&'static Declared> {
    super::DECLARED.to_vec()
}

/// Every leaf that creation, updates and the writing of parts take, without the leading dot, but for what the engine sends.
fn members(declared: &Declared) -> BTreeMap<String, ShapeType> {
    let object = (declared.schema)().object.clone();
    let own = |operation: &Operation, engine: Vec<String>| {
        let engine: BTreeSet<String> = engine.into_iter().chain(operation.token.map(str::to_owned)).collect();
        let all = (operation.input)().into_iter().map(|(path, shape)| (path.trim_start_matches('.').to_owned(), shape));
        let first = |path: &str| path.split(['.', '[', '{']).next().unwrap_or_default().to_owned();
        all.filter(move |(path, _)| !engine.contains(&first(path))).collect::<Vec<_>>()
    };
    let create = &declared.create.operation;
    let given = declared.key.given_by == GivenBy::User;
    let key = if given { declared.key.members(create, &object) } else { Vec::new() };
    let tags = declared.tags.map(|t| t.sent_as.to_owned());
    let mut all = own(create, key.into_iter().chain(tags.clone()).collect());
    for by in declared.updates {
        let cleared = by.clear.iter().filter_map(|c: &Clear| c.flag).map(str::to_owned);
        let deltas = by.deltas.iter().flat_map(|d| [Some(d.added), d.removed]).flatten().map(str::to_owned);
        let keys = declared.key.members(&by.operation, &object).into_iter();
        all.extend(own(&by.operation, keys.chain(cleared).chain(deltas).chain(tags.clone()).collect()));
    }
    for part in declared.parts {
        all.extend(own(&part.write, declared.key.members(&part.write, &object)));
    }
    for companions in declared.companions {
        let own = own(&companions.write, declared.key.members(&companions.write, &object)).into_iter();
        all.extend(own.map(|(path, shape)| (format!("{}[*].{path}", companions.attribute), shape)));
    }
    for collection in declared.collections {
        let key = declared.key.members(&collection.write, &object).into_iter().chain([collection.by.to_owned()]);
        let own = own(&collection.write, key.collect()).into_iter().filter(|(path, _)| !is_omitted(declared, path));
        all.extend(own.map(|(path, shape)| (format!("{}{{*}}.{path}", collection.attribute), shape)));
    }
    all.into_iter().collect()
}

/// The kind of attribute that stands for a member; None if there is none.
fn kind_at<'a>(object: &'a Object, path: &str) -> Option<&'a Kind> {
    let steps: Vec<&str> = path.split('.').collect();
    let names: Vec<&str> = steps.iter().map(|s| s.trim_end_matches("[*]").trim_end_matches("{*}")).collect();
    // An attribute may stand for a member of a structure: `target.arn`.
    let depth = |a: &Attribute| a.member_name().split('.').count();
    let stands = |a: &Attribute| names.get(..depth(a)).is_some_and(|first| first.join(".") == a.member_name());
    let attribute = object.attributes.iter().find(|a| !a.provider_only && stands(a))?;
    match (&attribute.kind, &steps[depth(attribute)..]) {
        (kind, []) => Some(kind),
        (Kind::Nested(_, inner), rest) => kind_at(inner, &rest.join(".")),
        (Kind::Leaf(_), _) => None,
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

/// Whether a member is left out of a resource for a reason.
pub(crate) fn is_omitted(declared: &Declared, path: &str) -> bool {
    let bare = path.replace("[*]", "").replace("{*}", "");
    declared.omitted.iter().any(|(o, _)| bare == *o || bare.starts_with(&format!("{o}.")))
}

#[test]
fn every_member_of_the_api_is_an_attribute_or_omitted_with_a_reason() {
    let mut missing = Vec::new();
    for declared in all() {
        let object = (declared.schema)().object.clone();
        for (path, shape) in members(declared) {
            match kind_at(&object, &path) {
                _ if is_omitted(declared, &path) => {}
                Some(Kind::Leaf(t)) if fits(shape, t) => {}
                Some(Kind::Nested(_, inner)) if shape == ShapeType::Structure && inner.attributes.is_empty() => {}
                found => missing.push(format!("{}: {path} ({shape:?}): {found:?}", declared.noun)),
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// The attribute that says whether something is to run; starting and stopping bring it about.
fn power_status(declared: &Declared) -> Option<&'static str> {
    matches!(declared.activity, Activity::Power(_)).then(|| declared.statuses.first().map(|s| s.member))?
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
        let mut object = (declared.schema)().object.clone();
        object.attributes.retain(|a| Some(a.name.as_ref()) != power_status(declared));
        let mut made_up = Vec::new();
        walk(&object, "", &api, &mut made_up);
        assert!(made_up.is_empty(), "{}: no such members: {made_up:?}", declared.noun);
    }
}

/// The members of a description, without the structure that it is in.
fn described(declared: &Declared) -> BTreeSet<String> {
    let bare = |path: String| path.replace("[*]", "").replace("{*}", "").trim_start_matches('.').to_owned();
    let within = declared.read.within.and_then(|path| path.split('[').next()).unwrap_or_default();
    let inside = |path: String| match within {
        "" => Some(path),
        within => path.strip_prefix(within)?.strip_prefix('.').map(str::to_owned),
    };
    (declared.read.operation.output)().into_keys().map(bare).filter_map(inside).collect()
}

fn has(described: &BTreeSet<String>, path: &str) -> bool {
    described.iter().any(|m| m == path || m.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

#[test]
fn every_description_is_read_or_named_as_not_described() {
    for declared in all() {
        let described = described(declared);
        let parts = declared.parts.iter().map(|p| p.attribute).chain(declared.listed.iter().map(|l| l.attribute));
        let parts = parts.chain(declared.companions.iter().map(|c| c.attribute));
        let parts: Vec<&str> = parts.chain(declared.collections.iter().map(|c| c.attribute)).collect();
        for a in (declared.schema)().object.attributes.iter().filter(|a| !a.provider_only && !a.tags) {
            if declared.key.attribute == a.name || parts.contains(&a.name.as_ref()) {
                continue;
            }
            let renamed = declared.described_as.iter().find(|(path, _)| *path == a.name).map(|(_, member)| *member);
            let member = renamed.unwrap_or_else(|| a.member_name());
            // With another name, too, it is what an import is shown.
            let not_described = renamed.is_none() && declared.not_described.contains(&a.name.as_ref());
            assert_ne!(has(&described, member), not_described, "{}: {}", declared.noun, a.name);
        }
        for status in declared.statuses.iter().chain(declared.occupied) {
            let reason = status.reason.is_none_or(|member| has(&described, member));
            assert!(has(&described, status.member) && reason, "{}", declared.noun);
        }
        for member in [declared.create.arn, declared.read.created].into_iter().flatten() {
            assert!(has(&described, member), "{}: {member}", declared.noun);
        }
    }
}

/// An attribute that the description has under another name is there under that name, and not under its own.
#[test]
fn what_is_described_otherwise_is_described_so() {
    fn find<'a>(object: &'a Object, path: &[&str], at: String) -> Option<(String, &'a str)> {
        let (first, rest) = path.split_first()?;
        let attribute = object.attribute(first)?;
        match (&attribute.kind, rest) {
            (_, []) => Some((at, attribute.member_name())),
            (Kind::Nested(_, inner), rest) => find(inner, rest, format!("{at}{}.", attribute.member_name())),
            _ => None,
        }
    }
    for declared in all() {
        let described = described(declared);
        for (path, member) in declared.described_as {
            let steps: Vec<&str> = path.split('.').collect();
            let object = (declared.schema)().object.clone();
            let (at, own) = find(&object, &steps, String::new()).expect(path);
            assert!(has(&described, &format!("{at}{member}")), "{}: {at}{member}", declared.noun);
            assert!(!has(&described, &format!("{at}{own}")), "{}: {at}{own} is described as such", declared.noun);
        }
    }
}

#[test]
fn tables_name_attributes_that_exist() {
    for declared in all() {
        let schema = (declared.schema)();
        assert_eq!(schema.defects(), Vec::<String>::new(), "{}", declared.noun);
        let tags: &[&str] = if declared.tags.is_some() { &["tags", "tags_all"] } else { &[] };
        let updates = declared.updates.iter();
        let named = updates.clone().flat_map(|u| u.send.iter().chain(u.when).copied());
        let changed =
            updates.flat_map(|u| u.clear.iter().map(|c| c.attribute).chain(u.deltas.iter().map(|d| d.attribute)));
        // AWS gives some kinds no ARN.
        let has_arn = declared.create.arn.is_some() || declared.arn.names(&declared.key);
        let own = declared.key.attributes().chain(["region"]).chain(has_arn.then_some("arn"));
        let own = own.chain(declared.parts.iter().map(|p| p.attribute));
        let own = own.chain(declared.resume.map(|r| r.times));
        let own = own.chain(declared.absence.iter().map(|a| a.by));
        let own = own.chain(declared.untagged).chain(declared.listed.iter().map(|l| l.attribute));
        let logs = declared.logs.map(|_| "delete_logs").or(declared.runs.map(|_| "delete_logs"));
        let scripts = declared.scripts.map(|_| "source_code");
        let named = named.map(|path| path.split('.').next().unwrap_or(path));
        for name in own.chain(tags.iter().copied()).chain(named).chain(changed).chain(logs).chain(scripts) {
            assert!(schema.object.attribute(name).is_some(), "{}: {name}", declared.noun);
        }
        let paths = declared.server_defaults.iter().chain(declared.not_described).copied();
        for path in paths.chain(declared.described_as.iter().map(|(path, _)| *path)) {
            let mut object = &schema.object;
            for step in path.split('.').filter(|step| *step != EVERYTHING) {
                let attribute = object.attribute(step);
                assert!(attribute.is_some(), "{}: {path}", declared.noun);
                if let Some(Kind::Nested(_, inner)) = attribute.map(|a| &a.kind) {
                    object = inner;
                }
            }
        }
        let sent =
            declared.updates.iter().flat_map(|u| u.send.iter().copied().chain(u.deltas.iter().map(|d| d.attribute)));
        let parts = declared.parts.iter().map(|p| p.attribute);
        let parts = parts.chain(declared.companions.iter().map(|c| c.attribute));
        let parts = parts.chain(declared.collections.iter().map(|c| c.attribute));
        let updated: BTreeSet<&str> = sent.chain(parts).chain(power_status(declared)).collect();
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

/// What a creation does not take, and nothing else, an update brings about after it.
#[test]
fn what_the_creation_does_not_take_follows_it() {
    for declared in all() {
        let created: BTreeSet<String> = (declared.create.operation.input)().into_keys().collect();
        let object = (declared.schema)().object.clone();
        for by in declared.updates {
            for name in by.send.iter().map(|path| path.split('.').next().unwrap_or(path)) {
                let member = object.attribute(name).map_or(name, |a| a.member_name());
                let takes = created.iter().any(|path| {
                    path[1..]
                        .strip_prefix(member)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '{']))
                });
                // What is not described may say how to update, and nothing of the object.
                if !declared.not_described.contains(&name) {
                    assert_ne!(takes, by.after_create.contains(&name), "{}: {name}", declared.noun);
                }
            }
        }
    }
}

/// The SDK would fill in a token of its own, which the input as a whole overwrites.
#[test]
fn every_operation_that_takes_a_client_token_gets_one() {
    for declared in all() {
        for operation in declared.operations() {
            let takes = |member: &&str| (operation.input)().contains_key(&format!(".{member}"));
            let token = ["client_token", "client_request_token", "idempotency_token"].into_iter().find(takes);
            assert_eq!(operation.token, token, "{}: {operation:?}", declared.noun);
        }
    }
}

/// Whatever names the object is a member of the operation that it is sent to.
#[test]
fn every_operation_takes_the_key() {
    for declared in all() {
        let object = (declared.schema)().object.clone();
        for operation in declared.operations().iter().filter(|o| o.name != declared.create.operation.name) {
            let items = match &declared.delete {
                Delete::By(by) => by.empty.map_or(Vec::new(), |empty| Held::operations(empty.holds)),
                Delete::Never => Vec::new(),
            };
            let finds = declared.key.found_by.map(|by| by.list);
            if items.iter().chain(&finds).any(|o| o.name == operation.name) {
                continue;
            }
            for member in declared.key.members(operation, &object) {
                let takes = (operation.input)()
                    .keys()
                    .any(|path| path.trim_start_matches('.').trim_end_matches("[*]") == member);
                assert!(takes, "{}: {operation:?} has no {member}", declared.noun);
            }
        }
    }
}

/// What a deletion and the removal of what an object holds are sent, their operations take, and lists have what names an item.
#[test]
fn every_deletion_takes_what_it_is_sent() {
    fn check(all: &'static [Held], of: &dyn Fn(&str) -> bool, noun: &str) {
        for held in all {
            let takes = |operation: &Operation, member: &str| (operation.input)().contains_key(&format!(".{member}"));
            let lists = |member: &str| {
                let path = format!(".{}[*].{member}", held.items);
                (held.list.output)().contains_key(&path)
            };
            let asked = held.of.iter().all(|(attribute, member)| of(attribute) && takes(&held.list, member));
            let named = held.key.iter().all(|(member, sent_as)| lists(member) && takes(&held.delete, sent_as));
            let told = held.only.iter().all(|(member, _)| lists(member));
            assert!(asked && named && told, "{noun}: {} ({asked}, {named}, {told})", held.noun);
            check(held.holds, &lists, noun);
        }
    }
    let mut tried = 0;
    for declared in all() {
        let Delete::By(by) = &declared.delete else { continue };
        let object = declared.object();
        let is_attribute = |name: &str| object.attribute(name).is_some();
        for (attribute, member) in by.send {
            let takes = (by.operation.input)().contains_key(&format!(".{member}"));
            assert!(is_attribute(attribute) && takes, "{}: {attribute}", declared.noun);
            tried += 1;
        }
        check(by.empty.map_or(&[], |empty| empty.holds), &is_attribute, declared.noun);
    }
    assert!(tried > 0);
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
                other == "wait_for_completion"
                    || declared.proof.as_ref().is_some_and(|proof| other == proof.test)
                    || Some(other) == power_status(declared)
                    || declared.updates.iter().any(|u| u.triggers().any(|t| t == other))
            };
            let idle: Vec<_> = others.iter().filter(|other| !asks(other)).collect();
            assert!(idle.is_empty(), "{}.{}: {idle:?} alone makes AWS do nothing", declared.noun, a.name);
        }
    }
}

#[test]
fn whatever_takes_a_role_waits_until_the_role_can_be_assumed() {
    for declared in all().into_iter().filter(|d| d.arn.service == "sagemaker") {
        let attributes = &(declared.schema)().object.attributes;
        let role = attributes.iter().any(|a| matches!(&*a.name, "role_arn" | "execution_role_arn"));
        let waits = declared.create.retryable.iter().any(|e| e.message == crate::sagemaker::IAM_PROPAGATION.message);
        assert!(!role || waits, "{}", declared.noun);
    }
}

/// An account's objects are named in a region, most of them; the natural key alone would be that of two.
#[test]
fn every_identity_says_in_which_account_and_region() {
    let parts = |schema: &Schema| -> Vec<String> {
        let named = |name: &str| schema.identity.iter().any(|i| i.name == name && !i.required);
        let region = schema.object.attribute("region").is_some();
        let missing = [("account_id", true), ("region", region)].into_iter().filter(|(name, has)| *has && !named(name));
        missing.map(|(name, _)| format!("{}: {name}", schema.name)).collect()
    };
    let missing: Vec<String> = super::all().iter().flat_map(|resource| parts(&resource.schema())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// An object of a kind with nothing that the user may leave out, and a value for whatever AWS gives.
fn least(object: &Object, computed: bool) -> Value {
    fn of(kind: &Kind, computed: bool) -> Value {
        let one = |ty: &Type| of(&Kind::Leaf(ty.clone()), computed);
        match kind {
            Kind::Leaf(Type::Bool) => true.into(),
            Kind::Leaf(Type::Number) => 1.into(),
            Kind::Leaf(Type::List(ty)) => Value::List(vec![one(ty)]),
            Kind::Leaf(Type::Set(ty)) => Value::Set(vec![one(ty)]),
            Kind::Leaf(Type::Map(ty)) => Value::Map([("k".to_owned(), one(ty))].into()),
            Kind::Leaf(_) => "v".into(),
            Kind::Nested(nesting, inner) => match (nesting, least(inner, computed)) {
                (Nesting::Single, inner) => inner,
                (Nesting::List, inner) => Value::List(vec![inner]),
                (Nesting::Set, inner) => Value::Set(vec![inner]),
                (Nesting::Map, inner) => Value::Map([("k".to_owned(), inner)].into()),
            },
        }
    }
    Value::object(object.attributes.iter().map(|a| {
        let value = match a.mode {
            Mode::Required => of(&a.kind, computed),
            Mode::Computed | Mode::OptionalComputed if computed => {
                a.default.clone().unwrap_or_else(|| of(&a.kind, true))
            }
            _ => Value::Null,
        };
        (a.name.to_string(), value)
    }))
}

#[test]
fn what_only_says_how_the_provider_behaves_touches_nothing_that_is_computed() {
    let mut touched = Vec::new();
    let mut tried = 0;
    for declared in all() {
        let schema = (declared.schema)();
        let (prior, config) = (least(&schema.object, true), least(&schema.object, false));
        let is_behavior = |a: &&Attribute| {
            a.provider_only && a.mode.is_configurable() && !a.requires_replace && matches!(a.kind, Kind::Leaf(_))
        };
        for a in schema.object.attributes.iter().filter(is_behavior) {
            let other = match (&a.kind, prior.attribute(&a.name)) {
                (_, Value::Bool(value)) => (!value).into(),
                (Kind::Leaf(Type::List(_)), _) => Value::List(vec!["other".into()]),
                (Kind::Leaf(Type::Map(_)), _) => Value::Map([("other".to_owned(), "other".into())].into()),
                (Kind::Leaf(Type::Number), _) => 2.into(),
                _ => "other".into(),
            };
            let mut config = config.clone();
            config.set_attribute(&a.name, other);
            let planned = Plan::new(schema, &config, &prior).settle();
            assert!(planned.value != prior && planned.requires_replace.is_empty(), "{}: {}", declared.noun, a.name);
            tried += 1;
            // That the results of a job follow the wait for it, the engine sees to.
            if !planned.value.is_wholly_known() && a.name != "wait_for_completion" {
                touched.push(format!("{}: {}", declared.noun, a.name));
            }
        }
    }
    assert!(tried > 40, "{tried}");
    assert_eq!(touched, Vec::<String>::new());
}
