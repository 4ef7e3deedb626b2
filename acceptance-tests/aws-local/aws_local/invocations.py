"""SageMakerRuntime: InvokeEndpoint in its three forms, handed to the model servers of the runtime."""

from __future__ import annotations

import json
import struct
import threading
import uuid
import zlib
from typing import Any

from . import wire
from .reply import Reply
from .services import AwsError, Invocation, InvocationResult

# API reference, InvokeEndpoint: MaxBodySize.
LARGEST_BODY = 25 * 1024 * 1024
# How many bytes of an answer one event of a stream holds at the most.
PART = 64 * 1024


def answer(state: Any, call: Any, environ: dict[str, Any]) -> Reply:
    """Answer a SageMakerRuntime call."""
    if call.operation == "InvokeEndpoint":
        return _invoke(state, call, environ)
    if call.operation == "InvokeEndpointWithResponseStream":
        return _invoke_streaming(state, call, environ)
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
    params = call.params
    for member in ("TargetModel", "TargetContainerHostname", "EnableExplanations"):
        if member in params:
            raise AwsError("AwsLocalNotImplemented", f"aws-local does not implement {member} of {call.operation}", 501)
    if state.runtime.invoke is None or not state.allow_exec:
        return _pretended(record, body, params)
    return state.runtime.invoke(
        state.services(call.region),
        Invocation(
            endpoint=record,
            body=body,
            content_type=content_type,
            accept=params.get("Accept") or "*/*",
            custom_attributes=params.get("CustomAttributes"),
            target_variant=params.get("TargetVariant"),
            inference_id=params.get("InferenceId"),
            inference_component=params.get("InferenceComponentName"),
        ),
    )


def _pretended(record: Any, body: bytes, params: dict[str, Any]) -> InvocationResult:
    """Without model servers: which model would have answered, and what was sent."""
    variants = record.private["config"]["ProductionVariants"]
    named = [variant for variant in variants if variant["VariantName"] == params.get("TargetVariant")]
    variant = (named or variants)[0]
    answer = {"model": variant.get("ModelName"), "body": body.decode(errors="replace")}
    return InvocationResult(json.dumps(answer).encode(), "application/json", variant["VariantName"])


def _asked(state: Any, call: Any, environ: dict[str, Any]) -> Any:
    """What the model answers to a request that carries its body."""
    record = _endpoint(state, call)
    body = wire.body(environ)
    if len(body) > LARGEST_BODY:
        # Source: API reference, InvokeEndpoint (limit); text ours.
        raise AwsError("ValidationError", f"The request body of {len(body)} bytes is larger than {LARGEST_BODY}.", 413)
    return _result(state, call, record, body, call.params.get("ContentType") or "application/octet-stream")


def _invoke(state: Any, call: Any, environ: dict[str, Any]) -> Reply:
    result = _asked(state, call, environ)
    headers = [
        ("Content-Type", result.content_type),
        ("Content-Length", str(len(result.body))),
        ("x-Amzn-Invoked-Production-Variant", result.invoked_variant),
        ("x-amzn-RequestId", call.request_id),
    ]
    if result.custom_attributes:
        headers.append(("X-Amzn-SageMaker-Custom-Attributes", result.custom_attributes))
    return Reply(200, headers, result.body)


def _invoke_streaming(state: Any, call: Any, environ: dict[str, Any]) -> Reply:
    """The answer as an event stream. It comes when it is complete: model servers are not read piece by piece."""
    result = _asked(state, call, environ)
    parts = [result.body[at : at + PART] for at in range(0, len(result.body), PART)]
    stream = b"".join(event("PayloadPart", part) for part in parts)
    headers = [
        ("Content-Type", "application/vnd.amazon.eventstream"),
        ("X-Amzn-SageMaker-Content-Type", result.content_type),
        ("x-Amzn-Invoked-Production-Variant", result.invoked_variant),
        ("Content-Length", str(len(stream))),
        ("x-amzn-RequestId", call.request_id),
    ]
    return Reply(200, headers, stream)


def event(kind: str, payload: bytes) -> bytes:
    """One message of an event stream (Smithy specification, Amazon Event Stream)."""
    named = {":message-type": "event", ":event-type": kind, ":content-type": "application/octet-stream"}
    headers = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for name, value in named.items()
    )
    # Two lengths, their checksum, headers, payload, and the checksum of all of that.
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return message + struct.pack(">I", zlib.crc32(message))


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
