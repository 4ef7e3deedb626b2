//! Application Auto Scaling in memory: scalable targets and policies by all members that they are known by.

use serde_json::{Value as Json, json};

use super::fake::{Done, State};

const TARGET: [&str; 3] = ["ServiceNamespace", "ResourceId", "ScalableDimension"];

/// Carries out an operation of Application Auto Scaling; None if it is none.
pub(super) fn work(state: &mut State, operation: &str, request: &Json) -> Option<Done> {
    let target = key("ScalableTarget", &TARGET, request);
    let action = key("ScheduledAction", &[&TARGET[..], &["ScheduledActionName"]].concat(), request);
    let policy = key("ScalingPolicy", &[&TARGET[..], &["PolicyName"]].concat(), request);
    Some(match operation {
        "RegisterScalableTarget" => {
            put(state, target.clone(), "ScalableTargetARN", request);
            Ok(json!({ "ScalableTargetARN": state.objects[&target]["ScalableTargetARN"] }))
        }
        "PutScalingPolicy" if !state.objects.contains_key(&target) => {
            Err(("ObjectNotFoundException", "No scalable target registered for service namespace: x"))
        }
        "PutScalingPolicy" => {
            let alarm = json!({ "AlarmName": "a", "AlarmARN": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a" });
            put(state, policy.clone(), "PolicyARN", request);
            state.objects.get_mut(&policy).unwrap().insert("Alarms".to_owned(), json!([alarm]));
            Ok(json!({ "PolicyARN": state.objects[&policy]["PolicyARN"], "Alarms": [alarm] }))
        }
        "DescribeScalableTargets" if state.unseen > 0 => {
            state.unseen -= 1;
            Ok(json!({ "ScalableTargets": [] }))
        }
        "DescribeScalableTargets" => Ok(json!({ "ScalableTargets": found(state, "ScalableTarget", request) })),
        "DescribeScalingPolicies" => Ok(json!({ "ScalingPolicies": found(state, "ScalingPolicy", request) })),
        "PutScheduledAction" => {
            put(state, action, "ScheduledActionARN", request);
            Ok(json!({}))
        }
        "DescribeScheduledActions" => Ok(json!({ "ScheduledActions": found(state, "ScheduledAction", request) })),
        "DeregisterScalableTarget" | "DeleteScalingPolicy" | "DeleteScheduledAction" => {
            let key = match operation {
                "DeleteScalingPolicy" => policy,
                "DeleteScheduledAction" => action,
                _ => target,
            };
            state.objects.remove(&key).map(|_| json!({})).ok_or(("ObjectNotFoundException", "No such thing"))
        }
        "ListTagsForResource" => {
            let tagged = state.objects.values().find(|o| o.get("ScalableTargetARN") == Some(&request["ResourceARN"]));
            Ok(json!({ "Tags": tagged.and_then(|o| o.get("Tags")).cloned().unwrap_or(json!({})) }))
        }
        "TagResource" | "UntagResource" => Ok(json!({})),
        _ => return None,
    })
}

fn key(kind: &str, members: &[&str], request: &Json) -> (String, String) {
    let parts: Vec<&str> = members.iter().map(|m| request[m].as_str().unwrap_or_default()).collect();
    (kind.to_owned(), parts.join("|"))
}

/// Creates an object, or changes those of its members that are sent.
fn put(state: &mut State, key: (String, String), arn: &str, request: &Json) {
    let moment = state.moment();
    let object = state.objects.entry(key.clone()).or_default();
    object.entry("CreationTime").or_insert(moment);
    object.entry(arn).or_insert(json!(format!("arn:aws:autoscaling:us-east-1:123456789012:{}", key.1)));
    if key.0 == "ScalableTarget" {
        object.insert("RoleARN".to_owned(), json!("arn:aws:iam::123456789012:role/aws-service-role/x"));
    }
    object.extend(request.as_object().cloned().unwrap());
}

/// The objects that a request asks for: members that it leaves out, it does not filter by.
fn found(state: &State, kind: &str, request: &Json) -> Vec<Json> {
    let agrees = |object: &serde_json::Map<String, Json>| {
        TARGET.iter().all(|m| request[m].is_null() || object[*m] == request[m])
            && [("ResourceIds", "ResourceId"), ("PolicyNames", "PolicyName")]
                .iter()
                .all(|(list, member)| request[list].as_array().is_none_or(|names| names.contains(&object[*member])))
    };
    let objects = state.objects.iter().filter(|((noun, _), o)| noun == kind && agrees(o));
    objects.map(|(_, o)| Json::Object(o.clone())).collect()
}
