//! `mlops_presigned_s3_url`: a URL that reads or stores one object for whoever has it, so that it is stored nowhere.
//!
//! Nobody asks AWS for it: it is a request with its signature, which the SDK makes of the credentials (S3 user guide, "Download and
//! upload objects with presigned URLs").

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use tfplug::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::log::redactor;
use tfplug::model::{Model, Root};
use tfplug::resource::{EphemeralResource, Opened};
use tfplug::schema::Schema;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use crate::aws::client::{Aws, Regional};
use crate::aws::error::aws_error;
use crate::aws::s3_uri::{OBJECT, S3Uri};

/// Seconds for which a URL is made unless the user says otherwise.
const EXPIRES_IN: i64 = 900;

/// A presigned URL of an object in S3. Whoever has it can download (`GET`) or upload (`PUT`) this one object until it expires, with
/// the permissions of the provider's credentials and without any of their own; neither a plan nor the state stores it. It is made
/// without a call to AWS: whether the object exists and may be accessed shows when the URL is used.
#[derive(Clone, Debug, Model)]
#[tf(name = "presigned_s3_url", subcategory = "Storage")]
pub struct PresignedS3Url {
    /// Region of the bucket. Defaults to the provider's region.
    #[tf(optional)]
    region: Option<String>,
    /// S3 URI of the object, `s3://BUCKET/KEY`.
    #[tf(required, validate(OBJECT))]
    uri: String,
    /// What the URL is for: `GET` or `PUT`. Defaults to `GET`.
    #[tf(optional, validate(Validator::OneOf(&["GET", "PUT"])))]
    method: Option<String>,
    /// Seconds until the URL expires, at most 604800 (seven days). With temporary credentials it ends with these at the latest.
    /// Defaults to 900.
    #[tf(optional, validate(Validator::Range { min: 1, max: 604_800 }))]
    expires_in_seconds: Option<i64>,
    /// MIME type: of `PUT` that of the object, which the request must have as its `Content-Type`; of `GET` that of the response,
    /// whatever the object's is.
    #[tf(optional, validate(Validator::Length { min: 1, max: 1024 }))]
    content_type: Option<String>,
    /// ID of the version to download. The latest version unless set.
    #[tf(optional, validate(Validator::Length { min: 1, max: 1024 }))]
    version_id: Option<String>,
    /// The URL.
    #[tf(computed, sensitive)]
    url: Option<String>,
    /// Headers that the request must have.
    #[tf(computed)]
    request_headers: Option<BTreeMap<String, String>>,
    /// When the URL expires, in RFC 3339 format.
    #[tf(computed)]
    expires_at: Option<String>,
}

/// The ephemeral resource.
pub struct S3Url;

#[async_trait]
impl EphemeralResource<Aws> for S3Url {
    fn schema(&self) -> Schema {
        PresignedS3Url::schema()
    }

    fn check_config(&self, config: &Value) -> Diags {
        let method = config.attribute(PresignedS3Url::METHOD);
        if method.as_str() != Some("PUT") || config.attribute(PresignedS3Url::VERSION_ID).is_null() {
            return Diags::new();
        }
        let detail = "S3 gives an object that is uploaded a version of its own. Leave `version_id` out.";
        Diag::error("No version of an upload", detail).at(Path::of(PresignedS3Url::VERSION_ID)).into()
    }

