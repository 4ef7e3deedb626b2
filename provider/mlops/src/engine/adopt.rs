//! Taking over an object that somebody else has made, where its kind allows that.

use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::resource::Update;
use tfplug::value::{Path, Value};

use super::run::Run;
use super::{ADOPTED, Declared};
use crate::aws::client::Aws;

impl Declared {
    /// Whether an object that has the planned key may be taken over.
    pub(super) fn may_adopt(&self, planned: &Value) -> bool {
        self.adopts.is_some_and(|adopts| adopts(planned))
    }

    /// Takes over what is described, and changes it to what is planned. It is in no state before all of that is done: Terraform
    /// would replace an object whose creation has failed.
    ///
    /// # Errors
    /// That it differs in what cannot be changed; what AWS responded to a change.
    pub(super) async fn adopt(&self, cx: &Context<Aws>, mut planned: Value, found: &Value) -> Result<Value> {
        let mut run = Run::new(self, cx, planned.clone())?;
        // An order that means nothing is no difference, nor is what AWS fills in where the plan leaves it out.
        let as_planned = run.value(found);
        run.imported = true;
        let mut prior = run.whole_value(found).await?;
        for a in &self.object().attributes {
            let (there, wanted) = (prior.attribute(&a.name), planned.attribute(&a.name));
            if a.requires_replace && !wanted.is_null() && as_planned.attribute(&a.name) != wanted {
                return Err(self.cannot_adopt(&run, &a.name, there).into());
            }
            // What only the apply can tell is null here.
            if !a.mode.is_configurable() && wanted.is_null() {
                planned.set_attribute(&a.name, there.clone());
            }
        }
        for value in [&mut prior, &mut planned] {
            value.set_attribute(ADOPTED, Value::from(true));
        }
        tracing::info!(object = %run.label, "taken over: it existed");
        self.change(cx, Update { prior, planned }).await
    }

    fn cannot_adopt(&self, run: &Run<'_>, attribute: &str, there: &Value) -> Diag {
        let there = there.as_str().map_or_else(|| "another value".to_owned(), |text| format!("{text:?}"));
        let detail = format!(
            "AWS has a {} already, whose `{attribute}` is {there} and cannot be changed. Set `{attribute}` to that, or delete \
             the {} first.",
            run.label, self.noun
        );
        Diag::error(format!("The {} cannot be adopted", self.noun), detail).at(Path::of(attribute))
    }
}
