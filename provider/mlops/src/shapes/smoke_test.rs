//! The smoke test of an endpoint: one invocation, and what must come back.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use aws_sdk_sagemakerruntime::operation::invoke_endpoint::InvokeEndpointError;
use aws_smithy_types::Blob;
use regex::Regex;
use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::model::Model;
use tfplug::plan::Plan;
use tfplug::validator::Validator;
use tfplug::value::{Path, Step, Value};

use crate::aws::client::{Aws, Regional};
use crate::aws::error::aws_error;
use crate::aws::operation::stopped;
use crate::engine::proof::Test;
use crate::files::review::Source;
use crate::sagemaker::names;
use crate::services::sagemaker_runtime::{BodyFrom, log_stream, said, sha256};

/// The attribute.
pub const AT: &str = "smoke_test";
/// How often an endpoint is invoked whose model is not ready.
const PAUSE: Duration = Duration::from_secs(1);
/// How often an endpoint is invoked that responds too slowly: the first response after a start is often slow.
const ATTEMPTS: u32 = 3;
/// How many characters of a response an error shows.
const SHOWN: usize = 200;

/// An invocation that shows whether the endpoint works, after each creation and update.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("body", "body_file"))]
pub struct SmokeTest {
    /// Request body, as text. Plans show its SHA-256 and size instead.
    #[tf(optional, sensitive)]
    body: Option<String>,
    /// Path of a local file with the request body.
    #[tf(optional)]
    body_file: Option<String>,
    /// SHA-256 of the request body.
    #[tf(computed)]
    body_sha256: Option<String>,
    /// Size of the request body in bytes.
    #[tf(computed)]
    body_size_in_bytes: Option<i64>,
    /// MIME type of the request body (`Content-Type`): `text/csv`, `application/json` ...
    #[tf(optional, validate(Validator::Length { min: 1, max: 1024 }))]
    content_type: Option<String>,
    /// Desired MIME type of the response (`Accept`).
    #[tf(optional, validate(Validator::Length { min: 1, max: 1024 }))]
    accept: Option<String>,
    /// Production variant to invoke. Chosen by the weights unless set.
    #[tf(optional, validate(names::NAME))]
    target_variant: Option<String>,
    #[tf(optional)]
    expect: Option<Expectation>,
    /// What a failed test of an update does: `rollback` updates the endpoint back to the endpoint configuration that it
    /// served before, at once; `fail` leaves the new one. Both end the apply with an error. A new endpoint is tainted.
    #[tf(optional, computed, default = "rollback", validate(Validator::OneOf(&["rollback", "fail"])))]
    on_failure: String,
}

const REGEX: Validator =
    Validator::Text { expected: "a regular expression in RE2 syntax", accepts: |s| Regex::new(s).is_ok() };

/// What the response must be. The HTTP status code 200 unless set.
#[derive(Clone, Debug, Model)]
pub struct Expectation {
    /// HTTP status code of the model container's response. 200 unless set.
    #[tf(optional, validate(Validator::Range { min: 100, max: 599 }))]
    status_code: Option<i64>,
    /// Text that the response body contains.
    #[tf(optional, validate(Validator::Length { min: 1, max: usize::MAX }))]
    contains: Option<String>,
    /// Regular expression, in RE2 syntax, that matches some part of the response body.
    #[tf(optional, validate(REGEX))]
    matches: Option<String>,
    /// Values in the response body, a JSON document, by their paths: `{ "predictions[0].label" = "cat" }`, `{ "[0]" = 7 }`.
    #[tf(optional)]
    json: Option<BTreeMap<String, String>>,
    /// Maximum time until the response is there, in milliseconds, as the provider measures it. A response that takes longer
    /// is requested twice more, and the fastest one counts.
    #[tf(optional, validate(Validator::Range { min: 1, max: i64::MAX }))]
    max_latency_in_milliseconds: Option<i64>,
}

