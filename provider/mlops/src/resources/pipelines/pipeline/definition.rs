//! The definition of a pipeline: where it comes from, what is a change of it, and what the plans of others may know of it.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result, Severity};
use tfplug::plan::{Plan, same};
use tfplug::schema::Equality;
use tfplug::value::{Path, Value};

use crate::aws::client::Aws;
use crate::files::review::Source;
use crate::pipeline_definition::{MAX_CHARACTERS, check, diags};
use crate::resources::pipelines::pipeline::Pipeline;

/// The attribute with the hash of what was applied.
pub const SHA256: &str = "definition_sha256";
const TEXT: &str = "definition";
const FILE: &str = "definition_file";
const S3: &str = "definition_s3_location";
/// What an update sends beside the definition.
const OTHERS: [&str; 5] = [S3, "display_name", "description", "role_arn", "parallelism_configuration"];

/// Time stamps of the SageMaker Python SDK: of names that it makes (2.x, `base_from_name`: `-2025-06-12-17-25-45-935`; 3.x:
/// `-20250612172545`), and of the profiler's default rule. Source: aws/sagemaker-python-sdk, utils.py and debugger.
static TIMESTAMP: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"-20\d{2}(?:-\d{2}){5}(?:-\d{3})?\b|-20\d{12}\b|\bProfilerReport-\d{10}\b").ok());

/// Plans the definition and its hash, and tells the plans of executions.
///
/// # Errors
/// Diagnostics at the attribute that the definition comes from.
pub async fn plan(cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
    let prior = plan.prior.attribute(TEXT).clone();
    let (mut text, at) = if let Some(file) = plan.get(FILE).as_str() {
        (read(cx, file, plan.prior.attribute(SHA256)).await?, FILE)
    } else if plan.get(FILE).is_unknown() {
        (Value::unknown_not_null(), FILE)
    } else if plan.config.attribute(TEXT).is_null() {
        (of_s3(plan), S3)
    } else {
        (plan.get(TEXT).clone(), TEXT)
    };
    if is_same(&text, &prior, plan.get(Pipeline::IGNORE_SDK_TIMESTAMPS).as_bool() != Some(false)) {
        text = prior.clone();
    }
    if let (Some(known), true) = (text.as_str(), text != prior && at != S3) {
        let (errors, warnings): (Vec<Diag>, Vec<Diag>) =
            diags(&check(known), &Path::of(at)).0.into_iter().partition(|d| d.severity == Severity::Error);
        warnings.into_iter().for_each(|d| cx.warn(d));
        Diags(errors).into_result()?;
    }
    plan.set(SHA256, if text.is_unknown() { Value::unknown_not_null() } else { sha256(&text) });
    if let (Some(aws), Some(key)) = (cx.try_client(), note(plan.get(Pipeline::REGION), plan.get(Pipeline::NAME))) {
        aws.note(key, text.as_str().map(Into::into));
    }
    plan.set(TEXT, text);
    Ok(())
}

/// What a note about a pipeline is found by.
pub fn note(region: &Value, name: &Value) -> Option<String> {
    Some(format!("pipeline {} {}", region.as_str()?, name.as_str()?))
}

/// The text of a local file.
async fn read(cx: &Context<Aws>, file: &str, known: &Value) -> Result<Value> {
    let refuse = |summary: &str, detail: String| Diag::error(summary, detail).at(Path::of(FILE)).into();
    // A character has at most four bytes: a file that is no definition is not read into memory.
    let size = tokio::fs::metadata(file).await.map(|found| found.len()).unwrap_or_default();
    if usize::try_from(size).is_ok_and(|size| size > 4 * MAX_CHARACTERS) {
        let detail = format!("{file:?} has {size} bytes, and AWS takes at most {MAX_CHARACTERS} characters.");
        return Err(refuse("Invalid pipeline definition", detail));
    }
    let text = tokio::fs::read_to_string(file).await;
    let text = text.map_err(|e| refuse("The pipeline definition cannot be read", format!("{file:?}: {e}.")))?;
    let hash = hash(&text);
    let (described, identified) = (format!("the contents of {file:?}"), format!("{FILE} {file}"));
    let source =
        Source { described: &described, identified: &identified, at: Path::of(FILE), hash_at: Path::of(SHA256) };
    source.review(cx, &Value::Null, known, &hash)?;
    Ok(Value::from(text))
}

