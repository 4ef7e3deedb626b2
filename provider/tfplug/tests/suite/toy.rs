//! A provider with one resource over a cloud in memory. It behaves, unless a test hooks in something that does not.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tfplug::async_trait;
use tfplug::context::{Context, Deferral};
use tfplug::diag::{Diag, Diags, Result};
use tfplug::pb::tfplugin6::provider_server::ProviderServer;
use tfplug::plan::Plan;
use tfplug::resource::{
    Action, DataSource, EphemeralResource, Function, ListResource, MoveSource, Moved, Provider, Resource, Update,
};
use tfplug::rpc::Server;
use tfplug::schema::{Attribute, Kind, Mode, Nesting, Object, OnUpdate, Schema, Type};
use tfplug::testing::Core;
use tfplug::value::{Path, Value};

/// The full name of the toy's resource.
pub(crate) const THING: &str = "toy_thing";

/// What exists remotely, by id.
#[derive(Default)]
pub(crate) struct Cloud {
    pub(crate) objects: Mutex<BTreeMap<String, Value>>,
    made: AtomicU64,
    /// Whether a creation waits for something that never happens.
    pub(crate) waiting: AtomicBool,
    /// Whether the provider learned that Terraform is done with it.
    pub(crate) released: AtomicBool,
}

impl Cloud {
    fn next(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn store(&self, object: &Value) {
        let id = object.attribute("id").as_str().unwrap().to_owned();
        self.objects.lock().unwrap().insert(id, object.clone());
    }

    pub(crate) fn len(&self) -> usize {
        self.objects.lock().unwrap().len()
    }

    /// The object with everything that the provider computes and that is not there yet.
    pub(crate) fn fill(&self, object: &Object, value: Value) -> Value {
        let attributes = object.attributes.iter().map(|a| {
            let v = value.attribute(&a.name).clone();
            let v = if v.is_null() && a.mode.is_computed() { self.make(&a.kind) } else { self.fill_inside(&a.kind, v) };
            (a.name.to_string(), v)
        });
        Value::Object(attributes.collect())
    }

    fn fill_inside(&self, kind: &Kind, value: Value) -> Value {
        let Kind::Nested(_, inner) = kind else { return value };
        let element = |v: Value| if v.is_null() { v } else { self.fill(inner, v) };
        match value {
            Value::List(all) => Value::List(all.into_iter().map(element).collect()),
            Value::Set(all) => Value::Set(all.into_iter().map(element).collect()),
            Value::Map(all) => Value::Map(all.into_iter().map(|(k, v)| (k, element(v))).collect()),
            other => element(other),
        }
    }

    fn make(&self, kind: &Kind) -> Value {
        match kind {
            Kind::Leaf(ty) => self.make_leaf(ty),
            Kind::Nested(nesting, inner) => {
                let whole = inner.attributes.iter().map(|a| {
                    let needed = a.mode != Mode::Optional && !a.write_only;
                    (a.name.to_string(), if needed { self.make(&a.kind) } else { Value::Null })
                });
                let whole = Value::Object(whole.collect());
                match nesting {
                    Nesting::Single => whole,
                    Nesting::List => Value::List(vec![whole]),
                    Nesting::Set => Value::Set(vec![whole]),
                    Nesting::Map => Value::Map([("made".to_owned(), whole)].into()),
                }
            }
        }
    }

    fn make_leaf(&self, ty: &Type) -> Value {
        match ty {
            Type::String => Value::from(format!("made-{}", self.next())),
            Type::Number => Value::from(i64::try_from(self.next()).unwrap()),
            Type::Bool => Value::from(true),
            Type::Dynamic => Value::Dynamic(Box::new((Type::String, self.make_leaf(&Type::String)))),
            Type::List(t) => Value::List(vec![self.make_leaf(t)]),
            Type::Set(t) => Value::Set(vec![self.make_leaf(t)]),
            Type::Map(t) => Value::Map([("made".to_owned(), self.make_leaf(t))].into()),
            Type::Object(all) => Value::Object(all.iter().map(|(k, t)| (k.clone(), self.make_leaf(t))).collect()),
            Type::Tuple(all) => Value::List(all.iter().map(|t| self.make_leaf(t)).collect()),
        }
    }
}

/// What the provider's operations reach the cloud through.
pub(crate) type Client = Arc<Cloud>;

/// An operation of a resource.
pub(crate) type Operation<A, R> = fn(&Context<Client>, A) -> Result<R>;
/// A derived part of an identity.
pub(crate) type Part = fn(Option<&Client>, &str, &Value) -> Value;
/// A move from another resource.
pub(crate) type Move = fn(&MoveSource) -> Result<Option<Moved>>;

/// What a test puts in place of the toy's own behaviour.
#[derive(Clone, Default)]
pub(crate) struct Hooks {
    /// A creation saves the object and then waits until it is stopped.
    pub(crate) wait: bool,
    pub(crate) interfere: Option<fn(&mut Plan<'_>)>,
    pub(crate) plan: Option<fn(&mut Plan<'_>) -> Result<()>>,
    pub(crate) create: Option<Operation<Value, Value>>,
    pub(crate) read: Option<Operation<Value, Option<Value>>>,
    pub(crate) update: Option<Operation<Update, Value>>,
    pub(crate) delete: Option<Operation<Value, ()>>,
    pub(crate) import: Option<fn(&str) -> Result<Value>>,
    pub(crate) import_identity: Option<fn(&Value) -> Result<Value>>,
    /// The derived parts of the identity, and what is wrong with those of an import.
    pub(crate) identity_part: Option<Part>,
    pub(crate) check_identity: Option<fn(&Value) -> Result<()>>,
    /// Planning that keeps private data.
    pub(crate) remember: Option<fn(&Context<Client>, &mut Plan<'_>)>,
    pub(crate) move_from: Option<Move>,
}

/// The resource.
#[derive(Clone)]
pub(crate) struct Thing {
    schema: Schema,
    hooks: Hooks,
}

#[async_trait]
impl Resource<Client> for Thing {
    fn schema(&self) -> Schema {
        self.schema.clone()
    }

    async fn plan(&self, cx: &Context<Client>, plan: &mut Plan<'_>) -> Result<()> {
        if let Some(hook) = self.hooks.remember {
            hook(cx, plan);
        }
        if let Some(hook) = self.hooks.interfere {
            hook(plan);
        }
        self.hooks.plan.map_or(Ok(()), |hook| hook(plan))
    }

    async fn create(&self, cx: &Context<Client>, planned: Value) -> Result<Value> {
        if let Some(hook) = self.hooks.create {
            return hook(cx, planned);
        }
        let object = cx.client()?.fill(&self.schema.object, planned);
        cx.client()?.store(&object);
        if self.hooks.wait {
            cx.save(object.clone());
            cx.client()?.waiting.store(true, Ordering::Relaxed);
            cx.pause(Duration::from_secs(3600)).await.map_err(|s| Diag::error("Stopped", format!("{s:?}")))?;
        }
        Ok(object)
    }

    async fn read(&self, cx: &Context<Client>, state: Value) -> Result<Option<Value>> {
        if let Some(hook) = self.hooks.read {
            return hook(cx, state);
        }
        let id = state.attribute("id").as_str().unwrap_or_default().to_owned();
        Ok(cx.client()?.objects.lock().unwrap().get(&id).cloned())
    }

    async fn update(&self, cx: &Context<Client>, update: Update) -> Result<Value> {
        if let Some(hook) = self.hooks.update {
            return hook(cx, update);
        }
        let object = cx.client()?.fill(&self.schema.object, update.planned);
        cx.client()?.store(&object);
        Ok(object)
    }

    async fn delete(&self, cx: &Context<Client>, state: Value) -> Result<()> {
        if let Some(hook) = self.hooks.delete {
            return hook(cx, state);
        }
        cx.client()?.objects.lock().unwrap().remove(state.attribute("id").as_str().unwrap());
        Ok(())
    }

    async fn import(&self, _: &Context<Client>, id: &str) -> Result<Value> {
        if let Some(hook) = self.hooks.import {
            return hook(id);
        }
        let mut state = self.schema.object.null_value();
        state.set_attribute("id", id.into());
        Ok(state)
    }

    async fn import_identity(&self, cx: &Context<Client>, identity: &Value) -> Result<Value> {
        match self.hooks.import_identity {
            Some(hook) => hook(identity),
            None => Usual(self).import_identity(cx, identity).await,
        }
    }

    fn identity_part(&self, client: Option<&Client>, part: &str, state: &Value) -> Value {
        self.hooks.identity_part.map_or(Value::Null, |hook| hook(client, part, state))
    }

    fn check_identity(&self, _: &Context<Client>, identity: &Value) -> Result<()> {
        self.hooks.check_identity.map_or(Ok(()), |hook| hook(identity))
    }

    fn move_from(&self, source: &MoveSource) -> Result<Option<Moved>> {
        self.hooks.move_from.map_or(Ok(None), |hook| hook(source))
    }
}

/// A thing with the framework's own way to import by identity.
struct Usual<'a>(&'a Thing);

#[async_trait]
impl Resource<Client> for Usual<'_> {
    fn schema(&self) -> Schema {
        self.0.schema()
    }

    async fn create(&self, cx: &Context<Client>, planned: Value) -> Result<Value> {
        self.0.create(cx, planned).await
    }

    async fn read(&self, cx: &Context<Client>, state: Value) -> Result<Option<Value>> {
        self.0.read(cx, state).await
    }

    async fn update(&self, cx: &Context<Client>, update: Update) -> Result<Value> {
        self.0.update(cx, update).await
    }

    async fn delete(&self, cx: &Context<Client>, state: Value) -> Result<()> {
        self.0.delete(cx, state).await
    }

    async fn import(&self, cx: &Context<Client>, id: &str) -> Result<Value> {
        self.0.import(cx, id).await
    }
}

type List<T> = fn() -> Vec<Box<T>>;

/// The provider.
#[derive(Clone)]
pub(crate) struct Toy {
    pub(crate) cloud: Arc<Cloud>,
    /// Whether it has something to say by itself.
    pub(crate) news: bool,
    /// Why nothing can be asked of the cloud.
    pub(crate) deferral: Option<Deferral>,
    /// The attributes of the provider block.
    pub(crate) block: Vec<Attribute>,
    pub(crate) thing: Thing,
    pub(crate) data_sources: List<dyn DataSource<Client>>,
    pub(crate) functions: List<dyn Function>,
    pub(crate) ephemerals: List<dyn EphemeralResource<Client>>,
    pub(crate) lists: List<dyn ListResource<Client>>,
    pub(crate) actions: List<dyn Action<Client>>,
}

#[async_trait]
impl Provider for Toy {
    type Client = Client;

