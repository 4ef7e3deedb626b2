"""EventBridge Scheduler: what it refuses, what it fills in, and groups that take time to go.

Sources: API reference; expressions: github.com/localstack/localstack tests/aws/services/scheduler/test_scheduler.snapshot.json
(recorded from AWS), its issue 13572 (taken by AWS); the role: github.com/aws/aws-sdk-js-v3 issue 6494.
"""

from __future__ import annotations

from typing import Any

import pytest
from conftest import TRUST
from test_services import error_of

TARGET = "arn:aws:scheduler:::aws-sdk:sagemaker:startPipelineExecution"


@pytest.fixture
def scheduler(aws) -> Any:
    role = aws.client("iam").create_role(
        RoleName="scheduler", AssumeRolePolicyDocument=TRUST.replace("sagemaker.", "scheduler.")
    )
    assert role["Role"]["Arn"] == ROLE
    aws.advance(5)
    return aws.client("scheduler")


ROLE = "arn:aws:iam::123456789012:role/scheduler"


def schedule(name: str = "s", **more: Any) -> dict[str, Any]:
    return {
        "Name": name,
        "ScheduleExpression": "rate(1 hour)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": TARGET, "RoleArn": ROLE, "Input": "{}"},
        **more,
    }


@pytest.mark.parametrize(
    "expression",
    """cron(0 1 * * * *)|cron(7 20 * * NOT *)|cron(INVALID)|cron(0 dummy ? * MON-FRI *)|cron(71 8 1 * ? *)|cron()|rate(10 seconds)|
    rate(10 years)|rate()|rate(10)|rate(10 minutess)|rate(foo minutes)|rate(-10 minutes)|rate( 10 minutes )|at(2021-12-31T23:59:59Z)|
    at(2021-12-31)|at(2021-02-30T00:00:00)|every day""".replace("\n    ", "").split("|")
    + [" rate(10 minutes)"],
)
def test_expressions_that_aws_refuses(scheduler, expression):
    error = error_of(lambda: scheduler.create_schedule(**schedule(ScheduleExpression=expression)))
    assert (error["Code"], error["Message"]) == ("ValidationException", f"Invalid Schedule Expression {expression}.")


@pytest.mark.parametrize(
    "expression",
    """cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)|cron(30-30 13-13 ? * 2,4,6 *)|cron(1-31/30 1-1 ? * 1,7 *)|cron(0 6 * * ? *)|
    cron(15 10 ? * 6L 2022-2023)|cron(0 18 L * ? *)|cron(0/5 8-17 ? * mon-fri *)|cron(0 0 ? JAN,JUL MON#2 *)|rate(1 minute)|rate(10 minutes)|
    rate(24 hours)|at(2030-01-01T00:00:00)""".replace("\n    ", "").split("|"),
)  # fmt: skip
def test_expressions_that_aws_takes(scheduler, expression):
    expression = expression.replace("MON#2", "2#2")
    scheduler.create_schedule(**schedule(ScheduleExpression=expression))
    assert scheduler.get_schedule(Name="s")["ScheduleExpression"] == expression


