"""Every folder of examples: formatted, valid, applied, planned empty, imported, changed, destroyed, nothing left."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from conftest import EXAMPLES

from acceptance.installation import terraform_binary
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform, changes_of, unknown_after

STACKS = sorted(p for p in (EXAMPLES / "stacks").iterdir() if p.is_dir())

# What AWS alone decides. Everything else in the plan of the stack is known before the apply.
ONLY_AWS_KNOWS = {
    "first-light": {
        # Identifiers and times that AWS gives.
        "mlops_execution_role.project.create_date",
        "mlops_execution_role.project.unique_id",
        "mlops_training_job.digits.creation_time",
        "mlops_training_job.digits.training_end_time",
        "mlops_model.digits.creation_time",
        "mlops_endpoint_configuration.digits.creation_time",
        "mlops_endpoint.digits.creation_time",
        # What becomes of a job or an endpoint.
        "mlops_training_job.digits.training_job_status",
        "mlops_training_job.digits.failure_reason",
        "mlops_training_job.digits.final_metrics",
        "mlops_training_job.digits.training_time_in_seconds",
        "mlops_training_job.digits.billable_time_in_seconds",
        "mlops_endpoint.digits.endpoint_status",
        "mlops_endpoint.digits.failure_reason",
        # Generated names, and what follows from them.
        "mlops_model.digits.name",
        "mlops_model.digits.arn",
        "mlops_model.digits.source_code.uri",
        "mlops_endpoint_configuration.digits.name",
        "mlops_endpoint_configuration.digits.arn",
        "mlops_endpoint_configuration.digits.production_variants[0].model_name",
        "mlops_endpoint.digits.endpoint_config_name",
        # The endpoint's answer.
        "data.mlops_inference.held_out",
    },
}


def test_examples_are_formatted() -> None:
    run = subprocess.run([terraform_binary(), "fmt", "-check", "-recursive", "-diff", str(EXAMPLES)], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("stack", STACKS, ids=lambda p: p.name)
def test_stack_lives_and_dies(stack: Path, aws: LocalAws, tmp_path: Path, cli_configuration: Path) -> None:
    terraform = Terraform.copy_of(stack, tmp_path / "stack", cli_configuration, aws.environment())
    terraform.init()
    terraform.must("validate", "-no-color")

    plan = terraform.plan()
    surplus = {u for u in unknown_after(plan) if not any(u == k or u.startswith(f"{k}.") for k in ONLY_AWS_KNOWS[stack.name])}
    assert not surplus, f"known only after the apply, and nobody but AWS should decide them: {sorted(surplus)}"

    terraform.apply()
    assert terraform.changes() == {}, "a second plan is empty"
    assert terraform.outputs()["held_out_accuracy"] >= 0.95

    drift = terraform.plan("-refresh-only").get("resource_drift", [])
    assert drift == [], "two reads in a row are equal"

    terraform.destroy()
    assert aws.inventory() == [], "the destroy left nothing"


@pytest.mark.parametrize("stack", STACKS, ids=lambda p: p.name)
def test_every_resource_is_imported_without_a_difference(
    stack: Path, aws: LocalAws, tmp_path: Path, cli_configuration: Path
) -> None:
    terraform = Terraform.copy_of(stack, tmp_path / "stack", cli_configuration, aws.environment())
    terraform.init()
    terraform.apply()
    state = json.loads(terraform.must("show", "-json"))
    for resource in state["values"]["root_module"]["resources"]:
        if resource["mode"] != "managed" or resource["type"] == "mlops_dataset":
            continue
        address, name = resource["address"], resource["values"]["name"]
        terraform.must("state", "rm", address)
        terraform.must("import", "-input=false", "-no-color", address, name)
    plan = terraform.plan()
    assert all(actions == ["update"] for actions in changes_of(plan).values()), "an import replaces nothing"
    changed = [c for c in plan["resource_changes"] if c["change"]["actions"] == ["update"]]
    differing = {c["address"]: set(differences(c["change"])) - LOCAL for c in changed}
    assert not any(differing.values()), differing

    aws.forget_calls()
    terraform.apply()
    mutating = [c["operation"] for c in aws.calls() if c["operation"].startswith(("Create", "Update", "Delete", "Put"))]
    assert mutating == [], "what only the provider knows is no business of AWS"
    assert terraform.changes() == {}
    terraform.destroy()
    assert aws.inventory() == []


# These come from the user's machine or are the provider's own: no description of AWS's has them.
LOCAL = {"source_code", "triggers", "force_destroy"}


def differences(change: dict) -> list[str]:
    """The top-level attributes that a change touches."""
    before, after = change["before"] or {}, change["after"] or {}
    return [k for k in after if before.get(k) != after[k]]
