"""Answers as values, and errors in the form of each protocol."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from . import model, wire
from .services import AwsError


@dataclass
class Reply:
    """A whole HTTP answer."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def send(self, start_response: Any) -> Iterable[bytes]:
        """Answer a WSGI request with it."""
        start_response(wire.status_line(self.status), self.headers)
        return [self.body]


def capture(application: Any, environ: dict[str, Any]) -> Reply:
    """Run a WSGI application and keep its whole answer."""
    reply = Reply(0)
    parts: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        reply.status = int(status.split(" ", 1)[0])
        reply.headers = list(headers)
        return parts.append

    answer = application(environ, start_response)
    try:
        parts.extend(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    reply.body = b"".join(parts)
    return reply


def protocol(call: wire.Call) -> str:
    """The protocol a call is made in: json, query, rest-xml, rest-json, cbor, ec2."""
    if call.protocol:
        return call.protocol
    if call.service in ("", "s3"):
        return "rest-xml"
    try:
        return model.service_model(call.service).metadata["protocol"]
    except Exception:  # botocore raises its own UnknownServiceError; any service we cannot load speaks JSON.
        return "json"


def error(call: wire.Call, problem: AwsError) -> Reply:
    """An error in the form of the call's protocol."""
    call.error = problem.code
    form = protocol(call)
    if form == "cbor":
        from . import cbor

        return cbor.error(call, problem)
    if form == "ec2":
        text = (
            f"<Response><Errors><Error><Code>{escape(problem.code)}</Code><Message>{escape(problem.message)}</Message></Error>"
            f"</Errors><RequestID>{call.request_id}</RequestID></Response>"
        )
        return _xml(problem, text, call)
    if form == "query":
        # AWS answers the fault side as Sender for 4xx and Receiver for 5xx.
        side = "Sender" if problem.status < 500 else "Receiver"
        text = (
            f"<ErrorResponse><Error><Type>{side}</Type><Code>{escape(problem.code)}</Code>"
            f"<Message>{escape(problem.message)}</Message></Error><RequestId>{call.request_id}</RequestId></ErrorResponse>"
        )
        return _xml(problem, text, call)
    if form == "rest-xml":
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{escape(problem.code)}</Code>'
            f"<Message>{escape(problem.message)}</Message>"
            + "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in problem.members.items())
            + f"<RequestId>{call.request_id}</RequestId><HostId>aws-local</HostId></Error>"
        )
        reply = _xml(problem, text, call)
        if "Region" in problem.members:
            reply.headers.append(("x-amz-bucket-region", str(problem.members["Region"])))
        if call.method == "HEAD":
            reply.body = b""
        return reply
    status, headers, body = wire.json_error(problem, call.request_id)
    return Reply(status, headers, body)


def _xml(problem: AwsError, text: str, call: wire.Call) -> Reply:
    body = text.encode()
    headers = [
        ("Content-Type", "text/xml" if protocol(call) != "rest-xml" else "application/xml"),
        ("Content-Length", str(len(body))),
        ("x-amzn-RequestId" if protocol(call) != "rest-xml" else "x-amz-request-id", call.request_id),
    ]
    return Reply(problem.status, headers, body)
