//! Variants that are registered for autoscaling while the plan of their endpoint changes them.
//!
//! AWS refuses an update that removes a registered variant or changes its instance type, and deregisters all variants of an
//! endpoint that is deleted. Source: SageMaker developer guide, "Update or delete endpoints that use automatic scaling". Terraform
//! destroys what depends on an endpoint before it updates or replaces that, and creates it afterwards. So the plan of an endpoint
//! leaves a note of such variants, and the plans that follow register them anew.

use tfplug::context::Context;
use tfplug::diag::Diag;
use tfplug::plan::Plan;
use tfplug::value::{Path, Value};

use super::endpoint::Endpoint;
use super::endpoint_configuration::settings::ConfigurationSettings;
use super::endpoint_configuration::variant::ProductionVariant;
use crate::aws::client::Aws;
use crate::shapes::fields::Named;
use crate::shapes::scaling_target::{Scaled, names_in};

/// A note of an endpoint that is created: it has no registered variants. No variant has this name.
const ALL: &str = "*";

/// What a note about an endpoint is found by.
fn key(region: &Value, endpoint: &str) -> Option<String> {
    Some(format!("registered variants of the endpoint {} {endpoint}", region.as_str()?))
}

/// Notes which variants the plan of an endpoint removes, or gives another instance type. Of an endpoint whose configuration
/// is a resource of its own this is not known.
pub(super) fn note(cx: &Context<Aws>, plan: &Plan<'_>) {
    let name = plan.get(Named::NAME).as_str().and_then(|name| key(plan.get(Named::REGION), name));
    let (Some(aws), Some(key)) = (cx.try_client(), name) else { return };
    let moved = if plan.is_create() {
        vec![ALL]
    } else {
        moved(plan.prior.attribute(Endpoint::CONFIGURATION), plan.get(Endpoint::CONFIGURATION))
    };
    aws.note(key, Some(moved.join("\n").into()));
}

/// The variants that are not left as they are. What is not known yet may be left.
fn moved<'a>(prior: &'a Value, planned: &Value) -> Vec<&'a str> {
    let variants = |of: &'a Value| of.attribute(ConfigurationSettings::PRODUCTION_VARIANTS).as_elements();
    let Some(after) = planned.attribute(ConfigurationSettings::PRODUCTION_VARIANTS).as_elements() else {
        return Vec::new();
    };
    let name = |of: &'a Value| of.attribute(ProductionVariant::VARIANT_NAME).as_str();
    let stays = |before: &Value| {
        let name = before.attribute(ProductionVariant::VARIANT_NAME);
        let mut same = after.iter().filter(|v| {
            let found = v.attribute(ProductionVariant::VARIANT_NAME);
            found == name || found.is_unknown()
        });
        let kind = before.attribute(ProductionVariant::INSTANCE_TYPE);
        same.any(|v| {
            let found = v.attribute(ProductionVariant::INSTANCE_TYPE);
            found == kind || found.is_unknown()
        })
    };
    variants(prior).unwrap_or_default().iter().filter(|before| !stays(before)).filter_map(name).collect()
}

/// Plans that what belongs to a registered variant is made anew, where its endpoint cannot be changed with it.
pub(super) fn plan(cx: &Context<Aws>, plan: &mut Plan<'_>, what: &str) {
    let id = plan.prior.attribute(Scaled::RESOURCE_ID).as_str().unwrap_or_default();
    let (Some(aws), [(_, endpoint), (_, variant)]) = (cx.try_client(), &names_in(id)[..]) else { return };
    let noted = key(plan.prior.attribute(Scaled::REGION), endpoint).and_then(|key| aws.noted(&key)).flatten();
    let because = match noted.as_deref() {
        Some(ALL) => {
            format!("The plan creates the endpoint {endpoint:?}, and AWS deletes the {what} with the former one.")
        }
        Some(moved) if moved.lines().any(|name| name == *variant) => format!(
            "The plan removes the variant {variant:?} of the endpoint {endpoint:?} or changes its instance type, which AWS refuses \
             as long as the variant is registered for autoscaling."
        ),
        _ => return,
    };
    let detail = format!(
        "{because} Terraform therefore deletes the {what} first, and creates it again when the endpoint is as planned. Until then \
         nothing scales the variant."
    );
    cx.warn(
        Diag::warning(format!("The {what} is replaced for its endpoint"), detail).at(Path::of(Scaled::RESOURCE_ID)),
    );
    plan.set(Scaled::CREATION_TIME, Value::unknown());
    plan.requires_replace(Path::of(Scaled::CREATION_TIME));
}
