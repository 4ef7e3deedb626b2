//! Studio domains, which AWS gives an id, and the user profiles, spaces and apps in them, whose names are unique in their domain
//! only.

use serde_json::{Map, Value as Json, json};

use super::fake::{Done, State};

const ARN: &str = "arn:aws:sagemaker:us-east-1:123456789012";
const NOUNS: [&str; 4] = ["UserProfile", "Domain", "Space", "App"];

/// What was done, if the operation is one of these.
pub(super) fn work(state: &mut State, operation: &str, request: &Json) -> Option<Done> {
    if let Some(listed) = operation.strip_prefix("List")
        && let Some(noun) = NOUNS.iter().find(|noun| listed.strip_suffix('s') == Some(noun))
    {
        return Some(Ok(list(state, noun, request)));
    }
    let (verb, noun) = NOUNS.iter().find_map(|n| Some((operation.strip_suffix(n)?, *n)))?;
    let domain = request["DomainId"].as_str().unwrap_or_default().to_owned();
    let (key, arn) = match (noun, verb) {
        ("Domain", "Create") => {
            let id = format!("d-{}", state.objects.len());
            (id.clone(), format!("{ARN}:domain/{id}"))
        }
        ("Domain", _) => (domain, String::new()),
        _ => {
            let name = request[format!("{noun}Name")].as_str().unwrap_or_default();
            (format!("{domain}/{name}"), format!("{ARN}:user-profile/{domain}/{name}"))
        }
    };
    let at = (noun.to_owned(), key.clone());
    let arn_member = format!("{noun}Arn");
    if verb != "Create" && !state.objects.contains_key(&at) {
        return Some(Err(("ResourceNotFound", "There is no such thing.")));
    }
    Some(Ok(match verb {
        "Create" => {
            let mut object = request.as_object().cloned().unwrap_or_default();
            object.insert("CreationTime".to_owned(), state.moment());
            object.insert(arn_member.clone(), json!(arn));
            object.insert("Status".to_owned(), json!("InService"));
            if noun == "Domain" {
                object.insert("DomainId".to_owned(), json!(key));
            }
            state.objects.insert(at, object);
            state.freeze();
            json!({ arn_member: arn })
        }
        "Describe" => Json::Object(state.objects[&at].clone()),
        "Delete"
            if noun == "Domain" && state.objects.keys().any(|(_, inner)| inner.starts_with(&format!("{key}/"))) =>
        {
            return Some(Err(("ResourceInUse", "Something is in it.")));
        }
        "Delete" => {
            state.objects.remove(&at);
            json!({})
        }
        other => panic!("{other}{noun}"),
    }))
}

/// What the members of a request that end with `Equals` narrow a list to.
fn list(state: &State, noun: &str, request: &Json) -> Json {
    let is_asked_for = |object: &Map<String, Json>| {
        let mut wanted = request.as_object().into_iter().flatten();
        wanted
            .all(|(member, value)| member.strip_suffix("Equals").is_none_or(|member| object.get(member) == Some(value)))
    };
    let all = state.objects.iter().filter(|((of, _), object)| of == noun && is_asked_for(object));
    json!({ format!("{noun}s"): all.map(|(_, object)| object).collect::<Vec<_>>() })
}
