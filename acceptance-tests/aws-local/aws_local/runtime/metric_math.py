"""Metric math: arithmetic, comparison and the common functions over series.

Source: CloudWatch user guide, using-metric-math. A series maps the start of a period to its value.
"""

from __future__ import annotations

import itertools
import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

Series = dict[float, float]
Value = Series | float | list[Series]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|(?P<name>[A-Za-z_]\w*)|(?P<text>\"[^\"]*\"|'[^']*')"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^(),<>\[\]]))"
)
_BINARY: tuple[dict[str, Callable[[float, float], float]], ...] = (
    {"||": lambda a, b: float(bool(a) or bool(b)), "OR": lambda a, b: float(bool(a) or bool(b))},
    {"&&": lambda a, b: float(bool(a) and bool(b)), "AND": lambda a, b: float(bool(a) and bool(b))},
    {
        "==": lambda a, b: float(a == b),
        "!=": lambda a, b: float(a != b),
        "<": lambda a, b: float(a < b),
        ">": lambda a, b: float(a > b),
        "<=": lambda a, b: float(a <= b),
        ">=": lambda a, b: float(a >= b),
    },
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": operator.truediv},
    {"^": operator.pow},
)

_FILL = re.compile(r"\bFILL\(\s*([a-zA-Z]\w*)\s*,\s*(REPEAT|-?\d+(?:\.\d+)?)\s*\)", re.IGNORECASE)


class MathFault(ValueError):
    """An expression that cannot be read or computed; the text says where."""


class _Parser:
    def __init__(self, text: str, series: Mapping[str, Series], period: int):
        self.text, self.series, self.period = text, series, period
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if not match:
                raise MathFault(f"cannot read {text!r} at {text[position:]!r}")
            kind = match.lastgroup or ""
            self.tokens.append((kind, match.group(kind)))
            position = match.end()
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, expected: str | None = None) -> tuple[str, str]:
        if self.at >= len(self.tokens) or (expected is not None and self.peek() != expected):
            raise MathFault(f"{self.text!r} needs {expected or 'more'} at {self.peek() or 'its end'!r}")
        self.at += 1
        return self.tokens[self.at - 1]

    def binary(self, level: int = 0) -> Value:
        if level == len(_BINARY):
            return self.unary()
        left = self.binary(level + 1)
        while self.peek() in _BINARY[level]:
            function = _BINARY[level][self.take()[1]]
            left = combine(function, left, self.binary(level + 1))
        return left

    def unary(self) -> Value:
        if self.peek() == "-":
            self.take()
            return combine(operator.mul, -1.0, self.unary())
        kind, text = self.take()
        if text == "(":
            value = self.binary()
            self.take(")")
            return value
        if text == "[":
            return self.array()
        if kind == "number":
            return float(text)
        if kind == "name" and self.peek() == "(":
            return self.call(text.upper())
        if kind == "name":
            if text not in self.series:
                raise MathFault(f"{self.text!r} refers to {text!r}, which does not exist")
            return self.series[text]
        raise MathFault(f"cannot read {self.text!r} at {text!r}")

    def array(self) -> list[Series]:
        items = []
        while self.peek() != "]":
            items.append(as_series(self.binary()))
            if self.peek() == ",":
                self.take()
        self.take("]")
        return items

    def call(self, name: str) -> Value:
        self.take("(")
        arguments: list[Any] = []
        while self.peek() != ")":
            if self.tokens[self.at][0] == "text":
                arguments.append(self.take()[1][1:-1])
            else:
                arguments.append(self.binary())
            if self.peek() == ",":
                self.take()
        self.take(")")
        if name == "METRICS":
            wanted = arguments[0] if arguments else ""
            return [series for key, series in self.series.items() if wanted in key]
        if name == "PERIOD":
            return float(self.period)
        if name not in FUNCTIONS:
            raise MathFault(f"the function {name} of {self.text!r} is not known here")
        try:
            return FUNCTIONS[name](*arguments)
        except TypeError as error:
            raise MathFault(f"{name} in {self.text!r}: {error}") from error


def as_series(value: Value) -> Series:
    if not isinstance(value, dict):
        raise MathFault("a time series is needed")
    return value


