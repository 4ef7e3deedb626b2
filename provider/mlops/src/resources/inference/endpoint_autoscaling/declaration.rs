//! How a scalable target is registered with its policies and scheduled actions, and changed.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::model::Root;
use tfplug::number::Number;
use tfplug::plan::Plan;
use tfplug::value::{Path, Value};

use super::EndpointAutoscaling;
use crate::aws::client::Aws;
use crate::aws::operation::{ErrorMatch, error};
use crate::engine::{Collection, Create, Declared, Hooks, UpdateBy};
use crate::resources::inference::autoscaling_target::{CHANGED, NOT_FOUND, TargetHooks, target};
use crate::services::application_auto_scaling::REGISTER_SCALABLE_TARGET;
use crate::services::scaling_policies::{DELETE_SCALING_POLICY, DESCRIBE_SCALING_POLICIES, PUT_SCALING_POLICY};
use crate::services::scheduled_actions::{DELETE_SCHEDULED_ACTION, DESCRIBE_SCHEDULED_ACTIONS, PUT_SCHEDULED_ACTION};
use crate::shapes::scaling_policy::{self, type_of};
use crate::shapes::scaling_target::{COPIES, INSTANCES, Scaled};
use crate::shapes::scheduled_action::{self, bounds_set};

/// The declaration.
pub static ENDPOINT_AUTOSCALING: Declared = Declared {
    // What an action has changed since stays.
    updates: &[UpdateBy { partial: true, ..UpdateBy::new(REGISTER_SCALABLE_TARGET, CHANGED) }],
    create: Create { retryable: RETRYABLE, ..BASE.create },
    collections: &[
        Collection {
            attribute: EndpointAutoscaling::SCALING_POLICIES,
            noun: "scaling policy",
            by: "policy_name",
            list: DESCRIBE_SCALING_POLICIES,
            items: "scaling_policies",
            write: PUT_SCALING_POLICY,
            complete: |policy| {
                let kind = type_of(policy);
                policy.set_attribute("policy_type", Value::from(kind));
            },
            delete: DELETE_SCALING_POLICY,
            not_found: NOT_FOUND,
            server_defaults: &[],
        },
        Collection {
            attribute: EndpointAutoscaling::SCHEDULED_ACTIONS,
            noun: "scheduled action",
            by: "scheduled_action_name",
            list: DESCRIBE_SCHEDULED_ACTIONS,
            items: "scheduled_actions",
            write: PUT_SCHEDULED_ACTION,
            complete: |_| {},
            delete: DELETE_SCHEDULED_ACTION,
            not_found: NOT_FOUND,
            server_defaults: &["timezone"],
        },
    ],
    hooks: &AutoscalingHooks,
    omitted: &[
        ("role_arn", "AWS takes the service-linked role for SageMaker, whatever role is sent"),
        ("policy_type", "it follows from which configuration is set"),
        ("predictive_scaling_policy_configuration", "only for Amazon ECS (PutScalingPolicy, PolicyType)"),
    ],
    ..BASE
};

const BASE: Declared = target("scalable target", EndpointAutoscaling::shared);
/// Source: the service model, PutScalingPolicy: another change of it is under way; RegisterScalableTarget, on eventual
/// consistency; text: github.com/ansible/ansible issue 40237.
const RETRYABLE: &[ErrorMatch] =
    &[error("ConcurrentUpdateException", ""), error("ObjectNotFoundException", "No scalable target registered")];

struct AutoscalingHooks;

#[async_trait]
impl Hooks for AutoscalingHooks {
    fn check_config(&self, config: &Value) -> Diags {
        let mut diags = TargetHooks.check_config(config);
        for (name, policy) in entries(config, EndpointAutoscaling::SCALING_POLICIES) {
            let mut policy = policy.clone();
            policy.set_attribute(Scaled::SCALABLE_DIMENSION, dimension(config));
            diags.0.extend(below(EndpointAutoscaling::SCALING_POLICIES, name, scaling_policy::check(&policy)));
        }
        for (name, action) in entries(config, EndpointAutoscaling::SCHEDULED_ACTIONS) {
            diags.0.extend(below(EndpointAutoscaling::SCHEDULED_ACTIONS, name, scheduled_action::check(action)));
        }
        diags
    }

    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        TargetHooks.plan(cx, plan).await
    }

    fn after_read(&self, description: &Value, state: &Value, value: &mut Value) {
        TargetHooks.after_read(description, state, value);
        for bound in [Scaled::MIN_CAPACITY, Scaled::MAX_CAPACITY] {
            let set = bounds_set(state.attribute(EndpointAutoscaling::SCHEDULED_ACTIONS), bound);
            let found = value.attribute(bound).as_number().and_then(Number::to_i64);
            if !state.attribute(bound).is_null() && found.is_some_and(|found| set.contains(&found)) {
                value.set_attribute(bound, state.attribute(bound).clone());
            }
        }
    }
}

fn entries<'a>(of: &'a Value, attribute: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    of.attribute(attribute).as_entries().into_iter().flatten().filter(|(_, element)| element.as_entries().is_some())
}

/// What is scaled, as far as the configuration says it.
fn dimension(config: &Value) -> Value {
    match config.attribute(Scaled::SCALABLE_DIMENSION) {
        Value::Null if config.attribute(Scaled::ENDPOINT_NAME).is_null() => Value::from(COPIES),
        Value::Null => Value::from(INSTANCES),
        given => given.clone(),
    }
}

/// Diagnostics of an element, at its place.
fn below(attribute: &str, name: &str, diags: Diags) -> impl Iterator<Item = Diag> {
    let element = Path::of(attribute).key(name);
    diags.0.into_iter().map(move |mut diag| {
        let inner = std::mem::replace(&mut diag.path, element.clone());
        diag.path.0.extend(inner.0);
        diag
    })
}
