"""Whatever somebody changes behind Terraform's back is shown at its attribute, and the next apply mends it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from foreign import NAME, Desk
from sweep import Story, is_at_rest

from acceptance.cases import Drift, case_of, with_case
from acceptance.example import perform
from acceptance.local_aws import LocalAws
from acceptance.terraform import PLANNED, changes_of

StoryOf = Callable[[str], Story]


def changed(plan: dict[str, Any]) -> dict[str, set[str]]:
    """The top-level attributes that a plan changes, by address; what follows from a change is left out."""
    changes = {c["address"]: c["change"] for c in plan["resource_changes"] if c["change"]["actions"] != ["no-op"]}
    return {
        address: {name for name, value in change["after"].items() if change["before"].get(name) != value}
        for address, change in changes.items()
    }


def apart(drifts: list[Drift]) -> list[list[Drift]]:
    """Changes that are shown at different attributes, in a row: one plan tells which of them is not shown."""
    groups: list[list[Drift]] = []
    taken: set[tuple[str, str]] = set()
    for drift in drifts:
        attributes = {(drift.address, name) for name in drift.shown}
        if not groups or taken & attributes:
            groups.append([])
            taken = set()
        groups[-1].append(drift)
        taken |= attributes
    return groups


@pytest.mark.every_client
@pytest.mark.parametrize("folder", with_case("subject", "drift"))
def test_every_change_is_shown_and_mended(folder: str, story_of: StoryOf) -> None:
    story, case = story_of(folder), case_of(folder)
    assert case.subject
    aws, terraform = story.aws, story.applied("drift")
    values = terraform.values()
    shown: dict[str, set[str]] = {}
    for drifts in apart(case.drift):
        for drift in drifts:
            perform(aws, [drift], values)
            aws.wait_for("all is at rest", lambda: is_at_rest(aws))
            shown.setdefault(drift.address or case.subject.address, set()).update(drift.shown)
        plan = terraform.plan(*story.target)
        assert changed(plan) == shown, f"{drifts}\n{plan['text']}"
        assert all(actions == ["update"] for actions in changes_of(plan).values()), plan["text"]
    terraform.apply(PLANNED)
    assert terraform.is_settled(*story.target)


@pytest.mark.parametrize("folder", with_case("subject", "deletion"))
def test_what_is_deleted_is_created_again(folder: str, story_of: StoryOf) -> None:
    story = story_of(folder)
    aws, terraform = story.aws, story.applied("deletion")
    for deletion in case_of(folder).deletion:
        perform(aws, deletion.calls, terraform.values())
        aws.wait_for("all is at rest", lambda: is_at_rest(aws))
        # OpenTofu 1.12.6 plans what a target refers to, and does not create it unless the target changes, too.
        plan = terraform.plan(*story.target, *(f"-target={address}" for address in deletion.actions))
        assert changes_of(plan) == deletion.actions, f"{deletion}\n{plan['text']}"
        terraform.apply(PLANNED)
        assert terraform.found_changed(*story.target, outputs=False) == [], f"after {deletion}"


def test_what_left_neither_logs_nor_code_is_created_again(quick: LocalAws, tmp_path: Path, cli_configuration: Path) -> None:
    desk = Desk(tmp_path, cli_configuration, quick)
    desk.empty_account()
    terraform = desk.directory("stack", "one")
    terraform.apply()
    sagemaker = quick.client("sagemaker")
    sagemaker.delete_endpoint(EndpointName=NAME)
    sagemaker.delete_endpoint_config(EndpointConfigName=NAME)
    sagemaker.delete_model(ModelName=NAME)
    sagemaker.delete_training_job(TrainingJobName=NAME)
    quick.wait_for("all is at rest", lambda: is_at_rest(quick))
    deleted = ("endpoint", "endpoint_configuration", "model", "training_job")
    assert terraform.changes() == {f"mlops_{each}.x": ["create"] for each in deleted}
    terraform.apply()
    assert terraform.is_settled()


@pytest.mark.parametrize("status", ["Stopped", "Failed"])
def test_a_job_that_ended_badly_later_is_shown(status: str, story_of: StoryOf) -> None:
    folder = "resources/mlops_training_job"
    story, subject = story_of(folder), case_of(folder).subject
    assert subject
    terraform = story.applied(f"job {status}")
    name = terraform.values()[subject.address]["name"]
    story.aws.control("POST", "status", kind="TrainingJob", name=name, status=status)
    plan = terraform.plan(*story.target)
    drift = {d["address"]: d["change"]["after"]["training_job_status"] for d in plan["resource_drift"]}
    assert drift == {subject.address: status}
    assert changes_of(plan) == {}, "a job runs once: what became of it is no reason to run it again"
