"""Wrong configurations: one clear diagnostic at the line to mend, before anything is made."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acceptance.cases import BadInput, case_of, with_case
from acceptance.example import copy_example, edit, main_file
from acceptance.local_aws import LocalAws
from acceptance.terraform import PLANNED, Terraform

JOB = """
resource "mlops_training_job" "j" {
  name                    = "j"
  role_arn                = "arn:aws:iam::123456789012:role/r"
  algorithm_specification = { training_image = "i" }
  output_data_config      = { s3_output_path = "s3://bucket/p" }
  resource_config         = { instance_type = "ml.m5.large", instance_count = 1 }
  source_code             = { directory = "data", entry_point = "main.py" }
}
"""


def line_of(terraform: Terraform, beginning: str) -> int:
    """The number of the last line that begins so."""
    lines = (terraform.directory / "main.tf").read_text().splitlines()
    return max(number for number, line in enumerate(lines, 1) if re.match(rf"\s*{beginning}\b", line))


def refused(terraform: Terraform, beginning: str, told: str) -> str:
    """Insists on one error at the last line that begins so, with a text in it; answers all of it."""
    return refused_at(terraform, f"main.tf line {line_of(terraform, beginning)}", told)


def refused_at(terraform: Terraform, place: str, told: str) -> str:
    """Insists on one error at a place, with a text in it; answers all of it."""
    run = terraform.run("plan", "-input=false", "-no-color")
    assert run.code == 1, run.output
    text = " ".join(re.sub(r"[│╷╵]", " ", run.output).split())
    assert text.count("Error: ") == 1, run.output
    assert f"on {place}," in text, run.output
    assert told in text, run.output
    assert "bug in the provider" not in text and "panic" not in text, run.output
    return text


def mistakes() -> list[Any]:
    """Each mistake of each example."""
    return [
        pytest.param(folder, mistake, id=f"{folder}-{mistake.case}")
        for folder in with_case("bad_input")
        for mistake in case_of(folder).bad_input
    ]


@pytest.mark.parametrize("folder, mistake", mistakes())
def test_it_is_refused_where_it_stands(
    folder: str, mistake: BadInput, quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    directory = copy_example(folder, tmp_path / "example", initialised, case_of(folder).edit)
    end = edit(directory, mistake)
    lines = main_file(directory).read_text()[:end].splitlines()
    number = max(n for n, line in enumerate(lines, 1) if re.match(rf"\s*{mistake.line}\b", line))
    terraform = Terraform(directory, cli_configuration, quick.environment())
    refused_at(terraform, f"{main_file(directory).name} line {number}", mistake.message)
    called = {c["operation"] for c in quick.calls()}
    assert called <= {"GetCallerIdentity"}, called
    assert quick.inventory() == []


def dangling(place: Path) -> None:
    place.symlink_to("nowhere")


def loop(place: Path) -> None:
    place.symlink_to("..")


def pipe(place: Path) -> None:
    os.mkfifo(place)


def forbidden(place: Path) -> None:
    if os.geteuid():
        place.touch(mode=0o000)
    else:
        # Nothing is forbidden to root; but nobody can read an address space from its beginning.
        place.symlink_to("/proc/self/mem")


def not_utf_8(place: Path) -> None:
    Path(os.fsdecode(bytes(place.parent) + b"/odd-\xff")).touch()


@pytest.mark.parametrize("resource", ["dataset", "source_code"])
@pytest.mark.parametrize("spoil", [dangling, loop, pipe, forbidden, not_utf_8])
def test_what_cannot_be_read_is_told(spoil: Callable[[Path], None], resource: str, workspace: Callable[..., Terraform]) -> None:
    of_dataset = ('resource "mlops_dataset" "d" {\n  bucket = "some-bucket"\n  source = "data"\n}\n', "source")
    of_job = (JOB, "source_code")
    text, beginning = of_dataset if resource == "dataset" else of_job
    terraform = workspace(text)
    (terraform.directory / "data").mkdir()
    (terraform.directory / "data" / "main.py").touch()
    spoil(terraform.directory / "data" / "odd")
    refused(terraform, beginning, "odd")


SENT = """
resource "mlops_bucket_layout" "b" {
  name   = "reviewed-bucket"
  layout = { data = {} }
}

resource "mlops_execution_role" "r" {
  name   = "reviewed"
  access = { write = [mlops_bucket_layout.b.uris["data"]] }
}

resource "mlops_dataset" "d" {
  bucket = mlops_bucket_layout.b.name
  prefix = "data"
  source = "files"
}

resource "mlops_training_job" "j" {
  name                    = "reviewed"
  role_arn                = mlops_execution_role.r.arn
  algorithm_specification = { training_image = "i" }
  output_data_config      = { s3_output_path = mlops_bucket_layout.b.uris["data"] }
  resource_config         = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 1 }
  source_code             = { directory = "files", entry_point = "main.py" }
}

resource "mlops_model" "m" {
  name_prefix        = "reviewed-"
  execution_role_arn = mlops_execution_role.r.arn
  primary_container  = { image = "i" }
  source_code        = { directory = "./files", entry_point = "main.py", s3_uri = mlops_bucket_layout.b.uris["data"] }
}
"""


def change(folder: Path) -> None:
    (folder / "main.py").write_text("print(2)")


def add(folder: Path) -> None:
    (folder / "more.py").write_text("print(2)")


def remove(folder: Path) -> None:
    (folder / "other.py").unlink()


@pytest.mark.parametrize("spoil", [change, add, remove])
def test_what_is_sent_is_what_was_reviewed(
    spoil: Callable[[Path], None], quick: LocalAws, workspace: Callable[..., Terraform]
) -> None:
    aws = quick
    terraform = workspace(SENT)
    terraform.environment |= aws.environment()
    folder = terraform.directory / "files"
    folder.mkdir()
    for name in ("main.py", "other.py"):
        (folder / name).write_text("print(1)")
    terraform.plan()
    spoil(folder)
    run = terraform.run("apply", "-input=false", "-no-color", PLANNED)
    assert run.code == 1
    # A client that does not hand back what the plan kept refuses the other plan itself, and calls it a bug of the provider:
    # a warning says what really happened.
    assert "Error: Provider produced inconsistent final plan" in run.output
    assert run.output.count("Warning: ") == run.output.count("Warning: The files changed since they were planned") == 1
    assert "(and 2 more similar warnings elsewhere)" in run.output, run.output
    assert [o["kind"] for o in aws.inventory()] == ["Bucket", "Role"], "neither the objects nor what they are made of"
    assert aws.client("s3").list_object_versions(Bucket="reviewed-bucket").get("Versions", []) == []
    terraform.apply()
    assert terraform.is_settled(), "planned again, it is what it is now"
