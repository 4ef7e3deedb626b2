//! `mlops_inference`: asks a model behind an endpoint.

use tfplug::async_trait;
use tfplug::context::{Context, Stop};
use tfplug::diag::{Diag, Result, Severity};
use tfplug::model::{Model, Root};
use tfplug::resource::DataSource;
use tfplug::schema::Schema;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use crate::aws::client::Aws;
use crate::services::sagemaker_runtime::sha256;
use crate::shapes::inference_request::{InferenceRequest, InferenceResponse};

/// What every failure ends with: a destroy reads the data source, too, and must not depend on what it destroys.
const DESTROY: &str =
    "\n\nTo destroy without this invocation, use `terraform destroy -refresh=false`, or set `on_error = \"warn\"`.";

/// Invokes a SageMaker endpoint and returns the response. The endpoint is invoked whenever Terraform reads the data
/// source, also in a plan, unless one of the arguments is known only after the apply: mind the cost, and stateful
/// models.
#[derive(Clone, Debug, Model)]
#[tf(name = "inference", subcategory = "Inference")]
pub struct Inference {
    #[tf(embed)]
    request: InferenceRequest,

    /// What a failed invocation does (an error of the model, a missing endpoint, a denied call, a timeout): `fail`
    /// reports an error; `warn` reports the same as a warning and sets the response to null. Terraform reads data
    /// sources when it plans a destroy, so with `fail` a broken endpoint blocks `terraform destroy` unless
    /// `-refresh=false` is given.
    #[tf(optional, computed, default = "fail", validate(Validator::OneOf(&["fail", "warn"])))]
    on_error: String,

    /// Whether the state stores the response body. With `false`, `response` and `response_base64` are null;
    /// the ephemeral resource `mlops_inference` returns a response that is not stored.
    #[tf(optional, computed, default = true)]
    store_response: bool,

    /// SHA-256 of the request body. Plans show it and the size instead of `body` and `body_base64`.
    #[tf(computed)]
    body_sha256: Option<String>,

    /// Size of the request body in bytes.
    #[tf(computed)]
    body_size_in_bytes: Option<i64>,

    #[tf(embed)]
    received: InferenceResponse,
}

/// The data source.
pub struct InferenceSource;

#[async_trait]
impl DataSource<Aws> for InferenceSource {
    fn schema(&self) -> Schema {
        Inference::schema()
    }

