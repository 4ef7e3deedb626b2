//! What a monitoring schedule runs, when, and what came of it.

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;

use super::monitoring::{
    Baseline, ENVIRONMENT, MonitoringAppSpecification, MonitoringOutputConfig, MonitoringResources,
    MonitoringStoppingCondition,
};
use super::monitoring_input::{MonitoringInput, OFFSET};
use super::processing::NetworkConfig;
use crate::aws::arn;
use crate::sagemaker::names;

/// Source: the service model, `MonitoringType`.
const TYPE: Validator = Validator::OneOf(&["DataQuality", "ModelQuality", "ModelBias", "ModelExplainability"]);
/// Source: API reference, ScheduleConfig.
const EXPRESSION: Validator = Validator::Text {
    expected: "`cron(0 * ? * * *)` for every hour, `cron(0 H ? * * *)` for every day at the hour H of UTC, `cron(0 H/N ? * * \
               *)` for every N hours from H on, or `NOW`",
    accepts: |s| s == "NOW" || is_schedule(s),
};

fn is_schedule(text: &str) -> bool {
    let Some(hours) = text.strip_prefix("cron(0 ").and_then(|rest| rest.strip_suffix(" ? * * *)")) else {
        return false;
    };
    let is_number = |s: &str, max: u8| {
        s.len() <= 2 && s.bytes().all(|b| b.is_ascii_digit()) && s.parse::<u8>().is_ok_and(|n| n <= max)
    };
    match hours.split_once('/') {
        None => hours == "*" || is_number(hours, 23),
        Some((first, every)) => is_number(first, 23) && is_number(every, 24) && every.bytes().any(|b| b != b'0'),
    }
}

/// The most seconds that an execution of a type of monitoring may take: no more than to the next one, and less of an hour for
/// what compares with the ground truth. Source: API reference, MonitoringStoppingCondition.
pub fn longest_run(expression: &str, monitoring_type: &str) -> i64 {
    const HOUR: i64 = 3600;
    let every = expression.strip_prefix("cron(0 ").and_then(|rest| rest.strip_suffix(" ? * * *)"));
    match every.map(|hours| hours.split_once('/')) {
        Some(None) if every == Some("*") => {
            if matches!(monitoring_type, "ModelQuality" | "ModelBias") {
                HOUR / 2
            } else {
                HOUR
            }
        }
        Some(Some((_, hours))) => hours.parse().map_or(24, |hours: i64| hours.clamp(1, 24)) * HOUR,
        _ => 24 * HOUR,
    }
}

/// When a monitoring job runs, and which: defined here, or by a job definition's name.
#[derive(Clone, Debug, Model)]
#[tf(
    exactly_one_of("monitoring_job_definition", "monitoring_job_definition_name"),
    requires("monitoring_job_definition_name", "monitoring_type")
)]
pub struct MonitoringScheduleConfig {
    /// When the job runs. Unless set, SageMaker chooses a time of each day.
    #[tf(optional, computed, use_state_for_unknown)]
    schedule_config: Option<ScheduleConfig>,
    #[tf(optional)]
    monitoring_job_definition: Option<MonitoringJobDefinition>,
    /// Name of the job definition of the type `monitoring_type`.
    #[tf(optional, validate(names::NAME))]
    monitoring_job_definition_name: Option<String>,
    /// Type of the monitoring: `DataQuality`, `ModelQuality`, `ModelBias` or `ModelExplainability`. Required with
    /// `monitoring_job_definition_name`; AWS takes `DataQuality` for a `monitoring_job_definition` unless set.
    #[tf(optional, computed, use_state_for_unknown, validate(TYPE))]
    monitoring_type: Option<String>,
}

/// When a monitoring job runs, and which captured data it looks at.
#[derive(Clone, Debug, Model)]
pub struct ScheduleConfig {
    /// When the job runs, in UTC: `cron(0 * ? * * *)` every hour, `cron(0 6 ? * * *)` every day at 6, `cron(0 6/12 ? * * *)`
    /// every 12 hours from 6 on, or `NOW` once, at once. An execution may start up to 20 minutes later.
    #[tf(required, validate(EXPRESSION))]
    schedule_expression: String,
    /// Beginning of the captured data to look at, relative to the start of the execution, such as `-PT5H`. Required with
    /// `NOW`.
    #[tf(optional, validate(OFFSET))]
    data_analysis_start_time: Option<String>,
    /// End of the captured data to look at, relative to the start of the execution, such as `-PT1H`; at most 24 hours after
    /// the beginning. Required with `NOW`.
    #[tf(optional, validate(OFFSET))]
    data_analysis_end_time: Option<String>,
}

