//! What a provider implements: managed resources, data sources, functions, ephemeral resources, list resources, actions.
//!
//! `C` is the configured client that `Provider::configure` yields. Planning sees dynamic values that may be unknown in
//! part; creating, reading, updating and deleting see known values only.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;

use crate::context::{Context, Deferral};
use crate::diag::{Diag, Diags, Result};
use crate::plan::Plan;
use crate::schema::{Schema, Text, Type};
use crate::value::{Path, Value};

/// A provider: its block, and the lists of what it offers.
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// What a configured provider hands to every operation.
    type Client: Send + Sync + 'static;

    /// The type name, the prefix of every resource: `mlops`.
    fn name(&self) -> &'static str;

    /// The schema of the provider block.
    fn schema(&self) -> Schema;

    /// Tests the provider block beyond its schema. Unknown values are "maybe valid".
    fn check_config(&self, _config: &Value) -> Diags {
        Diags::new()
    }

    /// Makes the client. The configuration may be unknown in part during a plan: such values count as not set, and what
    /// needs them fails only when it is used.
    ///
    /// # Errors
    /// Diagnostics at the attributes that are wrong.
    async fn configure(&self, config: Value, terraform_version: &str) -> Result<Self::Client>;

    /// Looks around with the client that was just made; may warn. It must not change anything.
    async fn configured(&self, _client: &Self::Client) -> Diags {
        Diags::new()
    }

    /// Why nothing can be asked of the remote system now, for example because the provider block is not known yet. A client
    /// that accepts it ([`Context::allows_deferral`]) then defers every read, import and data source instead of having it
    /// fail, and every change instead of applying it.
    fn deferral(&self, _client: &Self::Client) -> Option<Deferral> {
        None
    }

    /// What to warn of in a process that was not configured: Terraform validates in one, and where the state is empty a
    /// destroy does nothing else. Asked once, when the first configuration is validated.
    fn unconfigured(&self) -> Diags {
        Diags::new()
    }

    /// Terraform has received every result of this process and lets it go. Not called if Terraform dies.
    fn released(&self, _client: &Self::Client) {}

    /// The managed resources.
    fn resources(&self) -> Vec<Box<dyn Resource<Self::Client>>>;

    /// The data sources.
    fn data_sources(&self) -> Vec<Box<dyn DataSource<Self::Client>>> {
        Vec::new()
    }

    /// The functions.
    fn functions(&self) -> Vec<Box<dyn Function>> {
        Vec::new()
    }

    /// The ephemeral resources.
    fn ephemeral_resources(&self) -> Vec<Box<dyn EphemeralResource<Self::Client>>> {
        Vec::new()
    }

    /// The list resources.
    fn list_resources(&self) -> Vec<Box<dyn ListResource<Self::Client>>> {
        Vec::new()
    }

    /// The actions.
    fn actions(&self) -> Vec<Box<dyn Action<Self::Client>>> {
        Vec::new()
    }
}

/// What an update is given.
#[derive(Clone, Debug)]
pub struct Update {
    /// The object as the state has it.
    pub prior: Value,
    /// The object as it shall be. What only the apply can tell is null here.
    pub planned: Value,
}

impl Update {
    /// Whether a top-level attribute is to change.
    pub fn changes(&self, attribute: &str) -> bool {
        self.prior.attribute(attribute) != self.planned.attribute(attribute)
    }

    /// Whether any of these top-level attributes is to change.
    pub fn changes_any(&self, attributes: &[&str]) -> bool {
        attributes.iter().any(|a| self.changes(a))
    }
}

