//! A stand-in for Terraform in tests: it speaks the protocol with a provider in the same process and holds it to every
//! rule that Terraform does.
//!
//! Requests and answers pass through the generated client and server, so they are really encoded. Nothing here shares
//! code with the framework's own checks but the codecs.

#![allow(clippy::panic, reason = "this is for tests, where a panic is how a failure is reported")]

mod adopt;
mod managed;
mod others;
mod propose;
mod rules;
mod schema;

use std::collections::BTreeMap;
use std::fmt;

use tonic::Request;
use tonic::body::Body as TonicBody;
use tonic::client::GrpcService;
use tonic::codegen::{Body, Bytes, StdError};

pub use self::managed::{Change, Planned, State};
pub use self::others::Closing;
pub use self::propose::propose;
pub use self::schema::{Attribute, Attributes, Schema};
use crate::context::Deferral;
use crate::diag::{Diag, Severity};
use crate::json;
use crate::pb::tfplugin6::{self as pb, provider_client::ProviderClient, provider_server::ProviderServer};
use crate::resource::Provider;
use crate::rpc::Server;
use crate::schema::Type;
use crate::value::{Path, Step, Value};
use crate::wire;

/// A rule of Terraform's that the provider broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The title under which Terraform reports it.
    pub title: &'static str,
    /// Where; the root for the whole object.
    pub path: Path,
    /// What is wrong there.
    pub detail: String,
}

impl Violation {
    fn new(title: &'static str, path: Path, detail: impl Into<String>) -> Self {
        Self { title, path, detail: detail.into() }
    }
}

/// What broke a rule, from the values that should be equal.
fn same(title: &'static str, what: &str, wanted: &Value, got: &Value, found: &mut Vec<Violation>) {
    if let Some(path) = wanted.first_difference(got) {
        let (wanted, got) = (wanted.at(&path), got.at(&path));
        found.push(Violation::new(title, path.clone(), format!("{what}: {wanted:?} became {got:?}")));
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at `{}`: {}", self.title, self.path, self.detail)
    }
}

/// What came of a call: the value, what the provider said, and which rules it broke.
#[derive(Clone, Debug)]
pub struct Outcome<T> {
    /// The result. After errors it is what Terraform would go on with.
    pub value: T,
    /// The provider's diagnostics. Each has the path of the part that its text names, however deep; what Terraform shows
    /// is the line of the attribute of the resource, or of the list element or inner attribute in that.
    pub diags: Vec<Diag>,
    /// The rules broken.
    pub violations: Vec<Violation>,
}

impl<T> Outcome<T> {
    /// The value of a call that went well in every respect: users read warnings, too.
    ///
    /// # Panics
    /// With everything that was wrong, if anything was.
    #[track_caller]
    pub fn good(self) -> T {
        let (value, warnings) = self.warned();
        assert!(warnings.is_empty(), "the provider warned:\n{}", lines(&warnings));
        value
    }

    /// The value of a call that went well, and what the provider warned of.
    ///
    /// # Panics
    /// With the errors and violations, if there are any.
    #[track_caller]
    pub fn warned(self) -> (T, Vec<Diag>) {
        let warnings: Vec<Diag> = self.diags.iter().filter(|d| d.severity == Severity::Warning).cloned().collect();
        let (value, errors) = self.whatever();
        assert!(errors.is_empty(), "the provider failed:\n{}", lines(&errors));
        (value, warnings)
    }

    /// The provider's errors, of a call that failed without breaking a rule.
    ///
    /// # Panics
    /// If it did not fail, or broke a rule.
    #[track_caller]
    pub fn errors(self) -> Vec<Diag> {
        let (_, errors) = self.whatever();
        assert!(!errors.is_empty(), "the call was expected to fail");
        errors
    }

    /// The value and the provider's errors, if any, of a call that broke no rule.
    ///
    /// # Panics
    /// With the violations, if there are any.
    #[track_caller]
    pub fn whatever(self) -> (T, Vec<Diag>) {
        assert!(self.violations.is_empty(), "the provider broke a rule:\n{}", lines(&self.violations));
        (self.value, self.diags.into_iter().filter(|d| d.severity == Severity::Error).collect())
    }

