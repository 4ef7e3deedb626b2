//! Operations of AWS Budgets.
//!
//! Budgets has the settings of a budget in a structure, which the requests call by different names, and its notifications
//! elsewhere, each with operations of its own. Here the members of the budget are those of the request, and a description
//! has the notifications, too. Every call names the account.

use std::collections::HashMap;

use aws_sdk_budgets::types as t;
use tfplug::value::Value;

use super::{
    boolean, double, from_boolean, from_double, list, object, structure, symbol, tagging, text, texts, typed_operation,
};
use crate::aws::arn::{self, Arn};
use crate::aws::client::Regional;
use crate::aws::error::{AwsError, aws_error};
#[cfg(test)]
use crate::aws::operation::Members;
use crate::aws::operation::Operation;
use crate::engine::tagging::Tagging;

/// The member with the notifications.
const NOTIFICATIONS: &str = "notifications_with_subscribers";

/// The member with the ARN, which no response of Budgets has.
pub const ARN: &str = "budget_arn";

/// Source of the form: Service Authorization Reference, AWS Budget Service.
async fn arn(aws: &Regional, input: &Value) -> Result<Value, AwsError> {
    let name = text(input, "budget_name").unwrap_or_default();
    let (partition, account) = (arn::partition(aws.region()).id, aws.account_id().await?);
    Ok(Value::from(Arn::new(partition, "budgets", "", &account, format!("budget/{name}")).to_string()))
}

/// The members of a request or response without the structure that the budget is in.
#[cfg(test)]
fn flat(operation: &str, side: &str, within: &str) -> Members {
    let within = format!(".{within}.");
    let all = super::members::of("Budgets", operation, side).into_iter();
    all.map(|(path, shape)| (path.strip_prefix(&within).map_or(path.clone(), |rest| format!(".{rest}")), shape))
        .collect()
}

/// The members that stand for the notifications.
#[cfg(test)]
fn of_notifications() -> Members {
    let mut all = flat("CreateBudget", "input", "budget");
    all.retain(|path, _| path.trim_start_matches('.').starts_with(NOTIFICATIONS));
    all
}

fn tag(value: &Value) -> Option<t::ResourceTag> {
    t::ResourceTag::builder().set_key(text(value, "key")).set_value(text(value, "value")).build().ok()
}

fn from_tag(tag: &t::ResourceTag) -> Value {
    object([("key", Value::from(tag.key())), ("value", Value::from(tag.value()))])
}

/// Tags of budgets.
pub static TAGS: Tagging = tagging!("Budgets", budgets, resource_tags, resource_tag_keys, list(tag, from_tag));

/// An amount in its shortest form: what is sent as `100` is described as `100.0`.
pub fn plain(amount: &str) -> String {
    let text = if amount.contains('.') { amount.trim_end_matches('0').trim_end_matches('.') } else { amount };
    let text = text.trim_start_matches('0');
    if text.is_empty() || text.starts_with('.') { format!("0{text}") } else { text.to_owned() }
}

fn spend(value: &Value) -> Option<t::Spend> {
    t::Spend::builder().set_amount(text(value, "amount")).set_unit(text(value, "unit")).build().ok()
}

fn cost_types(value: &Value) -> Option<t::CostTypes> {
    let builder = t::CostTypes::builder()
        .set_include_tax(boolean(value, "include_tax"))
        .set_include_subscription(boolean(value, "include_subscription"))
        .set_use_blended(boolean(value, "use_blended"))
        .set_include_refund(boolean(value, "include_refund"))
        .set_include_credit(boolean(value, "include_credit"))
        .set_include_upfront(boolean(value, "include_upfront"))
        .set_include_recurring(boolean(value, "include_recurring"))
        .set_include_other_subscription(boolean(value, "include_other_subscription"))
        .set_include_support(boolean(value, "include_support"))
        .set_include_discount(boolean(value, "include_discount"))
        .set_use_amortized(boolean(value, "use_amortized"));
    Some(builder.build())
}

fn cost_filters(input: &Value) -> Option<HashMap<String, Vec<String>>> {
    let filters = input.attribute("cost_filters");
    Some(filters.as_entries()?.keys().map(|key| (key.clone(), texts(filters, key).unwrap_or_default())).collect())
}

#[expect(deprecated, reason = "their successor, FilterExpression, contains itself, which no schema can")]
fn budget(input: &Value) -> Option<t::Budget> {
    let builder = t::Budget::builder()
        .set_budget_name(text(input, "budget_name"))
        .set_budget_limit(structure(input, "budget_limit", spend))
        .set_cost_filters(cost_filters(input))
        .set_cost_types(structure(input, "cost_types", cost_types))
        .set_time_unit(symbol(input, "time_unit"))
        .set_budget_type(symbol(input, "budget_type"));
    builder.build().ok()
}

fn notification(value: &Value) -> Option<t::Notification> {
    let builder = t::Notification::builder()
        .set_notification_type(symbol(value, "notification_type"))
        .set_comparison_operator(symbol(value, "comparison_operator"))
        .set_threshold(double(value, "threshold"))
        .set_threshold_type(symbol(value, "threshold_type"));
    builder.build().ok()
}

