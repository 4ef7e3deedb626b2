//! What alarms of both types have in common besides their attributes.

use async_trait::async_trait;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::plan::Plan;
use tfplug::schema::Object;
use tfplug::value::{Path, Value};

use super::alarm_rule;
use super::composite_alarm::CompositeAlarm;
use super::metric_alarm::MetricAlarm;
use crate::aws::batch::Batch;
use crate::aws::client::{Aws, Regional};
use crate::aws::operation::{Failure, NEVER, call, error_ending};
use crate::engine::{Delete, Filter, Hooks, Listing};
use crate::files::review;
use crate::services::alarms::{DELETE_ALARMS, DESCRIBE_ALARMS, PUT_COMPOSITE_ALARM, UPDATED};
use crate::shapes::alarm::actions;

/// AWS refuses it as long as a composite alarm's rule names the alarm. Source: github.com/ekristen/aws-nuke issue 462,
/// github.com/cloud-custodian/cloud-custodian issue 7763.
pub(super) const DELETE: Delete =
    Delete::by(DELETE_ALARMS, &[error_ending("ValidationError", "as there are composite alarm(s) depending on it.")]);

/// How many are read at once, but for where they are in the response. Source: CloudWatch API reference, DescribeAlarms.
pub(super) const BATCH: Batch = Batch {
    operation: DESCRIBE_ALARMS,
    names: "alarm_names",
    page: ("max_records", 100),
    within: "",
    name: "alarm_name",
    index: false,
    alone: true,
};

/// What a list of alarms can be restricted to.
const FILTERS: &[Filter] = &[
    Filter::text("name_prefix", "alarm_name_prefix", "Beginning of the names.", 255),
    Filter::choice("state_value", "state_value", "State of the alarms.", &["OK", "ALARM", "INSUFFICIENT_DATA"]),
];

/// The list of one of both types of alarms, whose members are those of descriptions.
pub(super) const fn listing(items: &'static str) -> Listing {
    Listing {
        page: Some(BATCH.page),
        common: FILTERS,
        only: Some(is_ours),
        described: true,
        ..Listing::new(DESCRIBE_ALARMS, items)
    }
}

/// Application Auto Scaling makes, changes and deletes the alarms of its target tracking policies by itself. Source: its user
/// guide, "Target tracking scaling policies": nobody else may edit or delete them.
fn is_ours(alarm: &Value) -> bool {
    !alarm.attribute("alarm_name").as_str().is_some_and(|name| name.starts_with("TargetTracking-"))
}

/// Of an alarm that was just made, the time of the last update is that of its creation.
fn created(description: &Value) -> Option<i64> {
    let time = description.attribute(UPDATED).as_str()?;
    DateTime::from_str(time, Format::DateTime).ok()?.to_millis().ok()
}

/// The composite alarms whose rules name an alarm.
async fn parents(cx: &Context<Aws>, aws: &Regional, name: &str) -> Vec<String> {
    let input = Value::object([("parents_of_alarm_name", Value::from(name))]);
    // Without an answer, what AWS said of the deletion stands alone.
    let found = call(cx, aws, &DESCRIBE_ALARMS, &input, NEVER).await.unwrap_or(Value::Null);
    let parents = found.attribute("composite_alarms").as_elements().unwrap_or_default();
    parents.iter().filter_map(|p| Some(p.attribute("alarm_name").as_str()?.to_owned())).collect()
}

/// What a plan notes of a composite alarm whose rule it changes.
fn note(cx: &Context<Aws>, region: &str, name: &str) -> Option<String> {
    Some(format!("{:?} changes the rule of {name:?} in {region}", cx.try_client()?.creations().scope()))
}

/// Notes that the plan changes the rule of a composite alarm, for the deletion of an alarm that it names.
fn note_change(cx: &Context<Aws>, plan: &Plan<'_>) {
    let (region, name) =
        (plan.prior.attribute(MetricAlarm::REGION).as_str(), plan.prior.attribute(MetricAlarm::NAME).as_str());
    if let (Some(region), Some(name), true) = (region, name, plan.changes(CompositeAlarm::ALARM_RULE))
        && let Some(note) = note(cx, region, name)
    {
        review::promise(&note);
    }
}