    /// Whether the provider reported an error.
    pub fn failed(&self) -> bool {
        failed(&self.diags)
    }
}

fn failed(diags: &[Diag]) -> bool {
    diags.iter().any(|d| d.severity == Severity::Error)
}

fn lines<T: fmt::Display>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The way to a provider: a server in this process, or a channel to another one.
pub trait Transport:
    GrpcService<
        TonicBody,
        Error: Into<StdError>,
        ResponseBody: Body<Data = Bytes, Error: Into<StdError> + Send> + Send + 'static,
    >
{
}

impl<T> Transport for T where
    T: GrpcService<
            TonicBody,
            Error: Into<StdError>,
            ResponseBody: Body<Data = Bytes, Error: Into<StdError> + Send> + Send + 'static,
        >
{
}

/// Terraform's part of the conversation with one provider process.
pub struct Core<T> {
    client: ProviderClient<T>,
    /// The schema of the provider block.
    pub provider: Schema,
    /// The managed resources' schemas, by full type name.
    pub resources: BTreeMap<String, Schema>,
    /// The data sources' schemas.
    pub data_sources: BTreeMap<String, Schema>,
    /// The ephemeral resources' schemas.
    pub ephemerals: BTreeMap<String, Schema>,
    /// The list resources' schemas.
    pub lists: BTreeMap<String, Schema>,
    /// The actions' schemas.
    pub actions: BTreeMap<String, Schema>,
    /// The functions' parameter types (and whether null is allowed), the variadic one and the result's.
    pub functions: BTreeMap<String, Function>,
    /// The identities, by full type name of the managed resource. Empty if the provider has none.
    pub identities: BTreeMap<String, Identity>,
    /// What the provider says it can do.
    pub capabilities: pb::ServerCapabilities,
    /// What the client says it can do. Stable Terraform from 1.11 to 1.15 unless changed; None is an older client.
    pub client_capabilities: Option<pb::ClientCapabilities>,
    /// Why the last plan, read or import was deferred; only a client with `deferral_allowed` accepts that.
    pub deferred: Option<Deferral>,
}

/// What identifies an object, as received.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The version that is stored with each identity.
    pub version: i64,
    /// The type of its values.
    pub ty: Type,
}

/// A function's signature as received.
#[derive(Clone, Debug)]
pub struct Function {
    /// The positional parameters' types.
    pub parameters: Vec<Type>,
    /// The type of all further arguments.
    pub variadic: Option<Type>,
    /// The type of the result.
    pub result: Type,
}

impl<P: Provider> Core<ProviderServer<Server<P>>> {
    /// Starts a conversation with a provider in this process.
    ///
    /// # Panics
    /// As [`Core::new`] does.
    pub async fn of(provider: P) -> Self {
        Self::new(ProviderServer::new(Server::new(provider))).await
    }
}

