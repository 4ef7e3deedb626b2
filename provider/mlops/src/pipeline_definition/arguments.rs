//! The arguments of a step, as members of the request that it becomes.

use aws_smithy_schema::serde::{SerdeError, ShapeDeserializer};
use aws_smithy_schema::{Schema, ShapeType};
use serde_json::Value as Json;
use tfplug::value::Path;

use super::enums;
use super::expressions::is_expression;
use super::leaves::leaves;
use super::members::{array, named, object, suggestion};
use super::{Findings, Kind};

type Result<T = ()> = std::result::Result<T, SerdeError>;

/// More values than this are instance types and the like, to which AWS adds every month.
const CLOSED: usize = 32;

/// Checks arguments against the request. Names, lengths and required members AWS checks only when the step runs.
pub(super) fn check(arguments: &Json, kind: &Kind, path: &Path, findings: &mut Findings) {
    if let Some(request) = kind.request {
        request(&mut Arguments { value: arguments, path, member: "", refused: kind.refused, findings });
    }
}

/// Follows the SDK's type of the request through the arguments: whatever it asks for must be what it asks for.
struct Arguments<'a> {
    value: &'a Json,
    path: &'a Path,
    /// The member that this is the value of, or an element: `ProcessingS3Input$S3InputMode`.
    member: &'a str,
    refused: &'static [&'static str],
    findings: &'a mut Findings,
}

impl Arguments<'_> {
    fn inner(
        &mut self,
        value: &Json,
        path: &Path,
        member: Option<&str>,
        read: impl FnOnce(&mut dyn ShapeDeserializer) -> Result,
    ) {
        let (refused, findings) = (self.refused, &mut *self.findings);
        // An error stops the SDK, not the check.
        drop(read(&mut Arguments { value, path, member: member.unwrap_or(self.member), refused, findings }));
    }

    fn leaf(&mut self, _: &Schema<'_>, shape: ShapeType) {
        let wanted = match (shape, self.value) {
            (_, value) if is_expression(value) => return,
            (ShapeType::Boolean, Json::Bool(_)) => return,
            (ShapeType::Boolean, Json::String(s)) if ["true", "false"].contains(&s.to_ascii_lowercase().as_str()) => {
                return;
            }
            (ShapeType::Boolean, _) => "true or false",
            (ShapeType::Float | ShapeType::Double, Json::Number(_)) => return,
            (ShapeType::Float | ShapeType::Double, Json::String(s)) if s.parse::<f64>().is_ok() => return,
            (ShapeType::Float | ShapeType::Double, _) => "a number",
            (ShapeType::Byte | ShapeType::Short | ShapeType::Integer | ShapeType::Long, Json::Number(n))
                if n.is_i64() =>
            {
                return;
            }
            (ShapeType::Byte | ShapeType::Short | ShapeType::Integer | ShapeType::Long, Json::String(s))
                if s.parse::<i64>().is_ok() =>
            {
                return;
            }
            (ShapeType::Byte | ShapeType::Short | ShapeType::Integer | ShapeType::Long, _) => "a whole number",
            (_, Json::String(s)) => return self.is_among(s),
            (_, Json::Bool(_) | Json::Number(_)) => return,
            _ => "a single value",
        };
        self.findings.error(self.path, format!("Expecting {wanted} or a function. Found {}.", named(self.value)));
    }

    /// AWS's text is quoted in public pipeline code, of FastFile for ProcessingS3InputMode.
    fn is_among(&mut self, text: &str) {
        let Some((name, values)) = enums::of(self.member).filter(|(_, values)| !values.contains(&text)) else { return };
        let suggestion = suggestion(text, values.iter().copied());
        let failed = format!("Model Validation failed: Value '{text}' for '{name}' failed to satisfy enum value set");
        if values.len() <= CLOSED {
            self.findings.error(self.path, format!("{failed}: [{}].", values.join(", ")));
        } else {
            let message = format!("{failed} as this version of the provider knows it.{suggestion}");
            self.findings.warn(self.path, message);
        }
    }
}

impl ShapeDeserializer for Arguments<'_> {
    fn read_struct(
        &mut self,
        schema: &Schema<'_>,
        read: &mut dyn FnMut(&Schema<'_>, &mut dyn ShapeDeserializer) -> Result,
    ) -> Result {
        let (value, path) = (self.value, self.path);
        for (name, value) in object(value, path, self.findings).into_iter().flatten() {
            let here = path.attribute(name);
            let refused = self.refused.contains(&name.as_str());
            match schema.members().iter().find(|m| m.member_name() == Some(name)).filter(|_| !refused) {
                Some(_) if value.is_null() => {}
                Some(member) => {
                    let id = member.shape_id().as_str();
                    let id = id.split_once('#').map_or(id, |(_, id)| id);
                    self.inner(value, &here, Some(id), |inner| read(member, inner));
                }
                None => {
                    let names = schema.members().iter().filter_map(|m| m.member_name());
                    let names = names.filter(|n| !self.refused.contains(n));
                    let suggestion = suggestion(name, names);
                    self.findings.error(&here, format!("Unknown Argument member '{name}'.{suggestion}"));
                }
            }
        }
        Ok(())
    }

    fn read_list(&mut self, _: &Schema<'_>, read: &mut dyn FnMut(&mut dyn ShapeDeserializer) -> Result) -> Result {
        let (value, path) = (self.value, self.path);
        for (i, value) in array(value, path, self.findings).unwrap_or_default().iter().enumerate() {
            self.inner(value, &path.index(i), None, &mut *read);
        }
        Ok(())
    }

    fn read_map(
        &mut self,
        _: &Schema<'_>,
        read: &mut dyn FnMut(String, &mut dyn ShapeDeserializer) -> Result,
    ) -> Result {
        if is_expression(self.value) {
            return Ok(());
        }
        let (value, path) = (self.value, self.path);
        for (key, value) in object(value, path, self.findings).into_iter().flatten() {
            self.inner(value, &path.attribute(key), None, |inner| read(key.clone(), inner));
        }
        Ok(())
    }

    leaves!();
}
