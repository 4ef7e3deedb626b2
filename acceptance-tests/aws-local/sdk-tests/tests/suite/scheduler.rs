//! EventBridge Scheduler.

use aws_sdk_scheduler::types::{FlexibleTimeWindow, FlexibleTimeWindowMode, ScheduleState, Target};

use crate::harness::{ACCOUNT, client};
use crate::identity::{TRUST, role};

#[tokio::test]
async fn schedules_are_kept_in_a_group() {
    let (scheduler, group) = (client!(aws_sdk_scheduler), "sdk-group");
    scheduler.create_schedule_group().name(group).send().await.unwrap();
    let role_arn = role("sdk-scheduler", &TRUST.replace("sagemaker", "scheduler")).await;
    let target = || {
        let target = Target::builder().arn(format!("arn:aws:sagemaker:us-east-1:{ACCOUNT}:pipeline/p"));
        target.role_arn(&role_arn).input("{}").build().unwrap()
    };
    let exact = || FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build().unwrap();
    let create = |name: &str| {
        let call = scheduler.create_schedule().name(name).group_name(group).schedule_expression("rate(1 hour)");
        call.target(target()).flexible_time_window(exact()).send()
    };
    for name in ["one", "two", "three"] {
        create(name).await.unwrap();
    }
    assert!(create("one").await.unwrap_err().into_service_error().is_conflict_exception());
    let update = scheduler.update_schedule().name("one").group_name(group).schedule_expression("cron(0 6 * * ? *)");
    let update = update.schedule_expression_timezone("Europe/Berlin").state(ScheduleState::Disabled);
    update.target(target()).flexible_time_window(exact()).send().await.unwrap();
    let read = scheduler.get_schedule().name("one").group_name(group).send().await.unwrap();
    assert_eq!(read.schedule_expression.as_deref(), Some("cron(0 6 * * ? *)"));
    assert_eq!(read.schedule_expression_timezone.as_deref(), Some("Europe/Berlin"));
    assert_eq!(read.state, Some(ScheduleState::Disabled));
    assert_eq!(read.target.unwrap().input.as_deref(), Some("{}"));
    let list = scheduler.list_schedules().group_name(group).into_paginator().page_size(2).send();
    let pages = list.collect::<Result<Vec<_>, _>>().await.unwrap();
    assert_eq!(pages.iter().map(|p| p.schedules.len()).collect::<Vec<_>>(), [2, 1]);
    for name in ["one", "two", "three"] {
        scheduler.delete_schedule().name(name).group_name(group).send().await.unwrap();
    }
    let gone = scheduler.get_schedule().name("one").group_name(group).send().await;
    assert!(gone.unwrap_err().into_service_error().is_resource_not_found_exception());
    scheduler.delete_schedule_group().name(group).send().await.unwrap();
}
