//! Everything the provider offers, by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::lifecycle::Managed;
use crate::resource::{Action, DataSource, EphemeralResource, Function, ListResource, Provider, Signature};
use crate::schema::{Schema, Type};

/// Something with a schema that is not a managed resource.
pub(super) struct Entry<T: ?Sized> {
    pub(super) what: Box<T>,
    pub(super) schema: Schema,
    pub(super) value_type: Type,
}

impl<T: ?Sized> Entry<T> {
    fn new(what: Box<T>, schema: Schema) -> Arc<Self> {
        let value_type = schema.object.to_type();
        Arc::new(Self { what, schema, value_type })
    }
}

/// Things by name.
pub(super) type Table<T> = BTreeMap<String, T>;

/// Everything the provider offers, by name.
pub(super) struct Registry<C> {
    pub(super) provider_schema: Schema,
    pub(super) provider_type: Type,
    pub(super) resources: Table<Arc<Managed<C>>>,
    pub(super) data_sources: Table<Arc<Entry<dyn DataSource<C>>>>,
    pub(super) functions: Table<(Box<dyn Function>, Signature)>,
    pub(super) ephemeral_resources: Table<Arc<Entry<dyn EphemeralResource<C>>>>,
    pub(super) list_resources: Table<Arc<Entry<dyn ListResource<C>>>>,
    pub(super) actions: Table<Arc<Entry<dyn Action<C>>>>,
}

impl<C: Send + Sync + 'static> Registry<C> {
    pub(super) fn new<P: Provider<Client = C>>(provider: &P) -> Self {
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
