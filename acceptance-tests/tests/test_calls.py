"""The exact calls of every resource's life: each costs time, counts against the account's limits, and needs a permission."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable

import pytest
from sweep import Story

from acceptance.cases import case_of, with_case
from acceptance.example import edit
from acceptance.terraform import PLANNED


@pytest.mark.parametrize("folder", with_case("subject", "calls"))
def test_every_step_makes_these_calls_and_no_other(folder: str, story_of: Callable[[str], Story]) -> None:
    story, wanted = story_of(folder), case_of(folder).calls
    assert wanted
    terraform = story.begun("calls")

    def calls(command: str, *arguments: str) -> list[str]:
        story.aws.forget_calls()
        terraform.must(command, "-input=false", "-no-color", "-parallelism=1", *arguments)
        return [c["operation"] for c in story.aws.calls() if c["operation"] != "GetCallerIdentity"]

    def applied(*arguments: str) -> Counter[str]:
        terraform.plan(*story.target, "-refresh=false", *arguments)
        made = calls("apply", PLANNED)
        # Of a wait it is only said that it looks; every other call is counted.
        waits = [operation for operation, _ in itertools.groupby(made) if operation.startswith("Describe")]
        return Counter([*waits, *(operation for operation in made if not operation.startswith("Describe"))])

    # What the subject needs is read as well.
    others = Counter(calls("plan", "-refresh-only"))
    steps = {"create": (wanted.create, applied())}
    steps["refresh"] = (wanted.refresh, Counter(calls("plan", "-refresh-only")) - others)
    steps["plan without changes"] = (wanted.refresh, Counter(calls("plan", *story.target)) - others)
    for update in wanted.update:
        edit(terraform.directory, update)
        steps[f"{update.old!r} becomes {update.new!r}"] = (update.calls, applied())
    steps["delete"] = (wanted.delete, applied("-destroy"))
    assert [
        f"{step}: not made {sorted((Counter(expected.split()) - made).elements())}, "
        f"too many {sorted((made - Counter(expected.split())).elements())}"
        for step, (expected, made) in steps.items()
        if made != Counter(expected.split())
    ] == []
    story.leaves_nothing(terraform)
