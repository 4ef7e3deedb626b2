//! What AWS makes with an object and lets nobody create or delete, such as the alerts of a monitoring schedule: a list
//! attribute of the object, whose elements are set one by one.

use tfplug::diag::{Diag, Result};
use tfplug::schema::{Kind, Object};
use tfplug::value::{Path, Value};

use super::Companions;
use super::run::{NOT_FOUND_PAUSE, Run};
use super::shape::{Reading, from_api, to_api};
use crate::aws::operation::{call, stopped};

impl Run<'_> {
    fn shape_of(&self, companions: &Companions) -> Option<&Object> {
        match self.object.attribute(companions.attribute).map(|a| &a.kind) {
            Some(Kind::Nested(_, inner)) => Some(inner),
            _ => None,
        }
    }

    /// What AWS has, as attributes.
    async fn list_companions(&self, companions: &Companions, inner: &Object) -> Result<Vec<Value>> {
        let verb = format!("list the {}s of", companions.noun);
        let items = self.list(&companions.list, self.key_input(&companions.list), companions.items, &verb).await?;
        Ok(items.iter().map(|item| from_api(inner, item, &Value::Null, &Reading::default())).collect())
    }

    /// Reads those that the state has into the attribute; of an import, all.
    pub(super) async fn read_companions(&self, value: &mut Value) -> Result<()> {
        for companions in self.declared.companions {
            let known = self.state.attribute(companions.attribute);
            let Some(inner) = self.shape_of(companions).filter(|_| self.imported || known.as_elements().is_some())
            else {
                continue;
            };
            let found = self.list_companions(companions, inner).await?;
            let shown = match known.as_elements() {
                Some(known) if !self.imported => known
                    .iter()
                    .filter_map(|k| found.iter().find(|f| f.attribute(companions.by) == k.attribute(companions.by)))
                    .cloned()
                    .collect(),
                _ => found,
            };
            value.set_attribute(companions.attribute, Value::List(shown));
        }
        Ok(())
    }

    /// Sets those that are not as they are wanted, and completes the attribute of `value` by their names.
    pub(super) async fn write_companions(&self, prior: &Value, value: &mut Value) -> Result<()> {
        for companions in self.declared.companions {
            let wanted = self.state.attribute(companions.attribute);
            if wanted == prior.attribute(companions.attribute) {
                continue;
            }
            if let (Some(inner), Some(wanted)) = (self.shape_of(companions), wanted.as_elements()) {
                let (named, found) = self.name_companions(companions, inner, wanted).await?;
                for companion in named.iter().filter(|n| !found.contains(n)) {
                    let mut input = self.key_input(&companions.write);
                    for (member, value) in to_api(inner, companion).as_entries().into_iter().flatten() {
                        input.set_attribute(member, value.clone());
                    }
                    let called = call(self.cx, &self.aws, &companions.write, &input, self.retry()?).await;
                    let name = companion.attribute(companions.by).as_str().unwrap_or_default();
                    let verb = format!("set the {} {name:?} of", companions.noun);
                    called.map_err(|failure| self.refused(&verb, &failure))?;
                }
                value.set_attribute(companions.attribute, Value::List(named));
            }
        }
        Ok(())
    }

    /// What is wanted with the names that AWS gave, and what there is. AWS may make them a moment after the object.
    async fn name_companions(
        &self,
        companions: &Companions,
        inner: &Object,
        wanted: &[Value],
    ) -> Result<(Vec<Value>, Vec<Value>)> {
        let until = self.cx.elapsed() + self.cx.client()?.propagation_timeout();
        loop {
            let found = self.list_companions(companions, inner).await?;
            match named(companions.by, wanted, &found) {
                Ok(named) => return Ok((named, found)),
                Err(element) if self.cx.elapsed() >= until => {
                    return Err(self.unnamed(companions, element, &found).into());
                }
                Err(_) => {
                    let attempted = format!("find the {}s of the {}", companions.noun, self.label);
                    self.cx.pause(NOT_FOUND_PAUSE).await.map_err(|stop| stopped(stop, &attempted, ""))?;
                }
            }
        }
    }

    fn unnamed(&self, companions: &Companions, element: usize, found: &[Value]) -> Diag {
        let Companions { attribute, noun, by, .. } = companions;
        let names: Vec<String> =
            found.iter().filter_map(|f| f.attribute(by).as_str()).map(|name| format!("{name:?}")).collect();
        let there = if names.is_empty() { "none yet".to_owned() } else { names.join(", ") };
        let detail = format!(
            "AWS has these {noun}s of the {}: {there}. The element is none of them. Set `{by}` to a name that no other element \
             has, or take the element out.",
            self.label
        );
        let at = Path::of(attribute).index(element).attribute(by);
        Diag::error(format!("No such {noun}"), detail).at(at)
    }
}

/// The wanted ones, each with its name: its own, which must exist, or the only one that no other has.
///
/// # Errors
/// The place of one that has none.
fn named(by: &str, wanted: &[Value], found: &[Value]) -> Result<Vec<Value>, usize> {
    let is_taken = |name: &Value| wanted.iter().any(|w| w.attribute(by) == name);
    let left: Vec<&Value> = found.iter().map(|f| f.attribute(by)).filter(|name| !is_taken(name)).collect();
    let mut left = left.as_slice();
    let each = wanted.iter().enumerate().map(|(i, element)| {
        let mut element = element.clone();
        match (element.attribute(by), left) {
            (name @ Value::String(_), _) if found.iter().any(|f| f.attribute(by) == name) => {}
            (Value::Null | Value::Unknown(_), [only]) => {
                element.set_attribute(by, (*only).clone());
                left = &[];
            }
            _ => return Err(i),
        }
        Ok(element)
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(name: Option<&str>, points: i64) -> Value {
        Value::object([("name", name.map_or(Value::Null, Value::from)), ("points", Value::from(points))])
    }

    #[test]
    fn who_has_no_name_gets_the_only_one_that_is_left() {
        let found = [alert(Some("a"), 1), alert(Some("b"), 1)];
        let names = |wanted: &[Value]| {
            named("name", wanted, &found).map(|all| {
                all.iter().map(|n| n.attribute("name").as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
            })
        };
        assert_eq!(names(&[alert(None, 2), alert(Some("a"), 3)]), Ok(vec!["b".to_owned(), "a".to_owned()]));
        assert_eq!(names(&[alert(Some("b"), 2)]), Ok(vec!["b".to_owned()]));
        assert_eq!(names(&[alert(None, 2)]), Err(0), "either may be meant");
        assert_eq!(names(&[alert(Some("a"), 2), alert(Some("c"), 2)]), Err(1), "there is no such one");
        assert_eq!(names(&[alert(Some("a"), 2), alert(None, 2), alert(None, 3)]), Err(2), "one name, two elements");
        assert_eq!(named("name", &[alert(None, 2)], &[]), Err(0), "there is none yet");
    }
}
