//! Names that are made from a prefix, and the region that an object is in.

use tfplug::context::Context;
use tfplug::plan::Plan;
use tfplug::value::{Path, Unknown, Value};

use crate::aws::client::Aws;

/// Length of a generated suffix.
pub const SUFFIX: usize = 26;

/// A name that nobody has: the prefix, 15 digits of the time in milliseconds, 11 random characters.
pub fn generate(prefix: &str) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let random: String = std::iter::repeat_with(|| fastrand::char('a'..='z')).take(SUFFIX - 15).collect();
    format!("{prefix}{:015}{random}", now.as_millis())
}

/// The prefix of the names of objects that the user gave neither name nor prefix.
pub const DEFAULT_PREFIX: &str = "terraform-";

/// Plans `region`: the provider's, where the user names none.
pub fn plan_region(cx: &Context<Aws>, plan: &mut Plan<'_>) {
    if let (Some(aws), true) = (cx.try_client(), plan.get("region").is_unknown())
        && let (Some(region), true) = (aws.default_region(), plan.config.attribute("region").is_null())
    {
        plan.set("region", Value::from(region));
    }
}

/// Plans `name`: unknown, with its beginning promised, if it is to be generated; a changed `name_prefix` that the name
/// no longer begins with demands a new object.
pub fn plan(plan: &mut Plan<'_>) {
    if !plan.config.attribute("name").is_null() {
        return;
    }
    let prefix = match plan.get("name_prefix") {
        Value::String(prefix) => prefix.clone(),
        Value::Unknown(_) => return,
        _ => DEFAULT_PREFIX.to_owned(),
    };
    if plan.is_create() {
        plan.set("name", Value::Unknown(Unknown { not_null: true, prefix: Some(prefix) }));
    } else if plan.get("name_prefix").as_str().is_some_and(|p| !is_from(plan.prior.attribute("name"), p)) {
        plan.requires_replace(Path::of("name_prefix"));
    }
}

fn is_from(name: &Value, prefix: &str) -> bool {
    name.as_str().is_some_and(|name| name.starts_with(prefix))
}

/// The name to create with: the planned one, or a generated one.
pub fn choose(planned: &Value) -> String {
    match planned.attribute("name").as_str() {
        Some(name) => name.to_owned(),
        None => generate(planned.attribute("name_prefix").as_str().unwrap_or(DEFAULT_PREFIX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_names_are_lawful_and_differ() {
        let (a, b) = (generate(&"p".repeat(37)), generate(&"p".repeat(37)));
        assert!(crate::sagemaker::names::NAME.accepts(&Value::from(a.as_str())), "{a}");
        assert_ne!(a, b);
    }
}
