//! CloudWatch Logs.

use std::time::SystemTime;

use aws_sdk_cloudwatchlogs::types::InputLogEvent;

use crate::harness::client;

#[tokio::test]
async fn lines_are_written_and_found() {
    let (logs, group) = (client!(aws_sdk_cloudwatchlogs), "/sdk/tests");
    logs.create_log_group().log_group_name(group).tags("team", "ml").send().await.unwrap();
    let again = logs.create_log_group().log_group_name(group).send().await;
    assert!(again.unwrap_err().into_service_error().is_resource_already_exists_exception());
    logs.put_retention_policy().log_group_name(group).retention_in_days(7).send().await.unwrap();
    let groups = logs.describe_log_groups().log_group_name_prefix(group).into_paginator().items().send();
    let groups = groups.collect::<Result<Vec<_>, _>>().await.unwrap();
    assert_eq!((groups.len(), groups[0].retention_in_days), (1, Some(7)));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as i64;
    for stream in ["a", "b", "c"] {
        logs.create_log_stream().log_group_name(group).log_stream_name(stream).send().await.unwrap();
        let line =
            |i: i64| InputLogEvent::builder().timestamp(now + i).message(format!("{stream}{i} é")).build().unwrap();
        let put = logs.put_log_events().log_group_name(group).log_stream_name(stream);
        put.log_events(line(0)).log_events(line(1)).send().await.unwrap();
    }
    let streams = logs.describe_log_streams().log_group_name(group).into_paginator().page_size(2).items().send();
    assert_eq!(streams.collect::<Result<Vec<_>, _>>().await.unwrap().len(), 3);
    let read = logs.get_log_events().log_group_name(group).log_stream_name("b").start_from_head(true).send().await;
    let read = read.unwrap();
    let lines: Vec<_> = read.events().iter().filter_map(|e| e.message.as_deref()).collect();
    assert_eq!(lines, ["b0 é", "b1 é"]);
    let found = logs.filter_log_events().log_group_name(group).filter_pattern("c1").into_paginator().send();
    let found: Vec<_> = found.collect::<Result<Vec<_>, _>>().await.unwrap();
    assert_eq!(found.iter().flat_map(|p| p.events()).count(), 1);
    logs.delete_log_stream().log_group_name(group).log_stream_name("a").send().await.unwrap();
    logs.delete_log_group().log_group_name(group).send().await.unwrap();
    let gone = logs.delete_log_group().log_group_name(group).send().await;
    assert!(gone.unwrap_err().into_service_error().is_resource_not_found_exception());
}
