//! `mlops_presigned_notebook_instance_url`: a URL that opens a notebook instance for whoever has it, so that it is stored nowhere.

use tfplug::async_trait;
use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::log::redactor;
use tfplug::model::{Model, Root};
use tfplug::resource::{EphemeralResource, Opened};
use tfplug::schema::Schema;
use tfplug::validator::Validator;
use tfplug::value::Value;

use crate::aws::client::Aws;
use crate::aws::operation::{NEVER, Operation, call};
use crate::engine::shape::to_api;
use crate::sagemaker::names;
use crate::sagemaker::operation::operation;

/// A presigned URL of a notebook instance. Whoever opens it within five minutes works in the notebook without signing in to AWS;
/// neither a plan nor the state stores it. The notebook instance must be running.
#[derive(Clone, Debug, Model)]
#[tf(name = "presigned_notebook_instance_url", subcategory = "Notebooks")]
pub struct PresignedNotebookInstanceUrl {
    /// Region of the notebook instance. Defaults to the provider's region.
    #[tf(optional, provider_only)]
    region: Option<String>,
    /// Name of the notebook instance.
    #[tf(required, validate(names::NAME))]
    notebook_instance_name: String,
    /// Seconds that a session may last. SageMaker's default is 43200, twelve hours.
    #[tf(optional, validate(Validator::Range { min: 1800, max: 43200 }))]
    session_expiration_duration_in_seconds: Option<i32>,
    /// The URL.
    #[tf(computed, sensitive)]
    authorized_url: Option<String>,
}

const CREATE: Operation = operation!(create_presigned_notebook_instance_url, CreatePresignedNotebookInstanceUrl);

/// The ephemeral resource.
pub struct NotebookInstanceUrl;

#[async_trait]
impl EphemeralResource<Aws> for NotebookInstanceUrl {
    fn schema(&self) -> Schema {
        PresignedNotebookInstanceUrl::schema()
    }

    async fn open(&self, cx: &Context<Aws>, mut config: Value) -> Result<Opened> {
        let object = PresignedNotebookInstanceUrl::object();
        let regional = cx.client()?.region(config.attribute(PresignedNotebookInstanceUrl::REGION).as_str());
        let made = call(cx, &regional, &CREATE, &to_api(&object, &config), NEVER).await.map_err(|failure| {
            let name = config.attribute(PresignedNotebookInstanceUrl::NOTEBOOK_INSTANCE_NAME).as_str();
            let attempted = format!("create a presigned URL of the notebook instance {:?}", name.unwrap_or_default());
            failure.diags(&attempted, &object, &config)
        })?;
        let url = made.attribute(PresignedNotebookInstanceUrl::AUTHORIZED_URL).clone();
        if let Some(url) = url.as_str() {
            redactor().register(url);
        }
        config.set_attribute(PresignedNotebookInstanceUrl::AUTHORIZED_URL, url);
        Ok(Opened { result: config, renew_at: None, private: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};
    use tfplug::log::mask_registered;

    use super::*;
    use crate::testing::{Answer, Offer, Stub, terraform};

    #[test]
    fn every_member_of_the_api_is_an_argument() {
        let object = PresignedNotebookInstanceUrl::object();
        let arguments = object.attributes.iter().filter(|a| a.mode.is_configurable() && !a.provider_only);
        let mut arguments: Vec<String> = arguments.map(|a| format!(".{}", a.name)).collect();
        arguments.sort();
        assert_eq!(arguments, (CREATE.input)().into_keys().collect::<Vec<_>>());
        assert_eq!((CREATE.output)().into_keys().collect::<Vec<_>>(), [".authorized_url"]);
    }

    #[tokio::test]
    async fn the_url_is_the_result_and_shown_nowhere() {
        const URL: &str = "https://analysis.notebook.us-east-1.sagemaker.aws?authToken=abcdef0123";
        let stub = Stub::start(|asked| {
            let sent: Json = serde_json::from_slice(&asked.body).unwrap();
            if sent == json!({ "NotebookInstanceName": "analysis", "SessionExpirationDurationInSeconds": 1800 }) {
                Answer(200, Vec::new(), json!({ "AuthorizedUrl": URL }).to_string())
            } else {
                let refused = json!({ "__type": "ValidationException", "message": "it is Stopped" });
                Answer(400, vec![("x-amzn-requestid", "r".to_owned())], refused.to_string())
            }
        })
        .await;
        let offer = Offer { ephemeral_resources: Some(crate::ephemeral_resources::all), ..Offer::default() };
        let mut core = terraform(&stub.url, offer).await;
        let mut config = PresignedNotebookInstanceUrl::object().null_value();
        config.set_attribute("notebook_instance_name", Value::from("analysis"));
        config.set_attribute("session_expiration_duration_in_seconds", Value::from(1800));
        let opened = core.open("mlops_presigned_notebook_instance_url", &config).await.good().unwrap();
        assert_eq!(opened.result.attribute("authorized_url"), &Value::from(URL));
        assert!(!mask_registered(&format!("at {URL}")).contains("abcdef0123"));
        config.set_attribute("session_expiration_duration_in_seconds", Value::Null);
        let errors = core.open("mlops_presigned_notebook_instance_url", &config).await.errors();
        assert!(errors[0].summary.contains("\"analysis\"") && errors[0].detail.contains("Stopped"), "{errors:?}");
    }
}