/// A managed resource.
#[async_trait]
pub trait Resource<C: Send + Sync + 'static>: Send + Sync {
    /// The schema.
    fn schema(&self) -> Schema;

    /// The name in the schema. To be given where it is known sooner than that, which is not built in a process that is not
    /// asked for it.
    fn name(&self) -> Text {
        self.schema().name
    }

    /// Tests the configuration beyond the schema's validators and rules. Unknown values are "maybe valid".
    fn check_config(&self, _config: &Value) -> Diags {
        Diags::new()
    }

    /// Makes known in the plan what can be computed, and demands a replacement where only the values tell. It must give
    /// the same answer whenever it is asked with the same values: no clock, no randomness, no remote state.
    ///
    /// # Errors
    /// Diagnostics that stop the plan.
    async fn plan(&self, _cx: &Context<C>, _plan: &mut Plan<'_>) -> Result<()> {
        Ok(())
    }

    /// Looks at an object about to be destroyed; may warn.
    ///
    /// # Errors
    /// Diagnostics that stop the plan.
    async fn plan_destroy(&self, _cx: &Context<C>, _prior: &Value) -> Result<Diags> {
        Ok(Diags::new())
    }

    /// Creates the object and returns it as it is. Whatever exists remotely must be passed to [`Context::save`] at once:
    /// on failure, cancellation or panic the last saved value becomes the (tainted) state.
    ///
    /// `planned` is known; what only the apply can tell is null in it. Write-only values are in [`Context::config`].
    ///
    /// # Errors
    /// Diagnostics that say what failed.
    async fn create(&self, cx: &Context<C>, planned: Value) -> Result<Value>;

    /// The object as it is now; None if it is gone. It must not change anything.
    ///
    /// # Errors
    /// Diagnostics; the state then stays as it is.
    async fn read(&self, cx: &Context<C>, state: Value) -> Result<Option<Value>>;

    /// Changes the object and returns it as it is. [`Context::save`] after each part that took effect.
    ///
    /// # Errors
    /// Diagnostics that say what failed; the state becomes the last saved value, or stays as it was.
    async fn update(&self, cx: &Context<C>, update: Update) -> Result<Value>;

    /// Removes the object and returns once it is gone.
    ///
    /// # Errors
    /// Diagnostics; the object then stays in the state.
    async fn delete(&self, cx: &Context<C>, state: Value) -> Result<()>;

    /// From the id that a user gives on import to the few attributes that a read needs. Unless overridden, the id is
    /// the value of the first identity attribute, or of `name`.
    ///
    /// # Errors
    /// A diagnostic that names the expected form with an example.
    async fn import(&self, _cx: &Context<C>, id: &str) -> Result<Value> {
        let schema = self.schema();
        let attribute = schema.identity.first().map_or("name", |i| i.name.as_ref()).to_owned();
        if id.trim().is_empty() {
            return Err(
                Diag::error("Invalid import ID", format!("The import ID is the {attribute} of the object.")).into()
            );
        }
        let mut state = schema.object.null_value();
        state.set_attribute(&attribute, Value::from(id));
        Ok(state)
    }

    /// A part of an object's identity that is no attribute of the resource; null as long as it is not known. `state` may
    /// be a plan. See [`crate::schema::IdentityAttribute::derived`].
    fn identity_part(&self, _client: Option<&C>, _part: &str, _state: &Value) -> Value {
        Value::Null
    }

    /// Tests the derived parts of an identity that a user gives on import; the others are for
    /// [`Resource::import_identity`].
    ///
    /// # Errors
    /// A diagnostic that says which part is wrong, such as the account that the provider does not work in.
    fn check_identity(&self, _cx: &Context<C>, _identity: &Value) -> Result<()> {
        Ok(())
    }

    /// From the identity that a user gives on import (Terraform 1.12, OpenTofu 1.12) to the few attributes that a read
    /// needs. It must end in the same state as [`Resource::import`]; the required parts are there. Unless overridden,
    /// an identity with one required part of text is imported by that as by an id, with the other parts added; any
    /// other identity is the state itself.
    ///
    /// # Errors
    /// A diagnostic that says which part is wrong.
    async fn import_identity(&self, cx: &Context<C>, identity: &Value) -> Result<Value> {
        let schema = self.schema();
        let mut required = schema.identity.iter().filter(|i| i.required);
        let id = match (required.next(), required.next()) {
            (Some(only), None) => identity.attribute(&only.name).as_str(),
            _ => None,
        };
        let mut state = match id {
            Some(id) => self.import(cx, id).await?,
            None => schema.object.null_value(),
        };
        for i in schema.identity.iter().filter(|i| !i.derived) {
            if state.attribute(&i.name).is_null() {
                state.set_attribute(&i.name, identity.attribute(&i.name).clone());
            }
        }
        Ok(state)
    }

    /// The resource types of other providers that [`Resource::move_from`] supports, for the documentation.
    fn move_sources(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// The state of this resource made from that of another type or provider (a `moved` block), or None if the source
    /// is not supported. A state of this very type from another registry host needs no support.
    ///
    /// # Errors
    /// Diagnostics when the source is supported but its state cannot be used.
    fn move_from(&self, _source: &MoveSource) -> Result<Option<Moved>> {
        Ok(None)
    }
}

