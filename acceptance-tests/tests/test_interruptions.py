"""Killed in the middle of anything, the next apply takes up where it broke off: no orphan, no duplicate."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable

import pytest

from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

# Everything that exists after its apply is known, so that a second object of any kind would be seen.
STACK = """
provider "mlops" {}

resource "mlops_bucket_layout" "b" {
  name          = "interrupted-bucket"
  force_destroy = true
  layout        = { models = {} }
  tags          = { stack = "interrupted" }
}

resource "mlops_execution_role" "r" {
  name   = "interrupted"
  access = { read = [mlops_bucket_layout.b.uris["models"]] }
  tags   = { stack = "interrupted" }
}

resource "mlops_model" "m" {
  name_prefix        = "interrupted-"
  execution_role_arn = mlops_execution_role.r.arn
  primary_container  = { image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/echo:1" }
}

resource "mlops_endpoint_configuration" "c" {
  name = "interrupted"
  production_variants = [{
    variant_name           = "main"
    model_name             = mlops_model.m.name
    instance_type          = "ml.t2.medium"
    initial_instance_count = 1
  }]
}
"""
ADDRESSES = [
    "mlops_bucket_layout.b",
    "mlops_endpoint_configuration.c",
    "mlops_execution_role.r",
    "mlops_model.m",
]


def kill_group(process: subprocess.Popen[str]) -> None:
    """SIGKILL to Terraform and, in the same process group, the provider."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def mutating_calls(aws: LocalAws, workspace: Callable[..., Terraform]) -> list[str]:
    """The calls of one undisturbed apply that change something, in order."""
    terraform = workspace(STACK, "undisturbed")
    aws.forget_calls()
    terraform.apply()
    # Each once: how often AWS must be asked until it knows a new role differs from run to run.
    calls = list(dict.fromkeys(f"{c['service']}:{c['operation']}" for c in aws.calls()))
    terraform.destroy()
    assert aws.inventory() == []
    prefixes = ("Create", "Put", "Update", "Attach", "Add", "Tag", "Start", "Upload", "Complete", "Delete", "Untag")
    return [c for c in calls if c.split(":")[1].startswith(prefixes)]


def test_a_kill_at_any_call_is_taken_up_again(aws: LocalAws, workspace: Callable[..., Terraform]) -> None:
    calls = mutating_calls(aws, workspace)
    assert len(calls) >= 6, calls
    for when in ("before", "after"):
        for index, call in enumerate(calls):
            aws.control("POST", "reset")
            terraform = workspace(STACK, f"killed-{when}-{index}")
            aws.fault(f"^{call}$", "pause", times=None, when=when)
            process = terraform.start("apply", "-auto-approve", "-input=false", "-no-color")
            held = aws.wait_for(f"{call} is held", lambda: any(f["held"] for f in aws.control("GET", "faults")["faults"]), 60)
            assert held
            kill_group(process)
            aws.control("DELETE", "faults")
            terraform.apply()
            where = f"killed {when} {call} ({index})"
            assert terraform.resources() == ADDRESSES, where
            assert terraform.changes() == {}, where
            assert sorted(o["kind"] for o in aws.inventory()) == ["Bucket", "EndpointConfig", "Model", "Role"], where
            terraform.destroy()
            assert aws.inventory() == [], where


def test_an_interrupt_while_waiting_saves_the_state(aws: LocalAws, workspace: Callable[..., Terraform]) -> None:
    terraform = workspace(
        STACK
        + """
resource "mlops_endpoint" "e" {
  name                 = "interrupted"
  endpoint_config_name = mlops_endpoint_configuration.c.name
}
"""
    )
    process = terraform.start("apply", "-auto-approve", "-input=false", "-no-color")
    aws.wait_for("the endpoint is created", lambda: any(o["kind"] == "Endpoint" for o in aws.inventory()), 60)
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert "Interrupted" in output or "nterrupt" in output
    assert "mlops_endpoint.e" in terraform.resources(), output
    terraform.destroy()
    assert aws.inventory() == []


def test_somebody_elses_object_is_not_taken_over(aws: LocalAws, workspace: Callable[..., Terraform]) -> None:
    aws.client("iam").create_role(
        RoleName="theirs",
        AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole"}]}',
    )
    terraform = workspace('resource "mlops_execution_role" "r" {\n  name = "theirs"\n  access = {}\n}\n')
    run = terraform.run("apply", "-auto-approve", "-input=false", "-no-color")
    assert run.code == 1
    assert "exists" in run.output and "import" in run.output, run.output


@pytest.mark.parametrize("operation", ["sagemaker:CreateModel", "sagemaker:CreateEndpointConfig", "iam:CreateRole"])
def test_a_lost_answer_is_no_second_object(
    operation: str, aws: LocalAws, workspace: Callable[..., Terraform]
) -> None:
    terraform = workspace(STACK)
    aws.fault(f"^{operation}$", "cut_after", times=1)
    terraform.apply()
    assert terraform.changes() == {}
    assert sorted(o["kind"] for o in aws.inventory()) == ["Bucket", "EndpointConfig", "Model", "Role"]
    terraform.destroy()
    assert aws.inventory() == []
