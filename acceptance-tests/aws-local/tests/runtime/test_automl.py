"""AutoML jobs: candidates that are really trained, and serve."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sklearn.datasets import load_diabetes, load_iris

from aws_local.services import Runtime

from .fakes import ROLE, FakeRecord, FakeServices
from .test_hosting import add_config, invoke
from .test_hosting import create as create_endpoint


def create(services: FakeServices, runtime: Runtime, config: dict[str, Any], **changes: Any) -> FakeRecord:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/table.csv"}}
    body = {
        "AutoMLJobName": "auto",
        "AutoMLJobInputDataConfig": [{"ChannelType": "training", "DataSource": source}],
        "OutputDataConfig": {"S3OutputPath": "s3://data/auto"},
        "AutoMLProblemTypeConfig": config,
        "RoleArn": ROLE,
        **changes,
    }
    record = services.add("AutoMLJobV2", "auto", body)
    hook = runtime.hooks["AutoMLJobV2"].on_create
    assert hook and hook(services, record) is True
    return record


def test_iris_from_table_to_endpoint(services: FakeServices, runtime: Runtime) -> None:
    iris = load_iris(as_frame=True)
    table = iris.frame.assign(kind=[iris.target_names[index] for index in iris.target]).drop(columns="target")
    services.objects["s3://data/table.csv"] = table.to_csv(index=False).encode()
    record = create(services, runtime, {"TabularJobConfig": {"TargetAttributeName": "kind"}})
    record.wait("Completed", "Failed", seconds=90)
    assert record.status == "Completed", (record.output, dict(services.logs))
    best, candidates = record.output["BestCandidate"], record.private["candidates"]
    assert len(candidates) == 3 and best == candidates[0]
    values = [item["FinalAutoMLJobObjectiveMetric"]["Value"] for item in candidates]
    assert values == sorted(values, reverse=True) and values[0] > 0.9
    assert best["FinalAutoMLJobObjectiveMetric"]["MetricName"] == "Accuracy"

    services.add("Model", "auto", {"PrimaryContainer": best["InferenceContainers"][0]})
    add_config(services, "config", {"auto": 1})
    endpoint = create_endpoint(services, runtime).wait("InService")
    body = table.drop(columns="kind").iloc[[0, 60, 140]].to_csv(index=False, header=False)
    assert json.loads(invoke(services, runtime, endpoint, body).body) == ["setosa", "versicolor", "virginica"]


def test_regression_is_minimized(services: FakeServices, runtime: Runtime) -> None:
    services.objects["s3://data/table.csv"] = load_diabetes(as_frame=True).frame.to_csv(index=False).encode()
    config = {"TabularJobConfig": {"TargetAttributeName": "target", "CompletionCriteria": {"MaxCandidates": 2}}}
    record = create(services, runtime, config).wait("Completed", seconds=90)
    first, second = (item["FinalAutoMLJobObjectiveMetric"] for item in record.private["candidates"])
    assert first["Type"] == "Minimize" and first["MetricName"] == "MSE" and first["Value"] <= second["Value"]
    resolved = record.output["ResolvedAttributes"]["AutoMLProblemTypeResolvedAttributes"]
    assert resolved == {"TabularResolvedAttributes": {"ProblemType": "Regression"}}


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"TabularJobConfig": {"TargetAttributeName": "colour"}}, "there is no column 'colour'"),
        ({"TextClassificationJobConfig": {}}, "not TextClassificationJobConfig"),
    ],
)
def test_failures(services: FakeServices, runtime: Runtime, config: dict[str, Any], reason: str) -> None:
    services.objects["s3://data/table.csv"] = b"a,b\n1,2\n3,4\n"
    record = create(services, runtime, config).wait("Failed", seconds=60)
    assert reason in record.output["FailureReason"]
