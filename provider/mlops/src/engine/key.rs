//! What AWS knows an object by: its key in every operation, its id for import, its ARN.

use tfplug::schema::Object;
use tfplug::value::{Path, Value};

use crate::aws::operation::Operation;

/// What AWS knows an object by.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The attribute that holds it: `name`, `arn`.
    pub attribute: &'static str,
    /// The member that it is sent as, if it is not the attribute's own. With `[]` behind it a list of one is sent, as the
    /// Describe operations of some services take it.
    pub member: Option<&'static str>,
    /// Operations that call one of its attributes otherwise: `("UpdateModelPackage", "arn", "model_package_arn")`.
    pub sent_as: &'static [(&'static str, &'static str, &'static str)],
    /// Who gives it.
    pub given_by: GivenBy,
    /// Attributes that name what the object belongs to: AWS needs them too, and they go before the key in ids.
    pub scope: &'static [&'static str],
    /// The one attribute of them all whose values may have slashes. None: the last in ids.
    pub slashed: Option<&'static str>,
    /// What finds an object whose key AWS gives before anybody has seen it. None: nothing does, or there is no need.
    pub found_by: Option<FoundBy>,
}

/// A list in which an object is found whose key AWS gives: by a name that the user gives. It is what a creation without a client
/// token is taken up with, and no second object is made of a name.
#[derive(Clone, Copy, Debug)]
pub struct FoundBy {
    /// The attribute that holds the name. The items have it as the description has, and their ARN, too.
    pub attribute: &'static str,
    /// Lists all objects of the kind.
    pub list: Operation,
    /// The member of the response that has the list.
    pub items: &'static str,
}

/// Who gives a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenBy {
    /// The user, or the provider from `name_prefix`.
    User,
    /// AWS, in the creation's answer.
    Aws,
}

/// The attribute `name`, sent as its own member everywhere.
pub const NAME: Key = Key {
    attribute: "name",
    member: None,
    sent_as: &[],
    given_by: GivenBy::User,
    scope: &[],
    slashed: None,
    found_by: None,
};

impl Key {
    /// A key that AWS gives: the ARN, sent as this member.
    pub const fn arn(member: &'static str) -> Self {
        Self { attribute: "arn", member: Some(member), given_by: GivenBy::Aws, ..NAME }
    }

    /// A key that AWS gives: an id, which is also in the ARN.
    pub const fn id_of(attribute: &'static str) -> Self {
        Self { attribute, given_by: GivenBy::Aws, ..NAME }
    }

    /// A key that AWS gives, of objects that a list finds by a name.
    pub const fn found_by(self, attribute: &'static str, list: Operation, items: &'static str) -> Self {
        Self { found_by: Some(FoundBy { attribute, list, items }), ..self }
    }

