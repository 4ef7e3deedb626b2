"""Whatever somebody changes behind Terraform's back is shown at its attribute, and the next apply mends it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from conftest import HEAD
from example_lives import CREATE, REPLACE, UPDATE

from acceptance.local_aws import LocalAws
from acceptance.terraform import PLANNED, Terraform, changes_of

ACCOUNT = "123456789012"
POLICY = "arn:aws:iam::123456789012:policy/"
NOTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
SOMEBODY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)
STACK = f"""
provider "mlops" {{}}

resource "mlops_bucket_layout" "b" {{
  name          = "drifting-bucket"
  force_destroy = true # What somebody puts there is not the dataset's to remove.
  layout        = {{ data = {{}}, models = {{}} }}
}}

resource "mlops_dataset" "d" {{
  bucket = mlops_bucket_layout.b.name
  prefix = "data"
  source = "rows"
}}

resource "mlops_execution_role" "r" {{
  name                 = "drifting"
  description          = "as declared"
  max_session_duration = 7200
  permissions_boundary = "{POLICY}boundary"
  managed_policy_arns  = ["{POLICY}attached"]
  inline_policies      = {{ own = jsonencode({NOTHING}) }}
  access               = {{ read = [mlops_bucket_layout.b.uris["data"]], write = [mlops_bucket_layout.b.uris["models"]] }}
  tags                 = {{ owner = "us", stage = "test" }}
}}

