//! What belongs to an object and has operations of its own: attributes like the policy of a model package group; and attributes
//! that are made of lists.

use tfplug::diag::{Diag, Diags, Result};
use tfplug::schema::Kind;
use tfplug::value::{Path, Value};

use super::Part;
use super::run::Run;
use super::shape::{from_api, to_api_kind};
use crate::aws::operation::{Failure, NEVER, Operation, call, is_one_of, list};

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

    /// Fills in the attributes that are made of lists.
    pub(super) async fn read_listed(&self, value: &mut Value) -> Result<()> {
        for listed in self.declared.listed {
            let mut input = self.key_input(&listed.list);
            input.set_attribute("sort_order", Value::from(listed.order));
            // As many as one request may ask for.
            input.set_attribute("max_results", Value::from(if listed.first { 1 } else { 100 }));
            let verb = format!("list `{}` of", listed.attribute);
            let items = if listed.first {
                let page = call(self.cx, &self.aws, &listed.list, &input, NEVER).await;
                let page = page.map_err(|failure| self.refused(&verb, &failure))?;
                page.attribute(listed.items).as_elements().unwrap_or_default().to_vec()
            } else {
                self.list(&listed.list, input, listed.items, &verb).await?
            };
            value.set_attribute(listed.attribute, (listed.value)(&items));
        }
        Ok(())
    }

    /// All items of a list, page by page.
    pub(super) async fn list(
        &self,
        operation: &Operation,
        input: Value,
        items: &str,
        verb: &str,
    ) -> Result<Vec<Value>> {
        let listed = list(self.cx, &self.aws, operation, input, items).await;
        listed.map_err(|failure| self.refused(verb, &failure))
    }
}
