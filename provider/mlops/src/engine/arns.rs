//! ARNs of declared kinds without AWS: from what names an object, and back.

use tfplug::value::Value;

use super::{Declared, key};
use crate::aws::arn::{Arn, partition};

impl Declared {
    /// What names an object in its ARN, in the order of the ARN.
    pub fn names_of_arn(&self) -> Vec<&'static str> {
        key::attributes(self.arn.resource).collect()
    }

    /// The ARN of an object, from as many names as [`Declared::names_of_arn`] has. The partition is the region's, also where
    /// the ARN itself has no region.
    ///
    /// # Errors
    /// Which of the names is none, and what it must be.
    pub fn arn_with(&self, region: &str, account_id: &str, names: &[&str]) -> Result<Arn, (usize, String)> {
        let attributes = self.names_of_arn();
        for (i, (attribute, name)) in attributes.iter().zip(names).enumerate() {
            let declared = self.object().attribute(attribute).map(|a| a.validators.as_slice());
            let wrong = declared.unwrap_or_default().iter().find(|v| !v.accepts(&Value::from(*name)));
            if let Some(wrong) = wrong {
                return Err((
                    i,
                    format!("`{attribute}` of the {} must be {}; {name:?} is not.", self.noun, wrong.expected()),
                ));
            }
        }
        let named = Value::object(attributes.iter().copied().zip(names.iter().map(|name| Value::from(*name))));
        let resource = self.arn.fill(&named).filter(|resource| !resource.contains(char::is_whitespace));
        // What reads otherwise than it was written, such as a slash where the form has one, names another object.
        let same = |resource: &String| {
            let read = self.arn.parse(resource).unwrap_or_default();
            read.len() == names.len() && read.iter().map(|(_, name)| *name).eq(names.iter().copied())
        };
        let Some(resource) = resource.filter(same) else {
            let form = key::shown(self.arn.resource);
            return Err((0, format!("The ARN of a {} ends in `{form}`, which {names:?} does not fit.", self.noun)));
        };
        let shown = if self.arn.regional { region } else { "" };
        Ok(Arn::new(partition(region).id, self.arn.service, shown, account_id, resource))
    }

    /// The names in the ARN of an object of this kind; None if it is not one.
    pub fn names_in_arn<'a>(&self, arn: &'a Arn) -> Option<Vec<&'a str>> {
        if arn.service != self.arn.service || arn.region.is_empty() == self.arn.regional {
            return None;
        }
        let names = self.arn.parse(&arn.resource)?;
        let owned: Vec<_> = names.iter().map(|(attribute, name)| (*attribute, (*name).to_owned())).collect();
        self.is_lawful(&owned).then(|| names.into_iter().map(|(_, name)| name).collect())
    }
}
