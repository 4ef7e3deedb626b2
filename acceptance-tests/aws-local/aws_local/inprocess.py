"""`Services` for the runtime: every call takes the same path as one over HTTP, without a socket."""

from __future__ import annotations

import copy
import datetime
import io
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from . import uris
from .services import AwsError


class InProcess:
    """What the runtime sees of the local AWS, in one region."""

    def __init__(self, state: Any, application: Any, region: str) -> None:
        self._state = state
        self._application = application
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        self.region = region
        self.account_id = state.engine.account_id
        self.clock = state.clock
        self.allow_exec = state.allow_exec
        self.environments = state.environments
        self.temp_root = state.temp_root
        self._role: str | None = None

    @property
    def endpoint_url(self) -> str | None:
        """Where clients reach the local AWS; None while it does not listen."""
        return self._state.endpoint_url

    def for_region(self, region: str) -> InProcess:
        """The same local AWS, seen in another region."""
        return self._state.services(region).as_role(self._role)

    def as_role(self, arn: str | None) -> InProcess:
        """The same local AWS, as far as the permissions of a role go; None: without limits."""
        made = copy.copy(self)
        made._role = arn
        return made

    def find(self, kind: str, name: str) -> Any:
        """The record of that kind and name (or ARN). Raises the kind's not-found AwsError."""
        return self._state.engine.find(kind, name, self.region)

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation the way a client would. Raises AwsError."""
        from botocore.exceptions import ClientError

        if service == "lambda":
            return self._invoke_function(dict(params))
        if self._role is not None:
            self._state.role_checks.check_call(self._role, self.region, service, operation, dict(params))
        try:
            answer = self._client(service)._make_api_call(operation, dict(params))
        except ClientError as error:
            told = error.response.get("Error", {})
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
            raise AwsError(told.get("Code", "Unknown"), told.get("Message", ""), status) from error
        answer.pop("ResponseMetadata", None)
        return answer

    def _invoke_function(self, params: dict[str, Any]) -> dict[str, Any]:
        """What a function returns that a test has registered. Raises AwsError. Source: Lambda API reference, Invoke, text ours."""
        arn = params["FunctionName"]
        if self._role is not None:
            self._state.role_checks.check_call(self._role, self.region, "lambda", "Invoke", params)
        function = self._state.functions.get(arn)
        if function is None:
            raise AwsError(
                "ResourceNotFoundException",
                f"Function not found: {arn}. Here a function is what `POST /_aws-local/function` says that it returns.",
                404,
            )
        if "fails" in function:
            raise AwsError("FunctionError", function["fails"])
        return dict(function["returns"])

    def _client(self, service: str) -> Any:
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._make_client(service)
            return self._clients[service]

    def _make_client(self, service: str) -> Any:
        import botocore.session
        from botocore.config import Config

        client = botocore.session.Session().create_client(
            service,
            region_name=self.region,
            endpoint_url="http://127.0.0.1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(
                retries={"total_max_attempts": 1},
                parameter_validation=False,
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )
        client.meta.events.register("before-send", self._send)
        return client

    def _send(self, request: Any, **_: Any) -> Any:
        """Answer a prepared botocore request without a socket."""
        from botocore.awsrequest import AWSResponse

        from .reply import capture

        parts = urlsplit(request.url)
        body = request.body or b""
        if hasattr(body, "read"):
            body = body.read()
        if isinstance(body, str):
            body = body.encode()
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        environ = {
            "REQUEST_METHOD": request.method,
            "PATH_INFO": unquote(parts.path, "latin-1") or "/",
            "SCRIPT_NAME": "",
            "QUERY_STRING": parts.query,
            "RAW_URI": target,
            "REQUEST_URI": target,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.version": (1, 0),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "HTTP_HOST": "127.0.0.1",
            "aws_local.internal": True,
            "aws_local.body": body,
        }
        for name, value in request.headers.items():
            key = name.upper().replace("-", "_")
            text = value.decode() if isinstance(value, bytes) else str(value)
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = text
        environ.pop("HTTP_CONTENT_LENGTH", None)
        reply = capture(self._application, environ)
        headers = {name: value for name, value in reply.headers}
        return AWSResponse(request.url, reply.status, _Headers(headers), _Raw(reply.body))

    # -- conveniences --------------------------------------------------------------------------------------------

    def s3_get(self, uri: str) -> bytes:
        """The bytes of an object."""
        bucket, key = split_uri(uri)
        return self.call("s3", "GetObject", {"Bucket": bucket, "Key": key})["Body"].read()

    def s3_put(self, uri: str, body: bytes, content_type: str = "application/octet-stream") -> None:
        """Write an object."""
        bucket, key = split_uri(uri)
        self.call("s3", "PutObject", {"Bucket": bucket, "Key": key, "Body": body, "ContentType": content_type})

    def s3_download_object(self, uri: str, path: Path) -> None:
        """Download an object to a file."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.s3_get(uri))

    def s3_upload_directory(self, directory: Path, uri: str) -> list[str]:
        """Upload every file below a directory under a prefix; returns the URIs written."""
        directory = Path(directory)
        written = []
        for path in sorted(each for each in directory.rglob("*") if each.is_file()):
            target = f"{uri.rstrip('/')}/{path.relative_to(directory).as_posix()}"
            self.s3_put(target, path.read_bytes())
            written.append(target)
        return written

    def put_logs(self, group: str, stream: str, lines: Iterable[str]) -> None:
        """Append lines to CloudWatch Logs, creating group and stream when they do not exist."""
        now = int(self.clock.now() * 1000)
        events = [{"timestamp": now, "message": line or " "} for line in lines]
        for operation, params in (
            ("CreateLogGroup", {"logGroupName": group}),
            ("CreateLogStream", {"logGroupName": group, "logStreamName": stream}),
        ):
            try:
                self.call("logs", operation, params)
            except AwsError as error:
                if error.code != "ResourceAlreadyExistsException":
                    raise
        for start in range(0, len(events), 1000):
            self.call(
                "logs",
                "PutLogEvents",
                {"logGroupName": group, "logStreamName": stream, "logEvents": events[start : start + 1000]},
            )

    def put_metric_data(self, namespace: str, data: list[dict[str, Any]]) -> None:
        """Put metric data; at most 1,000 in one call (API reference)."""
        for start in range(0, len(data), 1000):
            self.call("cloudwatch", "PutMetricData", {"Namespace": namespace, "MetricData": data[start : start + 1000]})

    def metric_data(self, since: float) -> list[dict[str, Any]]:
        """Every datum put to CloudWatch in the region since then."""
        found = []
        for datum in list(self._state.moto.backend("cloudwatch", self.region).metric_data):
            # moto keeps times as UTC, mostly without saying so.
            at = (
                datum.timestamp if datum.timestamp.tzinfo else datum.timestamp.replace(tzinfo=datetime.UTC)
            ).timestamp()
            if at < since:
                continue
            made: dict[str, Any] = {
                "Namespace": datum.namespace,
                "MetricName": datum.name,
                "Timestamp": at,
                "Unit": datum.unit or "None",
                "Dimensions": [{"Name": each.name, "Value": each.value} for each in datum.dimensions],
            }
            if hasattr(datum, "value"):
                made["Value"] = datum.value
            else:
                made["StatisticValues"] = {
                    "SampleCount": datum.sample_count,
                    "Sum": datum.sum,
                    "Minimum": datum.min,
                    "Maximum": datum.max,
                }
            found.append(made)
        return found


def split_uri(uri: str) -> tuple[str, str]:
    """Bucket and key of a location in S3. Raises AwsError for anything else."""
    try:
        return uris.split(uri)
    except ValueError as error:
        # Source: service model, pattern of S3Uri; text ours.
        raise AwsError("ValidationException", f"{uri!r} is not an S3 URI.") from error


class _Headers(dict):
    """botocore looks headers up in lower case."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__({name.lower(): value for name, value in headers.items()})

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)

    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return super().__contains__(str(name).lower())


class _Raw(io.BytesIO):
    """Stands for urllib3's response."""

    def stream(self, amt: int = 65536, decode_content: bool | None = None) -> Iterable[bytes]:
        """The body in pieces."""
        while piece := self.read(amt):
            yield piece

    def read(self, amt: int | None = None, **_: Any) -> bytes:
        """Some of the body."""
        return super().read(-1 if amt is None else amt)

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer."""
        return super().readinto(buffer)
