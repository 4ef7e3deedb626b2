"""Endpoints: real scikit-learn models behind variants, and every error a caller can meet."""

from __future__ import annotations

import io
import json
import tarfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import joblib
import numpy
import pytest
from sklearn.datasets import load_digits
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from aws_local.services import AwsError, Invocation, InvocationResult, Runtime

from .conftest import command_line, descendants
from .fakes import IMAGE, FakeRecord, FakeServices

INFERENCE = """
import os, joblib
def model_fn(model_dir):
    print("loading from", model_dir)
    return joblib.load(os.path.join(model_dir, "model.joblib"))
"""


def model_archive(model: Any, **files: str) -> bytes:
    weights = io.BytesIO()
    joblib.dump(model, weights)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        contents = {"model.joblib": weights.getvalue()} | {name: text.encode() for name, text in files.items()}
        for name, data in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def constant(label: int) -> DummyClassifier:
    return DummyClassifier(strategy="constant", constant=label).fit([[0], [1]], [label, label + 1])


def add_model(services: FakeServices, name: str, **changes: Any) -> None:
    container = {
        "Image": IMAGE,
        "ModelDataUrl": f"s3://data/{name}.tar.gz",
        "Environment": {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": "s3://data/code.tar.gz"},
        **changes,
    }
    services.add("Model", name, {"ModelName": name, "PrimaryContainer": container})


def add_config(services: FakeServices, name: str, models: dict[str, float], **changes: Any) -> None:
    variants = [
        {"VariantName": model, "ModelName": model, "InitialVariantWeight": weight, "InstanceType": "ml.m5.large"}
        for model, weight in models.items()
    ]
    services.add("EndpointConfig", name, {"EndpointConfigName": name, "ProductionVariants": variants, **changes})


def create(services: FakeServices, runtime: Runtime, config: str = "config") -> FakeRecord:
    record = services.add("Endpoint", "digits", {"EndpointName": "digits", "EndpointConfigName": config}, "Creating")
    hook = runtime.hooks["Endpoint"].on_create
    assert hook and hook(services, record) is True
    return record


def settle(services: FakeServices, enough: Callable[[], bool]) -> None:
    """Wait until metrics and captured data, which are written after the answer, are there."""
    end = time.monotonic() + 5
    while not enough() and time.monotonic() < end:
        time.sleep(0.01)


def metric_sum(services: FakeServices, name: str) -> float:
    return sum(item["Value"] for item in services.metrics["AWS/SageMaker"] if item["MetricName"] == name)


def invoke(
    services: FakeServices, runtime: Runtime, record: FakeRecord, body: str | bytes, **changes: Any
) -> InvocationResult:
    assert runtime.invoke
    call = {"content_type": "text/csv", "accept": "application/json", **changes}
    return runtime.invoke(services, Invocation(record, body.encode() if isinstance(body, str) else body, **call))


@pytest.fixture
def code(sources: Callable[..., str]) -> Callable[[str], str]:
    return lambda text=INFERENCE: sources("s3://data/code.tar.gz", inference=text)


def test_digits(services: FakeServices, runtime: Runtime, code: Callable[..., str], both_ways: str) -> None:
    code()
    digits = load_digits()
    trained = LogisticRegression(max_iter=1000, tol=0.1).fit(digits.data, digits.target)
    services.objects["s3://data/main.tar.gz"] = model_archive(trained)
    add_model(services, "main")
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": "s3://data/capture",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"], "JsonContentTypes": ["application/json"]},
    }
    add_config(services, "config", {"main": 1}, DataCaptureConfig=capture)
    record = create(services, runtime).wait("InService", "Failed")
    assert record.status == "InService", (record.output, dict(services.logs))

    rows, expected = digits.data[:5], trained.predict(digits.data[:5]).tolist()
    csv = "\n".join(",".join(str(value) for value in row) for row in rows)
    answer = invoke(services, runtime, record, csv, inference_id="one")
    assert json.loads(answer.body) == expected
    assert answer.content_type == "application/json" and answer.invoked_variant == "main"
    body = json.dumps(rows.tolist())
    answer = invoke(services, runtime, record, body, content_type="application/json", accept="text/csv")
    assert [int(float(text)) for text in answer.body.decode().split()] == expected
    binary = io.BytesIO()
    numpy.save(binary, rows)
    answer = invoke(services, runtime, record, binary.getvalue(), content_type="application/x-npy", accept="*/*")
    assert json.loads(answer.body) == expected

    settle(
        services, lambda: metric_sum(services, "Invocations") == 3 and b"x-npy" in b"".join(services.objects.values())
    )
    (captured,) = [uri for uri in services.objects if uri.startswith("s3://data/capture/digits/main/20")]
    assert captured.removeprefix("s3://data/capture/digits/main/").count("/") == 4
    lines = [json.loads(line) for line in services.objects[captured].decode().splitlines()]
    assert len(lines) == 3
    assert lines[0]["captureData"]["endpointInput"] == {
        "observedContentType": "text/csv", "mode": "INPUT", "data": csv, "encoding": "CSV",
    }  # fmt: skip
    assert lines[0]["captureData"]["endpointOutput"]["data"] == json.dumps(expected)
    assert lines[0]["captureData"]["endpointOutput"]["encoding"] == "JSON"
    assert lines[0]["eventMetadata"]["inferenceId"] == "one" and lines[0]["eventVersion"] == "0"
    assert lines[2]["captureData"]["endpointInput"]["encoding"] == "BASE64"

    metrics = services.metrics["AWS/SageMaker"]
    assert metric_sum(services, "Invocations") == 3
    assert all(item["Value"] > 0 for item in metrics if item["MetricName"] == "ModelLatency")
    assert metrics[0]["Dimensions"] == [
        {"Name": "EndpointName", "Value": "digits"}, {"Name": "VariantName", "Value": "main"},
    ]  # fmt: skip
    ((group, stream),) = services.logs
    assert group == "/aws/sagemaker/Endpoints/digits" and stream.startswith("main/i-")
    assert services.logs[group, stream][0].startswith("loading from ")

    runtime.hooks["Endpoint"].on_delete(services, record)  # type: ignore[misc]
    assert not [pid for pid in descendants() if "script_server" in command_line(pid)]