resource "mlops_training_job" "j" {{
  name                    = "drifting"
  role_arn                = mlops_execution_role.r.arn
  algorithm_specification = {{ training_image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/echo:1" }}
  output_data_config      = {{ s3_output_path = mlops_bucket_layout.b.uris["models"] }}
  resource_config         = {{ instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 1 }}
  tags                    = {{ owner = "us", stage = "test" }}
}}

resource "mlops_model" "m" {{
  name               = "drifting"
  execution_role_arn = mlops_execution_role.r.arn
  primary_container  = {{ image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/echo:1" }}
  tags               = {{ owner = "us", stage = "test" }}
}}

resource "mlops_endpoint_configuration" "c" {{
  name = "drifting"
  production_variants = [{{
    variant_name           = "main"
    model_name             = mlops_model.m.name
    instance_type          = "ml.t2.medium"
    initial_instance_count = 1
  }}]
  tags = {{ owner = "us", stage = "test" }}
}}

resource "mlops_endpoint" "e" {{
  name                 = "drifting"
  endpoint_config_name = mlops_endpoint_configuration.c.name
  tags                 = {{ owner = "us", stage = "test" }}
}}
"""
ARN = {
    "mlops_training_job.j": "training-job/drifting",
    "mlops_model.m": "model/drifting",
    "mlops_endpoint_configuration.c": "endpoint-config/drifting",
    "mlops_endpoint.e": "endpoint/drifting",
}


@dataclass
class Drift:
    """What somebody does, and the attributes at which the plan shows it."""

    address: str
    shown: set[str]
    service: str
    operation: str
    arguments: dict[str, Any] = field(default_factory=dict)

    def happen(self, aws: LocalAws) -> None:
        """Do it."""
        getattr(aws.client(self.service), self.operation)(**self.arguments)


def of_role(shown: set[str], operation: str, **arguments: Any) -> Drift:
    return Drift("mlops_execution_role.r", shown, "iam", operation, {"RoleName": "drifting", **arguments})


def of_tags(address: str) -> list[Drift]:
    """Each way in which tags change."""
    arn = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:{ARN[address]}"
    tags = {"tags", "tags_all"}
    return [
        Drift(address, tags, "sagemaker", "add_tags", {"ResourceArn": arn, "Tags": [{"Key": "owner", "Value": "them"}]}),
        Drift(address, tags, "sagemaker", "add_tags", {"ResourceArn": arn, "Tags": [{"Key": "new", "Value": "theirs"}]}),
        Drift(address, tags, "sagemaker", "delete_tags", {"ResourceArn": arn, "TagKeys": ["stage"]}),
    ]


MENDED_IN_PLACE = [
    of_role({"assume_role_policy_json"}, "update_assume_role_policy", PolicyDocument=SOMEBODY),
    of_role({"policy_json"}, "put_role_policy", PolicyName="mlops-access", PolicyDocument=NOTHING.replace("Deny", "Allow")),
    of_role({"inline_policies"}, "put_role_policy", PolicyName="own", PolicyDocument=NOTHING.replace("Deny", "Allow")),
    of_role({"managed_policy_arns"}, "detach_role_policy", PolicyArn=f"{POLICY}attached"),
    of_role({"permissions_boundary"}, "delete_role_permissions_boundary"),
    of_role({"description"}, "update_role_description", Description="as somebody likes"),
    of_role({"max_session_duration", "description"}, "update_role", MaxSessionDuration=3600, Description="once more"),
    of_role({"tags", "tags_all"}, "tag_role", Tags=[{"Key": "owner", "Value": "them"}]),
    of_role({"tags", "tags_all"}, "untag_role", TagKeys=["stage"]),
    *(drift for address in ARN for drift in of_tags(address)),
    Drift(
        "mlops_endpoint.e", {"endpoint_config_name"},
        "sagemaker", "update_endpoint", {"EndpointName": "drifting", "EndpointConfigName": "theirs"},
    ),
    Drift("mlops_dataset.d", {"files", "file_count", "total_bytes", "content_sha256"},
        "s3", "delete_object", {"Bucket": "drifting-bucket", "Key": "data/a.csv"}),
    Drift("mlops_dataset.d", {"files", "file_count", "total_bytes", "content_sha256"},
        "s3", "put_object", {"Bucket": "drifting-bucket", "Key": "data/b.csv", "Body": b"theirs"}),
]  # fmt: skip

# What is gone is made again, and with it what cannot live without it.
GONE = {
    "mlops_training_job.j": ("sagemaker", "delete_training_job", {"TrainingJobName": "drifting"}),
    "mlops_model.m": ("sagemaker", "delete_model", {"ModelName": "drifting"}),
    "mlops_endpoint_configuration.c": ("sagemaker", "delete_endpoint_config", {"EndpointConfigName": "drifting"}),
    "mlops_endpoint.e": ("sagemaker", "delete_endpoint", {"EndpointName": "drifting"}),
}


@pytest.fixture
def stack(servers: list[LocalAws], tmp_path: Path, cli_configuration: Path) -> tuple[LocalAws, Terraform]:
    """The stack, applied."""
    aws = servers[0]
    aws.control("DELETE", "faults")
    aws.control("POST", "reset")
    for name in ("boundary", "attached"):
        everything = NOTHING.replace("Deny", "Allow")
        aws.client("iam").create_policy(PolicyName=name, PolicyDocument=everything)
    (tmp_path / "main.tf").write_text(HEAD + STACK)
    (tmp_path / "rows").mkdir()
    for name in ("a.csv", "b.csv"):
        (tmp_path / "rows" / name).write_text(name)
    terraform = Terraform(tmp_path, cli_configuration, aws.environment())
    terraform.init()
    terraform.apply()
    assert terraform.is_settled()
    return aws, terraform


def changed(plan: dict[str, Any]) -> dict[str, set[str]]:
    """The top-level attributes that a plan changes, by address; what follows from a change is left out."""
    changes = {c["address"]: c["change"] for c in plan["resource_changes"] if c["change"]["actions"] != ["no-op"]}
    return {
        address: {name for name, value in change["after"].items() if change["before"].get(name) != value}
        for address, change in changes.items()
    }


def test_every_setting_is_shown_and_mended(stack: tuple[LocalAws, Terraform]) -> None:
    aws, terraform = stack
    make_another_configuration(aws)
    shown: dict[str, set[str]] = {}
    for drift in MENDED_IN_PLACE:
        drift.happen(aws)
        aws.wait_for("the endpoint is at rest", lambda: status_of_the_endpoint(aws) == "InService")
        shown.setdefault(drift.address, set()).update(drift.shown)
        plan = terraform.plan()
        assert changed(plan) == shown, f"{drift}\n{plan['text']}"
        assert all(actions == UPDATE for actions in changes_of(plan).values()), plan["text"]
    terraform.apply(PLANNED)
    assert terraform.is_settled()
    described = aws.client("sagemaker").describe_endpoint(EndpointName="drifting")
    assert described["EndpointConfigName"] == "drifting"
    aws.client("sagemaker").delete_endpoint_config(EndpointConfigName="theirs")
    leaves_nothing(aws, terraform)


def test_what_is_gone_is_made_again(stack: tuple[LocalAws, Terraform]) -> None:
    aws, terraform = stack
    for address, (service, operation, arguments) in GONE.items():
        getattr(aws.client(service), operation)(**arguments)
        aws.wait_for(f"{address} is gone", lambda a=address: not exists(aws, a))
        plan = terraform.plan()
        assert changes_of(plan) == {address: CREATE}, plan["text"]
        terraform.apply(PLANNED)
        assert terraform.is_settled(), address
    s3 = aws.client("s3")
    for version in s3.list_object_versions(Bucket="drifting-bucket", Prefix="data/")["Versions"]:
        s3.delete_object(Bucket="drifting-bucket", Key=version["Key"], VersionId=version["VersionId"])
    assert terraform.changes() == {"mlops_dataset.d": CREATE}
    terraform.apply(PLANNED)
    assert terraform.is_settled()
    leaves_nothing(aws, terraform)


@pytest.mark.parametrize("status", ["Stopped", "Failed"])
def test_a_job_that_ended_badly_later_is_shown(status: str, stack: tuple[LocalAws, Terraform]) -> None:
    aws, terraform = stack
    aws.control("POST", "status", kind="TrainingJob", name="drifting", status=status)
    plan = terraform.plan()
    drift = {d["address"]: d["change"]["after"]["training_job_status"] for d in plan["resource_drift"]}
    assert drift == {"mlops_training_job.j": status}
    assert changes_of(plan) == {}, "a job runs once: what became of it is no reason to run it again"


def make_another_configuration(aws: LocalAws) -> None:
    sagemaker = aws.client("sagemaker")
    variants = sagemaker.describe_endpoint_config(EndpointConfigName="drifting")["ProductionVariants"]
    sagemaker.create_endpoint_config(EndpointConfigName="theirs", ProductionVariants=variants)


def status_of_the_endpoint(aws: LocalAws) -> str:
    return aws.client("sagemaker").describe_endpoint(EndpointName="drifting")["EndpointStatus"]


def exists(aws: LocalAws, address: str) -> bool:
    return any(str(o.get("arn", "")).endswith(f":{ARN[address]}") for o in aws.inventory())


def leaves_nothing(aws: LocalAws, terraform: Terraform) -> None:
    terraform.destroy()
    for name in ("boundary", "attached"):
        aws.client("iam").delete_policy(PolicyArn=f"{POLICY}{name}")
    assert aws.inventory() == []
