//! From the compiled policy back to the grants, so that an imported role has its `access` in the state.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use tfplug::model::Set;

use super::access::{Access, AccountContext, compile};
use crate::aws::policy_json;

/// The grants that this policy was compiled from. None if they do not compile to the same policy again: someone else
/// wrote it.
pub(super) fn access(document: &str, context: AccountContext<'_>) -> Option<Access> {
    let json: Json = serde_json::from_str(document).ok()?;
    let mut access = Access::default();
    for statement in json.get("Statement")?.as_array()? {
        let resources = strings(statement.get("Resource")?);
        match statement.get("Sid").and_then(Json::as_str) {
            Some("ReadObjects") => access.read = Some(uris(&resources)),
            Some("WriteObjects") => access.write = Some(uris(&resources)),
            Some("DeleteObjects") => access.delete = Some(uris(&resources)),
            Some("UseKeys") => access.kms_keys = Some(resources.into_iter().collect()),
            Some("PullImages") => access.ecr_repositories = Some(resources.into_iter().collect()),
            Some("WriteLogs") => access.logs = true,
            Some("PublishMetrics") => {
                let namespaces = strings(statement.pointer("/Condition/StringLike/cloudwatch:namespace")?);
                let (own, further): (Vec<_>, Vec<_>) =
                    namespaces.into_iter().partition(|n| n == "/aws/sagemaker/*" || n == "aws/sagemaker/*");
                access.metrics = !own.is_empty();
                access.metric_namespaces = some(further);
            }
            Some("JoinVpc") => access.vpc = true,
            Some("InvokeFunctions") => access.lambda_functions = Some(resources.into_iter().collect()),
            Some("SendCallbacks") => access.sqs_queues = Some(resources.into_iter().collect()),
            Some("PublishNotifications") => access.sns_topics = Some(resources.into_iter().collect()),
            Some("ReadSecrets") => access.secrets = Some(resources.into_iter().collect()),
            Some("UseModelRegistry") => access.model_registry = some(names(&resources, "model-package-group/", "")),
            Some("InvokeEndpoints") => access.endpoints = some(names(&resources, "endpoint/", "")),
            Some("StartPipelines") => access.start_pipelines = some(names(&resources, "pipeline/", "")),
            Some("StartStopNotebookInstances") => {
                access.start_stop_notebook_instances = some(names(&resources, "notebook-instance/", ""));
            }
            Some("RecreateEndpoints") => access.recreate_endpoints = some(names(&resources, "endpoint/", "")),
            Some("RunPipelineJobs") => {
                access.pipelines = true;
                let prefixes = names(&resources, "training-job/", "*");
                access.pipeline_job_prefixes = some(prefixes.into_iter().filter(|p| p != "pipelines-").collect());
            }
            _ => {}
        }
    }
    let again = compile(&access, context).ok()??;
    policy_json::same(&again, document).then_some(access)
}

fn some(all: Vec<String>) -> Option<Set<String>> {
    (!all.is_empty()).then_some(Set(all))
}

fn strings(value: &Json) -> Vec<String> {
    match value {
        Json::String(one) => vec![one.clone()],
        Json::Array(all) => all.iter().filter_map(|s| s.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

/// The URIs behind the ARNs of objects: `b/name` and `b/name/*` together are `s3://b/name`.
fn uris(arns: &[String]) -> Set<String> {
    let places: BTreeSet<String> =
        arns.iter().filter_map(|arn| arn.splitn(6, ':').nth(5)).map(|place| place.replace("${$}", "$")).collect();
    let folder_of = |place: &str| place.strip_suffix("/*").map(str::to_owned);
    let uri = |place: &String| match folder_of(place) {
        Some(folder) if places.contains(&folder) || !folder.contains('/') => Some(format!("s3://{folder}")),
        Some(folder) => Some(format!("s3://{folder}/")),
        None if places.contains(&format!("{place}/*")) => None,
        None => Some(format!("s3://{place}")),
    };
    places.iter().filter_map(uri).collect()
}

/// The names in ARNs of one kind. A name in lower case that also stands there in mixed case is no name of its own.
fn names(arns: &[String], kind: &str, end: &str) -> Vec<String> {
    let found: BTreeSet<&str> =
        arns.iter().filter_map(|arn| arn.splitn(6, ':').nth(5)?.strip_prefix(kind)?.strip_suffix(end)).collect();
    let is_copy = |name: &&str| found.iter().any(|other| other != name && other.to_ascii_lowercase() == **name);
    found.iter().filter(|name| !is_copy(name)).map(|name| (*name).to_owned()).collect()
}
