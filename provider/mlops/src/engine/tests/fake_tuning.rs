//! The list of training jobs, which are the children of tuning jobs.

use serde_json::{Value as Json, json};

use super::fake::{Done, State};

/// What was done, if the operation is this one.
pub(super) fn work(state: &State, operation: &str, request: &Json) -> Option<Done> {
    if operation != "ListTrainingJobs" {
        return None;
    }
    let part = request["NameContains"].as_str().unwrap_or_default();
    let jobs = state.objects.iter().filter(|((noun, name), _)| noun == "TrainingJob" && name.contains(part));
    // One on a page.
    let skip: usize = request["NextToken"].as_str().map_or(0, |token| token.parse().unwrap());
    let mut jobs = jobs.map(|(_, job)| job).skip(skip);
    let first: Vec<Json> = jobs
        .next()
        .map(|job| {
            let members = ["TrainingJobName", "TrainingJobArn", "CreationTime", "TrainingJobStatus"];
            Json::Object(members.iter().map(|m| ((*m).to_owned(), job[*m].clone())).collect())
        })
        .into_iter()
        .collect();
    let mut answer = json!({ "TrainingJobSummaries": first });
    if jobs.next().is_some() {
        answer["NextToken"] = json!((skip + 1).to_string());
    }
    Some(Ok(answer))
}
