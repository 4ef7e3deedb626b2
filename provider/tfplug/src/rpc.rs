//! The provider's side of the protocol: decode the request, call the framework, encode the answer. No call ever fails
//! with a gRPC error for what a diagnostic can say: Terraform would lose the object.

mod convert;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use self::convert::{decode, diagnostics, encode, private_from, private_to};
use crate::context::Context;
use crate::diag::{Diag, Diags, Result, Severity};
use crate::lifecycle::{Managed, StateAnswer, Surroundings, guarded};
use crate::pb::tfplugin6::{self as pb, provider_server};
use crate::resource::{Action, DataSource, EphemeralResource, Function, ListResource, MoveSource, Provider, Signature};
use crate::schema::{Schema, Type};
use crate::value::Value;
use crate::{conform, json, validate};

type Answer<T> = std::result::Result<Response<T>, Status>;
type Stream<T> = Pin<Box<dyn tokio_stream::Stream<Item = std::result::Result<T, Status>> + Send + 'static>>;

/// Longest that anything but a managed resource's operation may take.
const LIMIT: Duration = Duration::from_secs(20 * 60);

/// Something with a schema that is not a managed resource.
struct Entry<T: ?Sized> {
    what: Box<T>,
    schema: Schema,
    value_type: Type,
}

impl<T: ?Sized> Entry<T> {
    fn new(what: Box<T>, schema: Schema) -> Arc<Self> {
        let value_type = schema.object.to_type();
        Arc::new(Self { what, schema, value_type })
    }
}

type Table<T> = BTreeMap<String, T>;

/// Everything the provider offers, by name.
struct Registry<C> {
    provider_schema: Schema,
    provider_type: Type,
    resources: Table<Arc<Managed<C>>>,
    data_sources: Table<Arc<Entry<dyn DataSource<C>>>>,
    functions: Table<(Box<dyn Function>, Signature)>,
    ephemeral_resources: Table<Arc<Entry<dyn EphemeralResource<C>>>>,
    list_resources: Table<Arc<Entry<dyn ListResource<C>>>>,
    actions: Table<Arc<Entry<dyn Action<C>>>>,
}

impl<C: Send + Sync + 'static> Registry<C> {
    fn new<P: Provider<Client = C>>(provider: &P) -> Self {
        let prefix = provider.name();
        let name = |schema: &Schema| format!("{prefix}_{}", schema.name);
        let provider_schema = provider.schema();
        let managed = |r| {
            let m = Managed::new(prefix, r);
            (m.type_name.clone(), Arc::new(m))
        };
        macro_rules! table {
            ($list:expr) => {
                $list
                    .into_iter()
                    .map(|x| {
                        let schema = x.schema();
                        (name(&schema), Entry::new(x, schema))
                    })
                    .collect()
            };
        }
        Self {
            provider_type: provider_schema.object.to_type(),
            provider_schema,
            resources: provider.resources().into_iter().map(managed).collect(),
            data_sources: table!(provider.data_sources()),
            functions: provider
                .functions()
                .into_iter()
                .map(|f| {
                    let signature = f.signature();
                    (signature.name.to_string(), (f, signature))
                })
                .collect(),
            ephemeral_resources: table!(provider.ephemeral_resources()),
            list_resources: table!(provider.list_resources()),
            actions: table!(provider.actions()),
        }
    }
}

/// The gRPC service of a provider.
pub struct Server<P: Provider> {
    provider: Arc<P>,
    registry: OnceLock<Arc<Registry<P::Client>>>,
    client: Mutex<Option<Arc<P::Client>>>,
    cancel: Mutex<CancellationToken>,
    /// The end of the process, of which `cancel` is a child.
    stopping: CancellationToken,
}

impl<P: Provider> Server<P> {
    /// Serves a provider. Schemas are built at the first call that needs one.
    pub fn new(provider: P) -> Self {
        Self {
            provider: Arc::new(provider),
            registry: OnceLock::new(),
            client: Mutex::default(),
            cancel: Mutex::default(),
            stopping: CancellationToken::default(),
        }
    }

    /// Cancels operations also when `stopping` is cancelled: the process is about to end, and Terraform should still
    /// hear what exists. [`crate::serve::run`] provides the token.
    #[must_use]
    pub fn stopping_with(mut self, stopping: CancellationToken) -> Self {
        self.cancel = Mutex::new(stopping.child_token());
        self.stopping = stopping;
        self
    }

    fn registry(&self) -> &Arc<Registry<P::Client>> {
        self.registry.get_or_init(|| Arc::new(Registry::new(&*self.provider)))
    }

