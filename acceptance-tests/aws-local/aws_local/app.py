"""The WSGI application: control endpoints, faults, SageMaker, and moto behind."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from email.utils import formatdate
from typing import Any

from . import answers, cbor, faults, front, model, presigned_pages, principals, reply, strict, wire, xml_form
from .behind import SERVED
from .reply import Reply
from .services import AwsError

CONTROL = "/_aws-local/"
_log = logging.getLogger("aws_local")


class Application:
    """Routes every request. `state` is the `aws_local.state.State` behind it."""

    def __init__(self, state: Any) -> None:
        self.state = state

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(CONTROL):
            return self._control(environ, path[len(CONTROL) :]).send(start_response)
        if presigned_pages.is_host(environ):
            return presigned_pages.page(self.state, environ).send(start_response)
        call = wire.identify(environ)
        self.state.note(call)
        fault = None
        try:
            self._read(call, environ)
            principals.check(self.state, call)
            fault = self.state.faults.match(call)
            if fault is not None:
                faults.before(fault, call, environ)
            answer = self._work(call, environ)
            if fault is not None:
                faults.after(fault, environ)
        except AwsError as error:
            answer = reply.error(call, error)
        except faults.Cut:
            call.entry.update(operation=call.operation, cut=True)
            start_response("500 Cut", [("Content-Length", "0"), ("Connection", "close")])
            return []
        except Exception as error:
            _log.exception("%s:%s", call.service, call.operation)
            answer = reply.error(call, defect(call, error))
        call.status = answer.status
        if not call.internal:
            call.entry.update(
                operation=call.operation, status=answer.status, **({"error": call.error} if call.error else {})
            )
        # AWS dates its answers by the clock that it dates its objects by.
        answer.headers = [header for header in answer.headers if header[0].lower() != "date"]
        answer.headers.append(("Date", formatdate(self.state.engine.clock.now(), usegmt=True)))
        return answer.send(start_response)

    def _read(self, call: wire.Call, environ: dict[str, Any]) -> None:
        if call.access_key == "":
            raise _no_such_key(call)
        if call.service == "sagemaker":
            call.params = wire.json_body(environ)
            return
        if call.service not in SERVED:
            raise AwsError("AwsLocalNotImplemented", f"aws-local does not serve {call.service}", 501)
        if call.service != "s3":
            wire.inflate(environ)
        if call.protocol == "cbor":
            cbor.to_json(call, environ)
        if call.service == "s3":
            front.s3.take_body(environ)
        strict.check(call, environ)
        served = {
            "s3": front.s3.SERVED,
            "ec2": front.ec2.INSTEAD,
            "pricing": front.pricing.INSTEAD,
            "resourcegroupstaggingapi": front.resource_tags.INSTEAD,
        }.get(call.service)
        if served is not None and call.operation not in served:
            raise AwsError(
                "AwsLocalNotImplemented", f"aws-local does not implement {call.service}:{call.operation}", 501
            )

    def _work(self, call: wire.Call, environ: dict[str, Any]) -> Reply:
        if call.service == "sagemaker":
            body = wire.dump(self.state.engine.handle(call.operation, call.region, call.params))
            if not call.operation.startswith(("Describe", "List", "Search")):
                self.state.interfaces.look()
                self.state.events.look()
            headers = [
                ("Content-Type", "application/x-amz-json-1.1"),
                ("Content-Length", str(len(body))),
                ("x-amzn-RequestId", call.request_id),
            ]
            return Reply(200, headers, body)
        if call.service == "sagemaker-runtime":
            return self.state.invoke(call, environ)
        key = (call.service, call.operation)
        instead = front.INSTEAD.get(key)
        made = instead(self.state, call, environ) if instead is not None else None
        if isinstance(made, Reply):
            return made
        answer = self._answer(call, made) if made is not None else self.state.moto(call, environ)
        mend = front.AFTER.get(key)
        if mend is not None and answer.status < 400:
            mend(self.state, call, environ, answer)
        answers.check(call, answer)
        if call.protocol == "cbor":
            return cbor.from_json(call, answer)
        return answer

    @staticmethod
    def _answer(call: wire.Call, members: dict[str, Any]) -> Reply:
        form = {"query": xml_form.query, "ec2": xml_form.ec2}.get(reply.protocol(call))
        if form is not None:
            operation = model.operation_model(call.service, call.operation)
            body, kind = form(operation, members, call.request_id).encode(), "text/xml"
        else:
            body, kind = wire.dump(members), "application/x-amz-json-1.0"
        headers = [
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("x-amzn-RequestId", call.request_id),
        ]
        return Reply(200, headers, body)

    def _control(self, environ: dict[str, Any], name: str) -> Reply:
        from . import control

        try:
            answer, status = control.answer(self.state, environ["REQUEST_METHOD"], name, wire.json_body(environ)), 200
        except AwsError as error:
            status, answer = error.status, {"error": error.code, "message": error.message}
        body = json.dumps(answer, indent=1, default=str).encode() + b"\n"
        return Reply(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))], body)


def _no_such_key(call: wire.Call) -> AwsError:
    """A signature with an empty access key id."""
    if call.service == "s3":
        # Source: Amazon S3 API reference, List of error codes.
        return AwsError("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403)
    code = "InvalidClientTokenId" if reply.protocol(call) == "query" else "UnrecognizedClientException"
    # Source: "Common errors" of each API reference (codes); text ours.
    return AwsError(code, "The security token included in the request is invalid.", 403)


def defect(call: wire.Call, error: Exception) -> AwsError:
    """A fault of our own, named loudly, in a status that no SDK retries."""
    if isinstance(error, NotImplementedError):
        return AwsError("AwsLocalNotImplemented", f"aws-local does not implement {call.service}:{call.operation}", 501)
    return AwsError("AwsLocalDefect", f"aws-local failed in {call.service}:{call.operation}: {error!r}", 501)
