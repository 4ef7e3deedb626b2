//! The declaration of `mlops_dashboard`, and what is generated of its body.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::model::Root;
use tfplug::plan::Plan;
use tfplug::value::{Path, Value};

use super::{Dashboard, widgets};
use crate::aws::client::{Aws, Regional};
use crate::aws::operation::error;
use crate::aws::plan_json;
use crate::engine::key::{self, ArnForm, Key};
use crate::engine::{Create, Declared, Delete, Filter, Hooks, Listing, MovedFrom, Read, UpdateBy};
use crate::services::cloudwatch::{DELETE_DASHBOARDS, GET_DASHBOARD, LIST_DASHBOARDS, PUT_DASHBOARD, TAGS};

/// The declaration.
pub static DASHBOARD: Declared = Declared {
    moved_from: &[MovedFrom::new("aws_cloudwatch_dashboard", &["dashboard_name"])],
    key: Key {
        sent_as: &[("DeleteDashboards", "name", "dashboard_names[]")],
        member: Some("dashboard_name"),
        ..key::NAME
    },
    tags: Some(&TAGS),
    updates: &[UpdateBy::new(PUT_DASHBOARD, &["dashboard_body"])],
    hooks: &DashboardHooks,
    list: Some(&Listing {
        own: &[Filter::text("name_prefix", "dashboard_name_prefix", "Beginning of the names.", 255)],
        ..Listing::new(LIST_DASHBOARDS, "dashboard_entries")
    }),
    ..Declared::named(
        "dashboard",
        Dashboard::shared,
        ArnForm { regional: false, ..ArnForm::regional("cloudwatch", "dashboard/{name}") },
        Create { operation: PUT_DASHBOARD, arn: Some("dashboard_arn"), exists: &[], retryable: &[] },
        // Source: the service model, DashboardNotFoundError, with its code on the wire.
        Read { created: None, ..Read::by(GET_DASHBOARD, &[error("ResourceNotFound", "")]) },
        Delete::by(DELETE_DASHBOARDS, &[]),
    )
};

struct DashboardHooks;

#[async_trait]
impl Hooks for DashboardHooks {
    async fn plan(&self, _: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        let body = widgets::body(plan.planned());
        if !body.is_null() {
            let prior = plan.prior.attribute(Dashboard::DASHBOARD_BODY);
            let body = if widgets::same(prior, &body) { prior.clone() } else { body };
            plan.set(Dashboard::DASHBOARD_BODY, body);
        }
        Ok(())
    }

    fn complete(&self, aws: &Aws, planned: &mut Value) {
        if planned.attribute(Dashboard::DASHBOARD_BODY).is_null() {
            let region = aws.region(planned.attribute(Dashboard::REGION).as_str()).region().to_owned();
            planned.set_attribute(Dashboard::REGION, Value::from(region));
            planned.set_attribute(Dashboard::DASHBOARD_BODY, widgets::body(planned));
        }
    }

    fn adapt(&self, input: &mut Value) {
        if let Value::String(body) = input.attribute(Dashboard::DASHBOARD_BODY) {
            input.set_attribute(Dashboard::DASHBOARD_BODY, Value::from(plan_json::sent(body).to_owned()));
        }
    }

    /// A generated body is in the layout of plans, also as AWS has it: a difference is shown by line.
    fn after_read(&self, _: &Value, state: &Value, value: &mut Value) {
        let is_generated = widgets::LISTS.iter().any(|list| !state.attribute(list).is_null());
        if let (true, Value::String(body)) = (is_generated, value.attribute(Dashboard::DASHBOARD_BODY)) {
            value.set_attribute(Dashboard::DASHBOARD_BODY, Value::from(plan_json::read(body.clone())));
        }
    }

    /// What CloudWatch stores and cannot show is told in the answer (CloudWatch API reference, PutDashboard).
    fn answered(&self, cx: &Context<Aws>, answer: &Value) {
        for message in answer.attribute("dashboard_validation_messages").as_elements().unwrap_or_default() {
            let text = |member: &str| message.attribute(member).as_str().unwrap_or_default().to_owned();
            let detail =
                format!("CloudWatch stored the dashboard, and warns of {}: {}", text("data_path"), text("message"));
            cx.warn(
                Diag::warning("CloudWatch cannot show a part of the dashboard", detail)
                    .at(Path::of(Dashboard::DASHBOARD_BODY)),
            );
        }
    }

    /// GetDashboard tells no time; of a dashboard that was just made, ListDashboards tells the same as of its creation.
    async fn created(&self, aws: &Regional, id: &str, _: &Value) -> Option<i64> {
        let listed = aws.cloudwatch().list_dashboards().dashboard_name_prefix(id).send().await.ok()?;
        let entry = listed.dashboard_entries().iter().find(|e| e.dashboard_name() == Some(id))?;
        entry.last_modified()?.to_millis().ok()
    }
}
