"""Batch transform: every object of a prefix through a model server.

Sources: API reference CreateTransformJob, TransformInput, TransformOutput, DataProcessing; developer guide
batch-transform (names of results), batch-transform-data-processing (filters and join), logging-cloudwatch.
"""

from __future__ import annotations

import contextlib
from typing import Any

from aws_local.services import AwsError, Record, Services

from . import inputs, json_path
from .jobs import Settings, shorten
from .model_server import Answer, Chain, StartError
from .sandbox import Control
from .script_mode import InputError

LOG_GROUP = "/aws/sagemaker/TransformJobs"
SEE_LOGS = "See job logs for more information"
MEGABYTE = 1024 * 1024
DEFAULT_PAYLOAD_MEGABYTES = 6
"""Source: service model, CreateTransformJobRequest$MaxPayloadInMB."""


class TransformError(Exception):
    """The job fails; the text is its failure reason."""


class Transformer:
    """The data side of one transform job: splitting, filtering, asking, joining, assembling."""

    def __init__(self, request: dict[str, Any], log: Any):
        source, target = request["TransformInput"], request["TransformOutput"]
        self._content_type = source.get("ContentType", "application/octet-stream")
        self._split = source.get("SplitType", "None")
        self._accept = target.get("Accept") or "*/*"
        self._assemble = target.get("AssembleWith", "None")
        self._single = request.get("BatchStrategy") == "SingleRecord"
        self._limit = request.get("MaxPayloadInMB", DEFAULT_PAYLOAD_MEGABYTES) * MEGABYTE or None
        processing = request.get("DataProcessing", {})
        self._input_filter = processing.get("InputFilter", "$")
        self._output_filter = processing.get("OutputFilter", "$")
        self._join = processing.get("JoinSource", "None") == "Input"
        self._log = log

    def transform(self, data: bytes, ask: Any) -> bytes:
        """The result for one object; `ask(body, content_type, accept)` asks the model. Raises TransformError."""
        if self._split not in ("None", "Line"):
            raise TransformError(f"ClientError: this local AWS cannot split by {self._split}: use Line or None")
        parts: list[bytes] = []
        for batch in self._batches(data):
            body = self._filtered(batch)
            answer: Answer = ask(body, self._content_type, self._accept)
            if not 200 <= answer.status < 300:
                self._log(f"Bad HTTP status received from algorithm: {answer.status}")
                self._log(answer.body.decode("utf-8", "replace"))
                raise TransformError(f"{'ClientError' if answer.status < 500 else 'AlgorithmError'}: {SEE_LOGS}")
            parts.append(self._result(batch, answer))
        if self._assemble == "Line":
            return b"".join(part.rstrip(b"\n") + b"\n" for part in parts)
        return b"".join(parts)

    def _batches(self, data: bytes) -> list[bytes]:
        if self._split == "None":
            self._check(data)
            return [data]
        lines = [line for line in data.splitlines() if line]
        if self._single:
            for line in lines:
                self._check(line)
            return lines
        batches: list[bytes] = []
        batch: list[bytes] = []
        size = 0
        for line in lines:
            self._check(line)
            if batch and self._limit and size + len(line) + 1 > self._limit:
                batches.append(b"\n".join(batch))
                batch, size = [], 0
            batch.append(line)
            size += len(line) + 1
        return [*batches, b"\n".join(batch)] if batch else batches

    def _check(self, payload: bytes) -> None:
        if self._limit and len(payload) > self._limit:
            self._log(f"Payload of {len(payload)} bytes is larger than MaxPayloadInMB ({self._limit // MEGABYTE})")
            raise TransformError(f"ClientError: {SEE_LOGS}")

    def _filtered(self, batch: bytes) -> bytes:
        if self._input_filter == "$":
            return batch
        records = json_path.parse_records(batch, self._content_type)
        return json_path.write_records(
            [json_path.select(record, self._input_filter) for record in records], self._content_type
        )

    def _result(self, batch: bytes, answer: Answer) -> bytes:
        if not self._join and self._output_filter == "$":
            return answer.body
        results = json_path.parse_records(answer.body, answer.content_type)
        if self._join:
            records = json_path.parse_records(batch, self._content_type)
            if len(results) == 1 and isinstance(results[0], list) and len(results[0]) == len(records) > 1:
                results = results[0]
            if len(results) != len(records):
                self._log(f"Fail to join data: {len(records)} records in, {len(results)} results out")
                raise TransformError(f"ClientError: {SEE_LOGS}")
            results = [json_path.join(record, result) for record, result in zip(records, results, strict=True)]
        selected = [json_path.select(record, self._output_filter) for record in results]
        kind = self._content_type if self._join else answer.content_type
        return json_path.write_records(selected, kind)


