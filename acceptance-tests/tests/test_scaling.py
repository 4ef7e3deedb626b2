"""Autoscaling and updates of the endpoint leave each other's work alone (hashicorp/terraform-provider-aws issues 48990 and
14337)."""

from __future__ import annotations

from pathlib import Path

from acceptance.cases import Edit
from acceptance.example import copy_example, edit
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform, changes_of

FOLDER = "resources/mlops_autoscaling_target"
TARGET = "mlops_autoscaling_target.churn"
CONFIGURATION = "mlops_endpoint_configuration.churn"
ENDPOINT = "mlops_endpoint.churn"
AT_REST = {CONFIGURATION: ["create", "delete"], ENDPOINT: ["update"]}


def applied(aws: LocalAws, directory: Path, cli_configuration: Path, initialised: Path) -> Terraform:
    """The example, applied, with three instances by the hand of autoscaling."""
    terraform = Terraform(copy_example(FOLDER, directory, initialised, []), cli_configuration, aws.environment())
    terraform.apply()
    wanted = [{"VariantName": "main", "DesiredInstanceCount": 3}]
    aws.client("sagemaker").update_endpoint_weights_and_capacities(
        EndpointName="churn", DesiredWeightsAndCapacities=wanted
    )
    aws.wait_for("three instances", lambda: instances(aws) == 3)
    return terraform


def instances(aws: LocalAws) -> int:
    """How many instances the variant has."""
    endpoint = aws.client("sagemaker").describe_endpoint(EndpointName="churn")
    assert endpoint["EndpointStatus"] != "Failed", endpoint
    return endpoint["ProductionVariants"][0]["CurrentInstanceCount"] if endpoint["EndpointStatus"] == "InService" else 0


def test_an_update_of_the_endpoint_keeps_the_instances_that_autoscaling_has_chosen(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    terraform = applied(quick, tmp_path / "example", cli_configuration, initialised)
    assert terraform.is_settled(), "more instances than the configuration began with are no drift"
    edit(terraform.directory, Edit("initial_instance_count = 1", "initial_instance_count = 2"))
    plan = terraform.plan()
    assert changes_of(plan) == AT_REST, plan["text"]
    terraform.apply()
    assert instances(quick) == 3
    assert terraform.is_settled()
    terraform.destroy()
    assert quick.inventory() == []


def test_an_instance_type_that_aws_refuses_to_change_is_an_error_that_says_what_to_do(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    terraform = applied(quick, tmp_path / "example", cli_configuration, initialised)
    edit(terraform.directory, Edit("replace_triggered_by = [mlops", "# replace_triggered_by = [mlops"))
    edit(terraform.directory, Edit("ml.m5.large", "ml.m5.xlarge"))
    run = terraform.attempt("apply")
    (error,) = [told for told in run.told if told.severity == "error"]
    assert error.address == ENDPOINT and "terraform apply -replace=" in error.text, run.output
    terraform.apply(f"-replace={TARGET}")
    assert instances(quick) == 3 and terraform.is_settled()
    terraform.destroy()
    assert quick.inventory() == []


def test_a_scaled_variant_changes_its_instance_type_between_deregistration_and_registration(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    terraform = applied(quick, tmp_path / "example", cli_configuration, initialised)
    edit(terraform.directory, Edit("ml.m5.large", "ml.m5.xlarge"))
    plan = terraform.plan()
    assert changes_of(plan) == {**AT_REST, TARGET: ["delete", "create"]}, plan["text"]
    quick.forget_calls()
    terraform.apply()
    order = ["DeregisterScalableTarget", "UpdateEndpoint", "RegisterScalableTarget"]
    assert [c["operation"] for c in quick.calls() if c["operation"] in order] == order
    scaling = quick.client("application-autoscaling")
    assert len(scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]) == 1
    assert terraform.is_settled()
    terraform.destroy()
    assert quick.inventory() == []
