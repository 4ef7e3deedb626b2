//! Importing a declared object by its id or ARN.

use tfplug::diag::{Diag, Result};
use tfplug::value::Value;

use super::Declared;
use super::key::GivenBy;
use crate::aws::arn::Arn;
use crate::aws::names;

impl Declared {
    /// The nearly empty state of an import, which a read completes. An id is what the object is known by, its ARN, or
    /// either with `@region` behind it.
    pub(super) fn imported(&self, given: &str) -> Result<Value> {
        let (id, region) = match given.rsplit_once('@') {
            Some((id, region)) => (id, Some(region.to_owned())),
            None => (given, None),
        };
        let arn = Arn::parse(id).ok();
        let parts = arn.as_ref().and_then(|arn| self.arn.parse(&arn.resource));
        let key = match (self.key.given_by, parts) {
            (GivenBy::Aws, Some(_)) if self.key.attribute == "arn" => Some(vec![("arn", id.to_owned())]),
            (_, Some(parts)) if self.arn.names(&self.key) => {
                Some(parts.into_iter().map(|(a, v)| (a, v.to_owned())).collect())
            }
            (GivenBy::User, None) if arn.is_none() => self.key.parse(id),
            _ => None,
        };
        let schema = (self.schema)();
        let lawful = |(attribute, value): &(&str, String)| {
            let validators = schema.object.attribute(attribute).map(|a| a.validators.as_slice());
            validators.unwrap_or_default().iter().all(|v| v.accepts(&Value::from(value.as_str())))
        };
        let Some(key) = key.filter(|key| key.iter().all(lawful)) else { return Err(self.not_understood(id).into()) };
        let mut state = schema.object.null_value();
        let region = region.or_else(|| arn.map(|arn| arn.region).filter(|r| !r.is_empty()));
        state.set_attribute("region", Value::from(region));
        for a in schema.object.attributes.iter().filter(|a| a.provider_only) {
            if let Some(default) = &a.default {
                state.set_attribute(&a.name, default.clone());
            }
        }
        for (attribute, value) in key {
            if attribute == "name" && schema.object.attribute("name_prefix").is_some() {
                state.set_attribute("name_prefix", Value::from(names::prefix_of(&value)));
            }
            if schema.object.attribute(attribute).is_some() {
                state.set_attribute(attribute, Value::from(value));
            }
        }
        Ok(state)
    }

    fn not_understood(&self, id: &str) -> Diag {
        let resource = self.arn.resource.replace(['{', '}'], "").to_uppercase();
        let kind = self.arn.resource.split('{').next().unwrap_or_default();
        let rest = &resource[kind.len()..];
        let region = if self.arn.regional { "REGION" } else { "" };
        let arn = format!("arn:aws:{}:{region}:ACCOUNT:{kind}{rest}", self.arn.service);
        let forms = match self.key.given_by {
            GivenBy::Aws => format!("Give its ARN (`{arn}`)."),
            GivenBy::User => {
                let key: Vec<String> = self.key.attributes().map(str::to_uppercase).collect();
                let key = key.join("/");
                match self.arn.names(&self.key) {
                    true => format!("Give {key}, {key}@REGION, or its ARN (`{arn}`)."),
                    false => format!("Give {key} or {key}@REGION."),
                }
            }
        };
        Diag::error("Invalid import ID", format!("{id:?} identifies no {}. {forms}", self.noun))
    }
}