def combine(function: Callable[[float, float], float], left: Value, right: Value) -> Value:
    """Apply a function point by point; a number goes with every point; points that only one side has are dropped."""
    if isinstance(left, list) or isinstance(right, list):
        if isinstance(left, list) and isinstance(right, list):
            raise MathFault("two arrays cannot be combined")
        if isinstance(left, list):
            return [as_series(combine(function, item, right)) for item in left]
        assert isinstance(right, list)
        return [as_series(combine(function, left, item)) for item in right]
    if isinstance(left, dict) or isinstance(right, dict):
        if isinstance(left, dict) and isinstance(right, dict):
            times = sorted(left.keys() & right.keys())
        else:
            times = sorted(left if isinstance(left, dict) else right)  # type: ignore[arg-type]
        found: Series = {}
        for at in times:
            one = left[at] if isinstance(left, dict) else left
            two = right[at] if isinstance(right, dict) else right
            value = _apply(function, one, two)
            if value is not None:
                found[at] = value
        return found
    value = _apply(function, left, right)
    if value is None:
        raise MathFault("division by zero")
    return value


def _apply(function: Callable[[float, float], float], left: float, right: float) -> float | None:
    try:
        value = function(left, right)
    except (ZeroDivisionError, OverflowError):
        return None
    return value if isinstance(value, int | float) and math.isfinite(value) else None


def _reduce(function: Callable[[list[float]], float]) -> Callable[[Value], Value]:
    """A function that makes one number of a series, and one series of an array."""

    def apply(value: Value) -> Value:
        if isinstance(value, list):
            times = sorted({at for series in value for at in series})
            return {at: function([series[at] for series in value if at in series]) for at in times}
        series = as_series(value)
        if not series:
            return {}
        return function([series[at] for at in sorted(series)])

    return apply


def _each(function: Callable[[float], float]) -> Callable[[Value], Value]:
    return lambda value: combine(lambda one, _: function(one), value, 0.0)


def _average(values: list[float]) -> float:
    return math.fsum(values) / len(values)


def _deviation(values: list[float]) -> float:
    mean = _average(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))


def _choose(condition: Value, then: Value, other: Value) -> Value:
    chosen = combine(lambda test, value: value if test else math.nan, condition, then)
    rest = combine(lambda test, value: math.nan if test else value, condition, other)
    if isinstance(chosen, dict) and isinstance(rest, dict):
        return {**rest, **chosen}
    return then if condition else other


def _fill(series: Series, filler: str, wanted: list[float]) -> Series:
    """A series with a number, or the value before (REPEAT), where it has none."""
    found: Series = {}
    before: float | None = None
    for at in sorted({*series, *wanted}):
        if at in series:
            before = found[at] = series[at]
        elif filler == "REPEAT":
            if before is not None:
                found[at] = before
        else:
            found[at] = float(filler)
    return found


def _running(value: Value) -> Value:
    total, found = 0.0, {}
    series = as_series(value)
    for at in sorted(series):
        total += series[at]
        found[at] = total
    return found


def _differences(value: Value, *, per_second: bool) -> Value:
    series = as_series(value)
    times = sorted(series)
    pairs = itertools.pairwise(times)
    return {two: (series[two] - series[one]) / ((two - one) if per_second else 1) for one, two in pairs}


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "SUM": _reduce(math.fsum),
    "AVG": _reduce(_average),
    "MIN": _reduce(min),
    "MAX": _reduce(max),
    "STDDEV": _reduce(_deviation),
    "ABS": _each(abs),
    "CEIL": _each(math.ceil),
    "FLOOR": _each(math.floor),
    "LOG": _each(math.log),
    "LOG10": _each(math.log10),
    "IF": _choose,
    "RUNNING_SUM": _running,
    "DIFF": lambda value: _differences(value, per_second=False),
    "RATE": lambda value: _differences(value, per_second=True),
}


def compute(expression: str, series: Mapping[str, Series], period: int, times: list[float]) -> Series:
    """The series an expression makes of others; `times` are the periods that gaps are filled at. Raises MathFault."""
    filled = dict(series)
    # FILL needs to know the periods there should be, which no other function does, so it is put in place beforehand.
    for match in _FILL.finditer(expression):
        name, filler = match.groups()
        if name not in series:
            raise MathFault(f"{expression!r} refers to {name!r}, which does not exist")
        alias = f"filled{len(filled)}_"
        filled[alias] = _fill(series[name], filler.upper(), times)
        expression = expression.replace(match.group(), alias, 1)
    parser = _Parser(expression, filled, period)
    value = parser.binary()
    if parser.peek():
        raise MathFault(f"cannot read {expression!r} at {parser.peek()!r}")
    if isinstance(value, list):
        raise MathFault(f"{expression!r} makes several series; an alarm needs one")
    if isinstance(value, dict):
        return dict(value)
    return dict.fromkeys(times, float(value))
