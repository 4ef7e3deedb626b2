"""A refresh of many objects of several kinds on the local AWS, beside boto3 that describes each and lists its tags."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from acceptance.local_aws import LocalAws

from .alarms import timed
from .figures import CannotMeasure, Figure
from .launcher import Launcher
from .planning import PROVIDER, workspace

# Per 10 objects: 4 + 3 + 2 + 1.
MIXED = """
resource "mlops_model_package_group" "many" {
  count = %(n)d * 4
  name  = "bench-${count.index}"
  tags  = { team = "ml" }
}

resource "mlops_log_group" "many" {
  count = %(n)d * 3
  name  = "/bench/${count.index}"
  tags  = { team = "ml" }
}

resource "mlops_metric_alarm" "many" {
  count               = %(n)d * 2
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

resource "mlops_notification_topic" "many" {
  count = %(n)d
  name  = "bench-${count.index}"
  tags  = { team = "ml" }
}
"""


def rival(aws: LocalAws, n: int) -> Callable[[], Any]:
    """Describes each of these objects, and lists its tags."""
    place = "us-east-1:123456789012"
    sagemaker, logs, cloudwatch, sns = (aws.client(s) for s in ("sagemaker", "logs", "cloudwatch", "sns"))

    def describe() -> None:
        for i in range(4 * n):
            arn = sagemaker.describe_model_package_group(ModelPackageGroupName=f"bench-{i}")["ModelPackageGroupArn"]
            sagemaker.list_tags(ResourceArn=arn)
        for i in range(3 * n):
            logs.describe_log_groups(logGroupNamePrefix=f"/bench/{i}", limit=1)
            logs.list_tags_for_resource(resourceArn=f"arn:aws:logs:{place}:log-group:/bench/{i}")
        for i in range(2 * n):
            (alarm,) = cloudwatch.describe_alarms(AlarmNames=[f"bench-{i}"])["MetricAlarms"]
            cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])
        for i in range(n):
            sns.get_topic_attributes(TopicArn=f"arn:aws:sns:{place}:bench-{i}")
            sns.list_tags_for_resource(ResourceArn=f"arn:aws:sns:{place}:bench-{i}")

    return describe


def refreshing(directory: Path, cli: Path, launcher: Launcher, count: int) -> list[Figure]:
    """A refresh of `count` mixed objects."""
    with LocalAws(directory / "refreshing.log") as aws:
        terraform = workspace(directory / "refreshing", PROVIDER + MIXED % {"n": count // 10}, cli, aws.environment())
        terraform.apply()
        refresh = lambda: terraform.must("plan", "-refresh-only", "-input=false", "-no-color")  # noqa: E731
        seconds, calls = timed(aws, refresh)
        alone, by_boto3 = timed(aws, rival(aws, count // 10))
        made = ", ".join(f"{number} {operation}" for operation, number in sorted(calls.items()))
        if calls.total() < count * 8 // 10 or by_boto3.total() != 2 * (count // 10 * 10):
            raise CannotMeasure(f"the refresh of {count} objects made only these calls: {made}; boto3 {by_boto3.total()}")
    launcher.take()
    against = f"boto3 one by one: {alone:.1f} s, {by_boto3.total()} calls; here {made}"
    ratio = by_boto3.total() / calls.total()
    aim, reached = "half of the calls of one describe and one list-tags each", ratio >= 1.9
    return [Figure(f"refresh of {count} mixed objects", f"{seconds:.1f} s, {calls.total()} calls", against, aim, reached)]
