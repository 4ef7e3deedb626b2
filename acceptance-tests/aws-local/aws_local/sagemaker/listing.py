"""Lists: filters, order and pages, from the member names of the List operations."""

from __future__ import annotations

import base64
import binascii
import datetime
import json
from collections.abc import Callable
from typing import Any

from .. import model
from ..services import AwsError

_PAGING = {"NextToken", "MaxResults", "SortBy", "SortOrder"}
# Members that change nothing in an account that owns everything it sees.
_IGNORED = {"CrossAccountFilterOption", "ManagedBy"}
_BEFORE_AFTER = {
    "CreationTime": "created",
    "Created": "created",
    "LastModifiedTime": "modified",
    "LastModified": "modified",
}


def seconds(value: Any) -> float:
    """A timestamp of a request, in seconds since the epoch."""
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    return datetime.datetime.fromisoformat(str(value).replace("Z", "+00:00")).timestamp()


def page(
    items: list[Any], params: dict[str, Any], default: int, bad_token: str = "ValidationException"
) -> tuple[list[Any], str | None]:
    """The requested page of `items` and the token of the next one.

    A token belongs to the filters it was made with; AWS refuses it with others. `bad_token` is the code of that error.
    """
    start = 0
    mine = json.dumps(
        {k: v for k, v in params.items() if k not in ("NextToken", "MaxResults")}, sort_keys=True, default=str
    )
    token = params.get("NextToken")
    if token:
        try:
            start, theirs = json.loads(base64.b64decode(token, validate=True))
        except (ValueError, binascii.Error):
            theirs = None
        if theirs != mine:
            # Source: API reference, ListTrainingJobs.NextToken; text ours.
            raise AwsError(bad_token, "Invalid NextToken.")
    size = params.get("MaxResults") or default
    more = start + size < len(items)
    following = base64.b64encode(json.dumps([start + size, mine]).encode()).decode() if more else None
    return items[start : start + size], following


def matches(engine: Any, kind: Any, record: Any, described: dict[str, Any], params: dict[str, Any]) -> bool:
    """Whether a record passes the filters of a List request."""
    special = kind.special.get("match")
    for name, value in params.items():
        if name in _PAGING or name in _IGNORED or value is None:
            continue
        if special is not None:
            verdict = special(engine, record, name, value)
            if verdict is not None:
                if not verdict:
                    return False
                continue
        if not _passes(kind, record, described, name, value):
            return False
    return True


def _passes(kind: Any, record: Any, described: dict[str, Any], name: str, value: Any) -> bool:
    for suffix in ("After", "Before"):
        member = name.removesuffix(suffix)
        if member != name and member in _BEFORE_AFTER:
            have = getattr(record, _BEFORE_AFTER[member])
            return have >= seconds(value) if suffix == "After" else have <= seconds(value)
    if name == "NameContains" or name == kind.key + "Contains":
        return str(value).lower() in record.name.lower()
    if name.endswith("Prefix"):
        return record.name.startswith(value)
    if name == "StatusEquals" or name == (kind.status or "") + "Equals":
        return record._status == value
    if name.endswith("Contains"):
        return str(value).lower() in str(described.get(name.removesuffix("Contains"), "")).lower()
    have = described.get(name.removesuffix("Equals"))
    if isinstance(have, dict) and "Status" in have:
        have = have["Status"]
    if isinstance(have, list):
        return value in have
    return have == value


_ORDERS: dict[str, Callable[[Any], Any]] = {
    "creationtime": lambda record: record.created,
    "createdate": lambda record: record.created,
    "lastmodifiedtime": lambda record: record.modified,
    "version": lambda record: int(record.key[-1]),
    "status": lambda record: (record._status, record.name),
}
"""SortBy to what is compared; everything else is a name."""


def ordered(kind: Any, records: list[Any], params: dict[str, Any]) -> list[Any]:
    """Records in the order a List request asks for."""
    # Lists of images spell both in capitals (service model, ImageSortBy, ImageSortOrder).
    by = (params.get("SortBy") or kind.list_by).replace("_", "").lower()
    key = _ORDERS.get(by, _ORDERS["status"] if by.endswith("status") else lambda record: record.name)
    found = sorted(records, key=key)
    # Of what was made in the same moment the later comes first, too.
    return found[::-1] if (params.get("SortOrder") or kind.list_order).lower() == "descending" else found


def answer(engine: Any, kind: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    """The answer of the kind's List operation."""
    shape = model.operation_model("sagemaker", kind.operation("List")).output_shape
    target = next(name for name, member in shape.members.items() if member.type_name == "list")
    items, token = select(engine, kind, region, params, shape.members[target].member)
    return {target: items, **({"NextToken": token} if token else {})}


def select(engine: Any, kind: Any, region: str, params: dict[str, Any], item: Any) -> tuple[list[dict], str | None]:
    """The requested page of a kind's records as `item` shapes."""
    records = engine.store.all(region, kind.name)
    if set(params) - _PAGING:
        records = [r for r in records if matches(engine, kind, r, engine.describe(r), params)]
    records, token = page(ordered(kind, records, params), params, kind.page)
    return [summary(engine, kind, record, item) for record in records], token


def summary(engine: Any, kind: Any, record: Any, item: Any) -> dict[str, Any]:
    """One record as a list item."""
    described = engine.describe(record)
    members = {}
    for name in item.members:
        value = described.get(kind.item_renames.get(name, name))
        if value is not None:
            members[name] = value
    if "item" in kind.special:
        kind.special["item"](engine, record, members)
    return members
