"""SNS, as recorded from AWS in github.com/localstack/localstack tests/aws/services/sns/test_sns.snapshot.json."""

from __future__ import annotations

import json
from typing import Any

import pytest
from test_services import error_of

TAGS = [{"Key": "a", "Value": "1"}]


@pytest.fixture
def sns(aws) -> Any:
    return aws.client("sns")


def said(call: Any) -> str:
    error = error_of(call)
    assert error["Code"] == "InvalidParameter"
    return error["Message"]


def test_a_topic_that_exists(sns):
    arn = sns.create_topic(Name="t", Tags=TAGS, Attributes={"DisplayName": "d"})["TopicArn"]
    for same in ({}, {"Tags": TAGS}, {"Attributes": {"DisplayName": "d"}}):
        assert sns.create_topic(Name="t", **same)["TopicArn"] == arn
    for other in ([{"Key": "a", "Value": "2"}], [*TAGS, {"Key": "b", "Value": "2"}]):
        text = said(lambda other=other: sns.create_topic(Name="t", Tags=other))
        assert text == "Invalid parameter: Tags Reason: Topic already exists with different tags"
    text = said(lambda: sns.create_topic(Name="t", Attributes={"DisplayName": "e"}))
    assert text == "Invalid parameter: Attributes Reason: Topic already exists with different attributes"


def test_what_aws_refuses(sns):
    arn = sns.create_topic(Name="t")["TopicArn"]
    text = said(lambda: sns.subscribe(TopicArn=arn, Protocol="foo", Endpoint="x"))
    assert text == "Invalid parameter: Amazon SNS does not support this protocol string: foo"
    twice = [*TAGS, *TAGS]
    for call in (lambda: sns.create_topic(Name="u", Tags=twice), lambda: sns.tag_resource(ResourceArn=arn, Tags=twice)):
        assert said(call) == "Invalid parameter: Duplicated keys are not allowed."
    for call in (
        lambda: sns.get_topic_attributes(TopicArn="nonsense"),
        lambda: sns.delete_topic(TopicArn="nonsense"),
        lambda: sns.subscribe(TopicArn="nonsense", Protocol="email", Endpoint="a@b.example"),
        lambda: sns.set_topic_attributes(TopicArn="nonsense", AttributeName="DisplayName", AttributeValue="d"),
    ):
        assert said(call) == "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1"
    assert said(lambda: sns.unsubscribe(SubscriptionArn="a:b:c")).endswith(
        "An ARN must have at least 6 elements, not 3"
    )
    for name, value in (("Nope", "1"), ("FifoTopic", "true")):
        text = said(
            lambda name=name, value=value: sns.set_topic_attributes(
                TopicArn=arn, AttributeName=name, AttributeValue=value
            )
        )
        assert text == "Invalid parameter: AttributeName"
    assert said(lambda: sns.create_topic(Name="v", Attributes={"Nope": "1"})) == "Invalid parameter: AttributeName"
    assert "Policy" in said(lambda: sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue="{"))


def test_what_aws_tells_of_a_topic(sns):
    arn = sns.create_topic(Name="t")["TopicArn"]
    told = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    assert "DeliveryPolicy" not in told and "KmsMasterKeyId" not in told and "TracingConfig" not in told
    assert told["DisplayName"] == "" and told["SubscriptionsConfirmed"] == "0"
    assert list(json.loads(told["EffectiveDeliveryPolicy"])) == ["http"]
    assert json.loads(told["EffectiveDeliveryPolicy"])["http"]["defaultHealthyRetryPolicy"]["numRetries"] == 3
    policy = json.dumps({"http": {"defaultHealthyRetryPolicy": {"numRetries": 5}}})
    for name, value in (("DeliveryPolicy", policy), ("TracingConfig", "Active"), ("DisplayName", "<é>")):
        sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)
    told = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    assert (told["DeliveryPolicy"], told["TracingConfig"], told["DisplayName"]) == (policy, "Active", "<é>")
    assert json.loads(told["EffectiveDeliveryPolicy"])["http"]["defaultHealthyRetryPolicy"]["numRetries"] == 5
    sns.set_topic_attributes(TopicArn=arn, AttributeName="DeliveryPolicy", AttributeValue="")
    assert "DeliveryPolicy" not in sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    fifo = sns.create_topic(Name="t.fifo", Attributes={"FifoTopic": "true", "ContentBasedDeduplication": "true"})[
        "TopicArn"
    ]
    told = sns.get_topic_attributes(TopicArn=fifo)["Attributes"]
    assert (told["FifoTopic"], told["ContentBasedDeduplication"]) == ("true", "true")