/// Where an object comes from that a `moved` block brings here.
#[derive(Clone, Debug)]
pub struct MoveSource {
    /// The full address of the source's provider: `registry.terraform.io/hashicorp/aws`.
    pub provider: String,
    /// The source's resource type: `aws_sagemaker_endpoint`.
    pub type_name: String,
    /// The version of the source's schema.
    pub schema_version: i64,
    /// The stored attributes.
    pub state: serde_json::Map<String, serde_json::Value>,
    /// The private data that the source's provider kept, in a form of its own. OpenTofu sends none.
    pub private: Vec<u8>,
    /// The stored identity, if there is one. OpenTofu sends none, and keeps it for the object: see
    /// [`crate::schema::Schema::identity_upgrades`].
    pub identity: Option<serde_json::Map<String, serde_json::Value>>,
    /// The version of the identity's schema.
    pub identity_version: i64,
}

/// What comes of a move.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The object, wholly known.
    pub state: Value,
    /// The private data to keep with it, as [`Context::private`] finds them.
    pub private: serde_json::Map<String, serde_json::Value>,
}

impl From<Value> for Moved {
    fn from(state: Value) -> Self {
        Self { state, private: serde_json::Map::new() }
    }
}

/// A data source.
#[async_trait]
pub trait DataSource<C: Send + Sync + 'static>: Send + Sync {
    /// The schema.
    fn schema(&self) -> Schema;

    /// The name in the schema. To be given where it is known sooner than that, which is not built in a process that is not
    /// asked for it.
    fn name(&self) -> Text {
        self.schema().name
    }

    /// Tests the configuration beyond the schema.
    fn check_config(&self, _config: &Value) -> Diags {
        Diags::new()
    }

    /// Reads. `config` is wholly known; defaults are filled in. The answer repeats it, with the computed attributes set.
    ///
    /// # Errors
    /// Diagnostics; not finding what was asked for is one.
    async fn read(&self, cx: &Context<C>, config: Value) -> Result<Value>;
}

/// One parameter of a function.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name, an identifier.
    pub name: Text,
    /// Its type.
    pub kind: Type,
    /// Markdown for the documentation.
    pub description: Text,
    /// Whether the function takes null here.
    pub allow_null: bool,
}

/// The declaration of a function.
#[derive(Clone, Debug)]
pub struct Signature {
    /// The name, called as `provider::mlops::NAME`.
    pub name: Text,
    /// One line for the documentation.
    pub summary: Text,
    /// Markdown for the documentation.
    pub description: Text,
    /// The positional parameters.
    pub parameters: Vec<Parameter>,
    /// Takes all further arguments.
    pub variadic: Option<Parameter>,
    /// The type of the result.
    pub result: Type,
}

impl Signature {
    /// Everything that Terraform would refuse the whole provider for. Empty when sound.
    pub(crate) fn defects(&self) -> Vec<String> {
        let mut found = Vec::new();
        if !is_identifier(&self.name) {
            found.push(format!("{:?} is no identifier", self.name));
        }
        let mut names = BTreeSet::new();
        for parameter in self.parameters.iter().chain(&self.variadic) {
            if !is_identifier(&parameter.name) {
                found.push(format!("the parameter {:?} is no identifier", parameter.name));
            }
            if !names.insert(&parameter.name) {
                found.push(format!("the parameter {} is declared twice", parameter.name));
            }
        }
        found
    }
}

/// Whether the Terraform language reads this as one name.
fn is_identifier(name: &str) -> bool {
    let letter = |c: char| c.is_alphabetic() || c == '_';
    name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_alphanumeric() || c == '-')
}

/// Why a function call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    /// Full sentences.
    pub text: String,
    /// The argument to blame, counted from 0.
    pub argument: Option<usize>,
}

