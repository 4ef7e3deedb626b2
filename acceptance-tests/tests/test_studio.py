"""Studio: a destroy deletes what users made only if it was told to, and leaves no file system that nobody knows of."""

from __future__ import annotations

from collections.abc import Callable

from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

Workspace = Callable[[str], Terraform]

STUDIO = """
data "mlops_caller_identity" "current" {}

variable "force" {
  default = false
}

resource "mlops_studio_domain" "d" {
  name          = "churn"
  auth_mode     = "IAM"
  vpc_id        = "vpc-1"
  subnet_ids    = ["subnet-1"]
  force_destroy = var.force

  default_user_settings = {
    execution_role = "arn:aws:iam::${data.mlops_caller_identity.current.account_id}:role/studio"
  }
  RETENTION
}

resource "mlops_studio_user_profile" "u" {
  domain_id     = mlops_studio_domain.d.domain_id
  name          = "alice"
  force_destroy = var.force
}
"""
TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},'
    '"Action":"sts:AssumeRole"}]}'
)


def applied(aws: LocalAws, workspace: Workspace, retention: str = "") -> tuple[Terraform, str]:
    """A domain with a user, and its ID."""
    aws.client("iam").create_role(RoleName="studio", AssumeRolePolicyDocument=TRUST)
    aws.control("POST", "clock", advance=60)
    terraform = workspace(STUDIO.replace("RETENTION", retention))
    terraform.apply()
    return terraform, terraform.values()["mlops_studio_domain.d"]["domain_id"]


def used(aws: LocalAws, domain: str) -> None:
    """What people make in a domain: the user a private space with an app, and somebody else a profile and a shared space."""
    sagemaker = aws.client("sagemaker")
    sagemaker.create_user_profile(DomainId=domain, UserProfileName="bob")
    ownership = {"OwnershipSettings": {"OwnerUserProfileName": "alice"}, "SpaceSharingSettings": {"SharingType": "Private"}}
    sagemaker.create_space(DomainId=domain, SpaceName="hers", **ownership)
    sagemaker.create_space(DomainId=domain, SpaceName="everybodys")
    aws.control("POST", "clock", advance=5)
    for space in ("hers", "everybodys"):
        sagemaker.create_app(DomainId=domain, SpaceName=space, AppType="JupyterLab", AppName="default")
    aws.control("POST", "clock", advance=5)


def kinds(aws: LocalAws) -> list[str]:
    """What there is."""
    return sorted(each["kind"] for each in aws.inventory())


def test_what_users_made_goes_only_if_it_is_said(aws: LocalAws, workspace: Workspace) -> None:
    terraform, domain = applied(aws, workspace)
    used(aws, domain)
    before = kinds(aws)
    refused = terraform.attempt("destroy")
    text = " ".join(d.text for d in refused.told if d.severity == "error")
    assert "1 space (hers)" in text and "1 app (default)" in text and "`force_destroy = true`" in text, refused.output
    assert kinds(aws) == before
    terraform.environment["TF_VAR_force"] = "true"
    terraform.apply("-target=mlops_studio_domain.d")
    terraform.must("state", "rm", "mlops_studio_user_profile.u")
    terraform.must("apply", "-destroy", "-auto-approve", "-input=false", "-no-color")
    assert kinds(aws) == ["Role"], "nothing that costs money"


def test_a_user_goes_with_what_is_theirs_and_nothing_else(aws: LocalAws, workspace: Workspace) -> None:
    terraform, domain = applied(aws, workspace)
    used(aws, domain)
    terraform.environment["TF_VAR_force"] = "true"
    terraform.apply()
    terraform.must("apply", "-destroy", "-auto-approve", "-input=false", "-no-color", "-target=mlops_studio_user_profile.u")
    sagemaker = aws.client("sagemaker")
    assert [each["SpaceName"] for each in sagemaker.list_spaces(DomainIdEquals=domain)["Spaces"]] == ["everybodys"]
    assert [each["UserProfileName"] for each in sagemaker.list_user_profiles(DomainIdEquals=domain)["UserProfiles"]] == ["bob"]
    running = [a for a in sagemaker.list_apps(DomainIdEquals=domain)["Apps"] if a["Status"] == "InService"]
    assert [each["SpaceName"] for each in running] == ["everybodys"]


def test_a_file_system_that_is_to_be_kept_is_kept(aws: LocalAws, workspace: Workspace) -> None:
    terraform, _ = applied(aws, workspace, 'home_efs_file_system_retention = "Retain"')
    terraform.destroy()
    assert kinds(aws) == ["FileSystem", "Role"]
