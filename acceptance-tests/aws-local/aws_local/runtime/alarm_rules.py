"""Rules of composite alarms.

Source: CloudWatch user guide, Create_Composite_Alarm, and API reference PutCompositeAlarm: ALARM(), OK(), INSUFFICIENT_DATA() of
an alarm's name or ARN, AT_LEAST(), TRUE, FALSE, AND, OR, NOT, parentheses. AT_LEAST: github.com/aws/aws-cdk pull 37693. What a
fault says: github.com/aws/aws-cdk issues 13953 and 34662.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*(?:(?P<sign>[(),])|(?P<quoted>\"[^\"]*\"|'[^']*')|(?P<word>[^\s(),\"']+))")
_THRESHOLD = re.compile(r"([1-9]\d*)(%?)")
STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
_START = "'(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA"
State = Callable[[str], str]
Holds = Callable[[State], bool]


class RuleFault(ValueError):
    """A rule that cannot be read; the text is what CloudWatch puts in brackets behind `Error in AlarmRule`."""


@dataclass(frozen=True)
class Rule:
    """A parsed rule."""

    holds: Holds
    """Whether it is true, given a function from an alarm's name to its state."""
    alarms: frozenset[str]
    """Names of the alarms it reads."""


@dataclass(frozen=True)
class _Token:
    text: str
    at: int
    """Position of its first character in the rule, from 0."""
    kind: str


def name_of(text: str) -> str:
    """An alarm's name, given as name or ARN."""
    return text.split(":alarm:", 1)[1] if text.startswith("arn:") and ":alarm:" in text else text


def parse(rule: str) -> Rule:
    """Parse an AlarmRule. Raises RuleFault."""
    return _Parser(rule).parse()


class _Parser:
    def __init__(self, text: str):
        self.tokens: list[_Token] = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if not match:
                at = position + len(text[position:]) - len(text[position:].lstrip())
                raise _unsupported(_Token(text[at], at, "sign"))
            kind = match.lastgroup or ""
            self.tokens.append(_Token(match[kind], match.start(kind), kind))
            position = match.end()
        self.tokens.append(_Token("", len(text), "end"))
        self.at = 0
        self.alarms: set[str] = set()

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def parse(self) -> Rule:
        holds = self.either()
        if self.token.kind != "end":
            raise _unsupported(self.token, "'AND' or 'OR'")
        return Rule(holds, frozenset(self.alarms))

    def word(self) -> str:
        return self.token.text.upper() if self.token.kind == "word" else ""

    def take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def sign(self, expected: str) -> None:
        if self.token.text != expected:
            raise _unsupported(self.token, f"'{expected}'")
        self.take()

    def either(self) -> Holds:
        parts = [self.both()]
        while self.word() == "OR":
            self.take()
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else lambda state: any(part(state) for part in parts)

    def both(self) -> Holds:
        parts = [self.single()]
        while self.word() == "AND":
            self.take()
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else lambda state: all(part(state) for part in parts)

    def single(self) -> Holds:
        word = self.word()
        if self.token.text == "(":
            self.take()
            inner = self.either()
            self.sign(")")
            return inner
        if word not in ("NOT", "TRUE", "FALSE", "AT_LEAST", *STATES):
            raise _unsupported(self.token, _START)
        self.take()
        if word == "NOT":
            inner = self.single()
            return lambda state: not inner(state)
        if word in STATES:
            self.sign("(")
            name = self.name()
            self.sign(")")
            return lambda state: state(name) == word
        if word == "AT_LEAST":
            return self.at_least()
        return lambda state: word == "TRUE"

    def at_least(self) -> Holds:
        self.sign("(")
        found = _THRESHOLD.fullmatch(self.token.text)
        if not found or (found[2] and int(found[1]) > 100):
            raise _unsupported(self.token, "a number or a percentage")
        self.take()
        self.sign(",")
        negated = self.word() == "NOT"
        if negated:
            self.take()
        wanted = self.word()
        if wanted not in STATES:
            raise _unsupported(self.token, "ALARM, OK, or INSUFFICIENT_DATA")
        self.take()
        self.sign(",")
        self.sign("(")
        names = [self.name()]
        while self.token.text == ",":
            self.take()
            names.append(self.name())
        self.sign(")")
        self.sign(")")
        least = math.ceil(int(found[1]) * len(names) / 100) if found[2] else int(found[1])
        return lambda state: sum((state(name) == wanted) != negated for name in names) >= least

    def name(self) -> str:
        """A name or ARN: quoted, or without blanks, brackets and commas."""
        name = name_of(self.token.text.strip("\"'") if self.token.kind == "quoted" else self.token.text)
        if self.token.kind not in ("quoted", "word") or not name:
            raise _unsupported(self.token, "the name or ARN of an alarm")
        self.take()
        self.alarms.add(name)
        return name


def _unsupported(token: _Token, wanted: str = "") -> RuleFault:
    return RuleFault(
        f"Unsupported token '{token.text}' at char {token.at}" + (f", must be: {wanted}" if wanted else "")
    )
