"""Inference components and shadow variants."""

from __future__ import annotations

import io
import json
import tarfile
import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws_local.services import AwsError, Runtime
from tests.conftest import Local

from .conftest import command_line, descendants
from .fakes import IMAGE, FakeServices
from .test_hosting import add_config, add_model, constant, create, invoke, metric_sum, model_archive, settle
from .test_story import local, until  # noqa: F401

ECHO = """
import os
def model_fn(d): return os.environ["WHO"]
def transform_fn(who, body, kind, accept): return f"{who}: {body}", "text/plain"
"""


def upload(local: Local) -> str:  # noqa: F811
    """A bucket with the script, and a role; returns the role's ARN."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        info = tarfile.TarInfo("inference.py")
        info.size = len(ECHO)
        archive.addfile(info, io.BytesIO(ECHO.encode()))
    local.client("s3").create_bucket(Bucket="parts")
    local.client("s3").put_object(Bucket="parts", Key="code.tar.gz", Body=buffer.getvalue())
    return local.role("parts")


def variables(who: str) -> dict[str, str]:
    return {
        "SAGEMAKER_PROGRAM": "inference.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": "s3://parts/code.tar.gz",
        "WHO": who,
    }


def test_components_answer_on_an_endpoint_without_models(local: Local) -> None:  # noqa: F811
    role, sm, runtime = upload(local), local.client("sagemaker"), local.client("sagemaker-runtime")
    sm.create_endpoint_config(
        EndpointConfigName="parts",
        ExecutionRoleArn=role,
        ProductionVariants=[{"VariantName": "main", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}],
    )
    sm.create_endpoint(EndpointName="parts", EndpointConfigName="parts")
    sm.get_waiter("endpoint_in_service").wait(EndpointName="parts", WaiterConfig={"Delay": 0.2, "MaxAttempts": 100})
    sm.create_model(
        ModelName="ann", ExecutionRoleArn=role, PrimaryContainer={"Image": IMAGE, "Environment": variables("ann")}
    )
    needs = {"ComputeResourceRequirements": {"MinMemoryRequiredInMb": 128}}
    specifications: dict[str, dict[str, Any]] = {
        "ann": {"ModelName": "ann", **needs},
        "bob": {"Container": {"Image": IMAGE, "Environment": variables("bob")}, **needs},
        "adapter": {"BaseInferenceComponentName": "bob"},
    }

    def status(name: str) -> str:
        described: dict[str, Any] = sm.describe_inference_component(InferenceComponentName=name)
        assert described["InferenceComponentStatus"] != "Failed", described
        return str(described["InferenceComponentStatus"])

    for name, specification in specifications.items():
        sm.create_inference_component(
            InferenceComponentName=name,
            EndpointName="parts",
            Specification=specification,
            **({} if name == "adapter" else {"VariantName": "main", "RuntimeConfig": {"CopyCount": 1}}),
        )
        until(lambda name=name: status(name) == "InService")

    def ask(**more: Any) -> str:
        answer = runtime.invoke_endpoint(EndpointName="parts", ContentType="text/plain", Body="hello", **more)
        assert answer["InvokedProductionVariant"] == "main"
        return str(answer["Body"].read().decode())

    def refusal(**more: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            ask(**more)
        told = caught.value.response["Error"]
        return told["Code"], told["Message"]

    assert [ask(InferenceComponentName=name) for name in specifications] == ["ann: hello", "bob: hello", "bob: hello"]
    code, text = refusal()
    assert code == "ValidationError" and text.startswith("Inference Component Name header is required")
    assert refusal(InferenceComponentName="eve") == ("ValidationError", "Inference Component eve of parts not found.")

    # The same in the other forms of the operation.
    stream = runtime.invoke_endpoint_with_response_stream(
        EndpointName="parts", Body="x" * 100_000, InferenceComponentName="ann", ContentType="text/plain"
    )
    assert stream["ContentType"].startswith("text/plain") and stream["InvokedProductionVariant"] == "main"
    parts = [event["PayloadPart"]["Bytes"] for event in stream["Body"]]
    assert len(parts) == 2 and b"".join(parts) == b"ann: " + b"x" * 100_000

    code, text = refusal(InferenceComponentName="ann", TargetModel="other.tar.gz")
    assert code == "AwsLocalNotImplemented" and "TargetModel" in text, "what is not served is loud"

    # Another model, then no copy at all.
    changed = {"Container": {"Image": IMAGE, "Environment": variables("cleo")}, **needs}
    sm.update_inference_component(InferenceComponentName="bob", Specification=changed)
    until(lambda: status("bob") == "InService")
    assert ask(InferenceComponentName="bob") == "cleo: hello"
    sm.update_inference_component_runtime_config(InferenceComponentName="bob", DesiredRuntimeConfig={"CopyCount": 0})
    until(lambda: status("bob") == "InService")
    code, text = refusal(InferenceComponentName="bob")
    assert code == "ValidationError" and text.startswith("Inference Component has no capacity")

    def servers() -> list[int]:
        return [pid for pid in descendants(local.process.pid) if "script_server" in command_line(pid)]

    assert servers()
    # A base that an adapter needs cannot be deleted.
    sm.delete_inference_component(InferenceComponentName="adapter")
    until(lambda: len(sm.list_inference_components()["InferenceComponents"]) == len(specifications) - 1)
    for name in ("ann", "bob"):
        sm.delete_inference_component(InferenceComponentName=name)
    until(lambda: not servers())


def test_an_asynchronous_endpoint_answers_in_s3(local: Local) -> None:  # noqa: F811
    role, sm, s3 = upload(local), local.client("sagemaker"), local.client("s3")
    sm.create_model(
        ModelName="ann", ExecutionRoleArn=role, PrimaryContainer={"Image": IMAGE, "Environment": variables("ann")}
    )
    variant = {"VariantName": "main", "ModelName": "ann", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    places = {"S3OutputPath": "s3://parts/answers", "S3FailurePath": "s3://parts/failures"}
    sm.create_endpoint_config(
        EndpointConfigName="later", ProductionVariants=[variant], AsyncInferenceConfig={"OutputConfig": places}
    )
    sm.create_endpoint(EndpointName="later", EndpointConfigName="later")
    sm.get_waiter("endpoint_in_service").wait(EndpointName="later", WaiterConfig={"Delay": 0.2, "MaxAttempts": 100})
    s3.put_object(Bucket="parts", Key="question", Body=b"hello")
    runtime = local.client("sagemaker-runtime")
    answer = runtime.invoke_endpoint_async(
        EndpointName="later", InputLocation="s3://parts/question", ContentType="text/plain"
    )

    def written(uri: str) -> str | None:
        key = uri.removeprefix("s3://parts/")
        held = s3.list_objects_v2(Bucket="parts", Prefix=key).get("KeyCount")
        return s3.get_object(Bucket="parts", Key=key)["Body"].read().decode() if held else None

    assert until(lambda: written(answer["OutputLocation"])) == "ann: hello"
    lost = runtime.invoke_endpoint_async(EndpointName="later", InputLocation="s3://parts/absent")
    assert until(lambda: written(lost["FailureLocation"])).startswith("NoSuchKey")


@pytest.fixture
def two_models(services: FakeServices, sources: Callable[..., str]) -> None:
    """The models `live` (1) and `next` (2), the second of which fails on 13."""
    text = """
