//! Errors of AWS's SDKs as one plain type, and as diagnostics that say what to do next.

mod hint;
mod mask;
mod path;
mod unanswered;

use std::error::Error;
use std::fmt;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use tfplug::diag::Diag;
use tfplug::schema::Object;
use tfplug::value::Path;

use crate::aws::clock;
use crate::aws::http::{REPEATED, Route, Unanswered, causes, has_request_id, is_foreign_page};
use unanswered::{Explanation, NOT_AWS, explain};

pub(crate) use mask::mask;
pub use mask::secret_values;
pub use path::{attribute_path, attribute_path_in};

/// Where an error came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// AWS responded with an error.
    Service,
    /// No connection to the endpoint came about.
    Connect,
    /// The answer did not come in time.
    Timeout,
    /// There are no credentials to sign the request with, or they could not be had.
    Credentials,
    /// Anything else: an answer that is no answer of AWS, a request that could not be built.
    #[default]
    Other,
}

/// An error of a call to AWS. Nothing secret is in it.
#[derive(Clone, Debug, Default)]
pub struct AwsError {
    /// The service: `S3`, `SageMaker` ...
    pub service: &'static str,
    /// The operation: `CreateBucket` ...
    pub operation: &'static str,
    /// AWS's code: `AccessDenied` ... Empty unless AWS responded.
    pub code: String,
    /// AWS's message, or what kept it from answering.
    pub message: String,
    /// What AWS's support asks for.
    pub request_id: Option<String>,
    /// The HTTP status of AWS's answer. None if something else answered.
    pub status: Option<u16>,
    /// Where it came about.
    pub kind: Kind,
    /// AWS's clock minus this computer's when the answer came, in seconds.
    pub clock_offset: i64,
    /// What to do, where the way in which the call failed tells; otherwise its class does.
    pub advice: Option<String>,
    /// The attribute of the provider block to blame, for errors of getting credentials.
    pub attribute: Option<Path>,
    /// Whether this answers a repeated request: an earlier one may have done its work without an answer.
    pub repeated: bool,
}

/// Turns an error of any of AWS's SDKs into the plain type.
pub fn aws_error<E>(service: &'static str, operation: &'static str, error: SdkError<E, HttpResponse>) -> AwsError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let base = AwsError {
        service,
        operation,
        request_id: error.request_id().map(str::to_owned),
        status: error.raw_response().map(|r| r.status().as_u16()),
        repeated: error.raw_response().is_some_and(|r| r.headers().contains_key(REPEATED)),
        clock_offset: error.raw_response().and_then(|r| clock::offset(r.headers())).unwrap_or_default(),
        ..AwsError::default()
    };
    if let Some(message) = foreign(&error) {
        return AwsError { message: mask(&message), status: None, advice: Some(NOT_AWS.to_owned()), ..base };
    }
    match &error {
        SdkError::ServiceError(answer) => {
            let code = answer.err().code().map_or_else(|| code_of_status(base.status), str::to_owned);
            let message = answer.err().message().unwrap_or("AWS returned no message");
            let redirect = answer.raw().headers().get("x-amz-bucket-region");
            let message = match redirect {
                Some(region) if matches!(base.status, Some(301 | 307 | 400)) => {
                    format!("{message} (the bucket's region is {region})")
                }
                _ => message.to_owned(),
            };
            AwsError { kind: Kind::Service, code, message: mask(&message), ..base }
        }
        _ => without_answer(&error, base),
    }
}

/// What is to be said of a response that is not AWS's. None for AWS's own, which has a request id, or at least a body in
/// the form of the service's errors.
fn foreign<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<String> {
    let response = error.raw_response()?;
    let unreadable = match error {
        SdkError::ServiceError(answer) => {
            answer.err().code().is_none() && response.body().bytes().is_some_and(|body| !body.is_empty())
        }
        _ => true,
    };
    let status = response.status().as_u16();
    let is_foreign =
        status == 407 || is_foreign_page(response.headers()) || (unreadable && !has_request_id(response.headers()));
    let unknown = Route { host: "the endpoint".to_owned(), proxy: None };
    let route = response.extension::<Route>().unwrap_or(&unknown);
    match &route.proxy {
        Some(proxy) if is_foreign && status == 407 => {
            Some(format!("the proxy {proxy} requires a user name and a password (HTTP 407)"))
        }
        _ => is_foreign.then(|| route.foreign(response)),
    }
}

/// S3 answers HEAD requests without a body, so without a code.
fn code_of_status(status: Option<u16>) -> String {
    match status {
        Some(301) => "PermanentRedirect".to_owned(),
        Some(400) => "BadRequest".to_owned(),
        Some(403) => "Forbidden".to_owned(),
        Some(404) => "NotFound".to_owned(),
        Some(status) => format!("HTTP {status}"),
        None => String::new(),
    }
}

