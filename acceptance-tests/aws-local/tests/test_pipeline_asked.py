"""Callback and Lambda steps: who answers is the test."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import TRUST, Local
from test_services import error_of

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:check"
OUTPUT = [{"OutputName": "rows", "OutputType": "Integer"}]


@pytest.fixture(scope="module")
def executing() -> Iterator[Local]:
    local = Local("--allow-exec", "--role-delay", "0")
    yield local
    local.stop()


@pytest.fixture
def aws(executing: Local) -> Local:
    executing.control("POST", "reset")
    return executing


def allow(aws: Local, *actions: str) -> str:
    iam = aws.client("iam")
    arn = iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    statement = {"Effect": "Allow", "Action": list(actions) or ["s3:GetObject"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=document)
    return arn


def start(aws: Local, role: str, asked: dict[str, Any]) -> str:
    """An execution that fails unless what a step returns is 7."""
    condition = {"Type": "Equals", "LeftValue": {"Get": "Steps.Ask.OutputParameters['rows']"}, "RightValue": 7}
    wrong = {"Name": "Wrong", "Type": "Fail", "Arguments": {"ErrorMessage": "not seven"}}
    check = {"Conditions": [condition], "IfSteps": [], "ElseSteps": [wrong]}
    steps = [{"Name": "Ask", "OutputParameters": OUTPUT, "Arguments": {"day": "today"}, **asked},
             {"Name": "IsSeven", "Type": "Condition", "Arguments": check}]  # fmt: skip
    sagemaker = aws.client("sagemaker")
    definition = json.dumps({"Version": "2020-12-01", "Steps": steps})
    sagemaker.create_pipeline(PipelineName="p", PipelineDefinition=definition, RoleArn=role, ClientRequestToken="t" * 32)
    return sagemaker.start_pipeline_execution(PipelineName="p", ClientRequestToken="s" * 32)["PipelineExecutionArn"]


def until(what: str, found: Callable[[], Any], within: float = 20) -> Any:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.02)
    raise AssertionError(f"not within {within} s: {what}")


def ended(aws: Local, arn: str) -> tuple[str, dict[str, Any]]:
    """The status of an execution that is over, and its steps."""
    sagemaker = aws.client("sagemaker")

    def status() -> str | None:
        found = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"]
        return None if found in ("Executing", "Stopping") else found

    reached = until("the end", status)
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    return reached, {step["StepName"]: step for step in steps}


def callback(aws: Local) -> tuple[dict[str, Any], Callable[[], dict[str, Any]]]:
    """A callback step, and what gives its next message."""
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName="work")["QueueUrl"]

    def message() -> dict[str, Any]:
        (found,) = until("a message", lambda: sqs.receive_message(QueueUrl=url).get("Messages"))
        return json.loads(found["Body"])

    return {"Type": "Callback", "SqsQueueUrl": url}, message


@pytest.mark.parametrize(("rows", "status"), [("7", "Succeeded"), ("8", "Failed")])
def test_a_callback_step_waits_for_its_answer(aws, rows, status):
    step, message = callback(aws)
    arn = start(aws, allow(aws, "sqs:SendMessage"), step)
    told = message()
    assert (told["arguments"], told["status"], told["pipelineExecutionArn"]) == ({"day": "today"}, "Executing", arn)
    answer = aws.client("sagemaker").send_pipeline_execution_step_success
    given = {"CallbackToken": told["token"], "OutputParameters": [{"Name": "rows", "Value": rows}]}
    assert answer(**given, ClientRequestToken="a" * 32)["PipelineExecutionArn"] == arn
    reached, steps = ended(aws, arn)
    assert reached == status and steps["Ask"]["Metadata"]["Callback"]["OutputParameters"] == given["OutputParameters"]
    assert ("Wrong" in steps) == (status == "Failed")
    assert error_of(lambda: answer(**given, ClientRequestToken="b" * 32))["Code"] == "ConflictException"
    retry = aws.client("sagemaker").retry_pipeline_execution
    if status == "Failed":
        refused = error_of(lambda: retry(PipelineExecutionArn=arn, ClientRequestToken="r" * 32))
        assert refused["Code"] == "ValidationException" and "Fail step" in refused["Message"]


def test_a_callback_step_fails_for_the_reason_that_is_told(aws):
    step, message = callback(aws)
    arn = start(aws, allow(aws, "sqs:SendMessage"), step)
    aws.client("sagemaker").send_pipeline_execution_step_failure(
        CallbackToken=message()["token"], FailureReason="no rows", ClientRequestToken="a" * 32
    )
    reached, steps = ended(aws, arn)
    assert (reached, steps["Ask"]["FailureReason"]) == ("Failed", "no rows")


def test_an_execution_that_is_stopped_waits_for_its_callbacks(aws):
    step, message = callback(aws)
    arn = start(aws, allow(aws, "sqs:SendMessage"), step)
    message()
    aws.client("sagemaker").stop_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken="x" * 32)
    told = message()
    assert told["status"] == "Stopping"
    aws.client("sagemaker").send_pipeline_execution_step_success(
        CallbackToken=told["token"], ClientRequestToken="a" * 32
    )
    assert ended(aws, arn)[0] == "Stopped"


@pytest.mark.parametrize(
    ("function", "status", "reason"),
    [
        ({"returns": {"rows": 7, "more": "x"}}, "Succeeded", None),
        ({"returns": {"rows": 8}}, "Failed", None),
        ({"fails": "no database"}, "Failed", "no database"),
        (None, "Failed", "Function not found"),
    ],
)
def test_a_lambda_step_returns_what_its_function_does(aws, function, status, reason):
    if function:
        aws.control("POST", "function", arn=FUNCTION, **function)
    arn = start(aws, allow(aws, "lambda:InvokeFunction"), {"Type": "Lambda", "FunctionArn": FUNCTION})
    reached, steps = ended(aws, arn)
    assert reached == status and (reason or "") in steps["Ask"].get("FailureReason", "")
    assert ("Wrong" in steps) == (status == "Failed" and reason is None)


@pytest.mark.parametrize("kind", ["Callback", "Lambda"])
def test_what_the_role_may_not_do_fails(aws, kind):
    aws.control("POST", "function", arn=FUNCTION, returns={"rows": 7})
    step = callback(aws)[0] if kind == "Callback" else {"Type": "Lambda", "FunctionArn": FUNCTION}
    reached, steps = ended(aws, start(aws, allow(aws), step))
    assert reached == "Failed" and "is not authorized to perform" in steps["Ask"]["FailureReason"]
