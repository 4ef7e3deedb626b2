//! Conditions of condition steps.

use serde_json::Value as Json;
use tfplug::value::Path;

use super::Findings;
use super::expressions::{is_later, scalar};
use super::members::{array, object, only, suggestion, text};

/// Types that compare two values.
pub(super) const COMPARISONS: [&str; 6] =
    ["Equals", "NotEquals", "GreaterThan", "GreaterThanOrEqualTo", "LessThan", "LessThanOrEqualTo"];

/// A type of condition, and the members that it has: any one of the forms.
struct Form {
    types: &'static [&'static str],
    members: &'static [&'static [&'static str]],
}

/// `In` has the members of the SageMaker Python SDK or those of the JSON schema.
const FORMS: [Form; 4] = [
    Form { types: &COMPARISONS, members: &[&["LeftValue", "RightValue"]] },
    Form { types: &["In", "NotIn"], members: &[&["QueryValue", "Values"], &["Value", "In"]] },
    Form { types: &["Not"], members: &[&["Condition"]] },
    Form { types: &["Or"], members: &[&["Conditions"]] },
];

/// Checks one condition and those inside it.
pub(super) fn check(condition: &Json, path: &Path, findings: &mut Findings) {
    let Some(members) = object(condition, path, findings) else { return };
    let Some(kind) = text(members, "Type", path, findings) else { return };
    let Some(form) = FORMS.iter().find(|f| f.types.contains(&kind)) else {
        let suggestion = suggestion(kind, FORMS.iter().flat_map(|f| f.types.iter().copied()));
        return findings.error(&path.attribute("Type"), format!("The condition type '{kind}' is unknown.{suggestion}"));
    };
    let has = |names: &&&[&str]| names.iter().any(|n| members.contains_key(*n));
    let names = form.members.iter().find(has).or(form.members.first()).copied().unwrap_or_default();
    let allowed: Vec<&str> = names.iter().copied().chain(["Type"]).collect();
    only(members, &allowed, path, findings);
    for name in names {
        let here = path.attribute(name);
        match (*name, members.get(*name)) {
            (_, None) => findings.error(path, format!("The condition {kind} needs {}.", names.join(" and "))),
            (_, Some(value)) if is_later(value) => {}
            ("Condition", Some(inner)) => check(inner, &here, findings),
            ("Conditions", Some(inner)) => all(inner, &here, findings),
            ("Values" | "In", Some(values)) => {
                for (i, value) in array(values, &here, findings).unwrap_or_default().iter().enumerate() {
                    scalar(value, &here.index(i), findings);
                }
            }
            (_, Some(value)) => scalar(value, &here, findings),
        }
    }
}

/// Checks a list of conditions.
pub(super) fn all(conditions: &Json, path: &Path, findings: &mut Findings) {
    let Some(conditions) = array(conditions, path, findings) else { return };
    if conditions.is_empty() {
        findings.error(path, "Conditions must not be empty.");
    }
    for (i, condition) in conditions.iter().enumerate() {
        check(condition, &path.index(i), findings);
    }
}
