//! List resources: a stream of what was found.

use super::convert::{decode, diagnostics, encode, shown};
use super::{LIMIT, Server, Stream, found, with_defaults};
use crate::conform;
use crate::diag::{Diag, Diags};
use crate::guard::guarded;
use crate::pb::tfplugin6 as pb;
use crate::resource::Provider;
use crate::value::Value;

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
    let cx = server.context();
    tokio::spawn(async move {
        let reported = |d: &Diags| pb::list_resource::Event { diagnostic: diagnostics(d), ..Default::default() };
        let (entry, config, managed) = match prepared {
            Ok(x) => x,
            Err(d) => return drop(out.send(Ok(reported(&d))).await),
        };
        let limit = usize::try_from(request.limit).ok().filter(|limit| *limit > 0).unwrap_or(usize::MAX);
        let (found, mut listed) = tokio::sync::mpsc::channel(16);
        let (whole, inner) = (request.include_resource_object, cx.clone());
        let search = guarded(&request.type_name, "listing", LIMIT, cx.cancellation(), async move {
            entry.what.list(&inner, config, limit, whole, found).await
        });
        let forward = async {
            let mut count = 0;
            while let Some(l) = listed.recv().await {
                let mut diags = Diags::new();
                let identity = Value::Object(l.identity);
                if let Some(path) = identity.first_unknown() {
                    let detail = format!("{}: `{path}` of the identity is unknown.", managed.type_name);
                    diags.push(Diag::bug("Provider error while listing", detail).at(path));
                }
                let identity = identity.unknown_as_null();
                let data = encode(&identity, &managed.identity_type(), &mut diags);
                let event = pb::list_resource::Event {
                    identity: data.map(|d| pb::ResourceIdentityData { identity_data: Some(d) }),
                    display_name: shown(&l.display_name),
                    resource_object: l.object.and_then(|o| {
                        let (o, defects) = conform::normalize(&managed.schema.object, o);
                        diags.extend(conform::diags(&defects, &managed.type_name, "listing"));
                        encode(&o, &managed.value_type, &mut diags)
                    }),
                    diagnostic: diagnostics(&diags),
                };
                count += 1;
                if out.send(Ok(event)).await.is_err() || count >= limit {
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
