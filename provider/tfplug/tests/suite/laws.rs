//! Laws of every resource, whatever its schema: Terraform's rules are kept, and a second plan has nothing to do.

use std::collections::BTreeMap;
use std::fmt;

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use serde_json::Value as Json;
use tfplug::pb::tfplugin6::ClientCapabilities;
use tfplug::schema::{Attribute, Kind, Mode, Object, Type};
use tfplug::testing::{Change, Outcome, State};
use tfplug::value::{Path, Value};

use crate::random::set;
use crate::schemas::{any_attributes, any_config, veil};
use crate::toy::{Hooks, THING, Talk, Toy, run};

/// A schema, and configurations of it.
#[derive(Clone)]
struct Case {
    object: Object,
    configs: Vec<Value>,
}

impl fmt::Debug for Case {
    /// On few lines, whatever is asked for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn attributes(f: &mut fmt::Formatter<'_>, object: &Object, indent: usize) -> fmt::Result {
            for a in &object.attributes {
                let kind = match &a.kind {
                    Kind::Leaf(ty) => format!("{ty:?}"),
                    Kind::Nested(nesting, _) => format!("{nesting:?}"),
                };
                let flags = [(a.requires_replace, "replace"), (a.write_only, "write-only"), (a.sensitive, "sensitive")];
                let flags: Vec<_> = flags.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
                let (mode, update, default) = (a.mode, &a.on_update, &a.default);
                writeln!(f, "{:indent$}{} {kind} {mode:?} {flags:?} {update:?} default {default:?}", "", a.name)?;
                if let Kind::Nested(_, inner) = &a.kind {
                    attributes(f, inner, indent + 2)?;
                }
            }
            Ok(())
        }
        writeln!(f)?;
        attributes(f, &self.object, 0)?;
        self.configs.iter().try_for_each(|c| writeln!(f, "{c:?}"))
    }
}

fn any_case(configs: usize) -> impl Strategy<Value = Case> {
    any_attributes().prop_flat_map(move |attributes| {
        let object = Object { attributes, rules: Vec::new() };
        let configs = vec![any_config(&object); configs];
        (Just(object), configs).prop_map(|(object, configs)| Case { object, configs })
    })
}

/// What clients may say that they can do. That some know of no write-only attributes is tested elsewhere.
fn any_capabilities() -> impl Strategy<Value = ClientCapabilities> {
    any::<[bool; 3]>().prop_map(|[deferral_allowed, store_planned_private, computed_blocks_allowed]| {
        ClientCapabilities {
            deferral_allowed,
            write_only_attributes_allowed: true,
            store_planned_private,
            computed_blocks_allowed,
        }
    })
}

/// The configuration with the `id` that every toy has.
fn with_id(mut config: Value) -> Value {
    config.set_attribute("id", Value::Null);
    config
}

/// A configuration with one more element that is null, in one of the collections of nested objects, if there is any; and
/// where it is.
fn with_null_element(object: &Object, mut config: Value, dice: u64) -> (Value, Option<Path>) {
    let mut places = Vec::new();
    for a in object.attributes.iter().filter(|a| matches!(a.kind, Kind::Nested(..))) {
        let here = Path::of(&a.name);
        match config.attribute(&a.name) {
            Value::List(all) => places.push((here.clone(), here.index(all.len()))),
            Value::Map(_) => places.push((here.clone(), here.key("null"))),
            Value::Set(_) => places.push((here.clone(), here.element())),
            _ => {}
        }
    }
    let Some((collection, element)) = usize::try_from(dice).ok().and_then(|n| places.get(n % places.len().max(1)))
    else {
        return (config, None);
    };
    match config.at_mut(collection) {
        Some(Value::List(all) | Value::Set(all)) => all.push(Value::Null),
        Some(Value::Map(all)) => drop(all.insert("null".to_owned(), Value::Null)),
        _ => unreachable!("a place in a collection"),
    }
    (config, Some(element.clone()))
}

/// What went well in every respect, or a failed test case that says what did not.
fn good<T>(during: &str, outcome: Outcome<T>) -> Result<T, TestCaseError> {
    if outcome.violations.is_empty() && outcome.diags.is_empty() {
        return Ok(outcome.value);
    }
    let reported = outcome.diags.iter().map(ToString::to_string);
    let broken = outcome.violations.iter().map(ToString::to_string);
    let all: Vec<String> = reported.chain(broken).collect();
    Err(TestCaseError::fail(format!("{during}:\n{}", all.join("\n"))))
}