    fn surroundings(&self) -> Surroundings<P::Client> {
        Surroundings { client: locked(&self.client).clone(), cancel: locked(&self.cancel).clone() }
    }

    fn context(&self) -> Context<P::Client> {
        let base = self.surroundings();
        Context::new(base.client, base.cancel, LIMIT)
    }

    fn resource(&self, name: &str) -> Result<Arc<Managed<P::Client>>> {
        found(&self.registry().resources, name).cloned()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn found<'a, T>(table: &'a Table<T>, name: &str) -> Result<&'a T> {
    let missing = || Diags::from(Diag::error("Unknown type", format!("The provider offers nothing named {name}.")));
    table.get(name).ok_or_else(missing)
}

/// The diagnostics of a check, whether it came to an end or not.
fn told(outcome: Result<Diags>) -> Vec<pb::Diagnostic> {
    diagnostics(&outcome.unwrap_or_else(|failed| failed))
}

/// Tests a configuration against a schema and, if that finds nothing, with the thing's own check.
async fn check<F>(schema: &Schema, value: Value, write_only: bool, own: F) -> Result<Diags>
where
    F: FnOnce(&Value) -> Diags + Send + 'static,
{
    let diags = validate::config(&schema.object, &value, write_only);
    if diags.has_errors() {
        return Ok(diags);
    }
    let name = schema.name.to_string();
    let mut own = guarded(&name, "checking the configuration", LIMIT, async move { Ok(own(&value)) }).await?;
    own.extend(diags);
    Ok(own)
}

/// Fills in the defaults of attributes that a configuration leaves open, and null for what is computed.
fn with_defaults(schema: &Schema, config: &Value) -> Value {
    let plan = crate::plan::Plan::new(schema, config, &Value::Null, config);
    plan.planned().clone().unknown_as_null()
}

fn identity<C: Send + Sync + 'static>(
    resource: &Managed<C>,
    state: &Value,
    diags: &mut Diags,
) -> Option<pb::ResourceIdentityData> {
    let identity = resource.identity(state)?;
    encode(&identity, &resource.identity_type(), diags).map(|d| pb::ResourceIdentityData { identity_data: Some(d) })
}

fn raw_json(raw: Option<pb::RawState>) -> Result<serde_json::Value> {
    let fail = |why: String| Diags::from(Diag::error("Stored state cannot be read", why));
    let raw = raw.unwrap_or_default();
    if raw.json.is_empty() {
        let why = "The state was stored by a Terraform older than 0.12. Upgrade it with Terraform 0.12 first.";
        return Err(fail(why.to_owned()));
    }
    serde_json::from_slice(&raw.json).map_err(|e| fail(format!("The stored state is not valid JSON: {e}.")))
}

fn capabilities() -> pb::ServerCapabilities {
    pb::ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: true,
        generate_resource_config: true,
    }
}

fn timestamp(seconds: Option<i64>) -> Option<prost_types::Timestamp> {
    seconds.map(|seconds| prost_types::Timestamp { seconds, nanos: 0 })
}

#[tonic::async_trait]
impl<P: Provider> provider_server::Provider for Server<P> {
    async fn get_metadata(&self, _: Request<pb::get_metadata::Request>) -> Answer<pb::get_metadata::Response> {
        use pb::get_metadata as m;
        let r = self.registry();
        fn list<T, M>(table: &Table<T>, make: impl Fn(String) -> M) -> Vec<M> {
            table.keys().cloned().map(make).collect()
        }
        Ok(Response::new(m::Response {
            server_capabilities: Some(capabilities()),
            resources: list(&r.resources, |type_name| m::ResourceMetadata { type_name }),
            data_sources: list(&r.data_sources, |type_name| m::DataSourceMetadata { type_name }),
            functions: list(&r.functions, |name| m::FunctionMetadata { name }),
            ephemeral_resources: list(&r.ephemeral_resources, |type_name| m::EphemeralMetadata { type_name }),
            list_resources: list(&r.list_resources, |type_name| m::ListResourceMetadata { type_name }),
            actions: list(&r.actions, |type_name| m::ActionMetadata { type_name }),
            ..Default::default()
        }))
    }

