//! `mlops_s3_object`: a small object in S3, as text and as decoded JSON. (S3 API Reference, `GetObject`.)

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_smithy_types::date_time::Format;
use serde_json::Value as Json;
use tfplug::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::json;
use tfplug::model::{Model, Root};
use tfplug::resource::DataSource;
use tfplug::schema::Schema;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use crate::aws::client::Aws;
use crate::aws::error::aws_error;
use crate::aws::s3_uri::{OBJECT, S3Uri};

/// The largest object that is read, in bytes: Terraform keeps its content in the state.
const MAX_SIZE: u64 = 1024 * 1024;

/// A small object in S3, at most 1 MiB: the metrics or the evaluation report of a model, on which a `precondition` can
/// depend. Its content is stored in the state, in plain text.
#[derive(Clone, Debug, Model)]
#[tf(name = "s3_object", subcategory = "Storage")]
pub struct S3Object {
    /// Region of the bucket. Defaults to the provider's region.
    #[tf(optional)]
    region: Option<String>,

    /// S3 URI of the object, `s3://BUCKET/KEY`.
    #[tf(required, validate(OBJECT))]
    uri: String,

    /// ID of the version to read, in a bucket with versioning. The latest version is read unless set.
    #[tf(optional, computed)]
    version_id: Option<String>,

    /// Format that the object must have: `text` (UTF-8) or `json`. An object of another format is an error then. Unless
    /// set, `content` and `json` are null for an object that is not text or not JSON.
    #[tf(optional, validate(Validator::OneOf(&["text", "json"])))]
    format: Option<String>,

    /// Content as text; null if it is not UTF-8.
    #[tf(computed)]
    content: Option<String>,

    /// Content decoded from JSON, as by `jsondecode`; null if it is not JSON.
    #[tf(computed)]
    json: Value,

    /// MIME type of the object.
    #[tf(computed)]
    content_type: Option<String>,

    /// Size in bytes.
    #[tf(computed)]
    size: Option<i64>,

    /// Entity tag of the object, which changes with its content.
    #[tf(computed)]
    etag: Option<String>,

    /// When the object was stored, in RFC 3339 format.
    #[tf(computed)]
    last_modified: Option<String>,
}

/// The data source.
pub struct S3ObjectSource;

#[async_trait]
impl DataSource<Aws> for S3ObjectSource {
    fn schema(&self) -> Schema {
        S3Object::schema()
    }

    async fn read(&self, cx: &Context<Aws>, config: Value) -> Result<Value> {
        let mut object = S3Object::from_value(&config, &Path::root())?;
        let answer = object.get(cx).await?;
        object.take(answer).await?;
        Ok(object.into_value())
    }
}

impl S3Object {
    fn label(&self) -> String {
        match &self.version_id {
            Some(version) => format!("version {version} of the object {}", self.uri),
            None => format!("object {}", self.uri),
        }
    }

    /// An error of reading the object.
    fn failed(&self, why: &str) -> Diag {
        Diag::error(format!("Could not read the {}", self.label()), why).at(Path::of(S3Object::URI))
    }

    async fn get(&self, cx: &Context<Aws>) -> Result<GetObjectOutput> {
        let uri = S3Uri::parse(&self.uri).map_err(|e| self.failed(&e.0))?;
        let regional = cx.client()?.region(self.region.as_deref());
        let request = regional.s3().get_object().bucket(&uri.bucket).key(&uri.key);
        let answer = request.set_version_id(self.version_id.clone()).send().await;
        let answer = answer.map_err(|e| aws_error("S3", "GetObject", e)).map_err(|e| {
            let mut diag = e.diag(&format!("read the {}", self.label())).at(Path::of(S3Object::URI));
            if e.status == Some(404) {
                diag.detail.push_str(
                    "\n\nIf a resource of this configuration writes the object, for example a job, name that resource in \
                     `depends_on` here, so that the object is read after it was written.",
                );
            }
            diag
        })?;
        let size = answer.content_length().and_then(|size| u64::try_from(size).ok()).unwrap_or(u64::MAX);
        if size > MAX_SIZE {
            let why = format!(
                "It has {size} bytes, and this data source reads at most {MAX_SIZE} (1 MiB), for Terraform keeps the content \
                 in the state. Write what the configuration needs, such as metrics, to a smaller object."
            );
            return Err(self.failed(&why).into());
        }
        Ok(answer)
    }

