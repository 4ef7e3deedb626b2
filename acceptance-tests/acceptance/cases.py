"""`acceptance.toml` beside each example: what the acceptance tests must know of it that its configuration does not say.

`CONTRIBUTING.md` shows how to write one. A key that is not here is an error.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from .installation import ROOT

EXAMPLES = ROOT / "examples"
FILE = "acceptance.toml"


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file."""


class Edit(Table):
    """A text in a file of the example, of which the first occurrence is replaced."""

    old: str
    new: str
    file: str = "*.tf"
    """The example's configuration, unless another file of its directory is named, as it must be where there are several."""


class Call(Table):
    """A call to AWS that is not Terraform's. `${ADDRESS.ATTRIBUTE}` in a parameter stands for a value in the state."""

    service: str
    """As boto3 calls it: `sagemaker`."""
    operation: str
    """As AWS calls it: `DeleteModel`."""
    parameters: dict[str, Any] = {}
    wait: str = ""
    """What is waited for then, as boto3 calls it: `endpoint_in_service`."""


class Change(Edit):
    """A step in the life of the example, which is planned and applied."""

    actions: dict[str, list[str]] = {}
    """What the plan does, by address, in the words of Terraform's JSON: `["delete", "create"]` is a replacement. What is
    not named does not change."""
    outputs: dict[str, Any] = {}
    """Outputs from then on."""


class Subject(Table):
    """The one object of the example that the tests look at; everything else in the example is applied before."""

    address: str
    edit: list[Edit] = []
    """What gives the object a fixed name, tags, and settings that the example leaves out."""
    before: list[Call] = []
    """What must exist in AWS before the first apply."""
    after: list[Call] = []
    """What deletes that again, after the destroy."""


class Drift(Call, kw_only=True):
    """A change outside of Terraform. They happen one after the other, with a plan before one that is shown where another is."""

    shown: list[str]
    """The attributes at which the plan shows it."""
    address: str = ""
    """The resource that the plan updates; the subject unless another one is named."""


class Deletion(Table):
    """What somebody deletes outside of Terraform."""

    calls: list[Call]
    actions: dict[str, list[str]]
    """What the plan does then, as in `[[change]]`."""


class BadInput(Edit, kw_only=True):
    """A mistake in the configuration, refused in the plan with one error and without a call to AWS."""

    case: str
    """What is wrong, in a few words: the test's name."""
    line: str
    """The beginning of the line that the error points to, at or above the mistake."""
    message: str
    """A part of the error."""


class Update(Edit, kw_only=True):
    """A change of the subject, and the calls of its apply."""

    calls: str


class Calls(Table):
    """The calls of each step of the subject's life, in any order, separated by blanks. Left out are GetCallerIdentity (one
    in each process) and the repeated calls of a wait."""

    create: str
    refresh: str
    """Also of a plan that finds nothing to do."""
    delete: str
    update: list[Update] = []
    """One after the other. A kill amid an update is tried with the first of them."""


class Case(Table):
    """The whole file."""

    change: list[Change] = []
    needs: str = ""
    """Another example that is applied before: `resources/mlops_endpoint`."""
    before: list[Call] = []
    """What must exist in AWS before the example is applied."""
    after: list[Call] = []
    """What deletes that again, after the destroy."""
    edit: list[Edit] = []
    """What the example is tested with in addition."""
    pretend: bool = False
    """Whether it is tested on the local AWS that only pretends to train and serve: an algorithm of AWS's own runs only
    there."""
    outputs: dict[str, Any] = {}
    """The value of each output, or `{ at_least = NUMBER }`, `{ below = NUMBER }`."""
    import_id: str = "${name}"
    """The import ID of the resource type, made of its attributes."""
    not_described: list[str] = []
    """Attributes of the resource type that no call to AWS returns, so that the plan after an import sets them."""
    only_aws_knows: list[str] = []
    """Everything that is known only after the apply: resources, data sources or single attributes."""
    subject: Subject | None = None
    drift: list[Drift] = []
    deletion: list[Deletion] = []
    bad_input: list[BadInput] = []
    calls: Calls | None = None
    without: dict[str, str] = {}
    """The tests that make no sense for this example, each with the reason."""

    def has(self, table: str) -> bool:
        """Whether the test is wanted that needs this table."""
        return table not in self.without


# What each kind of example must say, and what that is.
WANTED = {
    "change": "how the example is changed, and what the plan then does",
    "only_aws_knows": "what is known only after the apply",
    "subject": "the object that the tests look at",
    "drift": "a call that changes the object outside of Terraform, and where the plan shows it",
    "deletion": "the calls that delete the object outside of Terraform, and what the plan then does",
    "bad_input": "a mistake, and the error that points to it",
    "calls": "the calls of creation, refresh, update and deletion",
}
BY_KIND = {
    "resources": ("change", "subject", "drift", "deletion", "bad_input", "calls"),
    "stacks": ("change", "only_aws_knows"),
    # What an action does test_actions.py says.
    "actions": (),
}
# Tests that follow from other tables, and can be left out as well.
DERIVED = {"foreign": "subject", "kill": "subject", "mocks": "change"}


def folders() -> list[str]:
    """The examples, by their directory below `examples`."""
    return sorted({str(f.parent.relative_to(EXAMPLES)) for f in EXAMPLES.rglob("*.tf")})


@cache
def case_of(folder: str) -> Case:
    """What the file of an example says; nothing if there is none, of which `missing` tells."""
    return read(EXAMPLES / folder / FILE)


def read(file: Path) -> Case:
    """The file's tables. Raises ValueError with the file and the key for what does not belong there."""
    try:
        return msgspec.convert(tomllib.loads(file.read_text()), type=Case)
    except FileNotFoundError:
        return Case()
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as problem:
        raise ValueError(f"{file}: {problem}") from problem


def missing(folder: str, case: Case) -> list[str]:
    """What an example of its kind must say and does not."""
    file = f"examples/{folder}/{FILE}"
    wanted = BY_KIND.get(folder.partition("/")[0], ("change",))
    found = [
        f"write `{table}` in {file}: {WANTED[table]}; or say under `[without]` why there is none"
        for table in wanted
        if not getattr(case, table) and case.has(table)
    ]
    for table in case.without:
        if table not in (*wanted, *DERIVED):
            found.append(f"no test follows from `{table}`, which {file} names under `[without]`")
        elif table in wanted and getattr(case, table):
            found.append(f"{file} has `{table}`, and says under `[without]` that there is none")
    return found


def with_case(*tables: str) -> list[str]:
    """The examples that have all these tables, and want the tests that follow from them."""
    return [
        folder
        for folder in folders()
        if all(case_of(folder).has(t) and getattr(case_of(folder), DERIVED.get(t, t)) for t in tables)
    ]


def updates_of(folder: str) -> list[Update]:
    """The changes of an example's subject that keep the object."""
    calls = case_of(folder).calls
    return calls.update if calls else []
