//! Schemas and configurations.

use serde_json::json;
use tfplug::pb::tfplugin6::{self as pb, provider_server::Provider};
use tfplug::resource::{Function, FunctionError, Parameter, Signature};
use tfplug::rpc::Server;
use tfplug::schema::{
    Attribute, IdentityAttribute, Kind, Mode, Nesting, Object, OnUpdate, Rule, Schema, Timeouts, Type,
};
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};
use tonic::Request;

use super::{bug_at, config, talk, with};
use crate::toy::{Hooks, THING, Toy, run};

fn text(name: &'static str) -> Attribute {
    Attribute::new(name, Kind::Leaf(Type::String), Mode::Optional, "A text.")
}

fn schema(attributes: Vec<Attribute>) -> Schema {
    let object = Object { attributes, rules: Vec::new() };
    Schema { name: "thing".into(), description: "A thing.".into(), object, ..Schema::default() }
}

fn number(name: &'static str) -> Attribute {
    Attribute::new(name, Kind::Leaf(Type::Number), Mode::Optional, "A number.")
}

fn set_of(attribute: Attribute) -> Attribute {
    let kind = Kind::Nested(Nesting::Set, Object { attributes: vec![attribute], rules: vec![] });
    Attribute::new("parts", kind, Mode::Optional, "Parts.")
}

/// What the provider says to the first call of every command.
fn complaints(toy: Toy) -> Vec<String> {
    let answer = run(async {
        let server = Server::new(toy);
        server.get_provider_schema(Request::new(pb::get_provider_schema::Request {})).await.unwrap().into_inner()
    });
    assert!(answer.provider.is_some(), "the answer is complete all the same");
    answer.diagnostics.iter().inspect(|d| assert_eq!(d.severity, 1)).map(|d| d.detail.clone()).collect()
}

#[test]
fn s1_a_schema_that_terraform_would_refuse() {
    type Spoil = fn(&mut Schema);
    let cases: &[(Spoil, &str)] = &[
        (|s| s.name = "Thing".into(), "lower-case"),
        (|s| s.version = -1, "negative version"),
        (|s| s.version = 1, "needs as many upgrades"),
        (
            |s| s.timeouts = Timeouts { create: Some(std::time::Duration::from_secs(1)), ..Timeouts::default() },
            "timeouts",
        ),
        (|s| s.object.attributes[0].name = "A-b".into(), "lower-case"),
        (|s| s.object.attributes[0].name = "count".into(), "reserves this name"),
        (|s| s.object.attributes[0].description = " ".into(), "no description"),
        (|s| s.object.attributes[0].default = Some("a".into()), "a default needs optional and computed"),
        (
            |s| {
                s.object.attributes[0].mode = Mode::OptionalComputed;
                s.object.attributes[0].default = Some(5.into());
            },
            "another type",
        ),
        (
            |s| {
                s.object.attributes[0].mode = Mode::OptionalComputed;
                s.object.attributes[0].default = Some("c".into());
                s.object.attributes[0].validators.push(Validator::OneOf(&["a", "b"]));
            },
            "the default must be",
        ),
        (
            |s| {
                s.object.attributes[0].mode = Mode::Computed;
                s.object.attributes[0].write_only = true;
            },
            "write-only",
        ),
        (
            |s| {
                s.object.attributes[0].mode = Mode::Computed;
                s.object.attributes[0].validators.push(Validator::Json);
            },
            "never configured",
        ),
        (|s| s.object.attributes.push(text("text")), "declared twice"),
        (
            |s| {
                let mut secret = text("secret");
                secret.write_only = true;
                let inner = Object { attributes: vec![secret], rules: vec![] };
                let kind = Kind::Nested(Nesting::Set, inner);
                s.object.attributes.push(Attribute::new("parts", kind, Mode::Optional, "Parts."));
            },
            "parts.secret: write-only",
        ),
        (
            |s| {
                let any = Attribute::new("any", Kind::Leaf(Type::Dynamic), Mode::Optional, "Anything.");
                let inner = Object { attributes: vec![any], rules: vec![] };
                let kind = Kind::Nested(Nesting::Set, inner);
                s.object.attributes.push(Attribute::new("parts", kind, Mode::Optional, "Parts."));
            },
            "parts.any: dynamic",
        ),
        (
            |s| {
                let size = Attribute { default: Some(5.into()), mode: Mode::OptionalComputed, ..number("size") };
                s.object.attributes.push(set_of(size));
            },
            "parts.size: the provider has no say inside a set",
        ),
        (
            |s| s.object.attributes.push(set_of(Attribute { mode: Mode::OptionalComputed, ..number("size") })),
            "parts.size: the provider has no say inside a set",
        ),
        (
            |s| {
                let labels =
                    Attribute::new("labels", Kind::Leaf(Type::String.map()), Mode::OptionalComputed, "Labels.");
                let nothing = Value::Map([("a".to_owned(), Value::Null)].into());
                s.object.attributes.push(Attribute { default: Some(nothing), ..labels });
            },
            "labels: the default has a null element",
        ),
        (|s| s.identity_upgrades.push(vec![]), "an identity was dropped"),
        (|s| s.object.attributes[0].on_update = OnUpdate::ChangesWith(vec!["other".into()]), "other"),
        (|s| s.object.rules.push(Rule::AtMostOneOf(vec!["text".into(), "other".into()])), "other"),
        (|s| s.identity.push(IdentityAttribute::of("other", true)), "other"),
        (|s| s.identity.push(IdentityAttribute::of("text", true)), "an update may change it"),
        (
            |s| s.identity.push(IdentityAttribute { derived: true, ..IdentityAttribute::of("text", false) }),
            "a derived part of the identity, and an attribute",
        ),
        (
            |s| {
                s.object.attributes[0].kind = Kind::Leaf(Type::String.map());
                s.object.attributes[0].requires_replace = true;
                s.identity.push(IdentityAttribute::of("text", true));
            },
            "neither simple nor",
        ),
    ];
    assert_eq!(complaints(Toy::with_schema(schema(vec![text("text")]), Hooks::default())), Vec::<String>::new());
    for (spoil, says) in cases {
        let mut spoilt = schema(vec![text("text")]);
        spoil(&mut spoilt);
        let complaints = complaints(Toy::unsound(spoilt, Hooks::default()));
        let good = complaints
            .iter()
            .any(|c| c.contains("the resource toy_") && c.contains(says) && c.contains("bug in the provider"));
        assert!(good, "{says}: {complaints:?}");
    }
}

