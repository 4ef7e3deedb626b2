//! Monitoring schedules with their alerts and executions, and the job definitions that they use, in memory.

use serde_json::{Map, Value as Json, json};

use super::fake::{Done, State};

const STATUS: &str = "MonitoringScheduleStatus";
const EXECUTION: &str = "LastMonitoringExecutionSummary";
/// The alerts of a schedule, and the status that it takes when it is described the next time.
const ALERTS: &str = "_alerts";
const NEXT: &str = "_next";
/// How many looks the execution takes.
const LOOKS: &str = "_looks";

/// Does what concerns these kinds. None for other operations.
pub(super) fn work(state: &mut State, operation: &str, request: &Json) -> Option<Done> {
    match operation {
        "ListMonitoringSchedules" => Some(Ok(json!({ "MonitoringScheduleSummaries": users(state, request) }))),
        "ListMonitoringExecutions" => {
            let schedule = state.objects.get(&key_of(request))?;
            let last: Vec<_> = schedule.get(EXECUTION).into_iter().collect();
            Some(Ok(json!({ "MonitoringExecutionSummaries": last })))
        }
        "ListMonitoringAlerts" => {
            let schedule = state.objects.get(&key_of(request))?;
            Some(Ok(json!({ "MonitoringAlertSummaries": schedule.get(ALERTS).cloned().unwrap_or(json!([])) })))
        }
        "UpdateMonitoringAlert" => {
            let alerts = state.objects.get_mut(&key_of(request))?.get_mut(ALERTS)?.as_array_mut()?;
            let alert = alerts.iter_mut().find(|a| a["MonitoringAlertName"] == request["MonitoringAlertName"]);
            Some(alert.ok_or(("ResourceNotFound", "There is no such alert")).map(|alert| {
                for member in ["DatapointsToAlert", "EvaluationPeriod"] {
                    alert[member] = request[member].clone();
                }
                json!({})
            }))
        }
        other => match (other.strip_suffix("MonitoringSchedule"), other.strip_suffix("DataQualityJobDefinition")) {
            (Some(verb), _) => Some(schedule(state, verb, request)),
            (_, Some(verb)) => Some(definition(state, verb, request)),
            _ => None,
        },
    }
}

fn key_of(request: &Json) -> (String, String) {
    ("MonitoringSchedule".to_owned(), request["MonitoringScheduleName"].as_str().unwrap().to_owned())
}

/// The alerts that AWS makes for a schedule.
pub(super) fn alerts(names: &[&str]) -> Json {
    let alert = |name: &&str| json!({ "MonitoringAlertName": name, "DatapointsToAlert": 1, "EvaluationPeriod": 1 });
    Json::Array(names.iter().map(alert).collect())
}

/// An execution begins, and ends when it has been looked at more often than by a refresh and for the schedule's own status.
pub(super) fn execute(object: &mut Map<String, Json>) {
    object.insert(LOOKS.to_owned(), json!(5));
    object.insert(EXECUTION.to_owned(), json!({ "MonitoringExecutionStatus": "InProgress" }));
}

/// An execution has failed.
pub(super) fn fail(object: &mut Map<String, Json>) {
    let arn = "arn:aws:sagemaker:us-east-1:123456789012:processing-job/model-monitoring-1";
    let failed = json!({ "MonitoringExecutionStatus": "Failed", "FailureReason": "no data", "ProcessingJobArn": arn });
    object.insert(EXECUTION.to_owned(), failed);
}

fn schedule(state: &mut State, verb: &str, request: &Json) -> Done {
    let key = key_of(request);
    if verb == "Create" {
        let Json::Object(mut object) = request.clone() else { panic!("a request is an object") };
        let arn = json!(format!("arn:aws:sagemaker:us-east-1:123456789012:monitoring-schedule/{}", key.1));
        object.insert("CreationTime".to_owned(), state.moment());
        object.insert("MonitoringScheduleArn".to_owned(), arn.clone());
        object.insert(ALERTS.to_owned(), alerts(&["first"]));
        go(&mut object, "Scheduled");
        state.objects.insert(key, object);
        return Ok(json!({ "MonitoringScheduleArn": arn }));
    }
    let Some(object) = state.objects.get_mut(&key) else { return Err(("ResourceNotFound", "not found")) };
    if verb == "Describe" {
        let answer = Json::Object(object.clone());
        if let Some(next) = object.remove(NEXT) {
            object.insert(STATUS.to_owned(), next);
        }
        match object.get(LOOKS).and_then(Json::as_i64) {
            Some(0) => object[EXECUTION]["MonitoringExecutionStatus"] = json!("Completed"),
            Some(left) => drop(object.insert(LOOKS.to_owned(), json!(left - 1))),
            None => {}
        }
        return Ok(answer);
    }
    if object.contains_key(NEXT) {
        return Err(("ValidationException", "Monitoring schedule in status Pending"));
    }
    let executes = object.get(EXECUTION).is_some_and(|e| e["MonitoringExecutionStatus"] == "InProgress");
    match verb {
        "Update" | "Delete" if executes => return Err(("ValidationException", "An execution is in progress")),
        "Update" => {
            object.insert("MonitoringScheduleConfig".to_owned(), request["MonitoringScheduleConfig"].clone());
            go(object, "Scheduled");
        }
        "Start" => go(object, "Scheduled"),
        "Stop" => go(object, "Stopped"),
        "Delete" => drop(state.objects.remove(&key)),
        other => panic!("{other}MonitoringSchedule"),
    }
    Ok(json!({}))
}

/// It is pending, and in this status when it is looked at again.
pub(super) fn go(object: &mut Map<String, Json>, then: &str) {
    object.insert(STATUS.to_owned(), json!("Pending"));
    object.insert(NEXT.to_owned(), json!(then));
}

/// The schedules that use a definition.
fn users(state: &State, request: &Json) -> Vec<Json> {
    let uses = |object: &&Map<String, Json>| {
        object.get("MonitoringScheduleConfig").is_some_and(|config| {
            config["MonitoringJobDefinitionName"] == request["MonitoringJobDefinitionName"]
                && config["MonitoringType"] == request["MonitoringTypeEquals"]
        })
    };
    state
        .objects
        .values()
        .filter(uses)
        .map(|o| json!({ "MonitoringScheduleName": o["MonitoringScheduleName"] }))
        .collect()
}

fn definition(state: &mut State, verb: &str, request: &Json) -> Done {
    let name = request["JobDefinitionName"].as_str().unwrap().to_owned();
    let key = ("DataQualityJobDefinition".to_owned(), name.clone());
    match verb {
        "Create" => {
            let Json::Object(mut object) = request.clone() else { panic!("a request is an object") };
            let arn = json!(format!("arn:aws:sagemaker:us-east-1:123456789012:data-quality-job-definition/{name}"));
            object.insert("CreationTime".to_owned(), state.moment());
            object.insert("JobDefinitionArn".to_owned(), arn.clone());
            state.objects.insert(key, object);
            Ok(json!({ "JobDefinitionArn": arn }))
        }
        "Delete" => {
            let filter = json!({ "MonitoringJobDefinitionName": name, "MonitoringTypeEquals": "DataQuality" });
            if !users(state, &filter).is_empty() {
                return Err(("ValidationException", "It cannot be deleted."));
            }
            state.objects.remove(&key);
            Ok(json!({}))
        }
        _ => state.objects.get(&key).cloned().map(Json::Object).ok_or(("ResourceNotFound", "not found")),
    }
}
