//! Data sources.

use super::convert::{decode, diagnostics, encode};
use super::{Server, as_configured, found, with_defaults};
use crate::conform;
use crate::diag::{Diag, Diags, Severity};
use crate::guard::guarded;
use crate::lifecycle::{GRACE, limit};
use crate::pb::tfplugin6 as pb;
use crate::resource::Provider;
use crate::value::Value;

pub(super) async fn read_data_source<P: Provider>(
    server: &Server<P>,
    request: pb::read_data_source::Request,
) -> pb::read_data_source::Response {
    let mut diags = Diags::new();
    let scope = server.deferrable(request.client_capabilities);
    let read = async {
        let entry = found(&server.registry().data_sources, &request.type_name)?.clone();
        let given = decode(request.config.as_ref(), &entry.value_type)?;
        let config = with_defaults(&entry.schema, &given);
        let limit = limit(&entry.schema, |t| ("read", t.read), &config);
        let cx = server.context(limit).with_deferrals(scope.deferrals.clone());
        if scope.deferrals.asked().is_some() {
            return Ok((entry, given, Ok(Value::unknown()), Diags::new()));
        }
        let (task, inner) = (entry.clone(), cx.clone());
        let run = async move { task.what.read(&inner, config).await };
        let read = guarded(&request.type_name, "reading the data source", GRACE + limit, cx.cancellation(), run).await;
        Ok::<_, Diags>((entry, given, read, cx.take_warnings()))
    };
    let read = read.await.and_then(|(entry, given, read, warnings)| {
        diags.extend(warnings);
        Ok((entry, given, read?))
    });
    let state = diags.absorb(read).and_then(|(entry, given, value)| {
        if scope.deferrals.asked().is_some() {
            return encode(&Value::unknown(), &entry.value_type, &mut diags);
        }
        let (value, defects) = conform::normalize(&entry.schema.object, as_configured(&entry.schema, &given, value));
        diags.extend(conform::diags(&defects, &request.type_name, "reading the data source"));
        let (value, defects) = conform::repeat(&entry.schema.object, &given, value);
        for mut diag in conform::diags(&defects, &request.type_name, "reading the data source").0 {
            diag.severity = Severity::Warning;
            diags.push(diag);
        }
        if value.is_null() {
            diags.push(Diag::bug("Provider error while reading the data source", "Nothing was returned."));
        }
        encode(&value, &entry.value_type, &mut diags)
    });
    let diagnostics = diagnostics(&diags);
    pb::read_data_source::Response { state, diagnostics, deferred: scope.deferrals.message() }
}
