"""The threads in which jobs run, and what all kinds of jobs share."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from aws_local.services import AwsError, KindHooks, Record, Services

from .sandbox import Control

log = logging.getLogger(__name__)

FAILURE_REASON_LENGTH = 1024
"""Longest FailureReason (service model: shape FailureReason, max 1024)."""


@dataclass(frozen=True)
class Settings:
    """What can be set about running things."""

    stop_grace_seconds: float = 120
    """Time between SIGTERM and SIGKILL when a job is stopped (API reference: StopTrainingJob, 120 seconds)."""
    start_timeout_seconds: float = 60
    """How long a model server may take to answer /ping with 200 before its endpoint fails."""
    invocation_timeout_seconds: float = 60
    """How long a model server may take to answer a request (developer guide: containers must respond in 60 s)."""
    tuning_poll_seconds: float = 0.1
    """Pause between two looks at child jobs, in real seconds."""


class Jobs:
    """Runs each job in a thread; knows which run, so that they can be stopped or ended."""

    def __init__(self) -> None:
        self._running: dict[str, tuple[threading.Thread, Control]] = {}
        self._lock = threading.Lock()

    def start(self, services: Services, record: Record, body: Callable[[Control], None]) -> bool:
        """Run `body` for a record. What `body` raises ends the job as Failed with an internal error.

        False: the job was asked to fail by a control endpoint, which the engine sees to; nothing runs.
        """
        if "failure" in record.private:
            return False
        control = Control()

        def run() -> None:
            try:
                body(control)
            except Exception as error:
                log.exception("%s %s: the runtime failed", record.kind, record.name)
                if not control.abort.is_set():
                    # Not AWS's text: the cause is a fault of this tool and must be seen as such.
                    reason = f"InternalServerError: aws-local: {type(error).__name__}: {error}"
                    record.update("Failed", FailureReason=reason[:FAILURE_REASON_LENGTH])
            finally:
                with self._lock:
                    if self._running.get(record.arn, (None, None))[1] is control:
                        del self._running[record.arn]

        thread = threading.Thread(target=run, name=f"job-{record.name}", daemon=True)
        with self._lock:
            self._running[record.arn] = (thread, control)
        thread.start()
        return True

    def stop(self, arn: str) -> bool:
        """Ask a job to stop. False: no such job runs."""
        with self._lock:
            entry = self._running.get(arn)
        if entry:
            entry[1].stop.set()
        return entry is not None

    def abort(self, arn: str) -> None:
        """End a job at once, without a result."""
        with self._lock:
            entry = self._running.get(arn)
        if entry:
            entry[1].abort.set()

    def abort_all(self, timeout_seconds: float = 10) -> None:
        """End all jobs at once and wait until their processes and files are gone."""
        with self._lock:
            entries = list(self._running.values())
        for _, control in entries:
            control.abort.set()
        deadline = time.monotonic() + timeout_seconds
        for thread, _ in entries:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))


class Run(Protocol):
    """One run of a job, from its start to its end; every way to end sets the record's final status."""

    def __init__(self, services: Services, record: Record, settings: Settings, control: Control) -> None: ...

    def run(self) -> None:
        """Do everything."""


def job_hooks(
    jobs: Jobs, settings: Settings, run: type[Run], check: Callable[[Services, Record], None] | None = None
) -> KindHooks:
    """The hooks of a kind of job: it runs from its creation, or from being started again, to its end or its deletion.

    `check` may refuse the creation with an AwsError.
    """

    def start(services: Services, record: Record) -> bool:
        if check is not None:
            check(services, record)
        acting = services.as_role(role_of(services, record))
        return jobs.start(services, record, lambda control: run(acting, record, settings, control).run())

    def stop(services: Services, record: Record) -> bool:
        return jobs.stop(record.arn)

    def delete(services: Services, record: Record) -> None:
        jobs.abort(record.arn)

    return KindHooks(on_create=start, on_start=start, on_stop=stop, on_delete=delete)


def role_of(services: Services, record: Record) -> str | None:
    """The role that a job reads, writes and logs with: its own, or that of the model that it runs."""
    role = record.request.get("RoleArn")
    if role is None and "ModelName" in record.request:
        try:
            role = services.find("Model", record.request["ModelName"]).request.get("ExecutionRoleArn")
        except AwsError:
            return None
    return role


def shorten(reason: str) -> str:
    """A failure reason within the service's limit."""
    return reason if len(reason) <= FAILURE_REASON_LENGTH else reason[: FAILURE_REASON_LENGTH - 3] + "..."
