"""CloudWatch anomaly detectors: made, described and deleted. No model is trained; a detector waits for its training for ever.

Sources: CloudWatch API reference (PutAnomalyDetector, DescribeAnomalyDetectors, DeleteAnomalyDetector); text ours. What is described:
github.com/localstack/localstack tests/aws/services/cloudwatch/test_cloudwatch.snapshot.json, test_anomaly_detector_lifecycle.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from ..sagemaker import listing
from ..services import AwsError

SERVICE = "cloudwatch"
_FLAT = ("Namespace", "MetricName", "Dimensions", "Stat")
_NESTED = ("SingleMetricAnomalyDetector", "MetricMathAnomalyDetector")
_LARGEST_PAGE = 100


def detectors_of(backend: Any) -> dict[str, dict[str, Any]]:
    """The detectors of a region by what they watch."""
    return backend.__dict__.setdefault("aws_local_anomaly_detectors", {})


def _watched(state: Any, given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What a request names: a key that is the same for the same metric, and the members that describe it."""
    ways = [member for member in _NESTED if given.get(member)]
    if any(given.get(member) for member in _FLAT):
        ways.append("Namespace, MetricName, Dimensions and Stat")
    if len(ways) > 1:
        raise AwsError("InvalidParameterCombination", f"{' and '.join(ways)} cannot be used together.")
    if ways == ["MetricMathAnomalyDetector"]:
        queries = given["MetricMathAnomalyDetector"].get("MetricDataQueries") or []
        if sum(query.get("ReturnData", True) for query in queries) != 1:
            raise AwsError("InvalidParameterValue", "Exactly one element of MetricDataQueries should return data.")
        # CloudWatch API reference, MetricDataQuery: data is returned unless that is false.
        watched = [{"ReturnData": True, **query} for query in queries]
        return json.dumps(watched, sort_keys=True, default=str), {
            "MetricMathAnomalyDetector": {"MetricDataQueries": queries}
        }
    single = given.get("SingleMetricAnomalyDetector") or given
    for member in ("Namespace", "MetricName", "Stat"):
        if not single.get(member):
            raise AwsError("MissingParameter", f"The parameter {member} is required.")
    flat = {member: single.get(member) or [] for member in _FLAT}
    account = single.get("AccountId") or state.engine.account_id
    dimensions = sorted((each["Name"], each["Value"]) for each in flat["Dimensions"])
    key = json.dumps([account, flat["Namespace"], flat["MetricName"], flat["Stat"], dimensions])
    return key, {**flat, "SingleMetricAnomalyDetector": {"AccountId": account, **flat}}


def put(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """PutAnomalyDetector: creates, or replaces the configuration."""
    detectors = detectors_of(state.moto.backend("cloudwatch", call.region))
    key, described = _watched(state, call.params)
    name = detectors[key]["AnomalyDetectorId"] if key in detectors else str(uuid.uuid4())
    configuration = call.params.get("Configuration") or {}
    characteristics = call.params.get("MetricCharacteristics")
    detectors[key] = {
        "AnomalyDetectorId": name,
        **described,
        "Configuration": {"ExcludedTimeRanges": [], **configuration},
        "StateValue": "PENDING_TRAINING",
        **({"MetricCharacteristics": characteristics} if characteristics else {}),
    }
    return {"AnomalyDetectorId": name}


def describe(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """DescribeAnomalyDetectors."""
    given = call.params
    filters = ("Namespace", "MetricName", "Dimensions", "AnomalyDetectorTypes")
    ids = given.get("AnomalyDetectorIds")
    if ids and any(given.get(member) for member in filters):
        raise AwsError("InvalidParameterCombination", "AnomalyDetectorIds cannot be used together with other filters.")
    if given.get("MaxResults", 1) > _LARGEST_PAGE:
        raise AwsError("InvalidParameterValue", f"MaxResults must not be greater than {_LARGEST_PAGE}.")
    types = given.get("AnomalyDetectorTypes") or ["SINGLE_METRIC"]
    found = []
    for detector in detectors_of(state.moto.backend("cloudwatch", call.region)).values():
        kind = "METRIC_MATH" if "MetricMathAnomalyDetector" in detector else "SINGLE_METRIC"
        passes = detector["AnomalyDetectorId"] in ids if ids else kind in types
        for member in ("Namespace", "MetricName"):
            passes = passes and given.get(member) in (None, detector.get(member))
        wanted = given.get("Dimensions") or []
        if passes and all(each in detector.get("Dimensions", ()) for each in wanted):
            found.append(detector)
    page, token = listing.page(found, given, _LARGEST_PAGE, "InvalidNextToken")
    return {"AnomalyDetectors": page, **({"NextToken": token} if token else {})}


def delete(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """DeleteAnomalyDetector."""
    detectors = detectors_of(state.moto.backend("cloudwatch", call.region))
    name = call.params.get("AnomalyDetectorId")
    if name:
        key = next((key for key, each in detectors.items() if each["AnomalyDetectorId"] == name), "")
    else:
        key, _ = _watched(state, call.params)
    if detectors.pop(key, None) is None:
        raise AwsError("ResourceNotFoundException", "The anomaly detector does not exist.", 404)
    return {}


INSTEAD = {"PutAnomalyDetector": put, "DescribeAnomalyDetectors": describe, "DeleteAnomalyDetector": delete}
