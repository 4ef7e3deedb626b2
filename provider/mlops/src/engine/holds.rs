//! What an object holds and AWS wants gone before it: what that is, as data, and how it goes.

use tfplug::diag::{Diag, Result};
use tfplug::value::{Path, Value};

use super::run::Run;
use crate::aws::operation::{ErrorMatch, Failure, NEVER, Operation, call, is_one_of};

/// What an object holds, and what is deleted or stopped with it if the user says so.
#[derive(Clone, Copy, Debug)]
pub struct Empty {
    /// The attribute by which the user says so.
    pub when: &'static str,
    /// The value that says so. None: true, and a deletion is refused without. With a value, what is held ends by itself,
    /// and is waited for without.
    pub says: Option<&'static str>,
    /// What it holds, in the order in which it goes.
    pub holds: &'static [Held],
    /// Errors of the object's deletion that say that it is not empty, and of an item's that say that it cannot go yet.
    pub not_empty: &'static [ErrorMatch],
}

/// One kind of what an object holds.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// What AWS calls an item: `model package`.
    pub noun: &'static str,
    /// Lists what there is.
    pub list: Operation,
    /// The member of the answer that has the list.
    pub items: &'static str,
    /// What the list is asked for: attributes of the object, with the members that they are sent as.
    pub of: &'static [(&'static str, &'static str)],
    /// Members of an item (`a.b` for one of a structure), and what makes the item count. None: all do.
    pub only: &'static [(&'static str, Counts)],
    /// The members of an item that identify it, with the members that they are sent as. The last one names it to people.
    pub key: &'static [(&'static str, &'static str)],
    /// Deletes or stops an item.
    pub delete: Operation,
    /// What an item holds in turn, and goes before it: `of` has members of the item.
    pub holds: &'static [Held],
}

impl Held {
    /// The operations on what is held.
    pub(crate) fn operations(all: &'static [Self]) -> Vec<Operation> {
        all.iter().flat_map(|held| [vec![held.list, held.delete], Self::operations(held.holds)].concat()).collect()
    }
}

/// What makes an item count.
#[derive(Clone, Copy, Debug)]
pub enum Counts {
    /// Its member is one of these.
    As(&'static [&'static str]),
    /// Its member is not one of these.
    Unless(&'static [&'static str]),
    /// Its member is what this attribute of the object is.
    Like(&'static str),
}

impl Run<'_> {
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
