//! Everything the provider offers, by name.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use crate::lifecycle::Managed;
use crate::resource::{Action, DataSource, EphemeralResource, Function, ListResource, Provider, Signature};
use crate::schema::{Mode, Schema, Type};

/// Something with a schema that is not a managed resource.
pub(super) struct Entry<T: ?Sized> {
    pub(super) what: Box<T>,
    pub(super) schema: Schema,
    pub(super) value_type: Type,
}

impl<T: ?Sized> Entry<T> {
    fn new(what: Box<T>, schema: Schema) -> Self {
        let value_type = schema.object.to_type();
        Self { what, schema, value_type }
    }
}

/// Things by name. Each is made when it is asked for: Terraform starts a process for each step, and most are asked for few.
pub(super) type Table<T> = BTreeMap<String, Lazy<T>>;

type Lazy<T> = LazyLock<Arc<T>, Box<dyn FnOnce() -> Arc<T> + Send>>;

fn lazy<T>(make: impl FnOnce() -> T + Send + 'static) -> Lazy<T> {
    LazyLock::new(Box::new(|| Arc::new(make())))
}

/// Everything the provider offers, by name.
pub(super) struct Registry<C> {
    pub(super) provider_schema: Schema,
    pub(super) provider_type: Type,
    pub(super) resources: Table<Managed<C>>,
    pub(super) data_sources: Table<Entry<dyn DataSource<C>>>,
    pub(super) functions: BTreeMap<String, (Box<dyn Function>, Signature)>,
    pub(super) ephemeral_resources: Table<Entry<dyn EphemeralResource<C>>>,
    pub(super) list_resources: Table<Entry<dyn ListResource<C>>>,
    pub(super) actions: Table<Entry<dyn Action<C>>>,
    /// What was declared twice, of which only one is here.
    twice: Vec<String>,
}

impl<C: Send + Sync + 'static> Registry<C> {
    pub(super) fn new<P: Provider<Client = C>>(provider: &P) -> Self {
        let prefix = provider.name();
        let provider_schema = provider.schema();
        let mut twice = Vec::new();
        macro_rules! table {
            ($what:literal, $list:expr) => {
                by_name(
                    $what,
                    $list.into_iter().map(|x| {
                        let name = format!("{prefix}_{}", x.name());
                        let entry = lazy(|| {
                            let schema = x.schema();
                            Entry::new(x, schema)
                        });
                        (name, entry)
                    }),
                    &mut twice,
                )
            };
        }
        let data_sources = table!("data source", provider.data_sources());
        let ephemeral_resources = table!("ephemeral resource", provider.ephemeral_resources());
        let list_resources = table!("list resource", provider.list_resources());
        let actions = table!("action", provider.actions());
        let managed = provider.resources().into_iter().map(|r| {
            let name = format!("{prefix}_{}", r.name());
            (name, lazy(move || Managed::new(prefix, r)))
        });
        let resources = by_name("resource", managed, &mut twice);
        let functions = provider.functions().into_iter().map(|f| {
            let signature = f.signature();
            (signature.name.to_string(), (f, signature))
        });
        let functions = by_name("function", functions, &mut twice);
        Self {
            provider_type: provider_schema.object.to_type(),
            provider_schema,
            resources,
            data_sources,
            functions,
            ephemeral_resources,
            list_resources,
            actions,
            twice,
        }
    }

    /// Every defect of what the provider declares: Terraform would refuse the whole provider for it without saying
    /// where, or make wrong plans.
    pub(super) fn defects(&self) -> Vec<String> {
        let mut found = self.twice.clone();
        let mut of = |what: &str, schema: &Schema, managed: bool| {
            let mut defects = schema.defects();
            let reserved = if schema.name.is_empty() { PROVIDER_ARGUMENTS } else { META_ARGUMENTS };
            let taken = schema.object.attributes.iter().filter(|a| reserved.contains(&a.name.as_ref()));
            defects.extend(taken.map(|a| format!("{}: the Terraform language reserves this name", a.name)));
            if !managed && schema.object.has_write_only() {
                defects.push("only the attributes of a managed resource may be write-only".to_owned());
            }
            found.extend(defects.into_iter().map(|defect| format!("{what}: {defect}")));
        };
        of("the provider block", &self.provider_schema, false);
        self.resources.iter().for_each(|(name, m)| of(&format!("the resource {name}"), &m.schema, true));
        self.data_sources.iter().for_each(|(name, e)| of(&format!("the data source {name}"), &e.schema, false));
        self.ephemeral_resources.iter().for_each(|(name, e)| {
            of(&format!("the ephemeral resource {name}"), &e.schema, false);
        });
        self.list_resources.iter().for_each(|(name, e)| of(&format!("the list resource {name}"), &e.schema, false));
        self.actions.iter().for_each(|(name, e)| of(&format!("the action {name}"), &e.schema, true));
        for (name, action) in &self.actions {
            let computed = action.schema.object.attributes.iter().filter(|a| a.mode == Mode::Computed);
            found.extend(computed.map(|a| format!("the action {name}: {}: an action returns nothing", a.name)));
        }
        for name in self.list_resources.keys() {
            let identified = self.resources.get(name).is_some_and(|m| !m.schema.identity.is_empty());
            if !identified {
                found.push(format!("the list resource {name}: needs a resource of the same name that has an identity"));
            }
        }
        for (name, (_, signature)) in &self.functions {
            found.extend(signature.defects().into_iter().map(|defect| format!("the function {name}: {defect}")));
        }
        found
    }
}

/// What Terraform reads itself in the block of a resource or data source: an attribute of such a name could not be set
/// (<https://developer.hashicorp.com/terraform/language/meta-arguments>).
const META_ARGUMENTS: &[&str] =
    &["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];

/// The same of a provider block (`providerBlockSchema` in Terraform's `internal/configs/provider.go`).
const PROVIDER_ARGUMENTS: &[&str] = &["alias", "count", "depends_on", "for_each", "source", "version"];

/// A table, with a note of every name that is taken twice: the later one would silently win.
fn by_name<T>(what: &str, all: impl Iterator<Item = (String, T)>, twice: &mut Vec<String>) -> BTreeMap<String, T> {
    let mut table = BTreeMap::new();
    for (name, thing) in all {
        if table.contains_key(&name) {
            twice.push(format!("the {what} {name}: declared twice"));
        }
        table.insert(name, thing);
    }
    table
}
