//! `mlops_model_explainability_job_definition`: how the attribution of features is watched.
//!
//! See [`super::definition`].

use tfplug::model::{Model, Root};

use super::definition::{Definition, Execution, definition, listed};
use crate::engine::{Declared, MovedFrom};
use crate::sagemaker::operation::operation;
use crate::shapes::fields::{Created, Named, Tagged};
use crate::shapes::monitoring::{ClarifyAppSpecification, ConstraintsBaseline, MonitoringOutputConfig};
use crate::shapes::monitoring_input::MonitoringInput;
use crate::shapes::network::LeftInterfaces;

/// A model explainability job definition: how the attribution of predictions to features is watched. Nothing of it but its
/// tags can be changed: a change replaces it, and `create_before_destroy` with `name_prefix` lets the monitoring schedule that
/// uses it move to the new one before.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "model_explainability_job_definition",
    subcategory = "Monitoring",
    timeouts(create = "5m", update = "5m", delete = "5m"),
    identity("name", optional("region"), derived("account_id"))
)]
pub struct ModelExplainabilityJobDefinition {
    #[tf(embed)]
    named: Named,
    #[tf(required, requires_replace)]
    model_explainability_app_specification: ClarifyAppSpecification,
    #[tf(required, requires_replace)]
    model_explainability_job_input: MonitoringInput,
    #[tf(required, requires_replace)]
    model_explainability_job_output_config: MonitoringOutputConfig,
    #[tf(optional, requires_replace)]
    model_explainability_baseline_config: Option<ConstraintsBaseline>,
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
pub static MODEL_EXPLAINABILITY_JOB_DEFINITION: Declared = definition(
    "model explainability job definition",
    ModelExplainabilityJobDefinition::shared,
    "model-explainability-job-definition/{name}",
    [
        operation!(create_model_explainability_job_definition, CreateModelExplainabilityJobDefinition),
        operation!(describe_model_explainability_job_definition, DescribeModelExplainabilityJobDefinition),
        operation!(delete_model_explainability_job_definition, DeleteModelExplainabilityJobDefinition),
    ],
    &listed(operation!(list_model_explainability_job_definitions, ListModelExplainabilityJobDefinitions)),
    &Definition { monitoring_type: "ModelExplainability" },
    &[MovedFrom::new("awscc_sagemaker_model_explainability_job_definition", &["job_definition_name"])],
);
