//! Operations of the services beside SageMaker. Their SDKs have a type and a builder for each operation, and no way to read
//! and write these as a whole, so each operation says how its members get in and out.

pub mod cloudwatch;

use tfplug::value::Value;

/// Makes an [`Operation`](crate::aws::operation::Operation) from a call of an SDK: a function from the clients and the input
/// to the request, and one from the answer to a value.
macro_rules! typed_operation {
    ($service:literal, $name:ident, |$aws:ident, $input:ident| $request:expr, |$answer:ident| $read:expr) => {
        $crate::aws::operation::Operation {
            service: $service,
            name: stringify!($name),
            token: None,
            call: |$aws, $input| {
                Box::pin(async move {
                    let sent = $request.send().await;
                    let $answer = sent.map_err(|e| $crate::aws::error::aws_error($service, stringify!($name), e))?;
                    Ok($read)
                })
            },
            #[cfg(test)]
            input: || $crate::services::members::of($service, stringify!($name), "input"),
            #[cfg(test)]
            output: || $crate::services::members::of($service, stringify!($name), "output"),
        }
    };
}

pub(crate) use typed_operation;

/// A member that is a text.
pub(crate) fn text(input: &Value, member: &str) -> Option<String> {
    input.attribute(member).as_str().map(str::to_owned)
}

/// A member that is a list of texts.
pub(crate) fn texts(input: &Value, member: &str) -> Option<Vec<String>> {
    let elements = input.attribute(member).as_elements()?;
    Some(elements.iter().filter_map(|e| e.as_str().map(str::to_owned)).collect())
}

/// A text of an answer.
pub(crate) fn from_text(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

/// A list of structures, each by a function.
pub(crate) fn list<T>(input: &Value, member: &str, each: impl Fn(&Value) -> T) -> Option<Vec<T>> {
    Some(input.attribute(member).as_elements()?.iter().map(each).collect())
}

/// An object of some members.
pub(crate) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::object(members)
}

#[cfg(test)]
pub(crate) mod members;