/// What came back.
struct Response {
    status: i64,
    body: Vec<u8>,
    took: Duration,
    /// Where to read on.
    log: String,
}

/// Plans the hash and the size of the request body, as far as it is known.
///
/// # Errors
/// A diagnostic at the body that cannot be read, or that changed since it was reviewed.
pub async fn plan<C>(cx: &Context<C>, plan: &mut Plan<'_>) -> Result<()> {
    let (test, at) = (plan.get(AT).clone(), Path::of(AT));
    if test.as_entries().is_none() {
        return Ok(());
    }
    let (mut hash, mut size) = (Value::unknown_not_null(), Value::unknown_not_null());
    if !test.attribute(SmokeTest::BODY).is_unknown() && !test.attribute(SmokeTest::BODY_FILE).is_unknown() {
        let body = body_of(&test).bytes(&at).await?;
        let found = sha256(&body);
        if let Some(file) = test.attribute(SmokeTest::BODY_FILE).as_str() {
            let known = plan.prior.attribute(AT).attribute(SmokeTest::BODY_SHA256);
            let (described, identified) = (described(file), format!("request body {file}"));
            source(&described, &identified).review(cx, &Value::Null, known, &found)?;
        }
        (hash, size) = (Value::from(found), Value::from(i64::try_from(body.len()).unwrap_or(i64::MAX)));
    }
    plan.set_at(&at.attribute(SmokeTest::BODY_SHA256), hash);
    plan.set_at(&at.attribute(SmokeTest::BODY_SIZE_IN_BYTES), size);
    Ok(())
}

fn described(file: &str) -> String {
    format!("the contents of {file:?}")
}

fn source<'a>(described: &'a str, identified: &'a str) -> Source<'a> {
    let at = Path::of(AT);
    Source {
        described,
        identified,
        at: at.attribute(SmokeTest::BODY_FILE),
        hash_at: at.attribute(SmokeTest::BODY_SHA256),
    }
}

fn body_of(test: &Value) -> BodyFrom<'_> {
    let text = |name| test.attribute(name).as_str();
    BodyFrom { body: text(SmokeTest::BODY), body_base64: None, body_file: text(SmokeTest::BODY_FILE) }
}

/// The test of an endpoint.
pub struct Invocation;

#[async_trait]
impl Test for Invocation {
    async fn run(&self, cx: &Context<Aws>, aws: &Regional, endpoint: &Value) -> Result<()> {
        let at = Path::of(AT);
        let test = SmokeTest::from_value(endpoint.attribute(AT), &at)?;
        let body = body_of(endpoint.attribute(AT)).bytes(&at).await?;
        let found = sha256(&body);
        if let (Some(file), Some(planned)) = (&test.body_file, test.body_sha256.as_ref().filter(|p| **p != found)) {
            return Err(source(&described(file), "").changed(planned, &found).into());
        }
        let request = format!("The request body of {} bytes has the SHA-256 {found}.", body.len());
        let name = endpoint.attribute("name").as_str().unwrap_or_default();
        let expected = test.expect.clone().unwrap_or_else(nothing_special);
        let (mut unmet, mut response);
        let mut attempt = 1;
        loop {
            response = invoke(cx, aws, name, &test, body.clone()).await?;
            unmet = expected.unmet(&response);
            if unmet.is_empty() {
                return Ok(());
            }
            if !expected.is_only_slow(&response) || attempt == ATTEMPTS {
                break;
            }
            attempt += 1;
        }
        let shown = shortened(&String::from_utf8_lossy(&response.body));
        let detail = format!(
            "It responded with the HTTP status code {} in {} ms: {shown}\n\nExpected:\n  - {}\n\n{request}{}",
            response.status,
            response.took.as_millis(),
            unmet.join("\n  - "),
            response.log,
        );
        Err(Diag::error("The smoke test failed", detail).at(at).into())
    }
}

