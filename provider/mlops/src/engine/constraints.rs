//! What AWS's service models demand of each member: an attribute whose declaration says nothing gets it from there.
//!
//! A wrong length, number or form is then an error of `terraform validate`, at the attribute, and the documentation says
//! what is right, whether or not somebody thought of it.

mod table;

use std::sync::OnceLock;

use regex::Regex;
use tfplug::schema::{Attribute, Kind, Mode, Nesting, Object, Type};
use tfplug::validator::{Validate, Validator};
use tfplug::value::Value;

use super::Declared;
use crate::aws::operation::Operation;

/// What is demanded of a member.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Constraint {
    /// A text with at least and at most this many characters, and the form of a pattern, by its number.
    Text(Option<usize>, Option<usize>, Option<usize>),
    /// A number between these.
    Number(Option<i64>, Option<i64>),
    /// A list or map with at least and at most this many elements.
    Count(Option<usize>, Option<usize>),
}

/// The form of a text.
#[derive(Debug)]
pub(crate) struct Pattern {
    expression: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    const fn new(expression: &'static str) -> Self {
        Self { expression, compiled: OnceLock::new() }
    }

    fn compiled(&self) -> Option<&Regex> {
        // A test compiles all of them.
        self.compiled.get_or_init(|| Regex::new(&format!(r"\A(?s:{})\z", self.expression)).ok()).as_ref()
    }
}

impl Validate for Pattern {
    fn expected(&self) -> String {
        format!("of the form `{}`", self.expression)
    }

    fn accepts(&self, value: &Value) -> bool {
        let Some(text) = value.as_str() else { return true };
        self.compiled().is_none_or(|pattern| pattern.is_match(text))
    }
}

impl Constraint {
    /// What tests it alone.
    fn validators(&self) -> Vec<Validator> {
        let count = |min: Option<usize>, max: Option<usize>| (min.unwrap_or(0), max.unwrap_or(usize::MAX));
        match *self {
            Self::Text(min, max, pattern) => {
                let (low, high) = count(min, max);
                let length = (min.is_some() || max.is_some()).then_some(Validator::Length { min: low, max: high });
                length.into_iter().chain(pattern.and_then(form)).collect()
            }
            Self::Number(min, max) => {
                vec![Validator::Range { min: min.unwrap_or(i64::MIN), max: max.unwrap_or(i64::MAX) }]
            }
            Self::Count(min, max) => {
                let (min, max) = count(min, max);
                vec![Validator::Count { min, max }]
            }
        }
    }

    /// What is to be added to the tests that an attribute has.
    fn missing(&'static self, attribute: &Attribute) -> Vec<Validator> {
        let has = |test: fn(&Validator) -> bool| attribute.validators.iter().any(test);
        match self {
            Self::Count(..) if has(|v| matches!(v, Validator::Count { .. })) => Vec::new(),
            Self::Number(..) if has(|v| matches!(v, Validator::Range { .. }) && !v.is_width()) => Vec::new(),
            Self::Text(..) if has(|v| !is_of_others(v) && !matches!(v, Validator::Length { .. })) => {
                vec![Validator::Custom(self)]
            }
            Self::Text(_, _, pattern) if has(|v| matches!(v, Validator::Length { .. })) => {
                pattern.and_then(form).into_iter().collect()
            }
            _ => self.validators(),
        }
    }
}

/// Whether a validator tests something else than texts.
fn is_of_others(validator: &Validator) -> bool {
    matches!(validator, Validator::Count { .. } | Validator::Integer | Validator::Range { .. })
}

fn form(number: usize) -> Option<Validator> {
    table::PATTERNS.get(number).map(|pattern| Validator::Custom(pattern))
}

/// Beside the attribute's own test, which has better words.
impl Validate for Constraint {
    fn expected(&self) -> String {
        let parts: Vec<String> = self.validators().iter().map(Validator::expected).collect();
        parts.join(" and ")
    }

    fn accepts(&self, value: &Value) -> bool {
        self.validators().iter().all(|v| v.accepts(value))
    }

    fn fallback(&self) -> bool {
        true
    }
}

/// The members of an operation's input that something is demanded of, by their paths: `.production_variants[*].model_name`.
type Members = &'static [(&'static str, u16)];

fn members(operation: &Operation) -> Option<Members> {
    let name = format!("{operation:?}");
    table::MEMBERS.iter().find(|(operation, _)| *operation == name).map(|(_, members)| *members)
}