    async fn open(&self, cx: &Context<Aws>, config: Value) -> Result<Opened> {
        let mut wanted = PresignedS3Url::from_value(&config, &Path::root())?;
        let aws = cx.client()?.region(wanted.region.as_deref());
        let seconds = u64::try_from(wanted.expires_in_seconds.unwrap_or(EXPIRES_IN)).unwrap_or_default();
        let (begin, lasts) = (SystemTime::now(), Duration::from_secs(seconds));
        let signed = wanted.sign(&aws, begin, lasts).await?;
        redactor().register(signed.uri());
        wanted.url = Some(signed.uri().to_owned());
        wanted.request_headers =
            Some(signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
        wanted.expires_at = DateTime::from(begin + lasts).fmt(Format::DateTime).ok();
        Ok(Opened { result: wanted.into_value(), renew_at: None, private: Vec::new() })
    }
}

impl PresignedS3Url {
    async fn sign(&self, aws: &Regional, begin: SystemTime, lasts: Duration) -> Result<PresignedRequest> {
        let refused =
            |why: String| Diag::error(format!("Could not presign a URL of {}", self.uri), why).at(Path::of(Self::URI));
        let uri = S3Uri::parse(&self.uri).map_err(|why| refused(why.to_string()))?;
        let config = PresigningConfig::builder().start_time(begin).expires_in(lasts).build();
        let config = config.map_err(|why| refused(why.to_string()))?;
        let (s3, of_type) = (aws.s3(), self.content_type.clone());
        let attempted = format!("presign a URL of {}", self.uri);
        let object = Self::object();
        if self.method.as_deref() == Some("PUT") {
            let put = s3.put_object().bucket(uri.bucket).key(uri.key).set_content_type(of_type);
            put.presigned(config).await.map_err(|e| aws_error("S3", "PutObject", e).diag_in(&attempted, &object).into())
        } else {
            let get = s3.get_object().bucket(uri.bucket).key(uri.key);
            let get = get.set_response_content_type(of_type).set_version_id(self.version_id.clone());
            get.presigned(config).await.map_err(|e| aws_error("S3", "GetObject", e).diag_in(&attempted, &object).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use tfplug::log::mask_registered;

    use super::*;
    use crate::testing::{Offer, Stub, terraform};

    /// What is made of these arguments.
    async fn opened(arguments: &[(&str, Value)]) -> Value {
        let stub = Stub::start(|asked| panic!("{} is called", asked.path)).await;
        let offer = Offer { ephemeral_resources: Some(crate::ephemeral_resources::all), ..Offer::default() };
        let mut core = terraform(&stub.url, offer).await;
        let mut config = PresignedS3Url::object().null_value();
        config.set_attribute("uri", Value::from("s3://bucket/a folder/report.json"));
        arguments.iter().for_each(|(name, value)| config.set_attribute(name, value.clone()));
        core.open("mlops_presigned_s3_url", &config).await.good().unwrap().result
    }

    fn text(of: &Value, name: &str) -> String {
        of.attribute(name).as_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_url_is_made_without_a_call_and_shown_nowhere() {
        let made = opened(&[("version_id", Value::from("v1"))]).await;
        let url = text(&made, "url");
        for part in ["/bucket/a%20folder/report.json?", "X-Amz-Expires=900", "versionId=v1", "X-Amz-SignedHeaders=host"]
        {
            assert!(url.contains(part), "{part}: {url}");
        }
        let signature = url.split("X-Amz-Signature=").nth(1).unwrap().to_owned();
        assert!(!mask_registered(&format!("at {url}")).contains(&signature));
        let time = DateTime::from_str(&text(&made, "expires_at"), Format::DateTime).unwrap();
        let left = time.secs() - DateTime::from(SystemTime::now()).secs();
        assert!((890..=900).contains(&left), "{left}");
    }

    #[tokio::test]
    async fn an_upload_has_the_type_that_is_signed() {
        let arguments = [
            ("method", Value::from("PUT")),
            ("content_type", Value::from("text/csv")),
            ("expires_in_seconds", Value::from(60)),
        ];
        let made = opened(&arguments).await;
        let url = text(&made, "url");
        assert!(url.contains("X-Amz-Expires=60") && url.contains("content-type%3Bhost"), "{url}");
        assert_eq!(made.attribute("request_headers").attribute("content-type"), &Value::from("text/csv"));
    }

    #[tokio::test]
    async fn a_download_can_have_another_type_than_the_object() {
        let made = opened(&[("content_type", Value::from("text/plain"))]).await;
        assert!(text(&made, "url").contains("response-content-type=text%2Fplain"), "{made:?}");
        assert!(made.attribute("request_headers").as_entries().unwrap().is_empty(), "{made:?}");
    }

    #[test]
    fn an_upload_has_no_version() {
        let mut config = PresignedS3Url::object().null_value();
        config.set_attribute("version_id", Value::from("v1"));
        assert!(S3Url.check_config(&config).0.is_empty());
        config.set_attribute("method", Value::from("PUT"));
        assert!(S3Url.check_config(&config).0[0].detail.contains("version_id"));
    }
}