/// Invokes the endpoint, as soon as its model is ready.
async fn invoke(cx: &Context<Aws>, aws: &Regional, name: &str, test: &SmokeTest, body: Vec<u8>) -> Result<Response> {
    let until = cx.elapsed() + cx.client()?.propagation_timeout();
    loop {
        let started = Instant::now();
        let sent = aws
            .sagemaker_runtime()
            .invoke_endpoint()
            .endpoint_name(name)
            .body(Blob::new(body.clone()))
            .set_content_type(test.content_type.clone())
            .set_accept(test.accept.clone())
            .set_target_variant(test.target_variant.clone())
            .send()
            .await;
        let took = started.elapsed();
        let error = match sent {
            Ok(output) => {
                let body = output.body.map(Blob::into_inner).unwrap_or_default();
                return Ok(Response { status: 200, body, took, log: String::new() });
            }
            Err(error) => error,
        };
        match error.as_service_error() {
            Some(InvokeEndpointError::ModelError(e)) if e.original_status_code.is_some() => {
                let log = e.log_stream_arn.as_deref().map(|arn| format!("\n\nIts log: {}", log_stream(arn)));
                return Ok(Response {
                    status: e.original_status_code.unwrap_or_default().into(),
                    body: said(e).as_bytes().to_vec(),
                    took,
                    log: log.unwrap_or_default(),
                });
            }
            Some(e) if e.is_model_not_ready_exception() && cx.elapsed() < until => {
                let attempted = format!("invoke the endpoint {name:?}");
                cx.pause(PAUSE).await.map_err(|stop| stopped(stop, &attempted, " Its model is not ready."))?;
            }
            _ => {
                let error = aws_error("SageMaker Runtime", "InvokeEndpoint", error);
                return Err(error.diag(&format!("invoke the endpoint {name:?}")).at(Path::of(AT)).into());
            }
        }
    }
}

const fn nothing_special() -> Expectation {
    Expectation { status_code: None, contains: None, matches: None, json: None, max_latency_in_milliseconds: None }
}

impl Expectation {
    /// What the response is not, each as a sentence without a period.
    fn unmet(&self, response: &Response) -> Vec<String> {
        let text = String::from_utf8_lossy(&response.body);
        let mut unmet = Vec::new();
        let status = self.status_code.unwrap_or(200);
        if status != response.status {
            unmet.push(format!("the HTTP status code {status}"));
        }
        if let Some(part) = self.contains.as_ref().filter(|part| !text.contains(*part)) {
            unmet.push(format!("a response that contains {}", shortened(part)));
        }
        if let Some(pattern) = self.matches.as_ref().filter(|p| !Regex::new(p).is_ok_and(|r| r.is_match(&text))) {
            unmet.push(format!("a response that {} matches", shortened(pattern)));
        }
        unmet.extend(self.json.as_ref().map(|json| unlike(json, &response.body)).unwrap_or_default());
        if let Some(most) = self.max_latency_in_milliseconds.filter(|_| self.is_slow(response)) {
            unmet.push(format!("a response within {most} ms"));
        }
        unmet
    }

    fn is_slow(&self, response: &Response) -> bool {
        let most = self.max_latency_in_milliseconds.and_then(|most| u128::try_from(most).ok());
        most.is_some_and(|most| response.took.as_millis() > most)
    }

    /// Whether nothing but the time is wrong with a response.
    fn is_only_slow(&self, response: &Response) -> bool {
        self.is_slow(response) && self.unmet(response).len() == 1
    }
}

/// The values in a JSON document that are not the expected ones.
fn unlike(expected: &BTreeMap<String, String>, body: &[u8]) -> Vec<String> {
    let document: serde_json::Value = match serde_json::from_slice(body) {
        Ok(document) => document,
        Err(e) => return vec![format!("a JSON document ({e})")],
    };
    let wrong = expected.iter().filter_map(|(path, wanted)| {
        let found = at(&document, &Path::parse(path));
        let said = found
            .map_or_else(|| "there is none".to_owned(), |found| format!("it is {}", shortened(&found.to_string())));
        (!found.is_some_and(|found| is(found, wanted))).then(|| format!("{} at `{path}`; {said}", shortened(wanted)))
    });
    wrong.collect()
}

