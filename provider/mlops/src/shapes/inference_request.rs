//! An invocation of an endpoint: the request, and the response. (SageMaker API Reference, `InvokeEndpoint`.)
//!
//! The time that the answer took is left out: it differs from read to read, and every plan would show a change.

use std::time::Duration;

use aws_sdk_sagemakerruntime::operation::invoke_endpoint::{InvokeEndpointError, InvokeEndpointOutput};
use aws_sdk_sagemakerruntime::types::error::ModelError;
use aws_smithy_types::Blob;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tfplug::context::{Context, Stop};
use tfplug::diag::{Diag, Result};
use tfplug::model::Model;
use tfplug::validator::Validator;
use tfplug::value::Path;

use crate::aws::client::Aws;
use crate::aws::error::aws_error;
use crate::services::sagemaker_runtime::{BodyFrom, log_stream, said};

/// Statuses of an endpoint on its way to `InService` (SageMaker API Reference, `DescribeEndpoint`).
const ON_ITS_WAY: [&str; 4] = ["Creating", "Updating", "SystemUpdating", "RollingBack"];
/// How often to look whether an endpoint is in service.
const INTERVAL: Duration = Duration::from_secs(10);

const BASE64: Validator =
    Validator::Text { expected: "data in Base64, as `filebase64` yields", accepts: |s| STANDARD.decode(s).is_ok() };

/// What is asked of which endpoint.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("body", "body_base64", "body_file"))]
pub struct InferenceRequest {
    /// Region of the endpoint. Defaults to the provider's region.
    #[tf(optional)]
    region: Option<String>,

    /// Name of the endpoint.
    #[tf(required, validate(Validator::Length { min: 1, max: 63 }))]
    endpoint_name: String,

    /// Request body, as text.
    #[tf(optional, sensitive)]
    body: Option<String>,

    /// Request body in Base64, for binary data.
    #[tf(optional, sensitive, validate(BASE64))]
    body_base64: Option<String>,

    /// Path of a local file with the request body.
    #[tf(optional)]
    body_file: Option<String>,

    /// MIME type of the request body (`Content-Type`): `text/csv`, `application/json` ...
    #[tf(optional, validate(Validator::Length { min: 1, max: 1024 }))]
    content_type: Option<String>,

    /// Desired MIME type of the response (`Accept`).
    #[tf(optional, validate(Validator::Length { min: 1, max: 1024 }))]
    accept: Option<String>,

    /// Custom attributes that are passed to the model container: printable ASCII, at most 1,024 characters.
    #[tf(optional, validate(Validator::Length { min: 1, max: 1024 }))]
    custom_attributes: Option<String>,

    /// Production variant to invoke. Chosen by the weights unless set.
    #[tf(optional, validate(Validator::Length { min: 1, max: 63 }))]
    target_variant: Option<String>,

    /// Model to invoke on a multi-model endpoint: the path of its archive relative to the model's prefix.
    #[tf(optional, validate(Validator::Length { min: 1, max: 1024 }))]
    target_model: Option<String>,

    /// Host name of the container to invoke, on an endpoint whose containers are invoked directly.
    #[tf(optional, validate(Validator::Length { min: 1, max: 63 }))]
    target_container_hostname: Option<String>,

    /// Inference component to invoke, on an endpoint that hosts inference components.
    #[tf(optional, validate(Validator::Length { min: 1, max: 63 }))]
    inference_component_name: Option<String>,

    /// ID that identifies the request in captured data.
    #[tf(optional, validate(Validator::Length { min: 1, max: 64 }))]
    inference_id: Option<String>,

    /// JMESPath expression that selects the records to explain, on an endpoint with online explainability.
    #[tf(optional, validate(Validator::Length { min: 1, max: 64 }))]
    enable_explanations: Option<String>,

    /// ID of a session of a stateful model, or `NEW_SESSION` to start one.
    #[tf(optional, validate(Validator::Length { min: 1, max: 256 }))]
    session_id: Option<String>,

    /// ID by which requests with the same prompt prefix are routed to the same instance, so that it can reuse cached
    /// results.
    #[tf(optional, validate(Validator::Length { min: 1, max: 256 }))]
    prefix_aware_id: Option<String>,

    /// Whether to wait while the endpoint is being created or updated, and to retry while the model is not ready.
    #[tf(optional, computed, default = false)]
    wait_for_in_service: bool,
}

/// What came back.
#[derive(Clone, Debug, Default, Model)]
pub struct InferenceResponse {
    /// Response body as text; null if it is not UTF-8.
    #[tf(computed)]
    response: Option<String>,

    /// Response body in Base64.
    #[tf(computed)]
    response_base64: Option<String>,

    /// MIME type of the response.
    #[tf(computed)]
    response_content_type: Option<String>,

    /// Custom attributes that the model container returned.
    #[tf(computed)]
    response_custom_attributes: Option<String>,

    /// Production variant that was invoked.
    #[tf(computed)]
    invoked_production_variant: Option<String>,

    /// ID and expiration time of the session that the request started.
    #[tf(computed)]
    new_session_id: Option<String>,

    /// ID of the session that the request closed.
    #[tf(computed)]
    closed_session_id: Option<String>,
}

impl InferenceRequest {
    /// The bytes of the request body.
    ///
    /// # Errors
    /// A diagnostic at a file that cannot be read.
    pub async fn body(&self) -> Result<Vec<u8>> {
        let Self { body, body_base64, body_file, .. } = self;
        let from =
            BodyFrom { body: body.as_deref(), body_base64: body_base64.as_deref(), body_file: body_file.as_deref() };
        from.bytes(&Path::root()).await
    }

