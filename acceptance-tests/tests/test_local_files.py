"""Local files: what is left out is not looked at, what is sent is told, and the plan after the apply is empty."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from test_bad_input import refused

from acceptance.local_aws import LocalAws
from acceptance.terraform import PLANNED, Terraform

BUCKET = """
resource "mlops_bucket_layout" "b" {
  name   = "local-files-bucket"
  layout = { data = {} }
}
"""
NAME = "local-files-bucket"


def dataset(more: str) -> str:
    """A dataset in the bucket."""
    return BUCKET + f'\nresource "mlops_dataset" "d" {{\n  bucket = mlops_bucket_layout.b.name\n  {more}\n}}\n'


def job(source_code: str) -> str:
    """A training job with a script, and what it needs."""
    return (
        BUCKET
        + f"""
resource "mlops_execution_role" "r" {{
  name   = "local-files"
  access = {{ write = [mlops_bucket_layout.b.uris["data"]] }}
}}

resource "mlops_training_job" "j" {{
  name                    = "local-files"
  role_arn                = mlops_execution_role.r.arn
  algorithm_specification = {{ training_image = "i" }}
  output_data_config      = {{ s3_output_path = mlops_bucket_layout.b.uris["data"] }}
  resource_config         = {{ instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 1 }}
  source_code             = {source_code}
}}
"""
    )


@pytest.fixture
def stack(quick: LocalAws, workspace: Callable[..., Terraform]) -> Callable[[str], Terraform]:
    """Makes a working directory on the local AWS that only pretends to train."""

    def make(configuration: str) -> Terraform:
        terraform = workspace(configuration)
        terraform.environment |= quick.environment()
        return terraform

    return make


def write(directory: Path, *names: str) -> None:
    """Files with different contents."""
    for name in names:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")


def environment(directory: Path) -> None:
    """A virtual environment whose interpreter is gone."""
    write(directory, "pyvenv.cfg", "lib/site.py")
    (directory / "bin").mkdir()
    (directory / "bin" / "python3").symlink_to("/nowhere/python3")


def keys(aws: LocalAws) -> list[str]:
    """The objects in the bucket."""
    return [o["Key"] for o in aws.client("s3").list_objects_v2(Bucket=NAME).get("Contents", [])]


def packed(aws: LocalAws) -> set[str]:
    """The names in the archive of the job's source code."""
    (archive,) = [key for key in keys(aws) if key.endswith("/sourcedir.tar.gz")]
    body = aws.client("s3").get_object(Bucket=NAME, Key=archive)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as tar:
        return set(tar.getnames())


def test_the_directory_of_the_configuration_is_source_code(quick: LocalAws, stack: Callable[[str], Terraform]) -> None:
    terraform = stack(job('{ directory = ".", entry_point = "main.py" }'))
    write(terraform.directory, "main.py", "lib/a.py", "terraform.tfvars", ".env", "server.key")
    environment(terraform.directory / "my-environment")
    environment(terraform.directory / ".venv")
    terraform.plan()
    terraform.must("apply", "-input=false", "-no-color", PLANNED)
    assert (terraform.directory / "terraform.tfstate").exists() and (terraform.directory / PLANNED).exists()
    assert terraform.changes() == {}
    assert packed(quick) == {"main.tf", "main.py", "lib/a.py", "terraform.tfvars"}
    write(terraform.directory, "lib/b.py")
    assert list(terraform.changes()) == ["mlops_training_job.j"], "what counts is seen"
    terraform.apply()
    assert terraform.is_settled()
    assert "lib/b.py" in packed(quick)
    terraform.destroy()
    assert quick.inventory() == []


def test_what_source_code_leaves_out_is_chosen(quick: LocalAws, stack: Callable[[str], Terraform]) -> None:
    terraform = stack(job('{ directory = "code", entry_point = "main.py", exclude = ["/data/", "!ca.pem"] }'))
    write(terraform.directory / "code", "main.py", "ca.pem", "key.pem", "lib/data/x.csv", "data/y.csv")
    (terraform.directory / "code" / "data" / "dangling").symlink_to("nowhere")
    terraform.apply()
    assert terraform.is_settled()
    assert packed(quick) == {"main.py", "ca.pem", "lib/data/x.csv"}
    main = terraform.directory / "main.tf"
    main.write_text(main.read_text().replace('"/data/", ', '"/data", '))
    assert terraform.changes() == {"mlops_training_job.j": ["update"]}, "the same files are no other job"
    terraform.apply()
    assert terraform.is_settled()