impl<T: Transport> Core<T> {
    /// Starts a conversation: fetches the schemas.
    ///
    /// # Panics
    /// If the provider fails, or has a schema that Terraform refuses.
    pub async fn new(service: T) -> Self {
        let mut client = ProviderClient::new(service).max_decoding_message_size(64 << 20);
        let answer = client.get_provider_schema(pb::get_provider_schema::Request {}).await;
        let answer = answer.unwrap_or_else(|e| panic!("GetProviderSchema failed: {e}")).into_inner();
        let mut found = Vec::new();
        let mut read = |all: &BTreeMap<String, pb::Schema>, reserved: &[&str]| -> BTreeMap<String, Schema> {
            all.iter().map(|(name, s)| (name.clone(), schema::read(s, name, reserved, &mut found))).collect()
        };
        let actions = answer
            .action_schemas
            .iter()
            .map(|(name, a)| (name.clone(), a.schema.clone().unwrap_or_else(|| panic!("action {name} has no schema"))))
            .collect();
        let provider = answer.provider.as_ref().unwrap_or_else(|| panic!("missing provider schema"));
        let provider =
            read(&[("provider".to_owned(), provider.clone())].into(), schema::IN_PROVIDERS).remove("provider");
        let mut core = Self {
            provider: provider.unwrap_or_else(|| panic!("missing provider schema")),
            resources: read(&answer.resource_schemas, schema::IN_RESOURCES),
            data_sources: read(&answer.data_source_schemas, schema::IN_RESOURCES),
            ephemerals: read(&answer.ephemeral_resource_schemas, schema::IN_RESOURCES),
            lists: read(&answer.list_resource_schemas, &[]),
            actions: read(&actions, &[]),
            functions: answer.functions.iter().map(|(name, f)| (name.clone(), function(f))).collect(),
            identities: BTreeMap::new(),
            capabilities: answer.server_capabilities.unwrap_or_default(),
            client_capabilities: Some(pb::ClientCapabilities {
                write_only_attributes_allowed: true,
                ..pb::ClientCapabilities::default()
            }),
            deferred: None,
            client,
        };
        core.identities = core.identity_schemas(&mut found).await;
        assert!(found.is_empty(), "Terraform would refuse the schema:\n{}", lines(&found));
        assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
        core
    }

