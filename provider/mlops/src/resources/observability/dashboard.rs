//! `mlops_dashboard`: a CloudWatch dashboard.
//!
//! Quirks of the API: one operation creates and replaces, and nothing says that a name is taken; a body that can be shown
//! only in part is accepted with messages in the answer; ARNs name no region. Source: CloudWatch API reference,
//! PutDashboard and GetDashboard.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::Diag;
use tfplug::model::{Model, Root};
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use crate::aws::client::{Aws, Regional};
use crate::aws::operation::error;
use crate::engine::key::{self, ArnForm, Key};
use crate::engine::{Create, Declared, Delete, Hooks, Read, UpdateBy};
use crate::services::cloudwatch::{DELETE_DASHBOARDS, GET_DASHBOARD, PUT_DASHBOARD, TAGS};
use crate::shapes::fields::Tagged;

/// A CloudWatch dashboard.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "dashboard",
    subcategory = "Observability",
    timeouts(create = "5m", update = "5m", delete = "5m"),
    identity("name", optional("region"), derived("account_id"))
)]
pub struct Dashboard {
    /// Name, unique in the account.
    #[tf(required, requires_replace, provider_only, validate(NAME))]
    name: String,
    /// AWS Region that the dashboard is created through. Dashboards are global: one name stands for the same dashboard in
    /// every Region. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    /// Body of the dashboard, a JSON document: `jsonencode({ widgets = [...] })`. It is compared by meaning, not by text.
    #[tf(required, equal_json)]
    dashboard_body: String,
    #[tf(embed)]
    tagged: Tagged,
    /// ARN of the dashboard.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
}

/// Source: CloudWatch API reference, PutDashboard.
const NAME: Validator = Validator::Text {
    expected: "1 to 255 letters, digits, hyphens and underscores",
    accepts: |s| (1..=255).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)),
};

/// The declaration.
pub static DASHBOARD: Declared = Declared {
    key: Key {
        sent_as: &[("DeleteDashboards", "name", "dashboard_names[]")],
        member: Some("dashboard_name"),
        ..key::NAME
    },
    tags: Some(&TAGS),
    updates: &[UpdateBy::new(PUT_DASHBOARD, &["dashboard_body"])],
    hooks: &DashboardHooks,
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
    /// What CloudWatch stores and cannot show is told in the answer (CloudWatch API reference, PutDashboard).
    fn answered(&self, cx: &Context<Aws>, answer: &Value) {
        for message in answer.attribute("dashboard_validation_messages").as_elements().unwrap_or_default() {
            let text = |member: &str| message.attribute(member).as_str().unwrap_or_default().to_owned();
            let detail =
                format!("CloudWatch stored the dashboard, and warns of {}: {}", text("data_path"), text("message"));
            cx.warn(
                Diag::warning("CloudWatch cannot show a part of the dashboard", detail).at(Path::of("dashboard_body")),
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
