"""An example up to its subject, the one object that the tests look at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sweep import Story

from acceptance.cases import case_of, updates_of
from acceptance.example import copy_example, edit, perform
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform


def story_of_subject(
    folder: str,
    directory: Path,
    cli_configuration: Path,
    initialised: Path,
    aws: LocalAws,
    prepare: Callable[[Terraform], None] = lambda _: None,
) -> Story:
    """The story of an example's subject. What the subject needs is applied; what the example has besides is left out.
    `prepare` changes the configuration before anything is applied."""
    case = case_of(folder)
    subject = case.subject
    assert subject
    template = copy_example(folder, directory / "template", initialised, [*case.edit, *subject.edit])
    aws.control("DELETE", "faults")
    aws.control("POST", "reset")
    perform(aws, [*case.before, *subject.before])
    terraform = Terraform(template, cli_configuration, aws.environment())
    prepare(terraform)
    target = f"-target={subject.address}"
    needed = [address for address in terraform.changes(target) if address != subject.address]
    if needed:
        terraform.apply(*(f"-target={address}" for address in needed))
    # By then AWS knows each of its roles everywhere.
    aws.control("POST", "clock", advance=60)
    snapshot = directory / "needed.snapshot"
    aws.control("POST", "snapshot", path=str(snapshot))

    def update(copy: Path) -> None:
        edit(copy, updates_of(folder)[0])

    def clean_up() -> None:
        perform(aws, [*subject.after, *case.after])

    return Story(template, cli_configuration, aws, update, snapshot, (target,), clean_up)