/// A pure function. It may be called without any provider configuration.
pub trait Function: Send + Sync {
    /// The declaration.
    fn signature(&self) -> Signature;

    /// Computes the result from wholly known arguments, the variadic ones at the end.
    ///
    /// # Errors
    /// What is wrong, with the argument to blame.
    fn call(&self, arguments: Vec<Value>) -> std::result::Result<Value, FunctionError>;
}

/// What opening an ephemeral resource yields.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The values; they repeat the configuration.
    pub result: Value,
    /// When it must be renewed, in seconds since 1970; None if it lasts.
    pub renew_at: Option<i64>,
    /// Handed to renew, and to close.
    pub private: Vec<u8>,
}

/// An ephemeral resource: opened for one run of Terraform, never stored.
#[async_trait]
pub trait EphemeralResource<C: Send + Sync + 'static>: Send + Sync {
    /// The schema.
    fn schema(&self) -> Schema;

    /// The name in the schema. To be given where it is known sooner than that, which is not built in a process that is not
    /// asked for it.
    fn name(&self) -> Text {
        self.schema().name
    }

    /// Tests the configuration beyond the schema.
    fn check_config(&self, _config: &Value) -> Diags {
        Diags::new()
    }

    /// Opens it.
    ///
    /// # Errors
    /// Diagnostics.
    async fn open(&self, cx: &Context<C>, config: Value) -> Result<Opened>;

    /// Extends its life: when next to renew, and the private bytes for the next renewal.
    ///
    /// # Errors
    /// Diagnostics; the private bytes then stay as they were.
    async fn renew(&self, _cx: &Context<C>, private: Vec<u8>) -> Result<(Option<i64>, Vec<u8>)> {
        Ok((None, private))
    }

    /// Ends its life. The private bytes are those of the opening (Terraform) or of the last renewal (OpenTofu).
    ///
    /// # Errors
    /// Diagnostics.
    async fn close(&self, _cx: &Context<C>, _private: Vec<u8>) -> Result<()> {
        Ok(())
    }
}

/// One object that a list resource found.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The identity attributes.
    pub identity: BTreeMap<String, Value>,
    /// What to call it in a list.
    pub display_name: String,
    /// The whole object, if it was asked for.
    pub object: Option<Value>,
}

/// A list resource (`terraform query`): finds existing objects of the managed resource of the same name.
#[async_trait]
pub trait ListResource<C: Send + Sync + 'static>: Send + Sync {
    /// The schema of the user's `config` block; its name is that of the managed resource.
    fn schema(&self) -> Schema;

    /// The name in the schema. To be given where it is known sooner than that, which is not built in a process that is not
    /// asked for it.
    fn name(&self) -> Text {
        self.schema().name
    }

    /// Finds objects and sends each to `found`, at most `limit`, with their whole object if `include_object`.
    ///
    /// # Errors
    /// Diagnostics.
    async fn list(
        &self,
        cx: &Context<C>,
        config: Value,
        limit: usize,
        include_object: bool,
        found: tokio::sync::mpsc::Sender<Listed>,
    ) -> Result<()>;
}

/// An action: an imperative step that changes no state.
#[async_trait]
pub trait Action<C: Send + Sync + 'static>: Send + Sync {
    /// The schema.
    fn schema(&self) -> Schema;

    /// The name in the schema. To be given where it is known sooner than that, which is not built in a process that is not
    /// asked for it.
    fn name(&self) -> Text {
        self.schema().name
    }

    /// Tests the configuration beyond the schema.
    fn check_config(&self, _config: &Value) -> Diags {
        Diags::new()
    }

    /// Does it; messages sent to `progress` are shown to the user.
    ///
    /// # Errors
    /// Diagnostics.
    async fn invoke(&self, cx: &Context<C>, config: Value, progress: tokio::sync::mpsc::Sender<String>) -> Result<()>;
}

/// A diagnostic for a known value of another type than the schema has: a provider bug.
pub fn type_bug(path: &Path, wanted: &str, got: &Value) -> Diags {
    Diag::bug(
        "Value of an unexpected type",
        format!("At `{path}` a {wanted} was expected, but a {} was found.", got.kind()),
    )
    .at(path.clone())
    .into()
}
