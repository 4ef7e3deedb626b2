//! The members of the operations of services whose SDKs cannot tell them: a list made from botocore's service models, by
//! `acceptance-tests/acceptance/members.py`, which a test of the acceptance suite compares.

use std::collections::BTreeMap;

use aws_smithy_schema::ShapeType;
use aws_smithy_types::DateTime;
use serde_json::Value as Json;
use tfplug::value::Value;

use super::from_time;
use crate::aws::client::{Aws, Settings};
use crate::aws::operation::{Members, Operation};
use crate::engine::Declared;
use crate::resources::DECLARED;
use crate::resources::conformance::is_omitted;
use crate::testing::{Answer, Stub};

/// The members of an operation's input or output.
pub(crate) fn of(service: &str, operation: &str, side: &str) -> Members {
    let all: Json = serde_json::from_str(include_str!("members.json")).unwrap();
    let found = &all[service][operation][side];
    let members = found.as_object().unwrap_or_else(|| panic!("members.json has no {side} of {service}:{operation}"));
    members.iter().map(|(path, kind)| (path.clone(), shape(kind.as_str().unwrap_or_default()))).collect()
}

/// The members of an operation's input, one of them by another name.
pub(crate) fn renamed(service: &str, operation: &str, from: &str, to: &str) -> Members {
    let within =
        |path: String| path.strip_prefix(&format!(".{from}[")).map_or(path.clone(), |rest| format!(".{to}[{rest}"));
    of(service, operation, "input").into_iter().map(|(path, shape)| (within(path), shape)).collect()
}

fn shape(kind: &str) -> ShapeType {
    match kind {
        "string" => ShapeType::String,
        "boolean" => ShapeType::Boolean,
        "integer" => ShapeType::Integer,
        "long" => ShapeType::Long,
        "float" => ShapeType::Float,
        "double" => ShapeType::Double,
        "timestamp" => ShapeType::Timestamp,
        "blob" => ShapeType::Blob,
        other => panic!("{other}"),
    }
}

/// How a leaf may be sent: as JSON, as CBOR, or as a form; in small letters and without blanks.
type Forms = Vec<Vec<u8>>;

/// A value that has every member, each of its own, and the forms in which a request may have these.
fn sample(members: &Members) -> (Value, Vec<(String, Forms)>) {
    let (mut value, mut leaves) = (Value::object::<&str>([]), Vec::new());
    for (i, (path, shape)) in members.iter().enumerate() {
        let name = path.rsplit('.').next().unwrap_or_default().replace('_', "");
        let cbor = |kind: u8, bytes: &[u8]| [&[kind], bytes].concat();
        let (leaf, forms): (Value, Forms) = match shape {
            ShapeType::String => (Value::from(format!("leaf-{i}-")), vec![format!("leaf-{i}-").into_bytes()]),
            ShapeType::Boolean => {
                // In a form, also as the value of an entry of a map.
                let entries = (1..9).map(|i| format!("{name}&attributes.entry.{i}.value=true"));
                let texts = [format!("{name:?}:true"), format!("{name}=true")].into_iter().chain(entries);
                let texts = texts.map(String::into_bytes);
                (Value::from(true), texts.chain([cbor(0xf5, b"")].map(|f| [name.as_bytes(), &f].concat())).collect())
            }
            ShapeType::Integer => {
                let number = 70_000 + i as i32;
                let texts = [format!(":{number}"), format!("={number}")].map(String::into_bytes);
                let forms = texts.into_iter().chain([cbor(0x1a, &number.to_be_bytes())]);
                (Value::from(i64::from(number)), forms.collect())
            }
            ShapeType::Double => {
                let number = i as f64 + 0.25;
                let forms = vec![format!(":{number}").into_bytes(), cbor(0xfb, &number.to_be_bytes())];
                (Value::Number(format!("{number}").parse().unwrap()), forms)
            }
            ShapeType::Timestamp => {
                let seconds = 1_900_000_000 + i as i64;
                let json = format!("{name:?}:{seconds}").into_bytes();
                let number = cbor(0xfb, &(seconds as f64).to_be_bytes());
                (from_time(&DateTime::from_secs(seconds)), vec![json, number])
            }
            other => panic!("{path}: {other:?}"),
        };
        put(&mut value, path.trim_start_matches('.'), leaf);
        leaves.push((path.clone(), forms));
    }
    (value, leaves)
}

/// Whether a body has a text in whatever case.
fn has(body: &[u8], text: &[u8]) -> bool {
    body.windows(text.len()).any(|part| part.eq_ignore_ascii_case(text))
}

fn put(value: &mut Value, path: &str, leaf: Value) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let name = first.trim_end_matches("[*]").trim_end_matches("{*}");
    let mut inner = match value.attribute(name) {
        Value::List(elements) => elements[0].clone(),
        Value::Null => Value::object::<&str>([]),
        other => other.clone(),
    };
    match rest {
        Some(rest) => put(&mut inner, rest, leaf),
        None => inner = leaf,
    }
    let whole = match &first[name.len()..] {
        "[*]" => Value::List(vec![inner]),
        "{*}" => Value::Map([("key".to_owned(), inner)].into()),
        "{*}[*]" => Value::Map([("key".to_owned(), Value::List(vec![inner]))].into()),
        _ => inner,
    };
    value.set_attribute(name, whole);
}

/// Operations that send what another one has found, and nothing of their input: acceptance tests say what they do.
const COMPOSED: &[&str] = &["DeleteAnomalyDetector"];

#[tokio::test]
async fn every_member_is_sent() {
    let stub = Stub::start(|_| Answer(200, vec![("smithy-protocol", "rpc-v2-cbor".to_owned())], String::new())).await;
    let settings = Settings { account_id: Some("123456789012".to_owned()), ..Settings::local(&stub.url).unwrap() };
    let aws = Aws::new(settings).region(Some("us-east-1"));
    let with_tags = |declared: &Declared| {
        let tags = declared.tags.into_iter().flat_map(|t| [t.list, t.add, t.remove]);
        let list = declared.list.map(|list| list.operation);
        declared.operations().into_iter().chain(tags).chain(list).collect::<Vec<_>>()
    };
    // What looks first and sends nothing if it finds nothing is as good as the same operation without the look.
    let mut by_name: BTreeMap<(&str, &str), Vec<(&Declared, Operation)>> = BTreeMap::new();
    for declared in DECLARED {
        for operation in with_tags(declared).into_iter().filter(|o| o.service != "SageMaker") {
            by_name.entry((declared.noun, operation.name)).or_default().push((declared, operation));
        }
    }
    for same in by_name.values().filter(|same| !COMPOSED.contains(&same[0].1.name)) {
        let (declared, operation) = same[0];
        let (input, mut leaves) = sample(&(operation.input)());
        leaves.retain(|(path, _)| !is_omitted(declared, path.trim_start_matches('.')));
        for (_, operation) in same {
            drop((operation.call)(&aws, &input).await);
        }
        let sent = stub.take();
        assert!(!sent.is_empty(), "{operation:?} was not called");
        // Some services have the key in the path.
        let sent: Vec<_> = sent.iter().map(|one| [one.path.as_bytes(), &one.body].concat()).collect();
        let is_missing = |forms: &Forms| !forms.iter().any(|form| sent.iter().any(|one| has(one, form)));
        let missing: Vec<_> = leaves.iter().filter(|(_, forms)| is_missing(forms)).map(|(path, _)| path).collect();
        assert!(missing.is_empty(), "{operation:?} does not send {missing:?} of {input:?}");
    }
}
