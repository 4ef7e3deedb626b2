"""Whether a metric alarm is in ALARM, OK or INSUFFICIENT_DATA: pure functions of its settings and its data.

Sources: CloudWatch user guide, AlarmThatSendsEmail (evaluation, M out of N, missing data, low-sample percentiles), API
reference PutMetricAlarm. The wording of reasons is that of state reasons quoted in public alarm notifications.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

OK, ALARM, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"
EXTRA_PERIODS = 2
"""How many periods before the evaluated ones may fill in for missing ones (user guide: 3 periods, a range of 5)."""
PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)", re.IGNORECASE)
OPERATORS = {
    "GreaterThanOrEqualToThreshold": ("greater than or equal to", lambda value, limit: value >= limit),
    "GreaterThanThreshold": ("greater than", lambda value, limit: value > limit),
    "LessThanThreshold": ("less than", lambda value, limit: value < limit),
    "LessThanOrEqualToThreshold": ("less than or equal to", lambda value, limit: value <= limit),
}


@dataclass(frozen=True)
class Sample:
    """What PutMetricData brought: single values (`count` times), or a statistic set."""

    timestamp: float
    """Seconds since the epoch."""
    total: float
    """Sum of the values."""
    count: float
    low: float
    high: float
    exact: bool = True
    """Whether all values are equal to `low`; a statistic set has no single values."""
    unit: str = "None"

    @classmethod
    def of(cls, timestamp: float, value: float, count: float = 1, unit: str = "None") -> Sample:
        """A value that occurred `count` times."""
        return cls(timestamp, value * count, count, value, value, True, unit)


@dataclass(frozen=True)
class Point:
    """One period's value."""

    at: float
    """Start of the period."""
    value: float
    count: float = 1
    """How many samples are behind it."""


@dataclass(frozen=True)
class Verdict:
    """The state of an alarm and why."""

    state: str
    reason: str
    data: dict[str, Any]


def statistic(samples: Sequence[Sample], name: str) -> float | None:
    """A statistic (`Sum`, `p99`, ...) of the samples of one period; None when it cannot be computed."""
    if not samples:
        return None
    count = math.fsum(sample.count for sample in samples)
    simple = {
        "Sum": lambda: math.fsum(sample.total for sample in samples),
        "SampleCount": lambda: count,
        "Average": lambda: math.fsum(sample.total for sample in samples) / count if count else 0.0,
        "Minimum": lambda: min(sample.low for sample in samples),
        "Maximum": lambda: max(sample.high for sample in samples),
    }
    if name in simple:
        return simple[name]()
    match = PERCENTILE.fullmatch(name)
    if not match:
        return None
    # User guide, Statistics definitions: of statistic sets there is a percentile only when all values are the same.
    if any(not sample.exact and sample.low != sample.high for sample in samples):
        return None
    return percentile(samples, float(match.group(1)))


def percentile(samples: Sequence[Sample], share: float) -> float:
    """A percentile with linear interpolation between values."""
    ordered = sorted((sample.low, sample.count) for sample in samples)
    total = math.fsum(count for _, count in ordered)
    rank = share / 100 * (total - 1)
    seen = 0.0
    for index, (value, count) in enumerate(ordered):
        seen += count
        if rank <= seen - 1:
            return value
        if rank < seen and index + 1 < len(ordered):
            return value + (ordered[index + 1][0] - value) * (rank - (seen - 1))
    return ordered[-1][0]


