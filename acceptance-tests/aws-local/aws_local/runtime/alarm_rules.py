"""Rules of composite alarms.

Source: CloudWatch user guide and API reference PutCompositeAlarm: ALARM(), OK(), INSUFFICIENT_DATA() of an alarm's name
or ARN, TRUE, FALSE, AND, OR, NOT, parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*(?:(?P<sign>[()])|(?P<quoted>\"[^\"]*\"|'[^']*')|(?P<word>[^\s()\"']+))")
STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")


class RuleFault(ValueError):
    """A rule that cannot be read; the text says where."""


@dataclass(frozen=True)
class Rule:
    """A parsed rule."""

    holds: Callable[[Callable[[str], str]], bool]
    """Whether it is true, given a function from an alarm's name to its state."""
    alarms: frozenset[str]
    """Names of the alarms it reads."""


def name_of(text: str) -> str:
    """An alarm's name, given as name or ARN."""
    return text.split(":alarm:", 1)[1] if text.startswith("arn:") and ":alarm:" in text else text


def parse(rule: str) -> Rule:
    """Parse an AlarmRule. Raises RuleFault."""
    return _Parser(rule).parse()


class _Parser:
    def __init__(self, text: str):
        self.text = text
        self.tokens: list[str] = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if not match:
                raise RuleFault(f"cannot read the rule at {text[position:]!r}")
            self.tokens.append(match.group().strip())
            position = match.end()
        self.at = 0
        self.alarms: set[str] = set()

    def parse(self) -> Rule:
        holds = self.either()
        if self.at < len(self.tokens):
            raise RuleFault(f"cannot read the rule at {self.tokens[self.at]!r}")
        return Rule(holds, frozenset(self.alarms))

    def word(self) -> str:
        return self.tokens[self.at].upper() if self.at < len(self.tokens) else ""

    def take(self, expected: str | None = None) -> str:
        if self.at >= len(self.tokens) or (expected and self.tokens[self.at] != expected):
            found = self.tokens[self.at] if self.at < len(self.tokens) else "its end"
            raise RuleFault(f"the rule needs {expected or 'more'} at {found!r}")
        self.at += 1
        return self.tokens[self.at - 1]

    def either(self) -> Callable[[Callable[[str], str]], bool]:
        parts = [self.both()]
        while self.word() == "OR":
            self.take()
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else lambda state: any(part(state) for part in parts)

    def both(self) -> Callable[[Callable[[str], str]], bool]:
        parts = [self.single()]
        while self.word() == "AND":
            self.take()
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else lambda state: all(part(state) for part in parts)

    def single(self) -> Callable[[Callable[[str], str]], bool]:
        word = self.word()
        if word == "NOT":
            self.take()
            inner = self.single()
            return lambda state: not inner(state)
        if word == "(":
            self.take()
            inner = self.either()
            self.take(")")
            return inner
        if word in ("TRUE", "FALSE"):
            self.take()
            return lambda state: word == "TRUE"
        if word in STATES:
            self.take()
            self.take("(")
            # An unquoted name may contain spaces, so everything up to the bracket belongs to it.
            parts = []
            while self.at < len(self.tokens) and self.tokens[self.at] not in "()":
                parts.append(self.take())
            self.take(")")
            name = name_of(" ".join(parts).strip("\"'"))
            if not name:
                raise RuleFault(f"{word}() needs the name of an alarm")
            self.alarms.add(name)
            return lambda state: state(name) == word
        raise RuleFault(
            f"cannot read the rule at {self.tokens[self.at] if self.at < len(self.tokens) else 'its end'!r}"
        )
