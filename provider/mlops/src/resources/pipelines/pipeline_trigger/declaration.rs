//! How triggers of pipelines are made and changed.

use async_trait::async_trait;
use serde_json::{Value as Json, json};
use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::model::Root;
use tfplug::plan::Plan;
use tfplug::value::Value;

use super::PipelineTrigger;
use crate::aws::client::{Aws, Regional};
use crate::aws::operation::{error, error_saying};
use crate::engine::key::ArnForm;
use crate::engine::{Create, Declared, Delete, Hooks, MovedFrom, Read, UpdateBy};
use crate::resources::pipelines::pipeline_execution::parameters;
use crate::services::event_rules::{CREATE_RULE, DELETE_RULE, GET_RULE, PUT_TARGET, TAGS, UPDATE_RULE, created};

/// What the target is made of. A request for a target replaces it.
const TARGET: &[&str] = &["pipeline_arn", "role_arn", "parameters", "retry_policy", "dead_letter_queue_arn"];

/// The declaration.
pub static PIPELINE_TRIGGER: Declared = Declared {
    moved_from: &[MovedFrom::new("aws_cloudwatch_event_rule", &["name"])],
    updates: &[
        UpdateBy::new(UPDATE_RULE, &["description", "event_pattern", "state"]),
        UpdateBy { after_create: TARGET, ..UpdateBy::new(PUT_TARGET, TARGET) },
    ],
    tags: Some(&TAGS),
    server_defaults: &[
        "retry_policy",
        "retry_policy.maximum_event_age_in_seconds",
        "retry_policy.maximum_retry_attempts",
    ],
    hooks: &TriggerHooks,
    omitted: &[
        ("schedule_expression", "`mlops_pipeline_schedule` is for schedules"),
        ("event_bus_name", "events of AWS services are on the default event bus"),
        ("role_arn", "for targets in other accounts"),
        ("target.id", "says when the rule was made"),
        ("target.input", "a pipeline gets parameters"),
        ("target.input_path", "a pipeline gets parameters"),
        ("target.input_transformer", "a pipeline gets parameters, which may be paths into the event"),
        ("target.app_sync_parameters", "for AWS AppSync"),
        ("target.batch_parameters", "for AWS Batch"),
        ("target.ecs_parameters", "for Amazon ECS"),
        ("target.http_parameters", "for API destinations"),
        ("target.kinesis_parameters", "for Kinesis"),
        ("target.redshift_data_parameters", "for Amazon Redshift"),
        ("target.run_command_parameters", "for AWS Systems Manager"),
        ("target.sqs_parameters", "for Amazon SQS"),
        ("force", "for rules that AWS services manage"),
    ],
    ..Declared::named(
        "pipeline trigger",
        PipelineTrigger::shared,
        ArnForm::regional("events", "rule/{name}"),
        Create {
            operation: CREATE_RULE,
            arn: Some("rule_arn"),
            exists: &[],
            // A role that was made a moment ago. Text: github.com/Miserlou/Zappa issue 381.
            retryable: &[error_saying("ValidationException", "cannot be assumed by principal")],
        },
        // Source: EventBridge API reference, DescribeRule.
        Read { created: None, ..Read::by(GET_RULE, &[error("ResourceNotFoundException", "")]) },
        Delete::by(DELETE_RULE, &[]),
    )
};

struct TriggerHooks;

#[async_trait]
impl Hooks for TriggerHooks {
    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        if plan.config.attribute(PipelineTrigger::EVENT_PATTERN).is_null() {
            let prior = plan.prior.attribute(PipelineTrigger::EVENT_PATTERN);
            let planned = pattern(plan.planned()).map_or_else(Value::unknown_not_null, |pattern| {
                let is_same =
                    prior.as_str().is_some_and(|known| serde_json::from_str(known).ok() == Some(pattern.clone()));
                if is_same { prior.clone() } else { Value::from(pattern.to_string()) }
            });
            plan.set(PipelineTrigger::EVENT_PATTERN, planned);
        }
        let attributes = [PipelineTrigger::PIPELINE_ARN, PipelineTrigger::PARAMETERS];
        let [pipeline, values] = attributes.map(|name| plan.get(name).clone());
        if plan.is_create() || attributes.into_iter().any(|name| plan.changes(name)) {
            let values = without_paths(values);
            parameters::check_values(cx, plan.get(PipelineTrigger::REGION), &pipeline, &Value::Null, &values).await?;
        }
        Ok(())
    }

    fn complete(&self, _: &Aws, planned: &mut Value) {
        if planned.attribute(PipelineTrigger::EVENT_PATTERN).is_null()
            && let Some(pattern) = pattern(planned)
        {
            planned.set_attribute(PipelineTrigger::EVENT_PATTERN, Value::from(pattern.to_string()));
        }
    }

    async fn created(&self, aws: &Regional, _: &str, description: &Value) -> Option<i64> {
        created(aws, description).await
    }

    fn after_read(&self, _: &Value, state: &Value, value: &mut Value) {
        let parameters = value.attribute(PipelineTrigger::PARAMETERS);
        let known = state.attribute(PipelineTrigger::PARAMETERS);
        if parameters.is_empty() {
            let nothing = if known.is_empty() { known.clone() } else { Value::Null };
            value.set_attribute(PipelineTrigger::PARAMETERS, nothing);
        }
    }
}

