//! The members of the operations of services whose SDKs cannot tell them: a list made from botocore's service models, by
//! `acceptance-tests/acceptance/members.py`, which a test of the acceptance suite compares.

use aws_smithy_schema::ShapeType;
use serde_json::Value as Json;
use tfplug::value::Value;

use crate::aws::client::{Aws, Settings};
use crate::aws::operation::Members;
use crate::resources::DECLARED;
use crate::resources::conformance::operations;
use crate::services::cloudwatch;
use crate::testing::{Answer, Stub};

/// The members of an operation's input or output.
pub(crate) fn of(service: &str, operation: &str, side: &str) -> Members {
    let all: Json = serde_json::from_str(include_str!("members.json")).unwrap();
    let found = &all[service][operation][side];
    let members = found.as_object().unwrap_or_else(|| panic!("members.json has no {side} of {service}:{operation}"));
    members.iter().map(|(path, kind)| (path.clone(), shape(kind.as_str().unwrap_or_default()))).collect()
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

/// A value that has every member, each of its own; and these values.
fn sample(members: &Members) -> (Value, Vec<String>) {
    let (mut value, mut leaves) = (Value::object::<&str>([]), Vec::new());
    for path in members.keys() {
        let leaf = format!("leaf-{}", leaves.len());
        put(&mut value, path.trim_start_matches('.'), Value::from(leaf.as_str()));
        leaves.push(leaf);
    }
    (value, leaves)
}

fn put(value: &mut Value, path: &str, leaf: Value) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let name = first.trim_end_matches("[*]");
    let is_list = first.ends_with("[*]");
    let mut inner = match value.attribute(name) {
        Value::List(elements) => elements[0].clone(),
        Value::Null => Value::object::<&str>([]),
        other => other.clone(),
    };
    match rest {
        Some(rest) => put(&mut inner, rest, leaf),
        None => inner = leaf,
    }
    value.set_attribute(name, if is_list { Value::List(vec![inner]) } else { inner });
}

#[tokio::test]
async fn every_member_is_sent() {
    let stub = Stub::start(|_| Answer(200, vec![("smithy-protocol", "rpc-v2-cbor".to_owned())], String::new())).await;
    let aws = Aws::new(Settings::local(&stub.url).unwrap()).region(Some("us-east-1"));
    let tags = [&cloudwatch::TAGS.list, &cloudwatch::TAGS.add, &cloudwatch::TAGS.remove];
    let declared = DECLARED.iter().flat_map(|declared| operations(declared));
    for operation in declared.chain(tags.into_iter().copied()).filter(|o| o.service != "SageMaker") {
        let (input, leaves) = sample(&(operation.input)());
        drop((operation.call)(&aws, &input).await);
        let sent = stub.take();
        assert!(!sent.is_empty(), "{operation:?} was not called");
        let body = String::from_utf8_lossy(&sent[0].body).into_owned();
        let missing: Vec<_> = leaves.iter().filter(|leaf| !body.contains(*leaf)).collect();
        assert!(missing.is_empty(), "{operation:?} does not send {missing:?} of {input:?}");
    }
}
