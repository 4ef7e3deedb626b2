"""Check that an answer of moto has every member the service model requires.

An SDK puts an empty value in the place of a missing required member, so that the lack shows far from its cause.
"""

from __future__ import annotations

import functools
from typing import Any

from . import model
from .reply import Reply, protocol
from .services import AwsError

# (service, operation) to members that the model requires and AWS itself leaves out; none is known.
ABSENT: dict[tuple[str, str], frozenset[str]] = {}


@functools.cache
def _parser(name: str) -> Any:
    from botocore.parsers import create_parser

    return create_parser(name)


def check(call: Any, answer: Reply) -> None:
    """Raise AwsError AwsLocalDefect when a required member is missing. S3's answers, often large, are not read."""
    form = "json" if call.protocol == "cbor" else protocol(call)
    described = model.operation_model(call.service, call.operation)
    if answer.status >= 300 or form == "rest-xml" or described is None or described.output_shape is None:
        return
    if not _requires(described.output_shape):
        return
    headers = {name.lower(): value for name, value in answer.headers}
    told = _parser(form).parse(
        {"status_code": answer.status, "headers": headers, "body": answer.body}, described.output_shape
    )
    lacking = [path for path in missing(described.output_shape, told, "")]
    lacking = [path for path in lacking if path not in ABSENT.get((call.service, call.operation), ())]
    if lacking:
        raise AwsError(
            "AwsLocalDefect",
            f"moto's answer of {call.service}:{call.operation} lacks what the service model requires: {', '.join(lacking)}",
            501,
        )


_known: dict[tuple[str, str], bool] = {}


def _requires(shape: Any, above: tuple[str, ...] = ()) -> bool:
    """Whether anything within a shape is required: most answers of these services need no look."""
    key = (shape.type_name, shape.name)
    if key in _known:
        return _known[key]
    if shape.name in above:
        return False
    inner: list[Any] = []
    if shape.type_name == "structure":
        if shape.required_members:
            _known[key] = True
            return True
        inner = list(shape.members.values())
    elif shape.type_name == "list":
        inner = [shape.member]
    elif shape.type_name == "map":
        inner = [shape.value]
    found = any(_requires(each, (*above, shape.name)) for each in inner)
    if found or not above:
        _known[key] = found
    return found


def missing(shape: Any, value: Any, path: str) -> list[str]:
    """The paths of required members that are not there."""
    found: list[str] = []
    if shape.type_name == "structure" and isinstance(value, dict):
        prefix = path + "." if path else ""
        found += [prefix + name for name in shape.required_members if value.get(name) is None]
        for name, member in value.items():
            if name in shape.members:
                found += missing(shape.members[name], member, prefix + name)
    elif shape.type_name == "list" and isinstance(value, list):
        for index, member in enumerate(value):
            found += missing(shape.member, member, f"{path}[{index}]")
    elif shape.type_name == "map" and isinstance(value, dict):
        for key, member in value.items():
            found += missing(shape.value, member, f"{path}.{key}")
    return found
