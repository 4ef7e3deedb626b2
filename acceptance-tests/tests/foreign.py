"""Objects that are somebody else's, one of each kind, and what an apply must do when it meets them: nothing."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from sweep import MUTATING, kill_both

from acceptance.local_aws import LocalAws
from acceptance.terraform import HEAD, Terraform

NAME = "theirs-and-ours"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/echo"
TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},'
    '"Action":"sts:AssumeRole"}]}'
)
WRITE = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject",'
    '"Resource":"arn:aws:s3:::base-bucket/models/*"}]}'
)
# Each has a fixed name and depends on none of the others, so that one apply meets all of them.
STACK = f"""
terraform {{
  # Not the usual place, which Terraform would want to move to another backend.
  backend "local" {{ path = "first.tfstate" }}
}}

variable "mark" {{
  default = ""
}}

data "mlops_caller_identity" "current" {{}}

locals {{
  mark = var.mark == "" ? terraform.workspace : var.mark
  role = "arn:aws:iam::${{data.mlops_caller_identity.current.account_id}}:role/base"
}}

resource "mlops_model" "x" {{
  name               = "{NAME}"
  execution_role_arn = local.role
  primary_container  = {{ image = "{IMAGE}:${{local.mark}}" }}
}}

resource "mlops_training_job" "x" {{
  name                    = "{NAME}"
  role_arn                = local.role
  algorithm_specification = {{ training_image = "{IMAGE}:${{local.mark}}" }}
  output_data_config      = {{ s3_output_path = "s3://base-bucket/models" }}
  resource_config         = {{ instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 1 }}
}}

resource "mlops_endpoint_configuration" "x" {{
  name = "{NAME}"
  production_variants = [{{
    variant_name           = local.mark
    model_name             = "base"
    instance_type          = "ml.t2.medium"
    initial_instance_count = 1
  }}]
}}

resource "mlops_endpoint" "x" {{
  name                 = "{NAME}"
  endpoint_config_name = "base-${{local.mark}}"
}}

resource "mlops_execution_role" "x" {{
  name        = "{NAME}"
  description = local.mark
  access      = {{}}
}}