    /// The attribute that the user gives: the key, or what the object is found by.
    pub fn given(&self) -> &'static str {
        self.found_by.map_or(self.attribute, |by| by.attribute)
    }

    /// What the user gives to know an object by, before AWS gives it a key.
    pub fn fixed(&self, value: &Value) -> Option<String> {
        match (self.given_by, self.found_by) {
            (GivenBy::User, _) => self.id(value),
            (GivenBy::Aws, Some(by)) => value.attribute(by.attribute).as_str().map(str::to_owned),
            (GivenBy::Aws, None) => None,
        }
    }

    /// All attributes of the key, in the order of ids.
    pub fn attributes(&self) -> impl Iterator<Item = &'static str> {
        self.scope.iter().copied().chain([self.attribute])
    }

    /// The member that one of the key's attributes is sent as.
    fn member_of<'a>(&'a self, attribute: &'a str, operation: &Operation, object: &'a Object) -> &'a str {
        let own = object.attribute(attribute).map_or(attribute, |a| a.member_name());
        let special = self.sent_as.iter().find(|(name, of, _)| (*name, *of) == (operation.name, attribute));
        let member = self.member.filter(|_| attribute == self.attribute);
        special.map(|(.., member)| *member).or(member).unwrap_or(own)
    }

    /// The members that may hold one of the key's attributes in what an operation returns: the one that it is sent as, and the
    /// attribute's own.
    pub(super) fn returned_as<'a>(
        &'a self,
        attribute: &'a str,
        operation: &Operation,
        object: &'a Object,
    ) -> [&'a str; 2] {
        let own = object.attribute(attribute).map_or(attribute, |a| a.member_name());
        [self.member_of(attribute, operation, object), own]
    }

    /// The input of an operation that names the object.
    pub fn input(&self, operation: &Operation, object: &Object, value: &Value) -> Value {
        Value::object(self.attributes().map(|attribute| {
            let (member, value) = (self.member_of(attribute, operation, object), value.attribute(attribute).clone());
            match member.strip_suffix("[]") {
                Some(list) => (list, Value::List(vec![value])),
                None => (member, value),
            }
        }))
    }

    /// The members that an operation's input has for the key.
    #[cfg(test)]
    pub fn members(&self, operation: &Operation, object: &Object) -> Vec<String> {
        self.attributes().map(|a| self.member_of(a, operation, object).trim_end_matches("[]").to_owned()).collect()
    }

    /// The id of an object for people: `churn`, or with its scope `d-abc/alice`. None while a part is not known.
    pub fn id(&self, value: &Value) -> Option<String> {
        let parts: Option<Vec<&str>> = self.attributes().map(|a| value.attribute(a).as_str()).collect();
        Some(parts?.join("/"))
    }

    /// The attributes that an id stands for. None if it has not as many parts as the key.
    pub fn parse(&self, id: &str) -> Option<Vec<(&'static str, String)>> {
        let behind = self.attributes().skip_while(|a| Some(*a) != self.slashed).skip(1).count();
        let mut last: Vec<&str> = id.rsplitn(behind + 1, '/').collect();
        last.reverse();
        let (front, last) = last.split_first()?;
        let first = front.splitn(self.scope.len() + 1 - behind, '/');
        let parts: Vec<&str> = first.chain(last.iter().copied()).filter(|p| !p.is_empty()).collect();
        let complete = parts.len() == self.scope.len() + 1;
        complete.then(|| self.attributes().zip(parts.into_iter().map(str::to_owned)).collect())
    }

    /// The options of the AWS CLI that name an object: `--endpoint-name churn`.
    pub fn cli_options(&self, operation: &Operation, object: &Object, value: &Value) -> String {
        let options = self.attributes().map(|a| {
            let member = self.member_of(a, operation, object).trim_end_matches("[]").replace('_', "-");
            format!(" --{member} {}", value.attribute(a).as_str().unwrap_or("?"))
        });
        options.collect()
    }
}

/// The form of an ARN: `sagemaker` and `endpoint/{name}`, with attributes in braces.
#[derive(Clone, Copy, Debug)]
pub struct ArnForm {
    /// The service in the ARN.
    pub service: &'static str,
    /// Whether the ARN names the region.
    pub regional: bool,
    /// Whether names may be in lower case in it, whatever they are.
    pub lower_case: bool,
    /// Its resource part.
    pub resource: &'static str,
}

impl ArnForm {
    /// The form of an ARN that names the region.
    pub const fn regional(service: &'static str, resource: &'static str) -> Self {
        Self { service, regional: true, lower_case: false, resource }
    }

    /// Whether an ARN says all that the object is known by. Some have an ID of AWS's instead.
    pub fn names(&self, key: &Key) -> bool {
        key.attributes().all(|a| attributes(self.resource).any(|attribute| attribute == a))
    }

    /// The attributes that it is made of.
    pub fn attributes(&self) -> impl Iterator<Item = &'static str> {
        pieces(self.resource).filter_map(|(_, attribute)| attribute)
    }

    /// The resource part of an object's ARN. None while a part is not known.
    pub fn fill(&self, value: &Value) -> Option<String> {
        filled(self.resource, value)
    }

    /// The attributes in the resource part of an ARN. None if it is of another form.
    pub fn parse<'a>(&self, resource: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
        parsed(self.resource, resource)
    }
}

/// The attributes in a text of a form such as `endpoint/{name}`. None if it is of another form.
pub fn parsed<'a>(form: &'static str, text: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
    let pieces: Vec<_> = pieces(form).collect();
    let mut rest = text;
    let mut found = Vec::new();
    for (i, (text, attribute)) in pieces.iter().enumerate() {
        rest = rest.strip_prefix(text)?;
        let Some(attribute) = attribute else { continue };
        let end = pieces.get(i + 1).map_or(Some(rest.len()), |(next, _)| rest.find(next))?;
        let (value, after) = rest.split_at(end);
        if value.is_empty() {
            return None;
        }
        found.push((*attribute, value));
        rest = after;
    }
    rest.is_empty().then_some(found)
}

