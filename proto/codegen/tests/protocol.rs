//! The protocol files against the facts: every call, message, field and enum value with its number and type.
//! `descriptor.txt` was derived from descriptions of the protocols of Terraform 1.16, go-plugin 1.8 and
//! grpc.health.v1, not from our .proto files, so a typo in one of them is found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proto_codegen::{compare, descriptors, generate, write};
use protox::prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use protox::prost_reflect::prost_types::{DescriptorProto, EnumDescriptorProto, FieldDescriptorProto};

const PROTO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The type as the fixture writes it: relative to the package, or absolute for google.protobuf.
fn type_name(package: &str, field: &FieldDescriptorProto) -> String {
    match field.r#type() {
        Type::Message | Type::Enum => {
            let name = field.type_name().trim_start_matches('.');
            name.strip_prefix(&format!("{package}.")).unwrap_or(name).to_owned()
        }
        scalar => scalar.as_str_name().trim_start_matches("TYPE_").to_lowercase(),
    }
}

fn describe_enum(package: &str, scope: &str, item: &EnumDescriptorProto, lines: &mut BTreeSet<String>) {
    for value in &item.value {
        lines.insert(format!("enum {package}.{scope}{} {} {}", item.name(), value.number(), value.name()));
    }
}

fn describe_message(package: &str, scope: &str, message: &DescriptorProto, lines: &mut BTreeSet<String>) {
    let name = format!("{scope}{}", message.name());
    lines.insert(format!("message {package}.{name}"));
    let map_entries: BTreeMap<String, &DescriptorProto> = message
        .nested_type
        .iter()
        .filter(|nested| nested.options.as_ref().is_some_and(|options| options.map_entry()))
        .map(|nested| (format!("{name}.{}", nested.name()), nested))
        .collect();
    for field in &message.field {
        let mut declared = type_name(package, field);
        let label = match map_entries.get(&declared) {
            Some(entry) => {
                declared =
                    format!("map<{}, {}>", type_name(package, &entry.field[0]), type_name(package, &entry.field[1]));
                "map"
            }
            None if field.label() == Label::Repeated => "repeated",
            None if field.proto3_optional() => "optional",
            None => "singular",
        };
        let mut line = format!("field {package}.{name} {} {} {label} {declared}", field.number(), field.name());
        if let (Some(index), false) = (field.oneof_index, field.proto3_optional()) {
            line.push_str(&format!(" oneof={}", message.oneof_decl[index as usize].name()));
        }
        if field.options.as_ref().is_some_and(|options| options.deprecated()) {
            line.push_str(" deprecated");
        }
        lines.insert(line);
    }
    let inner = format!("{name}.");
    for item in &message.enum_type {
        describe_enum(package, &inner, item, lines);
    }
    for nested in &message.nested_type {
        if !map_entries.contains_key(&format!("{inner}{}", nested.name())) {
            describe_message(package, &inner, nested, lines);
        }
    }
}

#[test]
fn protocol_files_say_what_the_protocols_are() {
    let set = descriptors(Path::new(PROTO)).expect("the protocol files compile");
    let mut lines = BTreeSet::new();
    for file in set.file.iter().filter(|file| !file.package().starts_with("google")) {
        let package = file.package();
        let relative = |name: &str| {
            let name = name.trim_start_matches('.');
            name.strip_prefix(&format!("{package}.")).unwrap_or(name).to_owned()
        };
        for service in &file.service {
            for method in &service.method {
                lines.insert(format!(
                    "rpc /{package}.{}/{} {}{} -> {}{}",
                    service.name(),
                    method.name(),
                    if method.client_streaming() { "stream " } else { "" },
                    relative(method.input_type()),
                    if method.server_streaming() { "stream " } else { "" },
                    relative(method.output_type()),
                ));
            }
        }
        for item in &file.enum_type {
            describe_enum(package, "", item, &mut lines);
        }
        for message in &file.message_type {
            describe_message(package, "", message, &mut lines);
        }
    }
    let expected: BTreeSet<String> = include_str!("descriptor.txt").lines().map(str::to_owned).collect();
    let missing: Vec<_> = expected.difference(&lines).collect();
    let surplus: Vec<_> = lines.difference(&expected).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing: {missing:#?}\nnot expected: {surplus:#?}");
    assert!(expected.len() > 500, "the list of expectations is incomplete");
}

#[test]
fn committed_code_is_what_the_protocol_files_generate() {
    let files = generate(Path::new(PROTO)).expect("the protocol files compile");
    let committed = Path::new(PROTO).join("../provider/tfplug/src/pb");
    assert_eq!(compare(&files, &committed).unwrap(), Vec::<String>::new(), "run `cargo run -p proto-codegen`");
}

#[test]
fn comparison_names_what_differs() {
    let files = generate(Path::new(PROTO)).expect("the protocol files compile");
    let directory = tempfile::tempdir().unwrap();
    write(&files, directory.path()).unwrap();
    std::fs::write(directory.path().join("mod.rs"), "by hand").unwrap();
    assert_eq!(compare(&files, directory.path()).unwrap(), Vec::<String>::new());
    std::fs::write(directory.path().join("plugin.rs"), "edited").unwrap();
    std::fs::write(directory.path().join("stray.rs"), "").unwrap();
    std::fs::remove_file(directory.path().join("tfplugin6.rs")).unwrap();
    assert_eq!(compare(&files, directory.path()).unwrap(), ["plugin.rs", "stray.rs", "tfplugin6.rs"]);
}