    fn name(&self) -> &'static str {
        "toy"
    }

    fn schema(&self) -> Schema {
        Schema { object: Object { attributes: self.block.clone(), rules: Vec::new() }, ..Schema::default() }
    }

    async fn configure(&self, config: Value, _: &str) -> Result<Client> {
        if config.attribute("labels").as_entries().is_some_and(|labels| labels.values().any(Value::is_null)) {
            return Err(Diag::error("A label is null", "It was to be left out.").into());
        }
        Ok(self.cloud.clone())
    }

    async fn configured(&self, _: &Client) -> Diags {
        let news = Diag::warning("Seen when configured", "In the cloud.");
        if self.news { news.into() } else { Diags::new() }
    }

    fn deferral(&self, _: &Client) -> Option<Deferral> {
        self.deferral
    }

    fn unconfigured(&self) -> Diags {
        let news = Diag::warning("Seen when not configured", "On the disk.");
        if self.news { news.into() } else { Diags::new() }
    }

    fn released(&self, cloud: &Client) {
        cloud.released.store(true, Ordering::Relaxed);
    }

    fn resources(&self) -> Vec<Box<dyn Resource<Client>>> {
        vec![Box::new(self.thing.clone())]
    }

    fn data_sources(&self) -> Vec<Box<dyn DataSource<Client>>> {
        (self.data_sources)()
    }

