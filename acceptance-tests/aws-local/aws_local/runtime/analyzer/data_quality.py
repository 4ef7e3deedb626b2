"""Statistics and constraints of a dataset, and violations against a baseline."""

from __future__ import annotations

import bisect
import math
import re
from collections import Counter
from typing import Any

from .reading import Dataset

SAMPLE = 2048
BUCKETS = 10
SMALL_DOMAIN = 20
"""Up to how many different texts a column's values count as its domain."""
_INTEGRAL = re.compile(r"[+-]?\d+")
MONITORING_CONFIG = {
    "evaluate_constraints": "Enabled",
    "emit_metrics": "Enabled",
    "datatype_check_threshold": 1.0,
    "domain_content_threshold": 1.0,
    "distribution_constraints": {
        "perform_comparison": "Enabled",
        "comparison_threshold": 0.1,
        "comparison_method": "Robust",
        "categorical_comparison_threshold": 0.1,
        "categorical_drift_method": "LInfinity",
    },
}


def kind_of(value: str) -> str:
    """The type of one value."""
    if _INTEGRAL.fullmatch(value):
        return "Integral"
    try:
        return "Fractional" if math.isfinite(float(value)) else "String"
    except ValueError:
        return "String"


def infer(values: list[str]) -> str:
    """The type of a column."""
    kinds = {kind_of(value) for value in values}
    if not kinds:
        return "Unknown"
    return "String" if "String" in kinds else "Fractional" if "Fractional" in kinds else "Integral"


def columns(data: Dataset, baseline_names: list[str] | None = None) -> dict[str, list[str | None]]:
    """Columns by name. Captured CSV has no names: those of the baseline count by position."""
    width = max(data.width(), len(data.names or []))
    names = data.names or []
    if not names and baseline_names:
        names = baseline_names[:width]
    names = names + [f"_c{index}" for index in range(len(names), width)]
    return {
        name: [row[index] if index < len(row) else None for row in data.rows]
        for index, name in enumerate(names[:width])
    }


def statistics(table: dict[str, list[str | None]], count: int) -> dict[str, Any]:
    """The content of statistics.json."""
    return {
        "version": 0.0,
        "dataset": {"item_count": count},
        "features": [feature(name, values) for name, values in table.items()],
    }


def feature(name: str, values: list[str | None]) -> dict[str, Any]:
    present = [value for value in values if value is not None]
    kind = infer(present)
    common = {"num_present": len(present), "num_missing": len(values) - len(present)}
    if kind in ("Integral", "Fractional"):
        return {"name": name, "inferred_type": kind, "numerical_statistics": numeric(present, common)}
    counts = Counter(present)
    buckets = [{"value": value, "count": number} for value, number in counts.most_common(SMALL_DOMAIN * 5)]
    statistics_ = {
        "common": common,
        "distinct_count": float(len(counts)),
        "distribution": {"categorical": {"buckets": buckets}},
    }
    return {"name": name, "inferred_type": kind, "string_statistics": statistics_}


def numeric(present: list[str], common: dict[str, int]) -> dict[str, Any]:
    numbers = sorted(float(value) for value in present)
    mean = math.fsum(numbers) / len(numbers)
    low, high = numbers[0], numbers[-1]
    step = (high - low) / BUCKETS
    edges = [low + step * index for index in range(BUCKETS)] + [high]
    buckets = []
    for index in range(BUCKETS):
        start = bisect.bisect_left(numbers, edges[index])
        last = index == BUCKETS - 1
        stop = len(numbers) if last else bisect.bisect_left(numbers, edges[index + 1])
        buckets.append(
            {"lower_bound": edges[index], "upper_bound": edges[index + 1], "count": float(max(0, stop - start))}
        )
    # Evenly spaced order statistics stand for the KLL sketch of larger columns.
    stride = len(numbers) / min(SAMPLE, len(numbers))
    sample = [numbers[int(index * stride)] for index in range(min(SAMPLE, len(numbers)))]
    return {
        "common": common,
        "mean": mean,
        "sum": math.fsum(numbers),
        "std_dev": math.sqrt(math.fsum((number - mean) ** 2 for number in numbers) / len(numbers)),
        "min": low,
        "max": high,
        "distribution": {
            "kll": {
                "buckets": buckets,
                "sketch": {"parameters": {"c": 0.64, "k": float(SAMPLE)}, "data": [sample]},
            }
        },
    }


def constraints(stats: dict[str, Any]) -> dict[str, Any]:
    """The constraints that a baseline suggests."""
    features = []
    for item in stats["features"]:
        common = (item.get("numerical_statistics") or item.get("string_statistics"))["common"]
        total = common["num_present"] + common["num_missing"]
        entry: dict[str, Any] = {
            "name": item["name"],
            "inferred_type": item["inferred_type"],
            "completeness": common["num_present"] / total if total else 0.0,
        }
        if "numerical_statistics" in item:
            entry["num_constraints"] = {"is_non_negative": item["numerical_statistics"]["min"] >= 0}
        elif item["string_statistics"]["distinct_count"] <= SMALL_DOMAIN:
            buckets = item["string_statistics"]["distribution"]["categorical"]["buckets"]
            entry["string_constraints"] = {"domains": [bucket["value"] for bucket in buckets]}
        features.append(entry)
    return {"version": 0.0, "features": features, "monitoring_config": MONITORING_CONFIG}


