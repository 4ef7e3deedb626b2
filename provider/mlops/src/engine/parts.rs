//! What belongs to an object and has operations of its own: attributes like the policy of a model package group, and
//! objects that it holds and that go before it; and attributes that are made of lists.

use tfplug::diag::{Diag, Diags, Result};
use tfplug::schema::Kind;
use tfplug::value::{Path, Value};

use super::run::Run;
use super::shape::{from_api, to_api_kind};
use super::{Counts, Empty, Held, Part};
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

    /// Deletes or stops what the object holds, if the user says so. Some of it may go a moment later.
    ///
    /// # Errors
    /// That it holds something, if the user does not say so and it does not end by itself.
    pub(super) async fn empty(&self, empty: &Empty) -> Result<()> {
        let said = self.state.attribute(empty.when);
        let wanted = empty.says.map_or(said.as_bool() == Some(true), |value| said.as_str() == Some(value));
        if !wanted && empty.says.is_some() {
            return Ok(());
        }
        let held = self.held(empty.holds, &self.state).await?;
        if !held.is_empty() && !wanted {
            return Err(self.not_empty(empty, &held).into());
        }
        for (kind, item) in held {
            let named = kind.key.iter().map(|(member, sent_as)| (*sent_as, item.attribute(member).clone()));
            match call(self.cx, &self.aws, &kind.delete, &Value::object(named), NEVER).await {
                Ok(_) => {}
                // Somebody was faster.
                Err(Failure::Aws(e)) if is_one_of(&e, self.declared.read.not_found) => {}
                // As long as it is there, the deletion of the object is refused, and this runs again.
                Err(Failure::Aws(e)) if is_one_of(&e, empty.not_empty) => {}
                Err(failure) => {
                    let verb = if empty.says.is_some() { "stop" } else { "delete" };
                    return Err(self.refused(&format!("{verb} what is in"), &failure));
                }
            }
        }
        Ok(())
    }

    /// What an object with these attributes holds, each with what it holds itself before it.
    async fn held(&self, kinds: &'static [Held], of: &Value) -> Result<Vec<(&'static Held, Value)>> {
        let mut all = Vec::new();
        for kind in kinds {
            let input =
                Value::object(kind.of.iter().map(|(attribute, member)| (*member, of.attribute(attribute).clone())));
            for item in self.list(&kind.list, input, kind.items, "list what is in").await? {
                let counts = |(member, counts): &(&str, Counts)| {
                    let value = item.at(&Path::parse(member)).unwrap_or(&Value::Null);
                    let is_one_of = |values: &[&str]| value.as_str().is_some_and(|value| values.contains(&value));
                    match counts {
                        Counts::As(values) => is_one_of(values),
                        Counts::Unless(values) => !is_one_of(values),
                        Counts::Like(attribute) => value == of.attribute(attribute),
                    }
                };
                if kind.only.iter().all(counts) {
                    if !kind.holds.is_empty() {
                        all.extend(Box::pin(self.held(kind.holds, &item)).await?);
                    }
                    all.push((kind, item));
                }
            }
        }
        Ok(all)
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

    fn not_empty(&self, empty: &Empty, held: &[(&Held, Value)]) -> Diag {
        /// So many are named of each kind.
        const NAMED: usize = 3;
        let mut kinds: Vec<(&str, Vec<&str>)> = Vec::new();
        for (kind, item) in held {
            let name = kind.key.last().and_then(|(member, _)| item.attribute(member).as_str()).unwrap_or_default();
            // Of an ARN what tells it from others.
            let name = name.rsplit(':').next().unwrap_or_default();
            match kinds.iter_mut().find(|(noun, _)| *noun == kind.noun) {
                Some((_, names)) => names.push(name),
                None => kinds.push((kind.noun, vec![name])),
            }
        }
        let kinds: Vec<String> = kinds
            .iter()
            .map(|(noun, names)| {
                let (count, plural) = (names.len(), if names.len() == 1 { "" } else { "s" });
                let more = if count > NAMED { ", ..." } else { "" };
                format!("{count} {noun}{plural} ({}{more})", names[..count.min(NAMED)].join(", "))
            })
            .collect();
        let (when, noun) = (empty.when, self.declared.noun);
        let them = if held.len() == 1 { "it" } else { "them" };
        let detail = format!(
            "It holds {}, and AWS deletes no {noun} that holds any. Set `{when} = true`, apply, and destroy again, to delete {them} \
             with it; or delete {them} yourself.",
            kinds.join(", "),
        );
        Diag::error(format!("The {} is not empty", self.label), detail).at(Path::of(when))
    }
}