/// Whether a configuration can be written from the state alone: secrets are not in it, or not to be shown.
fn generable(object: &Object) -> bool {
    object.attributes.iter().all(|a| {
        // Left out, it is what the provider makes of it: what it was, unless there is a default.
        let kept = a.mode.is_computed() && a.default.is_none();
        let hidden = a.mode.is_configurable() && !kept && (a.write_only || a.sensitive);
        !hidden && !matches!(&a.kind, Kind::Nested(_, inner) if !generable(inner))
    })
}

/// Runs a test case's future to its end.
fn law(case: impl Future<Output = TestCaseResult>) -> TestCaseResult {
    run(case)
}

/// Refreshing changes nothing, and the next plan has nothing to do.
async fn settled(core: &mut Talk, state: &State, config: &Value) -> TestCaseResult {
    let loaded = good("loading", core.load(THING, state).await)?;
    prop_assert_eq!(&loaded.value, &state.value, "an upgrade from the present version changes nothing");
    let read = good("reading", core.refresh(THING, &loaded).await)?;
    prop_assert_eq!(read.map(|s| s.value), Some(state.value.clone()), "reading finds what the apply returned");
    let plan = good("planning again", core.plan(THING, Some(state), Some(config)).await)?.unwrap();
    prop_assert_eq!(plan.change, Change::NoOp, "planned {:?}\nover {:?}", plan.value, state.value);
    Ok(())
}

