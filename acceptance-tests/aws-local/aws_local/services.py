"""What the parts that really run things (`aws_local.runtime`) and the SageMaker engine agree on.

The engine owns records and statuses; the runtime owns processes and files. Neither imports the other's modules: the
engine hands the runtime a `Services`, the runtime hands back a `Runtime` whose hooks the engine calls.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol


class AwsError(Exception):
    """An error as AWS sends it.

    `code` is the error code on the wire (`ValidationException`), `message` AWS's text, `status` the HTTP status
    (400 unless the service model says otherwise), `members` further members of the error shape.
    """

    def __init__(self, code: str, message: str, status: int = 400, **members: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = members


class Clock(Protocol):
    """The time of the local AWS, which may run faster than real time or stand still until it is advanced."""

    def now(self) -> float:
        """Seconds since the epoch, on this clock."""

    def sleep(self, seconds: float, cancel: threading.Event | None = None) -> bool:
        """Wait `seconds` of this clock. True: they passed; False: `cancel` was set before."""


class Record(Protocol):
    """One object of a kind, for instance one training job. All members may be used from any thread."""

    @property
    def kind(self) -> str:
        """The row's name in the table of kinds: `TrainingJob`, `Endpoint`, `PipelineExecution`, ..."""

    @property
    def name(self) -> str:
        """The object's name or identifier."""

    @property
    def arn(self) -> str: ...

    @property
    def region(self) -> str: ...

    @property
    def request(self) -> dict[str, Any]:
        """The create request as it was sent (merged with later updates). Do not change it in place."""

    @property
    def tags(self) -> dict[str, str]:
        """Its tags. Do not change them in place."""

    @property
    def status(self) -> str:
        """The present status, after due transitions."""

    @property
    def output(self) -> dict[str, Any]:
        """A copy of the members that Describe answers in addition to what was sent."""

    @property
    def private(self) -> dict[str, Any]:
        """Data that Describe never shows. Must stay picklable: snapshots keep it.

        The engine reads: `PipelineExecution` `steps` (list of PipelineExecutionStep dicts, in order of start) and
        `parameters`; `MonitoringSchedule` `executions` (list of MonitoringExecutionSummary dicts, newest first).
        """

    def update(self, status: str | None = None, /, **members: Any) -> None:
        """Set the status (if given) and output members in one step; a member set to None is removed.

        A status set here ends every transition that was still planned by timers.
        """


class Services(Protocol):
    """Everything the runtime may use of the local AWS."""

    region: str
    account_id: str
    clock: Clock
    allow_exec: bool
    """Whether user code may be run at all. False: hooks must start no process."""
    environments: Mapping[str, Any]
    """Image URI (or a pattern with `*`) to the Python environment that stands for it; `*` is the default."""
    endpoint_url: str | None
    """Where clients, among them the scripts of jobs, reach the local AWS."""
    temp_root: Path
    """A folder that is removed at exit; put every temporary file below it."""

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation the way a client would, with all checks, but in-process. `service` is boto3's name.

        Returns the output members (botocore's types). Raises AwsError.
        """

    def find(self, kind: str, name: str) -> Record:
        """The record of that kind and name (or ARN). Raises the kind's not-found AwsError."""

    def s3_download_object(self, uri: str, path: Path) -> None: ...

    def s3_upload_directory(self, directory: Path, uri: str) -> list[str]:
        """Upload every file below `directory` under the prefix `uri`; returns the URIs written."""

    def s3_put(self, uri: str, body: bytes, content_type: str = "application/octet-stream") -> None: ...

    def s3_get(self, uri: str) -> bytes: ...

    def put_logs(self, group: str, stream: str, lines: Iterable[str]) -> None:
        """Append lines to CloudWatch Logs, creating group and stream when they do not exist."""

    def put_metric_data(self, namespace: str, data: list[dict[str, Any]]) -> None: ...

    def metric_data(self, since: float) -> list[dict[str, Any]]:
        """Every datum put to CloudWatch in the region since then, as PutMetricData takes it, each with its `Namespace`.

        Alarms need the single values: the statistics of GetMetricData have no percentiles here.
        """

    def as_role(self, arn: str | None) -> Services:
        """The same local AWS, as far as the permissions of a role go: its calls may raise AccessDenied. None: without limits."""

    def for_region(self, region: str) -> Services:
        """The same local AWS, seen in another region."""


Hook = Callable[[Services, Record], bool | None]


@dataclass(frozen=True)
class KindHooks:
    """What the runtime does when an object of a kind is created, changed, stopped, deleted.

    Hooks are called inside the API call, after the record is stored, and must return quickly: long work belongs in a
    thread of the runtime's own. An AwsError raised by `on_create` refuses the call and removes the record again.
    """

    on_create: Hook | None = None
    """True: the runtime drives the record's status from here on; False or None: the engine's timers do."""
    on_update: Hook | None = None
    """Called with the merged request. True: the runtime sets the final status (after the engine set Updating)."""
    on_stop: Hook | None = None
    """The engine has set Stopping. True: the runtime will set the final status."""
    on_delete: Hook | None = None
    """Release whatever the object holds. The return value is ignored."""
    on_start: Hook | None = None
    """StartNotebookInstance, StartMonitoringSchedule, RetryPipelineExecution. True: the runtime drives the status."""


@dataclass(frozen=True)
class Invocation:
    """One InvokeEndpoint request."""

    endpoint: Record
    body: bytes
    content_type: str
    accept: str
    custom_attributes: str | None = None
    target_variant: str | None = None
    inference_id: str | None = None
    inference_component: str | None = None


@dataclass(frozen=True)
class InvocationResult:
    """What a model server answered."""

    body: bytes
    content_type: str
    invoked_variant: str
    custom_attributes: str | None = None


@dataclass
class Runtime:
    """What `aws_local.runtime.start(services)` returns."""

    hooks: Mapping[str, KindHooks] = field(default_factory=dict)
    """Kind name to hooks."""
    invoke: Callable[[Services, Invocation], InvocationResult] | None = None
    """Serve InvokeEndpoint. Raises AwsError ModelError (status 424) when the model server fails."""
    check_pipeline: Callable[[Services, dict[str, Any]], None] | None = None
    """Check a parsed pipeline definition. Raises AwsError ValidationException."""
    check_selection: Callable[[dict[str, Any], dict[str, Any], list[dict[str, Any]] | None], None] | None = None
    """Check a SelectiveExecutionConfig against a definition and the steps of the execution whose results it uses.

    Raises AwsError ValidationException.
    """
    evaluate_alarms: Callable[[Services], bool] | None = None
    """Bring the state of all alarms of the region up to date. Called before alarms are read and once a second.

    False: it was not done, because it is under way or was done a moment ago.
    """
    resume: Callable[[Services, Record], None] = lambda services, record: None
    """Take up a record of a restored snapshot: what was under way when the snapshot was made has to run again."""
    reset: Callable[[], None] = lambda: None
    """End everything that runs (state was reset or restored)."""
    close: Callable[[], None] = lambda: None
    """End everything that runs, for good."""
