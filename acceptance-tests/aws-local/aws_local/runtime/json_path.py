"""The part of JSONPath that SageMaker uses, and records of CSV and JSON data.

Source: developer guide, batch-transform-data-processing (supported operators) and build-and-manage-propertyfile.
"""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

_STEP = re.compile(
    r"""\.(?P<name>[A-Za-z_][\w\-]*)
      | \[\s*(?P<index>-?\d+)\s*\]
      | \[\s*(?P<start>-?\d+)?\s*:\s*(?P<stop>-?\d+)?\s*\]
      | \[\s*(?P<names>(?:'[^']*'|"[^"]*")(?:\s*,\s*(?:'[^']*'|"[^"]*"))*)\s*\]
      | \[\s*(?P<indexes>-?\d+(?:\s*,\s*-?\d+)+)\s*\]""",
    re.VERBOSE,
)


class PathError(ValueError):
    """A path that cannot be read or finds nothing."""


def select(value: Any, path: str) -> Any:
    """What a path finds in a value: `$`, `.name`, `[0]`, `[1:3]`, `['a']`, `['a','b']`, `[0,2]`.

    The leading `$` may be left out, as property file paths do. Raises PathError.
    """
    rest = path.removeprefix("$")
    if rest and rest[0] not in ".[":
        rest = "." + rest
    position = 0
    while position < len(rest):
        match = _STEP.match(rest, position)
        if not match:
            raise PathError(f"cannot read the JSONPath {path!r} at {rest[position:]!r}")
        try:
            value = _step(value, match)
        except (KeyError, IndexError, TypeError) as error:
            raise PathError(f"the JSONPath {path!r} finds nothing at {match.group()!r}") from error
        position = match.end()
    return value


def _step(value: Any, match: re.Match[str]) -> Any:
    found = match.groupdict()
    if found["name"] is not None:
        return value[found["name"]]
    if found["index"] is not None:
        return value[int(found["index"])]
    if found["names"] is not None:
        names = [text[1:-1] for text in re.findall(r"'[^']*'|\"[^\"]*\"", found["names"])]
        return value[names[0]] if len(names) == 1 else {name: value[name] for name in names}
    if found["indexes"] is not None:
        return [value[int(text)] for text in found["indexes"].split(",")]
    start, stop = found["start"], found["stop"]
    if not isinstance(value, list):
        raise TypeError("a slice needs a list")
    return value[int(start) if start else None : int(stop) if stop else None]


def is_json(content_type: str) -> bool:
    """Whether a content type holds JSON documents."""
    return "json" in content_type.lower()


def parse_records(data: bytes, content_type: str) -> list[Any]:
    """Records of CSV (lists of texts) or JSON data (one document, or one a line)."""
    text = data.decode("utf-8")
    if not is_json(content_type):
        return [row for row in csv.reader(io.StringIO(text)) if row]
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


def write_records(records: list[Any], content_type: str) -> bytes:
    """The reverse of `parse_records`."""
    if is_json(content_type):
        return "\n".join(json.dumps(record) for record in records).encode()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(record if isinstance(record, list) else [record] for record in records)
    return text.getvalue().encode()


def join(record: Any, result: Any) -> Any:
    """An input record with its result: appended to a list, or as `SageMakerOutput` of an object."""
    if isinstance(record, list):
        return [*record, *(result if isinstance(result, list) else [result])]
    if isinstance(record, dict):
        return {**record, "SageMakerOutput": result}
    return {"SageMakerInput": record, "SageMakerOutput": result}
