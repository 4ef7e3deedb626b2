"""Labeling jobs: a scripted worker, and every way a job can end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aws_local.services import Runtime

from .fakes import ROLE, FakeRecord, FakeServices

CATEGORIES = {"document-version": "2018-11-28", "labels": [{"label": "bill"}, {"label": "network"}]}
TEXTS = ["My bill is wrong", "The network is slow", "Please call me"]


def create(services: FakeServices, runtime: Runtime, **changes: Any) -> FakeRecord:
    body = {
        "LabelingJobName": "topics",
        "RoleArn": ROLE,
        "LabelAttributeName": "topic",
        "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://data/in.manifest"}}},
        "OutputConfig": {"S3OutputPath": "s3://data/out"},
        "LabelCategoryConfigS3Uri": "s3://data/categories.json",
        **changes,
    }
    record = services.add("LabelingJob", "topics", body)
    hook = runtime.hooks["LabelingJob"].on_create
    assert hook and hook(services, record) is True
    return record


@pytest.fixture
def data(services: FakeServices) -> None:
    services.objects["s3://data/categories.json"] = json.dumps(CATEGORIES).encode()
    services.objects["s3://data/in.manifest"] = "".join(json.dumps({"source": t}) + "\n" for t in TEXTS).encode()


def labels(services: FakeServices, record: FakeRecord) -> list[dict[str, Any]]:
    lines = services.objects[record.output["LabelingJobOutput"]["OutputDatasetS3Uri"]].decode().splitlines()
    return [json.loads(line) for line in lines]


def test_every_object_is_labeled(services: FakeServices, runtime: Runtime, data: None) -> None:
    record = create(services, runtime).wait("Completed", "Failed")
    assert record.status == "Completed", record.output
    found = labels(services, record)
    assert [(each["source"], each["topic"]) for each in found] == list(zip(TEXTS, [0, 1, 0], strict=True))
    about = found[1]["topic-metadata"]
    assert (about["class-name"], about["human-annotated"], about["job-name"]) == ("network", "yes", "labeling-job/topics")
    assert record.output["LabelCounters"]["TotalLabeled"] == 3 and record.output["LabelCounters"]["Unlabeled"] == 0


@pytest.mark.parametrize(
    "conditions", [{"MaxHumanLabeledObjectCount": 1}, {"MaxPercentageOfInputDatasetLabeled": 34}], ids=str
)
def test_stopping_conditions(services: FakeServices, runtime: Runtime, data: None, conditions: dict[str, int]) -> None:
    record = create(services, runtime, StoppingConditions=conditions).wait("Completed", "Failed")
    labeled = record.output["LabelCounters"]["TotalLabeled"]
    assert labeled == (1 if "MaxHumanLabeledObjectCount" in conditions else 2)
    assert ["topic" in each for each in labels(services, record)] == [number < labeled for number in range(3)]


@pytest.mark.parametrize(
    "uri, content, told",
    [
        ("s3://data/in.manifest", None, "s3://data/in.manifest"),
        ("s3://data/in.manifest", b"text\n", "line 1 of the manifest"),
        ("s3://data/in.manifest", b'{"text": "a"}\n', "neither source nor source-ref"),
        ("s3://data/categories.json", b"{}", "label categories"),
    ],
)
def test_what_fails(
    services: FakeServices, runtime: Runtime, data: None, uri: str, content: bytes | None, told: str
) -> None:
    if content is None:
        del services.objects[uri]
    else:
        services.objects[uri] = content
    record = create(services, runtime).wait("Completed", "Failed")
    assert record.status == "Failed" and record.output["FailureReason"].startswith("ClientError: ")
    assert told in record.output["FailureReason"]
