"""Quality of predictions against ground truth.

Source of metric names: developer guide, model-monitor-model-quality-metrics; of violations: the same guide's schema of
constraint violations for model quality.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

from .reading import Dataset, same_label, side_rows

HIGHER_IS_WORSE = frozenset({"mae", "mse", "rmse", "false_positive_rate", "false_negative_rate"})


def read_truth(folder: Path) -> dict[str, str]:
    """Event id to true label, from JSON lines of `groundTruthData` and `eventMetadata.eventId`."""
    truth: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        for line in path.read_text().splitlines():
            if line.strip():
                record = json.loads(line)
                values = side_rows(record["groundTruthData"])[0][1]
                event = record["eventMetadata"]
                if values and values[0] is not None:
                    truth[event.get("inferenceId") or event["eventId"]] = values[0]
    return truth


def column(data: Dataset, attribute: str | None) -> int:
    """The position of the output column an attribute names, by name or position; the first without one."""
    if attribute and data.names and attribute in data.names:
        return data.names.index(attribute)
    return int(attribute) if attribute and attribute.isdigit() else 0


def pair(data: Dataset, truth: dict[str, str], attribute: str | None) -> list[tuple[str, str]]:
    """(true, predicted) of the rows whose label is known; `attribute` names the output column or its position."""
    index = column(data, attribute)
    pairs = []
    for row, event in zip(data.rows, data.events, strict=True):
        if event in truth and index < len(row) and row[index] is not None:
            pairs.append((truth[event], str(row[index])))
    return pairs


def regression(pairs: list[tuple[str, str]]) -> dict[str, float]:
    """mae, mse, rmse and r2."""
    true = [float(one) for one, _ in pairs]
    errors = [float(one) - float(two) for one, two in pairs]
    mean = sum(true) / len(true)
    spread = sum((value - mean) ** 2 for value in true)
    mse = sum(error**2 for error in errors) / len(errors)
    return {
        "mae": sum(map(abs, errors)) / len(errors),
        "mse": mse,
        "rmse": math.sqrt(mse),
        "r2": 1 - mse * len(errors) / spread if spread else 0.0,
    }


def _f(beta: float, precision: float, recall: float) -> float:
    weight = beta * beta
    denominator = weight * precision + recall
    return (1 + weight) * precision * recall / denominator if denominator else 0.0


def multiclass(pairs: list[tuple[str, str]]) -> tuple[dict[str, float], dict[str, dict[str, int]]]:
    """Accuracy and weighted metrics, and the confusion matrix."""
    matrix: dict[str, dict[str, int]] = {}
    for true, predicted in pairs:
        row = matrix.setdefault(true, {})
        row[predicted] = row.get(predicted, 0) + 1
    support = Counter(true for true, _ in pairs)
    predicted_counts = Counter(predicted for _, predicted in pairs)
    totals = dict.fromkeys(
        ("weighted_recall", "weighted_precision", "weighted_f0_5", "weighted_f1", "weighted_f2"), 0.0
    )
    for label, number in support.items():
        hits = matrix[label].get(label, 0)
        recall = hits / number
        precision = hits / predicted_counts[label] if predicted_counts[label] else 0.0
        share = number / len(pairs)
        for name, value in (
            ("weighted_recall", recall),
            ("weighted_precision", precision),
            ("weighted_f0_5", _f(0.5, precision, recall)),
            ("weighted_f1", _f(1, precision, recall)),
            ("weighted_f2", _f(2, precision, recall)),
        ):
            totals[name] += share * value
    hits = sum(true == predicted for true, predicted in pairs)
    return {"accuracy": hits / len(pairs), **totals}, matrix


def binary(pairs: list[tuple[str, str]]) -> tuple[dict[str, float], dict[str, dict[str, int]]]:
    """Metrics for the label `1` against `0`, and the confusion matrix."""
    _, matrix = multiclass(pairs)
    hit = sum(true == predicted == "1" for true, predicted in pairs)
    miss = sum(true == "1" != predicted for true, predicted in pairs)
    alarm = sum(true != "1" == predicted for true, predicted in pairs)
    quiet = len(pairs) - hit - miss - alarm
    recall = hit / (hit + miss) if hit + miss else 0.0
    precision = hit / (hit + alarm) if hit + alarm else 0.0
    metrics = {
        "recall": recall,
        "precision": precision,
        "accuracy": (hit + quiet) / len(pairs),
        "true_positive_rate": recall,
        "true_negative_rate": quiet / (quiet + alarm) if quiet + alarm else 0.0,
        "false_positive_rate": alarm / (quiet + alarm) if quiet + alarm else 0.0,
        "false_negative_rate": miss / (hit + miss) if hit + miss else 0.0,
        "f0_5": _f(0.5, precision, recall),
        "f1": _f(1, precision, recall),
        "f2": _f(2, precision, recall),
    }
    return metrics, matrix


def evaluate(problem: str, pairs: list[tuple[str, str]], threshold: float | None) -> dict[str, Any]:
    """`{group: {metric: {"value": v, "standard_deviation": "NaN"}}}` for a problem type. Raises ValueError."""
    if not pairs:
        raise ValueError("no prediction could be matched with ground truth: check the ids and the time of both")
    matrix: dict[str, dict[str, int]] | None = None
    if problem == "Regression":
        group, metrics = "regression_metrics", regression(pairs)
    else:
        pairs = [(same_label(true), same_label(predicted)) for true, predicted in pairs]
        if problem == "BinaryClassification":
            if threshold is not None:
                pairs = [(true, "1" if float(predicted) > threshold else "0") for true, predicted in pairs]
            group = "binary_classification_metrics"
            metrics, matrix = binary(pairs)
        elif problem == "MulticlassClassification":
            group = "multiclass_classification_metrics"
            metrics, matrix = multiclass(pairs)
        else:
            raise ValueError(f"unknown problem_type {problem}")
    values: dict[str, Any] = {name: {"value": value, "standard_deviation": "NaN"} for name, value in metrics.items()}
    return {group: {**({"confusion_matrix": matrix} if matrix is not None else {}), **values}}


def group_of(report: dict[str, Any]) -> str:
    """The name of the report's group of metrics."""
    return next(name for name in report if name.endswith("_metrics"))


def suggest(report: dict[str, Any]) -> dict[str, Any]:
    """Constraints that a baseline suggests: no worse than now."""
    group = group_of(report)
    limits = {
        name: {
            "threshold": item["value"],
            "comparison_operator": "GreaterThanThreshold" if name in HIGHER_IS_WORSE else "LessThanThreshold",
        }
        for name, item in report[group].items()
        if name != "confusion_matrix"
    }
    return {"version": 0.0, group.replace("_metrics", "_constraints"): limits}


def compare(report: dict[str, Any], limits: dict[str, Any]) -> list[dict[str, str]]:
    """Violations of the constraints."""
    group = group_of(report)
    found = []
    for name, limit in limits.get(group.replace("_metrics", "_constraints"), {}).items():
        item = report[group].get(name)
        if item is None:
            continue
        value, threshold, operator = item["value"], float(limit["threshold"]), limit["comparison_operator"]
        worse = value < threshold if operator == "LessThanThreshold" else value > threshold
        if worse:
            found.append(
                {
                    "constraint_check_type": operator,
                    "description": f"Metric {name} with {value} was {operator} '{threshold}'",
                    "metric_name": name,
                }
            )
    return found
