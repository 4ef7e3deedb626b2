"""EventBridge Scheduler invokes what is due, with the role of the schedule."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from conftest import TRUST

from aws_local.runtime.schedule_times import next_time

ACCOUNT = "123456789012"
PIPELINE = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:pipeline/nightly"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/scheduler"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:lost"
DEFINITION = {
    "Version": "2020-12-01",
    "Parameters": [{"Name": "Rows", "Type": "Integer", "DefaultValue": 1}],
    "Steps": [{"Name": "No", "Type": "Fail", "Arguments": {"ErrorMessage": "no"}}],
}


def allow(aws: Any, *statements: tuple[str, str]) -> None:
    """What the role of the schedules may do."""
    policy = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in statements]
    document = json.dumps({"Version": "2012-10-17", "Statement": policy})
    aws.client("iam").put_role_policy(RoleName="scheduler", PolicyName="own", PolicyDocument=document)


@pytest.fixture
def scheduler(aws) -> Any:
    aws.client("iam").create_role(RoleName="scheduler", AssumeRolePolicyDocument=TRUST.replace("sagemaker.", "scheduler."))
    allow(aws, ("sagemaker:StartPipelineExecution", PIPELINE))
    aws.client("sagemaker").create_pipeline(
        PipelineName="nightly", PipelineDefinition=json.dumps(DEFINITION), RoleArn=aws.role(), ClientRequestToken="t" * 32
    )
    return aws.client("scheduler")


def schedule(expression: str, arn: str = PIPELINE, target: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    parameters = {"SageMakerPipelineParameters": {"PipelineParameterList": [{"Name": "Rows", "Value": "5"}]}}
    return {
        "Name": "s",
        "ScheduleExpression": expression,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": arn, "RoleArn": ROLE, **(parameters if target is None else target)},
        **more,
    }


def started(aws: Any) -> int:
    return len(aws.client("sagemaker").list_pipeline_executions(PipelineName="nightly")["PipelineExecutionSummaries"])


def metrics(aws: Any) -> set[str]:
    found = aws.client("cloudwatch").list_metrics(Namespace="AWS/Scheduler")["Metrics"]
    return {metric["MetricName"] for metric in found}


def at(aws: Any, seconds: float) -> str:
    now = datetime.datetime.fromtimestamp(aws.control("GET", "clock")["now"] + seconds, datetime.UTC)
    return f"at({now:%Y-%m-%dT%H:%M:%S})"


def test_a_rate_starts_executions_with_parameters_from_its_creation_on(aws, scheduler):
    scheduler.create_schedule(**schedule("rate(1 hour)"))
    aws.advance(0)
    assert started(aws) == 1
    (execution,) = aws.client("sagemaker").list_pipeline_executions(PipelineName="nightly")["PipelineExecutionSummaries"]
    given = aws.client("sagemaker").list_pipeline_parameters_for_execution(
        PipelineExecutionArn=execution["PipelineExecutionArn"]
    )
    assert given["PipelineParameters"] == [{"Name": "Rows", "Value": "5"}]
    aws.advance(3599)
    assert started(aws) == 1
    aws.advance(1)
    assert started(aws) == 2
    scheduler.update_schedule(**schedule("rate(1 hour)", State="DISABLED"))
    aws.advance(7200)
    assert started(aws) == 2
    scheduler.update_schedule(**schedule("rate(1 hour)"))
    aws.advance(3600)
    assert started(aws) == 3, "what was due meanwhile is not made up for"
    assert metrics(aws) == {"InvocationAttemptCount"}
    scheduler.delete_schedule(Name="s")
    aws.advance(3600)
    assert started(aws) == 3


def test_a_schedule_begins_and_ends(aws, scheduler):
    now = aws.control("GET", "clock")["now"]
    scheduler.create_schedule(
        **schedule("rate(1 minute)", StartDate=now + 60, EndDate=now + 150, ActionAfterCompletion="DELETE")
    )
    aws.advance(59)
    assert started(aws) == 0
    aws.advance(30)
    assert started(aws) == 1
    aws.advance(300)
    assert started(aws) == 2, "the second one is before the end, the third is not"
    assert scheduler.list_schedules()["Schedules"] == []


def test_what_is_due_once_is_deleted_where_wanted(aws, scheduler):
    scheduler.create_schedule(**schedule(at(aws, 60), ActionAfterCompletion="DELETE"))
    aws.advance(120)
    assert started(aws) == 1 and scheduler.list_schedules()["Schedules"] == []


@pytest.mark.parametrize("may", ["nothing", "another pipeline"])
def test_a_role_that_may_not_start_executions_starts_none(aws, scheduler, may):
    aws.client("sqs").create_queue(QueueName="lost")
    other = [("sagemaker:StartPipelineExecution", PIPELINE + "-2")] if may == "another pipeline" else []
    allow(aws, ("sqs:SendMessage", QUEUE), *other)
    dead = {"SageMakerPipelineParameters": {}, "DeadLetterConfig": {"Arn": QUEUE}}
    scheduler.create_schedule(**schedule(at(aws, 60), target=dead))
    aws.advance(61)
    assert started(aws) == 0
    url = aws.client("sqs").get_queue_url(QueueName="lost")["QueueUrl"]
    (message,) = aws.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"].startswith("AccessDenied")
    assert metrics(aws) == {"InvocationAttemptCount", "TargetErrorCount", "InvocationsSentToDeadLetterCount"}


def test_a_role_that_may_not_send_to_the_queue_does_not(aws, scheduler):
    aws.client("sqs").create_queue(QueueName="lost")
    wrong = {"SageMakerPipelineParameters": {"PipelineParameterList": [{"Name": "Row", "Value": "5"}]}}
    scheduler.create_schedule(**schedule(at(aws, 60), target={**wrong, "DeadLetterConfig": {"Arn": QUEUE}}))
    aws.advance(61)
    assert started(aws) == 0 and "InvocationsFailedToBeSentToDeadLetterCount" in metrics(aws)


def test_a_universal_target_gets_its_input(aws, scheduler):
    given = {"PipelineName": "nightly", "ClientRequestToken": "<aws.scheduler.execution-id>"}
    target = {"Input": json.dumps(given)}
    universal = "arn:aws:scheduler:::aws-sdk:sagemaker:startPipelineExecution"
    scheduler.create_schedule(**schedule("rate(1 hour)", universal, target))
    aws.advance(3600)
    assert started(aws) == 2


@pytest.mark.parametrize(
    ("expression", "zone", "after", "due"),
    [
        ("cron(0 3 ? * MON-FRI *)", "Europe/Berlin", "2026-03-27T02:00", "2026-03-30T01:00"),
        ("cron(0 3 ? * MON-FRI *)", "Europe/Berlin", "2026-03-27T01:00", "2026-03-27T02:00"),
        ("cron(0 18 L * ? *)", "UTC", "2026-02-01T00:00", "2026-02-28T18:00"),
        ("cron(0 18 L-3 * ? *)", "UTC", "2026-02-01T00:00", "2026-02-25T18:00"),
        ("cron(0 0 LW * ? *)", "UTC", "2026-05-01T00:00", "2026-05-29T00:00"),
        ("cron(0 0 15W * ? *)", "UTC", "2026-08-01T00:00", "2026-08-14T00:00"),
        ("cron(0 0 1W * ? *)", "UTC", "2026-07-20T00:00", "2026-08-03T00:00"),
        ("cron(15 10 ? * 6L *)", "UTC", "2026-11-01T00:00", "2026-11-27T10:15"),
        ("cron(0 0 ? * 2#3 *)", "UTC", "2026-11-01T00:00", "2026-11-16T00:00"),
    ],
)  # fmt: skip
def test_when_a_cron_expression_is_due(expression, zone, after, due):
    import zoneinfo

    def seconds(text: str) -> float:
        return datetime.datetime.fromisoformat(f"{text}:00+00:00").timestamp()

    found = next_time(expression, seconds(after), zoneinfo.ZoneInfo(zone))
    assert datetime.datetime.fromtimestamp(found, datetime.UTC).isoformat()[:16] == due
