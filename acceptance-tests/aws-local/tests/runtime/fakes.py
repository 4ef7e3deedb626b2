"""A Services that keeps everything in memory, for tests of the runtime without the engine."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from aws_local.services import AwsError, Runtime

REGION = "eu-west-1"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ml"
FINAL = ("Completed", "Failed", "Stopped", "Succeeded")
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/sklearn:1"


class FakeClock:
    """Real time plus whatever a test adds."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def sleep(self, seconds: float, cancel: threading.Event | None = None) -> bool:
        end = self.now() + seconds
        while self.now() < end:
            if (cancel or threading.Event()).wait(0.01):
                return False
        return True


class FakeRecord:
    """One object of a kind."""

    def __init__(self, kind: str, name: str, request: dict[str, Any], status: str = "InProgress"):
        self.kind, self.name, self.request, self.region = kind, name, request, REGION
        self.arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{kind.lower()}/{name}"
        self.tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags") or ()}
        self.private: dict[str, Any] = {}
        self._status, self._output = status, dict[str, Any]()
        self.history: list[str] = []
        self._lock = threading.RLock()

    @property
    def status(self) -> str:
        with self._lock:
            return self._status

    @property
    def output(self) -> dict[str, Any]:
        with self._lock:
            return dict(self._output)

    def update(self, status: str | None = None, /, **members: Any) -> None:
        with self._lock:
            if status is not None:
                self._status = status
                self.history.append(status)
            for name, value in members.items():
                if value is None:
                    self._output.pop(name, None)
                else:
                    self._output[name] = value

    def wait(self, *statuses: str, seconds: float = 30) -> FakeRecord:
        """Wait until the status is one of these; fails the test when it does not come."""
        end = time.monotonic() + seconds
        while self.status not in statuses:
            assert self.status not in FINAL, f"{self.kind} {self.name} is {self.status}: {self.output}"
            assert time.monotonic() < end, f"{self.kind} {self.name} is {self.status}: {self.output}"
            time.sleep(0.02)
        return self


class FakeServices:
    """S3, logs and metrics in dictionaries; SageMaker calls go to handlers a test registers."""

    def __init__(self, temp_root: Path, allow_exec: bool = True):
        self.region, self.account_id, self.allow_exec, self.temp_root = REGION, ACCOUNT, allow_exec, temp_root
        temp_root.mkdir(parents=True, exist_ok=True)
        self.clock = FakeClock()
        self.environments: dict[str, Any] = {}
        self.endpoint_url = "http://127.0.0.1:9"
        self.objects: dict[str, bytes] = {}
        self.buckets = {"data"}
        self.logs: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.metrics: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.records: dict[tuple[str, str], FakeRecord] = {}
        self.handlers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "ListObjectsV2": self._list,
            "GetBucketLocation": self._locate,
        }
        self.calls: list[tuple[str, str, dict[str, Any]]] = []

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self.calls.append((service, operation, dict(params)))
        return self.handlers[operation](dict(params))

    def _list(self, params: dict[str, Any]) -> dict[str, Any]:
        if params["Bucket"] not in self.buckets:
            raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
        start = f"s3://{params['Bucket']}/"
        keys = sorted(uri.removeprefix(start) for uri in self.objects if uri.startswith(start))
        return {"Contents": [{"Key": key} for key in keys if key.startswith(params.get("Prefix", ""))]}

    def _locate(self, params: dict[str, Any]) -> dict[str, Any]:
        if params["Bucket"] not in self.buckets:
            raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
        return {"LocationConstraint": REGION}

    def find(self, kind: str, name: str) -> FakeRecord:
        for (its_kind, its_name), record in self.records.items():
            if its_kind == kind and name in (its_name, record.arn):
                return record
        raise AwsError("ValidationException", f"{kind} {name} does not exist.")

    def s3_download_object(self, uri: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.s3_get(uri))

    def s3_upload_directory(self, directory: Path, uri: str) -> list[str]:
        written = []
        for path in sorted(directory.rglob("*")):
            if path.is_file():
                written.append(f"{uri.rstrip('/')}/{path.relative_to(directory)}")
                self.s3_put(written[-1], path.read_bytes())
        return written

    def s3_put(self, uri: str, body: bytes, content_type: str = "application/octet-stream") -> None:
        self.objects[uri] = body

    def s3_get(self, uri: str) -> bytes:
        if uri not in self.objects:
            raise AwsError("NoSuchKey", "The specified key does not exist.", 404)
        return self.objects[uri]

    def put_logs(self, group: str, stream: str, lines: Iterable[str]) -> None:
        self.logs[group, stream].extend(lines)

    def put_metric_data(self, namespace: str, data: list[dict[str, Any]]) -> None:
        self.metrics[namespace].extend(data)

    def metric_data(self, since: float) -> list[dict[str, Any]]:
        return [
            {"Namespace": namespace, **item}
            for namespace, items in self.metrics.items()
            for item in items
            if item["Timestamp"] >= since
        ]

    def for_region(self, region: str) -> FakeServices:
        return self

    def as_role(self, arn: str | None) -> FakeServices:
        return self

    def wire(self, runtime: Runtime) -> None:
        """Let jobs create jobs: SageMaker calls reach the runtime's hooks, as they do behind the engine."""
        kinds = ("TrainingJob", "ProcessingJob", "TransformJob", "HyperParameterTuningJob", "Model")
        for kind in (*kinds, "ModelPackage", "ModelPackageGroup"):
            self.handlers[f"Create{kind}"] = self._creator(runtime, kind)
            self.handlers[f"Stop{kind}"] = self._stopper(runtime, kind)
            self.handlers[f"Describe{kind}"] = self._describer(kind)

    def _creator(self, runtime: Runtime, kind: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
        def create(params: dict[str, Any]) -> dict[str, Any]:
            name = params.get(f"{kind}Name", f"{kind}{len(self.records)}")
            record = self.add(kind, name, params)
            hooks = runtime.hooks.get(kind)
            if hooks and hooks.on_create:
                hooks.on_create(self, record)
            return {f"{kind}Arn": record.arn}

        return create

    def _stopper(self, runtime: Runtime, kind: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
        def stop(params: dict[str, Any]) -> dict[str, Any]:
            record = self.find(kind, params[f"{kind}Name"])
            record.update("Stopping")
            hook = runtime.hooks[kind].on_stop
            assert hook
            hook(self, record)
            return {}

        return stop

    def _describer(self, kind: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
        def describe(params: dict[str, Any]) -> dict[str, Any]:
            record = self.find(kind, params[f"{kind}Name"])
            names = {f"{kind}Arn": record.arn, f"{kind}Status": record.status}
            return {**record.request, **record.output, **names}

        return describe

    def add(self, kind: str, name: str, request: dict[str, Any], status: str = "InProgress") -> FakeRecord:
        """Store a record, as the engine does before it calls a hook."""
        record = FakeRecord(kind, name, request, status)
        self.records[kind, name] = record
        return record
