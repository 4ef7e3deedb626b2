//! The rules of data sources, functions, ephemeral resources, list resources and actions.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::json;
use tfplug::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::pb::tfplugin6::{self as pb, provider_server::Provider};
use tfplug::resource::{
    Action, DataSource, EphemeralResource, Function, FunctionError, ListResource, Listed, Opened, Parameter, Signature,
};
use tfplug::rpc::Server;
use tfplug::schema::{Attribute, Kind, Mode, Object, Rule, Schema, Type};
use tfplug::testing::{Closing, object};
use tfplug::value::Value;
use tonic::Request;

use super::{bug_at, created, lawful, schema_with_identity, toy_with_identity, with};
use crate::toy::{Client, Hooks, THING, Talk, Toy, run, sorry};

type Answer = fn(Value) -> Result<Value>;

/// A name, a size with a default, and a text that is computed.
fn schema(name: &'static str) -> Schema {
    let leaf = |name: &'static str, ty, mode| Attribute::new(name, Kind::Leaf(ty), mode, "A leaf.");
    let mut size = leaf("size", Type::Number, Mode::OptionalComputed);
    size.default = Some(5.into());
    let attributes = vec![leaf("name", Type::String, Mode::Required), size, leaf("text", Type::String, Mode::Computed)];
    let object = Object { attributes, rules: Vec::new() };
    Schema { name: name.into(), description: "Something.".into(), object, ..Schema::default() }
}

struct Data(Answer);

#[async_trait]
impl DataSource<Client> for Data {
    fn schema(&self) -> Schema {
        schema("data")
    }

    async fn read(&self, _: &Context<Client>, config: Value) -> Result<Value> {
        (self.0)(config)
    }
}

/// A data source or the like with a provider of its own, for each answer.
macro_rules! answering {
    ($field:ident, $make:expr) => {{
        let mut toy = Toy::new(super::attributes(), Hooks::default());
        toy.$field = || vec![Box::new($make)];
        toy
    }};
}

async fn read_data(toy: Toy) -> tfplug::testing::Outcome<Value> {
    let mut core = toy.talk().await;
    let config = object(&core.data_sources["toy_data"], &json!({ "name": "n" }));
    core.read_data("toy_data", &config).await
}

#[test]
fn d1_d2_d3_d4_data_sources_repeat_their_configuration_and_know_everything() {
    run(async {
        let good = read_data(answering!(data_sources, Data(|config| Ok(with(config, "text", "t"))))).await.good();
        assert_eq!(good, Value::object([("name", "n".into()), ("size", Value::from(5)), ("text", "t".into())]));
        for (toy, at) in [
            (answering!(data_sources, Data(|config| Ok(with(config, "text", Value::unknown())))), "text"),
            (answering!(data_sources, Data(|config| Ok(with(config, "text", 7)))), "text"),
            (answering!(data_sources, Data(|_| Ok(Value::Null))), ""),
            (answering!(data_sources, Data(|_| panic!("oh no"))), ""),
        ] {
            let outcome = read_data(toy).await;
            lawful(&outcome);
            assert!(outcome.failed(), "{at}");
            bug_at(&outcome.diags, at);
        }
        let outcome = read_data(answering!(data_sources, Data(|config| Ok(with(config, "name", "other"))))).await;
        lawful(&outcome);
        bug_at(&outcome.diags, "name");
        assert!(
            outcome.diags.iter().any(|d| d.detail.contains("does not repeat the configuration")),
            "{:?}",
            outcome.diags
        );
        assert_eq!(outcome.value.attribute("name"), &"n".into());
        let errors = read_data(answering!(data_sources, Data(|_| sorry()))).await.errors();
        assert_eq!(errors[0].path.to_string(), "name");
    });
}

struct Add(fn(Vec<Value>) -> std::result::Result<Value, FunctionError>);

impl Function for Add {
    fn signature(&self) -> Signature {
        let parameter = |name: &'static str| Parameter {
            name: name.into(),
            kind: Type::Number,
            description: "A number.".into(),
            allow_null: false,
        };
        Signature {
            name: "add".into(),
            summary: "Adds.".into(),
            description: "Adds.".into(),
            parameters: vec![parameter("first")],
            variadic: Some(parameter("more")),
            result: Type::String,
        }
    }

    fn call(&self, arguments: Vec<Value>) -> std::result::Result<Value, FunctionError> {
        (self.0)(arguments)
    }
}