/// A monitoring job that the schedule defines itself.
#[derive(Clone, Debug, Model)]
pub struct MonitoringJobDefinition {
    /// The captured data that the job looks at; exactly one.
    #[tf(required, validate(Validator::Count { min: 1, max: 1 }))]
    monitoring_inputs: Vec<MonitoringInput>,
    #[tf(required)]
    monitoring_output_config: MonitoringOutputConfig,
    #[tf(required)]
    monitoring_resources: MonitoringResources,
    #[tf(required)]
    monitoring_app_specification: MonitoringAppSpecification,
    #[tf(optional)]
    baseline_config: Option<Baseline>,
    /// ARN of the IAM role that SageMaker assumes to run the job.
    #[tf(required, validate(arn::ROLE))]
    role_arn: String,
    /// Limit on run time. AWS takes 3600 seconds unless set.
    #[tf(optional, computed, use_state_for_unknown)]
    stopping_condition: Option<MonitoringStoppingCondition>,
    /// Environment variables of the container. `publish_cloudwatch_metrics = "Disabled"` turns the metrics in CloudWatch off.
    #[tf(optional, validate(ENVIRONMENT[0], ENVIRONMENT[1]))]
    environment: Option<BTreeMap<String, String>>,
    #[tf(optional)]
    network_config: Option<NetworkConfig>,
}

/// When an alert of a monitoring schedule is raised.
#[derive(Clone, Debug, Model)]
pub struct MonitoringAlert {
    /// Name of the alert, which SageMaker gives. Unless set, the only alert of the schedule that no other element names.
    #[tf(optional, computed, use_state_for_unknown, validate(names::NAME))]
    monitoring_alert_name: Option<String>,
    /// Number of executions among the last `evaluation_period` whose failure raises the alert, 1 to 100.
    #[tf(required, validate(Validator::Range { min: 1, max: 100 }))]
    datapoints_to_alert: i64,
    /// Number of most recent executions to consider, 1 to 100.
    #[tf(required, validate(Validator::Range { min: 1, max: 100 }))]
    evaluation_period: i64,
}

/// An execution of a monitoring schedule.
#[derive(Clone, Debug, Model)]
pub struct MonitoringExecutionSummary {
    /// Status: `Pending`, `InProgress`, `Completed`, `CompletedWithViolations`, `Failed`, `Stopping` or `Stopped`.
    #[tf(computed)]
    monitoring_execution_status: Option<String>,
    /// Time that it was scheduled for, in RFC 3339 format.
    #[tf(computed)]
    scheduled_time: Option<String>,
    /// When it was created, in RFC 3339 format.
    #[tf(computed)]
    creation_time: Option<String>,
    /// When it last changed, in RFC 3339 format.
    #[tf(computed)]
    last_modified_time: Option<String>,
    /// ARN of its processing job.
    #[tf(computed)]
    processing_job_arn: Option<String>,
    /// Name of the endpoint that it looked at.
    #[tf(computed)]
    endpoint_name: Option<String>,
    /// Name of its job definition.
    #[tf(computed)]
    monitoring_job_definition_name: Option<String>,
    /// Why it failed; null if it did not.
    #[tf(computed)]
    failure_reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use tfplug::value::Value;

    use super::{EXPRESSION, longest_run};

    #[test]
    fn an_execution_ends_before_the_next_one() {
        for (expression, monitoring_type, seconds) in [
            ("cron(0 * ? * * *)", "DataQuality", 3600),
            ("cron(0 * ? * * *)", "ModelExplainability", 3600),
            ("cron(0 * ? * * *)", "ModelQuality", 1800),
            ("cron(0 * ? * * *)", "ModelBias", 1800),
            ("cron(0 6/12 ? * * *)", "ModelBias", 12 * 3600),
            ("cron(0 6 ? * * *)", "DataQuality", 86_400),
            ("NOW", "ModelBias", 86_400),
        ] {
            assert_eq!(longest_run(expression, monitoring_type), seconds, "{expression} {monitoring_type}");
        }
    }

    #[test]
    fn expressions_by_the_rules() {
        for good in ["NOW", "cron(0 * ? * * *)", "cron(0 0 ? * * *)", "cron(0 23 ? * * *)", "cron(0 06/12 ? * * *)"] {
            assert!(EXPRESSION.accepts(&Value::from(good)), "{good}");
        }
        let bad = ["", "now", "cron(5 * ? * * *)", "cron(0 24 ? * * *)", "cron(0 1/0 ? * * *)", "cron(0 1/25 ? * * *)"];
        for bad in bad.into_iter().chain(["cron(0 */2 ? * * *)", "cron(0 +1 ? * * *)", "Hourly: cron(0 * ? * * *)"]) {
            assert!(!EXPRESSION.accepts(&Value::from(bad)), "{bad}");
        }
    }
}
