"""EventBridge: rules on events of SageMaker start pipelines, with the role of their targets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import TRUST
from test_services import error_of

ACCOUNT = "123456789012"
PIPELINE = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:pipeline/deploy"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/trigger"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:lost"
DEFINITION = {
    "Version": "2020-12-01",
    "Parameters": [{"Name": "Model", "Type": "String"}, {"Name": "Stage", "Type": "String"}],
    "Steps": [{"Name": "No", "Type": "Fail", "Arguments": {"ErrorMessage": "no"}}],
}
PATTERN = {
    "source": ["aws.sagemaker"],
    "detail-type": ["SageMaker Model Package State Change"],
    "detail": {"ModelPackageGroupName": ["churn"], "ModelApprovalStatus": ["Approved"]},
}


@pytest.fixture
def events(aws) -> Any:
    iam, sagemaker = aws.client("iam"), aws.client("sagemaker")
    iam.create_role(RoleName="trigger", AssumeRolePolicyDocument=TRUST.replace("sagemaker.", "events."))
    allow(aws, "sagemaker:StartPipelineExecution")
    sagemaker.create_pipeline(
        PipelineName="deploy", PipelineDefinition=json.dumps(DEFINITION), RoleArn=aws.role(), ClientRequestToken="t" * 32
    )
    sagemaker.create_model_package_group(ModelPackageGroupName="churn")
    sagemaker.create_model_package_group(ModelPackageGroupName="other")
    events = aws.client("events")
    events.put_rule(Name="approved", EventPattern=json.dumps(PATTERN))
    aws.advance(60)
    return events


def allow(aws: Any, action: str) -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": PIPELINE}]}
    aws.client("iam").put_role_policy(RoleName="trigger", PolicyName="own", PolicyDocument=json.dumps(policy))


def target(**more: Any) -> dict[str, Any]:
    values = [{"Name": "Model", "Value": "$.detail.ModelPackageArn"}, {"Name": "Stage", "Value": "test"}]
    return {
        "Id": "pipeline",
        "Arn": PIPELINE,
        "RoleArn": ROLE,
        "SageMakerPipelineParameters": {"PipelineParameterList": values},
        **more,
    }


def register(aws: Any, group: str) -> str:
    container = {"Image": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/i:1", "ModelDataUrl": "s3://bucket/model.tar.gz"}
    specification = {
        "Containers": [container],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    made = aws.client("sagemaker").create_model_package(
        ModelPackageGroupName=group,
        InferenceSpecification=specification,
        ModelApprovalStatus="PendingManualApproval",
    )
    return made["ModelPackageArn"]


def decide(aws: Any, arn: str, status: str) -> None:
    aws.client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus=status)


def started(aws: Any) -> list[list[dict[str, str]]]:
    sagemaker = aws.client("sagemaker")
    executions = sagemaker.list_pipeline_executions(PipelineName="deploy")["PipelineExecutionSummaries"]
    arns = [each["PipelineExecutionArn"] for each in executions]
    return [sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)["PipelineParameters"] for arn in arns]


def test_an_approval_starts_the_pipeline_once_with_what_the_event_has(aws, events):
    assert events.put_targets(Rule="approved", Targets=[target()])["FailedEntryCount"] == 0
    first, other = register(aws, "churn"), register(aws, "other")
    decide(aws, other, "Approved")
    decide(aws, first, "Rejected")
    assert started(aws) == []
    decide(aws, first, "Approved")
    decide(aws, first, "Approved")
    assert started(aws) == [[{"Name": "Model", "Value": first}, {"Name": "Stage", "Value": "test"}]]


def test_a_rule_sees_only_what_comes_after_it_and_a_disabled_one_nothing(aws, events):
    events.delete_rule(Name="approved")
    before = register(aws, "churn")
    decide(aws, before, "Approved")
    events.put_rule(Name="approved", EventPattern=json.dumps(PATTERN))
    events.put_targets(Rule="approved", Targets=[target()])
    register(aws, "churn")
    assert started(aws) == []
    events.put_rule(Name="approved", EventPattern=json.dumps(PATTERN), State="DISABLED")
    decide(aws, register(aws, "churn"), "Approved")
    assert started(aws) == []


def test_what_cannot_be_started_goes_to_the_dead_letter_queue(aws, events):
    url = aws.client("sqs").create_queue(QueueName="lost")["QueueUrl"]
    events.put_targets(Rule="approved", Targets=[target(DeadLetterConfig={"Arn": QUEUE})])
    allow(aws, "sagemaker:StopPipelineExecution")
    aws.advance(60)
    decide(aws, register(aws, "churn"), "Approved")
    (message,) = aws.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    told = {name: each["StringValue"] for name, each in message["MessageAttributes"].items()}
    assert json.loads(message["Body"])["detail"]["ModelApprovalStatus"] == "Approved"
    assert told["TARGET_ARN"] == PIPELINE and told["ERROR_CODE"] == "AccessDenied", told
    assert started(aws) == []


def test_a_target_needs_a_role_that_eventbridge_can_assume(aws, events):
    put = lambda **more: events.put_targets(Rule="approved", Targets=[target(**more)])  # noqa: E731
    without = {name: value for name, value in target().items() if name != "RoleArn"}
    error = error_of(lambda: events.put_targets(Rule="approved", Targets=[without]))
    assert (error["Code"], error["Message"]) == ("ValidationException", f"RoleArn is required for target {PIPELINE}.")
    other = f"arn:aws:iam::{ACCOUNT}:role/role"
    error = error_of(lambda: put(RoleArn=other))
    assert error["Message"] == f"Provided role '{other}' cannot be assumed by principal 'events.amazonaws.com'."
    assert error_of(lambda: events.put_targets(Rule="no", Targets=[target()]))["Code"] == "ResourceNotFoundException"
    assert error_of(lambda: events.list_targets_by_rule(Rule="no"))["Code"] == "ResourceNotFoundException"
    put()
    error = error_of(lambda: events.delete_rule(Name="approved"))
    assert (error["Code"], error["Message"]) == ("ValidationException", "Rule can't be deleted since it has targets.")
