"""Guides that show a run: the commands that they show, and whether what they show is what comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from acceptance.cases import Edit
from acceptance.example import edit

BLOCK = re.compile(r"^```(diff|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Names that are generated, hashes and times differ from run to run.
VARYING = re.compile(r"(?<=churn-)[0-9a-z]{16,}|(?<=digits-)[0-9a-f]{8}|(?<=after )[0-9ms]+|(?<=in )\d+(?= ms)")
LEFT_OUT = "\n...\n"


def blocks(guide: Path) -> Iterator[tuple[str, str, str]]:
    """The diffs and the commands of a guide in turn: `diff` with its text, `console` with the arguments and what it shows."""
    for kind, text in BLOCK.findall(guide.read_text()):
        command, _, shown = text.partition("\n") if kind == "console" else (text, "", "")
        yield kind, command.removeprefix("$ terraform "), shown


def make(diff: str, directory: Path) -> None:
    """Makes the change that a diff of one file shows: each `-` line becomes the `+` line below it."""
    (file,) = re.findall(r"^\+\+\+ (.+)$", diff, re.MULTILINE)
    for old, new in re.findall(r"^-([^-].*)\n\+(.*)$", diff, re.MULTILINE):
        edit(directory, Edit(old, new, file))


def words_of(text: str) -> str:
    """What is the same in every run, however the lines are wrapped."""
    return " ".join(VARYING.sub("*", text).split())


def shows(shown: str, output: str) -> None:
    """Each part of what the guide shows comes in the output, in this order."""
    rest = words_of(output)
    for part in map(words_of, f"\n{shown}".split(LEFT_OUT)):
        _, found, rest = rest.partition(part) if part else ("", " ", rest)
        assert found, f"the guide shows {part!r}, and the output is\n{output}"
