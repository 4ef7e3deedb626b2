//! EventBridge.

use aws_sdk_eventbridge::types::{RuleState, Tag, Target};

use crate::harness::{ACCOUNT, client};

#[tokio::test]
async fn a_rule_has_targets() {
    let (events, name) = (client!(aws_sdk_eventbridge), "sdk-rule");
    let pattern = r#"{"source":["aws.sagemaker"],"detail-type":["SageMaker Model Package State Change"]}"#;
    let rule = events.put_rule().name(name).event_pattern(pattern).state(RuleState::Enabled);
    let rule = rule.tags(Tag::builder().key("team").value("ml").build().unwrap()).send().await.unwrap();
    let arn = format!("arn:aws:events:us-east-1:{ACCOUNT}:rule/{name}");
    assert_eq!(rule.rule_arn.as_deref(), Some(arn.as_str()));
    let topic = format!("arn:aws:sns:us-east-1:{ACCOUNT}:topic");
    let target = Target::builder().id("topic").arn(&topic).input(r#"{"a":1}"#).build().unwrap();
    let put = events.put_targets().rule(name).targets(target).send().await.unwrap();
    assert_eq!(put.failed_entry_count, 0);
    let read = events.describe_rule().name(name).send().await.unwrap();
    assert_eq!((read.event_pattern.as_deref(), read.state), (Some(pattern), Some(RuleState::Enabled)));
    let targets = events.list_targets_by_rule().rule(name).send().await.unwrap();
    assert_eq!(
        (targets.targets()[0].arn.as_str(), targets.targets()[0].input.as_deref()),
        (topic.as_str(), Some(r#"{"a":1}"#))
    );
    assert_eq!(events.list_tags_for_resource().resource_arn(&arn).send().await.unwrap().tags()[0].value, "ml");
    let rules = events.list_rules().name_prefix("sdk-").send().await.unwrap();
    assert_eq!(rules.rules().len(), 1);
    assert!(events.delete_rule().name(name).send().await.is_err(), "a rule with targets cannot be deleted");
    events.remove_targets().rule(name).ids("topic").send().await.unwrap();
    events.delete_rule().name(name).send().await.unwrap();
    let gone = events.describe_rule().name(name).send().await;
    assert!(gone.unwrap_err().into_service_error().is_resource_not_found_exception());
}
