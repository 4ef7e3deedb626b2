"""The alarms of an endpoint: nothing is created where somebody else has one of them, and what refers to a lost one still works."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from acceptance.local_aws import LocalAws
from acceptance.terraform import HEAD, Terraform

ALARMS = """
resource "mlops_endpoint_alarms" "churn" {
  endpoint_name         = "churn"
  variant_name          = "main"
  invocation_4xx_errors = { enabled = false }
  model_errors          = { enabled = false }
  overhead_latency      = { enabled = false }
  no_invocations        = { enabled = false }
  memory_utilization    = { enabled = false }
  disk_utilization      = { enabled = false }
}

output "latency" {
  value = mlops_endpoint_alarms.churn.alarm_arns["model_latency"]
}
"""
ADDRESS = "mlops_endpoint_alarms.churn"

Make = Callable[[str], Terraform]


@pytest.fixture
def make(quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path) -> Make:
    """Makes a working directory with this configuration."""

    def directory(configuration: str) -> Terraform:
        shutil.copytree(initialised, tmp_path / "stack", symlinks=True)
        (tmp_path / "stack" / "main.tf").write_text(HEAD + configuration)
        return Terraform(tmp_path / "stack", cli_configuration, quick.environment())

    return directory


def names(aws: LocalAws) -> list[str]:
    """The alarms that there are."""
    return sorted(alarm["AlarmName"] for alarm in aws.client("cloudwatch").describe_alarms()["MetricAlarms"])


def put(aws: LocalAws, name: str) -> None:
    """An alarm of somebody else."""
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name, Namespace="n", MetricName="m", Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip


def test_none_is_created_where_somebody_else_has_the_last_one(quick: LocalAws, make: Make) -> None:
    theirs = "churn-main-model-latency"
    put(quick, theirs)
    terraform = make(ALARMS)
    (error,) = [told for told in terraform.attempt("apply").told if told.severity == "error"]
    assert f'"{theirs}"' in error.text and "alarm_name_prefix" in error.text, error
    assert names(quick) == [theirs]
    quick.client("cloudwatch").delete_alarms(AlarmNames=[theirs])
    terraform.apply()

    # Nor when one more is enabled.
    put(quick, theirs := "churn-main-model-errors")
    main = terraform.directory / "main.tf"
    main.write_text(main.read_text().replace("model_errors          = { enabled = false }", "model_errors = {}"))
    (error,) = [told for told in terraform.attempt("apply").told if told.severity == "error"]
    assert f'"{theirs}"' in error.text and "mlops_endpoint_alarms" in error.text, error
    (alarm,) = quick.client("cloudwatch").describe_alarms(AlarmNames=[theirs])["MetricAlarms"]
    assert alarm["Namespace"] == "n", "it is as it was"


def test_what_refers_to_a_lost_alarm_still_works(quick: LocalAws, make: Make) -> None:
    terraform = make(ALARMS)
    terraform.apply()
    quick.client("cloudwatch").delete_alarms(AlarmNames=["churn-main-model-latency"])
    assert terraform.changes() == {ADDRESS: ["update"]}
    terraform.apply()
    assert names(quick) == ["churn-main-invocation-5xx-errors", "churn-main-model-latency"]
    assert terraform.is_settled()
    quick.client("cloudwatch").delete_alarms(AlarmNames=["churn-main-model-latency"])
    terraform.destroy()
    assert names(quick) == []
