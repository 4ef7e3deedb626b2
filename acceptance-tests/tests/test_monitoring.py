"""Monitoring: traffic that drifts is found by the next execution, and people are notified; a definition in use is replaced in the right
order."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from acceptance.cases import EXAMPLES
from acceptance.example import copy_example
from acceptance.local_aws import LocalAws
from acceptance.terraform import HEAD, PLANNED, Terraform, changes_of

STACK = "stacks/monitoring"
SCHEDULE = "mlops_monitoring_schedule.churn"
NAME = "churn-monitoring"
METRICS = "aws/sagemaker/Endpoints/data-metrics"
RUNNING = {"Pending", "InProgress", "Stopping"}
HOUR = 3600


def customers(more_months: int = 0) -> str:
    """The requests that the baseline was made of, of customers that stay longer or shorter."""
    lines = (EXAMPLES / STACK / "baseline/customers.csv").read_text().split()[1:]
    rows = [line.split(",")[1:] for line in lines]
    return "\n".join(f"{int(months) + more_months},{complaints},{bill}" for months, complaints, bill in rows)


def next_execution(aws: LocalAws, requests: str) -> dict[str, Any]:
    """Sends requests, lets the hour pass, and answers what the execution at its end finds."""
    sagemaker = aws.client("sagemaker")

    def last() -> dict[str, Any]:
        return sagemaker.describe_monitoring_schedule(MonitoringScheduleName=NAME).get("LastMonitoringExecutionSummary", {})

    before = last().get("ScheduledTime")
    aws.client("sagemaker-runtime").invoke_endpoint(EndpointName=NAME, ContentType="text/csv", Body=requests)
    now = aws.control("GET", "clock")["now"]
    aws.control("POST", "clock", advance=HOUR - now % HOUR + 1)

    def ended() -> dict[str, Any] | None:
        found = last()
        is_new = found and found["ScheduledTime"] != before
        return found if is_new and found["MonitoringExecutionStatus"] not in RUNNING else None

    return aws.wait_for("the execution ends", ended)


def drift_of(aws: LocalAws, feature: str) -> float:
    """The last value of the metric of a feature's drift."""
    listed = aws.client("cloudwatch").list_metrics(Namespace=METRICS, MetricName=f"feature_baseline_drift_{feature}")
    (metric,) = listed["Metrics"]
    assert {d["Name"]: d["Value"] for d in metric["Dimensions"]} == {"Endpoint": NAME, "MonitoringSchedule": NAME}
    now = aws.control("GET", "clock")["now"]
    statistics = aws.client("cloudwatch").get_metric_statistics(
        **metric, StartTime=now - 600, EndTime=now + 600, Period=60, Statistics=["Maximum"]
    )
    (point,) = statistics["Datapoints"]
    return point["Maximum"]


