"""When schedules run and which hours of data they look at.

Source: API reference ScheduleConfig (cron expressions, NOW, ISO 8601 offsets), EventBridge user guide (cron fields).
"""

from __future__ import annotations

import datetime
import re

_CRON = re.compile(r"cron\((.+)\)")
_FIELDS = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day", 1, 31),
    ("month", 1, 12),
    ("weekday", 1, 7),
    ("year", 1970, 2199),
)
_DAYS = {name: str(number) for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_MONTHS = {
    name: str(number)
    for number, name in enumerate(
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1
    )
}
_OFFSET = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
SEARCH_DAYS = 366 * 5


def _field(text: str, low: int, high: int) -> set[int]:
    numbers: set[int] = set()
    if "L" in text or "W" in text or "#" in text:
        # Days that depend on the month: `_is_named` looks at them.
        return numbers
    for part in text.split(","):
        span, _, step = part.partition("/")
        if span in ("*", "?"):
            start, stop = low, high
        elif "-" in span:
            start, stop = (int(piece) for piece in span.split("-"))
        else:
            start = int(span)
            stop = high if step else start
        numbers |= set(range(start, stop + 1, int(step) if step else 1))
    return numbers


def parse_cron(expression: str) -> list[set[int]]:
    """The values of each field of `cron(minutes hours day month weekday year)`. Raises ValueError."""
    match = _CRON.fullmatch(expression.strip())
    parts = match.group(1).split() if match else []
    if len(parts) != len(_FIELDS):
        raise ValueError(f"{expression!r} is not a cron expression of six fields")
    fields = []
    for part, (_, low, high) in zip(parts, _FIELDS, strict=True):
        text = part.upper()
        for name, number in (_MONTHS | _DAYS).items():
            text = text.replace(name, number)
        fields.append(_field(text, low, high))
    return fields


def _is_named(day: datetime.date, days: str, weekdays: str) -> bool:
    """Whether special fields of a cron expression name a day: `L`, `L-3`, `LW`, `15W`; `L`, `6L`, `2#3`."""
    last = (day.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)
    weekday = day.isoweekday() % 7 + 1
    if "W" in days:
        wanted = last if days == "LW" else day.replace(day=min(int(days[:-1]), last.day))
        # The nearest weekday within the month.
        step = {6: -1 if wanted.day > 1 else 2, 7: 1 if wanted.day < last.day else -2}.get(wanted.isoweekday(), 0)
        return day == wanted + datetime.timedelta(days=step)
    if days.startswith("L"):
        return day.day == last.day - int(days[2:] or 0)
    if "#" in weekdays:
        wanted_weekday, _, nth = weekdays.partition("#")
        return weekday == int(wanted_weekday) and (day.day - 1) // 7 + 1 == int(nth)
    if weekdays.endswith("L"):
        return weekday == int(weekdays[:-1] or 7) and (weekdays == "L" or day.day + 7 > last.day)
    return False


def next_time(expression: str, after: float, zone: datetime.tzinfo = datetime.UTC) -> float:
    """The first time after `after` (seconds since the epoch) that a cron expression names in a time zone. Raises ValueError."""
    minutes, hours, days, months, weekdays, years = parse_cron(expression)
    fields = expression.strip()[5:-1].upper().split()
    day = datetime.datetime.fromtimestamp(after, zone).date()
    for _ in range(SEARCH_DAYS):
        # SUN is 1 here and 7 in isoweekday().
        plain = day.day in days and day.isoweekday() % 7 + 1 in weekdays
        if day.year in years and day.month in months and (plain or _is_named(day, fields[2], fields[4])):
            for hour in sorted(hours):
                for minute in sorted(minutes):
                    found = datetime.datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).timestamp()
                    if found > after:
                        return found
        day += datetime.timedelta(days=1)
    raise ValueError(f"{expression!r} names no time within five years")


def offset_seconds(text: str) -> float:
    """Seconds of an ISO 8601 duration such as `-PT1H`. Raises ValueError."""
    match = _OFFSET.fullmatch(text)
    if not match or not any(match.groups()[1:]):
        raise ValueError(f"{text!r} is no ISO 8601 duration")
    sign, *numbers = match.groups()
    days, hours, minutes, seconds = (int(number or 0) for number in numbers)
    total = ((days * 24 + hours) * 60 + minutes) * 60.0 + seconds
    return -total if sign else total


def period_seconds(expression: str, at: float) -> float:
    """The time from one run of a cron expression to the next."""
    first = next_time(expression, at)
    return next_time(expression, first) - first


def folders(start: float, end: float) -> list[str]:
    """The `yyyy/mm/dd/hh` folders of the hours from `start` to `end`; days when those are many, then all."""
    hour = datetime.datetime.fromtimestamp(start, datetime.UTC).replace(minute=0, second=0, microsecond=0)
    hours = []
    while hour.timestamp() < end:
        hours.append(f"{hour:%Y/%m/%d/%H}")
        hour += datetime.timedelta(hours=1)
    # A processing job takes at most ten inputs (service model, ProcessingInputs).
    if len(hours) <= 4:
        return hours
    days = sorted({text[:10] for text in hours})
    return days if len(days) <= 4 else [""]