def points(samples: Sequence[Sample], name: str, period: int, start: float, end: float) -> list[Point]:
    """The periods from `start` to `end` that have data, oldest first. Periods are aligned to the epoch."""
    buckets: dict[float, list[Sample]] = {}
    for sample in samples:
        if start <= sample.timestamp <= end:
            buckets.setdefault(sample.timestamp // period * period, []).append(sample)
    found = []
    for at in sorted(buckets):
        value = statistic(buckets[at], name)
        if value is not None:
            found.append(Point(at, value, math.fsum(sample.count for sample in buckets[at])))
    return found


def span(alarm: Mapping[str, Any], period: int, now: float) -> tuple[float, float]:
    """First and last moment of the data an evaluation may use."""
    current = now // period * period
    return current - period * (alarm["EvaluationPeriods"] + EXTRA_PERIODS), now


def slots(found: Sequence[Point], alarm: Mapping[str, Any], period: int, now: float) -> list[Point | None]:
    """The evaluated periods, newest last, None where data is missing.

    The current period counts only when it has data already: it is not missing before it is over. Older data fills in
    for missing periods as far as the evaluation range goes.
    """
    number = alarm["EvaluationPeriods"]
    by_time = {point.at: point for point in found}
    last = now // period * period
    if last not in by_time:
        last -= period
    wanted = [by_time.get(last - period * index) for index in range(number)][::-1]
    missing = wanted.count(None)
    if missing:
        first = last - period * (number - 1)
        older = [point for point in found if first - period * EXTRA_PERIODS <= point.at < first]
        recent = [point for point in wanted if point is not None]
        if len(older) >= missing:
            return [*older[-missing:], *recent]
        return [*older, *[None] * (missing - len(older)), *recent]
    return wanted


def evaluate(alarm: Mapping[str, Any], found: Sequence[Point], period: int, now: float) -> Verdict | None:
    """The state of an alarm with a static threshold; None to keep the state it has.

    `alarm` is a MetricAlarm as DescribeAlarms answers, `found` the periods with data.
    """
    evaluated = slots(found, alarm, period, now)
    present = [point for point in evaluated if point is not None]
    name = alarm.get("ExtendedStatistic", "")
    if alarm.get("EvaluateLowSampleCountPercentile") == "ignore" and too_few(name, present):
        return None
    words, test = OPERATORS[alarm["ComparisonOperator"]]
    threshold, number = float(alarm["Threshold"]), alarm["EvaluationPeriods"]
    needed = alarm.get("DatapointsToAlarm") or number
    breaching = [point for point in present if test(point.value, threshold)]
    missing = number - len(present)
    treat = alarm.get("TreatMissingData", "missing")
    data = {
        "version": "1.0",
        "queryDate": stamp(now),
        "statistic": alarm.get("Statistic") or name or None,
        "period": period,
        "recentDatapoints": [point.value for point in present],
        "threshold": threshold,
    }
    if present:
        data["startDate"] = stamp(present[0].at)
    state = decide(len(breaching), len(present) - len(breaching), missing, needed, treat)
    if state is None:
        return None
    return Verdict(state, reason(state, present, breaching, missing, treat, words, threshold, needed, number), data)


def decide(breaching: int, fine: int, missing: int, needed: int, treat: str) -> str | None:
    """The state that numbers of breaching, fine and missing periods make; None to keep the state."""
    if breaching + fine == 0:
        return {"breaching": ALARM, "notBreaching": OK, "ignore": None}.get(treat, INSUFFICIENT)
    if breaching >= needed:
        return ALARM
    if missing:
        if treat == "breaching":
            return ALARM if breaching + missing >= needed else OK
        if treat == "notBreaching":
            return OK
        if fine == 0:
            # User guide, table of missing data: only breaching data is left, which alarms unless it is to be ignored.
            return ALARM if treat == "missing" else None
    return OK


def too_few(statistic_name: str, present: Sequence[Point]) -> bool:
    """Whether periods have too few samples for a percentile (user guide, percentile-based alarms and low data samples)."""
    match = PERCENTILE.fullmatch(statistic_name)
    if not match or not present:
        return False
    share = float(match.group(1)) / 100
    least = 10 / (1 - share) if 0.5 <= share < 1 else 10 / share if 0 < share < 0.5 else 1
    return any(point.count < least for point in present)


def reason(
    state: str,
    present: Sequence[Point],
    breaching: Sequence[Point],
    missing: int,
    treat: str,
    words: str,
    threshold: float,
    needed: int,
    number: int,
) -> str:
    """StateReason."""
    if state == INSUFFICIENT:
        return f"Insufficient Data: {missing} datapoint{'s were' if missing != 1 else ' was'} unknown."
    if not present:
        treated = {"breaching": "Breaching", "notBreaching": "NonBreaching"}[treat]
        return (
            f"Threshold Crossed: no datapoints were received for {number} period{'s' if number != 1 else ''} and"
            f" {missing} missing datapoint{'s were' if missing != 1 else ' was'} treated as [{treated}]."
        )
    shown = (
        breaching if state == ALARM and breaching else [point for point in present if point not in breaching] or present
    )
    listed = ", ".join(
        f"{point.value} ({datetime.datetime.fromtimestamp(point.at, datetime.UTC):%d/%m/%y %H:%M:%S})"
        for point in shown[::-1]
    )
    many = len(shown) != 1
    verb = ("were" if many else "was") + ("" if state == ALARM else " not")
    amount = f"{len(shown)} out of the last {number}" if number > 1 else str(len(shown))
    noun = "datapoints" if number > 1 or many else "datapoint"
    minimum = f" (minimum {needed} datapoint{'s' if needed != 1 else ''} for " + (
        "OK -> ALARM transition)" if state == ALARM else "ALARM -> OK transition)"
    )
    return f"Threshold Crossed: {amount} {noun} [{listed}] {verb} {words} the threshold ({threshold}){minimum}."


def stamp(seconds: float) -> str:
    """A time as CloudWatch writes it in reason data and notifications."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
