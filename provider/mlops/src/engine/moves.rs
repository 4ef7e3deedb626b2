//! Taking over an object from the state of another provider, for a `moved` block (Terraform 1.8 and later): the source names
//! it, and a read completes it, as after an import.

use serde_json::Value as Json;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::plan::Plan;
use tfplug::resource::{MoveSource, Moved};
use tfplug::value::Value;

use super::Declared;
use super::update::is_flagged;
use crate::aws::arn::Arn;
use crate::aws::client::Aws;

/// Kept with the state of an object that was moved here and not read since.
const MOVED: &str = "moved";

/// A resource type of another provider.
#[derive(Clone, Copy, Debug)]
pub struct MovedFrom {
    /// The type. Its prefix is the name of its provider, which is HashiCorp's: `aws_sagemaker_model`.
    pub source: &'static str,
    /// The attributes of its state that make an import ID, with slashes between them.
    pub id: &'static [&'static str],
}

impl MovedFrom {
    /// From a type whose objects are known by these attributes.
    pub const fn new(source: &'static str, id: &'static [&'static str]) -> Self {
        Self { source, id }
    }

    /// Whether this is where an object comes from, whatever the host of the provider's registry.
    fn is(&self, source: &MoveSource) -> bool {
        let provider = self.source.split('_').next().unwrap_or_default();
        source.type_name == self.source && source.provider.ends_with(&format!("/hashicorp/{provider}"))
    }
}

/// What a stored state says of its object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// An import ID without a region.
    pub id: String,
    /// The region, if the state says it: as an attribute since version 6 of the provider `aws`, else in an ARN. The `id` of the
    /// provider `awscc` is the primary identifier of CloudFormation's type, which is an ARN for most of SageMaker's.
    pub region: Option<String>,
}

/// What a state to be moved says, if it is that of one of these types.
///
/// # Errors
/// A diagnostic that names the attribute that is missing.
pub fn source(sources: &[MovedFrom], moved: &MoveSource) -> Result<Option<Source>> {
    let Some(from) = sources.iter().find(|from| from.is(moved)) else { return Ok(None) };
    let text = |attribute: &str| moved.state.get(attribute).and_then(Json::as_str).filter(|text| !text.is_empty());
    let part = |attribute: &&str| {
        text(attribute).ok_or_else(|| {
            let detail = format!(
                "The state of the {} has no `{attribute}`, which says what it is in AWS. Refresh it with its own provider \
                 before it is moved (terraform apply -refresh-only), or use an `import` block and a `removed` block instead.",
                from.source
            );
            Diags::from(Diag::error("Stored state cannot be moved", detail))
        })
    };
    let id = from.id.iter().map(part).collect::<Result<Vec<&str>>>()?.join("/");
    let in_arn = |attribute: &str| Some(Arn::parse(text(attribute)?).ok()?.region).filter(|region| !region.is_empty());
    let region = text("region").map(str::to_owned).or_else(|| in_arn("arn")).or_else(|| in_arn("id"));
    Ok(Some(Source { id, region }))
}

/// The nearly empty state of an object that was moved here.
pub fn moved(state: Value) -> Moved {
    Moved { private: [(MOVED.to_owned(), Json::Bool(true))].into_iter().collect(), ..Moved::from(state) }
}

/// Notes that the object was read.
pub fn read(cx: &Context<Aws>) {
    if is_flagged(cx, MOVED) {
        cx.set_private(MOVED, false.into());
    }
}

/// Refuses to plan with what was not read: every attribute would seem to be new.
///
/// # Errors
/// A diagnostic that says what to do.
pub fn must_be_read(cx: &Context<Aws>, plan: &Plan<'_>, noun: &str) -> Result<()> {
    if plan.is_create() || !is_flagged(cx, MOVED) {
        return Ok(());
    }
    let detail = format!(
        "The {noun} was moved here from a resource of another provider, of which only the name is taken over. Plan the move \
         without `-refresh=false`, so that the rest is read from AWS."
    );
    Err(Diag::error("What is moved must be read first", detail).into())
}

impl Declared {
    /// The state of an object that a resource of another provider had.
    pub(super) fn taken_over(&self, from: &MoveSource) -> Result<Option<Moved>> {
        let Some(Source { id, region }) = source(self.moved_from, from)? else { return Ok(None) };
        self.identified(None, &id, region.as_deref()).map(|state| Some(moved(state)))
    }
}
