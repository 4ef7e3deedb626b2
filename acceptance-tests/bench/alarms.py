"""A thousand alarms on the local AWS: how many calls they cost, and how long they take beside boto3 doing the same one by one."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from acceptance.local_aws import LocalAws

from .figures import CannotMeasure, Figure
from .launcher import Launcher
from .planning import PROVIDER, workspace

MOST_READS = 20
READS = ("DescribeAlarms", "GetResources")
ALARMS = """
resource "mlops_metric_alarm" "many" {
  count               = %d
  name                = "bench-${count.index}"
  namespace           = "AWS/SageMaker"
  metric_name         = "Invocations"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  tags                = { team = "ml" }
}
"""


def timed(aws: LocalAws, step: Callable[[], Any]) -> tuple[float, Counter[str]]:
    """Seconds that a step takes, and its calls."""
    aws.forget_calls()
    began = time.perf_counter()
    step()
    seconds = time.perf_counter() - began
    return seconds, Counter(call["operation"] for call in aws.calls() if call["operation"] != "GetCallerIdentity")


def rival(aws: LocalAws, count: int) -> dict[str, Callable[[], Any]]:
    """The same with boto3, one alarm after the other: created, described with its tags, deleted."""
    cloudwatch = aws.client("cloudwatch")
    names = [f"rival-{number}" for number in range(count)]

    def create() -> None:
        for name in names:
            cloudwatch.put_metric_alarm(
                AlarmName=name,
                Namespace="AWS/SageMaker",
                MetricName="Invocations",
                Statistic="Sum",
                Period=60,
                EvaluationPeriods=1,
                ComparisonOperator="LessThanThreshold",
                Threshold=1,
                Tags=[{"Key": "team", "Value": "ml"}],
            )

    def describe() -> None:
        for name in names:
            (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
            cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])

    def delete() -> None:
        for name in names:
            cloudwatch.delete_alarms(AlarmNames=[name])

    return {"apply": create, "refresh": describe, "destroy": delete}


def alarms(directory: Path, cli: Path, launcher: Launcher, count: int) -> list[Figure]:
    """The life of `count` alarms."""
    figures = []
    with LocalAws(directory / "alarms.log") as aws:
        terraform = workspace(directory / "alarms", PROVIDER + ALARMS % count, cli, aws.environment())
        ours: dict[str, Callable[[], Any]] = {
            "apply": terraform.apply,
            "refresh": lambda: terraform.must("plan", "-refresh-only", "-input=false", "-no-color"),
            "destroy": terraform.destroy,
        }
        # Each starts with an empty account, so that neither looks through the alarms of the other.
        theirs = {step: timed(aws, act) for step, act in rival(aws, count).items()}
        for step, act in ours.items():
            seconds, calls = timed(aws, act)
            made = ", ".join(f"{number} {operation}" for operation, number in sorted(calls.items()))
            if calls.total() < (MOST_READS // 2 if step == "refresh" else count):
                raise CannotMeasure(f"the {step} of {count} alarms made only these calls: {made}")
            alone, by_boto3 = theirs[step]
            against = f"boto3 one by one: {alone:.1f} s, {by_boto3.total()} calls; here {made}"
            is_refresh = step == "refresh"
            figures.append(
                Figure(
                    f"{step} of {count} alarms",
                    f"{seconds:.1f} s, {calls.total()} calls",
                    against,
                    f"<= {MOST_READS} DescribeAlarms, as many GetResources" if is_refresh else "",
                    max(calls[name] for name in READS) <= MOST_READS if is_refresh else None,
                )
            )
    launcher.take()
    return figures
