//! Managed resources: read, plan, apply, and the configuration that describes an object.

use super::Server;
use super::convert::{self, decode, decode_object, diagnostics, encode, identity, private_from, private_to};
use crate::diag::Diags;
use crate::guard::caught;
use crate::lifecycle::{Proposal, StateAnswer};
use crate::pb::tfplugin6 as pb;
use crate::resource::Provider;
use crate::value::Value;

pub(super) async fn read_resource<P: Provider>(
    server: &Server<P>,
    request: pb::read_resource::Request,
) -> pb::read_resource::Response {
    let decoded = server.resource(&request.type_name).and_then(|resource| {
        let state = decode_object(request.current_state.as_ref(), &resource.value_type)?;
        Ok((resource, state))
    });
    let (resource, before) = match decoded {
        Ok(x) => x,
        Err(failed) => {
            let diagnostics = diagnostics(&failed);
            let (new_state, private) = (request.current_state, request.private);
            return pb::read_resource::Response { new_state, private, diagnostics, ..Default::default() };
        }
    };
    let scope = server.deferrable(request.client_capabilities);
    let private = private_from(&request.private);
    let StateAnswer { state, private, mut diags } = match scope.deferrals.asked() {
        Some(_) => StateAnswer { state: before.clone(), private, diags: Diags::new() },
        None => resource.read(&scope, before.clone(), private).await,
    };
    if !diags.has_errors() {
        diags.0.extend(resource.identity_defect(&before, &state));
    }
    pb::read_resource::Response {
        new_state: encode(&state, &resource.value_type, &mut diags),
        new_identity: identity(&resource, scope.client.as_deref(), &state, None, &mut diags),
        private: private_to(&private),
        diagnostics: diagnostics(&diags),
        deferred: scope.deferrals.message(),
    }
}

pub(super) async fn plan_resource_change<P: Provider>(
    server: &Server<P>,
    request: pb::plan_resource_change::Request,
) -> pb::plan_resource_change::Response {
    let decoded = server.resource(&request.type_name).and_then(|resource| {
        let read = |v: &Option<pb::DynamicValue>| decode(v.as_ref(), &resource.value_type);
        let prior = decode_object(request.prior_state.as_ref(), &resource.value_type)?;
        // What Terraform proposes follows from these; it is null for a destroy.
        let destroy = read(&request.proposed_new_state)?.is_null();
        let config = if destroy { Value::Null } else { read(&request.config)? };
        Ok((resource, config, prior))
    });
    let (resource, config, prior) = match decoded {
        Ok(x) => x,
        Err(failed) => {
            let diagnostics = diagnostics(&failed);
            return pb::plan_resource_change::Response { diagnostics, ..Default::default() };
        }
    };
    let stores = request.client_capabilities.unwrap_or_default().store_planned_private;
    let proposal = Proposal {
        config,
        prior,
        private: private_from(&request.prior_private),
        planned_private: stores.then(|| private_from(&request.planned_private)),
    };
    let scope = server.deferrable(request.client_capabilities);
    let answer = resource.plan(&scope, proposal).await;
    let mut diags = answer.diags;
    let expressible = answer.requires_replace.iter().map(|path| convert::attribute_path(&path.expressible().0));
    pb::plan_resource_change::Response {
        planned_state: encode(&answer.planned, &resource.value_type, &mut diags),
        planned_identity: identity(&resource, scope.client.as_deref(), &answer.planned, None, &mut diags),
        requires_replace: expressible.collect(),
        planned_private: private_to(&answer.private),
        diagnostics: diagnostics(&diags),
        deferred: scope.deferrals.message(),
        ..Default::default()
    }
}

pub(super) async fn apply_resource_change<P: Provider>(
    server: &Server<P>,
    mut request: pb::apply_resource_change::Request,
) -> pb::apply_resource_change::Response {
    // An apply may take hours; what is decoded need not be in memory twice.
    let planned_state = request.planned_state.take();
    let decoded = server.resource(&request.type_name).and_then(|resource| {
        let config = decode(request.config.as_ref(), &resource.value_type)?;
        let object = |v: &Option<pb::DynamicValue>| decode_object(v.as_ref(), &resource.value_type);
        let values = (config, object(&request.prior_state)?, object(&planned_state)?);
        Ok((resource, values))
    });
    let (resource, (config, prior, planned)) = match decoded {
        Ok(x) => x,
        Err(failed) => {
            // Nothing was done: the object stays as it was.
            return pb::apply_resource_change::Response {
                new_state: request.prior_state,
                private: request.planned_private,
                diagnostics: diagnostics(&failed),
                ..Default::default()
            };
        }
    };
    drop(planned_state);
    let private = private_from(&request.planned_private);
    let scope = server.scope();
    let answer = resource.apply(&scope, config, prior.clone(), planned, private).await;
    let mut diags = answer.diags;
    if !diags.has_errors() {
        diags.0.extend(resource.identity_defect(&prior, &answer.state));
    }
    let new_state = encode(&answer.state, &resource.value_type, &mut diags).or_else(|| {
        // Better a state without the misfit than none.
        let bare = resource.fitting(&answer.state);
        encode(&bare, &resource.value_type, &mut Diags::new())
    });
    pb::apply_resource_change::Response {
        new_state,
        new_identity: identity(&resource, scope.client.as_deref(), &answer.state, None, &mut diags),
        private: private_to(&answer.private),
        diagnostics: diagnostics(&diags),
        legacy_type_system: false,
    }
}

pub(super) async fn generate_resource_config<P: Provider>(
    server: &Server<P>,
    request: pb::generate_resource_config::Request,
) -> pb::generate_resource_config::Response {
    let mut diags = Diags::new();
    let decoded = server.resource(&request.type_name).and_then(|resource| {
        let state = decode(request.state.as_ref(), &resource.value_type)?;
        let during = "generating the configuration";
        Ok((caught(&request.type_name, during, || resource.generate_config(&state))?, resource))
    });
    let config = diags.absorb(decoded).and_then(|(c, resource)| encode(&c, &resource.value_type, &mut diags));
    let diagnostics = diagnostics(&diags);
    pb::generate_resource_config::Response { config, diagnostics }
}
