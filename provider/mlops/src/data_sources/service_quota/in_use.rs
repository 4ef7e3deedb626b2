//! How many instances are in use: Service Quotas has no metric of SageMaker's usage, so they are counted.

use std::collections::BTreeSet;
use std::sync::Arc;

use tfplug::context::Context;
use tfplug::value::{Path, Value};

use crate::aws::client::{Aws, Regional};
use crate::aws::operation::{Failure, Operation, list};
use crate::data_sources::service_quota::ServiceQuota;
use crate::engine::Declared;
use crate::engine::descriptions::{describe, name_in};
use crate::resources::inference::endpoint::ENDPOINT;
use crate::resources::inference::endpoint_configuration::ENDPOINT_CONFIGURATION;
use crate::resources::inference::transform_job::TRANSFORM_JOB;
use crate::resources::processing::processing_job::PROCESSING_JOB;
use crate::resources::training::training_job::TRAINING_JOB;
use crate::sagemaker::operation::operation;

const LIST_ENDPOINTS: Operation = operation!(list_endpoints, ListEndpoints);
const LIST_NOTEBOOK_INSTANCES: Operation = operation!(list_notebook_instances, ListNotebookInstances);

/// Jobs of a kind that hold instances while they run.
struct Jobs {
    declared: &'static Declared,
    list: Operation,
    /// The member of a list that has the jobs.
    items: &'static str,
    /// The member of a description that says which instances it uses.
    instances: &'static str,
}

static PROCESSING: Jobs = Jobs {
    declared: &PROCESSING_JOB,
    list: operation!(list_processing_jobs, ListProcessingJobs),
    items: "processing_job_summaries",
    instances: "processing_resources.cluster_config",
};
static TRAINING: Jobs = Jobs {
    declared: &TRAINING_JOB,
    list: operation!(list_training_jobs, ListTrainingJobs),
    items: "training_job_summaries",
    instances: "resource_config",
};
static TRANSFORM: Jobs = Jobs {
    declared: &TRANSFORM_JOB,
    list: operation!(list_transform_jobs, ListTransformJobs),
    items: "transform_job_summaries",
    instances: "transform_resources",
};

/// The instances of a type that are in use for something. None where AWS does not say.
///
/// # Errors
/// What AWS responded to a list or a description.
pub(super) async fn count(
    cx: &Context<Aws>,
    aws: &Arc<Regional>,
    usage: &str,
    instance_type: &str,
) -> Result<Option<i64>, Failure> {
    let counted = match usage {
        "endpoint" => of_endpoints(cx, aws, instance_type).await?,
        "notebook" => of_notebooks(cx, aws, instance_type).await?,
        "processing" => of_jobs(cx, aws, &PROCESSING, instance_type, |_| true).await?,
        "training" => of_jobs(cx, aws, &TRAINING, instance_type, |job| !is_spot(job)).await?,
        "spot training" => of_jobs(cx, aws, &TRAINING, instance_type, is_spot).await?,
        "transform" => of_jobs(cx, aws, &TRANSFORM, instance_type, |_| true).await?,
        _ => return Ok(None),
    };
    Ok(Some(counted))
}

fn is_spot(job: &Value) -> bool {
    job.attribute("enable_managed_spot_training").as_bool() == Some(true)
}

fn whole(value: &Value) -> i64 {
    value.as_number().and_then(|n| n.to_i64()).unwrap_or_default()
}

/// A list with the largest pages.
async fn listed(
    cx: &Context<Aws>,
    aws: &Regional,
    operation: &Operation,
    items: &str,
    status: Option<&str>,
) -> Result<Vec<Value>, Failure> {
    let mut input = Value::object([("max_results", Value::from(100))]);
    input.set_attribute("status_equals", Value::from(status.map(str::to_owned)));
    list(cx, aws, operation, input, items).await
}