fn at<'a>(document: &'a serde_json::Value, path: &Path) -> Option<&'a serde_json::Value> {
    path.0.iter().try_fold(document, |value, step| match step {
        Step::Attribute(name) | Step::Key(name) => value.get(name),
        Step::Index(i) => value.get(i),
        Step::Element => None,
    })
}

/// Whether a value of a JSON document is the one that a text stands for, as Terraform makes texts of values.
fn is(found: &serde_json::Value, wanted: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    match found {
        serde_json::Value::String(text) => text == wanted,
        serde_json::Value::Number(n) => number(&n.to_string()).is_some_and(|n| number(wanted) == Some(n)),
        other => serde_json::from_str::<serde_json::Value>(wanted).is_ok_and(|wanted| wanted == *other),
    }
}

/// A text in quotes, on one line, of limited length.
fn shortened(text: &str) -> String {
    let count = text.chars().count();
    let shown: String = text.chars().take(SHOWN).collect();
    if count > SHOWN { format!("{shown:?}... ({count} characters)") } else { format!("{shown:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: i64, body: &str) -> Response {
        Response { status, body: body.into(), took: Duration::from_millis(40), log: String::new() }
    }

    #[test]
    fn every_expectation_is_met_or_named() {
        let json = |path: &str, value: &str| Some(BTreeMap::from([(path.to_owned(), value.to_owned())]));
        let none = nothing_special;
        for (expected, good, bad, named) in [
            (none(), "x", None, "200"),
            (Expectation { contains: Some("cat".into()), ..none() }, "a cat", Some("a dog"), "cat"),
            (Expectation { matches: Some("^c.t$".into()), ..none() }, "cut", Some("cute"), "^c.t$"),
            (
                Expectation { json: json("[1]", "0.5"), ..none() },
                "[0, 0.50]",
                Some("[0.5, 0]"),
                "at `[1]`; it is \"0\"",
            ),
            (
                Expectation { json: json("a[0].b", "x"), ..none() },
                r#"{"a": [{"b": "x"}]}"#,
                Some("{}"),
                "there is none",
            ),
            (Expectation { json: json("a", "true"), ..none() }, r#"{"a": true}"#, Some(r#"{"a": "false"}"#), "true"),
            (Expectation { json: json("a", "7"), ..none() }, r#"{"a": "7"}"#, Some("7"), "there is none"),
            (Expectation { json: json("a", "[1]"), ..none() }, r#"{"a": [1]}"#, Some("no JSON"), "JSON document"),
        ] {
            assert_eq!(expected.unmet(&response(200, good)), Vec::<String>::new());
            let bad = bad.map_or_else(|| response(500, good), |bad| response(200, bad));
            let unmet = expected.unmet(&bad);
            assert!(unmet.len() == 1 && unmet[0].contains(named), "{unmet:?}");
        }
        let refusal = Expectation { status_code: Some(415), ..none() };
        assert_eq!(refusal.unmet(&response(415, "no CSV")), Vec::<String>::new());
        let quick = Expectation { max_latency_in_milliseconds: Some(39), contains: Some("x".into()), ..none() };
        assert!(quick.is_only_slow(&response(200, "x")) && !quick.is_only_slow(&response(200, "y")));
    }

    #[test]
    fn a_long_response_is_shown_in_part_on_one_line() {
        assert_eq!(shortened("a\nb"), r#""a\nb""#);
        let long = shortened(&"ä\n".repeat(5000));
        assert!(long.len() < 600 && !long.contains('\n') && long.ends_with("(10000 characters)"), "{long}");
    }
}