/// Every configured value is in the state, write-only ones excepted, or an equal spelling of it.
fn configured_is_stored(object: &Object, config: &Value, state: &Value) -> TestCaseResult {
    for a in &object.attributes {
        let (c, s) = (config.attribute(&a.name), state.attribute(&a.name));
        if a.write_only {
            prop_assert!(s.is_null());
        } else if matches!(a.kind, Kind::Leaf(_)) && !c.is_null() {
            prop_assert!(tfplug::plan::same(a.equality, c, s), "{}: {c:?} became {s:?}", a.name);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 8, max_shrink_iters: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_created_stays(Case { object, configs } in any_case(1), capabilities in any_capabilities()) {
        law(async {
            let config = with_id(configs[0].clone());
            let toy = Toy::new(object.attributes.clone(), Hooks::default());
            let cloud = toy.cloud.clone();
            let mut core = toy.talk().await;
            core.client_capabilities = Some(capabilities);
            let mut state = None;
            let plan = good("creating", core.run(THING, &mut state, Some(&config)).await)?.unwrap();
            prop_assert_eq!(plan.change, Change::Create);
            let created = state.clone().unwrap();
            prop_assert!(!created.tainted);
            configured_is_stored(&object, &config, &created.value)?;
            settled(&mut core, &created, &config).await?;
            good("destroying", core.run(THING, &mut state, None).await)?;
            prop_assert!(state.is_none());
            prop_assert_eq!(cloud.len(), 0);
            let gone = good("reading", core.refresh(THING, &created).await)?;
            prop_assert!(gone.is_none());
            Ok(())
        })?;
    }

    #[test]
    fn what_is_changed_stays_so(Case { object, configs } in any_case(2)) {
        law(async {
            let configs: Vec<Value> = configs.into_iter().map(with_id).collect();
            let toy = Toy::new(object.attributes.clone(), Hooks::default());
            let cloud = toy.cloud.clone();
            let mut core = toy.talk().await;
            let mut state = None;
            good("creating", core.run(THING, &mut state, Some(&configs[0])).await)?;
            let before = state.clone().unwrap();
            let plan = good("changing", core.run(THING, &mut state, Some(&configs[1])).await)?.unwrap();
            let after = state.clone().unwrap();
            let same_object = before.value.attribute("id") == after.value.attribute("id");
            prop_assert_eq!(same_object, plan.change != Change::Replace);
            prop_assert_eq!(plan.change == Change::Replace, !plan.requires_replace.is_empty());
            configured_is_stored(&object, &configs[1], &after.value)?;
            settled(&mut core, &after, &configs[1]).await?;
            prop_assert_eq!(cloud.len(), 1);
            Ok(())
        })?;
    }

    #[test]
    fn what_is_unknown_is_resolved_by_the_apply(
        Case { object, configs } in any_case(2),
        dice in proptest::collection::vec(any::<u8>(), 64),
        capabilities in any_capabilities(),
    ) {
        law(async {
            let toy = Toy::new(object.attributes.clone(), Hooks::default());
            let mut core = toy.talk().await;
            core.client_capabilities = Some(capabilities);
            let mut state: Option<State> = None;
            let mut dice = dice.into_iter().cycle();
            for config in configs.into_iter().map(with_id) {
                let veiled = with_id(veil(&object, &config, &mut dice));
                good("validating", core.validate(THING, &veiled).await)?;
                let plan = good("planning", core.plan(THING, state.as_ref(), Some(&veiled)).await)?.unwrap();
                state = good("applying", core.apply(THING, &plan, &config).await)?;
                let now = state.clone().unwrap();
                configured_is_stored(&object, &config, &now.value)?;
                settled(&mut core, &now, &config).await?;
            }
            Ok(())
        })?;
    }

    #[test]
    fn what_is_imported_needs_no_change_under_the_generated_configuration(
        Case { object, configs } in any_case(1).prop_filter("cannot be generated", |c| generable(&c.object)),
    ) {
        law(async {
            let mut core = Toy::new(object.attributes.clone(), Hooks::default()).talk().await;
            let mut state = None;
            good("creating", core.run(THING, &mut state, Some(&with_id(configs[0].clone()))).await)?;
            let id = state.unwrap().value.attribute("id").as_str().unwrap().to_owned();
            let imported = good("importing", core.import(THING, &id).await)?.unwrap();
            let config = good("generating", core.generate(THING, &imported).await)?;
            good("validating", core.validate(THING, &config).await)?;
            settled(&mut core, &imported, &config).await?;
            let again = good("importing in every way", core.import_every_way(THING, &id).await)?;
            prop_assert_eq!(again.map(|s| s.value), Some(imported.value));
            Ok(())
        })?;
    }

    #[test]
    fn a_null_element_is_refused_where_it_is(Case { object, configs } in any_case(1), dice in any::<u64>()) {
        law(async {
            let (config, at) = with_null_element(&object, configs[0].clone(), dice);
            let mut core = Toy::new(object.attributes.clone(), Hooks::default()).talk().await;
            let outcome = core.validate(THING, &with_id(config)).await;
            let said: Vec<_> = outcome.diags.iter().map(|d| (d.summary.as_str(), &d.path)).collect();
            prop_assert_eq!(said, at.iter().map(|at| ("Null element", at)).collect::<Vec<_>>());
            Ok(())
        })?;
    }

    #[test]
    fn what_is_imported_is_what_was_created(Case { object, configs } in any_case(1)) {
        law(async {
            let mut core = Toy::new(object.attributes.clone(), Hooks::default()).talk().await;
            let mut state = None;
            good("creating", core.run(THING, &mut state, Some(&with_id(configs[0].clone()))).await)?;
            let created = state.unwrap().value;
            let id = created.attribute("id").as_str().unwrap().to_owned();
            let imported = good("importing", core.import(THING, &id).await)?.unwrap().value;
            // An import knows nothing of whether the user would write an empty collection or none.
            let plain = |v: Value| {
                v.transform(&Path::root(), &mut |_, v| match v {
                    Value::List(all) if all.is_empty() => Value::Null,
                    Value::Set(all) if all.is_empty() => Value::Null,
                    // Elements that differ only in null and empty are one.
                    Value::Set(all) => set(all),
                    // Nor of entries that are null.
                    Value::Map(all) => {
                        let all: BTreeMap<_, _> = all.into_iter().filter(|(_, v)| !v.is_null()).collect();
                        if all.is_empty() { Value::Null } else { Value::Map(all) }
                    }
                    other => other,
                })
            };
            prop_assert_eq!(plain(imported), plain(created));
            Ok(())
        })?;
    }
}

#[test]
fn an_old_state_without_a_new_attribute_is_completed() {
    let attributes = vec![Attribute::new("new", Kind::Leaf(Type::String), Mode::Optional, "New.")];
    run(async {
        let mut core = Toy::new(attributes, Hooks::default()).talk().await;
        let stored: Json = serde_json::json!({ "id": "x" });
        let state = core.upgrade(THING, 0, &stored).await.good();
        assert_eq!(state, Value::object([("id", Value::from("x")), ("new", Value::Null)]));
    });
}