    async fn identity_schemas(&mut self, found: &mut Vec<Violation>) -> BTreeMap<String, Identity> {
        let answer =
            match self.client.get_resource_identity_schemas(pb::get_resource_identity_schemas::Request {}).await {
                Ok(answer) => answer.into_inner(),
                Err(e) if e.code() == tonic::Code::Unimplemented => return BTreeMap::new(),
                Err(e) => panic!("GetResourceIdentitySchemas failed: {e}"),
            };
        let mut read = |name: &String, schema: &pb::ResourceIdentitySchema| {
            let attribute = |a: &pb::resource_identity_schema::IdentityAttribute| {
                let ty = json::type_from_json(&a.r#type).unwrap_or_else(|e| panic!("{name}: {e}"));
                let mut refuse = |what: &str| {
                    found.push(Violation::new("Failed to load plugin schemas", Path::of(&a.name), what));
                };
                let simple = |t: &Type| matches!(t, Type::String | Type::Number | Type::Bool);
                if !(simple(&ty) || matches!(&ty, Type::List(t) if simple(t))) {
                    refuse("an identity attribute is simple or a list of simple values");
                }
                if a.required_for_import == a.optional_for_import {
                    refuse("an identity attribute is either required or optional for import");
                }
                (a.name.clone(), ty)
            };
            let ty = Type::Object(schema.identity_attributes.iter().map(attribute).collect());
            (name.clone(), Identity { version: schema.version, ty })
        };
        answer.identity_schemas.iter().map(|(name, schema)| read(name, schema)).collect()
    }

    /// Validates and configures the provider block.
    pub async fn configure(&mut self, config: &Value) -> Outcome<()> {
        let message = encode(config, &self.provider.ty);
        let request = pb::validate_provider_config::Request { config: Some(message.clone()) };
        let answer = self.client.validate_provider_config(request).await;
        let mut diags = answered("ValidateProviderConfig", answer).diagnostics;
        if !diags.iter().any(|d| d.severity == 1) {
            let request = pb::configure_provider::Request {
                terraform_version: "1.15.9".to_owned(),
                config: Some(message),
                client_capabilities: self.client_capabilities,
            };
            diags.extend(answered("ConfigureProvider", self.client.configure_provider(request).await).diagnostics);
        }
        Outcome { value: (), diags: received(diags), violations: Vec::new() }
    }

    /// Asks the provider to cancel what it is doing.
    pub async fn stop(&mut self) {
        let answer = self.client.stop_provider(Request::new(pb::stop_provider::Request {})).await;
        answered("StopProvider", answer);
    }

    /// A managed resource's configuration from JSON; see [`object`].
    ///
    /// # Panics
    /// If there is no such resource, or the JSON is of another type.
    #[track_caller]
    pub fn config(&self, type_name: &str, json: &serde_json::Value) -> Value {
        object(&self.resources[type_name], json)
    }
}

/// An object of a schema from JSON: absent attributes are null, and text stands for numbers as in the Terraform
/// language.
///
/// # Panics
/// If the JSON is of another type.
#[track_caller]
pub fn object(schema: &Schema, json: &serde_json::Value) -> Value {
    match json::from_json(json, &schema.ty) {
        Ok(value) => value,
        Err(e) => panic!("{e}"),
    }
}

fn function(message: &pb::Function) -> Function {
    let ty = |bytes: &[u8]| json::type_from_json(bytes).unwrap_or_else(|e| panic!("{e}"));
    Function {
        parameters: message.parameters.iter().map(|p| ty(&p.r#type)).collect(),
        variadic: message.variadic_parameter.as_ref().map(|p| ty(&p.r#type)),
        result: ty(&message.r#return.as_ref().unwrap_or_else(|| panic!("a function without result")).r#type),
    }
}

/// The answer of a call that must not fail at the level of gRPC.
#[track_caller]
fn answered<M>(call: &str, answer: Result<tonic::Response<M>, tonic::Status>) -> M {
    match answer {
        Ok(answer) => answer.into_inner(),
        Err(e) => panic!("{call} answered with a gRPC error instead of diagnostics: {e}"),
    }
}

#[track_caller]
fn encode(value: &Value, ty: &Type) -> pb::DynamicValue {
    match wire::encode(value, ty) {
        Ok(message) => message,
        Err(e) => panic!("the test's own value does not fit the schema: {e}"),
    }
}

/// Decodes an answer's value; what does not decode is reported under the title, and counts as null.
fn decode(message: Option<&pb::DynamicValue>, ty: &Type, title: &'static str, found: &mut Vec<Violation>) -> Value {
    wire::decode(message, ty).unwrap_or_else(|e| {
        found.push(Violation::new(title, e.path, e.problem));
        Value::Null
    })
}

fn received(messages: Vec<pb::Diagnostic>) -> Vec<Diag> {
    let diag = |m: pb::Diagnostic| {
        let severity = match m.severity {
            1 => Severity::Error,
            2 => Severity::Warning,
            other => panic!("a diagnostic of severity {other}: {}", m.summary),
        };
        assert!(!m.summary.is_empty(), "a diagnostic without summary: {}", m.detail);
        let path = learned(m.attribute.map(path).unwrap_or_default(), &m.detail);
        Diag { severity, summary: m.summary, detail: m.detail, path }
    };
    messages.into_iter().map(diag).collect()
}

/// The part of the object that the user learns of: Terraform can point only so deep, and the text names the rest.
fn learned(pointer: Path, detail: &str) -> Path {
    fn leads(pointer: &Path, named: &Path) -> bool {
        pointer.0.len() <= named.0.len()
            && pointer.0.iter().zip(&named.0).all(|steps| match steps {
                // To Terraform's source, an attribute of an inner object is one of its keys.
                (Step::Key(key), Step::Attribute(name)) => key == name,
                (a, b) => a == b,
            })
    }
    if pointer.0.is_empty() {
        return pointer;
    }
    let quoted = detail.split('`').skip(1).step_by(2).map(Path::parse);
    quoted.filter(|named| leads(&pointer, named)).max_by_key(|named| named.0.len()).unwrap_or(pointer)
}

fn path(message: pb::AttributePath) -> Path {
    use pb::attribute_path::step::Selector;
    let step = |s: pb::attribute_path::Step| match s.selector {
        Some(Selector::AttributeName(name)) => Step::Attribute(name),
        Some(Selector::ElementKeyString(key)) => Step::Key(key),
        Some(Selector::ElementKeyInt(i)) => Step::Index(usize::try_from(i).unwrap_or(usize::MAX)),
        None => panic!("a path with an empty step"),
    };
    Path(message.steps.into_iter().map(step).collect())
}