    fn functions(&self) -> Vec<Box<dyn Function>> {
        (self.functions)()
    }

    fn ephemeral_resources(&self) -> Vec<Box<dyn EphemeralResource<Client>>> {
        (self.ephemerals)()
    }

    fn list_resources(&self) -> Vec<Box<dyn ListResource<Client>>> {
        (self.lists)()
    }

    fn actions(&self) -> Vec<Box<dyn Action<Client>>> {
        (self.actions)()
    }
}

/// The conversation of a test.
pub(crate) type Talk = Core<ProviderServer<Server<Toy>>>;

impl Toy {
    /// A toy whose resource has these attributes and an `id`.
    pub(crate) fn new(attributes: Vec<Attribute>, hooks: Hooks) -> Self {
        let mut id = Attribute::new("id", Kind::Leaf(Type::String), Mode::Computed, "The id.");
        id.on_update = OnUpdate::UseStateForUnknown;
        let mut object = Object { attributes, rules: Vec::new() };
        object.attributes.push(id);
        Self::with_schema(
            Schema { name: "thing".into(), description: "A thing.".into(), object, ..Schema::default() },
            hooks,
        )
    }

    /// A toy whose resource has this schema.
    pub(crate) fn with_schema(schema: Schema, hooks: Hooks) -> Self {
        assert_eq!(schema.defects(), Vec::<String>::new());
        Self::unsound(schema, hooks)
    }

    /// A toy whose resource has this schema, which Terraform may refuse.
    pub(crate) fn unsound(schema: Schema, hooks: Hooks) -> Self {
        Self {
            cloud: Arc::default(),
            news: false,
            deferral: None,
            block: Vec::new(),
            thing: Thing { schema, hooks },
            data_sources: Vec::new,
            functions: Vec::new,
            ephemerals: Vec::new,
            lists: Vec::new,
            actions: Vec::new,
        }
    }

    /// A conversation with the configured provider.
    pub(crate) async fn talk(self) -> Talk {
        self.talks().await.0
    }

    /// Two conversations with the same provider process, which is configured.
    pub(crate) async fn talks(self) -> (Talk, Talk) {
        let server = ProviderServer::new(Server::new(self));
        let mut core = Core::new(server.clone()).await;
        let nothing = Value::object::<&str>([]);
        core.configure(&nothing).await.good();
        (core, Core::new(server).await)
    }
}

/// An error that a hook may answer with.
pub(crate) fn sorry<T>() -> Result<T> {
    Err(Diag::error("The cloud said no", "It was asked nicely.").at(Path::of("name")).into())
}

/// Runs a test's future to its end.
pub(crate) fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}
