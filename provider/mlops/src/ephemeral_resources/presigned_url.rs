//! `mlops_presigned_notebook_instance_url` and `mlops_presigned_domain_url`: URLs that open a notebook instance or Studio for whoever
//! has them, so that they are stored nowhere.

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

/// How long a session may last. Source: the service model, `SessionExpirationDurationInSeconds`.
const SESSION: Validator = Validator::Range { min: 1800, max: 43200 };

/// Source: the service model, `DomainId`.
const DOMAIN_ID: Validator = Validator::Text {
    expected: "the ID of a domain, such as `d-abcdefghijkl`",
    accepts: |s| {
        let is_lawful = |rest: &str| {
            !rest.ends_with('-') && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        s.len() <= 63 && s.strip_prefix("d-").is_some_and(|rest| !rest.is_empty() && is_lawful(rest))
    },
};

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
    #[tf(optional, validate(SESSION))]
    session_expiration_duration_in_seconds: Option<i32>,
    /// The URL.
    #[tf(computed, sensitive)]
    authorized_url: Option<String>,
}

/// A presigned URL of SageMaker Studio for a user profile. Whoever opens it in time works as that user without signing in to AWS;
/// neither a plan nor the state stores it. The `auth_mode` of the domain must be `IAM`.
#[derive(Clone, Debug, Model)]
#[tf(name = "presigned_domain_url", subcategory = "Studio")]
pub struct PresignedDomainUrl {
    /// Region of the domain. Defaults to the provider's region.
    #[tf(optional, provider_only)]
    region: Option<String>,
    /// ID of the domain.
    #[tf(required, validate(DOMAIN_ID))]
    domain_id: String,
    /// Name of the user profile.
    #[tf(required, validate(names::NAME))]
    user_profile_name: String,
    /// Name of the space that is opened.
    #[tf(optional, validate(names::NAME))]
    space_name: Option<String>,
    /// What is opened: `studio::relative/path` in Studio, or an app, such as `app:JupyterLab:relative/path`. SageMaker's default is
    /// the `default_landing_uri` of the domain.
    #[tf(optional, validate(Validator::Length { min: 1, max: 1023 }))]
    landing_uri: Option<String>,
    /// Seconds within which the URL must be opened. SageMaker's default is 300.
    #[tf(optional, validate(Validator::Range { min: 5, max: 300 }))]
    expires_in_seconds: Option<i32>,
    /// Seconds that a session may last. SageMaker's default is 43200, twelve hours.
    #[tf(optional, validate(SESSION))]
    session_expiration_duration_in_seconds: Option<i32>,
    /// The URL.
    #[tf(computed, sensitive)]
    authorized_url: Option<String>,
}

/// An ephemeral resource that yields a URL.
pub struct PresignedUrl {
    schema: fn() -> Schema,
    operation: Operation,
    /// What the URL opens.
    opens: &'static str,
    /// The argument that names it.
    named_by: &'static str,
}

/// The URL of a notebook instance.
pub const NOTEBOOK_INSTANCE: PresignedUrl = PresignedUrl {
    schema: PresignedNotebookInstanceUrl::schema,
    operation: operation!(create_presigned_notebook_instance_url, CreatePresignedNotebookInstanceUrl),
    opens: "notebook instance",
    named_by: PresignedNotebookInstanceUrl::NOTEBOOK_INSTANCE_NAME,
};

/// The URL of Studio.
pub const DOMAIN: PresignedUrl = PresignedUrl {
    schema: PresignedDomainUrl::schema,
    operation: operation!(create_presigned_domain_url, CreatePresignedDomainUrl),
    opens: "domain",
    named_by: PresignedDomainUrl::DOMAIN_ID,
};

#[async_trait]
impl EphemeralResource<Aws> for PresignedUrl {
    fn schema(&self) -> Schema {
        (self.schema)()
    }

