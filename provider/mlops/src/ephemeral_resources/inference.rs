//! `mlops_inference`: asks a model behind an endpoint, and stores nothing of the response.

use tfplug::async_trait;
use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::model::{Model, Root};
use tfplug::resource::{EphemeralResource, Opened};
use tfplug::schema::Schema;
use tfplug::value::{Path, Value};

use crate::aws::client::Aws;
use crate::shapes::inference_request::{InferenceRequest, InferenceResponse};

/// Invokes a SageMaker endpoint and returns the response, which neither a plan nor the state stores: for personal data and
/// secrets. The endpoint is invoked in each plan and each apply that uses the response, unless one of the arguments is known
/// only after the apply: mind the cost, and stateful models.
#[derive(Clone, Debug, Model)]
#[tf(name = "inference", subcategory = "Inference")]
pub struct EphemeralInference {
    #[tf(embed)]
    request: InferenceRequest,
    #[tf(embed)]
    received: InferenceResponse,
}

/// The ephemeral resource.
pub struct InferenceEphemeral;

#[async_trait]
impl EphemeralResource<Aws> for InferenceEphemeral {
    fn schema(&self) -> Schema {
        EphemeralInference::schema()
    }

    async fn open(&self, cx: &Context<Aws>, config: Value) -> Result<Opened> {
        let mut inference = EphemeralInference::from_value(&config, &Path::root())?;
        let body = inference.request.body().await?;
        inference.received = InferenceResponse::of(inference.request.invoke(cx, body).await?, true);
        Ok(Opened { result: inference.into_value(), renew_at: None, private: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, Offer, Stub, terraform};

    #[tokio::test]
    async fn what_the_model_responds_is_the_result() {
        let stub = Stub::start(|asked| match asked.body.as_slice() {
            b"1,2" => Answer(200, vec![("content-type", "application/json".to_owned())], "[7]".to_owned()),
            _ => {
                Answer(400, vec![("x-amzn-errortype", "ValidationError".to_owned())], r#"{"Message":"no"}"#.to_owned())
            }
        })
        .await;
        let offer = Offer { ephemeral_resources: Some(crate::ephemeral_resources::all), ..Offer::default() };
        let mut core = terraform(&stub.url, offer).await;
        let mut config = EphemeralInference::object().null_value();
        config.set_attribute("endpoint_name", Value::from("digits"));
        config.set_attribute("body", Value::from("1,2"));
        let opened = core.open("mlops_inference", &config).await.good().unwrap();
        for (attribute, value) in
            [("response", "[7]"), ("response_base64", "Wzdd"), ("response_content_type", "application/json")]
        {
            assert_eq!(opened.result.attribute(attribute), &Value::from(value), "{attribute}");
        }
        config.set_attribute("body", Value::from("3"));
        let errors = core.open("mlops_inference", &config).await.errors();
        assert!(errors[0].detail.contains("no") && errors[0].summary.contains("digits"), "{errors:?}");
    }
}
