"""What `validate` refuses, without AWS: one error that names the attribute, in plain words, whichever client runs it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

Workspace = Callable[..., Terraform]

VARIANT = 'model_name = "m", instance_type = "ml.m5.large", initial_instance_count = 1'
MODEL = '  name               = "m"\n  execution_role_arn = "arn:aws:iam::123456789012:role/r"'
ROUTED = (
    "deployment_config = {{ blue_green_update_policy = {{ traffic_routing_configuration = "
    "{{ wait_interval_in_seconds = 0, {} }} }} }}"
)


class Mistake(NamedTuple):
    """A wrong argument of a resource that is right otherwise."""

    case: str
    type: str
    rest: str
    """The other arguments."""
    wrong: str
    told: str
    """A regular expression of what the error says."""
    at: str = ""
    """What the line begins with that the error points to, if it is not the wrong argument: something else is missing."""


MISTAKES = [
    Mistake("bucket", "mlops_dataset", '  source = "files"', "bucket = null", "`bucket`"),
    Mistake(
        "nested name in an endpoint",
        "mlops_endpoint",
        '  name = "e"',
        f"configuration = {{ production_variants = [{{ variant_name = null, {VARIANT} }}] }}",
        r"`configuration.production_variants\[0\].variant_name`"),
    Mistake(
        "nested name",
        "mlops_endpoint_configuration",
        '  name = "c"',
        f"production_variants = [{{ variant_name = null, {VARIANT} }}]",
        r"`production_variants\[0\].variant_name`"),
    Mistake(
        "variant",
        "mlops_endpoint_configuration",
        '  name = "c"',
        f'production_variants = [{{ variant_name = "main", {VARIANT} }}, null]',
        r"`production_variants\[1\]`"),
    Mistake(
        "container", "mlops_model", MODEL, 'containers = [{ image = "i" }, null]', r"`containers\[1\]`"),
    Mistake(
        "prefix of a bucket",
        "mlops_bucket_layout",
        '  name = "some-bucket"',
        "layout = { a = null }",
        r'`layout\["a"\]`'),
    Mistake(
        "service",
        "mlops_execution_role",
        '  name = "r"',
        "trusted_services = [null]",
        r"`trusted_services(\[\S+\])?`"),
    Mistake(
        "no variant",
        "mlops_endpoint_configuration",
        '  name = "c"',
        "production_variants = []",
        r"`production_variants` must (?!be a collection)",
    ),
    Mistake(
        "no container",
        "mlops_model",
        MODEL,
        "containers = []",
        r"`containers` must (?!be a collection).*\b([Ll]eave it out|null)",
    ),
    Mistake(
        "bucket in a URI",
        "mlops_execution_role",
        '  name = "r"',
        'access = { read = ["s3://c/"] }',
        "3 to 63 characters",
    ),
    Mistake(
        "job without resources",
        "mlops_training_job",
        '''  name                    = "j"
  role_arn                = "arn:aws:iam::123456789012:role/r"
  algorithm_specification = { training_image = "i" }''',
        'output_data_config = { s3_output_path = "s3://bucket/p" }',
        "`resource_config`.*`serverless_job_config`",
        at='resource "mlops_training_job"',
    ),
    Mistake(
        "canary of 80 %",
        "mlops_endpoint",
        '  name                 = "e"\n  endpoint_config_name = "c"',
        ROUTED.format('type = "CANARY", canary_size = { type = "CAPACITY_PERCENT", value = 80 }'),
        r"`\S+canary_size` must be .*50",
    ),
    Mistake(
        "canary without a size",
        "mlops_endpoint",
        '  name                 = "e"\n  endpoint_config_name = "c"',
        ROUTED.format('type = "CANARY"'),
        "`canary_size`",
    ),
    Mistake(
        "variant without instances",
        "mlops_endpoint_configuration",
        '  name = "c"',
        'production_variants = [{ variant_name = "all", model_name = "m" }]',
        "`instance_type`.*`serverless_config`",
    ),
    Mistake(
        "variant without a count",
        "mlops_endpoint_configuration",
        '  name = "c"',
        'production_variants = [{ variant_name = "all", model_name = "m", instance_type = "ml.m5.large" }]',
        "`initial_instance_count`",
    ),
    Mistake(
        "serverless memory of 2000 MB",
        "mlops_endpoint_configuration",
        '  name = "c"',
        'production_variants = [{ variant_name = "all", model_name = "m", '
        "serverless_config = { max_concurrency = 1, memory_size_in_mb = 2000 } }]",
        "`\\S+memory_size_in_mb` must be .*1024",
    ),
    Mistake(
        "more provisioned concurrency than there can be",
        "mlops_endpoint_configuration",
        '  name = "c"',
        'production_variants = [{ variant_name = "all", model_name = "m", '
        "serverless_config = { max_concurrency = 1, memory_size_in_mb = 2048, provisioned_concurrency = 2 } }]",
        "`provisioned_concurrency` is at most `max_concurrency`",
    ),
    Mistake("container of nothing", "mlops_model", MODEL, "primary_container = {}", "`image`.*`model_package_name`"),
    Mistake(
        "key without a name",
        "mlops_bucket_layout",
        '  name = "some-bucket"',
        'encryption = { sse_algorithm = "aws:kms", kms_master_key_id = "" }',
        "`encryption.kms_master_key_id` must be",
    ),
]


def only_error(terraform: Terraform) -> dict[str, Any]:
    """The one thing that validate says."""
    told = json.loads(terraform.run("validate", "-json").output)["diagnostics"]
    assert [d["severity"] for d in told] == ["error"], told
    return told[0]


@pytest.mark.every_client
@pytest.mark.parametrize("mistake", [pytest.param(m, id=m.case) for m in MISTAKES])
def test_it_is_told_at_once(mistake: Mistake, workspace: Workspace) -> None:
    terraform = workspace(f'resource "{mistake.type}" "x" {{\n{mistake.rest}\n  {mistake.wrong}\n}}\n')
    text = (terraform.directory / "main.tf").read_text()
    error = only_error(terraform)
    assert re.search(mistake.told, error["detail"]), error
    assert error["range"]["start"]["line"] == text[: text.index(mistake.at or mistake.wrong)].count("\n") + 1, error
    assert "bug" not in error["detail"], error


def test_an_argument_of_the_provider_is_told_once(workspace: Workspace) -> None:
    error = only_error(workspace('provider "mlops" {\n  max_retries = -1\n}\n\ndata "mlops_caller_identity" "me" {}\n'))
    assert "`max_retries` must be between 0 and 1000" in error["detail"], error


@pytest.mark.every_client
def test_a_region_that_is_not_known_yet_is_named(workspace: Workspace) -> None:
    terraform = workspace(
        'resource "terraform_data" "region" {\n  input = "us-east-1"\n}\n\n'
        'provider "mlops" {\n  region = terraform_data.region.output\n}\n\n'
        'data "mlops_caller_identity" "me" {}\n'
    )
    run = terraform.run("plan", "-input=false", "-no-color")
    text = " ".join(run.output.split())
    assert run.code == 1 and text.count("Error: ") == 1, run.output
    assert "the argument `region` of the provider block is known only after the apply" in text, run.output
    assert "Apply what `region` depends on first" in text, run.output


WITH_NULLS = """
variable "unset" {
  type    = string
  default = null
}

resource "mlops_bucket_layout" "b" {
  name   = "nulls-bucket"
  layout = { data = {} }
  tags   = { kept = "1", unset = var.unset }
}

resource "mlops_execution_role" "r" {
  name = "nulls"
  tags = { kept = "1", unset = var.unset }
}

resource "mlops_model" "m" {
  name               = "nulls"
  execution_role_arn = mlops_execution_role.r.arn
  primary_container  = { image = "i", environment = { KEPT = "1", UNSET = var.unset } }
  tags               = { kept = "1", unset = var.unset }
}
"""


@pytest.mark.every_client
def test_a_tag_or_variable_that_is_null_is_left_out(workspace: Workspace, aws: LocalAws) -> None:
    terraform = workspace(WITH_NULLS)
    terraform.apply()
    assert terraform.is_settled()
    sagemaker = aws.client("sagemaker")
    model = sagemaker.describe_model(ModelName="nulls")
    assert model["PrimaryContainer"]["Environment"] == {"KEPT": "1"}
    assert sagemaker.list_tags(ResourceArn=model["ModelArn"])["Tags"] == [{"Key": "kept", "Value": "1"}]
    terraform.destroy()
    assert aws.inventory() == []
