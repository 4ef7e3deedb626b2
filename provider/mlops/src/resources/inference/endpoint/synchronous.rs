//! Smoke tests of endpoints that answer asynchronously are refused: they fail whatever the model is.

use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::plan::Plan;
use tfplug::value::{Path, Value};

use super::Endpoint;
use crate::aws::client::Aws;
use crate::aws::operation::{NEVER, call};
use crate::resources::inference::endpoint_configuration::ENDPOINT_CONFIGURATION;
use crate::resources::inference::endpoint_configuration::settings::ConfigurationSettings;
use crate::shapes::fields::Named;
use crate::shapes::smoke_test;

/// Looks at the endpoint configuration that a smoke test is for. Terraform plans again when it applies, so that one whose
/// name only the apply knows is looked up then, before the endpoint is created or updated. What cannot be looked up is AWS's
/// to refuse.
///
/// # Errors
/// A diagnostic at the smoke test of an asynchronous endpoint.
pub(super) async fn plan(cx: &Context<Aws>, plan: &Plan<'_>) -> Result<()> {
    let changes = plan.is_create() || plan.changes(Endpoint::ENDPOINT_CONFIG_NAME) || plan.changes(smoke_test::AT);
    let (inline, name) = (plan.get(Endpoint::CONFIGURATION), plan.get(Endpoint::ENDPOINT_CONFIG_NAME));
    if plan.get(smoke_test::AT).is_null() {
        return Ok(());
    }
    if !inline.is_null() {
        return refuse_if_asynchronous(inline);
    }
    if cx.try_client().is_none() || !changes || name.as_str().is_none() {
        return Ok(());
    }
    let aws = cx.client()?.region(plan.get(Named::REGION).as_str());
    let input = Value::object([(Endpoint::ENDPOINT_CONFIG_NAME, name.clone())]);
    let Ok(found) = call(cx, &aws, &ENDPOINT_CONFIGURATION.read.operation, &input, NEVER).await else { return Ok(()) };
    refuse_if_asynchronous(&found)
}

fn refuse_if_asynchronous(settings: &Value) -> Result<()> {
    if settings.attribute(ConfigurationSettings::ASYNC_INFERENCE_CONFIG).as_entries().is_none() {
        return Ok(());
    }
    let detail = "The endpoint configuration has `async_inference_config`: such an endpoint takes requests from S3 and stores its \
                  responses there, and refuses the invocation of a smoke test. Remove `smoke_test`.";
    Err(Diag::error("An asynchronous endpoint has no smoke test", detail).at(Path::of(smoke_test::AT)).into())
}