    async fn get_provider_schema(
        &self,
        _: Request<pb::get_provider_schema::Request>,
    ) -> Answer<pb::get_provider_schema::Response> {
        let r = self.registry();
        fn schemas<T: ?Sized>(table: &Table<Arc<Entry<T>>>) -> BTreeMap<String, pb::Schema> {
            table.iter().map(|(n, e)| (n.clone(), convert::schema(&e.schema))).collect()
        }
        let action = |(n, s): (String, pb::Schema)| (n, pb::ActionSchema { schema: Some(s) });
        Ok(Response::new(pb::get_provider_schema::Response {
            provider: Some(convert::schema(&r.provider_schema)),
            resource_schemas: r.resources.iter().map(|(n, m)| (n.clone(), convert::schema(&m.schema))).collect(),
            data_source_schemas: schemas(&r.data_sources),
            functions: r.functions.iter().map(|(n, (_, s))| (n.clone(), convert::function(s))).collect(),
            ephemeral_resource_schemas: schemas(&r.ephemeral_resources),
            list_resource_schemas: schemas(&r.list_resources),
            action_schemas: schemas(&r.actions).into_iter().map(action).collect(),
            server_capabilities: Some(capabilities()),
            ..Default::default()
        }))
    }

    async fn get_functions(&self, _: Request<pb::get_functions::Request>) -> Answer<pb::get_functions::Response> {
        let functions = self.registry().functions.iter().map(|(n, (_, s))| (n.clone(), convert::function(s))).collect();
        Ok(Response::new(pb::get_functions::Response { functions, diagnostics: Vec::new() }))
    }

    async fn get_resource_identity_schemas(
        &self,
        _: Request<pb::get_resource_identity_schemas::Request>,
    ) -> Answer<pb::get_resource_identity_schemas::Response> {
        use pb::resource_identity_schema::IdentityAttribute;
        let schema = |m: &Managed<P::Client>| {
            let attribute = |i: &crate::schema::IdentityAttribute| {
                let declared = m.schema.object.attribute(&i.name);
                IdentityAttribute {
                    name: i.name.to_string(),
                    r#type: convert::type_bytes(&declared.map_or(Type::String, |a| a.kind.to_type())),
                    required_for_import: i.required,
                    optional_for_import: !i.required,
                    description: declared.map(|a| a.description.to_string()).unwrap_or_default(),
                }
            };
            let identity_attributes = m.schema.identity.iter().map(attribute).collect();
            pb::ResourceIdentitySchema { version: 0, identity_attributes }
        };
        let with_identity = self.registry().resources.iter().filter(|(_, m)| !m.schema.identity.is_empty());
        let identity_schemas = with_identity.map(|(n, m)| (n.clone(), schema(m))).collect();
        Ok(Response::new(pb::get_resource_identity_schemas::Response { identity_schemas, diagnostics: Vec::new() }))
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<pb::upgrade_resource_identity::Request>,
    ) -> Answer<pb::upgrade_resource_identity::Response> {
        let request = request.into_inner();
        let mut diags = Diags::new();
        let upgraded = self.resource(&request.type_name).and_then(|resource| {
            let raw = raw_json(request.raw_identity)?;
            let t = resource.identity_type();
            let value = json::from_json(&raw, &t)
                .map_err(|e| Diags::from(Diag::error("Stored identity cannot be used", e.to_string())))?;
            let mut diags = Diags::new();
            let identity_data = encode(&value, &t, &mut diags);
            diags.into_result().map(|()| pb::ResourceIdentityData { identity_data })
        });
        let upgraded_identity = diags.absorb(upgraded);
        let diagnostics = diagnostics(&diags);
        Ok(Response::new(pb::upgrade_resource_identity::Response { upgraded_identity, diagnostics }))
    }

    async fn validate_provider_config(
        &self,
        request: Request<pb::validate_provider_config::Request>,
    ) -> Answer<pb::validate_provider_config::Response> {
        let r = self.registry();
        let provider = self.provider.clone();
        let outcome = match decode(request.into_inner().config.as_ref(), &r.provider_type) {
            Ok(config) => check(&r.provider_schema, config, true, move |c| provider.check_config(c)).await,
            Err(failed) => Err(failed),
        };
        Ok(Response::new(pb::validate_provider_config::Response { diagnostics: told(outcome) }))
    }

    async fn configure_provider(
        &self,
        request: Request<pb::configure_provider::Request>,
    ) -> Answer<pb::configure_provider::Response> {
        let request = request.into_inner();
        let provider = self.provider.clone();
        let outcome = match decode(request.config.as_ref(), &self.registry().provider_type) {
            Ok(config) => {
                guarded(provider.name(), "configuring the provider", LIMIT, {
                    let provider = provider.clone();
                    async move { provider.configure(config, &request.terraform_version).await }
                })
                .await
            }
            Err(failed) => Err(failed),
        };
        let mut diags = Diags::new();
        let client = diags.absorb(outcome).map(Arc::new);
        *locked(&self.client) = client;
        Ok(Response::new(pb::configure_provider::Response { diagnostics: diagnostics(&diags) }))
    }

