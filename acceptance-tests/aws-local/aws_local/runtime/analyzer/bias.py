"""Bias of labels and of predictions towards a group (facet).

Source of the definitions: developer guide, clarify-measure-data-bias and clarify-measure-post-training-bias; of signs and of
what a division by zero gives: github.com/aws/amazon-sagemaker-clarify, which computes them in the container. The facet is
the disadvantaged group `d`, everybody else the advantaged group `a`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .reading import is_number, same_label

UNIQUENESS = 0.05
"""From which share of different values on whole numbers count as continuous (amazon-sagemaker-clarify, constants)."""
NEIGHBOURS, FEW_NEIGHBOURS, FEW_SAMPLES = 5, 1, 10
"""The k of the flip test, and its k up to so many samples (amazon-sagemaker-clarify, constants)."""
NEUTRAL = {"DI": 1.0}
"""Values of no bias that are not 0 (developer guide, clarify-post-training-bias-metric-di)."""


def members(values: Sequence[str], wanted: Sequence[Any]) -> tuple[list[bool], str]:
    """Which values are of the group `wanted` describes, and that group as a text: values, or an interval.

    One number and a column of numbers: those above it. Two different values are always two groups, however few the rows.
    """
    distinct = set(map(same_label, values))
    continuous = (
        len(wanted) == 1
        and len(distinct) > 2
        and is_number(str(wanted[0]))
        and all(map(is_number, distinct))
        and (any("." in value for value in distinct) or len(distinct) / len(values) >= UNIQUENESS)
    )
    if continuous:
        numbers, bound = [float(value) for value in values], float(wanted[0])
        return [number > bound for number in numbers], f"({wanted[0]}, {max(numbers):g}]"
    group = {same_label(str(item)) for item in wanted}
    return [same_label(value) in group for value in values], ",".join(map(str, wanted))


@dataclass(frozen=True)
class Counts:
    """The confusion matrix of one group."""

    tp: int
    fp: int
    fn: int
    tn: int

    @classmethod
    def of(cls, label: Sequence[bool], predicted: Sequence[bool]) -> Counts:
        """Count; both sequences tell positives."""
        seen = Counter(zip(label, predicted, strict=True))
        return cls(seen[True, True], seen[False, True], seen[True, False], seen[False, False])

    @property
    def size(self) -> int:
        """All of the group."""
        return self.tp + self.fp + self.fn + self.tn


def divide(numerator: float, denominator: float) -> float:
    """0/0 is 0, anything else over 0 infinite."""
    if denominator:
        return numerator / denominator
    return math.copysign(math.inf, numerator) if numerator else 0.0


def minus(first: float, second: float) -> float:
    """A difference in which infinities cancel out."""
    return 0.0 if first == second else first - second


@dataclass(frozen=True)
class Sample:
    """What a metric is computed from: one entry of every sequence per record."""

    facet: Sequence[bool]
    label: Sequence[bool]
    """Whether the observed label is positive."""
    labels: Sequence[str]
    predicted: Sequence[bool] | None
    """Whether the predicted label is positive; None before training."""
    group: Sequence[str] | None
    """Values of the group variable of conditional metrics."""
    numbers: Sequence[Sequence[float]] | None
    """Features as numbers; None when some are not."""

    def split(self, values: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """Values of the advantaged and of the disadvantaged group."""
        pairs = list(zip(self.facet, values, strict=True))
        return [value for is_in, value in pairs if not is_in], [value for is_in, value in pairs if is_in]

    def counts(self) -> tuple[Counts, Counts]:
        """The confusion matrices of both groups."""
        (label_a, label_d), (predicted_a, predicted_d) = self.split(self.label), self.split(self.predicted or ())
        return Counts.of(label_a, predicted_a), Counts.of(label_d, predicted_d)


def _conditional_disparity(sample: Sample, positive: Sequence[bool]) -> float:
    if sample.group is None:
        raise ValueError("Group variable is empty or not provided")
    total = 0.0
    for value, number in Counter(sample.group).items():
        rows = [
            (facet, good)
            for facet, good, group in zip(sample.facet, positive, sample.group, strict=True)
            if group == value
        ]
        rejected = [facet for facet, good in rows if not good]
        accepted = [facet for facet, good in rows if good]
        share = [sum(part) / len(part) if part else 0.0 for part in (rejected, accepted)]
        total += number * (share[0] - share[1])
    return total / len(sample.facet)


def _positive_shares(sample: Sample, positive: Sequence[bool]) -> tuple[float, float]:
    part_a, part_d = sample.split(positive)
    return sum(part_a) / len(part_a), sum(part_d) / len(part_d)


def _flip_test(sample: Sample) -> float:
    if sample.numbers is None:
        raise ValueError("FlipTest does not support non-numeric columns")
    (near, far), (label_a, label_d) = sample.split(sample.numbers), sample.split(sample.predicted or ())
    count = NEIGHBOURS if len(near) > FEW_SAMPLES else FEW_NEIGHBOURS
    flips = 0
    for row, mine in zip(far, label_d, strict=True):
        nearest = sorted(range(len(near)), key=lambda index, row=row: math.dist(near[index], row))[:count]
        theirs = sum(label_a[index] for index in nearest) * 2 > len(nearest)
        flips += int(mine) - int(theirs)
    return flips / len(far)


def _generalized_entropy(sample: Sample) -> float:
    benefits = [int(guess) - int(true) + 1 for guess, true in zip(sample.predicted or (), sample.label, strict=True)]
    mean = sum(benefits) / len(benefits)
    if not mean:
        raise ValueError("All predicted labels are false negatives.")
    return sum((benefit / mean) ** 2 - 1 for benefit in benefits) / (2 * len(benefits))


def _distributions(sample: Sample) -> list[tuple[float, float]]:
    labels_a, labels_d = (Counter(map(same_label, part)) for part in sample.split(sample.labels))
    size_a, size_d = labels_a.total(), labels_d.total()
    return [(labels_a[value] / size_a, labels_d[value] / size_d) for value in sorted({*labels_a, *labels_d})]


def _kullback_leibler(pairs: list[tuple[float, float]]) -> float:
    return sum(0.0 if not p else math.inf if not q else p * math.log(p / q) for p, q in pairs)


def _jensen_shannon(pairs: list[tuple[float, float]]) -> float:
    return sum(_kullback_leibler([(side[at], (side[0] + side[1]) / 2) for side in pairs]) for at in (0, 1)) / 2


def _between(measure: Callable[[Counts], float], sign: int = 1) -> Callable[[Sample], float]:
    """Advantaged minus disadvantaged of one number per group, or the other way round."""

    def compute(sample: Sample) -> float:
        a, d = (measure(counts) for counts in sample.counts())
        return minus(a, d) if sign > 0 else minus(d, a)

    return compute


Metric = tuple[str, Callable[[Sample], float]]
PRE_TRAINING: dict[str, Metric] = {
    "CDDL": ("Conditional Demographic Disparity in Labels (CDDL)", lambda s: _conditional_disparity(s, s.label)),
    "CI": ("Class Imbalance (CI)", lambda s: 1 - 2 * sum(s.facet) / len(s.facet)),
    "DPL": ("Difference in Positive Proportions in Labels (DPL)", lambda s: minus(*_positive_shares(s, s.label))),
    "JS": ("Jensen-Shannon Divergence (JS)", lambda s: _jensen_shannon(_distributions(s))),
    "KL": ("Kullback-Liebler Divergence (KL)", lambda s: _kullback_leibler(_distributions(s))),
    "KS": ("Kolmogorov-Smirnov Distance (KS)", lambda s: max(abs(p - q) for p, q in _distributions(s))),
    "LP": ("L-p Norm (LP)", lambda s: math.sqrt(sum((p - q) ** 2 for p, q in _distributions(s)))),
    "TVD": ("Total Variation Distance (TVD)", lambda s: sum(abs(p - q) for p, q in _distributions(s)) / 2),
}
POST_TRAINING: dict[str, Metric] = {
    "AD": ("Accuracy Difference (AD)", _between(lambda c: divide(c.tp + c.tn, c.size))),
    "CDDPL": (
        "Conditional Demographic Disparity in Predicted Labels (CDDPL)",
        lambda s: _conditional_disparity(s, s.predicted or ()),
    ),
    "DAR": ("Difference in Acceptance Rates (DAR)", _between(lambda c: divide(c.tp, c.tp + c.fp))),
    "DCA": ("Difference in Conditional Acceptance (DCA)", _between(lambda c: divide(c.tp + c.fn, c.tp + c.fp))),
    "DCR": ("Difference in Conditional Rejection (DCR)", _between(lambda c: divide(c.fp + c.tn, c.fn + c.tn), -1)),
    "DI": ("Disparate Impact (DI)", lambda s: divide(*reversed(_positive_shares(s, s.predicted or ())))),
    "DPPL": (
        "Difference in Positive Proportions in Predicted Labels (DPPL)",
        lambda s: minus(*_positive_shares(s, s.predicted or ())),
    ),
    "DRR": ("Difference in Rejection Rates (DRR)", _between(lambda c: divide(c.tn, c.tn + c.fn), -1)),
    "FT": ("Flip Test (FT)", _flip_test),
    "GE": ("Generalized Entropy (GE)", _generalized_entropy),
    "RD": ("Recall Difference (RD)", _between(lambda c: divide(c.tp, c.tp + c.fn))),
    "SD": ("Specificity Difference (SD)", _between(lambda c: divide(c.tn, c.tn + c.fp), -1)),
    "TE": ("Treatment Equality (TE)", _between(lambda c: divide(c.fn, c.fp), -1)),
}


def report(sample: Sample, metrics: dict[str, Metric], wanted: Any) -> list[dict[str, Any]]:
    """The `metrics` of one facet value; a metric that cannot be computed has an `error` and no value."""
    if not any(sample.facet) or all(sample.facet):
        raise ValueError("every record is of the same facet: there are no two groups to compare")
    found = []
    for name, (description, compute) in metrics.items():
        if wanted not in ("all", None) and name not in wanted:
            continue
        entry: dict[str, Any] = {"name": name, "description": description}
        try:
            found.append({**entry, "value": compute(sample)})
        except ValueError as error:
            found.append({**entry, "value": None, "error": str(error)})
    return found


def compare(now: dict[str, Any], baseline: dict[str, Any]) -> list[dict[str, str]]:
    """Violations: metrics further from no bias than in the baseline (clarify-model-monitor-bias-drift-violations)."""
    found = []
    for section in ("pre_training_bias_metrics", "post_training_bias_metrics"):
        before = baseline.get(section, {}).get("facets", {})
        for facet, entries in now.get(section, {}).get("facets", {}).items():
            for entry, old in zip(entries, before.get(facet, ()), strict=False):
                allowed = {item["name"]: item.get("value") for item in old["metrics"]}
                for metric in entry["metrics"]:
                    value, limit, neutral = metric["value"], allowed.get(metric["name"]), NEUTRAL.get(metric["name"], 0)
                    if value is not None and limit is not None and abs(value - neutral) > abs(limit - neutral):
                        found.append(
                            {
                                "facet": facet,
                                "facet_value": entry["value_or_threshold"],
                                "metric_name": metric["name"],
                                "constraint_check_type": "bias_drift_check",
                                "description": f"Value {value} does not meet the constraint requirement",
                            }
                        )
    return found
