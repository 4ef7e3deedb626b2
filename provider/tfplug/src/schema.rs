//! Schemas as plain data: what the user may write, what the provider computes, and how the plan treats each attribute.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::LazyLock;
use std::time::Duration;

pub use crate::types::Type;
use crate::validator::Validator;
use crate::value::{Path, Step, Value};

/// Text that is mostly known at compile time.
pub type Text = Cow<'static, str>;

/// Who decides an attribute's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The user must.
    Required,
    /// The user may; otherwise it is null.
    Optional,
    /// The provider alone.
    Computed,
    /// The user may; otherwise the provider does.
    OptionalComputed,
}

impl Mode {
    /// Whether the provider may set it.
    pub fn is_computed(self) -> bool {
        matches!(self, Self::Computed | Self::OptionalComputed)
    }

    /// Whether the user may set it.
    pub fn is_configurable(self) -> bool {
        !matches!(self, Self::Computed)
    }
}

/// How nested objects are collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// One object.
    Single,
    /// A list of objects.
    List,
    /// A set of objects.
    Set,
    /// A map of objects.
    Map,
}

/// A plain type, or objects whose attributes have flags of their own.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A value of a type.
    Leaf(Type),
    /// Nested objects.
    Nested(Nesting, Object),
}

impl Kind {
    /// The type that values have.
    pub fn to_type(&self) -> Type {
        match self {
            Self::Leaf(t) => t.clone(),
            Self::Nested(nesting, object) => {
                let t = object.to_type();
                match nesting {
                    Nesting::Single => t,
                    Nesting::List => t.list(),
                    Nesting::Set => t.set(),
                    Nesting::Map => t.map(),
                }
            }
        }
    }
}

/// What an update of the object means for a computed attribute that the user did not set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OnUpdate {
    /// Any update may change it: shown as "(known after apply)". Not one that only changes how the provider behaves.
    #[default]
    Unknown,
    /// It keeps its value for the object's whole life.
    UseStateForUnknown,
    /// It changes only when one of these top-level attributes does.
    ChangesWith(Vec<Text>),
}

/// When two different spellings mean the same, so that the plan keeps the prior one.
#[derive(Clone, Copy, Debug, Default)]
pub enum Equality {
    /// Only equal values are equal.
    #[default]
    Exact,
    /// Equal as JSON documents: white space and the order of keys do not matter.
    Json,
    /// For a list: the same elements in another order. Shown as a list, which reads better in a diff than a set.
    Unordered,
    /// As a function says. It is asked only about known values that differ.
    Custom(fn(&Value, &Value) -> bool),
}

/// What becomes of null elements in a configured collection that is no collection of nested objects: of those no element
/// may be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullElements {
    /// Each is an error, found when the configuration is tested.
    Refused,
    /// The resource does not see them: they are as if left out, which is what users expect of tags or environment
    /// variables whose value is a variable that is not set. For maps only, and the default of maps of simple values.
    LeftOut,
    /// The resource sees them.
    Kept,
}

/// One attribute of an object.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name: lower-case letters, digits and underscores.
    pub name: Text,
    /// Its type, or the nested objects.
    pub kind: Kind,
    /// Who sets it.
    pub mode: Mode,
    /// Markdown for the documentation. Never empty.
    pub description: Text,
    /// Masked in Terraform's output (yet stored in the state).
    pub sensitive: bool,
    /// Never stored: only ever in the configuration.
    pub write_only: bool,
    /// Why not to use it any more and what to use instead.
    pub deprecated: Option<Text>,
    /// A change means a new object.
    pub requires_replace: bool,
    /// What an update means for it when computed.
    pub on_update: OnUpdate,
    /// Its value where the user set none. Needs [`Mode::OptionalComputed`].
    pub default: Option<Value>,
    /// What becomes of null elements.
    pub null_elements: NullElements,
    /// Tests of the configured value.
    pub validators: Vec<Validator>,
    /// Which spellings are the same value.
    pub equality: Equality,
    /// The name of the API's member in snake case, where it is not the attribute's own.
    pub member: Option<Text>,
    /// The API has no such member: the provider alone uses it.
    pub provider_only: bool,
    /// Computed, and the resource's own planning decides it for a new object as soon as what it follows from is known. It is for
    /// the documentation: without it a computed attribute is known after apply.
    pub planned: bool,
    /// Holds the resource's tags.
    pub tags: bool,
}