fn of(members: Members, path: &str) -> Option<&'static Constraint> {
    let found = members.binary_search_by_key(&path, |(path, _)| path).ok()?;
    table::CONSTRAINTS.get(usize::from(members[found].1))
}

/// Adds what AWS demands to the attributes that say nothing of the kind.
pub(super) fn add(declared: &Declared, object: &mut Object) {
    let writes = declared.updates.iter().map(|by| by.operation).chain(declared.parts.iter().map(|part| part.write));
    let operations = std::iter::once(declared.create.operation).chain(writes);
    let sent: Vec<Members> = operations.filter_map(|operation| members(&operation)).collect();
    let mut demand = |attribute: &mut Attribute, _: &str, constraint: &'static Constraint| {
        let more = constraint.missing(attribute);
        attribute.validators.extend(more);
    };
    walk(&sent, object, "", &mut demand);
    // Attributes whose inside is sent by operations of their own.
    let versions = declared.versions.as_ref().map(|versions| (versions.of, versions.kind.create.operation));
    let collections = declared.collections.iter().map(|collection| (collection.attribute, collection.write));
    for (name, operation) in versions.into_iter().chain(collections) {
        let attribute = object.attributes.iter_mut().find(|a| a.name == name);
        if let (Some(members), Some(Kind::Nested(_, inner))) = (members(&operation), attribute.map(|a| &mut a.kind)) {
            walk(&[members], inner, "", &mut demand);
        }
    }
}

/// Demands of a request without the provider's help what AWS demands: what has a default of the provider's is required where
/// AWS requires it.
pub(super) fn require(declared: &Declared, object: &mut Object) {
    let name = format!("{:?}", declared.create.operation);
    let required =
        table::REQUIRED.iter().find(|(operation, _)| *operation == name).map_or(&[][..], |(_, paths)| *paths);
    each(object, "", &mut |attribute, path, _| {
        if attribute.default.is_some() && required.contains(&path) {
            attribute.mode = Mode::Required;
        }
    });
}