    /// Takes over what came back.
    async fn take(&mut self, answer: GetObjectOutput) -> Result<()> {
        self.size = answer.content_length;
        self.content_type = answer.content_type;
        self.etag = answer.e_tag.map(|etag| etag.trim_matches('"').to_owned());
        self.last_modified = answer.last_modified.and_then(|time| time.fmt(Format::DateTime).ok());
        let bytes = answer.body.collect().await;
        let bytes = bytes.map_err(|e| self.failed(&format!("The connection was lost amid the content: {e}.")))?;
        let text = String::from_utf8(bytes.to_vec());
        let decoded = match &text {
            Ok(text) => serde_json::from_str::<Json>(text).map_err(|e| e.to_string()),
            Err(e) => Err(e.utf8_error().to_string()),
        };
        let decoded = decoded.and_then(|decoded| json::dynamic(&decoded).map_err(|e| e.to_string()));
        let problem = match (self.format.as_deref(), &text, &decoded) {
            (Some("text"), Err(e), _) => Some(("text (UTF-8)", e.utf8_error().to_string())),
            (Some("json"), _, Err(e)) => Some(("JSON", e.clone())),
            _ => None,
        };
        if let Some((format, why)) = problem {
            let why = format!("`format` wants {format}, and the object is not: {why}.");
            return Err(self.failed(&why).at(Path::of(S3Object::FORMAT)).into());
        }
        self.content = text.ok();
        self.json = decoded.unwrap_or(Value::Null);
        self.version_id = self.version_id.take().or(answer.version_id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{Answer, Offer, Stub, Terraform, terraform};

    const SOURCE: &str = "mlops_s3_object";

    async fn in_front_of(stub: &Stub) -> Terraform {
        let offer = Offer { data_sources: Some(|| vec![Box::new(S3ObjectSource)]), ..Offer::default() };
        terraform(&stub.url, offer).await
    }

    /// An object with this content.
    async fn with(content: &'static str) -> Stub {
        Stub::start(move |_| {
            let headers = vec![
                ("content-type", "application/json".to_owned()),
                ("etag", "\"abc\"".to_owned()),
                ("last-modified", "Wed, 01 Jan 2025 00:00:00 GMT".to_owned()),
                ("x-amz-version-id", "v7".to_owned()),
            ];
            Answer(200, headers, content.to_owned())
        })
        .await
    }

    fn config(given: &Json) -> Value {
        let mut config = S3Object::object().null_value();
        for (name, value) in given.as_object().unwrap() {
            config.set_attribute(name, Value::from(value.as_str().unwrap()));
        }
        config
    }

    #[tokio::test]
    async fn an_object_is_text_and_decoded_json() {
        let stub = with(r#"{"auc": 0.93, "by": [{"class": "churn", "n": null}]}"#).await;
        let read = in_front_of(&stub).await.read_data(SOURCE, &config(&json!({ "uri": "s3://bucket/a/r.json" }))).await;
        let read = read.good();
        let Value::Dynamic(decoded) = read.attribute("json") else { panic!("{read:?}") };
        assert_eq!(decoded.1.at(&Path::parse("auc")).and_then(Value::as_number).map(|n| n.to_f64()), Some(0.93));
        assert_eq!(decoded.1.at(&Path::parse("by[0].class")), Some(&Value::from("churn")));
        assert!(read.attribute("content").as_str().is_some_and(|text| text.starts_with(r#"{"auc": 0.93,"#)));
        for (name, value) in [
            ("content_type", "application/json"),
            ("etag", "abc"),
            ("last_modified", "2025-01-01T00:00:00Z"),
            ("version_id", "v7"),
        ] {
            assert_eq!(read.attribute(name), &Value::from(value), "{name}");
        }
        assert_eq!(read.attribute("size"), &Value::from(52));
        assert_eq!(stub.take().len(), 1);
    }

    #[tokio::test]
    async fn what_is_no_json_is_an_error_only_where_it_has_to_be_some() {
        let stub = with("accuracy 0.93").await;
        let mut terraform = in_front_of(&stub).await;
        let uri = "s3://bucket/report";
        for format in [json!({ "uri": uri }), json!({ "uri": uri, "format": "text" })] {
            let read = terraform.read_data(SOURCE, &config(&format)).await.good();
            assert_eq!(read.attribute("content"), &Value::from("accuracy 0.93"));
            assert!(read.attribute("json").is_null());
        }
        let asked = config(&json!({ "uri": uri, "format": "json" }));
        let errors = terraform.read_data(SOURCE, &asked).await.errors();
        assert_eq!(errors[0].path, Path::of("format"));
        assert!(errors[0].detail.contains("wants JSON") && errors[0].detail.contains("line 1"), "{errors:?}");
    }

    #[tokio::test]
    async fn a_large_object_is_refused_and_not_transferred() {
        let large = Stub::start(|_| Answer(200, vec![], " ".repeat(1024 * 1024 + 1))).await;
        let asked = config(&json!({ "uri": "s3://bucket/large" }));
        let errors = in_front_of(&large).await.read_data(SOURCE, &asked).await.errors();
        assert!(errors[0].detail.contains("1048577 bytes") && errors[0].detail.contains("1 MiB"), "{errors:?}");
        assert_eq!(errors[0].path, Path::of("uri"));
        let largest = Stub::start(|_| Answer(200, vec![], " ".repeat(1024 * 1024))).await;
        let read = in_front_of(&largest).await.read_data(SOURCE, &asked).await.good();
        assert_eq!(read.attribute("size"), &Value::from(1024 * 1024));
    }

    #[tokio::test]
    async fn a_missing_object_says_what_to_depend_on() {
        let stub = Stub::start(|_| {
            let body = "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>";
            Answer(404, vec![("x-amz-request-id", "r".to_owned())], body.to_owned())
        })
        .await;
        let asked = config(&json!({ "uri": "s3://bucket/absent.json", "version_id": "v1" }));
        let errors = in_front_of(&stub).await.read_data(SOURCE, &asked).await.errors();
        assert!(errors[0].summary.contains("version v1 of the object s3://bucket/absent.json"), "{errors:?}");
        for says in ["The specified key does not exist", "`depends_on`"] {
            assert!(errors[0].detail.contains(says), "{errors:?}");
        }
        assert!(stub.take().iter().all(|asked| asked.path.contains("versionId=v1")));
        for prefix in ["s3://bucket", "s3://bucket/", "s3://bucket/a/", "bucket/a"] {
            let errors = in_front_of(&stub).await.read_data(SOURCE, &config(&json!({ "uri": prefix }))).await.errors();
            assert!(errors[0].path == Path::of("uri") && errors[0].detail.contains("report.json"), "{errors:?}");
        }
        assert!(stub.take().is_empty(), "refused without a call");
    }
}
