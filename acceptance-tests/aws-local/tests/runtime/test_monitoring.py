"""Model monitor: baselines, drift, ground truth, schedules on the clock."""

from __future__ import annotations

import csv
import datetime
import io
import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from aws_local.runtime import schedule_times
from aws_local.runtime.analyzer import data_quality, model_quality, reading
from aws_local.runtime.data_capture import timestamp
from aws_local.services import Runtime

from .fakes import ROLE, FakeRecord, FakeServices

ANALYZER = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
CLUSTER = {"ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}}


def rows(count: int, shift: float = 0.0, seed: int = 1) -> list[list[Any]]:
    source = random.Random(seed)
    return [
        [source.randint(0, 1), round(source.gauss(5 + shift, 1), 3), source.choice(["red", "green"])]
        for _ in range(count)
    ]


def to_csv(table: list[list[Any]], header: list[str] | None = None) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(([header] if header else []) + table)
    return text.getvalue()


def baseline(services: FakeServices, runtime: Runtime) -> None:
    """Suggest a baseline with a processing job, as the SageMaker SDK does."""
    services.wire(runtime)
    services.objects["s3://data/train.csv"] = to_csv(rows(1000), ["label", "size", "colour"]).encode()
    body = {
        "ProcessingJobName": "baseline",
        "RoleArn": ROLE,
        "AppSpecification": {"ImageUri": ANALYZER},
        "Environment": {
            "dataset_format": json.dumps({"csv": {"header": True}}),
            "dataset_source": "/opt/ml/processing/input/baseline",
            "output_path": "/opt/ml/processing/output",
            "publish_cloudwatch_metrics": "Disabled",
        },
        "ProcessingInputs": [
            {
                "InputName": "data",
                "S3Input": {
                    "S3Uri": "s3://data/train.csv",
                    "LocalPath": "/opt/ml/processing/input/baseline",
                    "S3DataType": "S3Prefix",
                },
            }
        ],
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": "o",
                    "S3Output": {
                        "S3Uri": "s3://data/baseline",
                        "LocalPath": "/opt/ml/processing/output",
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ]
        },
        "ProcessingResources": CLUSTER,
    }
    services.handlers["CreateProcessingJob"](body)
    record = services.find("ProcessingJob", "baseline").wait("Completed")
    assert record.output["ExitMessage"] == "Completed: Job completed successfully with no violations."


def capture(services: FakeServices, table: list[list[Any]], at: float, name: str = "x.jsonl") -> None:
    """Put captured calls where an endpoint would: the first column is the model's answer."""
    services.handlers["DescribeEndpoint"] = lambda _: {
        "DataCaptureConfig": {"DestinationS3Uri": "s3://data/capture"},
        "ProductionVariants": [{"VariantName": "main"}],
    }
    services.add("Endpoint", "digits", {}, "InService")
    lines = []
    for index, (answer, *features) in enumerate(table):
        sides = {
            "endpointInput": {"data": to_csv([features]).strip(), "encoding": "CSV", "mode": "INPUT"},
            "endpointOutput": {"data": str(answer), "encoding": "CSV", "mode": "OUTPUT"},
        }
        event = {"eventId": f"e{index}", "inferenceTime": timestamp(at)}
        lines.append(json.dumps({"captureData": sides, "eventMetadata": event, "eventVersion": "0"}))
    hour = f"{datetime.datetime.fromtimestamp(at, datetime.UTC):%Y/%m/%d/%H}"
    services.objects[f"s3://data/capture/digits/main/{hour}/{name}"] = "\n".join(lines).encode()


def schedule(services: FakeServices, runtime: Runtime, expression: str, kind: str = "DataQuality") -> FakeRecord:
    config: dict[str, Any] = {"ScheduleExpression": expression}
    if expression == "NOW":
        config |= {"DataAnalysisStartTime": "-PT1H", "DataAnalysisEndTime": "-PT0H"}
    body = {"ScheduleConfig": config, "MonitoringJobDefinitionName": "definition", "MonitoringType": kind}
    record = services.add("MonitoringSchedule", "watch", {"MonitoringScheduleConfig": body}, "Scheduled")
    record.private["alerts"] = {
        kind: {"points": 1, "period": 1, "created": 0, "modified": 0, "status": "OK", "history": []}
    }
    hook = runtime.hooks["MonitoringSchedule"].on_create
    assert hook and not hook(services, record)
    return record