def numeric_distance(first: list[float], second: list[float], robust: bool) -> float:
    """Largest difference of two cumulative distributions; `robust` takes off what chance explains."""
    first, second = sorted(first), sorted(second)
    if not first or not second:
        return 0.0
    distance = 0.0
    for point in {*first, *second}:
        below = bisect.bisect_right(first, point) / len(first)
        distance = max(distance, abs(below - bisect.bisect_right(second, point) / len(second)))
    if robust:
        n, m = len(first), len(second)
        distance = max(0.0, distance - 1.8 * math.sqrt((n + m) / (n * m)))
    return distance


def categorical_distance(first: dict[str, float], second: dict[str, float], robust: bool) -> float:
    """Largest difference of two relative frequencies; `robust` takes off what chance explains."""
    n, m = sum(first.values()), sum(second.values())
    if not n or not m:
        return 0.0
    distance = max(abs(first.get(key, 0) / n - second.get(key, 0) / m) for key in {*first, *second})
    return max(0.0, distance - 1.8 * math.sqrt((n + m) / (n * m))) if robust else distance


def drift(now: dict[str, Any], before: dict[str, Any], options: dict[str, Any]) -> float | None:
    """Distance of a feature from its baseline; None when they cannot be compared."""
    robust = options.get("comparison_method", "Robust") == "Robust"
    if "numerical_statistics" in now and "numerical_statistics" in before:
        samples = [
            [
                number
                for part in item["numerical_statistics"]["distribution"]["kll"]["sketch"]["data"]
                for number in part
            ]
            for item in (now, before)
        ]
        return numeric_distance(samples[0], samples[1], robust)
    if "string_statistics" in now and "string_statistics" in before:
        counts = [
            {
                bucket["value"]: bucket["count"]
                for bucket in item["string_statistics"]["distribution"]["categorical"]["buckets"]
            }
            for item in (now, before)
        ]
        return categorical_distance(counts[0], counts[1], robust)
    return None


def compare(
    table: dict[str, list[str | None]], stats: dict[str, Any], limits: dict[str, Any], baseline: dict[str, Any]
) -> tuple[list[dict[str, str]], dict[str, float]]:
    """Violations of the constraints, and the drift of each feature."""
    config = limits.get("monitoring_config", MONITORING_CONFIG)
    found: list[dict[str, str]] = []
    drifts: dict[str, float] = {}

    def violate(name: str, check: str, description: str) -> None:
        found.append({"feature_name": name, "constraint_check_type": check, "description": description})

    if config.get("evaluate_constraints", "Enabled") != "Enabled":
        return found, drifts
    expected = {item["name"]: item for item in limits.get("features", [])}
    before = {item["name"]: item for item in baseline.get("features", [])}
    counts = f"Number of columns in current dataset: {len(table)}, Number of columns in baseline constraints: {len(expected)}"
    for name in expected:
        if name not in table:
            violate(name, "missing_column_check", f"There are missing columns in current dataset. {counts}")
    for name in table:
        if name not in expected:
            violate(name, "extra_column_check", f"There are extra columns in current dataset. {counts}")
    for item in stats["features"]:
        limit = expected.get(item["name"])
        if limit is None:
            continue
        present = [value for value in table[item["name"]] if value is not None]
        overridden = {**config, **limit.get("monitoringConfigOverrides", {})}
        _check_values(item["name"], present, len(table[item["name"]]), limit, overridden, violate)
        options = overridden.get("distribution_constraints", {})
        if options.get("perform_comparison", "Enabled") == "Enabled" and item["name"] in before:
            distance = drift(item, before[item["name"]], options)
            if distance is not None:
                drifts[item["name"]] = distance
                key = "comparison_threshold" if "numerical_statistics" in item else "categorical_comparison_threshold"
                threshold = options.get(key, options.get("comparison_threshold", 0.1))
                if distance > threshold:
                    violate(
                        item["name"],
                        "baseline_drift_check",
                        f"Baseline drift distance: {distance} exceeds threshold: {threshold}",
                    )
    return found, drifts


def _check_values(
    name: str, present: list[str], total: int, limit: dict[str, Any], config: dict[str, Any], violate: Any
) -> None:
    wanted = limit.get("inferred_type", "Unknown")
    allowed = {"Integral": {"Integral"}, "Fractional": {"Integral", "Fractional"}}.get(wanted)
    if allowed and present:
        match = sum(kind_of(value) in allowed for value in present) / len(present)
        threshold = config.get("datatype_check_threshold", 1.0)
        if match < threshold:
            violate(
                name,
                "data_type_check",
                f"Data type match requirement is not met. Expected data type: {wanted}, Expected match:"
                f" {threshold * 100}%. Observed: Only {match * 100}% of data is {wanted}.",
            )
    completeness = len(present) / total if total else 0.0
    if completeness < limit.get("completeness", 0.0):
        violate(
            name,
            "completeness_check",
            f"Data completeness requirement is not met. Expected completeness: {limit['completeness'] * 100}%."
            f" Observed: Only {completeness * 100}% of data is complete.",
        )
    domain = limit.get("string_constraints", {}).get("domains")
    if domain and present:
        known = sum(value in domain for value in present) / len(present)
        threshold = config.get("domain_content_threshold", 1.0)
        if known < threshold:
            violate(
                name,
                "categorical_values_check",
                f"Categorical value requirement is not met. Expected match: {threshold * 100}%."
                f" Observed: Only {known * 100}% of data is in the known domain.",
            )
