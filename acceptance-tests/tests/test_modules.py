"""How modules use the provider: `terraform test`, in which one process plans and applies many times, and `ignore_changes`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from acceptance.local_aws import LocalAws
from acceptance.terraform import HEAD, Terraform, changes_of

Workspace = Callable[..., Terraform]

# Something of local files and something of a script, whose contents the provider reads in each plan.
SOURCES = """
resource "mlops_bucket_layout" "b" {
  name   = "module-bucket"
  layout = { data = {}, code = {} }
}

resource "mlops_execution_role" "r" {
  name   = "module"
  access = { write = values(mlops_bucket_layout.b.uris) }
}

resource "mlops_dataset" "d" {
  bucket = mlops_bucket_layout.b.name
  prefix = "data"
  source = "files"
%(lifecycle)s}

resource "mlops_model" "m" {
  name               = "module"
  execution_role_arn = mlops_execution_role.r.arn
  primary_container  = { image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/echo:1" }
  source_code        = { directory = "files", entry_point = "main.py", s3_uri = mlops_bucket_layout.b.uris["code"] }
%(lifecycle)s}

resource "mlops_training_job" "j" {
  name                    = "module"
  role_arn                = mlops_execution_role.r.arn
  algorithm_specification = { training_image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/echo:1" }
  source_code             = { directory = "files", entry_point = "main.py", s3_uri = mlops_bucket_layout.b.uris["code"] }
  output_data_config      = { s3_output_path = mlops_bucket_layout.b.uris["code"] }
  resource_config         = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 1 }
%(lifecycle)s}
"""
# The provider block stands in the test file: newer clients then run the whole file in one process of the provider.
RUNS = """
provider "mlops" {}

run "first" {}

run "edit" {
  module {
    source = "./edit"
  }
}

run "second" {
  assert {
    condition     = length(mlops_dataset.d.files) == 2
    error_message = "the file that was added is not there"
  }
}
"""
EDIT = """
resource "terraform_data" "edit" {
  provisioner "local-exec" {
    command = "echo 2 > files/added.py"
  }
}
"""


def with_sources(workspace: Workspace, quick: LocalAws, lifecycle: str = "") -> Terraform:
    """A directory with the resources and their files, on the AWS that only pretends to train."""
    terraform = workspace(SOURCES % {"lifecycle": lifecycle})
    terraform.environment |= quick.environment()
    (terraform.directory / "files").mkdir()
    (terraform.directory / "files" / "main.py").write_text("print(1)\n")
    return terraform


@pytest.mark.every_client
def test_sources_change_between_the_runs_of_a_test_and_between_tests(workspace: Workspace, quick: LocalAws) -> None:
    terraform = with_sources(workspace, quick)
    (terraform.directory / "edit").mkdir()
    (terraform.directory / "edit" / "main.tf").write_text(HEAD + EDIT)
    (terraform.directory / "sources.tftest.hcl").write_text(RUNS)
    terraform.init()
    for contents in ("print(2)\n", "print(3)\n"):
        run = terraform.run("test", "-no-color")
        assert run.code == 0 and "3 passed" in run.output, run.output
        assert quick.inventory() == []
        (terraform.directory / "files" / "added.py").unlink()
        (terraform.directory / "files" / "main.py").write_text(contents)


@pytest.mark.every_client
def test_what_is_to_be_ignored_is_ignored(workspace: Workspace, quick: LocalAws) -> None:
    terraform = with_sources(workspace, quick, "  lifecycle {\n    ignore_changes = all\n  }\n")
    terraform.apply()
    (terraform.directory / "files" / "main.py").write_text("print(2)\n")
    (terraform.directory / "files" / "added.py").write_text("print(2)\n")
    plan = terraform.plan()
    assert changes_of(plan) == {}, plan["text"]
    terraform.destroy()
    assert quick.inventory() == []
