//! Objects that belong to an object, each with a name and operations of its own, such as the policies of a scalable target: a
//! map attribute of the object. What the state does not have is somebody else's, and left alone; all go with the object.

use std::collections::BTreeMap;

use tfplug::diag::{Diag, Result};
use tfplug::plan::Plan;
use tfplug::schema::{Kind, Mode, Object};
use tfplug::value::{Path, Value};

use super::run::{NOT_FOUND_PAUSE, Run};
use super::shape::{Reading, from_api, to_api};
use super::{Collection, Declared};
use crate::aws::operation::{Failure, call, is_one_of, stopped};

type Entries = BTreeMap<String, Value>;

fn entries(of: &Value, attribute: &str) -> Entries {
    of.attribute(attribute).as_entries().cloned().unwrap_or_default()
}

/// Whether an element has to be made anew: AWS keeps what a change leaves out.
fn is_renewed(before: &Value, after: &Value) -> bool {
    let removed = |(name, value): (&String, &Value)| !value.is_null() && after.attribute(name).is_null();
    before.as_entries().into_iter().flatten().any(removed)
}

impl Collection {
    /// The attributes of an element.
    fn shape<'a>(&self, object: &'a Object) -> Option<&'a Object> {
        match object.attribute(self.attribute).map(|a| &a.kind) {
            Some(Kind::Nested(_, inner)) => Some(inner),
            _ => None,
        }
    }
}

impl Declared {
    /// Opens what AWS decides of an element that is made anew.
    pub(super) fn plan_collections(&self, plan: &mut Plan<'_>) {
        for collection in self.collections {
            let Some(inner) = collection.shape(&plan.schema.object) else { continue };
            let computed: Vec<_> = inner.attributes.iter().filter(|a| a.mode == Mode::Computed).collect();
            let (before, after) =
                (entries(plan.prior, collection.attribute), entries(plan.planned(), collection.attribute));
            for (name, element) in &after {
                if before.get(name).is_some_and(|before| is_renewed(before, element)) {
                    let at = Path::of(collection.attribute).key(name);
                    computed.iter().for_each(|a| plan.set_at(&at.attribute(&a.name), Value::unknown()));
                }
            }
        }
    }
}

