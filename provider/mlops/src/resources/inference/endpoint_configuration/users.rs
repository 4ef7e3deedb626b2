//! Endpoints that use what is deleted. AWS deletes it all the same, without a word.
//!
//! By the time of a deletion Terraform has deleted or updated every endpoint that refers to the object, so that one which
//! still uses it is another's, or loses it for a while. A plan could not tell: there the endpoints of the same configuration use
//! it, too. But of a replacement by another one of the same name Terraform tells no endpoint, so that the plan says so.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::plan::Plan;
use tfplug::value::{Path, Value};

use super::ENDPOINT_CONFIGURATION;
use super::settings::ConfigurationSettings;
use super::variant::ProductionVariant;
use crate::aws::client::{Aws, Descriptions, Regional};
use crate::aws::operation::{NEVER, Operation, call};
use crate::engine::descriptions::{describe, name_in};
use crate::engine::{Hooks, LOOK};
use crate::resources::inference::endpoint::{ENDPOINT, Endpoint};
use crate::sagemaker::operation::operation;
use crate::shapes::fields::Named;

/// One page of the list, which begins with the endpoints that were created last. Source: SageMaker API reference,
/// ListEndpoints.
const MOST: i64 = 100;
const LIST_ENDPOINTS: Operation = operation!(list_endpoints, ListEndpoints);

/// Looks for the endpoints that use an endpoint configuration which is replaced or deleted.
pub struct Users;

#[async_trait]
impl Hooks for Users {
    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        let name = plan.prior.attribute(Named::NAME).as_str().unwrap_or_default();
        if plan.is_create() || plan.config.attribute(Named::NAME).as_str() != Some(name) || !plan.replaces() {
            return Ok(());
        }
        let aws = cx.client()?.region(plan.prior.attribute(Named::REGION).as_str());
        let look = users(cx, &aws, |endpoint| configurations(endpoint).any(|used| used == name));
        if let Ok(Some(users)) = tokio::time::timeout(LOOK, look).await
            && let Some(using) = using(&users)
        {
            let detail = format!(
                "Another one of the same name takes its place although {using}. An endpoint goes on with the former one until it is \
                 updated, and this plan does not update it for a name that stays: the next one does. To update it in the same \
                 apply, give the endpoint configuration `name_prefix` instead of `name`, and `lifecycle {{ create_before_destroy \
                 = true }}`."
            );
            let summary = format!("The endpoint configuration {name:?} is replaced while it is in use");
            cx.warn(Diag::warning(summary, detail).at(Path::of(Named::NAME)));
        }
        Ok(())
    }

    async fn before_delete(&self, cx: &Context<Aws>, aws: &Arc<Regional>, id: &str) -> Option<Diag> {
        let users = users(cx, aws, |endpoint| configurations(endpoint).any(|name| name == id)).await?;
        // Source: SageMaker API reference, DeleteEndpointConfig.
        let without = "goes on serving, but its updates fail, and AWS may not tell its instance type any more";
        warning("endpoint configuration", id, &users, without)
    }
}

/// A warning that names the endpoints that use a model which is deleted. None if there are none, or AWS does not say.
pub async fn of_model(cx: &Context<Aws>, aws: &Arc<Regional>, model: &str) -> Option<Diag> {
    let endpoints = endpoints(cx, aws).await?;
    let all = || endpoints.values().flat_map(configurations).map(str::to_owned).collect();
    let described = aws.looked_up("configurations of endpoints", || async {
        describe(aws, &ENDPOINT_CONFIGURATION, all()).await.ok()
    });
    let described = described.await?;
    let has = |name: &str| described.get(name).is_some_and(|configuration| hosts(configuration, model));
    let users = users(cx, aws, |endpoint| configurations(endpoint).any(has)).await?;
    let without = "goes on serving, and fails when it has to start another instance";
    warning("model", model, &users, without)
}

/// The names of the endpoints that use what is deleted. Many may be deleted at a time, so that all endpoints are looked at once;
/// only those that seemed to use it are looked at again, for Terraform may have updated or deleted them since.
async fn users(cx: &Context<Aws>, aws: &Arc<Regional>, uses: impl Fn(&Value) -> bool) -> Option<Vec<String>> {
    let seen = endpoints(cx, aws).await?;
    let candidates = seen.iter().filter(|(_, endpoint)| uses(endpoint)).map(|(name, _)| name.clone()).collect();
    let now = describe(aws, &ENDPOINT, candidates).await.ok()?;
    Some(now.into_iter().filter(|(_, endpoint)| serves(endpoint) && uses(endpoint)).map(|(name, _)| name).collect())
}

/// Whether an endpoint serves or is about to.
fn serves(endpoint: &Value) -> bool {
    !matches!(endpoint.attribute(Endpoint::ENDPOINT_STATUS).as_str(), Some("Failed" | "Deleting"))
}

async fn endpoints(cx: &Context<Aws>, aws: &Arc<Regional>) -> Option<Descriptions> {
    aws.looked_up("endpoints", || list_endpoints(cx, aws)).await
}

/// The descriptions of endpoints that serve or are about to.
async fn list_endpoints(cx: &Context<Aws>, aws: &Arc<Regional>) -> Option<BTreeMap<String, Value>> {
    let page = Value::object([("max_results", Value::from(MOST))]);
    let listed = call(cx, aws, &LIST_ENDPOINTS, &page, NEVER).await.ok()?;
    let all = listed.attribute("endpoints").as_elements()?.iter().filter(|endpoint| serves(endpoint));
    describe(aws, &ENDPOINT, all.filter_map(|endpoint| name_in(&ENDPOINT, endpoint)).collect()).await.ok()
}

/// The endpoint configurations that an endpoint serves and is being updated to.
fn configurations(endpoint: &Value) -> impl Iterator<Item = &str> {
    let all = [endpoint, endpoint.attribute("pending_deployment_summary")];
    all.into_iter().filter_map(|of| of.attribute(Endpoint::ENDPOINT_CONFIG_NAME).as_str())
}

/// Whether a variant of an endpoint configuration has this model.
fn hosts(configuration: &Value, model: &str) -> bool {
    let lists = [ConfigurationSettings::PRODUCTION_VARIANTS, ConfigurationSettings::SHADOW_PRODUCTION_VARIANTS];
    let variants = lists.into_iter().filter_map(|list| configuration.attribute(list).as_elements()).flatten();
    variants.into_iter().any(|variant| variant.attribute(ProductionVariant::MODEL_NAME).as_str() == Some(model))
}

/// Who uses it, as a part of a sentence. None without endpoints.
fn using(users: &[String]) -> Option<String> {
    let all = users.iter().map(|user| format!("{user:?}")).collect::<Vec<_>>().join(", ");
    match users {
        [] => None,
        [_] => Some(format!("the endpoint {all} uses it")),
        _ => Some(format!("the endpoints {all} use it")),
    }
}

/// `without` is what happens to an endpoint without the object. None without endpoints.
fn warning(noun: &str, name: &str, users: &[String], without: &str) -> Option<Diag> {
    let detail = format!(
        "AWS deletes the {noun} although {}. An endpoint without it {without}.\n\nIf this configuration manages the endpoint, \
         give the {noun} `name_prefix` instead of `name`, and `lifecycle {{ create_before_destroy = true }}`: the endpoint is then \
         updated first. If not, update the endpoint to another {noun}, or delete it.",
        using(users)?
    );
    Some(Diag::warning(format!("The {noun} {name:?} is deleted while it is in use"), detail))
}
