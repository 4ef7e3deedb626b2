"""What a user of `examples/stacks/digits` does with it: ask the endpoint, approve a version, let an hour pass, look at the alarms."""

from __future__ import annotations

import csv
import json
from typing import Any

from .installation import ROOT
from .local_aws import LocalAws
from .terraform import Terraform

STACK = ROOT / "examples" / "stacks" / "digits"
NAME = "digits"
# What the second version is trained with.
VERSIONS = {1: {"penalty": 1, "gamma": 0.01}, 2: {"penalty": 10, "gamma": 0.01}}
DARKEST = 16
HOUR = 3600
RUNNING = {"Pending", "InProgress", "Stopping"}
Digits = list[list[int]]


def set_variable(terraform: Terraform, name: str, value: Any) -> None:
    """Sets a variable of the stack from now on."""
    terraform.environment[f"TF_VAR_{name}"] = json.dumps(value)


def read(aws: LocalAws, uri: str) -> bytes:
    """An object in S3."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()


def held_out(aws: LocalAws, terraform: Terraform) -> Digits:
    """The digits that no training saw, the label first."""
    text = read(aws, f"{terraform.outputs()['splits']['test']}test.csv").decode()
    return [[int(value) for value in row] for row in list(csv.reader(text.splitlines()))[1:]]


def inverted(digits: Digits) -> Digits:
    """The same in white on black."""
    return [[label, *(DARKEST - shade for shade in shades)] for label, *shades in digits]


def ask(aws: LocalAws, digits: Digits) -> float:
    """The share of the digits that the endpoint recognizes."""
    body = "\n".join(",".join(map(str, shades)) for _, *shades in digits)
    invoke = aws.client("sagemaker-runtime").invoke_endpoint
    response = invoke(EndpointName=NAME, ContentType="text/csv", Accept="text/csv", Body=body)["Body"].read()
    told = [int(line) for line in response.split()]
    return sum(told == label for told, (label, *_) in zip(told, digits, strict=True)) / len(digits)


def next_execution(aws: LocalAws) -> str:
    """Lets the hour pass, and answers the status of the execution at its end."""
    sagemaker = aws.client("sagemaker")

    def last() -> dict[str, Any]:
        return sagemaker.describe_monitoring_schedule(MonitoringScheduleName=NAME).get("LastMonitoringExecutionSummary", {})

    before = last().get("ScheduledTime")
    now = aws.control("GET", "clock")["now"]
    aws.control("POST", "clock", advance=HOUR - now % HOUR + 1)

    def ended() -> str | None:
        found = last()
        is_new, status = found.get("ScheduledTime") != before, found.get("MonitoringExecutionStatus")
        return status if is_new and status not in RUNNING else None

    return aws.wait_for("the execution ends", ended, within=60)


def drift_alarms(aws: LocalAws) -> dict[str, str]:
    """The state of the alarm on the drift of each feature that is watched."""
    prefix = f"{NAME}-main-data-quality-drift-"
    found = aws.client("cloudwatch").describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"]
    return {alarm["AlarmName"].removeprefix(prefix): alarm["StateValue"] for alarm in found}


def kept_executions(aws: LocalAws) -> int:
    """How many records of monitoring executions there are. AWS keeps them, at no cost, when their schedule is deleted."""
    return len(aws.client("sagemaker").list_processing_jobs(NameContains="model-monitoring")["ProcessingJobSummaries"])
