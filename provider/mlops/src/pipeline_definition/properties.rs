//! Properties of steps, which later steps refer to: `Steps.Train.ModelArtifacts.S3ModelArtifacts`.

use aws_smithy_schema::serde::{SerdeError, ShapeDeserializer};
use aws_smithy_schema::{Schema, ShapeType};
use tfplug::value::Path;

use super::Findings;
use super::expressions::names;
use super::leaves::leaves;
use super::members::suggestion;
use super::whole::Step;

type Result<T = ()> = std::result::Result<T, SerdeError>;

/// Reports a reference to what a step of this type never has: neither of its own nor in the description of its job.
pub(super) fn check(step: &Step<'_>, reference: &str, property: &str, path: &Path, findings: &mut Findings) {
    let Some(kind) = step.kind else { return };
    let Some(own) = kind.properties else { return };
    let steps = parse(property);
    let first = match steps.as_deref() {
        Some([]) => return,
        Some([Part::Member(name), ..]) => *name,
        _ => return findings.error(path, format!("'{reference}' is no reference to a property.")),
    };
    if own.contains(&first) {
        return declared(step, first, steps.as_deref().unwrap_or_default(), path, findings);
    }
    let Some(description) = kind.description else {
        let message =
            format!("A {} step has no property '{first}'.{}", kind.name, suggestion(first, own.iter().copied()));
        return findings.error(path, message);
    };
    let mut seen = Seen::default();
    description(&mut Probe { rest: steps.as_deref().unwrap_or_default(), seen: &mut seen });
    if !seen.found {
        let suggestion = seen.wrong.as_deref().map_or_else(String::new, |wrong| {
            suggestion(wrong, seen.instead.iter().map(String::as_str).chain(own.iter().copied()))
        });
        findings.error(path, format!("'{reference}' is no property of a {} step.{suggestion}", kind.name));
    }
}

/// An output parameter must be among those that the step declares.
fn declared(step: &Step<'_>, first: &str, parts: &[Part<'_>], path: &Path, findings: &mut Findings) {
    let ("OutputParameters", [_, Part::Name(name), ..]) = (first, parts) else { return };
    let Some(names) = names(step.body.get("OutputParameters"), "OutputName") else { return };
    if !names.contains(name) {
        let suggestion = suggestion(name, names.iter().copied());
        findings.error(path, format!("The step '{}' declares no output parameter '{name}'.{suggestion}", step.name));
    }
}

/// Whether this has the form of a property: `A.B[0].C['name']`.
pub fn is_property(text: &str) -> bool {
    matches!(parse(text).as_deref(), Some([Part::Member(_), ..]))
}

/// A part of `A.B[0].C['name']`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part<'a> {
    Member(&'a str),
    Index,
    Name(&'a str),
}

fn parse(mut text: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    while !text.is_empty() {
        if let Some(rest) = text.strip_prefix('[') {
            let (inside, after) = match rest.chars().next()? {
                quote @ ('\'' | '"') => {
                    let (name, after) = rest[1..].split_once(quote)?;
                    (Part::Name(name), after.strip_prefix(']')?)
                }
                _ => {
                    let (index, after) = rest.split_once(']')?;
                    (index.parse::<u32>().ok().map(|_| Part::Index)?, after)
                }
            };
            parts.push(inside);
            text = after;
        } else {
            let name = text.strip_prefix('.').unwrap_or(text);
            let end = name.find(['.', '[']).unwrap_or(name.len());
            let (member, after) = name.split_at(end);
            (!member.is_empty()).then_some(())?;
            parts.push(Part::Member(member));
            text = after;
        }
    }
    Some(parts)
}

#[derive(Default)]
struct Seen {
    found: bool,
    wrong: Option<String>,
    instead: Vec<String>,
}

/// Follows a path through the SDK's type of a description.
struct Probe<'a> {
    rest: &'a [Part<'a>],
    seen: &'a mut Seen,
}

impl Probe<'_> {
    fn below(&mut self) -> Probe<'_> {
        Probe { rest: self.rest.get(1..).unwrap_or_default(), seen: self.seen }
    }

    fn leaf(&mut self, _: &Schema<'_>, _: ShapeType) {
        self.seen.found = self.rest.is_empty();
    }
}

impl ShapeDeserializer for Probe<'_> {
    fn read_struct(
        &mut self,
        schema: &Schema<'_>,
        read: &mut dyn FnMut(&Schema<'_>, &mut dyn ShapeDeserializer) -> Result,
    ) -> Result {
        match self.rest.first() {
            None => self.seen.found = true,
            Some(Part::Member(name)) => match schema.members().iter().find(|m| m.member_name() == Some(name)) {
                Some(member) => return read(member, &mut self.below()),
                None => {
                    self.seen.wrong = Some((*name).to_owned());
                    self.seen.instead =
                        schema.members().iter().filter_map(|m| m.member_name().map(str::to_owned)).collect();
                }
            },
            Some(_) => {}
        }
        Ok(())
    }

    // A name in brackets also picks from a list of what has names.
    fn read_list(&mut self, _: &Schema<'_>, read: &mut dyn FnMut(&mut dyn ShapeDeserializer) -> Result) -> Result {
        match self.rest.first() {
            None => self.seen.found = true,
            Some(Part::Member(_)) => {}
            Some(_) => return read(&mut self.below()),
        }
        Ok(())
    }

    fn read_map(
        &mut self,
        _: &Schema<'_>,
        read: &mut dyn FnMut(String, &mut dyn ShapeDeserializer) -> Result,
    ) -> Result {
        match self.rest.first() {
            None => self.seen.found = true,
            Some(Part::Name(name)) => return read((*name).to_owned(), &mut self.below()),
            Some(_) => {}
        }
        Ok(())
    }

    leaves!();
}
