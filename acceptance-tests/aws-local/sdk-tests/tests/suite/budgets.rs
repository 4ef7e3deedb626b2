//! Budgets.

use aws_sdk_budgets::types::{
    Budget, BudgetType, ComparisonOperator, Notification, NotificationType, NotificationWithSubscribers, Spend,
    Subscriber, SubscriptionType, TimeUnit,
};

use crate::harness::{ACCOUNT, client};

fn budget(name: &str, amount: &str) -> Budget {
    let limit = Spend::builder().amount(amount).unit("USD").build().unwrap();
    let budget = Budget::builder().budget_name(name).budget_type(BudgetType::Cost).time_unit(TimeUnit::Monthly);
    budget.budget_limit(limit).build().unwrap()
}

#[tokio::test]
async fn a_budget_notifies() {
    let (budgets, name) = (client!(aws_sdk_budgets), "sdk-budget");
    let notification = Notification::builder().notification_type(NotificationType::Forecasted).threshold(80.0);
    let notification = notification.comparison_operator(ComparisonOperator::GreaterThan).build().unwrap();
    let email =
        Subscriber::builder().subscription_type(SubscriptionType::Email).address("a@example.com").build().unwrap();
    let with = NotificationWithSubscribers::builder().notification(notification).subscribers(email).build().unwrap();
    let create = || {
        let call = budgets.create_budget().account_id(ACCOUNT).budget(budget(name, "100"));
        call.notifications_with_subscribers(with.clone()).send()
    };
    create().await.unwrap();
    assert!(create().await.unwrap_err().into_service_error().is_duplicate_record_exception());
    budgets.update_budget().account_id(ACCOUNT).new_budget(budget(name, "250.5")).send().await.unwrap();
    let read = budgets.describe_budget().account_id(ACCOUNT).budget_name(name).send().await.unwrap().budget.unwrap();
    assert_eq!(read.budget_limit.unwrap().amount, "250.5");
    assert_eq!(read.time_unit, TimeUnit::Monthly);
    let list = budgets.describe_notifications_for_budget().account_id(ACCOUNT).budget_name(name);
    let list = list.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.unwrap();
    assert_eq!((list.len(), list[0].threshold), (1, 80.0));
    let subscribers = budgets.describe_subscribers_for_notification().account_id(ACCOUNT).budget_name(name);
    let subscribers = subscribers.notification(list[0].clone()).send().await.unwrap();
    assert_eq!(subscribers.subscribers()[0].address, "a@example.com");
    budgets.delete_budget().account_id(ACCOUNT).budget_name(name).send().await.unwrap();
    let gone = budgets.describe_budget().account_id(ACCOUNT).budget_name(name).send().await;
    assert!(gone.unwrap_err().into_service_error().is_not_found_exception());
}
