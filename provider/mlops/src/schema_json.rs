//! The provider's schemas as JSON, in the form of `terraform providers schema -json`.

use serde_json::{Map, Value as Json, json};
use tfplug::json::type_to_json;
use tfplug::resource::{Parameter, Provider, Signature};
use tfplug::schema::{Attribute, Kind, Nesting, Object, Schema, Type};

/// Everything that a provider offers.
pub fn provider_schema<P: Provider>(provider: &P, address: &str) -> Json {
    let name = |s: &Schema| format!("{}_{}", provider.name(), s.name);
    let all = |schemas: Vec<Schema>| -> Map<String, Json> { schemas.iter().map(|s| (name(s), schema(s))).collect() };
    let functions: Map<String, Json> = provider
        .functions()
        .iter()
        .map(|f| f.signature())
        .map(|signature| (signature.name.to_string(), function(&signature)))
        .collect();
    // Terraform prints no version of an action, which nothing stores.
    let actions: Map<String, Json> = provider
        .actions()
        .iter()
        .map(|action| action.schema())
        .map(|s| (name(&s), json!({ "block": schema(&s)["block"] })))
        .collect();
    json!({
        "format_version": "1.0",
        "provider_schemas": { address: {
            "provider": schema(&provider.schema()),
            "resource_schemas": all(provider.resources().iter().map(|r| r.schema()).collect()),
            "data_source_schemas": all(provider.data_sources().iter().map(|r| r.schema()).collect()),
            "ephemeral_resource_schemas": all(provider.ephemeral_resources().iter().map(|r| r.schema()).collect()),
            "list_resource_schemas": all(provider.list_resources().iter().map(|r| r.schema()).collect()),
            "action_schemas": actions,
            "functions": functions,
        }}
    })
}

fn schema(schema: &Schema) -> Json {
    let mut block = attributes(&schema.object);
    block.insert("description".to_owned(), json!(schema.description));
    block.insert("description_kind".to_owned(), json!("markdown"));
    if let Some(message) = &schema.deprecated {
        block.insert("deprecated".to_owned(), json!(true));
        block.insert("deprecation_message".to_owned(), json!(message));
    }
    json!({ "version": schema.version, "block": block })
}

fn attributes(object: &Object) -> Map<String, Json> {
    let all: Map<String, Json> = object.attributes.iter().map(|a| (a.name.to_string(), attribute(a))).collect();
    // Terraform prints no map that is empty.
    let all = (!all.is_empty()).then(|| ("attributes".to_owned(), Json::Object(all)));
    all.into_iter().collect()
}

fn attribute(attribute: &Attribute) -> Json {
    let mut out = Map::new();
    match &attribute.kind {
        Kind::Leaf(t) => out.insert("type".to_owned(), type_json(t)),
        Kind::Nested(nesting, inner) => {
            let mode = match nesting {
                Nesting::Single => "single",
                Nesting::List => "list",
                Nesting::Set => "set",
                Nesting::Map => "map",
            };
            let mut nested = attributes(inner);
            nested.insert("nesting_mode".to_owned(), json!(mode));
            out.insert("nested_type".to_owned(), Json::Object(nested))
        }
    };
    out.insert("description".to_owned(), json!(attribute.description));
    out.insert("description_kind".to_owned(), json!("markdown"));
    let required = attribute.mode == tfplug::schema::Mode::Required;
    for (flag, is) in [
        ("required", required),
        ("optional", attribute.mode.is_configurable() && !required),
        ("computed", attribute.mode.is_computed()),
        ("sensitive", attribute.sensitive),
        ("write_only", attribute.write_only),
        ("deprecated", attribute.deprecated.is_some()),
    ] {
        if is {
            out.insert(flag.to_owned(), json!(true));
        }
    }
    // As Terraform 1.15 and later print it.
    if let Some(message) = &attribute.deprecated {
        out.insert("deprecation_message".to_owned(), json!(message));
    }
    Json::Object(out)
}

fn function(signature: &Signature) -> Json {
    let parameter = |p: &Parameter| {
        let mut out = json!({ "name": p.name, "description": p.description, "type": type_json(&p.kind) });
        // Terraform prints it only where it is true.
        if p.allow_null {
            out["is_nullable"] = json!(true);
        }
        out
    };
    let mut out = json!({
        "summary": signature.summary,
        "description": signature.description,
        "return_type": type_json(&signature.result),
        "parameters": signature.parameters.iter().map(parameter).collect::<Vec<_>>(),
    });
    if let Some(variadic) = &signature.variadic {
        out["variadic_parameter"] = parameter(variadic);
    }
    out
}

fn type_json(t: &Type) -> Json {
    serde_json::from_slice(&type_to_json(t)).unwrap_or(Json::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_deprecated_says_what_to_use_instead() {
        let kind = Kind::Leaf(Type::String);
        let old = Attribute::new("old", kind, tfplug::schema::Mode::Optional, "Old.");
        let old = Attribute { deprecated: Some("use new".into()), ..old };
        assert_eq!(super::attribute(&old)["deprecation_message"], json!("use new"));
        let object = Object { attributes: vec![old], rules: Vec::new() };
        let block = schema(&Schema { deprecated: Some("use it not".into()), object, ..Schema::default() });
        assert_eq!(block["block"]["deprecated"], json!(true));
        assert_eq!(block["block"]["deprecation_message"], json!("use it not"));
    }

    #[test]
    fn the_provider_block_is_described() {
        let all = provider_schema(&crate::Mlops, crate::ADDRESS);
        let block = &all["provider_schemas"][crate::ADDRESS]["provider"]["block"]["attributes"];
        assert_eq!(block["secret_key"]["sensitive"], json!(true));
        assert_eq!(block["region"]["type"], json!("string"));
        assert_eq!(block["assume_role"]["nested_type"]["nesting_mode"], json!("list"));
        assert_eq!(block["assume_role"]["nested_type"]["attributes"]["role_arn"]["required"], json!(true));
        assert_eq!(block["allowed_account_ids"]["type"], json!(["set", "string"]));
        let functions = &all["provider_schemas"][crate::ADDRESS]["functions"];
        assert_eq!(functions["parse_arn"]["parameters"][0]["type"], json!("string"));
    }
}
