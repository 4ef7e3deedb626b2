"""Batch transform: objects through a real model server."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from aws_local.runtime import json_path
from aws_local.services import AwsError, Runtime

from .fakes import FakeRecord, FakeServices
from .test_hosting import INFERENCE, add_model

SUM = """
def model_fn(model_dir): return None
def input_fn(body, content_type): return [[float(x) for x in line.split(",")] for line in body.splitlines()]
def predict_fn(rows, model):
    if any(x < 0 for row in rows for x in row): raise ValueError("negative")
    return [sum(row) for row in rows]
def output_fn(sums, accept): return "\\n".join(str(int(x)) for x in sums), "text/csv"
"""


@pytest.fixture
def model(services: FakeServices, sources: Callable[..., str]) -> None:
    sources("s3://data/code.tar.gz", inference=SUM)
    add_model(services, "sum", ModelDataUrl=None)


def create(services: FakeServices, runtime: Runtime, **changes: Any) -> FakeRecord:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/in/"}}
    body = {
        "TransformJobName": "batch",
        "ModelName": "sum",
        "TransformInput": {"DataSource": source, "ContentType": "text/csv", **changes.pop("TransformInput", {})},
        "TransformOutput": {"S3OutputPath": "s3://data/out", **changes.pop("TransformOutput", {})},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        **changes,
    }
    record = services.add("TransformJob", "batch", body)
    hook = runtime.hooks["TransformJob"].on_create
    assert hook and hook(services, record) is True
    return record


def test_objects_of_a_prefix(services: FakeServices, runtime: Runtime, model: None) -> None:
    services.objects["s3://data/in/a.csv"] = b"1,2\n3,4\n"
    services.objects["s3://data/in/sub/b.csv"] = b"5,6\n"
    record = create(services, runtime).wait("Completed", "Failed")
    assert record.status == "Completed", record.output
    assert services.objects["s3://data/out/a.csv.out"] == b"3\n7"
    assert services.objects["s3://data/out/sub/b.csv.out"] == b"11"
    assert record.output["TransformStartTime"] <= record.output["TransformEndTime"]


def test_single_records_filtered_and_joined(services: FakeServices, runtime: Runtime, model: None) -> None:
    services.objects["s3://data/in/a.csv"] = b"x,1,2\ny,3,4\n"
    create(
        services,
        runtime,
        TransformInput={"SplitType": "Line"},
        TransformOutput={"AssembleWith": "Line", "Accept": "text/csv"},
        BatchStrategy="SingleRecord",
        DataProcessing={"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"},
    ).wait("Completed")
    assert services.objects["s3://data/out/a.csv.out"] == b"x,3\ny,7\n"


def test_model_error(services: FakeServices, runtime: Runtime, model: None) -> None:
    services.objects["s3://data/in/a.csv"] = b"-1\n"
    record = create(services, runtime).wait("Failed")
    assert record.output["FailureReason"] == "AlgorithmError: See job logs for more information"
    lines = [line for (_, stream), lines in services.logs.items() if stream.endswith("data-log") for line in lines]
    assert lines == ["Bad HTTP status received from algorithm: 500", "ValueError: negative"]


def test_nothing_to_transform(services: FakeServices, runtime: Runtime, model: None) -> None:
    """github.com/aws/amazon-sagemaker-examples issues 2270 and 2414: CreateTransformJob refuses it."""
    with pytest.raises(AwsError, match='No S3 objects found under S3 URL "s3://data/in/" given in input data source'):
        create(services, runtime)


def test_broken_model(services: FakeServices, runtime: Runtime, sources: Callable[..., str]) -> None:
    sources("s3://data/code.tar.gz", inference=INFERENCE)
    add_model(services, "sum", ModelDataUrl=None)
    services.objects["s3://data/in/a.csv"] = b"1,2\n"
    record = create(services, runtime).wait("Failed")
    assert "did not pass the ping health check" in record.output["FailureReason"]


def test_json_paths() -> None:
    value = {"a": [{"b": 1}, {"b": 2}], "c d": 3}
    assert json_path.select(value, "$.a[1].b") == 2
    assert json_path.select(value, "a[0]['b']") == 1
    assert json_path.select(value, "$['c d']") == 3
    assert json_path.select([1, 2, 3], "$[-2:]") == [2, 3]
    assert json_path.select(value, "$") is value
    for path in ("$.x", "$.a[5]", "$..a", "$.a[?(@.b)]"):
        with pytest.raises(json_path.PathError, match=r"JSONPath"):
            json_path.select(value, path)
    assert json_path.join({"a": 1}, [2]) == {"a": 1, "SageMakerOutput": [2]}
    assert json.loads(json_path.write_records([{"a": 1}], "application/json")) == {"a": 1}