/// Takes an alarm that is to be deleted out of the rules that name it, if this plan changes them: Terraform destroys an alarm
/// before it changes the rule that its removal or replacement changes (hashicorp/terraform-provider-aws issue 34807).
///
/// # Errors
/// What AWS responded.
async fn release(cx: &Context<Aws>, aws: &Regional, name: &str) -> Result<bool> {
    let mut released = false;
    for parent in parents(cx, aws, name).await {
        if !note(cx, aws.region(), &parent).is_some_and(|note| review::is_promised(&note)) {
            continue;
        }
        let attempted = format!("take the alarm {name:?} out of the rule of the composite alarm {parent:?}");
        let failed = |failure: Failure| failure.diags(&attempted, &Object::default(), &Value::Null);
        let input = Value::object([("alarm_names", Value::List(vec![Value::from(parent.as_str())]))]);
        let found = call(cx, aws, &DESCRIBE_ALARMS, &input, NEVER).await.map_err(failed)?;
        let Some(alarm) = found.at(&Path::parse("composite_alarms[0]")) else { continue };
        let rule = alarm.attribute(CompositeAlarm::ALARM_RULE).as_str().unwrap_or_default();
        if let Some(rule) = alarm_rule::without(rule, name) {
            let mut changed = alarm.clone();
            changed.set_attribute(CompositeAlarm::ALARM_RULE, Value::from(rule));
            call(cx, aws, &PUT_COMPOSITE_ALARM, &changed, NEVER).await.map_err(failed)?;
            released = true;
        }
    }
    Ok(released)
}

/// What to do about the composite alarms that keep an alarm from being deleted.
async fn in_use(cx: &Context<Aws>, aws: &Regional, name: &str) -> Option<String> {
    let names: Vec<String> = parents(cx, aws, name).await.iter().map(|name| format!("{name:?}")).collect();
    (!names.is_empty()).then(|| {
        format!(
            "The rule of the composite alarm {} names it. Change the rule, or delete the composite alarm first. If this apply \
             changes it, but was planned in another working directory, apply again.",
            names.join(", ")
        )
    })
}

/// Source: github.com/cds-snc/notification-terraform pull 128, with AWS's message "Invalid region ... specified".
pub(super) fn check_regions(alarm: &Value) -> Diags {
    let mut diags = Diags::new();
    let Some(region) = alarm.attribute(MetricAlarm::REGION).as_str() else { return diags };
    for (attribute, arn) in actions(alarm).filter(|(_, arn)| arn.service == "sns" && arn.region != region) {
        let detail = format!(
            "An alarm can notify topics of its own region only. The alarm is in {region:?}, and the topic {:?} in {:?}.",
            arn.resource, arn.region
        );
        diags.push(Diag::error("The topic is in another region", detail).at(Path::of(attribute)));
    }
    diags
}

/// What is special about alarms of both types, and what each has to add.
pub(super) struct AlarmHooks {
    /// Tests the configuration.
    pub(super) check: fn(&Value) -> Diags,
    /// Completes what was read, given the state.
    pub(super) after_read: fn(&Value, &mut Value),
}

#[async_trait]
impl Hooks for AlarmHooks {
    fn check_config(&self, config: &Value) -> Diags {
        (self.check)(config)
    }

    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        note_change(cx, plan);
        check_regions(plan.planned()).into_result()
    }

    async fn created(&self, _: &Regional, _: &str, description: &Value) -> Option<i64> {
        created(description)
    }

    async fn release(&self, cx: &Context<Aws>, aws: &Regional, id: &str) -> Result<bool> {
        release(cx, aws, id).await
    }

    async fn in_use(&self, cx: &Context<Aws>, aws: &Regional, id: &str) -> Option<String> {
        in_use(cx, aws, id).await
    }

    fn after_read(&self, _: &Value, state: &Value, value: &mut Value) {
        (self.after_read)(state, value);
    }
}
