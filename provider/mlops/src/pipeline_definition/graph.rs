//! The order of steps: none may depend on itself, directly or not.

use std::collections::{BTreeMap, BTreeSet};

use tfplug::value::Path;

use super::Findings;

/// Step to the steps that it needs, and where it says so.
pub(super) type Needs<'a> = BTreeMap<&'a str, Vec<(&'a str, Path)>>;

/// Reports each cycle once, where it closes.
pub(super) fn check(needs: &Needs<'_>, order: &[&str], findings: &mut Findings) {
    let mut done = BTreeSet::new();
    for step in order {
        visit(step, needs, &mut Vec::new(), &mut done, findings);
    }
}

fn visit<'a>(
    step: &'a str,
    needs: &Needs<'a>,
    way: &mut Vec<&'a str>,
    done: &mut BTreeSet<&'a str>,
    findings: &mut Findings,
) {
    if !done.insert(step) {
        return;
    }
    way.push(step);
    for (other, path) in needs.get(step).into_iter().flatten() {
        if let Some(start) = way.iter().position(|s| s == other) {
            let circle: Vec<&str> = way.iter().skip(start).copied().chain([*other]).collect();
            findings.error(path, format!("Cycle detected in pipeline step graph: {}.", circle.join(" -> ")));
        } else {
            visit(other, needs, way, done, findings);
        }
    }
    way.pop();
}
