//! Attributes and structures of the SageMaker API that several resources have.

pub mod alarm;
pub mod anomaly_detector;
pub mod budget;
pub mod deployment;
pub mod evaluation;
pub mod experiment;
pub mod fields;
pub mod hub;
pub mod inference_request;
pub mod inference_specification;
pub mod instances;
pub mod log_group;
pub mod metric_query;
pub mod model_data;
pub mod model_metrics;
pub mod model_package;
pub mod monitoring;
pub mod monitoring_input;
pub mod monitoring_schedule;
pub mod network;
pub mod pipeline;
pub mod processing;
pub mod scaling_policy;
pub mod scaling_target;
pub mod schedule;
pub mod scheduled_action;
pub mod smoke_test;
pub mod studio;
pub mod studio_apps;
pub mod subscription;
pub mod topic;
pub mod training;
pub mod transform;
pub mod variant_capacity;

pub use hub::{HubAccessConfig, ModelAccessConfig};
pub use network::VpcConfig;
