"""Expressions of schedules: `at(...)`, `rate(...)` and `cron(...)`, as EventBridge Scheduler and Application Auto Scaling take them.

Sources: EventBridge Scheduler user guide, "Schedule types"; expressions that AWS refused and took are recorded in
github.com/localstack/localstack tests/aws/services/scheduler/test_scheduler.snapshot.json and shown in its issue 13572.
"""

from __future__ import annotations

import datetime
import re

_AT = re.compile(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)")
_RATE = re.compile(r"rate\([1-9]\d* (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_DAYS = "SUN MON TUE WED THU FRI SAT".split()
# Lowest and highest number, names from the lowest on, and what else the field may have.
_FIELDS = (
    (0, 59, [], ""),
    (0, 23, [], ""),
    (1, 31, [], r"\?|L(-\d+)?|LW|\d+W"),
    (1, 12, _MONTHS, ""),
    (1, 7, _DAYS, r"\?|L|[1-7]L|[1-7]#[1-5]"),
    (1970, 2199, [], ""),
)


def is_valid(expression: str) -> bool:
    """Whether a schedule can have this expression."""
    if found := _AT.fullmatch(expression):
        try:
            datetime.datetime.fromisoformat(found[1])
        except ValueError:
            return False
        return True
    if found := _CRON.fullmatch(expression):
        fields = [field.upper() for field in found.groups()]
        # One of the two fields for days must leave the choice to the other.
        return (fields[2] == "?") != (fields[4] == "?") and all(map(_is_field, fields, _FIELDS))
    return _RATE.fullmatch(expression) is not None


def _is_field(text: str, field: tuple[int, int, list[str], str]) -> bool:
    low, high, names, special = field
    if special and re.fullmatch(special, text):
        return True

    def number(part: str) -> bool:
        return part in names or (part.isdigit() and low <= int(part) <= high)

    for part in text.split(","):
        span, slash, step = part.partition("/")
        if slash and not step.isdigit():
            return False
        if span != "*" and not all(number(end) for end in span.split("-", 1)):
            return False
    return True
