"""Labeling jobs: a scripted worker labels every object of the manifest with one of the categories.

The worker chooses the first category that the object's text names, else the first of all. Sources: API reference
CreateLabelingJob; developer guide sms-input-data-input-manifest, sms-label-cat-config-attributes, sms-data-output.
"""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Iterator
from typing import Any

from aws_local.services import AwsError, Record, Services

from . import inputs
from .jobs import Settings, shorten
from .sandbox import Control
from .script_mode import InputError

LOG_GROUP = "/aws/sagemaker/LabelingJobs"


class LabelingRun:
    """One labeling job from start to end."""

    def __init__(self, services: Services, record: Record, settings: Settings, control: Control):
        self.services, self.record, self.control = services, record, control
        self.request = record.request

    def run(self) -> None:
        """Do everything; every way to end sets the final status."""
        self.record.update("InProgress")
        try:
            self._label_all()
        except InputError as error:
            self._fail(f"ClientError: {error}")
        except AwsError as error:
            self._fail(f"ClientError: {error.code}: {error.message}")

    def _label_all(self) -> None:
        source = self.request["InputConfig"]["DataSource"].get("S3DataSource")
        if source is None:
            raise InputError("this local AWS has no streaming labeling jobs: use an S3DataSource")
        entries = list(self._entries(source["ManifestS3Uri"]))
        categories = self._categories()
        labeled: list[dict[str, Any]] = []
        for entry in entries:
            if self.control.stop.is_set() or len(labeled) >= self._most(len(entries)):
                break
            labeled.append(self._labeled(entry, categories))
            self._count(len(labeled), len(entries))
        lines = "".join(json.dumps(entry) + "\n" for entry in [*labeled, *entries[len(labeled) :]])
        where = self.request["OutputConfig"]["S3OutputPath"]
        uri = inputs.join_uri(where, self.record.name, "manifests/output/output.manifest")
        self.services.s3_put(uri, lines.encode())
        message = f"{len(labeled)} of {len(entries)} objects are labeled."
        self.services.put_logs(LOG_GROUP, self.record.name, [message])
        status = "Stopped" if self.control.stop.is_set() else "Completed"
        self._end(status, LabelingJobOutput={"OutputDatasetS3Uri": uri})

    def _entries(self, uri: str) -> Iterator[dict[str, Any]]:
        for number, line in enumerate(self._read(uri).splitlines(), 1):
            try:
                entry = json.loads(line)
            except ValueError as error:
                raise InputError(f"line {number} of the manifest {uri} is not JSON: {error}") from error
            if not isinstance(entry, dict) or not {"source", "source-ref"} & entry.keys():
                raise InputError(f"line {number} of the manifest {uri} has neither source nor source-ref")
            yield entry

    def _categories(self) -> list[str]:
        uri = self.request.get("LabelCategoryConfigS3Uri")
        if uri is None:
            raise InputError("this local AWS has no custom tasks: LabelCategoryConfigS3Uri is missing")
        try:
            return [str(each["label"]) for each in json.loads(self._read(uri))["labels"]]
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"the label categories {uri} cannot be read: {error!r}") from error

    def _read(self, uri: str) -> str:
        try:
            return self.services.s3_get(uri).decode()
        except AwsError as error:
            raise InputError(f"Data download failed: {uri}: {error.code}: {error.message}") from error

    def _labeled(self, entry: dict[str, Any], categories: list[str]) -> dict[str, Any]:
        text = str(entry["source"] if "source" in entry else self._read(entry["source-ref"])).lower()
        label = next((index for index, name in enumerate(categories) if name.lower() in text), 0)
        now = datetime.datetime.fromtimestamp(self.services.clock.now(), datetime.UTC)
        name = self.request["LabelAttributeName"]
        about = {
            "class-name": categories[label],
            "confidence": 1,
            "type": "groundtruth/text-classification",
            "job-name": f"labeling-job/{self.record.name.lower()}",
            "human-annotated": "yes",
            "creation-date": now.replace(tzinfo=None).isoformat(),
        }
        return {**entry, name: label, f"{name}-metadata": about}

    def _most(self, count: int) -> float:
        """API reference, LabelingJobStoppingConditions."""
        conditions = self.request.get("StoppingConditions") or {}
        share = conditions.get("MaxPercentageOfInputDatasetLabeled", 100)
        return min(conditions.get("MaxHumanLabeledObjectCount", count), count * share / 100)

    def _count(self, labeled: int, count: int) -> None:
        self.record.update(
            LabelCounters={
                "TotalLabeled": labeled,
                "HumanLabeled": labeled,
                "MachineLabeled": 0,
                "FailedNonRetryableError": 0,
                "Unlabeled": count - labeled,
            }
        )

    def _fail(self, reason: str) -> None:
        # A job does not fail because its log cannot be delivered.
        with contextlib.suppress(AwsError):
            self.services.put_logs(LOG_GROUP, self.record.name, [reason])
        self._end("Failed", FailureReason=shorten(reason))

    def _end(self, status: str, **members: Any) -> None:
        if not self.control.abort.is_set():
            self.record.update(status, **members)
