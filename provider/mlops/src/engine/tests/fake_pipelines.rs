//! Executions of pipelines in memory, by ARN; lists come in pages of two.

use serde_json::{Value as Json, json};

use super::fake::{Done, State};

const KIND: &str = "PipelineExecution";
const ABSENT: (&str, &str) = ("ResourceNotFound", "PipelineExecution 'x' does not exist.");
const CONFLICT: (&str, &str) = ("ConflictException", "Pipeline 'x' has running executions.");
const PAGE: usize = 2;
/// The steps of every execution.
const STEPS: [&str; 5] = ["Prepare", "Train", "Evaluate", "IsGood", "Register"];

/// Carries out an operation on executions, or one on pipelines that looks at them; None if it is none.
pub(super) fn work(state: &mut State, operation: &str, request: &Json) -> Option<Done> {
    let arn = request["PipelineExecutionArn"].as_str().unwrap_or_default().to_owned();
    let key = (KIND.to_owned(), arn.clone());
    Some(match operation {
        "StartPipelineExecution" => {
            let token = request["ClientRequestToken"].as_str().unwrap().to_owned();
            let arn = state.tokens.get(&token).cloned().unwrap_or_else(|| start(state, "Executing"));
            // How often it fails.
            let failures = request["PipelineParameters"][0]["Value"].as_str().and_then(|n| n.parse::<i64>().ok());
            if let Some(made) = state.objects.get_mut(&(KIND.to_owned(), arn.clone())) {
                made.insert("Failures".to_owned(), json!(failures.unwrap_or(0)));
            }
            state.tokens.insert(token, arn.clone());
            Ok(json!({ "PipelineExecutionArn": arn }))
        }
        "RetryPipelineExecution" => {
            let failures = state.objects[&key]["Failures"].as_i64().unwrap_or(0);
            // So it is with one that a Fail step ended.
            if failures > 5 {
                return Some(Err(("ValidationException", "It cannot be retried.")));
            }
            set(state, &arn, "Failed", "Executing");
            state.objects.get_mut(&key)?.insert("Failures".to_owned(), json!(failures - 1));
            Ok(json!({ "PipelineExecutionArn": arn }))
        }
        "DescribePipelineExecution" => {
            let described = state.objects.get(&key).cloned().ok_or(ABSENT);
            let fails = described.as_ref().is_ok_and(|d| d.get("Failures").and_then(Json::as_i64) > Some(0));
            set(state, &arn, "Executing", if fails { "Failed" } else { "Succeeded" });
            described.map(Json::Object)
        }
        "StopPipelineExecution" => {
            set(state, &arn, "Executing", "Stopped");
            Ok(json!({ "PipelineExecutionArn": arn }))
        }
        "ListPipelineExecutionSteps" => {
            let all = STEPS.map(|name| json!({ "StepName": name, "StepStatus": "Succeeded" }));
            Ok(page(request, "PipelineExecutionSteps", &all))
        }
        "ListPipelineExecutions" => {
            let all: Vec<Json> = executions(state).map(|(_, e)| Json::Object(e.clone())).collect();
            Ok(page(request, "PipelineExecutionSummaries", &all))
        }
        "ListPipelineVersions" => {
            let all = [3, 2, 1].map(|id| json!({ "PipelineVersionId": id }));
            Ok(page(request, "PipelineVersionSummaries", &all))
        }
        "DeletePipeline" if executions(state).any(|(_, e)| e["PipelineExecutionStatus"] == "Executing") => {
            if !state.still {
                let all: Vec<String> = executions(state).map(|(arn, _)| arn.clone()).collect();
                all.iter().for_each(|arn| set(state, arn, "Executing", "Succeeded"));
            }
            Err(CONFLICT)
        }
        _ => return None,
    })
}

/// Starts an execution, whoever does, in this status.
pub(super) fn start(state: &mut State, status: &str) -> String {
    let arn = format!("arn:aws:sagemaker:us-east-1:123456789012:pipeline/p/execution/e{}", executions(state).count());
    let execution = json!({
        "PipelineArn": "arn:aws:sagemaker:us-east-1:123456789012:pipeline/p",
        "PipelineExecutionArn": arn,
        "PipelineExecutionStatus": status,
        "CreationTime": state.moment(),
    });
    state.objects.insert((KIND.to_owned(), arn.clone()), execution.as_object().cloned().unwrap());
    arn
}

fn executions(state: &State) -> impl Iterator<Item = (&String, &serde_json::Map<String, Json>)> {
    state.objects.iter().filter(|((kind, _), _)| kind == KIND).map(|((_, arn), execution)| (arn, execution))
}

fn set(state: &mut State, arn: &str, from: &str, to: &str) {
    if let Some(found) = state.objects.get_mut(&(KIND.to_owned(), arn.to_owned()))
        && found["PipelineExecutionStatus"] == from
    {
        found.insert("PipelineExecutionStatus".to_owned(), json!(to));
    }
}

fn page(request: &Json, member: &str, all: &[Json]) -> Json {
    let from: usize = request["NextToken"].as_str().map_or(0, |token| token.parse().unwrap());
    let mut answer = json!({ member: all.iter().skip(from).take(PAGE).collect::<Vec<_>>() });
    if from + PAGE < all.len() {
        answer["NextToken"] = json!((from + PAGE).to_string());
    }
    answer
}