fn subscriber(value: &Value) -> Option<t::Subscriber> {
    let builder = t::Subscriber::builder()
        .set_subscription_type(symbol(value, "subscription_type"))
        .set_address(text(value, "address"));
    builder.build().ok()
}

fn with_subscribers(value: &Value) -> Option<t::NotificationWithSubscribers> {
    let builder = t::NotificationWithSubscribers::builder()
        .set_notification(structure(value, "notification", notification))
        .set_subscribers(list(value, "subscribers", subscriber));
    builder.build().ok()
}

/// Creates a budget with its notifications.
pub const CREATE_BUDGET: Operation = Operation {
    #[cfg(test)]
    input: || flat("CreateBudget", "input", "budget"),
    ..typed_operation!(
        "Budgets",
        CreateBudget,
        |aws, input| aws
            .budgets()
            .create_budget()
            .account_id(aws.account_id().await?)
            .set_budget(budget(input))
            .set_notifications_with_subscribers(list(input, NOTIFICATIONS, with_subscribers))
            .set_resource_tags(list(input, "resource_tags", tag)),
        |_answer| object([(ARN, arn(aws, input).await?)])
    )
};

/// Replaces all settings of a budget but its notifications.
pub const UPDATE_BUDGET: Operation = Operation {
    #[cfg(test)]
    input: || flat("UpdateBudget", "input", "new_budget"),
    ..typed_operation!(
        "Budgets",
        UpdateBudget,
        |aws, input| aws.budgets().update_budget().account_id(aws.account_id().await?).set_new_budget(budget(input)),
        |_answer| Value::Null
    )
};

/// Deletes a budget with its notifications.
pub const DELETE_BUDGET: Operation = typed_operation!(
    "Budgets",
    DeleteBudget,
    |aws, input| aws
        .budgets()
        .delete_budget()
        .account_id(aws.account_id().await?)
        .set_budget_name(text(input, "budget_name")),
    |_answer| Value::Null
);

/// Describes a budget with its notifications.
pub const DESCRIBE_BUDGET: Operation = Operation {
    #[cfg(test)]
    output: || {
        let mut all = flat("DescribeBudget", "output", "budget");
        all.extend(of_notifications());
        all.insert(format!(".{ARN}"), aws_smithy_schema::ShapeType::String);
        all
    },
    ..typed_operation!(
        "Budgets",
        DescribeBudget,
        |aws, input| aws
            .budgets()
            .describe_budget()
            .account_id(aws.account_id().await?)
            .set_budget_name(text(input, "budget_name")),
        |answer| {
            let mut found = answer.budget().map_or(Value::Null, from_budget);
            let notifications = notifications(aws, input).await?;
            let shown = notifications.iter().map(|(notification, subscribers)| {
                let subscribers = subscribers.iter().map(from_subscriber).collect();
                let notification = from_notification(notification);
                object([("notification", notification), ("subscribers", Value::List(subscribers))])
            });
            found.set_attribute(NOTIFICATIONS, Value::List(shown.collect()));
            found.set_attribute(ARN, arn(aws, input).await?);
            found
        }
    )
};

#[expect(deprecated, reason = "their successor, FilterExpression, contains itself, which no schema can")]
fn from_budget(budget: &t::Budget) -> Value {
    let spend = |s: &t::Spend| object([("amount", Value::from(plain(s.amount()))), ("unit", Value::from(s.unit()))]);
    let texts = |all: &Vec<String>| Value::List(all.iter().map(|text| Value::from(text.as_str())).collect());
    let filters = budget.cost_filters().into_iter().flatten().map(|(k, all)| (k.clone(), texts(all)));
    object([
        ("budget_name", Value::from(budget.budget_name())),
        ("budget_limit", budget.budget_limit().map_or(Value::Null, spend)),
        ("cost_filters", Value::Map(filters.collect())),
        ("cost_types", budget.cost_types().map_or(Value::Null, from_cost_types)),
        ("time_unit", Value::from(budget.time_unit().as_str())),
        ("budget_type", Value::from(budget.budget_type().as_str())),
        ("last_updated_time", budget.last_updated_time().map_or(Value::Null, super::from_time)),
    ])
}

fn from_cost_types(types: &t::CostTypes) -> Value {
    object([
        ("include_tax", from_boolean(types.include_tax())),
        ("include_subscription", from_boolean(types.include_subscription())),
        ("use_blended", from_boolean(types.use_blended())),
        ("include_refund", from_boolean(types.include_refund())),
        ("include_credit", from_boolean(types.include_credit())),
        ("include_upfront", from_boolean(types.include_upfront())),
        ("include_recurring", from_boolean(types.include_recurring())),
        ("include_other_subscription", from_boolean(types.include_other_subscription())),
        ("include_support", from_boolean(types.include_support())),
        ("include_discount", from_boolean(types.include_discount())),
        ("use_amortized", from_boolean(types.use_amortized())),
    ])
}

