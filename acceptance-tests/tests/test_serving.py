"""Inference components whose updates fail, and smoke tests of asynchronous endpoints."""

from __future__ import annotations

from pathlib import Path

from acceptance.cases import Edit
from acceptance.example import copy_example, edit
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

COMPONENT = "mlops_inference_component.churn"


def test_a_component_whose_update_is_rolled_back_is_an_error_and_the_state_says_what_serves(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    directory = copy_example("resources/mlops_inference_component", tmp_path / "example", initialised, [])
    terraform = Terraform(directory, cli_configuration, quick.environment())
    terraform.apply()
    edit(directory, Edit("= 1024", "= 2048"))
    quick.control("POST", "fail", kind="InferenceComponent", name="churn", reason="not enough memory")
    run = terraform.attempt("apply")
    (error,) = [told for told in run.told if told.severity == "error"]
    assert error.address == COMPONENT and "rolled the update back" in error.text and "not enough memory" in error.text
    serves = terraform.values()[COMPONENT]["specification"]["compute_resource_requirements"]
    assert serves["min_memory_required_in_mb"] == 1024
    # The number of copies that somebody has chosen since is no business of the next update.
    head = 'resource "mlops_inference_component" "churn" {'
    edit(directory, Edit(head, f"{head}\n  lifecycle {{\n    ignore_changes = [runtime_config]\n  }}"))
    quick.client("sagemaker").update_inference_component_runtime_config(
        InferenceComponentName="churn", DesiredRuntimeConfig={"CopyCount": 4}
    )
    terraform.apply()
    assert terraform.is_settled()
    found = quick.client("sagemaker").describe_inference_component(InferenceComponentName="churn")
    assert found["RuntimeConfig"]["DesiredCopyCount"] == 4 and "FailureReason" not in found
    assert found["Specification"]["ComputeResourceRequirements"]["MinMemoryRequiredInMb"] == 2048
    terraform.destroy()
    assert quick.inventory() == []


def test_a_smoke_test_of_an_asynchronous_endpoint_is_refused_before_the_endpoint_exists(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    directory = copy_example("resources/mlops_endpoint_autoscaling", tmp_path / "example", initialised, [])
    terraform = Terraform(directory, cli_configuration, quick.environment())
    settings = "retain_all_variant_properties = true"
    edit(directory, Edit(settings, f'{settings}\n  smoke_test = {{ body = "48,0,35.0", content_type = "text/csv" }}'))
    # What the plan cannot look up, since it does not exist yet, the apply looks up.
    for _ in range(2):
        run = terraform.attempt("apply")
        (error,) = [told for told in run.told if told.severity == "error"]
        assert error.address == "mlops_endpoint.churn" and "asynchronous" in error.text, run.output
    assert quick.client("sagemaker").list_endpoints()["Endpoints"] == []
    edit(directory, Edit('smoke_test = { body = "48,0,35.0", content_type = "text/csv" }', ""))
    terraform.destroy()
    assert quick.inventory() == []
