//! How long it takes to encode and decode an object of 100 attributes: `cargo run --release -p tfplug --example
//! bench_values`. Prints the median of many runs for each step.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a tool for developers")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use tfplug::schema::Type;
use tfplug::value::Value;
use tfplug::{json, msgpack};

fn main() {
    let part = Type::Object([("kind".to_owned(), Type::String), ("size".to_owned(), Type::Number)].into());
    let one = Value::object([("kind", Value::from("ml.m5.large")), ("size", Value::from(30))]);
    let mut types = std::collections::BTreeMap::new();
    let mut values = std::collections::BTreeMap::new();
    for i in 0..100 {
        let (ty, value) = match i % 5 {
            0 => (Type::String, Value::from("arn:aws:sagemaker:eu-central-1:123456789012:endpoint/a")),
            1 => (Type::Number, Value::from(i64::from(i))),
            2 => (Type::Bool, Value::from(true)),
            3 => (Type::String.list(), Value::List(vec!["a".into(), "b".into()])),
            _ => (part.clone().set(), Value::Set(vec![one.clone()])),
        };
        types.insert(format!("attribute_{i:02}"), ty);
        values.insert(format!("attribute_{i:02}"), value);
    }
    let (ty, value) = (Type::Object(types), Value::Object(values));
    let bytes = msgpack::encode(&value, &ty).unwrap();
    let stored = json::to_json(&value, &ty).unwrap().to_string();
    println!("an object of 100 attributes, {} bytes of msgpack, {} of JSON", bytes.len(), stored.len());
    measure("msgpack encode", || drop(black_box(msgpack::encode(black_box(&value), &ty))));
    measure("msgpack decode", || drop(black_box(msgpack::decode(black_box(&bytes), &ty))));
    measure("JSON decode", || drop(black_box(json::decode(black_box(stored.as_bytes()), &ty))));
    measure("JSON encode", || drop(black_box(json::to_json(black_box(&value), &ty))));
}

fn measure(what: &str, step: impl Fn()) {
    let mut times: Vec<Duration> = (0..2000)
        .map(|_| {
            let started = Instant::now();
            step();
            started.elapsed()
        })
        .collect();
    times.sort();
    println!("{what:16} {:>8.1?}", times[times.len() / 2]);
}
