"""Check requests against the service model and refuse them in AWS's own words.

The wording is that of AWS's server framework as quoted in public trackers, for instance
`1 validation error detected: Value 'x' at 'a.1.member.b' failed to satisfy constraint: Member must ...`.
The constraints come from botocore's service-2.json. AWS ignores members it does not know; here they are an error,
because they mean that the caller sends something the model does not have.
"""

from __future__ import annotations

import datetime
import functools
import re
import threading
from typing import Any

import regex

from .services import AwsError

# service, shape name -> constraint names that the model states but AWS does not enforce.
DEVIATIONS: dict[tuple[str, str], frozenset[str]] = {}

_SURROGATES = r"\uD800\uDC00-\uDBFF\uDFFF"


@functools.cache
def pattern(text: str) -> Any:
    """Compile a pattern of a service model: a Java regular expression.

    Java spells a range of supplementary characters as surrogate pairs, and three shapes of the SageMaker model
    quantify an anchor (`(...)*)${1,128}`), which Java takes and Python does not; the length is checked on its own.
    """
    text = text.replace(_SURROGATES, r"\U00010000-\U0010FFFF")
    text = re.sub(r"\$\{\d+,\d+\}$", "$", text)
    try:
        return re.compile(text)
    except re.error:
        return regex.compile(text)


def lower_first(name: str) -> str:
    """`TrainingJobName` as AWS writes it in validation messages: `trainingJobName`."""
    return name[:1].lower() + name[1:]


def show(value: Any) -> str:
    """A value as AWS's messages quote it."""
    if value is None:
        return "null"
    return f"'{_java(value)}'"


