"""Anomaly detectors that exist before Terraform, and what finds them."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from sweep import kill_both

from acceptance.local_aws import LocalAws
from acceptance.terraform import HEAD, Terraform

METRIC = {
    "Namespace": "AWS/SageMaker",
    "MetricName": "ModelLatency",
    "Stat": "Average",
    "Dimensions": [{"Name": "VariantName", "Value": "main"}, {"Name": "EndpointName", "Value": "churn"}],
}
QUERIES = [{"Id": "twice", "Expression": "m * 2"}, {"Id": "m", "ReturnData": False}]
QUERIES[1]["MetricStat"] = {"Metric": {k: v for k, v in METRIC.items() if k != "Stat"}, "Period": 60, "Stat": "Sum"}
DIMENSIONS = '[{ name = "EndpointName", value = "churn" }, { name = "VariantName", value = "main" }]'
SINGLE = f"""
resource "mlops_anomaly_detector" "latency" {{
  single_metric_anomaly_detector = {{
    namespace   = "AWS/SageMaker"
    metric_name = "ModelLatency"
    stat        = "Average"
    dimensions  = {DIMENSIONS}
  }}
  configuration = {{ metric_timezone = "Europe/Berlin" }}
  MORE
}}
"""
MATH = f"""
resource "mlops_anomaly_detector" "twice" {{
  metric_math_anomaly_detector = {{
    metric_data_queries = [
      {{
        id          = "m"
        return_data = false
        metric_stat = {{
          metric = {{ namespace = "AWS/SageMaker", metric_name = "ModelLatency", dimensions = {DIMENSIONS} }}
          period = 60
          stat   = "Sum"
        }}
      }},
      {{ id = "twice", expression = "m * 2" }},
    ]
  }}
}}
"""


@pytest.fixture
def terraform(quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path) -> Terraform:
    directory = tmp_path / "stack"
    shutil.copytree(initialised, directory, symlinks=True)
    return Terraform(directory, cli_configuration, quick.environment())


def write(terraform: Terraform, text: str, more: str = "") -> None:
    (terraform.directory / "main.tf").write_text(HEAD + text.replace("MORE", more))


def detectors(aws: LocalAws) -> list[dict[str, Any]]:
    types = ["SINGLE_METRIC", "METRIC_MATH"]
    return aws.client("cloudwatch").describe_anomaly_detectors(AnomalyDetectorTypes=types)["AnomalyDetectors"]


def test_a_detector_that_exists_is_adopted_and_outlives_terraform(quick: LocalAws, terraform: Terraform) -> None:
    cloudwatch = quick.client("cloudwatch")
    made = cloudwatch.put_anomaly_detector(SingleMetricAnomalyDetector=METRIC)["AnomalyDetectorId"]
    cloudwatch.put_anomaly_detector(SingleMetricAnomalyDetector={**METRIC, "Stat": "p99"})
    write(terraform, SINGLE)
    plan = terraform.plan()
    assert "The anomaly detector exists and will be adopted" in plan["text"]
    terraform.apply()
    assert terraform.is_settled()
    known = terraform.values()["mlops_anomaly_detector.latency"]
    assert (known["adopted"], known["anomaly_detector_id"]) == (True, made)
    [zone] = [d["Configuration"]["MetricTimezone"] for d in detectors(quick) if d["AnomalyDetectorId"] == made]
    assert zone == "Europe/Berlin"
    terraform.destroy()
    assert len(detectors(quick)) == 2, "it may be the band of somebody's alarm"
    write(terraform, SINGLE, 'on_destroy = "delete"')
    terraform.apply()
    terraform.destroy()
    assert [d["Stat"] for d in detectors(quick)] == ["p99"]


def test_a_detector_that_is_made_after_the_plan_is_adopted(quick: LocalAws, terraform: Terraform) -> None:
    write(terraform, SINGLE)
    terraform.must("plan", "-input=false", "-out=made.tfplan")
    quick.client("cloudwatch").put_anomaly_detector(SingleMetricAnomalyDetector=METRIC)
    terraform.must("apply", "-input=false", "made.tfplan")
    assert terraform.values()["mlops_anomaly_detector.latency"]["adopted"] is True
    assert terraform.is_settled()


def test_detectors_are_imported_by_their_ids(quick: LocalAws, terraform: Terraform) -> None:
    cloudwatch = quick.client("cloudwatch")
    zone = {"MetricTimezone": "Europe/Berlin"}
    single = cloudwatch.put_anomaly_detector(SingleMetricAnomalyDetector=METRIC, Configuration=zone)["AnomalyDetectorId"]
    math = cloudwatch.put_anomaly_detector(MetricMathAnomalyDetector={"MetricDataQueries": QUERIES})["AnomalyDetectorId"]
    write(terraform, SINGLE + MATH)
    terraform.must("import", "mlops_anomaly_detector.latency", single)
    terraform.must("import", "mlops_anomaly_detector.twice", math)
    assert terraform.is_settled()
    metric = terraform.values()["mlops_anomaly_detector.latency"]["metric"]
    assert metric == "AWS/SageMaker/ModelLatency/EndpointName=churn,VariantName=main/Average"
    terraform.destroy()
    assert detectors(quick) == []


def test_a_detector_that_is_replaced_is_terraforms_own(quick: LocalAws, terraform: Terraform) -> None:
    account = SINGLE.replace('namespace   =', 'account_id  = "123456789012"\n    namespace   =')
    write(terraform, account)
    terraform.apply()
    assert terraform.is_settled(), "the own account is no other one"
    told = terraform.must("apply", "-input=false", "-auto-approve", "-no-color", "-replace=mlops_anomaly_detector.latency")
    assert "will be adopted" not in told
    assert terraform.values()["mlops_anomaly_detector.latency"]["adopted"] is False
    terraform.destroy()
    assert detectors(quick) == []


def test_a_detector_of_an_interrupted_creation_is_not_adopted_and_can_be_deleted_as_the_warning_says(
    quick: LocalAws, terraform: Terraform
) -> None:
    write(terraform, SINGLE)
    fault = quick.fault("cloudwatch:PutAnomalyDetector", "pause", times=None, when="after")
    process = terraform.start("apply", "-auto-approve", "-input=false", "-no-color")

    def held() -> int:
        return sum(each["held"] for each in quick.control("GET", "faults")["faults"])

    quick.wait_for("the creation is held", lambda: held() == 1 or process.poll() is not None)
    kill_both(process)
    quick.wait_for("AWS noticed that the caller is gone", lambda: held() == 0)
    quick.control("DELETE", "faults", id=fault["id"])
    assert len(detectors(quick)) == 1
    assert "will be adopted" not in terraform.plan()["text"], "it is taken up"
    # What others have changed is not proven to be it.
    cloudwatch = quick.client("cloudwatch")
    cloudwatch.put_anomaly_detector(SingleMetricAnomalyDetector=METRIC, Configuration={"MetricTimezone": "UTC"})
    assert "will be adopted" in terraform.plan()["text"]
    write(terraform, MATH)
    [told] = [each.text for each in terraform.attempt("apply").told if "may have left" in each.text]
    [command] = re.findall(r"aws cloudwatch delete-anomaly-detector .* --region us-east-1", told)
    service, operation, option, metric, *_ = shlex.split(command)[1:]
    assert (service, operation, option) == ("cloudwatch", "delete-anomaly-detector", "--single-metric-anomaly-detector")
    cloudwatch.delete_anomaly_detector(SingleMetricAnomalyDetector=json.loads(metric))
    assert [detector["MetricMathAnomalyDetector"] for detector in detectors(quick)]
    terraform.destroy()