/// What is known of a definition that SageMaker reads from S3: that it stays as it is while no update is sent. One is sent if
/// something else changes, or if the definition is not what was applied.
fn of_s3(plan: &Plan<'_>) -> Value {
    let prior = plan.prior.attribute(TEXT);
    let drifted = sha256(prior) != *plan.prior.attribute(SHA256);
    if plan.is_create() || drifted || OTHERS.iter().any(|attribute| plan.changes(attribute)) {
        return Value::unknown_not_null();
    }
    prior.clone()
}

/// Whether two definitions are the same document.
fn is_same(a: &Value, b: &Value, ignoring_timestamps: bool) -> bool {
    let bare = |value: &Value| {
        let text = value.as_str()?;
        Some(Value::from(TIMESTAMP.as_ref()?.replace_all(text, "-0").into_owned()))
    };
    let same = |a: &Value, b: &Value| same(Equality::Json, a, b);
    same(a, b) || (ignoring_timestamps && matches!((bare(a), bare(b)), (Some(a), Some(b)) if same(&a, &b)))
}

/// The SHA-256 of a definition in one spelling; null if there is none.
pub fn sha256(definition: &Value) -> Value {
    let canonical = |text: &str| serde_json::from_str::<Json>(text).map_or_else(|_| text.to_owned(), |j| j.to_string());
    definition.as_str().map_or(Value::Null, |text| Value::from(hash(&canonical(text))))
}

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same_as(a: &str, b: &str, ignoring: bool) -> bool {
        is_same(&Value::from(a), &Value::from(b), ignoring)
    }

    #[test]
    fn a_definition_is_the_same_in_another_spelling() {
        let (a, b) = (r#"{"Version": "v", "Steps": [1, 2]}"#, "{\"Steps\":[1,2],\n\"Version\":\"v\"}");
        assert!(same_as(a, b, false));
        assert_eq!(sha256(&Value::from(a)), sha256(&Value::from(b)));
        let other = r#"{"Version": "v", "Steps": [2, 1]}"#;
        assert!(!same_as(a, other, true), "the order of a list counts");
        assert_ne!(sha256(&Value::from(a)), sha256(&Value::from(other)));
        assert!(!is_same(&Value::from(a), &Value::Null, true) && !is_same(&Value::from(a), &Value::unknown(), true));
    }

    #[test]
    fn time_stamps_of_the_sdk_are_no_change_unless_they_are_to_be() {
        for (a, b) in [
            ("s3://b/eval-2026-11-26-00-44-42-131/output", "s3://b/eval-2026-11-27-10-00-00-001/output"),
            (r#"\"train-2026-11-26-00-44-42-951\""#, r#"\"train-2025-01-26-00-44-42-000\""#),
            ("s3://b/v3p/v3p-20261126005558/input/code", "s3://b/v3p/v3p-20251126005558/input/code"),
            ("ProfilerReport-1637000000", "ProfilerReport-1638000000"),
        ] {
            let of = |text: &str| format!(r#"{{"x": "{text}"}}"#);
            assert!(same_as(&of(a), &of(b), true), "{a}");
            assert!(!same_as(&of(a), &of(b), false), "{a}");
        }
        for (a, b) in [
            ("s3://b/data-2026-11-26", "s3://b/data-2026-11-27"),
            ("s3://b/2026112600555800", "s3://b/2026112600555801"),
            ("eval-2026-11-26-00-44-42-131/a", "eval-2026-11-26-00-44-42-131/b"),
        ] {
            let of = |text: &str| format!(r#"{{"x": "{text}"}}"#);
            assert!(!same_as(&of(a), &of(b), true), "{a}");
        }
    }
}
