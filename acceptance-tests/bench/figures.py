"""Measured figures, and the table of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


class CannotMeasure(Exception):
    """A measurement failed, which says nothing of the provider's speed."""


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    name: str
    # What was measured, with its spread.
    measured: str
    # The floor or rival of the same run.
    against: str
    aim: str = ""
    # None where there is no aim, or where what was measured is not what the aim is for.
    reached: bool | None = None


def spread(values: Sequence[float], unit: str, digits: int = 1) -> str:
    """Median and range: `3.1 ms (2.9-4.0)`."""
    if len(values) == 1:
        return f"{values[0]:.{digits}f} {unit}"
    return f"{median(values):.{digits}f} {unit} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def table(figures: Sequence[Figure]) -> str:
    """The figures in columns."""
    words = {True: "reached", False: "MISSED", None: "-"}
    rows = [("figure", "measured: median (range)", "against", "aim", "")]
    rows += [(f.name, f.measured, f.against, f.aim or "-", words[f.reached]) for f in figures]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)