#[test]
fn s1_a_set_that_only_the_provider_fills_is_its_own() {
    let mut parts = set_of(Attribute { mode: Mode::Computed, ..number("size") });
    parts.mode = Mode::Computed;
    assert_eq!(complaints(Toy::with_schema(schema(vec![parts]), Hooks::default())), Vec::<String>::new());
}

#[test]
fn s1_what_the_language_reads_in_a_provider_block_itself() {
    for name in ["alias", "version", "count", "for_each", "depends_on", "source"] {
        let mut toy = Toy::with_schema(schema(vec![text("text")]), Hooks::default());
        toy.block = vec![text(name)];
        assert!(complaints(toy)[0].contains("the provider block: "), "{name}");
    }
    let mut toy = Toy::with_schema(schema(vec![text("source")]), Hooks::default());
    toy.block = vec![text("region")];
    assert_eq!(complaints(toy), Vec::<String>::new());
}

#[test]
fn s1_the_stand_in_for_terraform_knows_the_reserved_names_too() {
    let talks = |toy: Toy| std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(toy.talk())));
    let says = |toy: Toy| *talks(toy).err().unwrap().downcast::<String>().unwrap();
    let mut toy = Toy::with_schema(schema(vec![text("text")]), Hooks::default());
    toy.block = vec![text("source")];
    assert!(says(toy).contains("provider: the language reserves this name"));
    let toy = Toy::unsound(schema(vec![text("lifecycle")]), Hooks::default());
    assert!(says(toy).contains("toy_thing: the language reserves this name"));
}

#[test]
fn v4_the_provider_block_has_no_null_elements_either() {
    run(async {
        let mut toy = Toy::with_schema(schema(vec![text("text")]), Hooks::default());
        let labels = Attribute::new("labels", Kind::Leaf(Type::String.map()), Mode::Optional, "Labels.");
        let zones = Attribute::new("zones", Kind::Leaf(Type::String.list()), Mode::Optional, "Zones.");
        toy.block = vec![labels, zones];
        let mut core =
            tfplug::testing::Core::new(tfplug::pb::tfplugin6::provider_server::ProviderServer::new(Server::new(toy)))
                .await;
        let nulls = Value::Map([("a".to_owned(), "1".into()), ("b".to_owned(), Value::Null)].into());
        let config = Value::object([("labels", nulls), ("zones", Value::Null)]);
        // The toy refuses a null label.
        core.configure(&config).await.good();
        let zones = with(config, "zones", Value::List(vec![Value::Null]));
        assert_eq!(core.configure(&zones).await.errors()[0].path, Path::parse("zones[0]"));
    });
}