def test_variants_by_weight_and_by_name(services: FakeServices, runtime: Runtime, code: Callable[..., str]) -> None:
    code()
    for name, label in {"three": 3, "one": 1, "never": 9}.items():
        services.objects[f"s3://data/{name}.tar.gz"] = model_archive(constant(label))
        add_model(services, name)
    add_config(services, "config", {"three": 3, "one": 1, "never": 0})
    record = create(services, runtime).wait("InService")
    seen = Counter(invoke(services, runtime, record, "0\n1").invoked_variant for _ in range(100))
    assert seen["never"] == 0 and 55 < seen["three"] < 95, seen
    assert json.loads(invoke(services, runtime, record, "0\n1", target_variant="never").body) == [9, 9]
    record.update(ProductionVariants=[{"VariantName": name, "CurrentWeight": w} for name, w in
                                      {"three": 0, "one": 0, "never": 1}.items()])  # fmt: skip
    assert invoke(services, runtime, record, "0\n1").invoked_variant == "never"
    with pytest.raises(AwsError) as caught:
        invoke(services, runtime, record, "0", target_variant="absent")
    assert caught.value.code == "ValidationError"


def test_errors_of_the_model(services: FakeServices, runtime: Runtime, code: Callable[..., str]) -> None:
    code(INFERENCE + "def predict_fn(data, model):\n    raise ValueError('negative pixels')\n")
    services.objects["s3://data/main.tar.gz"] = model_archive(constant(1))
    add_model(services, "main")
    add_config(services, "config", {"main": 1})
    record = create(services, runtime).wait("InService")
    with pytest.raises(AwsError) as caught:
        invoke(services, runtime, record, "1,2")
    error = caught.value
    assert (error.code, error.status) == ("ModelError", 424)
    assert error.message.startswith(
        'Received server error (500) from primary with message "ValueError: negative pixels". See https://eu-west-1.'
    )
    assert error.members["OriginalStatusCode"] == 500
    assert error.members["OriginalMessage"] == "ValueError: negative pixels"
    with pytest.raises(AwsError) as caught:
        invoke(services, runtime, record, "x", content_type="image/png")
    assert caught.value.code == "ModelError" and "client error (415)" in caught.value.message
    settle(services, lambda: metric_sum(services, "Invocations") == 2)
    counted = {
        name: metric_sum(services, name) for name in ("Invocation4XXErrors", "Invocation5XXErrors", "Invocations")
    }
    assert counted == {"Invocation4XXErrors": 1, "Invocation5XXErrors": 1, "Invocations": 2}


