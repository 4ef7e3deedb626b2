"""Wrong configurations: one clear diagnostic at the line to mend, before anything is made."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

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


CASES = {
    "a bucket name with capitals": ('resource "mlops_bucket_layout" "b" {\n  name = "Not_A_Bucket"\n}\n', "name"),
    "a policy that is not JSON": ('resource "mlops_bucket_layout" "b" {\n  name = "good-name"\n  policy = "{"\n}\n', "policy"),
    "a policy that is JSON and no policy": (
        'resource "mlops_execution_role" "r" {\n  name = "r"\n  inline_policies = { p = "[" }\n}\n',
        "inline_policies",
    ),
    "no S3 URI": (job(output="https://bucket/p"), "s3_output_path"),
    "no role": (job(role="arn:aws:s3:::b"), "role_arn"),
    "a name that SageMaker refuses": (job(name="under_score"), "name"),
    "51 tags": (job(more="tags = { for i in range(51) : tostring(i) => tostring(i) }"), "tags"),
    "a missing entry point": (job(more='source_code = { directory = ".", entry_point = "none.py" }'), "none.py"),
    "a missing folder": (job(more='source_code = { directory = "nowhere", entry_point = "x.py" }'), "nowhere"),
    "a value for a read-only attribute": (job(more='failure_reason = "x"'), "failure_reason"),
    "two names": (job(more='name_prefix = "x"'), "name_prefix"),
    "an unknown way to destroy": (job(more='on_destroy = "explode"'), "on_destroy"),
    "no duration": (job(more='timeouts = { create = "soon" }'), "timeouts"),
    "spot without a longest wait": (job(more="enable_managed_spot_training = true"), "stopping_condition"),
    "a model without a container": ('resource "mlops_model" "m" {\n  name = "m"\n}\n', "mlops_model"),
    "roles assumed in a circle": (
        'provider "mlops" {\n  assume_role = [\n    { role_arn = "%s" },\n    { role_arn = "%s" },\n  ]\n}\n'
        'resource "mlops_execution_role" "r" {\n  access = {}\n}\n' % (ROLE, ROLE),
        "Cyclic chain of roles",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_where_it_stands(case: str, aws: LocalAws, workspace: Callable[..., Terraform]) -> None:
    configuration, told = CASES[case]
    terraform = workspace(configuration)
    aws.forget_calls()
    run = terraform.run("plan", "-input=false", "-no-color")
    assert run.code == 1, run.output
    assert told in run.output and "on main.tf line" in run.output, run.output
    assert "bug in the provider" not in run.output and "panic" not in run.output
    called = {c["operation"] for c in aws.calls()}
    assert called <= {"GetCallerIdentity"}, called
    assert aws.inventory() == []


def test_a_loop_of_links_is_told(aws: LocalAws, workspace: Callable[..., Terraform]) -> None:
    terraform = workspace('resource "mlops_dataset" "d" {\n  bucket = "some-bucket"\n  source = "./data"\n}\n')
    (terraform.directory / "data").mkdir()
    os.symlink("..", terraform.directory / "data" / "up")
    run = terraform.run("plan", "-input=false", "-no-color")
    assert run.code == 1 and "source" in run.output and "loop" in run.output, run.output


def test_a_link_to_nothing_is_told(aws: LocalAws, workspace: Callable[..., Terraform]) -> None:
    terraform = workspace('resource "mlops_dataset" "d" {\n  bucket = "some-bucket"\n  source = "./data"\n}\n')
    (terraform.directory / "data").mkdir()
    os.symlink("nowhere", terraform.directory / "data" / "dangling")
    run = terraform.run("plan", "-input=false", "-no-color")
    assert run.code == 1 and "dangling" in run.output, run.output
