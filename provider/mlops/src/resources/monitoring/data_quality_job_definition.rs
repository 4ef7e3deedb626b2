//! `mlops_data_quality_job_definition`: how captured data are compared with a baseline.
//!
//! See [`super::definition`].

use tfplug::model::{Model, Root};

use super::definition::{Definition, Execution, definition, listed};
use crate::engine::{Declared, MovedFrom};
use crate::sagemaker::operation::operation;
use crate::shapes::fields::{Created, Named, Tagged};
use crate::shapes::monitoring::{Baseline, DataQualityAppSpecification, MonitoringOutputConfig};
use crate::shapes::monitoring_input::MonitoringInput;
use crate::shapes::network::LeftInterfaces;

/// A data quality job definition: how captured data are compared with a baseline, to find drift. Nothing of it but its
/// tags can be changed: a change replaces it, and `create_before_destroy` with `name_prefix` lets the monitoring schedule that
/// uses it move to the new one before.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "data_quality_job_definition",
    subcategory = "Monitoring",
    timeouts(create = "5m", update = "5m", delete = "5m"),
    identity("name", optional("region"), derived("account_id"))
)]
pub struct DataQualityJobDefinition {
    #[tf(embed)]
    named: Named,
    #[tf(required, requires_replace)]
    data_quality_app_specification: DataQualityAppSpecification,
    #[tf(required, requires_replace)]
    data_quality_job_input: MonitoringInput,
    #[tf(required, requires_replace)]
    data_quality_job_output_config: MonitoringOutputConfig,
    #[tf(optional, requires_replace)]
    data_quality_baseline_config: Option<Baseline>,
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
pub static DATA_QUALITY_JOB_DEFINITION: Declared = definition(
    "data quality job definition",
    DataQualityJobDefinition::shared,
    "data-quality-job-definition/{name}",
    [
        operation!(create_data_quality_job_definition, CreateDataQualityJobDefinition),
        operation!(describe_data_quality_job_definition, DescribeDataQualityJobDefinition),
        operation!(delete_data_quality_job_definition, DeleteDataQualityJobDefinition),
    ],
    &listed(operation!(list_data_quality_job_definitions, ListDataQualityJobDefinitions)),
    &Definition { monitoring_type: "DataQuality" },
    &[
        MovedFrom::new("aws_sagemaker_data_quality_job_definition", &["name"]),
        MovedFrom::new("awscc_sagemaker_data_quality_job_definition", &["job_definition_name"]),
    ],
);