    async fn validate_resource_config(
        &self,
        request: Request<pb::validate_resource_config::Request>,
    ) -> Answer<pb::validate_resource_config::Response> {
        let request = request.into_inner();
        let write_only = request.client_capabilities.unwrap_or_default().write_only_attributes_allowed;
        let outcome =
            async {
                let resource = self.resource(&request.type_name)?;
                let config = decode(request.config.as_ref(), &resource.value_type)?;
                let name = request.type_name.clone();
                guarded(&name, "checking the configuration", LIMIT, async move {
                    Ok(resource.validate(&config, write_only))
                })
                .await
            };
        Ok(Response::new(pb::validate_resource_config::Response { diagnostics: told(outcome.await) }))
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<pb::validate_data_resource_config::Request>,
    ) -> Answer<pb::validate_data_resource_config::Response> {
        let request = request.into_inner();
        let outcome = async {
            let entry = found(&self.registry().data_sources, &request.type_name)?.clone();
            let config = decode(request.config.as_ref(), &entry.value_type)?;
            let own = entry.clone();
            check(&entry.schema, config, false, move |c| own.what.check_config(c)).await
        };
        Ok(Response::new(pb::validate_data_resource_config::Response { diagnostics: told(outcome.await) }))
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<pb::validate_ephemeral_resource_config::Request>,
    ) -> Answer<pb::validate_ephemeral_resource_config::Response> {
        let request = request.into_inner();
        let outcome = async {
            let entry = found(&self.registry().ephemeral_resources, &request.type_name)?.clone();
            let config = decode(request.config.as_ref(), &entry.value_type)?;
            let own = entry.clone();
            check(&entry.schema, config, false, move |c| own.what.check_config(c)).await
        };
        Ok(Response::new(pb::validate_ephemeral_resource_config::Response { diagnostics: told(outcome.await) }))
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<pb::validate_list_resource_config::Request>,
    ) -> Answer<pb::validate_list_resource_config::Response> {
        let request = request.into_inner();
        let outcome = async {
            let entry = found(&self.registry().list_resources, &request.type_name)?;
            let config = decode(request.config.as_ref(), &entry.value_type)?;
            check(&entry.schema, config, false, |_| Diags::new()).await
        };
        Ok(Response::new(pb::validate_list_resource_config::Response { diagnostics: told(outcome.await) }))
    }

    async fn validate_action_config(
        &self,
        request: Request<pb::validate_action_config::Request>,
    ) -> Answer<pb::validate_action_config::Response> {
        let request = request.into_inner();
        let outcome = async {
            let entry = found(&self.registry().actions, &request.type_name)?.clone();
            let config = decode(request.config.as_ref(), &entry.value_type)?;
            let own = entry.clone();
            check(&entry.schema, config, true, move |c| own.what.check_config(c)).await
        };
        Ok(Response::new(pb::validate_action_config::Response { diagnostics: told(outcome.await) }))
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<pb::upgrade_resource_state::Request>,
    ) -> Answer<pb::upgrade_resource_state::Response> {
        let request = request.into_inner();
        let mut diags = Diags::new();
        let upgraded = self.resource(&request.type_name).and_then(|resource| {
            let state = resource.upgrade(request.version, raw_json(request.raw_state)?)?;
            Ok((state, resource))
        });
        let upgraded_state =
            diags.absorb(upgraded).and_then(|(state, resource)| encode(&state, &resource.value_type, &mut diags));
        let diagnostics = diagnostics(&diags);
        Ok(Response::new(pb::upgrade_resource_state::Response { upgraded_state, diagnostics }))
    }

    async fn read_resource(&self, request: Request<pb::read_resource::Request>) -> Answer<pb::read_resource::Response> {
        let request = request.into_inner();
        let decoded = self.resource(&request.type_name).and_then(|resource| {
            let state = decode(request.current_state.as_ref(), &resource.value_type)?;
            Ok((resource, state))
        });
        let (resource, state) = match decoded {
            Ok(x) => x,
            Err(failed) => {
                let diagnostics = diagnostics(&failed);
                let (new_state, private) = (request.current_state, request.private);
                return Ok(Response::new(pb::read_resource::Response {
                    new_state,
                    private,
                    diagnostics,
                    ..Default::default()
                }));
            }
        };
        let StateAnswer { state, private, mut diags } =
            resource.read(&self.surroundings(), state, private_from(&request.private)).await;
        if !diags.has_errors() {
            diags.0.extend(resource.identity_defect(&state));
        }
        Ok(Response::new(pb::read_resource::Response {
            new_state: encode(&state, &resource.value_type, &mut diags),
            new_identity: identity(&resource, &state, &mut diags),
            private: private_to(&private),
            diagnostics: diagnostics(&diags),
            deferred: None,
        }))
    }

