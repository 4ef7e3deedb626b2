"""What somebody else made is neither taken over nor deleted, however often the apply is tried."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},'
    '"Action":"sts:AssumeRole"}]}'
)
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/echo:1"


def make_role(aws: LocalAws) -> None:
    """A role of somebody else's."""
    aws.client("iam").create_role(RoleName="theirs", AssumeRolePolicyDocument=TRUST)


def make_bucket(aws: LocalAws) -> None:
    """A bucket of somebody else's, in the same account."""
    aws.client("s3").create_bucket(Bucket="theirs")


def make_endpoint_configuration(aws: LocalAws) -> None:
    """An endpoint configuration of somebody else's, and what it needs."""
    make_role(aws)
    sagemaker = aws.client("sagemaker")
    role = "arn:aws:iam::123456789012:role/theirs"
    aws.wait_for("the role can be assumed", lambda: model_is_made(sagemaker, role), 30)
    variant = {"VariantName": "v", "ModelName": "theirs", "InstanceType": "ml.t2.medium", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName="theirs", ProductionVariants=[variant])


def model_is_made(sagemaker, role: str) -> bool:
    """Whether the model could be made by now; a new role is not known at once."""
    try:
        sagemaker.create_model(ModelName="theirs", ExecutionRoleArn=role, PrimaryContainer={"Image": IMAGE})
    except sagemaker.exceptions.ClientError as refused:
        assert "assume role" in str(refused), refused
        return False
    return True


THEIRS = {
    "role": (make_role, 'resource "mlops_execution_role" "x" {\n  name   = "theirs"\n  access = {}\n}\n'),
    "bucket": (make_bucket, 'resource "mlops_bucket_layout" "x" {\n  name   = "theirs"\n  layout = {}\n}\n'),
    "endpoint configuration": (
        make_endpoint_configuration,
        """
resource "mlops_endpoint_configuration" "x" {
  name = "theirs"
  production_variants = [{
    variant_name           = "v"
    model_name             = "theirs"
    instance_type          = "ml.t2.large"
    initial_instance_count = 1
  }]
}
""",
    ),
}


@pytest.mark.parametrize("kind", THEIRS)
def test_somebody_elses_object_is_never_taken_over(
    kind: str, aws: LocalAws, workspace: Callable[..., Terraform]
) -> None:
    make, configuration = THEIRS[kind]
    make(aws)
    before = aws.inventory()
    terraform = workspace(configuration)
    # The second apply must not believe that the first one made it and was killed.
    for attempt in ("first", "second"):
        aws.forget_calls()
        run = terraform.run("apply", "-auto-approve", "-input=false", "-no-color")
        assert run.code == 1, f"{attempt}: {run.output}"
        assert "terraform import" in run.output, f"{attempt}: {run.output}"
        changing = [c["operation"] for c in aws.calls() if c["operation"].startswith(("Create", "Delete", "Put", "Update"))]
        assert changing == [], attempt
    terraform.destroy()
    assert aws.inventory() == before, "what was there is there"
