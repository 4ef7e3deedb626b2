//! `mlops_model_quality_job_definition`: how predictions are compared with the ground truth.
//!
//! See [`super::definition`].

use tfplug::model::{Model, Root};

use super::definition::{Definition, Execution, definition, listed};
use crate::engine::{Declared, MovedFrom};
use crate::sagemaker::operation::operation;
use crate::shapes::fields::{Created, Named, Tagged};
use crate::shapes::monitoring::{ConstraintsBaseline, ModelQualityAppSpecification, MonitoringOutputConfig};
use crate::shapes::monitoring_input::LabeledMonitoringInput;
use crate::shapes::network::LeftInterfaces;

/// A model quality job definition: how captured predictions are compared with the ground truth. Nothing of it but its
/// tags can be changed: a change replaces it, and `create_before_destroy` with `name_prefix` lets the monitoring schedule that
/// uses it move to the new one before.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "model_quality_job_definition",
    subcategory = "Monitoring",
    timeouts(create = "5m", update = "5m", delete = "5m"),
    identity("name", optional("region"), derived("account_id"))
)]
pub struct ModelQualityJobDefinition {
    #[tf(embed)]
    named: Named,
    #[tf(required, requires_replace)]
    model_quality_app_specification: ModelQualityAppSpecification,
    #[tf(required, requires_replace)]
    model_quality_job_input: LabeledMonitoringInput,
    #[tf(required, requires_replace)]
    model_quality_job_output_config: MonitoringOutputConfig,
    #[tf(optional, requires_replace)]
    model_quality_baseline_config: Option<ConstraintsBaseline>,
    #[tf(embed)]
    execution: Execution,
    #[tf(embed)]
    left_interfaces: LeftInterfaces,
    #[tf(embed)]
    tagged: Tagged,
    #[tf(embed)]
    created: Created,
}

/// The declaration.
pub static MODEL_QUALITY_JOB_DEFINITION: Declared = definition(
    "model quality job definition",
    ModelQualityJobDefinition::shared,
    "model-quality-job-definition/{name}",
    [
        operation!(create_model_quality_job_definition, CreateModelQualityJobDefinition),
        operation!(describe_model_quality_job_definition, DescribeModelQualityJobDefinition),
        operation!(delete_model_quality_job_definition, DeleteModelQualityJobDefinition),
    ],
    &listed(operation!(list_model_quality_job_definitions, ListModelQualityJobDefinitions)),
    &Definition { monitoring_type: "ModelQuality" },
    &[MovedFrom::new("awscc_sagemaker_model_quality_job_definition", &["job_definition_name"])],
);
