//! What watches a stack: alarms, dashboards.

mod alarm_rule;
mod alarms;
pub mod anomaly_detector;
pub mod composite_alarm;
pub mod dashboard;
pub mod endpoint_alarms;
pub mod log_group;
pub mod metric_alarm;
pub mod notification_topic;
