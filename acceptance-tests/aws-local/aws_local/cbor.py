"""Smithy rpc-v2-cbor, which the AWS SDK for Rust speaks to CloudWatch, translated to awsJson and back.

Source: the Smithy specification, "Smithy RPC v2 CBOR protocol" (path, headers, timestamps as tag 1, errors with __type); text ours.
"""

from __future__ import annotations

import base64
import datetime
import json
from typing import Any

import cbor2

from . import model, wire
from .reply import Reply
from .services import AwsError

CONTENT_TYPE = "application/cbor"
_HEADER = ("smithy-protocol", "rpc-v2-cbor")
TARGETS = {"cloudwatch": "GraniteServiceVersion20100801"}


def to_json(call: wire.Call, environ: dict[str, Any]) -> dict[str, Any]:
    """The request's members, and an environ that says the same in awsJson."""
    raw = wire.body(environ)
    try:
        members = _plain(cbor2.loads(raw)) if raw else {}
    except (cbor2.CBORDecodeError, ValueError) as error:
        raise AwsError("SerializationException", f"the request body is not CBOR: {error}") from error
    import io

    text = json.dumps(members).encode()
    environ["aws_local.body"] = text
    environ["wsgi.input"] = io.BytesIO(text)
    environ["CONTENT_LENGTH"] = str(len(text))
    environ["CONTENT_TYPE"] = "application/x-amz-json-1.0"
    environ["HTTP_X_AMZ_TARGET"] = f"{TARGETS.get(call.service, call.service)}.{call.operation}"
    environ["PATH_INFO"] = "/"
    environ["RAW_URI"] = environ["REQUEST_URI"] = "/"
    environ.pop("HTTP_ACCEPT", None)
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return members


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if value is cbor2.undefined:
        return None
    return value


def from_json(call: wire.Call, reply: Reply) -> Reply:
    """moto's JSON answer as CBOR."""
    answer = json.loads(reply.body) if reply.body.strip() else {}
    if reply.status >= 400:
        code = str(answer.get("__type", "InternalFailure")).rpartition("#")[2]
        return error(call, AwsError(code, str(answer.get("message") or answer.get("Message") or ""), reply.status))
    described = model.operation_model(call.service, call.operation)
    shape = described.output_shape if described else None
    return _reply(call, 200, _typed(shape, answer) if shape is not None else answer)


def _typed(shape: Any, value: Any) -> Any:
    if value is None:
        return None
    kind = shape.type_name
    if kind == "structure":
        return {
            name: _typed(shape.members[name], member)
            for name, member in value.items()
            if name in shape.members and member is not None
        }
    if kind == "list":
        return [_typed(shape.member, member) for member in value]
    if kind == "map":
        return {name: _typed(shape.value, member) for name, member in value.items()}
    if kind == "timestamp":
        return cbor2.CBORTag(1, _seconds(value))
    if kind in ("double", "float"):
        return float(value)
    if kind in ("integer", "long"):
        return int(value)
    if kind == "blob" and isinstance(value, str):
        return base64.b64decode(value)
    if kind == "boolean" and isinstance(value, str):
        return value.lower() == "true"
    return value


def _seconds(value: Any) -> float:
    if isinstance(value, (int, float)):
        return float(value)
    return datetime.datetime.fromisoformat(str(value).replace("Z", "+00:00")).timestamp()


def error(call: wire.Call, problem: AwsError) -> Reply:
    """An error with its shape name in `__type`, and the code of the query protocol in a header."""
    reply = _reply(call, problem.status, {"__type": problem.code, "message": problem.message})
    side = "Sender" if problem.status < 500 else "Receiver"
    reply.headers.append(("x-amzn-query-error", f"{problem.code};{side}"))
    return reply


def _reply(call: wire.Call, status: int, members: dict[str, Any]) -> Reply:
    body = cbor2.dumps(members)
    headers = [
        ("Content-Type", CONTENT_TYPE),
        _HEADER,
        ("Content-Length", str(len(body))),
        ("x-amzn-RequestId", call.request_id),
    ]
    return Reply(status, headers, body)
