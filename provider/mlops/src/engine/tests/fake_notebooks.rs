//! Notebook instances and transform jobs in memory: what is started and stopped, and what is never deleted.

use serde_json::{Map, Value as Json, json};

use super::fake::{Done, State};

/// The status that an object takes when it is described the next time.
const NEXT: &str = "_next";

fn is_on_its_way(object: &Map<String, Json>) -> bool {
    object.contains_key(NEXT)
}

/// Does what concerns these kinds. None for other operations.
pub(super) fn work(state: &mut State, operation: &str, request: &Json) -> Option<Done> {
    if let Some(verb) = operation.strip_suffix("NotebookInstance") {
        return Some(notebook(state, verb, request));
    }
    operation.strip_suffix("TransformJob").map(|verb| transform(state, verb, request))
}

fn notebook(state: &mut State, verb: &str, request: &Json) -> Done {
    let name = request["NotebookInstanceName"].as_str().unwrap().to_owned();
    let key = ("NotebookInstance".to_owned(), name.clone());
    if verb == "Create" {
        let Json::Object(mut object) = request.clone() else { panic!("a request is an object") };
        rename(&mut object);
        let arn = json!(format!("arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/{name}"));
        object.insert("CreationTime".to_owned(), state.moment());
        object.insert("NotebookInstanceArn".to_owned(), arn.clone());
        go(&mut object, "Pending", "InService");
        state.objects.insert(key, object);
        return Ok(json!({ "NotebookInstanceArn": arn }));
    }
    let Some(object) = state.objects.get_mut(&key) else { return Err(("ValidationException", "RecordNotFound")) };
    if verb == "Describe" {
        let answer = Json::Object(object.clone());
        if let Some(next) = object.remove(NEXT) {
            object.insert("NotebookInstanceStatus".to_owned(), next);
        }
        return Ok(answer);
    }
    let wanted = if verb == "Stop" { "InService" } else { "Stopped" };
    if is_on_its_way(object) || object["NotebookInstanceStatus"] != wanted {
        return Err(("ValidationException", "Status (InService) not in ([Stopped, Failed]). Unable to transition"));
    }
    match verb {
        "Start" => go(object, "Pending", "InService"),
        "Stop" => go(object, "Stopping", "Stopped"),
        "Update" => {
            let Json::Object(mut changes) = request.clone() else { panic!("a request is an object") };
            if changes.remove("DisassociateLifecycleConfig").is_some() {
                object.remove("NotebookInstanceLifecycleConfigName");
            }
            rename(&mut changes);
            object.extend(changes);
            go(object, "Updating", "Stopped");
        }
        "Delete" => drop(state.objects.remove(&key)),
        other => panic!("{other}NotebookInstance"),
    }
    Ok(json!({}))
}

/// The description has other names for these than the request.
fn rename(object: &mut Map<String, Json>) {
    for (sent, described) in
        [("SecurityGroupIds", "SecurityGroups"), ("LifecycleConfigName", "NotebookInstanceLifecycleConfigName")]
    {
        if let Some(value) = object.remove(sent) {
            object.insert(described.to_owned(), value);
        }
    }
}

fn go(object: &mut Map<String, Json>, first: &str, then: &str) {
    object.insert("NotebookInstanceStatus".to_owned(), json!(first));
    object.insert(NEXT.to_owned(), json!(then));
}

fn transform(state: &mut State, verb: &str, request: &Json) -> Done {
    let name = request["TransformJobName"].as_str().unwrap().to_owned();
    let key = ("TransformJob".to_owned(), name.clone());
    let exists = state.objects.contains_key(&key);
    match verb {
        "Create" if exists => Err(("ResourceInUse", "Job name must be unique within an AWS account and region")),
        "Create" => {
            let Json::Object(mut object) = request.clone() else { panic!("a request is an object") };
            let arn = json!(format!("arn:aws:sagemaker:us-east-1:123456789012:transform-job/{name}"));
            object.insert("CreationTime".to_owned(), state.moment());
            object.insert("TransformJobArn".to_owned(), arn.clone());
            object.insert("TransformJobStatus".to_owned(), json!("InProgress"));
            state.objects.insert(key, object);
            Ok(json!({ "TransformJobArn": arn }))
        }
        _ if !exists => Err(("ValidationException", "Could not find requested job with name: x")),
        "Describe" => {
            let still = state.still;
            let object = state.objects.get_mut(&key).unwrap();
            let answer = Json::Object(object.clone());
            if !still && object["TransformJobStatus"] == "InProgress" {
                object.insert("TransformJobStatus".to_owned(), json!("Completed"));
            }
            Ok(answer)
        }
        "Stop" => {
            state.objects.get_mut(&key).unwrap().insert("TransformJobStatus".to_owned(), json!("Stopped"));
            Ok(json!({}))
        }
        other => panic!("{other}TransformJob"),
    }
}