async fn call(toy: Toy) -> std::result::Result<Value, FunctionError> {
    toy.talk().await.call("add", &[1.into(), 2.into(), 3.into()]).await
}

#[test]
fn c1_c2_functions_answer_with_their_type_and_always_the_same() {
    static CALLS: AtomicI64 = AtomicI64::new(0);
    run(async {
        let count = call(answering!(functions, Add(|all| Ok(all.len().to_string().into())))).await;
        assert_eq!(count, Ok("3".into()));
        let mut core = answering!(functions, Add(|all| Ok(all.len().to_string().into()))).talk().await;
        assert_eq!(core.call("add", &[1.into()]).await, Ok("1".into()), "no more than it must have");
        // Terraform adds the full stop.
        let wrong = FunctionError { text: "Too small".to_owned(), argument: Some(2) };
        let failed = call(answering!(
            functions,
            Add(|_| Err(FunctionError { text: "Too small.".to_owned(), argument: Some(2) }))
        ));
        assert_eq!(failed.await, Err(wrong));
        for toy in [
            answering!(functions, Add(|_| Ok(7.into()))),
            answering!(functions, Add(|_| Ok(Value::unknown()))),
            answering!(functions, Add(|_| panic!("oh no"))),
            answering!(functions, Add(|_| Ok(CALLS.fetch_add(1, Ordering::Relaxed).to_string().into()))),
        ] {
            let error = call(toy).await.unwrap_err();
            assert!(error.text.contains("bug in the provider"), "{}", error.text);
        }
    });
}

/// Refuses its renewal where `fails`, and is closed with the data of its opening only where `strict`.
struct Lease {
    fails: bool,
    strict: bool,
}

#[async_trait]
impl EphemeralResource<Client> for Lease {
    fn schema(&self) -> Schema {
        schema("lease")
    }

    async fn open(&self, _: &Context<Client>, config: Value) -> Result<Opened> {
        let result = with(config, "text", "t");
        Ok(Opened { result, renew_at: Some(1_800_000_000), private: b"opened".to_vec() })
    }

    async fn renew(&self, _: &Context<Client>, private: Vec<u8>) -> Result<(Option<i64>, Vec<u8>)> {
        if self.fails { sorry() } else { Ok((None, [private, b" renewed".to_vec()].concat())) }
    }

    async fn close(&self, _: &Context<Client>, private: Vec<u8>) -> Result<()> {
        match private.as_slice() {
            b"opened" => Ok(()),
            b"opened renewed" if !self.strict => Ok(()),
            other => Err(Diag::error("Not open", String::from_utf8_lossy(other)).into()),
        }
    }
}

#[test]
fn e3_an_ephemeral_resource_is_closed_with_either_data() {
    async fn used(toy: Toy, closing: Closing) -> Vec<String> {
        let mut core = toy.talk().await;
        let config = object(&core.ephemerals["toy_lease"], &json!({ "name": "n" }));
        let outcome = core.use_ephemeral("toy_lease", &config, closing).await;
        lawful(&outcome);
        assert_eq!(outcome.value.attribute("text"), &"t".into());
        outcome.diags.into_iter().map(|d| d.summary).collect()
    }
    run(async {
        for closing in [Closing::WithOpening, Closing::WithLastRenewal] {
            let good = answering!(ephemerals, Lease { fails: false, strict: false });
            assert_eq!(used(good, closing).await, Vec::<String>::new());
            // Of a renewal that failed, too, it can be closed.
            let failing = answering!(ephemerals, Lease { fails: true, strict: false });
            assert_eq!(used(failing, closing).await, ["The cloud said no"]);
        }
        let strict = || answering!(ephemerals, Lease { fails: false, strict: true });
        assert_eq!(used(strict(), Closing::WithOpening).await, Vec::<String>::new());
        assert_eq!(used(strict(), Closing::WithLastRenewal).await, ["Not open"]);
    });
}

struct Ephemeral(Answer);

#[async_trait]
impl EphemeralResource<Client> for Ephemeral {
    fn schema(&self) -> Schema {
        schema("ephemeral")
    }

    async fn open(&self, _: &Context<Client>, config: Value) -> Result<Opened> {
        Ok(Opened { result: (self.0)(config)?, renew_at: Some(1_800_000_000), private: b"opened".to_vec() })
    }

