//! The declaration of `mlops_monitoring_schedule`.

use tfplug::diag::{Diag, Diags};
use tfplug::model::Root;
use tfplug::value::{Path, Value};

use super::MonitoringSchedule;
use crate::aws::operation::error;
use crate::engine::statuses::Statuses;
use crate::engine::{Activity, Companions, Create, Declared, Delete, Hooks, MovedFrom, Power, Read, UpdateBy};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{IAM_PROPAGATION, named};
use crate::shapes::monitoring_schedule::{MonitoringAlert, MonitoringScheduleConfig, ScheduleConfig};

/// The declaration.
pub static MONITORING_SCHEDULE: Declared = Declared {
    moved_from: &[
        MovedFrom::new("aws_sagemaker_monitoring_schedule", &["name"]),
        MovedFrom::new("awscc_sagemaker_monitoring_schedule", &["monitoring_schedule_name"]),
    ],
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