impl Attribute {
    /// An attribute with no flags.
    pub fn new(name: impl Into<Text>, kind: Kind, mode: Mode, description: impl Into<Text>) -> Self {
        let simple = |t: &Type| matches!(t, Type::String | Type::Number | Type::Bool);
        let null_elements = match &kind {
            Kind::Leaf(Type::Map(element)) if simple(element) => NullElements::LeftOut,
            _ => NullElements::Refused,
        };
        Self {
            name: name.into(),
            kind,
            mode,
            description: description.into(),
            sensitive: false,
            write_only: false,
            deprecated: None,
            requires_replace: false,
            on_update: OnUpdate::Unknown,
            default: None,
            null_elements,
            validators: Vec::new(),
            equality: Equality::Exact,
            member: None,
            provider_only: false,
            planned: false,
            tags: false,
        }
    }

    /// The API's member that it stands for, in snake case.
    pub fn member_name(&self) -> &str {
        self.member.as_deref().unwrap_or(&self.name)
    }

    /// Whether it only says how the provider behaves: the limits of time, or a plain value that the API does not have and
    /// that makes no new object. A change of it touches nothing that is computed, but for what says that it does.
    pub(crate) fn is_behavior(&self) -> bool {
        let plain = matches!(self.kind, Kind::Leaf(_)) && self.mode.is_configurable();
        self.name == TIMEOUTS || (plain && self.provider_only && !self.requires_replace)
    }
}

/// A rule between attributes of one object, tested on known values only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Exactly one of these is set.
    ExactlyOneOf(Vec<Text>),
    /// At most one of these is set.
    AtMostOneOf(Vec<Text>),
    /// At least one of these is set.
    AtLeastOneOf(Vec<Text>),
    /// If the first is set, the others are too.
    Requires(Text, Vec<Text>),
}

/// The attributes of an object, in the order of their declaration.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// The attributes.
    pub attributes: Vec<Attribute>,
    /// Rules between them.
    pub rules: Vec<Rule>,
}

impl Object {
    /// The attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|a| a.name == name)
    }

    /// The type that values have.
    pub fn to_type(&self) -> Type {
        Type::Object(self.attributes.iter().map(|a| (a.name.to_string(), a.kind.to_type())).collect())
    }

    /// An object with every attribute null.
    pub fn null_value(&self) -> Value {
        Value::Object(self.attributes.iter().map(|a| (a.name.to_string(), Value::Null)).collect())
    }

    /// Whether any attribute, at any depth, is write-only.
    pub(crate) fn has_write_only(&self) -> bool {
        let inside = |a: &Attribute| matches!(&a.kind, Kind::Nested(_, inner) if inner.has_write_only());
        self.attributes.iter().any(|a| a.write_only || inside(a))
    }

    /// The attribute that a path leads to or into (the innermost one).
    pub fn at(&self, path: &Path) -> Option<&Attribute> {
        let mut object = self;
        let mut found = None;
        for step in &path.0 {
            if let Step::Attribute(name) = step {
                let Some(attribute) = object.attribute(name) else { return found };
                found = Some(attribute);
                match &attribute.kind {
                    Kind::Nested(_, inner) => object = inner,
                    Kind::Leaf(_) => return found,
                }
            }
        }
        found
    }
}

