"""Faults on demand: by operation, by order, a number of times or with a seeded probability."""

from __future__ import annotations

import collections
import itertools
import logging
import random
import re
import select
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from . import wire
from .services import AwsError

KINDS = ("throttle", "500", "error", "latency", "cut_before", "cut_after", "pause", "wrong_region", "expired_token")

# Ready-made errors. Sources: SageMaker API reference, common errors (throttle); Amazon S3 API reference and IAM user guide (the others).
_ERRORS = {
    "throttle": ("ThrottlingException", "Rate exceeded", 400),
    "500": (
        "InternalFailure",
        "The request processing has failed because of an unknown error, exception or failure.",
        500,
    ),
    "expired_token": ("ExpiredTokenException", "The security token included in the request is expired", 400),
}
_S3_ERRORS = {
    "throttle": ("SlowDown", "Please reduce your request rate.", 503),
    "500": ("InternalError", "We encountered an internal error. Please try again.", 500),
    "expired_token": ("ExpiredToken", "The provided token has expired.", 400),
}


GIVEN = (
    "operation", "kind", "times", "skip", "probability", "seed", "code", "message", "status", "seconds", "when", "name",
)  # fmt: skip
"""The members of a fault that a user gives."""


class Cut(Exception):
    """The connection was cut; nothing can be answered."""


@dataclass
class Fault:
    """One fault. `operation` is a regular expression over `service:Operation`, for instance `sagemaker:Create.*`."""

    operation: str
    kind: str
    times: int | None = 1
    """How often it strikes; None: for ever."""
    skip: int = 0
    """How many matching calls pass before it strikes."""
    probability: float = 1.0
    seed: int = 0
    code: str = "InternalFailure"
    message: str = "injected"
    status: int = 500
    seconds: float = 0.0
    """latency: real seconds to wait. pause: the longest time to hold, 0 for as long as it takes."""
    when: str = "before"
    """pause: `before` or `after` the work."""
    name: str | None = None
    """Only calls whose request names this object (any string member with that value)."""
    id: int = 0
    struck: int = 0
    held: int = 0
    seen: int = 0
    released: threading.Event = field(default_factory=threading.Event, repr=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise AwsError("InvalidFault", f"unknown fault kind {self.kind!r}; known: {', '.join(KINDS)}", 400)
        if self.when not in ("before", "after"):
            raise AwsError("InvalidFault", f"when must be before or after, not {self.when!r}", 400)
        try:
            self._pattern = re.compile(self.operation)
        except re.error as error:
            raise AwsError(
                "InvalidFault", f"operation {self.operation!r} is not a regular expression: {error}", 400
            ) from error
        self._seen: collections.Counter[str] = collections.Counter()

    def strikes(self, call: wire.Call) -> bool:
        """Whether it strikes this call. Counts the call."""
        operation = f"{call.service}:{call.operation}"
        if not self._pattern.fullmatch(operation):
            return False
        if self.name is not None and not _names(call.params, self.name):
            return False
        self.seen += 1
        self._seen[operation] += 1
        if self.seen <= self.skip or (self.times is not None and self.struck >= self.times):
            return False
        # Counted by operation, so that calls at the same time, in whatever order, do not change what befalls the others.
        if random.Random(f"{self.seed} {self.kind} {operation} {self._seen[operation]}").random() >= self.probability:
            return False
        self.struck += 1
        return True

    def shown(self) -> dict[str, Any]:
        """The fault as data."""
        return {name: getattr(self, name) for name in ("id", *GIVEN, "seen", "struck", "held")}


def _names(params: Any, name: str) -> bool:
    return isinstance(params, dict) and any(value == name for value in params.values())


class Faults:
    """The faults in force, in order; at most one strikes a call."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)
        self._lock = threading.Lock()

    def add(self, members: dict[str, Any]) -> Fault:
        """Put a fault in force. Raises AwsError InvalidFault."""
        unknown = set(members) - set(GIVEN)
        if unknown or not {"operation", "kind"} <= set(members):
            raise AwsError("InvalidFault", f"a fault needs operation and kind, and knows no {sorted(unknown)}", 400)
        fault = Fault(**members)
        with self._lock:
            fault.id = next(self._ids)
            self._faults.append(fault)
        return fault

    def list(self) -> list[dict[str, Any]]:
        """The faults in force."""
        return [fault.shown() for fault in self._faults]

    def clear(self, number: int | None = None) -> None:
        """Remove one fault or all; what they hold is released."""
        self.release(number)
        with self._lock:
            self._faults = [fault for fault in self._faults if number is not None and fault.id != number]

    def release(self, number: int | None = None) -> None:
        """Let go the calls that a pause holds."""
        for fault in self._faults:
            if number is None or fault.id == number:
                fault.released.set()

    def match(self, call: wire.Call) -> Fault | None:
        """The fault that strikes a call."""
        if not self._faults or call.internal:
            return None
        with self._lock:
            return next((fault for fault in self._faults if fault.strikes(call)), None)


def before(fault: Fault, call: wire.Call, environ: dict[str, Any]) -> None:
    """What a fault does before the work. Raises AwsError or Cut."""
    kind = fault.kind
    if kind == "latency":
        time.sleep(fault.seconds)
    elif kind == "cut_before":
        cut(environ)
    elif kind == "pause" and fault.when == "before":
        hold(fault, environ)
    elif kind == "error":
        raise AwsError(fault.code, fault.message, fault.status)
    elif kind == "wrong_region":
        raise AwsError(
            "PermanentRedirect" if call.service == "s3" else "InvalidSignatureException",
            "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all "
            "future requests to this endpoint."
            if call.service == "s3"
            else f"Credential should be scoped to a valid region, not '{call.region}'.",
            301 if call.service == "s3" else 400,
            **(
                {"Region": fault.code if fault.code != "InternalFailure" else "eu-west-1"}
                if call.service == "s3"
                else {}
            ),
        )
    elif kind in _ERRORS:
        raise AwsError(*(_S3_ERRORS if call.service == "s3" else _ERRORS)[kind])


def after(fault: Fault, environ: dict[str, Any]) -> None:
    """What a fault does after the work was done. Raises Cut."""
    if fault.kind == "cut_after":
        cut(environ)
    elif fault.kind == "pause" and fault.when == "after":
        hold(fault, environ)


def cut(environ: dict[str, Any]) -> None:
    """Cut the client's connection."""
    connection = _socket(environ)
    if connection is not None:
        try:
            # close() alone would leave the client hanging: files made from the socket still refer to it.
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            logging.getLogger("aws_local.faults").debug("the client was gone before the cut")
    raise Cut


def hold(fault: Fault, environ: dict[str, Any]) -> None:
    """Hold the call until it is released, its time is over or the client is gone."""
    connection = _socket(environ)
    until = time.monotonic() + fault.seconds if fault.seconds else None
    fault.held += 1
    try:
        while not fault.released.wait(0.05):
            if until is not None and time.monotonic() > until:
                return
            if connection is not None and _closed(connection):
                raise Cut
    finally:
        fault.held -= 1


def _socket(environ: dict[str, Any]) -> Any:
    connection = environ.get("aws_local.connection")
    return getattr(connection, "socket", None)


def _closed(connection: Any) -> bool:
    try:
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True