/// The instances in a structure that has a type and a count, or groups of such.
fn instances(resources: &Value, instance_type: &str) -> i64 {
    let groups = resources.attribute("instance_groups").as_elements().unwrap_or_default();
    let all = groups.iter().chain([resources]);
    let of_type = all.filter(|group| group.attribute(ServiceQuota::INSTANCE_TYPE).as_str() == Some(instance_type));
    of_type.map(|group| whole(group.attribute("instance_count"))).sum()
}

async fn of_jobs(
    cx: &Context<Aws>,
    aws: &Arc<Regional>,
    jobs: &Jobs,
    instance_type: &str,
    counts: impl Fn(&Value) -> bool,
) -> Result<i64, Failure> {
    let mut names = BTreeSet::new();
    // A job that is being stopped still has its instances.
    for status in ["InProgress", "Stopping"] {
        let found = listed(cx, aws, &jobs.list, jobs.items, Some(status)).await?;
        names.extend(found.iter().filter_map(|job| name_in(jobs.declared, job)));
    }
    let described = describe(aws, jobs.declared, names).await.map_err(Failure::Aws)?;
    let at = Path::parse(jobs.instances);
    let resources = described.values().filter(|job| counts(job)).filter_map(|job| job.at(&at));
    Ok(resources.map(|resources| instances(resources, instance_type)).sum())
}

async fn of_notebooks(cx: &Context<Aws>, aws: &Regional, instance_type: &str) -> Result<i64, Failure> {
    let found = listed(cx, aws, &LIST_NOTEBOOK_INSTANCES, "notebook_instances", None).await?;
    let runs = |notebook: &&Value| {
        let status = notebook.attribute("notebook_instance_status").as_str();
        matches!(status, Some("Pending" | "InService" | "Updating" | "Stopping"))
    };
    let of_type = |notebook: &&Value| notebook.attribute(ServiceQuota::INSTANCE_TYPE).as_str() == Some(instance_type);
    Ok(found.iter().filter(runs).filter(of_type).count().try_into().unwrap_or(i64::MAX))
}

/// An endpoint says how many instances each variant has, its configuration of which type; and how many it is to have, while
/// the endpoint does not say so yet.
async fn of_endpoints(cx: &Context<Aws>, aws: &Arc<Regional>, instance_type: &str) -> Result<i64, Failure> {
    let found = listed(cx, aws, &LIST_ENDPOINTS, "endpoints", None).await?;
    let serves = |endpoint: &&Value| !matches!(endpoint.attribute("endpoint_status").as_str(), Some("Failed"));
    let names = found.iter().filter(serves).filter_map(|endpoint| name_in(&ENDPOINT, endpoint));
    let endpoints = describe(aws, &ENDPOINT, names.collect()).await.map_err(Failure::Aws)?;
    let used = endpoints.values().filter_map(|endpoint| name_in(&ENDPOINT_CONFIGURATION, endpoint));
    let configurations = describe(aws, &ENDPOINT_CONFIGURATION, used.collect()).await.map_err(Failure::Aws)?;
    let of_endpoint = |endpoint: &Value| -> i64 {
        let name = name_in(&ENDPOINT_CONFIGURATION, endpoint).unwrap_or_default();
        let lists = ["production_variants", "shadow_production_variants"];
        let wanted = configurations.get(&name).into_iter().flat_map(|c| variants(c, &lists));
        let of_type = wanted.filter(|v| v.attribute(ServiceQuota::INSTANCE_TYPE).as_str() == Some(instance_type));
        let held = of_type.map(|wanted| {
            let name = wanted.attribute("variant_name");
            match variants(endpoint, &lists).find(|v| v.attribute("variant_name") == name) {
                Some(now) => {
                    whole(now.attribute("current_instance_count")).max(whole(now.attribute("desired_instance_count")))
                }
                None => whole(wanted.attribute("initial_instance_count")),
            }
        });
        held.sum()
    };
    Ok(endpoints.values().map(of_endpoint).sum())
}

fn variants<'a>(of: &'a Value, lists: &[&str]) -> impl Iterator<Item = &'a Value> {
    let lists: Vec<&[Value]> = lists.iter().filter_map(|list| of.attribute(list).as_elements()).collect();
    lists.into_iter().flatten()
}
