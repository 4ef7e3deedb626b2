//! Every attribute of every resource of SageMaker's, sent once: its value is in a request, as the member that it stands for, and
//! a description with this member gives the attribute the value back.

use std::collections::BTreeMap;

use aws_smithy_schema::ShapeType;
use serde_json::Value as Json;
use tfplug::schema::{Attribute, Kind, Mode, Nesting, Object, Rule, Type};
use tfplug::value::Value;

use super::DECLARED;
use crate::aws::client::{Aws, Regional, Settings};
use crate::aws::operation::{Members, Operation};
use crate::engine::Declared;
use crate::engine::shape::{Reading, from_api, to_api};
use crate::testing::{Answer, Stub};

/// What a leaf is called in a request, in small letters, and its value.
type Leaf = (String, Json);

/// Makes values of which no two leaves are alike, but for flags.
struct Sample<'a> {
    /// The types of the members, by their paths.
    members: &'a Members,
    /// Where only one of several attributes may be set, which one.
    choice: usize,
    /// How many leaves there are.
    count: i64,
    /// All leaves, by the paths of their attributes.
    leaves: BTreeMap<String, Leaf>,
}

impl Sample<'_> {
    fn object(&mut self, object: &Object, at: &str, member: &str) -> Value {
        let chosen = |a: &&Attribute| {
            object.rules.iter().all(|rule| match rule {
                Rule::ExactlyOneOf(names) | Rule::AtMostOneOf(names) => {
                    let names: Vec<_> =
                        names.iter().filter(|name| object.attribute(name).is_some_and(is_sent)).collect();
                    !names.contains(&&a.name) || names[self.choice % names.len()] == &a.name
                }
                _ => true,
            })
        };
        let sent: Vec<&Attribute> = object.attributes.iter().filter(|a| is_sent(a)).filter(chosen).collect();
        let mut value = object.null_value();
        for a in sent {
            let (at, member) = (format!("{at}.{}", a.name), format!("{member}.{}", a.member_name()));
            value.set_attribute(&a.name, self.kind(&a.kind, &at, &member, a.member_name()));
        }
        value
    }

    fn kind(&mut self, kind: &Kind, at: &str, member: &str, name: &str) -> Value {
        match kind {
            Kind::Leaf(Type::Set(of)) => Value::Set(vec![self.leaf(of, at, &format!("{member}[*]"), name)]),
            Kind::Leaf(of) => self.leaf(of, at, member, name),
            Kind::Nested(Nesting::List, inner) => Value::List(vec![self.object(inner, at, &format!("{member}[*]"))]),
            Kind::Nested(Nesting::Set, inner) => Value::Set(vec![self.object(inner, at, &format!("{member}[*]"))]),
            Kind::Nested(Nesting::Map, inner) => {
                Value::Map([("key".to_owned(), self.object(inner, at, &format!("{member}{{*}}")))].into())
            }
            Kind::Nested(_, inner) => self.object(inner, at, member),
        }
    }

    fn leaf(&mut self, of: &Type, at: &str, member: &str, name: &str) -> Value {
        if let Type::List(of) = of {
            return Value::List(vec![self.leaf(of, at, &format!("{member}[*]"), name)]);
        }
        if let Type::Map(of) = of {
            return Value::Map([("key".to_owned(), self.leaf(of, at, &format!("{member}{{*}}"), "key"))].into());
        }
        self.count += 1;
        let n = self.count;
        let (value, json) = match (of, self.members.get(member)) {
            (Type::Bool, _) => (Value::from(true), Json::from(true)),
            (Type::Number, _) => (Value::from(n), Json::from(n)),
            (_, Some(ShapeType::Timestamp)) => {
                let text = format!("2030-01-01T{:02}:{:02}:00Z", n / 60 % 24, n % 60);
                (Value::from(text), Json::from(1_893_456_000 + n / 60 % 24 * 3600 + n % 60 * 60))
            }
            _ => (Value::from(format!("leaf {n}")), Json::from(format!("leaf {n}"))),
        };
        let last = name.rsplit('.').next().unwrap_or_default().replace('_', "");
        self.leaves.insert(at.to_owned(), (last, json));
        value
    }
}

fn is_sent(a: &Attribute) -> bool {
    a.mode != Mode::Computed && !a.provider_only && !a.tags
}

/// How many choices the largest rule leaves.
fn choices(object: &Object) -> usize {
    let own = object.rules.iter().map(|rule| match rule {
        Rule::ExactlyOneOf(names) | Rule::AtMostOneOf(names) => names.len(),
        _ => 1,
    });
    let inner = object.attributes.iter().filter_map(|a| match &a.kind {
        Kind::Nested(_, inner) => Some(choices(inner)),
        Kind::Leaf(_) => None,
    });
    own.chain(inner).max().unwrap_or(1)
}

