//! The declaration of `mlops_monitoring_schedule`.

use async_trait::async_trait;
use aws_sdk_sagemaker::types::{MonitoringType, ScheduleStatus};
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::model::Root;
use tfplug::plan::Plan;
use tfplug::value::{Path, Value};

use super::super::definition;
use super::MonitoringSchedule;
use crate::aws::client::Aws;
use crate::aws::operation::error;
use crate::engine::runs::Runs;
use crate::engine::statuses::Statuses;
use crate::engine::{
    Activity, Companions, Create, Declared, Delete, Filter, Hooks, Interfaces, Listing, MovedFrom, Power, Read,
    UpdateBy,
};
use crate::resources::processing::processing_job::PROCESSING_JOB;
use crate::sagemaker::lists::{CHANGED, listing, status};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{IAM_PROPAGATION, named};
use crate::services::network_interfaces::interfaces;
use crate::shapes::fields::Named;
use crate::shapes::monitoring::MonitoringStoppingCondition;
use crate::shapes::monitoring_schedule::{
    MonitoringAlert, MonitoringJobDefinition, MonitoringScheduleConfig, ScheduleConfig, longest_run,
};

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
    runs: Some(&Runs {
        noun: "execution",
        last: "last_monitoring_execution_summary",
        failed: ("monitoring_execution_status", "Failed"),
        reason: "failure_reason",
        job: "processing_job_arn",
        declared: &PROCESSING_JOB,
        list: operation!(list_monitoring_executions, ListMonitoringExecutions),
        items: "monitoring_execution_summaries",
    }),
    // Source: github.com/go-to-k/cdk-real-drift, read from AWS; API reference, ScheduleConfig, for the time of day.
    server_defaults: &[
        "alerts",
        "monitoring_schedule_config.monitoring_type",
        "monitoring_schedule_config.schedule_config",
        "monitoring_schedule_config.monitoring_job_definition.stopping_condition",
        "monitoring_schedule_config.monitoring_job_definition.network_config.enable_inter_container_traffic_encryption",
        "monitoring_schedule_config.monitoring_job_definition.network_config.enable_network_isolation",
    ],
    interfaces: Some(&Interfaces {
        // They name the executions.
        of_users: true,
        ..interfaces(
            &["monitoring_schedule_config.monitoring_job_definition.network_config.vpc_config.subnets"],
            &["monitoring_schedule_config.monitoring_job_definition.network_config.vpc_config.security_group_ids"],
        )
    }),
    hooks: &ScheduleHooks,
    list: Some(&Listing {
        own: &[
            status(ScheduleStatus::values()),
            Filter::text("endpoint_name", "endpoint_name", "Name of the endpoint that the schedules monitor.", 63),
            Filter::choice(
                "monitoring_type",
                "monitoring_type_equals",
                "Type of monitoring.",
                MonitoringType::values(),
            ),
        ],
        ..listing(
            operation!(list_monitoring_schedules, ListMonitoringSchedules),
            "monitoring_schedule_summaries",
            CHANGED,
        )
    }),
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

/// What is wrong with the limit on run time of a job that runs by the schedule.
fn too_long(config: &Value, limit: &Value, of: &str) -> Option<Diag> {
    let schedule = config.attribute(MonitoringScheduleConfig::SCHEDULE_CONFIG);
    let expression = schedule.attribute(ScheduleConfig::SCHEDULE_EXPRESSION).as_str()?;
    // AWS takes it for a definition that is given inline.
    let monitoring_type = config.attribute(MonitoringScheduleConfig::MONITORING_TYPE).as_str().unwrap_or("DataQuality");
    let wanted = limit.attribute(MonitoringStoppingCondition::MAX_RUNTIME_IN_SECONDS).as_number()?.to_i64()?;
    let most = longest_run(expression, monitoring_type);
    (wanted > most).then(|| {
        let detail = format!(
            "`max_runtime_in_seconds` of {of} is {wanted}. On the schedule `{expression}` an execution of the type \
             {monitoring_type} may take {most} seconds at most."
        );
        Diag::error("An execution may take too long", detail)
    })
}

#[async_trait]
impl Hooks for ScheduleHooks {
    /// Tests the limit on run time of the definition that the schedule names, where it is known.
    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        let config = plan.get(MonitoringSchedule::MONITORING_SCHEDULE_CONFIG);
        let (Some(aws), true) = (cx.try_client(), plan.changes(MonitoringSchedule::MONITORING_SCHEDULE_CONFIG)) else {
            return Ok(());
        };
        let text = |attribute| config.attribute(attribute).as_str();
        let (Some(name), Some(monitoring_type)) = (
            text(MonitoringScheduleConfig::MONITORING_JOB_DEFINITION_NAME),
            text(MonitoringScheduleConfig::MONITORING_TYPE),
        ) else {
            return Ok(());
        };
        let region = aws.region(plan.get(Named::REGION).as_str());
        let limit = definition::limit_of(aws, &region, monitoring_type, name).await;
        let of = format!("the job definition {name:?}");
        let at = Path::of(MonitoringSchedule::MONITORING_SCHEDULE_CONFIG)
            .attribute(MonitoringScheduleConfig::MONITORING_JOB_DEFINITION_NAME);
        match limit.and_then(|limit| too_long(config, &limit, &of)) {
            Some(diag) => Err(diag.at(at).into()),
            None => Ok(()),
        }
    }

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
        let whole = config.attribute(MonitoringSchedule::MONITORING_SCHEDULE_CONFIG);
        let limit = whole
            .attribute(MonitoringScheduleConfig::MONITORING_JOB_DEFINITION)
            .attribute(MonitoringJobDefinition::STOPPING_CONDITION);
        if let Some(diag) = too_long(whole, limit, "`stopping_condition`") {
            diags.push(diag.at(Path::parse("monitoring_schedule_config.monitoring_job_definition.stopping_condition")));
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
