//! Lists in memory, in pages of three at most.

use serde_json::{Value as Json, json};

use super::fake::{Done, State};

/// How many objects a page has at most.
pub(super) const PAGE: usize = 3;

/// Operations, what they list, and the member that has it.
const LISTS: [(&str, &str, &str); 3] = [
    ("ListModels", "Model", "Models"),
    ("ListHyperParameterTuningJobs", "HyperParameterTuningJob", "HyperParameterTuningJobSummaries"),
    ("ListDataQualityJobDefinitions", "DataQualityJobDefinition", "JobDefinitionSummaries"),
];

/// A page of the objects, by name; None if the operation is another one.
pub(super) fn work(state: &State, operation: &str, request: &Json) -> Option<Done> {
    let (_, noun, items) = LISTS.iter().find(|(name, ..)| *name == operation)?;
    let all: Vec<Json> = state
        .objects
        .iter()
        .filter(|((kind, _), _)| kind == noun)
        .map(|(_, object)| summary(noun, &Json::Object(object.clone())))
        .collect();
    let from: usize = request["NextToken"].as_str().map_or(0, |token| token.parse().unwrap());
    let most = request["MaxResults"].as_u64().map_or(PAGE, |most| PAGE.min(most as usize));
    let mut answer = json!({ *items: all.iter().skip(from).take(most).cloned().collect::<Json>() });
    if from + most < all.len() {
        answer["NextToken"] = json!((from + most).to_string());
    }
    Some(Ok(answer))
}

/// What a list says of an object: its name, its ARN and its time of creation.
fn summary(noun: &str, object: &Json) -> Json {
    let arn = &object[format!("{noun}Arn")];
    match noun {
        // Source: github.com/boto/boto3 issue 4606.
        "HyperParameterTuningJob" => json!({
            "HyperParameterTuningJobName": object["HyperParameterTuningJobName"],
            "HyperParameterTuningJobArn": arn.as_str().map(str::to_lowercase),
            "CreationTime": object["CreationTime"],
        }),
        "DataQualityJobDefinition" => json!({
            "MonitoringJobDefinitionName": object["JobDefinitionName"],
            "MonitoringJobDefinitionArn": object["JobDefinitionArn"],
            "CreationTime": object["CreationTime"],
        }),
        _ => json!({
            format!("{noun}Name"): object[format!("{noun}Name")],
            format!("{noun}Arn"): arn,
            "CreationTime": object["CreationTime"],
        }),
    }
}
