"""Processing jobs: a scikit-learn split of the digits, and every way a job can end."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from aws_local.services import Runtime

from .fakes import IMAGE, ROLE, FakeRecord, FakeServices
from .test_training import digits_csv, wait_for_line

SPLIT = """
import pathlib, sys
import pandas as pd
from sklearn.model_selection import train_test_split
base = pathlib.Path("/opt/ml/processing")
table = pd.read_csv(base / "input" / "raw" / "digits.csv", header=None)
train, test = train_test_split(table, test_size=float(sys.argv[1]), random_state=0)
train.to_csv(base / "train" / "train.csv", header=False, index=False)
test.to_csv(base / "test" / "test.csv", header=False, index=False)
pathlib.Path("/opt/ml/output/message").write_text(f"{len(train)} rows for training")
"""


def create(services: FakeServices, runtime: Runtime, entrypoint: list[str], **changes: Any) -> FakeRecord:
    body = {
        "ProcessingJobName": "prepare",
        "RoleArn": ROLE,
        "AppSpecification": {"ImageUri": IMAGE, "ContainerEntrypoint": entrypoint},
        "ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1}},
        **changes,
    }
    record = services.add("ProcessingJob", "prepare", body)
    hook = runtime.hooks["ProcessingJob"].on_create
    assert hook and hook(services, record) is True
    return record


def test_split(services: FakeServices, runtime: Runtime) -> None:
    services.objects["s3://data/raw/digits.csv"] = digits_csv()
    services.objects["s3://data/code/split.py"] = SPLIT.encode()

    def place(name: str, uri: str) -> dict[str, Any]:
        return {
            "InputName": name,
            "S3Input": {"S3Uri": uri, "S3DataType": "S3Prefix", "LocalPath": f"/opt/ml/processing/input/{name}"},
        }

    outputs = [
        {
            "OutputName": name,
            "S3Output": {
                "S3Uri": f"s3://data/prepared/{name}",
                "LocalPath": f"/opt/ml/processing/{name}",
                "S3UploadMode": "EndOfJob",
            },
        }
        for name in ("train", "test")
    ]
    record = create(
        services,
        runtime,
        ["python3", "/opt/ml/processing/input/code/split.py", "0.25"],
        ProcessingInputs=[place("raw", "s3://data/raw/"), place("code", "s3://data/code/split.py")],
        ProcessingOutputConfig={"Outputs": outputs},
    )
    record.wait("Completed", "Failed")
    assert record.status == "Completed", (record.output, dict(services.logs))
    assert len(services.objects["s3://data/prepared/train/train.csv"].splitlines()) == 1347
    assert len(services.objects["s3://data/prepared/test/test.csv"].splitlines()) == 450
    assert record.output["ExitMessage"] == "1347 rows for training"
    assert record.output["ProcessingStartTime"] <= record.output["ProcessingEndTime"]


def test_failure(services: FakeServices, runtime: Runtime) -> None:
    outputs = [
        {
            "OutputName": name,
            "S3Output": {"S3Uri": f"s3://data/{name}", "LocalPath": f"/opt/ml/processing/{name}", "S3UploadMode": mode},
        }
        for name, mode in {"late": "EndOfJob", "live": "Continuous"}.items()
    ]
    code = (
        "for n in ('late', 'live'): open(f'/opt/ml/processing/{n}/x', 'w').write('1')\n"
        "open('/opt/ml/output/message','w').write('no rows'); raise SystemExit(2)"
    )
    record = create(services, runtime, ["python", "-c", code], ProcessingOutputConfig={"Outputs": outputs})
    record.wait("Failed")
    assert record.output["FailureReason"] == "AlgorithmError: no rows, exit code: 2"
    assert "s3://data/live/x" in services.objects and "s3://data/late/x" not in services.objects


def test_failure_without_message(services: FakeServices, runtime: Runtime) -> None:
    record = create(services, runtime, ["python", "-c", "1/0"]).wait("Failed")
    assert record.output["FailureReason"] == "AlgorithmError: See job logs for more information, exit code: 1"
    assert any("ZeroDivisionError" in line for lines in services.logs.values() for line in lines)


def test_missing_input(services: FakeServices, runtime: Runtime) -> None:
    source = {"S3Uri": "s3://data/none", "S3DataType": "S3Prefix", "LocalPath": "/opt/ml/processing/in"}
    record = create(services, runtime, ["true"], ProcessingInputs=[{"InputName": "in", "S3Input": source}])
    record.wait("Failed")
    assert record.output["FailureReason"].startswith("ClientError: ")


def test_configuration_files(services: FakeServices, runtime: Runtime) -> None:
    specification = {
        "ImageUri": IMAGE,
        "ContainerEntrypoint": ["cat"],
        "ContainerArguments": ["/opt/ml/config/processingjobconfig.json"],
    }
    create(services, runtime, [], AppSpecification=specification).wait("Completed")
    text = "".join(line for lines in services.logs.values() for line in lines)
    assert json.loads(text)["AppSpecification"]["ContainerEntrypoint"][0] == "cat"


@pytest.mark.parametrize("how", ["stop", "limit"])
def test_stopped(services: FakeServices, runtime: Runtime, how: str) -> None:
    record = create(services, runtime, ["/bin/sh", "-c", "echo ready; exec sleep 600"],
                    StoppingCondition={"MaxRuntimeInSeconds": 60})  # fmt: skip
    wait_for_line(services, "ready")
    begun = time.monotonic()
    if how == "stop":
        runtime.hooks["ProcessingJob"].on_stop(services, record)  # type: ignore[misc]
    else:
        services.clock.ahead = 61
    record.wait("Stopped")
    assert time.monotonic() - begun < 1, "sleep obeys SIGTERM: no grace is needed"


def test_mount_outside_opt_ml(services: FakeServices, runtime: Runtime) -> None:
    services.objects["s3://data/in/x"] = b"found"
    source = {"S3Uri": "s3://data/in/", "S3DataType": "S3Prefix", "LocalPath": "/opt/program/data"}
    create(
        services,
        runtime,
        ["cat", "/opt/program/data/x"],
        ProcessingInputs=[{"InputName": "in", "S3Input": source}],
    ).wait("Completed")
    assert ["found"] in services.logs.values()
