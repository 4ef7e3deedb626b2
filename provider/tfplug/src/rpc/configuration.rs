//! Configurations: the tests of each kind, and the provider block.

use std::sync::Arc;

use super::convert::{decode, diagnostics};
use super::registry::{Entry, Table};
use super::{CHECKING, Server, check, found, locked, reported};
use crate::diag::Diags;
use crate::guard::{caught, guarded};
use crate::lifecycle::DEFAULT_LIMIT;
use crate::nulls;
use crate::pb::tfplugin6 as pb;
use crate::resource::Provider;
use crate::value::{Path, Value};

pub(super) async fn validate_provider_config<P: Provider>(
    server: &Server<P>,
    request: pb::validate_provider_config::Request,
) -> pb::validate_provider_config::Response {
    let r = server.registry();
    let outcome = decode(request.config.as_ref(), &r.provider_type)
        .and_then(|config| check(&r.provider_schema, config, true, |c| server.provider.check_config(c)));
    pb::validate_provider_config::Response { diagnostics: reported(server.with_news(outcome)) }
}

pub(super) async fn configure_provider<P: Provider>(
    server: &Server<P>,
    request: pb::configure_provider::Request,
) -> pb::configure_provider::Response {
    let provider = server.provider.clone();
    let cx = server.context(DEFAULT_LIMIT);
    let outcome = match decode(request.config.as_ref(), &server.registry().provider_type) {
        Ok(config) => {
            let config = nulls::stripped(&server.registry().provider_schema.object, config);
            guarded(provider.name(), "configuring the provider", DEFAULT_LIMIT, cx.cancellation(), {
                let provider = provider.clone();
                async move {
                    let client = provider.configure(config, &request.terraform_version).await?;
                    let warnings = provider.configured(&client).await;
                    Ok((Arc::new(client), warnings))
                }
            })
            .await
        }
        Err(failed) => Err(failed),
    };
    let mut diags = Diags::new();
    let (client, warnings) = diags.absorb(outcome).unzip();
    diags.extend(warnings.unwrap_or_default());
    *locked(&server.client) = client;
    pb::configure_provider::Response { diagnostics: diagnostics(&diags) }
}

pub(super) async fn validate_resource_config<P: Provider>(
    server: &Server<P>,
    request: pb::validate_resource_config::Request,
) -> pb::validate_resource_config::Response {
    let write_only = request.client_capabilities.unwrap_or_default().write_only_attributes_allowed;
    let outcome = server.resource(&request.type_name).and_then(|resource| {
        let config = decode(request.config.as_ref(), &resource.value_type)?;
        caught(&request.type_name, CHECKING, || resource.validate(config, write_only))
    });
    pb::validate_resource_config::Response { diagnostics: reported(server.with_news(outcome)) }
}

/// Tests the configuration of one of several things: what the schema says, then the thing's own check.
fn tested<T: ?Sized>(
    table: &Table<Entry<T>>,
    name: &str,
    config: Option<&pb::DynamicValue>,
    write_only: bool,
    own: fn(&T, &Value) -> Diags,
) -> Vec<pb::Diagnostic> {
    reported(found(table, name).and_then(|entry| {
        let config = decode(config, &entry.value_type)?;
        check(&entry.schema, config, write_only, |c| own(&entry.what, c))
    }))
}

pub(super) async fn validate_data_resource_config<P: Provider>(
    server: &Server<P>,
    request: pb::validate_data_resource_config::Request,
) -> pb::validate_data_resource_config::Response {
    let (table, config) = (&server.registry().data_sources, request.config.as_ref());
    let diagnostics = tested(table, &request.type_name, config, false, |d, c| d.check_config(c));
    pb::validate_data_resource_config::Response { diagnostics }
}

pub(super) async fn validate_ephemeral_resource_config<P: Provider>(
    server: &Server<P>,
    request: pb::validate_ephemeral_resource_config::Request,
) -> pb::validate_ephemeral_resource_config::Response {
    let (table, config) = (&server.registry().ephemeral_resources, request.config.as_ref());
    let diagnostics = tested(table, &request.type_name, config, false, |e, c| e.check_config(c));
    pb::validate_ephemeral_resource_config::Response { diagnostics }
}

pub(super) async fn validate_list_resource_config<P: Provider>(
    server: &Server<P>,
    request: pb::validate_list_resource_config::Request,
) -> pb::validate_list_resource_config::Response {
    let (table, config) = (&server.registry().list_resources, request.config.as_ref());
    let diagnostics = tested(table, &request.type_name, config, false, |_, _| Diags::new());
    pb::validate_list_resource_config::Response { diagnostics }
}

pub(super) async fn validate_action_config<P: Provider>(
    server: &Server<P>,
    request: pb::validate_action_config::Request,
) -> pb::validate_action_config::Response {
    let (table, config) = (&server.registry().actions, request.config.as_ref());
    let diagnostics = tested(table, &request.type_name, config, true, |a, c| a.check_config(c));
    pb::validate_action_config::Response { diagnostics }
}

/// A plan of an action is the test of its configuration, now that more of it is known. What is null may be an ephemeral
/// value, which Terraform keeps back until the action is invoked (`node_action_trigger_instance_plan.go`): it may turn out
/// to be anything, as an unknown value may.
pub(super) async fn plan_action<P: Provider>(
    server: &Server<P>,
    request: pb::plan_action::Request,
) -> pb::plan_action::Response {
    let outcome = found(&server.registry().actions, &request.action_type).and_then(|entry| {
        let config = decode(request.config.as_ref(), &entry.value_type)?;
        let open = config.transform(&Path::root(), &mut |_, v| if v.is_null() { Value::unknown() } else { v });
        check(&entry.schema, open, true, |c| entry.what.check_config(c))
    });
    pb::plan_action::Response { diagnostics: reported(outcome), deferred: None }
}

pub(super) async fn stop_provider<P: Provider>(
    server: &Server<P>,
    _: pb::stop_provider::Request,
) -> pb::stop_provider::Response {
    server.stop();
    pb::stop_provider::Response::default()
}