def data_quality_definition(services: FakeServices) -> None:
    services.add(
        "DataQualityJobDefinition",
        "definition",
        {
            "DataQualityAppSpecification": {"ImageUri": ANALYZER},
            "DataQualityBaselineConfig": {
                "ConstraintsResource": {"S3Uri": "s3://data/baseline/constraints.json"},
                "StatisticsResource": {"S3Uri": "s3://data/baseline/statistics.json"},
            },
            "DataQualityJobInput": {
                "EndpointInput": {"EndpointName": "digits", "LocalPath": "/opt/ml/processing/input/endpoint"}
            },
            "DataQualityJobOutputConfig": {
                "MonitoringOutputs": [
                    {"S3Output": {"S3Uri": "s3://data/reports", "LocalPath": "/opt/ml/processing/output"}}
                ]
            },
            "JobResources": CLUSTER,
            "RoleArn": ROLE,
        },
    )


def executions(record: FakeRecord, count: int = 1, seconds: float = 20) -> list[dict[str, Any]]:
    end = time.monotonic() + seconds
    while True:
        found = record.private.get("executions", [])
        if len(found) >= count and all(
            item["MonitoringExecutionStatus"] not in ("Pending", "InProgress") for item in found
        ):
            return found
        assert time.monotonic() < end, found
        time.sleep(0.02)


def reports(services: FakeServices) -> dict[str, Any]:
    return {
        uri.rsplit("/", 1)[-1]: json.loads(body)
        for uri, body in services.objects.items()
        if uri.startswith("s3://data/reports/digits/watch/20")
    }


@pytest.mark.parametrize("shift", [0.0, 2.0])
def test_data_quality_against_a_baseline(services: FakeServices, runtime: Runtime, shift: float) -> None:
    baseline(services, runtime)
    data_quality_definition(services)
    capture(services, rows(400, shift, seed=2), services.clock.now())
    record = schedule(services, runtime, "NOW")
    (execution,) = executions(record)
    found = reports(services)
    drifted = {
        item["feature_name"]: item["constraint_check_type"]
        for item in found["constraint_violations.json"]["violations"]
    }
    metrics = {item["MetricName"]: item for item in services.metrics["aws/sagemaker/Endpoints/data-metrics"]}
    if shift:
        assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations", execution
        assert drifted == {"size": "baseline_drift_check"}
        assert metrics["feature_baseline_drift_size"]["Value"] > 0.5
        end = time.monotonic() + 2
        while record.private["alerts"]["DataQuality"]["status"] != "InAlert" and time.monotonic() < end:
            time.sleep(0.01)
        assert [item["AlertStatus"] for item in record.private["alerts"]["DataQuality"]["history"]] == ["InAlert"]
    else:
        assert execution["MonitoringExecutionStatus"] == "Completed", (execution, drifted)
        assert drifted == {}
    assert execution["EndpointName"] == "digits" and execution["MonitoringType"] == "DataQuality"
    job = services.find("ProcessingJob", execution["ProcessingJobArn"])
    assert job.output["MonitoringScheduleArn"] == record.arn
    assert found["statistics.json"]["dataset"]["item_count"] == 400
    assert [item["name"] for item in found["statistics.json"]["features"]] == ["label", "size", "colour"]
    assert metrics["feature_data_size"]["StatisticValues"]["SampleCount"] == 400
    assert metrics["feature_data_size"]["Dimensions"] == [
        {"Name": "Endpoint", "Value": "digits"}, {"Name": "MonitoringSchedule", "Value": "watch"},
    ]  # fmt: skip


def test_no_data(services: FakeServices, runtime: Runtime) -> None:
    services.wire(runtime)
    data_quality_definition(services)
    capture(services, rows(1), services.clock.now() - 86400)
    (execution,) = executions(schedule(services, runtime, "NOW"))
    assert execution["MonitoringExecutionStatus"] == "Failed"
    assert execution["FailureReason"] == "Job inputs had no data"


