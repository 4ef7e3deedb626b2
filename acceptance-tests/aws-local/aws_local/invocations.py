"""SageMakerRuntime: InvokeEndpoint and InvokeEndpointAsync, handed to the model servers of the runtime."""

from __future__ import annotations

import json
import threading
import uuid
from typing import Any

from . import wire
from .reply import Reply
from .services import AwsError, Invocation

# API reference, InvokeEndpoint: MaxBodySize.
LARGEST_BODY = 25 * 1024 * 1024


def answer(state: Any, call: Any, environ: dict[str, Any]) -> Reply:
    """Answer a SageMakerRuntime call."""
    if call.operation == "InvokeEndpoint":
        return _invoke(state, call, environ)
    if call.operation == "InvokeEndpointAsync":
        return _invoke_async(state, call)
    raise AwsError("AwsLocalNotImplemented", f"aws-local does not implement sagemaker-runtime:{call.operation}", 501)


def _endpoint(state: Any, call: Any) -> Any:
    name = call.params["EndpointName"]
    try:
        record = state.engine.find("Endpoint", name, call.region)
    except AwsError:
        record = None
    if record is None or record.status not in ("InService", "Updating", "SystemUpdating", "RollingBack"):
        # Source: github.com/aws/amazon-sagemaker-examples issues 293, 559.
        raise AwsError("ValidationError", f"Endpoint {name} of account {state.engine.account_id} not found.")
    return record


def _result(state: Any, call: Any, record: Any, body: bytes, content_type: str) -> Any:
    if state.runtime.invoke is None or not state.allow_exec:
        raise AwsError(
            "AwsLocalNotImplemented",
            f"aws-local runs no model servers: start it with --allow-exec to invoke {record.name}",
            501,
        )
    params = call.params
    return state.runtime.invoke(
        state.services(call.region),
        Invocation(
            endpoint=record,
            body=body,
            content_type=content_type,
            accept=params.get("Accept") or "*/*",
            custom_attributes=params.get("CustomAttributes"),
            target_variant=params.get("TargetVariant"),
            target_model=params.get("TargetModel"),
            inference_id=params.get("InferenceId"),
            inference_component=params.get("InferenceComponentName"),
        ),
    )


def _invoke(state: Any, call: Any, environ: dict[str, Any]) -> Reply:
    record = _endpoint(state, call)
    body = wire.body(environ)
    if len(body) > LARGEST_BODY:
        # Source: API reference, InvokeEndpoint (limit); text ours.
        raise AwsError("ValidationError", f"The request body of {len(body)} bytes is larger than {LARGEST_BODY}.", 413)
    result = _result(state, call, record, body, call.params.get("ContentType") or "application/octet-stream")
    headers = [
        ("Content-Type", result.content_type),
        ("Content-Length", str(len(result.body))),
        ("x-Amzn-Invoked-Production-Variant", result.invoked_variant),
        ("x-amzn-RequestId", call.request_id),
    ]
    if result.custom_attributes:
        headers.append(("X-Amzn-SageMaker-Custom-Attributes", result.custom_attributes))
    return Reply(200, headers, result.body)


def _invoke_async(state: Any, call: Any) -> Reply:
    record = _endpoint(state, call)
    config = record.private["config"].get("AsyncInferenceConfig")
    if config is None:
        # Source: API reference, InvokeEndpointAsync (code); text ours.
        raise AwsError("ValidationError", f"Endpoint {record.name} is not an asynchronous endpoint.")
    inference = call.params.get("InferenceId") or str(uuid.uuid4())
    output = config["OutputConfig"]
    target = f"{output['S3OutputPath'].rstrip('/')}/{inference}.out"
    failure = f"{output.get('S3FailurePath', output['S3OutputPath']).rstrip('/')}/{inference}-error.out"
    services = state.services(call.region)

    def work() -> None:
        try:
            body = services.s3_get(call.params["InputLocation"])
            result = _result(state, call, record, body, call.params.get("ContentType") or "application/octet-stream")
            services.s3_put(target, result.body, result.content_type)
        except AwsError as error:
            services.s3_put(failure, f"{error.code}: {error.message}".encode(), "text/plain")

    threading.Thread(target=work, name=f"async inference {inference}", daemon=True).start()
    text = json.dumps({"InferenceId": inference}).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(text))),
        ("X-Amzn-SageMaker-OutputLocation", target),
        ("X-Amzn-SageMaker-FailureLocation", failure),
        ("x-amzn-RequestId", call.request_id),
    ]
    return Reply(202, headers, text)
