//! What steps may have beside their arguments: caching, retries, property files, output parameters.

use serde_json::{Map, Value as Json};
use tfplug::value::Path;

use super::Findings;
use super::expressions::{is_expression, is_later, names};
use super::members::{array, named, object, only, optional_text, suggestion, text};

/// What a retry policy is for (JSON schema; developer guide, pipelines-retry-policy).
const EXCEPTIONS: [&str; 6] = [
    "Step.SERVICE_FAULT",
    "Step.THROTTLING",
    "SageMaker.JOB_INTERNAL_ERROR",
    "SageMaker.CAPACITY_ERROR",
    "SageMaker.RESOURCE_LIMIT",
    "Emr.RESOURCE_LIMIT",
];
const OUTPUT_TYPES: [&str; 4] = ["String", "Integer", "Boolean", "Float"];

/// Checks whichever of these members there are.
pub(super) fn check(step: &Map<String, Json>, path: &Path, findings: &mut Findings) {
    if let Some(cache) = step.get("CacheConfig").filter(|c| !c.is_null()) {
        caching(cache, &path.attribute("CacheConfig"), findings);
    }
    let list = |member: &str, findings: &mut Findings| {
        let value = step.get(member).filter(|v| !v.is_null())?;
        Some((array(value, &path.attribute(member), findings)?, path.attribute(member)))
    };
    if let Some((policies, path)) = list("RetryPolicies", findings) {
        for (i, policy) in policies.iter().enumerate() {
            retrying(policy, &path.index(i), findings);
        }
    }
    if let Some((files, path)) = list("PropertyFiles", findings) {
        property_files(files, step, &path, findings);
    }
    if let Some((outputs, path)) = list("OutputParameters", findings) {
        for (i, output) in outputs.iter().enumerate() {
            let path = path.index(i);
            let Some(output) = object(output, &path, findings) else { continue };
            only(output, &["OutputName", "OutputType"], &path, findings);
            text(output, "OutputName", &path, findings);
            if let Some(t) = text(output, "OutputType", &path, findings).filter(|t| !OUTPUT_TYPES.contains(t)) {
                let message = format!("OutputType '{t}' is none of {}.", OUTPUT_TYPES.join(", "));
                findings.error(&path.attribute("OutputType"), message);
            }
        }
    }
    optional_text(step, "DisplayName", 1024, path, findings);
    optional_text(step, "Description", 4096, path, findings);
    for flag in ["SkipCheck", "FailOnViolation", "RegisterNewBaseline"] {
        let value = step.get(flag).filter(|v| !v.is_boolean() && !v.is_null() && !is_expression(v));
        if let Some(value) = value {
            findings.error(&path.attribute(flag), format!("{flag} must be true or false. Found {}.", named(value)));
        }
    }
}

fn caching(cache: &Json, path: &Path, findings: &mut Findings) {
    let Some(cache) = object(cache, path, findings) else { return };
    only(cache, &["Enabled", "ExpireAfter"], path, findings);
    match cache.get("Enabled") {
        Some(Json::Bool(true)) if !cache.contains_key("ExpireAfter") => {
            findings.warn(path, "CacheConfig has no ExpireAfter: AWS asks for a time limit where caching is enabled.");
        }
        Some(Json::Bool(_)) => {}
        Some(value) if is_later(value) => {}
        Some(other) => {
            let message = format!("Enabled must be true or false. Found {}.", named(other));
            findings.error(&path.attribute("Enabled"), message);
        }
        None => findings.error(path, "Enabled is missing."),
    }
    let here = path.attribute("ExpireAfter");
    match cache.get("ExpireAfter") {
        None => {}
        Some(Json::String(s)) if is_duration(s) => {}
        Some(value) if is_later(value) => {}
        Some(other) => {
            let message = format!("ExpireAfter must be an ISO 8601 duration such as 'P30D'. Found {}.", named(other));
            findings.error(&here, message);
        }
    }
}

/// Whether this is a duration such as `P30D`, `30d`, `T16m` or `30dT5h` (developer guide, pipelines-caching).
pub(super) fn is_duration(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    let text = text.strip_prefix('P').unwrap_or(&text);
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    let something = !date.is_empty() || time.is_some();
    something && is_made_of(date, "YMWD") && time.is_none_or(|t| !t.is_empty() && is_made_of(t, "HMS"))
}

