//! `mlops_monitoring_schedule`: when captured data are examined.
//!
//! Quirks of the API: the whole configuration is sent with each update; neither an update nor a deletion is taken while the
//! schedule is `Pending` or an execution goes on; a deleted schedule is described for a while; its alerts are made by AWS and
//! can only be set. Source: SageMaker API reference, UpdateMonitoringSchedule and UpdateMonitoringAlert;
//! aws/amazon-sagemaker-examples issue 2342; ACK's controller for SageMaker, which waits for the last execution.

mod declaration;

use tfplug::model::Model;
use tfplug::validator::Validator;

pub use self::declaration::MONITORING_SCHEDULE;
use crate::shapes::fields::{Created, Named, Tagged};
use crate::shapes::monitoring_schedule::{MonitoringAlert, MonitoringExecutionSummary, MonitoringScheduleConfig};
use crate::shapes::network::LeftInterfaces;

/// A monitoring schedule: when captured data are examined, and by which job definition. Before a change and before its
/// deletion an execution that is going on is waited for, as AWS takes neither meanwhile.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "monitoring_schedule",
    subcategory = "Monitoring",
    timeouts(create = "10m", update = "90m", delete = "90m"),
    identity("name", optional("region"), derived("account_id"))
)]
pub struct MonitoringSchedule {
    #[tf(embed)]
    named: Named,
    #[tf(required)]
    monitoring_schedule_config: MonitoringScheduleConfig,
    /// Status that the schedule is to have: `Scheduled` or `Stopped`. Unless set, a schedule is scheduled when it is created,
    /// and later left as it is.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::OneOf(&["Scheduled", "Stopped"])))]
    monitoring_schedule_status: Option<String>,
    /// Thresholds of the alerts that SageMaker makes for each schedule. Those that are left out are left as they are.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::Count { min: 0, max: 100 }))]
    alerts: Option<Vec<MonitoringAlert>>,
    /// Whether a destroy also deletes the log streams of the executions. Defaults to `true`.
    #[tf(optional, computed, provider_only, default = true)]
    delete_logs: bool,
    #[tf(embed)]
    left_interfaces: LeftInterfaces,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
    /// Name of the endpoint that is watched; null for batch transforms.
    #[tf(computed, changes_with("monitoring_schedule_config"))]
    endpoint_name: Option<String>,
    /// The last execution; null before the first.
    #[tf(computed, changes_with("monitoring_schedule_config", "monitoring_schedule_status"))]
    last_monitoring_execution_summary: Option<MonitoringExecutionSummary>,
    /// Why the schedule failed; null if it did not.
    #[tf(computed, changes_with("monitoring_schedule_config", "monitoring_schedule_status"))]
    failure_reason: Option<String>,
}
