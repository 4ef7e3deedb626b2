//! Endpoint configurations, which AWS deletes whether or not an endpoint uses them. Here that is an error, so that no test
//! passes that does it. And the list of endpoints.

use serde_json::{Value as Json, json};

use super::fake::{Done, State};

/// Lists endpoint configurations and endpoints, and keeps those that are in use from being deleted; None for any other operation.
pub(super) fn work(state: &mut State, operation: &str, request: &Json) -> Option<Done> {
    let name = &request["EndpointConfigName"];
    match operation {
        "ListEndpointConfigs" => {
            let part = request["NameContains"].as_str().unwrap_or_default();
            let of_kind =
                state.objects.iter().filter(|((noun, name), _)| noun == "EndpointConfig" && name.contains(part));
            let all: Vec<Json> = of_kind.map(|(_, object)| Json::Object(object.clone())).collect();
            Some(Ok(json!({ "EndpointConfigs": all })))
        }
        "ListEndpoints" => {
            let of_kind = state.objects.iter().filter(|((noun, _), _)| noun == "Endpoint");
            let all: Vec<Json> = of_kind.map(|(_, object)| Json::Object(object.clone())).collect();
            Some(Ok(json!({ "Endpoints": all })))
        }
        "DeleteEndpointConfig" if used(state, name) => Some(Err(("ConflictException", "An endpoint uses it."))),
        _ => None,
    }
}

fn used(state: &State, name: &Json) -> bool {
    state
        .objects
        .iter()
        .any(|((noun, _), endpoint)| noun == "Endpoint" && endpoint.get("EndpointConfigName") == Some(name))
}