impl Run<'_> {
    /// What AWS has, by name, as attributes; those that are known as they are known.
    async fn list_collection(&self, collection: &Collection, inner: &Object, known: &Entries) -> Result<Entries> {
        let verb = format!("list `{}` of", collection.attribute);
        let items = self.list(&collection.list, self.key_input(&collection.list), collection.items, &verb).await?;
        let reading = Reading {
            server_defaults: if self.imported { Vec::new() } else { collection.server_defaults.to_vec() },
            imported: self.imported,
            ..Reading::default()
        };
        let element = |item: &Value| {
            let name = item.attribute(collection.by).as_str()?.to_owned();
            let before = known.get(&name).unwrap_or(&Value::Null);
            let shown = from_api(inner, item, before, &reading);
            Some((name, shown))
        };
        Ok(items.iter().filter_map(element).collect())
    }

    /// Reads those that the state has into the attributes; of an import, all.
    pub(super) async fn read_collections(&self, value: &mut Value) -> Result<()> {
        for collection in self.declared.collections {
            let known = entries(&self.state, collection.attribute);
            let Some(inner) = collection.shape(self.object).filter(|_| self.imported || !known.is_empty()) else {
                continue;
            };
            let mut found = self.list_collection(collection, inner, &known).await?;
            found.retain(|name, _| self.imported || known.contains_key(name));
            let nothing = self.imported && found.is_empty();
            value.set_attribute(collection.attribute, if nothing { Value::Null } else { Value::Map(found) });
        }
        Ok(())
    }

    /// Makes, changes and deletes what differs from what there was, and completes the attributes by what AWS says.
    pub(super) async fn write_collections(&self, prior: &Value, value: &mut Value) -> Result<()> {
        for collection in self.declared.collections {
            if self.state.attribute(collection.attribute) == prior.attribute(collection.attribute) {
                continue;
            }
            let Some(inner) = collection.shape(self.object) else { continue };
            let before = entries(prior, collection.attribute);
            let mut done = before.clone();
            if let Err(diags) = self.write_collection(collection, inner, &before, &mut done, prior.is_null()).await {
                value.set_attribute(collection.attribute, Value::Map(done));
                self.cx.save(value.clone());
                return Err(diags);
            }
            let wanted = self.state.attribute(collection.attribute);
            let written = if done.is_empty() { wanted.clone() } else { Value::Map(done) };
            value.set_attribute(collection.attribute, written);
        }
        Ok(())
    }

    /// `done` is what there is by then. What there is of a new object nobody else has made.
    async fn write_collection(
        &self,
        collection: &Collection,
        inner: &Object,
        before: &Entries,
        done: &mut Entries,
        is_new: bool,
    ) -> Result<()> {
        let wanted = entries(&self.state, collection.attribute);
        let adds = wanted.keys().any(|name| !before.contains_key(name));
        let found =
            if adds && !is_new { self.list_collection(collection, inner, &wanted).await? } else { Entries::new() };
        for (name, element) in wanted.iter().filter(|(name, element)| before.get(*name) != Some(*element)) {
            match (before.get(name), found.get(name)) {
                (Some(before), _) if is_renewed(before, element) => {
                    self.delete_element(collection, name).await?;
                    done.remove(name);
                }
                (Some(_), _) | (None, None) => {}
                // An apply that was interrupted may have made it.
                (None, Some(found)) if to_api(inner, found) == to_api(inner, element) => {}
                (None, Some(_)) => return Err(exists_already(collection, name, &self.label).into()),
            }
            let mut input = self.key_input(&collection.write);
            for (member, value) in to_api(inner, element).as_entries().into_iter().flatten() {
                input.set_attribute(member, value.clone());
            }
            input.set_attribute(collection.by, Value::from(name.as_str()));
            (collection.complete)(&mut input);
            let called = call(self.cx, &self.aws, &collection.write, &input, self.retry()?).await;
            called.map_err(|failure| self.refused(&format!("put the {} {name:?} of", collection.noun), &failure))?;
            done.insert(name.clone(), element.clone().unknown_as_null());
        }
        for name in before.keys().filter(|name| !wanted.contains_key(*name)) {
            self.delete_element(collection, name).await?;
            done.remove(name);
        }
        if !wanted.is_empty() {
            *done = self.find_elements(collection, inner, &wanted).await?;
        }
        Ok(())
    }

    async fn delete_element(&self, collection: &Collection, name: &str) -> Result<()> {
        let mut input = self.key_input(&collection.delete);
        input.set_attribute(collection.by, Value::from(name));
        match call(self.cx, &self.aws, &collection.delete, &input, self.retry()?).await {
            Ok(_) => Ok(()),
            Err(Failure::Aws(e)) if is_one_of(&e, collection.not_found) => Ok(()),
            Err(failure) => Err(self.refused(&format!("delete the {} {name:?} of", collection.noun), &failure)),
        }
    }

    /// What was just written. For a moment some services do not list it everywhere.
    async fn find_elements(&self, collection: &Collection, inner: &Object, wanted: &Entries) -> Result<Entries> {
        let until = self.cx.elapsed() + self.cx.client()?.propagation_timeout();
        let known = wanted.iter().map(|(name, element)| (name.clone(), element.clone().unknown_as_null())).collect();
        loop {
            let mut found = self.list_collection(collection, inner, &known).await?;
            found.retain(|name, _| wanted.contains_key(name));
            match wanted.keys().find(|name| !found.contains_key(*name)) {
                None => return Ok(found),
                Some(name) if self.cx.elapsed() >= until => {
                    let detail = "AWS accepted the request, and it was not found afterwards.";
                    let at = Path::of(collection.attribute).key(name);
                    let summary = format!("Could not find the {} {name:?} of the {}", collection.noun, self.label);
                    return Err(Diag::error(summary, detail).at(at).into());
                }
                Some(name) => {
                    let attempted = format!("find the {} {name:?} of the {}", collection.noun, self.label);
                    self.cx.pause(NOT_FOUND_PAUSE).await.map_err(|stop| stopped(stop, &attempted, ""))?;
                }
            }
        }
    }
}

fn exists_already(collection: &Collection, name: &str, label: &str) -> Diag {
    let Collection { noun, attribute, .. } = collection;
    let detail = format!(
        "AWS has a {noun} {name:?} of the {label} already, and this configuration did not create it. Choose another name, or \
         delete it."
    );
    Diag::error(format!("The {noun} exists already"), detail).at(Path::of(attribute).key(name))
}