resource "mlops_bucket_layout" "x" {{
  name          = "{NAME}"
  force_destroy = true
  layout        = {{ data = {{}} }}
  tags          = {{ mark = local.mark }}
}}
"""
TYPES = ("model", "training_job", "endpoint_configuration", "endpoint", "execution_role", "bucket_layout")
CREATIONS = "iam:CreateRole|s3:CreateBucket|sagemaker:Create(Model|TrainingJob|EndpointConfig|Endpoint)"


class Desk:
    """Working directories with the stack, on one account."""

    def __init__(self, directory: Path, cli_configuration: Path, aws: LocalAws) -> None:
        self.root, self.cli_configuration, self.aws = directory, cli_configuration, aws
        template = directory / "template"
        if not template.exists():
            template.mkdir(parents=True)
            (template / "main.tf").write_text(HEAD + STACK)
            Terraform(template, cli_configuration, {}).init()

    def empty_account(self) -> None:
        """Nothing but what the stack refers to."""
        self.aws.control("POST", "reset")
        iam = self.aws.client("iam")
        role = iam.create_role(RoleName="base", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        iam.put_role_policy(RoleName="base", PolicyName="write", PolicyDocument=WRITE)
        self.aws.client("s3").create_bucket(Bucket="base-bucket")
        sagemaker = self.aws.client("sagemaker")
        self.aws.wait_for("the role can be assumed", lambda: model_is_made(sagemaker, "base", role))
        for mark in ("one", "two"):
            variant = {"VariantName": "v", "ModelName": "base", "InstanceType": "ml.t2.medium", "InitialInstanceCount": 1}
            sagemaker.create_endpoint_config(EndpointConfigName=f"base-{mark}", ProductionVariants=[variant])

    def directory(self, name: str, mark: str, data_of: Terraform | None = None) -> Terraform:
        """A working directory without a state; with the `.terraform` of another one, as a cache of a CI restores it."""
        directory = self.root / name
        shutil.copytree(self.root / "template", directory, symlinks=True)
        if data_of:
            shutil.rmtree(directory / ".terraform")
            shutil.copytree(data_of.directory / ".terraform", directory / ".terraform", symlinks=True)
        return Terraform(directory, self.cli_configuration, {**self.aws.environment(), "TF_VAR_mark": mark})

    def killed(self, terraform: Terraform, when: str) -> None:
        """An apply that is killed while all six creations are under way: before or after AWS does its work."""
        fault = self.aws.fault(CREATIONS, "pause", times=None, when=when)
        process = terraform.start("apply", "-auto-approve", "-input=false", "-no-color")

        def held() -> int:
            return sum(f["held"] for f in self.aws.control("GET", "faults")["faults"])

        self.aws.wait_for("all six are held", lambda: held() == len(TYPES) or process.poll() is not None)
        assert held() == len(TYPES), process.communicate()[0]
        kill_both(process)
        self.aws.wait_for("AWS noticed that the caller is gone", lambda: held() == 0)
        self.aws.control("DELETE", "faults", id=fault["id"])

    def is_refused(self, terraform: Terraform) -> None:
        """An apply ends with an error for each of the six, and changes none of them, nor takes them into its state."""
        before = picture(self.aws)
        self.aws.forget_calls()
        run = terraform.attempt("apply")
        problems = []
        changing = [f"{c['operation']}" for c in self.aws.calls() if MUTATING.match(c["operation"])]
        if changing:
            problems.append(f"it called {changing}")
        for each in TYPES:
            refusal = rf"terraform import (mlops_{each}\.NAME|mlops_{each}\.x|ADDRESS) {NAME}"
            errors = [d.text for d in run.told if d.severity == "error" and d.address == f"mlops_{each}.x"]
            if not any(re.search(refusal, e) and re.search("exists already|already exists", e) for e in errors):
                problems.append(f"no error says of mlops_{each}.x that it exists already and how to import it")
        after = picture(self.aws)
        problems += [f"{name}: {before[name]}\n    became {after[name]}" for name in before if before[name] != after[name]]
        known = [r for r in terraform.run("state", "list").output.splitlines() if r.startswith("mlops_")]
        if known:
            problems.append(f"its state holds {known}")
        assert not problems, "\n  ".join(["", *problems]) + f"\n{run.output}"


def model_is_made(sagemaker: Any, name: str, role: str) -> bool:
    """Whether the model could be made by now; a new role is not known at once."""
    try:
        sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, PrimaryContainer={"Image": f"{IMAGE}:1"})
    except ClientError as refused:
        assert "assume role" in str(refused), refused
        return False
    return True


def picture(aws: LocalAws) -> dict[str, Any]:
    """Everything that can be seen of the six objects."""
    sagemaker, iam, s3 = aws.client("sagemaker"), aws.client("iam"), aws.client("s3")
    asked: dict[str, Callable[[], dict[str, Any]]] = {
        "model": lambda: sagemaker.describe_model(ModelName=NAME),
        "training job": lambda: sagemaker.describe_training_job(TrainingJobName=NAME),
        "endpoint configuration": lambda: sagemaker.describe_endpoint_config(EndpointConfigName=NAME),
        "endpoint": lambda: sagemaker.describe_endpoint(EndpointName=NAME),
        "role": lambda: iam.get_role(RoleName=NAME),
        "its policies": lambda: iam.list_role_policies(RoleName=NAME),
        "bucket": lambda: {"buckets": [b for b in s3.list_buckets()["Buckets"] if b["Name"] == NAME]},
        "its policy": lambda: s3.get_bucket_policy(Bucket=NAME),
        "its tags": lambda: s3.get_bucket_tagging(Bucket=NAME),
        "its versioning": lambda: s3.get_bucket_versioning(Bucket=NAME),
        "its encryption": lambda: s3.get_bucket_encryption(Bucket=NAME),
    }
    shown = {}
    for what, ask in asked.items():
        try:
            answer = ask()
            answer.pop("ResponseMetadata", None)
        except ClientError as refused:
            answer = {"refused": refused.response["Error"]["Code"]}
        shown[what] = json.dumps(answer, default=str, sort_keys=True)
    return shown