class Subscriber:
    """Somebody who is notified through a queue."""

    def __init__(self, aws: LocalAws) -> None:
        """Makes the queue: `arn` is its ARN. It goes when `leave` is called."""
        self._sqs = aws.client("sqs")
        self._queue = self._sqs.create_queue(QueueName="people")["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])["Attributes"]
        self.arn = attributes["QueueArn"]
        self._heard: dict[str, str] = {}

    def heard(self) -> dict[str, str]:
        """The last state of each alarm that it was notified of."""
        while messages := self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                told = json.loads(json.loads(message["Body"])["Message"])
                self._heard[told["AlarmName"].removeprefix(f"{NAME}-main-")] = told["NewStateValue"]
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return self._heard

    def leave(self) -> None:
        """Deletes the queue."""
        self._sqs.delete_queue(QueueUrl=self._queue)


def states(aws: LocalAws) -> dict[str, str]:
    """The states of the alarms on the drift of features."""
    prefix = f"{NAME}-main-data-quality-drift-"
    found = aws.client("cloudwatch").describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"]
    return {alarm["AlarmName"].removeprefix(prefix): alarm["StateValue"] for alarm in found}


def test_traffic_that_drifts_is_found_by_the_next_execution_and_people_are_notified(
    aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    directory = copy_example(STACK, tmp_path / "stack", initialised, [])
    subscriber = Subscriber(aws)
    subscriptions = json.dumps([{"protocol": "sqs", "endpoint": subscriber.arn}])
    terraform = Terraform(directory, cli_configuration, {**aws.environment(), "TF_VAR_subscriptions": subscriptions})
    terraform.apply()
    assert terraform.values()[SCHEDULE]["last_monitoring_execution_summary"] is None

    calm = next_execution(aws, customers())
    assert calm["MonitoringExecutionStatus"] == "Completed", calm
    assert drift_of(aws, "months") < 0.1
    aws.wait_for("the alarms are evaluated", lambda: states(aws) == {"months": "OK", "bill": "OK"})
    assert "ALARM" not in {subscriber.heard().get(f"data-quality-drift-{feature}") for feature in ("months", "bill")}
    assert terraform.is_settled(), "an execution is no drift"

    found = next_execution(aws, customers(more_months=40))
    assert found["MonitoringExecutionStatus"] == "CompletedWithViolations", found
    assert drift_of(aws, "months") > 0.1 > drift_of(aws, "bill")
    aws.wait_for("the alarms are evaluated", lambda: states(aws) == {"months": "ALARM", "bill": "OK"})
    aws.wait_for("people are notified", lambda: subscriber.heard().get("data-quality-drift-months") == "ALARM")
    assert subscriber.heard().get("data-quality-drift-bill") != "ALARM"
    terraform.apply("-refresh-only")
    summary = terraform.values()[SCHEDULE]["last_monitoring_execution_summary"]
    assert summary["monitoring_execution_status"] == "CompletedWithViolations"
    assert terraform.is_settled(), "neither is an alarm"
    logs = aws.client("logs")
    jobs = "/aws/sagemaker/ProcessingJobs"
    monitored = summary["processing_job_arn"].rpartition("/")[2]
    logs.create_log_group(logGroupName=jobs)
    for stream in (f"{monitored}/algo-1", f"{monitored}-other/algo-1"):
        logs.create_log_stream(logGroupName=jobs, logStreamName=stream)
    terraform.destroy()
    left = [stream["logStreamName"] for stream in logs.describe_log_streams(logGroupName=jobs)["logStreams"]]
    assert left == [f"{monitored}-other/algo-1"]
    logs.delete_log_group(logGroupName=jobs)
    subscriber.leave()
    assert aws.inventory() == []


FIXED = """
resource "mlops_execution_role" "r" {
  name   = "r"
  access = { read = ["s3://bucket-in"], write = ["s3://bucket-out"] }
}

resource "mlops_data_quality_job_definition" "d" {
  name                           = "d"
  role_arn                       = mlops_execution_role.r.arn
  data_quality_app_specification = { image_uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/i:1" }
  job_resources                  = { cluster_config = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 5 } }
  data_quality_job_input = {
    batch_transform_input = {
      data_captured_destination_s3_uri = "s3://bucket-in"
      dataset_format                   = { csv = {} }
      local_path                       = "/opt/ml/processing/input"
    }
  }
  data_quality_job_output_config = {
    monitoring_outputs = [{ s3_output = { s3_uri = "s3://bucket-out", local_path = "/opt/ml/processing/output" } }]
  }
}

resource "mlops_monitoring_schedule" "s" {
  name = "s"
  monitoring_schedule_config = {
    monitoring_job_definition_name = mlops_data_quality_job_definition.d.name
    monitoring_type                = "DataQuality"
    schedule_config                = { schedule_expression = "cron(0 0 ? * * *)" }
  }
}
"""
DEFINITION = "mlops_data_quality_job_definition.d"


def change(terraform: Terraform, old: str, new: str) -> None:
    """Replaces a text of the configuration."""
    main = terraform.directory / "main.tf"
    text = main.read_text()
    assert old in text
    main.write_text(text.replace(old, new))


def test_a_definition_in_use_with_a_fixed_name_says_how_it_can_change(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    directory = tmp_path / "stack"
    shutil.copytree(initialised, directory, symlinks=True)
    (directory / "main.tf").write_text(HEAD + FIXED)
    terraform = Terraform(directory, cli_configuration, quick.environment())
    terraform.apply()
    # hashicorp/terraform-provider-aws pull request 31464: an empty `csv` replaced the definition at each plan.
    assert terraform.is_settled()
    change(terraform, "/i:1", "/i:2")
    assert terraform.changes() == {DEFINITION: ["delete", "create"]}
    (error,) = [d for d in terraform.attempt("apply").told if d.severity == "error"]
    assert 'used by the monitoring schedule "s"' in error.text and "replace_triggered_by" in error.text, error.text
    assert terraform.changes() == {DEFINITION: ["delete", "create"]}, "nothing is lost"
    change(terraform, '  name = "s"', f'  name = "s"\n  lifecycle {{\n    replace_triggered_by = [{DEFINITION}]\n  }}')
    plan = terraform.plan()
    assert changes_of(plan) == dict.fromkeys((DEFINITION, "mlops_monitoring_schedule.s"), ["delete", "create"]), plan["text"]
    terraform.apply(PLANNED)
    assert terraform.is_settled()
    terraform.destroy()
    assert quick.inventory() == []


INLINE = """
    monitoring_job_definition = {
      role_arn                     = mlops_execution_role.r.arn
      monitoring_app_specification = mlops_data_quality_job_definition.d.data_quality_app_specification
      monitoring_inputs            = [mlops_data_quality_job_definition.d.data_quality_job_input]
      monitoring_output_config     = mlops_data_quality_job_definition.d.data_quality_job_output_config
      monitoring_resources         = mlops_data_quality_job_definition.d.job_resources
    }
"""
BY_NAME = """
    monitoring_job_definition_name = mlops_data_quality_job_definition.d.name
    monitoring_type                = "DataQuality"
"""
DAILY = '{ schedule_expression = "cron(0 0 ? * * *)" }'
NOW = '{ schedule_expression = "NOW", data_analysis_start_time = "-PT5H", data_analysis_end_time = "-PT0H" }'


def test_a_schedule_that_runs_once_and_at_once(
    aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    """go-to-k/cdk-real-drift issue 1578: the type and the run time that AWS fills in for an inline definition were drift."""
    directory = tmp_path / "stack"
    shutil.copytree(initialised, directory, symlinks=True)
    (directory / "main.tf").write_text(HEAD + FIXED.replace(BY_NAME, INLINE).replace(DAILY, NOW))
    terraform = Terraform(directory, cli_configuration, aws.environment())
    terraform.apply()

    def last() -> dict[str, Any] | None:
        found = aws.client("sagemaker").describe_monitoring_schedule(MonitoringScheduleName="s")
        summary = found.get("LastMonitoringExecutionSummary")
        return summary if summary and summary["MonitoringExecutionStatus"] not in RUNNING else None

    aws.wait_for("the execution ends", last)
    assert terraform.is_settled(), "neither the execution nor what AWS fills in is drift"
    terraform.apply("-refresh-only")
    summary = terraform.values()["mlops_monitoring_schedule.s"]["last_monitoring_execution_summary"]
    assert summary["monitoring_execution_status"] == "Failed" and summary["failure_reason"], summary
    assert len(aws.client("sagemaker").list_monitoring_executions(MonitoringScheduleName="s")["MonitoringExecutionSummaries"]) == 1
    # A change of it runs it once more.
    change(terraform, "-PT5H", "-PT6H")
    assert terraform.changes() == {"mlops_monitoring_schedule.s": ["update"]}
    terraform.apply()
    assert terraform.is_settled()
    terraform.destroy()
    assert {o["kind"] for o in aws.inventory()} <= {"ProcessingJob"}


def test_an_execution_that_would_not_end_before_the_next_one_is_refused_in_the_plan(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    directory = tmp_path / "stack"
    shutil.copytree(initialised, directory, symlinks=True)
    long = FIXED.replace('  name                           = "d"', '  name = "d"\n  stopping_condition = { max_runtime_in_seconds = 3601 }')
    (directory / "main.tf").write_text(HEAD + long)
    terraform = Terraform(directory, cli_configuration, quick.environment())
    terraform.apply()

    def is_refused(terraform: Terraform) -> bool:
        run = terraform.run("plan", "-input=false", "-no-color")
        place = re.search(r"\n *\d+: +monitoring_job_definition_name", run.output)
        return run.code == 1 and bool(place) and "may take 3600 seconds" in " ".join(run.output.split())

    assert not is_refused(terraform)
    change(terraform, "cron(0 0 ? * * *)", "cron(0 * ? * * *)")
    assert is_refused(terraform), "as it is planned"
    # Nor is a definition that is not in the configuration.
    main = terraform.directory / "main.tf"
    (definition,) = [part for part in main.read_text().split("\n\n") if "data_quality_job_definition\" \"d\"" in part]
    terraform.must("state", "rm", "mlops_data_quality_job_definition.d")
    change(terraform, definition, "")
    change(terraform, "mlops_data_quality_job_definition.d.name", '"d"')
    assert is_refused(terraform), "as AWS has it"