    async fn renew(&self, _: &Context<Client>, private: Vec<u8>) -> Result<(Option<i64>, Vec<u8>)> {
        Ok((None, [private, b" renewed".to_vec()].concat()))
    }

    async fn close(&self, _: &Context<Client>, private: Vec<u8>) -> Result<()> {
        if private == b"opened" { Ok(()) } else { sorry() }
    }
}

#[test]
fn e1_e2_ephemeral_resources_repeat_their_configuration_and_live_their_life() {
    const NAME: &str = "toy_ephemeral";
    async fn open(core: &mut Talk) -> tfplug::testing::Outcome<Option<Opened>> {
        let config = object(&core.ephemerals[NAME], &json!({ "name": "n" }));
        core.open(NAME, &config).await
    }
    run(async {
        let mut core = answering!(ephemerals, Ephemeral(|config| Ok(with(config, "text", "t")))).talk().await;
        let opened = open(&mut core).await.good().unwrap();
        assert_eq!(opened.renew_at, Some(1_800_000_000));
        let (next, private) = core.renew(NAME, opened.private.clone()).await.good();
        assert_eq!((next, private.as_slice()), (None, &b"opened renewed"[..]));
        core.close(NAME, opened.private).await.good();
        core.close(NAME, private).await.errors();
        for (toy, at) in [
            (answering!(ephemerals, Ephemeral(|config| Ok(with(config, "text", Value::unknown())))), "text"),
            (answering!(ephemerals, Ephemeral(|config| Ok(with(config, "text", 7)))), "text"),
            (answering!(ephemerals, Ephemeral(|config| Ok(with(config, "name", "other")))), "name"),
            (answering!(ephemerals, Ephemeral(|_| Ok(Value::Null))), ""),
            (answering!(ephemerals, Ephemeral(|_| panic!("oh no"))), ""),
        ] {
            let outcome = open(&mut toy.talk().await).await;
            lawful(&outcome);
            assert!(outcome.failed(), "{at}");
            bug_at(&outcome.diags, at);
        }
    });
}

struct Things(fn(&mut Listed));

#[async_trait]
impl ListResource<Client> for Things {
    fn schema(&self) -> Schema {
        Schema { name: "thing".into(), ..schema("thing") }
    }

    async fn list(
        &self,
        cx: &Context<Client>,
        _: Value,
        _: usize,
        include_object: bool,
        found: tokio::sync::mpsc::Sender<Listed>,
    ) -> Result<()> {
        let all: Vec<(String, Value)> = cx.client()?.objects.lock().unwrap().clone().into_iter().collect();
        for (id, object) in all {
            let identity = BTreeMap::from([("id".to_owned(), Value::from(id.clone()))]);
            let mut listed = Listed { identity, display_name: id, object: include_object.then_some(object) };
            (self.0)(&mut listed);
            if found.send(listed).await.is_err() {
                break;
            }
        }
        Ok(())
    }
}

#[test]
fn l1_l2_list_resources_identify_what_they_find() {
    async fn listing(spoil: fn() -> Vec<Box<dyn ListResource<Client>>>) -> tfplug::testing::Outcome<Vec<Listed>> {
        let mut toy = toy_with_identity(Hooks::default());
        toy.lists = spoil;
        let mut core = toy.talk().await;
        for _ in 0..3 {
            created(&mut core).await;
        }
        let config = object(&core.lists[THING], &json!({ "name": "n" }));
        core.list(THING, &config, 2, true).await
    }
    run(async {
        let found = listing(|| vec![Box::new(Things(|_| {}))]).await.good();
        assert_eq!(found.len(), 2, "no more than the limit");
        assert_eq!(found[0].object.as_ref().unwrap().attribute("name"), &"n".into());
        let panicked = listing(|| vec![Box::new(Things(|_| panic!("oh no")))]).await;
        lawful(&panicked);
        assert!(panicked.failed());
        bug_at(&panicked.diags, "");
    });
}

