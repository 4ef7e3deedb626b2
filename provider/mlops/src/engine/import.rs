//! Importing a declared object by its ID, its ARN or its identity: each ends in the same state.

use tfplug::diag::{Diag, Result};
use tfplug::schema::{Kind, Object, Rule};
use tfplug::value::Value;

use super::{Declared, key};
use crate::aws::arn::Arn;
use crate::aws::client::Aws;

/// What an ID of another tool says of an object.
struct Elsewhere {
    key: Vec<(&'static str, String)>,
    region: Option<String>,
    account: Option<String>,
}

impl Declared {
    /// The nearly empty state of an import, which a read completes. An ID is what the object is known by, its ARN, what
    /// another tool knows it by, or one of these with `@REGION` behind it.
    pub(super) fn imported(&self, aws: Option<&Aws>, given: &str) -> Result<Value> {
        match given.rsplit_once('@') {
            Some((id, region)) => self.identified(aws, id, Some(region)),
            None => self.identified(aws, given, None),
        }
    }

    /// The same of an ID without a region.
    pub(super) fn identified(&self, aws: Option<&Aws>, id: &str, region: Option<&str>) -> Result<Value> {
        if let Some(other) = self.other_ids.iter().find_map(|form| self.known_elsewhere(form, id)) {
            self.check_account(aws, id, &other.account)?;
            return Ok(self.nearly_empty(other.key, region.map(str::to_owned).or(other.region)));
        }
        let arn = Arn::parse(id).ok();
        let key = match &arn {
            Some(arn) if arn.service == self.arn.service => self.key_in(id),
            Some(_) => None,
            None if self.key.attribute == "arn" => None,
            None => self.key.parse(id),
        };
        let Some(key) = key.filter(|key| self.is_lawful(key)) else { return Err(self.not_understood(id).into()) };
        if let Some(arn) = &arn {
            self.check_arn(aws, arn, region)?;
        }
        let region = region.map(str::to_owned).or_else(|| arn.map(|arn| arn.region).filter(|r| !r.is_empty()));
        Ok(self.nearly_empty(key, region))
    }

    /// What an ID of another tool says. None if it is not of this form.
    fn known_elsewhere(&self, form: &'static str, id: &str) -> Option<Elsewhere> {
        let parts = key::parsed(form, id)?;
        let said = |name: &str| parts.iter().find(|(part, _)| *part == name).map(|(_, value)| (*value).to_owned());
        let default = |name: &str| self.object().attribute(name)?.default.as_ref()?.as_str().map(str::to_owned);
        let key: Option<Vec<_>> =
            self.key.attributes().map(|name| Some((name, said(name).or_else(|| default(name))?))).collect();
        let key = key.filter(|key| self.is_lawful(key))?;
        Some(Elsewhere { key, region: said("region"), account: said("account_id") })
    }

