//! States from elsewhere: stored by an older provider, imported, or moved from another resource.

use super::Server;
use super::convert::{decode, diagnostics, encode, identity, private_to};
use crate::diag::{Diag, Diags, Result};
use crate::guard::caught;
use crate::lifecycle::{ImportBy, Private, StateAnswer};
use crate::pb::tfplugin6 as pb;
use crate::resource::{MoveSource, Provider};
use crate::value::Value;

pub(super) async fn upgrade_resource_state<P: Provider>(
    server: &Server<P>,
    request: pb::upgrade_resource_state::Request,
) -> pb::upgrade_resource_state::Response {
    let mut diags = Diags::new();
    let upgraded = server.resource(&request.type_name).and_then(|resource| {
        let raw = raw_json(request.raw_state)?;
        let state = caught(&request.type_name, "upgrading the state", || resource.upgrade(request.version, raw))??;
        Ok((state, resource))
    });
    let upgraded_state =
        diags.absorb(upgraded).and_then(|(state, resource)| encode(&state, &resource.value_type, &mut diags));
    let diagnostics = diagnostics(&diags);
    pb::upgrade_resource_state::Response { upgraded_state, diagnostics }
}

pub(super) async fn upgrade_resource_identity<P: Provider>(
    server: &Server<P>,
    request: pb::upgrade_resource_identity::Request,
) -> pb::upgrade_resource_identity::Response {
    let mut diags = Diags::new();
    let upgraded = server.resource(&request.type_name).and_then(|resource| {
        // Terraform asks of an object that was stored without one, too.
        let given = request.raw_identity.filter(|raw| !raw.json.is_empty());
        let raw = if given.is_some() { raw_json(given)? } else { serde_json::Map::new().into() };
        let upgrade = || resource.upgrade_identity(request.version, raw);
        let identity = caught(&request.type_name, "upgrading the identity", upgrade)??;
        let mut diags = Diags::new();
        let identity_data = encode(&identity, &resource.identity_type(), &mut diags);
        diags.into_result().map(|()| pb::ResourceIdentityData { identity_data })
    });
    let upgraded_identity = diags.absorb(upgraded);
    let diagnostics = diagnostics(&diags);
    pb::upgrade_resource_identity::Response { upgraded_identity, diagnostics }
}

pub(super) async fn import_resource_state<P: Provider>(
    server: &Server<P>,
    request: pb::import_resource_state::Request,
) -> pb::import_resource_state::Response {
    let mut diags = Diags::new();
    let scope = server.deferrable(request.client_capabilities);
    let imported = async {
        let resource = server.resource(&request.type_name)?;
        let by_identity = request.identity.and_then(|i| i.identity_data);
        let given = match by_identity.filter(|_| !resource.schema.identity.is_empty()) {
            Some(given) => ImportBy::Identity(decode(Some(&given), &resource.identity_type())?),
            None => ImportBy::Id(request.id),
        };
        let by_identity = match &given {
            ImportBy::Identity(identity) => Some(identity.clone()),
            ImportBy::Id(_) => None,
        };
        let answer = match scope.deferrals.asked() {
            Some(_) => StateAnswer { state: Value::Null, private: Private::new(), diags: Diags::new() },
            None => resource.import(&scope, given).await,
        };
        Ok((answer, by_identity, resource))
    };
    let mut imported_resources = Vec::new();
    if let Some((answer, given, resource)) = diags.absorb(imported.await) {
        diags.extend(answer.diags);
        let deferred = scope.deferrals.asked().is_some() && !diags.has_errors();
        let state = if deferred { Value::unknown() } else { answer.state };
        if !state.is_null() {
            // Nothing is known of what is yet to be imported, not even an identity.
            let identity = |diags: &mut Diags| {
                let known = (!deferred).then_some(&state)?;
                identity(&resource, scope.client.as_deref(), known, given, diags)
            };
            imported_resources.push(pb::import_resource_state::ImportedResource {
                type_name: request.type_name,
                identity: identity(&mut diags),
                state: encode(&state, &resource.value_type, &mut diags),
                private: private_to(&answer.private),
            });
        }
    }
    let diagnostics = diagnostics(&diags);
    pb::import_resource_state::Response { imported_resources, diagnostics, deferred: scope.deferrals.message() }
}

pub(super) async fn move_resource_state<P: Provider>(
    server: &Server<P>,
    request: pb::move_resource_state::Request,
) -> pb::move_resource_state::Response {
    let mut diags = Diags::new();
    let moved = server.resource(&request.target_type_name).and_then(|resource| {
        let serde_json::Value::Object(state) = raw_json(request.source_state)? else {
            return Err(Diag::error("Stored state cannot be read", "It is not a JSON object.").into());
        };
        let identity = match request.source_identity.filter(|raw| !raw.json.is_empty()) {
            Some(raw) => raw_json(Some(raw))?.as_object().cloned(),
            None => None,
        };
        let source = MoveSource {
            provider: request.source_provider_address,
            type_name: request.source_type_name,
            schema_version: request.source_schema_version,
            state,
            private: request.source_private,
            identity,
            identity_version: request.source_identity_schema_version,
        };
        let moved = caught(&request.target_type_name, "moving the state", || resource.move_from(&source))??;
        Ok((moved, resource))
    });
    let mut response = pb::move_resource_state::Response::default();
    if let Some((moved, resource)) = diags.absorb(moved) {
        response.target_state = encode(&moved.state, &resource.value_type, &mut diags);
        response.target_private = private_to(&moved.private);
        response.target_identity =
            identity(&resource, server.scope().client.as_deref(), &moved.state, None, &mut diags);
    }
    response.diagnostics = diagnostics(&diags);
    response
}

fn raw_json(raw: Option<pb::RawState>) -> Result<serde_json::Value> {
    let fail = |why: String| Diags::from(Diag::error("Stored state cannot be read", why));
    let raw = raw.unwrap_or_default();
    if raw.json.is_empty() {
        let why = "The state was stored by a Terraform version before 0.12. Upgrade it with Terraform 0.12 first.";
        return Err(fail(why.to_owned()));
    }
    serde_json::from_slice(&raw.json).map_err(|e| fail(format!("The stored state is not valid JSON: {e}.")))
}
