//! Invoking an endpoint: request bodies, and what a failed invocation says. (SageMaker API reference, `InvokeEndpoint`.)

use aws_sdk_sagemakerruntime::types::error::ModelError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use tfplug::diag::{Diag, Result};
use tfplug::value::Path;

use crate::aws::arn::Arn;

/// The longest request body (SageMaker API reference, `InvokeEndpoint`).
const MAX_BODY: usize = 25 * 1024 * 1024;

/// Where a request body comes from. One of these is set.
#[derive(Clone, Copy, Debug)]
pub struct BodyFrom<'a> {
    /// Text.
    pub body: Option<&'a str>,
    /// Base64.
    pub body_base64: Option<&'a str>,
    /// The path of a local file.
    pub body_file: Option<&'a str>,
}

impl BodyFrom<'_> {
    /// The request body. `at` is where the three attributes are.
    ///
    /// # Errors
    /// A diagnostic at the attribute that cannot be read, or whose content is longer than SageMaker allows.
    pub async fn bytes(&self, at: &Path) -> Result<Vec<u8>> {
        let (attribute, bytes) = match (self.body, self.body_base64, self.body_file) {
            (Some(text), _, _) => ("body", text.as_bytes().to_vec()),
            (None, Some(encoded), _) => {
                let at = at.attribute("body_base64");
                let decoded = STANDARD.decode(encoded);
                ("body_base64", decoded.map_err(|e| Diag::error("Malformed Base64", format!("{e}.")).at(at))?)
            }
            (None, None, Some(file)) => {
                let at = at.attribute("body_file");
                let failed = |e| Diag::error("The request body cannot be read", format!("{file:?}: {e}.")).at(at);
                ("body_file", tokio::fs::read(file).await.map_err(failed)?)
            }
            (None, None, None) => ("body", Vec::new()),
        };
        if bytes.len() > MAX_BODY {
            let detail = format!(
                "The request has {} bytes; SageMaker allows {MAX_BODY}. Use asynchronous inference or a batch \
                 transform job for larger requests.",
                bytes.len()
            );
            return Err(Diag::error("Request too large", detail).at(at.attribute(attribute)).into());
        }
        Ok(bytes)
    }
}

/// The SHA-256 of a body, in hexadecimal.
pub fn sha256(body: &[u8]) -> String {
    Sha256::digest(body).iter().map(|b| format!("{b:02x}")).collect()
}

/// Log group and stream of the ARN of a log stream, as the console and `aws logs tail` want them; the ARN itself if it
/// has another form.
pub fn log_stream(text: &str) -> String {
    let parts = Arn::parse(text).ok().and_then(|arn| {
        let (group, stream) = arn.resource.strip_prefix("log-group:")?.split_once(":log-stream:")?;
        Some(format!("log group {group}, stream {stream} (region {})", arn.region))
    });
    parts.unwrap_or_else(|| text.to_owned())
}

/// What the model's container said of its own error.
pub fn said(error: &ModelError) -> &str {
    error.original_message.as_deref().or(error.message.as_deref()).unwrap_or("nothing more").trim()
}
