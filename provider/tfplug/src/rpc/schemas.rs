//! What the provider offers: schemas, functions, identities.

use std::collections::BTreeMap;

use super::convert::diagnostics;
use super::registry::{Entry, Table};
use super::{Server, convert};
use crate::diag::{Diag, Diags};
use crate::lifecycle::Managed;
use crate::pb::tfplugin6 as pb;
use crate::resource::Provider;
use crate::schema::{IdentityAttribute as Declared, Type};

pub(super) async fn get_metadata<P: Provider>(
    server: &Server<P>,
    _: pb::get_metadata::Request,
) -> pb::get_metadata::Response {
    use pb::get_metadata as m;
    let r = server.registry();
    fn list<T, M>(table: &BTreeMap<String, T>, make: impl Fn(String) -> M) -> Vec<M> {
        table.keys().cloned().map(make).collect()
    }
    m::Response {
        server_capabilities: Some(capabilities()),
        resources: list(&r.resources, |type_name| m::ResourceMetadata { type_name }),
        data_sources: list(&r.data_sources, |type_name| m::DataSourceMetadata { type_name }),
        functions: list(&r.functions, |name| m::FunctionMetadata { name }),
        ephemeral_resources: list(&r.ephemeral_resources, |type_name| m::EphemeralMetadata { type_name }),
        list_resources: list(&r.list_resources, |type_name| m::ListResourceMetadata { type_name }),
        actions: list(&r.actions, |type_name| m::ActionMetadata { type_name }),
        ..Default::default()
    }
}

pub(super) async fn get_provider_schema<P: Provider>(
    server: &Server<P>,
    _: pb::get_provider_schema::Request,
) -> pb::get_provider_schema::Response {
    let r = server.registry();
    fn schemas<T: ?Sized>(table: &Table<Entry<T>>) -> BTreeMap<String, pb::Schema> {
        table.iter().map(|(n, e)| (n.clone(), convert::schema(&e.schema))).collect()
    }
    let action = |(n, s): (String, pb::Schema)| (n, pb::ActionSchema { schema: Some(s) });
    pb::get_provider_schema::Response {
        provider: Some(convert::schema(&r.provider_schema)),
        resource_schemas: r.resources.iter().map(|(n, m)| (n.clone(), convert::schema(&m.schema))).collect(),
        data_source_schemas: schemas(&r.data_sources),
        functions: r.functions.iter().map(|(n, (_, s))| (n.clone(), convert::function(s))).collect(),
        ephemeral_resource_schemas: schemas(&r.ephemeral_resources),
        list_resource_schemas: schemas(&r.list_resources),
        action_schemas: schemas(&r.actions).into_iter().map(action).collect(),
        server_capabilities: Some(capabilities()),
        diagnostics: diagnostics(&Diags(r.defects().iter().map(defect).collect())),
        ..Default::default()
    }
}

/// A mistake of the provider's author, who hears of it at the first command that uses the provider.
fn defect(what: &String) -> Diag {
    Diag::bug("Provider error: invalid schema", format!("In {what}."))
}

pub(super) async fn get_functions<P: Provider>(
    server: &Server<P>,
    _: pb::get_functions::Request,
) -> pb::get_functions::Response {
    let functions = server.registry().functions.iter().map(|(n, (_, s))| (n.clone(), convert::function(s))).collect();
    pb::get_functions::Response { functions, diagnostics: Vec::new() }
}

pub(super) async fn get_resource_identity_schemas<P: Provider>(
    server: &Server<P>,
    _: pb::get_resource_identity_schemas::Request,
) -> pb::get_resource_identity_schemas::Response {
    use pb::resource_identity_schema::IdentityAttribute;
    let schema = |m: &Managed<P::Client>| {
        let attribute = |i: &Declared| {
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
        pb::ResourceIdentitySchema { version: m.schema.identity_version(), identity_attributes }
    };
    let with_identity = server.registry().resources.iter().filter(|(_, m)| !m.schema.identity.is_empty());
    let identity_schemas = with_identity.map(|(n, m)| (n.clone(), schema(m))).collect();
    pb::get_resource_identity_schemas::Response { identity_schemas, diagnostics: Vec::new() }
}

fn capabilities() -> pb::ServerCapabilities {
    pb::ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: true,
        generate_resource_config: true,
    }
}