    async fn plan_resource_change(
        &self,
        request: Request<pb::plan_resource_change::Request>,
    ) -> Answer<pb::plan_resource_change::Response> {
        let request = request.into_inner();
        let decoded = self.resource(&request.type_name).and_then(|resource| {
            let read = |v: &Option<pb::DynamicValue>| decode(v.as_ref(), &resource.value_type);
            let values = (read(&request.config)?, read(&request.prior_state)?, read(&request.proposed_new_state)?);
            Ok((resource, values))
        });
        let (resource, (config, prior, proposed)) = match decoded {
            Ok(x) => x,
            Err(failed) => {
                let diagnostics = diagnostics(&failed);
                return Ok(Response::new(pb::plan_resource_change::Response { diagnostics, ..Default::default() }));
            }
        };
        let private = private_from(&request.prior_private);
        let answer = resource.plan(&self.surroundings(), config, prior, proposed, private).await;
        let mut diags = answer.diags;
        let expressible = answer.requires_replace.iter().map(|path| convert::attribute_path(&path.expressible().0));
        Ok(Response::new(pb::plan_resource_change::Response {
            planned_state: encode(&answer.planned, &resource.value_type, &mut diags),
            planned_identity: identity(&resource, &answer.planned, &mut diags),
            requires_replace: expressible.collect(),
            planned_private: private_to(&answer.private),
            diagnostics: diagnostics(&diags),
            ..Default::default()
        }))
    }

    async fn apply_resource_change(
        &self,
        request: Request<pb::apply_resource_change::Request>,
    ) -> Answer<pb::apply_resource_change::Response> {
        let request = request.into_inner();
        let decoded = self.resource(&request.type_name).and_then(|resource| {
            let read = |v: &Option<pb::DynamicValue>| decode(v.as_ref(), &resource.value_type);
            let values = (read(&request.config)?, read(&request.prior_state)?, read(&request.planned_state)?);
            Ok((resource, values))
        });
        let (resource, (config, prior, planned)) = match decoded {
            Ok(x) => x,
            Err(failed) => {
                // Nothing was done: the object stays as it was.
                return Ok(Response::new(pb::apply_resource_change::Response {
                    new_state: request.prior_state,
                    private: request.planned_private,
                    diagnostics: diagnostics(&failed),
                    ..Default::default()
                }));
            }
        };
        let private = private_from(&request.planned_private);
        let answer = resource.apply(&self.surroundings(), config, prior, planned, private).await;
        let mut diags = answer.diags;
        if !diags.has_errors() {
            diags.0.extend(resource.identity_defect(&answer.state));
        }
        let new_state = encode(&answer.state, &resource.value_type, &mut diags).or_else(|| {
            // Better a state without the misfit than none.
            let bare = resource.fitting(&answer.state);
            encode(&bare, &resource.value_type, &mut Diags::new())
        });
        Ok(Response::new(pb::apply_resource_change::Response {
            new_state,
            new_identity: identity(&resource, &answer.state, &mut diags),
            private: private_to(&answer.private),
            diagnostics: diagnostics(&diags),
            legacy_type_system: false,
        }))
    }

    async fn import_resource_state(
        &self,
        request: Request<pb::import_resource_state::Request>,
    ) -> Answer<pb::import_resource_state::Response> {
        let request = request.into_inner();
        let mut diags = Diags::new();
        let imported = async {
            let resource = self.resource(&request.type_name)?;
            let by_identity = request.identity.and_then(|i| i.identity_data);
            let answer = match (by_identity, resource.schema.identity.is_empty()) {
                (Some(given), false) => {
                    let given = decode(Some(&given), &resource.identity_type())?;
                    let state = resource.import_identity(&given);
                    StateAnswer { state, private: Default::default(), diags: Diags::new() }
                }
                _ => resource.import(&self.surroundings(), request.id.clone()).await,
            };
            Ok((resource, answer))
        };
        let mut imported_resources = Vec::new();
        if let Some((resource, answer)) = diags.absorb(imported.await) {
            diags.extend(answer.diags);
            if !answer.state.is_null() {
                imported_resources.push(pb::import_resource_state::ImportedResource {
                    type_name: request.type_name,
                    state: encode(&answer.state, &resource.value_type, &mut diags),
                    private: private_to(&answer.private),
                    identity: identity(&resource, &answer.state, &mut diags),
                });
            }
        }
        let diagnostics = diagnostics(&diags);
        Ok(Response::new(pb::import_resource_state::Response { imported_resources, diagnostics, deferred: None }))
    }

