//! From the member that a validation message of AWS names to the attribute in the user's configuration.

use tfplug::schema::{Kind, Nesting, Object};
use tfplug::value::{Path, Step};

use crate::aws::snake_case::snake_case;

/// The attribute that a validation message names, in snake case: `Value 'x' at 'productionVariants.1.member.instanceType'
/// failed to satisfy constraint` leads to `production_variants[0].instance_type`. None if no member is named.
///
/// Two spellings occur. Services of the older kind count list elements from 1 and mark both elements and map entries with
/// `member`; newer ones use a JSON pointer (`/productionVariants/0/instanceType`) that counts from 0.
pub fn attribute_path(message: &str) -> Option<Path> {
    let mut rest = message;
    while let Some(start) = rest.find(" at '") {
        rest = &rest[start + 5..];
        let (member, after) = rest.split_once('\'')?;
        let path = match member.strip_prefix('/') {
            Some(pointer) => pointer_path(pointer),
            None => member_path(member),
        };
        if path.is_some() {
            return path;
        }
        rest = after;
    }
    None
}

/// The same, with the members replaced by the attributes that stand for them. The path ends where the resource has no
/// such attribute; None if not even its first step is one.
pub fn attribute_path_in(message: &str, object: &Object) -> Option<Path> {
    let members = attribute_path(message).or_else(|| subject(message, object))?;
    let mut object = Some(object);
    let mut steps = Vec::new();
    for step in members.0 {
        match step {
            Step::Attribute(member) => {
                let Some(attribute) = object.and_then(|o| {
                    o.attributes
                        .iter()
                        .find(|a| !a.provider_only && a.member_name() == member)
                        .or_else(|| o.attribute(&member))
                }) else {
                    break;
                };
                steps.push(Step::Attribute(attribute.name.to_string()));
                object = match &attribute.kind {
                    Kind::Nested(Nesting::Set, _) | Kind::Leaf(_) => None,
                    Kind::Nested(_, inner) => Some(inner),
                };
            }
            other => steps.push(other),
        }
    }
    (!steps.is_empty()).then_some(Path(steps))
}

/// The attribute that a message is about as a whole: `The dashboard body is invalid, ...`, `The field DashboardBody must be ...`. Source:
/// github.com/aws-samples/aws-eda-slurm-cluster issue 116.
fn subject(message: &str, object: &Object) -> Option<Path> {
    let rest = message.strip_prefix("The ")?;
    let field = rest.strip_prefix("field ").and_then(|rest| rest.split(' ').next()).map(snake_case);
    let is_it = |member: &str| {
        let words = rest.strip_prefix(&member.replace('_', " ")).is_some_and(|rest| rest.starts_with(" is invalid"));
        words || field.as_deref() == Some(member)
    };
    let attribute = object.attributes.iter().find(|a| !a.provider_only && is_it(a.member_name()))?;
    Some(Path::of(&attribute.name))
}

fn member_path(text: &str) -> Option<Path> {
    let mut path = Path::root();
    let mut parts = text.split('.').peekable();
    while let Some(part) = parts.next() {
        let (name, index) = match part.split_once('[') {
            Some((name, index)) => (name, index.strip_suffix(']').and_then(|i| i.parse::<usize>().ok())),
            None => (part, None),
        };
        let element = parts.peek() == Some(&"member");
        match name.parse::<usize>() {
            Ok(n) if !path.0.is_empty() => path = path.index(n.saturating_sub(1)),
            _ if element && !path.0.is_empty() => path = path.key(name),
            _ if is_member(name) => path = path.attribute(&snake_case(name)),
            _ => return None,
        }
        if let Some(index) = index {
            path = path.index(index);
        }
        if element {
            parts.next();
        }
    }
    (!path.0.is_empty()).then_some(path)
}

fn pointer_path(text: &str) -> Option<Path> {
    let mut path = Path::root();
    for part in text.split('/').filter(|p| !p.is_empty()) {
        path = match part.parse() {
            Ok(index) => path.index(index),
            Err(_) if is_member(part) => path.attribute(&snake_case(part)),
            Err(_) => path.key(part),
        };
    }
    (!path.0.is_empty()).then_some(path)
}

fn is_member(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use tfplug::schema::{Attribute, Mode, Type};

    use super::*;

    fn text(message: &str) -> Option<String> {
        attribute_path(message).map(|p| p.to_string())
    }

    #[test]
    fn both_spellings_of_aws_are_read() {
        for (member, path) in [
            ("productionVariants.1.member.instanceType", "production_variants[0].instance_type"),
            ("endpointConfigName", "endpoint_config_name"),
            ("tags.12.member.key", "tags[11].key"),
            ("hyperParameters.learning-rate.member", "hyper_parameters[\"learning-rate\"]"),
            ("outputDataConfig.s3OutputPath", "output_data_config.s3_output_path"),
            ("inputDataConfig[2].dataSource", "input_data_config[2].data_source"),
            ("/productionVariants/0/instanceType", "production_variants[0].instance_type"),
            ("KMSKeyId", "kms_key_id"),
            ("modelDataSource.s3DataSource.eTag", "model_data_source.s3_data_source.etag"),
        ] {
            let message =
                format!("1 validation error detected: Value 'it''s' at '{member}' failed to satisfy constraint: x");
            assert_eq!(text(&message).as_deref(), Some(path), "{member}");
        }
    }

    #[test]
    fn the_first_member_counts_and_other_quotes_do_not() {
        let two = "2 validation errors detected: Value at 'a' failed; Value at 'b' failed";
        assert_eq!(text(two).as_deref(), Some("a"));
        for message in
            ["", "no quotes at all", "look at 'https://docs.aws.amazon.com/x'", "at 'unterminated", "meet at ''"]
        {
            assert_eq!(text(message), None, "{message}");
        }
    }

    #[test]
    fn members_become_the_attributes_that_stand_for_them() {
        let leaf = |name: &'static str| Attribute::new(name, Kind::Leaf(Type::String), Mode::Optional, "x");
        let name = Attribute { member: Some("endpoint_config_name".into()), ..leaf("name") };
        let inner = Object { attributes: vec![leaf("instance_type")], rules: vec![] };
        let variants = Attribute::new("variants", Kind::Nested(Nesting::List, inner), Mode::Optional, "x");
        let variants = Attribute { member: Some("production_variants".into()), ..variants };
        let object = Object { attributes: vec![name, variants, leaf("dashboard_body")], rules: vec![] };
        let find =
            |member: &str| attribute_path_in(&format!("Value at '{member}' failed"), &object).map(|p| p.to_string());
        assert_eq!(find("endpointConfigName").as_deref(), Some("name"));
        assert_eq!(find("productionVariants.2.member.instanceType").as_deref(), Some("variants[1].instance_type"));
        assert_eq!(find("productionVariants.2.member.other").as_deref(), Some("variants[1]"));
        assert_eq!(find("unheardOf.1.member.of"), None);
        for about in ["The dashboard body is invalid, there are 2 errors", "The field DashboardBody must be JSON"] {
            assert_eq!(attribute_path_in(about, &object).map(|p| p.to_string()).as_deref(), Some("dashboard_body"));
        }
        assert_eq!(attribute_path_in("The dashboard body of others", &object), None);
    }
}
