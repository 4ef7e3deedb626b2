"""What a request is (service, operation, region) and how JSON answers and errors look on the wire."""

from __future__ import annotations

import datetime
import gzip
import http
import io
import json
import re
import uuid
import zlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from .services import AwsError

DEFAULT_REGION = "us-east-1"
_SCOPE = re.compile(r"Credential=([^/]*)/\d+/([^/]+)/([^/]+)/aws4_request")
_UNSIGNED = {"AssumeRoleWithWebIdentity": "sts", "AssumeRoleWithSAML": "sts"}
"""Operations that need no signature, so that nothing but their names says whose they are (STS API reference)."""

# Signing names that differ from boto3's service name.
_SERVICES = {
    "monitoring": "cloudwatch",
    "eventbridge": "events",
    "servicequotas": "service-quotas",
    "tagging": "resourcegroupstaggingapi",
}


@dataclass
class Call:
    """One AWS call, as far as its headers tell."""

    service: str
    operation: str
    region: str
    access_key: str | None
    """None: the request is not signed."""
    method: str = "POST"
    protocol: str = ""
    """Set when the request itself tells its protocol (CBOR, JSON spoken to a query service)."""
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    error: str | None = None
    status: int = 0
    internal: bool = False
    params: Any = None
    entry: dict[str, Any] = field(default_factory=dict)
    """What the record of calls says of it."""


def identify(environ: dict[str, Any]) -> Call:
    """Service, operation and region of a request. The operation of XML-rest calls is filled in later."""
    found = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    access_key, region, service = found.groups() if found else (None, DEFAULT_REGION, "")
    service = _SERVICES.get(service, service)
    if not service and "X-Amz-Credential=" in environ.get("QUERY_STRING", ""):
        scope = dict(parse_qsl(environ["QUERY_STRING"])).get("X-Amz-Credential", "").split("/")
        if len(scope) == 5:
            access_key, region, service = scope[0], scope[2], _SERVICES.get(scope[3], scope[3])
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    operation = target.rpartition(".")[2]
    protocol = "json" if target else ""
    path = environ.get("PATH_INFO", "")
    if not operation and "/operation/" in path and environ.get("HTTP_SMITHY_PROTOCOL"):
        operation = path.rpartition("/")[2]
        protocol = "cbor"
    if service == "sagemaker" and not target:
        service = "sagemaker-metrics" if path.endswith("BatchPutMetrics") else "sagemaker-runtime"
        if path.endswith("/invocations"):
            operation = "InvokeEndpoint"
        elif path.endswith("/async-invocations"):
            operation = "InvokeEndpointAsync"
        elif path.endswith("/invocations-response-stream"):
            operation = "InvokeEndpointWithResponseStream"
    if not operation and environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        operation = dict(parse_qsl(body(environ).decode("utf-8", "replace"))).get("Action", "")
        service = service or _UNSIGNED.get(operation, "")
        protocol = "" if not operation else "ec2" if service == "ec2" else "query"
    method = environ.get("REQUEST_METHOD", "POST")
    internal = bool(environ.get("aws_local.internal"))
    return Call(service or "s3", operation, region, access_key, method, protocol, internal=internal)


def body(environ: dict[str, Any]) -> bytes:
    """The request body; the stream is put back so that whoever is behind can read it again."""
    kept = environ.get("aws_local.body")
    if kept is not None:
        return kept
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH")
    if length:
        read = stream.read(int(length))
    elif environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        read = stream.read()
        environ["CONTENT_LENGTH"] = str(len(read))
    else:
        read = b""
    environ["aws_local.body"] = read
    environ["wsgi.input"] = io.BytesIO(read)
    return read


def inflate(environ: dict[str, Any]) -> None:
    """Undo the compression of the request body: SDKs compress large requests of CloudWatch (`requestCompression`).

    Not for S3, where Content-Encoding describes the object. Raises AwsError SerializationException.
    """
    if environ.get("HTTP_CONTENT_ENCODING", "").lower() != "gzip":
        return
    try:
        plain = gzip.decompress(body(environ))
    except (OSError, EOFError, zlib.error) as error:
        # Source: errors of awsJson services, awsJson 1.1 in the Smithy specification (code); text ours.
        raise AwsError("SerializationException", f"the request body is not gzip: {error}") from error
    del environ["HTTP_CONTENT_ENCODING"]
    environ["aws_local.body"] = plain
    environ["CONTENT_LENGTH"] = str(len(plain))
    environ["wsgi.input"] = io.BytesIO(plain)


def json_body(environ: dict[str, Any]) -> dict[str, Any]:
    """The request body as a JSON object. Raises AwsError SerializationException."""
    raw = body(environ)
    if not raw:
        return {}
    try:
        value = json.loads(raw)
    except ValueError as error:
        # Source: errors of awsJson services, awsJson 1.1 in the Smithy specification (code); text ours.
        raise AwsError("SerializationException", f"the request body is not JSON: {error}") from error
    if not isinstance(value, dict):
        # Source: errors of awsJson services, awsJson 1.1 in the Smithy specification (code); text ours.
        raise AwsError("SerializationException", "the request body is not a JSON object")
    return value


def dump(value: Any) -> bytes:
    """awsJson: timestamps are seconds since the epoch."""
    return json.dumps(value, default=_plain, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        import base64

        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value)} has no JSON form")


def status_line(status: int) -> str:
    """`400 Bad Request`."""
    try:
        return f"{status} {http.HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"


def json_error(error: AwsError, request_id: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body of an awsJson error."""
    # Modelled SageMaker errors spell the member `Message`, the common ones `message`; SDKs take either.
    text = json.dumps(
        {"__type": error.code, "message": error.message, "Message": error.message, **error.members}, default=_plain
    ).encode()
    headers = [
        ("Content-Type", "application/x-amz-json-1.1"),
        ("Content-Length", str(len(text))),
        ("x-amzn-RequestId", request_id),
        ("x-amzn-ErrorType", error.code),
    ]
    return error.status, headers, text
