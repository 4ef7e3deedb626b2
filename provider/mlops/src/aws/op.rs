//! Operations of the SageMaker API as data: each is a name and two functions over dynamic values.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use aws_sdk_sagemaker::Client;
use tfplug::context::{Context, Stop};
use tfplug::diag::{Diag, Diags};
use tfplug::value::Value;

use crate::aws::error::{AwsError, secret_values};

/// A call in progress.
pub type Calling<'a> = Pin<Box<dyn Future<Output = Result<Value, AwsError>> + Send + 'a>>;

/// An operation of the API, over values in the API's own shape.
#[derive(Clone, Copy)]
pub struct Operation {
    /// Its name: `CreateEndpoint`.
    pub name: &'static str,
    /// Calls it. Members of the input that the operation does not have are passed over.
    pub call: for<'a> fn(&'a Client, &'a Value) -> Calling<'a>,
    /// Every member of its input, for the conformance test.
    #[cfg(test)]
    pub input: fn() -> std::collections::BTreeMap<String, aws_smithy_schema::ShapeType>,
    /// Every member of its output, for the conformance test.
    #[cfg(test)]
    pub output: fn() -> std::collections::BTreeMap<String, aws_smithy_schema::ShapeType>,
}

/// Makes an [`Operation`]: `operation!(create_endpoint, CreateEndpoint)`.
#[macro_export]
macro_rules! operation {
    ($module:ident, $name:ident) => {
        $crate::operation!($module, $name, $module)
    };
    ($module:ident, $name:ident, $method:ident) => {{
        ::paste::paste! {
            $crate::aws::op::Operation {
                name: stringify!($name),
                call: |client, input| Box::pin(async move {
                    use ::aws_sdk_sagemaker::operation::$module as o;
                    let input = $crate::aws::op::input(stringify!($name), input, |d| o::[<$name Input>]::deserialize(d))?;
                    let sent = client
                        .$method()
                        .customize()
                        .interceptor($crate::aws::op::SetInput(input))
                        .send()
                        .await
                        .map_err(|e| $crate::aws::error::aws_error("SageMaker", stringify!($name), e))?;
                    $crate::aws::op::output(stringify!($name), &sent)
                }),
                #[cfg(test)]
                input: || $crate::aws::codec::members(|d| drop(
                    ::aws_sdk_sagemaker::operation::$module::[<$name Input>]::deserialize(d))),
                #[cfg(test)]
                output: || $crate::aws::codec::members(|d| drop(
                    ::aws_sdk_sagemaker::operation::$module::[<$name Output>]::deserialize(d))),
            }
        }
    }};
}

/// Puts a whole input into an SDK call: the builders have a method per member, and no way in for the whole.
#[derive(Debug)]
pub struct SetInput<T>(pub T);

impl<T: Clone + std::fmt::Debug + Send + Sync + 'static> aws_smithy_runtime_api::client::interceptors::Intercept
    for SetInput<T>
{
    fn name(&self) -> &'static str {
        "SetInput"
    }

    fn modify_before_serialization(
        &self,
        context: &mut aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextMut<
            '_,
        >,
        _: &aws_smithy_runtime_api::client::runtime_components::RuntimeComponents,
        _: &mut aws_smithy_types::config_bag::ConfigBag,
    ) -> Result<(), aws_smithy_runtime_api::box_error::BoxError> {
        *context.input_mut().downcast_mut::<T>().ok_or("the input is of another operation")? = self.0.clone();
        Ok(())
    }
}

/// Reads an operation's input from a value.
///
/// # Errors
/// If the value does not fit: a defect of the provider, as the schema has been checked against the API's types.
pub fn input<T>(
    operation: &'static str,
    value: &Value,
    read: impl FnOnce(
        &mut dyn aws_smithy_schema::serde::ShapeDeserializer,
    ) -> Result<T, aws_smithy_schema::serde::SerdeError>,
) -> Result<T, AwsError> {
    read(&mut crate::aws::codec::FromValue(value))
        .map_err(|e| local(operation, format!("the input cannot be built: {e}")))
}

/// Reads a value from an operation's output.
///
/// # Errors
/// If the output has a kind of member that SageMaker does not have today.
pub fn output(
    operation: &'static str,
    output: &dyn aws_smithy_schema::serde::SerializableStruct,
) -> Result<Value, AwsError> {
    crate::aws::codec::to_value(output).map_err(|e| local(operation, format!("the answer cannot be read: {e}")))
}

fn local(operation: &'static str, message: String) -> AwsError {
    AwsError { service: "SageMaker", operation, message, ..AwsError::default() }
}

/// One kind of error: its code, and how its message begins.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// AWS's code.
    pub code: &'static str,
    /// The beginning of AWS's message, in whatever case; empty for any message.
    pub message: &'static str,
}

/// A [`Rule`].
pub const fn rule(code: &'static str, message: &'static str) -> Rule {
    Rule { code, message }
}

/// A role that was made a moment ago cannot be assumed everywhere yet; one that does not exist, or does not trust
/// SageMaker, never. Source: terraform-provider-aws, internal/service/sagemaker, which repeats on this text for two minutes.
pub const COULD_NOT_ASSUME_ROLE: Rule = rule("ValidationException", "Could not assume role");

/// Whether an error is of one of these kinds.
pub fn is_one_of(error: &AwsError, rules: &[Rule]) -> bool {
    let begins =
        |beginning: &str| error.message.get(..beginning.len()).is_some_and(|m| m.eq_ignore_ascii_case(beginning));
    rules.iter().any(|r| error.is(r.code) && begins(r.message))
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
                let last = last.as_ref().map(|e| format!(" AWS's last answer was: {}", masked(e))).unwrap_or_default();
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
        "The {label} was created, but Terraform was told to stop before all its settings were made. It is in the state; the \
         next plan shows what is missing."
    );
    Diag::warning(format!("Interrupted: the {label} is not complete"), detail)
}

/// The diagnostic for an operation that had to end.
pub fn stopped(stop: Stop, attempted: &str, state: &str) -> Diag {
    match stop {
        Stop::Cancelled => {
            Diag::error(format!("Interrupted: could not {attempted}"), format!("Terraform was told to stop.{state}"))
        }
        Stop::DeadlinePassed => Diag::error(
            format!("Timed out: could not {attempted}"),
            format!("The time that `timeouts` allows is used up.{state}\n\nIf AWS needs longer, raise the timeout."),
        ),
    }
}

/// Errors that can pass by themselves, and how long to wait for that.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// The errors.
    pub errors: &'static [Rule],
    /// How long a call that meets one of them is repeated. A wrong reference meets them for ever.
    pub within: Duration,
}

/// Nothing is repeated.
pub const NEVER: Retry = Retry { errors: &[], within: Duration::ZERO };

/// Calls an operation, again while AWS answers with one of the errors that can pass by themselves.
///
/// # Errors
/// The last answer of AWS, or why no further attempt was made.
pub async fn call<C>(
    cx: &Context<C>,
    client: &Client,
    operation: &Operation,
    input: &Value,
    retry: Retry,
) -> Result<Value, Failure> {
    let started = cx.elapsed();
    let mut delay = Duration::from_millis(500);
    let mut last: Option<AwsError> = None;
    for times in 1.. {
        cx.check().map_err(|stop| Failure::Stopped(stop, last.clone()))?;
        match (operation.call)(client, input).await {
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