#[test]
fn s1_two_of_the_same_name() {
    struct Twice;
    impl Function for Twice {
        fn signature(&self) -> Signature {
            let parameter = || Parameter {
                name: "same".into(),
                kind: Type::String,
                description: "A text.".into(),
                allow_null: false,
            };
            Signature {
                name: "twice".into(),
                summary: "Twice.".into(),
                description: "Twice.".into(),
                parameters: vec![parameter()],
                variadic: Some(Parameter { name: "1st".into(), ..parameter() }),
                result: Type::String,
            }
        }

        fn call(&self, _: Vec<Value>) -> Result<Value, FunctionError> {
            Ok(Value::Null)
        }
    }
    let mut toy = Toy::with_schema(schema(vec![text("text")]), Hooks::default());
    toy.functions = || vec![Box::new(Twice), Box::new(Twice)];
    let complaints = complaints(toy);
    for says in ["the function twice: declared twice", "the function twice: the parameter \"1st\" is no identifier"] {
        assert!(complaints.iter().any(|c| c.contains(says)), "{says}: {complaints:?}");
    }
}

#[test]
fn v1_a_value_for_what_is_read_only() {
    run(async {
        let mut core = talk(Hooks::default()).await;
        let wrong = with(core.config(THING, &config()), "etag", "mine");
        let errors = core.validate(THING, &wrong).await.errors();
        assert_eq!((errors.len(), &errors[0].path), (1, &Path::of("etag")));
        let mut wrong = config();
        wrong["parts"][0]["serial"] = json!("mine");
        let wrong = core.config(THING, &wrong);
        let errors = core.validate(THING, &wrong).await.errors();
        assert_eq!(errors[0].path, Path::parse("parts[0].serial"));
    });
}

#[test]
fn a_check_that_crashes_fails_in_words() {
    run(async {
        let mut name = text("name");
        name.validators.push(Validator::Text { expected: "good", accepts: |_| panic!("oh no") });
        let mut core = Toy::with_schema(schema(vec![name]), Hooks::default()).talk().await;
        let config = core.config(THING, &json!({ "name": "n" }));
        bug_at(&core.validate(THING, &config).await.errors(), "");
    });
}

#[test]
fn v2_a_write_only_value_for_a_terraform_that_would_store_it() {
    run(async {
        let server = Server::new(Toy::new(super::attributes(), Hooks::default()));
        let mut core = talk(Hooks::default()).await;
        let config = core.config(THING, &config());
        core.validate(THING, &config).await.good();
        let request = pb::validate_resource_config::Request {
            type_name: THING.to_owned(),
            config: Some(tfplug::wire::encode(&config, &core.resources[THING].ty).unwrap()),
            client_capabilities: None,
        };
        let answer = server.validate_resource_config(Request::new(request)).await.unwrap().into_inner();
        let [error] = answer.diagnostics.try_into().unwrap();
        assert!(error.detail.contains("`secret`") && error.detail.contains("1.11"), "{}", error.detail);
    });
}

#[test]
fn g1_a_generated_configuration_is_valid_and_leaves_nothing_to_change() {
    // That it holds for every schema is a law, tested with random ones.
    run(async {
        let mut plain: Vec<Attribute> = super::attributes();
        plain.retain(|a| !a.write_only);
        let mut schema = schema(plain);
        let mut id = text("id");
        (id.mode, id.on_update) = (Mode::Computed, OnUpdate::UseStateForUnknown);
        schema.object.attributes.push(id);
        schema.object.attributes.push(Attribute { deprecated: Some("use name".into()), ..text("title") });
        schema.object.attributes.push(Attribute {
            mode: Mode::OptionalComputed,
            default: Some("five".into()),
            ..text("rank")
        });
        schema.object.rules.push(Rule::AtMostOneOf(vec!["size".into(), "note".into()]));
        let mut core = Toy::with_schema(schema, Hooks::default()).talk().await;
        let mut given = config();
        given.as_object_mut().unwrap().remove("secret");
        let config = core.config(THING, &given);
        let mut state = None;
        core.run(THING, &mut state, Some(&config)).await.good();
        let mut old = state.clone().unwrap();
        old.value = with(old.value, "title", "deprecated");
        assert!(core.generate(THING, &old).await.good().attribute("title").is_null());
        let state = state.unwrap();
        let generated = core.generate(THING, &state).await.good();
        for left_out in ["id", "etag", "title", "rank", "note"] {
            assert!(generated.attribute(left_out).is_null(), "{left_out}: {generated:?}");
        }
        assert_eq!(generated.attribute("parts").as_elements().unwrap()[0].attribute("serial"), &Value::Null);
        core.validate(THING, &generated).await.good();
        let plan = core.plan(THING, Some(&state), Some(&generated)).await.good().unwrap();
        assert_eq!(plan.change, tfplug::testing::Change::NoOp);
    });
}