/// Source of the default: AWS Budgets API reference, Notification.
fn from_notification(found: &t::Notification) -> Value {
    let threshold_type = found.threshold_type().map_or("PERCENTAGE", t::ThresholdType::as_str);
    object([
        ("notification_type", Value::from(found.notification_type().as_str())),
        ("comparison_operator", Value::from(found.comparison_operator().as_str())),
        ("threshold", from_double(Some(found.threshold()))),
        ("threshold_type", Value::from(threshold_type)),
    ])
}

fn from_subscriber(found: &t::Subscriber) -> Value {
    object([
        ("subscription_type", Value::from(found.subscription_type().as_str())),
        ("address", Value::from(found.address())),
    ])
}

type Notifications = Vec<(t::Notification, Vec<t::Subscriber>)>;

/// The notifications of a budget with their subscribers.
async fn notifications(aws: &Regional, input: &Value) -> Result<Notifications, AwsError> {
    let (account, name) = (aws.account_id().await?, text(input, "budget_name"));
    let list = aws.budgets().describe_notifications_for_budget().account_id(&account).set_budget_name(name.clone());
    let mut pages = list.into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(each) = pages.next().await {
        let each = each.map_err(|e| aws_error("Budgets", "DescribeNotificationsForBudget", e))?;
        let list = aws.budgets().describe_subscribers_for_notification().account_id(&account);
        let list = list.set_budget_name(name.clone()).notification(each.clone());
        let mut pages = list.into_paginator().items().send();
        let mut subscribers = Vec::new();
        while let Some(one) = pages.next().await {
            subscribers.push(one.map_err(|e| aws_error("Budgets", "DescribeSubscribersForNotification", e))?);
        }
        found.push((each, subscribers));
    }
    Ok(found)
}

const CREATE_NOTIFICATION: Operation = typed_operation!(
    "Budgets",
    CreateNotification,
    |aws, input| aws
        .budgets()
        .create_notification()
        .account_id(aws.account_id().await?)
        .set_budget_name(text(input, "budget_name"))
        .set_notification(structure(input, "notification", notification))
        .set_subscribers(list(input, "subscribers", subscriber)),
    |_answer| Value::Null
);

/// Brings the notifications of a budget to what is wanted. One whose subscribers alone change stays, so that it does not
/// notify again of a threshold that is passed already.
pub const SET_NOTIFICATIONS: Operation = Operation {
    call: |aws, input| {
        Box::pin(async move {
            let wanted = input.attribute(NOTIFICATIONS).as_elements().unwrap_or_default();
            let same =
                |found: &t::Notification, wanted: &Value| from_notification(found) == *wanted.attribute("notification");
            let found = notifications(aws, input).await?;
            let (account, name) = (aws.account_id().await?, text(input, "budget_name"));
            // First those that go: a budget may have ten.
            for (gone, _) in found.iter().filter(|(found, _)| !wanted.iter().any(|wanted| same(found, wanted))) {
                let delete = aws.budgets().delete_notification().account_id(&account).set_budget_name(name.clone());
                let deleted = delete.notification(gone.clone()).send().await;
                deleted.map_err(|e| aws_error("Budgets", "DeleteNotification", e))?;
            }
            for wanted in wanted {
                match found.iter().find(|(found, _)| same(found, wanted)) {
                    Some((kept, known)) => {
                        let wanted = list(wanted, "subscribers", subscriber).unwrap_or_default();
                        subscribe(aws, &account, name.as_deref().unwrap_or_default(), kept, known, &wanted).await?;
                    }
                    None => {
                        let mut input = wanted.clone();
                        input.set_attribute("budget_name", Value::from(name.as_deref()));
                        (CREATE_NOTIFICATION.call)(aws, &input).await?;
                    }
                }
            }
            Ok(Value::Null)
        })
    },
    #[cfg(test)]
    input: || {
        let mut all = (DELETE_BUDGET.input)();
        all.extend(of_notifications());
        all
    },
    ..CREATE_NOTIFICATION
};

/// Brings the subscribers of a notification to those that are wanted. It must have one at any time.
async fn subscribe(
    aws: &Regional,
    account: &str,
    budget: &str,
    to: &t::Notification,
    known: &[t::Subscriber],
    wanted: &[t::Subscriber],
) -> Result<(), AwsError> {
    for new in wanted.iter().filter(|one| !known.contains(one)) {
        let create = aws.budgets().create_subscriber().account_id(account).budget_name(budget).notification(to.clone());
        let created = create.subscriber(new.clone()).send().await;
        created.map_err(|e| aws_error("Budgets", "CreateSubscriber", e))?;
    }
    for gone in known.iter().filter(|one| !wanted.contains(one)) {
        let delete = aws.budgets().delete_subscriber().account_id(account).budget_name(budget).notification(to.clone());
        let deleted = delete.subscriber(gone.clone()).send().await;
        deleted.map_err(|e| aws_error("Budgets", "DeleteSubscriber", e))?;
    }
    Ok(())
}
