"""What is written by hand refers to what exists: files, headings in them, and the names that are said to be there."""

from __future__ import annotations

import re
from pathlib import Path

from acceptance.installation import ROOT

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "guides").glob("*.md")),
    *sorted((ROOT / "examples").rglob("README.md")),
]
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
# `name` in [file](path), also of several names.
NAMED = re.compile(r"((?:`[^`]+`(?:, | and )?)+) in \[[^\]]*\]\(([^)#]+)\)")
TASKS = ROOT / "docs" / "seed-tasks.md"


def anchors(page: Path) -> set[str]:
    """The anchors of a page: those of its headings, as GitHub makes them, and those that are written."""
    text = page.read_text()
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    made = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return made | set(re.findall(r'<a id="([^"]+)">', text))


def test_every_link_leads_somewhere() -> None:
    broken, seen = [], 0
    for page in PAGES:
        text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
        for path, anchor in LINK.findall(text):
            seen += 1
            target = (page.parent / path).resolve() if path else page
            if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
                broken.append(f"{page.relative_to(ROOT)}: {path}#{anchor}")
    assert broken == []
    assert seen > 150


def test_the_picture_of_the_stack_has_all_of_it() -> None:
    stack = ROOT / "examples" / "stacks" / "digits"
    configuration = "".join(file.read_text() for file in stack.glob("*.tf"))
    used = set(re.findall(r'^(?:resource|data) "(\w+)"', configuration, re.MULTILINE)) - {"mlops_caller_identity"}
    assert set(re.findall(r"mlops_\w+", (stack / "stack.svg").read_text())) == used


def test_each_task_of_the_list_is_done_by_what_is_named() -> None:
    tasks = re.findall(r"^\| ([A-Z][^|]+) \| ([^|]+) \|$", TASKS.read_text(), re.MULTILINE)
    rows = [(task, how) for task, how in tasks if task not in ("Task", "Measure")]
    assert len(rows) == 88
    missing = []
    for task, how in rows:
        for names, path in NAMED.findall(how):
            text = (TASKS.parent / path).read_text()
            missing += [f"{task}: {name} in {path}" for name in re.findall(r"`([^`]+)`", names) if name.split(".")[-1] not in text]
    assert missing == []