    async fn move_resource_state(
        &self,
        request: Request<pb::move_resource_state::Request>,
    ) -> Answer<pb::move_resource_state::Response> {
        let request = request.into_inner();
        let mut diags = Diags::new();
        let moved = self.resource(&request.target_type_name).and_then(|resource| {
            let serde_json::Value::Object(state) = raw_json(request.source_state)? else {
                return Err(Diag::error("Stored state cannot be read", "It is not a JSON object.").into());
            };
            let source = MoveSource {
                provider: request.source_provider_address,
                type_name: request.source_type_name,
                schema_version: request.source_schema_version,
                state,
            };
            Ok((resource.move_from(&source)?, resource))
        });
        let mut response = pb::move_resource_state::Response::default();
        if let Some((state, resource)) = diags.absorb(moved) {
            response.target_state = encode(&state, &resource.value_type, &mut diags);
            response.target_identity = identity(&resource, &state, &mut diags);
        }
        response.diagnostics = diagnostics(&diags);
        Ok(Response::new(response))
    }

    async fn generate_resource_config(
        &self,
        request: Request<pb::generate_resource_config::Request>,
    ) -> Answer<pb::generate_resource_config::Response> {
        let request = request.into_inner();
        let mut diags = Diags::new();
        let decoded = self.resource(&request.type_name).and_then(|resource| {
            let state = decode(request.state.as_ref(), &resource.value_type)?;
            Ok((resource.generate_config(&state), resource))
        });
        let config = diags.absorb(decoded).and_then(|(c, resource)| encode(&c, &resource.value_type, &mut diags));
        let diagnostics = diagnostics(&diags);
        Ok(Response::new(pb::generate_resource_config::Response { config, diagnostics }))
    }

    async fn read_data_source(
        &self,
        request: Request<pb::read_data_source::Request>,
    ) -> Answer<pb::read_data_source::Response> {
        let request = request.into_inner();
        let mut diags = Diags::new();
        let cx = self.context();
        let read = async {
            let entry = found(&self.registry().data_sources, &request.type_name)?.clone();
            let given = decode(request.config.as_ref(), &entry.value_type)?;
            let config = with_defaults(&entry.schema, &given);
            let (task, inner) = (entry.clone(), cx.clone());
            let value = guarded(&request.type_name, "reading the data source", LIMIT, async move {
                task.what.read(&inner, config).await
            })
            .await?;
            Ok((entry, given, value))
        };
        let state = diags.absorb(read.await).and_then(|(entry, given, value)| {
            let (value, defects) = conform::mend(&entry.schema.object, value);
            diags.extend(conform::diags(&defects, &request.type_name, "reading the data source"));
            let (value, defects) = conform::repeat(&entry.schema.object, &given, value);
            for mut diag in conform::diags(&defects, &request.type_name, "reading the data source").0 {
                diag.severity = Severity::Warning;
                diags.push(diag);
            }
            if value.is_null() {
                diags.push(Diag::bug("Provider error while reading the data source", "Nothing was returned."));
            }
            encode(&value, &entry.value_type, &mut diags)
        });
        diags.extend(cx.take_warnings());
        let diagnostics = diagnostics(&diags);
        Ok(Response::new(pb::read_data_source::Response { state, diagnostics, deferred: None }))
    }

