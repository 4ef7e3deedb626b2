//! `mlops_invoke_endpoint`: asks a model behind an endpoint, for what the asking does.

use tfplug::async_trait;
use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::model::{Model, Root};
use tfplug::resource::Action;
use tfplug::schema::Schema;
use tfplug::value::{Path, Value};
use tokio::sync::mpsc::Sender;

use crate::aws::client::Aws;
use crate::shapes::inference_request::{InferenceRequest, InferenceResponse};

/// How much of a response is shown, in characters.
const SHOWN: usize = 2_000;

/// Invokes a SageMaker endpoint: to warm it up after a deployment, or to try it. An error of the model is one of the action.
/// To use the response in a configuration, use the data source or the ephemeral resource `mlops_inference`.
#[derive(Clone, Debug, Model)]
#[tf(name = "invoke_endpoint", subcategory = "Inference", timeouts(invoke = "20m"))]
pub struct InvokeEndpoint {
    #[tf(embed)]
    request: InferenceRequest,
    /// Whether the first 2,000 characters of the response are shown. Mind personal data and secrets: what is shown is in the
    /// logs of CI.
    #[tf(optional, computed, default = false)]
    show_response: bool,
}

/// The action.
pub struct InvokeEndpointAction;

#[async_trait]
impl Action<Aws> for InvokeEndpointAction {
    fn schema(&self) -> Schema {
        let mut schema = InvokeEndpoint::schema();
        // What a data source stores an action does not: it may be ephemeral.
        for attribute in &mut schema.object.attributes {
            attribute.write_only |= [InferenceRequest::BODY, InferenceRequest::BODY_BASE64].contains(&&*attribute.name);
        }
        schema
    }

    async fn invoke(&self, cx: &Context<Aws>, config: Value, progress: Sender<String>) -> Result<()> {
        let action = InvokeEndpoint::from_value(&config, &Path::root())?;
        let body = action.request.body().await?;
        let output = action.request.invoke(cx, body).await?;
        let size = output.body.as_ref().map_or(0, |body| body.as_ref().len());
        let response = InferenceResponse::of(output, action.show_response).into_value();
        let text = |attribute: &str| response.attribute(attribute).as_str().unwrap_or("unknown").to_owned();
        let (kind, variant) =
            (text(InferenceResponse::RESPONSE_CONTENT_TYPE), text(InferenceResponse::INVOKED_PRODUCTION_VARIANT));
        let mut message = format!("The production variant {variant} responded with {size} bytes of {kind}.");
        if let Some(shown) = response.attribute(InferenceResponse::RESPONSE).as_str() {
            message.push('\n');
            message.extend(shown.chars().take(SHOWN));
        }
        drop(progress.send(message).await);
        Ok(())
    }
}