def _java(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}={_java(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_java(v) for v in value) + "]"
    return str(value)


class Unserialisable(AwsError):
    """The JSON type does not fit the shape: AWS answers before it validates anything."""

    def __init__(self, found: str, wanted: str, path: str) -> None:
        super().__init__("SerializationException", f"{found} can not be converted to {wanted} (at '{path}')")


_JSON_TYPES = ((bool, "BOOLEAN_VALUE"), (int, "NUMBER_VALUE"), (float, "NUMBER_VALUE"), (str, "STRING_VALUE"))


def _json_type(value: Any) -> str:
    for python, name in _JSON_TYPES:
        if isinstance(value, python):
            return name
    return "START_ARRAY" if isinstance(value, list) else "START_OBJECT"


class Node:
    """A shape of the model, prepared for checking."""

    __slots__ = (
        "kind",
        "name",
        "members",
        "required",
        "union",
        "value",
        "enum",
        "low",
        "high",
        "regex",
        "text",
        "skip",
        "empty",
    )

    def __init__(self, shape: Any, service: str, answers: bool) -> None:
        self.kind = shape.type_name
        self.name = shape.name
        self.members: dict[str, Node] = {}
        self.required: tuple[str, ...] = ()
        self.union = False
        self.value: Node | None = None
        self.empty = answers
        """Whether an empty text, list or structure passes: AWS answers it for nothing, whatever the model states."""
        self.skip = DEVIATIONS.get((service, shape.name), frozenset())
        meta = shape.metadata
        self.enum = frozenset(shape.enum) if getattr(shape, "enum", None) else None
        self.text = "[" + ", ".join(shape.enum) + "]" if self.enum else meta.get("pattern", "")
        self.low = meta.get("min")
        self.high = meta.get("max")
        self.regex = pattern(meta["pattern"]) if "pattern" in meta else None

    def constraints(self) -> list[str]:
        """Every constraint of a scalar, the way AWS lists them for map keys, map values and list members."""
        found = []
        if self.kind in ("string", "blob"):
            if self.high is not None:
                found.append(f"Member must have length less than or equal to {self.high}")
            if self.low is not None:
                found.append(f"Member must have length greater than or equal to {self.low}")
        if self.enum:
            found.append(f"Member must satisfy enum value set: {self.text}")
        elif self.regex is not None:
            found.append(f"Member must satisfy regular expression pattern: {self.text}")
        return found


class Checker:
    """Checks values of one service's shapes, of requests unless told that they are of answers."""

    def __init__(self, service: str, answers: bool = False) -> None:
        self.service, self.answers = service, answers
        self._nodes: dict[str, Node] = {}
        # A shape is known before its members are prepared: nobody else may look at it then.
        self._preparing = threading.RLock()

    def node(self, shape: Any) -> Node:
        """The prepared form of a botocore shape; recursive shapes refer to themselves."""
        found = self._nodes.get(shape.name)
        # Member references may carry their own constraints (S3, IAM), so only plain ones are shared by name.
        if found is not None and found.kind == shape.type_name:
            return found
        made = Node(shape, self.service, self.answers)
        self._nodes[shape.name] = made
        if made.kind == "structure":
            made.required = tuple(shape.required_members)
            made.union = bool(getattr(shape, "is_tagged_union", False))
            made.members = {name: self.node(member) for name, member in shape.members.items()}
        elif made.kind == "list":
            made.value = self.node(shape.member)
        elif made.kind == "map":
            made.members = {"key": self.node(shape.key)}
            made.value = self.node(shape.value)
        return made

    def check(self, shape: Any, value: Any) -> None:
        """Raise AwsError when `value` is not a valid `shape`."""
        errors: list[str] = []
        unknown: list[str] = []
        with self._preparing:
            node = self.node(shape)
        _check(node, value, "", errors, unknown)
        if unknown:
            # Source: none, AWS ignores them; text ours.
            raise AwsError(
                "ValidationException",
                "aws-local: the request has members that the service model does not know (AWS would ignore them): "
                + ", ".join(unknown),
            )
        if errors:
            # Source: github.com/aws-samples/sagemaker-ml-workflow-with-apache-airflow issue 3.
            raise AwsError("ValidationException", summary(errors))


def summary(errors: list[str]) -> str:
    """`N validation errors detected: ...; ...`."""
    return f"{len(errors)} validation error{'s' if len(errors) > 1 else ''} detected: {'; '.join(errors)}"


def _fail(errors: list[str], value: Any, path: str, constraint: str) -> None:
    errors.append(f"Value {show(value)} at '{path}' failed to satisfy constraint: {constraint}")


def _check(node: Node, value: Any, path: str, errors: list[str], unknown: list[str]) -> None:
    kind = node.kind
    if kind == "structure":
        if not isinstance(value, dict):
            raise Unserialisable(_json_type(value), "structure", path)
        if node.empty and not value and path:
            return
        prefix = path + "." if path else ""
        for name in node.required:
            if value.get(name) is None:
                _fail(errors, None, prefix + lower_first(name), "Member must not be null")
        for name, member in value.items():
            child = node.members.get(name)
            if child is None:
                if name != "__type":
                    unknown.append(prefix + name)
            elif member is not None:
                _check(child, member, prefix + lower_first(name), errors, unknown)
        if node.union and sum(member is not None for member in value.values()) != 1:
            _fail(errors, value, path, "Member must have exactly one of its members set")
    elif kind == "list":
        if not isinstance(value, list):
            raise Unserialisable(_json_type(value), "list", path)
        _length(node, len(value), value, path, errors)
        child = node.value
        if child.kind in ("structure", "list", "map"):
            for index, member in enumerate(value, 1):
                if member is None:
                    _fail(errors, None, f"{path}.{index}.member", "Member must not be null")
                else:
                    _check(child, member, f"{path}.{index}.member", errors, unknown)
        else:
            _each(child, value, value, path, "Member", errors)
    elif kind == "map":
        if not isinstance(value, dict):
            raise Unserialisable(_json_type(value), "map", path)
        _length(node, len(value), value, path, errors)
        _each(node.members["key"], list(value), value, path, "Map keys", errors)
        child = node.value
        if child.kind in ("structure", "list", "map"):
            for key, member in value.items():
                _check(child, member, f"{path}.{key}.member", errors, unknown)
        else:
            _each(child, list(value.values()), value, path, "Map value", errors)
    else:
        _scalar(node, value, path, errors)


def _each(node: Node, members: list[Any], whole: Any, path: str, what: str, errors: list[str]) -> None:
    """Scalars within a list or map: AWS quotes the whole and lists every constraint of the member."""
    for member in members:
        mine: list[str] = []
        if member is None:
            _fail(errors, whole, path, f"{what} must not be null")
            return
        _scalar(node, member, path, mine)
        if mine:
            _fail(errors, whole, path, f"{what} must satisfy constraint: [{', '.join(node.constraints())}]")
            return


def _length(node: Node, size: int, value: Any, path: str, errors: list[str]) -> None:
    if "length" in node.skip or (node.empty and not size):
        return
    if node.low is not None and size < node.low:
        _fail(errors, value, path, f"Member must have length greater than or equal to {node.low}")
    if node.high is not None and size > node.high:
        _fail(errors, value, path, f"Member must have length less than or equal to {node.high}")


def _scalar(node: Node, value: Any, path: str, errors: list[str]) -> None:
    kind = node.kind
    if kind == "string":
        if not isinstance(value, str):
            raise Unserialisable(_json_type(value), "a String", path)
        if node.empty and not value:
            return
        _length(node, len(value), value, path, errors)
        if node.enum is not None:
            if value not in node.enum and "enum" not in node.skip:
                _fail(errors, value, path, f"Member must satisfy enum value set: {node.text}")
        elif node.regex is not None and "pattern" not in node.skip and not node.regex.fullmatch(value):
            _fail(errors, value, path, f"Member must satisfy regular expression pattern: {node.text}")
    elif kind == "boolean":
        if not isinstance(value, bool):
            raise Unserialisable(_json_type(value), "Boolean", path)
    elif kind in ("integer", "long"):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
            raise Unserialisable(_json_type(value), "Integer", path)
        _range(node, value, path, errors)
    elif kind in ("float", "double"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            if value not in ("NaN", "Infinity", "-Infinity"):
                raise Unserialisable(_json_type(value), "Double", path)
        else:
            _range(node, value, path, errors)
    elif kind == "timestamp":
        if isinstance(value, bool) or not isinstance(value, (int, float, str, datetime.datetime)):
            raise Unserialisable(_json_type(value), "Timestamp", path)
    elif kind == "blob" and isinstance(value, (bytes, bytearray)):
        _length(node, len(value), value, path, errors)


def _range(node: Node, value: float, path: str, errors: list[str]) -> None:
    if "range" in node.skip:
        return
    if node.low is not None and value < node.low:
        _fail(errors, value, path, f"Member must have value greater than or equal to {node.low}")
    if node.high is not None and value > node.high:
        _fail(errors, value, path, f"Member must have value less than or equal to {node.high}")


@functools.cache
def checker(service: str, answers: bool = False) -> Checker:
    """The checker of `service` (boto3's name), for requests or for answers."""
    return Checker(service, answers)