/// Whether this is a number before each of some of these units, in their order.
fn is_made_of(mut text: &str, units: &str) -> bool {
    let mut units = units.chars();
    while let Some(end) = text.find(|c: char| !c.is_ascii_digit()) {
        let (digits, rest) = text.split_at(end);
        let mut rest = rest.chars();
        let unit = rest.next();
        if digits.is_empty() || !units.any(|u| Some(u) == unit) {
            return false;
        }
        text = rest.as_str();
    }
    text.is_empty()
}

/// Source: developer guide, pipelines-retry-policy.
fn retrying(policy: &Json, path: &Path, findings: &mut Findings) {
    let Some(policy) = object(policy, path, findings) else { return };
    let members = ["ExceptionType", "IntervalSeconds", "BackoffRate", "MaxAttempts", "ExpireAfterMin"];
    only(policy, &members, path, findings);
    let here = path.attribute("ExceptionType");
    let exceptions = match policy.get("ExceptionType") {
        // The JSON schema knows only one text, the SDKs write a list.
        Some(Json::String(s)) => vec![(here.clone(), s.as_str())],
        Some(Json::Array(all)) => {
            let known = all.iter().enumerate().filter(|(_, e)| !is_later(e));
            known.map(|(i, e)| (here.index(i), e.as_str().unwrap_or_default())).collect()
        }
        _ => Vec::new(),
    };
    let is_open = |e: &Json| is_later(e) || e.as_array().is_some_and(|all| all.iter().any(is_later));
    if exceptions.is_empty() && !policy.get("ExceptionType").is_some_and(is_open) {
        findings.error(path, format!("A retry policy needs ExceptionType: some of {}.", EXCEPTIONS.join(", ")));
    }
    for (at, exception) in exceptions.into_iter().filter(|(_, e)| !EXCEPTIONS.contains(e)) {
        let suggestion = suggestion(exception, EXCEPTIONS);
        findings.error(&at, format!("A retry policy has the unknown ExceptionType '{exception}'.{suggestion}"));
    }
    if policy.contains_key("MaxAttempts") && policy.contains_key("ExpireAfterMin") {
        findings.error(path, "A retry policy has both MaxAttempts and ExpireAfterMin, which exclude each other.");
    }
    for (member, most) in [("IntervalSeconds", 43200.0), ("MaxAttempts", 20.0), ("ExpireAfterMin", 14400.0)] {
        let Some(value) = policy.get(member).filter(|v| !v.is_null() && !is_later(v)) else { continue };
        if !value.as_f64().is_some_and(|n| (0.0..=most).contains(&n)) {
            let message = format!("{member} must be a number between 0 and {most}. Found {}.", named(value));
            findings.error(&path.attribute(member), message);
        }
    }
    if let Some(rate) = policy.get("BackoffRate").filter(|v| !v.is_number() && !v.is_null() && !is_later(v)) {
        findings.error(&path.attribute("BackoffRate"), format!("BackoffRate must be a number. Found {}.", named(rate)));
    }
}

/// A property file is one of an output that the job has.
fn property_files(files: &[Json], step: &Map<String, Json>, path: &Path, findings: &mut Findings) {
    let mut outputs = step.get("Arguments");
    for member in ["ProcessingOutputConfig", "Outputs"] {
        outputs = outputs.and_then(|inside| if is_later(inside) { Some(inside) } else { inside.get(member) });
    }
    let outputs = names(outputs, "OutputName");
    let mut seen: Vec<&str> = Vec::new();
    for (i, file) in files.iter().enumerate() {
        let path = path.index(i);
        let Some(file) = object(file, &path, findings) else { continue };
        if file.values().any(is_later) {
            continue;
        }
        only(file, &["PropertyFileName", "OutputName", "FilePath"], &path, findings);
        text(file, "FilePath", &path, findings);
        if let Some(name) = text(file, "PropertyFileName", &path, findings) {
            if seen.contains(&name) {
                let message = format!("PropertyFileName '{name}' occurs more than once in the step.");
                findings.error(&path.attribute("PropertyFileName"), message);
            }
            seen.push(name);
        }
        if let Some(output) = text(file, "OutputName", &path, findings)
            && let Some(names) = outputs.as_deref().filter(|names| !names.contains(&output))
        {
            let suggestion = suggestion(output, names.iter().copied());
            let message = format!("The step's ProcessingOutputConfig has no output '{output}'.{suggestion}");
            findings.error(&path.attribute("OutputName"), message);
        }
    }
}