def test_only_the_hours_since_the_last_run(services: FakeServices, runtime: Runtime) -> None:
    baseline(services, runtime)
    data_quality_definition(services)
    due = schedule_times.next_time("cron(0 0/6 ? * * *)", services.clock.now())
    late = schedule_times.next_time("cron(0 12 ? * * *)", due)
    for at, count in ((late - 3600, 30), (late - 8 * 3600, 50)):
        services.clock.ahead = at - time.time()
        capture(services, rows(count, seed=3), services.clock.now(), f"{count}.jsonl")
    services.clock.ahead = late - time.time() - 60
    record = schedule(services, runtime, "cron(0 0/6 ? * * *)")
    services.clock.ahead += 61
    executions(record)
    assert reports(services)["statistics.json"]["dataset"]["item_count"] == 30


def test_by_cron_on_the_clock(services: FakeServices, runtime: Runtime) -> None:
    baseline(services, runtime)
    data_quality_definition(services)
    now = services.clock.now()
    capture(services, rows(200, seed=3), now)
    record = schedule(services, runtime, "cron(0 * ? * * *)")
    time.sleep(0.2)
    assert not record.private.get("executions")
    due = (now // 3600 + 1) * 3600
    services.clock.ahead = due - time.time() + 1
    (execution,) = executions(record)
    assert execution["MonitoringExecutionStatus"] == "Completed", execution
    assert execution["ScheduledTime"] == due
    hook = runtime.hooks["MonitoringSchedule"].on_stop
    assert hook and not hook(services, record)
    services.clock.ahead += 3600
    time.sleep(0.3)
    assert len(record.private["executions"]) == 1, "a stopped schedule starts nothing"


def test_model_quality(services: FakeServices, runtime: Runtime) -> None:
    services.wire(runtime)
    now = services.clock.now()
    capture(services, rows(100), now)
    answers = [row[0] for row in rows(100)]
    hour = f"{datetime.datetime.fromtimestamp(now, datetime.UTC):%Y/%m/%d/%H}"
    truth = [
        {
            "groundTruthData": {"data": str(answer if index >= 20 else 1 - answer), "encoding": "CSV"},
            "eventMetadata": {"eventId": f"e{index}"},
            "eventVersion": "0",
        }
        for index, answer in enumerate(answers)
    ]
    services.objects[f"s3://data/truth/{hour}/t.jsonl"] = "\n".join(map(json.dumps, truth)).encode()
    limits = {
        "binary_classification_constraints": {
            "accuracy": {"threshold": 0.9, "comparison_operator": "LessThanThreshold"}
        }
    }
    services.objects["s3://data/limits.json"] = json.dumps(limits).encode()
    services.add(
        "ModelQualityJobDefinition",
        "definition",
        {
            "ModelQualityAppSpecification": {"ImageUri": ANALYZER, "ProblemType": "BinaryClassification"},
            "ModelQualityBaselineConfig": {"ConstraintsResource": {"S3Uri": "s3://data/limits.json"}},
            "ModelQualityJobInput": {
                "EndpointInput": {
                    "EndpointName": "digits",
                    "LocalPath": "/opt/ml/processing/input/endpoint",
                    "InferenceAttribute": "0",
                },
                "GroundTruthS3Input": {"S3Uri": "s3://data/truth"},
            },
            "ModelQualityJobOutputConfig": {
                "MonitoringOutputs": [
                    {"S3Output": {"S3Uri": "s3://data/reports", "LocalPath": "/opt/ml/processing/output"}}
                ]
            },
            "JobResources": CLUSTER,
            "RoleArn": ROLE,
        },
    )
    (execution,) = executions(schedule(services, runtime, "NOW", "ModelQuality"))
    assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations", (execution, dict(services.logs))
    found = reports(services)
    assert found["statistics.json"]["binary_classification_metrics"]["accuracy"]["value"] == 0.8
    assert found["constraint_violations.json"]["violations"] == [
        {
            "constraint_check_type": "LessThanThreshold",
            "description": "Metric accuracy with 0.8 was LessThanThreshold '0.9'",
            "metric_name": "accuracy",
        }
    ]
    metrics = {item["MetricName"]: item["Value"] for item in services.metrics["aws/sagemaker/Endpoints/model-metrics"]}
    assert metrics["accuracy"] == 0.8


def test_violations_of_every_kind() -> None:
    data = reading.Dataset(names=["a", "b", "c", "d"])
    for index in range(100):
        data.add([str(index), "x" if index % 2 else "y", str(index / 3), "1"])
    stats = data_quality.statistics(data_quality.columns(data), 100)
    limits = data_quality.constraints(stats)
    assert limits["features"][0] == {
        "name": "a", "inferred_type": "Integral", "completeness": 1.0, "num_constraints": {"is_non_negative": True},
    }  # fmt: skip
    table = data_quality.columns(data)
    assert data_quality.compare(table, stats, limits, stats)[0] == [], "a dataset obeys its own baseline"
    changed = {
        "a": ["1.5", *table["a"][1:]],
        "b": ["z", *table["b"][1:]],
        "c": [None, *table["c"][1:]],
        "e": table["d"],
    }
    violations, _ = data_quality.compare(changed, data_quality.statistics(changed, 100), limits, stats)
    assert {(item["feature_name"], item["constraint_check_type"]) for item in violations} == {
        ("a", "data_type_check"), ("b", "categorical_values_check"), ("c", "completeness_check"),
        ("d", "missing_column_check"), ("e", "extra_column_check"),
    }  # fmt: skip


def test_distances() -> None:
    assert data_quality.numeric_distance([1, 2, 3], [1, 2, 3], False) == 0
    assert data_quality.numeric_distance([1, 2, 3], [10, 20], False) == 1
    assert data_quality.numeric_distance([1, 2, 3, 4], [3, 4, 5, 6], False) == 0.5
    assert data_quality.numeric_distance([1, 2, 3], [10, 20], True) == 0, "few values prove nothing"
    assert data_quality.categorical_distance({"a": 3, "b": 1}, {"a": 1, "b": 1}, False) == 0.25


def test_quality_metrics() -> None:
    pairs = [("1", "1")] * 6 + [("0", "0")] * 2 + [("1", "0")] + [("0", "1")]
    metrics, matrix = model_quality.binary(pairs)
    assert metrics["accuracy"] == 0.8 and metrics["recall"] == pytest.approx(6 / 7)
    assert metrics["false_positive_rate"] == pytest.approx(1 / 3)
    assert matrix == {"1": {"1": 6, "0": 1}, "0": {"0": 2, "1": 1}}
    report = model_quality.evaluate("MulticlassClassification", [("3", "3.0"), ("4", "3")], None)
    assert report["multiclass_classification_metrics"]["accuracy"]["value"] == 0.5
    report = model_quality.evaluate("Regression", [("1", "2"), ("3", "3")], None)
    assert report["regression_metrics"]["mse"]["value"] == 0.5 and report["regression_metrics"]["r2"]["value"] == 0.5
    assert model_quality.compare(report, model_quality.suggest(report)) == []


CASES: list[tuple[str, str, str]] = [
    ("cron(0 * ? * * *)", "2026-11-23 08:30", "2026-11-23 09:00"),
    ("cron(0 * ? * * *)", "2026-11-23 09:00", "2026-11-23 10:00"),
    ("cron(0 0/6 ? * * *)", "2026-11-23 18:30", "2026-11-24 00:00"),
    ("cron(0 12 ? * * *)", "2026-12-31 12:00", "2027-01-01 12:00"),
    ("cron(15 10 ? * MON-FRI *)", "2026-11-27 11:00", "2026-11-30 10:15"),
    ("cron(0 8 1 * ? *)", "2026-11-23 00:00", "2026-12-01 08:00"),
]


@pytest.mark.parametrize(("expression", "after", "expected"), CASES)
def test_cron(expression: str, after: str, expected: str) -> None:
    def seconds(text: str) -> float:
        return datetime.datetime.fromisoformat(text + "+00:00").timestamp()

    assert schedule_times.next_time(expression, seconds(after)) == seconds(expected)


def test_windows(services: FakeServices) -> None:
    noon = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC).timestamp()
    assert schedule_times.folders(noon - 3600, noon) == ["2026/11/23/11"]
    assert schedule_times.folders(noon - 1800, noon + 60) == ["2026/11/23/11", "2026/11/23/12"]
    assert schedule_times.folders(noon - 86400, noon) == ["2026/11/22", "2026/11/23"]
    assert schedule_times.folders(noon - 86400 * 30, noon) == [""]
    assert schedule_times.offset_seconds("-PT1H30M") == -5400
    refuse: Callable[[str], float] = schedule_times.offset_seconds
    with pytest.raises(ValueError, match="ISO 8601"):
        refuse("1 hour")
