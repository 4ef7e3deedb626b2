//! Ephemeral resources: open, renew, close.

use super::convert::{decode, diagnostics, encode};
use super::{Server, as_configured, found, with_defaults};
use crate::conform;
use crate::context::Context;
use crate::diag::{Diag, Diags};
use crate::guard::guarded;
use crate::lifecycle::{DEFAULT_LIMIT, GRACE, limit};
use crate::pb::tfplugin6 as pb;
use crate::resource::Provider;
use crate::value::Value;

pub(super) async fn open_ephemeral_resource<P: Provider>(
    server: &Server<P>,
    request: pb::open_ephemeral_resource::Request,
) -> pb::open_ephemeral_resource::Response {
    let mut diags = Diags::new();
    let mut warnings = Diags::new();
    let opened = async {
        let entry = found(&server.registry().ephemeral_resources, &request.type_name)?.clone();
        let given = decode(request.config.as_ref(), &entry.value_type)?;
        let config = with_defaults(&entry.schema, &given);
        let limit = limit(&entry.schema, |t| ("open", t.open), &config);
        let cx = server.context(limit);
        let (task, inner) = (entry.clone(), cx.clone());
        let run = async move { task.what.open(&inner, config).await };
        let opened =
            guarded(&request.type_name, "opening the ephemeral resource", GRACE + limit, cx.cancellation(), run).await;
        warnings = cx.take_warnings();
        let opened = opened?;
        let result = as_configured(&entry.schema, &given, opened.result);
        let (result, mut defects) = conform::normalize(&entry.schema.object, result);
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
    diags.extend(warnings);
    response.diagnostics = diagnostics(&diags);
    response
}

pub(super) async fn renew_ephemeral_resource<P: Provider>(
    server: &Server<P>,
    request: pb::renew_ephemeral_resource::Request,
) -> pb::renew_ephemeral_resource::Response {
    let mut diags = Diags::new();
    let cx = kept(server, &request.type_name);
    let (inner, private) = (cx.clone(), request.private.unwrap_or_default());
    let before = private.clone();
    let renewed = async {
        let entry = found(&server.registry().ephemeral_resources, &request.type_name)?.clone();
        let run = async move { entry.what.renew(&inner, private).await };
        let limit = GRACE + cx.limit();
        guarded(&request.type_name, "renewing the ephemeral resource", limit, cx.cancellation(), run).await
    };
    let renewed = diags.absorb(renewed.await);
    diags.extend(cx.take_warnings());
    // OpenTofu closes with the bytes of the last renewal, of one that failed, too.
    let (renew_at, private) = renewed.unwrap_or((None, before));
    let diagnostics = diagnostics(&diags);
    pb::renew_ephemeral_resource::Response { diagnostics, renew_at: timestamp(renew_at), private: Some(private) }
}

pub(super) async fn close_ephemeral_resource<P: Provider>(
    server: &Server<P>,
    request: pb::close_ephemeral_resource::Request,
) -> pb::close_ephemeral_resource::Response {
    let mut diags = Diags::new();
    let cx = kept(server, &request.type_name);
    let (inner, private) = (cx.clone(), request.private.unwrap_or_default());
    let closed = async {
        let entry = found(&server.registry().ephemeral_resources, &request.type_name)?.clone();
        let run = async move { entry.what.close(&inner, private).await };
        let limit = GRACE + cx.limit();
        guarded(&request.type_name, "closing the ephemeral resource", limit, cx.cancellation(), run).await
    };
    diags.absorb(closed.await);
    diags.extend(cx.take_warnings());
    pb::close_ephemeral_resource::Response { diagnostics: diagnostics(&diags) }
}

/// A context for what follows the opening, which has no configuration any more: the schema's limit counts.
fn kept<P: Provider>(server: &Server<P>, type_name: &str) -> Context<P::Client> {
    let entry = server.registry().ephemeral_resources.get(type_name);
    let limit = entry.map_or(DEFAULT_LIMIT, |e| limit(&e.schema, |t| ("open", t.open), &Value::Null));
    server.context(limit)
}

fn timestamp(seconds: Option<i64>) -> Option<prost_types::Timestamp> {
    seconds.map(|seconds| prost_types::Timestamp { seconds, nanos: 0 })
}
