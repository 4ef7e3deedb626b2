//! `mlops_model_bias_job_definition`: how captured predictions are examined for bias.
//!
//! See [`super::definition`].

use tfplug::model::{Model, Root};

use super::definition::{Definition, Execution, definition, listed};
use crate::engine::{Declared, MovedFrom};
use crate::sagemaker::operation::operation;
use crate::shapes::fields::{Created, Named, Tagged};
use crate::shapes::monitoring::{ClarifyAppSpecification, ConstraintsBaseline, MonitoringOutputConfig};
use crate::shapes::monitoring_input::LabeledMonitoringInput;
use crate::shapes::network::LeftInterfaces;

/// A model bias job definition: how captured predictions and the ground truth are examined for bias. Nothing of it but its
/// tags can be changed: a change replaces it, and `create_before_destroy` with `name_prefix` lets the monitoring schedule that
/// uses it move to the new one before.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "model_bias_job_definition",
    subcategory = "Monitoring",
    timeouts(create = "5m", update = "5m", delete = "5m"),
    identity("name", optional("region"), derived("account_id"))
)]
pub struct ModelBiasJobDefinition {
    #[tf(embed)]
    named: Named,
    #[tf(required, requires_replace)]
    model_bias_app_specification: ClarifyAppSpecification,
    #[tf(required, requires_replace)]
    model_bias_job_input: LabeledMonitoringInput,
    #[tf(required, requires_replace)]
    model_bias_job_output_config: MonitoringOutputConfig,
    #[tf(optional, requires_replace)]
    model_bias_baseline_config: Option<ConstraintsBaseline>,
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
pub static MODEL_BIAS_JOB_DEFINITION: Declared = definition(
    "model bias job definition",
    ModelBiasJobDefinition::shared,
    "model-bias-job-definition/{name}",
    [
        operation!(create_model_bias_job_definition, CreateModelBiasJobDefinition),
        operation!(describe_model_bias_job_definition, DescribeModelBiasJobDefinition),
        operation!(delete_model_bias_job_definition, DeleteModelBiasJobDefinition),
    ],
    &listed(operation!(list_model_bias_job_definitions, ListModelBiasJobDefinitions)),
    &Definition { monitoring_type: "ModelBias" },
    &[MovedFrom::new("awscc_sagemaker_model_bias_job_definition", &["job_definition_name"])],
);
