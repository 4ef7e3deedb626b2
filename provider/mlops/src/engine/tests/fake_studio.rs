//! Studio domains, which AWS gives an id, and the user profiles in them, whose names are unique in their domain only.

use serde_json::{Value as Json, json};

use super::fake::{Done, State};

const ARN: &str = "arn:aws:sagemaker:us-east-1:123456789012";

/// What was done, if the operation is one of these.
pub(super) fn work(state: &mut State, operation: &str, request: &Json) -> Option<Done> {
    let (verb, noun) = ["UserProfile", "Domain"].iter().find_map(|n| Some((operation.strip_suffix(n)?, *n)))?;
    let domain = request["DomainId"].as_str().unwrap_or_default().to_owned();
    let (key, arn) = match (noun, verb) {
        ("Domain", "Create") => {
            let id = format!("d-{}", state.objects.len());
            (id.clone(), format!("{ARN}:domain/{id}"))
        }
        ("Domain", _) => (domain, String::new()),
        _ => {
            let name = request["UserProfileName"].as_str().unwrap_or_default();
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
        "Delete" => {
            state.objects.remove(&at);
            json!({})
        }
        other => panic!("{other}{noun}"),
    }))
}