/// The literal texts and the attributes in braces of a form such as `endpoint/{name}`, in turns; the first is a text.
fn pieces(form: &'static str) -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
    form.split('}').filter(|p| !p.is_empty()).map(|piece| match piece.split_once('{') {
        Some((text, attribute)) => (text, Some(attribute)),
        None => (piece, None),
    })
}

/// The attributes in a form, in their order.
pub fn attributes(form: &'static str) -> impl Iterator<Item = &'static str> {
    pieces(form).filter_map(|(_, attribute)| attribute)
}

/// A form for people: `endpoint/NAME`.
pub fn shown(form: &'static str) -> String {
    pieces(form).map(|(text, attribute)| format!("{text}{}", attribute.unwrap_or_default().to_uppercase())).collect()
}

/// A form with the values of its attributes. None while one is not known.
pub fn filled(form: &'static str, value: &Value) -> Option<String> {
    let mut filled = String::new();
    for (text, attribute) in pieces(form) {
        filled.push_str(text);
        if let Some(attribute) = attribute {
            filled.push_str(value.at(&Path::parse(attribute))?.as_str()?);
        }
    }
    Some(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: ArnForm = ArnForm::regional("sagemaker", "user-profile/{domain_id}/{name}");

    fn value(pairs: &[(&str, &str)]) -> Value {
        Value::object(pairs.iter().map(|(k, v)| (*k, Value::from(*v))))
    }

    #[test]
    fn arns_are_filled_and_parsed() {
        let of = value(&[("domain_id", "d-1"), ("name", "alice")]);
        assert_eq!(PROFILE.fill(&of).as_deref(), Some("user-profile/d-1/alice"));
        assert_eq!(PROFILE.fill(&value(&[("name", "alice")])), None);
        assert_eq!(PROFILE.parse("user-profile/d-1/alice"), Some(vec![("domain_id", "d-1"), ("name", "alice")]));
        for other in ["user-profile/d-1", "user-profile//alice", "space/d-1/alice", ""] {
            assert_eq!(PROFILE.parse(other), None, "{other}");
        }
        let alarm = ArnForm::regional("cloudwatch", "alarm:{name}");
        assert_eq!(alarm.parse("alarm:a/b"), Some(vec![("name", "a/b")]));
    }

    #[test]
    fn ids_have_as_many_parts_as_the_key() {
        let key = Key { scope: &["domain_id"], ..NAME };
        assert_eq!(key.id(&value(&[("domain_id", "d-1"), ("name", "alice")])).as_deref(), Some("d-1/alice"));
        assert_eq!(key.id(&value(&[("name", "alice")])), None);
        let parts = vec![("domain_id", "d-1".to_owned()), ("name", "alice".to_owned())];
        assert_eq!(key.parse("d-1/alice"), Some(parts));
        assert_eq!(key.parse("alice"), None);
        assert_eq!(key.parse("/alice"), None);
        assert_eq!(NAME.parse("alice"), Some(vec![("name", "alice".to_owned())]));
        assert_eq!(key.parse("d-1/a/b"), Some(vec![("domain_id", "d-1".to_owned()), ("name", "a/b".to_owned())]));
    }

    #[test]
    fn the_part_that_may_have_slashes_has_all_of_them() {
        let key = Key { scope: &["service", "id", "dimension"], slashed: Some("id"), ..NAME };
        let parts = [("service", "s"), ("id", "e/x/v/y"), ("dimension", "d:1"), ("name", "n")];
        assert_eq!(key.id(&value(&parts)).as_deref(), Some("s/e/x/v/y/d:1/n"));
        let parsed = key.parse("s/e/x/v/y/d:1/n").unwrap();
        assert_eq!(parsed, parts.map(|(name, part)| (name, part.to_owned())));
        for other in ["s/d:1/n", "s//d:1/n", "n", ""] {
            assert_eq!(key.parse(other), None, "{other}");
        }
    }

    #[test]
    fn not_every_arn_says_what_an_object_is_known_by() {
        assert!(PROFILE.names(&Key { scope: &["domain_id"], ..NAME }));
        assert!(!ArnForm { resource: "scalable-target/{id}", ..PROFILE }.names(&NAME));
    }
}