#[test]
fn l4_a_listed_object_is_what_an_import_leaves_of_it() {
    run(async {
        let mut schema = schema_with_identity();
        let texts = || Kind::Leaf(Type::List(Box::new(Type::String)));
        let kept = Attribute::new("kept", texts(), Mode::OptionalComputed, "Nothing is not its default.");
        let default = Some(Value::List(vec!["a".into()]));
        let gone = Attribute::new("gone", texts(), Mode::Optional, "Nothing is nothing.");
        schema.object.attributes.extend([Attribute { default, ..kept }, gone]);
        let mut toy = Toy::with_schema(schema, Hooks::default());
        toy.lists = || {
            vec![Box::new(Things(|l| {
                let object = l.object.as_mut().unwrap();
                object.set_attribute("kept", Value::Null);
                object.set_attribute("gone", Value::List(vec![]));
            }))]
        };
        let mut core = toy.talk().await;
        created(&mut core).await;
        let config = object(&core.lists[THING], &json!({ "name": "n" }));
        let found = core.list(THING, &config, 9, true).await.good();
        let shown = found[0].object.as_ref().unwrap();
        assert_eq!(shown.attribute("kept"), &Value::List(vec![]));
        assert_eq!(shown.attribute("gone"), &Value::Null);
    });
}

/// Spoils the first of the objects, and leaves the others as they are.
macro_rules! spoil_first {
    ($spoil:expr) => {
        || {
            vec![Box::new(Things(|l| {
                let spoil: fn(&mut Listed) = $spoil;
                if l.display_name.ends_with("-0") {
                    spoil(l)
                }
            }))]
        }
    };
}

#[test]
fn l1_l3_an_odd_object_does_not_end_the_list() {
    type Lists = fn() -> Vec<Box<dyn ListResource<Client>>>;
    // What is wrong, where, and whether the object can be shown all the same.
    let cases: [(Lists, &str, bool); 8] = [
        (spoil_first!(|l| l.identity.clear()), "id", false),
        (spoil_first!(|l| drop(l.identity.insert("id".into(), Value::Null))), "id", false),
        (spoil_first!(|l| drop(l.identity.insert("id".into(), 7.into()))), "id", false),
        (spoil_first!(|l| drop(l.identity.insert("id".into(), Value::unknown()))), "id", false),
        (spoil_first!(|l| l.object.as_mut().unwrap().set_attribute("etag", 7.into())), "etag", false),
        (spoil_first!(|l| l.object.as_mut().unwrap().set_attribute("etag", Value::unknown())), "etag", true),
        (spoil_first!(|l| l.object = None), "", false),
        (spoil_first!(|l| l.object = Some(Value::Null)), "", false),
    ];
    run(async {
        for (lists, at, shown) in cases {
            let mut toy = toy_with_identity(Hooks::default());
            toy.lists = lists;
            let cloud = toy.cloud.clone();
            let mut core = toy.talk().await;
            let first = created(&mut core).await.value;
            created(&mut core).await;
            let [mut first, second] = [first, created(&mut core).await.value];
            first.set_attribute("id", "made-0".into());
            {
                let mut objects = cloud.objects.lock().unwrap();
                objects.clear();
                objects.insert("made-0".to_owned(), first);
                objects.insert("made-1".to_owned(), second);
            }
            let config = object(&core.lists[THING], &json!({ "name": "n" }));
            let (found, warnings) = core.list(THING, &config, 9, true).await.warned();
            bug_at(&warnings, at);
            let names: Vec<_> = found.iter().map(|l| l.display_name.as_str()).collect();
            assert_eq!(names, if shown { vec!["made-0", "made-1"] } else { vec!["made-1"] }, "{at}");
        }
    });
}

struct Ring(Answer);

#[async_trait]
impl Action<Client> for Ring {
    fn schema(&self) -> Schema {
        let mut schema = schema("ring");
        schema.object.attributes.retain(|a| a.name == "name");
        schema
    }

    async fn invoke(
        &self,
        _: &Context<Client>,
        config: Value,
        progress: tokio::sync::mpsc::Sender<String>,
    ) -> Result<()> {
        let name = config.attribute("name").as_str().unwrap_or_default();
        drop(progress.send(format!("ringing for {name}")).await);
        (self.0)(config).map(drop)
    }
}

