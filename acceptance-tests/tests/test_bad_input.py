"""Wrong configurations: one clear diagnostic at the line to mend, before anything is made."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from acceptance.local_aws import LocalAws
from acceptance.terraform import PLANNED, Terraform

JOB = """
resource "mlops_training_job" "j" {{
  name                    = "{name}"
  role_arn                = "{role}"
  algorithm_specification = {{ training_image = "i" }}
  output_data_config      = {{ s3_output_path = "{output}" }}
  resource_config         = {{ instance_type = "ml.m5.large", instance_count = 1 }}
  {more}
}}
"""
ROLE = "arn:aws:iam::123456789012:role/r"


def job(name: str = "j", role: str = ROLE, output: str = "s3://bucket/p", more: str = "") -> str:
    """A training job with one thing wrong."""
    return JOB.format(name=name, role=role, output=output, more=more)


def bucket(line: str) -> str:
    """A bucket with one line that is wrong."""
    name = "" if line.startswith("name") else '  name = "good-name"\n'
    return f'resource "mlops_bucket_layout" "b" {{\n{name}  {line}\n}}\n'


def role(line: str) -> str:
    """A role with one line that is wrong."""
    return f'resource "mlops_execution_role" "r" {{\n  name = "r"\n  {line}\n}}\n'


def model(line: str) -> str:
    """A model with one line that is wrong."""
    return f'resource "mlops_model" "m" {{\n  name = "m"\n  {line}\n}}\n'


def configuration(line: str) -> str:
    """An endpoint configuration with one line that is wrong."""
    variant = 'variant_name = "v", model_name = "m", instance_type = "ml.m5.large", initial_instance_count = 1'
    variants = "" if line.startswith("production_variants") else f"  production_variants = [{{ {variant} }}]\n"
    return f'resource "mlops_endpoint_configuration" "c" {{\n  name = "c"\n{variants}  {line}\n}}\n'


def dataset(line: str) -> str:
    """A dataset with one line that is wrong."""
    named = "" if line.startswith("bucket") else '  bucket = "some-bucket"\n'
    source = "" if line.startswith("source") else '  source = "main.tf"\n'
    return f'resource "mlops_dataset" "d" {{\n{named}{source}  {line}\n}}\n'


TAGS = "tags = { for i in range(51) : tostring(i) => tostring(i) }"
CIRCLE = 'assume_role = [{ role_arn = "%s" }, { role_arn = "%s" }]' % (ROLE, ROLE)

# What is wrong: the configuration, the beginning of the line that is to blame, and what must be said.
CASES = {
    "a bucket name with capitals": (bucket('name = "Not_A_Bucket"'), "name", "must be a bucket name"),
    "a bucket name like an address": (bucket('name = "192.168.0.1"'), "name", "must be a bucket name"),
    "a bucket name that is too short": (bucket('name = "ab"'), "name", "must be a bucket name"),
    "a dataset in no bucket": (dataset('bucket = "s3://bucket"'), "bucket", "must be"),
    "a prefix with an empty segment": (dataset('prefix = "a//b"'), "prefix", "must be a key prefix"),
    "a glob that is none": (dataset('exclude = ["a["]'), "exclude", "a["),
    "a missing source": (dataset('source = "nowhere"'), "source", "nowhere"),
    "a name in the layout with a slash": (bucket('layout = { "a/b" = {} }'), "layout", "name of a prefix"),
    "a policy that is not JSON": (bucket('policy = "{"'), "policy", "JSON"),
    "an inline policy that is not JSON": (role('inline_policies = { p = "[" }'), "inline_policies", "JSON"),
    "an inline policy that is no policy": (role('inline_policies = { p = "[]" }'), "inline_policies", "policy"),
    "a web address for an output": (job(output="https://bucket/p"), "output_data_config", "s3_output_path"),
    "an ARN for an output": (job(output="arn:aws:s3:::b/p"), "output_data_config", "S3 URI"),
    "a web address for a model": (
        model('primary_container = { image = "i", model_data_url = "https://b/m.tar.gz" }'),
        "primary_container",
        "model_data_url",
    ),
    "a path for captured data": (
        configuration(
            'data_capture_config = { initial_sampling_percentage = 1, destination_s3_uri = "/data", capture_options = [{ capture_mode = "Input" }] }'
        ),
        "data_capture_config",
        "destination_s3_uri",
    ),
    "a bucket's name for a grant": (role('access = { read = ["bucket"] }'), "access", "S3 URI"),
    "a URI without a bucket for a grant": (role('access = { write = ["s3:///x"] }'), "access", "S3 URI"),
    "a URI without a bucket in a function": (
        'output "o" {\n  value = provider::mlops::parse_s3_uri("s3:///key")\n}\n',
        "value",
        "bucket",
    ),
    "no role": (job(role="arn:aws:s3:::b"), "role_arn", "role"),
    "a name that SageMaker refuses": (job(name="under_score"), "name", "hyphens"),
    "51 tags of a job": (job(more=TAGS), "tags", "0 to 50"),
    "51 tags of a bucket": (bucket(TAGS), "tags", "0 to 50"),
    "51 tags of a role": (role(TAGS), "tags", "0 to 50"),
    "51 tags of a configuration": (configuration(TAGS), "tags", "0 to 50"),
    "a missing entry point": (job(more='source_code = { directory = ".", entry_point = "none.py" }'), "source_code", "none.py"),
    "a missing directory": (job(more='source_code = { directory = "nowhere", entry_point = "x" }'), "source_code", "nowhere"),
    "a value for a read-only attribute": (job(more='failure_reason = "x"'), "failure_reason", "failure_reason"),
    "two names": (job(more='name_prefix = "x"'), "name_prefix", "name_prefix"),
    "an unknown way to destroy": (job(more='on_destroy = "explode"'), "on_destroy", "explode"),
    "no duration": (job(more='timeouts = { create = "soon" }'), "timeouts", "soon"),
    "spot without a longest wait": (
        job(more="enable_managed_spot_training = true"),
        "resource",
        "max_wait_time_in_seconds",
    ),
    "a model without a container": (model("enable_network_isolation = true"), "resource", "primary_container"),
    "a variant without a name": (configuration('production_variants = [{ model_name = "m" }]'), "production_variants", "variant_name"),
    "a number of instances below one": (
        job().replace("instance_count = 1", "instance_count = -1"),
        "resource_config",
        "instance_count",
    ),
    "roles assumed in a circle": (f'provider "mlops" {{\n  {CIRCLE}\n}}\n' + role("access = {}"), "assume_role", "Cyclic role chain"),
}  # fmt: skip


def line_of(terraform: Terraform, beginning: str) -> int:
    """The number of the last line that begins so."""
    lines = (terraform.directory / "main.tf").read_text().splitlines()
    return max(number for number, line in enumerate(lines, 1) if re.match(rf"\s*{beginning}\b", line))


def refused(terraform: Terraform, beginning: str, told: str, *arguments: str) -> str:
    """Insists on one error at a line, with a text in it; answers all of it."""
    command, *more = arguments or ("plan",)
    run = terraform.run(command, "-input=false", "-no-color", *more)
    assert run.code == 1, run.output
    text = " ".join(re.sub(r"[│╷╵]", " ", run.output).split())
    assert text.count("Error: ") == 1, run.output
    assert f"on main.tf line {line_of(terraform, beginning)}" in text, run.output
    assert told in text, run.output
    assert "bug in the provider" not in text and "panic" not in text, run.output
    return text


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_where_it_stands(case: str, aws: LocalAws, workspace: Callable[..., Terraform]) -> None:
    text, beginning, told = CASES[case]
    terraform = workspace(text)
    aws.forget_calls()
    refused(terraform, beginning, told)
    called = {c["operation"] for c in aws.calls()}
    assert called <= {"GetCallerIdentity"}, called
    assert aws.inventory() == []


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
    of_job = (job(more='source_code = { directory = "data", entry_point = "main.py" }'), "source_code")
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
  source = "files" # of the dataset
}

resource "mlops_training_job" "j" {
  name                    = "reviewed"
  role_arn                = mlops_execution_role.r.arn
  algorithm_specification = { training_image = "i" }
  output_data_config      = { s3_output_path = mlops_bucket_layout.b.uris["data"] }
  resource_config         = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 1 }
  source_code             = { directory = "files", entry_point = "main.py" } # of the job
}

resource "mlops_model" "m" {
  name_prefix        = "reviewed-"
  execution_role_arn = mlops_execution_role.r.arn
  primary_container  = { image = "i" }
  source_code        = { directory = "./files", entry_point = "main.py", s3_uri = mlops_bucket_layout.b.uris["data"] } # of the model
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
    spoil: Callable[[Path], None], servers: list[LocalAws], workspace: Callable[..., Terraform]
) -> None:
    aws = servers[0]
    aws.control("POST", "reset")
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
    text = " ".join(run.output.split())
    assert text.count("Error: ") == text.count("changed between plan and apply") == 3, run.output
    lines = (terraform.directory / "main.tf").read_text().splitlines()
    for number in (number for number, line in enumerate(lines, 1) if "# of the" in line):
        assert f"on main.tf line {number}" in text, run.output
    assert [o["kind"] for o in aws.inventory()] == ["Bucket", "Role"], "neither the objects nor what they are made of"
    assert aws.client("s3").list_object_versions(Bucket="reviewed-bucket").get("Versions", []) == []
    terraform.apply()
    assert terraform.is_settled(), "planned again, it is what it is now"
