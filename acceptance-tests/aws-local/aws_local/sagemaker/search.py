"""Search: filters over the properties of objects, nested ones and tags included.

Source: API reference, Search, SearchExpression, Filter, NestedFilters.
"""

from __future__ import annotations

import datetime
from typing import Any

from .. import model
from ..services import AwsError
from . import listing

# Resource of the API to the kind of the table.
_KINDS = {
    "TrainingJob": "TrainingJob",
    "Endpoint": "Endpoint",
    "ModelPackage": "ModelPackage",
    "Pipeline": "Pipeline",
    "ModelPackageGroup": "ModelPackageGroup",
    "PipelineExecution": "PipelineExecution",
    "FeatureGroup": "FeatureGroup",
    "HyperParameterTuningJob": "HyperParameterTuningJob",
    "ModelCard": "ModelCard",
    "Model": "Model",
}


def search(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    """The handler of Search."""
    resource = params["Resource"]
    if resource not in _KINDS:
        raise AwsError("AwsLocalNotImplemented", f"aws-local does not search {resource}", 501)
    shape = model.service_model("sagemaker").shape_for("SearchRecord").members[resource]
    found = []
    for record in engine.store.all(region, _KINDS[resource]):
        entity = _entity(engine, record, shape, resource)
        if _matches(params.get("SearchExpression") or {}, entity):
            found.append((record, entity))
    by = params.get("SortBy", "LastModifiedTime")
    found.sort(key=lambda pair: _order(_values(pair[1], by), pair[0]), reverse=params.get("SortOrder") != "Ascending")
    page, token = listing.page([{resource: entity} for _, entity in found], params, 10)
    return {
        "Results": page,
        "TotalHits": {"Value": len(found), "Relation": "EqualTo"},
        **({"NextToken": token} if token else {}),
    }


def _entity(engine: Any, record: Any, shape: Any, resource: str) -> dict[str, Any]:
    if resource == "Model":
        inner = shape.members["Model"]
        return {"Model": _shown(engine, record, inner), "Endpoints": [], "MonitoringSchedules": []}
    return _shown(engine, record, shape)


def _shown(engine: Any, record: Any, shape: Any) -> dict[str, Any]:
    described = engine.describe(record, shape)
    if "Tags" in shape.members:
        described["Tags"] = [{"Key": key, "Value": value} for key, value in record.tags.items()]
    return {name: value for name, value in described.items() if _fits(shape.members[name], value)}


def _fits(shape: Any, value: Any) -> bool:
    kinds = {"structure": dict, "map": dict, "list": list}
    return isinstance(value, kinds.get(shape.type_name, object))


def _order(values: list[Any], record: Any) -> tuple[str, float]:
    value = values[0] if values else record.modified
    return ("", float(value)) if isinstance(value, (int, float)) else (str(value), 0.0)


def _matches(expression: dict[str, Any], entity: dict[str, Any]) -> bool:
    verdicts = [_filter(each, _values(entity, each["Name"])) for each in expression.get("Filters") or ()]
    verdicts += [_nested(each, entity) for each in expression.get("NestedFilters") or ()]
    verdicts += [_matches(each, entity) for each in expression.get("SubExpressions") or ()]
    if not verdicts:
        return True
    return any(verdicts) if expression.get("Operator") == "Or" else all(verdicts)


def _nested(nested: dict[str, Any], entity: dict[str, Any]) -> bool:
    """All filters must hold for one and the same member of the list."""
    path = nested["NestedPropertyName"]
    for member in _values(entity, path):
        if all(_filter(each, _values(member, each["Name"].removeprefix(path + "."))) for each in nested["Filters"]):
            return True
    return False


def _values(value: Any, name: str) -> list[Any]:
    """Every value that a dotted property name leads to."""
    if name.startswith("Tags.") and isinstance(value, dict):
        return [tag["Value"] for tag in value.get("Tags", ()) if tag["Key"] == name[5:]]
    found = [value]
    for part in name.split("."):
        following: list[Any] = []
        for each in found:
            inner = each.get(part) if isinstance(each, dict) else None
            following += inner if isinstance(inner, list) else [] if inner is None else [inner]
        found = following
    return found


def _filter(given: dict[str, Any], values: list[Any]) -> bool:
    operator, wanted = given.get("Operator", "Equals"), given.get("Value")
    if operator == "Exists":
        return bool(values)
    if operator == "NotExists":
        return not values
    if wanted is None:
        # Source: API reference, Filter; text ours.
        raise AwsError("ValidationException", f"The filter on {given['Name']} needs a Value.")
    if operator == "NotEquals":
        return not any(_compare("Equals", value, wanted) for value in values)
    return any(_compare(operator, value, wanted) for value in values)


def _compare(operator: str, value: Any, wanted: str) -> bool:
    if operator == "Contains":
        return wanted.lower() in str(value).lower()
    if operator == "In":
        return str(value) in [each.strip() for each in wanted.split(",")]
    have, limit = _number(value), _number(wanted)
    if operator == "Equals":
        return str(value) == wanted or (have is not None and have == limit) or str(value).lower() == wanted.lower()
    if have is None or limit is None:
        return False
    return {
        "GreaterThan": have > limit,
        "GreaterThanOrEqualTo": have >= limit,
        "LessThan": have < limit,
        "LessThanOrEqualTo": have <= limit,
    }[operator]


def _number(value: Any) -> float | None:
    """A number or a time (ISO 8601, as the API reference asks for) as a number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    try:
        return float(value)
    except (TypeError, ValueError):
        pass
    try:
        return datetime.datetime.fromisoformat(str(value).replace("Z", "+00:00")).timestamp()
    except ValueError:
        return None


OPERATIONS = {"Search": search}