/// Values of parameters, those open that only an event has.
fn without_paths(mut values: Value) -> Value {
    for value in values.as_entries_mut().into_iter().flat_map(|all| all.values_mut()) {
        if value.as_str().is_some_and(|text| text.starts_with("$.")) {
            *value = Value::unknown();
        }
    }
    values
}

/// The pattern that the attributes stand for; None while one of them is not known. Source: SageMaker developer guide, "Events
/// that Amazon SageMaker AI sends to Amazon EventBridge".
fn pattern(planned: &Value) -> Option<Json> {
    let text = |name: &str| match planned.attribute(name) {
        Value::Null => Some(None),
        value => value.as_str().map(Some),
    };
    let (detail_type, detail) = match text(PipelineTrigger::MODEL_PACKAGE_GROUP_NAME)? {
        Some(group) => {
            let status = text(PipelineTrigger::MODEL_APPROVAL_STATUS)?.unwrap_or("Approved");
            let detail = json!({ "ModelPackageGroupName": [group], "ModelApprovalStatus": [status] });
            ("SageMaker Model Package State Change", Some(detail))
        }
        None => {
            let detail = text(PipelineTrigger::DETAIL)?.and_then(|detail| serde_json::from_str(detail).ok());
            (text(PipelineTrigger::DETAIL_TYPE)??, detail)
        }
    };
    let mut pattern = json!({ "source": ["aws.sagemaker"], "detail-type": [detail_type] });
    if let Some(detail) = detail {
        pattern["detail"] = detail;
    }
    Some(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(attributes: &[(&str, Value)]) -> Option<String> {
        Some(pattern(&Value::object(attributes.iter().map(|(k, v)| (*k, v.clone()))))?.to_string())
    }

    #[test]
    fn attributes_are_a_pattern_as_soon_as_they_are_known() {
        let group = ("model_package_group_name", Value::from("churn"));
        let approved = r#"{"detail":{"ModelApprovalStatus":["Approved"],"ModelPackageGroupName":["churn"]},"detail-type":["SageMaker Model Package State Change"],"source":["aws.sagemaker"]}"#;
        assert_eq!(told(std::slice::from_ref(&group)).as_deref(), Some(approved));
        let rejected = told(&[group.clone(), ("model_approval_status", Value::from("Rejected"))]).unwrap();
        assert_eq!(rejected, approved.replace("Approved", "Rejected"));
        assert_eq!(told(&[group, ("model_approval_status", Value::unknown())]), None);
        assert_eq!(told(&[("model_package_group_name", Value::unknown())]), None);
        let kind = ("detail_type", Value::from("SageMaker Model State Change"));
        let every = r#"{"detail-type":["SageMaker Model State Change"],"source":["aws.sagemaker"]}"#;
        assert_eq!(told(std::slice::from_ref(&kind)).as_deref(), Some(every));
        let some = told(&[kind, ("detail", Value::from(r#"{ "A": [{ "prefix": "b" }] }"#))]).unwrap();
        assert!(some.starts_with(r#"{"detail":{"A":[{"prefix":"b"}]},"#), "{some}");
    }

    #[test]
    fn a_path_into_the_event_has_no_value_to_test() {
        let values = [("A", "$.detail.ModelPackageArn"), ("B", "$5")].map(|(k, v)| (k.to_owned(), Value::from(v)));
        let tested = without_paths(Value::Map(values.into()));
        assert!(tested.attribute("A").is_unknown() && tested.attribute("B").as_str() == Some("$5"), "{tested:?}");
    }
}
