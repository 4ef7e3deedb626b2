//! List resources: a stream of what was found.

use super::convert::{decode, diagnostics, encode, shown};
use super::{Server, Stream, found, with_defaults};
use crate::conform;
use crate::diag::{Diag, Diags, Severity};
use crate::guard::guarded;
use crate::lifecycle::{DEFAULT_LIMIT, GRACE, Managed, limit};
use crate::pb::tfplugin6 as pb;
use crate::resource::{Listed, Provider};
use crate::value::{Path, Value};

pub(super) async fn list_resource<P: Provider>(
    server: &Server<P>,
    request: pb::list_resource::Request,
) -> Stream<pb::list_resource::Event> {
    let (out, events) = tokio::sync::mpsc::channel(16);
    let prepared = found(&server.registry().list_resources, &request.type_name).and_then(|entry| {
        let config = decode(request.config.as_ref(), &entry.value_type)?;
        let managed = server.resource(&request.type_name)?;
        Ok((entry.clone(), with_defaults(&entry.schema, &config), managed))
    });
    let limit =
        prepared.as_ref().map_or(DEFAULT_LIMIT, |(e, config, _)| limit(&e.schema, |t| ("read", t.read), config));
    let cx = server.context(limit);
    tokio::spawn(async move {
        let reported = |d: &Diags| pb::list_resource::Event { diagnostic: diagnostics(d), ..Default::default() };
        let (entry, config, managed) = match prepared {
            Ok(x) => x,
            Err(d) => return drop(out.send(Ok(reported(&d))).await),
        };
        let most = usize::try_from(request.limit).ok().filter(|most| *most > 0).unwrap_or(usize::MAX);
        let (found, mut listed) = tokio::sync::mpsc::channel(16);
        let (whole, inner) = (request.include_resource_object, cx.clone());
        let search = guarded(&request.type_name, "listing", GRACE + limit, cx.cancellation(), async move {
            entry.what.list(&inner, config, most, whole, found).await
        });
        let forward = async {
            let mut count = 0;
            while let Some(l) = listed.recv().await {
                count += 1;
                if out.send(Ok(event(&managed, l, whole))).await.is_err() || count >= most {
                    break;
                }
            }
            listed.close();
        };
        let (outcome, ()) = tokio::join!(search, forward);
        let mut diags = outcome.err().unwrap_or_default();
        diags.extend(cx.take_warnings());
        if !diags.is_empty() {
            drop(out.send(Ok(reported(&diags))).await);
        }
    });
    Box::pin(tokio_stream::wrappers::ReceiverStream::new(events))
}

/// What Terraform is told of one object. An error would end its list, so what is wrong is a warning: with the object where
/// that can be shown all the same, else instead of it.
fn event<C: Send + Sync + 'static>(managed: &Managed<C>, l: Listed, whole: bool) -> pb::list_resource::Event {
    const DURING: &str = "listing";
    let mut diags = Diags::new();
    let identity = Value::Object(l.identity);
    let missing = managed.schema.identity.iter().find(|i| i.required && identity.attribute(&i.name).is_null());
    if let Some(path) = identity.first_unknown().or_else(|| missing.map(|i| Path::of(&i.name))) {
        let detail = format!("{}: `{path}` of the identity is not known.", managed.type_name);
        diags.push(Diag::bug("Provider error while listing", detail).at(path));
    }
    let data = if diags.is_empty() { encode(&identity, &managed.identity_type(), &mut diags) } else { None };
    let object = l.object.filter(|_| whole).and_then(|o| {
        let (o, defects) = conform::normalize(&managed.schema.object, o);
        diags.extend(conform::diags(&defects, &managed.type_name, DURING));
        if o.is_null() {
            return None;
        }
        // As the read after an import has it: the configuration that Terraform writes is one of what it will import.
        let o = conform::keep_spelling(&managed.schema.object, &Value::Null, o);
        encode(&o, &managed.value_type, &mut diags)
    });
    if whole && object.is_none() && diags.is_empty() {
        let detail = format!("{}: the object {:?} itself was not returned.", managed.type_name, l.display_name);
        diags.push(Diag::bug("Provider error while listing", detail));
    }
    for diag in &mut diags.0 {
        diag.severity = Severity::Warning;
    }
    let shows = data.is_some() && object.is_some() == whole;
    pb::list_resource::Event {
        identity: data.filter(|_| shows).map(|d| pb::ResourceIdentityData { identity_data: Some(d) }),
        display_name: shown(&l.display_name),
        resource_object: object.filter(|_| shows),
        diagnostic: diagnostics(&diags),
    }
}
