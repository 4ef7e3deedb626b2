//! The end of a job's log, for the diagnostic of its failure.

use crate::aws::client::Regional;

/// How many lines are shown.
const LINES: i32 = 20;

/// The last lines of the newest log stream of a job, introduced by where they are from. Empty if there are none or they
/// cannot be read: the failure itself is the message.
pub async fn last_lines(aws: &Regional, group: &str, job: &str) -> String {
    let streams = aws
        .logs()
        .describe_log_streams()
        .log_group_name(group)
        .log_stream_name_prefix(format!("{job}/"))
        .send()
        .await
        .map(|answer| answer.log_streams.unwrap_or_default())
        .unwrap_or_default();
    let newest = streams.iter().max_by_key(|s| s.last_event_timestamp());
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