/// Visits each attribute with its path in the API, once for every constraint of it.
fn walk(
    sent: &[Members],
    object: &mut Object,
    above: &str,
    visit: &mut impl FnMut(&mut Attribute, &str, &'static Constraint),
) {
    let demanded = |path: &str| sent.iter().find_map(|members| of(members, path));
    each(object, above, &mut |attribute, path, elements| {
        for path in std::iter::once(path).chain(elements) {
            if let Some(constraint) = demanded(path) {
                visit(attribute, path, constraint);
            }
        }
    });
}

/// Visits each attribute that is sent with its path in the API, and that of its elements.
fn each(object: &mut Object, above: &str, visit: &mut impl FnMut(&mut Attribute, &str, Option<&str>)) {
    for attribute in object.attributes.iter_mut().filter(|a| !a.provider_only && a.mode.is_configurable()) {
        let path = format!("{above}.{}", attribute.member_name());
        let (inside, is_collection) = match &attribute.kind {
            Kind::Nested(Nesting::List | Nesting::Set, _) | Kind::Leaf(Type::List(_) | Type::Set(_)) => ("[*]", true),
            Kind::Nested(Nesting::Map, _) | Kind::Leaf(Type::Map(_)) => ("{*}", true),
            _ => ("", false),
        };
        let elements = format!("{path}{inside}");
        visit(attribute, &path, is_collection.then_some(&elements));
        if let Kind::Nested(_, inner) = &mut attribute.kind {
            each(inner, &elements, visit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_within_the_limits() {
        let broken: Vec<_> = table::PATTERNS.iter().filter(|p| p.compiled().is_none()).map(|p| p.expression).collect();
        assert!(broken.is_empty(), "{broken:#?}");
    }

    #[test]
    fn the_table_is_sorted_for_the_search() {
        for (operation, members) in table::MEMBERS {
            assert!(members.is_sorted_by_key(|(path, _)| path), "{operation}");
        }
    }

    /// Texts at and beyond the limits of AWS's lengths and patterns.
    fn samples(constraint: &Constraint) -> Vec<Value> {
        let texts = |min: usize, max: usize| {
            let long = [min.saturating_sub(1), min, max, max.saturating_add(1)].into_iter().filter(|n| *n < 20_000);
            let long = long.map(|n| "a".repeat(n));
            let odd = [
                "a",
                "A-1",
                "-a",
                "a-",
                "a_b",
                "a.b",
                "a/b",
                "a b",
                "ä",
                "1",
                "1.5",
                "s3://bucket/key",
                "s3://bucket",
                "https://s3.amazonaws.com/bucket/key",
                "arn:aws:iam::123456789012:role/r",
                "alias/key",
                "None",
                "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
                "fs-0123456789abcdef0",
                "arn:aws:sns:eu-west-1:123456789012:topic",
                "arn:aws:sagemaker:eu-west-1:123456789012:model/m",
                "arn:aws:lambda:eu-west-1:123456789012:function:f",
                "123456789012.dkr.ecr.us-east-1.amazonaws.com/i:1",
                "subnet-0123",
                "sg-0123",
                "1.0",
                "{}",
                "*",
            ];
            long.chain(odd.map(str::to_owned)).map(Value::from).collect()
        };
        match *constraint {
            Constraint::Text(min, max, _) => texts(min.unwrap_or(0), max.unwrap_or(0)),
            Constraint::Number(min, max) => {
                let ends = [min, max].into_iter().flatten().flat_map(|end| [end - 1, end, end + 1]);
                ends.chain([0, 1]).map(Value::from).collect()
            }
            Constraint::Count(..) => Vec::new(),
        }
    }

    /// What declarations refuse although AWS's model allows it, by the end of the attribute's path, with the reason.
    const STRICTER: &[(&str, &str)] = &[
        ("subscribers[*].address", "an e-mail address or a topic (Budgets API reference, Subscriber)"),
        ("account_id", "12 digits (AWS Account Management guide)"),
        ("_actions[*]", "ARNs (CloudWatch API reference, PutMetricAlarm)"),
        ("evaluate_low_sample_count_percentile", "one of two values (CloudWatch API reference, PutMetricAlarm)"),
        ("treat_missing_data", "one of four values (CloudWatch API reference, PutMetricAlarm)"),
        ("metrics[*].id", "begins with a small letter (CloudWatch API reference, MetricDataQuery)"),
        ("metric_data_queries[*].id", "begins with a small letter (CloudWatch API reference, MetricDataQuery)"),
        ("period", "10, 20, 30 or whole minutes (CloudWatch API reference, PutMetricAlarm)"),
        ("instance_count", "no instance is no attribute"),
        ("event_pattern", "a JSON document"),
        ("hub_content_arn", "the ARN of hub content (Service Authorization Reference, SageMaker)"),
        ("kms_key_id", "the four ways of naming a key (KMS API reference)"),
        ("local_path", "a directory of SageMaker's in the container"),
        ("memory_size_in_mb", "whole GB (SageMaker API reference, ProductionVariantServerlessConfig)"),
        ("model_card_content", "a JSON document"),
        ("model_package_group_name", "the group's name: with it the ARN of a version is known in the plan"),
        ("schedule_expression", "a cron expression of Model Monitor, or NOW"),
        ("labeling_job_algorithm_specification_arn", "one of AWS's (API reference, LabelingJobAlgorithmsConfig)"),
        ("repository_credentials_provider_arn", "a Lambda function (SageMaker API reference, RepositoryAuthConfig)"),
        ("schedule.target.arn", "the ARN of a pipeline"),
        ("volume_size_in_gb", "no volume is no attribute"),
    ];

    #[test]
    fn nothing_is_refused_that_aws_allows_and_nothing_passes_that_it_refuses() {
        let mut found = Vec::new();
        let mut needed = std::collections::BTreeSet::new();
        for declared in crate::resources::DECLARED {
            let mut object = (declared.schema)().object.clone();
            add(declared, &mut object);
            let sent: Vec<Members> = members(&declared.create.operation).into_iter().collect();
            walk(&sent, &mut object, "", &mut |attribute, path, constraint| {
                for sample in samples(constraint) {
                    let aws = constraint.accepts(&sample);
                    let ours = attribute.validators.iter().filter(|v| !v.whole()).all(|v| v.accepts(&sample));
                    let reason = STRICTER.iter().find(|(end, _)| format!("{}{path}", declared.noun).ends_with(end));
                    match (aws, ours, reason) {
                        // An empty text is nothing, and left out.
                        (true, false, _) if sample.is_empty() => {}
                        (true, false, Some((end, _))) => drop(needed.insert(*end)),
                        (aws, ours, _) if aws != ours => {
                            let verb = if aws { "refuses" } else { "accepts" };
                            found.push(format!("{}{path} {verb} {sample:?}", declared.noun));
                        }
                        _ => {}
                    }
                }
            });
        }
        assert!(found.is_empty(), "{found:#?}");
        let idle: Vec<_> = STRICTER.iter().filter(|(end, _)| !needed.contains(end)).collect();
        assert!(idle.is_empty(), "exceptions that are none: {idle:?}");
    }
}