def test_an_excluded_directory_of_a_dataset_is_not_read(quick: LocalAws, stack: Callable[[str], Terraform]) -> None:
    terraform = stack(dataset('source = "."\n  exclude = ["plan.bin", "*.tf", "scratch/**", "environment"]'))
    write(terraform.directory, "a.csv", "scratch/b.csv", ".env")
    (terraform.directory / "scratch" / "dangling").symlink_to("nowhere")
    environment(terraform.directory / "environment")
    terraform.plan()
    terraform.must("apply", "-input=false", "-no-color", PLANNED)
    assert terraform.changes() == {}
    assert keys(quick) == [".env", "a.csv"]


@pytest.mark.parametrize("resource", ["dataset", "source_code"])
def test_links_out_of_the_directory_are_refused_unless_wanted(
    resource: str, quick: LocalAws, stack: Callable[[str], Terraform]
) -> None:
    of_job = '{ directory = "rows", entry_point = "main.py" }'
    terraform = stack(dataset('source = "rows"') if resource == "dataset" else job(of_job))
    write(terraform.directory, "rows/main.py", "secrets/key")
    (terraform.directory / "rows" / "inside").symlink_to("main.py")
    (terraform.directory / "rows" / "outside").symlink_to("../secrets")
    text = refused(terraform, "source" if resource == "dataset" else "source_code", "follow_links_outside")
    assert "rows/outside is a symbolic link to" in text and "/secrets, outside of rows" in text, text
    main = terraform.directory / "main.tf"
    wanted = main.read_text().replace('source = "rows"', 'source = "rows"\n  follow_links_outside = true')
    main.write_text(wanted.replace(of_job, of_job.replace(" }", ", follow_links_outside = true }")))
    terraform.apply()
    assert terraform.is_settled()
    sent = set(keys(quick)) if resource == "dataset" else packed(quick)
    assert sent == {"main.py", "inside", "outside/key"}


def test_decomposed_names_are_composed(quick: LocalAws, stack: Callable[[str], Terraform]) -> None:
    decomposed, composed = "cafe\u0301.csv", "caf\u00e9.csv"
    terraform = stack(dataset('source = "rows"'))
    write(terraform.directory / "rows", decomposed)
    assert os.listdir(terraform.directory / "rows") == [decomposed], "the disk keeps it as it is"
    terraform.apply()
    assert keys(quick) == [composed]
    assert terraform.changes() == {}
    (terraform.directory / "rows" / decomposed).write_text("changed")
    assert terraform.changes() == {"mlops_dataset.d": ["update"]}
    terraform.apply()
    assert keys(quick) == [composed]
    assert terraform.is_settled()
    write(terraform.directory / "rows", composed)
    refused(terraform, "source", "the same name in Unicode Normalization Form C")


MADE = """
resource "terraform_data" "rows" {
  input = "rows"
  provisioner "local-exec" {
    command = "mkdir -p rows && echo 1 > rows/a.csv && echo 1 > rows/main.py"
  }
}
"""


def test_files_that_the_apply_makes(quick: LocalAws, stack: Callable[[str], Terraform]) -> None:
    terraform = stack(MADE + dataset('source = "rows" # at once\n  depends_on = [terraform_data.rows]'))
    text = refused(terraform, "source", "rows does not exist")
    assert "terraform_data.rows.output" in text, text
    code = '{ directory = terraform_data.rows.output, entry_point = "main.py" }'
    of_dataset = dataset("source = terraform_data.rows.output").removeprefix(BUCKET)
    main = terraform.directory / "main.tf"
    head = main.read_text().partition('resource "terraform_data"')[0]
    main.write_text(head + MADE + job(code) + of_dataset)
    terraform.apply()
    assert {"a.csv", "main.py"} < set(keys(quick))
    assert packed(quick) == {"a.csv", "main.py"}
    assert terraform.is_settled()
