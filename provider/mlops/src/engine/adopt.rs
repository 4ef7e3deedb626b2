//! Taking over an object that somebody else has made, where its kind allows that.

use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::plan::Plan;
use tfplug::resource::Update;
use tfplug::value::{Path, Value};

use super::run::Run;
use super::{ADOPTED, Declared};
use crate::aws::client::Aws;

/// How what exists already is taken over.
#[derive(Clone, Copy, Debug)]
pub struct Adopts {
    /// Whether it may be, by what is planned.
    pub may: fn(&Value) -> bool,
    /// What the plan says of it beside that: full sentences.
    pub note: &'static str,
}

impl Declared {
    /// What a note says that an object is in the state by.
    fn mark_of_state(&self, region: &str, id: &str) -> String {
        format!("{} {id:?} in {region} is in the state", self.type_name())
    }

    /// Leaves a note that an object is in the state. Terraform plans its replacement as it plans a creation.
    pub(super) fn note_state(&self, aws: &Aws, region: &str, state: &Value) {
        if let (Some(_), Some(id)) = (self.adopts, self.key.id(state)) {
            aws.note(self.mark_of_state(region, &id), None);
        }
    }

    /// Says in the plan what the creation will take over, for the reviewer to know. AWS may make it any time until the apply.
    pub(super) async fn plan_adoption(&self, cx: &Context<Aws>, plan: &Plan<'_>) {
        let planned = plan.planned();
        let (Some(adopts), Some(client), Some(id)) = (self.adopts, cx.try_client(), self.key.id(planned)) else {
            return;
        };
        let region = client.region(planned.attribute("region").as_str());
        if !plan.is_create() {
            self.note_state(client, region.region(), planned);
            return;
        }
        if !(adopts.may)(planned) || client.noted(&self.mark_of_state(region.region(), &id)).is_some() {
            return;
        }
        // What AWS refuses here it refuses the apply, too, which says so.
        let Ok(run) = Run::new(self, cx, planned.clone()) else { return };
        let Ok(Some(found)) = run.describe().await else { return };
        let earlier = client.creations().begun(&self.type_name(), region.region(), &id);
        if let Some(earlier) = earlier
            && run.is_made_by(&found, |found| earlier.made(found)).await
        {
            return;
        }
        let detail = format!(
            "AWS has the {} already. The apply adopts it, and changes it to what is configured. A destroy leaves it alone, unless \
             `on_destroy = \"delete\"`. {}",
            run.label, adopts.note
        );
        let key = Path::of(self.key.attribute);
        let at = if plan.config.attribute(self.key.attribute).is_null() { Path::root() } else { key };
        cx.warn(Diag::warning(format!("The {} exists and will be adopted", self.noun), detail).at(at));
    }

    /// Whether an object that has the planned key may be taken over.
    pub(super) fn may_adopt(&self, planned: &Value) -> bool {
        self.adopts.is_some_and(|adopts| (adopts.may)(planned))
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