#[test]
fn n1_actions_end_by_saying_so() {
    async fn invoke(toy: Toy) -> tfplug::testing::Outcome<Vec<String>> {
        let mut core = toy.talk().await;
        let config = object(&core.actions["toy_ring"], &json!({ "name": "n" }));
        core.invoke("toy_ring", &config).await
    }
    run(async {
        assert_eq!(invoke(answering!(actions, Ring(Ok))).await.good(), ["ringing for n"]);
        assert_eq!(invoke(answering!(actions, Ring(|_| sorry()))).await.errors()[0].summary, "The cloud said no");
        let panicked = invoke(answering!(actions, Ring(|_| panic!("oh no")))).await;
        assert_eq!(panicked.value, ["ringing for n"]);
        bug_at(&panicked.diags, "");
    });
}

/// An action that is particular about its configuration.
struct Dial;

#[async_trait]
impl Action<Client> for Dial {
    fn schema(&self) -> Schema {
        let text = |name: &'static str, mode| Attribute::new(name, Kind::Leaf(Type::String), mode, "A text.");
        let parts = Object { attributes: vec![text("kind", Mode::Required)], rules: vec![] };
        let parts = Kind::Nested(tfplug::schema::Nesting::List, parts);
        let attributes = vec![
            text("number", Mode::Required),
            text("name", Mode::Optional),
            Attribute { write_only: true, ..text("password", Mode::Optional) },
            Attribute::new("parts", parts, Mode::Optional, "Parts."),
        ];
        let rules = vec![
            Rule::ExactlyOneOf(vec!["name".into(), "password".into()]),
            Rule::Requires("name".into(), vec!["parts".into()]),
        ];
        Schema { object: Object { attributes, rules }, ..Schema { name: "dial".into(), ..schema("dial") } }
    }

    fn check_config(&self, config: &Value) -> tfplug::diag::Diags {
        if config.attribute("number").is_null() {
            Diag::error("No number", "Dial one.").into()
        } else {
            Default::default()
        }
    }

    async fn invoke(
        &self,
        _: &Context<Client>,
        config: Value,
        progress: tokio::sync::mpsc::Sender<String>,
    ) -> Result<()> {
        drop(progress.send(format!("{:?}", config.attribute("number"))).await);
        if let Some(password) = config.attribute("password").as_str() {
            drop(progress.send(format!("with {} characters", password.len())).await);
        }
        Ok(())
    }
}

