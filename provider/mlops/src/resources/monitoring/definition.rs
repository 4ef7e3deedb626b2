//! What the definitions of all four types of monitoring jobs have in common.
//!
//! Quirks of the API: a definition cannot be changed, and none that a monitoring schedule uses can be deleted. Source: the
//! service model, whose job definitions have no update; SageMaker developer guide, model monitor schedules.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::model::Model;
use tfplug::plan::Plan;
use tfplug::schema::SharedSchema;
use tfplug::value::Value;

use crate::aws::arn;
use crate::aws::client::{Aws, Regional};
use crate::aws::operation::{ErrorMatch, NEVER, Operation, call, error};
use crate::engine::{Create, Declared, Delete, Filter, Hooks, Interfaces, Listing, MovedFrom, Read};
use crate::sagemaker::lists::{NAMED, listing};
use crate::sagemaker::operation::operation;
use crate::sagemaker::{IAM_PROPAGATION, named};
use crate::services::network_interfaces::interfaces;
use crate::shapes::fields::Named;
use crate::shapes::monitoring::{MonitoringResources, MonitoringStoppingCondition};
use crate::shapes::processing::NetworkConfig;

/// How every monitoring job runs.
#[derive(Clone, Debug, Model)]
pub(super) struct Execution {
    #[tf(required, requires_replace)]
    job_resources: MonitoringResources,
    /// ARN of the IAM role that SageMaker assumes to run the job. It needs to read the captured data and the baseline, to
    /// write the output, and to put metrics into CloudWatch.
    #[tf(required, requires_replace, validate(arn::ROLE))]
    role_arn: String,
    /// Limit on run time. AWS takes 3600 seconds unless set.
    #[tf(optional, computed, use_state_for_unknown, requires_replace)]
    stopping_condition: Option<MonitoringStoppingCondition>,
    #[tf(optional, requires_replace)]
    network_config: Option<NetworkConfig>,
}

/// Source of both: the service model.
const TAKEN: &[ErrorMatch] = &[error("ResourceInUse", "")];
const NOT_FOUND: &[ErrorMatch] = &[error("ResourceNotFound", "")];

/// They name the executions, which the schedule knows.
const INTERFACES: Interfaces = Interfaces {
    of_users: true,
    ..interfaces(&["network_config.vpc_config.subnets"], &["network_config.vpc_config.security_group_ids"])
};

const FILTERS: &[Filter] =
    &[Filter::text("endpoint_name", "endpoint_name", "Name of the endpoint that is monitored.", 63)];

/// The list of the definitions of a type of monitoring.
pub(super) const fn listed(operation: Operation) -> Listing {
    Listing {
        key: &[("name", "monitoring_job_definition_name")],
        arn: Some("monitoring_job_definition_arn"),
        own: FILTERS,
        ..listing(operation, "job_definition_summaries", NAMED)
    }
}

/// A definition of this type of monitoring; `operations` create, describe and delete it.
pub(super) const fn definition(
    noun: &'static str,
    schema: fn() -> &'static SharedSchema,
    arn: &'static str,
    operations: [Operation; 3],
    list: &'static Listing,
    hooks: &'static Definition,
    moved_from: &'static [MovedFrom],
) -> Declared {
    let [create, describe, delete] = operations;
    Declared {
        // Source: read from AWS by terraform-provider-aws, data_quality_job_definition_test.go.
        server_defaults: &[
            "stopping_condition",
            "network_config.enable_inter_container_traffic_encryption",
            "network_config.enable_network_isolation",
        ],
        interfaces: Some(&INTERFACES),
        list: Some(list),
        hooks,
        moved_from,
        ..named(
            noun,
            schema,
            "job_definition_name",
            arn,
            Create { operation: create, arn: Some("job_definition_arn"), exists: TAKEN, retryable: &[IAM_PROPAGATION] },
            Read::by(describe, NOT_FOUND),
            Delete::by(delete, &[]),
        )
    }
}

/// A type of monitoring.
pub(super) struct Definition {
    /// What the API calls it: `DataQuality`.
    pub(super) monitoring_type: &'static str,
}

/// What a note has of the limit on run time of a definition.
fn note(region: &str, monitoring_type: &str, name: &str) -> String {
    format!("{monitoring_type} job definition {name:?} in {region}")
}

/// The limit on run time of a definition, as it is planned; of one that no plan has seen, as AWS has it. None if it is not known.
pub(super) async fn limit_of(aws: &Aws, region: &Regional, monitoring_type: &str, name: &str) -> Option<Value> {
    let limit = |seconds: Value| Value::object([(MonitoringStoppingCondition::MAX_RUNTIME_IN_SECONDS, seconds)]);
    if let Some(noted) = aws.noted(&note(region.region(), monitoring_type, name)) {
        return Some(limit(Value::from(noted?.parse::<i64>().ok()?)));
    }
    let describe = match monitoring_type {
        "DataQuality" => operation!(describe_data_quality_job_definition, DescribeDataQualityJobDefinition),
        "ModelQuality" => operation!(describe_model_quality_job_definition, DescribeModelQualityJobDefinition),
        "ModelBias" => operation!(describe_model_bias_job_definition, DescribeModelBiasJobDefinition),
        _ => operation!(describe_model_explainability_job_definition, DescribeModelExplainabilityJobDefinition),
    };
    // What cannot be read here does not keep the plan from being made.
    let found = (describe.call)(region, &Value::object([("job_definition_name", Value::from(name))])).await.ok()?;
    Some(found.attribute("stopping_condition").clone())
}

const LIST_SCHEDULES: Operation = operation!(list_monitoring_schedules, ListMonitoringSchedules);

#[async_trait]
impl Hooks for Definition {
    /// Leaves a note of the limit on run time, which schedules are tested against.
    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        let (Some(aws), Some(name)) = (cx.try_client(), plan.get(Named::NAME).as_str()) else { return Ok(()) };
        let limit = plan.get(Execution::STOPPING_CONDITION);
        let seconds = limit.attribute(MonitoringStoppingCondition::MAX_RUNTIME_IN_SECONDS).as_number();
        let region = aws.region(plan.get(Named::REGION).as_str());
        let of = note(region.region(), self.monitoring_type, name);
        aws.note(of, seconds.map(|seconds| seconds.to_string().into()));
        Ok(())
    }

    /// How AWS tells that a definition is in use is not documented, so that the schedules are asked.
    async fn in_use(&self, cx: &Context<Aws>, aws: &Regional, id: &str) -> Option<String> {
        let filter = Value::object([
            ("monitoring_job_definition_name", Value::from(id)),
            ("monitoring_type_equals", Value::from(self.monitoring_type)),
        ]);
        let listed = call(cx, aws, &LIST_SCHEDULES, &filter, NEVER).await.ok()?;
        let schedules = listed.attribute("monitoring_schedule_summaries").as_elements()?;
        let names: Vec<&str> =
            schedules.iter().filter_map(|s| s.attribute("monitoring_schedule_name").as_str()).collect();
        (!names.is_empty()).then(|| {
            format!(
                "It is used by the monitoring schedule {}. For a change, give the definition `name_prefix` instead of `name`, \
                 and `lifecycle {{ create_before_destroy = true }}`: the schedule then moves to the new definition before \
                 this one is deleted. With a fixed name, give the schedule \
                 `lifecycle {{ replace_triggered_by = [...] }}` with the definition: it is then deleted before, and created \
                 again. A schedule that is not in this configuration has to be deleted or moved to another definition first.",
                names.iter().map(|n| format!("{n:?}")).collect::<Vec<_>>().join(", "),
            )
        })
    }
}