    async fn call_function(&self, request: Request<pb::call_function::Request>) -> Answer<pb::call_function::Response> {
        let request = request.into_inner();
        let failed = |text: String, argument: Option<usize>| {
            let function_argument = argument.and_then(|a| i64::try_from(a).ok());
            // Terraform puts the text at the end of a sentence of its own, and adds the full stop.
            let text = text.strip_suffix('.').unwrap_or(&text).to_owned();
            let error = Some(pb::FunctionError { text, function_argument });
            Ok(Response::new(pb::call_function::Response { result: None, error }))
        };
        let registry = self.registry().clone();
        let Some((_, signature)) = registry.functions.get(&request.name) else {
            return failed(format!("The provider has no function named {}.", request.name), None);
        };
        let mut arguments = Vec::new();
        for (i, argument) in request.arguments.iter().enumerate() {
            let Some(parameter) = signature.parameters.get(i).or(signature.variadic.as_ref()) else {
                return failed("Too many arguments.".to_owned(), Some(i));
            };
            match decode(Some(argument), &parameter.kind) {
                Ok(v) => arguments.push(v),
                Err(d) => return failed(d.to_string(), Some(i)),
            }
        }
        let broken =
            |what: &str| Diags::from(Diag::bug("Provider error in a function", format!("The function {what}.")));
        let result_type = signature.result.clone();
        let (task, name) = (registry.clone(), request.name.clone());
        let called = guarded(&request.name, "calling the function", LIMIT, async move {
            let Some((function, _)) = task.functions.get(&name) else { return Ok(None) };
            let repeated = cfg!(debug_assertions).then(|| function.call(arguments.clone()));
            let answer = function.call(arguments);
            if repeated.is_some_and(|r| r != answer) {
                return Err(broken("gave two answers to the same arguments"));
            }
            match &answer {
                Ok(value) if !value.is_wholly_known() => Err(broken("answered with an unknown value")),
                _ => Ok(Some(answer)),
            }
        });
        match called.await {
            Ok(Some(Ok(value))) => {
                let mut diags = Diags::new();
                match encode(&value, &result_type, &mut diags) {
                    Some(v) => Ok(Response::new(pb::call_function::Response { result: Some(v), error: None })),
                    None => failed(diags.to_string(), None),
                }
            }
            Ok(Some(Err(e))) => failed(e.text, e.argument),
            Ok(None) => failed("The function is gone.".to_owned(), None),
            Err(d) => failed(d.to_string(), None),
        }
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<pb::open_ephemeral_resource::Request>,
    ) -> Answer<pb::open_ephemeral_resource::Response> {
        let request = request.into_inner();
        let mut diags = Diags::new();
        let cx = self.context();
        let opened = async {
            let entry = found(&self.registry().ephemeral_resources, &request.type_name)?.clone();
            let given = decode(request.config.as_ref(), &entry.value_type)?;
            let config = with_defaults(&entry.schema, &given);
            let (task, inner) = (entry.clone(), cx.clone());
            let opened = guarded(&request.type_name, "opening the ephemeral resource", LIMIT, async move {
                task.what.open(&inner, config).await
            })
            .await?;
            let (result, mut defects) = conform::mend(&entry.schema.object, opened.result);
            if result.is_null() && defects.is_empty() {
                let title = "Provider error while opening the ephemeral resource";
                return Err(Diag::bug(title, format!("{}: nothing was returned.", request.type_name)).into());
            }
            defects.extend(conform::plan_defects(&entry.schema.object, &given, &Value::Null, &result));
            conform::diags(&defects, &request.type_name, "opening the ephemeral resource").into_result()?;
            Ok((entry, result, opened.renew_at, opened.private))
        };
        let mut response = pb::open_ephemeral_resource::Response::default();
        if let Some((entry, result, renew_at, private)) = diags.absorb(opened.await) {
            response.result = encode(&result, &entry.value_type, &mut diags);
            response.renew_at = timestamp(renew_at);
            response.private = Some(private);
        }
        diags.extend(cx.take_warnings());
        response.diagnostics = diagnostics(&diags);
        Ok(Response::new(response))
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<pb::renew_ephemeral_resource::Request>,
    ) -> Answer<pb::renew_ephemeral_resource::Response> {
        let request = request.into_inner();
        let mut diags = Diags::new();
        let cx = self.context();
        let renewed = async {
            let entry = found(&self.registry().ephemeral_resources, &request.type_name)?.clone();
            let private = request.private.unwrap_or_default();
            guarded(&request.type_name, "renewing the ephemeral resource", LIMIT, async move {
                entry.what.renew(&cx, private).await
            })
            .await
        };
        let renewed = diags.absorb(renewed.await);
        let (renew_at, private) = renewed.map_or((None, None), |(at, private)| (timestamp(at), Some(private)));
        let diagnostics = diagnostics(&diags);
        Ok(Response::new(pb::renew_ephemeral_resource::Response { diagnostics, renew_at, private }))
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<pb::close_ephemeral_resource::Request>,
    ) -> Answer<pb::close_ephemeral_resource::Response> {
        let request = request.into_inner();
        let cx = self.context();
        let closed = async {
            let entry = found(&self.registry().ephemeral_resources, &request.type_name)?.clone();
            let private = request.private.unwrap_or_default();
            guarded(&request.type_name, "closing the ephemeral resource", LIMIT, async move {
                entry.what.close(&cx, private).await
            })
            .await
        };
        let diagnostics = told(closed.await.map(|()| Diags::new()));
        Ok(Response::new(pb::close_ephemeral_resource::Response { diagnostics }))
    }

