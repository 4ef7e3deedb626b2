"""Shapley values of a model's features, by sampling, and their drift.

Sources: developer guide, clarify-shapley-values, clarify-processing-job-configure-analysis (baseline, num_samples,
agg_method) and clarify-model-monitor-feature-attribution-drift (nDCG). The container fits Kernel SHAP; this is the
estimator by permutations, which has the same expectation and the same exact sum.
"""

from __future__ import annotations

import itertools
import math
import random
import statistics
from collections.abc import Callable, Sequence
from typing import Any

from .reading import is_number

ROWS = 50
"""How many records are explained at the most; more are thinned out evenly."""
PERMUTATIONS = 10
"""How many orders of the features are tried for each record unless `num_samples` asks for fewer."""
THRESHOLD = 0.9
"""Source: developer guide, clarify-model-monitor-model-attribution-drift-violations."""

Predict = Callable[[list[list[str]]], list[list[float]]]
"""Records to the model's outputs, one list of numbers for each."""
AGGREGATE: dict[str, Callable[[list[float]], float]] = {
    "mean_abs": lambda values: sum(map(abs, values)) / len(values),
    "median": lambda values: statistics.median(map(abs, values)),
    "mean_sq": lambda values: sum(value * value for value in values) / len(values),
}


def typical(rows: Sequence[Sequence[str]]) -> list[str]:
    """The record that stands for absent features when the configuration gives none: means and most frequent values."""
    return [
        str(statistics.fmean(map(float, column))) if all(map(is_number, column)) else statistics.mode(column)
        for column in zip(*rows, strict=True)
    ]


def orders(count: int, permutations: int, draw: random.Random) -> list[list[int]]:
    """Orders in which the features join: all if they are few enough, else some at random."""
    if math.factorial(min(count, 9)) <= permutations and count < 9:
        return [list(order) for order in itertools.permutations(range(count))]
    return [draw.sample(range(count), count) for _ in range(permutations)]


def explain(
    predict: Predict, row: Sequence[str], absent: Sequence[str], permutations: int, draw: random.Random
) -> list[list[float]]:
    """The Shapley values of one record: for each of the model's outputs one number per feature.

    They add up to the difference of the outputs for the record and for the one of absent features.
    """
    walks = orders(len(row), permutations, draw)
    records = []
    for walk in walks:
        record = list(absent)
        records.append(list(record))
        for feature in walk:
            record[feature] = row[feature]
            records.append(list(record))
    outputs = predict(records)
    values = [[0.0] * len(row) for _ in outputs[0]]
    for number, walk in enumerate(walks):
        start = number * (len(row) + 1)
        for place, feature in enumerate(walk, start):
            for which, (before, after) in enumerate(zip(outputs[place], outputs[place + 1], strict=True)):
                values[which][feature] += (after - before) / len(walks)
    return values


def report(
    predict: Predict, names: Sequence[str], rows: Sequence[Sequence[str]], config: dict[str, Any], labels: Sequence[str]
) -> dict[str, Any]:
    """The section `explanations` of analysis.json. `config` is the method `shap` of the analysis configuration."""
    given = config.get("baseline")
    if isinstance(given, str):
        raise ValueError(f"this local AWS reads no baseline from {given}: write its records into the configuration")
    absent = [[str(value) for value in record] for record in given or [typical(rows)]]
    step = max(1, math.ceil(len(rows) / ROWS))
    asked = config.get("num_samples")
    permutations = max(1, min(PERMUTATIONS, int(asked) // len(names))) if asked else PERMUTATIONS
    draw = random.Random(config.get("seed", 0))
    base = predict(absent)
    chosen = rows[::step]
    local = [explain(predict, row, absent[index % len(absent)], permutations, draw) for index, row in enumerate(chosen)]
    aggregate = AGGREGATE[config.get("agg_method", "mean_abs")]
    found = {}
    for which in range(len(base[0])):
        title = labels[which] if which < len(labels) else f"label{which}"
        found[title] = {
            "global_shap_values": {
                name: aggregate([values[which][feature] for values in local]) for feature, name in enumerate(names)
            },
            "expected_value": statistics.fmean(output[which] for output in base),
        }
    return {"kernel_shap": found}


def ndcg(before: dict[str, float], now: dict[str, float]) -> float:
    """How well the order of features by what they contribute now gains what they contributed before; 1: as well as then."""

    def gain(order: list[str]) -> float:
        return sum(before.get(name, 0.0) / math.log2(place + 2) for place, name in enumerate(order))

    best = gain(sorted(before, key=lambda name: -before[name]))
    return gain(sorted(now, key=lambda name: -now[name])) / best if best else 1.0


def compare(now: dict[str, Any], baseline: dict[str, Any]) -> list[dict[str, str]]:
    """Violations: labels whose features are in another order than in the baseline."""
    before = baseline.get("explanations", {}).get("kernel_shap", {})
    found = []
    for label, item in now.get("explanations", {}).get("kernel_shap", {}).items():
        if label in before:
            score = ndcg(before[label]["global_shap_values"], item["global_shap_values"])
            if score < THRESHOLD:
                found.append(
                    {
                        "label": label,
                        "metric_name": "shap",
                        "constraint_check_type": "feature_attribution_drift_check",
                        "description": f"Feature attribution drift {score} exceeds threshold {THRESHOLD}",
                    }
                )
    return found