class TransformRun:
    """One transform job from start to end."""

    def __init__(self, services: Services, record: Record, settings: Settings, control: Control):
        self.services, self.record, self.settings, self.control = services, record, settings, control
        self.request = record.request

    def run(self) -> None:
        """Do everything; every way to end sets the final status."""
        self.record.update("InProgress", TransformStartTime=self.services.clock.now())
        stream = f"{self.record.name}/i-local"
        try:
            chain = Chain.start(
                self.services,
                self.request["ModelName"],
                variant="transform",
                log_group=LOG_GROUP,
                log_stream=stream,
                timeout_seconds=self.settings.start_timeout_seconds,
                stopped=self.control.abort,
                variables=self.request.get("Environment"),
            )
        except StartError as error:
            self._end("Failed", FailureReason=shorten(f"ClientError: {error}"))
            return
        try:
            self._transform_all(chain, stream)
        except TransformError as error:
            self._end("Failed", FailureReason=shorten(str(error)))
        except InputError as error:
            self._end("Failed", FailureReason=shorten(f"ClientError: {error}"))
        except OSError as error:
            self._end("Failed", FailureReason=shorten(f"AlgorithmError: the model server does not answer: {error}"))
        except AwsError as error:
            reason = f"ClientError: {error.code}: {error.message}"
            self._end("Failed", FailureReason=shorten(reason))
        finally:
            chain.close()

    def _transform_all(self, chain: Chain, stream: str) -> None:
        def log(line: str) -> None:
            # A job does not fail because its log cannot be delivered.
            with contextlib.suppress(AwsError):
                self.services.put_logs(LOG_GROUP, f"{stream}/data-log", [line])

        def ask(body: bytes, content_type: str, accept: str) -> Answer:
            headers = {"Content-Type": content_type, "Accept": accept}
            return chain.invoke(body, headers, self.settings.invocation_timeout_seconds)[1]

        transformer = Transformer(self.request, log)
        target = self.request["TransformOutput"]["S3OutputPath"]
        for uri, name in self._objects():
            if self.control.abort.is_set():
                return
            if self.control.stop.is_set():
                self._end("Stopped")
                return
            result = transformer.transform(self.services.s3_get(uri), ask)
            self.services.s3_put(inputs.join_uri(target, f"{name}.out"), result)
        self._end("Completed")

    def _objects(self) -> list[tuple[str, str]]:
        """The objects to transform as (URI, path below the prefix)."""
        source = self.request["TransformInput"]["DataSource"]["S3DataSource"]
        uri = source["S3Uri"]
        if source["S3DataType"] == "ManifestFile":
            return inputs.manifest_objects(self.services, uri)
        bucket, prefix = inputs.split_uri(uri)
        keys = inputs.list_keys(self.services, uri)
        if not keys:
            raise InputError(f'No S3 objects found under S3 URL "{uri}"')
        return [(f"s3://{bucket}/{key}", inputs.relative_name(key, prefix)) for key in keys]

    def _end(self, status: str, **members: Any) -> None:
        if not self.control.abort.is_set():
            self.record.update(status, TransformEndTime=self.services.clock.now(), **members)


def check(services: Services, record: Record) -> None:
    """Refuse a job whose input prefix is empty. Raises ValidationException."""
    model = services.find("Model", record.request["ModelName"])
    uri = record.request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
    inputs.check_not_empty(services, uri, model.request.get("ExecutionRoleArn", ""))