fn without_answer<E>(error: &SdkError<E, HttpResponse>, base: AwsError) -> AwsError
where
    E: Error + Send + Sync + 'static,
{
    let chain = || std::iter::successors(Some(error as &(dyn Error + 'static)), |&e| e.source());
    if let Some(at) = chain().find_map(|e| e.downcast_ref::<CredentialsAt>()) {
        let kind = if at.error.kind == Kind::Service { Kind::Credentials } else { at.error.kind };
        let error = AwsError { kind, attribute: Some(at.path.clone()), ..at.error.clone() };
        // Where no call was made on the way to the credentials, this is the call that failed.
        return if error.operation.is_empty() {
            AwsError { service: base.service, operation: base.operation, ..error }
        } else {
            error
        };
    }
    let (kind, explanation) = if let Some(e) = chain().find_map(|e| e.downcast_ref::<CredentialsError>()) {
        (Kind::Credentials, Explanation { message: causes(e), advice: None })
    } else if let Some(e) = chain().find_map(|e| e.downcast_ref::<Unanswered>()) {
        let root = chain().last().map(ToString::to_string).unwrap_or_default();
        let kind = match (e.is_connect(), e.is_timeout()) {
            (true, _) => Kind::Connect,
            (_, true) => Kind::Timeout,
            _ => Kind::Other,
        };
        (kind, explain(base.service, e, &root))
    } else {
        (Kind::Other, Explanation { message: causes(error), advice: None })
    };
    let timed_out = match error {
        SdkError::TimeoutError(_) => true,
        SdkError::DispatchFailure(e) => e.is_timeout(),
        _ => false,
    };
    let kind = if timed_out && kind == Kind::Other { Kind::Timeout } else { kind };
    AwsError { kind, message: mask(&explanation.message), advice: explanation.advice, ..base }
}

impl AwsError {
    /// Whether AWS responded with this code.
    pub fn is(&self, code: &str) -> bool {
        self.kind == Kind::Service && self.code == code
    }

    /// Whether this computer's clock is so wrong that AWS may have refused the request for it, whatever it says.
    pub fn may_be_clock(&self) -> bool {
        clock::complaint(self.clock_offset).is_some()
    }

    /// The same error without these values in its message. AWS repeats in it what it was sent: give it what must not be seen
    /// ([`secret_values`]). Values of fewer than four characters stay, and truth values: they would blot out innocent words.
    #[must_use]
    pub fn masking(mut self, secrets: &[&str]) -> Self {
        self.message = mask::values(&self.message, secrets);
        self
    }

    /// The diagnostic: `attempted` completes "Could not ...", as in `create the bucket "x"`. It points at the attribute
    /// that AWS's message names, if it names one.
    pub fn diag(&self, attempted: &str) -> Diag {
        self.words(attempted, attribute_path(&self.message))
    }

    /// The same, for a resource whose attributes do not all have the names of AWS's members: only attributes that
    /// exist are pointed at.
    pub fn diag_in(&self, attempted: &str, object: &Object) -> Diag {
        self.words(attempted, attribute_path_in(&self.message, object))
    }

    fn words(&self, attempted: &str, path: Option<Path>) -> Diag {
        let call = format!("{} {}", self.service, self.operation);
        let mut detail = match self.kind {
            Kind::Service => format!("{call} failed with {}: {}", self.code, self.message),
            Kind::Credentials if !self.code.is_empty() => {
                format!("{call}, which should return credentials, failed with {}: {}", self.code, self.message)
            }
            Kind::Credentials => {
                format!("{call} could not be signed: no usable credentials: {}", self.message)
            }
            Kind::Connect => format!("{call} could not be sent: {}", self.message),
            Kind::Timeout => format!("{call} received no response in time: {}", self.message),
            Kind::Other => format!("{call} failed: {}", self.message),
        };
        if let Some(id) = &self.request_id {
            detail.push_str(&format!("\nRequest ID: {id}"));
        }
        if let Some(hint) = hint::hint(self) {
            detail.push_str("\n\n");
            detail.push_str(&hint);
        }
        let diag = Diag::error(format!("Could not {attempted}"), detail);
        match self.attribute.clone().or(path) {
            Some(path) => diag.at(path),
            None => diag,
        }
    }
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: ", self.service, self.operation)?;
        if !self.code.is_empty() {
            write!(f, "{}: ", self.code)?;
        }
        f.write_str(&self.message)
    }
}

impl Error for AwsError {}

/// An error of getting credentials, with the attribute of the provider block that asked for them.
#[derive(Debug)]
pub(crate) struct CredentialsAt {
    /// The attribute of the provider block.
    pub(crate) path: Path,
    /// What went wrong.
    pub(crate) error: AwsError,
}

impl fmt::Display for CredentialsAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.error)
    }
}

impl Error for CredentialsAt {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diagnostics_name_call_code_request_and_attribute() {
        let error = AwsError {
            service: "SageMaker",
            operation: "CreateEndpointConfig",
            code: "ValidationException".into(),
            message: "1 validation error detected: Value 'x' at 'productionVariants.1.member.instanceType' failed"
                .into(),
            request_id: Some("r-1".into()),
            status: Some(400),
            kind: Kind::Service,
            ..AwsError::default()
        };
        let diag = error.diag("create the endpoint configuration \"c\"");
        assert_eq!(diag.summary, "Could not create the endpoint configuration \"c\"");
        assert!(
            diag.detail.starts_with("SageMaker CreateEndpointConfig failed with ValidationException: 1 validation")
        );
        assert!(diag.detail.contains("Request ID: r-1"));
        assert_eq!(diag.path.to_string(), "production_variants[0].instance_type");
        assert!(error.is("ValidationException") && !error.is("AccessDenied"));
    }
}
