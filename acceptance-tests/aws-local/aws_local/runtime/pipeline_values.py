"""Values of a running pipeline: what expressions in step arguments stand for.

Source: the definition's JSON schema (`Get`, `Std:Join`, `Std:JsonGet`), developer guide build-and-manage-properties and
build-and-manage-propertyfile.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from . import json_path

if TYPE_CHECKING:
    from .pipeline_definition import Step

_PART = re.compile(r"\.?([A-Za-z_]\w*)|\[(\d+)\]|\[['\"]([^'\"]*)['\"]\]")


class ValueFault(Exception):
    """An expression that has no value; the text names it."""


class Values:
    """Resolves expressions of one execution."""

    def __init__(
        self,
        parameters: Mapping[str, Any],
        variables: Mapping[str, Any],
        describe: Callable[[str], Mapping[str, Any]],
        fetch: Callable[[str], bytes],
        steps: Mapping[str, Step],
    ):
        self._parameters, self._variables, self._describe = parameters, variables, describe
        self._fetch, self._steps = fetch, steps

    def resolve(self, value: Any) -> Any:
        """A value with every expression replaced. Raises ValueFault."""
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        if set(value) == {"Get"}:
            return self._get(value["Get"])
        if set(value) == {"Std:Join"}:
            join = value["Std:Join"]
            return str(self.resolve(join["On"])).join(text_of(self.resolve(item)) for item in join["Values"])
        if set(value) == {"Std:JsonGet"}:
            return self._json_get(value["Std:JsonGet"])
        return {key: self.resolve(item) for key, item in value.items()}

    def _get(self, reference: str) -> Any:
        kind, _, rest = reference.partition(".")
        if kind == "Parameters":
            return self._parameters[rest]
        if kind == "Execution":
            return self._variables[rest]
        name, _, path = rest.partition(".")
        return select(self._describe(name), path, reference)

    def _json_get(self, expression: Mapping[str, Any]) -> Any:
        path = self.resolve(expression["Path"])
        if "PropertyFile" in expression:
            uri = self._property_file(expression["PropertyFile"])
        else:
            uri = self.resolve(expression["S3Uri"])
        try:
            return json_path.select(json.loads(self._fetch(uri)), path)
        except ValueError as error:
            raise ValueFault(f"JsonGet of {uri}: {error}") from error

    def _property_file(self, value: Any) -> str:
        """The URI of a property file, given as `Steps.X.PropertyFiles.Name`."""
        reference = value["Get"] if isinstance(value, Mapping) else value
        _, step_name, _, file_name = reference.split(".", 3)
        for item in self._steps[step_name].body.get("PropertyFiles", []):
            if item["PropertyFileName"] == file_name:
                outputs = self._describe(step_name).get("ProcessingOutputConfig", {}).get("Outputs", [])
                for output in outputs:
                    if output["OutputName"] == item["OutputName"]:
                        base = output["S3Output"]["S3Uri"].rstrip("/")
                        return f"{base}/{item['FilePath']}"
        raise ValueFault(f"{reference}: step {step_name} declares no such property file or has no such output")


def select(value: Any, path: str, reference: str) -> Any:
    """Follow `A.B[0].C['name']`; a name in brackets picks the list item of that name. Raises ValueFault."""
    position = 0
    while position < len(path):
        match = _PART.match(path, position)
        if not match:
            raise ValueFault(f"cannot read {reference!r}")
        member, index, name = match.groups()
        try:
            if member is not None:
                value = value[member]
            elif index is not None:
                value = value[int(index)]
            elif isinstance(value, Mapping):
                value = value[name]
            else:
                value = next(item for item in value if _is_named(item, name))
        except (KeyError, IndexError, TypeError, StopIteration) as error:
            raise ValueFault(f"{reference!r} has no value: there is no {match.group().lstrip('.')!r}") from error
        position = match.end()
    return value


def _is_named(item: Any, name: str) -> bool:
    return isinstance(item, Mapping) and any(key.endswith("Name") and text == name for key, text in item.items())


def text_of(value: Any) -> str:
    """A value as Std:Join writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def typed(text: str, kind: str) -> Any:
    """A parameter's text as its type."""
    if kind == "Integer":
        return int(text)
    if kind == "Float":
        return float(text)
    return text.lower() == "true" if kind == "Boolean" else text


def holds(condition: Mapping[str, Any]) -> bool:
    """Whether a condition, its expressions already resolved, is true."""
    kind = condition["Type"]
    if kind == "Not":
        return not holds(condition["Condition"])
    if kind == "Or":
        return any(holds(item) for item in condition["Conditions"])
    if kind in ("In", "NotIn"):
        value, among = (
            condition[a] if a in condition else condition[b] for a, b in (("Value", "QueryValue"), ("In", "Values"))
        )
        return (value in among) == (kind == "In")
    left, right = condition["LeftValue"], condition["RightValue"]
    if isinstance(left, str) != isinstance(right, str):
        # JsonGet finds numbers that people wrote as text, and the other way round.
        try:
            left, right = float(left), float(right)
        except ValueError as error:
            raise ValueFault(f"cannot compare {left!r} with {right!r}") from error
    try:
        return bool(
            {
                "Equals": lambda: left == right,
                "NotEquals": lambda: left != right,
                "GreaterThan": lambda: left > right,
                "GreaterThanOrEqualTo": lambda: left >= right,
                "LessThan": lambda: left < right,
                "LessThanOrEqualTo": lambda: left <= right,
            }[kind]()
        )
    except TypeError as error:
        raise ValueFault(f"cannot compare {left!r} with {right!r}") from error


def coerce(value: Any, shape: Any) -> Any:
    """A value with numbers and texts turned into each other where the operation's input shape wants the other."""
    kind = getattr(shape, "type_name", None)
    if kind == "structure" and isinstance(value, Mapping):
        return {key: coerce(item, shape.members.get(key)) for key, item in value.items()}
    if kind == "list" and isinstance(value, list):
        return [coerce(item, shape.member) for item in value]
    if kind == "map" and isinstance(value, Mapping):
        return {key: coerce(item, shape.value) for key, item in value.items()}
    if kind == "string" and isinstance(value, bool | int | float):
        return text_of(value)
    if isinstance(value, str):
        try:
            if kind in ("integer", "long"):
                return int(value)
            if kind in ("float", "double"):
                return float(value)
        except ValueError:
            # Left as it is: the operation itself refuses it with AWS's words.
            return value
        if kind == "boolean" and value.lower() in ("true", "false"):
            return value.lower() == "true"
    return value
