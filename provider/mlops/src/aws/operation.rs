//! Operations of AWS's APIs as data: each is a name and a function over dynamic values; the errors that they answer, and
//! repeating what can pass by itself.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tfplug::context::{Context, Stop};
use tfplug::diag::{Diag, Diags};
use tfplug::value::Value;

use crate::aws::client::Regional;
use crate::aws::error::{AwsError, secret_values};

/// A call in progress.
pub type Calling<'a> = Pin<Box<dyn Future<Output = Result<Value, AwsError>> + Send + 'a>>;

/// The members of an input or output, as paths (`.production_variants[*].model_name`) with the kinds of their values.
#[cfg(test)]
pub type Members = std::collections::BTreeMap<String, aws_smithy_schema::ShapeType>;

/// An operation of an API, over values in the API's own shape, with members in snake case.
#[derive(Clone, Copy)]
pub struct Operation {
    /// The service as AWS calls it: `SageMaker`, `CloudWatch`.
    pub service: &'static str,
    /// Its name: `CreateEndpoint`.
    pub name: &'static str,
    /// The member that makes a repeated request the same one. It must be unique to the request; where the caller gives none,
    /// each call has its own.
    pub token: Option<&'static str>,
    /// Calls it. Members of the input that the operation does not have are passed over.
    pub call: for<'a> fn(&'a Regional, &'a Value) -> Calling<'a>,
    /// Every member of its input, for the conformance test.
    #[cfg(test)]
    pub input: fn() -> Members,
    /// Every member of its output, for the conformance test.
    #[cfg(test)]
    pub output: fn() -> Members,
}

impl Operation {
    /// The operation with a member that makes a repeated request the same one.
    pub const fn with_token(self, member: &'static str) -> Self {
        Self { token: Some(member), ..self }
    }

    /// Whether it changes nothing.
    pub fn reads(&self) -> bool {
        ["Describe", "Get", "List"].iter().any(|verb| self.name.starts_with(verb))
    }

    /// How the AWS CLI calls it: `sagemaker delete-endpoint`.
    pub fn cli(&self) -> String {
        let mut words = match self.service {
            "Application Auto Scaling" => "application-autoscaling".to_owned(),
            "CloudWatch Logs" => "logs".to_owned(),
            "EventBridge" => "events".to_owned(),
            service => service.to_lowercase().replace(' ', ""),
        };
        for c in self.name.chars() {
            if c.is_ascii_uppercase() {
                words.push(if words.contains(' ') { '-' } else { ' ' });
            }
            words.push(c.to_ascii_lowercase());
        }
        words
    }
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.service, self.name)
    }
}

/// One kind of error: its code, and how its message begins or ends.
#[derive(Clone, Copy, Debug)]
pub struct ErrorMatch {
    /// AWS's code.
    pub code: &'static str,
    /// The beginning of AWS's message, in whatever case; empty for any message.
    pub message: &'static str,
    /// The end of AWS's message, in whatever case; empty for any message.
    pub end: &'static str,
    /// A part of AWS's message, wherever it is; empty for any message.
    pub part: &'static str,
}

/// An [`ErrorMatch`] by the beginning of the message.
pub const fn error(code: &'static str, message: &'static str) -> ErrorMatch {
    ErrorMatch { code, message, end: "", part: "" }
}

/// An [`ErrorMatch`] by the end of the message, where the message begins with the object's name.
pub const fn error_ending(code: &'static str, end: &'static str) -> ErrorMatch {
    ErrorMatch { code, message: "", end, part: "" }
}

/// An [`ErrorMatch`] by a part of the message, where what it begins and ends with is not known.
pub const fn error_saying(code: &'static str, part: &'static str) -> ErrorMatch {
    ErrorMatch { code, message: "", end: "", part }
}

/// Whether an error is of one of these kinds.
pub fn is_one_of(error: &AwsError, matches: &[ErrorMatch]) -> bool {
    let text = &error.message;
    let begins = |beginning: &str| text.get(..beginning.len()).is_some_and(|m| m.eq_ignore_ascii_case(beginning));
    let ends = |end: &str| {
        let from = text.len().checked_sub(end.len());
        from.and_then(|from| text.get(from..)).is_some_and(|m| m.eq_ignore_ascii_case(end))
    };
    matches.iter().any(|r| error.is(r.code) && begins(r.message) && ends(r.end) && text.contains(r.part))
}

/// Why a call that was repeated under rules did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// AWS's last answer.
    Aws(AwsError),
    /// AWS's last answer, which was to pass by itself and did not; how often and for how long the call was repeated.
    Persistent(AwsError, u32, Duration),
    /// The operation had to end; with AWS's last answer, if there was one.
    Stopped(Stop, Option<AwsError>),
}

impl Failure {
    /// The diagnostic, for an attempt to `attempted`. AWS repeats what it was sent: what may be secret in `value`, the
    /// object with these attributes, is masked.
    pub fn diags(&self, attempted: &str, object: &tfplug::schema::Object, value: &Value) -> Diags {
        let masked = |error: &AwsError| error.clone().masking(&secret_values(object, value));
        match self {
            Self::Aws(error) => masked(error).diag_in(attempted, object).into(),
            Self::Persistent(error, times, time) => {
                let mut diag = masked(error).diag_in(attempted, object);
                let time = tfplug::duration::format(*time);
                diag.detail.push_str(&format!(
                    "\n\nThis was tried {times} times in {time}, because it can pass by itself: what was made a moment ago, \
                     such as a role or its policies, is not usable everywhere at once. It did not pass, so check what the \
                     message names. If it only takes longer here, raise `propagation_timeout` of the provider block."
                ));
                diag.into()
            }
            Self::Stopped(stop, last) => {
                let last =
                    last.as_ref().map(|e| format!(" AWS's last response was: {}", masked(e))).unwrap_or_default();
                stopped(*stop, attempted, &last).into()
            }
        }
    }
}