    async fn list_resource(
        &self,
        request: Request<pb::list_resource::Request>,
    ) -> Answer<Stream<pb::list_resource::Event>> {
        let request = request.into_inner();
        let (out, events) = tokio::sync::mpsc::channel(16);
        let prepared = found(&self.registry().list_resources, &request.type_name).and_then(|entry| {
            let config = decode(request.config.as_ref(), &entry.value_type)?;
            let managed = self.resource(&request.type_name)?;
            Ok((entry.clone(), with_defaults(&entry.schema, &config), managed))
        });
        let cx = self.context();
        tokio::spawn(async move {
            let failed = |d: &Diags| pb::list_resource::Event { diagnostic: diagnostics(d), ..Default::default() };
            let (entry, config, managed) = match prepared {
                Ok(x) => x,
                Err(d) => return drop(out.send(Ok(failed(&d))).await),
            };
            let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
            let (found, mut listed) = tokio::sync::mpsc::channel(16);
            let whole = request.include_resource_object;
            let search = guarded(&request.type_name, "listing", LIMIT, async move {
                entry.what.list(&cx, config, limit, whole, found).await
            });
            let forward = async {
                let mut count = 0;
                while let Some(l) = listed.recv().await {
                    let mut diags = Diags::new();
                    let identity = Value::Object(l.identity);
                    if let Some(path) = identity.first_unknown() {
                        let detail = format!("{}: `{path}` of the identity is unknown.", managed.type_name);
                        diags.push(Diag::bug("Provider error while listing", detail).at(path));
                    }
                    let identity = identity.unknown_as_null();
                    let data = encode(&identity, &managed.identity_type(), &mut diags);
                    let event = pb::list_resource::Event {
                        identity: data.map(|d| pb::ResourceIdentityData { identity_data: Some(d) }),
                        display_name: l.display_name,
                        resource_object: l.object.and_then(|o| {
                            let (o, defects) = conform::mend(&managed.schema.object, o);
                            diags.extend(conform::diags(&defects, &managed.type_name, "listing"));
                            encode(&o, &managed.value_type, &mut diags)
                        }),
                        diagnostic: diagnostics(&diags),
                    };
                    count += 1;
                    if out.send(Ok(event)).await.is_err() || count >= limit {
                        break;
                    }
                }
                listed.close();
            };
            let (outcome, ()) = tokio::join!(search, forward);
            if let Err(d) = outcome {
                drop(out.send(Ok(failed(&d))).await);
            }
        });
        Ok(Response::new(Box::pin(tokio_stream::wrappers::ReceiverStream::new(events))))
    }

    async fn plan_action(&self, request: Request<pb::plan_action::Request>) -> Answer<pb::plan_action::Response> {
        let request = request.into_inner();
        let outcome = async {
            let entry = found(&self.registry().actions, &request.action_type)?.clone();
            let config = decode(request.config.as_ref(), &entry.value_type)?;
            let own = entry.clone();
            check(&entry.schema, config, true, move |c| own.what.check_config(c)).await
        };
        Ok(Response::new(pb::plan_action::Response { diagnostics: told(outcome.await), deferred: None }))
    }

    async fn invoke_action(
        &self,
        request: Request<pb::invoke_action::Request>,
    ) -> Answer<Stream<pb::invoke_action::Event>> {
        use pb::invoke_action::event::{Completed, Progress, Type as Kind};
        let request = request.into_inner();
        let (out, events) = tokio::sync::mpsc::channel(16);
        let prepared = found(&self.registry().actions, &request.action_type).and_then(|entry| {
            let config = decode(request.config.as_ref(), &entry.value_type)?;
            Ok((entry.clone(), with_defaults(&entry.schema, &config)))
        });
        let cx = self.context();
        tokio::spawn(async move {
            let event = |kind| Ok(pb::invoke_action::Event { r#type: Some(kind) });
            let outcome = match prepared {
                Err(failed) => Err(failed),
                Ok((entry, config)) => {
                    let (progress, mut lines) = tokio::sync::mpsc::channel::<String>(16);
                    let inner = cx.clone();
                    let run = guarded(&request.action_type, "running the action", LIMIT, async move {
                        entry.what.invoke(&inner, config, progress).await
                    });
                    let forward = async {
                        while let Some(message) = lines.recv().await {
                            drop(out.send(event(Kind::Progress(Progress { message }))).await);
                        }
                    };
                    tokio::join!(run, forward).0
                }
            };
            let mut diags = outcome.err().unwrap_or_default();
            diags.extend(cx.take_warnings());
            drop(out.send(event(Kind::Completed(Completed { diagnostics: diagnostics(&diags) }))).await);
        });
        Ok(Response::new(Box::pin(tokio_stream::wrappers::ReceiverStream::new(events))))
    }

    async fn stop_provider(&self, _: Request<pb::stop_provider::Request>) -> Answer<pb::stop_provider::Response> {
        // A process in reattach mode lives on: the next run must not find itself cancelled.
        std::mem::replace(&mut *locked(&self.cancel), self.stopping.child_token()).cancel();
        Ok(Response::new(pb::stop_provider::Response::default()))
    }
}
