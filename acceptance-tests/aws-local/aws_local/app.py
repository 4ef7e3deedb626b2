"""The WSGI application: control endpoints, faults, SageMaker, and moto behind."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from . import wire
from .services import AwsError

CONTROL = "/_aws-local/"


class Application:
    """Routes every request. `state` is the `aws_local.state.State` behind it."""

    def __init__(self, state: Any) -> None:
        self.state = state

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(CONTROL):
            return self._control(environ, start_response, path[len(CONTROL) :])
        call = wire.identify(environ)
        self.state.note(call)
        return self.answer(call, environ, start_response)

    def answer(self, call: wire.Call, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        """Answer one AWS call."""
        if call.service == "sagemaker":
            return self._sagemaker(call, environ, start_response)
        return self.state.behind(call, environ, start_response)

    def _sagemaker(self, call: wire.Call, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        try:
            params = wire.json_body(environ)
            answer = self.state.engine.handle(call.operation, call.region, params)
            body, status = wire.dump(answer), 200
        except AwsError as error:
            call.error = error.code
            status, headers, body = wire.json_error(error, call.request_id)
            start_response(wire.status_line(status), headers)
            return [body]
        start_response(
            "200 OK",
            [
                ("Content-Type", "application/x-amz-json-1.1"),
                ("Content-Length", str(len(body))),
                ("x-amzn-RequestId", call.request_id),
            ],
        )
        return [body]

    def _control(self, environ: dict[str, Any], start_response: Callable, name: str) -> Iterable[bytes]:
        from . import control

        try:
            params = wire.json_body(environ)
            answer = control.answer(self.state, environ["REQUEST_METHOD"], name, params)
            status = 200
        except AwsError as error:
            status, answer = error.status, {"error": error.code, "message": error.message}
        body = json.dumps(answer, indent=1, default=str).encode() + b"\n"
        start_response(
            wire.status_line(status), [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        )
        return [body]