    /// Invokes the endpoint, as soon as it is in service if that is asked for.
    ///
    /// # Errors
    /// What the model, SageMaker or the way there responded.
    pub async fn invoke(&self, cx: &Context<Aws>, body: Vec<u8>) -> Result<InvokeEndpointOutput> {
        let inference = self;
        if inference.wait_for_in_service {
            wait_for_in_service(cx, inference).await?;
        }
        let regional = cx.client()?.region(inference.region.as_deref());
        let request = || {
            let request = regional.sagemaker_runtime().invoke_endpoint().endpoint_name(&inference.endpoint_name);
            request
                .body(Blob::new(body.clone()))
                .set_content_type(inference.content_type.clone())
                .set_accept(inference.accept.clone())
                .set_custom_attributes(inference.custom_attributes.clone())
                .set_target_variant(inference.target_variant.clone())
                .set_target_model(inference.target_model.clone())
                .set_target_container_hostname(inference.target_container_hostname.clone())
                .set_inference_component_name(inference.inference_component_name.clone())
                .set_inference_id(inference.inference_id.clone())
                .set_enable_explanations(inference.enable_explanations.clone())
                .set_session_id(inference.session_id.clone())
                .set_prefix_aware_id(inference.prefix_aware_id.clone())
        };
        loop {
            match request().send().await {
                Ok(answer) => return Ok(answer),
                Err(error) => {
                    if let Some(InvokeEndpointError::ModelError(e)) = error.as_service_error() {
                        return Err(model_error(&inference.endpoint_name, e).into());
                    }
                    let not_ready =
                        error.as_service_error().is_some_and(InvokeEndpointError::is_model_not_ready_exception);
                    if !(not_ready && inference.wait_for_in_service) {
                        let error = aws_error("SageMaker Runtime", "InvokeEndpoint", error);
                        return Err(error.diag(&format!("invoke the endpoint \"{}\"", inference.endpoint_name)).into());
                    }
                    let seen = "The endpoint is in service, but its model is not ready.";
                    cx.pause(INTERVAL).await.map_err(|stop| stopped_waiting(stop, &inference.endpoint_name, seen))?;
                }
            }
        }
    }
}

impl InferenceResponse {
    /// What an output says, with the body or without.
    pub fn of(answer: InvokeEndpointOutput, with_body: bool) -> Self {
        let bytes = answer.body.map(Blob::into_inner).filter(|_| with_body);
        Self {
            response_base64: bytes.as_ref().map(|bytes| STANDARD.encode(bytes)),
            response: bytes.and_then(|bytes| String::from_utf8(bytes).ok()),
            response_content_type: answer.content_type,
            response_custom_attributes: answer.custom_attributes,
            invoked_production_variant: answer.invoked_production_variant,
            new_session_id: answer.new_session_id,
            closed_session_id: answer.closed_session_id,
        }
    }
}

async fn wait_for_in_service(cx: &Context<Aws>, inference: &InferenceRequest) -> Result<()> {
    let name = &inference.endpoint_name;
    let regional = cx.client()?.region(inference.region.as_deref());
    loop {
        let described = regional.sagemaker().describe_endpoint().endpoint_name(name).send().await;
        let described = described.map_err(|e| {
            aws_error("SageMaker", "DescribeEndpoint", e).diag(&format!("describe the endpoint \"{name}\""))
        })?;
        let status = described.endpoint_status.as_ref().map_or("", |s| s.as_str()).to_owned();
        if status == "InService" {
            return Ok(());
        }
        if !ON_ITS_WAY.contains(&status.as_str()) {
            let reason = described.failure_reason.map(|r| format!(" SageMaker says: {r}")).unwrap_or_default();
            let detail = format!("Its status is {status}, which does not change to InService by itself.{reason}");
            let summary = format!("The endpoint \"{name}\" cannot be invoked");
            return Err(Diag::error(summary, detail).at(Path::of(InferenceRequest::ENDPOINT_NAME)).into());
        }
        tracing::info!(endpoint = %name, %status, "waiting for the endpoint");
        let seen = format!("Its status is {status}.");
        cx.pause(INTERVAL).await.map_err(|stop| stopped_waiting(stop, name, &seen))?;
    }
}

fn stopped_waiting(stop: Stop, endpoint: &str, seen: &str) -> Diag {
    let why = match stop {
        Stop::Cancelled => "Terraform was interrupted.",
        Stop::DeadlinePassed => "The time for reading has expired.",
    };
    Diag::error(format!("Stopped waiting for the endpoint \"{endpoint}\""), format!("{why} {seen}"))
}

/// The model's own error: what its container answered, and where it logs.
fn model_error(endpoint: &str, error: &ModelError) -> Diag {
    let status = error.original_status_code.map_or_else(|| "an error".to_owned(), |code| format!("HTTP status {code}"));
    let mut detail = format!("The model container responded with {status}:\n{}", said(error));
    if let Some(arn) = &error.log_stream_arn {
        detail.push_str(&format!("\n\nIts log: {}", log_stream(arn)));
    }
    detail.push_str(
        "\n\nCheck that `content_type` and `accept` are what the model understands, and that the request has the \
         features that it was trained on.",
    );
    Diag::error(format!("The model behind the endpoint \"{endpoint}\" failed"), detail)
}
