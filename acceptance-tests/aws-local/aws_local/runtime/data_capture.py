"""Writing what an endpoint was asked and answered to S3, as SageMaker's data capture does.

Source of layout and format: developer guide, pages model-monitor-data-capture-endpoint and model-monitor-data-capture;
API reference DataCaptureConfig, CaptureContentTypeHeader.
"""

from __future__ import annotations

import base64
import datetime
import functools
import json
import random
import threading
import uuid
from collections.abc import Mapping
from typing import Any

from aws_local.services import AwsError, Services

from .inputs import join_uri
from .publisher import Publisher

FILE_SECONDS = 60
FILE_RECORDS = 100


class DataCapture:
    """Captures the calls of one variant of an endpoint.

    Records of one minute share a file, which is rewritten soon after every record so that readers never wait long.
    """

    def __init__(
        self, services: Services, config: Mapping[str, Any], endpoint: str, variant: str, publisher: Publisher
    ):
        self._services, self._config, self._endpoint, self._variant = services, config, endpoint, variant
        self._publisher, self._waiting = publisher, False
        header = config.get("CaptureContentTypeHeader", {})
        self._csv = [item.lower() for item in header.get("CsvContentTypes", [])]
        self._json = [item.lower() for item in header.get("JsonContentTypes", [])]
        self._modes = {option["CaptureMode"] for option in config["CaptureOptions"]}
        self._random = random.Random(f"{endpoint}/{variant}")
        self._lock = threading.Lock()
        self._uri, self._opened, self._lines = "", 0.0, list[str]()

    def record(
        self, request: tuple[bytes, str], answer: tuple[bytes, str], inference_id: str | None, attributes: str | None
    ) -> None:
        """Capture one call: the bodies and content types of request and answer."""
        with self._lock:
            if self._random.uniform(0, 100) >= self._config["InitialSamplingPercentage"]:
                return
            now = self._services.clock.now()
            data = {}
            if self._modes & {"Input", "InputAndOutput"}:
                data["endpointInput"] = self._side("INPUT", *request)
            if self._modes & {"Output", "InputAndOutput"}:
                data["endpointOutput"] = self._side("OUTPUT", *answer)
            metadata = {"eventId": str(uuid.uuid4()), "inferenceTime": timestamp(now)}
            if inference_id:
                metadata["inferenceId"] = inference_id
            if attributes:
                metadata["customAttributes"] = [attributes]
            line = {"captureData": data, "eventMetadata": metadata, "eventVersion": "0"}
            self._append(json.dumps(line), now)

    def _append(self, line: str, now: float) -> None:
        if not self._lines or len(self._lines) >= FILE_RECORDS or now - self._opened >= FILE_SECONDS:
            if self._waiting:
                self._publisher.submit(functools.partial(self._write, self._uri, "\n".join(self._lines) + "\n"))
            self._opened, self._lines = now, []
            when = datetime.datetime.fromtimestamp(now, datetime.UTC)
            name = f"{when:%M-%S}-{when.microsecond // 1000:03d}-{uuid.uuid4()}.jsonl"
            self._uri = join_uri(
                self._config["DestinationS3Uri"], self._endpoint, self._variant, f"{when:%Y/%m/%d/%H}", name
            )
        self._lines.append(line)
        if not self._waiting:
            self._waiting = True
            self._publisher.submit(self._flush)

    def _flush(self) -> None:
        with self._lock:
            self._waiting = False
            uri, text = self._uri, "\n".join(self._lines) + "\n"
        self._write(uri, text)

    def _write(self, uri: str, text: str) -> None:
        try:
            self._services.s3_put(uri, text.encode(), "application/jsonlines")
        except AwsError as error:
            # The endpoint's log says why nothing is captured: the calls themselves succeed.
            self._services.put_logs(
                f"/aws/sagemaker/Endpoints/{self._endpoint}",
                f"{self._variant}/data-log",
                [f"cannot write captured data to {uri}: {error.code}: {error.message}"],
            )

    def _side(self, mode: str, body: bytes, content_type: str) -> dict[str, str]:
        bare = content_type.split(";")[0].strip().lower()
        encoding = "CSV" if bare in self._csv else "JSON" if bare in self._json else "BASE64"
        text = base64.b64encode(body).decode() if encoding == "BASE64" else body.decode("utf-8", "replace")
        return {"observedContentType": content_type, "mode": mode, "data": text, "encoding": encoding}


def timestamp(seconds: float) -> str:
    """ISO 8601 in UTC, whole seconds."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
