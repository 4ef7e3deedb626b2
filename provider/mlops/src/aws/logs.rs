//! Logs that AWS writes beside objects: their end, for the diagnostic of a failure, and their removal, for they cost money
//! as long as they are kept.

use tfplug::context::Context;
use tfplug::diag::Diag;

use crate::aws::client::{Aws, Regional};
use crate::aws::error::{AwsError, aws_error};

/// How many lines are shown.
const LINES: i32 = 20;

/// Whether a stream is one of an object's, by the beginning of their names. Without a slash at its end that is the whole name,
/// so that another object, whose name is longer, keeps its own.
fn is_one(stream: &str, streams: &str) -> bool {
    stream == streams || streams.is_empty() || (streams.ends_with('/') && stream.starts_with(streams))
}

/// The last lines of the newest log stream whose name begins with a prefix (of the whole group, if it is empty), introduced
/// by where they are from. Empty if there are none or they cannot be read: the failure itself is the message.
pub async fn last_lines(aws: &Regional, group: &str, streams: &str) -> String {
    let prefix = (!streams.is_empty()).then(|| streams.to_owned());
    let found = aws
        .logs()
        .describe_log_streams()
        .log_group_name(group)
        .set_log_stream_name_prefix(prefix)
        .send()
        .await
        .map(|answer| answer.log_streams.unwrap_or_default())
        .unwrap_or_default();
    let own = found.iter().filter(|s| s.log_stream_name().is_some_and(|name| is_one(name, streams)));
    let newest = own.max_by_key(|s| s.last_event_timestamp());
    let Some(stream) = newest.and_then(|s| s.log_stream_name()) else { return String::new() };
    let events = aws
        .logs()
        .get_log_events()
        .log_group_name(group)
        .log_stream_name(stream)
        .start_from_head(false)
        .limit(LINES)
        .send()
        .await
        .map(|answer| answer.events.unwrap_or_default())
        .unwrap_or_default();
    if events.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = events.iter().map(|e| format!("  {}", e.message().unwrap_or_default())).collect();
    format!("\n\nThe end of its log ({group}, {stream}):\n{}", lines.join("\n"))
}

/// Whether there are log streams whose names begin with a prefix. What cannot be told is taken for no.
pub async fn has_streams(aws: &Regional, group: &str, streams: &str) -> bool {
    let found = aws.logs().describe_log_streams().log_group_name(group).log_stream_name_prefix(streams).limit(1).send();
    // They are listed by name, the shortest first.
    found
        .await
        .is_ok_and(|found| found.log_streams().iter().filter_map(|s| s.log_stream_name()).any(|s| is_one(s, streams)))
}

/// Whether there is a log group. What cannot be determined counts as no.
pub async fn has_group(aws: &Regional, group: &str) -> bool {
    let groups = aws.logs().describe_log_groups().log_group_name_prefix(group).send().await;
    let is_it = |g: &aws_sdk_cloudwatchlogs::types::LogGroup| g.log_group_name() == Some(group);
    groups.is_ok_and(|found| found.log_groups.unwrap_or_default().iter().any(is_it))
}

/// Deletes the log streams whose names begin with a prefix. The log group is shared by all jobs of a kind and stays. What
/// cannot be deleted is reported as a warning: the job itself is gone.
pub async fn remove_streams(cx: &Context<Aws>, aws: &Regional, group: &str, prefix: &str) {
    let pages = aws.logs().describe_log_streams().log_group_name(group).log_stream_name_prefix(prefix);
    let mut streams = pages.into_paginator().items().send();
    while let Some(stream) = streams.next().await {
        let outcome = match stream {
            Ok(stream) => {
                let name = stream.log_stream_name().unwrap_or_default();
                if !is_one(name, prefix) {
                    continue;
                }
                let delete = aws.logs().delete_log_stream().log_group_name(group).log_stream_name(name);
                delete.send().await.map(|_| ()).map_err(|e| aws_error("CloudWatch Logs", "DeleteLogStream", e))
            }
            Err(e) => Err(aws_error("CloudWatch Logs", "DescribeLogStreams", e)),
        };
        if let Err(e) = outcome {
            return left(cx, &e, &format!("the log streams {prefix}* in {group}"));
        }
    }
}

/// Deletes a log group that AWS made for one object alone.
pub async fn remove_group(cx: &Context<Aws>, aws: &Regional, group: &str) {
    let deleted = aws.logs().delete_log_group().log_group_name(group).send().await;
    if let Err(e) = deleted.map_err(|e| aws_error("CloudWatch Logs", "DeleteLogGroup", e)) {
        left(cx, &e, &format!("the log group {group}"));
    }
}

fn left(cx: &Context<Aws>, error: &AwsError, what: &str) {
    if error.is("ResourceNotFoundException") {
        return;
    }
    let reported = error.diag(&format!("delete {what}"));
    let detail =
        format!("{}\n\nThe resource itself was deleted. Set `delete_logs = false` to keep logs.", reported.detail);
    cx.warn(Diag::warning(reported.summary, detail));
}