import os, joblib
def model_fn(model_dir): return joblib.load(os.path.join(model_dir, "model.joblib"))
def predict_fn(data, model):
    answer = model.predict(data)
    if answer[0] == 2 and 13 in data: raise ValueError("unlucky")
    return answer
"""
    sources("s3://data/code.tar.gz", inference=text)
    for name, label in {"live": 1, "next": 2}.items():
        services.objects[f"s3://data/{name}.tar.gz"] = model_archive(constant(label))
        add_model(services, name)


def shadowed(services: FakeServices, weight: float) -> None:
    shadow = {"VariantName": "next", "ModelName": "next", "InitialVariantWeight": weight}
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": "s3://data/capture",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"JsonContentTypes": ["application/json"]},
    }
    add_config(services, "config", {"live": 2}, ShadowProductionVariants=[shadow], DataCaptureConfig=capture)


def captured(services: FakeServices, variant: str) -> list[str]:
    """The answers of a variant that were captured."""
    files = [body for uri, body in services.objects.items() if uri.startswith(f"s3://data/capture/digits/{variant}/")]
    lines = [json.loads(line) for body in files for line in body.decode().splitlines()]
    return [line["captureData"]["endpointOutput"]["data"] for line in lines]


def test_a_shadow_sees_every_request_and_answers_none(
    services: FakeServices, runtime: Runtime, two_models: None
) -> None:
    shadowed(services, weight=2)
    record = create(services, runtime).wait("InService")
    for number in range(9):
        assert json.loads(invoke(services, runtime, record, f"{number}\n1").body) == [1, 1]
    settle(services, lambda: all(len(captured(services, name)) == 9 for name in ("next", "live")))
    settle(services, lambda: metric_sum(services, "Invocations") == 18)
    assert captured(services, "next") == ["[2, 2]"] * 9 and captured(services, "live") == ["[1, 1]"] * 9
    seen = [{one["Value"] for one in item["Dimensions"]} for item in services.metrics["AWS/SageMaker"]
            if item["MetricName"] == "Invocations"]  # fmt: skip
    assert seen.count({"digits", "live"}) == seen.count({"digits", "next"}) == 9
    with pytest.raises(AwsError, match="Variant next not found"):
        invoke(services, runtime, record, "0", target_variant="next")

    # Its failures stay its own.
    assert json.loads(invoke(services, runtime, record, "13\n1").body) == [1, 1]
    settle(services, lambda: metric_sum(services, "Invocation5XXErrors") == 1)
    assert metric_sum(services, "Invocation5XXErrors") == 1 and len(captured(services, "next")) == 9


def test_the_weight_of_a_shadow_is_its_share(services: FakeServices, runtime: Runtime, two_models: None) -> None:
    shadowed(services, weight=1)
    record = create(services, runtime).wait("InService")
    for _ in range(40):
        invoke(services, runtime, record, "0\n1")
    settle(services, lambda: not any(thread.name.startswith("shadow") for thread in threading.enumerate()))
    runtime.reset()
    assert 46 < metric_sum(services, "Invocations") < 74