/// How long a call that is under way may go on after an interrupt, where it can be left half done.
pub const GRACE: Duration = Duration::from_secs(1);

/// The warning that an object was created, and an interrupt kept its settings from being made. The next plan shows what is
/// missing. An error would have Terraform replace the object.
pub fn half_made(label: &str) -> Diag {
    let detail = format!(
        "The {label} was created, but Terraform was interrupted before all its settings were made. It is in the state; the \
         next plan shows what is missing."
    );
    Diag::warning(format!("Interrupted: the {label} is not complete"), detail)
}

/// The diagnostic for an operation that had to end.
pub fn stopped(stop: Stop, attempted: &str, state: &str) -> Diag {
    match stop {
        Stop::Cancelled => {
            Diag::error(format!("Interrupted: could not {attempted}"), format!("Terraform was interrupted.{state}"))
        }
        Stop::DeadlinePassed => Diag::error(
            format!("Timed out: could not {attempted}"),
            format!("The time that `timeouts` allows is used up.{state}\n\nIf AWS needs longer, raise the timeout."),
        ),
    }
}

/// Errors that can pass by themselves, and how long to wait for that.
#[derive(Clone, Copy, Debug)]
pub struct Retry<'a> {
    /// The errors.
    pub errors: &'a [ErrorMatch],
    /// How long a call that meets one of them is repeated. A wrong reference meets them for ever.
    pub within: Duration,
}

/// Nothing is repeated.
pub const NEVER: Retry<'static> = Retry { errors: &[], within: Duration::ZERO };

/// Calls an operation, again while AWS answers with one of the errors that can pass by themselves.
///
/// # Errors
/// The last answer of AWS, or why no further attempt was made.
pub async fn call<C>(
    cx: &Context<C>,
    aws: &Regional,
    operation: &Operation,
    input: &Value,
    retry: Retry<'_>,
) -> Result<Value, Failure> {
    let started = cx.elapsed();
    let mut delay = Duration::from_millis(500);
    let mut last: Option<AwsError> = None;
    let mut input = std::borrow::Cow::Borrowed(input);
    if let Some(member) = operation.token.filter(|member| input.attribute(member).is_null()) {
        input.to_mut().set_attribute(member, Value::from(format!("{:032x}", fastrand::u128(..))));
    }
    for times in 1.. {
        cx.check().map_err(|stop| Failure::Stopped(stop, last.clone()))?;
        if !operation.reads() {
            aws.batches().forget();
        }
        let called = (operation.call)(aws, &input).await;
        if !operation.reads() {
            aws.batches().forget();
        }
        match called {
            Ok(output) => return Ok(output),
            Err(error) if is_one_of(&error, retry.errors) => {
                let time = cx.elapsed().saturating_sub(started);
                if time >= retry.within {
                    return Err(Failure::Persistent(error, times, time));
                }
                tracing::info!(operation = operation.name, code = %error.code, "may pass; trying again");
                let pause = delay.min(retry.within.saturating_sub(time));
                cx.pause(pause).await.map_err(|stop| Failure::Stopped(stop, Some(error.clone())))?;
                last = Some(error);
                delay = (delay * 2).min(Duration::from_secs(10));
            }
            Err(error) => return Err(Failure::Aws(error)),
        }
    }
    Err(Failure::Stopped(Stop::DeadlinePassed, last))
}

/// All items of a list, over all its pages: `items` is the member that has them.
///
/// # Errors
/// What AWS responded, or why the next page was not asked for.
pub async fn list<C>(
    cx: &Context<C>,
    aws: &Regional,
    operation: &Operation,
    mut input: Value,
    items: &str,
) -> Result<Vec<Value>, Failure> {
    let mut all = Vec::new();
    loop {
        let page = call(cx, aws, operation, &input, NEVER).await?;
        all.extend(page.attribute(items).as_elements().unwrap_or_default().iter().cloned());
        let next = page.attribute("next_token");
        if next.is_null() {
            return Ok(all);
        }
        input.set_attribute("next_token", next.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::error::Kind;

    #[test]
    fn errors_are_told_by_their_code_and_the_beginning_or_end_of_their_message() {
        let of = |code: &str, message: &str| AwsError {
            kind: Kind::Service,
            code: code.into(),
            message: message.into(),
            ..AwsError::default()
        };
        let gone = [error_ending("ValidationException", "does not exist."), error("ResourceNotFound", "Pipeline")];
        for (code, message, is) in [
            ("ValidationException", "ModelPackage arn:x does not exist.", true),
            ("ValidationException", "ModelPackage arn:x does not Exist.", true),
            ("ValidationException", "ModelPackage arn:x does not exist. Or so.", false),
            ("ValidationException", "exist.", false),
            ("ValidationException", "\u{e9}exist.", false),
            ("ResourceNotFound", "pipeline p", true),
            ("ResourceNotFound", "The pipeline p", false),
            ("ConflictException", "ModelPackage arn:x does not exist.", false),
        ] {
            assert_eq!(is_one_of(&of(code, message), &gone), is, "{code}: {message}");
        }
    }
}
