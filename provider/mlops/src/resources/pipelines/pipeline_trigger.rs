//! `mlops_pipeline_trigger`: which events start a pipeline.
//!
//! Quirks of the API: a request for a rule overwrites one of its name; a rule and its target are made by requests of their own;
//! nothing says when a rule was made. Source: EventBridge API reference, PutRule, PutTargets and Target.

mod declaration;

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;

pub use self::declaration::PIPELINE_TRIGGER;
use crate::aws::arn;
use crate::sagemaker::names;
use crate::shapes::fields::Tagged;
use crate::shapes::schedule::{NAME, RetryPolicy};

/// A rule of EventBridge that starts a `mlops_pipeline` when something happens in SageMaker: a version of a model is approved, a
/// job ends, an endpoint changes. Each event that matches starts one execution; those that it started go on when the rule is
/// changed, disabled or destroyed.
///
/// The rule is on the default event bus of the Region, where the events of AWS services are.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "pipeline_trigger",
    subcategory = "Pipelines",
    timeouts(create = "10m", update = "10m", delete = "10m"),
    identity("name", optional("region"), derived("account_id")),
    exactly_one_of("model_package_group_name", "detail_type", "event_pattern"),
    requires("model_approval_status", "model_package_group_name"),
    requires("detail", "detail_type")
)]
pub struct PipelineTrigger {
    /// Name, unique on the event bus.
    #[tf(required, requires_replace, provider_only, validate(NAME))]
    name: String,
    /// AWS Region, which must be that of the pipeline. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    /// Description.
    #[tf(optional, validate(Validator::Length { min: 0, max: 512 }))]
    description: Option<String>,
    /// Name of the model package group whose versions start the pipeline, when one is registered or changes to
    /// `model_approval_status`.
    #[tf(optional, provider_only, validate(names::NAME))]
    model_package_group_name: Option<String>,
    /// Approval status that a version of the group must have: `Approved`, `Rejected` or `PendingManualApproval`. `Approved` unless
    /// set.
    #[tf(
        optional,
        provider_only,
        validate(Validator::OneOf(&["Approved", "Rejected", "PendingManualApproval"]))
    )]
    model_approval_status: Option<String>,
    /// Type of the events of SageMaker that start the pipeline, such as `SageMaker Training Job State Change`.
    #[tf(optional, provider_only, validate(Validator::Length { min: 1, max: 128 }))]
    detail_type: Option<String>,
    /// Pattern of the `detail` of the events, a JSON document: `jsonencode({ TrainingJobStatus = ["Completed"] })`. All events of
    /// the type unless set.
    #[tf(optional, provider_only, equal_json, validate(Validator::Json))]
    detail: Option<String>,
    /// Event pattern as a whole, a JSON document, for events of whatever source. It is compared by meaning, not by text.
    /// Generated from the other attributes unless set.
    #[tf(optional, computed, planned, equal_json, validate(Validator::Json))]
    event_pattern: Option<String>,
    /// ARN of the pipeline.
    #[tf(required, rename = "target.arn", validate(arn::PIPELINE))]
    pipeline_arn: String,
    /// ARN of the IAM role by which EventBridge starts executions. It must trust `events.amazonaws.com` and allow
    /// `sagemaker:StartPipelineExecution` on the pipeline: a `mlops_execution_role` with `trusted_services` and
    /// `access.start_pipelines`. The executions themselves have the role of the pipeline.
    #[tf(required, rename = "target.role_arn", validate(arn::ROLE))]
    role_arn: String,
    /// Values of the pipeline's parameters, by name; numbers and booleans as text. A value that is wholly a JSON path, such as
    /// `$.detail.ModelPackageArn`, is what the event has there. The plan compares names and types with the parameters that the
    /// pipeline declares.
    #[tf(
        optional,
        rename = "target.sage_maker_pipeline_parameters.pipeline_parameter_list",
        validate(Validator::Count { min: 0, max: 200 }, Validator::Length { min: 1, max: 1024 })
    )]
    parameters: Option<BTreeMap<String, String>>,
    /// `ENABLED` or `DISABLED`. Defaults to `ENABLED`.
    #[tf(optional, computed, default = "ENABLED", validate(Validator::OneOf(&["ENABLED", "DISABLED"])))]
    state: String,
    #[tf(optional, computed, use_state_for_unknown, rename = "target.retry_policy")]
    retry_policy: Option<RetryPolicy>,
    /// ARN of the standard SQS queue that gets the events for which no execution could be started. The policy of the queue must
    /// allow `events.amazonaws.com` to send to it (`sqs:SendMessage`), on behalf of the rule (`aws:SourceArn`).
    #[tf(optional, rename = "target.dead_letter_config.arn", validate(arn::SQS_QUEUE))]
    dead_letter_queue_arn: Option<String>,
    #[tf(embed)]
    tagged: Tagged,
    /// ID of the target in the rule.
    #[tf(computed, rename = "target.id", use_state_for_unknown)]
    target_id: Option<String>,
    /// ARN of the rule.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
}
