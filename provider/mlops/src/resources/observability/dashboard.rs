//! `mlops_dashboard`: a CloudWatch dashboard.
//!
//! Quirks of the API: one operation creates and replaces, and nothing says that a name is taken; a body that can be shown
//! only in part is accepted with messages in the answer; ARNs name no region. Source: CloudWatch API reference,
//! PutDashboard and GetDashboard.

mod declaration;
mod widgets;

use tfplug::model::Model;
use tfplug::validator::Validator;

pub use self::declaration::DASHBOARD;
use crate::aws::arn;
use crate::shapes::fields::Tagged;

/// A CloudWatch dashboard. Its body is given as JSON, or generated from lists of what is to be seen: endpoints, jobs, monitoring
/// schedules, alarms. The plan shows the generated body.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "dashboard",
    subcategory = "Observability",
    timeouts(create = "5m", update = "5m", delete = "5m"),
    identity("name", optional("region"), derived("account_id")),
    at_least_one_of(
        "dashboard_body",
        "endpoints",
        "training_jobs",
        "processing_jobs",
        "transform_jobs",
        "monitoring_schedules",
        "alarms"
    ),
    at_most_one_of("dashboard_body", "endpoints"),
    at_most_one_of("dashboard_body", "training_jobs"),
    at_most_one_of("dashboard_body", "processing_jobs"),
    at_most_one_of("dashboard_body", "transform_jobs"),
    at_most_one_of("dashboard_body", "monitoring_schedules"),
    at_most_one_of("dashboard_body", "alarms"),
    at_most_one_of("dashboard_body", "period")
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
    /// Generated from the lists below unless set.
    #[tf(optional, computed, planned, equal_json)]
    dashboard_body: Option<String>,
    /// Variants of endpoints: invocations and errors, latency, utilization of each.
    #[tf(optional, provider_only, validate(LISTED))]
    endpoints: Option<Vec<DashboardEndpoint>>,
    /// Names of training jobs: utilization of the first instance of each.
    #[tf(optional, provider_only, validate(LISTED))]
    training_jobs: Option<Vec<String>>,
    /// Names of processing jobs: utilization of the first instance of each.
    #[tf(optional, provider_only, validate(LISTED))]
    processing_jobs: Option<Vec<String>>,
    /// Names of transform jobs: utilization of the instances of each. They are found by the words of the name.
    #[tf(optional, provider_only, validate(LISTED))]
    transform_jobs: Option<Vec<String>>,
    /// Names of data quality monitoring schedules: how far each feature has drifted from the baseline.
    #[tf(optional, provider_only, validate(LISTED))]
    monitoring_schedules: Option<Vec<String>>,
    /// ARNs of alarms: the states of all of them, and the metric and threshold of each.
    #[tf(optional, provider_only, validate(Validator::Count { min: 0, max: 100 }, arn::ALARM))]
    alarms: Option<Vec<String>>,
    /// Seconds between two points of the graphs of endpoints and jobs: a multiple of 60. Defaults to 60.
    #[tf(optional, provider_only, validate(MINUTES))]
    period: Option<i64>,
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

/// Endpoints and jobs that have place on a dashboard, which has at most 500 widgets. Source: CloudWatch API reference, Dashboard Body
/// Structure and Syntax.
const LISTED: Validator = Validator::Count { min: 0, max: 50 };
/// Source: CloudWatch API reference, Dashboard Body Structure and Syntax, `period`.
const MINUTES: Validator = Validator::Range { min: 60, max: 86_400 };

/// A variant of an endpoint.
#[derive(Clone, Debug, Model)]
pub struct DashboardEndpoint {
    /// Name of the endpoint.
    #[tf(required, provider_only)]
    endpoint_name: String,
    /// Name of the production variant.
    #[tf(required, provider_only)]
    variant_name: String,
}