@pytest.mark.parametrize("status", ["Creating", "Failed", "Deleting"])
def test_endpoint_that_does_not_serve(services: FakeServices, runtime: Runtime, status: str) -> None:
    record = services.add("Endpoint", "digits", {}, status)
    with pytest.raises(AwsError) as caught:
        invoke(services, runtime, record, "1")
    assert caught.value.code == "ValidationError"
    assert caught.value.message == "Endpoint digits of account 123456789012 not found."


BROKEN = {
    "the script fails to load": "raise ImportError('no such thing')",
    "there is no model_fn": "x = 1",
    "the server ends": "import os; os._exit(0)",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_unhealthy_container(services: FakeServices, runtime: Runtime, code: Callable[..., str], text: str) -> None:
    code(text)
    services.objects["s3://data/main.tar.gz"] = model_archive(constant(1))
    add_model(services, "main")
    add_config(services, "config", {"main": 1})
    record = create(services, runtime).wait("Failed")
    assert record.output["FailureReason"] == (
        "The primary container for production variant main did not pass the ping health check."
        " Please check CloudWatch logs for this endpoint."
    )


def test_missing_model_data(services: FakeServices, runtime: Runtime, code: Callable[..., str]) -> None:
    code()
    add_model(services, "main")
    add_config(services, "config", {"main": 1})
    reason = create(services, runtime).wait("Failed").output["FailureReason"]
    assert reason.startswith(
        'Failed to download model data for container "container_1" from URL: "s3://data/main.tar.gz".'
    )


def test_code_inside_the_model(services: FakeServices, runtime: Runtime) -> None:
    services.objects["s3://data/main.tar.gz"] = model_archive(constant(4), **{"code/inference.py": INFERENCE})
    add_model(services, "main", Environment={})
    add_config(services, "config", {"main": 1})
    record = create(services, runtime).wait("InService")
    assert json.loads(invoke(services, runtime, record, "0\n0").body) == [4, 4]


def test_chain_of_containers(services: FakeServices, runtime: Runtime, sources: Callable[..., str]) -> None:
    first = "def model_fn(d): return 2\ndef transform_fn(m, body, kind, accept): return str(int(body) * m), 'text/csv'"
    second = "def model_fn(d): return 5\ndef transform_fn(m, body, kind, accept): return str(int(body) + m), kind"
    containers = []
    for name, text in {"first": first, "second": second}.items():
        uri = sources(f"s3://data/{name}.tar.gz", inference=text)
        variables = {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": uri}
        containers.append({"Image": IMAGE, "Environment": variables})
    services.add("Model", "main", {"Containers": containers})
    add_config(services, "config", {"main": 1})
    record = create(services, runtime).wait("InService")
    assert invoke(services, runtime, record, "10").body == b"25"


def test_update_keeps_serving_and_swaps(services: FakeServices, runtime: Runtime, code: Callable[..., str]) -> None:
    code()
    for name, label in {"old": 1, "new": 2}.items():
        services.objects[f"s3://data/{name}.tar.gz"] = model_archive(constant(label))
        add_model(services, name)
        add_config(services, name, {name: 1})
    record = create(services, runtime, "old").wait("InService")
    record.private["next"] = services.find("EndpointConfig", "new").request
    record.update("Updating")
    failures, done = [], threading.Event()

    def keep_asking() -> None:
        while not done.is_set():
            try:
                invoke(services, runtime, record, "0\n0")
            except AwsError as error:
                failures.append(error)

    asker = threading.Thread(target=keep_asking)
    asker.start()
    assert runtime.hooks["Endpoint"].on_update(services, record) is True  # type: ignore[misc]
    record.wait("InService")
    done.set()
    asker.join()
    assert not failures
    assert json.loads(invoke(services, runtime, record, "0\n0").body) == [2, 2]


def test_failed_update_keeps_the_old_one(services: FakeServices, runtime: Runtime, code: Callable[..., str]) -> None:
    code()
    services.objects["s3://data/old.tar.gz"] = model_archive(constant(1))
    for name in ("old", "gone"):
        add_model(services, name)
        add_config(services, name, {name: 1})
    record = create(services, runtime, "old").wait("InService")
    record.private["next"] = services.find("EndpointConfig", "gone").request
    record.update("Updating")
    runtime.hooks["Endpoint"].on_update(services, record)  # type: ignore[misc]
    record.wait("InService")
    assert record.output["FailureReason"].startswith("Failed to download model data")
    assert "next" not in record.private
    assert json.loads(invoke(services, runtime, record, "0\n0").body) == [1, 1]


@pytest.mark.parametrize("state", ["ALARM", "OK", "denied"])
def test_an_alarm_rolls_the_update_back(
    services: FakeServices, runtime: Runtime, code: Callable[..., str], state: str
) -> None:
    code()
    for name, label in {"old": 1, "new": 2}.items():
        services.objects[f"s3://data/{name}.tar.gz"] = model_archive(constant(label))
        add_model(services, name)
        add_config(services, name, {name: 1})
    record = create(services, runtime, "old").wait("InService")
    alarms = [{"AlarmName": "errors", "StateValue": state}]

    def describe(_: object) -> dict[str, Any]:
        if state == "denied":
            raise AwsError("AccessDenied", "The role may not describe errors.")
        return {"MetricAlarms": alarms}

    services.handlers["DescribeAlarms"] = describe
    record.private["next"] = services.find("EndpointConfig", "new").request
    rollback = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]}}
    record.update("Updating", LastDeploymentConfig=rollback)
    runtime.hooks["Endpoint"].on_update(services, record)  # type: ignore[misc]
    record.wait("InService")
    answer = json.loads(invoke(services, runtime, record, "0\n0").body)
    if state != "OK":
        assert record.history[-2:] == ["RollingBack", "InService"] and "next" not in record.private
        assert "errors" in record.output["FailureReason"] and answer == [1, 1]
    else:
        assert "FailureReason" not in record.output and answer == [2, 2]


