//! The managed resources, grouped by what they are for.

#[cfg(test)]
pub(crate) mod conformance;
pub mod cost;
pub mod identity;
pub mod inference;
pub mod labeling;
mod left_over;
#[cfg(test)]
mod listings;
pub mod models;
pub mod monitoring;
pub mod notebooks;
pub mod observability;
pub mod pipelines;
pub mod processing;
#[cfg(test)]
mod round_trip;
pub mod storage;
pub mod studio;
pub mod training;

use tfplug::resource::{ListResource, Resource};

pub use left_over::left_over;

use crate::aws::client::Aws;
use crate::engine::Declared;
use crate::engine::lists::List;

/// The resources that are declared.
pub static DECLARED: &[&Declared] = &[
    &cost::budget::BUDGET,
    &cost::off_hours_schedule::OFF_HOURS_SCHEDULE,
    &inference::autoscaling_policy::AUTOSCALING_POLICY,
    &inference::autoscaling_target::AUTOSCALING_TARGET,
    &inference::endpoint::ENDPOINT,
    &inference::endpoint_autoscaling::ENDPOINT_AUTOSCALING,
    &inference::endpoint_configuration::ENDPOINT_CONFIGURATION,
    &inference::inference_component::INFERENCE_COMPONENT,
    &inference::transform_job::TRANSFORM_JOB,
    &labeling::human_task_ui::HUMAN_TASK_UI,
    &labeling::labeling_job::LABELING_JOB,
    &labeling::workforce::WORKFORCE,
    &labeling::workteam::WORKTEAM,
    &models::model::MODEL,
    &models::model_package::MODEL_PACKAGE,
    &models::model_package_group::MODEL_PACKAGE_GROUP,
    &monitoring::data_quality_job_definition::DATA_QUALITY_JOB_DEFINITION,
    &monitoring::model_bias_job_definition::MODEL_BIAS_JOB_DEFINITION,
    &monitoring::model_explainability_job_definition::MODEL_EXPLAINABILITY_JOB_DEFINITION,
    &monitoring::model_quality_job_definition::MODEL_QUALITY_JOB_DEFINITION,
    &monitoring::monitoring_schedule::MONITORING_SCHEDULE,
    &notebooks::lifecycle_configuration::LIFECYCLE_CONFIGURATION,
    &notebooks::notebook_instance::NOTEBOOK_INSTANCE,
    &observability::anomaly_detector::ANOMALY_DETECTOR,
    &observability::composite_alarm::COMPOSITE_ALARM,
    &observability::dashboard::DASHBOARD,
    &observability::log_group::LOG_GROUP,
    &observability::metric_alarm::METRIC_ALARM,
    &observability::notification_topic::NOTIFICATION_TOPIC,
    &pipelines::pipeline::PIPELINE,
    &pipelines::pipeline_execution::PIPELINE_EXECUTION,
    &pipelines::pipeline_schedule::PIPELINE_SCHEDULE,
    &pipelines::pipeline_trigger::PIPELINE_TRIGGER,
    &processing::processing_job::PROCESSING_JOB,
    &studio::domain::STUDIO_DOMAIN,
    &studio::user_profile::STUDIO_USER_PROFILE,
    &training::auto_ml_job::AUTO_ML_JOB,
    &training::hyper_parameter_tuning_job::HYPER_PARAMETER_TUNING_JOB,
    &training::training_job::TRAINING_JOB,
];

/// Every managed resource.
pub fn all() -> Vec<Box<dyn Resource<Aws>>> {
    let coded: [Box<dyn Resource<Aws>>; 4] = [
        Box::new(identity::execution_role::ExecutionRoleResource),
        Box::new(observability::endpoint_alarms::EndpointAlarmsResource),
        Box::new(storage::bucket_layout::BucketLayoutResource),
        Box::new(storage::dataset::DatasetResource),
    ];
    let declared = DECLARED.iter().map(|d| Box::new(*d) as Box<dyn Resource<Aws>>);
    coded.into_iter().chain(declared).collect()
}

/// What `terraform query` finds.
pub fn lists() -> Vec<Box<dyn ListResource<Aws>>> {
    let listed = DECLARED.iter().filter_map(|declared| Some(List { declared, listing: declared.list? }));
    listed.map(|list| Box::new(list) as Box<dyn ListResource<Aws>>).collect()
}