    async fn read(&self, cx: &Context<Aws>, config: Value) -> Result<Value> {
        let mut inference = Inference::from_value(&config, &Path::root())?;
        let body = inference.request.body().await?;
        inference.body_sha256 = Some(sha256(&body));
        inference.body_size_in_bytes = i64::try_from(body.len()).ok();
        match inference.request.invoke(cx, body).await {
            Ok(answer) => inference.received = InferenceResponse::of(answer, inference.store_response),
            // An interrupted read has no response that a state should hold.
            Err(diags) if inference.on_error == "warn" && cx.check() != Err(Stop::Cancelled) => {
                for diag in diags.0 {
                    cx.warn(Diag { severity: Severity::Warning, ..diag });
                }
            }
            Err(mut diags) => {
                for diag in &mut diags.0 {
                    diag.detail.push_str(DESTROY);
                }
                return Err(diags);
            }
        }
        Ok(inference.into_value())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{Answer, Offer, Stub, Terraform, terraform};

    const SOURCE: &str = "mlops_inference";

    async fn in_front_of(stub: &Stub) -> Terraform {
        let offer = Offer { data_sources: Some(|| vec![Box::new(InferenceSource)]), ..Offer::default() };
        terraform(&stub.url, offer).await
    }

    fn config(json: &serde_json::Value) -> Value {
        let mut config = Inference::object().null_value();
        for (name, value) in json.as_object().unwrap() {
            let value = value.as_str().map_or_else(|| Value::from(value.as_bool().unwrap()), Value::from);
            config.set_attribute(name, value);
        }
        config
    }

    #[tokio::test]
    async fn asks_with_every_header_and_returns_the_answer() {
        let stub = Stub::start(|asked| {
            assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/endpoints/digits/invocations"));
            assert_eq!(asked.body, b"1,2,3");
            let headers = vec![
                ("content-type", "application/json".to_owned()),
                ("x-amzn-invoked-production-variant", "main".to_owned()),
                ("x-amzn-sagemaker-custom-attributes", "trace=1".to_owned()),
            ];
            Answer(200, headers, "[7]".to_owned())
        })
        .await;
        let asked = config(&json!({
            "endpoint_name": "digits", "body": "1,2,3", "content_type": "text/csv", "accept": "application/json",
            "custom_attributes": "a=b", "target_variant": "main", "target_model": "m.tar.gz",
            "target_container_hostname": "second", "inference_component_name": "c", "inference_id": "i",
            "enable_explanations": "`true`", "session_id": "NEW_SESSION",
        }));
        let read = in_front_of(&stub).await.read_data(SOURCE, &asked).await.good();
        for (attribute, value) in [
            ("response", "[7]"),
            ("response_base64", "Wzdd"),
            ("response_content_type", "application/json"),
            ("response_custom_attributes", "trace=1"),
            ("invoked_production_variant", "main"),
            ("content_type", "text/csv"),
        ] {
            assert_eq!(read.attribute(attribute), &Value::from(value), "{attribute}");
        }
        let requests = stub.take();
        for (header, value) in [
            ("content-type", "text/csv"),
            ("accept", "application/json"),
            ("x-amzn-sagemaker-custom-attributes", "a=b"),
            ("x-amzn-sagemaker-target-variant", "main"),
            ("x-amzn-sagemaker-target-model", "m.tar.gz"),
            ("x-amzn-sagemaker-target-container-hostname", "second"),
            ("x-amzn-sagemaker-inference-component", "c"),
            ("x-amzn-sagemaker-inference-id", "i"),
            ("x-amzn-sagemaker-enable-explanations", "`true`"),
            ("x-amzn-sagemaker-session-id", "NEW_SESSION"),
        ] {
            assert!(requests[0].headers.iter().any(|(n, v)| n == header && v == value), "{header}: {requests:?}");
        }
    }

    #[tokio::test]
    async fn sends_and_receives_what_is_no_text() {
        let stub = Stub::start(|asked| Answer(200, vec![], format!("{:?}", asked.body))).await;
        let mut terraform = in_front_of(&stub).await;
        let read = terraform.read_data(SOURCE, &config(&json!({ "endpoint_name": "e", "body_base64": "/wA=" }))).await;
        assert_eq!(read.good().attribute("response"), &Value::from("[255, 0]"));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), [7, 8]).unwrap();
        let asked = json!({ "endpoint_name": "e", "body_file": file.path().to_str(), "store_response": false });
        let read = terraform.read_data(SOURCE, &config(&asked)).await.good();
        assert!(read.attribute("response").is_null() && read.attribute("response_base64").is_null());
        assert_eq!(read.attribute("body_size_in_bytes"), &Value::from(2));
        assert_eq!(read.attribute("body_sha256"), &Value::from(sha256(&[7, 8])));
        let sent: Vec<_> = stub.take().into_iter().map(|asked| asked.body).collect();
        assert_eq!(sent, [vec![255, 0], vec![7, 8]]);
        for (bad, path) in [
            (json!({ "endpoint_name": "e", "body_file": "no/such/file" }), "body_file"),
            (json!({ "endpoint_name": "e", "body_base64": "no base64" }), "body_base64"),
            (json!({ "endpoint_name": "e" }), ""),
            (json!({ "endpoint_name": "e", "body": "a", "body_base64": "/wA=" }), ""),
        ] {
            let errors = terraform.read_data(SOURCE, &config(&bad)).await.errors();
            assert!(errors[0].path.to_string().starts_with(path), "{errors:?}");
        }
        assert_eq!(stub.take().len(), 0);
    }

    #[tokio::test]
    async fn a_model_error_shows_status_message_and_log() {
        let stub = Stub::start(|_| {
            let body = json!({
                "Message": "Received server error (500) from primary with message ...",
                "OriginalStatusCode": 500,
                "OriginalMessage": "ValueError: X has 63 features, but LogisticRegression is expecting 64",
                "LogStreamArn": "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/sagemaker/Endpoints/digits:log-stream:AllTraffic/i-1",
            });
            Answer(424, vec![("x-amzn-errortype", "ModelError".to_owned())], body.to_string())
        })
        .await;
        let asked = config(&json!({ "endpoint_name": "digits", "body": "1" }));
        let errors = in_front_of(&stub).await.read_data(SOURCE, &asked).await.errors();
        assert_eq!(errors[0].summary, "The model behind the endpoint \"digits\" failed");
        for part in [
            "HTTP status 500",
            "expecting 64",
            "log group /aws/sagemaker/Endpoints/digits, stream AllTraffic/i-1 (region eu-west-1)",
        ] {
            assert!(errors[0].detail.contains(part), "{}", errors[0].detail);
        }
        assert!(!errors[0].detail.contains("Received server error"));
        assert_eq!(stub.take().len(), 1, "the model is not asked again");
    }

    #[tokio::test]
    async fn waits_for_the_endpoint_only_if_asked_and_only_while_there_is_hope() {
        let stub = Stub::start(|asked| match asked.path.as_str() {
            "/" => {
                let body = json!({
                    "EndpointName": "e", "EndpointArn": "a", "EndpointStatus": "Failed", "CreationTime": 1,
                    "LastModifiedTime": 1, "FailureReason": "out of memory",
                });
                Answer(200, vec![("content-type", "application/x-amz-json-1.1".to_owned())], body.to_string())
            }
            _ => Answer(200, vec![], "x".to_owned()),
        })
        .await;
        let mut terraform = in_front_of(&stub).await;
        let asked = config(&json!({ "endpoint_name": "e", "body": "1", "wait_for_in_service": true }));
        let errors = terraform.read_data(SOURCE, &asked).await.errors();
        assert!(errors[0].detail.contains("Failed") && errors[0].detail.contains("out of memory"), "{}", errors[0]);
        assert_eq!(errors[0].path, Path::of("endpoint_name"));
        stub.take();
        let asked = config(&json!({ "endpoint_name": "e", "body": "1" }));
        terraform.read_data(SOURCE, &asked).await.good();
        assert_eq!(stub.take().len(), 1, "no DescribeEndpoint");
    }

    /// An answer of the service that is an error.
    fn refusal(status: u16, kind: &'static str, message: &str) -> Answer {
        Answer(status, vec![("x-amzn-errortype", kind.to_owned())], json!({ "Message": message }).to_string())
    }

    #[tokio::test]
    async fn a_failure_is_an_error_that_tells_how_to_destroy_or_a_warning_with_the_same_text() {
        for (answer, said) in [
            (refusal(424, "ModelError", "X has 63 features"), "63 features"),
            (refusal(400, "ValidationError", "Endpoint digits of account 123456789012 not found."), "not found"),
            (refusal(403, "AccessDeniedException", "no identity-based policy allows it"), "no identity-based policy"),
        ] {
            let stub = Stub::start(move |_| answer.clone()).await;
            let mut terraform = in_front_of(&stub).await;
            let asked = json!({ "endpoint_name": "digits", "body": "1" });
            let errors = terraform.read_data(SOURCE, &config(&asked)).await.errors();
            assert!(errors[0].detail.contains(said), "{}", errors[0]);
            assert!(errors[0].detail.ends_with(DESTROY), "{}", errors[0]);

            let asked = json!({ "endpoint_name": "digits", "body": "1", "on_error": "warn" });
            let (read, reported) = terraform.read_data(SOURCE, &config(&asked)).await.warned();
            let [warning] = reported.as_slice() else { panic!("{reported:?}") };
            assert_eq!(warning.summary, errors[0].summary);
            assert_eq!(Some(warning.detail.as_str()), errors[0].detail.strip_suffix(DESTROY));
            for name in ["response", "response_base64", "response_content_type", "invoked_production_variant"] {
                assert!(read.attribute(name).is_null(), "{name}");
            }
            assert_eq!(read.attribute("endpoint_name"), &Value::from("digits"));
        }
    }

    #[tokio::test]
    async fn an_endpoint_that_never_comes_into_service_is_a_warning_too() {
        let stub = Stub::start(|_| refusal(400, "ValidationException", "Could not find endpoint \"e\".")).await;
        let asked = json!({ "endpoint_name": "e", "body": "1", "wait_for_in_service": true, "on_error": "warn" });
        let (read, reported) = in_front_of(&stub).await.read_data(SOURCE, &config(&asked)).await.warned();
        assert!(read.attribute("response").is_null());
        assert!(reported[0].detail.contains("Could not find endpoint"), "{reported:?}");
    }
}