    /// Whether the schema accepts the values of a key.
    pub(super) fn is_lawful(&self, key: &[(&'static str, String)]) -> bool {
        key.iter().all(|(attribute, value)| {
            let validators = self.object().attribute(attribute).map(|a| a.validators.as_slice());
            validators.unwrap_or_default().iter().all(|v| v.accepts(&Value::from(value.as_str())))
        })
    }

    /// An ID that names an account must be of the one that is looked in.
    fn check_account(&self, aws: Option<&Aws>, id: &str, account: &Option<String>) -> Result<()> {
        let here = aws.and_then(Aws::known_account_id);
        match (account, here) {
            (Some(there), Some(here)) if there != here => {
                let noun = self.noun;
                let detail = format!(
                    "The {noun} {id} belongs to the account {there}, and the provider works in the account {here}."
                );
                Err(Diag::error("Invalid import ID", detail).into())
            }
            _ => Ok(()),
        }
    }

    /// The same from an identity, whose parts are the key's attributes and perhaps the region.
    pub(super) fn imported_by_identity(&self, aws: Option<&Aws>, identity: &Value) -> Result<Value> {
        let region = identity.attribute("region").as_str();
        let id = self.key.id(identity).unwrap_or_default();
        let state = match region {
            Some(region) => self.imported(aws, &format!("{id}@{region}"))?,
            None => self.imported(aws, &id)?,
        };
        // What is no ARN in its own attribute is none here: an ARN for a name would find the object of the name in it.
        let same = self.key.attributes().all(|a| state.attribute(a) == identity.attribute(a));
        if same { Ok(state) } else { Err(self.not_understood(&id).into()) }
    }

    /// What an import knows before the object is read.
    pub(super) fn nearly_empty(&self, key: Vec<(&'static str, String)>, region: Option<String>) -> Value {
        let object = self.object();
        let mut state = object.null_value();
        state.set_attribute("region", Value::from(region));
        for a in object.attributes.iter().filter(|a| a.provider_only) {
            if let Some(default) = &a.default {
                state.set_attribute(&a.name, default.clone());
            }
        }
        for (attribute, value) in key {
            if object.attribute(attribute).is_some() {
                state.set_attribute(attribute, Value::from(value));
            }
        }
        state
    }

    /// An ARN names an account and a region, which must be those that are looked in.
    fn check_arn(&self, aws: Option<&Aws>, arn: &Arn, region: Option<&str>) -> Result<()> {
        let refuse = |detail: String| Err(Diag::error("Invalid import ID", detail).into());
        arn.must_be_of(aws.and_then(Aws::known_account_id), self.noun)?;
        let here = region.or_else(|| aws.and_then(Aws::default_region));
        match here.filter(|here| !arn.region.is_empty() && *here != arn.region) {
            Some(here) if region.is_some() => {
                refuse(format!("The {} {arn} is in the region {}, not in {here}.", self.noun, arn.region))
            }
            Some(here) => {
                let (noun, there) = (self.noun, &arn.region);
                refuse(format!(
                    "The {noun} {arn} is in the region {there}, and the provider works in {here}. Set `region = \"{there}\"` in \
                     the resource, and import {arn}@{there}."
                ))
            }
            None => Ok(()),
        }
    }

    fn not_understood(&self, id: &str) -> Diag {
        let resource = self.arn.resource.replace(['{', '}'], "").to_uppercase();
        let kind = self.arn.resource.split('{').next().unwrap_or_default();
        let rest = &resource[kind.len()..];
        let region = if self.arn.regional { "REGION" } else { "" };
        let arn = format!("arn:aws:{}:{region}:ACCOUNT:{kind}{rest}", self.arn.service);
        let forms = if self.key.attribute == "arn" {
            format!("Give its ARN (`{arn}`).")
        } else {
            let key: Vec<String> = self.key.attributes().map(str::to_uppercase).collect();
            let key = key.join("/");
            match self.arn.names(&self.key) {
                true => format!("Give {key}, {key}@REGION, or its ARN (`{arn}`)."),
                false => format!("Give {key} or {key}@REGION."),
            }
        };
        let others: String = self.other_ids.iter().map(|form| format!(" Or `{}`.", key::shown(form))).collect();
        Diag::error("Invalid import ID", format!("{id:?} identifies no {}. {forms}{others}", self.noun))
    }
}

/// What a creator left out inside of a structure, and AWS does not describe, is the default: otherwise the configuration,
/// which has the default, would differ from what was imported, and an object that cannot be changed would be replaced.
/// What AWS says of the object itself it says in full.
pub(super) fn with_defaults(object: &Object, value: Value, inside: bool) -> Value {
    let Value::Object(mut entries) = value else { return value };
    for attribute in &object.attributes {
        let Some(found) = entries.get_mut(&*attribute.name) else { continue };
        match &attribute.default {
            Some(default) if inside && found.is_null() => *found = default.clone(),
            _ => nested(&attribute.kind, found, |inner, value| with_defaults(inner, value, true)),
        }
    }
    Value::Object(entries)
}

/// What AWS describes beside what it repeats is left out: of several attributes of which a configuration may have one, an
/// import has the first.
pub(super) fn without_repetitions(object: &Object, value: Value) -> Value {
    let Value::Object(mut entries) = value else { return value };
    for rule in &object.rules {
        let (Rule::ExactlyOneOf(all) | Rule::AtMostOneOf(all)) = rule else { continue };
        let set = all.iter().filter(|name| entries.get(&***name).is_some_and(|v| !v.is_null()));
        for surplus in set.skip(1).cloned().collect::<Vec<_>>() {
            entries.insert(surplus.to_string(), Value::Null);
        }
    }
    for attribute in &object.attributes {
        let Some(found) = entries.get_mut(&*attribute.name) else { continue };
        nested(&attribute.kind, found, without_repetitions);
    }
    Value::Object(entries)
}

/// Changes the objects that an attribute consists of.
fn nested(kind: &Kind, value: &mut Value, change: impl Fn(&Object, Value) -> Value) {
    let Kind::Nested(_, inner) = kind else { return };
    let all = |values: Vec<Value>| values.into_iter().map(|v| change(inner, v)).collect();
    *value = match std::mem::replace(value, Value::Null) {
        Value::List(values) => Value::List(all(values)),
        Value::Set(values) => Value::Set(all(values)),
        Value::Map(values) => Value::Map(values.into_iter().map(|(key, v)| (key, change(inner, v))).collect()),
        other => change(inner, other),
    };
}
