"""Whether a plan knows what the page of a resource says that it knows."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from acceptance.installation import ROOT

UNLESS_SET = "Known after apply unless set."


class Section(NamedTuple):
    """What a page says of the attributes of one object."""

    lines: dict[str, str]
    """What is said of each attribute, by its name."""
    computed: frozenset[str]
    """Those that nobody can set."""
    known: frozenset[str]
    """Of these, those that the plan of a new object knows."""


@cache
def sections(kind: str) -> dict[str, Section]:
    """The sections of the page of a type of resource, by path; the attributes of the resource itself are at the empty one."""
    page = (ROOT / "docs" / "resources" / f"{kind.removeprefix('mlops_')}.md").read_text()
    text = re.split(r"^## ", page.split("\n## Argument Reference\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    parts = re.split(r"^### Nested Schema for `([\w.]+)`$", text, flags=re.MULTILINE)
    found = {}
    for path, part in zip(["", *parts[1::2]], parts[::2], strict=True):
        groups = re.split(r"^(?:### )?(Required|Optional|Read-Only|Constraints):?$", part, flags=re.MULTILINE)
        lines, computed, known = {}, set(), set()
        for title, group in zip(groups[1::2], groups[2::2], strict=True):
            listed = re.findall(r"^- `(\w+)` (.*?)(?=^- `|\Z)", group, re.MULTILINE | re.DOTALL)
            attributes = dict(listed) if title != "Constraints" else {}
            lines |= attributes
            if title == "Read-Only":
                computed |= attributes.keys()
                said = group.strip().split("\n")[0]
                known |= attributes.keys() if said.startswith("Known in the plan") else set()
                known |= set(re.findall(r"`(\w+)`", said)) if said.startswith("In the plan") else set()
        found[path] = Section(lines, frozenset(computed), frozenset(known & computed))
    return found


def contradictions(plan: dict[str, Any]) -> list[str]:
    """What a plan knows, or does not know, of new objects, other than their pages say."""
    written = {r["address"]: r.get("expressions", {}) for r in plan["configuration"]["root_module"].get("resources", [])}
    found = []
    for change in plan.get("resource_changes", []):
        if change["change"]["actions"] == ["create"] and change["type"].startswith("mlops_"):
            pages, address = sections(change["type"]), re.sub(r"\[.*", "", change["address"])
            after, unknown = change["change"]["after"], change["change"]["after_unknown"]
            told = [*_at_top(pages[""], after, unknown, written.get(address, {})), *_inside(pages, "", unknown)]
            found += [f"{change['address']}.{each}" for each in told]
    return found


def _at_top(page: Section, after: dict[str, Any], unknown: dict[str, Any], written: dict[str, Any]) -> list[str]:
    """Of what nobody set, what is known other than the page says. What follows from something unknown may be unknown."""
    open_ones = {name for name in page.lines.keys() - page.computed if _has_unknown(unknown.get(name))}
    found = []
    for name, line in page.lines.items():
        is_known, is_unknown = after.get(name) is not None, unknown.get(name) is True
        is_promised = name in page.known if name in page.computed else UNLESS_SET not in line
        if name not in written and is_known and not is_promised:
            found.append(f"{name} is known in the plan")
        # Its own words say on what it depends.
        is_free = open_ones - {name} or "known in the plan" in line.lower()
        if name not in written and is_unknown and is_promised and not is_free:
            found.append(f"{name} is not known in the plan, and all that it can follow from is")
    return found


def _inside(pages: dict[str, Section], path: str, unknown: Any) -> list[str]:
    """What is not known inside of what is written, though the page says that it is."""
    found = []
    for name, value in unknown.items() if path in pages and isinstance(unknown, dict) else ():
        inner = f"{path}.{name}".strip(".")
        page = pages[path]
        if path and value is True and name in page.known and "known in the plan" not in page.lines[name].lower():
            found.append(f"{inner} is not known in the plan")
        for each in value if isinstance(value, list) else [value]:
            found += _inside(pages, inner, each)
    return found


def _has_unknown(unknown: Any) -> bool:
    if isinstance(unknown, dict):
        return any(map(_has_unknown, unknown.values()))
    return any(map(_has_unknown, unknown)) if isinstance(unknown, list) else bool(unknown)
