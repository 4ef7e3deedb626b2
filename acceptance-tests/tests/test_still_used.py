"""Models and endpoint configurations that are deleted or replaced while an endpoint uses them."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

from acceptance.local_aws import LocalAws
from acceptance.terraform import HEAD, Run, Terraform

STACK = """
resource "mlops_model" "churn" {
  name               = "churn"
  execution_role_arn = "arn:aws:iam::123456789012:role/churn"
  primary_container  = { image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/echo:1" }
}

resource "mlops_endpoint_configuration" "churn" {
  name = "churn"
  production_variants = [{
    variant_name           = "main"
    model_name             = mlops_model.churn.name
    instance_type          = "ml.m5.large"
    initial_instance_count = 1
  }]
}

resource "mlops_endpoint" "ours" {
  name                 = "ours"
  endpoint_config_name = mlops_endpoint_configuration.churn.name
}
"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
SETTINGS = [{"VariantName": "a", "ModelName": "churn", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}]


def use(aws: LocalAws) -> None:
    """Somebody else's endpoints: one with the endpoint configuration, one with the model."""
    sagemaker = aws.client("sagemaker")
    sagemaker.create_endpoint_config(EndpointConfigName="theirs", ProductionVariants=SETTINGS)
    for name, configuration in (("first", "churn"), ("second", "theirs")):
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=configuration)


def leave(aws: LocalAws) -> None:
    """Takes them away."""
    sagemaker = aws.client("sagemaker")
    sagemaker.delete_endpoint_config(EndpointConfigName="theirs")
    for name in ("first", "second"):
        waiter = sagemaker.get_waiter("endpoint_in_service")
        waiter.wait(EndpointName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 300})
        sagemaker.delete_endpoint(EndpointName=name)


def warnings(run: Run) -> list[str]:
    """Of what a run that succeeded warned."""
    assert run.ok, run.output
    return sorted(told.text for told in run.told)


def stack(aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path) -> Terraform:
    """A working directory with the stack, whose role counts everywhere."""
    shutil.copytree(initialised, tmp_path / "stack", symlinks=True)
    (tmp_path / "stack" / "main.tf").write_text(HEAD + STACK)
    aws.client("iam").create_role(RoleName="churn", AssumeRolePolicyDocument=json.dumps(TRUST))
    aws.control("POST", "clock", advance=60)
    return Terraform(tmp_path / "stack", cli_configuration, aws.environment())


def test_a_deletion_names_the_endpoints_that_still_use_it(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    terraform = stack(quick, tmp_path, cli_configuration, initialised)
    terraform.apply()
    assert warnings(terraform.attempt("destroy")) == [], "the endpoint of the same configuration is gone by then"

    terraform.apply()
    use(quick)
    configuration, model = warnings(terraform.attempt("destroy"))
    assert configuration.startswith('The endpoint configuration "churn" is deleted while it is in use'), configuration
    assert 'the endpoint "first" uses it.' in configuration, configuration
    assert model.startswith('The model "churn" is deleted while it is in use'), model
    assert 'the endpoint "second" uses it.' in model, model
    leave(quick)

    # Whoever may not look is not troubled. With AWS's own code, AccessDeniedException, the SDK would blame the clock of this local AWS,
    # which runs fast, and try again.
    terraform.apply()
    use(quick)
    quick.fault("^sagemaker:ListEndpoints$", "error", times=None, code="AccessDenied", status=400, message="no")
    assert warnings(terraform.attempt("destroy")) == []
    leave(quick)


MANY = """
resource "mlops_model" "churn" {
  for_each           = toset(["churn", "churn-a", "churn-b", "churn-c"])
  name               = each.key
  execution_role_arn = "arn:aws:iam::123456789012:role/churn"
  primary_container  = { image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/echo:1" }
}
"""


def test_many_deletions_look_at_the_endpoints_once(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    shutil.copytree(initialised, tmp_path / "stack", symlinks=True)
    (tmp_path / "stack" / "main.tf").write_text(HEAD + MANY)
    terraform = Terraform(tmp_path / "stack", cli_configuration, quick.environment())
    quick.client("iam").create_role(RoleName="churn", AssumeRolePolicyDocument=json.dumps(TRUST))
    quick.control("POST", "clock", advance=60)
    terraform.apply()
    sagemaker = quick.client("sagemaker")
    sagemaker.create_endpoint_config(EndpointConfigName="theirs", ProductionVariants=SETTINGS)
    for name in ("first", "second"):
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName="theirs")
    quick.forget_calls()
    (told,) = warnings(terraform.attempt("destroy"))
    assert told.startswith('The model "churn" is deleted while it is in use'), told
    looked = ("ListEndpoints", "DescribeEndpoint", "DescribeEndpointConfig")
    calls = Counter(c["operation"] for c in quick.calls() if c["operation"] in looked)
    # Both endpoints are described again for the model that they use, and for no other.
    assert calls == {"ListEndpoints": 1, "DescribeEndpoint": 4, "DescribeEndpointConfig": 1}
    leave(quick)


def test_an_endpoint_is_updated_to_another_configuration_of_the_same_name(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    """Terraform sees no change of an endpoint whose configuration is replaced by one of its name, and its plan was empty."""
    terraform = stack(quick, tmp_path, cli_configuration, initialised)
    terraform.apply()
    main = terraform.directory / "main.tf"
    main.write_text(main.read_text().replace("initial_instance_count = 1", "initial_instance_count = 2"))
    deleted, replaced = warnings(terraform.attempt("apply"))
    assert deleted.startswith('The endpoint configuration "churn" is deleted while it is in use'), deleted
    assert replaced.startswith('The endpoint configuration "churn" is replaced while it is in use'), replaced
    assert 'the endpoint "ours" uses it' in replaced and "the next one does" in replaced, replaced

    def instances() -> int:
        (variant,) = quick.client("sagemaker").describe_endpoint(EndpointName="ours")["ProductionVariants"]
        return variant["CurrentInstanceCount"]

    assert instances() == 1
    assert terraform.changes() == {"mlops_endpoint.ours": ["update"]}
    (behind,) = warnings(terraform.attempt("apply"))
    assert behind.startswith('The endpoint "ours" uses a former endpoint configuration'), behind
    assert instances() == 2
    assert terraform.is_settled()
    terraform.destroy()
