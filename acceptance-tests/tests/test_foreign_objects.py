"""What somebody else made is neither taken over nor deleted, however often the apply is tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from foreign import Desk
from sweep import MUTATING, Story, is_at_rest, what_is_there

from acceptance.cases import case_of, updates_of, with_case
from acceptance.example import edit, fill
from acceptance.local_aws import LocalAws


@pytest.mark.parametrize("folder", with_case("foreign"))
def test_somebody_elses_object_is_never_taken_over(folder: str, story_of: Callable[[str], Story]) -> None:
    """Also if it equals what is wanted, or the apply is tried again: then it must not look like its own work."""
    story, case = story_of(folder), case_of(folder)
    assert case.subject
    aws, address = story.aws, case.subject.address
    terraform = story.applied("foreign")
    import_id = fill(case.import_id, terraform.values()[address].__getitem__)
    state = terraform.directory / "terraform.tfstate"
    ours = state.read_text()
    terraform.must("state", "rm", address)
    before = what_is_there(aws)
    for attempt in ["equal", "equal again", *(["different"] if updates_of(folder) else [])]:
        if attempt == "different":
            edit(terraform.directory, updates_of(folder)[0])
        aws.forget_calls()
        run = terraform.attempt("apply", *story.target)
        assert run.code == 1, f"{attempt}: {run.output}"
        refusals = [d.text for d in run.told if d.severity == "error" and d.address == address]
        assert any(
            re.search("exists already|already exists", text) and re.search(rf"terraform import \S+ {re.escape(import_id)}", text)
            for text in refusals
        ), f"{attempt}: {run.output}"
        assert [c["operation"] for c in aws.calls() if MUTATING.match(c["operation"])] == [], attempt
        assert what_is_there(aws) == before, attempt
    state.write_text(ours)
    story.leaves_nothing(terraform)


# How what the others made compares with what is wanted here.
COMPARED = {"equal": "one", "different": "two"}
Scene = Callable[[Desk, Desk, str], None]


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalAws, LocalAws]]:
    """Two local AWS: two accounts. Their clock is real, for what is decided by times."""
    logs = tmp_path_factory.mktemp("accounts")

    def start(account: str) -> LocalAws:
        return LocalAws(logs / f"{account}.log", arguments=("--role-delay", "0", "--account", account))

    with start("111111111111") as ours, start("222222222222") as theirs:
        yield ours, theirs


def no_record_at_all(ours: Desk, _: Desk, mark: str) -> None:
    """A working directory that never made anything, and a colleague's objects."""
    ours.directory("colleague", mark).apply()
    ours.is_refused(ours.directory("stack", mark="one"))


def second_workspace(ours: Desk, _: Desk, mark: str) -> None:
    """Apply in one workspace, then in another one of the same working directory."""
    # What differs is named after the workspace, unless the variable says otherwise.
    terraform = ours.directory("stack", mark="one" if mark == "one" else "")
    terraform.must("workspace", "new", "one")
    terraform.apply()
    terraform.must("workspace", "new", "two")
    ours.is_refused(terraform)
    terraform.must("workspace", "select", "one")
    assert terraform.is_settled(), "the first workspace has what it had"
    terraform.destroy()


def other_account_after_an_apply(ours: Desk, theirs: Desk, mark: str) -> None:
    """A cache brings the `.terraform` of an apply in one account to another account."""
    first = ours.directory("stack", mark="one")
    first.apply()
    theirs.directory("colleague", mark).apply()
    theirs.is_refused(theirs.directory("cached", mark="one", data_of=first))


def other_account_after_a_kill(ours: Desk, theirs: Desk, mark: str) -> None:
    """The same, of an apply that was killed right after the creations."""
    first = ours.directory("stack", mark="one")
    ours.killed(first, "after")
    theirs.directory("colleague", mark).apply()
    theirs.is_refused(theirs.directory("cached", mark="one", data_of=first))


def other_backend(ours: Desk, _: Desk, mark: str) -> None:
    """Apply, then the same working directory with another backend, so with another state."""
    terraform = ours.directory("stack", mark="one")
    terraform.apply()
    terraform.must("init", "-input=false", "-no-color", "-reconfigure", "-backend-config=path=other.tfstate")
    terraform.environment["TF_VAR_mark"] = mark
    ours.is_refused(terraform)


def made_since_the_kill(ours: Desk, _: Desk, mark: str) -> None:
    """Killed right before the creations reached AWS; then a colleague makes objects of these names."""
    terraform = ours.directory("stack", mark="one")
    ours.killed(terraform, "before")
    # Nothing tells an equal object that somebody makes while the killed request may still be on its way.
    ours.aws.control("POST", "clock", advance=60)
    ours.directory("colleague", mark).apply()
    ours.is_refused(terraform)


def forgotten_by_the_state(ours: Desk, _: Desk, mark: str) -> None:
    """Apply, `terraform state rm`, apply: what is no longer in the state is no longer managed here."""
    terraform = ours.directory("stack", mark="one")
    terraform.apply()
    terraform.must("state", "rm", *terraform.resources())
    terraform.environment["TF_VAR_mark"] = mark
    ours.is_refused(terraform)


def copied_after_an_apply(ours: Desk, _: Desk, mark: str) -> None:
    """The `.terraform` of an apply, copied to another working directory."""
    first = ours.directory("stack", mark="one")
    first.apply()
    ours.is_refused(ours.directory("copied", mark, data_of=first))
    assert first.is_settled(), "the first directory has what it had"


def copied_after_a_kill(ours: Desk, _: Desk, mark: str) -> None:
    """The same, of an apply that was killed right after the creations: what it made is the first directory's."""
    first = ours.directory("stack", mark="one")
    ours.killed(first, "after")
    ours.aws.wait_for("all is at rest", lambda: is_at_rest(ours.aws))
    ours.is_refused(ours.directory("copied", mark, data_of=first))
    first.apply()
    first.destroy()


@pytest.mark.parametrize("compared", COMPARED)
@pytest.mark.parametrize(
    "scene",
    [
        no_record_at_all,
        second_workspace,
        other_account_after_an_apply,
        other_account_after_a_kill,
        other_backend,
        made_since_the_kill,
        forgotten_by_the_state,
        copied_after_an_apply,
        copied_after_a_kill,
    ],
)
def test_no_record_of_a_creation_makes_an_object_ours(
    scene: Scene, compared: str, accounts: tuple[LocalAws, LocalAws], tmp_path: Path, cli_configuration: Path
) -> None:
    """Records of creations lie in `.terraform`. They never prove more than that this very state's run made the object."""
    ours, theirs = (Desk(tmp_path / aws.account, cli_configuration, aws) for aws in accounts)
    for desk in (ours, theirs):
        desk.empty_account()
    scene(ours, theirs, COMPARED[compared])
