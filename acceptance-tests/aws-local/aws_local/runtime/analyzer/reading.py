"""Reading CSV, JSON lines and captured data into rows."""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NULLS = frozenset({"", "null", "none", "nan", "na"})


@dataclass
class Dataset:
    """Rows of texts; None is a missing value."""

    names: list[str] | None = None
    """Column names, if the data has them."""
    rows: list[list[str | None]] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    """For captured data, the inference or event id of each row."""
    outputs: int = 0
    """How many of the first columns are the model's outputs."""

    def add(self, row: list[str | None], names: list[str] | None = None, event: str = "") -> None:
        if self.names is None and names:
            self.names = names
        if names and self.names and names != self.names:
            by_name = dict(zip(names, row, strict=False))
            self.names += [name for name in names if name not in self.names]
            row = [by_name.get(name) for name in self.names]
        self.rows.append(row)
        self.events.append(event)

    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)


def text_of(value: Any) -> str | None:
    """A value as text, None when it is missing."""
    if value is None:
        return None
    text = json.dumps(value) if isinstance(value, dict | list) else str(value)
    return None if text.strip().lower() in NULLS else text.strip()


def same_label(text: str) -> str:
    """A label as text; models answer `1.0` where people write `1`."""
    try:
        number = float(text)
    except ValueError:
        return text.strip()
    return str(int(number)) if number.is_integer() else str(number)


def is_number(text: str) -> bool:
    """Whether a text is a finite number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def read(folder: Path, form: dict[str, Any]) -> Dataset:
    """All files below a folder (or one file) in a `dataset_format`."""
    data = Dataset()
    files = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        text = path.read_text()
        if "csv" in form:
            _read_csv(data, text, form["csv"])
        elif "json" in form:
            _read_json(data, text)
        elif "sagemakerCaptureJson" in form:
            wanted = form["sagemakerCaptureJson"].get("captureIndexNames", ["endpointInput", "endpointOutput"])
            for line in text.splitlines():
                if line.strip() and in_window(record := json.loads(line)):
                    _read_captured(data, record, wanted)
        else:
            raise ValueError(f"unknown dataset_format {json.dumps(form)}")
    return data


def in_window(record: dict[str, Any]) -> bool:
    """Whether a captured call is of the hours the job looks at: the folders it was given may hold whole days.

    `start_time` and `end_time` are the container's variables (developer guide, model-monitor-byoc-contract-inputs).
    """
    at, start, end = (
        record.get("eventMetadata", {}).get("inferenceTime"),
        *map(os.environ.get, ("start_time", "end_time")),
    )
    # All three are ISO 8601 in UTC, whose order is that of their texts; captured data is kept by the hour.
    return not (at and start and end) or start[:13] <= at <= end


def _read_csv(data: Dataset, text: str, form: dict[str, Any]) -> None:
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    names = None
    if form.get("header") and rows:
        names = [name.strip() for name in rows.pop(0)]
    for row in rows:
        data.add([text_of(value) for value in row], names)


def _read_json(data: Dataset, text: str) -> None:
    try:
        parsed = json.loads(text)
        records = parsed if isinstance(parsed, list) else [parsed]
    except ValueError:
        records = [json.loads(line) for line in text.splitlines() if line.strip()]
    for record in records:
        names, row = flatten(record)
        data.add(row, names)


def flatten(record: Any) -> tuple[list[str] | None, list[str | None]]:
    """Names (for objects) and values of one JSON record."""
    if isinstance(record, dict):
        flat: dict[str, Any] = {}
        for name, value in record.items():
            if isinstance(value, dict):
                flat |= {f"{name}_{inner}": item for inner, item in value.items()}
            elif isinstance(value, list):
                flat |= {(name if len(value) == 1 else f"{name}_{index}"): item for index, item in enumerate(value)}
            else:
                flat[name] = value
        return list(flat), [text_of(value) for value in flat.values()]
    if isinstance(record, list):
        return None, [text_of(value) for value in record]
    return None, [text_of(record)]


def side_rows(side: dict[str, Any]) -> list[tuple[list[str] | None, list[str | None]]]:
    """The records of one captured body."""
    body = side["data"]
    if side.get("encoding") == "BASE64":
        body = base64.b64decode(body).decode("utf-8", "replace")
    if side.get("encoding") == "JSON":
        parsed = json.loads(body)
        for key in ("instances", "predictions"):
            if isinstance(parsed, dict) and set(parsed) == {key} and isinstance(parsed[key], list):
                parsed = parsed[key]
        if isinstance(parsed, list):
            return [flatten(record) for record in parsed]
        return [flatten(parsed)]
    return [(None, [text_of(value) for value in row]) for row in csv.reader(io.StringIO(body)) if row]


def _read_captured(data: Dataset, line: dict[str, Any], wanted: list[str]) -> None:
    captured, metadata = line["captureData"], line.get("eventMetadata", {})
    event = metadata.get("inferenceId") or metadata.get("eventId", "")
    outputs = (
        side_rows(captured["endpointOutput"]) if "endpointOutput" in wanted and "endpointOutput" in captured else []
    )
    inputs = side_rows(captured["endpointInput"]) if "endpointInput" in wanted and "endpointInput" in captured else []
    for index in range(max(len(outputs), len(inputs))):
        # A body of several records gets one id; AWS joins ground truth on it, so rows are told apart by position.
        mine = event if max(len(outputs), len(inputs)) == 1 else f"{event}_{index}"
        names: list[str] | None = []
        row: list[str | None] = []
        for side in (outputs, inputs):
            if index < len(side):
                row += side[index][1]
                names = None if names is None or side[index][0] is None else names + side[index][0]
        if index < len(outputs):
            data.outputs = len(outputs[index][1])
        data.add(row, names or None, mine)
