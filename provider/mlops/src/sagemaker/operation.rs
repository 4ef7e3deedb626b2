//! SageMaker's operations over dynamic values. The SDK's types of this service can be read from and written to values as a
//! whole, so an operation needs nothing but its name.

use tfplug::value::Value;

use crate::aws::error::AwsError;

/// Makes an [`Operation`](crate::aws::operation::Operation): `operation!(create_endpoint, CreateEndpoint)`; with a name where
/// the SDK spells it otherwise than AWS does: `operation!(create_auto_ml_job_v2, CreateAutoMlJobV2, "CreateAutoMLJobV2")`.
macro_rules! operation {
    ($module:ident, $name:ident) => {
        $crate::sagemaker::operation::operation!($module, $name, stringify!($name))
    };
    ($module:ident, $name:ident, $shown:expr) => {{
        ::paste::paste! {
            $crate::aws::operation::Operation {
                service: "SageMaker",
                name: $shown,
                token: None,
                call: |aws, input| Box::pin(async move {
                    use ::aws_sdk_sagemaker::operation::$module as o;
                    let input = $crate::sagemaker::operation::input($shown, input, |d| o::[<$name Input>]::deserialize(d))?;
                    let sent = aws
                        .sagemaker()
                        .$module()
                        .customize()
                        .interceptor($crate::sagemaker::operation::SetInput(input))
                        .send()
                        .await
                        .map_err(|e| $crate::aws::error::aws_error("SageMaker", $shown, e))?;
                    $crate::sagemaker::operation::output($shown, &sent)
                }),
                #[cfg(test)]
                input: || $crate::sagemaker::codec::members(|d| drop(
                    ::aws_sdk_sagemaker::operation::$module::[<$name Input>]::deserialize(d))),
                #[cfg(test)]
                output: || $crate::sagemaker::codec::members(|d| drop(
                    ::aws_sdk_sagemaker::operation::$module::[<$name Output>]::deserialize(d))),
            }
        }
    }};
}

pub(crate) use operation;

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
    read(&mut crate::sagemaker::codec::FromValue(value))
        .map_err(|e| defect(operation, format!("the input cannot be built: {e}")))
}

/// Reads a value from an operation's output.
///
/// # Errors
/// If the output has a kind of member that SageMaker does not have today.
pub fn output(
    operation: &'static str,
    output: &dyn aws_smithy_schema::serde::SerializableStruct,
) -> Result<Value, AwsError> {
    crate::sagemaker::codec::to_value(output)
        .map_err(|e| defect(operation, format!("the response cannot be read: {e}")))
}

fn defect(operation: &'static str, message: String) -> AwsError {
    AwsError { service: "SageMaker", operation, message, ..AwsError::default() }
}