/// How long the operations of a resource, data source, ephemeral resource or action may take unless the user says
/// otherwise. None: 20 minutes, and no `timeouts` member for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// Limit of creation.
    pub create: Option<Duration>,
    /// Limit of reading, of a data source, too, and of a list.
    pub read: Option<Duration>,
    /// Limit of an update.
    pub update: Option<Duration>,
    /// Limit of deletion.
    pub delete: Option<Duration>,
    /// Limit of opening an ephemeral resource. Unless the user changes it, of renewing and closing it, too.
    pub open: Option<Duration>,
    /// Limit of an action.
    pub invoke: Option<Duration>,
}

/// The name of the attribute that holds the user's limits.
pub const TIMEOUTS: &str = "timeouts";

/// An attribute that takes part in the resource's identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityAttribute {
    /// The attribute's name.
    pub name: Text,
    /// Whether an import by identity must give it.
    pub required: bool,
    /// Whether it is no attribute of the resource, such as the account that holds the object, but a text that
    /// [`crate::resource::Resource::identity_part`] gives. The value of any other part is that of the state's attribute
    /// of the same name.
    pub derived: bool,
}

impl IdentityAttribute {
    /// A part that is an attribute of the resource, too.
    pub fn of(name: impl Into<Text>, required: bool) -> Self {
        Self { name: name.into(), required, derived: false }
    }
}

/// One change of an old state on its way to the next schema version.
#[derive(Clone, Debug)]
pub enum Upgrade {
    /// A top-level attribute was renamed.
    Rename(Text, Text),
    /// A top-level attribute is gone.
    Remove(Text),
    /// A top-level attribute is new, with this value, in the form that states are stored in, for old objects.
    Add(Text, serde_json::Value),
    /// Anything else, over the stored JSON.
    Convert(fn(&mut serde_json::Map<String, serde_json::Value>)),
}

/// The schema of a resource, data source, ephemeral resource, list resource, action or the provider block itself.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Name without the provider's prefix: `endpoint` for `mlops_endpoint`. Empty for the provider block.
    pub name: Text,
    /// The group of its page in the menu of the Terraform Registry, such as `Inference`. Empty for none.
    pub subcategory: Text,
    /// Raised by one whenever stored states need a conversion.
    pub version: i64,
    /// Markdown for the documentation.
    pub description: Text,
    /// Why not to use it any more.
    pub deprecated: Option<Text>,
    /// The attributes.
    pub object: Object,
    /// Default limits; the attribute `timeouts` is among the attributes if any is set.
    pub timeouts: Timeouts,
    /// What identifies an object, for import by identity and for list resources.
    pub identity: Vec<IdentityAttribute>,
    /// For each old version, what leads from it to the next: index 0 leads from version 0 to 1.
    pub upgrades: Vec<Vec<Upgrade>>,
    /// The same of the identity, whose version is their number. A stored identity is read strictly with the attributes
    /// of its version, so every change of [`Schema::identity`] needs one; it can never be dropped. An object that was
    /// stored without identity begins with none of the attributes. Terraform 1.12 and later,
    /// `internal/terraform/upgrade_resource_state.go`.
    pub identity_upgrades: Vec<Vec<Upgrade>>,
}

impl Schema {
    /// The version that Terraform stores with each identity.
    pub fn identity_version(&self) -> i64 {
        i64::try_from(self.identity_upgrades.len()).unwrap_or(i64::MAX)
    }
}

/// A schema that is built when it is first looked into, once in a process.
#[derive(Debug)]
pub struct SharedSchema {
    /// [`Schema::name`], which is known before.
    pub name: &'static str,
    schema: LazyLock<Schema>,
}

impl SharedSchema {
    /// The schema that `build` builds, which must have this name.
    pub const fn new(name: &'static str, build: fn() -> Schema) -> Self {
        Self { name, schema: LazyLock::new(build) }
    }
}

impl Deref for SharedSchema {
    type Target = Schema;

    fn deref(&self) -> &Schema {
        &self.schema
    }
}