def test_restart_after_reset(services: FakeServices, runtime: Runtime, code: Callable[..., str]) -> None:
    code()
    services.objects["s3://data/main.tar.gz"] = model_archive(constant(1))
    add_model(services, "main")
    add_config(services, "config", {"main": 1})
    record = create(services, runtime).wait("InService")
    runtime.reset()
    assert not [pid for pid in descendants() if "script_server" in command_line(pid)]
    assert json.loads(invoke(services, runtime, record, "0\n0").body) == [1, 1]


def test_refused_without_permission_to_execute(services: FakeServices, runtime: Runtime) -> None:
    services.allow_exec = False
    add_model(services, "main")
    add_config(services, "config", {"main": 1})
    record = create(services, runtime).wait("Failed")
    assert "--allow-exec" in record.output["FailureReason"]


@pytest.mark.parametrize(
    "url, there",
    [
        ("https://s3.amazonaws.com/data/main.tar.gz", True),
        ("https://s3.eu-west-1.amazonaws.com/data/main.tar.gz", True),
        ("https://s3-eu-west-1.amazonaws.com/data/main.tar.gz", True),
        ("https://data.s3.amazonaws.com/main.tar.gz", True),
        ("https://data.s3.eu-west-1.amazonaws.com/main.tar.gz", True),
        ("https://s3.amazonaws.com/data/other.tar.gz", False),
        ("https://example.com/data/main.tar.gz", False),
    ],
)
def test_model_data_may_be_named_by_https(services: FakeServices, runtime: Runtime, url: str, there: bool) -> None:
    """Service model, pattern of Url: https as well as s3."""
    services.objects["s3://data/main.tar.gz"] = b"x"
    add_model(services, "main", ModelDataUrl=url)
    hook = runtime.hooks["Model"].on_create
    assert hook
    if there:
        hook(services, services.find("Model", "main"))
        return
    with pytest.raises(AwsError, match="Could not find model data"):
        hook(services, services.find("Model", "main"))


def test_model_data_of_another_region_is_refused(services: FakeServices, runtime: Runtime) -> None:
    """API reference, ContainerDefinition.ModelDataUrl: "in an S3 bucket that is in the same region"."""
    services.objects["s3://data/main.tar.gz"] = b"x"
    add_model(services, "main")
    services.handlers["GetBucketLocation"] = lambda params: {}
    hook = runtime.hooks["Model"].on_create
    assert hook
    with pytest.raises(AwsError, match="Could not find model data at s3://data/main.tar.gz in eu-west-1"):
        hook(services, services.find("Model", "main"))


def test_model_without_data_is_refused(services: FakeServices, runtime: Runtime) -> None:
    add_model(services, "main")
    hook = runtime.hooks["Model"].on_create
    assert hook
    with pytest.raises(AwsError) as caught:
        hook(services, services.find("Model", "main"))
    assert caught.value.message == "Could not find model data at s3://data/main.tar.gz in eu-west-1."
    services.objects["s3://data/main.tar.gz"] = model_archive(constant(1))
    assert not hook(services, services.find("Model", "main")), "the engine goes on driving the model"