@pytest.mark.parametrize(
    "wrong",
    [
        {"ScheduleExpressionTimezone": "Mars/Phobos"},
        {"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}},
        {"FlexibleTimeWindow": {"Mode": "OFF", "MaximumWindowInMinutes": 5}},
        {"Target": {"Arn": "nonsense", "RoleArn": ROLE}},
        {"Target": {"Arn": "arn:aws:scheduler:::nonsense", "RoleArn": ROLE}},
        {"Target": {"Arn": TARGET.replace("start", "describe"), "RoleArn": ROLE}},
        {"Target": {"Arn": "arn:aws:lambda:us-east-1:123456789012:function:f", "RoleArn": ROLE, "Input": "{"}},
    ],
    ids=str,
)
def test_schedules_that_aws_refuses(scheduler, wrong):
    for change in (scheduler.create_schedule, scheduler.create_schedule, scheduler.update_schedule):
        assert error_of(lambda change=change: change(**schedule(**wrong)))["Code"] in (
            "ValidationException",
            "ResourceNotFoundException",
        )
        if change == scheduler.create_schedule and not scheduler.list_schedules()["Schedules"]:
            scheduler.create_schedule(**schedule())
    assert scheduler.get_schedule(Name="s")["ScheduleExpression"] == "rate(1 hour)"


def test_the_role_of_a_schedule(aws, scheduler):
    said = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
    for arn in ("arn:aws:iam::123456789012:role/absent", aws.role("sagemakers")):
        error = error_of(lambda arn=arn: scheduler.create_schedule(**schedule(Target={"Arn": TARGET, "RoleArn": arn})))
        assert (error["Code"], error["Message"]) == ("ValidationException", said)
    # A role that was made a moment ago is not there yet.
    trust = TRUST.replace("sagemaker.", "scheduler.")
    fresh = aws.client("iam").create_role(RoleName="fresh", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    given = schedule(Target={"Arn": TARGET, "RoleArn": fresh})
    assert error_of(lambda: scheduler.create_schedule(**given))["Message"] == said
    aws.advance(5)
    scheduler.create_schedule(**given)


def test_an_update_resets_what_it_leaves_out(scheduler):
    """API reference, UpdateSchedule; the defaults as read from AWS."""
    policy = {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
    scheduler.create_schedule(
        **schedule(
            State="DISABLED",
            ActionAfterCompletion="DELETE",
            Description="d",
            ScheduleExpressionTimezone="Europe/Berlin",
            Target={"Arn": TARGET, "RoleArn": ROLE, "RetryPolicy": {"MaximumRetryAttempts": 3}},
        )
    )
    found = scheduler.get_schedule(Name="s")
    assert (found["State"], found["ActionAfterCompletion"]) == ("DISABLED", "DELETE")
    assert found["Target"]["RetryPolicy"] == {**policy, "MaximumRetryAttempts": 3}
    scheduler.update_schedule(**schedule())
    found = scheduler.get_schedule(Name="s")
    assert (found["State"], found["ActionAfterCompletion"]) == ("ENABLED", "NONE")
    assert (found["ScheduleExpressionTimezone"], found["Target"]["RetryPolicy"]) == ("UTC", policy)
    assert "Description" not in found and found["GroupName"] == "default"
    scheduler.update_schedule(**schedule(ActionAfterCompletion="DELETE"))
    assert scheduler.get_schedule(Name="s")["ActionAfterCompletion"] == "DELETE"


def status_of(call: Any) -> tuple[str, int]:
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_what_exists_and_what_does_not(scheduler):
    first = scheduler.create_schedule(**schedule(), ClientToken="t")["ScheduleArn"]
    assert scheduler.create_schedule(**schedule(), ClientToken="t")["ScheduleArn"] == first
    group = scheduler.create_schedule_group(Name="g", ClientToken="t")["ScheduleGroupArn"]
    assert scheduler.create_schedule_group(Name="g", ClientToken="t")["ScheduleGroupArn"] == group
    for call in (
        lambda: scheduler.create_schedule(**schedule()),
        lambda: scheduler.create_schedule_group(Name="g"),
        lambda: scheduler.create_schedule_group(Name="default"),
    ):
        assert status_of(call) == ("ConflictException", 409)
    for call in (
        lambda: scheduler.create_schedule(**schedule(GroupName="absent")),
        lambda: scheduler.update_schedule(**schedule("absent")),
        lambda: scheduler.update_schedule(**schedule(GroupName="absent")),
        lambda: scheduler.delete_schedule_group(Name="absent"),
        lambda: scheduler.get_schedule(Name="s", GroupName="g"),
    ):
        assert status_of(call) == ("ResourceNotFoundException", 404)
    assert status_of(lambda: scheduler.delete_schedule_group(Name="default")) == ("ValidationException", 400)
    scheduler.create_schedule(**schedule("other"))


def test_the_deletion_of_a_group_takes_time(aws, scheduler):
    scheduler.create_schedule_group(Name="g")
    scheduler.create_schedule(**schedule(GroupName="g"))
    scheduler.delete_schedule_group(Name="g")
    assert scheduler.get_schedule_group(Name="g")["State"] == "DELETING"
    assert scheduler.get_schedule(Name="s", GroupName="g")["Name"] == "s"
    assert status_of(lambda: scheduler.create_schedule_group(Name="g"))[0] == "ConflictException"
    assert status_of(lambda: scheduler.delete_schedule_group(Name="g"))[0] == "ConflictException"
    states = {each["Name"]: each["State"] for each in scheduler.list_schedule_groups()["ScheduleGroups"]}
    assert states == {"default": "ACTIVE", "g": "DELETING"}
    aws.advance(4)
    assert aws.control("GET", "inventory")["count"] == 1, "the role"
    assert status_of(lambda: scheduler.get_schedule_group(Name="g"))[0] == "ResourceNotFoundException"
    assert scheduler.list_schedules()["Schedules"] == []
    scheduler.create_schedule_group(Name="g")
