"""An endpoint with an inline configuration, a smoke test and autoscaling, killed at its creation, update, rollback and destroy: the
next run ends as if nothing had happened, and traffic is never without a configuration that works."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from sweep import KILLS, Kill, Phase, Place, Story, calls_that_change, kill_both, what_is_known, what_is_there

from acceptance.local_aws import ACCOUNT, LocalAws
from acceptance.terraform import HEAD, Terraform, changes_of

STACK = f"""
resource "mlops_model" "churn" {{
  name               = "churn-1"
  execution_role_arn = "arn:aws:iam::{ACCOUNT}:role/churn"
  primary_container  = {{ image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/echo:1" }}
  lifecycle {{
    create_before_destroy = true
  }}
}}

resource "mlops_endpoint" "churn" {{
  name = "churn"
  configuration = {{
    production_variants = [{{
      variant_name           = "main"
      model_name             = mlops_model.churn.name
      instance_type          = "ml.m5.large"
      initial_instance_count = 1
    }}]
  }}
  smoke_test                    = {{ body = "1,2", expect = {{ matches = "churn-" }} }}
  retain_all_variant_properties = true
}}

resource "mlops_endpoint_autoscaling" "churn" {{
  endpoint_name = mlops_endpoint.churn.name
  variant_name  = "main"
  min_capacity  = 1
  max_capacity  = 4
  scaling_policies = {{
    requests = {{
      target_tracking_scaling_policy_configuration = {{
        target_value                    = 70
        predefined_metric_specification = {{ predefined_metric_type = "SageMakerVariantInvocationsPerInstance" }}
      }}
    }}
  }}
  scheduled_actions = {{
    evening = {{ schedule = "cron(0 18 ? * MON-FRI *)", scalable_target_action = {{ min_capacity = 1 }} }}
  }}
}}
"""
MODEL, ENDPOINT, SCALING = "mlops_model.churn", "mlops_endpoint.churn", "mlops_endpoint_autoscaling.churn"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
INVOKE = ("sagemaker-runtime:InvokeEndpoint", 0)
# What the suite kills at, after AWS has carried it out; `make kill-sweep` kills at every call, before and after, in every way.
REPRESENTATIVE = {
    "create": [("application-autoscaling:RegisterScalableTarget", 0)],
    "update": [("application-autoscaling:DeregisterScalableTarget", 0), ("sagemaker:UpdateEndpoint", 0)],
    "rollback": [("sagemaker:UpdateEndpoint", 1)],
    "destroy": [("application-autoscaling:DeregisterScalableTarget", 0)],
}
pytestmark = pytest.mark.xdist_group("served throughout")


def becomes(model: str, directory: Path) -> None:
    """Another model, on another instance type: AWS takes that only while the variant is not registered."""
    text = (directory / "main.tf").read_text()
    (directory / "main.tf").write_text(text.replace('"churn-1"', f'"{model}"').replace("ml.m5.large", "ml.m5.xlarge"))


@pytest.fixture(scope="module")
def story(
    tmp_path_factory: pytest.TempPathFactory, cli_configuration: Path, initialised: Path, quick_server: LocalAws
) -> Story:
    """The endpoint, created, updated and destroyed."""
    directory, aws = tmp_path_factory.mktemp("served"), quick_server
    template = directory / "template"
    shutil.copytree(initialised, template, symlinks=True)
    (template / "main.tf").write_text(HEAD + STACK)
    aws.control("DELETE", "faults")
    aws.control("POST", "reset")
    aws.client("iam").create_role(RoleName="churn", AssumeRolePolicyDocument=json.dumps(TRUST))
    aws.control("POST", "clock", advance=60)
    snapshot = directory / "role.snapshot"
    aws.control("POST", "snapshot", path=str(snapshot))

    def clean_up() -> None:
        aws.client("iam").delete_role(RoleName="churn")

    return Story(template, cli_configuration, aws, lambda copy: becomes("churn-2", copy), snapshot, clean_up=clean_up)


@pytest.fixture(scope="module")
def rollback(story: Story) -> Phase:
    """An update to a model that fails the smoke test, on an instance type that the endpoint goes back from."""
    # What it is compared with is played once, on the same AWS.
    assert story.update
    changed = story.directory / "wrong"
    shutil.copytree(story.applied("wrong").directory, changed, symlinks=True)
    becomes("wrong-2", changed)
    phase = Phase("rollback", changed, story.directory / "applied.snapshot", ("apply",))
    terraform = story.fresh(phase, "undisturbed")
    goes_back(terraform)
    phase.calls = calls_that_change(story.aws)
    assert phase.calls.count("sagemaker:UpdateEndpoint") == 2
    mended(story, terraform)
    return phase


def goes_back(terraform: Terraform) -> None:
    """An apply whose smoke test fails."""
    run = terraform.attempt("apply")
    (error,) = [told for told in run.told if told.severity == "error"]
    assert error.address == ENDPOINT and "rolled back" in error.text, run.output


def mended(story: Story, terraform: Terraform) -> None:
    """The model that works, after one that did not: what comes is what an update without the detour comes to."""
    text = (terraform.directory / "main.tf").read_text()
    (terraform.directory / "main.tf").write_text(text.replace('"wrong-2"', '"churn-2"'))
    terraform.apply()
    assert (what_is_there(story.aws), what_is_known(terraform)) == (story.update.there, story.update.known)
    assert terraform.is_settled()


def always_worked(aws: LocalAws) -> None:
    """From its first moment to its deletion the endpoint had a configuration, with a model, that served."""
    served = aws.control("GET", "served")["served"]
    assert served and [entry for entry in served if entry["configuration"] and not entry["works"]] == []


def places(phase: Phase, everywhere: bool) -> list[Place]:
    """Where it is killed."""
    wanted = REPRESENTATIVE[phase.name]
    found = phase.places(() if phase.name == "destroy" else (INVOKE,))
    assert {*wanted} <= {(place.operation, place.skip) for place in found}
    return [p for p in found if everywhere or (p.when == "after" and (p.operation, p.skip) in wanted)]


def kills(everywhere: bool) -> list[Kill]:
    """How it is killed."""
    return KILLS if everywhere else [kill_both]


def test_what_is_registered_is_made_anew_around_the_endpoint(story: Story) -> None:
    """hashicorp/terraform-provider-aws issue 14337: AWS refuses another instance type of a registered variant, and the order in
    which it takes that could not be expressed."""
    terraform = story.applied("another instance type")
    becomes("churn-2", terraform.directory)
    plan = terraform.plan()
    assert changes_of(plan) == {MODEL: ["create", "delete"], ENDPOINT: ["update"], SCALING: ["delete", "create"]}, plan["text"]
    assert "is replaced for its endpoint" in plan["text"], plan["text"]
    order = ["DeregisterScalableTarget", "UpdateEndpoint", "RegisterScalableTarget"]
    story.aws.forget_calls()
    terraform.apply()
    assert [c["operation"] for c in story.aws.calls() if c["operation"] in order] == order
    assert terraform.is_settled()
    # AWS deregisters the variants of an endpoint that it deletes.
    plan = terraform.plan(f"-replace={ENDPOINT}")
    assert changes_of(plan) == {ENDPOINT: ["delete", "create"], SCALING: ["delete", "create"]}, plan["text"]
    terraform.apply(f"-replace={ENDPOINT}")
    assert terraform.is_settled()


def test_a_refresh_makes_few_calls(story: Story) -> None:
    terraform = story.applied("refreshed")
    story.aws.forget_calls()
    terraform.must("plan", "-refresh-only", "-input=false", "-no-color")
    made = Counter(c["operation"] for c in story.aws.calls() if c["operation"] != "GetCallerIdentity")
    endpoint = Counter(["DescribeEndpoint", "ListEndpointConfigs", "ListTags"])
    scaling = Counter("DescribeScalableTargets ListTagsForResource DescribeScalingPolicies DescribeScheduledActions".split())
    assert endpoint.total() <= 5 and made == endpoint + scaling + Counter(["DescribeModel", "ListTags"])


@pytest.mark.parametrize("name", ["create", "update", "destroy"])
def test_a_kill_at_any_call_leaves_traffic_with_what_works(name: str, story: Story, kill_sweep: bool) -> None:
    phase: Phase = getattr(story, name)
    for kill in kills(kill_sweep):
        for place in places(phase, kill_sweep):
            story.survives(phase, kill, [place])
            always_worked(story.aws)


def test_a_kill_amid_a_rollback_leaves_traffic_with_what_works(
    story: Story, rollback: Phase, kill_sweep: bool
) -> None:
    for kill in kills(kill_sweep):
        for place in places(rollback, kill_sweep):
            terraform = story.killed(rollback, kill, place, "mended")
            # Of a new model that no state knows another configuration only tells.
            if place.operation == "sagemaker:CreateModel":
                goes_back(terraform)
            mended(story, terraform)
            always_worked(story.aws)
