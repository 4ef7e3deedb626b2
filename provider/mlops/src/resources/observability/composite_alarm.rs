//! `mlops_composite_alarm`: a CloudWatch alarm on the states of others.
//!
//! Quirks of the API: one operation creates and replaces; the alarms of a rule must exist, and cannot be deleted as long as it
//! names them. Source: CloudWatch API reference, PutCompositeAlarm and DeleteAlarms.

use tfplug::diag::{Diag, Diags};
use tfplug::model::{Model, Root};
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use super::alarm_rule;
use super::alarms::{self, AlarmHooks};
use crate::aws::batch::Batch;
use crate::aws::operation::error;
use crate::engine::{Create, Declared, Listing, MovedFrom, Read, UpdateBy};
use crate::services::alarms::{DESCRIBE_ALARMS, PUT_COMPOSITE_ALARM};
use crate::services::cloudwatch::ALARM_TAGS;
use crate::shapes::alarm::{ARN, AlarmActions, KEY, NAME, actions};
use crate::shapes::fields::Tagged;

/// A CloudWatch alarm on the states of other alarms: it notifies people once where several alarms go off together, and not
/// while another alarm, such as one of a maintenance window, suppresses it.
///
/// The alarms of the rule may be created, replaced, and removed from it and destroyed, in the same apply. Where Terraform destroys one of
/// them before it changes the rule, the rule has `FALSE` in its place meanwhile.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "composite_alarm",
    subcategory = "Observability",
    timeouts(create = "5m", update = "5m", delete = "5m"),
    identity("name", optional("region"), derived("account_id")),
    requires("actions_suppressor", "actions_suppressor_wait_period", "actions_suppressor_extension_period"),
    requires("actions_suppressor_wait_period", "actions_suppressor"),
    requires("actions_suppressor_extension_period", "actions_suppressor")
)]
pub struct CompositeAlarm {
    /// Name, unique in the account and region among alarms of all types.
    #[tf(required, requires_replace, provider_only, validate(NAME))]
    name: String,
    /// AWS Region. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    #[tf(embed)]
    actions: AlarmActions,
    /// When the alarm goes to `ALARM`: `ALARM(x)`, `OK(x)` and `INSUFFICIENT_DATA(x)` of at most 100 alarms, by name or ARN, in
    /// quotes where it has blanks; `AT_LEAST(2, ALARM, (x, y, z))`; `TRUE` and `FALSE`; combined by `AND`, `OR`, `NOT` and
    /// parentheses.
    #[tf(required, validate(Validator::Length { min: 1, max: 10_240 }))]
    alarm_rule: String,
    /// Name or ARN of an alarm that suppresses the actions of this one as long as it is in `ALARM`.
    #[tf(optional, validate(Validator::Length { min: 1, max: 1600 }))]
    actions_suppressor: Option<String>,
    /// Seconds to wait for the suppressor to go to `ALARM` before the actions are carried out.
    #[tf(optional, validate(Validator::Range { min: 0, max: i32::MAX as i64 }))]
    actions_suppressor_wait_period: Option<i64>,
    /// Seconds to wait after the suppressor has left `ALARM` before the actions are carried out.
    #[tf(optional, validate(Validator::Range { min: 0, max: i32::MAX as i64 }))]
    actions_suppressor_extension_period: Option<i64>,
    #[tf(embed)]
    tagged: Tagged,
    /// ARN of the alarm.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
}

/// Most alarms in a rule. Source: CloudWatch API reference, PutCompositeAlarm.
const MOST: usize = 100;
/// Services whose actions a composite alarm can have. Source: CloudWatch API reference, PutCompositeAlarm.
const SERVICES: [&str; 5] = ["sns", "lambda", "ssm", "ssm-incidents", "aiops"];

/// The declaration.
pub static COMPOSITE_ALARM: Declared = Declared {
    moved_from: &[MovedFrom::new("aws_cloudwatch_composite_alarm", &["alarm_name"])],
    key: KEY,
    tags: Some(&ALARM_TAGS),
    updates: &[UpdateBy::new(
        PUT_COMPOSITE_ALARM,
        &[
            "alarm_description",
            "actions_enabled",
            "alarm_actions",
            "ok_actions",
            "insufficient_data_actions",
            "action_configuration",
            "alarm_rule",
            "actions_suppressor",
            "actions_suppressor_wait_period",
            "actions_suppressor_extension_period",
        ],
    )],
    hooks: &AlarmHooks { check, after_read: |_, _| {} },
    list: Some(&Listing { sends: &[("alarm_types[]", "CompositeAlarm", None)], ..alarms::listing("composite_alarms") }),
    ..Declared::named(
        "composite alarm",
        CompositeAlarm::shared,
        ARN,
        Create {
            operation: PUT_COMPOSITE_ALARM,
            arn: Some("alarm_arn"),
            exists: &[],
            // The same apply may be creating them. Source: github.com/awsdocs/aws-cloudformation-user-guide issue 911.
            retryable: &[error("ValidationError", "Could not save the composite alarm as alarms")],
        },
        Read {
            within: Some("composite_alarms[0]"),
            created: None,
            batch: Some(&Batch { within: "composite_alarms", ..alarms::BATCH }),
            ..Read::by(DESCRIBE_ALARMS, &[])
        },
        alarms::DELETE,
    )
};

/// Tests the rule and the actions.
fn check(config: &Value) -> Diags {
    let mut diags = Diags::new();
    let mut refuse = |attribute: &str, detail: String| {
        diags.push(Diag::error("Invalid composite alarm", detail).at(Path::of(attribute)));
    };
    match config.attribute(CompositeAlarm::ALARM_RULE).as_str().map(alarm_rule::alarms) {
        Some(Err(fault)) => refuse("alarm_rule", format!("The rule is not valid. {fault}")),
        Some(Ok(alarms)) if alarms.len() > MOST => {
            refuse("alarm_rule", format!("The rule names {} alarms. At most {MOST} are allowed.", alarms.len()));
        }
        _ => {}
    }
    for (attribute, arn) in actions(config).filter(|(_, arn)| !SERVICES.contains(&arn.service.as_str())) {
        let detail = format!("A composite alarm cannot have actions of the service `{}`.", arn.service);
        refuse(attribute, detail);
    }
    diags
}
