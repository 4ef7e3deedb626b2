"""Where every error text is from: the table behind `aws-local errors`.

An error is a `Refusal` with its `source`, or an `AwsError` under a comment that begins with `Source:` (the nearest one above it
in its function, else that of the docstring of function or module). A source that ends in `text ours` says that code or
condition are AWS's and the words are not, because nobody published them.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .sagemaker.kind import Refusal
from .sagemaker.kinds import KINDS

OURS = "text ours"
_ROOT = Path(__file__).parent
_SOURCE = re.compile(r"Sources?:\s*(.*?)(?:\.(?:\s|$)|$)", re.DOTALL)
_REFUSALS = ("not_found", "duplicate", "update_busy", "stop_busy", "start_busy", "delete_busy", "no_tags")
_OWN = ("AwsLocal", "InvalidFault", "NoSnapshot")
"""Codes of errors that are no imitation of AWS: what this tool lacks, and its control endpoints."""


@dataclass(frozen=True)
class Entry:
    """One error, or the states of one kind."""

    where: str
    """`file:line`, or `Kind.member`."""
    code: str
    text: str
    """The text, with placeholders in braces; for states their names."""
    source: str
    """Where code and text are from; empty when nobody said so."""

    @property
    def ours(self) -> bool:
        """Whether the words are this tool's own."""
        return self.source.endswith(OURS)


def entries() -> list[Entry]:
    """Every error and every state table of the local AWS."""
    return [*_kinds(), *_raised()]


def _kinds() -> Iterator[Entry]:
    for kind in KINDS.values():
        flows = (kind.creating, kind.updating, kind.stopping, kind.starting, kind.deleting)
        states = list(dict.fromkeys(step.status for flow in flows for step in flow))
        yield Entry(f"{kind.name}.states", "", " ".join(states), kind.source)
        for member in _REFUSALS:
            refusal: Refusal | None = getattr(kind, member)
            if refusal is not None:
                yield Entry(f"{kind.name}.{member}", refusal.code, refusal.text, refusal.source)


def _raised() -> Iterator[Entry]:
    for path in sorted(_ROOT.rglob("*.py")):
        name = path.relative_to(_ROOT).as_posix()
        if name == "control.py":
            continue
        text = path.read_text()
        tree = ast.parse(text)
        comments = _comments(text)
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        for call in ast.walk(tree):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "AwsError"):
                continue
            code, words = (_literal(argument) for argument in (*call.args, None, None)[:2])
            # What only passes on a code and a text made elsewhere has no words of its own.
            if code.startswith(_OWN) or not re.search(r"[A-Za-z]", re.sub(r"\{.*?\}", "", code + words)):
                continue
            around = [node for node in functions if node.lineno <= call.lineno <= (node.end_lineno or 0)]
            around.sort(key=lambda node: -node.lineno)
            start = around[0].lineno if around else 0
            above = [comment for line, comment in comments if start <= line <= (call.end_lineno or call.lineno)]
            docs = [ast.get_docstring(node) or "" for node in (*around, tree)]
            source = next((found for said in (*reversed(above), *docs) if (found := _source(said))), "")
            yield Entry(f"{name}:{call.lineno}", code, words, source)


def _comments(text: str) -> list[tuple[int, str]]:
    """Blocks of comment lines: the line each begins at, and its text."""
    blocks: list[tuple[int, int, str]] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            line, said = token.start[0], token.string.lstrip("# ")
            if blocks and blocks[-1][1] == line - 1:
                blocks[-1] = (blocks[-1][0], line, f"{blocks[-1][2]} {said}")
            else:
                blocks.append((line, line, said))
    return [(start, said) for start, _, said in blocks]


def _source(said: str) -> str:
    found = _SOURCE.search(said)
    return " ".join(found[1].split()).rstrip(".") if found else ""


def _literal(node: ast.expr | None) -> str:
    """The constant parts of an expression, the rest in braces."""
    if node is None:
        return ""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_literal(part) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return "{" + ast.unparse(node.value) + "}"
    if isinstance(node, ast.BinOp):
        return _literal(node.left) + _literal(node.right)
    return "{" + ast.unparse(node) + "}"