#[test]
fn n2_an_action_is_planned_without_its_ephemeral_values() {
    run(async {
        let mut core = answering!(actions, Dial).talk().await;
        let good =
            object(&core.actions["toy_dial"], &json!({ "number": "1", "name": "n", "parts": [{ "kind": "k" }] }));
        assert_eq!(core.invoke("toy_dial", &good).await.good(), ["String(\"1\")"]);
        let secret = with(with(good.clone(), "name", Value::Null), "password", Value::from("abc"));
        assert_eq!(core.invoke("toy_dial", &secret).await.good(), ["String(\"1\")", "with 3 characters"]);
        let wrong = with(good.clone(), "name", Value::Null);
        assert!(core.invoke("toy_dial", &wrong).await.errors()[0].detail.contains("Exactly one of"));
        // What turns out wrong only when the action is invoked is refused then.
        let server = Server::new(answering!(actions, Dial));
        let config = tfplug::wire::encode(&wrong, &core.actions["toy_dial"].ty).unwrap();
        let request = pb::plan_action::Request {
            action_type: "toy_dial".to_owned(),
            config: Some(config.clone()),
            ..Default::default()
        };
        let planned = server.plan_action(Request::new(request)).await.unwrap().into_inner();
        assert_eq!(planned.diagnostics, []);
        let request = pb::invoke_action::Request {
            action_type: "toy_dial".to_owned(),
            config: Some(config),
            ..Default::default()
        };
        let mut events = server.invoke_action(Request::new(request)).await.unwrap().into_inner();
        use pb::invoke_action::event::Type as Event;
        use tokio_stream::StreamExt;
        match events.next().await.unwrap().unwrap().r#type {
            Some(Event::Completed(end)) => assert!(end.diagnostics[0].detail.contains("Exactly one of"), "{end:?}"),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn secrets_reach_nobody() {
    const SECRET: &str = "Zx81-Spectrum-128k";
    tfplug::log::redactor().register(SECRET);
    run(async {
        let refused = call(answering!(
            functions,
            Add(|_| Err(FunctionError { text: format!("Refused {SECRET}."), argument: None }))
        ));
        assert_eq!(refused.await.unwrap_err().text, "Refused ***");
        let panicked = call(answering!(functions, Add(|_| panic!("at {SECRET}")))).await.unwrap_err();
        assert!(panicked.text.contains("at ***"), "{}", panicked.text);

        let mut core = answering!(actions, Ring(|_| sorry())).talk().await;
        let config = object(&core.actions["toy_ring"], &json!({ "name": SECRET }));
        let rung = core.invoke("toy_ring", &config).await;
        assert_eq!(rung.value, ["ringing for ***"]);

        let mut toy = toy_with_identity(Hooks::default());
        toy.lists = || vec![Box::new(Things(|l| l.display_name = format!("thing {SECRET}")))];
        let mut core = toy.talk().await;
        created(&mut core).await;
        let config = object(&core.lists[THING], &json!({ "name": "n" }));
        let found = core.list(THING, &config, 2, false).await.good();
        assert_eq!(found[0].display_name, "thing ***");

        let toy = answering!(data_sources, Data(|_| Err(Diag::error("Refused", format!("Not {SECRET}.")).into())));
        assert_eq!(read_data(toy).await.errors()[0].detail, "Not ***.");
    });
}

#[test]
fn metadata_and_functions_say_what_the_schema_says() {
    let mut toy = toy_with_identity(Hooks::default());
    toy.data_sources = || vec![Box::new(Data(Ok))];
    toy.functions = || vec![Box::new(Add(|_| Ok(Value::Null)))];
    toy.ephemerals = || vec![Box::new(Ephemeral(Ok))];
    toy.lists = || vec![Box::new(Things(|_| {}))];
    toy.actions = || vec![Box::new(Ring(Ok))];
    run(async {
        let server = Server::new(toy);
        let schema = server.get_provider_schema(Request::new(pb::get_provider_schema::Request {})).await.unwrap();
        let metadata = server.get_metadata(Request::new(pb::get_metadata::Request {})).await.unwrap().into_inner();
        let functions = server.get_functions(Request::new(pb::get_functions::Request {})).await.unwrap().into_inner();
        let schema = schema.into_inner();
        assert_eq!(schema.diagnostics, []);
        assert_eq!(metadata.server_capabilities, schema.server_capabilities);
        assert!(schema.resource_schemas.keys().eq(metadata.resources.iter().map(|x| &x.type_name)));
        assert!(schema.data_source_schemas.keys().eq(metadata.data_sources.iter().map(|x| &x.type_name)));
        assert!(schema.ephemeral_resource_schemas.keys().eq(metadata.ephemeral_resources.iter().map(|x| &x.type_name)));
        assert!(schema.list_resource_schemas.keys().eq(metadata.list_resources.iter().map(|x| &x.type_name)));
        assert!(schema.action_schemas.keys().eq(metadata.actions.iter().map(|x| &x.type_name)));
        assert!(schema.functions.keys().eq(metadata.functions.iter().map(|x| &x.name)));
        assert_eq!(schema.functions, functions.functions);
        assert_eq!((schema.resource_schemas.len(), schema.functions.len(), schema.action_schemas.len()), (1, 1, 1));
    });
}

#[test]
fn what_a_provider_sees_is_told_in_each_kind_of_process() {
    run(async {
        let mut toy = toy_with_identity(Hooks::default());
        toy.news = true;
        let cloud = toy.cloud.clone();
        let server = Server::new(toy);
        let release = server.on_release();
        let service = tfplug::pb::tfplugin6::provider_server::ProviderServer::new(server);
        let mut core = tfplug::testing::Core::new(service).await;
        let config = core.config(THING, &json!({ "name": "n" }));
        let warned = |outcome: tfplug::testing::Outcome<()>| -> Vec<String> {
            outcome.diags.iter().filter(|d| d.summary.starts_with("Seen")).map(|d| d.summary.clone()).collect()
        };
        assert_eq!(warned(core.validate(THING, &config).await), ["Seen when not configured"]);
        assert_eq!(warned(core.validate(THING, &config).await), Vec::<String>::new(), "once");
        release();
        assert!(!cloud.released.load(Ordering::Relaxed), "there is no client");
        assert_eq!(warned(core.configure(&Value::object::<&str>([])).await), ["Seen when configured"]);
        release();
        assert!(cloud.released.load(Ordering::Relaxed));
    });
}
