"""Network interfaces that SageMaker leaves in a VPC are gone when a destroy ends, so that security groups and subnets can be deleted.

Case N23; hashicorp/terraform-provider-aws#34397 and #26090.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

Workspace = Callable[[str], Terraform]

VPC = '{ subnets = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] }'
ROLE = '"arn:aws:iam::${data.mlops_caller_identity.current.account_id}:role/r"'
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
HEAD = """
data "mlops_caller_identity" "current" {}

resource "mlops_bucket_layout" "b" {
  name_prefix   = "vpc-"
  force_destroy = true
}
"""
JOB = f"""
resource "mlops_training_job" "j" {{
  name                       = "churn"
  role_arn                   = {ROLE}
  algorithm_specification    = {{ training_image = "{IMAGE}", training_input_mode = "File" }}
  output_data_config         = {{ s3_output_path = "s3://${{mlops_bucket_layout.b.name}}/models" }}
  resource_config            = {{ instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 10 }}
  vpc_config                 = {VPC}
  wait_for_completion        = false
  MORE
}}
"""
ENDPOINT = f"""
resource "mlops_model" "m" {{
  name               = "churn"
  execution_role_arn = {ROLE}
  primary_container  = {{ image = "{IMAGE}" }}
  vpc_config         = {VPC}
}}

resource "mlops_endpoint" "e" {{
  name = "churn-live"
  configuration = {{
    production_variants = [{{
      variant_name = "main", model_name = mlops_model.m.name, instance_type = "ml.m5.large", initial_instance_count = 1
    }}]
  }}
}}
"""
NOTEBOOK = f"""
resource "mlops_notebook_instance" "n" {{
  name               = "churn"
  instance_type      = "ml.t3.medium"
  role_arn           = {ROLE}
  subnet_id          = "subnet-1"
  security_group_ids = ["sg-1"]
}}
"""


def make_role(aws: LocalAws) -> None:
    """The role that everything runs with."""
    statement = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam = aws.client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust)
    allowed = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=policy)
    aws.control("POST", "clock", advance=60)


@contextmanager
def lingering(directory: Path, seconds: int) -> Iterator[LocalAws]:
    """A local AWS that only pretends to train and serve, and whose interfaces stay for so long, half of the time attached."""
    with LocalAws(directory / "aws-local.log", arguments=("--linger", str(seconds))) as running:
        make_role(running)
        yield running


def interfaces(aws: LocalAws) -> list[str]:
    """What the interfaces in the security group are for: as long as there is one, EC2 does not delete the group."""
    group = [{"Name": "group-id", "Values": ["sg-1"]}]
    found = aws.client("ec2").describe_network_interfaces(Filters=group)["NetworkInterfaces"]
    return [each["Description"].rsplit(" ", 1)[1] for each in found]


def start_another(aws: LocalAws) -> None:
    """Somebody else's notebook in the same group, which goes on."""
    aws.client("sagemaker").create_notebook_instance(
        NotebookInstanceName="churn-2",
        InstanceType="ml.t3.medium",
        RoleArn="arn:aws:iam::123456789012:role/r",
        SubnetId="subnet-2",
        SecurityGroupIds=["sg-1"],
    )


def warnings(told: Any) -> str:
    """The texts of the warnings."""
    return " ".join(d.text for d in told.told if d.severity == "warning")


@pytest.mark.parametrize(
    "configuration, own",
    [(HEAD + JOB.replace("MORE", ""), "churn"), (HEAD + ENDPOINT, "churn-live"), (HEAD + NOTEBOOK, "churn")],
    ids=["training job", "endpoint with a model", "notebook"],
)
def test_a_destroy_ends_when_its_own_interfaces_are_gone_and_waits_for_no_others(
    workspace: Workspace, tmp_path: Path, configuration: str, own: str
) -> None:
    with lingering(tmp_path, 4) as aws:
        start_another(aws)
        terraform = workspace(configuration)
        terraform.environment |= aws.environment()
        terraform.apply()
        assert own in interfaces(aws)
        told = terraform.attempt("destroy")
        assert told.code == 0 and warnings(told) == "", told.output
        assert interfaces(aws) == ["churn-2"]


def test_a_caller_who_may_not_look_does_not_wait(workspace: Workspace, tmp_path: Path) -> None:
    with lingering(tmp_path, 600) as aws:
        terraform = workspace(HEAD + JOB.replace("MORE", ""))
        terraform.environment |= aws.environment()
        terraform.apply()
        everything_else = {"Effect": "Allow", "NotAction": "ec2:*", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [everything_else]})
        aws.control("POST", "principals", access_key="limited", policies=[policy])
        terraform.environment["AWS_ACCESS_KEY_ID"] = "limited"
        told = terraform.attempt("destroy")
        assert told.code == 0 and warnings(told) == "", told.output
        assert interfaces(aws) == ["churn", "churn"], "they go by themselves"


def destroyed(aws: LocalAws, workspace: Workspace, more: str) -> str:
    """Destroys a job with these arguments besides. The warnings."""
    terraform = workspace(HEAD + JOB.replace("MORE", more))
    terraform.environment |= aws.environment()
    terraform.apply()
    aws.forget_calls()
    told = terraform.attempt("destroy")
    assert told.code == 0, told.output
    return warnings(told)


def test_what_was_left_behind_is_deleted_if_the_user_wants_it(workspace: Workspace, tmp_path: Path) -> None:
    with lingering(tmp_path, 12) as aws:
        start_another(aws)
        assert destroyed(aws, workspace, "delete_vpc_enis_on_destroy = true") == ""
        assert interfaces(aws) == ["churn-2"]
        assert [call["operation"] for call in aws.calls()].count("DeleteNetworkInterface") == 2


def test_at_its_limit_a_wait_ends_in_a_warning_that_lists_what_is_left(workspace: Workspace, tmp_path: Path) -> None:
    with lingering(tmp_path, 600) as aws:
        told = destroyed(aws, workspace, 'timeouts = { delete = "8s" }')
        assert interfaces(aws) == ["churn", "churn"], "the job is gone, and they are not"
        assert [each["kind"] for each in aws.inventory() if each["kind"] == "TrainingJob"] == []
        for words in ("training job \"churn\" is gone", "eni-", "(in-use)", "sg-1", "subnet-1", "DependencyViolation"):
            assert words in told, told
