//! What belongs to an object and has operations of its own: attributes like the policy of a model package group, and
//! objects that it holds and that go before it.

use tfplug::diag::{Diag, Diags, Result};
use tfplug::schema::Kind;
use tfplug::value::{Path, Value};

use super::run::Run;
use super::shape::{from_api, to_api_kind};
use super::{Empty, Part};
use crate::aws::operation::{Failure, NEVER, call, is_one_of};

impl Run<'_> {
    fn kind_of(&self, part: &Part) -> Option<&Kind> {
        self.object.attribute(part.attribute).map(|a| &a.kind)
    }

    /// Reads the parts of the object into its attributes.
    pub(super) async fn read_parts(&self, value: &mut Value) -> Result<()> {
        for part in self.declared.parts {
            let input = self.key_input(&part.read);
            let found = match call(self.cx, &self.aws, &part.read, &input, NEVER).await {
                Ok(answer) => answer.attribute(part.member).clone(),
                Err(Failure::Aws(e)) if is_one_of(&e, part.not_found) => Value::Null,
                Err(failure) => return Err(self.refused(&format!("read `{}` of", part.attribute), &failure)),
            };
            let found = match self.kind_of(part) {
                Some(Kind::Nested(_, inner)) if !found.is_null() => {
                    from_api(inner, &found, self.state.attribute(part.attribute), &super::shape::Reading::default())
                }
                _ => found,
            };
            value.set_attribute(part.attribute, found);
        }
        Ok(())
    }

    /// Writes the parts that differ from what is there.
    pub(super) async fn write_parts(&self, prior: &Value, planned: &Value) -> Result<()> {
        for part in self.declared.parts {
            let (before, after) = (prior.attribute(part.attribute), planned.attribute(part.attribute));
            if before == after {
                continue;
            }
            let operation = if after.is_null() { &part.delete } else { &part.write };
            let mut input = self.key_input(operation);
            if let (Some(kind), false) = (self.kind_of(part), after.is_null()) {
                input.set_attribute(part.member, to_api_kind(kind, after));
            }
            match call(self.cx, &self.aws, operation, &input, self.retry()?).await {
                Ok(_) => {}
                Err(Failure::Aws(e)) if after.is_null() && is_one_of(&e, part.not_found) => {}
                Err(failure) => {
                    let diags = self.refused(&format!("write `{}` of", part.attribute), &failure);
                    let at_part = |d: Diag| if d.path == Path::root() { d.at(Path::of(part.attribute)) } else { d };
                    return Err(Diags(diags.0.into_iter().map(at_part).collect()));
                }
            }
        }
        Ok(())
    }

    /// Deletes what the object holds, if the user says so.
    pub(super) async fn empty(&self, empty: &Empty) -> Result<()> {
        if self.state.attribute(empty.when).as_bool() != Some(true) {
            return Ok(());
        }
        let key = self.declared.key.id(&self.state).unwrap_or_default();
        let mut input = Value::object([(empty.of, Value::from(key))]);
        loop {
            let listed = call(self.cx, &self.aws, &empty.list, &input, NEVER).await;
            let page = listed.map_err(|failure| self.refused("list what is in", &failure))?;
            for item in page.attribute(empty.items).as_elements().unwrap_or_default() {
                let delete = Value::object([(empty.sent_as, item.attribute(empty.key).clone())]);
                match call(self.cx, &self.aws, &empty.delete, &delete, NEVER).await {
                    Ok(_) => {}
                    // Somebody was faster.
                    Err(Failure::Aws(e)) if is_one_of(&e, self.declared.read.not_found) => {}
                    Err(failure) => return Err(self.refused("delete what is in", &failure)),
                }
            }
            let next = page.attribute("next_token");
            if next.is_null() {
                return Ok(());
            }
            input.set_attribute("next_token", next.clone());
        }
    }
}
