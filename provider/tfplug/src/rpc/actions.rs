//! Actions: a stream of progress that ends by saying how it went.

use super::convert::{decode, diagnostics, shown};
use super::{Server, Stream, check, found, with_defaults};
use crate::guard::guarded;
use crate::lifecycle::{DEFAULT_LIMIT, GRACE, limit};
use crate::pb::tfplugin6 as pb;
use crate::resource::Provider;
use crate::schema::Schema;
use crate::value::{Path, Value};

/// A configuration with its write-only values: nothing stores what an action is told, so that they may be ephemeral.
fn with_write_only(schema: &Schema, filled: Value, config: &Value) -> Value {
    filled.transform(&Path::root(), &mut |path, value| {
        let write_only = schema.object.at(path).is_some_and(|attribute| attribute.write_only);
        if write_only { config.at(path).cloned().unwrap_or(Value::Null) } else { value }
    })
}

pub(super) async fn invoke_action<P: Provider>(
    server: &Server<P>,
    request: pb::invoke_action::Request,
) -> Stream<pb::invoke_action::Event> {
    use pb::invoke_action::event::{Completed, Progress, Type as Kind};
    let (out, events) = tokio::sync::mpsc::channel(16);
    let prepared = found(&server.registry().actions, &request.action_type).and_then(|entry| {
        let config = decode(request.config.as_ref(), &entry.value_type)?;
        // Only now are ephemeral values known, and only now is the configuration whole.
        check(&entry.schema, config.clone(), true, |c| entry.what.check_config(c))?.into_result()?;
        let limit = limit(&entry.schema, |t| ("invoke", t.invoke), &config);
        Ok((entry.clone(), with_write_only(&entry.schema, with_defaults(&entry.schema, &config), &config), limit))
    });
    let limit = prepared.as_ref().map_or(DEFAULT_LIMIT, |(_, _, limit)| *limit);
    let cx = server.context(limit);
    tokio::spawn(async move {
        let event = |kind| Ok(pb::invoke_action::Event { r#type: Some(kind) });
        let outcome = match prepared {
            Err(failed) => Err(failed),
            Ok((entry, config, _)) => {
                let (progress, mut lines) = tokio::sync::mpsc::channel::<String>(16);
                let inner = cx.clone();
                let run =
                    guarded(&request.action_type, "running the action", GRACE + limit, cx.cancellation(), async move {
                        entry.what.invoke(&inner, config, progress).await
                    });
                let forward = async {
                    while let Some(message) = lines.recv().await {
                        let progress = Progress { message: shown(&message) };
                        drop(out.send(event(Kind::Progress(progress))).await);
                    }
                };
                tokio::join!(run, forward).0
            }
        };
        let mut diags = outcome.err().unwrap_or_default();
        diags.extend(cx.take_warnings());
        drop(out.send(event(Kind::Completed(Completed { diagnostics: diagnostics(&diags) }))).await);
    });
    Box::pin(tokio_stream::wrappers::ReceiverStream::new(events))
}
