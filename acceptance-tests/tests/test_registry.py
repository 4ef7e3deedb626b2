"""The model registry: a version is registered once, whoever is killed; what people decide stays; nothing goes unsaid."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sweep import Kill, Place, Story, kill_both, kill_terraform, kill_the_provider, run

from acceptance.cases import Edit
from acceptance.example import copy_example, edit
from acceptance.local_aws import LocalAws
from acceptance.terraform import PLANNED, Terraform

FOLDER = "resources/mlops_model_package"
KILLS = [kill_both, kill_the_provider, kill_terraform]
Workspace = Callable[[str], Terraform]


def versions(aws: LocalAws, group: str = "churn") -> list[int]:
    """The versions in a group."""
    listed = aws.client("sagemaker").list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
    return sorted(each["ModelPackageVersion"] for each in listed)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kill", KILLS)
def test_a_version_is_registered_once_whoever_is_killed(
    kill: Kill, when: str, story_of: Callable[[str], Story]
) -> None:
    story = story_of(FOLDER)
    terraform = story.killed(story.create, kill, Place("sagemaker:CreateModelPackage", 0, when), "one version")
    assert versions(story.aws) == ([1] if when == "after" else [])
    run(terraform, *story.create.command)
    assert versions(story.aws) == [1]
    assert terraform.is_settled(*story.target)
    story.leaves_nothing(terraform)


@pytest.mark.parametrize("kill", KILLS)
def test_a_registration_that_nothing_follows_is_named(kill: Kill, story_of: Callable[[str], Story]) -> None:
    story = story_of(FOLDER)
    terraform = story.killed(story.create, kill, Place("sagemaker:CreateModelPackage", 0, "after"), "named")
    attempt = terraform.attempt("destroy")
    warned = [d.text for d in attempt.told if d.severity == "warning" and "terraform import" in d.text]
    assert any(f'{FOLDER.partition("/")[2]} of "churn"' in w and "Its ARN is not known" in w for w in warned), attempt.output
    # The group is left, because it is not empty.
    refused = [d.text for d in attempt.told if d.severity == "error"]
    assert len(refused) == 1 and "It holds 1 model package (" in refused[0] and "force_destroy" in refused[0]


GROUP = """
resource "mlops_model_package_group" "g" {
  name          = "churn"
  force_destroy = %s
}
"""
PACKAGE = """
resource "mlops_model_package" "p" {
  count                        = %d
  model_package_group_name     = mlops_model_package_group.g.name
  inference_specification      = { containers = [{ image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/i:%s" }] }
  customer_metadata_properties = { stage = "%s" }
  on_destroy                   = "%s"
}
"""


def write(terraform: Terraform, text: str) -> None:
    """Other resources in the configuration."""
    head, _, _ = (terraform.directory / "main.tf").read_text().partition('resource "')
    (terraform.directory / "main.tf").write_text(head + text)


def described(aws: LocalAws, version: int = 1) -> dict[str, Any]:
    """A version as AWS describes it."""
    arn = f"arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/{version}"
    return aws.client("sagemaker").describe_model_package(ModelPackageName=arn)


def test_who_approves_a_version_is_not_overruled(aws: LocalAws, workspace: Workspace) -> None:
    terraform = workspace(GROUP % "false" + PACKAGE % (1, "1", "new", "delete"))
    terraform.apply()
    # Planned before the approval, and applied after it.
    write(terraform, GROUP % "false" + PACKAGE % (1, "1", "old", "delete"))
    terraform.plan()
    arn = described(aws)["ModelPackageArn"]
    aws.client("sagemaker").update_model_package(
        ModelPackageArn=arn,
        ModelApprovalStatus="Approved",
        ApprovalDescription="by people",
        ModelLifeCycle={"Stage": "Live", "StageStatus": "Approved"},
    )
    terraform.apply(PLANNED)
    shown = described(aws)
    assert shown["CustomerMetadataProperties"] == {"stage": "old"}
    assert (shown["ModelApprovalStatus"], shown["ModelLifeCycle"]["Stage"]) == ("Approved", "Live")
    # What nobody wrote into the configuration is no reason to act.
    assert terraform.is_settled()
    terraform.apply()
    assert terraform.values()["mlops_model_package.p[0]"]["model_approval_status"] == "Approved"
    terraform.destroy()
    assert aws.inventory() == []


def test_equal_resources_are_two_versions(aws: LocalAws, workspace: Workspace) -> None:
    terraform = workspace(GROUP % "false" + PACKAGE % (1, "1", "new", "delete"))
    terraform.apply()
    write(terraform, GROUP % "false" + PACKAGE % (2, "1", "new", "delete"))
    terraform.apply()
    assert versions(aws) == [1, 2]
    assert terraform.is_settled()
    terraform.destroy()
    assert aws.inventory() == []


def test_old_versions_are_kept_and_a_group_that_holds_them_is_not_deleted(aws: LocalAws, workspace: Workspace) -> None:
    terraform = workspace(GROUP % "false" + PACKAGE % (1, "1", "new", "retain"))
    terraform.apply()
    write(terraform, GROUP % "false" + PACKAGE % (1, "2", "new", "retain"))
    assert terraform.changes() == {"mlops_model_package.p[0]": ["delete", "create"]}
    terraform.apply(PLANNED)
    assert versions(aws) == [1, 2]
    attempt = terraform.attempt("destroy")
    (error,) = [d.text for d in attempt.told if d.severity == "error"]
    assert "It holds 2 model packages" in error and "`force_destroy = true`" in error
    assert versions(aws) == [1, 2]
    write(terraform, GROUP % "true")
    terraform.apply()
    terraform.destroy()
    assert aws.inventory() == []


MODEL = """
resource "mlops_execution_role" "m" {
  name = "churn-models"
}

resource "mlops_model" "m" {
  name               = "churn"
  execution_role_arn = mlops_execution_role.m.arn
  primary_container  = { model_package_name = %s }
}
"""


def test_a_version_is_deployed_only_once_somebody_approved_it(aws: LocalAws, workspace: Workspace) -> None:
    """aws-samples/sagemaker-custom-project-templates issue 15: there, a version that was only registered was deployed."""
    registry = GROUP % "true" + PACKAGE % (1, "1", "new", "delete")
    terraform = workspace(registry + MODEL % "mlops_model_package.p[0].arn")
    # The ARN is known only after the registration, so the apply refuses.
    refused = [d for d in terraform.attempt("apply").told if d.severity == "error"]
    assert [d.address for d in refused] == ["mlops_model.m"] and "PendingManualApproval" in refused[0].text, refused
    assert "CreateModel" not in [c["operation"] for c in aws.calls()] and versions(aws) == [1]
    # Now it is known, so the plan does.
    assert "PendingManualApproval" in terraform.run("plan", "-input=false", "-no-color").output
    (error,) = [d.text for d in terraform.attempt("apply").told if d.severity == "error"]
    arn = described(aws)["ModelPackageArn"]
    assert f"update-model-package --model-package-arn {arn} --model-approval-status Approved" in error, error
    aws.client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    terraform.apply()
    aws.client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Rejected")
    assert terraform.is_settled(), "a model that is deployed is not undone by a plan"
    terraform.destroy()
    assert aws.inventory() == []


LISTED = """
data "mlops_model_packages" "all" {%s}

output "found" {
  value = [for p in data.mlops_model_packages.all.model_packages : [p.arn, p.model_package_name, p.model_package_version]]
}
"""


def test_a_list_has_the_versions_of_all_groups_and_each_is_known_by_its_arn(aws: LocalAws, workspace: Workspace) -> None:
    """boto/boto3 issue 3069: a list without a type leaves out every version. aws/sagemaker-python-sdk issue 5606: a version
    has no name, only its ARN."""
    registry = GROUP % "true" + PACKAGE % (2, "1", "new", "delete")
    terraform = workspace(registry)
    terraform.apply()
    arns = [described(aws, version)["ModelPackageArn"] for version in (1, 2)]
    write(terraform, registry + LISTED % "")
    terraform.apply()
    assert sorted(terraform.outputs()["found"]) == [[arn, None, version] for version, arn in enumerate(arns, 1)]
    for filters, found in (
        ('model_package_type = "Unversioned"', []),
        ('model_package_group_name = "churn"', arns),
        (f'model_package_group_name = "{arns[0].rpartition("/")[0].replace("package/", "package-group/")}"', arns),
        ('model_approval_status = "Approved"', []),
        ('name_contains = "hurn"', arns),
    ):
        write(terraform, registry + LISTED % f"\n  {filters}\n")
        terraform.apply()
        assert sorted(arn for arn, *_ in terraform.outputs()["found"]) == found, filters
    terraform.destroy()
    assert aws.inventory() == []


GATE = "data-sources/mlops_s3_object"


def test_a_model_that_is_not_good_enough_is_not_registered(
    aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    report = "evaluation/report.json"
    directory = copy_example(GATE, tmp_path / "example", initialised, [Edit("0.93", "0.71", file=report)])
    terraform = Terraform(directory, cli_configuration, aws.environment())
    (refused,) = [d.text for d in terraform.attempt("apply").told if d.severity == "error"]
    assert "The AUC is 0.71; a model below 0.9 is not registered." in refused
    assert "CreateModelPackage" not in [c["operation"] for c in aws.calls()]
    # Now that the report is there, the plan refuses.
    assert "The AUC is 0.71" in terraform.run("plan", "-input=false", "-no-color").output
    edit(directory, Edit("0.71", "0.93", file=report))
    terraform.apply()
    assert versions(aws, "churn-evaluated") == [1] and terraform.is_settled()
    terraform.destroy()
    assert aws.inventory() == []