    async fn open(&self, cx: &Context<Aws>, mut config: Value) -> Result<Opened> {
        let object = (self.schema)().object;
        let regional = cx.client()?.region(config.attribute(PresignedDomainUrl::REGION).as_str());
        let input = to_api(&object, &config);
        let made = call(cx, &regional, &self.operation, &input, NEVER).await.map_err(|failure| {
            let name = config.attribute(self.named_by).as_str().unwrap_or_default();
            failure.diags(&format!("create a presigned URL of the {} {name:?}", self.opens), &object, &config)
        })?;
        let url = made.attribute(PresignedDomainUrl::AUTHORIZED_URL).clone();
        if let Some(url) = url.as_str() {
            redactor().register(url);
        }
        config.set_attribute(PresignedDomainUrl::AUTHORIZED_URL, url);
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
        for url in [NOTEBOOK_INSTANCE, DOMAIN] {
            let object = (url.schema)().object;
            let arguments = object.attributes.iter().filter(|a| a.mode.is_configurable() && !a.provider_only);
            let mut arguments: Vec<String> = arguments.map(|a| format!(".{}", a.name)).collect();
            arguments.sort();
            assert_eq!(arguments, (url.operation.input)().into_keys().collect::<Vec<_>>(), "{}", url.opens);
            assert_eq!((url.operation.output)().into_keys().collect::<Vec<_>>(), [".authorized_url"]);
        }
    }

    #[test]
    fn ids_of_domains_are_told_from_other_texts() {
        let accepts = |text: &str| DOMAIN_ID.accepts(&Value::from(text));
        assert!(accepts("d-abcdefghijkl") && accepts("d-a-1"));
        for other in ["d-", "team", "d-ABC", "d-a-", "d-a_b", "d-\u{e9}"] {
            assert!(!accepts(other), "{other}");
        }
    }

    #[tokio::test]
    async fn the_url_is_the_result_and_shown_nowhere() {
        let notebook = ("notebook_instance_name", "analysis", "NotebookInstanceName");
        let domain = ("domain_id", "d-abcdefghijkl", "DomainId");
        for (url, (attribute, name, member)) in [(NOTEBOOK_INSTANCE, notebook), (DOMAIN, domain)] {
            let secret = format!("https://{name}.sagemaker.aws?authToken=abcdef0123");
            let (sent_back, expected) = (secret.clone(), (member, name));
            let stub = Stub::start(move |asked| {
                let sent: Json = serde_json::from_slice(&asked.body).unwrap();
                if sent[expected.0] == expected.1 && sent["SessionExpirationDurationInSeconds"] == 1800 {
                    Answer(200, Vec::new(), json!({ "AuthorizedUrl": sent_back }).to_string())
                } else {
                    let refused = json!({ "__type": "ValidationException", "message": "it is Stopped" });
                    Answer(400, vec![("x-amzn-requestid", "r".to_owned())], refused.to_string())
                }
            })
            .await;
            let offer = Offer { ephemeral_resources: Some(crate::ephemeral_resources::all), ..Offer::default() };
            let mut core = terraform(&stub.url, offer).await;
            let schema = (url.schema)();
            let mut config = schema.object.null_value();
            config.set_attribute(attribute, Value::from(name));
            if attribute == "domain_id" {
                config.set_attribute("user_profile_name", Value::from("alice"));
            }
            config.set_attribute("session_expiration_duration_in_seconds", Value::from(1800));
            let kind = format!("mlops_{}", schema.name);
            let opened = core.open(&kind, &config).await.good().unwrap();
            assert_eq!(opened.result.attribute("authorized_url"), &Value::from(secret.as_str()));
            assert!(!mask_registered(&format!("at {secret}")).contains("abcdef0123"));
            config.set_attribute("session_expiration_duration_in_seconds", Value::Null);
            let errors = core.open(&kind, &config).await.errors();
            let text = format!("{}{}", errors[0].summary, errors[0].detail);
            assert!(text.contains(&format!("{name:?}")) && text.contains("Stopped"), "{errors:?}");
        }
    }
}