/// The leaves of a request. Elements of a list are called as the list.
fn leaves_of(json: &Json, name: &str, found: &mut Vec<Leaf>) {
    match json {
        Json::Object(members) => members.iter().for_each(|(key, inner)| leaves_of(inner, &key.to_lowercase(), found)),
        Json::Array(elements) => elements.iter().for_each(|inner| leaves_of(inner, name, found)),
        Json::Number(n) => {
            let whole = n.as_f64().filter(|n| n.fract() == 0.0).map(|n| n as i64);
            found.push((name.to_owned(), whole.map_or(json.clone(), Json::from)));
        }
        leaf => found.push((name.to_owned(), leaf.clone())),
    }
}

/// What the operations are sent that create and change an object, and what belongs to it.
async fn sent(aws: &Regional, stub: &Stub, declared: &Declared, api: &Value) -> Vec<Leaf> {
    let elements = |attribute: &str| {
        let of = api.attribute(attribute);
        let in_list = of.as_elements().into_iter().flatten();
        in_list.chain(of.as_entries().into_iter().flat_map(|all| all.values())).cloned().collect::<Vec<_>>()
    };
    let own = [declared.create.operation].into_iter().chain(declared.updates.iter().map(|by| by.operation));
    let parts = declared.parts.iter().map(|part| part.write);
    let mut calls: Vec<(Operation, Value)> = own.chain(parts).map(|operation| (operation, api.clone())).collect();
    for by in declared.updates {
        for delta in by.deltas {
            let value = api.attribute(delta.attribute).clone();
            calls.push((by.operation, Value::object([(delta.added, value)])));
        }
    }
    for (attribute, write) in declared.companions.iter().map(|c| (c.attribute, c.write)) {
        calls.extend(elements(attribute).into_iter().map(|element| (write, element)));
    }
    let mut found = Vec::new();
    for (operation, mut input) in calls {
        declared.hooks.adapt(&mut input);
        let error = (operation.call)(aws, &input).await.err().map(|e| e.message).unwrap_or_default();
        if error.contains("cannot be built") {
            found.push((format!("{operation:?}: {error}"), Json::Null));
        }
        for asked in stub.take() {
            leaves_of(&serde_json::from_slice(&asked.body).unwrap_or(Json::Null), "", &mut found);
        }
    }
    found
}

#[tokio::test]
async fn every_attribute_is_sent_as_its_member_and_read_back() {
    let stub = Stub::start(|_| Answer(400, vec![], "{}".to_owned())).await;
    let settings = Settings { account_id: Some("123456789012".to_owned()), ..Settings::local(&stub.url).unwrap() };
    let aws = Aws::new(settings).region(Some("us-east-1"));
    let mut wrong = Vec::new();
    let mut total = 0;
    for declared in DECLARED.iter().filter(|d| d.create.operation.service == "SageMaker") {
        let object = declared.object();
        let members: Members = declared.operations().iter().flat_map(|o| (o.input)()).collect();
        let mut missing: BTreeMap<String, Leaf> = BTreeMap::new();
        for choice in 0..choices(object) {
            let mut sample = Sample { members: &members, choice, count: 1000, leaves: BTreeMap::new() };
            let value = sample.object(object, "", "");
            let api = to_api(object, &value);
            let found = sent(&aws, &stub, declared, &api).await;
            let lacks = sample.leaves.into_iter().filter(|(_, leaf)| !found.contains(leaf));
            missing.extend(lacks);
            wrong.extend(
                found.iter().filter(|(told, _)| told.contains("cannot be built")).map(|(told, _)| told.clone()),
            );
            total += found.len();
            let back = from_api(object, &api, &Value::Null, &Reading { imported: true, ..Reading::default() });
            for a in object.attributes.iter().filter(|a| is_sent(a)) {
                if back.attribute(&a.name) != value.attribute(&a.name) {
                    wrong.push(format!("{}.{} is read as another value", declared.noun, a.name));
                }
            }
        }
        wrong.extend(missing.into_keys().map(|path| format!("{}{path} is in no request", declared.noun)));
    }
    for (start, _) in NOT_SENT {
        let before = wrong.len();
        wrong.retain(|told| !told.starts_with(start));
        assert!(wrong.len() < before, "{start}is sent");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(total > 1000, "{total} leaves were sent");
}

/// Attributes that are sent in another form, with the reason.
const NOT_SENT: &[(&str, &str)] = &[
    (
        "training job.enable_managed_spot_training ",
        "AWS takes it without `serverless_job_config` only, and a sample has both",
    ),
    (
        "monitoring schedule.monitoring_schedule_status ",
        "StartMonitoringSchedule and StopMonitoringSchedule bring it about",
    ),
    ("notebook instance.notebook_instance_status ", "StartNotebookInstance and StopNotebookInstance bring it about"),
    ("pipeline execution.parameters ", "the map is sent as a list of names and values"),
];
