//! SNS.

use aws_sdk_sns::types::Tag;

use crate::harness::{ACCOUNT, client};

#[tokio::test]
async fn a_topic_is_subscribed_to() {
    let (sns, name) = (client!(aws_sdk_sns), "sdk-topic");
    let tag = Tag::builder().key("team").value("ml").build().unwrap();
    let arn = sns.create_topic().name(name).attributes("DisplayName", "SDK").tags(tag).send().await.unwrap();
    let arn = arn.topic_arn.unwrap();
    assert_eq!(arn, format!("arn:aws:sns:us-east-1:{ACCOUNT}:{name}"));
    assert_eq!(sns.create_topic().name(name).send().await.unwrap().topic_arn.as_deref(), Some(arn.as_str()));
    let set = sns.set_topic_attributes().topic_arn(&arn).attribute_name("DisplayName").attribute_value("é");
    set.send().await.unwrap();
    let attributes = sns.get_topic_attributes().topic_arn(&arn).send().await.unwrap().attributes.unwrap();
    assert_eq!(attributes["DisplayName"], "é");
    let email = sns.subscribe().topic_arn(&arn).protocol("email").endpoint("a@example.com").send().await.unwrap();
    assert_eq!(email.subscription_arn.as_deref(), Some("pending confirmation"));
    let list = sns.list_subscriptions_by_topic().topic_arn(&arn).into_paginator().items().send();
    let list = list.collect::<Result<Vec<_>, _>>().await.unwrap();
    assert_eq!(list[0].subscription_arn.as_deref(), Some("PendingConfirmation"));
    assert!(sns.publish().topic_arn(&arn).message("hello").send().await.unwrap().message_id.is_some());
    assert_eq!(sns.list_tags_for_resource().resource_arn(&arn).send().await.unwrap().tags()[0].value, "ml");
    sns.delete_topic().topic_arn(&arn).send().await.unwrap();
    let gone = sns.get_topic_attributes().topic_arn(&arn).send().await;
    assert!(gone.unwrap_err().into_service_error().is_not_found_exception());
}
