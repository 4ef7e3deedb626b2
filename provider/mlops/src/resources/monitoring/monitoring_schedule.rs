//! `mlops_monitoring_schedule`: when captured data are examined.
//!
//! Quirks of the API: the whole configuration is sent with each update; neither an update nor a deletion is taken while the
//! schedule is `Pending` or an execution goes on; a deleted schedule is described for a while; its alerts are made by AWS and
//! can only be set. Source: SageMaker API reference, UpdateMonitoringSchedule and UpdateMonitoringAlert;
//! aws/amazon-sagemaker-examples issue 2342; ACK's controller for SageMaker, which waits for the last execution.

use tfplug::diag::{Diag, Diags};
use tfplug::model::{Model, Root};
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use crate::aws::operation::error;
use crate::engine::statuses::Statuses;
use crate::engine::{Activity, Companions, Create, Declared, Delete, Hooks, Power, Read, UpdateBy};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{IAM_PROPAGATION, named};
use crate::shapes::fields::{Created, Named, Tagged};
use crate::shapes::monitoring_schedule::{
    MonitoringAlert, MonitoringExecutionSummary, MonitoringScheduleConfig, ScheduleConfig,
};

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

/// The declaration.
pub static MONITORING_SCHEDULE: Declared = Declared {
    statuses: &[Statuses {
        member: "monitoring_schedule_status",
        busy: &["Pending"],
        done: &["Scheduled", "Stopped"],
        reason: Some("failure_reason"),
    }],
    occupied: &[Statuses {
        member: "last_monitoring_execution_summary.monitoring_execution_status",
        busy: &["Pending", "InProgress", "Stopping"],
        done: &[],
        reason: None,
    }],
    activity: Activity::Power(Power {
        start: operation!(start_monitoring_schedule, StartMonitoringSchedule),
        stop: operation!(stop_monitoring_schedule, StopMonitoringSchedule),
        on: "Scheduled",
        off: "Stopped",
        rests: false,
    }),
    updates: &[UpdateBy::new(
        operation!(update_monitoring_schedule, UpdateMonitoringSchedule),
        &["monitoring_schedule_config"],
    )],
    companions: &[Companions {
        attribute: "alerts",
        noun: "alert",
        by: "monitoring_alert_name",
        list: operation!(list_monitoring_alerts, ListMonitoringAlerts),
        items: "monitoring_alert_summaries",
        write: operation!(update_monitoring_alert, UpdateMonitoringAlert),
    }],
    // Source: github.com/go-to-k/cdk-real-drift, read from AWS; API reference, ScheduleConfig, for the time of day.
    server_defaults: &[
        "alerts",
        "monitoring_schedule_config.monitoring_type",
        "monitoring_schedule_config.schedule_config",
        "monitoring_schedule_config.monitoring_job_definition.stopping_condition",
        "monitoring_schedule_config.monitoring_job_definition.network_config.enable_inter_container_traffic_encryption",
        "monitoring_schedule_config.monitoring_job_definition.network_config.enable_network_isolation",
    ],
    hooks: &ScheduleHooks,
    ..named(
        "monitoring schedule",
        MonitoringSchedule::shared,
        "monitoring_schedule_name",
        "monitoring-schedule/{name}",
        Create {
            operation: operation!(create_monitoring_schedule, CreateMonitoringSchedule),
            arn: Some("monitoring_schedule_arn"),
            // Source: the service model.
            exists: &[error("ResourceInUse", "")],
            retryable: &[IAM_PROPAGATION],
        },
        // Source: the service model.
        Read::by(
            operation!(describe_monitoring_schedule, DescribeMonitoringSchedule),
            &[error("ResourceNotFound", "")],
        ),
        // Text: aws/amazon-sagemaker-examples issue 2342.
        Delete::by(
            operation!(delete_monitoring_schedule, DeleteMonitoringSchedule),
            &[error("ValidationException", "Monitoring schedule in status")],
        ),
    )
};

struct ScheduleHooks;

impl Hooks for ScheduleHooks {
    /// Source: SageMaker API reference, ScheduleConfig and UpdateMonitoringAlert.
    fn check_config(&self, config: &Value) -> Diags {
        let mut diags = Diags::new();
        let schedule = config
            .attribute(MonitoringSchedule::MONITORING_SCHEDULE_CONFIG)
            .attribute(MonitoringScheduleConfig::SCHEDULE_CONFIG);
        let is_open = |name: &str| schedule.attribute(name).is_null();
        if schedule.attribute(ScheduleConfig::SCHEDULE_EXPRESSION).as_str() == Some("NOW")
            && ["data_analysis_start_time", "data_analysis_end_time"].into_iter().any(is_open)
        {
            let detail =
                "`NOW` needs `data_analysis_start_time` and `data_analysis_end_time`: which captured data to look at.";
            let at = Path::parse("monitoring_schedule_config.schedule_config");
            diags.push(Diag::error("Invalid schedule_config", detail).at(at));
        }
        for (i, alert) in
            config.attribute(MonitoringSchedule::ALERTS).as_elements().unwrap_or_default().iter().enumerate()
        {
            let number = |name: &str| alert.attribute(name).as_number().cloned();
            if let (Some(points), Some(period)) = (number("datapoints_to_alert"), number("evaluation_period"))
                && points > period
            {
                let detail =
                    format!("{points} of {period} executions cannot fail: `evaluation_period` must be as high.");
                let at = Path::of(MonitoringSchedule::ALERTS).index(i).attribute(MonitoringAlert::DATAPOINTS_TO_ALERT);
                diags.push(Diag::error("Invalid datapoints_to_alert", detail).at(at));
            }
        }
        diags
    }
}
