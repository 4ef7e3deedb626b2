//! What AWS refuses in a pipeline definition, found before it is asked.
//!
//! AWS checks a definition when a pipeline is created or updated, deeply: an argument of a step must be a member of the request
//! that the step becomes, of that member's type. Which members these are the SDK's types say. Where a definition may hold what
//! this version of the provider does not know (a new type of step, a new member beside the arguments), there is a warning.
//!
//! Sources: the definition's JSON schema (aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema),
//! which lags the service and is therefore a hint only; developer guide, build-and-manage-steps and the pages beside it; step and
//! condition classes of the SageMaker Python SDK 2.257 and 3.27; AWS's texts are quoted in
//! github.com/aws/sagemaker-python-sdk issues 2345, 2746, 3908, 4994 and pull request 3472.

mod arguments;
mod conditions;
mod enums;
mod expressions;
mod graph;
pub(crate) mod leaves;
pub mod markers;
mod members;
mod place;
mod properties;
mod run;
mod steps;
#[cfg(test)]
mod tests;
mod whole;

use serde_json::Value as Json;
pub use tfplug::diag::Severity;
use tfplug::diag::{Diag, Diags};
use tfplug::value::Path;

pub use self::expressions::{EXECUTION as EXECUTION_VARIABLES, later};
pub use self::members::{is_name, suggestion};
pub use self::properties::is_property;
pub use self::steps::{Kind, kind};

/// The only version of definitions (JSON schema).
pub const VERSION: &str = "2020-12-01";
/// Most characters of a definition (service model, PipelineDefinition).
pub const MAX_CHARACTERS: usize = 1_048_576;

/// Something in a definition that AWS refuses, or that is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where in the document: `Steps[2].Arguments.HyperParameters`.
    pub path: Path,
    /// The line of the text, counted from 1; None if the text has only one.
    pub line: Option<usize>,
    /// What is wrong: full sentences, in AWS's own words where they are known.
    pub message: String,
    /// An error if AWS refuses it; a warning if it is not known whether AWS does.
    pub severity: Severity,
}

/// The findings so far.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, path: &Path, message: impl Into<String>, severity: Severity) {
        self.0.push(Finding { path: path.clone(), line: None, message: message.into(), severity });
    }

    fn error(&mut self, path: &Path, message: impl Into<String>) {
        self.add(path, message, Severity::Error);
    }

    fn warn(&mut self, path: &Path, message: impl Into<String>) {
        self.add(path, message, Severity::Warning);
    }
}

/// Checks the text of a definition. Empty if nothing is wrong with it.
pub fn check(text: &str) -> Vec<Finding> {
    let characters = text.chars().count();
    if characters > MAX_CHARACTERS {
        let message = format!("The definition has {characters} characters; AWS allows {MAX_CHARACTERS}.");
        return vec![Finding { path: Path::root(), line: None, message, severity: Severity::Error }];
    }
    let several_lines = text.trim().contains('\n');
    let document: Json = match serde_json::from_str(text) {
        Ok(document) => document,
        Err(e) => {
            let line = several_lines.then(|| e.line());
            let message = format!("The definition is not a JSON document: {e}.");
            return vec![Finding { path: Path::root(), line, message, severity: Severity::Error }];
        }
    };
    let mut findings = check_document(&document);
    if several_lines {
        for finding in &mut findings {
            finding.line = Some(place::line(text, &finding.path));
        }
    }
    findings
}

/// Checks a definition that is a JSON document. [`later`] stands for what is not known yet.
pub fn check_document(document: &Json) -> Vec<Finding> {
    let mut findings = Findings::default();
    whole::check(document, &mut findings);
    findings.0
}

/// The findings as diagnostics at the attribute that the definition is given in.
pub fn diags(findings: &[Finding], attribute: &Path) -> Diags {
    Diags(findings.iter().map(|finding| diag(finding).at(attribute.clone())).collect())
}

/// One finding as a diagnostic without a path.
pub fn diag(finding: &Finding) -> Diag {
    let line = finding.line.map(|line| format!("line {line}"));
    let place = (!finding.path.0.is_empty()).then(|| format!("`{}`", finding.path));
    let place = match (place, line) {
        (Some(path), Some(line)) => format!("At {path} ({line}): "),
        (Some(path), None) => format!("At {path}: "),
        (None, Some(line)) => format!("At {line}: "),
        (None, None) => String::new(),
    };
    let detail = format!("{place}{}", finding.message);
    match finding.severity {
        Severity::Error => Diag::error("Invalid pipeline definition", detail),
        Severity::Warning => Diag::warning("Questionable pipeline definition", detail),
    }
}
